"""The robust covariance, leave-one-out residuals, and what intervals cover."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg
from sklearn.metrics import r2_score

from sklearn_baylime.linear_model import InformativeBayesianRidge

SHAPES = [(40, 5), (8, 20), (10, 10)]
MODES = [
    {"prior_precision": 2.0, "noise_precision": 3.0},
    {"prior_precision": 2.0},
    {"noise_precision": 3.0},
    {},
]


@pytest.fixture(params=[True, False], ids=["intercept", "no intercept"])
def fit_intercept(request):
    return request.param


def residuals_and_leverages(rows, coef, covariance, alpha, fit_intercept):
    """Residuals ``r`` and leverages ``h`` of the scaled rows, as the docstring says."""
    leverage = alpha * ((rows.A @ covariance) * rows.A).sum(axis=1)
    if fit_intercept:
        leverage = leverage + rows.s / rows.s.sum()
    return rows.c - rows.A @ coef, leverage


def sandwich(rows, coef, covariance, prior, alpha, fit_intercept):
    residual, leverage = residuals_and_leverages(
        rows, coef, covariance, alpha, fit_intercept
    )
    scaled = (residual / (1 - leverage))[:, None] * rows.A
    return covariance @ (alpha**2 * scaled.T @ scaled + prior) @ covariance


@pytest.mark.parametrize("weights", [None, "uniform", "counts"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_robust_covariance_is_the_documented_sandwich(
    shape, weights, make_precision, fit_intercept, tools
):
    data = tools.make_data(*shape, weights=weights)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    params = {"prior_mean": mean, "prior_precision": precision, "noise_precision": 3.0}
    exact = tools.dense_posterior(
        data.X,
        data.y,
        data.s,
        mean=mean,
        precision=precision,
        alpha=3.0,
        fit_intercept=fit_intercept,
    )
    expected = sandwich(
        exact.rows, exact.coef, exact.sigma, exact.prior, 3.0, fit_intercept
    )
    estimator = tools.fitted(
        data, covariance="robust", fit_intercept=fit_intercept, **params
    )
    assert_allclose(estimator.sigma_, expected, rtol=1e-7, atol=1e-9)
    assert_allclose(estimator.coef_, exact.coef, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_robust_covariance_counts_a_fitted_scale(
    shape, make_precision, fit_intercept, tools
):
    """The sandwich of a prior that is flat along the prior mean."""
    data = tools.make_data(*shape)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    params = {
        "prior_mean": mean,
        "prior_precision": precision,
        "noise_precision": 3.0,
        "prior_scale": "fit",
        "fit_intercept": fit_intercept,
    }
    plain = tools.fitted(data, **params)
    prior = tools.as_matrix(precision, d)
    column = prior @ mean
    prior = prior - np.outer(column, column) / (mean @ column)
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    expected = sandwich(rows, plain.coef_, plain.sigma_, prior, 3.0, fit_intercept)
    robust = tools.fitted(data, covariance="robust", **params)
    assert_allclose(robust.sigma_, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_only_the_covariance_differs_from_the_plain_posterior(
    shape, mode, prior_scale, tools
):
    data = tools.make_data(*shape)
    params = {"prior_mean": 0.5, "prior_scale": prior_scale, **mode}
    plain = tools.fitted(data, **params)
    robust = tools.fitted(data, covariance="robust", **params)
    tools.assert_same_fit(robust, plain, rtol=0, skip=("sigma_",))
    assert not np.allclose(robust.sigma_, plain.sigma_, rtol=1e-3, atol=0)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_robust_covariance_is_positive_semidefinite(shape, mode, prior_scale, tools):
    data = tools.make_data(*shape)
    params = {"prior_mean": 0.5, "prior_scale": prior_scale, **mode}
    sigma = tools.fitted(data, covariance="robust", **params).sigma_
    assert_allclose(sigma, sigma.T, rtol=1e-9, atol=1e-12)
    assert np.linalg.eigvalsh(sigma).min() > -1e-10 * np.abs(sigma).max()


def leave_one_out_predictions(data, params):
    predictions = np.empty_like(data.y)
    for i in range(len(data.y)):
        keep = np.arange(len(data.y)) != i
        s = None if data.s is None else data.s[keep]
        rest = InformativeBayesianRidge(**params).fit(data.X[keep], data.y[keep], s)
        predictions[i] = rest.predict(data.X[i : i + 1])[0]
    return predictions


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("weights", [None, "uniform", "counts"])
@pytest.mark.parametrize("shape", [(20, 4), (8, 20)], ids=str)
def test_loo_score_is_that_of_refits_without_each_row(
    shape, weights, prior_scale, make_precision, tools
):
    data = tools.make_data(*shape, weights=weights, noise=1.0)
    params = {
        "prior_mean": data.rng.normal(size=shape[1]),
        "prior_scale": prior_scale,
        "prior_precision": make_precision(shape[1], data.rng),
        "noise_precision": 3.0,
    }
    estimator = tools.fitted(data, covariance="robust", **params)
    predictions = leave_one_out_predictions(data, params)
    score = r2_score(data.y, predictions, sample_weight=data.s)
    assert_allclose(estimator.loo_score_, score, rtol=1e-8)


def test_loo_score_without_intercept_is_relative_to_zero(tools):
    data = tools.make_data()
    params = {"prior_precision": 2.0, "noise_precision": 3.0, "fit_intercept": False}
    estimator = tools.fitted(data, covariance="robust", **params)
    error = data.y - leave_one_out_predictions(data, params)
    score = 1 - (data.s @ error**2) / (data.s @ data.y**2)
    assert_allclose(estimator.loo_score_, score, rtol=1e-9)


def test_loo_score_at_fitted_precisions_keeps_them(tools):
    data = tools.make_data()
    estimator = tools.fitted(data, covariance="robust", prior_mean=0.5)
    params = {
        "prior_mean": 0.5,
        "prior_precision": estimator.lambda_,
        "noise_precision": estimator.alpha_,
    }
    score = r2_score(
        data.y, leave_one_out_predictions(data, params), sample_weight=data.s
    )
    assert_allclose(estimator.loo_score_, score, rtol=1e-8)


def test_loo_score_of_each_target(tools):
    data = tools.make_data(n_targets=2)
    params = {"prior_precision": 2.0, "noise_precision": 3.0}
    estimator = tools.fitted(data, covariance="robust", **params)
    score = r2_score(
        data.y,
        leave_one_out_predictions(data, params),
        sample_weight=data.s,
        multioutput="raw_values",
    )
    assert_allclose(estimator.loo_score_, score, rtol=1e-9)


@pytest.mark.parametrize("precision", [1e-3, 1e-6, 1e-8, 1e-10])
def test_loo_score_is_right_where_the_model_nearly_interpolates(precision, tools):
    """With fewer rows than columns leverages approach 1 as the prior fades."""
    data = tools.make_data(8, 20)
    params = {"prior_precision": precision, "noise_precision": 3.0}
    estimator = tools.fitted(data, covariance="robust", **params)
    predictions = leave_one_out_predictions(data, params)
    score = r2_score(data.y, predictions, sample_weight=data.s)
    assert_allclose(estimator.loo_score_, score, rtol=1e-3)


@pytest.mark.parametrize("unit", [0.1, 1e2, 1e4])
@pytest.mark.parametrize("shape", [(8, 20), (40, 5)], ids=str)
def test_units_of_the_answers_do_not_matter(shape, unit, tools):
    """At fitted precisions, also with fewer rows than columns."""
    data = tools.make_data(*shape, weights=None)
    base = tools.fitted(data, covariance="robust")
    data.y = unit * data.y
    scaled = tools.fitted(data, covariance="robust")
    assert_allclose(scaled.loo_score_, base.loo_score_, rtol=1e-2)
    variance = np.diag(base.sigma_)
    assert_allclose(np.diag(scaled.sigma_) / unit**2, variance, rtol=1e-2)


def test_loo_score_counts_the_one_row_that_tells_the_fitted_scale(tools):
    """Without it the scale is 0, by the docstring of prior_scale."""
    X, y = np.array([[0.0], [0.0], [0.0], [0.0], [1.0]]), np.arange(5.0)
    data = SimpleNamespace(X=X, y=y, s=None)
    params = {
        "prior_mean": 1.0,
        "prior_scale": "fit",
        "prior_precision": 2.0,
        "noise_precision": 3.0,
    }
    estimator = tools.fitted(data, covariance="robust", **params)
    score = r2_score(y, leave_one_out_predictions(data, params))
    assert_allclose(estimator.loo_score_, score, rtol=1e-8)


@pytest.mark.parametrize("constant", [0.0, 1.0, 0.1])
def test_loo_score_of_constant_answers_is_perfect(constant, tools):
    data = tools.make_data()
    data.y = np.full(40, constant)
    assert tools.fitted(data, covariance="robust").loo_score_ == 1.0


def test_loo_score_belongs_to_the_robust_covariance_only(tools):
    data = tools.make_data()
    assert not hasattr(tools.fitted(data), "loo_score_")
    estimator = tools.fitted(data, covariance="robust")
    estimator.set_params(covariance="posterior").fit(data.X, data.y, data.s)
    assert not hasattr(estimator, "loo_score_")


def test_more_rows_than_are_taken_at_once(tools):
    """The residuals are summed up in parts of the rows."""
    data = tools.make_data(5000, 3)
    params = {"prior_precision": 2.0, "noise_precision": 3.0}
    estimator = tools.fitted(data, covariance="robust", **params)
    exact = tools.dense_posterior(
        data.X, data.y, data.s, mean=0.0, precision=2.0, alpha=3.0
    )
    rows = exact.rows
    expected = sandwich(rows, exact.coef, exact.sigma, exact.prior, 3.0, True)
    assert_allclose(estimator.sigma_, expected, rtol=1e-8, atol=1e-13)
    residual, leverage = residuals_and_leverages(
        rows, exact.coef, exact.sigma, 3.0, True
    )
    error = ((residual / (1 - leverage)) ** 2).sum()
    assert_allclose(estimator.loo_score_, 1 - error / (rows.c**2).sum(), rtol=1e-9)


def test_weight_zero_is_no_row(tools):
    data = tools.make_data(weights="counts")
    kept = SimpleNamespace(
        X=data.X[data.s > 0], y=data.y[data.s > 0], s=data.s[data.s > 0]
    )
    whole = tools.fitted(data, covariance="robust")
    part = tools.fitted(kept, covariance="robust")
    tools.assert_same_fit(whole, part, rtol=1e-8)
    assert_allclose(whole.loo_score_, part.loo_score_, rtol=1e-9)


N_REPEATS = 1000
# Three standard errors of a share of 0.95: 0.93 to 0.97.
TOLERANCE = 3 * np.sqrt(0.95 * 0.05 / N_REPEATS)


def covers(estimator, coef):
    """Tell which coefficients lie in their 95 % intervals."""
    std = np.sqrt(np.diag(estimator.sigma_))
    return np.abs(estimator.coef_ - coef) < 1.959964 * std


def curved_neighborhood(seed, n=250, width=2.0):
    """A deterministic black box whose misfit is largest away from the instance.

    By symmetry its best linear fit under these weights has coefficients 1, 2, -1.
    The weights sum to the effective sample size, as explainers scale them.
    """
    rng = np.random.RandomState(seed)
    X = rng.uniform(-1, 1, size=(n, 3))
    s = np.exp(-(X**2).sum(axis=1) / width**2 / 2)
    return X, X @ [1.0, 2.0, -1.0] + X[:, 0] ** 4, s * s.sum() / (s**2).sum()


def test_robust_intervals_cover_what_plain_ones_do_not():
    """Seen as noise, misfit is not independent of where the row lies."""
    hits = {"posterior": [], "robust": []}
    for seed in range(N_REPEATS):
        neighborhood = curved_neighborhood(seed)
        for covariance, found in hits.items():
            estimator = InformativeBayesianRidge(covariance=covariance)
            found.append(covers(estimator.fit(*neighborhood), [1.0, 2.0, -1.0]))
    plain, robust = (np.mean(found, axis=0) for found in hits.values())
    assert np.abs(robust - 0.95).max() < TOLERANCE
    assert plain[0] < 0.95 - 3 * TOLERANCE


@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("noise_precision", [4.0, None], ids=["given", "fitted"])
def test_intervals_cover_where_the_model_is_true(covariance, noise_precision):
    """Coefficients from the prior, independent noise, weights that are precisions."""
    rng = np.random.RandomState(0)
    X, s = rng.normal(size=(150, 4)), rng.uniform(0.5, 1.5, size=150)
    coef = 1.0 + rng.normal(size=(N_REPEATS, 4)) / np.sqrt(5.0)
    noise = rng.normal(size=(150, N_REPEATS)) / np.sqrt(4.0 * s)[:, None]
    estimator = InformativeBayesianRidge(
        prior_mean=1.0,
        prior_precision=5.0,
        noise_precision=noise_precision,
        covariance=covariance,
    ).fit(X, X @ coef.T + 3.0 + noise, s)
    std = np.sqrt(np.diagonal(estimator.sigma_, axis1=1, axis2=2))
    covered = np.mean(np.abs(estimator.coef_ - coef) < 1.959964 * std, axis=0)
    assert np.abs(covered - 0.95).max() < TOLERANCE


def test_prior_narrows_the_robust_covariance(tools):
    data = tools.make_data(60, 5)
    params = {"covariance": "robust", "noise_precision": 3.0, "prior_mean": data.coef}
    variances = [
        np.diag(tools.fitted(data, prior_precision=p, **params).sigma_)
        for p in (1e-6, 30.0, 1e4)
    ]
    assert (np.diff(variances, axis=0) < 0).all()


def test_flat_prior_is_hc3(tools):
    """MacKinnon and White's estimator for weighted least squares."""
    data = tools.make_data(weights=None)
    estimator = tools.fitted(
        data, covariance="robust", prior_precision=1e-9, noise_precision=1.0
    )
    Z = np.column_stack([np.ones(40), data.X])
    inverse = linalg.inv(Z.T @ Z)
    residual = data.y - Z @ linalg.lstsq(Z, data.y)[0]
    leverage = np.diag(Z @ inverse @ Z.T)
    scaled = (residual / (1 - leverage))[:, None] * Z
    hc3 = inverse @ scaled.T @ scaled @ inverse
    assert_allclose(estimator.sigma_, hc3[1:, 1:], rtol=1e-6, atol=1e-10)
