"""Which picture of an explanation is drawn, by its kind."""

from __future__ import annotations

from sklearn_baylime.views._bars import ExplanationDisplay
from sklearn_baylime.views._view import is_image
from sklearn_baylime.views.image._display import KINDS, ImageDisplay
from sklearn_baylime.views.text._display import TextDisplay


def make_display(explanation, target=None, kind=None, max_features=10, level=0.95):
    """Return the display of a kind: of images the image if None, else bars."""
    if kind is None:
        kind = "image" if is_image(explanation) else "bars"
    if kind == "bars":
        return ExplanationDisplay.from_explanation(
            explanation, target, max_features=max_features, level=level
        )
    if kind == "text":
        return TextDisplay.from_explanation(
            explanation, target, max_features=max_features
        )
    if kind in KINDS:
        return ImageDisplay.from_explanation(
            explanation, target, kind=kind, max_features=max_features
        )
    raise ValueError(
        f"kind is {kind!r}, expected 'bars', 'text' for a document, or 'image', "
        "'heatmap' or 'std' for an image."
    )


def draw(explanation, target, kind, max_features, level, ax):
    """Draw one target, or a list of targets of an image side by side."""
    if not isinstance(target, list):
        display = make_display(explanation, target, kind, max_features, level)
        return display.plot(ax=ax)
    if not target or not is_image(explanation) or kind not in (None, *KINDS):
        raise ValueError(
            f"target is {target!r}, expected one target; several are drawn only of an "
            "image, by kind 'image', 'heatmap' or 'std'."
        )
    return ImageDisplay.compare(
        explanation, target, kind=kind or "image", max_features=max_features, axes=ax
    )
