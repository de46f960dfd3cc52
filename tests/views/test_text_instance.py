"""Documents carried by explanations: validation, positions, JSON, pickle."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import ExplanationDisplay, TextDisplay, TextInstance

TEXT = "good, very good"
SPANS = (((0, 4), (11, 15)), ((6, 10),))


def test_spans_are_sorted_plain_numbers():
    given = [np.array([[11, 15], [0, 4]]), [[6, 10]]]
    document = TextInstance(np.str_(TEXT), given)
    assert document.spans == SPANS
    assert type(document.text) is str and type(document.spans[0][0][0]) is int
    assert document.find(0) == ["good", "good"]
    assert document == TextInstance(TEXT, SPANS)
    assert hash(document) == hash(TextInstance(TEXT, SPANS))
    with pytest.raises(AttributeError, match="cannot assign"):
        document.text = "bad"


@pytest.mark.parametrize(
    ("text", "spans", "error", "message"),
    [
        (b"good", [], TypeError, "text is a bytes, expected a str"),
        ("good", [[(0, 1.5)]], TypeError, r"feature 0 is \(0, 1.5\), expected two int"),
        ("good", [[], [3]], TypeError, "span of feature 1 is 3, expected two integers"),
        (
            "good",
            [[(0, 5)]],
            ValueError,
            r"span \(0, 5\), expected .* <= 4, the length",
        ),
        ("good", [[(-1, 2)]], ValueError, "expected 0 <= start"),
        ("good", [[(2, 2)]], ValueError, "expected 0 <= start < end"),
        (
            "good",
            [[(0, 3)], [(2, 4)]],
            ValueError,
            "feature 0 and .* feature 1 overlap",
        ),
        ("good", [[(0, 2), (0, 2)]], ValueError, "overlap, expected each character"),
    ],
)
def test_bad_spans(text, spans, error, message):
    with pytest.raises(error, match=message):
        TextInstance(text, spans)


def test_neighbors_do_not_overlap():
    assert TextInstance("精彩", [[(0, 1)], [(1, 2)]]).find(1) == ["彩"]


@pytest.mark.parametrize(
    ("instance", "error", "message"),
    [
        ("good", TypeError, "instance is a str, expected TextInstance, ImageInst"),
        (
            {"kind": "smell"},
            ValueError,
            r"kind 'smell', expected one of .'image', 'series', 'text'",
        ),
        (TextInstance(TEXT, SPANS[:1]), ValueError, "where 1 features are, expected 2"),
    ],
)
def test_bad_instances(explain, instance, error, message):
    with pytest.raises(error, match=message):
        explain(instance=instance)


def test_positions_stand_beside_weights(explain):
    explanation = explain(coef=[[0.1, -0.2]])
    expected = [("very", -0.2, ((6, 10),)), ("good", 0.1, ((0, 4), (11, 15)))]
    assert explanation.as_list(positions=True) == expected
    assert explanation.as_list() == [item[:2] for item in expected]


def test_unselected_features_have_no_positions(explain):
    explanation = explain(selected=[[True, False]])
    assert [name for name, *_ in explanation.as_list(positions=True)] == ["good"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda e: e.as_list(positions=True),
        lambda e: e.plot(kind="text"),
        TextDisplay.from_explanation,
    ],
)
def test_tables_have_no_text(explain, ask):
    table = replace(explain(), instance=None)
    with pytest.raises(
        ValueError, match="needs the explanation of a document, got one"
    ):
        ask(table)
    assert "document" not in table.to_html().split("</style>")[1]


def test_kinds_of_pictures(explain):
    explanation = explain()
    assert isinstance(explanation.plot(), ExplanationDisplay)
    assert isinstance(explanation.plot(kind="text"), TextDisplay)
    with pytest.raises(ValueError, match="kind is 'pie', expected 'bars', 'text' for"):
        explanation.plot(kind="pie")


@pytest.mark.parametrize("text", [TEXT, "Привет, мир", "a\r\nb\ud83d", "e\u0301t 👍🏽"])
def test_json_and_pickle_come_back(explain, text):
    explanation = explain(text, full=explain(text))
    read = json.loads(json.dumps(explanation.to_dict()))
    for again in (
        Explanation.from_dict(read),
        Explanation.from_dict(explanation.to_dict()),
        pickle.loads(pickle.dumps(explanation)),
    ):
        assert again.instance == explanation.instance
        assert again.all_features.instance == explanation.instance


def test_old_files_have_no_instance(explain):
    content = replace(explain(), instance=None).to_dict()
    del content["instance"]
    assert Explanation.from_dict(content).instance is None


def test_bars_of_documents_have_no_formulas_and_no_warnings(explain):
    explanation = explain(feature_names=["$x^", "精$_"])
    display = explanation.plot()
    display.figure_.canvas.draw()
    labels = [t.get_text() for t in display.ax_.get_yticklabels()]
    assert labels[0] == "$x^"
    assert not any(t.get_parse_math() for t in display.ax_.get_yticklabels())
    assert labels[1].endswith("$_")
