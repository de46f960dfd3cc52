"""Prior knowledge of the weights, wherever it comes from."""

from sklearn_baylime.priors._by_name import (
    NamedPrior,
    prior_from_explanation,
    prior_from_lexicon,
)
from sklearn_baylime.priors._combine import combine_priors
from sklearn_baylime.priors._from_experts import (
    prior_from_attributions,
    prior_from_signs,
)
from sklearn_baylime.priors._from_image import prior_from_heatmap, prior_from_mask
from sklearn_baylime.priors._from_similar import prior_from_explanations
from sklearn_baylime.priors._prior import Prior

__all__ = [
    "NamedPrior",
    "Prior",
    "combine_priors",
    "prior_from_attributions",
    "prior_from_explanation",
    "prior_from_explanations",
    "prior_from_heatmap",
    "prior_from_lexicon",
    "prior_from_mask",
    "prior_from_signs",
]
