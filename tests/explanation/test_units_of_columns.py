"""Weights per unit of the columns, and what they add up to."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)

from sklearn_baylime import (
    ExplainerPipeline,
    Explanation,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.sampling import GaussianSampler
from sklearn_baylime.surrogate import ExponentialKernel

RNG = np.random.RandomState(0)
X = RNG.normal(size=(150, 3)) * [1.0, 50.0, 0.01] + [0.0, 1000.0, 5.0]
WEIGHTS = np.array([2.0, -0.03, 100.0])


def linear(rows):
    return np.asarray(rows, float) @ WEIGHTS


def explain(model=linear, regressor=None, **params):
    params = {"discretizer": None, "n_samples": 300, "random_state": 0, **params}
    explainer = make_tabular_explainer(model, regressor=regressor, **params).fit(X)
    return explainer.explain_instance(X[0])


def test_weights_of_a_linear_model_are_its_coefficients():
    explanation = explain()
    assert not np.allclose(explanation.coef[0], WEIGHTS, rtol=0.1)
    per_unit = explanation.per_unit()
    assert_allclose(per_unit.coef[0], WEIGHTS, rtol=1e-8)
    assert per_unit.feature_names == ("x0", "x1", "x2")
    # Units of units are 1.
    assert_allclose(per_unit.per_unit().coef, per_unit.coef)


def test_intervals_and_probabilities_change_by_the_unit_alone():
    explanation = explain(lambda rows: np.sin(rows).sum(axis=1), n_features=2)
    per_unit = explanation.per_unit()
    units = explanation.units
    assert_allclose(per_unit.interval(0.9), explanation.interval(0.9) / units)
    assert_allclose(per_unit.std, explanation.std / units)
    assert_allclose(per_unit.sign_probability(), explanation.sign_probability())
    full, expected = per_unit.all_features, explanation.all_features.coef / units
    assert_allclose(full.coef, expected)


@pytest.mark.parametrize(
    "steps",
    [
        [StandardScaler()],
        [MinMaxScaler()],
        [MaxAbsScaler()],
        [RobustScaler()],
        [MinMaxScaler(), StandardScaler()],
        [StandardScaler(with_std=False)],
    ],
    ids=str,
)
def test_scalers_of_scikit_learn(steps):
    named = [(f"step{i}", step) for i, step in enumerate(steps)]
    explainer = ExplainerPipeline(
        [*named, ("sample", GaussianSampler(n_samples=200)),
         ("kernel", ExponentialKernel()), ("flat", LinearRegression())],
        black_box=linear, random_state=0,
    ).fit(X)  # fmt: skip
    explanation = explainer.explain_instance(X[0])
    assert_allclose(explanation.per_unit().coef[0], WEIGHTS, rtol=1e-6)


@pytest.mark.parametrize(
    "step",
    [PCA(3), FunctionTransformer(np.log, np.exp), make_pipeline(PCA(2))],
    ids=lambda step: type(step).__name__,
)
def test_columns_that_are_mixed_or_bent_have_no_unit(step):
    explainer = ExplainerPipeline(
        [("step", step), ("sample", GaussianSampler(n_samples=50)),
         ("kernel", ExponentialKernel()), ("ridge", Ridge())],
        black_box=lambda rows: rows[:, 0], random_state=0,
    ).fit(np.abs(X))  # fmt: skip
    with pytest.raises(ValueError, match="No feature is a number with a unit"):
        explainer.explain_instance(np.abs(X)[0]).per_unit()


def test_categories_stay_as_they_are():
    frame = pd.DataFrame({"age": X[:, 1], "sex": np.where(X[:, 0] > 0, "f", "m")})

    def model(rows):
        return 0.5 * rows["age"] + 3.0 * (rows["sex"] == "f")

    explainer = make_tabular_explainer(
        model, discretizer=None, n_samples=300, random_state=0
    ).fit(frame)
    explanation = explainer.explain_instance(frame.iloc[0])
    per_unit = explanation.per_unit()
    assert_allclose(per_unit.coef[0, 0], 0.5, rtol=1e-6)
    assert per_unit.coef[0, 1] == explanation.coef[0, 1]
    assert per_unit.feature_names == ("age", explanation.feature_names[1])


@pytest.mark.parametrize("discretizer", ["quartile", None])
def test_contributions_add_up_to_the_local_answer(discretizer):
    explanation = explain(
        lambda rows: np.tanh(rows[:, 0]) + rows[:, 2], discretizer=discretizer
    )
    total = explanation.intercept + explanation.contributions().sum(axis=1)
    assert_allclose(total, explanation.local_prediction)
    if discretizer is None:
        per_unit = explanation.per_unit()
        assert_allclose(per_unit.contributions(), explanation.contributions())
    else:
        assert (explanation.values == 1).all()
        with pytest.raises(ValueError, match="bins, matches, masks"):
            explanation.per_unit()


def test_values_and_units_survive_json():
    explanation = explain()
    content = json.loads(json.dumps(explanation.to_dict()))
    again = Explanation.from_dict(content)
    assert_allclose(again.per_unit().coef, explanation.per_unit().coef)
    for key in ("values", "units"):
        del content[key]
    earlier = Explanation.from_dict(content)
    with pytest.raises(ValueError, match="explain it again"):
        earlier.contributions()


def test_shap_shows_it():
    shap = pytest.importorskip("shap", reason="needs shap")
    explanation = explain()
    found = explanation.to_shap()
    assert isinstance(found, shap.Explanation)
    total = found.base_values + found.values.sum()
    assert_allclose(total, explanation.local_prediction[0])
    assert_allclose(found.error_std, explanation.std[0] * np.abs(found.data))


def test_words_of_texts_are_1():
    explainer = make_text_explainer(
        lambda texts: [t.count("good") for t in texts], n_samples=50, random_state=0
    )
    explanation = explainer.explain_instance("a good film")
    assert_allclose(explanation.values, 1.0)
    assert_allclose(explanation.contributions(), explanation.coef)


def test_of_a_model_that_was_fitted_in_the_same_units():
    model = LinearRegression().fit(X, X @ WEIGHTS)
    assert_allclose(explain(model).per_unit().coef[0], model.coef_, rtol=1e-6)
