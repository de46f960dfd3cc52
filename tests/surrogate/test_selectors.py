"""Feature selectors between kernel and regressor."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.feature_selection import (
    RFE,
    RFECV,
    SelectFromModel,
    SelectKBest,
    SequentialFeatureSelector,
    VarianceThreshold,
    f_regression,
)
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.surrogate import ExponentialKernel, KernelWeightedRegressor

SELECTORS = {
    "from ridge": SelectFromModel(Ridge()),
    "from lasso": SelectFromModel(Lasso(alpha=0.05)),
    "k best": SelectKBest(f_regression, k=3),
    "rfe": RFE(Ridge(), n_features_to_select=3),
    "rfecv": RFECV(Ridge(), cv=3),
    "forward": SequentialFeatureSelector(Ridge(), n_features_to_select=3, cv=3),
    "variance": VarianceThreshold(0.2),
}


def fit(data, *steps):
    local = KernelWeightedRegressor(ExponentialKernel(), make_pipeline(*steps))
    return local.fit(data.X, data.y)


@pytest.fixture(params=SELECTORS)
def selector(request):
    """Give one selector of each kind."""
    return SELECTORS[request.param]


@pytest.mark.parametrize("last", [InformativeBayesianRidge(), Ridge()], ids=str)
def test_coefficients_are_put_back_with_zeros(selector, last, data):
    """Those of a fit on the selected columns, with the same weights."""
    local = fit(data, selector, last)
    support = local.regressor_[0].get_support()
    assert 0 < support.sum() <= 6
    plain = type(last)().fit(data.X[:, support], data.y, sample_weight=local.weights_)
    assert_array_equal(local.support_, support)
    assert local.coef_.shape == (6,)
    assert_allclose(local.coef_[support], plain.coef_, rtol=1e-12)
    assert not local.coef_[~support].any()
    assert_allclose(local.intercept_, plain.intercept_, rtol=1e-12)
    assert_allclose(local.predict(data.X), plain.predict(data.X[:, support]))


def test_coefficients_explain_the_predictions(selector, data):
    """Rows times coefficients plus intercept."""
    local = fit(data, selector, InformativeBayesianRidge())
    expected = data.X @ local.coef_ + local.intercept_
    assert_allclose(local.predict(data.X), expected, rtol=1e-10, atol=1e-12)


def test_selectors_may_follow_each_other(data):
    """Each sees what the one before has left."""
    data.X[:, 1] = 1.0
    local = fit(
        data,
        VarianceThreshold(),
        SelectKBest(f_regression, k=4),
        SelectFromModel(Ridge(), max_features=2, threshold=-np.inf),
        InformativeBayesianRidge(),
    )
    assert_array_equal(np.flatnonzero(local.support_), [0, 3])
    plain = InformativeBayesianRidge().fit(data.X[:, [0, 3]], data.y, local.weights_)
    assert_allclose(local.coef_, [plain.coef_[0], 0, 0, plain.coef_[1], 0, 0])


def test_several_answers_are_put_back_too(tools):
    """One row of coefficients for each."""
    data = tools.make_rows(n_targets=2)
    local = fit(data, SelectFromModel(Ridge()), InformativeBayesianRidge())
    support = local.support_
    assert local.coef_.shape == (2, 6)
    assert local.intercept_.shape == (2,)
    assert not local.coef_[:, ~support].any()
    assert_array_equal(local.coef_[:, support], local.regressor_[-1].coef_)


def test_without_selectors_all_features_are_supported(regressor, data):
    """Also where a step is left out."""
    alone = KernelWeightedRegressor(ExponentialKernel(), regressor)
    assert alone.fit(data.X, data.y).support_.tolist() == [True] * 6
    for nothing in ("passthrough", None):
        steps = Pipeline([("select", nothing), ("last", regressor)])
        local = KernelWeightedRegressor(ExponentialKernel(), steps)
        assert local.fit(data.X, data.y).support_.tolist() == [True] * 6
        assert_array_equal(local.coef_, alone.coef_)


@pytest.mark.parametrize(
    "selector",
    [SelectFromModel(Ridge()), RFE(Ridge(), n_features_to_select=6)],
    ids=str,
)
def test_weights_reach_the_selectors(selector, data):
    """A selector that takes weights is given the same ones."""
    local = fit(data, selector, InformativeBayesianRidge())
    inside = local.regressor_[0].estimator_
    weighted = Ridge().fit(data.X, data.y, sample_weight=local.weights_)
    assert_allclose(inside.coef_, weighted.coef_, rtol=1e-12)
    assert not np.allclose(inside.coef_, Ridge().fit(data.X, data.y).coef_)


def test_weights_reach_a_search_behind_a_selector(data):
    """Also one whose `fit` does not name sample_weight."""
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 30.0]}, cv=3)
    local = fit(data, SelectKBest(f_regression, k=3), search)
    X = data.X[:, local.support_]
    plain = clone(search).fit(X, data.y, sample_weight=local.weights_)
    assert local.regressor_[-1].best_params_ == plain.best_params_
    assert_allclose(
        local.coef_[local.support_], plain.best_estimator_.coef_, rtol=1e-10
    )


@pytest.mark.parametrize("step", [PCA(2), StandardScaler()], ids=str)
def test_other_transformers_make_the_columns_of_the_weights(step, data):
    """Coefficients are those of the transformer's columns; the kernel sees none."""
    local = fit(data, step, InformativeBayesianRidge())
    plain = fit(data, SelectKBest(f_regression, k=2), InformativeBayesianRidge())
    np.testing.assert_array_equal(local.weights_, plain.weights_)
    fitted = local.regressor_[0]
    rows = fitted.transform(data.X)
    assert local.coef_.shape == local.support_.shape == (rows.shape[1],)
    np.testing.assert_allclose(
        local.predict(data.X), rows @ local.coef_ + local.intercept_
    )


def test_number_of_features_can_be_set_from_outside(data):
    """By the names of the nested parameters."""
    local = KernelWeightedRegressor(
        ExponentialKernel(),
        Pipeline([("select", SelectKBest(f_regression)), ("regress", Ridge())]),
    )
    for k in (1, 2, 5):
        local.set_params(regressor__select__k=k).fit(data.X, data.y)
        assert local.support_.sum() == np.count_nonzero(local.coef_) == k
