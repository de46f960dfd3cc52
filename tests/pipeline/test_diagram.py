"""scikit-learn's diagram of an explainer: its chain, the model, links to pages."""

import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from sklearn_baylime import make_tabular_explainer, make_text_explainer
from sklearn_baylime.base import RepresentationMixin, _links
from sklearn_baylime.sampling import BinSampler

X = np.random.RandomState(0).normal(size=(60, 3))
MODEL = LogisticRegression().fit(X, X[:, 0] > 0)


@pytest.fixture
def explainer():
    return make_tabular_explainer(MODEL, n_samples=50, random_state=0)


def boxes(estimator):
    """Return the classes of a diagram's boxes, in their order."""
    html = estimator._repr_html_().rpartition("</style>")[2]
    found = re.findall(r"sk-toggleable__label[^>]*>(.*?)</label>", html, re.S)
    return [re.sub(r"<[^>]*>", " ", one).split()[0] for one in found]


CHAIN = [
    *("ExplainerPipeline", "QuantileDiscretizer", "BinSampler"),
    *("LogisticRegression", "MatchBinarizer", "ExponentialKernel"),
    "InformativeBayesianRidge",
]


def test_the_chain_is_shown_with_the_model(explainer):
    assert [b for b in boxes(explainer) if b[0].isupper()] == CHAIN


def test_a_fitted_chain_asks_nothing(explainer):
    assert [b for b in boxes(explainer.fit(X)) if b[0].isupper()] == CHAIN
    assert explainer.black_box_.n_queries_ == 0


def test_parts_are_known_to_be_fitted(explainer):
    block = explainer.fit(X)._sk_visual_block_()
    assert block.estimators[0] is explainer.representation_[0]
    assert block.estimators[1] is explainer.sampler_


def test_functions_have_a_box_too():
    def length(texts):
        return [len(text) for text in texts]

    html = make_text_explainer(length)._repr_html_()
    assert "length" in html and "TextSegmenter" in html


def test_what_is_no_chain_is_shown_as_one_box(explainer):
    assert boxes(explainer.set_params(sample=None)) == ["ExplainerPipeline"]


class Theirs(RepresentationMixin, BaseEstimator):
    pass


def test_links_lead_to_the_pages_of_the_site(explainer, monkeypatch):
    monkeypatch.setattr(_links, "folder", "https://docs.example/api/generated/")
    html = explainer._repr_html_()
    start = 'href="https://docs.example/api/generated/sklearn_baylime.'
    for page in (
        "ExplainerPipeline",
        "sampling.BinSampler",
        "InformativeBayesianRidge",
    ):
        assert f'{start}{page}.html"' in html
    assert "representation.QuantileDiscretizer" in html
    assert "scikit-learn.org" in html
    assert Theirs()._get_doc_link() == ""


def test_the_address_is_what_the_package_states(monkeypatch):
    def state(*urls):
        class Stated(dict):
            def get_all(self, name):
                return list(urls)

        monkeypatch.setattr(_links, "metadata", lambda name: Stated())

    state("Source, https://code.example", "Documentation, https://docs.example/x/")
    page = (
        "https://docs.example/x/api/generated/sklearn_baylime.sampling.BinSampler.html"
    )
    assert _links.find_page(BinSampler) == page
    state("Source, https://code.example")
    assert _links.find_page(BinSampler) == ""

    def fail(name):
        raise _links.PackageNotFoundError(name)

    monkeypatch.setattr(_links, "metadata", fail)
    assert _links.find_page(BinSampler) == ""
