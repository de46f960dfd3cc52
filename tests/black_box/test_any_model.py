"""Models of any make, and answers of any kind."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.cluster import DBSCAN, KMeans
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.mixture import GaussianMixture
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import LocalOutlierFactor
from sklearn.svm import OneClassSVM

from sklearn_baylime import BlackBox, make_tabular_explainer, make_text_explainer

X = np.random.RandomState(0).normal(size=(120, 3))
SCORE = 1 / (1 + np.exp(-X[:, 0]))


def explain(model, **kwargs):
    explainer = make_tabular_explainer(model, n_samples=100, random_state=0).fit(X)
    return explainer.explain_instance(X[0], **kwargs)


class Net:
    """As networks are: it inherits nothing, and answers a column."""

    def predict(self, rows):
        return rows[:, :1] * 2.0


class Probabilities:
    """As boosters of other libraries are: probabilities, and names of classes."""

    classes_ = np.array(["no", "yes"])

    def predict_proba(self, rows):
        p = 1 / (1 + np.exp(-rows[:, 0]))
        return np.column_stack([1 - p, p])


class Both(Probabilities):
    def predict(self, rows):
        return np.where(rows[:, 0] > 0, "yes", "no")


class OldTags(Net):
    """Of a library that knows an earlier scikit-learn."""

    _estimator_type = "regressor"
    classes_ = ()

    def predict_proba(self, rows):
        raise AssertionError("A regressor is not asked for probabilities.")


# Whatever has the methods


@pytest.mark.parametrize(
    "of", [lambda m: m, lambda m: m.predict], ids=["model", "method"]
)
def test_networks_that_inherit_nothing(of):
    explanation = explain(of(Net()))
    assert explanation.target_names == ("prediction",)
    assert_allclose(explanation.prediction, 2 * X[0, 0])


@pytest.mark.parametrize("model", [Probabilities(), Both()], ids=["alone", "both"])
def test_probabilities_are_asked_for_and_classes_named(model):
    explanation = explain(model, targets="all")
    assert explanation.target_names == ("no", "yes")
    assert_allclose(explanation.prediction, [1 - SCORE[0], SCORE[0]])


def test_labels_of_a_stranger_are_its_classes():
    explanation = explain(Both().predict, targets="yes")
    assert explanation.prediction == (X[0, 0] > 0)


def test_tags_of_an_earlier_scikit_learn_count():
    assert_allclose(explain(OldTags()).prediction, 2 * X[0, 0])


def test_a_callable_network_is_asked_for_its_prediction():
    class Callable(Net):
        def __call__(self, rows):
            raise AssertionError("Layers are called with tensors.")

    assert_allclose(explain(Callable()).prediction, 2 * X[0, 0])


def test_something_that_cannot_be_asked():
    with pytest.raises(TypeError, match="expected a function of rows, or a fitted"):
        BlackBox(SimpleNamespace(transform=None))


def test_native_boosters_of_xgboost_are_told_of_the_matrix():
    xgboost = pytest.importorskip("xgboost", reason="needs xgboost")
    booster = xgboost.train({}, xgboost.DMatrix(X, X[:, 0]), num_boost_round=2)
    for model in (booster, booster.predict):
        with pytest.raises(TypeError, match=r"booster\.predict\(xgboost\.DMatrix"):
            BlackBox(model)
    told = BlackBox(lambda rows: booster.predict(xgboost.DMatrix(rows)))
    assert_allclose(told(X)[:, 0], booster.predict(xgboost.DMatrix(X)))


# What is neither a classifier nor a regressor


@pytest.mark.parametrize(
    "model",
    [IsolationForest(random_state=0), OneClassSVM(), LocalOutlierFactor(novelty=True)],
    ids=lambda m: type(m).__name__,
)
def test_outlier_detectors_are_asked_for_their_score(model):
    model.fit(X)
    assert_allclose(explain(model).prediction, model.decision_function(X[:1]))


def test_clusters_are_outputs():
    model = KMeans(3, n_init=1, random_state=0).fit(X)
    explanation = explain(model, targets="all")
    assert explanation.target_names == ("cluster 0", "cluster 1", "cluster 2")
    assert_array_equal(explanation.prediction, np.arange(3) == model.labels_[0])
    predicted = explain(model)
    assert predicted.target_names == (f"cluster {model.labels_[0]}",)


def test_components_of_mixtures_are_outputs():
    model = GaussianMixture(2, random_state=0).fit(X)
    explanation = explain(model, targets="all")
    assert_allclose(explanation.prediction, model.predict_proba(X[:1])[0])


def test_clusterers_that_only_label_what_they_have_seen():
    with pytest.raises(TypeError, match="expected a function of rows, or a fitted"):
        BlackBox(DBSCAN().fit(X))


# Several outputs

MANY = MultiOutputClassifier(RandomForestClassifier(5, random_state=0)).fit(
    X, np.column_stack([(X[:, 0] > 0).astype(int), np.where(X[:, 1] > 0, "u", "v")])
)


@pytest.mark.parametrize(
    "of", [lambda m: m, lambda m: m.predict], ids=["model", "labels"]
)
def test_the_predicted_class_of_each_output_is_explained(of):
    explanation = explain(of(MANY))
    labels = MANY.predict(X[:1])[0]
    assert explanation.target_names == (f"0: {labels[0]}", f"1: {labels[1]}")
    assert len(explain(of(MANY), targets="all").targets) == 4


def test_labels_of_another_number_of_outputs_are_refused():
    box = BlackBox(lambda rows: rows[:, 0] > 0, labels=MANY.classes_)
    with pytest.raises(ValueError, match=r"shape \(4,\) .* expected 2 labels a row"):
        box(X[:4])


# Containers of answers


class Tensor:
    """As torch's: its numbers belong to a graph, perhaps on another device."""

    def __init__(self, values, steps=()):
        self.values, self.steps = values, steps

    def detach(self):
        return Tensor(self.values, (*self.steps, "detach"))

    def cpu(self):
        return Tensor(self.values, (*self.steps, "cpu"))

    def numpy(self):
        assert self.steps == ("detach", "cpu")
        return self.values

    def __array__(self, *args, **kwargs):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda v: v.tolist(), None),
        (lambda v: list(v[:, None]), None),
        (Tensor, None),
        (lambda v: sparse.lil_matrix(v[:, None]), None),
        (lambda v: sparse.csr_array(v[:, None]), None),
        (lambda v: {"churn": v}, ["churn"]),
        (lambda v: {"churn": Tensor(v)}, ["churn"]),
        (lambda v: pd.Series(v, name="churn"), ["churn"]),
        (lambda v: pd.Series(v), None),
        (lambda v: pd.DataFrame({"churn": v}), ["churn"]),
        (lambda v: pd.DataFrame(v), None),
    ],
)
def test_answers_of_any_kind(make, names):
    box = BlackBox(lambda rows: make(rows[:, 0]))
    assert_allclose(box(X)[:, 0], X[:, 0])
    assert box.names(1) == (names or ["prediction"])


def test_frames_and_dictionaries_name_the_targets():
    def model(rows):
        return pd.DataFrame({"stays": 1 - rows[:, 0], "leaves": rows[:, 0]})

    explanation = explain(model, targets=["leaves", {"stays": 1, "leaves": -1}])
    assert explanation.target_names == ("leaves", "stays - leaves")
    assert_allclose(explanation.prediction, [X[0, 0], 1 - 2 * X[0, 0]])


def test_names_that_users_give_come_first():
    box = BlackBox(lambda rows: {"a": rows[:, 0]}, output_names=["mine"])
    assert box(X[:2]).shape == (2, 1)
    assert box.names(1) == ["mine"]


def test_labels_with_scores_as_of_transformers():
    def classify(texts):
        rows = []
        for text in texts:
            p = 0.9 if "good" in text else 0.2
            pair = [{"label": "POS", "score": p}, {"label": "NEG", "score": 1 - p}]
            # The surest comes first.
            rows.append(sorted(pair, key=lambda part: -part["score"]))
        return rows

    explainer = make_text_explainer(classify, n_samples=30, random_state=0)
    explanation = explainer.explain_instance("a good film", targets="all")
    assert explanation.target_names == ("NEG", "POS")
    assert_allclose(explanation.prediction, [0.1, 0.9])
    assert_allclose(explanation.coef[1], [0, 0.7, 0], atol=1e-10)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (None, "answered a NoneType"),
        ((v for v in range(3)), "answered a generator"),
        (object(), "answered a object"),
        ({"loss": 0.5}, r"dictionary of 1 entries, \['loss'\]"),
        ({"a": [1.0, 2.0, 3.0], "b": [1.0]}, r"dictionary of 2 entries"),
    ],
)
def test_what_is_no_answer_is_called_by_its_type(answers, message):
    with pytest.raises(TypeError, match=message):
        BlackBox(lambda rows: answers)(X[:3])


def test_torch_tensors_with_gradients():
    torch = pytest.importorskip("torch", reason="needs torch")
    layer = torch.nn.Linear(3, 2)
    box = BlackBox(lambda rows: layer(torch.tensor(rows, dtype=torch.float32)))
    assert box(X).shape == (120, 2)


# Targets by class

SEVENS = LogisticRegression().fit(
    X, np.where(X[:, 0] > 0, 7, np.where(X[:, 1] > 0, 0, 3))
)


@pytest.mark.parametrize("target", [7, 7.0, np.int64(7), np.float32(7), "7", [7], (7,)])
def test_a_number_is_the_class_of_that_number(target):
    explanation = explain(SEVENS, targets=target)
    assert explanation.target_names == ("7",)
    assert explanation.targets == (7,)
    if not isinstance(target, (list, tuple)):
        assert explanation.position(target) == 0


def test_contrasts_of_numbers():
    explanation = explain(SEVENS, targets=[{7: 1, 3: -1}])
    assert explanation.target_names == ("7 - 3",)
    assert explanation.contrast(7, 3).prediction == explanation.prediction


@pytest.mark.parametrize("target", [1, 2, -1, 1.5])
def test_what_is_no_class_is_refused(target):
    with pytest.raises(ValueError, match=r"expected .* one of the classes 0, 3, 7"):
        explain(SEVENS, targets=target)


def test_classes_1_and_2_are_not_columns():
    model = RidgeClassifier().fit(X, np.where(X[:, 0] > 0, 1, 2))
    assert BlackBox(model).classes == [1, 2]
    model = LogisticRegression().fit(X, np.where(X[:, 0] > 0, 1, 2))
    explanation = explain(model, targets=1)
    assert explanation.target_names == ("1",)
    assert explanation.position(1) == 0
    with pytest.raises(KeyError, match="2 was not explained"):
        explanation.position(2)


def test_classes_from_0_on_are_columns():
    model = LogisticRegression().fit(X, (X[:, 0] > 0).astype(int))
    for target in (1, -1, "1", True):
        assert explain(model, targets=target).target_names == ("1",)
