"""Predictions, their standard deviation, and draws of coefficients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from sklearn_baylime.linear_model import InformativeBayesianRidge

GIVEN = {"prior_precision": 2.0, "noise_precision": 3.0}


@pytest.fixture(params=["posterior", "robust"])
def covariance(request):
    return request.param


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_t18_predictive_variance_counts_noise_coefficients_and_intercept(
    shape, prior_scale, fit_intercept, covariance, tools
):
    data = tools.make_data(*shape)
    estimator = tools.fitted(
        data,
        prior_mean=0.5,
        prior_scale=prior_scale,
        covariance=covariance,
        fit_intercept=fit_intercept,
        **GIVEN,
    )
    new = data.rng.normal(size=(7, shape[1]))
    x_mean = np.average(data.X, axis=0, weights=data.s) if fit_intercept else 0.0
    gap = new - x_mean
    variance = 1 / 3.0 + np.einsum("ij,jk,ik->i", gap, estimator.sigma_, gap)
    variance += fit_intercept / (3.0 * data.s.sum())
    mean, std = estimator.predict(new, return_std=True)
    assert_allclose(std**2, variance, rtol=1e-9)
    assert_allclose(mean, new @ estimator.coef_ + estimator.intercept_, rtol=1e-12)
    assert_allclose(mean, estimator.predict(new), rtol=0)


@pytest.mark.parametrize("precision", [1e-3, 1e-6, 1e-9, 1e-12, 1e-15])
def test_std_at_interpolated_rows_is_that_of_the_noise(precision, tools):
    """With fewer rows than columns a fading prior leaves them one answer each."""
    data = tools.make_data(6, 15, weights=None)
    estimator = tools.fitted(data, prior_precision=precision, noise_precision=3.0)
    _, std = estimator.predict(data.X, return_std=True)
    assert_allclose(std**2, 2 / 3.0, rtol=10 * precision + 1e-4)


def test_std_is_smallest_at_the_weighted_mean_of_the_rows(tools):
    data = tools.make_data()
    estimator = tools.fitted(data)
    center = np.average(data.X, axis=0, weights=data.s)
    new = np.vstack([center, center + data.rng.normal(size=(50, 5))])
    _, std = estimator.predict(new, return_std=True)
    assert std.argmin() == 0
    total = 1 / estimator.alpha_ * (1 + 1 / data.s.sum())
    assert_allclose(std[0] ** 2, total, rtol=1e-9)


@pytest.mark.parametrize("n_targets", [None, 1, 3])
def test_shapes_of_predictions(n_targets, covariance, tools):
    data = tools.make_data(n_targets=n_targets)
    estimator = tools.fitted(data, covariance=covariance)
    shape = (6,) if n_targets is None else (6, n_targets)
    mean, std = estimator.predict(data.X[:6], return_std=True)
    assert mean.shape == std.shape == shape
    assert estimator.predict(data.X[:6]).shape == shape


@pytest.mark.parametrize("make_sparse", [sparse.csr_matrix, sparse.csr_array])
@pytest.mark.parametrize("n_targets", [None, 2])
def test_sparse_rows_are_predicted_as_dense_ones(n_targets, make_sparse, tools):
    data = tools.make_data(n_targets=n_targets)
    estimator = tools.fitted(data)
    for got, expected in zip(
        estimator.predict(make_sparse(data.X), return_std=True),
        estimator.predict(data.X, return_std=True),
        strict=True,
    ):
        assert type(got) is np.ndarray
        assert_allclose(got, expected, rtol=1e-12)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_predictive_intervals_cover_new_answers(fit_intercept):
    """Coefficients from the prior, then rows, then new rows of weight 1."""
    rng = np.random.RandomState(0)
    n_repeats = 2000
    X, new = rng.normal(size=(8, 3)) + 1.0, rng.normal(size=(5, 3)) + 1.0
    coef = rng.normal(size=(3, n_repeats)) / np.sqrt(2.0)
    offset = 4.0 if fit_intercept else 0.0
    y, answers = (
        rows @ coef + offset + rng.normal(size=(len(rows), n_repeats)) / np.sqrt(3.0)
        for rows in (X, new)
    )
    estimator = InformativeBayesianRidge(fit_intercept=fit_intercept, **GIVEN)
    mean, std = estimator.fit(X, y).predict(new, return_std=True)
    z = (answers - mean) / std
    assert np.abs(np.mean(np.abs(z) < 1.959964, axis=1) - 0.95).max() < 4 * np.sqrt(
        0.95 * 0.05 / n_repeats
    )
    assert_allclose((z**2).mean(axis=1), 1.0, atol=5 * np.sqrt(2 / n_repeats))


def test_score_is_r_squared(tools):
    data = tools.make_data()
    estimator = tools.fitted(data)
    error = data.y - estimator.predict(data.X)
    gap = data.y - np.average(data.y, weights=data.s)
    score = 1 - (data.s @ error**2) / (data.s @ gap**2)
    assert_allclose(estimator.score(data.X, data.y, data.s), score, rtol=1e-10)


@pytest.mark.parametrize(
    ("n_targets", "shape"), [(None, (9, 5)), (1, (9, 1, 5)), (3, (9, 3, 5))]
)
def test_shapes_of_drawn_coefficients(n_targets, shape, covariance, tools):
    estimator = tools.fitted(
        tools.make_data(n_targets=n_targets), covariance=covariance
    )
    assert estimator.sample_coef(9, random_state=0).shape == shape
    assert estimator.sample_coef().shape == (1, *shape[1:])


def test_draws_are_seeded(tools):
    estimator = tools.fitted(tools.make_data())
    first = estimator.sample_coef(4, random_state=7)
    assert_allclose(estimator.sample_coef(4, random_state=7), first, rtol=0)
    same = estimator.sample_coef(4, random_state=np.random.RandomState(7))
    assert_allclose(same, first, rtol=0)
    assert not np.allclose(estimator.sample_coef(4, random_state=8), first)
    rng = np.random.RandomState(7)
    assert_allclose(estimator.sample_coef(4, random_state=rng), first, rtol=0)
    assert not np.allclose(estimator.sample_coef(4, random_state=rng), first)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("shape", [(40, 4), (3, 6)], ids=str)
def test_draws_have_the_posteriors_mean_and_covariance(
    shape, prior_scale, covariance, tools
):
    data = tools.make_data(*shape)
    estimator = tools.fitted(
        data, prior_mean=0.5, prior_scale=prior_scale, covariance=covariance, **GIVEN
    )
    n = 20_000
    draws = estimator.sample_coef(n, random_state=0)
    sigma = estimator.sigma_
    variance = np.diag(sigma)
    gap = draws.mean(axis=0) - estimator.coef_
    assert (np.abs(gap) < 5 * np.sqrt(variance / n)).all()
    error = np.sqrt((np.outer(variance, variance) + sigma**2) / n)
    assert (np.abs(np.cov(draws.T) - sigma) < 5 * error).all()


def test_draws_of_targets_are_independent(tools):
    data = tools.make_data(n_targets=2)
    estimator = tools.fitted(data, **GIVEN)
    n = 20_000
    draws = estimator.sample_coef(n, random_state=0)
    for target in range(2):
        cov = np.cov(draws[:, target].T)
        assert_allclose(cov, estimator.sigma_[target], atol=0.05 * np.abs(cov).max())
    normal = (draws - estimator.coef_) / draws.std(axis=0)
    across = np.einsum("nj,nk->jk", normal[:, 0], normal[:, 1]) / n
    assert np.abs(across).max() < 5 / np.sqrt(n)


def test_draws_of_the_prior_where_rows_tell_nothing():
    estimator = InformativeBayesianRidge(prior_mean=[1.0, -1.0], **GIVEN)
    estimator.fit([[1.0, 2.0]], [3.0])
    draws = estimator.sample_coef(20_000, random_state=0)
    assert_allclose(draws.mean(axis=0), [1.0, -1.0], atol=5 * np.sqrt(0.5 / 20_000))
    assert_allclose(draws.var(axis=0), 0.5, rtol=0.05)
