"""What the model answers: all classes, and those that are explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._numbers import format_short
from sklearn_baylime.views._rows import (
    draw_zero,
    label_picture,
    name_rows,
    new_axes,
    write_column,
)
from sklearn_baylime.views._style import OneColorMixin, place_legend


class AnswersDisplay(OneColorMixin):
    """The model's answers for the instance, such as the probabilities of all classes.

    Filled bars are explained, hollow ones are not. A mark tells what the local model
    answers: the farther from the end of the bar, the less it says of the model.

    Parameters
    ----------
    names : sequence of str
        Classes, or other outputs.
    answers : array-like of shape (n_outputs,)
        The model's answers.
    local : array-like of shape (n_outputs,) or None, default=None
        The local models' answers; NaN for outputs that are not explained.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the axis label.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    bars_ : matplotlib BarContainer
    marks_ : matplotlib LineCollection or None
    numbers_ : list of matplotlib Text
    legend_ : matplotlib Legend or None

    Examples
    --------
    >>> from sklearn_baylime.explanation import AnswersDisplay
    >>> display = AnswersDisplay(["cat", "dog"], [0.7, 0.3], [0.64, float("nan")])
    >>> [text.get_text() for text in display.plot().numbers_]
    ['0.700', '0.300']
    """

    def __init__(
        self,
        names: Sequence[str],
        answers: ArrayLike,
        local: ArrayLike | None = None,
        *,
        title: str = "",
        caption: str = "",
    ) -> None:
        self.names = names
        self.answers = answers
        self.local = local
        self.title = title
        self.caption = caption

    @classmethod
    def from_explanation(
        cls, explanation: Any, *, max_outputs: int = 10
    ) -> AnswersDisplay:
        """Take the largest answers, and those that are explained.

        Parameters
        ----------
        explanation : Explanation
            One that knows no answers but those explained, as of an earlier version,
            shows these.
        max_outputs : int, default=10
            Most outputs shown that are not explained.

        Returns
        -------
        display : AnswersDisplay
        """
        names, answers, local = list_answers(explanation, max_outputs)
        n_known = len({*(explanation.outputs or {}), *explanation.target_names})
        n_hidden = n_known - len(names)
        return cls(
            names,
            answers,
            local,
            title="What the model answers for this instance",
            caption=f"{n_hidden} smaller answers not shown" if n_hidden > 0 else "",
        )

    def _draw_on(self, ax: Any) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        ax = new_axes(len(self.names) + 1.0, self.caption) if ax is None else ax
        colors = self._colors_on(ax)
        answers = np.asarray(self.answers, dtype=float)
        local = np.full(len(answers), np.nan)
        if self.local is not None:
            local = np.asarray(self.local, dtype=float)
        explained, fill = np.isfinite(local), self._mark_on(ax)
        rows = np.arange(len(answers))
        face = [fill if is_in else "none" for is_in in explained]
        look = {"height": 0.62, "edgecolor": fill, "linewidth": 1.2}
        self.bars_ = ax.barh(rows, answers, color=face, **look)
        draw_zero(ax)
        name_rows(ax, self.names)
        self.marks_ = self._mark(ax, rows[explained], local[explained], colors)
        self.numbers_ = write_column(ax, [format_short(answer) for answer in answers])
        if (answers >= 0).all() and (answers <= 1).all() and len(answers) > 1:
            ax.set_xlim(left=0, right=max(1.0, np.nanmax([1.0, *local[explained]])))
        handles: list[Any] = []
        if explained.any():
            handles.append(Patch(facecolor=fill, label="explained"))
        if not explained.all():
            hollow: dict[str, Any] = {"facecolor": "none", "edgecolor": fill}
            handles.append(Patch(**hollow, label="not explained"))
        if explained.any():
            mark: Any = {
                "marker": "|",
                "markersize": 9,
                "markeredgewidth": 2,
            }
            handles.append(
                Line2D([], [], color=colors["ink"], ls="", label="local model", **mark)
            )
        label_picture(ax, self.title, "answer", self.caption)
        # Below the numbers of the axis, its label, and the caption.
        below = 40 + 13 * self.caption.count("\n") + (13 if self.caption else 0)
        self.legend_ = place_legend(ax, handles, 3, below) if handles else None
        self._keep(ax)

    def _mark(self, ax: Any, rows: Any, local: Any, colors: Any) -> Any:
        from matplotlib.patheffects import Normal, Stroke

        if not len(rows):
            return None
        marks = ax.vlines(
            local, rows - 0.4, rows + 0.4, color=colors["ink"], linewidth=2.0, zorder=3
        )
        halo = Stroke(linewidth=4.0, foreground=colors["paper"])
        marks.set_path_effects([halo, Normal()])
        return marks


def list_answers(
    explanation: Any, max_outputs: int
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return outputs, the model's answers and the local models', the largest first."""
    explained = zip(
        explanation.target_names,
        explanation.prediction,
        explanation.local_prediction,
        strict=True,
    )
    local = {name: (float(answer), float(own)) for name, answer, own in explained}
    others = {n: a for n, a in (explanation.outputs or {}).items() if n not in local}
    largest = sorted(others, key=lambda name: -others[name])[:max_outputs]
    found = [(n, answer, own) for n, (answer, own) in local.items()]
    found += [(n, others[n], np.nan) for n in largest]
    found.sort(key=lambda one: -one[1])
    names, answers, own = zip(*found, strict=True)
    return list(names), np.array(answers), np.array(own)
