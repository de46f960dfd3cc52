"""Samplers: neighborhoods of an instance, drawn among codes."""

from sklearn_baylime.sampling._ball_sampler import BallSampler
from sklearn_baylime.sampling._base import BaseSampler
from sklearn_baylime.sampling._base_mask_sampler import BaseMaskSampler
from sklearn_baylime.sampling._bin_sampler import BinSampler
from sklearn_baylime.sampling._conditional_sampler import ConditionalSampler
from sklearn_baylime.sampling._gaussian_sampler import GaussianSampler
from sklearn_baylime.sampling._mask_sampler import MaskSampler
from sklearn_baylime.sampling._mixup_sampler import MixupSampler
from sklearn_baylime.sampling._subset_sampler import SubsetSampler

__all__ = [
    "BallSampler",
    "BaseMaskSampler",
    "BaseSampler",
    "BinSampler",
    "ConditionalSampler",
    "GaussianSampler",
    "MaskSampler",
    "MixupSampler",
    "SubsetSampler",
]
