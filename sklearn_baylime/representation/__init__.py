"""Representations: invertible maps between model inputs and the codes we sample."""

from sklearn_baylime.representation._quantile_discretizer import QuantileDiscretizer

__all__ = ["QuantileDiscretizer"]
