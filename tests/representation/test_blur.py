"""Blur in place of removed segments: how wide it is by default."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from skimage.filters import gaussian

from sklearn_baylime.representation import SuperpixelSegmenter


@pytest.mark.parametrize(
    ("shape", "sigma"),
    [((40, 60), 2.0), ((90, 60, 3), 3.0), ((10, 50), 1.0), ((200, 100, 1), 5.0)],
)
def test_default_blur_is_a_twentieth_of_the_shorter_side(shape, sigma):
    """In pixels, at least 1: wide enough to hide what a segment shows."""
    image = np.random.default_rng(0).random(shape)
    here = SuperpixelSegmenter("grid", fill="blur").at(image)
    channel_axis = 2 if len(shape) == 3 else None
    expected = gaussian(
        image, sigma, mode="nearest", channel_axis=channel_axis, preserve_range=True
    )
    assert_allclose(here.occluded_, expected, atol=1e-12)
    # Row 0 may stand for the instance.
    removed = here.inverse_transform(np.zeros((2, len(here.reference_))))[1]
    assert_allclose(removed, expected, atol=1e-12)
