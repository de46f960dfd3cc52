"""Samplers: neighbourhoods of an instance, drawn among codes."""

from sklearn_baylime.sampling._bin_sampler import BinSampler

__all__ = ["BinSampler"]
