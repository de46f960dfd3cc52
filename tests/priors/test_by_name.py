"""Priors that find features by name."""

import numpy as np
import pytest

from sklearn_baylime import make_tabular_explainer, make_text_explainer
from sklearn_baylime.priors import prior_from_explanation, prior_from_lexicon


def praise(texts):
    return [0.3 * t.lower().split().count("good") - 0.5 * ("not" in t) for t in texts]


@pytest.mark.parametrize("casefold", [True, False])
def test_words_are_looked_up(casefold):
    prior = prior_from_lexicon({"Good": 2.0, "bad": -1.0}, casefold=casefold)
    mean = prior(["good", "film", "bad"]).mean
    np.testing.assert_array_equal(mean, [2.0 if casefold else 0.0, 0.0, -1.0])


def test_no_known_word_is_an_error_before_any_query():
    texts = []
    explainer = make_text_explainer(texts.append, random_state=0)
    with pytest.raises(ValueError, match="None of the 2 features, such as"):
        explainer.explain_instance("two words", prior=prior_from_lexicon({"good": 1}))
    assert not texts


def test_a_lexicon_in_its_own_units_finds_the_scale():
    """Up to its factor the lexicon is right: few rows and its direction suffice."""
    text = "a good film, but not a good ending"
    explainer = make_text_explainer(praise, n_samples=12, random_state=0)
    lexicon = {"good": 30.0, "not": -50.0}
    informed = explainer.explain_instance(text, prior=prior_from_lexicon(lexicon))
    truth = {"good": 0.6 / 1, "not": -0.5}
    for name, weight in informed.as_list():
        assert weight == pytest.approx(truth.get(name, 0.0), abs=0.12)


def test_weights_of_a_similar_document_are_matched_by_word():
    explainer = make_text_explainer(praise, n_samples=300, random_state=0)
    other = explainer.explain_instance("not a good day")
    prior = prior_from_explanation(other)(["night", "good"])
    np.testing.assert_allclose(prior.mean, [0.0, 0.3], atol=1e-6)
    assert prior.precision is None and prior.scale == 1.0


def test_named_priors_work_for_tables_too():
    X = np.random.RandomState(0).normal(size=(100, 3))
    explainer = make_tabular_explainer(
        lambda rows: rows @ [1.0, -2.0, 0.0], n_samples=500, random_state=0
    ).fit(X)
    first = explainer.explain_instance(X[0])
    prior = prior_from_explanation(first, precision=1e9)
    with pytest.raises(ValueError, match="same rows"):
        explainer.explain_instance(X[0], prior=prior)
    again = explainer.set_params(random_state=1).explain_instance(X[0], prior=prior)
    # Three standard deviations of what was stated.
    np.testing.assert_allclose(again.coef, first.coef, rtol=0, atol=3 / np.sqrt(1e9))
    assert (again.prior_share > 0.99).all()
