"""Agreement of repeated explanations, as the BayLIME paper measures it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def _rank_by_size(coef: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    coef = np.asarray(coef, dtype=np.float64)
    if coef.ndim != 2 or len(coef) < 2:
        raise ValueError(
            f"coef has shape {coef.shape}, expected (n_runs, n_features) with at least "
            "2 runs."
        )
    order = np.argsort(-np.abs(coef), axis=1, kind="stable")
    return coef, np.argsort(order, axis=1) + 1.0


def kendall_w(coef: ArrayLike) -> float:
    r"""Return Kendall's coefficient of concordance of the features' ranks.

    Parameters
    ----------
    coef : array-like of shape (n_runs, n_features)
        Weights of repeated explanations; ranked by size within each run.

    Returns
    -------
    w : float
        :math:`12 S / (k^2 (m^3 - m))` for k runs and m features, with S the sum of
        squared deviations of the rank sums: 1 for equal rankings, about 1/k for random
        ones.

    References
    ----------
    .. [1] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161.

    Examples
    --------
    >>> from sklearn_baylime.metrics import kendall_w
    >>> kendall_w([[3.0, -2.0, 1.0], [0.3, 0.2, -0.1]])
    1.0
    """
    _, ranks = _rank_by_size(coef)
    n_runs, n_features = ranks.shape
    sums = ranks.sum(axis=0)
    spread = ((sums - sums.mean()) ** 2).sum()
    return float(12 * spread / (n_runs**2 * (n_features**3 - n_features)))


def inconsistency(coef: ArrayLike, *, ddof: int = 1) -> float:
    """Return the weighted index of dispersion of the features' ranks.

    Parameters
    ----------
    coef : array-like of shape (n_runs, n_features)
        Weights of repeated explanations.
    ddof : int, default=1
        Divisor of the ranks' variance is ``n_runs - ddof``: 1 as in the paper's
        example, 0 as in its code.

    Returns
    -------
    inconsistency : float
        0 for equal rankings. Features count by their mean absolute weight after each
        run was scaled to unit length.

    References
    ----------
    .. [1] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161. Equation 15.

    Examples
    --------
    >>> from sklearn_baylime.metrics import inconsistency
    >>> inconsistency([[3.0, -2.0, 1.0], [0.3, 0.2, -0.1]])
    0.0
    """
    coef, ranks = _rank_by_size(coef)
    size = np.linalg.norm(coef, axis=1, keepdims=True)
    weights = np.abs(coef / np.where(size > 0, size, 1.0)).mean(axis=0)
    dispersion = ranks.var(axis=0, ddof=ddof) / ranks.mean(axis=0)
    return float(weights @ dispersion / max(weights.sum(), np.finfo(float).tiny))
