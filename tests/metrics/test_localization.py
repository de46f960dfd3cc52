"""Overlap and distance, by hand, by brute force, and as the paper prints them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose

from sklearn_baylime.metrics import average_minimum_distance, intersection_over_union

MEASURES = [average_minimum_distance, intersection_over_union]


@st.composite
def two_masks(draw):
    shape = draw(array_shapes(min_dims=2, max_dims=2, max_side=6))
    return draw(arrays(bool, shape)), draw(arrays(bool, shape))


@given(two_masks())
def test_brute_force(masks):
    mask, truth = masks
    E, G = (set(map(tuple, np.argwhere(m).tolist())) for m in masks)
    overlap = intersection_over_union(mask, truth)
    assert overlap == intersection_over_union(truth, mask)
    assert overlap == (len(E & G) / len(E | G) if E | G else 1)
    if E and G:
        nearest = [min(np.hypot(p[0] - q[0], p[1] - q[1]) for q in G) for p in E]
        diagonal = np.hypot(mask.shape[0] - 1, mask.shape[1] - 1) or 1.0
        distance = average_minimum_distance(mask, truth)
        assert_allclose(distance, np.mean(nearest) / diagonal, rtol=1e-12)
        assert 0 <= distance <= 1 + 1e-12
        assert (distance == 0) == (E <= G)


# Masks that Neural Cleanse found, and the triggers that BayLIME compares them with: the
# 12 of BadNet's 16 pixels that its code has, and 6 x 6 pixels of TrojanAttack.
BADNET = {
    **{24: [21], 25: [20, 21, 22, 24], 26: range(19, 25), 27: range(19, 25)},
    **{28: range(20, 25), 29: range(21, 24), 30: range(21, 25), 31: [21, 22]},
}
TROJAN = {22: [24], 23: [24, 26, 28], 24: [25, 26, 27], 25: [25, 26, 27]}


@pytest.mark.parametrize(
    ("found", "trigger", "overlap", "distance"),
    [
        (BADNET, np.s_[27:31, 27:30], 0.000, 0.1215),
        (TROJAN, np.s_[24:30, 24:30], 0.150, 0.0114),
    ],
)
def test_the_prior_columns_of_table_4(found, trigger, overlap, distance):
    mask, truth = np.zeros((2, 32, 32), dtype=bool)
    for row, columns in found.items():
        mask[row, list(columns)] = True
    truth[trigger] = True
    assert_allclose(intersection_over_union(mask, truth), overlap, atol=1e-12)
    assert_allclose(average_minimum_distance(mask, truth), distance, atol=5e-5)


def test_by_hand():
    mask, truth = np.zeros((2, 4, 5))
    mask[0, 0] = mask[3, 4] = truth[3, 4] = 1
    assert average_minimum_distance(mask, truth) == 0.5  # 5 / 2 of a diagonal of 5
    assert average_minimum_distance(truth, mask) == 0.0
    assert intersection_over_union(mask, truth) == 0.5
    assert intersection_over_union(truth, 0 * truth) == 0.0


def test_nothing_has_no_distance():
    full, empty = np.ones((3, 3)), np.zeros((3, 3))
    with pytest.raises(ValueError, match="mask has no pixel"):
        average_minimum_distance(empty, full)
    with pytest.raises(ValueError, match="truth has no pixel"):
        average_minimum_distance(full, empty)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("value", [0.5, 255, -1, np.nan])
def test_heat_maps_are_no_masks(measure, value):
    with pytest.raises(ValueError, match=r"truth has values from .* with a th"):
        measure(np.eye(3), value * np.eye(3))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("shape", [(3, 4), (3,), (3, 3, 1)])
def test_shapes_agree(measure, shape):
    with pytest.raises(ValueError, match=r"expected the same \(height, width\)"):
        measure(np.ones((3, 3)), np.ones(shape))
