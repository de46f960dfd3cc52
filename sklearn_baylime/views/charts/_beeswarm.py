"""Many explanations, a dot for each: direction, size, value and certainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._numbers import count_weaker
from sklearn_baylime.views._rows import (
    draw_zero,
    label_picture,
    name_rows,
    new_axes,
)
from sklearn_baylime.views._style import (
    VALUES,
    DisplayMixin,
    is_dark,
    mix_colors,
    scheme_of,
)
from sklearn_baylime.views.charts._many import read_many

# Of a row's height, what dots take, and how many lie side by side along the axis.
_ROOM, _BINS = 0.8, 70


class BeeswarmDisplay(DisplayMixin):
    """What each column does in many explanations, one dot for each instance.

    A dot's place is what the column adds to the answer there, its color where the
    instance's value stands among the others. Hollow dots have an open sign; dots whose
    value is no number are grey.

    Parameters
    ----------
    names : sequence of str
        Columns, the strongest first.
    effects : array-like of shape (n_instances, n_shown)
        What each adds to the local model's answer.
    sign_probability : array-like of shape (n_instances, n_shown)
        Probability of the sign of each weight; NaN where none is stated.
    values : array-like of shape (n_instances, n_shown)
        Color of each dot from 0, a low value, to 1, a high one; NaN for grey.
    label : str, default="what the column adds to the answer"
        What is drawn along x.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the axis label.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    dots_ : list of matplotlib PathCollection
        One for each column, its dots in the order of the instances.
    colorbar_ : matplotlib Colorbar or None

    Examples
    --------
    >>> from sklearn_baylime.explanation import BeeswarmDisplay
    >>> display = BeeswarmDisplay(
    ...     ["a"], [[0.1], [0.2]], [[0.99], [0.8]], [[0.0], [1.0]])
    >>> len(display.plot().dots_)
    1
    """

    def __init__(
        self,
        names: Sequence[str],
        effects: ArrayLike,
        sign_probability: ArrayLike,
        values: ArrayLike,
        *,
        label: str = "what the column adds to the answer",
        title: str = "",
        caption: str = "",
    ) -> None:
        self.names = names
        self.effects = effects
        self.sign_probability = sign_probability
        self.values = values
        self.label = label
        self.title = title
        self.caption = caption

    @classmethod
    def from_explanations(
        cls, explanations: Any, target: Any = None, *, max_features: int = 12
    ) -> BeeswarmDisplay:
        """Take the columns with the strongest effects on average.

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
        display : BeeswarmDisplay

        Raises
        ------
        ValueError
            If there are no explanations, or their columns differ.
        KeyError
            If an explanation does not explain the target.
        """
        many = read_many(explanations, target)
        shown = many.order[:max_features]
        said = []
        if (many.sign_probability[:, shown] < 0.975).any():
            said.append("hollow: sign open")
        if np.isnan(many.values[:, shown]).any():
            said.append("grey: the value is no number")
        rest = len(many.names) - len(shown)
        said += [f"{count_weaker(rest)} not shown"] if rest else []
        return cls(
            [many.names[j] for j in shown],
            many.effects[:, shown],
            many.sign_probability[:, shown],
            many.values[:, shown],
            label="what the column adds to the answer"
            if many.is_contribution
            else "weight",
            title=f"What each column does in {len(many.effects)} explanations",
            caption="\n".join(said),
        )

    def _color_words(self) -> Sequence[str]:
        return ("low", "high")

    def _draw_on(self, ax: Any) -> None:
        ax = new_axes(1.25 * len(self.names) + 0.5, self.caption) if ax is None else ax
        own = VALUES[is_dark(ax)]
        given = self.colors or {}
        low, high = given.get("low", own[0]), given.get("high", own[1])
        effects, sure, values = (
            np.asarray(array, dtype=float)
            for array in (self.effects, self.sign_probability, self.values)
        )
        soft, paper = scheme_of(ax)["soft"], scheme_of(ax)["paper"]
        draw_zero(ax)
        self.dots_ = []
        span = np.ptp(effects) or 1.0
        for j in range(effects.shape[1]):
            colors = [
                soft if np.isnan(v) else mix_colors(low, high, v) for v in values[:, j]
            ]
            pairs = zip(colors, sure[:, j], strict=True)
            faces = [paper if p < 0.975 else color for color, p in pairs]
            at = j + swarm(effects[:, j], span)
            look = {"s": 20, "c": faces, "edgecolors": colors, "linewidths": 1.0}
            self.dots_.append(ax.scatter(effects[:, j], at, **look, zorder=2.5))
        name_rows(ax, self.names)
        ax.set_ylim(effects.shape[1] - 0.45, -0.55)
        self.colorbar_ = None
        if np.isfinite(values).any():
            self.colorbar_ = _add_scale(ax, low, high)
        label_picture(ax, self.title, self.label, self.caption)
        self._keep(ax)


def swarm(effects: np.ndarray, span: float) -> np.ndarray:
    """Return how far dots are moved from their row, so that none hides another.

    Dots in one of many bins along the axis stand one above the other around the row, as
    close as they need to be to stay in it.
    """
    bins = np.floor(_BINS * (effects - effects.min()) / span).astype(int)
    places = np.zeros(len(effects))
    for one in np.unique(bins):
        mine = np.flatnonzero(bins == one)
        order = np.arange(len(mine))
        # 0, 1, -1, 2, -2, ...
        places[mine] = np.where(order % 2, (order + 1) // 2, -(order // 2))
    step = min(0.12, _ROOM / 2 / max(np.abs(places).max(), 1.0))
    return step * places


def _add_scale(ax: Any, low: str, high: str) -> Any:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap

    colors = LinearSegmentedColormap.from_list("values", [low, high])
    bar = ax.figure.colorbar(
        ScalarMappable(cmap=colors), ax=ax, fraction=0.03, pad=0.02, aspect=40
    )
    bar.set_ticks([0, 1])
    bar.set_ticklabels(["low", "high"])
    bar.ax.tick_params(labelsize="small", length=0)
    bar.outline.set_visible(False)
    bar.set_label("the column's value", fontsize="small", labelpad=-14)
    return bar
