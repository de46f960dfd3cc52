"""Local fidelity as a scorer for searches over explainers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class _FidelityScorer:
    """Callable that can be pickled, for searches in several processes."""

    kernel: Any = None

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        return estimator.score(X, kernel=self.kernel)


def make_fidelity_scorer(kernel: Any = None) -> Callable[..., float]:
    """Make a scorer of explainers: mean local fidelity under one fixed kernel.

    Fidelity under each candidate's own kernel cannot compare kernels, since every
    kernel is best by its own weights. A fixed reference kernel can, and prefers widths
    near its own: it says how near "local" is meant to be.

    Parameters
    ----------
    kernel : estimator or None, default=None
        Kernel that weighs the fresh rows, such as ``ExponentialKernel(width=1.0)``;
        each candidate's own if None.

    Returns
    -------
    scorer : callable
        Takes (explainer, X, y=None) and returns the weighted R2 on fresh rows, mean
        over instances: `ExplainerPipeline.score` with this kernel.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn_baylime import make_tabular_explainer
    >>> from sklearn_baylime.metrics import make_fidelity_scorer
    >>> from sklearn_baylime.surrogate import ExponentialKernel
    >>> explainer = make_tabular_explainer(
    ...     lambda rows: rows[:, 0], n_samples=100, random_state=0, memory=True)
    >>> X = [[i, i % 3] for i in range(12)]
    >>> search = GridSearchCV(
    ...     explainer, {"kernel__width": [0.5, 1.0]}, cv=2,
    ...     scoring=make_fidelity_scorer(ExponentialKernel(width=1.0)))
    >>> sorted(search.fit(X).best_params_)
    ['kernel__width']
    """
    return _FidelityScorer(kernel)
