"""The local model against the model, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._rows import label_picture, leave_frame, new_axes
from sklearn_baylime.views._sentences import find_score
from sklearn_baylime.views._style import OneColorMixin, place_legend, scheme_of

# More dots are a blot.
_MOST = 1500


class FidelityDisplay(OneColorMixin):
    """Answers of the local model against those of the model, for all rows.

    Rows on the line are met. The larger a dot, the more its row weighs; the diamond is
    the instance. A bend is what a straight line cannot follow, a band is noise or
    interactions.

    Parameters
    ----------
    answers : array-like of shape (n_rows,)
        The model's answers; the first is that for the instance.
    predicted : array-like of shape (n_rows,)
        The local model's answers.
    weights : array-like of shape (n_rows,)
        Kernel weights of the rows.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the axis label.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    dots_ : matplotlib PathCollection
        Model's answers by local answers, without the instance.
    line_ : matplotlib Line2D
        Where both are the same.
    instance_ : matplotlib PathCollection
    legend_ : matplotlib Legend

    Examples
    --------
    >>> from sklearn_baylime.explanation import FidelityDisplay
    >>> display = FidelityDisplay([0.5, 0.1, 0.9], [0.4, 0.2, 0.8], [1.0, 0.5, 0.1])
    >>> display.plot().dots_.get_offsets().tolist()
    [[0.1, 0.2], [0.9, 0.8]]
    """

    def __init__(
        self,
        answers: ArrayLike,
        predicted: ArrayLike,
        weights: ArrayLike,
        *,
        title: str = "",
        caption: str = "",
    ) -> None:
        self.answers = answers
        self.predicted = predicted
        self.weights = weights
        self.title = title
        self.caption = caption

    @classmethod
    def from_explainer(
        cls, explainer: Any, x: Any, *, neighborhood: Any = None, target: Any = None
    ) -> FidelityDisplay:
        """Fit the local model of an instance, and ask it about the rows.

        Parameters
        ----------
        explainer : ExplainerPipeline
            Fitted.
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.
        neighborhood : Neighborhood or None, default=None
            Its rows, of ``explainer.sample(x)``: then the model is asked nothing. If
            None it is asked about them.
        target : int, str or None, default=None
            An output; the one that is predicted if None.

        Returns
        -------
        display : FidelityDisplay

        Raises
        ------
        ValueError
            If the target is no output, such as a contrast of two.
        """
        hood = explainer.sample(x) if neighborhood is None else neighborhood
        targets = "predicted" if target is None else [target]
        explanation = explainer.explain_instance(x, targets=targets, neighborhood=hood)
        names = explainer.black_box_.names(hood.answers.shape[1])
        name = explanation.target_names[0]
        if name not in names:
            raise ValueError(
                f"target is {target!r}, expected one output: its name, such as "
                f"{names[:3]}, or its number."
            )
        answers = hood.answers[:, names.index(name)]
        codes = hood.codes[: len(answers)]
        pipeline = explainer.local_pipeline(x).fit(codes, answers)
        score, where = find_score(explanation, 0)
        return cls(
            answers,
            np.ravel(pipeline.predict(codes)),
            pipeline[-1].weights_,
            title=f"How well the local model follows {name}",
            caption=f"local fit R² {score:.2f}{where}",
        )

    def _draw_on(self, ax: Any) -> None:
        arrays = (self.answers, self.predicted, self.weights)
        answers, predicted, weights = (np.asarray(a, dtype=float) for a in arrays)
        if ax is None:
            ax = new_axes(11, self.caption, width=5.6)
        color, colors = self._mark_on(ax), scheme_of(ax)
        ends = [
            min(answers.min(), predicted.min()),
            max(answers.max(), predicted.max()),
        ]
        look = {"color": colors["soft"], "linewidth": 1.0, "linestyle": (0, (4, 3))}
        self.line_ = ax.plot(ends, ends, **look, zorder=1)[0]
        # The heaviest are drawn, and those first that would hide others.
        order = np.argsort(-weights[1:], kind="stable")[:_MOST] + 1
        sizes = 3 + 45 * weights[order] / max(weights.max(), np.finfo(float).tiny)
        self.dots_ = ax.scatter(
            *(answers[order], predicted[order], sizes),
            facecolors=_pale(color),
            edgecolors=color,
            linewidths=0.6,
            zorder=2,
        )
        look = {"marker": "D", "s": 60, "color": colors["ink"], "zorder": 3}
        self.instance_ = ax.scatter(answers[:1], predicted[:1], **look)
        self.instance_.set_edgecolor(colors["paper"])
        leave_frame(ax, "both", "top", "right")
        label_picture(ax, self.title, "the model's answer", self._say(len(answers)))
        ax.set_ylabel("the local model's answer")
        self._explain(ax, color, colors)
        self._keep(ax)

    def _say(self, n_rows: int) -> str:
        said = [self.caption] if self.caption else []
        if n_rows - 1 > _MOST:
            said.append(f"the {_MOST} rows of {n_rows} that weigh most")
        return "\n".join(said)

    def _explain(self, ax: Any, color: str, colors: Any) -> None:
        from matplotlib.lines import Line2D

        dot = {"marker": "o", "markerfacecolor": _pale(color), "color": color, "ls": ""}
        handles = [
            Line2D([], [], **dot, label="rows, larger: more weight"),
            Line2D(
                [], [], marker="D", ls="", color=colors["ink"], label="the instance"
            ),
            Line2D([], [], color=colors["soft"], ls=(0, (4, 3)), label="both the same"),
        ]
        below = 40 + 13 * (1 + self._say(len(np.ravel(self.answers))).count("\n"))
        self.legend_ = place_legend(ax, handles, 3, below)


def _pale(color: str) -> Any:
    from matplotlib.colors import to_rgba

    return to_rgba(color, 0.25)
