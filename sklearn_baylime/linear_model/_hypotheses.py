"""What a prior mean may be: as stated, its direction, or nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

NAMES = ("stated", "nothing", "direction")

# Half of the belief that a prior mean says something at all.
_OPEN = {"stated": 1.0, "nothing": 2.0, "direction": 1.0}


def check_prior_odds(prior_odds: Any) -> dict[str, float]:
    """Return the odds by name, or raise a ValueError that says what was expected."""
    if prior_odds is None:
        return {"stated": 1.0}
    if isinstance(prior_odds, str):
        return dict(_OPEN)
    unknown = [name for name in prior_odds if name not in NAMES]
    if unknown:
        raise ValueError(
            f"prior_odds has the name {unknown[0]!r}, expected some of "
            f"{', '.join(map(repr, NAMES))}."
        )
    odds = {name: float(value) for name, value in prior_odds.items()}
    if not all(0 <= value < np.inf for value in odds.values()) or not any(
        odds.values()
    ):
        raise ValueError(
            f"prior_odds is {prior_odds}, expected finite odds of 0 or more, one of "
            "them positive."
        )
    return {name: odds[name] for name in NAMES if odds.get(name, 0.0) > 0}


def active_odds(
    odds: dict[str, float], mean: Any, is_pinned: bool, free_scale: bool
) -> dict[str, np.ndarray]:
    """Return the prior probability of each hypothesis for each target.

    Parameters
    ----------
    odds : dict
        Odds by name.
    mean : ndarray of shape (n_features, n_targets)
        Prior mean. Where it is 0 in all features there is nothing to believe but what
        a given precision says.
    is_pinned : bool
        Whether the prior's precision is given.
    free_scale : bool
        Whether the mean has no unit, so that its direction is all that is stated.

    Returns
    -------
    probabilities : dict of name to ndarray of shape (n_targets,)
    """
    says = mean.any(axis=0)
    table = {name: np.full(len(says), odds.get(name, 0.0)) for name in NAMES}
    if free_scale:
        table["direction"] = table["direction"] + table["stated"]
        table["stated"] = np.zeros(len(says))
    named = "stated" if is_pinned else "nothing"
    silent = {name: np.zeros(len(says)) for name in NAMES}
    if is_pinned:
        silent["stated"] = table["stated"] + table["direction"]
        silent["nothing"] = table["nothing"]
    else:
        silent[named] = np.ones(len(says))
    table = {name: np.where(says, table[name], silent[name]) for name in NAMES}
    total = sum(table.values())
    return {name: p / total for name, p in table.items() if p.any()}
