"""Arithmetic of weights against closed forms and integrals."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from sklearn_baylime.explanation._weights import (
    count_ranks,
    count_strongest,
    deviations,
    draw_weights,
    normal_interval,
    normal_probability_within,
    normal_sign_probability,
    order_by_size,
    rows_needed,
    spread_block,
    z_scores,
)
from sklearn_baylime.linear_model import StudentMixture


def beats(mean, std):
    """Return P(|a| > |b|) of two independent normal weights, by integration."""
    a, b = (norm(m, s) for m, s in zip(mean, std, strict=True))

    def inner(x):
        return a.pdf(x) * (b.cdf(abs(x)) - b.cdf(-abs(x)))

    ends = mean[0] - 9 * std[0], mean[0] + 9 * std[0]
    return quad(inner, *ends, points=[0.0, mean[0]], limit=200)[0]


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        ((1.0, 0.8), (0.3, 0.3)),
        ((1.0, -0.8), (0.05, 0.5)),
        ((0.02, 0.01), (0.01, 0.02)),
        ((30.0, -20.0), (9.0, 12.0)),
    ],
)
def test_top_1_is_the_probability_of_being_larger(explain, mean, std):
    """A spread by variances instead of their roots would miss all of these."""
    covariance = [np.diag(np.square(std))]
    explanation = explain("", [mean], selected_covariance=covariance)
    expected = beats(mean, std)
    probability = explanation.top_k_probability(1, n_draws=40_000)[0]
    np.testing.assert_allclose(probability, [expected, 1 - expected], atol=0.01)
    # Without the root the first would be off by more than that.
    missing_root = beats(mean, np.square(std))
    assert abs(expected - missing_root) > 0.02


def test_draws_have_the_covariance():
    rng = np.random.RandomState(0)
    factor = rng.normal(size=(4, 4))
    block, coef = 0.04 * factor @ factor.T, np.array([1.0, -2.0, 0.0, 0.5])
    draws = draw_weights(coef, block, 200_000, rng)
    np.testing.assert_allclose(draws.mean(axis=0), coef, atol=0.005)
    np.testing.assert_allclose(np.cov(draws.T), block, atol=0.005)


def test_weights_that_move_together_keep_their_order(explain):
    """With correlation 1 the larger stays the larger, however uncertain both are."""
    coef, covariance = [[1.1, 1.0]], [np.ones((2, 2)) * 0.01]
    explanation = explain("", coef, selected_covariance=covariance)
    np.testing.assert_allclose(explanation.top_k_probability(1), [[1, 0]], atol=1e-3)


def test_no_covariance_no_probability(explain):
    explanation = explain("", [[1.0, 0.5], [1.0, 0.5]], std=np.nan)
    assert np.isnan(explanation.top_k_probability(1)).all()
    assert np.isnan(explanation.rank_probability()).all()
    assert np.isnan(explanation.practically_zero(0.1)).all()
    half = [np.full((2, 2), np.nan), np.eye(2) * 0.01]
    half = explain("", [[1.0, 0.5]] * 2, selected_covariance=half)
    probability = half.top_k_probability(1)
    assert np.isnan(probability[0]).all() and probability[1].sum() == pytest.approx(1)


def test_unselected_features_are_never_among_the_strongest(explain):
    selected = [[True, False, True]]
    explanation = explain("", [[0.1, 9.0, 0.2]], selected=selected)
    probability = explanation.top_k_probability(2)
    np.testing.assert_array_equal(probability, [[1, 0, 1]])
    ranks = explanation.rank_probability()[0]
    assert not ranks[1].any() and not ranks[:, 2].any()
    np.testing.assert_allclose(ranks[[0, 2]].sum(axis=1), 1)
    nothing = explain("", [[0.1, 0.2]], selected=[[False, False]])
    assert not nothing.top_k_probability(1).any()
    assert not nothing.rank_probability().any()


def test_ranks_add_up_to_the_strongest(explain):
    covariance = [np.diag([0.3, 0.2, 0.1, 0.4]) ** 2]
    explanation = explain("", [[1, -0.9, 0.8, 0.1]], selected_covariance=covariance)
    ranks = explanation.rank_probability()[0]
    np.testing.assert_allclose(ranks.sum(axis=0), 1)
    np.testing.assert_allclose(ranks.sum(axis=1), 1)
    for k in (1, 2, 3):
        top = explanation.top_k_probability(k)[0]
        np.testing.assert_allclose(ranks[:, :k].sum(axis=1), top, atol=1e-12)


def test_counts():
    draws = np.array([[3.0, -4.0, 0.0], [1.0, 0.5, -2.0]])
    assert count_strongest(draws, 1).tolist() == [0, 1, 1]
    assert count_strongest(draws, 2).tolist() == [2, 1, 1]
    assert count_strongest(draws, 3).tolist() == [2, 2, 2]
    assert count_ranks(draws).tolist() == [[0, 2, 0], [1, 0, 1], [1, 0, 1]]


def test_normal_laws():
    coef, std = np.array([1.0, -2.0, 0.3]), np.array([0.5, 3.0, 0.01])
    law = norm(coef, std)
    low, high = normal_interval(coef, std, 0.9)
    np.testing.assert_allclose([law.cdf(low), law.sf(high)], 0.05)
    expected = np.where(coef > 0, law.sf(0), law.cdf(0))
    np.testing.assert_allclose(normal_sign_probability(coef, std), expected)
    within = normal_probability_within(coef, std, 0.7)
    np.testing.assert_allclose(within, law.cdf(0.7) - law.cdf(-0.7))


def test_certain_and_unknown_weights():
    coef, std = np.array([1.0, -1.0, 0.0, 1.0]), np.array([0.0, 0.0, 0.0, np.nan])
    np.testing.assert_array_equal(z_scores(coef, std), [np.inf, np.inf, 0, np.nan])
    within = normal_probability_within(coef, std, 0.5)
    np.testing.assert_array_equal(within, [0, 0, 1, np.nan])


def test_small_functions():
    selected = np.array([True, False, True])
    full = spread_block(np.array([[1.0, 2.0], [2.0, 4.0]]), selected)
    assert full[0].tolist()[::2] == [1, 2] and np.isnan(full[1]).all()
    std = deviations([np.diag([4.0, 9.0])], selected[None])
    np.testing.assert_array_equal(std, [[2, np.nan, 3]])
    assert order_by_size(np.array([1.0, 9.0, -2.0]), selected).tolist() == [2, 0]
    assert rows_needed(100, np.array([0.2]), 0.1).tolist() == [400]


@pytest.mark.parametrize("delta", [0.0, 0.05, 0.5])
def test_signs_of_weights_that_matter(explain, delta):
    """P(w > delta) / P(|w| > delta) of a normal law, by numerical integration."""
    coef, std = np.array([0.3, -0.1]), 0.2
    stated = explain(coef=coef, std=std).sign_probability(delta)[0]
    for j in range(2):
        law = norm(abs(coef[j]), std)
        right, wrong = law.sf(delta), law.cdf(-delta)
        assert stated[j] == pytest.approx(right / (right + wrong), rel=1e-9)


def test_signs_of_mixtures_that_matter(explain):
    law = StudentMixture([0.7, 0.3], [[0.3, 0.0], [0.1, -0.2]], np.full((2, 2), 0.1), 9)
    found = explain(coef=law.mean(), marginals=[law]).sign_probability(0.05)[0]
    above, below = 1 - law.cdf(0.05), law.cdf(-0.05)
    assert found[0] == pytest.approx(above[0] / (above[0] + below[0]))
    assert found[1] == pytest.approx(below[1] / (above[1] + below[1]))
    with pytest.raises(ValueError, match="delta is -1"):
        explain().sign_probability(-1)
