"""Masks and maps of the segments of an image."""

from dataclasses import replace

import numpy as np
import pytest

COEF = [[0.5, -0.9, 0.1, -0.05], [-1.0, 0.2, 0.3, 0.0]]


def quarters(a, b, c, d):
    """Return a map of the four segments of the image of the tests."""
    return np.kron([[a, b], [c, d]], np.ones((4, 6)))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (1, 0, 1, 0)),
        ({"k": 1}, (1, 0, 0, 0)),
        ({"sign": "negative"}, (0, -1, 0, -1)),
        ({"sign": "negative", "k": 1}, (0, -1, 0, 0)),
        ({"sign": "both"}, (1, -1, 1, -1)),
        ({"sign": "both", "k": 2}, (1, -1, 0, 0)),
        ({"sign": "both", "k": np.int64(3)}, (1, -1, 1, 0)),
        ({"sign": "both", "certain": 0.95}, (1, -1, 0, 0)),
        ({"sign": "both", "certain": 0.8}, (1, -1, 1, 0)),
        ({"target": "class 1"}, (0, 1, 1, 0)),
        ({"target": 1, "sign": "both"}, (-1, 1, 1, 0)),
    ],
)
def test_masks(explain_image, options, expected):
    mask = explain_image(COEF).mask(**options)
    assert mask.dtype == np.int8 and mask.shape == (8, 12)
    assert np.array_equal(mask, quarters(*expected))


def test_masks_of_the_strongest_that_are_certain(explain_image):
    stds = np.array([1.0, 0.1, 0.01, 0.01])
    explanation = explain_image(COEF[:1], selected_covariance=[np.diag(stds**2)])
    mask = explanation.mask(1, certain=0.95)
    assert np.array_equal(mask, quarters(0, 0, 1, 0))


def test_masks_have_only_selected_segments(explain_image):
    selected = [[True, False, True, True]]
    mask = explain_image(COEF[:1], selected=selected).mask(sign="both")
    assert np.array_equal(mask, quarters(1, 0, 1, -1))


def test_maps(explain_image):
    explanation = explain_image(COEF)
    assert np.array_equal(explanation.heatmap(), quarters(*COEF[0]))
    assert np.array_equal(explanation.heatmap("class 1"), quarters(*COEF[1]))
    stds = np.array([[0.1, 0.2, 0.3, 0.4], [1.0, 2.0, 3.0, 4.0]])
    blocks = [np.diag(row**2) for row in stds]
    selected = [[True] * 4, [True, True, False, True]]
    explanation = explain_image(COEF, selected_covariance=blocks, selected=selected)
    np.testing.assert_allclose(explanation.std_map(), quarters(*stds[0]))
    np.testing.assert_allclose(explanation.std_map(1), quarters(1, 2, np.nan, 4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 0}, "k is 0, expected an integer of 1 or more"),
        ({"k": 2.5}, "k is 2.5"),
        ({"k": True}, "k is True"),
        ({"sign": "+"}, "sign is '\\+', expected one of .'both', 'negative', 'positi"),
        ({"certain": 95}, "certain is 95, expected a probability from 0.5 to 1"),
        ({"certain": np.nan}, "certain is nan"),
    ],
)
def test_bad_wishes(explain_image, options, message):
    with pytest.raises(ValueError, match=message):
        explain_image().mask(**options)


def test_certainty_needs_probabilities(explain_image):
    explanation = explain_image(std=np.nan)
    assert explanation.mask().any()
    with pytest.raises(ValueError, match="regressor does not state: expected a Bayes"):
        explanation.mask(certain=0.9)


@pytest.mark.parametrize(
    "ask",
    [
        lambda e: e.mask(),
        lambda e: e.heatmap(),
        lambda e: e.std_map(),
        lambda e: e.plot(kind="image"),
        lambda e: e.plot(kind="heatmap"),
        lambda e: e.plot(kind="std"),
    ],
)
def test_others_have_no_image(explain, ask):
    for explanation in (explain(), replace(explain(), instance=None)):
        with pytest.raises(ValueError, match="needs the explanation of an image, got"):
            ask(explanation)


def test_images_have_no_text(explain_image):
    with pytest.raises(ValueError, match="needs the explanation of a document"):
        explain_image().plot(kind="text")
