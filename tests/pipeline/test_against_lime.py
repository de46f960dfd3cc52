"""The released lime package, side by side on the same rows and answers."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, Ridge

from sklearn_baylime import Neighborhood, make_tabular_explainer

lime_tabular = pytest.importorskip("lime.lime_tabular", reason="needs lime")


class Recorder:
    """Black box that keeps the rows it was asked about and its answers."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, rows):
        self.rows, self.answers = rows.copy(), self.answer(rows)
        return self.answers


def explain_both(X, answer, mode, *, discretizer="quartile", width=None, label=1):
    """Explain row 0 by lime, then by us from lime's own rows and answers."""
    recorder = Recorder(answer)
    theirs = lime_tabular.LimeTabularExplainer(
        X, mode=mode, discretizer=discretizer, kernel_width=width, random_state=0
    ).explain_instance(X[0], recorder, labels=(label,), num_features=X.shape[1])
    explainer = make_tabular_explainer(
        recorder,
        discretizer=discretizer,
        kernel_width=width,
        regressor=Ridge(alpha=1.0),
    ).fit(X)
    here = explainer.representation_[0].at(X[0])
    hood = Neighborhood(
        codes=here.transform(recorder.rows),
        answers=np.asarray(recorder.answers).reshape(len(recorder.rows), -1),
        reference=here.reference_,
        names=list(here.get_feature_names_out()),
        representation=[here],
    )
    target = label if mode == "classification" else 0
    ours = explainer.explain_instance(X[0], neighborhood=hood, targets=target)
    return theirs, ours


def assert_same(theirs, ours, label):
    coef = np.zeros(ours.coef.shape[1])
    for j, weight in theirs.local_exp[label]:
        coef[j] = weight
    np.testing.assert_allclose(ours.coef[0], coef, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.intercept[0], theirs.intercept[label], atol=1e-10)
    np.testing.assert_allclose(ours.score[0], theirs.score, atol=1e-10)
    np.testing.assert_allclose(ours.local_prediction[0], theirs.local_pred[0])


@pytest.mark.parametrize("discretizer", ["quartile", "decile"])
@pytest.mark.parametrize("width", [None, 1.5])
@pytest.mark.parametrize("label", [0, 1])
def test_classification_equals_lime(discretizer, width, label):
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:, 20:]  # columns without ties, where lime feeds no zeros to the model
    forest = RandomForestClassifier(20, random_state=0).fit(X, y)
    theirs, ours = explain_both(
        X,
        forest.predict_proba,
        "classification",
        discretizer=discretizer,
        width=width,
        label=label,
    )
    assert_same(theirs, ours, label)


@pytest.mark.parametrize("width", [None, 1.0])
def test_regression_equals_lime(width):
    X, y = load_diabetes(return_X_y=True)
    X = X[:, [0, 2, 3, 8]] + 1e-6 * np.random.RandomState(0).normal(size=(len(X), 4))
    model = LinearRegression().fit(X, y)
    theirs, ours = explain_both(X, model.predict, "regression", width=width)
    assert_same(theirs, ours, 1)


def test_names_agree_up_to_digits():
    X, _ = load_diabetes(return_X_y=True)
    theirs, ours = explain_both(X[:, :4], lambda Z: Z @ [1, 2, 3, 4], "regression")
    for mine, other in zip(
        ours.feature_names, theirs.domain_mapper.discretized_feature_names, strict=True
    ):
        assert mine.count("<") == other.count("<")
        assert mine.count(">") == other.count(">")


def test_default_regressor_is_close_to_lime():
    """With 5000 rows the ridge and the Bayesian model agree within the uncertainty."""
    X, y = load_breast_cancer(return_X_y=True)
    forest = RandomForestClassifier(20, random_state=0).fit(X, y)
    ridge, bayes = (
        make_tabular_explainer(forest, regressor=regressor, random_state=0)
        .fit(X)
        .explain_instance(X[0])
        for regressor in (Ridge(alpha=1.0), None)
    )
    assert (np.abs(ridge.coef - bayes.coef) < 2 * bayes.std).all()
