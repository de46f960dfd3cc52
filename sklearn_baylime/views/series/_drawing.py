"""The artists of a series: panels, lines, tints, weights; lengths in points."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_baylime.views._style import import_matplotlib, line_style, scheme_of

# Of a panel: its height by the number of panels, and room for the name above it.
_HEIGHTS = {1: 150.0, 2: 110.0, 3: 90.0}
_FLAT, _NAME, _GAP = 64.0, 15.0, 9.0
# The legend stands below the times, the caption below that.
LEGEND_BELOW = 24.0
_WIDTH, _LEFT, _RIGHT, _ROW = 540.0, 52.0, 12.0, 14.0


def new_panels(n: int, is_named: bool, n_titles: int, n_captions: int) -> list[Any]:
    """Return axes for channels, one above the other, of a new figure."""
    plt = import_matplotlib()
    height, step = _sizes(n, is_named)
    above = 12 + 15 * n_titles
    below = 24 + LEGEND_BELOW + _ROW * n_captions
    size = _WIDTH, above + n * step - _GAP + below
    figure = plt.figure(figsize=(size[0] / 72, size[1] / 72))
    axes = []
    for row in range(n):
        bottom = size[1] - above - row * step - (step - _GAP)
        place = (_LEFT, bottom, _WIDTH - _LEFT - _RIGHT, height)
        shares = [p / s for p, s in zip(place, size * 2, strict=True)]
        axes.append(figure.add_axes(shares))
    return axes


def split_axes(ax: Any, n: int, is_named: bool) -> list[Any]:
    """Return axes for channels: those given, or parts of the one that is given."""
    if not hasattr(ax, "inset_axes"):
        axes = list(np.ravel(ax))
        if len(axes) < n:
            raise ValueError(f"ax has {len(axes)} axes, expected {n}, one a channel.")
        return axes[:n]
    if n == 1:
        return [ax]
    ax.set_axis_off()
    height, step = _sizes(n, is_named)
    total = n * step - _GAP
    bottoms = [total - row * step - (step - _GAP) for row in range(n)]
    return [ax.inset_axes([0, b / total, 1, height / total]) for b in bottoms]


def draw_line(ax: Any, x: Any, y: Any, color: str, width: float) -> Any:
    """Draw a line; a point between two missing values is a dot."""
    missing = np.pad(np.isnan(y), 1, constant_values=True)
    alone = np.flatnonzero(~missing[1:-1] & missing[:-2] & missing[2:])
    look = {"color": color, "linewidth": width, "solid_capstyle": "round"}
    dots = {"marker": ".", "markersize": 3 * width, "markevery": alone.tolist()}
    return ax.plot(x, y, **look, **(dots if len(alone) else {}), zorder=3)[0]


def draw_band(ax: Any, ends: Any, color: str, alpha: float, certainty: str) -> Any:
    """Draw the tint of a segment and the line below it, None if nothing is stated."""
    band = ax.axvspan(*ends, facecolor=color, alpha=alpha, linewidth=0, zorder=1)
    if not certainty:
        return band, None
    inset = 0.02 * (ends[1] - ends[0])
    underline = ax.plot(
        [ends[0] + inset, ends[1] - inset],
        [0, 0],
        transform=ax.get_xaxis_transform(),
        color=color,
        linewidth=2,
        linestyle=line_style(certainty),
        solid_capstyle="butt",
        clip_on=False,
        zorder=4,
    )[0]
    return band, underline


def write_weight(ax: Any, ends: Any, label: str) -> None:
    """Write a weight into a band that is wide enough."""
    low, high = ax.get_xlim()
    points = ax.get_window_extent().width * 72 / ax.figure.dpi
    if (ends[1] - ends[0]) / (high - low) * points < 5.2 * len(label):
        return
    ax.annotate(
        label,
        (sum(ends) / 2, 1),
        xycoords=ax.get_xaxis_transform(),
        xytext=(0, -2),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize="small",
        zorder=5,
    )


def label_axes(
    axes: list[Any], title: str, caption: str, times: Any, has_legend: bool
) -> None:
    """Write title, caption and times, the last two below the lowest panel."""
    from matplotlib.ticker import MaxNLocator

    for ax in axes:
        _leave_headroom(ax)
        ax.spines[["top", "right"]].set_visible(False)
        ax.yaxis.set_major_locator(MaxNLocator(4))
        ax.tick_params(labelsize="small")
        ax.grid(axis="y", color=scheme_of(ax)["line"], linewidth=0.8)
        ax.set_axisbelow(True)
        ax.tick_params(labelbottom=ax is axes[-1])
    last, pad = axes[-1], LEGEND_BELOW if has_legend else 4
    _label_times(last, times)
    look = {"fontsize": "small", "parse_math": False}
    last.set_xlabel(caption, loc="left", labelpad=pad, **look)
    # Over the name of the first channel, which is the title of its panel.
    pad = 20 if axes[0].get_title(loc="left") else 6
    axes[0].annotate(
        title,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, pad),
        textcoords="offset points",
        va="bottom",
        fontsize="medium",
        parse_math=False,
        annotation_clip=False,
    )


def _leave_headroom(ax: Any) -> None:
    """Leave the top of a panel free of the line, where the weights stand."""
    ax.margins(y=0.08)
    low, high = ax.get_ylim()
    points = ax.get_window_extent().height * 72 / ax.figure.dpi
    share = min(14.0 / max(points, 1.0), 0.4)
    ax.set_ylim(low, low + (high - low) / (1 - share))


def _label_times(ax: Any, times: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    if times is None or not isinstance(times[0], str):
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=times is None))
        return
    count = int(np.clip(440 // (7 * len(times[0]) + 14), 2, 6))
    chosen = np.unique(np.linspace(0, len(times) - 1, count).round().astype(int))
    ax.set_xticks(chosen, [times[i] for i in chosen])
    # Labels at the ends would stick out of the figure.
    labels = ax.get_xticklabels()
    if len(labels) > 1:
        labels[0].set_ha("left")
        labels[-1].set_ha("right")


def _sizes(n: int, is_named: Any) -> tuple[float, float]:
    """Return the height of one of so many panels, and from one to the next."""
    height = _HEIGHTS.get(n, _FLAT)
    return height, height + _GAP + (_NAME if is_named else 0)
