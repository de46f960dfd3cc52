"""Pictures of images side by side, with one color bar and one legend."""

from __future__ import annotations

import textwrap
from typing import Any

from sklearn_baylime.views._glyphs import drawable
from sklearn_baylime.views._style import add_legend, import_matplotlib, sort_looks
from sklearn_baylime.views.image._drawing import (
    add_color_bar,
    color_map,
    new_panels,
    size_panels,
)

_LABELS = {
    "image": "weight",
    "heatmap": "weight",
    "std": "|weight| / standard deviation\n(or more, at the top)",
}


def draw_panels(displays: Any, axes: Any = None) -> None:
    """Draw displays of one kind and limit, on new axes if none are given."""
    import_matplotlib()
    from matplotlib.cm import ScalarMappable

    n = len(displays)
    if axes is not None and len(axes) < n:
        raise ValueError(f"axes has {len(axes)} axes, expected {n}, one for each.")
    shapes = [display.segments.shape for display in displays]
    shape = [max(sides) for sides in zip(*shapes, strict=True)]
    n_columns, *_, room = size_panels(n, shape)
    # Letters of titles are about so many points wide.
    titles = [textwrap.fill(drawable(d.title), int(room / 5.9)) for d in displays]
    captions = [_wrap(drawable(d.caption), int(room / 5.2)) for d in displays]
    seen = sort_looks({look for display in displays for look in display.looks()})
    n_caption = 1 + max(caption.count("\n") for caption in captions)
    in_row = 2 if n == 1 or axes is not None else 4
    if axes is None:
        n_title = 1 + max(title.count("\n") for title in titles)
        axes, cax = new_panels(n, shape, n_title, n_caption, -(-len(seen) // in_row))
        lowest = axes[(n - 1) // n_columns * n_columns]
        place = {"cax": cax}
    else:
        lowest, place = axes[0], {"ax": axes[n - 1]}
    for display, ax, title, caption in zip(
        displays, axes, titles, captions, strict=False
    ):
        display.draw_image(ax, 1.8 if n == 1 else 1.2)
        _label(ax, title, caption)
    kind = displays[0].kind
    sign_colors = displays[0].sign_colors()
    colors, norm = color_map(kind, displays[0].find_limit(), sign_colors)
    bar = add_color_bar(ScalarMappable(norm, colors), _LABELS[kind], **place)
    below = 10 + 13 * n_caption
    legend = add_legend(lowest, seen, in_row, below, sign_colors) if seen else None
    for display in displays:
        display.colorbar_, display.legend_ = bar, legend


def _wrap(text: str, width: int) -> str:
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


def _label(ax: Any, title: str, caption: str) -> None:
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_title(title, loc="left", fontsize="medium", parse_math=False)
    ax.set_xlabel(caption, loc="left", fontsize="small", parse_math=False)
