"""Bar chart of the weights, by scikit-learn's Display convention."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._glyphs import drawable
from sklearn_baylime.views._numbers import shorten_middle
from sklearn_baylime.views._sentences import say_answer, say_fit
from sklearn_baylime.views._style import (
    SIGN_COLORS,
    DisplayMixin,
    import_matplotlib,
    say_sign,
)
from sklearn_baylime.views._values import keep_together, shown_records

# Letters on a line beside a bar.
_LINE = 34


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
        ax = new_axes(len(self.names)) if ax is None else ax
        self.bars_, self.intervals_ = draw_bars(
            ax, self.names, self.coef, self.low, self.high
        )
        told = f"with {100 * self.level:g} % interval"
        if len(self.names) and np.isinf(self.low).all():
            told = "whose intervals are open"
        ax.set_xlabel(f"weight, {told}\n{self.caption}".rstrip(), parse_math=False)
        title = drawable(self.title)
        ax.set_title(title, loc="left", fontsize="medium", parse_math=False)
        self._keep(ax)


def new_axes(n_bars: int) -> Any:
    """Return axes of a new figure as high as its bars need."""
    plt = import_matplotlib()
    height = 1.4 + 0.36 * n_bars
    _, ax = plt.subplots(figsize=(7.5, height), layout="constrained")
    return ax


def draw_bars(
    ax: Any, names: Any, lengths: Any, low: Any, high: Any
) -> tuple[Any, Any]:
    """Draw named bars from the top, and return them and their intervals if any."""
    lengths = np.asarray(lengths, dtype=float)
    positions = np.arange(len(lengths))
    colors = [SIGN_COLORS[say_sign(length)] for length in lengths]
    bars = ax.barh(positions, lengths, color=colors, height=0.62, alpha=0.85)
    for bar, is_open in zip(bars, _contain_zero(low, high), strict=True):
        if is_open:
            # A hatch is told apart in greyscale, too.
            bar.set(alpha=0.35, hatch="////", edgecolor="white")
    intervals = _draw_intervals(ax, positions, low, high)
    ax.axvline(0, color="0.4", linewidth=0.8)
    labels = [wrap_name(drawable(str(name))) for name in names]
    # Dollars begin no formula.
    ax.set_yticks(positions, labels, parse_math=False)
    ax.invert_yaxis()
    ax.grid(axis="x", color="0.9", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return bars, intervals


def wrap_name(name: str) -> str:
    r"""Return a name on two lines at most, which bars have room for.

    >>> wrap_name("a " * 60).count("\n")
    1
    """
    for most in range(2 * _LINE, 0, -1):
        wrapped = textwrap.fill(keep_together(shorten_middle(name, most)), _LINE)
        if wrapped.count("\n") < 2:
            break
    return wrapped


def _contain_zero(low: Any, high: Any) -> np.ndarray:
    """Tell which intervals leave the sign open; those that are not known do not."""
    return (np.asarray(low, float) <= 0) & (np.asarray(high, float) >= 0)


def _draw_intervals(ax: Any, positions: Any, low: Any, high: Any) -> Any:
    """Draw lines, dotted over all of the axes where an interval is open."""
    look = {"color": "0.15", "linewidth": 1.4}
    for y in positions[np.isinf(low)]:
        ax.axhline(y, **look, linestyle=(0, (1, 2.5)))
    if not np.isfinite(low).any():
        return None
    finite = np.where(np.isinf([low, high]), np.nan, [low, high])
    return ax.hlines(positions, *finite, **look)
