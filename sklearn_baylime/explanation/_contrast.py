"""One target of an explanation alone, such as a contrast, and how to ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sklearn_baylime.explanation._keys import find_target

_ARRAYS: tuple[str, ...] = (
    "coef",
    "prior_share",
    "selected",
    "intercept",
    "prediction",
)
_ARRAYS += ("local_prediction", "score", "loo_score", "conflict")
_ARRAYS += ("prior_scale", "is_open", "local_std")
_SEQUENCES = ("targets", "target_names", "selected_covariance", "marginals")


@dataclass(frozen=True)
class OneTarget:
    """The explanation of one target among several, made when it is asked for.

    Attributes
    ----------
    explanation : Explanation or callable
        Of several targets, or what returns it.
    t : int
        Row of the target.
    """

    explanation: Any
    t: int

    def __call__(self) -> Any:
        """Return the explanation of that target alone."""
        whole, t = self.explanation, self.t
        whole = whole() if callable(whole) else whole
        changes: dict[str, Any] = {n: getattr(whole, n)[[t]] for n in _ARRAYS}
        for name in _SEQUENCES:
            values = getattr(whole, name)
            changes[name] = None if values is None else values[t : t + 1]
        odds = whole.prior_odds
        changes["prior_odds"] = odds and {name: p[[t]] for name, p in odds.items()}
        full = whole.full
        changes["full"] = None if full is None else OneTarget(full, t)
        return replace(whole, **changes)


def ask_for_contrast(
    explanation: Any, wanted: dict[Any, float], one: Any, other: Any
) -> str:
    """Return what is wrong, and how to ask for the contrast of two targets."""
    if not wanted:
        return f"{one!r} and {other!r} are the same target, expected two."
    opposite = {output: -factor for output, factor in wanted.items()}
    known = (explanation.targets, explanation.target_names)
    if find_target(opposite, *known) is not None:
        return (
            f"Of {one!r} and {other!r} the opposite was explained, expected "
            f"contrast({other!r}, {one!r})."
        )
    factors = ", ".join(f"{output!r}: {f:g}" for output, f in wanted.items())
    return (
        f"The contrast of {one!r} and {other!r} was not explained, among "
        f"{_list(explanation.target_names)}. Its uncertainty does not follow from "
        f"theirs: ask for it, explain_instance(x, targets=[{{{factors}}}])."
    )


def _list(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
