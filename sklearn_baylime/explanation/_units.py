"""Weights in the units of the columns, and what they add up to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np


def rescale(explanation: Any) -> Any:
    """Return the explanation by features in the units of their columns."""
    units = np.where(np.isnan(explanation.units), 1.0, explanation.units)
    numbers = ~np.isnan(explanation.units)
    if not numbers.any():
        raise ValueError(
            "No feature is a number with a unit: bins, matches, masks and changed "
            "features have none. Explain with numbers, such as "
            "make_tabular_explainer(..., discretizer=None)."
        )
    chosen = [units[selected] for selected in explanation.selected]
    pairs = zip(explanation.selected_covariance, chosen, strict=True)
    marginals = explanation.marginals
    if marginals is not None:
        laws = zip(marginals, chosen, strict=True)
        marginals = [marginal.scaled(1.0 / unit) for marginal, unit in laws]
    names = zip(explanation.columns, explanation.feature_names, numbers, strict=True)
    return replace(
        explanation,
        coef=explanation.coef / units,
        selected_covariance=[block / np.outer(unit, unit) for block, unit in pairs],
        marginals=marginals,
        feature_names=tuple(c if is_number else n for c, n, is_number in names),
        values=explanation.values * units,
        units=np.where(numbers, 1.0, np.nan),
        full=None if explanation.full is None else partial(_rescale_full, explanation),
    )


def _rescale_full(explanation: Any) -> Any:
    return rescale(explanation.all_features)


def to_shap(explanation: Any, t: int) -> Any:
    """Return a target's contributions as shap's pictures take them."""
    import shap

    values = explanation.contributions()[t]
    return shap.Explanation(
        values,
        base_values=float(explanation.intercept[t]),
        data=np.array(explanation.values),
        feature_names=list(explanation.feature_names),
        error_std=explanation.std[t] * np.abs(explanation.values),
    )
