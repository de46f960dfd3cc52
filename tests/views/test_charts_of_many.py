"""Pictures of many explanations, of two, of widths and of rows hold their numbers."""

import numpy as np
import pytest
from scipy.special import ndtr
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge

from sklearn_baylime import (
    BlackBox,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.explanation import (
    BeeswarmDisplay,
    ComparisonDisplay,
    FidelityDisplay,
    HeatmapDisplay,
    Summary,
    WidthPathDisplay,
    contrast,
    summarize,
)
from sklearn_baylime.views import _style
from sklearn_baylime.views.charts._beeswarm import swarm
from sklearn_baylime.views.charts._heatmap import order_rows

plt = pytest.importorskip("matplotlib.pyplot")

NAMES = ["$x$ in US$ \\frac", "length 😀 精", "a_very_long_name_" * 12, "b"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def flowers():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, y)
    explainer = make_tabular_explainer(
        model, n_samples=300, feature_names=NAMES, random_state=0
    )
    return explainer.fit(X), X


@pytest.fixture(scope="module")
def explanations(flowers):
    explainer, X = flowers
    return explainer.explain(X[::6], targets=[0])


def texts(found):
    return [text.get_text() for text in found]


def hexes(colors):
    return [plt.matplotlib.colors.to_hex(color) for color in colors]


# ---------------------------------------------------------------- beeswarm


def test_dots_are_effects_colored_by_values(explanations, flowers):
    display = BeeswarmDisplay.from_explanations(explanations).plot()
    effects = np.array([e.contributions()[0] for e in explanations])
    order = np.argsort(-np.abs(effects).mean(axis=0))
    X, low_high = flowers[1][::6], _style.VALUES[False]
    for dots, j in zip(display.dots_, order, strict=True):
        np.testing.assert_allclose(dots.get_offsets()[:, 0], effects[:, j])
        edges = hexes(dots.get_edgecolors())
        assert edges[X[:, j].argmin()] == low_high[0]
        assert edges[X[:, j].argmax()] == low_high[1]
    assert display.colorbar_.ax.get_ylabel() == "the column's value"


def test_open_dots_are_hollow(explanations):
    display = BeeswarmDisplay.from_explanations(explanations).plot()
    sure = np.array([e.sign_probability()[0] for e in explanations])
    for dots, name in zip(display.dots_, display.names, strict=True):
        hollow = [color == "#ffffff" for color in hexes(dots.get_facecolors())]
        assert hollow == (sure[:, NAMES.index(name)] < 0.975).tolist()
    assert "hollow: sign open" in display.ax_.get_xlabel()


def test_dots_do_not_leave_their_row_nor_hide_each_other():
    moved = swarm(np.zeros(200), 1.0)
    assert np.abs(moved).max() <= 0.4 and len(np.unique(moved)) == 200
    assert swarm(np.array([0.0, 1.0]), 1.0).tolist() == [0, 0]
    few = swarm(np.zeros(3), 1.0)
    assert sorted(few.round(2)) == [-0.12, 0, 0.12]


def test_values_that_are_no_numbers_are_grey(explain):
    known = {"columns": ["a", "b"], "values": np.ones(2)}
    many = [explain("a b", [[1, i]], row=["red", i], **known) for i in range(3)]
    display = BeeswarmDisplay.from_explanations(many).plot()
    of_a = display.dots_[display.names.index("a")]
    assert set(hexes(of_a.get_edgecolors())) == {_style.LIGHT["soft"]}
    assert "grey: the value is no number" in display.ax_.get_xlabel()
    none = [explain("a b", [[1, i]]) for i in range(3)]
    display = BeeswarmDisplay.from_explanations(none, max_features=1).plot()
    assert display.colorbar_ is None and "weight\n" in display.ax_.get_xlabel()
    assert "1 weaker feature not shown" in display.ax_.get_xlabel()


@pytest.mark.parametrize("display", [BeeswarmDisplay, HeatmapDisplay])
def test_many_must_be_of_the_same_columns(explain, display):
    one, other = explain("a b", [[1, 2]]), explain("a c", [[1, 2]])
    with pytest.raises(
        ValueError, match=r"Explanation 1 is of the columns \['a', 'c'\]"
    ):
        display.from_explanations([one, other])
    with pytest.raises(ValueError, match="There are no explanations"):
        display.from_explanations(iter([]))
    with pytest.raises(KeyError, match="Target 7 was not explained"):
        display.from_explanations([one], 7)


# ---------------------------------------------------------------- heat map


def test_cells_are_effects_in_the_order_of_instances(explanations):
    display = HeatmapDisplay.from_explanations(explanations).plot()
    effects = np.array([e.contributions()[0] for e in explanations])
    order = order_rows(effects)
    columns = [NAMES.index(name) for name in display.names]
    cells = display.cells_.get_array()
    np.testing.assert_allclose(cells.data, effects[np.ix_(order, columns)].T)
    sure = np.array([e.sign_probability()[0] for e in explanations])
    is_open = sure[np.ix_(order, columns)].T < 0.975
    assert np.array_equal(np.ma.getmaskarray(cells), is_open)
    low, high = display.cells_.get_clim()
    assert -low == high == pytest.approx(np.abs(effects).max())


def test_cells_are_told_apart_without_colors(explanations):
    display = HeatmapDisplay.from_explanations(explanations).plot()
    cells = display.cells_.get_array()
    rows, columns = np.nonzero(np.ma.filled(cells, 0) < 0)
    dashes = np.array(display.dashes_.get_segments())
    np.testing.assert_allclose(dashes.mean(axis=1), np.c_[columns, rows])
    colors = display.cells_.cmap(display.cells_.norm(cells.data[rows, columns]))
    inks = hexes(display.dashes_.get_colors())
    for ink, cell in zip(inks, hexes(colors), strict=True):
        assert _style.contrast_ratio(ink, cell) >= 3
    rows, columns = np.nonzero(np.ma.getmaskarray(cells) & (cells.data != 0))
    np.testing.assert_allclose(display.rings_.get_offsets(), np.c_[columns, rows])


def test_similar_instances_are_beside_each_other():
    effects = np.array([[3.0, 0.1], [-1.0, 0.2], [2.9, 0.0], [-1.1, 0.1]])
    order = order_rows(effects).tolist()
    assert set(order[:2]) == {1, 3} and set(order[2:]) == {0, 2}
    assert order_rows(np.ones((3, 2))).tolist() == [0, 1, 2]


# ---------------------------------------------------------------- summaries


def test_summaries_are_pages(explanations, tmp_path):
    summary = summarize(explanations)
    page = summary.to_html()
    assert page.startswith("<!DOCTYPE html>") and "<script" not in page
    assert page.count("<tr>") == 1 + len(NAMES) and len(page) < 60_000
    assert "What matters on average over 25 instances" in page
    assert "$x$ in US$ \\frac" in page and "length 😀 精" in page
    fragment = summary._repr_html_()
    assert fragment.startswith("<div>") and "mean |weight|" in fragment
    for name in ("why.html", "why.png", "why.svg", "why.pdf"):
        assert summary.save(tmp_path / name) == tmp_path / name
        assert (tmp_path / name).stat().st_size > 1000
    assert (tmp_path / "why.html").read_text(encoding="utf-8") == page
    with pytest.raises(ValueError, match=r"ends in '\.json', expected \.html, \.png"):
        summary.save(tmp_path / "why.json")
    assert not plt.get_fignums()


def test_pages_of_summaries_are_short_and_escaped():
    names = [f"<b>{i}</b>" for i in range(40)]
    ones = np.arange(40.0)
    summary = Summary(
        *(names, ones, ones / 10, ones - 1, ones + 1, ones, 0 * ones),
        n_explanations=1,
        warnings=("Beware.",),
    )
    page = summary.to_html()
    assert "<b>" not in page and "Not shown: 10 weaker features." in page
    assert page.index("Beware.") < page.index("<h1>")


def test_pictures_of_summaries_take_looks(explanations):
    display = summarize(explanations).plot(
        figsize=(4, 3), title="Mine", colors={"positive": "teal"}
    )
    assert display.figure_.get_size_inches().tolist() == [4, 3]
    assert hexes([bar.get_facecolor() for bar in display.bars_][:1]) == ["#008080"]


# ---------------------------------------------------------------- two


def test_two_explanations_and_their_difference(flowers):
    explainer, X = flowers
    one, other = explainer.explain(X[[60, 110]], targets=[1])
    display = ComparisonDisplay.from_explanations(
        one, other, labels=["a versicolor", "$ virginica"]
    ).plot()
    order = np.argsort(-np.abs([one.coef[0], other.coef[0]]).max(axis=0))
    for explanation, markers in zip((one, other), display.markers_, strict=True):
        np.testing.assert_allclose(
            markers.get_offsets()[:, 0], explanation.coef[0, order]
        )
    ends = np.array(display.links_.get_segments())[:, :, 0]
    np.testing.assert_allclose(ends, np.c_[one.coef[0], other.coef[0]][order])
    change = (one.coef - other.coef)[0, order]
    np.testing.assert_allclose(display.difference, change)
    ratio = np.abs(change) / np.hypot(one.std, other.std)[0, order]
    told = [text.endswith(" open") for text in texts(display.numbers_[:-1])]
    assert told == (ratio < 1.959964).tolist()
    np.testing.assert_allclose(display.difference_probability, ndtr(ratio))
    assert texts(display.legend_.get_texts())[:2] == ["a versicolor", "$ virginica"]
    # Of columns in other bins the names stand for the conditions.
    same = one.feature_names == other.feature_names
    assert not same and set(display.names) & set(NAMES)


def test_differences_of_shared_rows_are_those_of_contrast():
    X = np.random.RandomState(0).normal(size=(200, 2))
    explainer = make_tabular_explainer(
        lambda rows: rows[:, 0] * rows[:, 1],
        **{"discretizer": None, "sampler": "gaussian", "kernel_width": 1.0},
        rows="shared",
        random_state=0,
    ).fit(X)
    one, other = explainer.explain([[0.0, 1.0], [0.0, -1.0]])
    unknown = ComparisonDisplay.from_explanations(one, other)
    assert np.isnan(unknown.difference_probability).all()
    difference = contrast(one, other)
    display = ComparisonDisplay.from_explanations(one, other, difference=difference)
    np.testing.assert_allclose(
        np.sort(display.difference_probability),
        np.sort(difference.sign_probability()[0]),
    )
    with pytest.raises(ValueError, match="difference is of 2 features, expected 3"):
        three = make_tabular_explainer(
            lambda rows: rows[:, 0], n_samples=50, random_state=0
        ).fit(np.random.RandomState(0).normal(size=(50, 3)))
        e = three.explain_instance(np.zeros(3))
        ComparisonDisplay.from_explanations(e, e, difference=difference)


def test_two_must_be_comparable(explain):
    one, other = explain("a b", [[1, 2]]), explain("a c", [[1, 2]])
    with pytest.raises(
        ValueError, match=r"of the columns \['a', 'b'\] and \['a', 'c'\]"
    ):
        ComparisonDisplay.from_explanations(one, other)
    exact = explain("a b", [[1, 0]], exact=True)
    display = ComparisonDisplay.from_explanations(exact, exact)
    np.testing.assert_allclose(display.difference_probability, 0.5)


# ---------------------------------------------------------------- widths


def test_the_path_asks_nothing_and_leaves_the_explainer(flowers):
    explainer, X = flowers
    hood = explainer.sample(X[60])
    asked = explainer.black_box_.n_queries_
    before = explainer.get_params()["kernel__width"]
    display = WidthPathDisplay.from_explainer(
        explainer, X[60], neighborhood=hood, widths=[3.0, 0.5, 1.5], target=1
    ).plot()
    assert explainer.black_box_.n_queries_ == asked
    assert explainer.get_params()["kernel__width"] == before
    assert list(display.widths) == [0.5, 1.5, 3.0]
    own = explainer.explain_instance(X[60], targets=[1], neighborhood=hood)
    assert display.own_width == own.kernel["width"]
    assert display.own_.get_xdata()[0] == display.own_width
    explainer_3 = make_tabular_explainer(
        explainer.black_box_,
        n_samples=300,
        feature_names=NAMES,
        kernel_width=3.0,
        random_state=0,
    )
    wide = explainer_3.fit(X).explain_instance(X[60], targets=[1], neighborhood=hood)
    found = {line.get_ydata()[-1] for line in display.lines_}
    np.testing.assert_allclose(sorted(found), np.sort(wide.coef[0]), rtol=1e-9)
    for line, markers, p in zip(
        display.lines_, display.markers_, display.sign_probability, strict=True
    ):
        np.testing.assert_allclose(markers.get_offsets()[:, 1], line.get_ydata())
        hollow = [color == "#ffffff" for color in hexes(markers.get_facecolors())]
        assert hollow == (p < 0.975).tolist()
    sizes = [float(text.split()[0]) for text in texts(display.worth_)]
    assert sizes == np.round(display.effective_sample_size).tolist()
    assert sizes == sorted(sizes)


def test_paths_are_around_the_own_width(flowers):
    explainer, X = flowers
    display = WidthPathDisplay.from_explainer(explainer, X[60], max_features=2)
    assert len(display.widths) == 9 and display.widths[4] == display.own_width
    assert display.widths[0] == pytest.approx(display.own_width / 4)
    assert len(display.names) == 2


def test_widths_without_rows_are_left_out():
    def answer(texts):
        return [0.5 + 0.1 * ("good" in text) for text in texts]

    explainer = make_text_explainer(answer, kernel_width=0.05, random_state=0)
    display = WidthPathDisplay.from_explainer(explainer, "good day")
    assert 5 <= len(display.widths) < 9 and display.own_width in display.widths
    with pytest.raises(ValueError, match="All kernel weights vanish"):
        WidthPathDisplay.from_explainer(explainer, "good day", widths=[0.01])


def test_paths_need_widths(flowers, explain):
    explainer, X = flowers
    for wrong in ([], [0.0], [np.nan]):
        with pytest.raises(ValueError, match="expected numbers above 0"):
            WidthPathDisplay.from_explainer(explainer, X[0], widths=wrong)
    with pytest.raises(ValueError, match="know no width of the kernel"):
        WidthPathDisplay.from_explanations([explain("a b", [[1, 2]])])
    found = [explain(t, [[1, 2]], kernel={"width": 1.0}) for t in ("a b", "a c")]
    with pytest.raises(ValueError, match="are of other features"):
        WidthPathDisplay.from_explanations(found)

    class Other:
        def get_params(self):
            return {"kernel": 3}

    with pytest.raises(ValueError, match="has 0 kernels with a width, expected one"):
        WidthPathDisplay.from_explainer(Other(), X[0])


# ---------------------------------------------------------------- fidelity


@pytest.mark.parametrize("regressor", [None, Ridge()])
def test_rows_are_answers_by_local_answers(flowers, regressor):
    explainer, X = flowers
    explainer = make_tabular_explainer(
        explainer.black_box_, n_samples=300, regressor=regressor, random_state=0
    ).fit(X)
    hood = explainer.sample(X[60])
    asked = explainer.black_box_.n_queries_
    display = FidelityDisplay.from_explainer(
        explainer, X[60], neighborhood=hood, target=1
    ).plot()
    assert explainer.black_box_.n_queries_ == asked
    explanation = explainer.explain_instance(X[60], targets=[1], neighborhood=hood)
    at = display.instance_.get_offsets()[0]
    expected = explanation.prediction[0], explanation.local_prediction[0]
    np.testing.assert_allclose(at, expected, rtol=1e-9)
    np.testing.assert_allclose(display.answers, hood.answers[:, 1])
    error = (display.answers - display.predicted) ** 2
    weights = display.weights / display.weights.sum()
    around = (display.answers - weights @ display.answers) ** 2
    score = 1 - (weights @ error) / (weights @ around)
    assert score == pytest.approx(explanation.score[0], abs=0.01)
    offsets, sizes = display.dots_.get_offsets(), display.dots_.get_sizes()
    assert len(offsets) == len(display.answers) - 1
    assert (np.diff(sizes) <= 1e-12).all() and sizes[0] > sizes[-1]
    heaviest = 1 + np.argmax(display.weights[1:])
    assert offsets[0].tolist() == [
        *(display.answers[heaviest], display.predicted[heaviest])
    ]


def test_of_many_rows_the_heaviest_are_drawn():
    answers = np.linspace(0, 1, 3000)
    display = FidelityDisplay(answers, answers, np.arange(3000.0)[::-1]).plot()
    assert len(display.dots_.get_offsets()) == 1500
    assert display.dots_.get_offsets()[:, 0].max() < 0.51
    assert "the 1500 rows of 3000 that weigh most" in display.ax_.get_xlabel()


def test_fidelity_is_of_one_output(flowers):
    explainer, X = flowers
    with pytest.raises(ValueError, match="expected one output: its name, such as"):
        FidelityDisplay.from_explainer(explainer, X[0], target=(0, 1))
    named = FidelityDisplay.from_explainer(
        make_tabular_explainer(
            BlackBox(lambda rows: rows[:, :2], output_names=["p", "q"]),
            n_samples=50,
            discretizer=None,
            random_state=0,
        ).fit(X),
        X[0],
        target="q",
    )
    np.testing.assert_allclose(named.answers[0], X[0, 1])


# ---------------------------------------------------------------- all of them


def all_of_them(explanations, flowers):
    explainer, X = flowers
    return [
        BeeswarmDisplay.from_explanations(explanations),
        HeatmapDisplay.from_explanations(explanations),
        ComparisonDisplay.from_explanations(*explanations[:2]),
        WidthPathDisplay.from_explainer(explainer, X[60]),
        FidelityDisplay.from_explainer(explainer, X[60]),
    ]


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_nothing_is_cut(explanations, flowers, style):
    for display in all_of_them(explanations, flowers):
        with plt.style.context(style):
            figure = display.plot().figure_
            figure.canvas.draw()
        box = display.ax_.get_tightbbox(figure.canvas.get_renderer())
        width, height = figure.bbox.size
        assert box.x0 >= -1 and box.x1 <= width + 1
        assert box.y0 >= -1 and box.y1 <= height + 1
        assert display.ax_.get_window_extent().width > 0.3 * width
        legend = getattr(display, "legend_", None)
        for text in [] if legend is None else legend.get_texts():
            assert not text.get_parse_math()


def test_looks_are_taken(explanations, flowers):
    for display in all_of_them(explanations, flowers):
        word = display._color_words()[0]
        display.plot(figsize=(6, 5), title="Mine 5$", colors={word: "teal"})
        assert display.figure_.get_size_inches().tolist() == [6, 5]
        assert display.ax_.get_title(loc="left") == "Mine 5$"
        with pytest.raises(ValueError, match=r"colors is .* expected a dictionary"):
            display.plot(colors={"nothing": "red"})
