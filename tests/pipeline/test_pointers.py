"""What users of other libraries type by habit is pointed to our words."""

import copy
import inspect
import pickle
from pathlib import Path

import numpy as np
import pytest

from sklearn_baylime import make_image_explainer, make_tabular_explainer
from sklearn_baylime.base._pointers import ARGUMENTS, ATTRIBUTES

ROOT = Path(__file__).resolve().parents[2]


def model(rows):
    return rows[:, 0]


X = np.random.RandomState(0).normal(size=(30, 2))


@pytest.fixture(scope="module")
def explainer():
    return make_tabular_explainer(model, n_samples=50, random_state=0).fit(X)


@pytest.fixture(scope="module")
def explanation(explainer):
    return explainer.explain_instance(X[0])


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("num_features", "n_features"),
        ("num_samples", "n_samples"),
        ("labels", "targets"),
        ("predict_fn", "first argument of make_tabular_explainer"),
        ("top_labels", "top=2"),
    ],
)
def test_arguments_of_explain_instance(explainer, word, ours):
    with pytest.raises(TypeError, match=f"{ours}.*doc/coming_from_lime.md"):
        explainer.explain_instance(X[0], **{word: 1})


def test_the_function_beside_the_instance(explainer):
    with pytest.raises(TypeError, match=r"predict_fn is here: the first argument"):
        explainer.explain_instance(X[0], model, num_features=3)


@pytest.mark.parametrize("word", ["mode", "num_samples", "discretize_continuous"])
def test_arguments_of_factories(word):
    with pytest.raises(TypeError, match=f"{word} is here"):
        make_tabular_explainer(model, **{word: 1})
    with pytest.raises(TypeError, match=r"hide_color is here.*fill"):
        make_image_explainer(model, hide_color=0)


def test_other_words_fail_as_ever(explainer, explanation):
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'nonsense'\.$"):
        make_tabular_explainer(model, nonsense=1)
    with pytest.raises(AttributeError, match=r"no attribute 'nonsense'$"):
        _ = explanation.nonsense
    with pytest.raises(ValueError, match="Invalid parameter 'nonsense'"):
        explainer.set_params(nonsense=1)


@pytest.mark.parametrize("word", ["as_html", "show_in_notebook", "as_pyplot_figure"])
def test_methods_of_explanations(explanation, word):
    with pytest.raises(AttributeError, match=f"{word} is here"):
        getattr(explanation, word)()


def test_an_explainer_is_no_function(explainer):
    with pytest.raises(TypeError, match=r"explain\(X\)"):
        explainer(X)
    with pytest.raises(AttributeError, match=r"explain\(X\)"):
        explainer.shap_values(X)


@pytest.mark.parametrize("word", ["n_samples", "num_samples"])
def test_parameters_of_steps(explainer, word):
    with pytest.raises(ValueError, match=f"^{word} .* write sample__n_samples"):
        explainer.set_params(**{word: 100})


def test_the_background_is_no_model():
    with pytest.raises(TypeError, match=r"shape \(30, 2\).*explainer.fit\(X\)"):
        make_tabular_explainer(X)


def test_errors_of_properties_are_their_own():
    broken = make_tabular_explainer(model)
    broken.set_params(black_box=None)
    with pytest.raises(TypeError, match="black box is None"):
        _ = broken.black_box_


def test_words_are_not_ours(explainer, explanation):
    """A word that came to be ours must leave the table."""
    known = inspect.signature(make_tabular_explainer).parameters
    assert not set(ARGUMENTS) & set(known)
    for word in ATTRIBUTES:
        assert not hasattr(explanation, word) and not hasattr(explainer, word)
    assert (ROOT / "doc" / "coming_from_lime.md").exists()


def test_copies_and_pickles_know_no_more(explanation):
    for other in (copy.copy(explanation), pickle.loads(pickle.dumps(explanation))):
        np.testing.assert_array_equal(other.coef, explanation.coef)
