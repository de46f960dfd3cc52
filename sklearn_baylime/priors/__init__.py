"""Prior knowledge of the weights, wherever it comes from."""

from sklearn_baylime.priors._by_name import (
    NamedPrior,
    prior_from_explanation,
    prior_from_lexicon,
)
from sklearn_baylime.priors._from_image import prior_from_heatmap, prior_from_mask
from sklearn_baylime.priors._prior import Prior

__all__ = [
    "NamedPrior",
    "Prior",
    "prior_from_explanation",
    "prior_from_heatmap",
    "prior_from_lexicon",
    "prior_from_mask",
]
