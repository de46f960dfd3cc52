"""Texts explained end to end."""

import pickle

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from sklearn_baylime import BlackBox, Explanation, make_text_explainer
from sklearn_baylime.explanation import TextInstance
from sklearn_baylime.representation import TextSegmenter

TEXTS = ["good film good", "bad film", "a good day", "not a bad day", "bad bad"] * 4
SIGNS = np.array(["up", "down", "up", "up", "down"] * 4)


@pytest.fixture(scope="module")
def model():
    return make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(TEXTS, SIGNS)


def linear(texts):
    return [t.count("good") - 0.5 * t.count("bad") + 0.1 * t.count("х") for t in texts]


def test_a_text_pipeline_needs_no_fit_and_no_data(model):
    explainer = make_text_explainer(model, memory=True, random_state=0)
    explanation = explainer.explain_instance(TEXTS[0])
    assert explanation.target_names == ("up",)
    assert explanation.as_list()[0][0] == "good"
    assert explanation.n_rows == 4  # of two words there are four texts
    assert explanation.n_queries == 4
    assert explanation.exact


@pytest.mark.parametrize(
    "design", ["subsets", "random", "paired", "orthogonal", "balanced"]
)
def test_weights_of_a_linear_model_are_exact(design):
    """Also beyond the budget for all masks, whatever the law of the rows."""
    text = " ".join(["good", "bad", *(f"word{i}" for i in range(20))])
    explainer = make_text_explainer(
        linear, design=design, n_samples=200, random_state=0
    )
    explanation = explainer.explain_instance(text)
    weights = dict(explanation.as_list())
    assert weights["good"] == pytest.approx(1.0, abs=1e-6)
    assert weights["bad"] == pytest.approx(-0.5, abs=1e-6)
    assert abs(weights["word3"]) < 1e-6


def test_the_document_is_kept():
    text = "good <b>хлеб</b>, good"
    explanation = make_text_explainer(linear, random_state=0).explain_instance(text)
    assert isinstance(explanation.instance, TextInstance)
    assert explanation.instance.text == text
    name, _, spans = explanation.as_list(positions=True)[0]
    assert name == "good" and spans == ((0, 4), (18, 22))
    copies = [pickle.loads(pickle.dumps(explanation))]
    copies.append(Explanation.from_dict(explanation.to_dict()))
    for copy in copies:
        assert copy.instance == explanation.instance


def test_selected_words_and_all_words():
    text = "good bad a b c d"
    explanation = make_text_explainer(
        linear, n_features=2, random_state=0
    ).explain_instance(text)
    assert [name for name, _ in explanation.as_list()] == ["good", "bad"]
    every = explanation.all_features
    assert len(every.as_list()) == 6 and every.instance == explanation.instance


def test_positions_and_mask_string_reach_the_model():
    seen = []

    def record(texts):
        seen.extend(texts)
        return linear(texts)

    segmenter = TextSegmenter(bag_of_words=False, mask_string="UNK")
    explainer = make_text_explainer(record, segmenter=segmenter, random_state=0)
    explanation = explainer.explain_instance("good, good bad")
    assert seen[0] == "good, good bad" and "UNK, UNK UNK" in seen
    assert len(explanation.as_list()) == 3


def test_batches_change_nothing(model):
    text = "a good film, not a bad day for it"
    runs = [
        make_text_explainer(
            model, n_samples=100, batch_size=size, random_state=0
        ).explain_instance(text, targets="all")
        for size in (7, 1000)
    ]
    np.testing.assert_array_equal(runs[0].coef, runs[1].coef)
    np.testing.assert_allclose(runs[0].coef.sum(axis=0), 0, atol=1e-12)


def test_many_texts_share_batches():
    box = BlackBox(linear)
    explainer = make_text_explainer(box, n_samples=64, random_state=0)
    texts = ["good a b c d e f g", "bad h i j k l m n", "х o p q r s t u"]
    explanations = explainer.explain(texts)
    assert [e.as_list()[0][0] for e in explanations] == ["good", "bad", "х"]
    assert box.n_calls_ == 1
    alone = explainer.explain_instance(texts[1])
    np.testing.assert_array_equal(alone.coef, explanations[1].coef)


@pytest.mark.parametrize("text", ["", "...", "° !"])
def test_a_text_without_words_is_an_error_before_any_query(text):
    asked = []
    with pytest.raises(ValueError):
        make_text_explainer(asked.append).explain_instance(text)
    assert not asked


@pytest.mark.parametrize("n_words", [1, 10_000])
def test_short_and_long_documents(n_words):
    text = " ".join(f"w{i}" for i in range(n_words))
    explainer = make_text_explainer(
        lambda texts: ["w0" in t.split()[:1] for t in texts],
        n_samples=200,
        n_features=1,
        random_state=0,
    )
    explanation = explainer.explain_instance(text)
    assert explanation.as_list()[0][0] == "w0"


@pytest.mark.slow
def test_intervals_cover_the_weights_of_all_masks():
    """Eight words, so that all 255 removals by LIME's law can be summed."""
    text = "a b c d e f g h"

    def curved(texts):
        kept = np.array([[w in t.split() for w in text.split()] for t in texts])
        return np.tanh(kept @ np.linspace(-1, 1, 8)) + kept[:, 0] * kept[:, 5]

    masks = (np.arange(256)[:, None] >> np.arange(8)) & 1
    kept = masks.sum(axis=1)
    # Sizes of removal 1..8 are equally likely, and subsets of one size.
    sizes = np.bincount(kept, minlength=9)
    law = np.where(kept < 8, 1.0 / 8 / sizes[kept], 0.0)
    distance = 1.0 - np.sqrt(kept / 8)
    weight = law * np.exp(-0.5 * (distance / 0.25) ** 2)
    texts = [" ".join(np.array(text.split())[row == 1]) for row in masks]
    design = np.column_stack([np.ones(256), masks])
    gram = design.T @ (weight[:, None] * design)
    exact = np.linalg.solve(gram, design.T @ (weight * curved(texts)))[1:]
    explainer = make_text_explainer(curved, design="subsets", n_samples=200)
    n_runs, inside = 100, []
    for seed in range(n_runs):
        explainer.set_params(random_state=seed)
        low, high = explainer.explain_instance(text).interval(0.95)[:, 0]
        inside.append((low <= exact) & (exact <= high))
    covered = np.mean(inside)
    # Five standard errors of a proportion, runs counted as independent.
    assert covered > 0.95 - norm.isf(2.9e-7) * np.sqrt(0.95 * 0.05 / n_runs)


def test_progress_ends_at_the_total_where_all_masks_are_few():
    told = []
    explainer = make_text_explainer(
        linear,
        design="paired",
        n_samples=100,
        verbose=lambda *counts: told.append(counts),
        random_state=0,
    )
    explainer.explain(["good bad", "bad day today"])
    assert told[-1] == (200, 200)
