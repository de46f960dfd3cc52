"""Two of scikit-learn's regressors are special cases."""

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_allclose
from sklearn.linear_model import BayesianRidge, Ridge
from sklearn.utils.fixes import parse_version

from sklearn_baylime.linear_model import InformativeBayesianRidge

SHAPES = [(60, 5), (8, 30), (60, 12), (200, 1)]
old_predict = parse_version(sklearn.__version__) < parse_version("1.9")


def reference(X, y, s, *, tol=1e-12, **params):
    return BayesianRidge(max_iter=20_000, tol=tol, **params).fit(X, y, s)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weights", [None, "uniform", "counts"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_default_is_bayesian_ridge(shape, weights, fit_intercept, tools):
    data = tools.make_data(*shape, weights=weights, noise=1.0, seed=3)
    ours = tools.fitted(data, fit_intercept=fit_intercept)
    theirs = reference(data.X, data.y, data.s, fit_intercept=fit_intercept)
    for name in ("coef_", "intercept_", "alpha_", "lambda_"):
        assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-6)
    scale = np.abs(theirs.sigma_).max()
    assert_allclose(ours.sigma_, theirs.sigma_, rtol=1e-5, atol=1e-7 * scale)


def log_posterior(data, precisions):
    """Evidence times hyperpriors at the precisions of a fitted estimator."""
    alpha, lambda_ = precisions.alpha_, precisions.lambda_
    fixed = InformativeBayesianRidge(prior_precision=lambda_, noise_precision=alpha)
    fixed.fit(data.X, data.y, data.s)
    hyper = np.log(alpha) - alpha + np.log(lambda_) - lambda_
    return fixed.log_evidence_ + 1e-6 * hyper


@pytest.mark.parametrize("seed", range(8))
def test_evidence_is_never_below_bayesian_ridges_where_there_are_several_tops(
    seed, tools
):
    """With about as many rows as columns BayesianRidge stops at the nearest top."""
    data = tools.make_data(12, 12, noise=2.0, weights=None, seed=seed)
    ours = log_posterior(data, tools.fitted(data))
    assert ours > log_posterior(data, reference(data.X, data.y, None)) - 1e-9


@pytest.mark.parametrize("power", [-6, 6])
def test_default_is_bayesian_ridge_with_one_column_on_another_scale(power, tools):
    data = tools.make_data(60, 4, weights=None)
    data.X = data.X * np.array([1.0, 10.0**power, 1.0, 1.0])
    ours, theirs = tools.fitted(data), reference(data.X, data.y, None)
    assert_allclose(ours.coef_, theirs.coef_, rtol=1e-6)
    assert_allclose(ours.alpha_, theirs.alpha_, rtol=1e-6)
    assert_allclose(ours.lambda_, theirs.lambda_, rtol=1e-6)


def test_default_is_bayesian_ridge_with_columns_on_all_scales(tools):
    data = tools.make_data(60, 7, weights=None)
    data.X = data.X * 10.0 ** np.arange(-6, 7, 2)
    ours, theirs = tools.fitted(data), reference(data.X, data.y, None, tol=1e-18)
    assert_allclose(ours.predict(data.X), theirs.predict(data.X), rtol=1e-6)
    assert_allclose(ours.coef_, theirs.coef_, rtol=1e-4)
    assert_allclose(ours.alpha_, theirs.alpha_, rtol=1e-6)


@pytest.mark.parametrize(
    "hyper",
    [
        {"alpha_1": 3.0, "alpha_2": 2.0},
        {"lambda_1": 4.0, "lambda_2": 0.5},
        {"alpha_1": 1.0, "alpha_2": 0.3, "lambda_1": 2.0, "lambda_2": 5.0},
    ],
    ids=str,
)
def test_hyperpriors_mean_what_they_mean_in_bayesian_ridge(hyper, tools):
    data = tools.make_data(30, 4)
    ours, theirs = tools.fitted(data, **hyper), reference(data.X, data.y, data.s)
    assert abs(ours.alpha_ / theirs.alpha_ - 1) > 1e-3
    theirs = reference(data.X, data.y, data.s, **hyper)
    assert_allclose(ours.alpha_, theirs.alpha_, rtol=1e-7)
    assert_allclose(ours.lambda_, theirs.lambda_, rtol=1e-7)


@pytest.mark.parametrize("weights", [None, "uniform"])
@pytest.mark.parametrize(
    "fit_intercept",
    [
        pytest.param(
            True,
            marks=pytest.mark.skipif(
                old_predict, reason="scikit-learn < 1.9 does not center X in predict"
            ),
        ),
        False,
    ],
)
def test_predictive_std_is_bayesian_ridges_and_the_intercepts(
    fit_intercept, weights, tools
):
    """scikit-learn takes the intercept as known; it has variance 1/(alpha sum(s))."""
    data = tools.make_data(30, 4, weights=weights)
    ours = tools.fitted(data, fit_intercept=fit_intercept)
    theirs = reference(data.X, data.y, data.s, fit_intercept=fit_intercept)
    new = tools.make_data(10, 4, seed=9).X
    mean, std = ours.predict(new, return_std=True)
    their_mean, their_std = theirs.predict(new, return_std=True)
    total = len(data.X) if data.s is None else data.s.sum()
    intercept = fit_intercept / (ours.alpha_ * total)
    assert_allclose(mean, their_mean, rtol=1e-6)
    assert_allclose(std**2, their_std**2 + intercept, rtol=1e-6)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weights", [None, "uniform", "counts"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_fixed_precisions_are_ridge(shape, weights, fit_intercept, tools):
    data = tools.make_data(*shape, weights=weights)
    ours = InformativeBayesianRidge(
        prior_precision=6.0, noise_precision=4.0, fit_intercept=fit_intercept
    ).fit(data.X, data.y, data.s)
    ridge = Ridge(alpha=1.5, fit_intercept=fit_intercept, solver="cholesky")
    ridge.fit(data.X, data.y, data.s)
    assert_allclose(ours.coef_, ridge.coef_, rtol=1e-9, atol=1e-12)
    assert_allclose(ours.intercept_, ridge.intercept_, rtol=1e-9, atol=1e-12)
    assert_allclose(ours.predict(data.X), ridge.predict(data.X), rtol=1e-9, atol=1e-11)


def test_unit_precisions_are_limes_ridge_for_all_targets(tools):
    data = tools.make_data(50, 6, n_targets=3)
    ours = InformativeBayesianRidge(prior_precision=1.0, noise_precision=1.0)
    ours.fit(data.X, data.y, data.s)
    ridge = Ridge(alpha=1.0).fit(data.X, data.y, data.s)
    assert_allclose(ours.coef_, ridge.coef_, rtol=1e-10)
    assert_allclose(ours.intercept_, ridge.intercept_, rtol=1e-10)
