"""Priors without units (prior_scale="fit"), the prior's share, and conflict."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg, stats

from sklearn_baylime.linear_model import InformativeBayesianRidge

SHAPES = [(40, 5), (8, 20), (10, 10)]
MODES = [
    {},
    {"prior_precision": 2.0},
    {"noise_precision": 3.0},
    {"prior_precision": 2.0, "noise_precision": 3.0},
]


@pytest.fixture(params=[True, False], ids=["intercept", "no intercept"])
def fit_intercept(request):
    return request.param


@pytest.mark.parametrize("factor", [-1.0, 1e-6, 3.0, -1e6])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_fitted_scale_ignores_size_and_sign_of_the_prior_mean(
    mode, covariance, factor, tools
):
    data = tools.make_data()
    mean = data.rng.normal(size=5)
    params = {"prior_scale": "fit", "covariance": covariance, **mode}
    base = tools.fitted(data, prior_mean=mean, **params)
    other = tools.fitted(data, prior_mean=factor * mean, **params)
    tools.assert_same_fit(other, base, rtol=1e-8, skip=("prior_scale_",))
    assert_allclose(other.prior_scale_ * factor, base.prior_scale_, rtol=1e-8)
    for got, expected in zip(
        other.predict(data.X, return_std=True),
        base.predict(data.X, return_std=True),
        strict=True,
    ):
        assert_allclose(got, expected, rtol=1e-8)


@pytest.mark.parametrize("factor", [-2.0, 0.0, 0.5, 1e3])
@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_given_scale_multiplies_the_prior_mean(mode, factor, tools):
    data = tools.make_data()
    mean = data.rng.normal(size=5)
    scaled = tools.fitted(data, prior_mean=mean, prior_scale=factor, **mode)
    plain = tools.fitted(data, prior_mean=factor * mean, **mode)
    tools.assert_same_fit(scaled, plain, skip=("prior_scale_",))
    assert scaled.prior_scale_ == factor


def with_wide_scale(precision, mean, tau, tools):
    """Prior precision of ``inv(precision) + tau^2 mean mean'`` (Sherman-Morrison)."""
    prior = tools.as_matrix(precision, len(mean))
    column = prior @ mean
    shrink = tau**2 / (1 + tau**2 * mean @ column)
    return prior - shrink * np.outer(column, column)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_fitted_scale_is_the_limit_of_a_wide_prior_along_the_mean(
    shape, make_precision, fit_intercept, tools
):
    data = tools.make_data(*shape)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    common = {"noise_precision": 3.0, "fit_intercept": fit_intercept}
    free = tools.fitted(
        data, prior_mean=mean, prior_precision=precision, prior_scale="fit", **common
    )
    wide = tools.dense_posterior(
        data.X,
        data.y,
        data.s,
        mean=0.0,
        precision=with_wide_scale(precision, mean, 1e5, tools),
        alpha=3.0,
        fit_intercept=fit_intercept,
    )
    assert_allclose(free.coef_, wide.coef, rtol=1e-5, atol=1e-7)
    assert_allclose(free.sigma_, wide.sigma, rtol=1e-5, atol=1e-7)
    assert_allclose(free.intercept_, wide.intercept, rtol=1e-5, atol=1e-7)
    new = data.rng.normal(size=(10, d))
    gap = new - wide.rows.x_mean
    variance = ((gap @ wide.sigma) * gap).sum(axis=1) + 1 / 3.0
    variance += fit_intercept / (3.0 * data.s.sum())
    mean, std = free.predict(new, return_std=True)
    assert_allclose(mean, new @ wide.coef + wide.intercept, rtol=1e-5, atol=1e-6)
    assert_allclose(std**2, variance, rtol=1e-5, atol=1e-6)


def marginal_covariance(rows, precision, alpha, tools):
    """Covariance of the answers, coefficients integrated out."""
    prior = np.linalg.inv(tools.as_matrix(precision, rows.A.shape[1]))
    return np.eye(len(rows.A)) / alpha + rows.A @ prior @ rows.A.T


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_fitted_scale_is_generalized_least_squares(
    shape, make_precision, fit_intercept, tools
):
    """Answers regressed on the prior mean's predictions, coefficients as noise."""
    data = tools.make_data(*shape)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    estimator = tools.fitted(
        data,
        prior_mean=mean,
        prior_scale="fit",
        prior_precision=precision,
        noise_precision=3.0,
        fit_intercept=fit_intercept,
    )
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    covariance = marginal_covariance(rows, precision, 3.0, tools)
    along = linalg.solve(covariance, rows.A @ mean)
    scale = along @ rows.c / (along @ rows.A @ mean)
    assert_allclose(estimator.prior_scale_, scale, rtol=1e-8)
    given = tools.fitted(
        data,
        prior_mean=scale * mean,
        prior_precision=precision,
        noise_precision=3.0,
        fit_intercept=fit_intercept,
    )
    assert_allclose(estimator.coef_, given.coef_, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_evidence_of_a_fitted_scale_is_the_wide_priors_less_its_width(
    shape, make_precision, fit_intercept, tools
):
    """A normal scale of width tau has density 1/(tau sqrt(2 pi)); ours has density 1.

    The unit of the scale is the prior mean of length 1 in the metric of the prior.
    """
    data = tools.make_data(*shape, weights=None)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    estimator = tools.fitted(
        data,
        prior_mean=mean,
        prior_scale="fit",
        prior_precision=precision,
        noise_precision=3.0,
        fit_intercept=fit_intercept,
    )
    # A given number is lambda; the metric of the prior is that without lambda.
    metric = 1.0 if np.ndim(precision) == 0 else precision
    unit = mean / np.sqrt(mean @ tools.as_matrix(metric, d) @ mean)
    rows = tools.center(data.X, data.y, None, fit_intercept)
    tau = 1e4
    covariance = marginal_covariance(rows, precision, 3.0, tools)
    along = rows.A @ unit
    covariance += tau**2 * np.outer(along, along)
    wide = tools.log_normal_density(rows.c, covariance)
    flat = wide + np.log(tau) + 0.5 * np.log(2 * np.pi)
    assert_allclose(estimator.log_evidence_, flat, rtol=1e-6)


def test_fitted_precisions_under_a_fitted_scale_are_stationary(tools):
    """The evidence, times hyperpriors, falls off on all sides."""
    data = tools.make_data(60, 8)
    mean = data.coef + 0.3 * data.rng.normal(size=8)
    params = {"prior_mean": mean, "prior_scale": "fit"}
    best = tools.fitted(data, **params)

    def log_posterior(log_alpha, log_lambda):
        alpha = best.alpha_ * np.exp(log_alpha)
        lambda_ = best.lambda_ * np.exp(log_lambda)
        other = tools.fitted(
            data, prior_precision=lambda_, noise_precision=alpha, **params
        )
        hyper = log_alpha - alpha + log_lambda - lambda_
        return other.log_evidence_ + 1e-6 * hyper

    step = 1e-3
    for direction in ([step, 0.0], [0.0, step], [step, step], [step, -step]):
        direction = np.array(direction)
        up, here, down = (log_posterior(*(k * direction)) for k in (1, 0, -1))
        assert up < here > down
        assert abs(up - down) < 1e-3 * (here - (up + down) / 2)


def test_heat_map_that_the_rows_say_nothing_about_has_scale_zero(tools):
    data = tools.make_data(40, 6)
    data.X[:, 4:] = 1.0
    heat = np.array([0.0, 0.0, 0.0, 0.0, 2.0, -1.0])
    for params in MODES:
        free = tools.fitted(data, prior_mean=heat, prior_scale="fit", **params)
        none = tools.fitted(data, **params)
        assert free.prior_scale_ == 0.0
        tools.assert_same_fit(free, none, skip=("prior_scale_",))


def test_heat_map_across_the_rows_span_has_scale_zero(tools):
    data = tools.make_data(4, 9)
    unseen = linalg.null_space(tools.center(data.X, data.y, data.s).A)[:, 0]
    params = {"prior_precision": 2.0, "noise_precision": 3.0}
    free = tools.fitted(data, prior_mean=unseen, prior_scale="fit", **params)
    none = tools.fitted(data, **params)
    assert abs(free.prior_scale_) < 1e-9
    tools.assert_same_fit(free, none, skip=("prior_scale_",))


@pytest.mark.parametrize("mean", [0.0, [0.0] * 5], ids=["number", "vector"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("mode", MODES, ids=str)
def test_zero_heat_map_is_no_heat_map(mode, covariance, mean, tools):
    data = tools.make_data()
    params = {"covariance": covariance, **mode}
    free = tools.fitted(data, prior_mean=mean, prior_scale="fit", **params)
    none = tools.fitted(data, **params)
    assert free.prior_scale_ == 0.0
    tools.assert_same_fit(free, none, skip=("prior_scale_",))


def test_fitted_scale_finds_the_size_of_a_heat_map_in_other_units(tools):
    data = tools.make_data(100, 20)
    estimator = tools.fitted(data, prior_mean=-data.coef / 40.0, prior_scale="fit")
    assert_allclose(estimator.prior_scale_, -40.0, rtol=0.05)
    assert_allclose(estimator.coef_, data.coef, rtol=0.2, atol=0.1)


def test_each_target_has_its_own_fitted_scale(tools):
    data = tools.make_data(200, 20, n_targets=3)
    means = data.coef.T * np.array([[1.0], [-0.1], [30.0]])
    means[2] = 0.0
    estimator = tools.fitted(data, prior_mean=means, prior_scale="fit")
    assert_allclose(estimator.prior_scale_[:2], [1.0, -10.0], rtol=0.1)
    assert estimator.prior_scale_[2] == 0.0


def test_prior_share_is_between_data_and_prior(make_precision, tools):
    """From 0 (all data) to 1 (all prior), as the docstring says."""
    for seed in range(50):
        data = tools.make_data(20, 3, seed=seed)
        data.X *= [1.0, 5.0, 0.2]
        precision = make_precision(3, data.rng)
        estimator = tools.fitted(data, prior_precision=precision, noise_precision=1.0)
        assert estimator.prior_share_.min() >= 0.0
        assert estimator.prior_share_.max() <= 1.0


def test_prior_share_takes_a_fitted_scale_as_known(make_precision, tools):
    data = tools.make_data()
    params = {"prior_precision": make_precision(5, data.rng), "noise_precision": 3.0}
    given = tools.fitted(data, prior_mean=1.0, **params)
    free = tools.fitted(data, prior_mean=1.0, prior_scale="fit", **params)
    assert_allclose(free.prior_share_, given.prior_share_, rtol=1e-12)


def test_prior_share_goes_from_data_to_prior(tools):
    data = tools.make_data()
    shares = [
        tools.fitted(data, prior_precision=p, noise_precision=1.0).prior_share_
        for p in (1e-9, 1.0, 30.0, 1e3, 1e12)
    ]
    assert (np.diff(shares, axis=0) > 0).all()
    assert_allclose(shares[0], 0.0, atol=1e-6)
    assert_allclose(shares[-1], 1.0, atol=1e-6)


def test_conflict_is_the_tail_of_the_squared_distance_from_the_prior(
    make_precision, fit_intercept, tools
):
    data = tools.make_data()
    precision = make_precision(5, data.rng)
    mean = data.coef + 0.8 * data.rng.normal(size=5)
    params = {"prior_precision": precision, "noise_precision": 3.0}
    estimator = tools.fitted(
        data, prior_mean=mean, fit_intercept=fit_intercept, **params
    )
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    gap = linalg.lstsq(rows.A, rows.c)[0] - mean
    covariance = np.linalg.inv(3.0 * rows.A.T @ rows.A)
    covariance += np.linalg.inv(tools.as_matrix(precision, 5))
    square = gap @ linalg.solve(covariance, gap)
    assert_allclose(estimator.conflict_, stats.chi2(5).sf(square), rtol=1e-8)


def test_conflict_counts_only_directions_that_rows_tell_of(tools):
    data = tools.make_data(8, 20)
    params = {"prior_mean": 0.4, "prior_precision": 2.0, "noise_precision": 3.0}
    estimator = tools.fitted(data, **params)
    rows = tools.center(data.X, data.y, data.s)
    U, _, _ = np.linalg.svd(rows.A)
    seen = U[:, :7]
    residual = seen.T @ (rows.c - rows.A @ np.full(20, 0.4))
    covariance = seen.T @ marginal_covariance(rows, 2.0, 3.0, tools) @ seen
    square = residual @ linalg.solve(covariance, residual)
    assert_allclose(estimator.conflict_, stats.chi2(7).sf(square), rtol=1e-8)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
def test_conflict_is_uniform_when_the_prior_is_right(prior_scale):
    """A p-value: uniform over data drawn from the model itself."""
    rng = np.random.RandomState(0)
    X = rng.normal(size=(20, 4))
    mean = np.array([1.0, -1.0, 0.5, 2.0])
    coef = mean[:, None] + rng.normal(size=(4, 2000)) / np.sqrt(2.0)
    y = X @ coef + 7.0 + rng.normal(size=(20, 2000)) / np.sqrt(3.0)
    estimator = InformativeBayesianRidge(
        prior_mean=mean,
        prior_scale=prior_scale,
        prior_precision=2.0,
        noise_precision=3.0,
    ).fit(X, y)
    assert stats.kstest(estimator.conflict_, "uniform").pvalue > 0.01
    estimator.set_params(prior_mean=mean[::-1]).fit(X, y)
    assert np.mean(estimator.conflict_ < 0.05) > 0.3


def test_conflict_without_information_is_none(tools):
    data = tools.make_data(1, 4, weights=None)
    assert tools.fitted(data, prior_mean=9.0).conflict_ == 1.0
    data = tools.make_data(30, 1)
    assert tools.fitted(data, prior_mean=9.0, prior_scale="fit").conflict_ == 1.0
