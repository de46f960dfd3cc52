"""Which characters the fonts of a picture have, and how wide a text is in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

UNKNOWN = "\u25a1"


def drawable(text: str) -> str:
    """Return the text with a box for what matplotlib's fonts lack.

    They would draw a box as well, but warn of each character. Marks that belong to the
    character before them, and characters without a look, are left out. All line breaks
    become line feeds.
    """
    known = _known_characters(_families())
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(c if ord(c) in known else _stand_in(c) for c in text)


def make_measure(size: float) -> Callable[[str], float]:
    """Return a function from a text to its width in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font, paths = FontProperties(size=size), TextToPath()

    def extent(text: str) -> float:
        return paths.get_text_width_height_descent(text, font, ismath=False)[0]

    # The extent is that of ink; bars at both ends, to which no letter is kerned, add
    # what spaces and bearings take.
    ends = extent("||")
    return lru_cache(maxsize=None)(lambda text: extent(f"|{text}|") - ends)


def outline(text: str, size: float, x: float, y: float) -> Any:
    """Return the path of a text from a point of axes whose y grows downwards."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextToPath

    paths = TextToPath()
    corners, codes = paths.get_text_path(FontProperties(size=size), text, ismath=False)
    scale = size / paths.FONT_SCALE
    # Blanks have no corners.
    corners = np.reshape(corners, (-1, 2)) * (scale, -scale) + (x, y)
    return Path(corners, codes if len(corners) else None)


def _stand_in(character: str) -> str:
    if character in "\n\r\v\f\x85\u2028\u2029":
        return "\n"
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    return "" if category in ("Mn", "Me", "Cf") else UNKNOWN


def _families() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the families asked for; a generic one as the list it stands for."""
    import matplotlib

    families = tuple(matplotlib.rcParams["font.family"])
    return families, tuple(matplotlib.rcParams["font.sans-serif"])


@lru_cache(maxsize=16)
def _known_characters(families: Any) -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    paths = []
    for family in families[0]:
        try:
            prop = FontProperties(family=[family])
            paths.append(findfont(prop, fallback_to_default=False))
        except ValueError:
            continue
    known: set[int] = set()
    for path in paths or [findfont(FontProperties())]:
        known.update(get_font(path).get_charmap())
    # Some fonts map line breaks to empty glyphs.
    return frozenset(known - set(map(ord, "\n\r\v\f\x85\u2028\u2029")))
