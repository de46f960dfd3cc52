"""Documents as pictures: lines that fit, boxes, underlines, any characters."""

import itertools

import numpy as np
import pytest

from sklearn_baylime.explanation import TextDisplay
from sklearn_baylime.views.text._layout import lay_out, lines_of

plt = pytest.importorskip("matplotlib.pyplot")

SENTENCE = "The film is good, really good, but its ending is dull. "


def lines(text, room=10, pieces=None):
    return lines_of(lay_out(pieces or [(text, None)], room, len))


def extents(display):
    display.figure_.canvas.draw()
    artists = [
        *(*display.words_, *display.boxes_, *display.underlines_),
        *(display.ax_.xaxis.label, *display.ax_.texts, display.legend_),
        display.ax_.get_children()[0],
        *[c for c in display.ax_.get_children() if hasattr(c, "get_text")],
    ]
    artists = [a for a in artists if a is not None]
    return [a.get_window_extent() for a in artists]


# ---------------------------------------------------------------- lines


def test_lines_break_between_words():
    assert lines("one two three four") == ["one two", "three four"]
    assert lines("one  two\n\n  six") == ["one  two", "", "  six"]
    assert lines("no\u00a0break at all") == ["no\u00a0break", "at all"]


def test_long_words_break_where_they_have_to():
    assert lines("a 0123456789abcdefghijXY z") == [
        *("a", "0123456789", "abcdefghij", "XY z")
    ]
    assert lines("精彩精彩精彩", room=4) == ["精彩精彩", "精彩"]
    assert lines("ab", room=0.5) == ["a", "b"]


def test_words_of_several_pieces_stay_together():
    pieces = [("one two ", None), ("thr", 0), ("ee", None)]
    assert lines("", pieces=pieces) == ["one two", "three"]


def test_no_text_is_no_piece():
    assert lay_out([], 10, len) == []


def test_pieces_do_not_overlap():
    for placed in (
        lay_out([(SENTENCE, None)], 20, len),
        lay_out([("אב ג", 0)], 9, len),
    ):
        for a, b in itertools.pairwise(placed):
            assert a.line < b.line or a.x + a.width == b.x
        assert all(0 <= p.x and p.x + p.width <= 20 for p in placed)


def test_right_to_left_words_begin_at_the_right():
    placed = lay_out([("אב גד New York, הו", None)], 30, len)
    assert lines_of(placed) == ["הו New York, גד אב"]
    assert placed[-1].x + placed[-1].width == 30
    assert lines("one אב גד two", room=30) == ["one גד אב two"]


# ---------------------------------------------------------------- artists


def test_display_keeps_its_artists(explain):
    explanation = explain("good, very good: dull", [[0.5, 0.05, -0.4]])
    display = explanation.plot(kind="text")
    assert display.lines_ == ["good, very good: dull"]
    assert len(display.boxes_) == len(display.underlines_) == 4
    assert display.ax_.figure is display.figure_
    styles = [line.get_linestyle() for line in display.underlines_]
    assert styles[0] == styles[2] == styles[3] == "-" != styles[1]
    colors = [box.get_facecolor()[:3] for box in display.boxes_]
    assert colors[0] == colors[1] == colors[2] != colors[3]
    assert "class 0? The model answers 0.500" in display.ax_.get_title(loc="left")
    told = [text.get_text() for text in display.legend_.get_texts()]
    assert told[1:] == ["lowers the answer", "sign certain (P ≥ 97.5 %)", "sign open"]


def test_boxes_are_the_stronger_the_larger_the_weight():
    coef = [0.1, -0.5, 0.3, 0]
    spans = [[(0, 1)], [(2, 3)], [(4, 5)], [(6, 7)]]
    display = TextDisplay("a b c d", spans, coef, [1, 1, 1, 0.5]).plot()
    alphas = [box.get_alpha() for box in display.boxes_]
    assert alphas[0] < alphas[2] < alphas[1] == 0.5
    assert len(alphas) == 3


def test_boxes_stand_behind_their_words():
    display = TextDisplay("good film", [[(0, 4)]], [1], [np.nan]).plot()
    (box,), (word, *_) = display.boxes_, display.words_
    box, word = box.get_window_extent(), word.get_window_extent()
    assert box.x0 - 1 <= word.x0 and word.x1 <= box.x1 + 1
    assert box.y0 - 1 <= word.y0 and word.y1 <= box.y1 + 1
    assert not display.underlines_


@pytest.mark.parametrize("n", [0, 1, 12])
def test_nothing_is_cut(explain, n):
    display = explain(SENTENCE * n, np.linspace(-1, 1, 9)).plot(kind="text")
    width, height = display.figure_.bbox.size
    for box in extents(display):
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height


def test_long_documents_say_what_is_not_drawn():
    text = "\n".join(map(str, range(100)))
    display = TextDisplay(text, [[(0, 1)]], [1], [1], caption="a", max_lines=20).plot()
    assert len(display.lines_) == 20
    assert display.ax_.get_xlabel() == "a\n80 more lines of the text not shown"


@pytest.mark.parametrize("layout", ["constrained", "tight", None])
def test_given_axes_take_the_lines_that_fit(explain, layout):
    figure, axes = plt.subplots(2, 2, figsize=(9, 7), layout=layout)
    display = explain(SENTENCE * 12).plot(kind="text", ax=axes[0, 1])
    assert display.ax_ is axes[0, 1] and display.figure_ is figure
    assert "more lines" in display.ax_.get_xlabel()
    assert len(display.lines_) > 3
    figure.canvas.draw()
    inside = display.ax_.get_window_extent()
    for box in (word.get_window_extent() for word in display.words_):
        assert inside.x0 - 2 <= box.x0 and box.x1 <= inside.x1 + 2
        assert inside.y0 - 2 <= box.y0 and box.y1 <= inside.y1 + 2


def test_subfigures_are_figures(explain):
    figure = plt.figure()
    part = figure.subfigures(1, 2)[0]
    assert explain().plot(kind="text", ax=part.subplots()).figure_ is part


@pytest.mark.parametrize(
    "text",
    [
        r"$x^$ \frac{a} $5 and $6 $\nothing$ {%}",
        "精彩 ノ 👍🏽👩‍👩‍👧 \U000f0000 \x00\x07 a\x0bb\u2028c\r\nd\te",
        "Привет étoile e\u0301 \u0301 هذا رائع",
        "<script>alert(1)</script> & \ud83d",
    ],
)
def test_any_characters_are_drawn_without_warning(explain, text, tmp_path):
    explanation = explain(text, [np.ones(4)], target_names=[text])
    display = explanation.plot(kind="text")
    display.save(tmp_path / "why.png")
    display.save(tmp_path / "why.svg")
    assert "$" not in text or "".join(display.lines_) == text


def test_characters_that_fonts_lack_are_boxes():
    display = TextDisplay("a\U000f0000b", [], [], []).plot()
    assert display.lines_ == ["a\u25a1b"]
    assert "1 characters that the fonts lack" in display.ax_.get_xlabel()
    assert not TextDisplay("a\u25a1b", [], [], []).plot().ax_.get_xlabel()


def test_saving_leaves_no_open_figure(explain, tmp_path):
    TextDisplay.from_explanation(explain()).save(tmp_path / "why.png")
    assert not plt.get_fignums()
