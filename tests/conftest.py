"""Explanations of documents and images for the tests."""

import re

import numpy as np
import pytest

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import ImageInstance, TextInstance


@pytest.fixture
def explain():
    return make_explanation


def make_explanation(
    text="good, very good", coef=(0.5, -0.2), *, std=0.1, instance=None, **changes
):
    """Return an explanation whose features are the words of a text."""
    found = {}
    for word in re.finditer(r"[\w\u0301]+", text):
        found.setdefault(word.group(), []).append(word.span())
    coef = np.atleast_2d(coef)
    n_targets, d = coef.shape
    names = [*found, *(f"absent {j}" for j in range(len(found), d))][:d]
    spans = [found.get(name, ()) for name in names]
    content = {
        "feature_names": names,
        "targets": range(n_targets),
        "target_names": [f"class {t}" for t in range(n_targets)],
        "coef": coef,
        "selected_covariance": np.tile(np.eye(d) * std**2, (n_targets, 1, 1)),
        "prior_share": np.zeros((n_targets, d)),
        "selected": np.ones((n_targets, d), dtype=bool),
        "n_queries": 100,
        "n_rows": 100,
        "effective_sample_size": 80.0,
        "instance": TextInstance(text, spans) if instance is None else instance,
    }
    for name in ("intercept", "prediction", "local_prediction", "score", "loo_score"):
        content[name] = np.full(n_targets, 0.5)
    content["conflict"] = np.full(n_targets, np.nan)
    return Explanation(**{**content, **changes})


@pytest.fixture
def explain_image():
    return make_image_explanation


def make_image_explanation(coef=(0.5, -0.9, 0.1, -0.05), **changes):
    """Return an explanation of an image of 8 x 12 pixels in four quarters."""
    coef = np.atleast_2d(coef)
    segments = np.kron([[0, 1], [2, 3]], np.ones((4, 6), dtype=int))
    image = np.random.RandomState(0).randint(0, 256, (8, 12, 3)).astype(np.uint8)
    content = {
        "feature_names": [f"segment {j}" for j in range(coef.shape[1])],
        "instance": ImageInstance(image, segments),
    }
    return make_explanation("", coef, **{**content, **changes})
