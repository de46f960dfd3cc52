"""Agreement of repeated explanations, and of explanations at several widths."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime.metrics import (
    coefficients_stability_index,
    kernel_robustness,
    top_k_jaccard,
    variables_stability_index,
)

# The two strongest are {0, 1}, {0, 2} and {0, 1}.
RUNS = [[3.0, -2.0, 1.0, 0.0], [-3.0, 0.5, 1.0, 0.0], [1.0, 2.0, 0.0, 0.5]]


def test_pairs_of_runs_by_hand():
    assert_allclose(top_k_jaccard(RUNS, 2), (1 / 3 + 1 + 1 / 3) / 3)
    assert_allclose(variables_stability_index(RUNS, 2), (1 / 2 + 1 + 1 / 2) / 3)


def test_features_of_weight_0_were_not_chosen():
    coef = [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    assert top_k_jaccard(coef, 2) == 1
    assert variables_stability_index(coef, 2) == 0.5
    assert top_k_jaccard(np.zeros((2, 3)), 2) == 1


def run_with(coef, low, high):
    coef, bounds = np.array([coef]), np.array([[low], [high]])
    names = [f"x{j}" for j in range(coef.shape[1])]
    return SimpleNamespace(
        coef=coef, feature_names=names, interval=lambda level: bounds
    )


def test_overlapping_intervals_by_hand():
    runs = [
        run_with([3.0, 1.0], [2.0, 0.0], [4.0, 2.0]),
        run_with([5.0, 1.0], [4.0, 1.5], [6.0, 3.0]),
        run_with([9.0, 0.0], [8.0, 0.0], [10.0, 0.0]),
    ]
    # First feature: one pair of three touches; second: the one pair that has it.
    assert_allclose(coefficients_stability_index(runs, 2), (1 / 3 + 1) / 2)
    disjoint = [
        run_with([1.0, 0.0], [0, 0], [2, 0]),
        run_with([0.0, 1.0], [0, 0], [0, 2]),
    ]
    assert np.isnan(coefficients_stability_index(disjoint, 1))


def test_robustness_is_the_median_ratio():
    widths = np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 1.001]])
    coef = np.zeros((3, 2, 2))
    coef[:, 1] = [[3.0, 4.0], [3.0, 4.0], [30.0, 40.0]]
    assert_allclose(kernel_robustness(widths, coef), 5.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: top_k_jaccard([[1.0, 2.0]], 1), "at least 2 runs"),
        (lambda: variables_stability_index(RUNS, 5), "k is 5, expected 1 to 4"),
        (lambda: kernel_robustness([[1.0, 1.0]], [[[0.0], [1.0]]]), "same width twice"),
        (
            lambda: kernel_robustness([[1.0, 2.0]], [[0.0, 1.0]]),
            r"\(n_pairs, 2, n_feat",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_runs_of_other_features_are_refused():
    a, b = run_with([1.0], [0], [2]), run_with([1.0, 2.0], [0, 0], [2, 3])
    with pytest.raises(ValueError, match="different features"):
        coefficients_stability_index([a, b], 1)
