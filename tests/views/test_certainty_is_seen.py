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
    assert unsure.get_alpha() < sure.get_alpha() / 2
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
    def luminance(color):
        shares = np.array(_style.to_rgb(color)) / 255
        linear = np.where(
            shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722]

    def contrast(one, other):
        low, high = sorted([luminance(colors[one]), luminance(colors[other])])
        return (high + 0.05) / (low + 0.05)

    for text, below in (("ink", "paper"), ("soft", "paper"), ("ink", "note")):
        assert contrast(text, below) >= 4.5
    for mark in ("positive", "negative"):
        assert contrast(mark, "paper") >= 3


def test_long_names_leave_room_for_bars(explain):
    name = "average_volume_of_segment_" * 12
    explanation = explain(feature_names=[name, "US$ vs A$ rate"])
    display = explanation.plot(kind="bars")
    long, dollars = (t.get_text() for t in display.ax_.get_yticklabels())
    assert long.count("\n") <= 1 and "…" in long and dollars == "US$ vs A$ rate"
    assert max(map(len, str(explanation).splitlines())) < 120
    assert name in explanation.to_html()
