"""Series as pictures and in pages: tints, lines, panels, nothing cut, all escaped."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from sklearn_baylime.views import ExplanationDisplay, SeriesDisplay, SeriesInstance
from sklearn_baylime.views._style import SIGN_COLORS

plt = pytest.importorskip("matplotlib.pyplot")

COEF = [[0.5, -0.9, 0.05, 0.0]]
SEGMENTS = [(0, 10, 0), (10, 20, 0), (0, 10, 1), (10, 20, 1)]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def make_series(n_channels=2, n=20, segments=SEGMENTS, **options):
    values = np.random.RandomState(0).normal(size=(n, n_channels)).cumsum(axis=0)
    return SeriesInstance(values, segments, **options)


@pytest.fixture
def explain_series(explain):
    def make(coef=COEF, series=None, **changes):
        return explain("", coef, instance=series or make_series(), **changes)

    return make


def drawing(page):
    (text,) = re.findall(r"<svg viewBox.*?</svg>", page, re.S)[:1] or [""]
    return ET.fromstring(text)


def parts(page, kind):
    return [e for e in drawing(page).iter() if kind in e.get("class", "").split()]


# ---------------------------------------------------------------- pictures


def test_display_keeps_its_artists(explain_series):
    display = explain_series().plot()
    assert isinstance(display, SeriesDisplay)
    assert display.ax_ is display.axes_[0] and len(display.axes_) == 2
    assert display.figure_ is display.ax_.figure
    # The segment without a weight is not tinted.
    assert len(display.bands_) == len(display.underlines_) == 3
    alphas = [band.get_alpha() for band in display.bands_]
    assert alphas[2] < alphas[1] < alphas[0] == pytest.approx(0.5)
    styles = [line.get_linestyle() for line in display.underlines_]
    assert styles[0] == styles[1] == "-" != styles[2]
    # Lines are colored where the sign is certain.
    colors = [part.get_color() for part in display.parts_]
    assert colors == [SIGN_COLORS["negative"], SIGN_COLORS["positive"]]
    told = [text.get_text() for text in display.legend_.get_texts()]
    assert told[0] == "raises the answer" and told[-1] == "sign open"
    assert "R² 0.50 on rows left out" in display.axes_[-1].get_xlabel()


def test_bands_lie_over_their_segments():
    display = SeriesDisplay([1, 2, 3, 4], [(1, 3)], [1.0], [np.nan]).plot()
    (band,) = display.bands_
    box = band.get_extents().transformed(display.axes_[0].transData.inverted())
    assert (box.x0, box.x1) == pytest.approx((0.5, 2.5))
    assert not display.underlines_ and len(display.parts_) == 1


def test_other_pictures(explain_series):
    explanation = explain_series()
    assert isinstance(explanation.plot(kind="bars"), ExplanationDisplay)
    with pytest.raises(ValueError, match="needs the explanation of an image, got one"):
        explanation.plot(kind="heatmap")


def test_weaker_segments_are_left_out(explain_series):
    display = explain_series().plot(max_features=1)
    assert len(display.bands_) == 1
    assert display.axes_[-1].get_xlabel().endswith("3 weaker features not tinted")


def test_shared_segments_are_tinted_in_all_panels(explain_series):
    series = make_series(3, segments=[(0, 10), (10, 20)])
    display = explain_series([[0.5, -0.4]], series).plot()
    assert len(display.axes_) == 3 and len(display.bands_) == 6


def test_many_channels_are_not_all_drawn(explain_series):
    segments = [(0, 20, channel) for channel in range(12)]
    display = explain_series([np.arange(12) / 12], make_series(12, segments=segments))
    display = display.plot(max_features=2)
    assert len(display.axes_) == 8
    assert "4 more channels not drawn" in display.axes_[-1].get_xlabel()


@pytest.mark.parametrize("n_channels", [1, 2, 5])
@pytest.mark.parametrize("times", [None, [f"2024-01-{d:02}" for d in range(1, 21)]])
def test_nothing_is_cut(explain_series, n_channels, times):
    names = [f"channel {c} <&$x^" for c in range(n_channels)]
    segments = [(0, 10), (10, 20)]
    series = make_series(n_channels, segments=segments, names=names, times=times)
    titles = ["a class of many words " * 4]
    display = explain_series([[0.5, -0.01]], series, target_names=titles).plot()
    display.figure_.canvas.draw()
    renderer = display.figure_.canvas.get_renderer()
    width, height = display.figure_.bbox.size
    for artist in [*display.axes_, display.legend_]:
        box = artist.get_tightbbox(renderer)
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
    caption = display.axes_[-1].xaxis.label.get_window_extent(renderer)
    assert not caption.overlaps(display.legend_.get_window_extent(renderer))


def test_given_axes_are_taken(explain_series):
    explanation = explain_series()
    figure, axes = plt.subplots(3, 1)
    display = explanation.plot(ax=axes)
    assert display.axes_ == list(axes[:2]) and display.figure_ is figure
    _, ax = plt.subplots()
    inside = explanation.plot(ax=ax).axes_
    assert len(inside) == 2 and all(panel in ax.child_axes for panel in inside)
    with pytest.raises(ValueError, match="ax has 1 axes, expected 2, one a channel"):
        explanation.plot(ax=axes[:1])


def test_saving_leaves_no_open_figure(explain_series, tmp_path):
    for name in ("why.png", "why.svg"):
        assert explain_series().save(tmp_path / name).stat().st_size > 1000
    assert not plt.get_fignums()


def test_gaps_are_gaps():
    values = [1.0, np.nan, 2.0, np.nan, 3.0, 4.0]
    display = SeriesDisplay(values, [(0, 3)], [1.0], [1.0]).plot()
    assert display.lines_[0].get_markevery() == [0, 2]


# ---------------------------------------------------------------- pages


def test_pages_have_one_drawing_of_vectors(explain_series):
    page = explain_series(series=make_series(names=["<b>", "&"])).to_html()
    looks = [e.get("class") for e in parts(page, "band")]
    assert looks == [
        *("band negative certain", "band positive certain", "band positive open")
    ]
    titles = [e.find("title").text for e in parts(page, "band")]
    assert "lowers the answer: weight −0.90, 95 % interval" in titles[0]
    assert [e.text for e in parts(page, "name")] == ["<b>", "&"]
    assert [e.text for e in parts(page, "weight")] == ["−0.90", "+0.50", "+0.05"]
    assert len(parts(page, "line")) == 4
    assert "<script" not in page and "<img" not in page and "<b>" not in page
    label = drawing(page).get("aria-label")
    assert "in blue" in label and "absent 1 (−0.90)" in label


def test_the_stronger_tint_is_that_of_the_surer_weight(explain_series):
    covariance = [np.diag([0.01, 0.5, 0.01, 0.01]) ** 2]
    page = explain_series([[0.5, -0.5, 0.0, 0.0]], selected_covariance=covariance)
    first, second = (
        float(e.find("path").get("fill-opacity")) for e in parts(page.to_html(), "band")
    )
    assert first == 0.5 and second < 0.4


def test_long_series_stay_small(explain_series):
    segments = [(1000 * k, 1000 * k + 1000) for k in range(20)]
    series = make_series(10, 20000, segments)
    page = explain_series(np.linspace(-1, 1, 20)[None], series).to_html()
    assert len(page) < 60_000
    assert "2 more channels not drawn." in page


def test_no_weights_are_a_grey_line(explain_series):
    page = explain_series([[0.0] * 4]).to_html()
    assert not parts(page, "band") and len(parts(page, "line")) == 2
    assert "no segment has a weight" in drawing(page).get("aria-label")


def test_gaps_are_gaps_in_pages(explain_series):
    values = [1.0, np.nan, 2.0, 3.0]
    page = explain_series([[0.0]], SeriesInstance(values, [(0, 1)])).to_html()
    (line,) = parts(page, "line")
    assert line.get("d").count("M") == 2


@pytest.mark.parametrize(
    ("times", "labels"),
    [
        (None, ["0", "2", "4", "6", "8", "10", "12", "14", "16", "18"]),
        (np.arange(20) * 0.05, ["0.0", "0.1", "0.2", "0.3", "0.4"]),
        ([f"day {i}" for i in range(20)], ["day 0", "day 4"]),
    ],
)
def test_times(explain_series, times, labels):
    page = explain_series(series=make_series(times=times)).to_html()
    ticks = [e.text for e in parts(page, "tick") if "end" not in e.get("class")]
    assert ticks[: len(labels)] == labels
