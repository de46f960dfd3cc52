"""The law of ConditionalSampler: real rows, near in some columns; Gaussian copulas."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from sklearn_baylime.base import check_sampler
from sklearn_baylime.sampling import ConditionalSampler
from sklearn_baylime.sampling import _conditional_sampler as module
from sklearn_baylime.sampling._conditional_sampler import (
    SHRINKAGE,
    condition,
    copula_correlation,
    nearest_of,
    normal_scores,
)

N_DRAWN = 20_000
METHODS = ("nearest", "copula")
R = np.array([[1.0, 0.8, 0.0], [0.8, 1.0, 0.5], [0.0, 0.5, 1.0]])
NORMAL = np.random.default_rng(0).multivariate_normal(np.zeros(3), R, 4000)


def drawn(X, reference, seed=0, **params):
    sampler = ConditionalSampler(N_DRAWN + 1, **params).fit(X)
    return sampler.sample(reference, random_state=seed)[1:]


def as_set(rows):
    return set(map(tuple, np.asarray(rows, dtype=float)))


# ------------------------------------------------------------------------- real rows


def test_nearest_rows_are_real():
    """Every row is one of the background's, whatever the instance."""
    assert as_set(drawn(NORMAL, [9.0, -9.0, 0.1])) <= as_set(NORMAL)


def test_one_candidate_is_a_row_drawn_evenly(five_sigma):
    """There is nothing to choose among then."""
    X = np.c_[np.arange(10.0), -np.arange(10.0)]
    rows = drawn(X, [3.0, -3.0], n_candidates=1)
    counts = np.bincount(rows[:, 0].astype(int), minlength=10)
    assert stats.chisquare(counts).pvalue > five_sigma


def test_distance_to_the_instance_is_a_minimum(five_sigma):
    """One column kept half the time: the least of k uniform distances, or any."""
    k, X = 20, np.linspace(0, 1, 50_001)[:, None]
    rows = drawn(X, [0.0], keep=0.5, n_candidates=k)[:, 0]

    def cdf(t):
        return 0.5 * t + 0.5 * (1 - (1 - t) ** k)

    assert stats.kstest(rows, cdf).pvalue > five_sigma


def test_columns_count_in_standard_deviations():
    """The unit of a column changes nothing."""
    units = np.array([1000.0, 1.0, 1e-6])
    rows = drawn(NORMAL, NORMAL[0])
    assert_allclose(drawn(NORMAL * units, NORMAL[0] * units), rows * units)


def test_categories_match_or_do_not():
    """Codes 0 and 9 are as far from 1 as each other is."""
    candidates = np.array([[[0.0, 0.0], [9.0, 0.1], [1.0, 1.3], [1.0, 1.5]]])
    nearest = [
        nearest_of(
            candidates,
            np.array([1.0, 0.0]),
            np.array([kept]),
            np.ones(2),
            np.array([True, False]),
        )[0]
        for kept in ([True, True], [True, False], [False, True], [False, False])
    ]
    # Squared distances 2, 2.01, 1.69 and 2.25 with both.
    assert nearest == [2, 2, 0, 0]


def test_constant_columns_do_not_count():
    X = np.c_[np.full(50, 7.0), np.arange(50.0)]
    rows = drawn(X, [1e6, 25.0], n_candidates=500)
    assert (rows[:, 0] == 7).all()
    assert np.mean(rows[:, 1] == 25) > 0.45


def test_blocks_change_nothing(monkeypatch):
    """Rows are drawn a block at a time, from one stream."""
    for method in METHODS:
        whole = drawn(NORMAL[:50], NORMAL[0], method=method)
        monkeypatch.setattr(module, "_BLOCK", 2000)
        parts = drawn(NORMAL[:50], NORMAL[0], method=method)
        monkeypatch.undo()
        assert_allclose(parts, whole, atol=1e-12)


# --------------------------------------------------------------------------- copulas


def test_scores_are_of_middle_ranks():
    scores = normal_scores(np.array([[3.0], [1.0], [1.0], [1.0]]))
    assert_allclose(scores[:, 0], stats.norm.ppf([7 / 8, 3 / 8, 3 / 8, 3 / 8]))


def test_correlations_are_of_normal_scores():
    """Monotone changes of the columns change nothing; the rest is shrunk."""
    bent = np.c_[np.exp(NORMAL[:, 0]), NORMAL[:, 1] ** 3, -NORMAL[:, 2], np.ones(4000)]
    found = copula_correlation(bent)
    expected = np.corrcoef(normal_scores(NORMAL).T) * (1 - SHRINKAGE)
    signs = np.array([1, 1, -1])
    assert_allclose(
        found[:3, :3][~np.eye(3, dtype=bool)],
        (expected * np.outer(signs, signs))[~np.eye(3, dtype=bool)],
    )
    assert_array_equal(found[3], [0, 0, 0, 1])
    wide = np.random.default_rng(0).normal(size=(5, 40))
    assert np.linalg.eigvalsh(copula_correlation(wide)).min() > SHRINKAGE / 2


def test_draws_are_conditioned():
    """Mean and covariance given what is kept, in closed form."""
    rng = np.random.default_rng(1)
    z = rng.multivariate_normal(np.zeros(3), R, N_DRAWN)
    known = np.tile([1.5, 0.0, -0.5], (N_DRAWN, 1))
    kept = np.tile([True, False, True], (N_DRAWN, 1))
    moved = condition(z, known, kept, R)
    assert_allclose(moved[:, [0, 2]], known[:, [0, 2]], atol=1e-12)
    weights = np.linalg.solve(R[np.ix_([0, 2], [0, 2])], R[[0, 2], 1])
    mean, variance = weights @ [1.5, -0.5], 1 - weights @ R[[0, 2], 1]
    assert abs(moved[:, 1].mean() - mean) < 5 * np.sqrt(variance / N_DRAWN)
    assert abs(moved[:, 1].var() / variance - 1) < 5 * np.sqrt(2 / N_DRAWN)


def test_kept_columns_have_the_instances_values():
    """The others have values of the background."""
    rows = drawn(NORMAL, [9.0, 8.0, 7.0], method="copula", keep=0.3)
    kept = rows == [9.0, 8.0, 7.0]
    assert abs(kept.mean() - 0.3) < 5 * np.sqrt(0.21 / kept.size)
    for column, known, own in zip(rows.T, NORMAL.T, kept.T, strict=True):
        assert set(column[~own]) <= set(known)


def test_free_columns_follow_those_that_are_kept():
    """What the copula learned is in the rows: 1.5 in one pulls the other by 0.8."""
    rows = drawn(NORMAL, [1.5, 50.0, 50.0], method="copula")
    alone = (rows[:, 0] == 1.5) & (rows[:, 1] != 50) & (rows[:, 2] != 50)
    error = np.sqrt((1 - 0.64) / alone.sum())
    # 0.05 for the correlation's own error and the ranks', both of 4000 rows.
    assert abs(rows[alone, 1].mean() - 0.8 * 1.5) < 5 * error + 0.05
    free = (rows != [1.5, 50.0, 50.0]).all(axis=1)
    assert_allclose(np.corrcoef(rows[free].T), R, atol=0.06)


def test_values_that_occur_often_keep_their_frequency():
    """A column of ones and zeros on its own."""
    X = np.r_[np.zeros(300), np.ones(100)][:, None]
    rows = drawn(X, [0.0], method="copula", keep=1e-9)
    assert abs(rows.mean() - 0.25) < 5 * np.sqrt(0.1875 / N_DRAWN)


def test_equal_columns_stay_nearly_equal():
    """A singular correlation, but for the shrinkage."""
    X = np.repeat(np.arange(1000.0)[:, None], 2, axis=1)
    rows = drawn(X, [500.0, 500.0], method="copula")
    assert np.abs(np.diff(rows, axis=1)).mean() < 30


# -------------------------------------------------------------------------- contract


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_candidates", [1, 50])
def test_contract(codes, method, n_candidates):
    """On every kind of background, categories or not."""
    for categories in (None, [0], list(range(codes.shape[1]))):
        sampler = ConditionalSampler(
            method=method, n_candidates=n_candidates, categorical_features=categories
        )
        check_sampler(sampler, codes)


def test_fit_again_by_the_other_method():
    """What the first had learned is gone."""
    sampler = ConditionalSampler(50, method="copula").fit(NORMAL)
    sampler.set_params(method="nearest").fit(NORMAL)
    assert not hasattr(sampler, "correlation_")
    assert as_set(sampler.sample(NORMAL[0])) <= as_set(NORMAL)


@pytest.mark.parametrize(
    "params",
    [{"method": "rows"}, {"keep": 0}, {"keep": 1}, {"keep": None}, {"n_candidates": 0}],
)
def test_parameters_have_bounds(params):
    (name,) = params
    with pytest.raises(ValueError, match=f"'{name}' parameter of Conditional"):
        ConditionalSampler(**params).fit(NORMAL)
