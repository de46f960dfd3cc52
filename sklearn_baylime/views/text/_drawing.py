"""The artists of a document: words, boxes, underlines, legend; lengths in points.

Points, in which fonts are set, keep words and boxes together at any resolution. Artists
are added as such, since limits are known: their extents would take most of the time.
"""

from __future__ import annotations

from typing import Any

from sklearn_baylime.views._glyphs import outline
from sklearn_baylime.views._style import (
    add_legend,
    import_matplotlib,
    line_style,
)

SIZE, LEADING, WIDTH = 10.5, 19.0, 504.0

_LEGEND_WIDTH, _LEGEND_LINE = 430.0, 13.0


def draw_word(ax: Any, piece: Any) -> Any:
    """Draw a piece of a word as its outlines.

    Text that is hinted to pixels has widths that change with the resolution, and would
    stick out of boxes; outlines do not. They are no formulas, whatever the text has.
    """
    import matplotlib
    from matplotlib.patches import PathPatch

    path = outline(piece.text, SIZE, piece.x, _middle(piece) + 3.6)
    color = matplotlib.rcParams["text.color"]
    # Snapped to pixels, letters of straight lines, such as I, would differ from others.
    patch = PathPatch(path, facecolor=color, linewidth=0, zorder=3, snap=False)
    return ax.add_artist(patch)


def draw_box(ax: Any, piece: Any, color: str, alpha: float) -> Any:
    """Draw the colored box behind a piece of a word."""
    from matplotlib.patches import Rectangle

    corner = (piece.x, _middle(piece) - 7.5)
    look: dict[str, Any] = {
        "facecolor": color,
        "alpha": alpha,
        "linewidth": 0,
    }
    return ax.add_artist(Rectangle(corner, piece.width, 15, **look))


def draw_underline(ax: Any, piece: Any, color: str, certainty: Any) -> Any:
    """Draw a solid or dotted line below a box."""
    from matplotlib.lines import Line2D

    x, y = (piece.x, piece.x + piece.width), _middle(piece) + 8
    look = {"linestyle": line_style(certainty), "solid_capstyle": "butt"}
    line = Line2D(x, (y, y), color=color, linewidth=1.6, **look)
    return ax.add_artist(line)


def label(ax: Any, title: str, caption: str, seen: Any, colors: Any) -> Any:
    """Write title and caption, and return the legend of the looks that are seen."""
    n_columns = 4 if _in_points(ax)[0] > _LEGEND_WIDTH else 2
    legend_height = 6 + _LEGEND_LINE * -(-len(seen) // n_columns)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_title(title, loc="left", fontsize="medium", pad=10, parse_math=False)
    ax.set_xlabel(
        caption,
        loc="left",
        labelpad=8 + (legend_height if seen else 0),
        fontsize="small",
        parse_math=False,
    )
    return add_legend(ax, seen, n_columns, colors=colors) if seen else None


def new_axes(n_lines: int, above: float, below: float) -> Any:
    """Return axes of a new figure, in points from the top left corner of the text."""
    plt = import_matplotlib()
    side, height = 18.0, n_lines * LEADING
    size = (WIDTH + 2 * side, above + height + below)
    figure = plt.figure(figsize=(size[0] / 72, size[1] / 72))
    place = (side / size[0], below / size[1], WIDTH / size[0], height / size[1])
    ax = figure.add_axes(place)
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    return ax


def take_room(ax: Any) -> tuple[float, float]:
    """Set the units of given axes to points, and return their width and height."""
    # Layout engines move axes when they are drawn.
    ax.figure.figure.draw_without_rendering()
    width, height = _in_points(ax)
    ax.set(xlim=(0, width), ylim=(height, 0))
    return width, height


def _in_points(ax: Any) -> tuple[float, float]:
    box, scale = ax.get_window_extent(), 72 / ax.figure.dpi
    return scale * box.width, scale * box.height


def _middle(piece: Any) -> float:
    return (piece.line + 0.5) * LEADING
