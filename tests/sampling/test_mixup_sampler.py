"""The law of MixupSampler: Beta shares, classes in equal parts, categories."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from sklearn_baylime.sampling import MixupSampler

N_DRAWN = 20_000
CLASSES = np.repeat(["a", "b", "c"], [90, 9, 1])


def drawn(X, reference, y=None, **params):
    sampler = MixupSampler(N_DRAWN + 1, **params).fit(X, y)
    return sampler.sample(reference, random_state=0)[1:]


@pytest.mark.parametrize("params", [{}, {"alpha": 0.5, "beta": 3.0}])
def test_shares_are_beta(params, five_sigma):
    """Rows between 0 and the instance 1 are its shares: one for all columns."""
    rows = drawn(np.zeros((5, 3)), np.ones(3), **params)
    assert_array_equal(rows, rows[:, [0, 0, 0]])
    law = stats.beta(params.get("alpha", 2), params.get("beta", 5))
    assert stats.kstest(rows[:, 0], law.cdf).pvalue > five_sigma


def test_rows_are_drawn_from_the_background_evenly(five_sigma):
    """With (nearly) no share of the instance, its rows are left, whole."""
    X = np.c_[np.arange(10.0), 10 * np.arange(10.0)]
    rows = drawn(X, [0.0, 0.0], alpha=1e-9, beta=1e9)
    assert_allclose(rows[:, 1], 10 * rows[:, 0])
    counts = np.bincount(np.rint(rows[:, 0]).astype(int), minlength=10)
    assert stats.chisquare(counts).pvalue > five_sigma


@pytest.mark.parametrize(
    "y",
    [
        CLASSES,
        np.unique(CLASSES, return_inverse=True)[1] * 7.0,
        np.c_[CLASSES == "a", CLASSES == "b"].astype(int),
        CLASSES[:, None].tolist(),
    ],
)
def test_classes_have_equal_shares(y):
    """Up to one row, in any order; several outputs count as one class."""
    number = np.unique(CLASSES, return_inverse=True)[1]
    rows = drawn(number[:, None], [0], y, alpha=1e-9, beta=1e9)
    counts = np.bincount(np.rint(rows[:, 0]).astype(int))
    assert counts.min() >= N_DRAWN // 3 and counts.max() <= N_DRAWN // 3 + 1
    assert (np.abs(rows[3:] - rows[:-3]) > 0.5).any()
    few = MixupSampler(4, alpha=1e-9, beta=1e9).fit(number[:, None], y)
    orders = {tuple(few.sample([0], random_state=k)[1:, 0].round()) for k in range(60)}
    assert len(orders) == 6


@pytest.mark.parametrize("shape", [(100,), (100, 2)])
def test_continuous_targets_are_ignored(shape):
    X = np.random.default_rng(0).normal(size=(100, 2))
    y = np.random.default_rng(1).normal(size=shape)
    assert_array_equal(drawn(X, X[0], y), drawn(X, X[0]))


def test_many_whole_numbers_are_classes():
    """Without a warning."""
    assert MixupSampler().fit(np.zeros((100, 1)), np.arange(100)).strata_.max() == 99


def test_targets_must_have_the_backgrounds_length():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        MixupSampler().fit([[0], [1]], [0, 1, 1])


@pytest.mark.parametrize("categories", [[1, 2], [False, True, True]])
def test_categories_follow_the_share(categories, five_sigma):
    """P(instance's value | share) = share, independently in each column."""
    rows = drawn(np.zeros((5, 3)), [1, 3, 4], categorical_features=categories)
    share, taken = rows[:, 0], rows[:, 1:] == [3, 4]
    assert set(rows[:, 1]) == {0, 3} and set(rows[:, 2]) == {0, 4}
    bound = 5 * np.sqrt((share * (1 - share)).sum())
    for j in range(2):
        assert abs((taken[:, j] - share).sum()) < bound
        assert abs(((taken[:, j] - share) * (share - 0.5)).sum()) < bound / 2
    left = taken - share[:, None]
    assert abs(left.prod(axis=1).sum()) < bound / 2
