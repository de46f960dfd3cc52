"""Models without a closed form, and arguments that do not fit."""

import numpy as np
import pytest
from sklearn import ensemble, linear_model, tree
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import NotFittedError
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_baylime.exact import exact_weights
from sklearn_baylime.representation import QuantileDiscretizer

TABLE = np.random.default_rng(0).integers(0, 3, size=(60, 4)).astype(float)


def frequencies_of(discretizer):
    return [np.full(n, 1 / n) for n in discretizer.n_bins_]


def fitted(model, *, outputs=1):
    y = (TABLE[:, 0] + TABLE[:, 1]) % 3
    return model.fit(TABLE, np.column_stack([y] * outputs).squeeze())


def test_models_without_a_closed_form_are_turned_away():
    discretizer = QuantileDiscretizer(categorical_features=range(4)).fit(TABLE)
    shares = frequencies_of(discretizer)
    start = linear_model.LinearRegression()
    for model, words in [
        (fitted(KNeighborsRegressor()), "KNeighborsRegressor.*use sampling"),
        (fitted(KNeighborsClassifier()), "Expected decision trees"),
        (np.sum, "Expected decision trees.*use sampling"),
        (fitted(linear_model.PoissonRegressor()), "PoissonRegressor.*use sampling"),
        (fitted(SVC()), "SVC.*use sampling"),
        (fitted(SVC(kernel="linear")), "SVC.*use sampling"),
        (fitted(make_pipeline(StandardScaler(), start)), "Pipeline.*use sampling"),
        (fitted(tree.DecisionTreeClassifier(), outputs=2), "2 outputs.*use sampling"),
        (fitted(ensemble.BaggingRegressor(start)), "LinearRegression.*use sampling"),
        (
            fitted(ensemble.GradientBoostingRegressor(init=start)),
            "LinearRegression, expected the default init.*use sampling",
        ),
        (
            fitted(HistGradientBoostingRegressor(loss="poisson")),
            "loss='poisson'.*use sampling",
        ),
    ]:
        with pytest.raises(TypeError, match=words):
            exact_weights(model, discretizer, TABLE[0], frequencies=shares)


def test_texts_as_categories_of_the_model_are_turned_away():
    X = TABLE.astype(object)
    X[:, 0] = np.where(X[:, 0] > 0, "a", "b")
    model = HistGradientBoostingRegressor(categorical_features=[0]).fit(X, TABLE[:, 1])
    discretizer = QuantileDiscretizer().fit(X)
    with pytest.raises(TypeError, match=r"texts such as 'a'.*use sampling"):
        exact_weights(model, discretizer, X[0], frequencies=frequencies_of(discretizer))


def test_arguments_that_do_not_fit_are_named():
    X = TABLE.copy()
    X[5, 1] = np.nan
    discretizer = QuantileDiscretizer(categorical_features=range(4)).fit(X)
    shares = frequencies_of(discretizer)
    model = fitted(linear_model.LinearRegression())
    narrow = tree.DecisionTreeRegressor().fit(X[:, :2], X[:, 0])
    negative = [np.r_[-0.5, 1.5, 0.0], *shares[1:]]
    for given_model, given_shares, width, words in [
        (narrow, shares, None, "fitted on 2 columns, but the discretizer has 4"),
        (model, shares[:3], None, "frequencies have the shapes"),
        (model, [shares[0] / 2, *shares[1:]], None, "column 0.*that sum to 1"),
        (model, negative, None, "column 0.*expected probabilities"),
        (model, shares, 0.0, "width is 0.0, expected None or a number above 0"),
        (model, shares, None, "Column 1 has missing values"),
    ]:
        with pytest.raises(ValueError, match=words):
            exact_weights(
                given_model, discretizer, X[0], frequencies=given_shares, width=width
            )
    with pytest.raises(NotFittedError):
        exact_weights(
            tree.DecisionTreeRegressor(), discretizer, X[0], frequencies=shares
        )
