"""Many explanations as a map: columns by instances, similar ones beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._numbers import count_weaker
from sklearn_baylime.views._rows import label_picture, name_rows, new_axes
from sklearn_baylime.views._style import (
    DisplayMixin,
    ink_on,
    scheme_of,
)
from sklearn_baylime.views.charts._many import read_many
from sklearn_baylime.views.image._drawing import add_color_bar


class HeatmapDisplay(DisplayMixin):
    """What each column does in many explanations, a cell for each instance.

    Colors are those of the signs; a dash marks what lowers the answer, which is seen
    without colors too. Cells whose sign is open are hollow: a ring on bare paper.

    Parameters
    ----------
    names : sequence of str
        Columns, the strongest first.
    effects : array-like of shape (n_instances, n_shown)
        What each adds to the local model's answer.
    sign_probability : array-like of shape (n_instances, n_shown)
        Probability of the sign of each weight; NaN where none is stated.
    label : str, default="what the column adds to the answer"
        What the colors tell.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the axis label.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    cells_ : matplotlib AxesImage
        Effects, columns by instances; masked where the sign is open.
    dashes_ : matplotlib LineCollection
        Of cells that lower the answer.
    rings_ : matplotlib PathCollection
        Of cells whose sign is open.
    colorbar_ : matplotlib Colorbar

    Examples
    --------
    >>> from sklearn_baylime.explanation import HeatmapDisplay
    >>> display = HeatmapDisplay(["a"], [[0.1], [-0.2]], [[0.99], [0.8]])
    >>> display.plot().cells_.get_array().shape
    (1, 2)
    """

    def __init__(
        self,
        names: Sequence[str],
        effects: ArrayLike,
        sign_probability: ArrayLike,
        *,
        label: str = "what the column adds to the answer",
        title: str = "",
        caption: str = "",
    ) -> None:
        self.names = names
        self.effects = effects
        self.sign_probability = sign_probability
        self.label = label
        self.title = title
        self.caption = caption

    @classmethod
    def from_explanations(
        cls, explanations: Any, target: Any = None, *, max_features: int = 12
    ) -> HeatmapDisplay:
        """Take the columns with the strongest effects, and order the instances.

        Parameters
        ----------
        explanations : iterable of Explanation
            Of the same columns, as ``explainer.explain(X)`` returns them.
        target : int, str or None, default=None
            A target; the first of each if None.
        max_features : int, default=12
            Most columns shown.

        Returns
        -------
        display : HeatmapDisplay
            With the instances in the order of their first principal component, so that
            those with similar effects are beside each other.

        Raises
        ------
        ValueError
            If there are no explanations, or their columns differ.
        KeyError
            If an explanation does not explain the target.
        """
        many = read_many(explanations, target)
        shown, order = many.order[:max_features], order_rows(many.effects)
        said = []
        if (many.sign_probability[:, shown] < 0.975).any():
            said.append("rings: sign open")
        rest = len(many.names) - len(shown)
        said += [f"{count_weaker(rest)} not shown"] if rest else []
        return cls(
            [many.names[j] for j in shown],
            many.effects[np.ix_(order, shown)],
            many.sign_probability[np.ix_(order, shown)],
            label="what the column adds to the answer"
            if many.is_contribution
            else "weight",
            title=f"What each column does in {len(many.effects)} explanations",
            caption="\n".join(said),
        )

    def _draw_on(self, ax: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap, Normalize

        ax = new_axes(len(self.names) + 0.8, self.caption) if ax is None else ax
        effects = np.asarray(self.effects, dtype=float).T
        is_open = np.asarray(self.sign_probability, dtype=float).T < 0.975
        colors, paper = self._colors_on(ax), scheme_of(ax)["paper"]
        ends = [colors["negative"], paper, colors["positive"]]
        limit = float(np.abs(effects).max(initial=0.0)) or 1.0
        self.cells_ = ax.imshow(
            np.ma.masked_where(is_open, effects),
            cmap=LinearSegmentedColormap.from_list("effects", ends),
            norm=Normalize(-limit, limit),
            aspect="auto",
            interpolation="nearest",
        )
        self._mark(ax, effects, is_open, colors)
        name_rows(ax, self.names)
        n_rows, n = effects.shape
        ax.set(xlim=(-0.5, n - 0.5), ylim=(n_rows - 0.5, -0.5), xticks=[])
        ax.grid(False)
        self.colorbar_ = add_color_bar(self.cells_, self.label, ax=ax)
        said = f"{n} instances, similar ones beside each other"
        label_picture(ax, self.title, said, self.caption)
        self._keep(ax)

    def _mark(self, ax: Any, effects: Any, is_open: Any, colors: Any) -> None:
        """Draw dashes on what lowers the answer, rings where the sign is open."""
        rows, columns = np.nonzero((effects < 0) & ~is_open)
        ends = columns - 0.25, columns + 0.25
        shares = np.abs(effects[rows, columns]) / self.cells_.norm.vmax
        faces = self.cells_.cmap(0.5 - 0.5 * shares)
        inks = [ink_on(_to_hex(face)) for face in faces]
        self.dashes_ = ax.hlines(rows, *ends, colors=inks, linewidth=0.9)
        rows, columns = np.nonzero(is_open & (effects != 0))
        box, scale = ax.get_window_extent(), 72 / ax.figure.dpi
        cell = scale * min(box.width / effects.shape[1], box.height / len(effects))
        width = np.clip(0.5 * cell, 1.0, 7.0)
        edges = [
            colors["negative" if effects[r, c] < 0 else "positive"]
            for r, c in zip(rows, columns, strict=True)
        ]
        look = {"facecolors": "none", "edgecolors": edges, "linewidths": 0.12 * width}
        self.rings_ = ax.scatter(columns, rows, s=width**2, **look)


def order_rows(effects: np.ndarray) -> np.ndarray:
    """Return rows by their first principal component, the strongest column rising."""
    centered = effects - effects.mean(axis=0)
    if not centered.any():
        return np.arange(len(effects))
    left, _, right = np.linalg.svd(centered, full_matrices=False)
    sign = np.sign(right[0, np.abs(right[0]).argmax()])
    return np.argsort(sign * left[:, 0], kind="stable")


def _to_hex(face: Any) -> str:
    from matplotlib.colors import to_hex

    return to_hex(face)
