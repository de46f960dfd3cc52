"""Right of the sampler: from rows towards the local model."""

from sklearn_baylime.surrogate._exponential_kernel import ExponentialKernel
from sklearn_baylime.surrogate._kernel_weighted_regressor import (
    KernelWeightedRegressor,
    effective_sample_size,
)
from sklearn_baylime.surrogate._match_binarizer import MatchBinarizer
from sklearn_baylime.surrogate._nonzero_selector import NonzeroSelector
from sklearn_baylime.surrogate._selectors import (
    ForwardSelector,
    HighestWeightsSelector,
    LassoPathSelector,
)

__all__ = [
    "ExponentialKernel",
    "ForwardSelector",
    "HighestWeightsSelector",
    "KernelWeightedRegressor",
    "LassoPathSelector",
    "MatchBinarizer",
    "NonzeroSelector",
    "effective_sample_size",
]
