"""Searches around the local model, and within it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import Pipeline

from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.surrogate import (
    ExponentialKernel,
    KernelWeightedRegressor,
    MatchBinarizer,
)

GRID = {
    "kernel__width": [0.7, 2.0, 20.0],
    "regressor__prior_precision": [None, 0.1, 10.0],
}


def local_model(regressor=None):
    regressor = InformativeBayesianRidge() if regressor is None else regressor
    return KernelWeightedRegressor(ExponentialKernel(), regressor)


def test_search_over_kernel_and_prior(data):
    """Candidates differ, and the best is refitted with its own parameters."""
    search = GridSearchCV(local_model(), GRID, cv=4, error_score="raise")
    search.fit(data.X, data.y)
    scores = search.cv_results_["mean_test_score"]
    assert len(np.unique(scores)) == 9
    best = search.best_estimator_
    assert best.kernel_.width_ == search.best_params_["kernel__width"]
    expected = local_model().set_params(**search.best_params_).fit(data.X, data.y)
    assert_array_equal(best.coef_, expected.coef_)


def test_search_finds_the_better_prior(data):
    """A prior mean far off, trusted blindly, predicts worse."""
    model = local_model(InformativeBayesianRidge(prior_mean=50.0))
    grid = {"regressor__prior_precision": [1e-3, 1e9]}
    search = GridSearchCV(model, grid, cv=4, error_score="raise").fit(data.X, data.y)
    assert search.best_params_ == {"regressor__prior_precision": 1e-3}


def test_search_over_a_chain_with_a_binarizer(data):
    """Folds move rows; the binarizer's reference stays."""
    chain = Pipeline([("binarize", MatchBinarizer([2] * 6)), ("local", local_model())])
    codes = np.where(data.X == 1, 2, 0)
    grid = {f"local__{name}": values for name, values in GRID.items()}
    search = GridSearchCV(chain, grid, cv=4, error_score="raise").fit(codes, data.y)
    direct = GridSearchCV(local_model(), GRID, cv=4).fit(data.X, data.y)
    assert_allclose(
        search.cv_results_["mean_test_score"], direct.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize(
    "regressor, grid",
    [
        (Ridge(), {"alpha": [0.01, 1.0, 100.0]}),
        (InformativeBayesianRidge(), {"prior_precision": [0.01, 1.0, 100.0]}),
    ],
)
def test_search_as_the_regressor(regressor, grid, data):
    """It is given the weights; coefficients are its best estimator's."""
    search = GridSearchCV(regressor, grid, cv=4, error_score="raise")
    local = local_model(search).fit(data.X, data.y)
    plain = GridSearchCV(regressor, grid, cv=4)
    plain.fit(data.X, data.y, sample_weight=local.weights_)
    assert local.regressor_.best_params_ == plain.best_params_
    assert_allclose(local.coef_, plain.best_estimator_.coef_, rtol=1e-10)
    assert_allclose(local.intercept_, plain.best_estimator_.intercept_, rtol=1e-10)
    assert_allclose(local.predict(data.X), plain.predict(data.X), rtol=1e-10)


def test_rows_held_out_are_predicted(data):
    """Noise has variance 0.09, the answers one of about 3.5."""
    held_out = cross_val_predict(local_model(), data.X, data.y, cv=5)
    assert np.mean((held_out - data.y) ** 2) < 0.2


def test_parameters_of_the_parts_are_named_by_their_place():
    """As users expect: kernel__width, regressor__prior_precision."""
    names = set(local_model().get_params())
    assert {"kernel__width", "kernel__metric", "regressor__prior_precision"} <= names
