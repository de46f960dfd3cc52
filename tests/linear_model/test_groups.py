"""Rows that were drawn together count as one in the robust covariance."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg, sparse, stats

from sklearn_baylime.linear_model import InformativeBayesianRidge

SETTINGS = [
    {"prior_precision": 2.0, "noise_precision": 3.0},
    {},
    {"trust": "integrate"},
    {"trust": "integrate", "prior_dof": "mixed"},
]


def fit(data, groups, **params):
    estimator = InformativeBayesianRidge(covariance="robust", **params)
    return estimator.fit(data.X, data.y, data.s, groups=groups)


@pytest.mark.parametrize("params", SETTINGS, ids=str)
def test_rows_on_their_own_are_no_groups(params, tools):
    data = tools.make_data(weights=None)
    alone = fit(data, None, **params)
    for groups in (np.arange(40), np.arange(40)[::-1], data.rng.permutation(40)):
        other = fit(data, groups, **params)
        tools.assert_same_fit(other, alone, rtol=0, skip=("conflict_",))
        assert other.loo_score_ == alone.loo_score_
        assert other.marginals_[0].dof == alone.marginals_[0].dof


@pytest.mark.parametrize("size", [2, 3, 17])
@pytest.mark.parametrize("n_groups", [20, 40])
def test_scores_are_summed_by_group(n_groups, size, tools):
    """The documented sandwich, written down row by row."""
    n = n_groups * size
    data = tools.make_data(n, 4, weights="uniform")
    groups = np.repeat(np.arange(n_groups), size)
    exact = tools.dense_posterior(
        data.X, data.y, data.s, mean=0.0, precision=2.0, alpha=3.0
    )
    A, c = exact.rows.A, exact.rows.c
    root = np.sqrt(data.s / data.s.sum())
    left = np.eye(n) - 3.0 * A @ exact.sigma @ A.T - np.outer(root, root)
    residual = c - A @ exact.coef
    if size <= 16:
        left = left * (groups[:, None] == groups)
        scores = np.linalg.solve(linalg.sqrtm(left), residual)[:, None] * A
    else:
        scores = (residual / np.diag(left))[:, None] * A
    sums = np.array([scores[groups == g].sum(axis=0) for g in range(n_groups)])
    if n_groups <= 30:
        sums = (sums - sums.mean(axis=0)) * np.sqrt(n_groups / (n_groups - 1))
    middle = 9.0 * sums.T @ sums + exact.prior
    params = {"prior_precision": 2.0, "noise_precision": 3.0}
    for order in (np.arange(n), data.rng.permutation(n)):
        shuffled = SimpleNamespace(X=data.X[order], y=data.y[order], s=data.s[order])
        estimator = fit(shuffled, 10 * groups[order] - 7, **params)
        expected = exact.sigma @ middle @ exact.sigma
        assert_allclose(estimator.sigma_, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("params", SETTINGS, ids=str)
def test_duplicated_rows_in_pairs_say_what_half_of_them_say(params, tools):
    """Seen as rows on their own they would halve the variance of the misfit."""
    data = tools.make_data(400, 4, weights=None, noise=2.0)
    twice = SimpleNamespace(
        X=np.repeat(data.X, 2, axis=0), y=np.repeat(data.y, 2), s=None
    )
    half = fit(data, None, **params)
    pairs = fit(twice, np.repeat(np.arange(400), 2), **params)
    rows = fit(twice, None, **params)
    std, paired, single = (np.sqrt(np.diag(f.sigma_)) for f in (half, pairs, rows))
    assert_allclose(paired, std, rtol=0.04)
    assert_allclose(single, std / np.sqrt(2), rtol=0.04)


@pytest.mark.parametrize("params", SETTINGS, ids=str)
def test_order_of_rows_does_not_matter(params, tools):
    data = tools.make_data(60, 4)
    groups = np.repeat(np.arange(30), 2)
    order = data.rng.permutation(60)
    shuffled = SimpleNamespace(X=data.X[order], y=data.y[order], s=data.s[order])
    one, other = fit(data, groups, **params), fit(shuffled, groups[order], **params)
    assert_allclose(other.sigma_, one.sigma_, rtol=1e-7, atol=1e-12)
    assert_allclose(other.loo_score_, one.loo_score_, rtol=1e-8)


def test_sparse_rows_in_groups(tools):
    data = tools.make_data(60, 4)
    groups = data.rng.randint(0, 35, size=60)
    dense = fit(data, groups)
    data.X = sparse.csr_matrix(data.X)
    assert_allclose(fit(data, groups).sigma_, dense.sigma_, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("params", SETTINGS, ids=str)
def test_few_groups_widen_the_intervals(params, tools):
    data = tools.make_data(136, 4)
    many = fit(data, np.repeat(np.arange(68), 2), **params)
    few = fit(data, np.repeat(np.arange(8), 17), **params)
    assert few.marginals_[0].dof == 7.0
    assert many.marginals_[0].dof > 31.0
    if "trust" not in params:
        std = np.sqrt(np.diag(few.sigma_))
        high = few.marginals_[0].interval(0.95)[1]
        assert_allclose(high - few.coef_, stats.t.ppf(0.975, 7) * std, rtol=1e-6)


def test_one_group_leaves_finite_intervals(tools):
    data = tools.make_data(20, 4)
    for params in SETTINGS:
        estimator = fit(data, np.zeros(20), **params)
        assert np.isfinite(estimator.marginals_[0].interval()).all()


def test_rows_of_no_weight_make_no_groups(tools):
    data = tools.make_data(40, 4, weights=None)
    groups = np.repeat(np.arange(20), 2)
    data.s = np.tile([1.0, 0.0], 20)
    tools.assert_same_fit(fit(data, groups), fit(data, None), rtol=0)


def test_groups_are_labels_of_rows(tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match=r"groups has shape \(39,\), expected .*40"):
        fit(data, np.zeros(39))


def test_groups_do_not_touch_the_plain_posterior(tools):
    data = tools.make_data()
    groups = np.repeat(np.arange(20), 2)
    one = InformativeBayesianRidge().fit(data.X, data.y, data.s, groups=groups)
    tools.assert_same_fit(one, tools.fitted(data, tol=1e-6), rtol=0)


N_REPEATS = 400


@pytest.mark.parametrize("paired", [True, False])
def test_intervals_of_complementary_masks_cover(paired):
    """A saturating answer errs alike on a mask and its complement."""
    rng = np.random.RandomState(0)
    slopes = np.array([2.0, -1.0, 1.0, 0.5, -0.5])
    every = (np.arange(32)[:, None] >> np.arange(5)) % 2 - 0.5
    answers = np.tanh(2.0 * every @ slopes)
    truth = 4.0 * every.T @ answers / 32
    hits = []
    for _ in range(N_REPEATS):
        half = rng.randint(0, 32, size=40)
        rows = np.column_stack([half, 31 - half]).ravel()
        estimator = InformativeBayesianRidge(covariance="robust", trust="integrate")
        groups = np.repeat(np.arange(40), 2) if paired else None
        estimator.fit(every[rows], answers[rows], groups=groups)
        low, high = estimator.marginals_[0].interval(0.95)
        hits.append((low <= truth) & (truth <= high))
    covered = np.mean(hits)
    # Three standard errors, repeats taken as independent.
    tolerance = 3 * np.sqrt(0.95 * 0.05 / N_REPEATS)
    assert (covered > 0.95 - tolerance) == paired


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("lambda_", [3.0, 1e-9])
def test_small_groups_are_left_out_as_a_whole(size, lambda_):
    """The residuals of a fit without any of the group's rows."""
    rng = np.random.RandomState(0)
    n, alpha = 170, 2.0
    X = rng.normal(size=(n, 4))
    y = X @ rng.normal(size=4) + rng.normal(size=n)
    s = rng.uniform(0.3, 1.0, n)
    groups = np.r_[0, 1 + np.arange(n - 1) // size]
    robust = InformativeBayesianRidge(
        prior_precision=lambda_, noise_precision=alpha, covariance="robust"
    ).fit(X, y, s, groups=groups)
    squares = 0.0
    for group in np.unique(groups):
        here = groups == group
        rest = InformativeBayesianRidge(
            prior_precision=lambda_, noise_precision=alpha
        ).fit(X[~here], y[~here], s[~here])
        squares += s[here] @ (y[here] - rest.predict(X[here])) ** 2
    total = s @ (y - s @ y / s.sum()) ** 2
    assert_allclose(robust.loo_score_, 1 - squares / total, rtol=1e-7)
