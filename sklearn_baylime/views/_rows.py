"""Rows of named features in a picture: their axes, labels, intervals and numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from sklearn_baylime.views._glyphs import drawable
from sklearn_baylime.views._names import shorten_apart
from sklearn_baylime.views._numbers import shorten_middle
from sklearn_baylime.views._style import import_matplotlib, scheme_of
from sklearn_baylime.views._values import keep_together

# Letters on a line beside a bar.
_LINE = 34


def new_axes(n_rows: float, caption: str = "", width: float = 7.5) -> Any:
    """Return axes of a new figure as high as its rows and its caption need."""
    plt = import_matplotlib()
    height = 1.0 + 0.36 * n_rows + 0.18 * (caption.count("\n") + bool(caption))
    _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    return ax


def wrap_name(name: str) -> str:
    r"""Return a name on two lines at most, which bars have room for.

    >>> wrap_name("a " * 60).count("\n")
    1
    """
    for most in range(2 * _LINE, 0, -1):
        wrapped = textwrap.fill(keep_together(shorten_middle(name, most)), _LINE)
        if wrapped.count("\n") < 2:
            break
    return wrapped


def name_rows(ax: Any, names: Sequence[Any]) -> None:
    """Write names beside rows 0, 1, ... from the top, and leave the frame away."""
    short = shorten_apart([drawable(str(name)) for name in names], 2 * _LINE - 2)
    labels = [wrap_name(name) for name in short]
    # Dollars begin no formula.
    ax.set_yticks(np.arange(len(labels)), labels, parse_math=False)
    ax.invert_yaxis()
    leave_frame(ax, "x", "top", "right", "left")
    ax.tick_params(axis="y", length=0)


def leave_frame(ax: Any, grid: str, *spines: str) -> None:
    """Draw the grid of one axis behind all else, without some sides of the frame."""
    ax.grid(axis=grid, color=scheme_of(ax)["line"], linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[[*spines]].set_visible(False)


def draw_zero(ax: Any, at: float = 0.0) -> Any:
    """Draw the line from which bars go to both sides."""
    return ax.axvline(at, color=scheme_of(ax)["soft"], linewidth=0.8)


def draw_intervals(ax: Any, positions: Any, low: Any, high: Any) -> Any:
    """Draw lines, dotted over all of the axes where an interval is open.

    A line has the paper's color on both sides, which keeps it apart from bars.
    """
    from matplotlib.patheffects import Normal, Stroke

    colors = scheme_of(ax)
    look = {"color": colors["ink"], "linewidth": 1.4}
    for y in np.asarray(positions)[np.isinf(low)]:
        ax.axhline(y, **look, linestyle=(0, (1, 2.5)))
    if not np.isfinite(low).any():
        return None
    finite = np.where(np.isinf([low, high]), np.nan, [low, high])
    lines = ax.hlines(positions, *finite, **look, zorder=2.5)
    lines.set_path_effects(
        [Stroke(linewidth=3.2, foreground=colors["paper"]), Normal()]
    )
    return lines


def write_column(ax: Any, texts: Sequence[str], title: str = "") -> list[Any]:
    """Write texts in a column to the right of the rows, aligned at their right."""
    from matplotlib.transforms import offset_copy

    width = max([len(text) for text in (*texts, title)], default=0)
    place = offset_copy(
        ax.get_yaxis_transform(), ax.figure, 8 + 6.2 * width, 0, "points"
    )
    look = {"transform": place, "ha": "right", "fontsize": "small", "parse_math": False}
    written = [
        ax.text(1, row, text, va="center", **look) for row, text in enumerate(texts)
    ]
    if title:
        color = scheme_of(ax)["soft"]
        written.append(ax.text(1, -0.62, title, va="bottom", color=color, **look))
    return written


def label_picture(ax: Any, title: str, label: str, caption: str = "") -> None:
    """Write the title, what is drawn along x, and lines below that."""
    text = drawable(f"{label}\n{caption}".rstrip())
    ax.set_xlabel(text, parse_math=False)
    look = {"loc": "left", "fontsize": "medium", "parse_math": False}
    ax.set_title(textwrap.fill(drawable(title), 86), **look)
