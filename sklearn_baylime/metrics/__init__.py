"""How good, and how stable, explanations are."""

from sklearn_baylime.metrics._deletion import Curve, deletion_curve, insertion_curve
from sklearn_baylime.metrics._faithfulness import (
    faithfulness_correlation,
    infidelity,
    prediction_gap,
)
from sklearn_baylime.metrics._fidelity import make_fidelity_scorer
from sklearn_baylime.metrics._kernel_robustness import kernel_robustness
from sklearn_baylime.metrics._known_weights import (
    pairwise_rank_agreement,
    rank_correlation,
    top_k_agreement,
)
from sklearn_baylime.metrics._localization import (
    average_minimum_distance,
    intersection_over_union,
)
from sklearn_baylime.metrics._sensitivity import local_lipschitz, max_sensitivity
from sklearn_baylime.metrics._stability import inconsistency, kendall_w
from sklearn_baylime.metrics._top_features import (
    coefficients_stability_index,
    top_k_jaccard,
    variables_stability_index,
)

__all__ = [
    "Curve",
    "average_minimum_distance",
    "coefficients_stability_index",
    "deletion_curve",
    "faithfulness_correlation",
    "inconsistency",
    "infidelity",
    "insertion_curve",
    "intersection_over_union",
    "kendall_w",
    "kernel_robustness",
    "local_lipschitz",
    "make_fidelity_scorer",
    "max_sensitivity",
    "pairwise_rank_agreement",
    "prediction_gap",
    "rank_correlation",
    "top_k_agreement",
    "top_k_jaccard",
    "variables_stability_index",
]
