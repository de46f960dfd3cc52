"""Bar chart of the weights, by scikit-learn's Display convention."""

from __future__ import annotations

import textwrap

import numpy as np

from sklearn_baylime.views._glyphs import drawable
from sklearn_baylime.views._numbers import count_weaker, format_short

# Blue and orange keep apart for all common kinds of colour blindness.
POSITIVE, NEGATIVE = "#2b6cb0", "#c05621"


class ExplanationDisplay:
    """Bar chart of weights with their intervals.

    Parameters
    ----------
    names : sequence of str
        Features, the strongest first.
    coef : array-like of shape (n_shown,)
        Weights.
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
    >>> from sklearn_baylime.explanation import ExplanationDisplay
    >>> display = ExplanationDisplay(["a", "b"], [2, -1], [1, -2], [3, 0])
    >>> display.plot().figure_
    <Figure size ...>
    """

    def __init__(self, names, coef, low, high, *, title="", caption="", level=0.95):
        self.names = names
        self.coef = coef
        self.low = low
        self.high = high
        self.title = title
        self.caption = caption
        self.level = level

    @classmethod
    def from_explanation(cls, explanation, target=None, *, max_features=10, level=0.95):
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
        target_name = explanation.target_names[t]
        shown = list(explanation.records(level, explanation.targets[t]))[:max_features]
        rest = int(explanation.selected[t].sum()) - len(shown)
        names = [r["feature"] for r in shown]
        if explanation.instance is not None:
            # Dollars in a document begin no formula.
            names = [name.replace("$", r"\$") for name in names]
        more = f"\n{count_weaker(rest)} not shown" if rest > 0 else ""
        exact = explanation.n_rows == 0
        fit = "exact weights" if exact else f"local fit R² {explanation.score[t]:.2f}"
        return cls(
            names,
            np.array([r["coef"] for r in shown]),
            np.array([r["low"] for r in shown]),
            np.array([r["high"] for r in shown]),
            title=f"Why {target_name}? The model answers "
            f"{format_short(explanation.prediction[t])}",
            caption=f"{fit}{more}",
            level=level,
        )

    def plot(self, ax=None):
        """Draw the chart.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ExplanationDisplay
            This object, with the artists.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        if ax is None:
            ax = new_axes(len(self.names))
        self.bars_, self.intervals_ = draw_bars(
            ax, self.names, self.coef, self.low, self.high
        )
        ax.set_xlabel(
            f"weight, with {100 * self.level:g} % interval\n{self.caption}".rstrip()
        )
        ax.set_title(drawable(self.title), loc="left", fontsize="medium")
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def save(self, path):
        """Draw the chart into a file and close it.

        Parameters
        ----------
        path : str or Path
            Ends in a format that matplotlib writes, such as .png or .svg.
        """
        plt = import_matplotlib()
        figure = self.plot().figure_
        figure.savefig(path, dpi=150)
        plt.close(figure)


def new_axes(n_bars):
    """Return axes of a new figure as high as its bars need."""
    plt = import_matplotlib()
    height = 1.4 + 0.36 * n_bars
    _, ax = plt.subplots(figsize=(7.5, height), layout="constrained")
    return ax


def draw_bars(ax, names, lengths, low, high):
    """Draw named bars from the top, and return them and their intervals if any."""
    lengths = np.asarray(lengths, dtype=float)
    positions = np.arange(len(lengths))
    colors = [POSITIVE if length >= 0 else NEGATIVE for length in lengths]
    bars = ax.barh(positions, lengths, color=colors, height=0.62, alpha=0.85)
    intervals = None
    if np.isfinite(low).any():
        intervals = ax.hlines(positions, low, high, color="0.15", linewidth=1.4)
    ax.axvline(0, color="0.4", linewidth=0.8)
    labels = [textwrap.fill(drawable(str(name)), 34) for name in names]
    ax.set_yticks(positions, labels)
    ax.invert_yaxis()
    ax.grid(axis="x", color="0.9", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return bars, intervals


def import_matplotlib():
    """Return pyplot, or say how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError(
            "Pictures need matplotlib, which is not installed: "
            'python -m pip install "sklearn-baylime[plot]".'
        ) from None
    return plt
