"""Averages over instances, against closed forms, SciPy and simulations."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import Summary, SummaryDisplay, summarize
from sklearn_baylime.explanation._deconvolution import (
    FoldedMean,
    fit_masses,
    fold,
    spread_places,
)
from sklearn_baylime.explanation._weights import least_shrunk
from sklearn_baylime.linear_model import StudentMixture


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
@pytest.mark.parametrize("std", [0.0, np.nan])
def test_the_interval_is_that_of_scipy(explanations, level, std):
    """Where no noise is known there is none to be taken off."""
    coef = np.array([e.coef[0] for e in explanations])
    summary = summarize([make_explanation(row, std=std) for row in coef], level=level)
    sizes = np.abs(coef)
    low, high = stats.t.interval(
        level, 49, loc=sizes.mean(axis=0), scale=stats.sem(sizes)
    )
    assert_allclose(summary.mean_abs, sizes.mean(axis=0))
    assert_allclose(summary.std_error, stats.sem(sizes))
    assert_allclose(summary.low, np.maximum(low, 0))
    assert_allclose(summary.high, high)
    assert ("Note: For all columns" in str(summary)) == np.isnan(std)


def test_the_interval_of_the_signed_mean_is_that_of_scipy(explanations):
    coef = np.array([e.coef[0] for e in explanations])
    summary = summarize(explanations, level=0.9)
    low, high = stats.t.interval(0.9, 49, loc=coef.mean(axis=0), scale=stats.sem(coef))
    assert_allclose(summary.mean_low, low)
    assert_allclose(summary.mean_high, high)


def test_intervals_cover_the_mean_as_often_as_they_say():
    """Positive normal weights, for which the interval is exact; 4000 of them."""
    rng = np.random.RandomState(0)
    covered = 0
    for _ in range(40):
        drawn = 50 + rng.normal(size=(8, 100))
        summary = summarize([make_explanation(row) for row in drawn], level=0.9)
        covered += np.sum((summary.low <= 50) & (summary.high >= 50))
    assert abs(covered / 4000 - 0.9) < 5 * np.sqrt(0.9 * 0.1 / 4000)


def test_folded_means_are_those_of_scipy():
    size, noise = np.array([0.0, 0.1, 1.0, -3.0]), np.array([1.0, 0.7, 0.7, 0.2])
    expected = [
        stats.foldnorm(abs(v) / s, scale=s).mean()
        for v, s in zip(size, noise, strict=True)
    ]
    assert_allclose(fold(size, noise), expected)
    assert_allclose(fold(size, np.zeros(4)), np.abs(size))


@pytest.mark.parametrize("size", [0.3, 1.0, 4.0])
def test_debiasing_is_the_inverse_of_folding(size):
    rng = np.random.default_rng(0)
    column = FoldedMean(rng.normal(size=40), rng.uniform(0.1, 1.5, size=40))
    for alike in (False, True):
        folded = column.expect(size, alike=alike)
        assert column.debias(folded, alike=alike) == pytest.approx(size)
    # Of all values of a mean size, those that are alike gain least.
    assert column.debias(1.5, alike=True) > column.debias(1.5)
    nothing = np.sqrt(2 / np.pi) * column.noise.mean()
    assert column.debias(nothing - 0.1) == pytest.approx(-0.1)


def test_masses_are_the_likeliest():
    """None of the places could have more mass: the gradient is at most 1."""
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(-2, 0.5, 60), rng.normal(1, 0.5, 40)])
    noise = np.full(100, 0.5)
    places = spread_places(values)
    masses = fit_masses(values, noise, places)
    density = stats.norm(values[:, None], noise[:, None]).pdf(places)
    gradient = (density / (density @ masses)[:, None]).mean(axis=0)
    assert masses.sum() == pytest.approx(1) and gradient.max() < 1.02
    assert masses @ (places < -0.5) == pytest.approx(0.6, abs=0.05)


def noisy_columns(rng, n, noise):
    """Draw a strong, a skewed, a weak column and one of nothing, with their means."""
    true = np.stack(
        [
            rng.normal(1.0, 0.3, n) * rng.choice([-1, 1], n),
            rng.exponential(1.0, n),
            rng.normal(0.0, 0.2, n),
            np.zeros(n),
        ],
        axis=1,
    )
    means = [stats.foldnorm(1 / 0.3, scale=0.3).mean(), 1, 0.2 * np.sqrt(2 / np.pi), 0]
    return true + noise * rng.normal(size=true.shape), np.array(means)


def test_noise_is_taken_off():
    rng = np.random.default_rng(0)
    found, plain = [], []
    for _ in range(60):
        weights, means = noisy_columns(rng, 30, 0.4)
        summary = summarize([make_explanation(row, std=0.4) for row in weights])
        assert_allclose(
            summary.noise + summary.mean_abs, np.abs(weights).mean(axis=0), atol=1e-9
        )
        found.append(summary.mean_abs)
        plain.append(np.abs(weights).mean(axis=0))
    left = np.mean(found, axis=0) - means
    added = np.mean(plain, axis=0) - means
    assert added[3] > 0.3 and added[2] > 0.15
    assert (np.abs(left) < [0.05, 0.1, 0.05, 0.1]).all()


def test_intervals_cover_means_behind_noise():
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(100):
        weights, means = noisy_columns(rng, 30, 0.4)
        summary = summarize([make_explanation(row, std=0.4) for row in weights])
        inside.append((summary.low <= means) & (means <= summary.high))
    # Four standard errors below 0.95, and a skewed column's t interval covers less.
    assert (np.mean(inside, axis=0) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 100)).all()


def test_shrinkage_is_undone():
    """The component farthest from 0 is what the rows alone say."""
    mixture = StudentMixture(
        [0.6, 0.1, 0.3], [[0.1], [2.0], [1.0]], [[0.1], [0.4], [0.3]], 10.0
    )
    center, std = least_shrunk(mixture)
    assert_allclose([center, std], [[2.0], [0.4 * np.sqrt(10 / 8)]])
    given = {"marginals": [mixture], "std": 0.3}
    plain = make_explanation([0.5], **given)
    assert_allclose(summarize([plain] * 2).mean, 2.0)
    # With a prior mean, farthest from 0 may be nearest to the prior.
    told = make_explanation([0.5], **given, prior_odds={"stated": [0.5]})
    assert_allclose(summarize([told] * 2).mean, 0.5)


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
    names = "column mean_abs std_error low high mean noise mean_low mean_high"
    assert list(frame) == names.split()
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
