"""Few instances whose explanations together show what matters (SP-LIME)."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from sklearn_baylime.explanation._explanation import Explanation


def submodular_pick(
    explanations: Iterable[Explanation],
    n_picks: int = 5,
    *,
    target: Any = None,
    by: str = "condition",
) -> list[int]:
    r"""Pick the explanations that together cover the most important features.

    Parameters
    ----------
    explanations : iterable of Explanation
        Candidates, as ``explainer.explain(X)`` returns them. Only selected features
        count.
    n_picks : int, default=5
        Number of picks, at least 1; all candidates if there are fewer.
    target : int, str or None, default=None
        A target, by its column in the answers or its name; the first of each if None,
        which for a classifier may be another class in each.
    by : "condition" or "column", default="condition"
        What makes features of two instances the same: their name, as in lime, so that
        ``age <= 1`` and ``age > 3`` are two features; or the column they are about.

    Returns
    -------
    picks : list of int
        Places of the picks among `explanations`, the most telling first; ties go to the
        earlier. No random numbers are used.

    Raises
    ------
    ValueError
        If there are no explanations, or `n_picks` or `by` is none of the above.
    KeyError
        If an explanation does not explain the target.

    Notes
    -----
    With weights :math:`W_{ij}` of candidates i and features j and the importance
    :math:`I_j = \sqrt{\sum_i |W_{ij}|}`, picks V are added one by one, each where it
    raises the coverage most:

    .. math:: c(V) = \sum_j 1[\exists i \in V: |W_{ij}| > 0] \, I_j

    Coverage is submodular: greedy picks reach at least :math:`1 - 1/e` of the best. A
    gain can only shrink as picks are added, so old gains are bounds, and most need not
    be computed again.

    References
    ----------
    .. [1] M. T. Ribeiro, S. Singh, C. Guestrin (2016). "Why Should I Trust You?":
       Explaining the Predictions of Any Classifier. KDD. Algorithm 2.
    .. [2] M. Minoux (1978). Accelerated greedy algorithms for maximizing submodular set
       functions. Optimization Techniques, LNCIS 7.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn_baylime import make_tabular_explainer
    >>> from sklearn_baylime.explanation import submodular_pick
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = LinearRegression().fit(X, y)
    >>> explainer = make_tabular_explainer(model, n_samples=200, random_state=0).fit(X)
    >>> explanations = explainer.explain(X[:10])
    >>> telling = [explanations[i] for i in submodular_pick(explanations, 3)]
    >>> len(telling)
    3
    """
    if not isinstance(n_picks, Integral) or n_picks < 1:
        raise ValueError(f"n_picks is {n_picks!r}, expected an integer of at least 1.")
    if by not in ("condition", "column"):
        raise ValueError(f"by is {by!r}, expected 'condition' or 'column'.")
    explanations = list(explanations)
    weights = _weight_matrix(explanations, target_rows(explanations, target), by)
    return _greedy_cover(weights, n_picks)


def target_rows(explanations: list[Explanation], target: Any) -> list[int]:
    """Return the target's row in the arrays of each explanation."""
    if not explanations:
        raise ValueError(
            "There are no explanations, expected at least one: explainer.explain(X)."
        )
    rows = []
    for i, explanation in enumerate(explanations):
        try:
            rows.append(explanation.position(target))
        except KeyError:
            raise KeyError(
                f"Target {target!r} was not explained by explanation {i}, expected one "
                f"of {explanation.targets} or {explanation.target_names}; ask for it "
                "with explainer.explain(X, targets=...)."
            ) from None
    return rows


def _weight_matrix(
    explanations: Sequence[Explanation], rows: Sequence[int], by: str
) -> csr_matrix:
    """Return absolute weights, explanations by features, without stored zeros."""
    number_of: dict[str, int] = {}
    values, indices, starts = [], [], [0]
    for explanation, t in zip(explanations, rows, strict=True):
        names = explanation.feature_names
        if by == "column":
            names = explanation.columns or names
        used = np.flatnonzero(explanation.selected[t] & (explanation.coef[t] != 0))
        values.append(np.abs(explanation.coef[t, used]))
        indices += [number_of.setdefault(names[j], len(number_of)) for j in used]
        starts.append(len(indices))
    shape = (len(explanations), len(number_of))
    weights = csr_matrix((np.concatenate(values), indices, starts), shape=shape)
    weights.sum_duplicates()
    return weights


def _greedy_cover(weights: csr_matrix, n_picks: int) -> list[int]:
    """Return the rows that greedily cover the columns of a csr matrix."""
    importance = np.sqrt(np.asarray(weights.sum(axis=0)).ravel())
    open_features = np.ones(weights.shape[1], dtype=bool)

    def features_of(i: int) -> np.ndarray:
        return weights.indices[weights.indptr[i] : weights.indptr[i + 1]]

    def entry(i: int) -> tuple[float, int]:
        features = features_of(i)
        # A rounded sum depends on the order of its terms: it would break ties by the
        # order of the features, and could exceed that of more of them.
        return -math.fsum(importance[features[open_features[features]]]), i

    heap = [entry(i) for i in range(weights.shape[0])]
    heapq.heapify(heap)
    picks: list[int] = []
    while heap and len(picks) < n_picks:
        current = entry(heapq.heappop(heap)[1])
        if heap and current > heap[0]:
            heapq.heappush(heap, current)
        else:
            picks.append(current[1])
            open_features[features_of(current[1])] = False
    return picks
