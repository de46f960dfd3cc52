"""Masks of a table's row against another row."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.base import check_representation
from sklearn_baylime.metrics import deletion_curve
from sklearn_baylime.representation import BaselineMasker

RNG = np.random.RandomState(0)
FRAME = pd.DataFrame(
    {
        "age": RNG.randint(20, 60, 99),
        "income": RNG.normal(50, 9, 99).round(1),
        "job": RNG.choice(["clerk", "nurse", "nurse", "cook"], 99),
        "owner": RNG.uniform(size=99) > 0.3,
    }
)
X = FRAME.iloc[0]


def model(rows):
    nurse = (rows["job"] == "nurse").astype(float)
    return 0.1 * rows["age"] + rows["income"] * rows["owner"] + 2 * nurse


def explain(baseline="median", f=model, **params):
    explainer = make_tabular_explainer(
        f, baseline=baseline, n_samples=64, random_state=0, **params
    ).fit(FRAME)
    return explainer.explain_instance(X)


def test_the_contract():
    check_representation(BaselineMasker(), FRAME)
    check_representation(BaselineMasker(groups={"m": ["income", "owner"]}), FRAME)
    check_representation(BaselineMasker(RNG.normal(size=3)), RNG.normal(size=(20, 3)))


def test_the_usual_row_has_medians_and_most_frequent_categories():
    usual = BaselineMasker().fit(FRAME).baseline_
    assert usual["age"][0] == np.quantile(FRAME["age"], 0.5, method="lower")
    assert usual["job"][0] == "nurse"
    assert usual["owner"][0] == FRAME["owner"].mode()[0]
    assert list(usual.dtypes) == list(FRAME.dtypes)


def test_weights_of_sums_are_differences_of_values():
    other = {"age": 30, "income": 40.0, "job": "cook", "owner": True}

    def f(rows):
        return 0.1 * rows["age"] - rows["income"] + 2 * (rows["job"] == "nurse")

    explanation = explain(other, f)
    own = FRAME.iloc[:1]
    expected = [0.1 * (X["age"] - 30), 40.0 - X["income"], 2.0 * (X["job"] == "nurse")]
    assert_allclose(explanation.coef[0], [*expected, 0.0], atol=1e-9)
    # All 16 masks were asked: there is nothing to infer.
    assert explanation.exact
    assert explanation.n_queries == 16
    assert_allclose(explanation.prediction, f(own))
    assert_allclose(explanation.intercept, f(pd.DataFrame([other])), atol=1e-8)


def test_two_columns_share_what_they_do_together():
    # Of two columns that act together, all weightings that are fair give a half each.
    def f(rows):
        return rows["income"] * (rows["age"] > 0)

    frame = FRAME.assign(age=np.where(FRAME["age"] > 40, 1, -1))
    x = frame.iloc[0].copy()
    x["age"], x["income"] = 1, 10.0
    other = {"age": -1, "income": 0.0, "job": x["job"], "owner": x["owner"]}
    explainer = make_tabular_explainer(
        f, baseline=other, n_samples=64, kernel_width=100.0
    ).fit(frame)
    coef = explainer.explain_instance(x).coef[0]
    shapley = np.zeros(2)
    for order in permutations(range(2)):
        kept = np.zeros(2, bool)
        for j in order:
            before = 10.0 * kept.all()
            kept[j] = True
            shapley[j] += (10.0 * kept.all() - before) / 2
    assert_allclose(coef[:2], shapley, rtol=0.05)


def test_names_tell_both_rows():
    other = {"age": 30, "income": 40.0, "job": "nurse", "owner": X["owner"]}
    names = explain(other).feature_names
    assert names[0] == f"age={X['age']}, not 30"
    assert names[2] == f"job={X['job']}, not nurse"
    assert names[3] == f"owner={X['owner']}"


def test_groups_come_and_go_together():
    seen = []

    def f(rows):
        seen.append(rows.copy())
        return model(rows)

    explanation = explain(f=f, groups={"money": ["income", "owner"]})
    assert len(explanation.feature_names) == 3
    assert explanation.feature_names[1] == "money"
    rows = pd.concat(seen)
    usual = BaselineMasker().fit(FRAME).baseline_.iloc[0]
    together = (rows["income"] == X["income"]) & (rows["owner"] == X["owner"])
    apart = (rows["income"] == usual["income"]) & (rows["owner"] == usual["owner"])
    assert (together | apart).all()
    unnamed = explain(groups=[[0, 1]]).feature_names
    assert unnamed[0].startswith("age=") and " & income=" in unnamed[0]


def test_deletion_ends_at_the_baseline():
    other = {"age": 30, "income": 40.0, "job": "cook", "owner": False}
    explanation = explain(other)
    curve = deletion_curve(explanation, model)
    assert_allclose(curve.score[-1], model(pd.DataFrame([other])))


def test_missing_values_are_values():
    rows = np.array([[1.0, np.nan], [2.0, 3.0], [3.0, 5.0]])
    here = BaselineMasker().fit(rows).at(rows[0])
    assert list(here.get_feature_names_out()) == ["x0=1, not 2", "x1=missing, not 3"]
    assert_array_equal(here.inverse_transform([[1, 1], [1, 0]]), [[1, np.nan], [1, 3]])
    assert_array_equal(here.transform(rows), [[1, 1], [0, 0], [0, 0]])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"baseline": {"age": 3}}, "income"),
        ({"groups": [["age"], ["age"]]}, "each column once"),
        ({"groups": [[]]}, "at least one column"),
        ({"groups": [["size"]]}, "size"),
        ({"discretizer": None}, "beside a baseline"),
        ({"sampler": "ball"}, "beside a baseline"),
    ],
)
def test_bad_input_is_refused(params, message):
    with pytest.raises(ValueError, match=message):
        explain(**{"baseline": "median", **params})


def test_groups_without_a_baseline_are_refused():
    """Where there are no bins either; with bins see test_groups.py."""
    with pytest.raises(ValueError, match="or a baseline"):
        make_tabular_explainer(model, groups=[["age"]], discretizer=None)
