"""What answers mean: containers, names, several outputs, labels, numbers as classes."""

import decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from sklearn_baylime import BlackBox, make_tabular_explainer
from sklearn_baylime.metrics import deletion_curve


@pytest.fixture(scope="module")
def table():
    return np.random.default_rng(0).normal(size=(200, 3))


def make(model, table, **settings):
    settings = {"n_samples": 300, "random_state": 0} | settings
    return make_tabular_explainer(model, **settings).fit(table)


class Tensor:
    """As torch's: no numpy before `detach` and `cpu`."""

    def __init__(self, values, state="grad"):
        self.values, self.state = values, state

    def detach(self):
        return Tensor(self.values, "device")

    def cpu(self):
        return Tensor(self.values, "here")

    def numpy(self):
        assert self.state == "here"
        return self.values

    def __array__(self, *args, **kwargs):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


CONTAINERS = {
    "tensor": Tensor,
    "sparse": sparse.lil_matrix,
    "sparse array": sparse.csr_array,
    "frame": pd.DataFrame,
    "nullable": lambda a: pd.DataFrame(a).convert_dtypes(),
    "polars": pl.DataFrame,
    "dictionary": lambda a: {"a": a[:, 0], "b": a[:, 1]},
    "dictionary of tensors": lambda a: {"logits": Tensor(a)},
    "records": lambda a: np.rec.fromarrays(a.T, names="a,b"),
    "list of columns": lambda a: [a[:, :1], a[:, 1:]],
    "list of tensors": lambda a: [Tensor(a[:, :1]), Tensor(a[:, 1:])],
    "decimals": lambda a: [[decimal.Decimal(v) for v in row] for row in a.tolist()],
    "masked": np.ma.masked_invalid,
    "scores": lambda a: [
        [{"label": "B", "score": b}, {"label": "A", "score": c}] for c, b in a
    ],
}


@pytest.mark.parametrize("pack", CONTAINERS.values(), ids=list(CONTAINERS))
def test_containers_hold_the_same_numbers(table, pack):
    box = BlackBox(lambda rows: pack(rows[:, :2]))
    np.testing.assert_array_equal(box(table), table[:, :2])


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, dict])
def test_names_are_kept_and_are_targets(table, frame):
    def model(rows):
        return frame({"stem": rows[:, 0], "leaves": rows[:, 1] * 9})

    explainer = make(model, table)
    found = explainer.explain_instance(table[0], targets="leaves")
    assert found.target_names == ("leaves",)
    np.testing.assert_allclose(found.prediction, table[0, 1] * 9)
    # Quantities do not compete: each is explained.
    both = explainer.explain_instance(table[0])
    assert both.target_names == ("stem", "leaves")


def test_named_probabilities_compete(table):
    def model(rows):
        p = 1 / (1 + np.exp(-rows[:, 0]))
        return pd.DataFrame({"no": 1 - p, "yes": p})

    found = make(model, table).explain_instance(table[0])
    assert found.target_names == ("yes" if table[0, 0] > 0 else "no",)


@pytest.mark.parametrize("series", [pd.Series, pl.Series])
def test_a_series_keeps_its_name(table, series):
    model = lambda rows: series(name="price", data=rows[:, 0])  # noqa: E731
    if series is pl.Series:
        model = lambda rows: pl.Series("price", rows[:, 0])  # noqa: E731
    assert make(model, table).explain_instance(table[0]).target_names == ("price",)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda rows: None, "answered a NoneType to 4 rows"),
        (lambda rows: {}, "answered a dict to 4 rows"),
        (lambda rows: (r for r in rows), "answered a generator to 4 rows"),
        (lambda rows: {"a": 1.0}, "dictionary of 1 entries"),
        (lambda rows: rows[:, 0] + 1j, "of type complex128 to row 0, expected numbers"),
        (lambda rows: rows[:, :0], r"array of shape \(4, 0\)"),
        (lambda rows: np.ma.masked_less(rows[:, 0], 9), r"\[nan\] to row 0"),
        (lambda rows: [{"label": "A", "score": 1.0}] * 4, "those of all labels"),
        (lambda rows: [{"text": "A"}] * 4, "takes the numbers out"),
        (lambda rows: [[1.0], [1.0, 2.0]] * 2, "a list to 4 rows that is no array"),
    ],
)
def test_messages_name_what_came(table, answer, message):
    with pytest.raises((TypeError, ValueError), match=message):
        BlackBox(answer)(table[:4])


@pytest.fixture(scope="module")
def two_labels(table):
    return np.column_stack([np.where(table[:, 0] > 0, "b", "a"), table[:, 1] > 0.5])


def test_each_of_several_outputs_is_explained(table, two_labels):
    model = MultiOutputClassifier(LogisticRegression()).fit(table, two_labels)
    found = make(model, table).explain_instance(table[0])
    own = model.predict(table[:1])[0]
    assert found.target_names == (f"0: {own[0]}", f"1: {own[1]}")
    assert make(model, table).explain_instance(table[0], targets="all").coef.shape[
        0
    ] == (4)


def test_labels_of_several_outputs(table, two_labels):
    model = MultiOutputClassifier(LinearSVC()).fit(table, two_labels)
    found = make(model, table).explain_instance(table[0])
    own = model.predict(table[:1])[0]
    assert found.target_names == (f"0: {own[0]}", f"1: {own[1]}")
    np.testing.assert_array_equal(found.prediction, [1, 1])


def test_a_chain_answers_one_column_an_output(table):
    labels = np.column_stack([table[:, 0] > 0, table[:, 1] > 0]).astype(int)
    model = ClassifierChain(LogisticRegression()).fit(table, labels)
    found = make(model, table).explain_instance(table[0])
    assert found.target_names == ("0: 1", "1: 1")


def test_labels_that_exclude_none_are_all_explained(table):
    labels = np.column_stack([table[:, 0] > -1, table[:, 1] > -1]).astype(int)
    model = MLPClassifier((4,), max_iter=50, random_state=0, solver="lbfgs")
    found = make(model.fit(table, labels), table).explain_instance(table[0])
    assert len(found.target_names) == 2


def test_lists_of_probabilities_of_a_function(table):
    def model(rows):
        p = 1 / (1 + np.exp(-rows))
        return [np.column_stack([1 - p[:, j], p[:, j]]) for j in range(3)]

    found = make(model, table).explain_instance(table[0])
    np.testing.assert_allclose(
        found.prediction, 1 / (1 + np.exp(-np.abs(table[0]))), rtol=1e-12
    )


def test_a_column_of_labels(table):
    labels = ["low", "high"]
    box = BlackBox(lambda rows: np.where(rows[:, :1] > 0, "high", "low"), labels=labels)
    np.testing.assert_array_equal(box(table)[:, 1], table[:, 0] > 0)


# Targets by class


@pytest.fixture(scope="module")
def numbered(table):
    """Classes 1, 2, 3, so that 1 and 2 are columns and classes both."""
    y = 1 + (table[:, 0] > 0) + (table[:, 0] > 1)
    return RandomForestClassifier(10, random_state=0).fit(table, y)


@pytest.mark.parametrize("wanted", [1, 1.0, np.int64(1), np.float32(1), "1"])
def test_a_number_is_the_class(table, numbered, wanted):
    found = make(numbered, table).explain_instance(table[0], targets=wanted)
    assert found.target_names == ("1",)
    np.testing.assert_allclose(
        found.prediction, numbered.predict_proba(table[:1])[0, 0]
    )
    assert found.as_list(1) == found.as_list("1") == found.as_list()


def test_every_part_calls_it_by_its_class(table, numbered):
    explainer = make(numbered, table)
    found = explainer.explain_instance(table[0], targets="all")
    assert found.targets == (1, 2, 3)
    assert found.as_list(3) == found.as_list("3")
    with pytest.raises(KeyError):
        found.as_list(0)
    again = type(found).from_dict(found.to_dict())
    assert again.as_list(2) == found.as_list(2)
    curves = [
        deletion_curve(found, numbered, target=t, background=table, random_state=0)
        for t in (2, "2")
    ]
    np.testing.assert_array_equal(curves[0].score, curves[1].score)
    np.testing.assert_allclose(
        curves[0].score[0], numbered.predict_proba(table[:1])[0, 1]
    )


@pytest.mark.parametrize("wanted", [0, -1, 1.5, [1, 0], (1, 4), {0: 1.0}])
def test_a_number_that_is_no_class(table, numbered, wanted):
    explainer = make(numbered, table)
    with pytest.raises(ValueError, match="one of the classes 1, 2, 3"):
        explainer.explain_instance(table[0], targets=wanted)
    assert explainer.black_box_.n_queries_ == 0


def test_sums_and_contrasts_of_classes(table, numbered):
    explainer = make(numbered, table)
    found = explainer.explain_instance(table[0], targets=[(1, 2), {3: 1, 1: -1}])
    p = numbered.predict_proba(table[:1])[0]
    np.testing.assert_allclose(found.prediction, [p[0] + p[1], p[2] - p[0]])
    assert found.target_names == ("1 + 2", "3 - 1")


@pytest.mark.parametrize("labels", [[-1, 1], [2.0, 5.0], ["10", "20"], [1, 0]])
def test_classes_of_other_kinds(table, labels):
    y = np.array(labels)[(table[:, 0] > 0).astype(int)]
    model = LogisticRegression().fit(table, y)
    for place, label in enumerate(model.classes_):
        wanted = float(label)
        found = make(model, table).explain_instance(table[0], targets=wanted)
        expected = model.predict_proba(table[:1])[0, place]
        np.testing.assert_allclose(found.prediction, expected)


def test_own_names_do_not_hide_the_classes(table, numbered):
    explainer = make(numbered, table, class_names=["low", "middle", "high"])
    assert explainer.explain_instance(table[0], targets=1).target_names == ("low",)


@pytest.mark.parametrize("wanted", [None, object(), np.nan])
def test_what_is_no_target(table, numbered, wanted):
    with pytest.raises(ValueError, match=r"targets (is|has)"):
        make(numbered, table).explain_instance(table[0], targets=wanted)
