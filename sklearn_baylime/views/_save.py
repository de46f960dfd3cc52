"""Pictures of all targets of an explanation in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sklearn_baylime.views._draw import draw, make_display
from sklearn_baylime.views._registry import default_picture, find_pictures
from sklearn_baylime.views._style import import_matplotlib

# So many targets are told apart on one axis.
_ON_ONE_AXIS = 6

_FEATURES, _LEVEL = 10, 0.95


def save_picture(explanation: Any, path: Path) -> None:
    """Draw all targets into a file: a PDF has a page for each.

    In other formats several of an image are side by side, up to six of a table on one
    axis, and all others below each other.
    """
    if len(explanation.targets) == 1:
        make_display(explanation).save(path)
    elif path.suffix.lower() == ".pdf":
        _save_pages(explanation, path)
    else:
        plt = import_matplotlib()
        figure = _draw_all(explanation)
        figure.savefig(path, dpi=150)
        plt.close(figure)


def _save_pages(explanation: Any, path: Path) -> None:
    plt = import_matplotlib()
    from matplotlib.backends.backend_pdf import PdfPages

    with PdfPages(path) as pages:
        for target in explanation.targets:
            figure = make_display(explanation, target).plot().figure_
            pages.savefig(figure)
            plt.close(figure)


def _draw_all(explanation: Any) -> Any:
    name = default_picture(explanation.instance)
    targets = list(explanation.targets)
    if name == "bars":
        is_one = len(targets) <= _ON_ONE_AXIS
    else:
        display = find_pictures(explanation.instance)[name][1]
        is_one = hasattr(display, "compare")
    if not is_one:
        return _draw_below(explanation, targets)
    drawn = draw(explanation, targets, None, _FEATURES, _LEVEL, None, {})
    return (drawn[0] if isinstance(drawn, list) else drawn).figure_


def _draw_below(explanation: Any, targets: list[Any]) -> Any:
    """Draw pictures below each other, each as high as it is by itself."""
    plt = import_matplotlib()
    sizes = []
    for target in targets:
        alone = make_display(explanation, target).plot().figure_
        sizes.append(alone.get_size_inches())
        plt.close(alone)
    widths, heights = zip(*sizes, strict=True)
    figure, axes = plt.subplots(
        len(targets),
        figsize=(max(widths), sum(heights)),
        layout="constrained",
        gridspec_kw={"height_ratios": heights},
    )
    for target, ax in zip(targets, axes, strict=True):
        make_display(explanation, target).plot(ax=ax)
    answers = explanation.prediction
    is_share = ((answers >= 0) & (answers <= 1)).all()
    if default_picture(explanation.instance) == "bars" and is_share:
        # Probabilities are compared: one scale for all.
        lows, highs = zip(*(ax.get_xlim() for ax in axes), strict=True)
        for ax in axes:
            ax.set_xlim(min(lows), max(highs))
    return figure
