"""An image with its segments colored, by scikit-learn's Display convention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._registry import require_view
from sklearn_baylime.views._sentences import say_answer, say_fit
from sklearn_baylime.views._style import SIGN_COLORS, DisplayMixin, list_looks
from sklearn_baylime.views.image._drawing import color_map, draw_outline
from sklearn_baylime.views.image._maps import spread
from sklearn_baylime.views.image._marks import shade, tint
from sklearn_baylime.views.image._panels import draw_panels

KINDS = ("image", "heatmap", "std")

# Standard deviations from 0 at which the color of "std" is full: a scale of its own
# maximum would paint noise as strongly as what is certain.
_FULL = 4.0


class ImageDisplay(DisplayMixin):
    """An image whose segments are colored by their weights.

    Blue segments raise the answer and orange ones lower it, the stronger the color, the
    larger the weight. A solid outline tells that the sign is certain, a dotted one that
    it is open.

    Parameters
    ----------
    image : ndarray of uint8 of shape (H, W, 3)
        The image.
    segments : ndarray of int of shape (H, W)
        Segment of each pixel, from 0 to d - 1.
    values : array-like of shape (d,)
        Weights; if the kind is "std", their sizes by their standard deviations, NaN
        where there is none.
    sign_probability : array-like of shape (d,)
        Probability of the sign of each weight, certain from 0.975 on; NaN where none is
        stated.
    shown : sequence of int
        Segments that are colored and outlined, if the kind is "image".
    kind : {"image", "heatmap", "std"}, default="image"
        Colors over the image in grey; all weights without the image; or how far all
        weights are from 0 over the image, in their standard deviations.
    limit : float or None, default=None
        Value of the strongest color. If None the largest that is shown, and 4 standard
        deviations if the kind is "std".
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the picture.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    image_ : matplotlib AxesImage
    outlines_ : list of matplotlib PathPatch
        Outlines of the segments shown, the strongest first.
    colorbar_ : matplotlib Colorbar
    legend_ : matplotlib Legend or None

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.explanation import ImageDisplay
    >>> image, segments = np.zeros((2, 2, 3), np.uint8), np.array([[0, 0], [1, 1]])
    >>> display = ImageDisplay(image, segments, [0.5, -0.2], [0.99, 0.8], [0, 1])
    >>> len(display.plot().outlines_)
    2
    """

    def __init__(
        self,
        image: np.ndarray,
        segments: np.ndarray,
        values: ArrayLike,
        sign_probability: Sequence[float] | np.ndarray,
        shown: Sequence[int],
        *,
        kind: str = "image",
        limit: float | None = None,
        title: str = "",
        caption: str = "",
    ) -> None:
        self.image = image
        self.segments = segments
        self.values = values
        self.sign_probability = sign_probability
        self.shown = shown
        self.kind = kind
        self.limit = limit
        self.title = title
        self.caption = caption

    @classmethod
    def from_explanation(
        cls,
        explanation: Any,
        target: Any = None,
        *,
        kind: str = "image",
        max_features: int = 10,
    ) -> ImageDisplay:
        """Take the weights of one target.

        Parameters
        ----------
        explanation : Explanation
            Of an image.
        target : int, str or None, default=None
            The target; the first if None.
        kind : {"image", "heatmap", "std"}, default="image"
            What is shown.
        max_features : int, default=10
            Most segments colored, if the kind is "image".

        Returns
        -------
        display : ImageDisplay
        """
        instance = require_view(explanation, "image", "A picture of the image")
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}, expected one of {KINDS}.")
        t = explanation.position(target)
        ranked = explanation.as_map()[explanation.targets[t]]
        shown = [j for j, weight in ranked[:max_features] if weight != 0]
        n_hidden = len(ranked) - max_features if kind == "image" else 0
        caption = say_fit(explanation, t, n_hidden=n_hidden)
        values = explanation.coef[t]
        if kind == "std":
            values = _by_std(values, explanation.std[t])
        if kind == "std" and np.isnan(values).any():
            caption += "\nwithout color where no standard deviation is stated"
        return cls(
            instance.display_image(),
            instance.segments,
            values,
            explanation.sign_probability()[t],
            shown,
            kind=kind,
            title=say_answer(explanation, t),
            caption=caption,
        )

    @classmethod
    def compare(
        cls,
        explanations: Any,
        targets: Sequence[Any] | None = None,
        *,
        kind: str = "image",
        max_features: int = 10,
        axes: Any = None,
    ) -> list[ImageDisplay]:
        """Draw several targets, or explanations, side by side with the same colors.

        Parameters
        ----------
        explanations : Explanation or sequence of Explanation
            Of one image, or of several.
        targets : sequence of int or str or None, default=None
            Targets of each explanation. None: all of a single explanation, and the
            first of each of several.
        kind : {"image", "heatmap", "std"}, default="image"
            What is shown.
        max_features : int, default=10
            Most segments colored in each, if the kind is "image".
        axes : sequence of matplotlib Axes or None, default=None
            Axes to draw on, one for each picture; new ones if None.

        Returns
        -------
        displays : list of ImageDisplay
        """
        if not isinstance(explanations, (list, tuple)):
            targets = explanations.targets if targets is None else targets
            explanations = [explanations]
        pairs = [(e, t) for e in explanations for t in (targets or [None])]
        displays = [
            cls.from_explanation(e, t, kind=kind, max_features=max_features)
            for e, t in pairs
        ]
        if not displays:
            raise ValueError("explanations is empty, expected one or more.")
        limit = max(display.find_limit() for display in displays)
        for display in displays:
            display.limit = limit
        draw_panels(displays, None if axes is None else list(np.ravel(axes)))
        return displays

    def find_limit(self) -> float:
        """Return the value of the strongest color.

        Returns
        -------
        limit : float
        """
        if self.limit is not None:
            return self.limit
        if self.kind == "std":
            return _FULL
        values = np.abs(np.asarray(self.values, dtype=float))
        if self.kind == "image":
            values = values[list(self.shown)]
        return float(np.max(values[np.isfinite(values)], initial=0.0))

    def looks(self) -> list[str]:
        """Return the looks that a legend has to explain.

        Returns
        -------
        looks : list of str
        """
        if self.kind != "image":
            return []
        return list_looks(self.values, self.sign_probability, self.shown)

    def sign_colors(self) -> dict[str, str]:
        """Return the colors of the signs, which are the same on dark paper.

        Returns
        -------
        colors : dict of str to str
        """
        return {**SIGN_COLORS, **(self.colors or {})}

    def draw_image(self, ax: Any, width: float = 1.8) -> None:
        """Draw the image and its outlines alone, without title, legend and scale.

        Parameters
        ----------
        ax : matplotlib Axes
            Axes to draw on.
        width : float, default=1.8
            Width of the outlines, in points.
        """
        limit, values = self.find_limit(), np.asarray(self.values, dtype=float)
        sign_colors = self.sign_colors()
        colors, norm = color_map(self.kind, limit, sign_colors)
        overlay = self.kind == "image"
        self.image_ = ax.imshow(
            self._pixels(values, limit, sign_colors),
            cmap=colors,
            norm=norm,
            interpolation="nearest",
        )
        # Drawn last, the strongest lies on top where outlines meet.
        self.outlines_ = [
            draw_outline(
                *(ax, self.segments, j, values[j], self.sign_probability[j], width),
                sign_colors,
            )
            for j in (list(self.shown)[::-1] if overlay else [])
        ][::-1]
        self._keep(ax)

    def _pixels(self, values: Any, limit: float, sign_colors: Any) -> np.ndarray:
        """Return the picture, as colors or as numbers that get theirs from a map."""
        if self.kind == "heatmap":
            return spread(self.segments, values)
        if self.kind == "std":
            return shade(self.image, self.segments, values, limit)
        look = self.shown, limit, self.sign_probability, sign_colors
        return tint(self.image, self.segments, values, *look)

    def _draw_on(self, ax: Any) -> None:
        draw_panels([self], None if ax is None else [ax])


def _by_std(coef: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Return how far weights are from 0 in their standard deviations.

    Infinite where a weight is exact, 0 where it is exactly 0, NaN where not known.
    """
    exact = np.where(coef == 0, 0.0, np.inf)
    exact = np.where(np.isnan(std), np.nan, exact)
    return np.divide(np.abs(coef), std, out=exact, where=std > 0)
