"""Rows around two instances are independent of each other; the seed is not all.

If they were not, an error of the rows would be common to all explanations: means over
instances would never come nearer to the truth.
"""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from sklearn_baylime import (
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.representation import SuperpixelSegmenter

N_ROWS = 1000


def codes_of(explainer, instances):
    """Codes of the rows around each instance, without the instance's own."""
    drawn = [explainer.sample(x).codes[1:] for x in instances]
    again = explainer.sample(instances[0]).codes[1:]
    if sparse.issparse(again):
        drawn, again = [codes.toarray() for codes in drawn], again.toarray()
    # The same instance has the same rows, of which others were drawn in between.
    assert_array_equal(drawn[0], again)
    return drawn


def assert_equal_by_chance(first, second, probability):
    """Codes that are drawn independently are equal as often as their law says."""
    bound = 5 * np.sqrt(probability * (1 - probability) / first.size)
    assert abs((first == second).mean() - probability) < bound


def assert_uncorrelated(first, second):
    for a, b in zip(first.T, second.T, strict=True):
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / np.sqrt(len(a))


def test_rows_of_a_table_are_independent(table, score):
    """Four quartiles, in each of which a quarter of the background lies."""
    explainer = make_tabular_explainer(
        score, design="random", n_samples=N_ROWS + 1, random_state=0
    ).fit(table)
    first, second = codes_of(explainer, table[:2])
    assert_equal_by_chance(first, second, 1 / 4)


def test_numbers_of_a_table_are_independent(table, score):
    explainer = make_tabular_explainer(
        score,
        discretizer=None,
        design="random",
        n_samples=N_ROWS + 1,
        random_state=0,
    ).fit(table)
    assert_uncorrelated(*codes_of(explainer, table[:2]))


def test_rows_of_a_sparse_table_are_independent():
    """Two instances that have the same columns, not the same values."""
    background = np.random.default_rng(0).uniform(1, 2, (50, 4)) * [1, 1, 1, 0]
    rows = sparse.csr_matrix(background)
    explainer = make_tabular_explainer(
        lambda X: np.asarray(X.sum(axis=1)).ravel(),
        sparse=True,
        n_samples=N_ROWS + 1,
        random_state=0,
    ).fit(rows)
    first, second = codes_of(explainer, [rows[0], rows[1]])
    assert_uncorrelated(first[:, :3], second[:, :3])


def test_masks_of_texts_are_independent():
    """Of as many words, and of the very same words in another order."""
    explainer = make_text_explainer(
        lambda texts: np.array([float(len(text)) for text in texts]),
        design="random",
        n_samples=N_ROWS + 1,
        random_state=0,
    )
    words = [f"w{k}" for k in range(15)]
    texts = [" ".join(words), " ".join(words[::-1]), " ".join(f"x{w}" for w in words)]
    first, *others = codes_of(explainer, texts)
    for other in others:
        assert_equal_by_chance(first, other, 1 / 2)


@pytest.mark.parametrize("segmentation", ["grid", np.arange(16).reshape(4, 4)])
def test_masks_of_images_are_independent(segmentation):
    """Also where all images have the same segments."""
    if not isinstance(segmentation, str):
        segmentation = segmentation.repeat(4, axis=0).repeat(4, axis=1)
    explainer = make_image_explainer(
        lambda images: np.asarray(images).mean(axis=(1, 2)),
        segmenter=SuperpixelSegmenter(segmentation, fill=0.0),
        design="random",
        n_samples=N_ROWS + 1,
        random_state=0,
    )
    images = np.random.default_rng(0).random((2, 16, 16))
    first, second = codes_of(explainer, images)
    assert_equal_by_chance(first, second, 1 / 2)
