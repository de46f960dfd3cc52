"""A summary as a bar chart, by scikit-learn's Display convention, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._bars import draw_bars
from sklearn_baylime.views._numbers import decimals_for, format_number
from sklearn_baylime.views._rows import label_picture, new_axes
from sklearn_baylime.views._style import DisplayMixin


class SummaryDisplay(DisplayMixin):
    """Bar chart of mean absolute weights with their intervals over instances.

    Parameters
    ----------
    names : sequence of str
        Columns, the strongest first.
    mean_abs : array-like of shape (n_shown,)
        Mean absolute weights.
    low, high : array-like of shape (n_shown,)
        Ends of the intervals; NaN where there is none.
    title : str, default=""
        Title of the chart.
    caption : str, default=""
        One line below the axis label.
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
    >>> from sklearn_baylime.explanation import SummaryDisplay
    >>> display = SummaryDisplay(["age", "sex"], [2, 1], [1, 0], [3, 2])
    >>> display.plot().figure_
    <Figure size ...>
    """

    def __init__(
        self,
        names: Sequence[str],
        mean_abs: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        title: str = "",
        caption: str = "",
        level: float = 0.95,
    ) -> None:
        self.names = names
        self.mean_abs = mean_abs
        self.low = low
        self.high = high
        self.title = title
        self.caption = caption
        self.level = level

    @classmethod
    def from_summary(cls, summary: Any, *, max_features: int = 20) -> SummaryDisplay:
        """Take the strongest columns of a summary.

        Parameters
        ----------
        summary : Summary
        max_features : int, default=20
            Most columns shown.

        Returns
        -------
        display : SummaryDisplay
        """
        shown = list(summary.records())[:max_features]
        rest = len(summary.names) - len(shown)
        return cls(
            [r["column"] for r in shown],
            np.array([r["mean_abs"] for r in shown]),
            np.array([r["low"] for r in shown]),
            np.array([r["high"] for r in shown]),
            title=headline(summary.n_explanations),
            caption=f"{rest} weaker columns not shown" if rest > 0 else "",
            level=summary.level,
        )

    def _draw_on(self, ax: Any) -> None:
        ax = new_axes(len(self.names), self.caption) if ax is None else ax
        self.bars_, self.intervals_ = draw_bars(
            *(ax, self.names, self.mean_abs, self.low, self.high),
            self._colors_on(ax),
        )
        label = "mean absolute weight"
        if self.intervals_ is not None:
            label += f", with {100 * self.level:g} % interval over instances"
        label_picture(ax, self.title, label, self.caption)
        self._keep(ax)


def render_summary(summary: Any, max_features: int = 10) -> str:
    """Return a table: column, mean absolute weight, interval, mean, noise."""
    keys = ("mean_abs", "low", "high", "mean", "noise")
    shown = list(summary.records())[:max_features]
    decimals = decimals_for(summary.mean_abs, summary.std_error)
    span = f"{100 * summary.level:g} % interval"
    rows = [("column", "mean |weight|", span, "mean", "noise")]
    for r in shown:
        text = {k: format_number(r[k], decimals, sign=k == "mean") for k in keys}
        ends = f"{text['low']} to {text['high']}"
        rows.append((r["column"], text["mean_abs"], ends, text["mean"], text["noise"]))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
        for row in rows
    ]
    rest = len(summary.names) - len(shown)
    more = [f"... and {rest} weaker columns"] if rest > 0 else []
    parts = [headline(summary.n_explanations), lines[0], "-" * len(lines[0])]
    return "\n".join([*parts, *lines[1:], *more])


def headline(n_explanations: int) -> str:
    """Return the title of a summary."""
    plural = "" if n_explanations == 1 else "s"
    return f"What matters on average over {n_explanations} instance{plural}"
