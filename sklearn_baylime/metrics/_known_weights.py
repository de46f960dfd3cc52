"""Agreement of attributions with weights that are known, as a linear model's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

_KINDS = ("feature", "rank", "sign", "signed_rank")


def top_k_agreement(
    attribution: ArrayLike, truth: ArrayLike, k: int, *, kind: str = "feature"
) -> float:
    """Return the share of the `k` strongest features that two attributions share.

    Parameters
    ----------
    attribution : array-like of shape (n_features,)
        Weights to be judged, in the same unit for all features.
    truth : array-like of shape (n_features,)
        Known weights.
    k : int
        Number of features, by the size of their weights.
    kind : {"feature", "rank", "sign", "signed_rank"}, default="feature"
        What must agree: that both have the feature among their `k` strongest (FA); also
        its rank (RA); also its sign (SA); or both (SRA).

    Returns
    -------
    agreement : float
        From 0 to 1.

    References
    ----------
    .. [1] S. Krishna et al. (2024). The disagreement problem in explainable machine
       learning. TMLR.

    Examples
    --------
    >>> from sklearn_baylime.metrics import top_k_agreement
    >>> known, found = [3.0, -2.0, 1.0, 0.0], [3.0, 0.5, 2.0, 0.0]
    >>> top_k_agreement(found, known, 2)
    0.5
    >>> top_k_agreement(found, known, 3, kind="rank")
    0.3333333333333333
    """
    a, b = _check(attribution, truth)
    if not 1 <= k <= len(a) or kind not in _KINDS:
        raise ValueError(
            f"k is {k} and kind {kind!r}, expected 1 to {len(a)} features and one of "
            f"{', '.join(map(repr, _KINDS))}."
        )
    ranks = [np.argsort(np.argsort(-np.abs(v), kind="stable")) for v in (a, b)]
    agrees = (ranks[0] < k) & (ranks[1] < k)
    if kind in ("rank", "signed_rank"):
        agrees &= ranks[0] == ranks[1]
    if kind in ("sign", "signed_rank"):
        agrees &= np.sign(a) == np.sign(b)
    return float(agrees.sum() / k)


def rank_correlation(attribution: ArrayLike, truth: ArrayLike) -> float:
    """Return the correlation of the ranks of sizes (RC), equal sizes sharing one.

    Parameters
    ----------
    attribution : array-like of shape (n_features,)
        Weights to be judged.
    truth : array-like of shape (n_features,)
        Known weights.

    Returns
    -------
    correlation : float
        Pearson's, of dense ranks; NaN where all sizes of one of the two are equal.

    References
    ----------
    .. [1] S. Krishna et al. (2024). The disagreement problem in explainable machine
       learning. TMLR.

    Examples
    --------
    >>> from sklearn_baylime.metrics import rank_correlation
    >>> round(rank_correlation([3.0, -2.0, 1.0], [0.3, 0.1, -0.2]), 6)
    0.5
    """
    a, b = (rankdata(np.abs(v), method="dense") for v in _check(attribution, truth))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def pairwise_rank_agreement(attribution: ArrayLike, truth: ArrayLike) -> float:
    """Return the share of pairs of features that are in the same order (PRA).

    Parameters
    ----------
    attribution : array-like of shape (n_features,)
        Weights to be judged.
    truth : array-like of shape (n_features,)
        Known weights.

    Returns
    -------
    agreement : float
        From 0 to 1; a pair of equal sizes agrees with one of equal sizes alone.

    References
    ----------
    .. [1] S. Krishna et al. (2024). The disagreement problem in explainable machine
       learning. TMLR.

    Examples
    --------
    >>> from sklearn_baylime.metrics import pairwise_rank_agreement
    >>> pairwise_rank_agreement([3.0, -2.0, 1.0], [0.3, 0.1, -0.2])
    0.6666666666666666
    """
    a, b = (np.abs(v) for v in _check(attribution, truth))
    first, second = np.triu_indices(len(a), 1)
    agrees = np.sign(a[first] - a[second]) == np.sign(b[first] - b[second])
    return float(agrees.mean())


def _check(attribution: ArrayLike, truth: ArrayLike) -> tuple[Any, Any]:
    a, b = np.asarray(attribution, dtype=float), np.asarray(truth, dtype=float)
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2 or not np.isfinite([a, b]).all():
        raise ValueError(
            f"attribution and truth have shapes {a.shape} and {b.shape}, expected "
            "finite weights of at least 2 features, the same for both."
        )
    return a, b
