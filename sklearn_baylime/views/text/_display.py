"""A document with its marked words, by scikit-learn's Display convention."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from sklearn_baylime.views._glyphs import UNKNOWN, drawable, make_measure
from sklearn_baylime.views._registry import require_view
from sklearn_baylime.views._sentences import say_answer, say_fit
from sklearn_baylime.views._style import (
    DisplayMixin,
    list_looks,
    say_certainty,
    say_sign,
)
from sklearn_baylime.views.text._drawing import (
    LEADING,
    SIZE,
    WIDTH,
    draw_box,
    draw_underline,
    draw_word,
    label,
    new_axes,
    take_room,
)
from sklearn_baylime.views.text._layout import count_lines, lay_out, lines_of
from sklearn_baylime.views.text._marks import cut, find_marks, opacities


class TextDisplay(DisplayMixin):
    """A document whose words are colored by their weights.

    Blue words raise the answer and orange ones lower it, the stronger the color, the
    larger the weight. A solid line below tells that the sign is certain, a dotted one
    that it is open.

    Parameters
    ----------
    text : str
        The document.
    spans : sequence of sequence of (int, int)
        For each feature shown the start and end of its occurrences.
    coef : array-like of shape (n_shown,)
        Weights.
    sign_probability : array-like of shape (n_shown,)
        Probability of the sign of each weight, certain from 0.975 on; NaN where none is
        stated.
    title : str, default=""
        Title of the picture.
    caption : str, default=""
        Lines below the legend.
    max_lines : int, default=60
        Most lines of the text that are drawn; on given axes as many as fit.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    lines_ : list of str
        Lines of the text as they are drawn, from left to right.
    words_ : list of matplotlib PathPatch
        Outlines of the text's pieces, in the order of the lines.
    boxes_ : list of matplotlib Rectangle
        Colored boxes, one for each marked piece.
    underlines_ : list of matplotlib Line2D
        Lines below the boxes, where a probability is stated.
    legend_ : matplotlib Legend or None

    Notes
    -----
    A character that matplotlib's fonts lack is drawn as a box; ``font.family`` of its
    rcParams takes a list of fonts. Arabic and Hebrew are drawn right only by versions
    of matplotlib that shape text; the page of `Explanation.to_html` shows all scripts.

    Examples
    --------
    >>> from sklearn_baylime.explanation import TextDisplay
    >>> display = TextDisplay("good, very good", [[(0, 4), (11, 15)]], [2], [0.99])
    >>> len(display.plot().boxes_)
    2
    """

    def __init__(
        self,
        text: str,
        spans: Sequence[Any],
        coef: Sequence[float] | np.ndarray,
        sign_probability: Sequence[float] | np.ndarray,
        *,
        title: str = "",
        caption: str = "",
        max_lines: int = 60,
    ) -> None:
        self.text = text
        self.spans = spans
        self.coef = coef
        self.sign_probability = sign_probability
        self.title = title
        self.caption = caption
        self.max_lines = max_lines

    @classmethod
    def from_explanation(
        cls, explanation: Any, target: Any = None, *, max_features: int = 10
    ) -> TextDisplay:
        """Take the strongest features of one target.

        Parameters
        ----------
        explanation : Explanation
            Of a document.
        target : int, str or None, default=None
            The target; the first if None.
        max_features : int, default=10
            Most features marked.

        Returns
        -------
        display : TextDisplay
        """
        document = require_view(explanation, "text", "A picture of the text")
        t = explanation.position(target)
        target = explanation.targets[t]
        records = list(explanation.records(target=target))[:max_features]
        ranked = explanation.as_map()[target][:max_features]
        n_hidden = int(explanation.selected[t].sum()) - len(records)
        return cls(
            document.text,
            [document.spans[j] for j, _ in ranked],
            np.array([r["coef"] for r in records]),
            np.array([r["sign_probability"] for r in records]),
            title=say_answer(explanation, t),
            caption=say_fit(explanation, t, n_hidden=n_hidden, verb="marked"),
        )

    def _draw_on(self, ax: Any) -> None:
        marks = find_marks(self.spans, self.coef)
        pieces = [(drawable(s), i) for s, i in cut(self.text, marks)]
        marked = {mark.position for mark in marks}
        seen = list_looks(self.coef, self.sign_probability, marked)
        measure, title = make_measure(SIZE), textwrap.fill(drawable(self.title), 72)
        if ax is None:
            placed = lay_out(pieces, WIDTH, measure)
            shown = min(count_lines(placed), self.max_lines)
            caption = self._say(pieces, count_lines(placed) - shown)
            above = 22 + 16 * (1 + title.count("\n"))
            below = 56 + 14 * caption.count("\n")
            ax = new_axes(shown, above, below)
        else:
            # Layout engines make room for labels: take what is left with all of them.
            label(ax, title, self._say(pieces, 1), seen, self._colors_on(ax))
            width, height = take_room(ax)
            placed = lay_out(pieces, width, measure)
            shown = max(1, min(self.max_lines, int(height // LEADING)))
            caption = self._say(pieces, count_lines(placed) - shown)
        self.legend_ = label(ax, title, caption, seen, self._colors_on(ax))
        self._draw(ax, [piece for piece in placed if piece.line < shown])
        self._keep(ax)

    def _say(self, pieces: Any, n_hidden: int) -> str:
        """Return the caption, with what the picture leaves out."""
        said = [drawable(self.caption)] if self.caption else []
        if n_hidden > 0:
            said.append(f"{n_hidden} more lines of the text not shown")
        drawn = "".join(text for text, _ in pieces)
        n_unknown = drawn.count(UNKNOWN) - self.text.count(UNKNOWN)
        if n_unknown > 0:
            said.append(
                f"{n_unknown} characters that the fonts lack; "
                'rcParams["font.family"] takes others'
            )
        return "\n".join(said)

    def _draw(self, ax: Any, placed: Any) -> None:
        self.lines_ = lines_of(placed)
        self.words_, self.boxes_, self.underlines_ = [], [], []
        alphas = opacities(self.coef, self.sign_probability)
        colors = self._colors_on(ax)
        for piece in placed:
            if not piece.text.isspace():
                self.words_.append(draw_word(ax, piece))
            if piece.position is None:
                continue
            color = colors[say_sign(self.coef[piece.position])]
            self.boxes_.append(draw_box(ax, piece, color, alphas[piece.position]))
            certainty = say_certainty(self.sign_probability[piece.position])
            if certainty:
                self.underlines_.append(draw_underline(ax, piece, color, certainty))
