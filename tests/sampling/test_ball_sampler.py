"""The law of BallSampler: uniform in a ball measured in standard deviations."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from sklearn_baylime.sampling import BallSampler

N_DRAWN = 20_000


def units(n_columns, seed=0, **params):
    """Rows drawn, less the instance, in standard deviations; and the sampler."""
    rng = np.random.default_rng(seed)
    X = rng.gamma(2.0, size=(200, n_columns)) * 10.0 ** rng.integers(-3, 4, n_columns)
    sampler = BallSampler(N_DRAWN + 1, **params).fit(X)
    rows = sampler.sample(X[0], random_state=seed)
    return ((rows - X[0]) / X.std(axis=0))[1:], sampler


@pytest.mark.parametrize("design", ["random", "lhs", "sobol"])
@pytest.mark.parametrize("n_columns", [1, 2, 10])
def test_rows_are_uniform_in_the_ball(n_columns, design, five_sigma):
    """Radius: share r ** d of the volume. Coordinates: a beta law on [-R, R]."""
    moved, _ = units(n_columns, radius=1.5, design=design)
    length = np.linalg.norm(moved, axis=1) / 1.5
    assert length.max() <= 1 + 1e-9
    assert stats.kstest(length**n_columns, "uniform").pvalue > five_sigma
    half = (n_columns + 1) / 2
    for column in moved.T:
        law = stats.beta(half, half, loc=-1.5, scale=3.0)
        assert stats.kstest(column, law.cdf).pvalue > five_sigma
    # The squared length says nothing about the direction.
    bound = 5 / np.sqrt(N_DRAWN)
    apart = np.corrcoef(np.c_[length, np.sign(moved)].T)
    assert (np.abs(apart - np.eye(n_columns + 1)) < bound).all()


@pytest.mark.filterwarnings("ignore:BallSampler moves numbers only")
def test_radius_is_limes_kernel_width():
    """Of the columns that are not categorical; units are standard deviations."""
    assert_allclose(units(4)[1].radius_, 1.5)
    moved, sampler = units(5, categorical_features=[2])
    assert_allclose(sampler.radius_, 1.5)
    assert (moved[:, 2] == 0).all()
    length = np.linalg.norm(moved, axis=1)
    assert 1.45 < length.max() <= 1.5 + 1e-9


@pytest.mark.filterwarnings("ignore:BallSampler moves numbers only")
def test_constant_and_categorical_columns_stay():
    """A constant one is no dimension: the others fill a disc, not its shadow."""
    X = np.random.default_rng(0).normal(size=(200, 4))
    X[:, 1] = 0.1
    sampler = BallSampler(N_DRAWN, radius=1.0, categorical_features=[3]).fit(X)
    rows = sampler.sample([0.0, 5.0, 0.0, 6.0], random_state=0)
    assert_array_equal(rows[:, [1, 3]], np.full((N_DRAWN, 2), [5.0, 6.0]))
    squared = (np.square(rows[1:, [0, 2]] / sampler.scale_[[0, 2]])).sum(axis=1)
    # Squared radii in a disc are uniform.
    assert abs(squared.mean() - 0.5) < 5 * np.sqrt(1 / 12 / N_DRAWN)
    still = BallSampler(3, categorical_features=[True] * 4).fit(X)
    assert_array_equal(still.sample(X[0]), X[[0, 0, 0]])


def test_categories_that_stay_are_named():
    codes = np.array([[0.0, 1, 5], [1.0, 2, 5], [2.0, 1, 5]])
    with pytest.warns(UserWarning, match=r"categories of column\(s\) \[1\] stay"):
        BallSampler(categorical_features=[1, 2]).fit(codes)
    # What is the same everywhere has nothing to move.
    BallSampler(categorical_features=[2]).fit(codes)
