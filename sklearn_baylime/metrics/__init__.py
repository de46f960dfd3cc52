"""How good, and how stable, explanations are."""

from sklearn_baylime.metrics._fidelity import make_fidelity_scorer
from sklearn_baylime.metrics._stability import inconsistency, kendall_w

__all__ = ["inconsistency", "kendall_w", "make_fidelity_scorer"]
