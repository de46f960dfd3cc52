"""Bins by classes, and bins that the user gives."""

import lime.discretize
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.tree import DecisionTreeRegressor

from sklearn_baylime.representation import EntropyDiscretizer, FixedDiscretizer


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
def test_borders_by_classes_are_limes(load):
    """Up to the 32-bit rounding of LIME's; training rows fall into the same bins."""
    X, y = load(return_X_y=True)
    theirs = lime.discretize.EntropyDiscretizer(X, [], "x" * 30, y, random_state=0)
    ours = EntropyDiscretizer(random_state=0).fit(X, y)
    assert_array_equal(ours.transform(X), theirs.discretize(X))
    for j, border in enumerate(ours.borders_):
        assert_allclose(border, theirs.maxs[j][:-1], rtol=1e-6)


@pytest.mark.parametrize("step", [1e-3, 2.0**-22])
def test_small_differences_at_a_large_offset_are_cut_right(step):
    """Even between neighbours; LIME's trees take 32-bit numbers for equal."""
    X, y = 1.7e9 + step * np.arange(8.0)[:, None], np.repeat([0, 1], [6, 2])
    theirs = lime.discretize.EntropyDiscretizer(X, [], ["a"], y, random_state=0)
    assert (theirs.discretize(X)[:, 0] != y).any()
    assert_array_equal(EntropyDiscretizer().fit_transform(X, y)[:, 0], y)


def test_joint_tree_leaves_columns_it_does_not_use_in_one_bin():
    X = np.random.default_rng(0).normal(size=(200, 4))
    X[:, 3] = np.arange(200) % 3
    y = (X[:, 1] > 0.3).astype(int)
    ours = EntropyDiscretizer(joint=True, categorical_features=[3]).fit(X, y)
    assert ours.n_bins_.tolist() == [1, 2, 1, 3]
    assert_array_equal(ours.transform(X)[:, 1], y)
    assert ours.at(X[0]).get_feature_names_out()[0] == "x0 (any value)"
    assert len(np.unique(ours.inverse_transform(ours.transform(X))[:, 0])) > 100


@pytest.mark.parametrize("n_there", [40, 80])
def test_numbers_as_targets_make_trees_of_squared_error(n_there):
    """Also where the targets beside the values of a column happen to be whole."""
    X = np.random.default_rng(0).normal(size=(80, 1))
    y = np.r_[np.arange(40) % 5, np.linspace(0, 1, 40)]
    X[n_there:] = np.nan
    tree = DecisionTreeRegressor(max_depth=2).fit(X[:n_there], y[:n_there]).tree_
    expected = np.sort(tree.threshold[tree.children_left >= 0])
    assert_allclose(EntropyDiscretizer(2).fit(X, y).borders_[0], expected, rtol=1e-6)


@pytest.mark.parametrize("joint", [False, True])
def test_missing_values_part_no_bins(joint):
    """They have a bin of their own, even where they alone tell the classes."""
    X, y = np.random.default_rng(0).normal(size=(90, 2)), np.arange(90) % 2
    X[y == 1, 0] = np.nan
    ours = EntropyDiscretizer(joint=joint, random_state=0).fit(X, y)
    codes = ours.transform(X)
    assert_array_equal(codes[:, 0] == ours.n_bins_[0] - 1, y == 1)
    assert_array_equal(np.isnan(ours.inverse_transform(codes)), np.isnan(X))
    assert_array_equal(ours.borders_[0], [] if joint else [np.nanmedian(X[:, 0])])


def test_targets_are_checked_first():
    fitted = EntropyDiscretizer().fit([[0.0], [1.0]], [0, 1])
    before = dict(vars(fitted))
    with pytest.raises(ValueError, match="requires y to be passed"):
        fitted.fit([["a", 0.0]])
    assert vars(fitted) == before
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fitted.fit([[0.0], [1.0]], [0, 1, 1])


MIXED = np.c_[np.arange(12.0), np.arange(12) % 3, np.linspace(0, 1, 12)]


@pytest.mark.parametrize(
    "borders", [{"a": [9, 5, 5], "c": []}, {0: (5, 9), -1: []}, [[5, 9], None, []]]
)
def test_given_borders(borders):
    fitted = FixedDiscretizer(
        borders, categorical_features=["b"], feature_names=["a", "b", "c"]
    ).fit(MIXED)
    assert fitted.n_bins_.tolist() == [3, 3, 1]
    codes = np.c_[np.searchsorted([5, 9], MIXED[:, 0]), MIXED[:, 1], np.zeros(12)]
    assert_array_equal(fitted.transform(MIXED), codes)
    assert_allclose(fitted.frequencies_[0], [6 / 12, 4 / 12, 2 / 12])
    assert fitted.is_categorical_.all()


@pytest.mark.parametrize(
    ("borders", "message"),
    [
        ([[1]], "1 entries, expected one for each of the 3 columns"),
        ({0: [1]}, "none for the numeric column 'x2'"),
        ({0: [1], 1: [1], 2: [1]}, "column 'x1', which is categorical"),
        ({0: [1], "x0": [2], 2: []}, "two entries for column 'x0'"),
        ({"age": [1]}, "^borders has 'age', expected an index"),
        ({0: [1], 2: [np.nan]}, r"column 'x2' are \[nan\], expected a list of finite"),
        ({0: ["low"], 2: []}, r"column 'x0' are \['low'\], expected a list of finite"),
        ({0: 5, 2: []}, "column 'x0' are 5, expected a list"),
    ],
)
def test_wrong_borders_are_refused(borders, message):
    with pytest.raises(ValueError, match=message):
        FixedDiscretizer(borders, categorical_features=[1]).fit(MIXED)


def test_borders_beyond_the_data():
    """Bins without training rows give the data's nearest end, and have the share 0."""
    fitted = FixedDiscretizer([[-50, 0.35, 70, 80]]).fit(MIXED[:, 2:])
    assert_array_equal(fitted.frequencies_[0] == 0, [True, False, False, True, True])
    rows = fitted.inverse_transform(np.repeat(np.arange(5), 40)[:, None])[:, 0]
    ends = np.r_[0, 0, 0.35, 1, 1, 1].repeat(40)
    assert (rows >= ends[:200]).all() and (rows <= ends[40:]).all()
    assert fitted.at([75.0]).get_feature_names_out() == ["70 < x0 <= 80"]
