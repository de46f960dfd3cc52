"""What the samplers of masks must do: no background, ones first, seeds, errors."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_param_validation

from sklearn_baylime.sampling import MaskSampler, SubsetSampler

SAMPLERS = {
    "orthogonal": MaskSampler(50),
    "balanced": MaskSampler(50, design="balanced"),
    "paired": MaskSampler(50, design="paired"),
    "random": MaskSampler(50, design="random"),
    "paired, few kept": MaskSampler(50, design="paired", p=0.2),
    "paired, most kept": MaskSampler(50, design="paired", p=0.9),
    "random, few kept": MaskSampler(50, design="random", p=0.2),
    "subsets": SubsetSampler(50),
    "orthogonal, local": MaskSampler(50, local=0.1),
    "random, local": MaskSampler(50, design="random", local=True),
    "subsets, local": SubsetSampler(50, local=True),
}


@pytest.fixture(params=SAMPLERS)
def sampler(request):
    return clone(SAMPLERS[request.param])


@pytest.mark.parametrize("n_components", [1, 2, 7, 8, 9, 33, 300])
@pytest.mark.parametrize("n_samples", [1, 2, 3, 50, np.int64(51)])
def test_masks_are_int8_and_the_first_is_the_instances(
    sampler, n_components, n_samples
):
    masks = sampler.sample(np.ones(n_components), n_samples, random_state=0)
    enumerated = getattr(sampler, "p", None) == 0.5 and 2**n_components <= n_samples
    expected = 2**n_components if enumerated else n_samples
    assert masks.shape == (expected, n_components)
    assert masks.dtype == np.int8 and masks.flags.writeable
    assert (masks[0] == 1).all()
    assert set(masks.ravel()) <= {0, 1}


def test_fit_is_not_needed_and_learns_nothing(sampler):
    """Whatever it is given: images and texts, too."""
    assert not get_tags(sampler).requires_fit
    masks = sampler.sample(np.ones(20), random_state=0)
    for X in (None, ["a text"], np.zeros((2, 5, 5, 3))):
        assert sampler.fit(X) is sampler
        assert vars(sampler) == sampler.get_params()
        assert_array_equal(sampler.sample(np.ones(20), random_state=0), masks)


def test_seeds_decide_the_masks(sampler):
    def sample(state):
        return sampler.sample(np.ones(20), random_state=state)

    assert_array_equal(sample(3), sample(3))
    assert_array_equal(sample(3), sampler.sample((True,) * 20, random_state=3))
    state = np.random.RandomState(3)
    first = sample(state)
    assert_array_equal(first, sample(3))
    for other in (sample(4), sample(state), sample(None)):
        assert (other != first).any()


@pytest.mark.parametrize(
    "bad, message",
    [
        ([1, 0, 1], "reference is 0 at component 1, expected ones only"),
        ([1.0, np.nan], "reference is nan at component 1, expected ones only"),
        ([], r"shape \(0,\) and type float64, expected"),
        ([[1, 1]], r"shape \(1, 2\) and type int64, expected"),
        (["1", "1"], r"type <U1, expected numbers of shape \(n_components,\)"),
        (sparse.csr_matrix([[1, 1]]), r"sparse csr_matrix.*reference\.toarray"),
    ],
)
def test_reference_must_be_ones(sampler, bad, message):
    with pytest.raises(ValueError, match=message):
        sampler.sample(bad)


def test_parameters_are_validated(sampler):
    """By scikit-learn's own check, and without a fit."""
    check_param_validation(type(sampler).__name__, sampler)
    with pytest.raises(ValueError, match=r"n_samples is 2\.5, expected an integer"):
        sampler.sample([1, 1], n_samples=2.5)
    with pytest.raises(ValueError, match="'n_samples' parameter of"):
        sampler.set_params(n_samples=0).sample([1, 1])


@pytest.mark.parametrize("n_components", [1, 100, 10_000])
def test_memory_is_a_few_times_the_masks(sampler, n_components):
    """A float or an index for each code would take eight times the masks alone."""
    n_samples = min(2_000_000 // n_components, 100_000)
    ones = np.ones(n_components)
    tracemalloc.start()
    masks = sampler.sample(ones, n_samples, random_state=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Row by row, sizes and numbers take some words; a block of floats takes 2 MB.
    assert peak < 3 * masks.nbytes + 64 * n_samples + 2**22
