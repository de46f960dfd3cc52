"""Which feature is the strongest, the second, ...: how probable each rank is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._rows import label_picture, name_rows, new_axes
from sklearn_baylime.views._sentences import say_fit
from sklearn_baylime.views._style import (
    OneColorMixin,
    ink_on,
    mix_colors,
    paper_of,
)
from sklearn_baylime.views._values import label_features


class RanksDisplay(OneColorMixin):
    """Probability of each feature to have each rank by absolute weight.

    Features whose intervals overlap may change places: their rows are spread over
    several ranks. A row in one cell is a rank that is known.

    Parameters
    ----------
    names : sequence of str
        Features, the strongest first.
    probability : array-like of shape (n_shown, n_ranks)
        Probability of each feature to have each rank, the strongest being the first.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the axis label.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    cells_ : matplotlib AxesImage
        With the probabilities, those of lower ranks than the ones drawn as the last
        column.
    numbers_ : list of matplotlib Text
        In percent; cells that round to 0 have none.

    Examples
    --------
    >>> from sklearn_baylime.explanation import RanksDisplay
    >>> display = RanksDisplay(["a", "b"], [[0.9, 0.1], [0.1, 0.9]])
    >>> [text.get_text() for text in display.plot().numbers_]
    ['90', '10', '10', '90']
    """

    def __init__(
        self,
        names: Sequence[str],
        probability: ArrayLike,
        *,
        title: str = "",
        caption: str = "",
    ) -> None:
        self.names = names
        self.probability = probability
        self.title = title
        self.caption = caption

    @classmethod
    def from_explanation(
        cls, explanation: Any, target: Any = None, *, max_features: int = 10
    ) -> RanksDisplay:
        """Take the strongest features of one target.

        Parameters
        ----------
        explanation : Explanation
        target : int, str or None, default=None
            The target; the first if None.
        max_features : int, default=10
            Most features, and most ranks, shown.

        Returns
        -------
        display : RanksDisplay

        Raises
        ------
        ValueError
            If the explanation states no covariance, so that ranks have no probability.
        """
        t = explanation.position(target)
        ranked = explanation.as_map()[explanation.targets[t]]
        shown = [j for j, _ in ranked[:max_features]]
        probability = explanation.rank_probability()[t][shown, : len(ranked)]
        if np.isnan(probability).any():
            raise ValueError(
                f"The ranks of {explanation.target_names[t]} have no probability: "
                "no covariance of the weights is stated: expected an explanation by a "
                "Bayesian regressor, such as InformativeBayesianRidge."
            )
        labels = label_features(explanation)
        return cls(
            [labels[j] for j in shown],
            probability,
            title=f"Which counts most for {explanation.target_names[t]}?",
            caption=say_fit(explanation, t, n_hidden=len(ranked) - len(shown)),
        )

    def _draw_on(self, ax: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        ax = new_axes(len(self.names) + 0.6, self.caption) if ax is None else ax
        probability, columns = self._columns()
        ends = paper_of(ax), self._mark_on(ax)
        self.cells_ = ax.imshow(
            probability,
            cmap=LinearSegmentedColormap.from_list("probability", ends),
            vmin=0,
            vmax=1,
            aspect="auto",
        )
        name_rows(ax, self.names)
        ax.set_ylim(len(self.names) - 0.5, -0.5)
        ax.grid(False)
        ax.spines["bottom"].set_visible(False)
        ax.set_xticks(range(len(columns)), columns)
        ax.tick_params(axis="x", length=0)
        look = {"ha": "center", "va": "center", "fontsize": "small"}
        self.numbers_ = [
            ax.text(c, r, _say(p), color=ink_on(mix_colors(*ends, p)), **look)
            for (r, c), p in np.ndenumerate(probability)
            if _say(p) != "0"
        ]
        label_picture(
            ax, self.title, "rank by absolute weight: probability in %", self.caption
        )
        self._keep(ax)

    def _columns(self) -> tuple[np.ndarray, list[str]]:
        """Return as many ranks as features, and one column for all that are lower."""
        probability = np.asarray(self.probability, dtype=float)
        n = len(probability)
        names = [str(rank + 1) for rank in range(min(n, probability.shape[1]))]
        if probability.shape[1] > n:
            lower = 1.0 - probability[:, :n].sum(axis=1)
            probability = np.c_[probability[:, :n], np.clip(lower, 0.0, 1.0)]
            names.append("lower")
        return probability, names


def _say(probability: float) -> str:
    """Return whole percents, which never claim to be all."""
    return "> 99" if probability > 0.995 else f"{100 * probability:.0f}"
