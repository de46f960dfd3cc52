"""The artists of an image: panels, outlines, color bar; lengths in points."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sklearn_baylime.views._numbers import format_number, format_short
from sklearn_baylime.views._style import (
    NEUTRAL,
    SIGN_COLORS,
    import_matplotlib,
    line_style,
    say_certainty,
    say_sign,
)
from sklearn_baylime.views.image._marks import scale_colors, shade_colors, trace

# Room for the image of a panel, from one panel to three in a row; around and beside it.
_ROOM = {1: (420, 360), 2: (270, 260), 3: (200, 200)}
_SIDE, _GAP, _BAR, _TICKS = 18, 24, 11, 76
# Legends need so much across, and titles of one of several panels.
_NARROWEST, _NARROW = 440, 150


def size_panels(n: int, shape: Any) -> tuple[int, float, float, float]:
    """Return columns of panels for images of a shape, their size, titles' room."""
    n_columns = 2 if n == 4 else min(n, 3)
    room = _ROOM[n_columns]
    zoom = min(room[0] / shape[1], room[1] / shape[0])
    # The thinnest strip of an image still is a picture.
    width, height = (max(zoom * side, 24) for side in (shape[1], shape[0]))
    return n_columns, width, height, max(width, _NARROWEST if n == 1 else _NARROW)


def new_panels(
    n: int, shape: Any, n_title_lines: int, n_caption_lines: int, n_legend_lines: int
) -> Any:
    """Return axes for images of a shape, with axes for their color bar, in a figure."""
    plt = import_matplotlib()
    n_columns, width, height, title = size_panels(n, shape)
    n_rows = -(-n // n_columns)
    step = (width if n == 1 else title) + _GAP
    above, below = 14 + 15 * n_title_lines, 8 + 13 * n_caption_lines
    row = above + height + below
    legend = 8 + 14 * n_legend_lines if n_legend_lines else 0
    across = (n_columns - 1) * step + width + 14 + _BAR + _TICKS
    # A bar beside a flat image is higher than that.
    bar_height = max(height, 110)
    deep = max(n_rows * row + legend, above + bar_height)
    size = (2 * _SIDE + max(across, _NARROWEST), deep + _SIDE)
    figure = plt.figure(figsize=(size[0] / 72, size[1] / 72))

    def add(left: float, top: float, width: float, height: float) -> Any:
        place = (left, size[1] - top - height, width, height)
        return figure.add_axes([p / s for p, s in zip(place, size * 2, strict=True)])

    top = _SIDE / 2 + above
    axes = [
        add(_SIDE + i % n_columns * step, top + i // n_columns * row, width, height)
        for i in range(n)
    ]
    bar_left = _SIDE + (n_columns - 1) * step + width + 14
    return axes, add(bar_left, top, _BAR, bar_height)


def draw_outline(
    ax: Any,
    segments: Any,
    label: Any,
    weight: Any,
    sign_probability: Any,
    width: Any = 1.8,
    sign_colors: Any = SIGN_COLORS,
) -> Any:
    """Draw the outline of a segment: solid if its sign is certain, dotted if open."""
    from matplotlib.patches import PathPatch
    from matplotlib.patheffects import Stroke

    line = line_style(say_certainty(sign_probability))
    solid = line == "-"
    look = {
        "edgecolor": sign_colors[say_sign(weight)],
        "linestyle": line,
        "linewidth": width if solid else 0.85 * width,
        "capstyle": "butt",
    }
    patch = PathPatch(_outline_path(segments, label), fill=False, **look)
    # White beside the line, and in the gaps of dots, keeps it apart from any image.
    halo = Stroke(
        linewidth=(2 if solid else 1.45) * width,
        foreground="white",
        alpha=0.85,
        dashes={"dash_offset": 0, "dash_list": None},
    )
    patch.set_path_effects([halo, Stroke()])
    patch.set_clip_on(False)
    return ax.add_artist(patch)


def color_map(
    kind: str, limit: float, sign_colors: Any = SIGN_COLORS
) -> tuple[Any, Any]:
    """Return colors and norm of a picture of a kind; weights are symmetric around 0."""
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap, Normalize

    limit = limit or 1.0
    if kind == "std":
        return ListedColormap(shade_colors(limit)), Normalize(0, limit)
    norm = Normalize(-limit, limit)
    if kind == "heatmap":
        colors = [sign_colors["negative"], NEUTRAL, sign_colors["positive"]]
        return LinearSegmentedColormap.from_list("weights", colors), norm
    return ListedColormap(scale_colors(limit, sign_colors=sign_colors)), norm


def add_color_bar(mappable: Any, label: Any, *, ax: Any = None, cax: Any = None) -> Any:
    """Draw the color bar, with as many digits as its steps have."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    figure = (cax or ax).figure
    # Axes inside of others are as high as the image, whatever place it takes.
    bar = figure.colorbar(mappable, cax=cax or ax.inset_axes([1.03, 0, 0.03, 1]))
    locator = MaxNLocator(nbins=5, steps=[1, 2, 5, 10])
    ticks = locator.tick_values(*mappable.get_clim())
    low, high = mappable.get_clim()
    margin = 1e-9 * (high - low)
    ticks = [tick for tick in ticks if low - margin <= tick <= high + margin]
    step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
    say = _make_format(step, high, signed=low < 0)
    bar.set_ticks(ticks)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say(value)))
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize="small", length=3)
    bar.set_label(label, fontsize="small")
    return bar


def _outline_path(segments: Any, label: Any) -> Any:
    from matplotlib.path import Path

    corners, codes = [], []
    for points in trace(segments, label):
        # The centers of pixels have whole numbers in matplotlib's images.
        corners.append(np.vstack([points, points[:1]]) - 0.5)
        inner = [Path.LINETO] * (len(points) - 1)
        codes += [Path.MOVETO, *inner, Path.CLOSEPOLY]
    return Path(np.vstack(corners), codes)


def _make_format(step: float, high: float, signed: Any) -> Callable[[float], str]:
    """Return a function from a tick to its label."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if decimals > 5 or high >= 1e6:
        return lambda value: "0" if abs(value) < step / 2 else format_short(value)
    return lambda value: format_number(value, decimals, sign=signed)
