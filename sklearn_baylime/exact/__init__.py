"""Weights of LIME without sampling, where the model's form allows a closed form."""

from sklearn_baylime.exact._exact_weights import exact_weights

__all__ = ["exact_weights"]
