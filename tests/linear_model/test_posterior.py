"""Posterior mean, covariance and intercept against a dense inverse."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from sklearn_baylime.linear_model import InformativeBayesianRidge

SHAPES = [(40, 5), (6, 15), (10, 10), (30, 1), (1, 4), (2, 1)]
FORMATS = [
    sparse.csr_matrix,
    sparse.csc_matrix,
    sparse.csr_array,
    sparse.csc_array,
]


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weights", [None, "uniform", "counts"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_posterior_is_the_dense_inverse(
    shape, weights, fit_intercept, make_precision, tools
):
    data = tools.make_data(*shape, weights=weights, seed=1)
    if data.s is not None:
        data.s[0] = 2.0
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    exact = tools.dense_posterior(
        data.X,
        data.y,
        data.s,
        mean=mean,
        precision=precision,
        alpha=3.0,
        fit_intercept=fit_intercept,
    )
    estimator = tools.fitted(
        data,
        prior_mean=mean,
        prior_precision=precision,
        noise_precision=3.0,
        fit_intercept=fit_intercept,
    )
    assert_allclose(estimator.coef_, exact.coef, rtol=1e-8, atol=1e-10)
    assert_allclose(estimator.intercept_, exact.intercept, rtol=1e-8, atol=1e-10)
    assert_allclose(estimator.sigma_, exact.sigma, rtol=1e-8, atol=1e-10)
    share = np.diag(exact.sigma) / np.diag(np.linalg.inv(exact.prior))
    assert_allclose(estimator.prior_share_, share, rtol=1e-8, atol=1e-10)
    assert_allclose(estimator.lambda_, precision)
    assert estimator.alpha_ == 3.0


@pytest.mark.parametrize("means", ["number", "vector", "one a target"])
@pytest.mark.parametrize("shape", [(40, 5), (6, 15)], ids=str)
def test_posterior_of_several_targets_is_the_dense_inverse(
    shape, means, make_precision, tools
):
    data = tools.make_data(*shape, n_targets=3)
    d = shape[1]
    sizes = {"number": (), "vector": (d,), "one a target": (3, d)}
    mean = data.rng.normal(size=sizes[means])
    mean = mean if means != "number" else float(mean)
    precision = make_precision(d, data.rng)
    estimator = tools.fitted(
        data, prior_mean=mean, prior_precision=precision, noise_precision=3.0
    )
    assert estimator.coef_.shape == (3, d)
    assert estimator.sigma_.shape == (3, d, d)
    assert estimator.intercept_.shape == (3,)
    for target, target_mean in enumerate(np.broadcast_to(mean, (3, d))):
        exact = tools.dense_posterior(
            data.X,
            data.y[:, target],
            data.s,
            mean=target_mean,
            precision=precision,
            alpha=3.0,
        )
        assert_allclose(estimator.coef_[target], exact.coef, rtol=1e-8, atol=1e-10)
        assert_allclose(estimator.intercept_[target], exact.intercept, rtol=1e-8)
        assert_allclose(estimator.sigma_[target], exact.sigma, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("shape", [(40, 5), (6, 15)], ids=str)
@pytest.mark.parametrize("make_sparse", FORMATS, ids=lambda make: make.__name__)
def test_sparse_rows_are_dense_rows(
    make_sparse, shape, covariance, fit_intercept, make_precision, tools
):
    data = tools.make_data(*shape)
    X = np.where(data.rng.uniform(size=shape) < 0.5, data.X, 0.0)
    params = {
        "prior_mean": 0.5,
        "prior_precision": make_precision(shape[1], data.rng),
        "noise_precision": 3.0,
        "covariance": covariance,
        "fit_intercept": fit_intercept,
    }
    dense = InformativeBayesianRidge(**params).fit(X, data.y, data.s)
    thin = InformativeBayesianRidge(**params).fit(make_sparse(X), data.y, data.s)
    tools.assert_same_fit(thin, dense, rtol=1e-8)
    new = make_sparse(X[:4])
    for got, expected in zip(
        thin.predict(new, return_std=True),
        dense.predict(X[:4], return_std=True),
        strict=True,
    ):
        assert_allclose(got, expected, rtol=1e-9)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("make_sparse", FORMATS, ids=lambda make: make.__name__)
def test_sparse_rows_give_the_fitted_precisions_of_dense_rows(
    make_sparse, prior_scale, tools
):
    data = tools.make_data(50, 6, n_targets=2)
    X = np.where(data.rng.uniform(size=data.X.shape) < 0.5, data.X, 0.0)
    params = {"prior_mean": 0.5, "prior_scale": prior_scale, "tol": 1e-12}
    dense = InformativeBayesianRidge(**params).fit(X, data.y, data.s)
    thin = InformativeBayesianRidge(**params).fit(make_sparse(X), data.y, data.s)
    tools.assert_same_fit(thin, dense, rtol=1e-8)


@pytest.mark.parametrize("params", [{}, {"prior_scale": "fit"}, {"noise_precision": 2}])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("shape", [(40, 5), (40, 1)], ids=str)
def test_two_dimensional_answers_are_separate_fits(shape, covariance, params, tools):
    data = tools.make_data(*shape, n_targets=3)
    params = {"prior_mean": 0.7, "covariance": covariance, "tol": 1e-12, **params}
    together = InformativeBayesianRidge(**params).fit(data.X, data.y, data.s)
    mean, std = together.predict(data.X, return_std=True)
    assert mean.shape == std.shape == data.y.shape
    stacked = tools.results(together)
    for target in range(3):
        alone = InformativeBayesianRidge(**params)
        alone.fit(data.X, data.y[:, target], data.s)
        for name, value in tools.results(alone).items():
            assert_allclose(stacked[name][target], value, rtol=1e-7, err_msg=name)
        alone_mean, alone_std = alone.predict(data.X, return_std=True)
        assert_allclose(mean[:, target], alone_mean, rtol=1e-8)
        assert_allclose(std[:, target], alone_std, rtol=1e-7)
        if covariance == "robust":
            assert_allclose(together.loo_score_[target], alone.loo_score_, rtol=1e-8)


def test_one_column_of_answers_keeps_its_dimension(tools):
    data = tools.make_data()
    flat = tools.fitted(data)
    column = InformativeBayesianRidge(tol=1e-12)
    column.fit(data.X, data.y[:, None], data.s)
    assert column.coef_.shape == (1, 5)
    assert column.intercept_.shape == column.alpha_.shape == (1,)
    assert column.sigma_.shape == (1, 5, 5)
    for name, value in tools.results(flat).items():
        assert_allclose(tools.results(column)[name][0], value, rtol=1e-12)
    mean, std = column.predict(data.X, return_std=True)
    assert mean.shape == std.shape == (40, 1)
    assert_allclose(mean[:, 0], flat.predict(data.X), rtol=1e-12)


def test_targets_with_their_own_prior_means_are_separate_fits(tools):
    data = tools.make_data(n_targets=3)
    means = data.rng.normal(size=(3, 5))
    together = tools.fitted(data, prior_mean=means)
    for target, mean in enumerate(means):
        alone = InformativeBayesianRidge(prior_mean=mean, tol=1e-12)
        alone.fit(data.X, data.y[:, target], data.s)
        for name, value in tools.results(alone).items():
            got = tools.results(together)[name][target]
            assert_allclose(got, value, rtol=1e-8, err_msg=name)


def test_one_row_of_prior_means_serves_one_target(tools):
    data = tools.make_data()
    mean = data.rng.normal(size=5)
    tools.assert_same_fit(
        tools.fitted(data, prior_mean=mean[None]), tools.fitted(data, prior_mean=mean)
    )


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", [(40, 5), (6, 15)], ids=str)
def test_covariance_is_symmetric(shape, fit_intercept, make_precision, tools):
    data = tools.make_data(*shape)
    precision = make_precision(shape[1], data.rng)
    sigma = tools.fitted(
        data, prior_precision=precision, fit_intercept=fit_intercept
    ).sigma_
    assert_allclose(sigma, sigma.T, rtol=1e-10, atol=1e-12)
    assert np.linalg.eigvalsh(sigma).min() > 0


def test_fitted_attributes_have_the_types_of_one_target(tools):
    estimator = tools.fitted(tools.make_data(), covariance="robust")
    for (
        name
    ) in "intercept_ alpha_ lambda_ prior_scale_ conflict_ log_evidence_".split():
        assert isinstance(getattr(estimator, name), float), name
    assert isinstance(estimator.loo_score_, float)
    assert isinstance(estimator.n_iter_, int)
    assert estimator.n_features_in_ == 5
    assert estimator.coef_.shape == estimator.prior_share_.shape == (5,)


def test_slightly_asymmetric_precision_matrix_counts_as_its_symmetric_part(tools):
    data = tools.make_data()
    precision = tools.random_precision(5, data.rng)
    precision = precision * (1 + 1e-9 * data.rng.normal(size=(5, 5)))
    symmetric = (precision + precision.T) / 2
    params = {"prior_mean": 1e3, "noise_precision": 3.0}
    tools.assert_same_fit(
        tools.fitted(data, prior_precision=precision, **params),
        tools.fitted(data, prior_precision=symmetric, **params),
        rtol=1e-13,
        skip=("lambda_",),
    )
