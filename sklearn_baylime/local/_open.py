"""Where no interval can be stated: rows that are too few, or favor no hypothesis."""

from __future__ import annotations

import numpy as np

from sklearn_baylime.local._local_fit import LocalFit

# A spread that is estimated from fewer observations than this is a guess.
_FEWEST = 3.0
# Weights that are this much prior are not an answer of the model.
_ALL_PRIOR = 0.99
# Less probable than this, no hypothesis about a prior mean is favored.
_FAVORED = 0.5


def is_open(fit: LocalFit, groups: np.ndarray | None) -> np.ndarray:
    """Tell for which targets the intervals are open, (T,).

    Rows that were drawn together count as one observation. A prior mean whose trust is
    learned leaves the weights open where they are all prior, or where the rows favor no
    hypothesis about it.
    """
    n_targets = len(fit.coef)
    states = np.array([np.isfinite(c.diagonal()).all() for c in fit.covariances])
    if fit.is_exact or not states.any():
        return np.zeros(n_targets, dtype=bool)
    few = np.full(n_targets, effective_groups(fit.weights, groups) < _FEWEST)
    doubtful = np.zeros(n_targets, dtype=bool)
    if fit.prior_odds is not None and len(fit.prior_odds) > 1:
        doubtful = np.max(list(fit.prior_odds.values()), axis=0) < _FAVORED
        share = np.where(fit.selected, fit.prior_share, np.nan)
        doubtful |= np.nanmedian(share, axis=1) > _ALL_PRIOR
    return (few | doubtful) & states


def effective_groups(weights: np.ndarray, groups: np.ndarray | None) -> float:
    """Return Kish's number of equally weighted groups that are worth as much."""
    if groups is not None:
        _, places = np.unique(groups[: len(weights)], return_inverse=True)
        weights = np.bincount(places, weights)
    return float(weights.sum() ** 2 / (weights @ weights))
