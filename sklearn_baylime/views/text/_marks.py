"""Which words of a document are marked, how strongly, and with which underline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._style import certainties

# Between these the strongest mark leaves text a contrast above 5 : 1, on light and on
# dark paper, and the weakest is still seen.
_FAINTEST, _STRONGEST = 0.08, 0.5

# Weights of less than this share of the largest are rounding.
_NOTHING = 1e-6


class Mark(NamedTuple):
    """One occurrence of a shown feature, `position` among those."""

    start: int
    end: int
    position: int


def find_marks(spans: Iterable[Any], coef: Iterable[float]) -> list[Mark]:
    """Return the occurrences in the order of the text; a weight of 0 has none."""
    return sorted(
        Mark(start, end, i)
        for i, (found, weight) in enumerate(zip(spans, coef, strict=True))
        for start, end in found
        if weight != 0
    )


def cut(text: str, marks: Iterable[Mark]) -> list[tuple[str, int | None]]:
    """Cut a text into pieces with the position of their mark, None between marks."""
    pieces: list[tuple[str, int | None]] = []
    done = 0
    for start, end, position in marks:
        pieces += [(text[done:start], None), (text[start:end], position)]
        done = end
    pieces.append((text[done:], None))
    return [piece for piece in pieces if piece[0]]


def opacities(coef: ArrayLike, sign_probability: ArrayLike = np.nan) -> np.ndarray:
    """Return how strongly weights are colored: by their size times their certainty.

    Sizes are relative to the largest. What is zero but for rounding has no color.
    """
    sizes = np.abs(np.asarray(coef, dtype=float))
    strength = sizes / max(sizes.max(initial=0.0), np.finfo(float).tiny)
    colors = _FAINTEST + (_STRONGEST - _FAINTEST) * strength
    return np.where(strength > _NOTHING, colors * certainties(sign_probability), 0.0)
