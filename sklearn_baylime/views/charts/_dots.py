"""Several weights of each feature on one axis: of targets, or of two explanations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._glyphs import drawable
from sklearn_baylime.views._numbers import count_weaker, shorten_middle
from sklearn_baylime.views._rows import (
    draw_zero,
    label_picture,
    name_rows,
    new_axes,
)
from sklearn_baylime.views._style import (
    GROUPS,
    DisplayMixin,
    group_color,
    place_legend,
    say_certainty,
    scheme_of,
)
from sklearn_baylime.views._values import label_features


class TargetsDisplay(DisplayMixin):
    """Weights of several targets on one axis, such as those of both classes.

    Each target has a marker and a color of its own, with its intervals as lines. Hollow
    markers have an open sign.

    Parameters
    ----------
    names : sequence of str
        Features, the strongest of any target first.
    coef : array-like of shape (T, n_shown)
        Weights; NaN for features that a target does not use.
    low, high : array-like of shape (T, n_shown)
        Ends of the intervals; NaN where there is none, infinite where they are open.
    sign_probability : array-like of shape (T, n_shown)
        Probability of the sign of each weight; NaN where none is stated.
    target_names : sequence of str
        At most six.
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
    markers_ : list of matplotlib PathCollection
        One for each target, with its weights as x.
    intervals_ : list of matplotlib LineCollection or None
        One for each target.
    legend_ : matplotlib Legend

    Examples
    --------
    >>> from sklearn_baylime.explanation import TargetsDisplay
    >>> display = TargetsDisplay(
    ...     ["a", "b"], [[1, -2], [-1, 2]], [[0, -3], [-2, 1]], [[2, -1], [0, 3]],
    ...     [[0.98, 0.99], [0.98, 0.99]], ["cat", "dog"])
    >>> len(display.plot().markers_)
    2
    """

    def __init__(
        self,
        names: Sequence[str],
        coef: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        sign_probability: ArrayLike,
        target_names: Sequence[str],
        *,
        title: str = "",
        caption: str = "",
        level: float = 0.95,
    ) -> None:
        self.names = names
        self.coef = coef
        self.low = low
        self.high = high
        self.sign_probability = sign_probability
        self.target_names = target_names
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
    ) -> TargetsDisplay:
        """Take the features that are strong for any of the targets.

        Parameters
        ----------
        explanation : Explanation
        target : list of int or str, or None, default=None
            Targets; all if None.
        max_features : int, default=10
            Most features shown.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        display : TargetsDisplay

        Raises
        ------
        ValueError
            If there are more than six targets.
        """
        asked = explanation.targets if target is None else target
        asked = asked if isinstance(asked, (list, tuple)) else [asked]
        rows = [explanation.position(one) for one in asked]
        check_groups(len(rows), "targets", "target=[...] takes some of them")
        found = take_rows([(explanation, t) for t in rows], max_features, level)
        answers = ", ".join(explanation.target_names[t] for t in rows)
        names, (coef, low, high, sure) = found.arrays(label_features(explanation))
        return cls(
            names,
            coef,
            low,
            high,
            sure,
            [explanation.target_names[t] for t in rows],
            title=f"Why {answers}?",
            caption=found.caption,
            level=level,
        )

    def _draw_on(self, ax: Any) -> None:
        n_groups = len(self.target_names)
        if ax is None:
            rows = len(self.names) * (0.62 + 0.38 * n_groups) + 1.2
            ax = new_axes(rows, self.caption)
        colors = group_colors(self, ax, self.target_names)
        self.markers_, self.intervals_ = draw_dots(
            *(ax, self.coef, self.low, self.high, self.sign_probability), colors
        )
        draw_zero(ax)
        name_rows(ax, self.names)
        label = f"weight, with {100 * self.level:g} % interval"
        finish(self, ax, self.target_names, colors, label)

    def _color_words(self) -> Sequence[str]:
        return list(self.target_names)


class TakenRows:
    """Weights of several targets or explanations, by the features shown."""

    def __init__(self, pairs: Any, max_features: int, level: float) -> None:
        used = np.asarray([e.selected[t] for e, t in pairs], dtype=bool)
        coef = np.array([np.where(e.selected[t], e.coef[t], np.nan) for e, t in pairs])
        size = np.nanmax(np.where(used, np.abs(coef), 0.0), axis=0)
        order = np.argsort(-size, kind="stable")
        known = order[np.any(used[:, order], axis=0)]
        self.shown = known[:max_features]
        ends = np.array([e.interval(level)[:, t] for e, t in pairs])
        ends = np.where(used[:, None], ends, np.nan)
        sure = np.array([e.sign_probability()[t] for e, t in pairs])
        self.coef = coef[:, self.shown]
        self.low, self.high = ends[:, 0, self.shown], ends[:, 1, self.shown]
        self.sign_probability = np.where(used, sure, np.nan)[:, self.shown]
        n_hidden = len(known) - len(self.shown)
        self.caption = f"{count_weaker(n_hidden)} not shown" if n_hidden else ""

    def arrays(self, labels: Sequence[str]) -> tuple[list[str], list[Any]]:
        """Return names and arrays as displays take them."""
        names = [labels[j] for j in self.shown]
        return names, [self.coef, self.low, self.high, self.sign_probability]


def take_rows(pairs: Any, max_features: int, level: float) -> TakenRows:
    """Take the features that are strong in any pair of explanation and target row."""
    return TakenRows(pairs, max_features, level)


def check_groups(n: int, what: str, advice: str) -> None:
    """Refuse more groups than there are markers."""
    if not 1 <= n <= len(GROUPS):
        raise ValueError(
            f"There are {n} {what} for one axis, expected 1 to {len(GROUPS)}: {advice}."
        )


def group_colors(display: Any, ax: Any, names: Sequence[str]) -> list[str]:
    """Return the colors of groups, given by name or of their own."""
    given = display.colors or {}
    return [given.get(name) or group_color(ax, g) for g, name in enumerate(names)]


def draw_dots(
    ax: Any,
    coef: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    sign_probability: Any,
    colors: Sequence[str],
) -> tuple[list[Any], list[Any]]:
    """Draw for each row markers of all groups, one below the other, with intervals."""
    coef, low, high, sure = (
        np.asarray(array, dtype=float) for array in (coef, low, high, sign_probability)
    )
    n_groups, n_rows = coef.shape
    room = 0.62 if n_groups < 4 else 0.76
    shifts = (np.arange(n_groups) - (n_groups - 1) / 2) * room / n_groups
    markers, intervals = [], []
    paper = scheme_of(ax)["paper"]
    for g in range(n_groups):
        color, at = colors[g], np.arange(n_rows) + shifts[g]
        finite = np.isfinite(low[g])
        lines = None
        if finite.any():
            ends = low[g][finite], high[g][finite]
            lines = ax.hlines(at[finite], *ends, color=color, linewidth=1.6)
        for y in at[np.isinf(low[g])]:
            ax.axhline(y, color=color, linewidth=1.2, linestyle=(0, (1, 2.5)))
        is_open = [say_certainty(p) == "open" for p in sure[g]]
        faces = [paper if one else color for one in is_open]
        look = {"marker": GROUPS[g][2], "edgecolors": color, "linewidths": 1.3}
        markers.append(ax.scatter(coef[g], at, s=36, c=faces, zorder=3, **look))
        intervals.append(lines)
    ax.set_ylim(-0.6, n_rows - 0.4)
    for y in np.arange(n_rows - 1) + 0.5:
        ax.axhline(y, color=scheme_of(ax)["line"], linewidth=0.8, zorder=0.5)
    return markers, intervals


def finish(
    display: Any, ax: Any, groups: Sequence[str], colors: Sequence[str], label: str
) -> None:
    """Write titles and the legend of the groups below the axes."""
    label_picture(ax, display.title, label, display.caption)
    display.legend_ = add_group_legend(
        ax, groups, colors, display.sign_probability, display.caption
    )
    display._keep(ax)


def add_group_legend(
    ax: Any,
    groups: Sequence[str],
    colors: Sequence[str],
    sign_probability: Any,
    caption: str,
    n_columns: int | None = None,
) -> Any:
    """Tell which marker is whose, and what hollow ones are, below a caption."""
    from matplotlib.lines import Line2D

    handles: list[Any] = [
        Line2D(
            *([], []),
            color=colors[g],
            marker=GROUPS[g][2],
            label=drawable(shorten_middle(str(name), 60)),
        )
        for g, name in enumerate(groups)
    ]
    sure = np.ravel(np.asarray(sign_probability, dtype=float))
    if any(say_certainty(p) == "open" for p in sure):
        ring: dict[str, Any] = {
            "marker": "o",
            "markerfacecolor": "none",
            "linestyle": "",
        }
        handles.append(
            Line2D([], [], color=scheme_of(ax)["soft"], label="sign open", **ring)
        )
    longest = max(len(str(handle.get_label())) for handle in handles)
    fitting = 1 if longest > 30 else 2 if longest > 16 else 4
    # Below the numbers of the axis and its label.
    below = 40 + (13 * (1 + caption.count("\n")) if caption else 0)
    return place_legend(ax, handles, n_columns or fitting, below)
