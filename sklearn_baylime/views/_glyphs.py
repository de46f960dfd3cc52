"""Which characters the fonts of a picture have, and how wide a text is in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import numpy as np

UNKNOWN = "\u25a1"
_TOLD = "that the fonts lack"

# Families that have what matplotlib's own fonts lack, the plainest first: Chinese,
# Japanese and Korean, emoji drawn by lines, other scripts. Those of them that are
# installed stand behind the fonts that are asked for.
_FALLBACKS = (
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans JP"),
    *("Noto Sans KR", "Source Han Sans SC", "Source Han Sans", "Microsoft YaHei"),
    *("Yu Gothic", "Meiryo", "Malgun Gothic", "SimHei", "PingFang SC", "PingFang HK"),
    *("Hiragino Sans", "Hiragino Sans GB", "Heiti TC", "Apple SD Gothic Neo"),
    *("WenQuanYi Micro Hei", "WenQuanYi Micro Hei Mono", "WenQuanYi Zen Hei"),
    *("IPAGothic", "TakaoPGothic", "VL Gothic", "NanumGothic", "UnDotum"),
    *("Droid Sans Fallback", "Arial Unicode MS", "Noto Emoji", "Segoe UI Emoji"),
    *("Segoe UI Symbol", "Symbola", "Nirmala UI", "Leelawadee UI"),
    *(
        f"Noto Sans {script}"
        for script in (
            *("Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Telugu", "Thai"),
            *("Georgian", "Armenian", "Ethiopic", "Khmer", "Lao", "Myanmar", "Sinhala"),
            *("Symbols", "Symbols 2", "Math"),
        )
    ),
    "Unifont",
)

# Characters that no font has, of the picture that is drawn now.
_lacking: ContextVar[set[str] | None] = ContextVar("lacking", default=None)


@contextmanager
def fallback_fonts() -> Iterator[None]:
    """Let the texts of a picture fall back to installed fonts with their letters."""
    import matplotlib

    asked = list(matplotlib.rcParams["font.family"])
    more = [family for family in _installed(_n_fonts()) if family not in asked]
    token = _lacking.set(set())
    try:
        with matplotlib.rc_context({"font.family": [*asked, *more]}):
            yield
    finally:
        _lacking.reset(token)


def drawable(text: str) -> str:
    """Return the text with a box for what matplotlib's fonts lack.

    They would draw a box as well, but warn of each character. Marks that belong to the
    character before them, and characters without a look, are left out. All line breaks
    become line feeds.
    """
    known = _known_characters(_families())
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(c if ord(c) in known else _stand_in(c) for c in text)


def tell_lacking(ax: Any) -> None:
    """Say below a picture how many characters of its texts no font has.

    Below the label of axes that make room for it, else in the figure's corner; not
    where the picture tells of them by itself, as that of a document does.
    """
    n, figure = len(_lacking.get() or ()), ax.figure
    if not n or any(_TOLD in one.get_xlabel() for one in figure.axes):
        return
    plural = "" if n == 1 else "s"
    said = f'{n} character{plural} {_TOLD}; rcParams["font.family"] takes others'
    if figure.get_layout_engine() is None:
        look = {"ha": "right", "va": "bottom", "fontsize": "x-small"}
        figure.text(0.995, 0.005, said, **look)
    else:
        # Labels are not wrapped, and this one may be wider than its axes.
        lines = said.replace("; ", ":\n")
        ax.set_xlabel(f"{ax.get_xlabel()}\n{lines}".lstrip(), parse_math=False)


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
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    lacking = _lacking.get()
    if lacking is not None:
        lacking.add(character)
    return UNKNOWN


def _families() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the families asked for; a generic one as the list it stands for."""
    import matplotlib

    families = tuple(matplotlib.rcParams["font.family"])
    return families, tuple(matplotlib.rcParams["font.sans-serif"])


def _n_fonts() -> int:
    """Return how many fonts matplotlib knows; more may be added at any time."""
    from matplotlib.font_manager import fontManager

    return len(fontManager.ttflist)


@lru_cache(maxsize=4)
def _installed(n_fonts: int) -> tuple[str, ...]:
    """Return the families to fall back to that matplotlib knows."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    return tuple(name for name in _FALLBACKS if name in known)


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
