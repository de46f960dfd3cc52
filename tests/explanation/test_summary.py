"""Averages over instances, against closed forms, SciPy and simulations."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import Summary, SummaryDisplay, summarize


def make_explanation(coef, std=0.0, **changes):
    """An explanation of as many targets as `coef` has rows."""
    coef = np.atleast_2d(np.asarray(coef, dtype=float))
    n_targets, d = coef.shape
    nothing = np.zeros(n_targets)
    content = {
        "feature_names": [f"{j} < x{j} <= {j + 1}" for j in range(d)],
        "columns": [f"x{j}" for j in range(d)],
        "targets": range(n_targets),
        "target_names": [f"y{t}" for t in range(n_targets)],
        "coef": coef,
        "selected_covariance": [np.diag(np.full(d, std) ** 2)] * n_targets,
        **dict.fromkeys(("intercept", "prediction", "local_prediction"), nothing),
        **dict.fromkeys(("score", "loo_score", "conflict"), nothing),
        **dict.fromkeys(("n_queries", "n_rows", "effective_sample_size"), 10),
        "prior_share": np.zeros_like(coef),
        "selected": np.ones(coef.shape, dtype=bool),
    }
    return Explanation(**{**content, **changes})


@pytest.fixture
def explanations():
    rng = np.random.RandomState(0)
    weights = rng.normal(size=(50, 6)) * np.arange(1, 7)
    return [make_explanation(row, std=0.3) for row in weights]


# ---------------------------------------------------------------- numbers


def test_values_by_hand():
    summary = summarize([make_explanation(w) for w in ([1, 0], [-3, 0], [2, -6])])
    assert summary.names == ("x0", "x1")
    assert_allclose(summary.mean_abs, [2, 2])
    assert_allclose(summary.mean, [0, -2])
    assert_allclose(summary.std_error, [1 / np.sqrt(3), 2])
    # 4.302653 is the 97.5 % quantile of Student's t with 2 degrees of freedom.
    assert_allclose(summary.high, [2 + 4.302653 / np.sqrt(3), 2 + 2 * 4.302653])
    assert_array_equal(summary.low, [0, 0])
    assert_array_equal(summary.noise, [0, 0])
    assert (summary.n_explanations, summary.level) == (3, 0.95)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_the_interval_is_that_of_scipy(explanations, level):
    summary = summarize(explanations, level=level)
    sizes = np.abs([e.coef[0] for e in explanations])
    low, high = stats.t.interval(
        level, 49, loc=sizes.mean(axis=0), scale=stats.sem(sizes)
    )
    assert_allclose(summary.low, np.maximum(low, 0))
    assert_allclose(summary.high, high)


def test_intervals_cover_the_mean_as_often_as_they_say():
    """Positive normal weights, for which the interval is exact; 4000 of them."""
    rng = np.random.RandomState(0)
    covered = 0
    for _ in range(40):
        drawn = 50 + rng.normal(size=(8, 100))
        summary = summarize([make_explanation(row) for row in drawn], level=0.9)
        covered += np.sum((summary.low <= 50) & (summary.high >= 50))
    assert abs(covered / 4000 - 0.9) < 5 * np.sqrt(0.9 * 0.1 / 4000)


def test_noise_is_what_folding_adds():
    rng = np.random.RandomState(0)
    weights = np.array([[0.0, 0.1, -0.5, 1.0, -3.0], [0.2, 0.0, 0.3, -2.0, 30.0]])
    summary = summarize([make_explanation(row, std=0.7) for row in weights])
    n = 400_000
    drawn = np.abs(weights + 0.7 * rng.standard_normal((n, *weights.shape)))
    gains = (drawn - np.abs(weights)).mean(axis=1)
    error = gains.std(axis=0) / np.sqrt(n)
    assert_array_equal(np.abs(summary.noise - gains.mean(axis=0)) < 5 * error, True)


def test_noise_finds_the_stated_part_of_nothing_but_noise():
    rng = np.random.RandomState(0)
    nothing = [make_explanation(2 * rng.normal(size=500), std=2.0) for _ in range(40)]
    summary = summarize(nothing)
    # Of 20000 terms, with the delta method for the quotient.
    part = summary.noise.mean() / summary.mean_abs.mean()
    assert abs(part - (np.sqrt(2) - 1)) < 5 * 0.59 / np.sqrt(20_000)


@pytest.mark.parametrize("std", [0.0, np.nan, 1e-300])
def test_there_is_no_noise_without_uncertainty(std):
    summary = summarize([make_explanation([1, 0, -2], std=std)] * 2)
    assert_allclose(summary.noise, 0, atol=1e-299)


def test_unselected_features_have_weight_zero():
    unselected = make_explanation(
        [9, 4], selected_covariance=np.full((1, 2, 2), np.nan), selected=[[False, True]]
    )
    summary = summarize([unselected, make_explanation([1, 2])])
    assert_allclose(summary.mean_abs, [0.5, 3])
    assert_array_equal(summary.noise, 0)


def test_targets_are_asked_for_by_place_or_name():
    both = [make_explanation([[1, 2], [3, -4]])] * 2
    assert_allclose(summarize(both).mean, [1, 2])
    for target in (1, "y1"):
        assert_allclose(summarize(both, target=target).mean, [3, -4])


def test_one_explanation_has_no_interval():
    summary = summarize([make_explanation([1, -2])])
    assert_allclose(summary.mean_abs, [1, 2])
    for missing in (summary.std_error, summary.low, summary.high):
        assert np.isnan(missing).all()
    assert "– to –" in str(summary) and "over 1 instance\n" in str(summary)
    display = summary.plot()
    assert display.intervals_ is None
    assert display.ax_.get_xlabel() == "mean absolute weight"


def test_names_serve_where_there_are_no_columns():
    summary = summarize([make_explanation([1, 2], columns=())])
    assert summary.names == ("0 < x0 <= 1", "1 < x1 <= 2")


def test_bad_calls():
    good, other = (
        make_explanation([1, 2]),
        make_explanation([1, 2], columns=["x0", "z"]),
    )
    with pytest.raises(ValueError, match="no explanations, expected at least one"):
        summarize([])
    with pytest.raises(
        ValueError, match=r"Column 1 of explanation 2 is 'z' and .* 'x1'"
    ):
        summarize([good, good, other])
    with pytest.raises(ValueError, match=r"Column 1 of explanation 1 is None and"):
        summarize([good, make_explanation([1])])
    with pytest.raises(KeyError, match="'y1' was not explained by explanation 0"):
        summarize([good], target="y1")
    for level in (0, 1, 95):
        with pytest.raises(ValueError, match=f"level is {level}, expected a number"):
            summarize([good], level=level)


# ---------------------------------------------------------------- ways to show it


def test_lists_and_frames_are_sorted_by_size(explanations):
    summary = summarize(explanations)
    frame = summary.to_frame()
    assert list(frame) == "column mean_abs std_error low high mean noise".split()
    assert frame["mean_abs"].is_monotonic_decreasing
    pairs = zip(frame["column"], frame["mean_abs"], strict=True)
    assert summary.as_list() == list(pairs)
    assert summary.as_list()[0] == ("x5", summary.mean_abs[5])


def test_text_is_a_small_table(explanations):
    summary = summarize(explanations, level=0.9)
    assert repr(summary) == "<Summary of 50 explanations by 6 columns>"
    lines = str(summary).splitlines()
    assert lines[0] == "What matters on average over 50 instances"
    assert "90 % interval" in lines[1] and lines[3].startswith("x5")
    assert len(lines) == 9 and len({len(line) for line in lines[1:]}) == 1
    wide = summarize([make_explanation(np.arange(12.0))] * 2)
    assert str(wide).endswith("... and 2 weaker columns")


def test_arrays_are_read_only(explanations):
    summary = summarize(explanations)
    assert isinstance(summary, Summary)
    with pytest.raises(ValueError, match="read-only"):
        summary.mean_abs[0] = 1.0


def test_display_keeps_its_artists(explanations, tmp_path):
    plt = pytest.importorskip("matplotlib.pyplot")
    _, ax = plt.subplots()
    summary = summarize(explanations)
    display = summary.plot(ax, max_features=4)
    assert isinstance(display, SummaryDisplay)
    assert display.ax_ is ax and display.figure_ is ax.figure
    assert [t.get_text() for t in ax.get_yticklabels()] == ["x5", "x4", "x3", "x2"]
    assert_allclose(
        [b.get_width() for b in display.bars_], summary.mean_abs[[5, 4, 3, 2]]
    )
    ends = [segment[:, 0] for segment in display.intervals_.get_segments()]
    assert_allclose(ends, np.c_[summary.low, summary.high][[5, 4, 3, 2]])
    assert ax.get_title(loc="left") == "What matters on average over 50 instances"
    assert "with 95 % interval over instances\n2 weaker columns" in ax.get_xlabel()
    plt.close("all")
    display.save(tmp_path / "why.png")
    assert (tmp_path / "why.png").stat().st_size > 1000 and not plt.get_fignums()


@pytest.mark.parametrize("n_columns", [1, 30])
def test_no_label_is_cut(n_columns):
    names = ["a very long name of a column " * 3 + str(j) for j in range(n_columns)]
    made = [make_explanation(np.ones(n_columns) * w, columns=names) for w in (1e4, 2e4)]
    display = summarize(made).plot()
    figure = display.figure_
    figure.canvas.draw()
    drawn, page = figure.get_tightbbox(figure.canvas.get_renderer()), figure.bbox_inches
    assert page.x0 <= drawn.x0 and drawn.x1 <= page.x1
    assert page.y0 <= drawn.y0 and drawn.y1 <= page.y1
