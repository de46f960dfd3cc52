"""Steps, targets, ranks and answers as pictures: artists hold the right numbers."""

import html
import itertools
import re

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.explanation import (
    AnswersDisplay,
    RanksDisplay,
    TargetsDisplay,
    WaterfallDisplay,
)

plt = pytest.importorskip("matplotlib.pyplot")

NAMES = ["$x$ in US$ \\frac", "length 😀 精", "a_very_long_name_" * 12, "b"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def explanation():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, y)
    explainer = make_tabular_explainer(
        model, n_samples=400, feature_names=NAMES, random_state=0
    )
    return explainer.fit(X).explain_instance(X[60], targets="all")


def texts(found):
    return [text.get_text() for text in found]


def number(text):
    return float(text.get_text().replace("−", "-"))


def assert_nothing_is_cut(display):
    figure = display.figure_
    figure.canvas.draw()
    box = display.ax_.get_tightbbox(figure.canvas.get_renderer())
    width, height = figure.bbox.size
    assert box.x0 >= -1 and box.x1 <= width + 1
    assert box.y0 >= -1 and box.y1 <= height + 1
    # Axes keep room of their own, whatever the names are.
    assert display.ax_.get_window_extent().width > 0.3 * width


# ---------------------------------------------------------------- waterfall


def test_steps_lead_from_the_intercept_to_both_answers(explanation):
    display = explanation.plot(kind="waterfall", target=1)
    assert isinstance(display, WaterfallDisplay)
    *steps, gap = display.bars_
    at = explanation.intercept[1]
    for bar, step in zip(steps, display.steps, strict=True):
        assert bar.get_x() == pytest.approx(at)
        assert bar.get_width() == pytest.approx(step)
        at += step
    assert at == pytest.approx(explanation.local_prediction[1])
    assert gap.get_x() == pytest.approx(at)
    assert gap.get_x() + gap.get_width() == pytest.approx(explanation.prediction[1])
    answers = [getattr(explanation, n)[1] for n in ("intercept", "local_prediction")]
    answers.append(explanation.prediction[1])
    np.testing.assert_allclose(display.answers_.get_offsets()[:, 0], answers)
    assert texts(display.ax_.get_yticklabels())[-3:] == [
        *("local model", "gap to the model", "model's answer")
    ]
    written = [number(text) for text in display.numbers_]
    assert len(written) == len(steps) + 4
    np.testing.assert_allclose(written[1 : 1 + len(steps)], display.steps, atol=1e-3)
    np.testing.assert_allclose([written[i] for i in (0, -3, -1)], answers, atol=1e-3)


def test_intervals_of_steps_lie_around_their_ends(explanation):
    display = explanation.plot(kind="waterfall")
    segments = np.array(display.intervals_.get_segments())[:, :, 0]
    order = [j for j, _ in explanation.as_map()[0]]
    low, high = explanation.interval()[:, 0, order]
    starts = explanation.intercept[0] + np.cumsum(display.steps) - display.steps
    np.testing.assert_allclose(segments[:-1, 0], starts + low)
    np.testing.assert_allclose(segments[:-1, 1], starts + high)
    half = 1.959964 * explanation.local_std[0]
    center = explanation.local_prediction[0]
    np.testing.assert_allclose(segments[-1], [center - half, center + half], rtol=1e-6)


def test_what_is_not_shown_is_summed(explanation):
    display = WaterfallDisplay.from_explanation(explanation, 1, max_features=2)
    assert display.names[-1] == "2 other features" and len(display.names) == 3
    rest = [j for j, _ in explanation.as_map()[1]][2:]
    assert display.steps[-1] == pytest.approx(explanation.coef[1, rest].sum())
    ones = np.zeros(4)
    ones[rest] = 1
    std = np.sqrt(ones @ explanation.covariance[1] @ ones)
    assert (display.high - display.low)[-1] == pytest.approx(2 * 1.959964 * std)
    # A sum of one is that one.
    three = WaterfallDisplay.from_explanation(explanation, 1, max_features=3)
    assert len(three.names) == 4 and "other" not in three.names[-1]


def test_steps_of_numbers_are_weights_times_values():
    X = np.random.RandomState(0).normal(size=(100, 3))
    explainer = make_tabular_explainer(
        lambda rows: rows @ [1.0, -2.0, 0.0] + np.sin(3 * rows[:, 2]),
        **{"discretizer": None, "n_samples": 500, "random_state": 0},
    )
    explanation = explainer.fit(X).explain_instance([0.3, -0.5, -1.6])
    display = explanation.plot(kind="waterfall")
    found = np.sort(np.abs(explanation.contributions()[0]))[::-1]
    np.testing.assert_allclose(np.abs(display.steps), found)
    # Of negative values the ends change places.
    assert (explanation.values < 0).any() and (explanation.values > 0).any()
    assert (display.low < display.steps).all()
    assert (display.steps < display.high).all()


def test_open_steps_are_hatched_and_open_intervals_dotted(explain):
    known = {"values": np.ones(2), "local_std": [0.1]}
    display = explain("a b", [[1, 0.01]], **known).plot(kind="waterfall")
    assert [bool(bar.get_hatch()) for bar in display.bars_] == [False, True, True]
    display = explain("a b", [[1, 0.5]], is_open=True, **known).plot(kind="waterfall")
    assert display.intervals_ is None
    assert display.ax_.get_xlabel().splitlines()[0] == "answer"
    display = explain("a b", [[1, 0.5]], std=np.nan, values=np.ones(2))
    assert display.plot(kind="waterfall").intervals_ is None


def test_steps_need_to_be_known(explain):
    with pytest.raises(ValueError, match="values of the instance's features are not"):
        explain("a b", [[1, 2]]).plot(kind="waterfall")
    with pytest.raises(ValueError, match="max_features is 0, expected 1 or more"):
        explain("a b", [[1, 2]], values=np.ones(2)).plot(
            kind="waterfall", max_features=0
        )


# ---------------------------------------------------------------- targets


def test_targets_stand_on_one_axis(explanation):
    display = explanation.plot([0, 2], level=0.8)
    assert isinstance(display, TargetsDisplay)
    # The strongest of either target is the first.
    order = np.argsort(-np.abs(explanation.coef[[0, 2]]).max(axis=0))
    for t, markers, lines in zip(
        (0, 2), display.markers_, display.intervals_, strict=True
    ):
        np.testing.assert_allclose(
            markers.get_offsets()[:, 0], explanation.coef[t, order]
        )
        ends = np.array(lines.get_segments())[:, :, 0].T
        np.testing.assert_allclose(ends, explanation.interval(0.8)[:, t, order])
    assert texts(display.legend_.get_texts())[:2] == ["0", "2"]
    assert "80 % interval" in display.ax_.get_xlabel()


def test_targets_are_told_apart_without_colors(explanation):
    first, second, third = explanation.plot([0, 1, 2]).markers_
    shapes = {len(m.get_paths()[0].vertices) for m in (first, second, third)}
    assert len(shapes) == 3
    rows = [m.get_offsets()[0, 1] for m in (first, second, third)]
    assert rows == sorted(rows) and rows[2] - rows[0] > 0.4


def test_open_signs_are_hollow(explain):
    display = explain("a b", [[1, 0.01], [-1, 0.9]]).plot(kind="targets")
    paper = display.ax_.get_facecolor()[:3]
    hollow = [
        [tuple(f[:3]) == paper for f in m.get_facecolors()] for m in display.markers_
    ]
    assert hollow == [[False, True], [False, False]]
    assert "sign open" in texts(display.legend_.get_texts())


def test_targets_that_do_not_fit_are_refused(explain):
    seven = explain("a b", np.ones((7, 2)))
    with pytest.raises(ValueError, match="7 targets for one axis, expected 1 to 6"):
        seven.plot(kind="targets")
    assert len(seven.plot([0, 3], kind="targets").markers_) == 2
    some = explain("a b", [[1, 2], [3, 4]], selected=[[True, False], [True, True]])
    display = some.plot(kind="targets")
    assert np.isnan(display.coef).tolist() == [[True, False], [False, False]]


# ---------------------------------------------------------------- ranks


def test_ranks_have_their_probability(explanation):
    display = explanation.plot(1, kind="ranks")
    assert isinstance(display, RanksDisplay)
    order = [j for j, _ in explanation.as_map()[1]]
    expected = explanation.rank_probability()[1][order]
    np.testing.assert_allclose(display.cells_.get_array(), expected)
    assert texts(display.ax_.get_xticklabels()) == ["1", "2", "3", "4"]
    for text in display.numbers_:
        c, r = text.get_position()
        told, p = text.get_text(), 100 * expected[r, c]
        assert told == ("> 99" if p > 99.5 else f"{p:.0f}") != "0"


def test_lower_ranks_are_one_column(explain):
    explanation = explain("a b c d", [[1, 0.9, 0.8, 0.1]])
    display = explanation.plot(kind="ranks", max_features=2)
    assert texts(display.ax_.get_xticklabels()) == ["1", "2", "lower"]
    np.testing.assert_allclose(display.cells_.get_array().sum(axis=1), 1)
    with pytest.raises(ValueError, match="no covariance of the weights is stated"):
        explain("a b", [[1, 2]], std=np.nan).plot(kind="ranks")


# ---------------------------------------------------------------- answers


def test_all_classes_are_answered():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, np.array(["a", "b", "c"])[y])
    explainer = make_tabular_explainer(model, n_samples=200, random_state=0).fit(X)
    explanation = explainer.explain_instance(X[60])
    proba = model.predict_proba(X[60:61])[0]
    assert explanation.outputs == pytest.approx(dict(zip("abc", proba, strict=True)))
    display = explanation.plot(kind="answers")
    assert isinstance(display, AnswersDisplay)
    order = np.argsort(-proba)
    widths = [bar.get_width() for bar in display.bars_]
    np.testing.assert_allclose(widths, proba[order])
    assert texts(display.ax_.get_yticklabels()) == ["abc"[j] for j in order]
    assert [bar.get_facecolor()[3] > 0 for bar in display.bars_] == [True, False, False]
    marks = np.array(display.marks_.get_segments())[:, :, 0]
    np.testing.assert_allclose(marks, [[explanation.local_prediction[0]] * 2])
    assert texts(display.legend_.get_texts()) == [
        *("explained", "not explained", "local model")
    ]
    assert display.ax_.get_xlim()[0] == 0
    again = type(explanation).from_dict(explanation.to_dict())
    assert again.outputs == explanation.outputs
    assert explanation.all_features.outputs == explanation.outputs


def test_of_many_answers_the_largest_are_kept():
    answers = np.linspace(0, 1, 100)
    explainer = make_tabular_explainer(
        lambda rows: np.tile(answers, (len(rows), 1)) + rows[:, :1],
        discretizer=None,
        n_samples=50,
        random_state=0,
    ).fit(np.random.RandomState(0).normal(size=(50, 2)))
    explanation = explainer.explain_instance([0.0, 0.0], targets=[3])
    np.testing.assert_allclose(list(explanation.outputs.values()), answers[80:])
    display = AnswersDisplay.from_explanation(explanation, max_outputs=4)
    assert len(display.names) == 5 and "16 smaller answers" in display.caption
    np.testing.assert_allclose(display.answers, [*answers[:-5:-1], answers[3]])


def test_answers_of_features_selected_are_those_of_all():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, y)
    explainer = make_tabular_explainer(
        model, n_samples=200, n_features=2, random_state=0
    ).fit(X)
    explanation = explainer.explain_instance(X[60], targets=[(0, 1)])
    assert explanation.all_features.outputs == explanation.outputs
    assert list(explanation.outputs) == ["0", "1", "2"]


def test_answers_without_those_of_others(explain):
    explanation = explain("a b", [[1, 2], [3, 4]])
    display = explanation.plot(kind="answers")
    assert display.names == ["class 0", "class 1"] and len(display.legend_.texts) == 2
    with pytest.raises(TypeError, match="outputs is 3, expected a dictionary"):
        explain("a b", [[1, 2]], outputs=3)


# ---------------------------------------------------------------- all of them


KINDS = ["bars", "waterfall", "targets", "ranks", "answers"]


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_and_no_name_is_a_formula(explanation, kind, style):
    with plt.style.context(style):
        display = explanation.plot(kind=kind)
        assert_nothing_is_cut(display)
    if kind != "answers":
        labels = texts(display.ax_.get_yticklabels())
        assert any("$x$ in US$ \\frac" in label for label in labels)
        assert any("…" in label and label.count("\n") < 2 for label in labels)
        assert all(not t.get_parse_math() for t in display.ax_.get_yticklabels())


@pytest.mark.parametrize("kind", [*KINDS, "text"])
def test_size_title_and_colors_are_taken(explain, kind):
    explanation = explain("a b", [[1, -2]], values=np.ones(2))
    word = {"targets": "class 0", "ranks": "mark", "answers": "mark"}
    word = word.get(kind, "positive")
    look = {"figsize": (5, 4), "title": "Mine 5$", "colors": {word: "teal"}}
    display = explanation.plot(kind=kind, **look)
    assert display.figure_.get_size_inches().tolist() == [5, 4]
    assert display.ax_.get_title(loc="left") == "Mine 5$"
    teal = plt.matplotlib.colors.to_rgb("teal")
    found = [a for a in display.ax_.get_children() if hasattr(a, "get_facecolor")]
    faces = [np.atleast_2d(a.get_facecolor()) for a in found]
    drawn = {tuple(np.round(f[:3], 3)) for face in faces for f in face if len(f)}
    if kind == "ranks":
        drawn = {tuple(np.round(display.cells_.cmap(1.0)[:3], 3))}
    assert tuple(np.round(teal, 3)) in drawn
    with pytest.raises(ValueError, match=f"expected a dictionary .*'{word}'"):
        explanation.plot(kind=kind, colors={"up": "red"})
    with pytest.raises(ValueError, match=r"figsize is .* and ax is given"):
        explanation.plot(kind=kind, ax=display.ax_, figsize=(3, 3))


def test_looks_are_kept_for_files(explain, tmp_path):
    display = explain("a b", [[1, -2]]).plot(title="Mine", colors={"positive": "teal"})
    display.save(tmp_path / "why.svg")
    assert "#008080" in (tmp_path / "why.svg").read_text(encoding="utf-8")
    assert display.title == "Mine"


def test_pages_of_many_classes_have_no_steps(explain):
    ones = {"values": np.ones(2)}
    assert "Step by step" in explain("a b", np.ones((3, 2)), **ones).to_html()
    assert "Step by step" not in explain("a b", np.ones((4, 2)), **ones).to_html()


def test_looks_are_of_one_picture(explain_image):
    explanation = explain_image([[0.5, -0.9, 0.1, 0.0]] * 2)
    with pytest.raises(ValueError, match="title is given for several pictures"):
        explanation.plot([0, 1], title="Mine")
    display = explanation.plot(0, colors={"positive": "#008080"}, title="Mine")
    assert display.outlines_[1].get_edgecolor()[:3] == pytest.approx(
        (0, 0.502, 0.502), abs=1e-3
    )


# ---------------------------------------------------------------- pages


def rows_of(page, kind):
    """Return names and numbers of the rows of a chart in a page."""
    part = page.split(f'<details class="{kind}"')[1].split("</details>")[0]
    found = re.findall(r"<bdi>([^<]*)</bdi>.*?<span>([^<]*)</span></li>", part)
    return {html.unescape(name): number for name, number in found}


def test_pages_go_step_by_step(explanation):
    page = explanation.to_html()
    rows = rows_of(page, "steps")
    assert next(iter(rows)) == "intercept" and list(rows)[-1] == "model's answer"
    numbers = [float(text.replace("−", "-")) for text in rows.values()]
    intercept, *steps, local, gap, answer = numbers
    assert intercept + sum(steps) == pytest.approx(local, abs=1e-3)
    assert local + gap == pytest.approx(answer, abs=1e-3)
    assert page.count('<details class="steps"') == 3
    assert "<script" not in page and len(page) < 60_000


def test_pages_list_what_the_model_answers(explanation, explain):
    rows = rows_of(explanation.to_html(), "answers")
    found = {name: float(number) for name, number in rows.items()}
    assert found == pytest.approx(explanation.outputs, rel=5e-3)
    one = explain("a b", [[1, 2]]).to_html()
    assert "<details" not in one


def test_bars_of_pages_have_their_numbers(explanation):
    """Boxes lie one after the other, as the steps do."""
    part = explanation.to_html().split('<details class="steps"')[1]
    part = part.split("</details>")[0]
    boxes = re.findall(r'<rect x="([\d.]+)" y="3" width="([\d.]+)"', part)
    places = [(float(x), float(x) + float(width)) for x, width in boxes]
    for one, other in itertools.pairwise(places):
        assert min(abs(a - b) for a in one for b in other) <= 0.21
