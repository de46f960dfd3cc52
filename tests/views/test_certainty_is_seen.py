"""How sure an explanation is, is seen before anything else, in every way to show it."""

import re

import numpy as np
import pytest

from sklearn_baylime import make_text_explainer
from sklearn_baylime.views import _style
from sklearn_baylime.views.image._marks import tint
from sklearn_baylime.views.text._marks import opacities

TEXT = "a fine film with a dull plot that nobody will love or hate for long"


def answer(texts):
    """Return a model's answers that hang on words and on what stands beside them."""
    noise = [len(t) * 7919 % 101 / 101 for t in texts]
    return np.array([0.02 * ("fine" in t) for t in texts]) + 0.5 * np.array(noise)


def strength(n_samples):
    page = make_text_explainer(answer, n_samples=n_samples, random_state=0)
    page = page.explain_instance(TEXT).to_html().split("</style>")[1]
    return np.mean([float(a) / 0.5 for a in re.findall(r"--alpha:([\d.]+)", page)])


def test_an_unsure_text_is_pale():
    assert strength(40) <= 1 / 3


def test_strength_is_size_times_certainty():
    sure, open_, nothing, even = opacities([1, 1, 1e-9, 1], [1, 0.75, 1, 0.5])
    assert sure == 0.5 and open_ == pytest.approx(0.125) and nothing == even == 0


def test_an_unsure_segment_is_pale():
    image, segments = np.full((1, 2, 3), 128, np.uint8), np.array([[0, 1]])
    sure, unsure = tint(image, segments, [1.0, 1.0], [0, 1], 1.0, [1.0, 0.6])[0]
    assert np.ptp(sure.astype(int)) > 5 * np.ptp(unsure.astype(int))


def test_one_sentence_stands_on_top(explain):
    explanation = explain("a b c", [[1, -0.5, 0.01]])
    said = "Sure of the sign of 2 of 3 weights; which one is the strongest is known"
    page = explanation.to_html()
    assert page.index(said) < page.index("The model answers")
    assert str(explanation).splitlines()[1].startswith(said)
    for kind in ("bars", "text"):
        told = explanation.plot(kind=kind).ax_.get_xlabel().replace("\n", "; ")
        assert said in told
    close = explain("a b", [[1, 1.01]])
    assert "strongest is open (5" in str(close)


def test_warnings_stand_on_top_and_in_pictures(explain):
    explanation = explain("a b", [[1, -1]], warnings=["Beware: 3 rows."])
    page = explanation.to_html()
    assert page.index("Beware") < page.index("<section>")
    for kind in ("bars", "text"):
        assert "Beware: 3 rows." in explanation.plot(kind=kind).ax_.get_xlabel()


def test_open_bars_are_hatched(explain):
    explanation = explain("a b", [[1, 0.01]])
    sure, unsure = explanation.plot(kind="bars").bars_
    assert sure.get_hatch() is None and unsure.get_hatch()
    assert unsure.get_facecolor()[3] < sure.get_facecolor()[3] / 2
    assert re.findall(r'class="bar (\w+ \w+)"', explanation.to_html()) == [
        *("positive certain", "positive open")
    ]


def test_themes_of_notebooks_go_before_the_system():
    style = _style.css_colors().partition("prefers-color-scheme: dark")[2]
    for theme, colors in (("true", _style.LIGHT), ("false", _style.DARK)):
        rule = style.partition(f"[data-jp-theme-light={theme}] .baylime")[2]
        assert f"--paper: {colors['paper']};" in rule.partition("}")[0]


@pytest.mark.parametrize("colors", [_style.LIGHT, _style.DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out(colors):
    def contrast(one, other):
        return _style.contrast_ratio(colors[one], colors[other])

    for text, below in (("ink", "paper"), ("soft", "paper"), ("ink", "note")):
        assert contrast(text, below) >= 4.5
    for mark in ("positive", "negative"):
        assert contrast(mark, "paper") >= 3
        # Words stand on tints of at most half the color.
        tint = _style.mix_colors(colors["paper"], colors[mark], 0.5)
        assert _style.contrast_ratio(colors["ink"], tint) >= 4.5
    # Seen without colors.
    assert contrast("positive", "negative") >= 1.5


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        # Of the examples of WCAG 2.
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_the_guidelines(one, other, expected):
    assert _style.contrast_ratio(one, other) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("dark", [0, 1], ids=["light", "dark"])
def test_groups_and_values_stand_out(dark):
    paper = (_style.LIGHT, _style.DARK)[dark]["paper"]
    for *colors, _ in _style.GROUPS:
        assert _style.contrast_ratio(colors[dark], paper) >= 3
    assert len({marker for *_, marker in _style.GROUPS}) == len(_style.GROUPS)
    low, high = _style.VALUES[bool(dark)]
    for share in np.linspace(0, 1, 11):
        color = _style.mix_colors(low, high, share)
        assert _style.contrast_ratio(color, paper) >= 3
    # Ends are told apart without colors.
    assert _style.contrast_ratio(low, high) >= 3


def test_ink_is_read_on_any_color():
    for red in range(0, 256, 15):
        for blue in (0, 128, 255):
            color = "#" + bytes([red, 255 - red, blue]).hex()
            assert _style.contrast_ratio(_style.ink_on(color), color) >= 4.5


def test_papers_are_seen():
    plt = pytest.importorskip("matplotlib.pyplot")
    assert _style.scheme_of(plt.figure().add_subplot())["ink"] == _style.LIGHT["ink"]
    with plt.style.context("dark_background"):
        ax = plt.figure().add_subplot()
    assert _style.scheme_of(ax) == {**_style.DARK, "paper": "#000000"}
    ax.set_facecolor("none")
    ax.figure.set_facecolor("white")
    assert not _style.is_dark(ax)
    plt.close("all")


def test_long_names_leave_room_for_bars(explain):
    name = "average_volume_of_segment_" * 12
    explanation = explain(feature_names=[name, "US$ vs A$ rate"])
    display = explanation.plot(kind="bars")
    long, dollars = (t.get_text() for t in display.ax_.get_yticklabels())
    assert long.count("\n") <= 1 and "…" in long and dollars == "US$ vs A$ rate"
    assert max(map(len, str(explanation).splitlines())) < 120
    assert name in explanation.to_html()
