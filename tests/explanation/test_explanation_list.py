"""Explanations of several instances: a list in every way, which shows itself."""

import copy
import pickle
import re

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.explanation import ExplanationList

X = np.random.RandomState(0).normal(size=(60, 3))


@pytest.fixture(scope="module")
def found():
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    return (
        make_tabular_explainer(model, n_samples=200, random_state=0)
        .fit(X)
        .explain(X[:4])
    )


def rows_of(html):
    return re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2], re.S)


def test_it_is_a_list(found):
    assert isinstance(found, list) and len(found) == 4
    assert isinstance(found[1:3], ExplanationList) and found[1:3] == list(found)[1:3]
    assert found[0] is next(iter(found))
    for other in (pickle.loads(pickle.dumps(found)), copy.copy(found)):
        assert isinstance(other, ExplanationList) and len(other) == 4


def test_a_notebook_shows_a_line_each(found):
    html = found._repr_html_()
    assert "<script" not in html and len(html) < 60_000
    rows = rows_of(html)
    assert len(rows) == 4
    for row, explanation in zip(rows, found, strict=True):
        strongest = explanation.columns[
            explanation.as_map()[explanation.targets[0]][0][0]
        ]
        assert row.index(strongest) > 0
        assert ("▲" in row) or ("▼" in row)
        sure = (explanation.sign_probability() >= 0.975).sum()
        assert f"{sure} of 3" in row


def test_long_lists_are_cut_and_say_so(found):
    html = ExplanationList(list(found) * 20)._repr_html_()
    assert len(rows_of(html)) == 50 and "30 more are not shown" in html


def test_an_empty_list_is_told():
    assert "No explanations" in ExplanationList()._repr_html_()


def test_strange_names_and_warnings(explain):
    one = explain(
        "a b", [[1, -1]], target_names=["<b>" * 40], warnings=["Beware & so."]
    )
    html = ExplanationList([one])._repr_html_()
    body = html.partition("<tbody>")[2]
    assert "<b><b>" not in body and "Beware &amp; so." in body and "…" in body


def test_unknown_signs_are_no_numbers(explain):
    one = explain("a b", [[1, -1]], std=np.nan)
    assert "– " not in rows_of(ExplanationList([one])._repr_html_())[0].split("R²")[0]
    assert "<td>–</td>" in ExplanationList([one])._repr_html_()
