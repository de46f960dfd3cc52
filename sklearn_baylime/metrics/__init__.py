"""How good, and how stable, explanations are."""

from sklearn_baylime.metrics._deletion import Curve, deletion_curve, insertion_curve
from sklearn_baylime.metrics._fidelity import make_fidelity_scorer
from sklearn_baylime.metrics._localization import (
    average_minimum_distance,
    intersection_over_union,
)
from sklearn_baylime.metrics._stability import inconsistency, kendall_w

__all__ = [
    "Curve",
    "average_minimum_distance",
    "deletion_curve",
    "inconsistency",
    "insertion_curve",
    "intersection_over_union",
    "kendall_w",
    "make_fidelity_scorer",
]
