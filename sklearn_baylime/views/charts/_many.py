"""What many explanations say of each column, as arrays that pictures take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata


@dataclass(frozen=True)
class Many:
    """Explanations of the same columns as arrays, instances by columns.

    Attributes
    ----------
    names : list of str
        The ``d`` columns.
    effects : ndarray of shape (n, d)
        What each column adds to the local model's answer; weights where the instances'
        features are not known. 0 where it is not selected.
    sign_probability : ndarray of shape (n, d)
        NaN where none is stated.
    values : ndarray of shape (n, d)
        Where the instance's value stands among those of the others, from 0 for the
        lowest to 1 for the highest; NaN where it is no number.
    is_contribution : bool
        Whether the effects are weights times the instances' features.
    order : ndarray of int of shape (d,)
        Columns by mean absolute effect, the strongest first.
    """

    names: list[str]
    effects: np.ndarray
    sign_probability: np.ndarray
    values: np.ndarray
    is_contribution: bool
    order: np.ndarray


def read_many(explanations: Any, target: Any) -> Many:
    """Read explanations of the same columns, or say which one differs."""
    explanations = list(explanations)
    if not explanations:
        raise ValueError(
            "There are no explanations, expected at least one: explainer.explain(X)."
        )
    rows = [explanation.position(target) for explanation in explanations]
    names = list(explanations[0].columns or explanations[0].feature_names)
    for i, explanation in enumerate(explanations):
        found = list(explanation.columns or explanation.feature_names)
        if found != names:
            raise ValueError(
                f"Explanation {i} is of the columns {found[:8]} and explanation 0 of "
                f"{names[:8]}, expected the same columns in all: explanations by one "
                "explainer."
            )
    pairs = list(zip(explanations, rows, strict=True))
    is_known = not any(np.isnan(e.values).any() for e in explanations)
    effects = np.array([e.coef[t] * (e.values if is_known else 1) for e, t in pairs])
    sure = np.array([e.sign_probability()[t] for e, t in pairs])
    return Many(
        names,
        effects,
        sure,
        _rank_values([e.row for e in explanations], len(names)),
        is_known,
        np.argsort(-np.abs(effects).mean(axis=0), kind="stable"),
    )


def _rank_values(rows: Sequence[Any], n_columns: int) -> np.ndarray:
    """Return shares of the way from the lowest to the highest value, by ranks."""
    table = np.full((len(rows), n_columns), np.nan)
    for i, row in enumerate(rows):
        for j, value in enumerate(row or ()):
            if isinstance(value, (int, float)):
                table[i, j] = value
    shares = np.full_like(table, np.nan)
    for j in range(n_columns):
        known = np.isfinite(table[:, j])
        ranks = rankdata(table[known, j])
        # Values that are all the same are in the middle.
        span = np.ptp(ranks) if len(ranks) else 0.0
        shares[known, j] = (ranks - ranks.min()) / span if span else 0.5
    return shares
