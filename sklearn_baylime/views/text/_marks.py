"""Which words of a document are marked, how strongly, and with which underline."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sklearn_baylime.views._numbers import format_number

# Between these the strongest mark leaves text a contrast above 5 : 1, on light and on
# dark paper, and the weakest is still seen.
_FAINTEST, _STRONGEST = 0.08, 0.5

_CERTAIN = 0.975


class Mark(NamedTuple):
    """One occurrence of a shown feature, `position` among those."""

    start: int
    end: int
    position: int


def find_marks(spans, coef) -> list[Mark]:
    """Return the occurrences in the order of the text; a weight of 0 has none."""
    return sorted(
        Mark(start, end, i)
        for i, (found, weight) in enumerate(zip(spans, coef, strict=True))
        for start, end in found
        if weight != 0
    )


def cut(text: str, marks) -> list[tuple[str, int | None]]:
    """Cut a text into pieces with the position of their mark, None between marks."""
    pieces: list[tuple[str, int | None]] = []
    done = 0
    for start, end, position in marks:
        pieces += [(text[done:start], None), (text[start:end], position)]
        done = end
    pieces.append((text[done:], None))
    return [piece for piece in pieces if piece[0]]


def opacities(coef) -> np.ndarray:
    """Return how strongly each weight is coloured, relative to the largest."""
    sizes = np.abs(np.asarray(coef, dtype=float))
    strength = sizes / max(sizes.max(initial=0.0), np.finfo(float).tiny)
    return _FAINTEST + (_STRONGEST - _FAINTEST) * strength


def tell_sign(weight: float) -> str:
    """Return the class of a weight's sign."""
    return "negative" if weight < 0 else "positive"


def tell_certainty(sign_probability: float) -> str:
    """Return "certain" from 97.5 % on, "open" below, "" where nothing is known."""
    if np.isnan(sign_probability):
        return ""
    return "certain" if sign_probability >= _CERTAIN else "open"


# Class, and what a legend says of it.
SIGNS = {"positive": "raises the answer", "negative": "lowers the answer"}
CERTAINTIES = {"certain": "sign certain (P ≥ 97.5 %)", "open": "sign open"}


def looks(marks, coef, sign_probability) -> list[str]:
    """Return the classes that a legend of the marks has to explain."""
    shown = {mark.position for mark in marks}
    seen = {tell_sign(coef[i]) for i in shown}
    seen |= {tell_certainty(sign_probability[i]) for i in shown}
    return [look for look in (*SIGNS, *CERTAINTIES) if look in seen]


def tell_weight(record, decimals, level, certainty) -> str:
    """Return what hovering shows; letters at both ends keep it whole in Arabic."""
    weight, low, high = (
        format_number(record[k], decimals, sign=True) for k in ("coef", "low", "high")
    )
    told = f"{SIGNS[tell_sign(record['coef'])]}: weight {weight}"
    if not certainty:
        return told
    return f"{told}, {100 * level:g} % interval {low} to {high}, sign {certainty}"
