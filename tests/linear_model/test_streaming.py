"""partial_fit: batch after batch gives what all rows at once give."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from sklearn_baylime.linear_model import InformativeBayesianRidge

MODES = [
    {},
    {"prior_precision": 2.0},
    {"noise_precision": 3.0},
    {"prior_precision": 2.0, "noise_precision": 3.0},
    {"prior_scale": "fit"},
    {"prior_scale": "fit", "prior_precision": 2.0, "noise_precision": 3.0},
    {"fit_intercept": False},
]


@pytest.fixture(params=MODES, ids=str)
def params(request):
    return {"prior_mean": 0.4, "tol": 1e-12, **request.param}


def batches(data, *cuts):
    bounds = [0, *cuts, len(data.X)]
    for start, stop in pairwise(bounds):
        part = slice(start, stop)
        yield data.X[part], data.y[part], None if data.s is None else data.s[part]


def stream(data, *cuts, **params):
    estimator = InformativeBayesianRidge(**params)
    for batch in batches(data, *cuts):
        estimator.partial_fit(*batch)
    return estimator


def assert_same_predictions(actual, expected, X, rtol=1e-7):
    for got, wanted in zip(
        actual.predict(X, return_std=True),
        expected.predict(X, return_std=True),
        strict=True,
    ):
        assert_allclose(got, wanted, rtol=rtol)


@pytest.mark.parametrize("n_targets", [None, 1, 3])
@pytest.mark.parametrize("weights", [None, "uniform"])
@pytest.mark.parametrize("cuts", [(), (17,), (1, 2, 39)], ids=str)
def test_batches_give_what_all_rows_give(cuts, weights, n_targets, params, tools):
    data = tools.make_data(weights=weights, n_targets=n_targets)
    streamed, whole = stream(data, *cuts, **params), tools.fitted(data, **params)
    tools.assert_same_fit(streamed, whole, rtol=1e-7)
    assert_same_predictions(streamed, whole, data.X)


@pytest.mark.parametrize("kind", ["vector", "matrix"])
def test_batches_under_any_prior_precision(kind, tools):
    data = tools.make_data()
    precision = {
        "vector": data.rng.uniform(0.5, 3.0, size=5),
        "matrix": tools.random_precision(5, data.rng),
    }[kind]
    params = {"prior_precision": precision, "prior_mean": data.rng.normal(size=5)}
    whole = tools.fitted(data, **params)
    streamed = stream(data, 11, 30, tol=1e-12, **params)
    tools.assert_same_fit(streamed, whole, rtol=1e-7)


@pytest.mark.parametrize("n_first", [3, 25])
def test_rows_of_fit_count_as_the_first_batch(n_first, params, tools):
    """Also where fit decomposed the rows, having fewer of them than columns."""
    data = tools.make_data(40, 10)
    estimator = InformativeBayesianRidge(**params)
    first, *rest = batches(data, n_first, 33)
    estimator.fit(*first)
    for batch in rest:
        estimator.partial_fit(*batch)
    whole = tools.fitted(data, **params)
    tools.assert_same_fit(estimator, whole, rtol=1e-6)
    assert_same_predictions(estimator, whole, data.X, rtol=1e-6)


def test_batches_that_stay_fewer_than_the_columns(tools):
    data = tools.make_data(9, 20)
    params = {"prior_mean": 0.4, "prior_precision": 2.0, "noise_precision": 3.0}
    streamed, whole = stream(data, 4, **params), tools.fitted(data, **params)
    tools.assert_same_fit(streamed, whole, rtol=1e-8)


@pytest.mark.parametrize("make_sparse", [sparse.csr_matrix, sparse.csc_array])
def test_sparse_batches(make_sparse, params, tools):
    data = tools.make_data()
    data.X = np.where(data.rng.uniform(size=data.X.shape) < 0.5, data.X, 0.0)
    whole = tools.fitted(data, **params)
    estimator = InformativeBayesianRidge(**params)
    for i, (X, y, s) in enumerate(batches(data, 10, 20)):
        estimator.partial_fit(X if i == 1 else make_sparse(X), y, s)
    tools.assert_same_fit(estimator, whole, rtol=1e-7)


def test_order_of_batches_does_not_matter(params, tools):
    data = tools.make_data()
    forward = stream(data, 5, 9, 30, **params)
    backward = InformativeBayesianRidge(**params)
    for batch in reversed(list(batches(data, 5, 9, 30))):
        backward.partial_fit(*batch)
    tools.assert_same_fit(backward, forward, rtol=1e-8)


def test_batches_far_from_zero_lose_no_digits(tools):
    """Sums of squares about zero would lose twelve digits."""
    data = tools.make_data()
    params = {"prior_precision": 2.0, "noise_precision": 3.0}
    data.X = data.X + 1e6
    whole = tools.fitted(data, **params)
    assert_allclose(stream(data, 20, **params).coef_, whole.coef_, rtol=1e-7)


def test_every_batch_narrows_the_posterior(tools):
    data = tools.make_data()
    estimator = InformativeBayesianRidge(prior_precision=2.0, noise_precision=3.0)
    bound = np.eye(5) / 2.0
    for batch in batches(data, 1, 2, 10, 20):
        sigma = estimator.partial_fit(*batch).sigma_
        assert np.linalg.eigvalsh(bound - sigma).min() > -1e-12
        bound = sigma


def test_fit_forgets_what_was_streamed(tools):
    data = tools.make_data()
    estimator = stream(data, 20, tol=1e-12)
    first = next(batches(data, 20))
    estimator.fit(*first)
    alone = InformativeBayesianRidge(tol=1e-12).fit(*first)
    tools.assert_same_fit(estimator, alone, rtol=1e-10)
    other = tools.make_data(d=3, n_targets=2)
    assert estimator.fit(other.X, other.y).coef_.shape == (2, 3)


def test_parameters_may_change_between_batches(tools):
    """The statistics of the rows do not depend on the prior."""
    data = tools.make_data()
    first, second = batches(data, 20)
    estimator = InformativeBayesianRidge(prior_mean=9.0).partial_fit(*first)
    params = {"prior_mean": 0.5, "prior_precision": 2.0, "noise_precision": 3.0}
    estimator.set_params(**params).partial_fit(*second)
    tools.assert_same_fit(estimator, tools.fitted(data, **params), rtol=1e-8)


def test_streaming_does_not_change_its_input(tools):
    data = tools.make_data()
    X, y, s = data.X.copy(), data.y.copy(), data.s.copy()
    stream(data, 20)
    assert_allclose(data.X, X, rtol=0)
    assert_allclose(data.y, y, rtol=0)
    assert_allclose(data.s, s, rtol=0)


def test_robust_covariance_does_not_stream(tools):
    data = tools.make_data()
    estimator = InformativeBayesianRidge(covariance="robust")
    assert not hasattr(estimator, "partial_fit")
    with pytest.raises(AttributeError, match="has no attribute 'partial_fit'") as error:
        estimator.partial_fit(data.X, data.y)
    reason = str(error.value.__cause__)
    assert "covariance='robust'" in reason
    assert "use covariance='posterior'" in reason
    assert hasattr(estimator.set_params(covariance="posterior"), "partial_fit")


@pytest.mark.parametrize("weights", [None, "uniform"])
def test_robust_fit_can_be_streamed_on_with_the_plain_covariance(weights, tools):
    data = tools.make_data(weights=weights)
    first, second = batches(data, 20)
    estimator = InformativeBayesianRidge(covariance="robust", tol=1e-12).fit(*first)
    estimator.set_params(covariance="posterior").partial_fit(*second)
    tools.assert_same_fit(estimator, tools.fitted(data), rtol=1e-7)
    assert not hasattr(estimator, "loo_score_")
