"""Bar chart of the weights, by scikit-learn's Display convention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._rows import (
    draw_intervals,
    draw_zero,
    label_picture,
    name_rows,
    new_axes,
)
from sklearn_baylime.views._sentences import say_answer, say_fit
from sklearn_baylime.views._style import DisplayMixin, say_sign, scheme_of
from sklearn_baylime.views._values import shown_records


class ExplanationDisplay(DisplayMixin):
    """Bar chart of weights with their intervals.

    Parameters
    ----------
    names : sequence of str
        Features, the strongest first.
    coef : array-like of shape (n_shown,)
        Weights.
    low, high : array-like of shape (n_shown,)
        Ends of the intervals; NaN where there is none, infinite where they are open.
    title : str, default=""
        Title of the chart.
    caption : str, default=""
        Lines below the axis label.
    level : float, default=0.95
        Probability of the intervals, for the label.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    bars_ : matplotlib BarContainer
    intervals_ : matplotlib LineCollection or None

    Examples
    --------
    >>> from sklearn_baylime.explanation import ExplanationDisplay
    >>> display = ExplanationDisplay(["a", "b"], [2, -1], [1, -2], [3, 0])
    >>> display.plot().figure_
    <Figure size ...>
    """

    def __init__(
        self,
        names: Sequence[str],
        coef: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        title: str = "",
        caption: str = "",
        level: float = 0.95,
    ) -> None:
        self.names = names
        self.coef = coef
        self.low = low
        self.high = high
        self.title = title
        self.caption = caption
        self.level = level

    @classmethod
    def from_explanation(
        cls,
        explanation: Any,
        target: Any = None,
        *,
        max_features: int = 10,
        level: float = 0.95,
    ) -> ExplanationDisplay:
        """Take the strongest features of one target.

        Parameters
        ----------
        explanation : Explanation
        target : int, str or None, default=None
            The target; the first if None.
        max_features : int, default=10
            Most features shown.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        display : ExplanationDisplay
        """
        t = explanation.position(target)
        shown = list(shown_records(explanation, level, explanation.targets[t]))
        shown = shown[:max_features]
        names = [r["feature"] for r in shown]
        n_hidden = int(explanation.selected[t].sum()) - len(shown)
        return cls(
            names,
            *(np.array([r[k] for r in shown]) for k in ("coef", "low", "high")),
            title=say_answer(explanation, t),
            caption=say_fit(explanation, t, n_hidden=n_hidden),
            level=level,
        )

    def _draw_on(self, ax: Any) -> None:
        ax = new_axes(len(self.names), self.caption) if ax is None else ax
        self.bars_, self.intervals_ = draw_bars(
            ax, self.names, self.coef, self.low, self.high, self._colors_on(ax)
        )
        told = f"with {100 * self.level:g} % interval"
        if len(self.names) and np.isinf(self.low).all():
            told = "whose intervals are open"
        label_picture(ax, self.title, f"weight, {told}", self.caption)
        self._keep(ax)


def draw_bars(
    ax: Any, names: Any, lengths: Any, low: Any, high: Any, colors: Any = None
) -> tuple[Any, Any]:
    """Draw named bars from the top, and return them and their intervals if any."""
    colors = scheme_of(ax) if colors is None else colors
    lengths = np.asarray(lengths, dtype=float)
    positions = np.arange(len(lengths))
    fills = [colors[say_sign(length)] for length in lengths]
    bars = ax.barh(positions, lengths, color=fills, height=0.62, alpha=1.0)
    for bar, is_open in zip(bars, _contain_zero(low, high), strict=True):
        if is_open:
            hollow_out(bar)
    intervals = draw_intervals(ax, positions, low, high)
    draw_zero(ax)
    name_rows(ax, names)
    return bars, intervals


def hollow_out(patch: Any) -> None:
    """Show that a sign is open: pale, hatched, with an edge in the full color."""
    from matplotlib.colors import to_rgba

    color = to_rgba(patch.get_facecolor())[:3]
    patch.set_alpha(None)
    patch.set(facecolor=(*color, 0.25), edgecolor=color, hatch="////", linewidth=1.0)


def _contain_zero(low: Any, high: Any) -> np.ndarray:
    """Tell which intervals leave the sign open; those that are not known do not."""
    return (np.asarray(low, float) <= 0) & (np.asarray(high, float) >= 0)
