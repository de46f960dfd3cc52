"""The sections of a page, one a target: their order, their features, their scale."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_baylime.views._html_bars import scale_for
from sklearn_baylime.views._values import shown_records

# On one scale, bars of an output whose weights are so many times smaller are not seen.
_SEEN = 20.0

# Intervals reach so many times the largest weight; wider ones run out of the picture.
_WIDEST = 2.0


@dataclass(frozen=True)
class Section:
    """One target of a page.

    Attributes
    ----------
    t : int
        Its row in the explanation.
    anchor : str
        What links call it; no other page or cell of a notebook has it.
    records : list of dict
        Numbers of the features shown, the strongest first.
    n_hidden : int
        How many weaker features there are.
    scale : callable
        From weights to positions in a bar's picture.
    mirrors : int or None
        An earlier target of which this one says the opposite.
    """

    t: int
    anchor: str
    records: list[dict[str, Any]]
    n_hidden: int
    scale: Callable[[float], float]
    mirrors: int | None = None


def list_sections(explanation: Any, max_features: int, level: float) -> list[Section]:
    """Return the sections in their order; several classes, the likeliest first."""
    every = [
        list(shown_records(explanation, level, target))
        for target in explanation.targets
    ]
    shown = [records[:max_features] for records in every]
    is_common = has_one_scale(shown, explanation.prediction)
    common = scale_for(_ends([r for records in shown for r in records]))
    number = zlib.crc32(explanation.coef.tobytes())
    return [
        Section(
            t,
            f"baylime-{number:x}-{t}",
            shown[t],
            len(every[t]) - len(shown[t]),
            common if is_common else scale_for(_ends(shown[t])),
            _find_mirror(every, t) if explanation.instance is None else None,
        )
        for t in _order(explanation.prediction)
    ]


def has_one_scale(shown: Sequence[list[dict[str, Any]]], answers: Any) -> bool:
    """Tell whether all bars are on one scale: of probabilities, and of like sizes."""
    answers = np.asarray(answers)
    if ((answers >= 0) & (answers <= 1)).all():
        return True
    sizes = [max(abs(e) for e in _ends(records)) for records in shown]
    return max(sizes) <= _SEEN * min(sizes)


def _order(answers: Any) -> list[int]:
    answers = np.asarray(answers)
    is_share = len(answers) > 2 and (answers >= 0).all() and answers.sum() <= 1 + 1e-6
    order = np.argsort(-answers, kind="stable") if is_share else range(len(answers))
    return [int(t) for t in order]


def _find_mirror(every: Sequence[list[dict[str, Any]]], t: int) -> int | None:
    """Return the first of two targets where the second has all signs turned.

    Of two classes what raises one answer lowers the other; a document or an image is
    shown for both all the same.
    """
    if t != 1 or len(every) != 2 or len(every[0]) != len(every[1]):
        return None
    own = {r["feature"]: (r["coef"], r["low"], r["high"]) for r in every[1]}
    other = {r["feature"]: (-r["coef"], -r["high"], -r["low"]) for r in every[0]}
    if own.keys() != other.keys():
        return None
    pairs = [(own[name], other[name]) for name in own]
    ends = np.abs(pairs)
    largest = float(np.max(ends, where=np.isfinite(ends), initial=0.0))
    ours, theirs = (np.array(one) for one in zip(*pairs, strict=True))
    is_same = np.allclose(ours, theirs, 1e-6, 1e-6 * largest, equal_nan=True)
    return 0 if is_same else None


def _ends(records: list[dict[str, Any]]) -> list[float]:
    """Return what is to be in view; of intervals so far as bars are not dwarfed."""
    weights = [0.0, *(r["coef"] for r in records)]
    most = _WIDEST * max(map(abs, weights))
    ends = [r[k] for r in records for k in ("low", "high")]
    kept = [e for e in ends if np.isfinite(e)]
    return weights + [max(-most, min(most, e)) for e in kept]
