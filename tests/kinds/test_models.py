"""Any model: whatever has predict_proba, predict or can be called."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity, LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM

from sklearn_baylime import BlackBox, make_tabular_explainer


@pytest.fixture(scope="module")
def table():
    return np.random.default_rng(0).normal(size=(200, 3))


def explain(model, table, **asked):
    explainer = make_tabular_explainer(model, n_samples=300, random_state=0)
    return explainer.fit(table).explain_instance(table[0], **asked)


class Predicts:
    """As Keras: `predict` answers a column, and no base class is ours."""

    def predict(self, rows):
        return rows[:, :1] * 2.0


class Calls(Predicts):
    def __call__(self, rows):
        raise AssertionError("expected predict to be asked")


class Probabilities:
    def predict_proba(self, rows):
        p = 1 / (1 + np.exp(-rows[:, 0]))
        return np.column_stack([1 - p, p])


class Both(Probabilities):
    classes_ = np.array(["no", "yes"])

    def predict(self, rows):
        return self.classes_[(rows[:, 0] > 0).astype(int)]


class WithMixin(ClassifierMixin, Both):
    pass


@pytest.mark.parametrize("model", [Predicts(), Calls(), Predicts().predict])
def test_predict_is_enough(table, model):
    ours = explain(model, table)
    same = explain(lambda rows: 2.0 * rows[:, 0], table)
    np.testing.assert_array_equal(ours.coef, same.coef)
    assert ours.target_names == ("prediction",)


@pytest.mark.parametrize("model", [Probabilities(), Probabilities().predict_proba])
def test_probabilities_are_enough(table, model):
    found = explain(model, table, targets="all")
    np.testing.assert_allclose(found.prediction.sum(), 1)
    assert len(found.coef) == 2


@pytest.mark.parametrize("model", [Both(), Both().predict_proba, WithMixin()])
def test_probabilities_go_before_labels(table, model):
    found = explain(model, table, targets="yes")
    np.testing.assert_allclose(found.prediction, 1 / (1 + np.exp(-table[0, 0])))


def test_labels_of_a_stranger_are_shares(table):
    found = explain(Both().predict, table, targets="yes")
    assert found.prediction[0] == (table[0, 0] > 0)


def test_a_class_is_no_model():
    with pytest.raises(TypeError, match=r"class LogisticRegression, expected a fitted"):
        BlackBox(LogisticRegression)


@pytest.mark.parametrize("has", ["itself", "pipeline", "predict"])
def test_clusters_are_one_output_each(table, has):
    model = KMeans(3, n_init=1, random_state=0).fit(table)
    own = model.labels_[0]
    if has == "pipeline":
        model = make_pipeline(StandardScaler(), KMeans(3, n_init=1, random_state=0))
        own = model.fit_predict(table)[0]
    found = explain(model.predict if has == "predict" else model, table)
    assert found.target_names == (f"cluster {own}",)
    assert found.prediction[0] == 1


def test_mixtures_are_asked_for_probabilities(table):
    model = GaussianMixture(3, random_state=0).fit(table)
    found = explain(model, table, targets="all")
    np.testing.assert_allclose(found.prediction, model.predict_proba(table[:1])[0])
    assert found.target_names == ("cluster 0", "cluster 1", "cluster 2")
    labels = explain(model.predict, table, targets="all")
    np.testing.assert_array_equal(labels.prediction, found.prediction.round())


@pytest.mark.parametrize(
    "model",
    [
        IsolationForest(n_estimators=10, random_state=0),
        OneClassSVM(),
        LocalOutlierFactor(novelty=True),
        EllipticEnvelope(random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_outlier_detectors_are_asked_for_their_score(table, model):
    model.fit(table)
    box = BlackBox(model)
    score = model.decision_function(table[:5])
    np.testing.assert_array_equal(box(table[:5])[:, 0], score)
    assert box.known_names is None or box.known_names == ["decision_function"]
    assert not box.competes()


def test_densities_are_asked_for_their_logarithm(table):
    model = KernelDensity().fit(table)
    answers = BlackBox(model)(table[:5])[:, 0]
    np.testing.assert_array_equal(answers, model.score_samples(table[:5]))


# Real packages; skipped where they are not installed.


@pytest.fixture(scope="module")
def labels(table):
    return (table[:, 0] + 0.3 * table[:, 1] > 0).astype(int)


def strongest(explanation):
    return int(np.argmax(np.abs(explanation.coef[0])))


def test_a_native_xgboost_booster_is_told_about_its_matrix(table, labels):
    xgboost = pytest.importorskip("xgboost", reason="needs xgboost")
    matrix = xgboost.DMatrix(table, labels)
    booster = xgboost.train({"objective": "binary:logistic"}, matrix, 5)
    for model in (booster, booster.predict):
        with pytest.raises(TypeError, match=r"DMatrix.*inplace_predict"):
            make_tabular_explainer(model)
    found = explain(booster.inplace_predict, table)
    by_hand = explain(lambda rows: booster.predict(xgboost.DMatrix(rows)), table)
    np.testing.assert_array_equal(found.coef, by_hand.coef)
    assert strongest(found) == 0


@pytest.mark.parametrize("has", ["itself", "predict"])
def test_a_native_lightgbm_booster(table, labels, has):
    lightgbm = pytest.importorskip("lightgbm", reason="needs lightgbm")
    data = lightgbm.Dataset(table, labels)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(settings, data, 5)
    found = explain(booster if has == "itself" else booster.predict, table)
    np.testing.assert_allclose(found.prediction, booster.predict(table[:1]))
    assert strongest(found) == 0


def test_results_of_statsmodels(table):
    api = pytest.importorskip("statsmodels.api", reason="needs statsmodels")
    y = 3 * table[:, 0] - table[:, 2]
    results = api.OLS(y, table).fit()
    for model in (results, results.predict):
        found = explain(model, table)
        np.testing.assert_allclose(found.prediction[0], y[0])
        assert strongest(found) == 0


@pytest.mark.parametrize("name", ["CatBoost", "CatBoostClassifier"])
def test_catboost(table, labels, name):
    catboost = pytest.importorskip("catboost", reason="needs catboost")
    settings = {"loss_function": "Logloss", "iterations": 5, "verbose": 0}
    settings |= {"allow_writing_files": False, "thread_count": 1}
    # The base class takes them in one piece.
    arguments = {"params": settings} if name == "CatBoost" else settings
    model = getattr(catboost, name)(**arguments)
    found = explain(model.fit(table, labels), table)
    assert strongest(found) == 0


def test_imbalanced_learn(table, labels):
    ensemble = pytest.importorskip("imblearn.ensemble", reason="needs imbalanced-learn")
    model = ensemble.BalancedRandomForestClassifier(
        10, sampling_strategy="all", replacement=True, bootstrap=False, random_state=0
    )
    found = explain(model.fit(table, labels), table, targets=1)
    np.testing.assert_allclose(found.prediction, model.predict_proba(table[:1])[:, 1])


@pytest.mark.parametrize("form", ["module", "script"])
def test_a_network_of_torch(table, form):
    torch = pytest.importorskip("torch", reason="needs torch")
    layer = torch.nn.Linear(3, 1)
    net = torch.nn.Sequential(torch.nn.Dropout(0.5), layer)
    with torch.no_grad():
        layer.weight[:] = torch.tensor([[2.0, 0.0, -1.0]])
    with warnings.catch_warnings():
        # Compiled networks of earlier years are still about.
        warnings.simplefilter("ignore", DeprecationWarning)
        model = torch.jit.script(net) if form == "script" else net
    found = explain(model, table)
    expected = 2 * table[0, 0] - table[0, 2] + float(layer.bias.detach()[0])
    np.testing.assert_allclose(found.prediction, expected, rtol=1e-5)
    assert net.training


def test_a_frame_reaches_a_stranger(table):
    frame = pd.DataFrame(table, columns=list("abc"))
    model = SimpleNamespace(predict=lambda rows: rows["a"])
    found = explain_frame(model, frame)
    np.testing.assert_allclose(found.prediction[0], table[0, 0])


def explain_frame(model, frame):
    explainer = make_tabular_explainer(model, n_samples=300, random_state=0)
    return explainer.fit(frame).explain_instance(frame.iloc[0])
