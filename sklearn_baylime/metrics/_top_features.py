"""Agreement of repeated explanations on which features are the strongest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def top_k_sets(coef: ArrayLike, k: int) -> NDArray[np.bool_]:
    """Return which features are among the `k` largest in size, (n_runs, n_features).

    Ties go to the first. Features of weight 0, such as those not selected, are in no
    set.
    """
    coef = np.asarray(coef, dtype=np.float64)
    if coef.ndim != 2 or len(coef) < 2 or not np.isfinite(coef).all():
        raise ValueError(
            f"coef has shape {coef.shape}, expected finite weights of shape (n_runs, "
            "n_features) with at least 2 runs."
        )
    if not 1 <= k <= coef.shape[1]:
        raise ValueError(
            f"k is {k}, expected 1 to {coef.shape[1]}, the number of features."
        )
    first = np.argsort(-np.abs(coef), axis=1, kind="stable")[:, :k]
    inside = np.zeros(coef.shape, dtype=bool)
    np.put_along_axis(inside, first, True, axis=1)
    return inside & (coef != 0)


def _mean_over_pairs(table: NDArray[np.float64]) -> float:
    """Return the mean above the diagonal of a symmetric table of runs."""
    return float(table[np.triu_indices(len(table), 1)].mean())


def top_k_jaccard(coef: ArrayLike, k: int) -> float:
    r"""Return how far runs agree on the `k` strongest features.

    Parameters
    ----------
    coef : array-like of shape (n_runs, n_features)
        Weights of repeated explanations, or of neighboring instances.
    k : int
        Number of features that count, by the size of their weights.

    Returns
    -------
    agreement : float
        Mean over all pairs of runs of :math:`|A \cap B| / |A \cup B|`: 1 where all have
        the same features, whatever their order, 0 where no two share one.

    Raises
    ------
    ValueError
        If there are fewer than two runs, or `k` features are not there.

    Examples
    --------
    >>> from sklearn_baylime.metrics import top_k_jaccard
    >>> top_k_jaccard([[3.0, -2.0, 1.0, 0.1], [3.0, 0.1, 2.0, -1.0]], k=2)
    0.3333333333333333
    """
    inside = top_k_sets(coef, k).astype(np.float64)
    common, sizes = inside @ inside.T, inside.sum(axis=1)
    union = sizes[:, None] + sizes - common
    # Two runs without any feature agree.
    return _mean_over_pairs(np.where(union > 0, common / np.maximum(union, 1.0), 1.0))


def variables_stability_index(coef: ArrayLike, k: int) -> float:
    r"""Return the variables stability index (VSI) of repeated explanations.

    Parameters
    ----------
    coef : array-like of shape (n_runs, n_features)
        Weights of repeated explanations of one instance.
    k : int
        Number of features of each explanation, by the size of their weights.

    Returns
    -------
    vsi : float
        Mean over all pairs of runs of :math:`|A \cap B| / k`, from 0 to 1. The authors'
        code gives 100 times this.

    Raises
    ------
    ValueError
        If there are fewer than two runs, or `k` features are not there.

    References
    ----------
    .. [1] G. Visani et al. (2022). Statistical stability indices for LIME. Journal of
       the Operational Research Society 73.

    Examples
    --------
    >>> from sklearn_baylime.metrics import variables_stability_index
    >>> variables_stability_index([[3.0, -2.0, 1.0], [3.0, 0.1, 2.0]], k=2)
    0.5
    """
    inside = top_k_sets(coef, k).astype(np.float64)
    return _mean_over_pairs(inside @ inside.T) / k


def coefficients_stability_index(explanations: Sequence[Any], k: int) -> float:
    r"""Return the coefficients stability index (CSI) of repeated explanations.

    Parameters
    ----------
    explanations : sequence of Explanation
        Of one instance, with the same features; the first target counts.
    k : int
        Number of features of each explanation, by the size of their weights.

    Returns
    -------
    csi : float
        Share of pairs of runs whose 95 % intervals of a feature overlap, mean over the
        features that at least two runs have, from 0 to 1; NaN if there is none. The
        authors' code gives 100 times this, by intervals that take misfit for noise.

    Raises
    ------
    ValueError
        If there are fewer than two runs, or `k` features are not there.

    Notes
    -----
    Wide intervals overlap more: read it beside their width, and beside
    `variables_stability_index`.

    References
    ----------
    .. [1] G. Visani et al. (2022). Statistical stability indices for LIME. Journal of
       the Operational Research Society 73.

    Examples
    --------
    >>> from sklearn_baylime import make_tabular_explainer
    >>> from sklearn_baylime.metrics import coefficients_stability_index
    >>> X = [[i % 7, i % 5] for i in range(35)]
    >>> runs = [
    ...     make_tabular_explainer(
    ...         lambda rows: rows[:, 0] * 1.0, n_samples=200, random_state=seed
    ...     ).fit(X).explain_instance(X[3])
    ...     for seed in range(3)
    ... ]
    >>> coefficients_stability_index(runs, k=1)
    1.0
    """
    names = {tuple(run.feature_names) for run in explanations}
    if len(names) > 1:
        raise ValueError(
            "The explanations have different features, expected runs of one instance "
            "by one explainer."
        )
    inside = top_k_sets([run.coef[0] for run in explanations], k)
    low, high = np.swapaxes([run.interval(0.95)[:, 0] for run in explanations], 0, 1)
    shares = [
        _mean_over_pairs(_overlaps(low[has, j], high[has, j]))
        for j, has in enumerate(inside.T)
        if has.sum() > 1
    ]
    return float(np.mean(shares)) if shares else float("nan")


def _overlaps(low: NDArray[np.float64], high: NDArray[np.float64]) -> Any:
    """Return which intervals have a point in common, as a table of 0 and 1."""
    begins_before = low[:, None] <= high
    return (begins_before & begins_before.T).astype(float)
