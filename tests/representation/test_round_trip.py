"""Codes lead to values, and these back to the codes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from sklearn_baylime.representation import QuantileDiscretizer

quickly = settings(max_examples=40, deadline=None, derandomize=True, database=None)

UNIT = st.floats(-1, 1, allow_subnormal=False)
SMALL = st.integers(-50, 50)
SIZES = st.integers(1, 20)


def columns_of(elements, dtype=float):
    return SIZES.flatmap(lambda n: arrays(dtype, (n, 2), elements=elements))


def scaled(scale):
    return columns_of(UNIT.map(lambda v: v * scale))


COLUMNS = {
    "floats": scaled(1.0),
    "tiny": scaled(1e-100),
    "huge": scaled(1e100),
    "offset": columns_of(UNIT.map(lambda v: 1e6 + v)),
    "ties": columns_of(st.sampled_from([-0.3, 0.0, 0.1, 0.2, 1e-9, 7.5])),
    "constant": UNIT.flatmap(lambda v: columns_of(st.just(v))),
    "integers": columns_of(SMALL, dtype=np.int64),
    "whole floats": columns_of(SMALL.map(float)),
    "float32": columns_of(
        st.floats(-1, 1, width=32, allow_subnormal=False), dtype=np.float32
    ),
}


def codes_of_all_bins(fitted, X, n=50):
    """Each bin that holds training rows many times, columns mixed."""
    rng = np.random.default_rng(0)
    codes = fitted.transform(X)
    return np.stack([rng.choice(np.unique(c), n) for c in codes.T], axis=1)


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("n_bins", [4, 10])
def test_drawn_values_have_the_codes_they_were_drawn_for(kind, n_bins):
    """For all bins that hold training rows, however odd the column."""

    @quickly
    @given(X=COLUMNS[kind])
    def check(X):
        fitted = QuantileDiscretizer(n_bins, random_state=0).fit(X)
        codes = codes_of_all_bins(fitted, X)
        assert_array_equal(fitted.transform(fitted.inverse_transform(codes)), codes)

    check()


@pytest.mark.parametrize("n_values", range(4, 16))
@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_whole_numbers_stay_in_bins_with_borders_between_them(n_values, dtype):
    """Rounding must not carry a value over a border at a quarter or a half."""
    X = np.arange(n_values, dtype=dtype)[:, None]
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    codes = np.tile(fitted.transform(X), (300, 1))
    rows = fitted.inverse_transform(codes)
    assert_array_equal(rows, np.round(rows))
    assert_array_equal(fitted.transform(rows), codes)


@pytest.mark.parametrize("n_bins", [4, 10])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_of_a_narrow_column_far_from_zero_stay_in_their_bins(n_bins, dtype):
    """Rounding to the table's own type must not carry a value over a border."""
    X = np.random.default_rng(0).normal(1e6, 3.0, size=(203, 2)).astype(dtype)
    fitted = QuantileDiscretizer(n_bins, random_state=0).fit(X)
    codes = codes_of_all_bins(fitted, X, n=5000)
    assert_array_equal(fitted.transform(fitted.inverse_transform(codes)), codes)


def test_rows_of_a_table_round_trip(fitted, table):
    """Codes of any kind of table lead to rows of these codes."""
    codes = np.tile(fitted.transform(table), (5, 1))
    assert_array_equal(fitted.transform(fitted.inverse_transform(codes)), codes)


@pytest.mark.parametrize("power", [-600, -300, -30, 30, 300, 600])
def test_units_do_not_matter(power):
    """A power of two in the data is the same power in the values, exactly."""
    X, scale = np.random.default_rng(0).normal(size=(50, 2)), 2.0**power
    codes = QuantileDiscretizer().fit_transform(X)

    def draw(table):
        fitted = QuantileDiscretizer(random_state=0).fit(table)
        return fitted.inverse_transform(codes)

    assert_array_equal(draw(X * scale), draw(X) * scale)


def test_drawn_values_lie_between_the_training_values_ends(fitted, table, tools):
    """No value lies beyond the training data."""
    rows = fitted.inverse_transform(np.tile(fitted.transform(table), (20, 1)))
    for j, border in enumerate(fitted.borders_):
        if border is not None:
            drawn = [tools.row_of(rows, i)[j] for i in range(len(rows))]
            known = [tools.row_of(table, i)[j] for i in range(len(table))]
            assert min(known) <= min(drawn) <= max(drawn) <= max(known)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint8, np.uint64, np.intp])
def test_codes_of_any_integer_type_are_taken(dtype):
    """What a sampler returns may have any integer type."""
    X = np.random.default_rng(0).normal(size=(40, 3))
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    codes = fitted.transform(X)
    assert_array_equal(
        fitted.inverse_transform(codes.astype(dtype)), fitted.inverse_transform(codes)
    )


@pytest.mark.parametrize("as_type", [list, np.asfortranarray, np.ascontiguousarray])
def test_codes_in_any_layout_are_taken(as_type):
    """Lists and both memory orders give the same rows."""
    X = np.random.default_rng(0).normal(size=(40, 3))
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    codes = fitted.transform(X)
    assert_array_equal(
        fitted.inverse_transform(as_type(codes)), fitted.inverse_transform(codes)
    )


def test_no_codes_give_no_rows(fitted, table):
    """An empty part of the rows is an empty table of the same kind."""
    codes = fitted.transform(table)[:0]
    rows = fitted.inverse_transform(codes)
    assert type(rows) is type(table)
    assert rows.shape == (0, fitted.n_features_in_)
