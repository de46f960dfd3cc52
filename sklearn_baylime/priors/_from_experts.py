"""Priors that people, and attributions of other methods, give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.priors._by_name import NamedPrior
from sklearn_baylime.priors._prior import Prior

_SIGNS = {"+": 1.0, "-": -1.0}


def prior_from_signs(
    signs: Mapping[str, str | float], *, sure: float = 0.8, casefold: bool = False
) -> NamedPrior:
    """Make a prior of which way features push, as an expert may know.

    Parameters
    ----------
    signs : mapping of str to {"+", "-"} or float
        Way of each feature by its name; numbers say relative sizes too. Features that
        are not named are expected not to push.
    sure : float, default=0.8
        Probability that all this holds, up to one factor; otherwise nothing is known.
        The answers then tell which.
    casefold : bool, default=False
        Whether names are compared without case.

    Returns
    -------
    prior : NamedPrior
        For ``explainer.explain_instance(x, prior=prior)``; the explanation's
        `prior_odds` and `prior_scale` say what became of it.

    Raises
    ------
    ValueError
        If a sign is none, or `sure` no probability.

    Examples
    --------
    >>> from sklearn_baylime.priors import prior_from_signs
    >>> prior = prior_from_signs({"age": "+", "income": "-"}, sure=0.9)
    >>> prior(["income", "sex", "age"]).mean
    array([-1.,  0.,  1.])
    """
    unknown = [s for s in signs.values() if isinstance(s, str) and s not in _SIGNS]
    if unknown or not signs or not 0 <= sure <= 1:
        raise ValueError(
            f"signs has {unknown[:3] or len(signs)} and sure is {sure}, expected '+', "
            "'-' or numbers for some features, and a probability."
        )
    ways = {
        name: _SIGNS[sign] if isinstance(sign, str) else float(sign)
        for name, sign in signs.items()
    }
    odds = {"direction": float(sure), "nothing": 1.0 - float(sure)}
    return NamedPrior(ways, None, 1.0, casefold, odds)


def prior_from_attributions(
    attributions: Any,
    names: Iterable[str] | None = None,
    *,
    precision: ArrayLike | None = None,
    scale: float | str = 1.0,
) -> Prior | NamedPrior:
    """Make a prior from attributions of another method, such as SHAP values.

    Parameters
    ----------
    attributions : array-like of shape (n_features,), or shap.Explanation of one row
        What each feature adds to the answer. For features that are matches or masks
        this is what a weight is; otherwise let the scale be learned.
    names : iterable of str or None, default=None
        Names of the features, to match them by name; those of a `shap.Explanation` if
        it has some. Without names they stand in the features' order.
    precision : None, float or array-like, default=None
        Trust in these weights, see `Prior`; None learns it from the answers, with the
        scale, or whether the attributions say anything.
    scale : float or "fit", default=1.0
        Factor on the weights.

    Returns
    -------
    prior : Prior or NamedPrior

    Raises
    ------
    ValueError
        If the attributions are not one finite row, or not as many as their names.

    Examples
    --------
    >>> from sklearn_baylime.priors import prior_from_attributions
    >>> prior_from_attributions([0.2, -0.1]).mean
    array([ 0.2, -0.1])
    >>> prior_from_attributions([0.2, -0.1], ["age", "sex"])(["sex"]).mean
    array([-0.1])
    """
    if names is None:
        names = getattr(attributions, "feature_names", None)
    values = np.asarray(getattr(attributions, "values", attributions), dtype=float)
    names = None if names is None else [str(name) for name in names]
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError(
            f"attributions has shape {values.shape}, expected finite values of one row "
            "and one output, (n_features,): take one, such as values[i, :, k]."
        )
    if names is None:
        return Prior(values, precision, scale)
    if len(names) != len(values):
        raise ValueError(
            f"There are {len(values)} attributions and {len(names)} names, expected as "
            "many."
        )
    return NamedPrior(dict(zip(names, values, strict=True)), precision, scale)
