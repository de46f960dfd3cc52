"""Names of the columns, and of the conditions that an instance meets."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from sklearn_baylime.representation import QuantileDiscretizer

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)


def at_borders(borders, x):
    """Name the bin of `x` in a column whose borders are given."""
    ends = [borders[0] - 1.0, *borders, borders[-1] + 1.0]
    fitted = QuantileDiscretizer(len(borders) + 1).fit(np.array(ends)[:, None])
    np.testing.assert_allclose(fitted.borders_[0], borders, rtol=1e-15)
    return fitted.at([x]).get_feature_names_out()[0]


@pytest.mark.parametrize(
    "borders, x, name",
    [
        ([0.00042, 0.0011], 0.001, "0.00042 < x0 <= 0.0011"),
        ([0.00042, 0.0011], 0.0, "x0 <= 0.00042"),
        ([0.00042, 0.0011], 1.0, "x0 > 0.0011"),
        ([1000.26, 1000.31], 1000.3, "1000.26 < x0 <= 1000.31"),
        ([1234.0, 5678.0], 2000.0, "1234 < x0 <= 5678"),
        ([20.0, 30.0], 25.0, "20 < x0 <= 30"),
        ([2.75, 5.5], 3.0, "2.75 < x0 <= 5.5"),
        ([-0.5, 0.0], -0.1, "-0.5 < x0 <= 0"),
        ([1 / 3, 2 / 3], 0.5, "0.333 < x0 <= 0.667"),
        ([-1e9, 2e12], 0.0, "-1e+09 < x0 <= 2e+12"),
        ([0.1, 0.1004, 7.0], 0.1001, "0.1 < x0 <= 0.1004"),
        ([5.0], 5.0, "x0 <= 5"),
        ([5.0], 5.1, "x0 > 5"),
    ],
)
def test_numbers_have_as_many_digits_as_they_need(borders, x, name):
    """Three, or more where borders would look the same; no useless ones."""
    assert at_borders(borders, x) == name


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(FINITE, min_size=1, max_size=12), st.sampled_from([4, 10]))
def test_distinct_bins_have_distinct_names(column, n_bins):
    """Whatever the numbers, the texts tell bins apart and no bin is empty in text."""
    X = np.array(column)[:, None]
    fitted = QuantileDiscretizer(n_bins).fit(X)
    codes = fitted.transform(X)[:, 0]
    names = [fitted.at(row).get_feature_names_out()[0] for row in X]
    assert len(set(zip(names, codes.tolist(), strict=True))) == len(set(names))
    assert len(set(names)) == len(set(codes))
    ends = [name.split(" < x0 <= ") for name in names if " < " in name]
    assert all(low != high for low, high in ends)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(FINITE, min_size=1, max_size=12), st.integers(0, 11))
def test_borders_in_names_are_right_to_three_digits(column, i):
    """The text is the border, rounded, and in the right place."""
    X = np.array(column)[:, None]
    fitted = QuantileDiscretizer().fit(X)
    here = fitted.at(X[i % len(X)])
    borders, code = fitted.borders_[0], here.reference_[0]
    words = here.get_feature_names_out()[0].split()
    texts = [float(word) for word in words if word not in ("x0", "<", "<=", ">")]
    expected = borders[max(code - 1, 0) : code + 1]
    np.testing.assert_allclose(texts, expected, rtol=5.001e-3)


def test_names_of_categories(frame):
    """Column and value, as in ``city=Zug``."""
    fitted = QuantileDiscretizer().fit(frame)
    for i in range(5):
        x = frame.iloc[i] if isinstance(frame, pd.DataFrame) else frame[i]
        names = dict(
            zip(frame.columns, fitted.at(x).get_feature_names_out(), strict=True)
        )
        assert names["city"] == f"city={frame['city'][i]}"
        assert names["owner"] == f"owner={bool(frame['owner'][i])}"
        assert names["grade"] == f"grade={frame['grade'][i]}"


def test_instance_meets_the_conditions_it_is_named_by(frame):
    """Numeric conditions hold when they are evaluated."""
    fitted = QuantileDiscretizer().fit(frame)
    for i in range(20):
        x = frame.iloc[i] if isinstance(frame, pd.DataFrame) else frame[i]
        names = fitted.at(x).get_feature_names_out()
        age = frame["age"][i]
        assert eval(names[0], {"age": age}), (names[0], age)


def test_without_an_instance_the_names_are_the_columns(fitted, table):
    """Columns of arrays are x0, x1, ..."""
    names = fitted.get_feature_names_out()
    assert names.dtype == object
    if isinstance(table, np.ndarray):
        assert list(names) == [f"x{j}" for j in range(table.shape[1])]
    else:
        assert list(names) == list(table.columns)
        assert list(fitted.feature_names_in_) == list(table.columns)


def test_names_can_be_passed_in():
    """`input_features` stand in place of x0, x1, ..."""
    X = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    fitted = QuantileDiscretizer(2, categorical_features=[1]).fit(X)
    assert list(fitted.get_feature_names_out(["a", "b"])) == ["a", "b"]
    named = fitted.at(X[0]).get_feature_names_out(["a", "b"])
    assert list(named) == ["a <= 1", "b=1"]
    with pytest.raises(ValueError, match="input_features"):
        fitted.get_feature_names_out(["a"])


def test_feature_names_name_the_columns_of_an_array():
    """In names, in records and in categorical_features."""
    X = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    fitted = QuantileDiscretizer(
        2, feature_names=["a", "b"], categorical_features=["b"]
    ).fit(X)
    assert list(fitted.get_feature_names_out()) == ["a", "b"]
    here = fitted.at({"b": 1.0, "a": 0.0})
    assert list(here.get_feature_names_out()) == ["a <= 1", "b=1"]


@pytest.mark.parametrize("library", [pd, pl])
def test_feature_names_must_agree_with_a_frame(library):
    """And have the right number."""
    frame = library.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    fitted = QuantileDiscretizer(feature_names=["a", "b"]).fit(frame)
    assert_array_equal(fitted.get_feature_names_out(), ["a", "b"])
    for names in (["b", "a"], ["a"]):
        with pytest.raises(ValueError, match="feature_names"):
            QuantileDiscretizer(feature_names=names).fit(frame)


def test_constant_column_is_named_by_its_border():
    """A single border, which all values meet."""
    fitted = QuantileDiscretizer().fit(np.full((9, 1), 0.25))
    assert fitted.at([0.25]).get_feature_names_out()[0] == "x0 <= 0.25"


@pytest.mark.parametrize(
    "names", [["no", "yes"], {0: "no", 1: "yes", 2: "-"}, {1.0: "yes", 0.0: "no"}]
)
@pytest.mark.parametrize("column", [1, "owner"])
def test_categories_have_the_names_that_are_given(names, column):
    X = np.array([[0.1, 0.0], [0.2, 1.0], [0.3, 0.0]])
    fitted = QuantileDiscretizer(
        categorical_features=[1],
        categorical_names={column: names},
        feature_names=["age", "owner"],
    ).fit(X)
    assert fitted.at(X[0]).get_feature_names_out()[1] == "owner=no"
    assert fitted.at(X[1]).get_feature_names_out()[1] == "owner=yes"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({1: ["no"]}, "categorical_names has no name for 1.0 in column 'x1'"),
        ({0: ["no"]}, "names for column 'x0', which is numeric"),
        ({"z": ["no"]}, "^categorical_names has 'z', expected an index"),
    ],
)
def test_wrong_names_of_categories_are_refused(names, message):
    fitted = QuantileDiscretizer(categorical_features=[1], categorical_names=names)
    with pytest.raises(ValueError, match=message):
        fitted.fit([[0.1, 0.0], [0.2, 1.0]])


def test_small_numbers_have_digits():
    """LIME's two decimals would read 0.00 < x0 <= 0.00."""
    X = np.array([0.0001, 0.00042, 0.0007, 0.0011, 0.5])[:, None]
    name = QuantileDiscretizer(3).fit(X).at([0.0007]).get_feature_names_out()[0]
    assert name == "0.000513 < x0 <= 0.000967"
    name = QuantileDiscretizer(4).fit(X).at([0.0007]).get_feature_names_out()[0]
    assert name == "0.00042 < x0 <= 0.0007"
