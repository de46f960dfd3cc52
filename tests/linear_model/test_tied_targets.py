"""Targets that share one ratio of precisions: sums, votes, scales, the best ratio."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.base import clone

from sklearn_baylime.linear_model import InformativeBayesianRidge

FLAT = {"alpha_1": 0.0, "alpha_2": 0.0, "lambda_1": 0.0, "lambda_2": 0.0}
HEAT = np.array([1.0, -0.5, 0.2, 0.3, 0.0])
MODES = {
    "fitted": {},
    "prior": {"prior_precision": 30.0},
    "noise": {"noise_precision": 20.0},
    "vector": {"prior_precision": np.array([1.0, 10.0, 5.0, 100.0, 2.0])},
    "scale": {"prior_mean": HEAT, "prior_scale": "fit"},
    "robust": {"covariance": "robust"},
}


@pytest.fixture(scope="module")
def matches():
    """Matches, probabilities of three classes and weights."""
    rng = np.random.RandomState(0)
    X = rng.binomial(1, 0.4, size=(120, 5)).astype(float)
    effects = rng.normal(size=(5, 3)) * [0.2, 1.0, 3.0]
    noise = rng.normal(size=(120, 3))
    return X, softmax(X @ effects + noise, axis=1), rng.uniform(0.1, 1.0, size=120)


def fit(matches, Y=None, *, tied=True, **params):
    X, P, s = matches
    params = {"tol": 1e-12, **params}
    model = InformativeBayesianRidge(tie_targets=tied, **params)
    return model.fit(X, P if Y is None else Y, s)


def ratio_of(model):
    one_each = np.shape(model.lambda_) == model.alpha_.shape
    return (model.lambda_ if one_each else np.max(model.lambda_)) / model.alpha_


@pytest.mark.parametrize("mode", MODES)
def test_slopes_of_answers_that_sum_to_a_constant_sum_to_zero(mode, matches):
    model = fit(matches, **MODES[mode])
    np.testing.assert_allclose(model.coef_.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(model.intercept_.sum(), 1, atol=1e-12)
    np.testing.assert_allclose(ratio_of(model), ratio_of(model)[0], rtol=1e-14)
    alone = fit(matches, tied=False, **MODES[mode])
    assert abs(alone.coef_.sum(axis=0)).max() > 1e-6


@pytest.mark.parametrize("mode", MODES)
def test_one_target_is_as_if_not_tied(mode, matches, tools):
    for Y in (matches[1][:, 1], matches[1][:, [1]]):
        alone, tied = (fit(matches, Y, tied=t, **MODES[mode]) for t in (False, True))
        tools.assert_same_fit(tied, alone, rtol=1e-14)


@pytest.mark.parametrize("mode", MODES)
def test_two_mirrored_targets_are_as_if_not_tied(mode, matches, tools):
    """As two classes are: their evidences have the same top."""
    p = matches[1][:, 0]
    alone, tied = (
        fit(matches, np.c_[p, 1 - p], tied=t, **MODES[mode]) for t in (False, True)
    )
    tools.assert_same_fit(tied, alone, rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.3, 1e6 / 3])
@pytest.mark.parametrize("hyperpriors", [{}, FLAT])
@pytest.mark.parametrize("mode", MODES)
def test_constant_targets_have_no_vote(mode, hyperpriors, value, matches):
    """Also where their weighted mean is off by rounding."""
    P, params = matches[1], {**hyperpriors, **MODES[mode]}
    before = fit(matches, **params)
    after = fit(matches, np.c_[P, np.full(len(P), value)], **params)
    np.testing.assert_allclose(after.coef_[:3], before.coef_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(after.alpha_[:3], before.alpha_, rtol=1e-9)
    np.testing.assert_allclose(after.coef_[3], 0, atol=1e-14 * max(value, 1))


@pytest.mark.parametrize("mode", ["fitted", "scale", "robust"])
def test_units_of_one_target_do_not_matter(mode, matches):
    factors = np.array([1.0, 1e4, 1e-3])
    one, other = (
        fit(matches, matches[1] * f, **FLAT, **MODES[mode]) for f in (1.0, factors)
    )
    np.testing.assert_allclose(ratio_of(other), ratio_of(one), rtol=1e-6)
    np.testing.assert_allclose(other.coef_ / factors[:, None], one.coef_, rtol=1e-6)


@pytest.mark.parametrize("mode", ["fitted", "prior", "noise", "scale"])
def test_the_ratio_has_the_highest_sum_of_log_evidences(mode, matches):
    """By one-target fits with both precisions given, at other ratios all around."""
    model, given = fit(matches, **FLAT, **MODES[mode]), MODES[mode]
    best = ratio_of(model)[0]

    def evidence(ratio, y):
        def at(log_alpha):
            alpha = np.exp(log_alpha)
            both = {"prior_precision": ratio * alpha, "noise_precision": alpha}
            return fit(matches, y, **{**FLAT, **given, **both}).log_evidence_

        if mode == "prior":
            return at(np.log(given["prior_precision"] / ratio))
        if mode == "noise":
            return at(np.log(given["noise_precision"]))
        return -minimize_scalar(lambda a: -at(a), bracket=(0.0, 6.0)).fun

    steps = np.array([-5, -1, -0.1, -0.01, 0.0, 0.01, 0.1, 1, 5])
    totals = [sum(evidence(best * np.exp(s), y) for y in matches[1].T) for s in steps]
    np.testing.assert_allclose(totals[4], model.log_evidence_.sum(), rtol=1e-9)
    assert np.argmax(totals) == 4
    assert totals[0] < totals[4] - 0.1


def test_it_is_a_parameter(matches):
    model = clone(InformativeBayesianRidge(tie_targets=True))
    assert model.get_params()["tie_targets"] is True
    assert InformativeBayesianRidge().get_params()["tie_targets"] is False
    with pytest.raises(ValueError, match="'tie_targets' parameter"):
        fit(matches, tied="yes")
    given = {"prior_precision": 3.0, "noise_precision": 2.0}
    one, other = (fit(matches, tied=t, **given) for t in (False, True))
    np.testing.assert_array_equal(one.coef_, other.coef_)


@pytest.mark.parametrize("value", [0.3, 1e6 / 3])
def test_batches_are_tied_as_all_rows_are(value, matches):
    """A constant target of several batches varies by the rounding of their means."""
    X, P, s = matches
    Y = np.c_[P, np.full(len(P), value)]
    parts = InformativeBayesianRidge(tie_targets=True, tol=1e-12)
    for rows in np.array_split(np.arange(120), 7):
        parts.partial_fit(X[rows], Y[rows], s[rows])
    np.testing.assert_allclose(parts.coef_[:3], fit(matches).coef_, rtol=1e-7)
