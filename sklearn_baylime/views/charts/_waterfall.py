"""From the intercept to the answer, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from sklearn_baylime.views._bars import hollow_out
from sklearn_baylime.views._numbers import decimals_for, format_number
from sklearn_baylime.views._rows import (
    draw_intervals,
    draw_zero,
    label_picture,
    name_rows,
    new_axes,
    write_column,
)
from sklearn_baylime.views._sentences import say_answer, say_fit
from sklearn_baylime.views._style import DisplayMixin, say_sign
from sklearn_baylime.views._values import label_features

GAP = "gap to the model"


class WaterfallDisplay(DisplayMixin):
    """Steps from the intercept over the features to the local model's answer.

    Below that stands the gap to the model's own answer, which no feature explains.

    Parameters
    ----------
    names : sequence of str
        Features, in the order of the steps.
    steps : array-like of shape (n_shown,)
        What each adds to the local model's answer.
    low, high : array-like of shape (n_shown,)
        Ends of the steps' intervals; NaN where there is none, infinite where open.
    intercept : float
        Answer of the local model where all features are 0.
    prediction : float
        The model's answer.
    local_interval : (float, float) or None, default=None
        Interval of the local model's answer.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the axis label.
    level : float, default=0.95
        Probability of the intervals, for the label.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    bars_ : list of matplotlib Rectangle
        Of the steps, and of the gap as the last.
    intervals_ : matplotlib LineCollection or None
        Of the steps and the local model's answer, from where each step ends.
    answers_ : matplotlib PathCollection
        Intercept, local model's answer and model's answer.
    numbers_ : list of matplotlib Text
        Numbers of all rows.

    Examples
    --------
    >>> from sklearn_baylime.explanation import WaterfallDisplay
    >>> display = WaterfallDisplay(
    ...     ["a", "b"], [0.3, -0.1], [0.2, -0.2], [0.4, 0.0],
    ...     intercept=0.4, prediction=0.7)
    >>> len(display.plot().bars_)
    3
    """

    def __init__(
        self,
        names: Sequence[str],
        steps: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        intercept: float,
        prediction: float,
        local_interval: tuple[float, float] | None = None,
        title: str = "",
        caption: str = "",
        level: float = 0.95,
    ) -> None:
        self.names = names
        self.steps = steps
        self.low = low
        self.high = high
        self.intercept = intercept
        self.prediction = prediction
        self.local_interval = local_interval
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
    ) -> WaterfallDisplay:
        """Take the strongest contributions of one target, and the others' sum.

        Parameters
        ----------
        explanation : Explanation
        target : int, str or None, default=None
            The target; the first if None.
        max_features : int, default=10
            Most features shown; the sum of the others is one step more.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        display : WaterfallDisplay

        Raises
        ------
        ValueError
            If the instance's features are not known, or `max_features` is below 1.

        Notes
        -----
        Intervals of the sum and of the local model's answer are normal ones from the
        covariance of the weights. They know nothing of a selection of features.
        """
        t = explanation.position(target)
        found = find_steps(explanation, t, max_features, level)
        return cls(
            found.names,
            found.steps,
            found.low,
            found.high,
            intercept=float(explanation.intercept[t]),
            prediction=float(explanation.prediction[t]),
            local_interval=found.local_interval,
            title=say_answer(explanation, t),
            caption=say_fit(explanation, t),
            level=level,
        )

    def _draw_on(self, ax: Any) -> None:
        steps = np.asarray(self.steps, dtype=float)
        ends = self.intercept + np.cumsum(steps)
        local = float(ends[-1]) if len(ends) else self.intercept
        starts = np.append(ends - steps, local)
        widths = np.append(steps, self.prediction - local)
        names = [*self.names, "local model", GAP, "model's answer"]
        names.insert(0, "intercept")
        ax = new_axes(len(names), self.caption) if ax is None else ax
        colors = self._colors_on(ax)
        rows = np.arange(1, len(steps) + 1)
        gap_row = len(steps) + 2
        low, high = (np.asarray(e, float) for e in (self.low, self.high))
        self.bars_ = self._draw_bars(
            ax, np.append(rows, gap_row), widths, starts, colors
        )
        centers = ends - steps
        spans = np.stack([centers + low, centers + high])
        at = rows
        if self.local_interval is not None:
            spans = np.c_[spans, self.local_interval]
            at = np.append(rows, gap_row - 1)
        self.intervals_ = draw_intervals(ax, at, *spans)
        answers = np.array([self.intercept, local, self.prediction])
        places = [0, gap_row - 1, gap_row + 1]
        # Bars end where the axes would, and with them half a marker.
        ax.use_sticky_edges = False
        _join(ax, answers, ends, colors["soft"])
        self.answers_ = ax.scatter(
            answers, places, marker="D", s=34, color=colors["ink"], zorder=3
        )
        name_rows(ax, names)
        # Steps are far from 0 where the intercept is: it is drawn only where in view.
        left, right = ax.get_xlim()
        if left <= 0 <= right:
            draw_zero(ax)
        self._write(ax, steps, local, low, high)
        label_picture(ax, self.title, self._say_axis(low), self.caption)
        self._keep(ax)

    def _draw_bars(
        self, ax: Any, rows: Any, widths: Any, starts: Any, colors: Any
    ) -> list[Any]:
        fills = [colors[say_sign(width)] for width in widths]
        bars = list(ax.barh(rows, widths, left=starts, color=fills, height=0.62))
        ends = zip(
            np.asarray(self.low, float), np.asarray(self.high, float), strict=True
        )
        for bar, (low, high) in zip(bars[:-1], ends, strict=True):
            if low <= 0 <= high:
                hollow_out(bar)
        soft = colors["soft"]
        bars[-1].set(facecolor="none", edgecolor=soft, hatch="....", linewidth=1.0)
        return bars

    def _write(self, ax: Any, steps: Any, local: float, low: Any, high: Any) -> None:
        gap = self.prediction - local
        decimals = decimals_for([*steps, gap], (high - low) / 4)
        signed = [format_number(s, decimals, sign=True) for s in (*steps, gap)]
        plain = [
            format_number(answer, decimals)
            for answer in (self.intercept, local, self.prediction)
        ]
        numbers = [plain[0], *signed[:-1], plain[1], signed[-1], plain[2]]
        self.numbers_ = write_column(ax, numbers)

    def _say_axis(self, low: Any) -> str:
        if not np.isfinite(low).any():
            return "answer"
        return f"answer, steps with {100 * self.level:g} % interval"


def _join(ax: Any, answers: Any, ends: Any, color: str) -> None:
    """Draw how each step begins where the one before has ended."""
    levels = np.concatenate([answers[:1], ends, answers[2:]])
    first = np.arange(len(levels), dtype=float)
    # The gap begins at the local model's answer, whose row is between.
    first[-1] += 1
    last = np.append(first[1:], first[-1] + 1)
    last[len(ends)] = len(ends) + 2
    look = {"color": color, "linewidth": 0.8, "linestyle": (0, (3, 2)), "zorder": 0.9}
    ax.vlines(levels[:-1], first[:-1], last[:-1], **look)
    ax.vlines(levels[-1:], len(ends) + 2, len(ends) + 3, **look)


@dataclass(frozen=True)
class Steps:
    """Names, steps and ends of the intervals of a waterfall."""

    names: list[str]
    steps: np.ndarray
    low: np.ndarray
    high: np.ndarray
    local_interval: tuple[float, float] | None


def find_steps(explanation: Any, t: int, max_features: int, level: float) -> Steps:
    r"""Return the strongest contributions of a target, and what the others add up to.

    The interval of the sum is normal, of variance :math:`v^T \Sigma v` with the
    instance's features :math:`v` of which it is.
    """
    if max_features < 1:
        raise ValueError(f"max_features is {max_features!r}, expected 1 or more.")
    contributions = explanation.contributions()[t]
    chosen = np.flatnonzero(explanation.selected[t])
    order = chosen[np.argsort(-np.abs(contributions[chosen]), kind="stable")]
    # One feature alone is named, not summed.
    n_shown = len(order) if len(order) == max_features + 1 else max_features
    shown, rest = order[:n_shown], order[n_shown:]
    labels = label_features(explanation)
    names = [labels[j] for j in shown]
    values = explanation.values
    ends = explanation.interval(level)[:, t, shown]
    # What is not there adds nothing, however open its weight is.
    ends = np.where(values[shown] == 0, 0.0, ends)
    spans = np.sort(ends * values[shown], axis=0)
    steps = contributions[shown]
    if len(rest):
        total = float(contributions[rest].sum())
        half = _normal(level) * _std_of_sum(explanation, t, rest)
        half = np.inf if explanation.is_open[t] else half
        names.append(f"{len(rest)} other features")
        steps = np.append(steps, total)
        spans = np.c_[spans, [total - half, total + half]]
    low, high = spans
    return Steps(names, steps, low, high, _local_interval(explanation, t, level))


def _std_of_sum(explanation: Any, t: int, rest: np.ndarray) -> float:
    """Return the standard deviation of a sum of contributions."""
    selected = np.flatnonzero(explanation.selected[t])
    along = np.where(np.isin(selected, rest), explanation.values[selected], 0.0)
    block = explanation.selected_covariance[t]
    return float(np.sqrt(np.maximum(along @ (block @ along), 0.0)))


def _local_interval(explanation: Any, t: int, level: float) -> Any:
    std = float(explanation.local_std[t])
    if not np.isfinite(std) or explanation.is_open[t]:
        return None
    half = _normal(level) * std
    local = float(explanation.local_prediction[t])
    return local - half, local + half


def _normal(level: float) -> float:
    return float(ndtri(0.5 + 0.5 * level))
