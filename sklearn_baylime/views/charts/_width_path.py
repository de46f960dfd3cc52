"""How weights depend on the kernel's width: local on the left, global on the right."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._numbers import format_short
from sklearn_baylime.views._rows import label_picture, leave_frame, new_axes
from sklearn_baylime.views._style import (
    GROUPS,
    DisplayMixin,
    say_certainty,
    scheme_of,
)
from sklearn_baylime.views._values import label_features
from sklearn_baylime.views.charts._dots import (
    add_group_legend,
    group_colors,
)

# Widths around the explainer's own, by factors.
_FACTORS = 2.0 ** np.linspace(-2, 2, 9)


class WidthPathDisplay(DisplayMixin):
    """Weights of the strongest features at several widths of the kernel.

    The width says how far around the instance the weights are averages, and no data
    tells which is right: what changes along the path holds at some distances only.
    Bands are intervals, hollow markers have an open sign.

    Parameters
    ----------
    widths : array-like of shape (n_widths,)
        Widths, from narrow to wide.
    names : sequence of str
        At most six features.
    coef : array-like of shape (n_shown, n_widths)
        Weights.
    low, high : array-like of shape (n_shown, n_widths)
        Ends of the intervals; NaN where there is none, infinite where they are open.
    sign_probability : array-like of shape (n_shown, n_widths)
        Probability of the sign of each weight; NaN where none is stated.
    effective_sample_size : array-like of shape (n_widths,) or None, default=None
        Number of equally weighted rows that the rows are worth at each width.
    own_width : float or None, default=None
        The explainer's width, for a line.
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
    lines_ : list of matplotlib Line2D
        One for each feature.
    markers_ : list of matplotlib PathCollection
        One for each feature, hollow where its sign is open.
    bands_ : list of matplotlib PolyCollection
        One for each feature.
    own_ : matplotlib Line2D or None
        At the explainer's own width.
    worth_ : list of matplotlib Text
        Effective sample sizes, above the axes.
    legend_ : matplotlib Legend

    Examples
    --------
    >>> from sklearn_baylime.explanation import WidthPathDisplay
    >>> display = WidthPathDisplay(
    ...     [1, 2], ["a"], [[0.5, 0.4]], [[0.3, 0.3]], [[0.7, 0.5]], [[0.99, 0.99]])
    >>> len(display.plot().lines_)
    1
    """

    def __init__(
        self,
        widths: ArrayLike,
        names: Sequence[str],
        coef: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        sign_probability: ArrayLike,
        *,
        effective_sample_size: ArrayLike | None = None,
        own_width: float | None = None,
        title: str = "",
        caption: str = "",
        level: float = 0.95,
    ) -> None:
        self.widths = widths
        self.names = names
        self.coef = coef
        self.low = low
        self.high = high
        self.sign_probability = sign_probability
        self.effective_sample_size = effective_sample_size
        self.own_width = own_width
        self.title = title
        self.caption = caption
        self.level = level

    @classmethod
    def from_explainer(
        cls,
        explainer: Any,
        x: Any,
        *,
        neighborhood: Any = None,
        widths: Any = None,
        target: Any = None,
        max_features: int = 5,
        level: float = 0.95,
    ) -> WidthPathDisplay:
        """Explain one instance at several widths by the same rows.

        Parameters
        ----------
        explainer : ExplainerPipeline
            Fitted, with a kernel that has a width. It is left as it is.
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.
        neighborhood : Neighborhood or None, default=None
            Its rows, of ``explainer.sample(x)``: then the model is asked nothing. If
            None it is asked once for all widths.
        widths : array-like of shape (n_widths,) or None, default=None
            Widths; if None nine from a quarter of the explainer's to four times it,
            without those so narrow that no rows have weight.
        target : int, str or None, default=None
            The target; the one that is predicted if None.
        max_features : int, default=5
            Most features shown, six at most.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        display : WidthPathDisplay
            Of the features that are the strongest at any of the widths; where the
            explainer selects features, of all of them.

        Raises
        ------
        ValueError
            If there is no kernel with a width, or a width is not above 0, or leaves no
            rows with weight.
        """
        parameter = find_width(explainer)
        if widths is not None:
            widths = np.sort(np.ravel(np.asarray(widths, dtype=float)))
            if not len(widths) or not (np.isfinite(widths) & (widths > 0)).all():
                raise ValueError(f"widths are {widths}, expected numbers above 0.")
        hood = explainer.sample(x) if neighborhood is None else neighborhood
        targets = "predicted" if target is None else [target]
        ask = {"targets": targets, "neighborhood": hood}
        own = explainer.explain_instance(x, **ask).kernel["width"]
        found = []
        for width in own * _FACTORS if widths is None else widths:
            other = with_width(explainer, parameter, float(width))
            try:
                found.append(other.explain_instance(x, **ask))
            except ValueError:
                # Narrow kernels may leave no rows; the own one did not.
                if widths is not None:
                    raise
        return cls.from_explanations(
            [one.all_features for one in found],
            own_width=own,
            max_features=max_features,
            level=level,
        )

    @classmethod
    def from_explanations(
        cls,
        explanations: Any,
        target: Any = None,
        *,
        own_width: float | None = None,
        max_features: int = 5,
        level: float = 0.95,
    ) -> WidthPathDisplay:
        """Take explanations of one instance that differ in the kernel's width.

        Parameters
        ----------
        explanations : sequence of Explanation
            Of one instance and of the same features.
        target : int, str or None, default=None
            A target; the first of each if None.
        own_width : float or None, default=None
            A width that is marked by a line.
        max_features : int, default=5
            Most features shown, six at most.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        display : WidthPathDisplay

        Raises
        ------
        ValueError
            If an explanation knows no width, or the features differ.
        """
        explanations = list(explanations)
        if any("width" not in e.kernel for e in explanations) or not explanations:
            raise ValueError(
                "The explanations know no width of the kernel, expected one or more by "
                "a kernel with a width, such as ExponentialKernel."
            )
        names = {e.feature_names for e in explanations}
        if len(names) > 1:
            raise ValueError(
                "The explanations are of other features, expected one instance at "
                "several widths of the kernel."
            )
        explanations.sort(key=lambda e: e.kernel["width"])
        pairs = [(e, e.position(target)) for e in explanations]
        coef = np.array([e.coef[t] for e, t in pairs]).T
        order = np.argsort(-np.abs(coef).max(axis=1), kind="stable")
        shown = order[: min(max_features, len(GROUPS))]
        ends = np.array([e.interval(level)[:, t] for e, t in pairs])
        sure = np.array([e.sign_probability()[t] for e, t in pairs])
        first, t = pairs[0]
        labels = label_features(first)
        return cls(
            [e.kernel["width"] for e in explanations],
            [labels[j] for j in shown],
            coef[shown],
            ends[:, 0, shown].T,
            ends[:, 1, shown].T,
            sure[:, shown].T,
            effective_sample_size=[e.effective_sample_size for e in explanations],
            own_width=own_width,
            title=f"Why {first.target_names[t]}, by the width of the kernel",
            level=level,
        )

    def _color_words(self) -> Sequence[str]:
        return list(self.names)

    def _draw_on(self, ax: Any) -> None:
        ax = new_axes(7 + 0.6 * len(self.names), self.caption) if ax is None else ax
        widths = np.asarray(self.widths, dtype=float)
        arrays = (self.coef, self.low, self.high, self.sign_probability)
        coef, low, high, sure = (np.asarray(array, dtype=float) for array in arrays)
        colors, scheme = group_colors(self, ax, self.names), scheme_of(ax)
        ax.axhline(0, color=scheme["soft"], linewidth=0.8)
        self.lines_, self.bands_, self.markers_ = [], [], []
        for g, color in enumerate(colors):
            ends = np.where(np.isfinite([low[g], high[g]]), [low[g], high[g]], np.nan)
            self.bands_.append(
                ax.fill_between(widths, *ends, color=color, alpha=0.16, linewidth=0)
            )
            self.lines_ += ax.plot(widths, coef[g], color=color, linewidth=1.5)
            is_open = [say_certainty(p) == "open" for p in sure[g]]
            faces = [scheme["paper"] if one else color for one in is_open]
            look = {"marker": GROUPS[g][2], "edgecolors": color, "linewidths": 1.2}
            self.markers_.append(
                ax.scatter(widths, coef[g], s=30, c=faces, zorder=3, **look)
            )
        self._label(ax, widths, scheme)
        self.legend_ = add_group_legend(
            *(ax, self.names, colors, sure, self.caption), n_columns=1
        )
        self._keep(ax)

    def _label(self, ax: Any, widths: Any, scheme: Any) -> None:
        from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

        ax.set_xscale("log")
        step = max(1, len(widths) // 5)
        told = widths[:: step if len(widths) > 5 else 1]
        ax.xaxis.set_major_locator(FixedLocator(told))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda w, _: format_short(w)))
        ax.xaxis.set_minor_locator(NullLocator())
        leave_frame(ax, "y", "top", "right")
        self.own_ = None
        if self.own_width is not None:
            look = {"color": scheme["ink"], "linewidth": 1, "linestyle": (0, (4, 3))}
            self.own_ = ax.axvline(self.own_width, **look, zorder=0.9)
        self.worth_ = []
        if self.effective_sample_size is not None:
            worth = np.asarray(self.effective_sample_size, dtype=float).tolist()
            sizes = dict(zip(widths.tolist(), worth, strict=True))
            look = {"ha": "center", "va": "bottom", "fontsize": "small"}
            place = {"transform": ax.get_xaxis_transform(), "color": scheme["soft"]}
            self.worth_ = [
                ax.text(w, 1.01, f"{sizes[w]:.0f} rows", **look, **place) for w in told
            ]
        said = "kernel width"
        said += ", dashed the explainer's own" if self.own_ is not None else ""
        said += "; above: what the rows are worth" if self.worth_ else ""
        label_picture(ax, self.title, said, self.caption)
        ax.set_title(ax.get_title(loc="left"), loc="left", fontsize="medium", pad=20)
        ax.set_ylabel(f"weight, with {100 * self.level:g} % interval")


def find_width(explainer: Any) -> str:
    """Return the parameter of an explainer that is its kernel's width."""
    params = explainer.get_params()
    found = [
        name
        for name in params
        if name.endswith("__width")
        and hasattr(params.get(name.removesuffix("__width")), "score_samples")
    ]
    if len(found) != 1:
        raise ValueError(
            f"The explainer has {len(found)} kernels with a width, expected one, such "
            "as ExponentialKernel."
        )
    return found[0]


def with_width(explainer: Any, parameter: str, width: float) -> Any:
    """Return an explainer with another width that shares all that was learned."""
    step = parameter.split("__")[0]
    new = copy.copy(explainer)
    new.steps = [
        (name, copy.deepcopy(part) if name == step else part)
        for name, part in explainer.steps
    ]
    return new.set_params(**{parameter: width})
