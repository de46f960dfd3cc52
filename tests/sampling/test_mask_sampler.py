"""The law of MaskSampler: coins in each mask; what designs do between masks."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from sklearn_baylime.sampling import MaskSampler

DESIGNS = ["orthogonal", "balanced", "paired", "random"]
LAWS = [(design, 0.5) for design in DESIGNS]
LAWS += [(design, p) for design in DESIGNS[2:] for p in (0.1, 0.7)]


def drawn(n_drawn, n_components, seed=0, **params):
    """Masks drawn, without the instance's."""
    sampler = MaskSampler(n_drawn + 1, **params)
    return sampler.sample(np.ones(n_components), random_state=seed)[1:]


@pytest.mark.parametrize("design, p", LAWS)
def test_every_single_mask_is_made_of_coins(design, p, five_sigma):
    """Exact law of 3 components of 5, at several places, over seeds; 2 ** 5 > 12."""
    draws = np.array([drawn(11, 5, seed, design=design, p=p) for seed in range(2000)])
    law = [np.prod(np.where(z, p, 1 - p)) for z in product([0, 1], repeat=3)]
    for place in (0, 1, 4, 9, 10):
        counts = np.bincount(draws[:, place, [0, 2, 4]] @ [4, 2, 1], minlength=8)
        assert stats.chisquare(counts, 2000 * np.array(law)).pvalue > five_sigma


@pytest.mark.parametrize("design, p", LAWS)
@pytest.mark.parametrize("n_components", [17, 300])
def test_marginals_and_correlations(design, p, n_components):
    """Designs have smaller variances, but pairs double that of correlations."""
    masks = drawn(8001, n_components, design=design, p=p)
    bound = 5 * np.sqrt(p * (1 - p) / 8001)
    assert (np.abs(masks.mean(axis=0) - p) < bound).all()
    apart = np.corrcoef(masks.T) - np.eye(n_components)
    assert (np.abs(apart) < 5 * np.sqrt(2 / 8001)).all()


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_antithetic_pairs_differ_as_much_as_they_can(p, five_sigma):
    """Ones of u < p and 1 - u < p overlap by 2 p - 1 or not; 1/2: complements."""
    masks = drawn(10_000, 20, design="paired", p=p)
    first, second = masks[0::2].ravel(), masks[1::2].ravel()
    both = max(0.0, 2 * p - 1)
    law = np.array([1 - 2 * p + both, p - both, p - both, both])
    counts = np.bincount(first + 2 * second, minlength=4)
    possible = law > 1e-9
    assert (counts[~possible] == 0).all()
    expected = law[possible] * len(first)
    assert stats.chisquare(counts[possible], expected).pvalue > five_sigma


@pytest.mark.parametrize(
    "n_components, n_blocks",
    [(5, 1), (8, 3), (9, 3), (31, 3), (32, 3), (33, 1), (100, 3), (1500, 1)],
)
def test_complete_blocks_are_orthogonal_arrays(n_components, n_blocks):
    """Of strength 3: moments of three columns are those of coins, exactly."""
    size = 2 * 2 ** int(np.ceil(np.log2(n_components)))
    masks = drawn(n_blocks * size, n_components)[:, :100]
    blocks = masks.reshape(n_blocks, size, -1)
    for block in blocks:
        assert_array_equal(block[::2], 1 - block[1::2])
        signs = 2 * block.astype(int) - 1
        assert (signs.sum(axis=0) == 0).all()
        assert_array_equal(signs.T @ signs, size * np.eye(signs.shape[1]))
        assert (signs[:, 0] * signs[:, 1] @ signs[:, 2:] == 0).all()
        assert n_components > 100 or len(np.unique(block, axis=0)) == size
    # Not repeated, nor with columns turned around only.
    kinds = [{tuple(mask) for mask in block ^ block[0]} for block in blocks]
    assert all(kind != kinds[0] for kind in kinds[1:])


@pytest.mark.parametrize(
    "n_components, order", [(1, 2), (5, 8), (31, 32), (32, 64), (45, 64), (100, 128)]
)
def test_balanced_blocks_are_orthogonal_arrays_of_strength_two(n_components, order):
    """Columns are balanced and uncorrelated; no mask comes with its complement."""
    masks = drawn(3 * order, n_components, design="balanced")
    if n_components == 1:
        assert len(masks) == 1  # both masks there are
        return
    for block in masks.reshape(3, order, n_components):
        signs = 2 * block.astype(int) - 1
        assert (signs.sum(axis=0) == 0).all()
        assert_array_equal(signs.T @ signs, order * np.eye(n_components))
        kinds = {tuple(mask) for mask in block}
        assert len(kinds) == order
        complements = {tuple(mask) for mask in 1 - block}
        # A block without the constant column is closed under few complements only.
        assert n_components < 31 or len(kinds & complements) < order


def test_balanced_masks_are_never_worse_than_random_ones_to_first_order():
    """Slopes of any product of signs: error of random masks, or less where exact.

    Means over many products and draws, with 64 masks a block: the covariance of two
    different columns of products is 1 / n on average, less those that are exact.
    """
    errors = {}
    for design in ("balanced", "random", "paired"):
        sampler = MaskSampler(65, design=design)
        draws = [sampler.sample(np.ones(45), random_state=k)[1:] for k in range(400)]
        signs = 2.0 * np.array(draws) - 1
        odd = (signs[..., :1] * signs[..., [1, 2, 3]].prod(-1, keepdims=True)).mean(1)
        two = (signs[..., :1] * signs[..., 1:2]).mean(axis=1)
        errors[design] = 64 * np.mean(odd**2), 64 * np.mean(two**2)
    bound = 5 * np.sqrt(2 / 400)
    assert errors["balanced"][0] < 1 + bound < errors["paired"][0] + 2 * bound
    assert errors["balanced"][1] == 0 and abs(errors["random"][1] - 1) < bound


def test_a_cut_block_is_drawn_at_random():
    """The first rows in order would repeat columns: 50 pairs of order 512."""
    apart = np.corrcoef(drawn(100, 300).T) - np.eye(300)
    assert (np.abs(apart) < 6 * np.sqrt(1 / 50)).all()


@pytest.mark.parametrize("n_components", [20, 64])
def test_variance_of_a_linear_mean(n_components):
    """0 for orthogonal blocks and for pairs, p (1 - p) |w|^2 / n for coins."""
    weights = np.random.default_rng(0).normal(size=n_components)

    def means(n_drawn, **params):
        draws = (drawn(n_drawn, n_components, k, **params) for k in range(400))
        return np.array([(masks @ weights).mean() for masks in draws])

    for design in ("orthogonal", "paired"):
        assert np.abs(means(128, design=design) - weights.sum() / 2).max() < 1e-12
    for p in (0.5, 0.2):
        got = means(128, design="random", p=p)
        ratio = got.var() * 128 / (p * (1 - p) * (weights @ weights))
        # A variance of 400 values has the relative standard deviation (2 / 400) ** 0.5.
        assert abs(ratio - 1) < 5 * np.sqrt(2 / 400)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("n_components", [1, 3, 9])
def test_all_masks_once_where_they_fit(design, n_components):
    sampler, ones = MaskSampler(2**n_components, design=design), np.ones(n_components)
    for n_samples in (2**n_components, 2**n_components + 1, 5000):
        masks = sampler.sample(ones, n_samples, random_state=0)
        assert masks.shape == (2**n_components, n_components)
        assert len(np.unique(masks, axis=0)) == 2**n_components
        assert masks[0].all()


def test_orthogonal_masks_need_fair_coins():
    sampler = MaskSampler(p=0.3)
    for call in (sampler.fit, lambda: sampler.sample([1, 1])):
        with pytest.raises(ValueError, match=r"p is 0\.3, .*choose design='paired' or"):
            call()
