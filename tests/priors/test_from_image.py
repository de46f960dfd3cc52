"""Priors of superpixels from heat maps and masks."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.interpolate import Rbf
from scipy.stats import spearmanr

from sklearn_baylime.priors import prior_from_heatmap, prior_from_mask

# Four quadrants of 8 x 8 pixels; labels need not start at 0 or be consecutive.
QUADRANTS = np.kron([[3, 5], [8, 12]], np.ones((8, 8), dtype=int))
MEANS = np.array([0.25, -0.5, 1.0, 0.75])
RNG = np.random.RandomState(0)


def test_means_are_those_of_a_plain_loop():
    heat, segments = RNG.normal(size=(9, 7)), RNG.randint(0, 6, size=(9, 7))
    means = np.array([heat[segments == j].mean() for j in range(6)])
    prior = prior_from_heatmap(heat, segments, precision=2.0, scale=3.0)
    assert_allclose(prior.mean, means / abs(means).max(), rtol=1e-13)
    assert (prior.precision, prior.scale) == (2.0, 3.0)
    assert prior_from_heatmap(heat, segments).scale == "fit"


@pytest.mark.parametrize("unit", [1e-200, -1.0, 1e200])
def test_units_do_not_matter_but_signs_do(unit):
    heat = unit * np.kron(MEANS.reshape(2, 2), np.ones((8, 8)))
    assert_allclose(prior_from_heatmap(heat, QUADRANTS).mean, np.sign(unit) * MEANS)


@pytest.mark.parametrize("side", [4, 8, 32, 64])
def test_blocks_survive_resizing_inside_their_borders(side):
    """Linear interpolation mixes blocks only where they meet, and does not shift."""
    heat = np.kron(MEANS.reshape(2, 2), np.ones((side // 2, side // 2)))
    segments = QUADRANTS.copy()
    segments[5:11] = segments[:, 5:11] = 99
    *inside, seam = prior_from_heatmap(heat, segments).mean
    assert_allclose(inside, MEANS, rtol=1e-4)  # smoothing has tails when a map shrinks
    assert_allclose(seam, MEANS.mean(), atol=1e-4)


def test_no_pixel_of_a_larger_map_is_lost():
    heat = np.zeros((64, 64))
    heat[0, 35] = 1.0  # linear interpolation alone would jump over it
    mean = prior_from_heatmap(heat, QUADRANTS).mean
    assert mean[1] == 1 and mean[0] < 0.2 and (mean[2:] < 1e-6).all()


def test_ramps_are_resized_exactly():
    ramp, segments = (np.tile(np.arange(n), (n, 1)) for n in (8, 16))
    mean = prior_from_heatmap(ramp, segments).mean
    assert_allclose(mean[1:-1], (np.arange(1, 15) - 0.5) / 14, rtol=1e-12)


@pytest.mark.parametrize("make", [prior_from_heatmap, prior_from_mask])
@pytest.mark.parametrize(
    ("heat", "segments", "message"),
    [
        (np.full((8, 8), 0.1), np.tri(16, dtype=int), "0.1 for every one of the 2 su"),
        (np.eye(16), np.zeros((16, 16), dtype=int), "of the 1 superpixels"),
        (np.full((8, 8), np.nan), QUADRANTS, "64 values that are NaN or infinite"),
        (np.ones((8, 8, 3)), QUADRANTS, "average over channels"),
        (np.eye(16), QUADRANTS / 2, "type float64, expected integer labels"),
        (np.eye(16), QUADRANTS[0], r"shape \(16,\)"),
    ],
)
def test_what_says_nothing_is_refused(make, heat, segments, message):
    how = {"width": 0} if make is prior_from_mask else {}
    with pytest.raises(ValueError, match=message):
        make(heat, segments, **how)


def test_masks_have_pixels_and_widths_are_lengths():
    for mask in (np.zeros((16, 16)), np.eye(16) - 0.5):
        with pytest.raises(ValueError, match="expected none below 0 and some above"):
            prior_from_mask(mask, QUADRANTS)
    for width in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="expected a number of pixels"):
            prior_from_mask(np.eye(16), QUADRANTS, width=width)


def test_smoothing_is_the_stated_sum():
    mask, segments = RNG.rand(10, 12), RNG.randint(0, 5, size=(10, 12))
    p = np.argwhere(mask >= 0)
    squares = ((p[:, None] - p) ** 2).sum(axis=-1)
    smooth = (np.exp(-squares / 3.0**2) @ mask.ravel()).reshape(mask.shape)
    means = np.array([smooth[segments == j].mean() for j in range(5)])
    mean = prior_from_mask(mask, segments, width=3.0).mean
    assert_allclose(mean, means / means.max(), rtol=1e-6)  # cut at 6 deviations
    own = prior_from_mask(QUADRANTS == 5, QUADRANTS, width=0).mean
    assert_array_equal(own, [0, 1, 0, 0])


def test_default_ranks_superpixels_as_the_original():
    """BayLIME interpolates with epsilon=5; its factors differ, not its ranking."""
    # What Neural Cleanse found in the paper's TrojanAttack.
    rows = np.array([22, 23, 23, 23, 24, 24, 24, 25, 25, 25])
    columns = np.array([24, 24, 26, 28, 25, 26, 27, 25, 26, 27])
    mask, pixels = np.zeros((32, 32), dtype=bool), np.arange(1024).reshape(32, 32)
    mask[rows, columns] = True
    rbf = Rbf(rows, columns, np.ones(10), function="gaussian", epsilon=5)
    mean = prior_from_mask(mask, pixels).mean
    assert_array_equal(mean, prior_from_mask(mask, pixels, width=5.0).mean)
    assert spearmanr(mean, rbf(*np.mgrid[:32, :32]).ravel())[0] > 0.99
