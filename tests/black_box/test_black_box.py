"""BlackBox: counts, batches, memory, names, copies, and what it refuses."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from joblib import Memory
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.svm import LinearSVC

from sklearn_baylime import BlackBox


def total(rows):
    return np.asarray(rows, dtype=float).sum(axis=1)


def test_counts_rows_and_cuts_batches():
    box = BlackBox(total, batch_size=4)
    assert box(np.ones((10, 3))).shape == (10, 1)
    assert (box.n_queries_, box.n_calls_) == (10, 3)
    box.reset()
    assert (box.n_queries_, box.n_calls_) == (0, 0)


def test_default_batch_is_bounded_by_memory():
    box = BlackBox(total)
    assert box.rows_per_batch(np.ones((1, 2**22))) == 1
    assert box.rows_per_batch(np.ones((1, 32))) == 2**15
    assert box.rows_per_batch(["a text"]) == 1000


@pytest.mark.parametrize("wrap", [np.asarray, pd.DataFrame, pl.DataFrame])
def test_memory_asks_no_row_twice(wrap):
    box = BlackBox(total, memory=True)
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]])
    frame = (
        wrap(rows)
        if wrap is not pl.DataFrame
        else pl.DataFrame(rows, schema=list("ab"))
    )
    np.testing.assert_array_equal(box(frame)[:, 0], [3, 7, 3])
    assert box.n_queries_ == 2
    box(frame)
    assert box.n_queries_ == 2


def test_memory_tells_texts_and_types_apart():
    box = BlackBox(lambda rows: [len(str(r)) for r in rows], memory=True)
    box(["one", "three", "one"])
    assert box.n_queries_ == 2
    box(np.ones((1, 2), dtype=np.float32))
    box(np.ones((1, 2), dtype=np.float64))
    assert box.n_queries_ == 4


@pytest.mark.parametrize(
    "as_memory", [str, lambda p: p, lambda p: Memory(p, verbose=0)]
)
def test_memory_on_disk_is_shared_by_boxes(tmp_path, as_memory):
    rows = np.arange(6.0).reshape(3, 2)
    first = BlackBox(total, memory=as_memory(tmp_path))
    second = BlackBox(total, memory=as_memory(tmp_path))
    np.testing.assert_array_equal(first(rows), second(rows))
    assert (first.n_queries_, second.n_queries_) == (3, 0)


def test_any_mapping_keeps_answers():
    store = {}
    BlackBox(total, memory=store)(np.ones((2, 2)))
    assert len(store) == 1


def test_clone_and_deepcopy_are_the_same_object():
    box = BlackBox(total)
    assert clone(box) is box
    assert copy.deepcopy(box) is box


def test_pickle_leaves_counts_and_answers_behind():
    box = BlackBox(total, memory=True)
    box(np.ones((5, 2)))
    size = len(pickle.dumps(BlackBox(total, memory=True)))
    again = pickle.loads(pickle.dumps(box))
    assert len(pickle.dumps(box)) == size
    assert again.n_queries_ == 0
    assert again(np.ones((1, 2)))[0, 0] == 2


@pytest.mark.parametrize("model", [LogisticRegression(max_iter=1000), LinearSVC()])
def test_classifiers_answer_one_column_a_class(model):
    X, y = load_iris(return_X_y=True)
    box = BlackBox(model.fit(X, y))
    assert box(X[:2]).shape == (2, 3)
    assert box.is_classifier
    assert box.names(3) == ["0", "1", "2"]


def test_two_classes_by_a_decision_function_name_the_second():
    X, y = load_iris(return_X_y=True)
    box = BlackBox(RidgeClassifier().fit(X[:100], np.array(["no", "yes"])[y[:100]]))
    assert box(X[:2]).shape == (2, 1)
    assert box.names(1) == ["yes"]


def test_bound_methods_know_their_classes():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=1000).fit(X, np.array(list("abc"))[y])
    assert BlackBox(model.predict_proba).names(3) == ["a", "b", "c"]


def test_multi_output_regression_keeps_all_outputs():
    X = np.random.RandomState(0).normal(size=(20, 3))
    model = LinearRegression().fit(X, X[:, :2])
    box = BlackBox(model)
    assert box(X).shape == (20, 2)
    assert box.names(2) == ["output 0", "output 1"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            lambda rows: np.ones(3),
            r"answered 3 rows to 4 rows, expected one answer a row",
        ),
        (lambda rows: 1.0, r"answered a single value to 4 rows"),
        (lambda rows: ["yes"] * len(rows), r"answered '?.*yes.* expected numbers"),
        (lambda rows: np.r_[1, 1, np.nan, 1], r"\[nan\] to row 2, expected finite"),
        (lambda rows: np.r_[1, np.inf, 1, 1], r"\[inf\] to row 1, expected finite"),
        (lambda rows: np.ones((4, 2, 2)), r"shape \(4, 2, 2\), expected \(n_rows,\)"),
        (lambda rows: [None] * 4, r"\[nan\] to row 0, expected finite"),
    ],
)
def test_bad_answers_are_named(answer, message):
    with pytest.raises(ValueError, match=message):
        BlackBox(answer)(np.ones((4, 2)))


def test_bad_answer_counts_rows_over_batches():
    def answer(rows):
        return np.where(rows[:, 0] == 7, np.nan, 1.0)

    with pytest.raises(ValueError, match="to row 7, expected finite"):
        BlackBox(answer, batch_size=3)(np.arange(10.0).reshape(-1, 1))


def test_one_column_for_several_classes_is_refused():
    class Wrong(LogisticRegression):
        def predict_proba(self, X):
            return super().predict_proba(X)[:, 0]

    X, y = load_iris(return_X_y=True)
    with pytest.raises(
        ValueError, match="one column for 3 classes, expected one column"
    ):
        BlackBox(Wrong(max_iter=1000).fit(X, y))(X)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"model": 3}, TypeError, "black box is 3, expected a function of rows"),
        ({"model": total, "batch_size": 0}, ValueError, "batch_size is 0, expected"),
        ({"model": total, "memory": 1.5}, TypeError, "memory is 1.5, expected None"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        BlackBox(**arguments)


def test_wrong_number_of_output_names():
    box = BlackBox(total, output_names=["a", "b"])
    with pytest.raises(
        ValueError, match=r"answered 1 column\(s\), but there are 2 names"
    ):
        box.names(1)
