"""The values drawn within bins: truncated normals of the training data."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from sklearn_baylime.representation import QuantileDiscretizer

N_DRAWN = 20_000


def sample_column(kind, n=500):
    rng = np.random.default_rng(3)
    return {
        "normal": lambda: rng.normal(5, 2, n),
        "skewed": lambda: rng.lognormal(0, 1, n),
        "two humps": lambda: np.r_[rng.normal(-9, 1, n // 2), rng.normal(9, 1, n // 2)],
        "uniform": lambda: rng.uniform(-1, 1, n),
        "offset": lambda: 1e6 + rng.normal(size=n),
        "tiny": lambda: 1e-50 * rng.normal(size=n),
    }[kind]()


@pytest.mark.parametrize("n_bins", [4, 10])
@pytest.mark.parametrize(
    "kind", ["normal", "skewed", "two humps", "uniform", "offset", "tiny"]
)
def test_values_follow_the_bins_truncated_normal(kind, n_bins, tools):
    """Mean and std of the training values in the bin, cut at the bin's ends."""
    column = sample_column(kind)
    fitted = QuantileDiscretizer(n_bins, random_state=0).fit(column[:, None])
    known = fitted.transform(column[:, None])[:, 0]
    codes = np.tile(np.arange(n_bins), N_DRAWN)[:, None]
    drawn = fitted.inverse_transform(codes)[:, 0]
    for k, (low, high) in enumerate(zip(*tools.bin_ends(column, n_bins), strict=True)):
        mean, std = column[known == k].mean(), column[known == k].std()
        law = stats.truncnorm((low - mean) / std, (high - mean) / std)
        test = stats.kstest((drawn[codes[:, 0] == k] - mean) / std, law.cdf)
        assert test.pvalue > tools.FIVE_SIGMA


def test_values_of_different_columns_are_independent(tools):
    """Rank correlation within one bin of both columns, against its null law."""
    X = np.random.default_rng(3).normal(size=(100, 2))
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    rows = fitted.inverse_transform(np.ones((N_DRAWN, 2), dtype=int))
    assert stats.spearmanr(*rows.T).pvalue > tools.FIVE_SIGMA
    assert stats.spearmanr(rows[1:, 0], rows[:-1, 0]).pvalue > tools.FIVE_SIGMA


@pytest.mark.parametrize("n_bins", [4, 10])
@pytest.mark.parametrize("kind", ["normal", "skewed", "uniform"])
def test_bins_reach_exactly_to_their_ends(kind, n_bins, tools):
    """All values lie within their bin; the outer ones end at the training data's."""
    column = sample_column(kind)
    fitted = QuantileDiscretizer(n_bins, random_state=0).fit(column[:, None])
    codes = np.tile(np.arange(n_bins), N_DRAWN)[:, None]
    drawn = fitted.inverse_transform(codes).reshape(-1, n_bins)
    low, high = tools.bin_ends(column, n_bins)
    assert (drawn[:, 0] >= low[0]).all()
    assert (drawn[:, 1:] > low[1:]).all()
    assert (drawn <= high).all()
    # The largest of 20000 values comes near the end: its gap is at most
    # log(1/FIVE_SIGMA) / (N_DRAWN * density), and no density below 1e-3 / width occurs.
    gap = np.log(1 / tools.FIVE_SIGMA) / N_DRAWN * 1e3
    assert (high - drawn.max(axis=0) < gap * (high - low)).all()


@pytest.mark.parametrize("value", [0.1, -3.7, 0.0, 1e-30, 12345.678, 7.0])
@pytest.mark.parametrize("n_bins", [4, 10])
def test_constant_column_gives_its_value(value, n_bins):
    """Whichever bin is asked for; LIME feeds zeros to the model there."""
    X = np.full((30, 2), value)
    fitted = QuantileDiscretizer(n_bins, random_state=0).fit(X)
    assert_array_equal(fitted.transform(X), 0)
    rows = fitted.inverse_transform([[0, 1], [1, 0], [0, 0], [1, 1]])
    assert_array_equal(rows, value)


def test_single_row_gives_itself():
    """A background of one row knows no other values."""
    X = np.array([[0.3, -2.5, 1e9]])
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    assert_array_equal(fitted.inverse_transform(np.zeros((5, 3), int)), [X[0]] * 5)


@pytest.mark.parametrize("levels", [(0.1, 0.2, 0.3, 0.7), (-5.5, -1.1), (0.0, 3.3)])
def test_bin_of_one_value_gives_that_value(levels):
    """Columns of few values get these values back, to rounding, and never zeros."""
    X = np.repeat(levels, 25)[:, None]
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    codes = fitted.transform(X)
    alone = np.array([len(np.unique(X[codes == code])) == 1 for code in codes])
    assert alone.any()
    rows = fitted.inverse_transform(codes)
    np.testing.assert_allclose(rows[alone], X[alone], rtol=1e-13, atol=0)


def test_bin_without_training_values_gives_values_of_its_own():
    """A sampler does not ask for such bins, a user may."""
    X = np.array([[0.1], [1.2]])
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    codes = np.repeat(np.arange(4), 9)[:, None]
    rows = fitted.inverse_transform(codes)
    assert_array_equal(fitted.transform(rows), codes)
    assert (X[0] <= rows).all() and (rows <= X[1]).all()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64", "uint16"])
@pytest.mark.parametrize("container", ["array", "pandas", "polars"])
def test_integer_columns_stay_integers(dtype, container):
    """In dtype and value, within the training data's range."""
    X = np.random.default_rng(0).integers(0, 100, (80, 2)).astype(dtype)
    table = as_container(X, container)
    fitted = QuantileDiscretizer(random_state=0).fit(table)
    rows = fitted.inverse_transform(np.tile(fitted.transform(table), (9, 1)))
    columns = [rows[:, 0]] if container == "array" else [rows["a"].to_numpy()]
    for column in columns:
        assert column.dtype == dtype
        assert X[:, 0].min() <= column.min() < column.max() <= X[:, 0].max()
        assert len(np.unique(column)) > 8


def as_container(X, container):
    if container == "array":
        return X
    frame = pd.DataFrame(X, columns=["a", "b"])
    columns = {name: frame[name].to_numpy() for name in frame}
    return frame if container == "pandas" else pl.DataFrame(columns)


def test_whole_float_column_holds_whole_floats():
    """Counts kept as floats stay counts; another column is not touched."""
    rng = np.random.default_rng(0)
    X = np.c_[rng.poisson(20, 90), rng.normal(size=90)].astype(float)
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    rows = fitted.inverse_transform(np.tile(fitted.transform(X), (9, 1)))
    assert rows.dtype == np.float64
    assert (rows[:, 0] == np.round(rows[:, 0])).all()
    assert (rows[:, 1] != np.round(rows[:, 1])).all()


def test_integers_of_an_object_array_stay_integers():
    """Cells keep their own types where columns have none."""
    X = np.array([[i, i / 2, f"s{i % 3}"] for i in range(20)], dtype=object)
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    rows = fitted.inverse_transform(fitted.transform(X))
    assert rows.dtype == object
    for column, kind in zip(rows.T, [(int, np.integer), float, str], strict=True):
        assert all(isinstance(value, kind) for value in column)


@pytest.mark.parametrize("n_columns", [1, 3])
def test_boolean_array_stays_boolean(n_columns):
    """A table of booleans alone has no numeric column."""
    X = np.random.default_rng(0).random((30, n_columns)) < 0.5
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    rows = fitted.inverse_transform(fitted.transform(X))
    assert rows.dtype == bool
    assert_array_equal(rows, X)
