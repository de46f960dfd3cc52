"""Where the borders are, and which bin a value falls into."""

import numpy as np
import pytest
from lime.discretize import DecileDiscretizer, QuartileDiscretizer
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_baylime.representation import QuantileDiscretizer

LIME = {4: QuartileDiscretizer, 10: DecileDiscretizer}


def random_table(kind, seed, n):
    rng = np.random.default_rng(seed)
    return {
        "normal": lambda: rng.normal(size=(n, 3)),
        "skewed": lambda: rng.lognormal(0, 3, size=(n, 3)),
        "ties": lambda: rng.integers(0, 4, size=(n, 3)) / 10,
        "integers": lambda: rng.poisson(6, size=(n, 3)).astype(float),
    }[kind]()


@pytest.fixture(params=["normal", "skewed", "ties", "integers"])
def kind(request):
    """Name a kind of data."""
    return request.param


@pytest.fixture(params=[151, 203])
def X(kind, request):
    """Give rows of three numeric columns, with and without quantiles at a row."""
    return random_table(kind, seed=1, n=request.param)


@pytest.mark.parametrize("n_bins", [2, 3, 4, 10, 50])
def test_borders_are_numpys_distinct_quantiles(kind, n_bins):
    """One border at each inner quantile; equal ones fall together."""
    X = random_table(kind, seed=1, n=203)
    shares = np.arange(1, n_bins) / n_bins
    borders = QuantileDiscretizer(n_bins).fit(X).borders_
    for j, border in enumerate(borders):
        expected = np.unique(np.quantile(X[:, j], shares))
        assert_allclose(border, expected, rtol=1e-12)


@pytest.mark.parametrize("n_bins", [4, 10, 20])
def test_quantile_at_a_row_is_the_rows_value_exactly(n_bins):
    """No border lies a rounding error beside a value, or beside another border."""
    for m in range(1, 60):
        X = (np.arange(n_bins * m + 1) // 3 * 0.7)[:, None]
        border = QuantileDiscretizer(n_bins).fit(X).borders_[0]
        assert_array_equal(border, np.unique(X[m:-1:m]))


@pytest.mark.parametrize("n_bins", LIME)
def test_codes_are_limes(X, n_bins):
    """Training rows and new rows beyond all ends get the codes that LIME gives."""
    theirs = LIME[n_bins](X, [], ["a", "b", "c"])
    ours = QuantileDiscretizer(n_bins).fit(X)
    new = 2 * np.concatenate([X, -X])
    for rows in (X, new):
        assert_array_equal(ours.transform(rows), theirs.discretize(rows))


@pytest.mark.parametrize("n_bins", LIME)
def test_borders_are_limes(X, n_bins):
    """The upper ends of LIME's bins but the last are our borders."""
    theirs = LIME[n_bins](X, [], ["a", "b", "c"])
    ours = QuantileDiscretizer(n_bins).fit(X)
    for j, border in enumerate(ours.borders_):
        assert_allclose(border, theirs.maxs[j][:-1], rtol=1e-12)


def test_value_on_a_border_is_in_the_lower_bin():
    """As the names say: low < x <= high."""
    X = np.arange(9.0)[:, None]
    fitted = QuantileDiscretizer().fit(X)
    border = fitted.borders_[0]
    assert_array_equal(border, [2, 4, 6])
    assert_array_equal(fitted.transform(border[:, None]).ravel(), [0, 1, 2])
    above = np.nextafter(border, np.inf)[:, None]
    assert_array_equal(fitted.transform(above).ravel(), [1, 2, 3])


def test_bins_of_distinct_values_hold_equal_shares():
    """Without ties each of the four bins holds a quarter, rounded."""
    X = np.random.default_rng(0).normal(size=(402, 2))
    codes = QuantileDiscretizer().fit_transform(X)
    for column in codes.T:
        assert set(np.bincount(column)) <= {100, 101}


def test_codes_are_integers_from_zero(fitted, table):
    """Codes are bin numbers, of the table's shape, whatever the table."""
    codes = fitted.transform(table)
    assert codes.shape == (len(table), fitted.n_features_in_)
    assert codes.dtype.kind == "i"
    assert (codes.min(axis=0) == 0).all()
    for border, categories, top in zip(
        fitted.borders_, fitted.categories_, codes.max(axis=0), strict=True
    ):
        assert (border is None) != (categories is None)
        assert top < (len(categories) if border is None else len(border) + 1)


def test_many_bins_have_codes_of_their_own():
    """Codes do not overflow, however many bins are asked for."""
    X = np.arange(33_001.0)[:, None]
    fitted = QuantileDiscretizer(33_000, random_state=0).fit(X)
    codes = fitted.transform(X)
    assert_array_equal(codes[:, 0], np.searchsorted(fitted.borders_[0], X[:, 0]))
    assert_array_equal(fitted.transform(fitted.inverse_transform(codes)), codes)


def test_categorical_code_is_the_position_in_categories(frame):
    """`categories_` undoes the codes of a categorical column."""
    fitted = QuantileDiscretizer().fit(frame)
    codes = fitted.transform(frame)
    j = list(frame.columns).index("city")
    assert fitted.borders_[j] is None
    assert list(fitted.categories_[j][codes[:, j]]) == list(frame["city"])
