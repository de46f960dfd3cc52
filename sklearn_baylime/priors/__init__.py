"""Prior knowledge of the weights, wherever it comes from."""

from sklearn_baylime.priors._prior import Prior

__all__ = ["Prior"]
