"""explain_exactly beside explain_instance, its errors and what it shows."""

import json
import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from sklearn_baylime import BlackBox, explain_exactly, make_tabular_explainer
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.surrogate import ExponentialKernel

SLOPES = np.array([1.0, -2.0, 0.5, 0.0])


@pytest.fixture(scope="module")
def data():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(rng.normal(size=(300, 4)), columns=list("pqrs"))
    X["r"] = rng.randint(0, 3, size=300)
    score = X.to_numpy() @ SLOPES + rng.normal(size=300)
    return X, score, np.array(list("abc"))[np.digitize(score, [-1, 1])]


@pytest.fixture(scope="module")
def models(data):
    X, score, y = data
    return {
        "forest": RandomForestClassifier(8, max_depth=5, random_state=0).fit(X, y),
        "boosting": GradientBoostingRegressor(n_estimators=20, random_state=0).fit(
            X, score
        ),
        "linear": LinearRegression().fit(X, score),
    }


def make(model, X, **params):
    params = {"categorical_features": ["r"], "random_state": 0, **params}
    return make_tabular_explainer(model, **params).fit(X)


@pytest.mark.parametrize("width", [None, 0.8])
@pytest.mark.parametrize("name", ["forest", "boosting", "linear"])
def test_many_rows_tend_to_it(name, width, data, models):
    X = data[0]
    explainer = make(models[name], X, n_samples=100_000, kernel_width=width)
    targets = ["c", ("a", "b"), "a"] if name == "forest" else "all"
    exact = explain_exactly(explainer, X.iloc[5], targets=targets)
    assert explainer.black_box_.n_queries_ == 0
    sampled = explainer.explain_instance(X.iloc[5], targets=targets)
    for field in ("targets", "target_names", "feature_names", "columns"):
        assert getattr(exact, field) == getattr(sampled, field)
    assert (np.abs(exact.coef - sampled.coef) < 5 * sampled.std + 1e-12).all()
    np.testing.assert_allclose(exact.prediction, sampled.prediction, rtol=1e-12)
    assert exact.kernel["width"] == sampled.kernel["width"]
    with pytest.raises(ValueError, match="targets has 'z', but"):
        explain_exactly(explainer, X.iloc[5], targets=[("z", 0)])
    slack = 5 * sampled.std.sum(axis=1) + 1e-12
    assert (np.abs(exact.intercept - sampled.intercept) < slack).all()
    assert (np.abs(exact.local_prediction - sampled.local_prediction) < slack).all()


@pytest.mark.parametrize(
    "classifier",
    [LogisticRegression(max_iter=1000), HistGradientBoostingClassifier(max_iter=5)],
)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_of_other_classifiers_scores_are_explained(classifier, n_classes, data):
    X, score, y = data
    y = y if n_classes == 3 else score > 0
    model = classifier.fit(X, y)
    explainer = make(model, X, n_samples=20_000)
    exact = explain_exactly(explainer, X.iloc[0], targets="predicted")
    scores = np.atleast_2d(model.decision_function(X.iloc[:1]).T).T[0]
    name = model.predict(X.iloc[:1])[0] if n_classes == 3 else True
    assert exact.target_names == (f"score of {name}",)
    np.testing.assert_allclose(
        exact.prediction, scores.max() if n_classes == 3 else scores
    )
    sampled = make(
        BlackBox(model.decision_function), X, n_samples=20_000
    ).explain_instance(X.iloc[0])
    assert (np.abs(exact.coef - sampled.coef) < 5 * sampled.std + 1e-12).all()


def test_frames_arrays_and_discretizers(data):
    """A linear model's weight is the slope times a difference of means, whatever."""
    X, score, _ = data
    model = LinearRegression().fit(X.to_numpy(), score)
    one = explain_exactly(
        make(model, X.to_numpy(), categorical_features=[2]), X.to_numpy()[0]
    )
    frame = make(LinearRegression().fit(X, score), X)
    for x in (X.iloc[0], X.iloc[:1], X.iloc[0].to_dict()):
        np.testing.assert_allclose(explain_exactly(frame, x).coef, one.coef, rtol=1e-9)
    values, counts = np.unique(X["r"], return_counts=True)
    others = values != X["r"].iloc[0]
    rest = values[others] @ counts[others] / counts[others].sum()
    expected = model.coef_[2] * (X["r"].iloc[0] - rest)
    np.testing.assert_allclose(one.coef[0, 2], expected, rtol=1e-9)
    deciles = explain_exactly(make(frame.black_box, X, discretizer="decile"), x)
    assert deciles.feature_names[0] != one.feature_names[0]
    entropy = make_tabular_explainer(model, discretizer="entropy")
    entropy.fit(X.to_numpy(), score > 0)
    assert np.isfinite(explain_exactly(entropy, X.to_numpy()[0]).coef).all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"kernel": ExponentialKernel(1.0, metric="manhattan")}, "Euclidean metric"),
        ({"discretizer": None}, "The steps are ['scale (TableScaler)', 'sample"),
        ({"sampler": "gaussian"}, "GaussianSampler"),
    ],
)
def test_other_chains_are_turned_away(params, message, data, models):
    X = data[0]
    with pytest.raises(ValueError, match=re.escape(message)):
        explain_exactly(make(models["linear"], X, **params), X.iloc[0])


def test_other_models_are_turned_away(data):
    X, _, y = data
    neighbors = KNeighborsClassifier().fit(X.to_numpy(), y)
    for model, message in [
        (lambda rows: rows[:, 0], "has to be sampled, by explain_instance"),
        (neighbors.predict_proba, "has to be sampled, by explain_instance"),
        (neighbors, "no closed form for KNeighborsClassifier. Expected decision trees"),
    ]:
        explainer = make(model, X.to_numpy(), categorical_features=[2])
        with pytest.raises(TypeError, match=message):
            explain_exactly(explainer, X.to_numpy()[0])


def test_it_says_that_it_is_exact(data, models, tmp_path):
    X = data[0]
    exact = explain_exactly(make(models["forest"], X), X.iloc[0], targets="all")
    text, page = str(exact), exact.to_html()
    assert "exact, without sampling" in text
    assert "Exact weights: what infinitely many rows would give." in page
    for shown in (text, page, exact._repr_html_()):
        assert "nan" not in shown.replace("dominant", "")
        assert "inf" not in shown.replace("infinitely", "")
        assert "0 rows" not in shown
    display = exact.plot("b")
    assert "exact weights" in display.ax_.get_xlabel()
    assert "nan" not in display.ax_.get_xlabel()
    plt.close(display.figure_)
    for kind in ("png", "html", "json"):
        assert exact.save(tmp_path / f"exact.{kind}").stat().st_size > 1000
    assert (exact.n_queries, exact.n_rows) == (0, 0)
    np.testing.assert_array_equal(exact.std, 0)
    certain = exact.sign_probability()
    np.testing.assert_array_equal(certain, np.where(exact.coef == 0, 0.5, 1.0))
    for content in (exact.to_dict(), json.loads(json.dumps(exact.to_dict()))):
        again = Explanation.from_dict(content)
        assert str(again) == text
        np.testing.assert_array_equal(again.coef, exact.coef)
    assert again.effective_sample_size == np.inf
