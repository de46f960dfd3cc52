"""Images as pictures: artists, color bars, several targets, nothing cut."""

import numpy as np
import pytest

from sklearn_baylime.explanation import (
    ExplanationDisplay,
    ImageDisplay,
    ImageInstance,
)
from sklearn_baylime.views._style import STD_COLOR, to_rgb
from sklearn_baylime.views.image._marks import fade

plt = pytest.importorskip("matplotlib.pyplot")

COEF = [[0.5, -0.9, 0.1, 0.0], [-2.0, 0.2, 0.3, 0.4], [1.0, 1.0, 1.0, 1.0]]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def explain_shape(explain_image, shape, coef=COEF, **changes):
    segments = np.zeros(shape, int)
    segments.flat[:3] = [1, 2, 3]
    image = np.random.RandomState(0).rand(*shape)
    return explain_image(coef, instance=ImageInstance(image, segments), **changes)


def ticks(display):
    display.figure_.canvas.draw()
    return [label.get_text() for label in display.colorbar_.ax.get_yticklabels()]


def assert_nothing_is_cut(displays):
    figure = displays[0].figure_
    figure.canvas.draw()
    artists = [displays[0].legend_, displays[0].colorbar_.ax]
    artists += [d.ax_ for d in displays]
    width, height = figure.bbox.size
    for box in (a.get_tightbbox(figure.canvas.get_renderer()) for a in artists if a):
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height


def test_display_keeps_its_artists(explain_image):
    display = explain_image(COEF).plot()
    assert isinstance(display, ImageDisplay)
    assert display.ax_.figure is display.figure_
    assert display.image_.get_array().shape == (8, 12, 3)
    styles = [outline.get_linestyle() for outline in display.outlines_]
    assert styles[0] == styles[1] != styles[2] and len(styles) == 3
    colors = [outline.get_edgecolor() for outline in display.outlines_]
    assert colors[0] != colors[1] == colors[2]
    assert display.ax_.get_title(loc="left") == "Why class 0? The model answers 0.500"
    assert "R² 0.50" in display.ax_.get_xlabel()
    told = [text.get_text() for text in display.legend_.get_texts()]
    assert told == [
        *("raises the answer", "lowers the answer"),
        *("sign certain (P ≥ 97.5 %)", "sign open"),
    ]
    assert display.colorbar_.ax.get_ylabel() == "weight"


def test_outlines_lie_around_their_segments(explain_image):
    display = explain_image(COEF).plot()
    corners = display.outlines_[0].get_path().vertices
    assert corners.min(axis=0).tolist() == [5.5, -0.5]
    assert corners.max(axis=0).tolist() == [11.5, 3.5]


def test_kinds(explain_image):
    explanation = explain_image(COEF)
    assert isinstance(explanation.plot(kind="bars"), ExplanationDisplay)
    heat = explanation.plot(1, kind="heatmap")
    assert np.array_equal(heat.image_.get_array(), explanation.heatmap(1))
    assert heat.image_.get_clim() == (-2, 2) and not heat.outlines_
    assert heat.legend_ is None
    assert explanation.plot(kind="std").image_.get_clim() == (0, 4)
    with pytest.raises(ValueError, match="kind is 'pie', expected one of"):
        ImageDisplay.from_explanation(explanation, kind="pie")


def test_std_shows_how_far_weights_are_from_0_over_the_photograph(explain_image):
    """Half the color at 2 standard deviations, all from 4 on, none at 0."""
    explanation = explain_image([[0.2, -0.8, 0.0, 0.4]], std=0.1)
    display = explanation.plot(kind="std")
    np.testing.assert_allclose(display.values, [2, 8, 0, 4])
    photograph = fade(explanation.instance.display_image())
    drawn, segments = display.image_.get_array(), explanation.instance.segments
    color = np.array(to_rgb(STD_COLOR))
    for j, alpha in enumerate([0.4, 0.8, 0.0, 0.8]):
        mine = segments == j
        wanted = (1 - alpha) * photograph[mine] + alpha * color
        np.testing.assert_allclose(drawn[mine], wanted, atol=0.51)
    assert display.colorbar_.ax.get_ylabel().startswith("|weight| / standard dev")
    assert ticks(display) == ["0", "1", "2", "3", "4"]


def test_std_of_exact_weights_is_full_or_nothing(explain_image):
    display = explain_image([[0.2, 0.0, 0.1, 0.1]], exact=True).plot(kind="std")
    assert np.asarray(display.values).tolist() == [np.inf, 0, np.inf, np.inf]


def test_without_uncertainty(explain_image):
    explanation = explain_image(COEF[:1], std=np.nan)
    told = [text.get_text() for text in explanation.plot().legend_.get_texts()]
    assert told == ["raises the answer", "lowers the answer"]
    std = explanation.plot(kind="std")
    assert "no standard deviation is stated" in std.ax_.get_xlabel()


def test_weaker_segments_are_left_out(explain_image):
    display = explain_image(COEF).plot(max_features=1)
    assert len(display.outlines_) == 1
    assert display.ax_.get_xlabel().endswith("3 weaker features not shown")
    colored = np.ptp(np.asarray(display.image_.get_array(), int), axis=2) > 0
    assert colored[:4, 6:].all() and colored.sum() == 24


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (1, ["−0.5", "0.0", "+0.5"]),
        (100, ["−50", "0", "+50"]),
        (1e-3, ["−0.0005", "0.0000", "+0.0005"]),
        (1e-9, ["−5.00e−10", "0", "5.00e−10"]),
        (0, ["−1.0", "−0.5", "0.0", "+0.5", "+1.0"]),
    ],
)
def test_color_bars_have_sensible_digits(explain_image, scale, expected):
    coef = scale * np.array(COEF[:1])
    assert ticks(explain_image(coef, std=0.1 * scale).plot()) == expected


def test_targets_side_by_side_share_colors(explain_image):
    explanation = explain_image(COEF)
    for displays in (
        explanation.plot(["class 0", 1, 2]),
        ImageDisplay.compare(explanation),
        ImageDisplay.compare([explanation, explanation], ["class 0", 1]),
    ):
        assert [d.find_limit() for d in displays] == [2.0] * len(displays)
        assert len({d.figure_ for d in displays}) == len({d.legend_ for d in displays})
        titles = [d.ax_.get_title(loc="left") for d in displays]
        assert "class 0" in titles[0] and "class 1" in titles[1]
    assert len(displays) == 4
    first = ImageDisplay.compare([explanation, explanation], kind="std")
    assert [d.kind for d in first] == ["std", "std"]
    _, axes = plt.subplots(1, 3)
    displays = explanation.plot([0, 1], kind="heatmap", ax=axes)
    assert [d.ax_ for d in displays] == list(axes[:2])


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (lambda e: e.plot([]), r"target is \[\], expected one target"),
        (
            lambda e: e.plot([0], kind="bars"),
            "several are drawn by kind 'targets', and of an image",
        ),
        (lambda e: e.plot([0, 1], ax=[None]), "axes has 1 axes, expected 2"),
        (lambda e: ImageDisplay.compare([]), "explanations is empty"),
    ],
)
def test_bad_wishes(explain, explain_image, wish, message):
    with pytest.raises(ValueError, match=message):
        wish(explain_image(COEF))
    with pytest.raises(ValueError, match="kind 'targets', and of an image"):
        explain().plot([0], kind="text")


@pytest.mark.parametrize("shape", [(8, 12), (1, 300), (300, 2), (2, 2)])
@pytest.mark.parametrize("kind", ["image", "std"])
def test_nothing_is_cut(explain_image, shape, kind):
    names = ["a class of many words " * 4, "two", "three"]
    explanation = explain_shape(explain_image, shape, target_names=names)
    for targets in ([0], [0, 1], [0, 1, 2], [0, 1, 2, 0], [0, 1, 2] * 2):
        assert_nothing_is_cut(explanation.plot(targets, kind=kind))


@pytest.mark.parametrize("layout", ["constrained", "tight", None])
def test_given_axes_are_taken(explain_image, layout):
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout=layout)
    display = explain_image(COEF).plot(ax=axes[1])
    assert display.ax_ is axes[1] and display.figure_ is figure
    figure.canvas.draw()
    if layout:
        assert_nothing_is_cut([display])


def test_saving_leaves_no_open_figure(explain_image, tmp_path):
    explanation = explain_image(COEF, target_names=["$x^$", "精彩", "c"])
    for name in ("why.png", "why.svg"):
        explanation.save(tmp_path / name)
        ImageDisplay.from_explanation(explanation, 1).save(tmp_path / f"1{name}")
    assert not plt.get_fignums()
