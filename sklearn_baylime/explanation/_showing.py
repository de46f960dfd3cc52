"""The ways an explanation shows itself: pictures, maps, pages, files, print."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_baylime.base._pointers import pointing
from sklearn_baylime.explanation._json import write_content
from sklearn_baylime.views._draw import draw
from sklearn_baylime.views._page import render_fragment, render_page
from sklearn_baylime.views._printout import render_text
from sklearn_baylime.views._save import save_picture
from sklearn_baylime.views.image._maps import map_image, mask_image


class ShowingMixin:
    """How an explanation shows itself; views do the work."""

    if TYPE_CHECKING:
        coef: np.ndarray

        @property
        def std(self) -> np.ndarray:
            """Standard deviations of the weights."""

        def position(self, target: Any = None) -> int:
            """Return the row of a target."""

    @pointing
    def plot(
        self,
        target: Any = None,
        *,
        kind: str | None = None,
        max_features: int = 10,
        level: float = 0.95,
        ax: Any = None,
        figsize: tuple[float, float] | None = None,
        title: str | None = None,
        colors: Any = None,
    ) -> Any:
        """Draw the weights: as bars, or as the instance's view draws them.

        Parameters
        ----------
        target : int, str, list or None, default=None
            A target, by its column in the answers or its name; the first if None. A
            list draws several on one axis, and those of an image side by side, with
            the same colors.
        kind : str or None, default=None
            ``"bars"`` with intervals; ``"text"``, a document with its words marked;
            ``"image"``, an image with its strongest segments colored, ``"heatmap"``,
            all weights without the image, or ``"std"``, how far from 0 they are in
            their standard deviations, over the image;
            ``"series"``, a series with its segments tinted; or a picture of another
            registered view. Of any explanation ``"waterfall"``, steps from the
            intercept to the answer; ``"targets"``, several targets on one axis;
            ``"ranks"``, how probable each rank is; ``"answers"``, all answers of the
            model. None draws images and series as such and others as bars.
        max_features : int, default=10
            Most features shown; maps show all.
        level : float, default=0.95
            Probability of the intervals of bars.
        ax : matplotlib Axes or None, default=None
            Axes to draw on, for a list of targets of an image a list; new ones if None.
        figsize : (float, float) or None, default=None
            Width and height of a new figure, in inches; fitting ones if None.
        title : str or None, default=None
            Title instead of the picture's own.
        colors : dict or None, default=None
            Colors of the signs, ``{"positive": "teal", "negative": "crimson"}``, or of
            one of them. If None those that suit light or dark axes.

        Returns
        -------
        display : ExplanationDisplay, TextDisplay, ImageDisplay, SeriesDisplay or other
            A list of them for a list of targets of an image.

        Raises
        ------
        ValueError
            If the kind is another, or one that the instance does not have.
        """
        given = {"figsize": figsize, "title": title, "colors": colors}
        look = {name: value for name, value in given.items() if value is not None}
        return draw(self, target, kind, max_features, level, ax, look)

    @pointing
    def to_html(self, *, max_features: int = 20, level: float = 0.95) -> str:
        """Return a self-contained page without scripts.

        Parameters
        ----------
        max_features : int, default=20
            Most features shown for each target.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        html : str
        """
        return render_page(with_notes(self), max_features, level)

    def save(self, path: str | Path) -> Path:
        """Write the explanation as a page, a picture or data.

        Parameters
        ----------
        path : str or Path
            Ends in .html, .png, .svg, .pdf or .json. All targets are written: a PDF has
            a page for each; in other pictures up to six of a table are on one axis,
            those of an image side by side, others below each other.

        Returns
        -------
        path : Path

        Raises
        ------
        ValueError
            If the ending is another.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind == ".html":
            # Halves of surrogate pairs, as of cut texts, have no bytes of their own.
            content = self.to_html().encode("utf-8", "xmlcharrefreplace")
            path.write_bytes(content)
        elif kind == ".json":
            path.write_text(
                json.dumps(write_content(self), allow_nan=False), encoding="utf-8"
            )
        elif kind in (".png", ".svg", ".pdf"):
            save_picture(self, path)
        else:
            raise ValueError(
                f"The path {str(path)!r} ends in {kind!r}, expected .html, .png, .svg, "
                ".pdf or .json."
            )
        return path

    def mask(
        self,
        k: int = 5,
        *,
        sign: str = "positive",
        target: Any = None,
        certain: float | None = None,
    ) -> np.ndarray:
        """Return which pixels of an image belong to the strongest segments.

        Parameters
        ----------
        k : int, default=5
            Most segments.
        sign : {"positive", "negative", "both"}, default="positive"
            Sign of their weights.
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.
        certain : float or None, default=None
            Least probability of the sign, such as 0.95; any if None.

        Returns
        -------
        mask : ndarray of int8 of shape (H, W)
            1 where a segment raises the answer, -1 where one lowers it, 0 elsewhere.

        Raises
        ------
        ValueError
            If the explanation is not of an image, or states no probabilities.
        """
        return mask_image(self, target, k, sign, certain)

    def heatmap(self, target: Any = None) -> np.ndarray:
        """Return for each pixel of an image the weight of its segment.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        weights : ndarray of shape (H, W)
        """
        return map_image(self, self.coef[self.position(target)], "A heatmap")

    def std_map(self, target: Any = None) -> np.ndarray:
        """Return for each pixel the standard deviation of its segment's weight.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        std : ndarray of shape (H, W)
            NaN in segments that are not selected.
        """
        wish = "A map of standard deviations"
        return map_image(self, self.std[self.position(target)], wish)

    def __str__(self) -> str:
        return render_text(with_notes(self))

    def _repr_html_(self) -> str:
        return render_fragment(with_notes(self), max_features=20, level=0.95)


def with_notes(explanation: Any) -> Any:
    """Return the explanation as it is shown, with what was done to its numbers."""
    if not (said := say_choice(explanation)):
        return explanation
    return replace(explanation, warnings=(*explanation.warnings, said))


def say_choice(explanation: Any) -> str:
    """Say that intervals pay for a choice of features, "" where they need not."""
    counts, d = explanation.selected.sum(axis=1), explanation.selected.shape[1]
    if explanation.exact or not ((counts > 0) & (counts < d)).any():
        return ""
    k = " or ".join(str(count) for count in np.unique(counts))
    return f"Intervals and P(sign) pay for the choice of {k} among {d} features."
