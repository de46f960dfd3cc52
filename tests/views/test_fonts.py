"""Letters that matplotlib's own font lacks come from others, or are told of."""

import warnings

import matplotlib
import pytest
from matplotlib import font_manager

from sklearn_baylime.views import _glyphs
from sklearn_baylime.views._bars import ExplanationDisplay

# Of a private area that no font has, and which the font of these tests gets.
THERE, NOWHERE = "\ue123", "\ue456"


@pytest.fixture
def font(tmp_path, monkeypatch):
    """Install a font of one letter under the name of one to fall back to."""
    builders = pytest.importorskip("fontTools.fontBuilder")
    pens = pytest.importorskip("fontTools.pens.ttGlyphPen")
    pen = pens.TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (600, 700), (600, 0)):
        pen.lineTo(corner)
    pen.closePath()
    names = [".notdef", "letter"]
    builder = builders.FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(THERE): "letter"})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (700, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    family = "Symbola"
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path / "letter.ttf"
    builder.save(path)
    manager = font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", list(manager.ttflist))
    manager.addfont(path)
    yield family
    _glyphs._installed.cache_clear()
    _glyphs._known_characters.cache_clear()


def display(name):
    return ExplanationDisplay([name, "b"], [2, -1], [1, -2], [3, 0])


def told(drawn):
    """Return what a picture says of letters that no font has, once or not at all."""
    figure = drawn.figure_
    texts = [t.get_text() for t in figure.texts]
    texts += [ax.get_xlabel() for ax in figure.axes]
    (said,) = [text for text in texts if "lack" in text] or [""]
    return said


def test_letters_come_from_a_font_that_has_them(font, tmp_path):
    before = list(matplotlib.rcParams["font.family"])
    drawn = display(f"a{THERE}").plot()
    label = drawn.ax_.get_yticklabels()[0]
    assert label.get_text() == f"a{THERE}" and font in label.get_fontfamily()
    assert not told(drawn)
    assert matplotlib.rcParams["font.family"] == before
    for ending in ("png", "pdf", "svg"):
        # Warnings are errors: "Glyph missing" would be raised.
        display(f"a{THERE}").save(tmp_path / f"x.{ending}")


def test_what_no_font_has_is_told(tmp_path):
    drawn = display(f"a{NOWHERE}").plot()
    assert drawn.ax_.get_yticklabels()[0].get_text() == f"a{_glyphs.UNKNOWN}"
    assert "1 character that the fonts lack" in told(drawn)
    two = display(f"a{NOWHERE}{THERE}{THERE}").plot()
    assert "2 characters that the fonts lack" in told(two)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        display(f"a{NOWHERE}").save(tmp_path / "x.png")


def test_a_picture_does_not_tell_of_the_one_before():
    display(NOWHERE).plot()
    assert not told(display("a").plot())


@pytest.mark.parametrize("kind", ["bars", "text"])
def test_every_kind_of_picture_tells(explain, kind):
    explanation = explain(f"good{NOWHERE} day", [[1, -1]], target_names=[NOWHERE])
    assert told(explanation.plot(kind=kind))


def test_images_tell(explain_image):
    assert told(explain_image(target_names=[NOWHERE]).plot())
