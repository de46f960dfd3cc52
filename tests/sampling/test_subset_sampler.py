"""The law of SubsetSampler: any number removed, any subset of that number."""

from itertools import product
from math import comb

import numpy as np
import pytest
from scipy import stats

from sklearn_baylime.sampling import SubsetSampler

N_DRAWN = 20_000


def drawn(n_components, seed=0):
    """Masks drawn, without the instance's."""
    sampler = SubsetSampler(N_DRAWN + 1)
    return sampler.sample(np.ones(n_components), random_state=seed)[1:]


@pytest.mark.parametrize("n_components", [1, 2, 3, 20, 100])
def test_number_removed_is_uniform(n_components, five_sigma):
    removed = (drawn(n_components) == 0).sum(axis=1)
    counts = np.bincount(removed, minlength=n_components + 1)
    assert counts[0] == 0 and len(counts) == n_components + 1
    if n_components > 1:
        assert stats.chisquare(counts[1:]).pvalue > five_sigma


@pytest.mark.parametrize("n_components", [2, 3, 5])
@pytest.mark.parametrize("seed", range(3))
def test_every_subset_has_its_probability(n_components, seed, five_sigma):
    """1 / (d binom(d, s)) for s removed; in the two halves of the rows alike."""
    places = 2 ** np.arange(n_components)[::-1]
    numbers = drawn(n_components, seed) @ places
    zeros = [n_components - sum(mask) for mask in product([0, 1], repeat=n_components)]
    law = [1 / (n_components * comb(n_components, s)) for s in zeros[:-1]]
    for half in np.split(numbers, 2):
        counts = np.bincount(half, minlength=len(law))
        assert stats.chisquare(counts, np.array(law) * len(half)).pvalue > five_sigma


@pytest.mark.parametrize("n_components", [4, 30])
def test_kept_alone_and_together(n_components):
    """P = (d - 1) / (2 d), and (d - 2) / (3 d) for two, at any places."""
    masks = drawn(n_components).astype(float)
    got = masks.T @ masks / N_DRAWN
    law = np.full(got.shape, (n_components - 2) / (3 * n_components))
    np.fill_diagonal(law, (n_components - 1) / (2 * n_components))
    assert (np.abs(got - law) < 5 * np.sqrt(law * (1 - law) / N_DRAWN)).all()
