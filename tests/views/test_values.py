"""What a row of a table holds, beside what is said of it."""

import json

import numpy as np
import pandas as pd
import pytest

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.views._values import label_feature

CASES = [
    ("radius > 18.8", "radius", 25.38, "radius = 25.4 (> 18.8)"),
    ("radius > 18.8", "radius", 18.803, "radius = 18.803 (> 18.8)"),
    ("radius <= -0.7", "radius", -1.25, "radius = −1.25 (<= -0.7)"),
    ("48 < age <= 64", "age", 62, "age = 62 (48 to 64)"),
    ("48 < age <= 64", "age", 48.0004, "age = 48.0004 (48 to 64)"),
    ("sex=female", "sex", "female", "sex = female"),
    ("city=other", "city", "Ely", "city = Ely (other)"),
    ("age (per 13.2)", "age", 62.0, "age = 62 (per 13.2)"),
    ("age > 3", "age", None, "age = missing (> 3)"),
    ("x10 > 3", "x1", 2.0, "x10 > 3"),
    ("what else", "age", 2.0, "what else"),
]


@pytest.mark.parametrize(("feature", "column", "value", "label"), CASES)
def test_label(feature, column, value, label):
    assert label_feature(feature, column, value) == label


@pytest.fixture(scope="module")
def explanation():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.integers(20, 80, 300),
            "income": rng.lognormal(8, 1, 300),
            "town": rng.choice(["Bath", "Ely"], 300),
        }
    )
    frame.loc[::7, "income"] = np.nan

    def model(rows):
        return rows["age"].to_numpy() / 60 + (rows["town"] == "Ely").to_numpy()

    explainer = make_tabular_explainer(model, n_samples=100, random_state=0).fit(frame)
    return explainer.explain_instance(frame.iloc[0]), frame.iloc[0]


def test_the_row_is_kept_also_in_json(explanation):
    explained, row = explanation
    assert explained.columns == ("age", "income", "town")
    assert explained.row == (row["age"], None, row["town"])
    assert [type(value) for value in explained.row] == [int, type(None), str]
    content = json.loads(json.dumps(explained.to_dict()))
    assert Explanation.from_dict(content).row == explained.row


def test_values_are_seen_everywhere(explanation):
    explained, row = explanation
    labels = [f"age = {row['age']} (", "income = missing", f"town = {row['town']}"]
    drawn = explained.plot()
    names = " ".join(t.get_text() for t in drawn.ax_.get_yticklabels())
    for label in labels:
        assert label in explained.to_html()
        assert label in str(explained)
        assert label in names.replace("\n", " ")


def test_a_row_of_another_length_is_refused(explanation):
    content = explanation[0].to_dict() | {"row": [1, 2]}
    with pytest.raises(ValueError, match="row has 2 values, expected 3, one"):
        Explanation.from_dict(content)


def test_arrays_have_values_too():
    X = np.random.default_rng(0).normal(size=(50, 3))
    explainer = make_tabular_explainer(
        lambda rows: rows[:, 0], n_samples=50, discretizer=None, random_state=0
    )
    explanation = explainer.fit(X).explain_instance(X[0])
    assert explanation.row == tuple(X[0])


def test_what_was_saved_is_loaded(explanation, tmp_path):
    explained, _ = explanation
    loaded = Explanation.load(explained.save(tmp_path / "why.json"))
    assert loaded.to_dict() == explained.to_dict() and loaded.row == explained.row
    with pytest.raises(ValueError, match=r"ends in '.html', expected .json"):
        Explanation.load(explained.save(tmp_path / "why.html"))
