"""Closed sums against enumeration, and against large samples of the library's rows."""

import numpy as np
import pytest
from auditing.problems import forest, mixed_masks, numbers, score_masks
from auditing.truths import (
    Ridge1D,
    SignProducts,
    conjunction,
    line_by_enumeration,
    line_of_normals,
    line_of_products,
    line_of_rows,
    line_of_scores,
    linear,
    mask_kernel,
    sign_moments,
    weights_by_count,
)
from scipy.special import expit

D = 9
PART, N_ROWS = 4_000, 60_000


def assert_same(found, expected, tolerance=1e-12):
    np.testing.assert_allclose(found.slopes, expected.slopes, atol=tolerance)
    for name in ("intercept", "r2", "spread"):
        assert getattr(found, name) == pytest.approx(
            getattr(expected, name), abs=tolerance
        )


@pytest.fixture(params=["coins", "subsets"])
def weights(request):
    return weights_by_count(D, 0.25, request.param)


def test_weights_of_all_masks_sum_to_one(weights):
    masks = (np.arange(2**D)[:, None] >> np.arange(D)) & 1
    assert weights[masks.sum(axis=1)].sum() == pytest.approx(1)


def test_kernel_is_that_of_the_library():
    from sklearn_baylime.surrogate import ExponentialKernel

    masks = np.tril(np.ones((6, 6)))
    kernel = ExponentialKernel(0.3, metric="cosine").fit(masks)
    np.testing.assert_allclose(
        mask_kernel(masks.sum(axis=1), 6, 0.3), np.exp(kernel.score_samples(masks))
    )


def test_moments_of_signs_are_those_of_all_masks(weights):
    masks = (np.arange(2**D)[:, None] >> np.arange(D)) & 1
    signs = 2 * masks - 1
    expected = [
        weights[masks.sum(axis=1)] @ signs[:, :m].prod(axis=1) for m in range(D + 1)
    ]
    np.testing.assert_allclose(sign_moments(weights), expected, atol=1e-14)


def test_products_of_signs_equal_enumeration(weights):
    rng = np.random.default_rng(0)
    function = linear(rng.normal(size=D), 0.3).plus(conjunction(D, [0, 3, 5]), 2.0)
    pieces = {frozenset([1, 2]): 0.7, frozenset([1, 4, 6]): -1.0}
    function = function.plus(SignProducts(D, pieces))
    found = line_of_products(function, weights)
    assert_same(found, line_by_enumeration(function, D, weights))


def test_scores_equal_enumeration(weights):
    scores = [3, -2, 0, 1, 5, -4, 1, 2, -1]
    found = line_of_scores(lambda score: expit(score - 1.0), scores, weights)
    expected = line_by_enumeration(lambda Z: expit(Z @ scores - 1.0), D, weights)
    assert_same(found, expected)


def test_a_conjunction_is_one_where_all_are_kept():
    masks = [[1, 1, 1, 0], [1, 0, 1, 1], [1, 1, 1, 1]]
    np.testing.assert_allclose(conjunction(4, [0, 1, 2])(masks), [1, 0, 1], atol=1e-15)


@pytest.mark.parametrize("r2", [0.03, 0.5])
@pytest.mark.parametrize("kind", ["few", "alike"])
def test_mixed_masks_have_the_share_that_was_asked(kind, r2):
    problem = mixed_masks(kind, 12, r2)
    masks = (np.arange(2**12)[:, None] >> np.arange(12)) & 1
    law = weights_by_count(12, 0.25)[masks.sum(axis=1)]
    found = line_of_rows(masks, problem.model(masks[:, None]), law)
    assert_same(found, problem.line, 1e-10)
    assert found.r2 == pytest.approx(r2)


@pytest.mark.parametrize("kind", ["probit", "step", "sine"])
def test_slopes_by_stein_meet_a_large_sample(kind):
    rng = np.random.default_rng(0)
    x, width = np.array([0.5, -1.0, 0.2]), 1.1
    function = Ridge1D(kind, np.array([1.2, -0.7, 0.4]))
    rows = rng.standard_normal((200_000, 3))
    weights = np.exp(-0.5 * ((rows - x) ** 2).sum(axis=1) / width**2)
    found = line_of_rows(rows, function(rows), weights)
    assert_same(line_of_normals(function, x, width), found, 0.02)


@pytest.mark.parametrize(
    ("problem", "design"),
    [
        (lambda: mixed_masks("few", 12, 0.2), "random"),
        (lambda: mixed_masks("alike", 30, 0.5), "random"),
        (lambda: score_masks("steep", 30, 0.25, "coins"), "paired"),
        (lambda: score_masks("box", 30, 0.125, "coins"), "orthogonal"),
        (lambda: score_masks("mild", 12, 0.25, "subsets"), "subsets"),
        (lambda: forest(12), "random"),
        (lambda: forest(12, 0.5), "random"),
        (lambda: numbers("sine", 12), "random"),
        (lambda: numbers("step", 12, 0.5), "random"),
    ],
)
def test_the_library_s_rows_lead_to_the_truth(problem, design):
    """In parts of fewer rows than there are masks, all of which would be asked."""
    problem = problem()
    parts = []
    for seed in range(N_ROWS // PART):
        explainer = problem.make(PART, design).set_params(random_state=seed)
        hood = explainer.sample(problem.x)
        parts.append((problem.matches(hood)[1:], hood.answers[1:, 0]))
    rows, answers = (np.concatenate(part) for part in zip(*parts, strict=True))
    weights = problem.kernel(rows)
    found = line_of_rows(rows, answers, weights)
    # The error of a slope, with as many rows as the weights are worth.
    n_effective = weights.sum() ** 2 / (weights**2).sum()
    spread = np.sqrt(np.average((rows - rows.mean(axis=0)) ** 2, axis=0))
    error = found.spread / (spread * np.sqrt(n_effective))
    assert (np.abs(found.slopes - problem.truth) < 6 * error).all()
    assert found.r2 == pytest.approx(problem.line.r2, abs=0.03)
