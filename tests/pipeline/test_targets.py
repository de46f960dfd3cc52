"""Which answers are explained: sums, labels, scores, several outputs."""

import json
import re

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sklearn_baylime import BlackBox, make_tabular_explainer
from sklearn_baylime.explanation import Explanation


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return X, np.array(list("abc"))[y]


@pytest.fixture(scope="module")
def forest(iris):
    return RandomForestClassifier(10, random_state=0).fit(*iris)


def explain(model, X, targets, x=0, **params):
    params = {"n_samples": 300, "random_state": 0, **params}
    explainer = make_tabular_explainer(model, **params).fit(X)
    return explainer.explain_instance(X[x], targets=targets)


# ---------------------------------------------------------------- sums


@pytest.mark.parametrize("regressor", [Ridge(alpha=1.0), None])
def test_a_sum_has_the_sum_of_the_weights(iris, forest, regressor):
    """Of a linear regressor; those of ours are tied by what is explained together."""
    chosen, at = [("a", "c"), 1, (2, 0, 1)], [[0, 2], [1], [0, 1, 2]]
    every = explain(forest, iris[0], "all", regressor=regressor)
    sums = explain(forest, iris[0], chosen, regressor=regressor)
    assert sums.target_names == ("a + c", "b", "c + a + b")
    assert sums.targets == ((0, 2), 1, (2, 0, 1))
    names = ["prediction", "local_prediction", "intercept", "coef"]
    for name in names if regressor is not None else names[:1]:
        summed = [getattr(every, name)[t].sum(axis=0) for t in at]
        np.testing.assert_allclose(getattr(sums, name), summed, atol=1e-12)
    np.testing.assert_allclose(sums.coef[0], -sums.coef[1], atol=1e-12)
    np.testing.assert_allclose(sums.coef[2], 0, atol=1e-12)


def test_a_sum_is_found_shown_and_stored(iris, forest):
    explanation = explain(forest, iris[0], ["b", ("a", -1)])
    assert explanation.position((0, 2)) == explanation.position("a + c") == 1
    assert explanation.as_list((0, 2)) == explanation.as_list("a + c")
    assert list(explanation.as_map()) == [1, (0, 2)]
    with pytest.raises(KeyError, match=re.escape("(0, 1) was not explained")):
        explanation.position((0, 1))
    for shown in (str(explanation), explanation.to_html()):
        assert "a + c" in shown
    again = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    assert again.targets == explanation.targets
    assert again.position((0, 2)) == 1
    np.testing.assert_array_equal(again.covariance, explanation.covariance)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([(0, 0)], "the sum (0, 0), expected at least one column, and each once"),
        ([("a", 0)], "the sum ('a', 0), expected at least one column, and each once"),
        ([(0, -3)], "the sum (0, -3), expected at least one column"),
        ([()], "the sum (), expected at least one column"),
        ([("a", "z")], "targets has 'z', but the black box answers 3 column(s)"),
        ([(0, 3)], "targets has 3, but the black box answers 3 column(s)"),
        ([(0.5, 1)], "targets has 0.5, but"),
    ],
)
def test_sums_that_make_no_sense(iris, forest, targets, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        explain(forest, iris[0], targets)


# ---------------------------------------------------------------- labels


def test_labels_are_shares_of_rows(iris, forest):
    """By predict of a classifier without probabilities, its method, and a function."""
    X, y = iris
    hard = VotingClassifier([("tree", DecisionTreeClassifier(max_depth=2))]).fit(X, y)
    models = [
        hard,
        hard.predict,
        BlackBox(lambda rows: hard.predict(rows), labels=["a", "b", "c"]),
        BlackBox(
            lambda rows: hard.predict(rows).tolist(), labels=np.array(list("abc"))
        ),
    ]
    first, *others = [explain(model, X, "all", x=100) for model in models]
    assert first.target_names == ("a", "b", "c")
    np.testing.assert_array_equal(first.prediction, [0, 0, 1])
    assert np.abs(first.coef).max() > 0.2
    for other in others:
        assert other.target_names == first.target_names
        np.testing.assert_array_equal(other.coef, first.coef)
    numbers = explain(lambda rows: hard.predict(rows) == "c", X, 0, x=100)
    np.testing.assert_allclose(numbers.prediction, 1)
    assert explain(models[2], X, "predicted", x=100).target_names == ("c",)


def test_an_unknown_label_names_its_row(iris):
    X = iris[0]

    def answer(rows):
        return np.where(np.arange(len(rows)) == 3, "maybe", "yes")

    for model in (answer, lambda rows: answer(rows).tolist()):
        with pytest.raises(
            ValueError, match=r"label '?.*maybe.* to row 3, expected one"
        ):
            explain(BlackBox(model, labels=["yes", "no"]), X, "all")
    with pytest.raises(ValueError, match="expected"):
        explain(answer, X, "all")


# ---------------------------------------------------------------- scores


@pytest.mark.parametrize("classifier", [LinearSVC(), SVC()])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_scores_of_decision_functions(iris, classifier, n_classes):
    X, y = (values[: 50 * n_classes] for values in iris)
    model = classifier.fit(X, y)
    explanation = explain(model, X, "predicted", x=-1)
    score = np.atleast_2d(model.decision_function(X[-1:]).T).T[0]
    assert explanation.target_names == ("abc"[n_classes - 1],)
    np.testing.assert_allclose(explanation.prediction, score[-1])
    every = explain(model, X, "all", x=-1)
    assert len(every.targets) == (1 if n_classes == 2 else 3)
    np.testing.assert_allclose(every.prediction, score)


# ---------------------------------------------------------------- several outputs


def test_outputs_of_a_classifier_of_several_things(iris):
    X, y = iris
    Y = np.c_[y, np.where(X[:, 0] > 5.8, "long", "short")]
    model = RandomForestClassifier(10, random_state=0).fit(X, Y)
    explanation = explain(model, X, "all", x=100)
    names = ("0: a", "0: b", "0: c", "1: long", "1: short")
    assert explanation.target_names == names
    probabilities = [p[0] for p in model.predict_proba(X[100:101])]
    np.testing.assert_allclose(explanation.prediction, np.concatenate(probabilities))
    for block in (slice(0, 3), slice(3, 5)):
        np.testing.assert_allclose(explanation.coef[block].sum(axis=0), 0, atol=1e-12)
    one = explain(model, X, ["1: long", ("0: a", "0: b")], x=100)
    assert one.target_names == ("1: long", "0: a + 0: b")
    assert one.as_list()[0][0].startswith(("x0", "5.8 < x0", "6.4"))


def test_outputs_of_a_regression(iris):
    X = iris[0]
    model = LinearRegression().fit(X, X[:, :2] @ [[1.0, 0.0], [0.0, -2.0]])
    names = {"class_names": ["length", "width"], "discretizer": None}
    names |= {"regressor": Ridge(alpha=1e-9)}
    both = explain(model, X, "predicted", **names)
    assert both.target_names == ("length", "width")
    np.testing.assert_allclose(both.coef[0, 1:], 0, atol=1e-9)
    np.testing.assert_allclose(both.coef[1, [0, 2, 3]], 0, atol=1e-9)
    total = explain(model, X, [("length", "width"), "width"], **names)
    np.testing.assert_allclose(
        total.coef, [both.coef.sum(axis=0), both.coef[1]], atol=1e-12
    )
    largest = explain(model, X, "top=1", **names)
    assert largest.target_names == ("length",)
