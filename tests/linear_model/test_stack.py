"""Many fits at once say what each says alone."""

import numpy as np
import pytest

from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.linear_model._moments import center_rows, moments_of_rows
from sklearn_baylime.linear_model._trust_stack import fit_stack

N_ROWS, N_FEATURES = 400, 6


def make_data(seed):
    rng = np.random.default_rng(seed)
    X = (rng.random((N_ROWS, N_FEATURES)) < rng.uniform(0.2, 0.6, N_FEATURES)) * 1.0
    slopes = rng.normal(size=N_FEATURES) * (rng.random(N_FEATURES) < 0.5)
    noise = rng.choice([0.1, 1.0, 20.0])
    y = 1.0 + X @ slopes + noise * rng.normal(size=N_ROWS)
    weights = np.exp(-3.0 * rng.random(N_ROWS))
    return X, y, weights * weights.sum() / (weights @ weights)


def stack(data, prior_dof):
    rows = [center_rows(X, y[:, None], w, True, True) for X, y, w in data]

    def leave_out(i, inverse, coef):
        own = rows[i]
        leverage = ((own.dense @ inverse) * own.dense).sum(axis=1)
        leverage += own.root_weight[:, 0] ** 2 / own.weight
        left = (own.y[:, 0] - own.dense @ coef) / (1.0 - leverage)
        scores = own.dense * left[:, None]
        return scores.T @ scores, left

    moments = [moments_of_rows(own) for own in rows]
    n_seen = [N_ROWS] * len(rows)
    return fit_stack(moments, N_ROWS, n_seen, prior_dof, leave_out)


def single(X, y, weights, prior_dof):
    return InformativeBayesianRidge(
        covariance="robust", trust="integrate", prior_dof=prior_dof, prior_odds="open"
    ).fit(X, y, weights)


def assert_near(found, expected):
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10 * scale)


@pytest.mark.parametrize("prior_dof", ["mixed", 1.0, np.inf])
def test_each_is_as_if_alone(prior_dof):
    data = [make_data(seed) for seed in range(12)]
    for fit, (X, y, weights) in zip(stack(data, prior_dof), data, strict=True):
        model = single(X, y, weights, prior_dof)
        assert_near(fit.coef, model.coef_)
        assert_near(fit.intercept, model.intercept_)
        assert_near(fit.covariance, model.sigma_)
        assert_near(fit.loo_score, model.loo_score_)
        assert_near(fit.flat_coef, model.flat_coef_)
        assert_near(fit.flat_std, model.flat_std_)
        assert_near(fit.marginals.interval(0.9), model.marginals_[0].interval(0.9))


def test_what_moments_do_not_tell_is_left_to_the_rows():
    X, y, weights = make_data(0)
    constant, copies = X.copy(), X.copy()
    constant[:, 2] = 1.0
    copies[:, 2] = copies[:, 3]
    data = [
        (X, y, weights),
        (constant, y, weights),
        (copies, y, weights),
        (X, np.ones(N_ROWS), weights),
        (X, X @ np.arange(N_FEATURES), weights),
    ]
    found = stack(data, "mixed")
    assert found[0] is not None
    assert found[1:] == [None] * 4


def test_order_and_company_do_not_matter():
    data = [make_data(seed) for seed in range(5)]
    together, alone = stack(data, "mixed"), stack(data[3:4], "mixed")[0]
    backwards = stack(data[::-1], "mixed")[1]
    for fit in (alone, backwards):
        assert_near(fit.coef, together[3].coef)
        assert_near(fit.covariance, together[3].covariance)


@pytest.mark.parametrize("prior_dof", ["mixed", 1.0, np.inf])
@pytest.mark.parametrize("n_slopes", [1, N_FEATURES])
def test_one_that_has_no_weight_under_one_of_the_priors(prior_dof, n_slopes):
    X, _, weights = make_data(1)
    noise = 0.1 * np.random.default_rng(0).normal(size=N_ROWS)
    y = X[:, :n_slopes].sum(axis=1) + noise
    (fit,) = stack([(X, y, weights)], prior_dof)
    model = single(X, y, weights, prior_dof)
    assert_near(fit.coef, model.coef_)
    assert_near(fit.covariance, model.sigma_)
