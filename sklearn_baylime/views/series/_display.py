"""A series with its tinted segments, by scikit-learn's Display convention."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._glyphs import drawable
from sklearn_baylime.views._numbers import decimals_for, format_number
from sklearn_baylime.views._registry import require_view
from sklearn_baylime.views._sentences import say_answer, say_fit
from sklearn_baylime.views._style import (
    DisplayMixin,
    add_legend,
    list_looks,
    say_certainty,
    say_sign,
)
from sklearn_baylime.views.series._drawing import (
    LEGEND_BELOW,
    draw_band,
    draw_line,
    label_axes,
    new_panels,
    split_axes,
    write_weight,
)
from sklearn_baylime.views.series._spans import (
    as_channels,
    check_segments,
    choose_channels,
    line_within,
    place_times,
    read_segments,
    tint_opacities,
)


class SeriesDisplay(DisplayMixin):
    """A series whose segments are tinted by their weights, one panel a channel.

    Blue segments raise the answer and orange ones lower it; the larger the weight and
    the more certain its sign, the stronger the tint. A solid line below tells that the
    sign is certain, a dotted one that it is open. Segments without a weight have no
    tint.

    Parameters
    ----------
    values : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        The series.
    segments : sequence of (int, int) or (int, int, int)
        For each feature shown its first timestep, the one after its last, and its
        channel; of all channels if there is none.
    coef : array-like of shape (n_shown,)
        Weights.
    sign_probability : array-like of shape (n_shown,)
        Probability of the sign of each weight, certain from 0.975 on; NaN where none is
        stated.
    std : sequence of float or None, default=None
        Standard deviations of the weights, which are written with as many digits as
        they deserve.
    names : sequence of str or None, default=None
        Names of the channels.
    times : sequence of float or str or None, default=None
        When each timestep was.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the picture.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The upper panel.
    axes_ : list of matplotlib Axes
        All panels.
    figure_ : matplotlib Figure
    lines_ : list of matplotlib Line2D
        The lines of the channels.
    parts_ : list of matplotlib Line2D
        Their parts within segments, in the colors of these, unless the sign is open.
    bands_ : list of matplotlib Rectangle
        Tints of the segments, panel by panel.
    underlines_ : list of matplotlib Line2D
        Lines below the tints, where a probability is stated.
    legend_ : matplotlib Legend or None

    Examples
    --------
    >>> from sklearn_baylime.views import SeriesDisplay
    >>> display = SeriesDisplay([1, 3, 2, 2], [(0, 2), (2, 4)], [0.5, -0.1], [1, 0.8])
    >>> len(display.plot().bands_)
    2
    """

    def __init__(
        self,
        values: ArrayLike,
        segments: Sequence[Any],
        coef: Sequence[float] | np.ndarray,
        sign_probability: Sequence[float] | np.ndarray,
        *,
        std: Sequence[float] | None = None,
        names: Sequence[str] | None = None,
        times: Sequence[Any] | None = None,
        title: str = "",
        caption: str = "",
    ) -> None:
        self.values = values
        self.segments = segments
        self.coef = coef
        self.sign_probability = sign_probability
        self.std = std
        self.names = names
        self.times = times
        self.title = title
        self.caption = caption

    @classmethod
    def from_explanation(
        cls, explanation: Any, target: Any = None, *, max_features: int = 10
    ) -> SeriesDisplay:
        """Take the strongest segments of one target.

        Parameters
        ----------
        explanation : Explanation
            Of a series.
        target : int, str or None, default=None
            The target; the first if None.
        max_features : int, default=10
            Most segments tinted.

        Returns
        -------
        display : SeriesDisplay
        """
        series = require_view(explanation, "series", "A picture of the series")
        t = explanation.position(target)
        ranked = explanation.as_map()[explanation.targets[t]]
        shown = [j for j, weight in ranked[:max_features] if weight != 0]
        n_hidden = len(ranked) - max_features
        return cls(
            series.values,
            [series.segments[j] for j in shown],
            explanation.coef[t, shown],
            explanation.sign_probability()[t, shown],
            std=explanation.std[t, shown],
            names=series.names,
            times=series.times,
            title=say_answer(explanation, t),
            caption=say_fit(explanation, t, n_hidden=n_hidden, verb="tinted"),
        )

    def _draw_on(self, ax: Any) -> None:
        values, segments = as_channels(self.values), read_segments(self.segments)
        check_segments(segments, *values.shape)
        channels = choose_channels(segments, values.shape[1])
        n_hidden = values.shape[1] - len(channels)
        more = f"\n{n_hidden} more channel{'s' * (n_hidden > 1)} not drawn"
        caption = f"{self.caption}{more if n_hidden else ''}".strip("\n")
        seen = list_looks(self.coef, self.sign_probability, range(len(segments)))
        title = textwrap.fill(drawable(self.title), 72)
        if ax is None:
            rows = title.count("\n") + 1, caption.count("\n") + 1
            self.axes_ = new_panels(len(channels), self.names is not None, *rows)
        else:
            self.axes_ = split_axes(ax, len(channels), self.names is not None)
        self.lines_: list[Any] = []
        self.parts_: list[Any] = []
        self.bands_: list[Any] = []
        self.underlines_: list[Any] = []
        for panel, channel in zip(self.axes_, channels, strict=True):
            self._draw_channel(panel, channel, values[:, channel], segments)
        label_axes(self.axes_, title, drawable(caption), self.times, bool(seen))
        look = 4, LEGEND_BELOW, self._colors_on(self.axes_[0])
        self.legend_ = add_legend(self.axes_[-1], seen, *look) if seen else None
        self._keep(self.axes_[0])

    def _draw_channel(self, ax: Any, channel: Any, values: Any, segments: Any) -> None:
        at, edges = place_times(self.times, len(values))
        tints = tint_opacities(self.coef, self.sign_probability)
        self.lines_.append(draw_line(ax, at, values, "0.45", 1.1))
        ax.set_xlim(edges[0], edges[-1])
        if self.names is not None:
            name = drawable(str(self.names[channel]))
            ax.set_title(name, loc="left", fontsize="small", pad=3, parse_math=False)
        coef, colors = np.asarray(self.coef, dtype=float), self._colors_on(ax)
        decimals = decimals_for(coef, [] if self.std is None else self.std)
        labels = [format_number(weight, decimals, sign=True) for weight in coef]
        for j, (start, stop, where) in enumerate(segments):
            if where not in (None, channel) or coef[j] == 0:
                continue
            color = colors[say_sign(coef[j])]
            certainty = say_certainty(self.sign_probability[j])
            ends = edges[start], edges[stop]
            band, underline = draw_band(ax, ends, color, tints[j], certainty)
            self.bands_.append(band)
            self.underlines_ += [] if underline is None else [underline]
            if certainty != "open":
                part = line_within(at, values, np.arange(len(at)), start, stop)
                self.parts_.append(draw_line(ax, *part, color, 1.9))
            if where is not None or ax is self.axes_[0]:
                write_weight(ax, ends, labels[j])
