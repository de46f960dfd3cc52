"""What scikit-learn asks of a regressor."""

import pickle

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_inplace_ensure_writeable,
    check_param_validation,
    parametrize_with_checks,
)

from sklearn_baylime.linear_model import InformativeBayesianRidge

SETTINGS = [
    InformativeBayesianRidge(),
    InformativeBayesianRidge(prior_mean=1.0, prior_scale="fit"),
    InformativeBayesianRidge(covariance="robust"),
    InformativeBayesianRidge(prior_precision=2.0, noise_precision=3.0),
    InformativeBayesianRidge(prior_precision=2.0),
    InformativeBayesianRidge(noise_precision=3.0),
    InformativeBayesianRidge(fit_intercept=False),
    InformativeBayesianRidge(prior_mean=1.0, prior_scale="fit", covariance="robust"),
    InformativeBayesianRidge(trust="integrate", prior_mean=1.0, prior_odds="open"),
    InformativeBayesianRidge(trust="integrate", prior_dof="mixed", covariance="robust"),
]

# The checks that check_estimator leaves to the libraries' own test suites.
FURTHER_CHECKS = [
    check_dataframe_column_names_consistency,
    check_inplace_ensure_writeable,
    check_param_validation,
]


# Before 1.8 scikit-learn passes a generator, which pytest 9.1 warns of.
names, checks = parametrize_with_checks(SETTINGS).args
check_id = parametrize_with_checks(SETTINGS).kwargs["ids"]


@pytest.mark.parametrize(names, list(checks), ids=check_id)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", FURTHER_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", SETTINGS, ids=str)
def test_further_scikit_learn_check(estimator, check):
    check(type(estimator).__name__, clone(estimator))


def test_read_only_rows_are_copied_without_copy_X():
    check_inplace_ensure_writeable("", InformativeBayesianRidge(copy_X=False))


@pytest.mark.parametrize("estimator", SETTINGS, ids=str)
def test_pickle_and_clone_at_every_stage(estimator, tools):
    data = tools.make_data()
    twin = clone(pickle.loads(pickle.dumps(estimator)))
    fitted = clone(estimator).fit(data.X, data.y, data.s)
    restored = pickle.loads(pickle.dumps(fitted))
    refitted = clone(restored)
    assert not hasattr(refitted, "coef_")
    for other in (restored, refitted.fit(data.X, data.y, data.s), twin):
        other = other if hasattr(other, "coef_") else other.fit(data.X, data.y, data.s)
        tools.assert_same_fit(other, fitted, rtol=0)
        for got, expected in zip(
            other.predict(data.X, return_std=True),
            fitted.predict(data.X, return_std=True),
            strict=True,
        ):
            assert_allclose(got, expected, rtol=0)


def test_pickled_estimator_streams_on(tools):
    data = tools.make_data()
    first, rest = slice(0, 15), slice(15, None)
    estimator = InformativeBayesianRidge().partial_fit(data.X[first], data.y[first])
    restored = pickle.loads(pickle.dumps(estimator))
    estimator.partial_fit(data.X[rest], data.y[rest])
    restored.partial_fit(data.X[rest], data.y[rest])
    tools.assert_same_fit(restored, estimator, rtol=0)


def test_array_parameters_survive_clone_and_are_stored_as_given(tools):
    mean, precision = np.arange(5.0), np.arange(1.0, 6.0)
    estimator = InformativeBayesianRidge(prior_mean=mean, prior_precision=precision)
    assert estimator.prior_mean is mean
    assert estimator.prior_precision is precision
    twin = clone(clone(estimator))
    assert_allclose(twin.prior_mean, mean)
    data = tools.make_data()
    twin.fit(data.X, data.y)
    assert_allclose(mean, np.arange(5.0))
    assert_allclose(precision, np.arange(1.0, 6.0))


def test_fitted_precision_array_is_a_copy_of_the_parameter(tools):
    data = tools.make_data()
    precision = np.arange(1.0, 6.0)
    estimator = tools.fitted(data, prior_precision=precision)
    precision[:] = 100.0
    assert_allclose(estimator.lambda_, np.arange(1.0, 6.0))


def test_grid_search_chooses_the_right_prior(tools):
    data = tools.make_data(n=30, d=20, noise=3.0)
    grid = {"prior_mean": [data.coef, -data.coef], "prior_precision": [10.0]}
    search = GridSearchCV(InformativeBayesianRidge(), grid).fit(data.X, data.y)
    assert_allclose(search.best_params_["prior_mean"], data.coef)


def test_weights_reach_the_regressor_at_the_end_of_a_pipeline(tools):
    data = tools.make_data()
    pipeline = make_pipeline(StandardScaler(), InformativeBayesianRidge())
    name = "informativebayesianridge"
    pipeline.fit(data.X, data.y, **{f"{name}__sample_weight": data.s})
    X = StandardScaler().fit_transform(data.X)
    alone = InformativeBayesianRidge().fit(X, data.y, data.s)
    tools.assert_same_fit(pipeline[name], alone)


def test_weights_are_routed_as_metadata(tools):
    data = tools.make_data()
    with sklearn.config_context(enable_metadata_routing=True):
        regressor = InformativeBayesianRidge().set_fit_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, regressor)
        pipeline.fit(data.X, data.y, sample_weight=data.s)
    X = StandardScaler().fit_transform(data.X)
    alone = InformativeBayesianRidge().fit(X, data.y, data.s)
    tools.assert_same_fit(pipeline[-1], alone)
