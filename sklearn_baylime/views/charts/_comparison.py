"""Two explanations of the same columns on one axis, and their difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from sklearn_baylime.views._numbers import decimals_for, format_number
from sklearn_baylime.views._rows import (
    draw_zero,
    name_rows,
    new_axes,
    write_column,
)
from sklearn_baylime.views._style import DisplayMixin, say_certainty, scheme_of
from sklearn_baylime.views._values import label_features
from sklearn_baylime.views.charts._dots import (
    draw_dots,
    finish,
    group_colors,
    take_rows,
)


class ComparisonDisplay(DisplayMixin):
    """Two explanations on one axis: of two instances, two models, two settings.

    Each has a marker of its own, with its intervals as lines; hollow markers have an
    open sign. A line joins the two, and their difference stands beside it, with "open"
    where its sign is.

    Parameters
    ----------
    names : sequence of str
        Features, the strongest of either explanation first.
    coef : array-like of shape (2, n_shown)
        Weights; NaN for features that one does not use.
    low, high : array-like of shape (2, n_shown)
        Ends of the intervals; NaN where there is none, infinite where they are open.
    sign_probability : array-like of shape (2, n_shown)
        Probability of the sign of each weight; NaN where none is stated.
    difference : array-like of shape (n_shown,)
        The first less the second.
    difference_probability : array-like of shape (n_shown,)
        Probability of the differences' signs; NaN where it is not known.
    labels : (str, str), default=("first", "second")
        What the two are called.
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
    markers_ : list of two matplotlib PathCollection
    intervals_ : list of two matplotlib LineCollection or None
    links_ : matplotlib LineCollection
        From the first weight to the second.
    numbers_ : list of matplotlib Text
        Differences, and the head of their column as the last.
    legend_ : matplotlib Legend

    Examples
    --------
    >>> from sklearn_baylime.explanation import ComparisonDisplay
    >>> display = ComparisonDisplay(
    ...     ["a"], [[2], [1]], [[1.8], [0.9]], [[2.2], [1.1]], [[1], [1]], [1], [0.99])
    >>> [text.get_text() for text in display.plot().numbers_]
    ['+1.00', 'difference']
    """

    def __init__(
        self,
        names: Sequence[str],
        coef: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        sign_probability: ArrayLike,
        difference: ArrayLike,
        difference_probability: ArrayLike,
        *,
        labels: Sequence[str] = ("first", "second"),
        title: str = "",
        caption: str = "",
        level: float = 0.95,
    ) -> None:
        self.names = names
        self.coef = coef
        self.low = low
        self.high = high
        self.sign_probability = sign_probability
        self.difference = difference
        self.difference_probability = difference_probability
        self.labels = labels
        self.title = title
        self.caption = caption
        self.level = level

    @classmethod
    def from_explanations(
        cls,
        one: Any,
        other: Any,
        target: Any = None,
        *,
        difference: Any = None,
        labels: Sequence[str] = ("first", "second"),
        max_features: int = 10,
        level: float = 0.95,
    ) -> ComparisonDisplay:
        """Take the features that are strong in either explanation.

        Parameters
        ----------
        one, other : Explanation
            Of the same columns.
        target : int, str or None, default=None
            A target; the first of the first explanation if None.
        difference : Explanation or None, default=None
            What `contrast` returns of the two. If None, errors of explanations that
            have rows of their own add up; where they may have rows in common, nothing
            is said of how sure the difference is.
        labels : (str, str), default=("first", "second")
            What the two are called.
        max_features : int, default=10
            Most features shown.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        display : ComparisonDisplay

        Raises
        ------
        ValueError
            If their columns differ, or the difference is of other columns.
        KeyError
            If the second does not explain the target.
        """
        a = one.position(target)
        b = other.position(one.targets[a])
        columns = [list(e.columns or e.feature_names) for e in (one, other)]
        if columns[0] != columns[1]:
            raise ValueError(
                f"The explanations are of the columns {columns[0][:8]} and "
                f"{columns[1][:8]}, expected the same ones."
            )
        found = take_rows([(one, a), (other, b)], max_features, level)
        change, probability = _differ(one, a, other, b, difference)
        names, (coef, low, high, sure) = found.arrays(_label(one, other))
        return cls(
            names,
            coef,
            low,
            high,
            sure,
            change[found.shown],
            probability[found.shown],
            labels=labels,
            title=f"Two answers to why {one.target_names[a]}",
            caption=found.caption,
            level=level,
        )

    def _color_words(self) -> Sequence[str]:
        return list(self.labels)

    def _draw_on(self, ax: Any) -> None:
        from matplotlib.collections import LineCollection

        ax = new_axes(1.38 * len(self.names) + 1.6, self.caption) if ax is None else ax
        colors = group_colors(self, ax, self.labels)
        rows = np.arange(len(self.names))
        one, other = np.nan_to_num(np.asarray(self.coef, dtype=float))
        soft = scheme_of(ax)["soft"]
        self.markers_, self.intervals_ = draw_dots(
            *(ax, self.coef, self.low, self.high, self.sign_probability), colors
        )
        above, below = (markers.get_offsets()[:, 1] for markers in self.markers_)
        ends = np.stack([np.c_[one, above], np.c_[other, below]], axis=1)
        self.links_ = LineCollection(list(ends), colors=soft, linewidths=0.8, zorder=1)
        ax.add_collection(self.links_)
        draw_zero(ax)
        name_rows(ax, self.names)
        self.numbers_ = self._write(ax, rows)
        label = f"weight, with {100 * self.level:g} % interval"
        finish(self, ax, self.labels, colors, label)

    def _write(self, ax: Any, rows: Any) -> list[Any]:
        difference = np.asarray(self.difference, dtype=float)
        probability = np.asarray(self.difference_probability, dtype=float)
        low, high = (np.asarray(e, dtype=float) for e in (self.low, self.high))
        decimals = decimals_for(difference, ((high - low) / 4).ravel())
        texts = [
            format_number(change, decimals, sign=True)
            + (" open" if say_certainty(p) == "open" else "")
            for change, p in zip(difference, probability, strict=True)
        ]
        return write_column(ax, texts, "difference")


def _label(one: Any, other: Any) -> list[str]:
    """Return features with values where they are the same in both, else columns."""
    columns = one.columns or one.feature_names
    pairs = zip(label_features(one), label_features(other), columns, strict=True)
    return [a if a == b else column for a, b, column in pairs]


def _differ(
    one: Any, a: int, other: Any, b: int, difference: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return the differences of the weights, and how probable their signs are."""
    change = one.coef[a] - other.coef[b]
    if difference is not None:
        if difference.coef.shape[1] != len(change):
            raise ValueError(
                f"difference is of {difference.coef.shape[1]} features, expected "
                f"{len(change)}: contrast(one, other) of these two."
            )
        return difference.coef[0], difference.sign_probability()[0]
    unknown = np.full(len(change), np.nan)
    is_exact = one.exact and other.exact
    is_apart = None not in (one.drawn, other.drawn) and one.drawn != other.drawn
    if not (is_exact or is_apart) or one.is_open[a] or other.is_open[b]:
        return change, unknown
    variance = np.zeros(len(change))
    for explanation, t in ((one, a), (other, b)):
        chosen = explanation.selected[t]
        variance += np.where(chosen, explanation.std[t] ** 2, 0.0)
    ratio = np.divide(
        np.abs(change),
        np.sqrt(variance),
        out=np.where(change == 0, 0.0, np.inf),
        where=variance > 0,
    )
    ratio = np.where(np.isnan(variance), np.nan, ratio)
    return change, ndtr(ratio)
