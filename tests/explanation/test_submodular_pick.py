"""Picks that cover what matters: as plain greedy, and lime's, would choose them."""

import math
import random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import submodular_pick

checked = settings(deadline=None, derandomize=True, max_examples=300, database=None)


def make_explanation(coef, names=None, **changes):
    """An explanation of as many targets as `coef` has rows."""
    coef = np.atleast_2d(np.asarray(coef, dtype=float))
    n_targets, d = coef.shape
    nothing = np.zeros(n_targets)
    content = {
        "feature_names": names or [f"f{j}" for j in range(d)],
        "targets": range(n_targets),
        "target_names": [f"y{t}" for t in range(n_targets)],
        "coef": coef,
        "selected_covariance": np.zeros((n_targets, d, d)),
        **dict.fromkeys(("intercept", "prediction", "local_prediction"), nothing),
        **dict.fromkeys(("score", "loo_score", "conflict"), nothing),
        **dict.fromkeys(("n_queries", "n_rows", "effective_sample_size"), 10),
        "prior_share": np.zeros_like(coef),
        "selected": np.ones(coef.shape, dtype=bool),
    }
    return Explanation(**{**content, **changes})


def plain_greedy(weights, n_picks):
    """The definition: each time the first row of those that raise c(V) most."""
    used = np.abs(weights) > 0
    importance = np.sqrt(np.abs(weights).sum(axis=0))
    picks = []
    while len(picks) < min(n_picks, len(weights)):
        covered = used[picks].any(axis=0)
        gains = {
            i: math.fsum(importance[used[i] & ~covered])
            for i in range(len(weights))
            if i not in picks
        }
        picks.append(max(gains, key=lambda i: (gains[i], -i)))
    return picks


@st.composite
def weight_matrices(draw):
    """Few distinct values make ties; many zeros leave rows with nothing to add."""
    n, d = draw(st.integers(1, 12)), draw(st.integers(1, 10))
    rng = np.random.RandomState(draw(st.integers(0, 2**20)))
    kind = draw(st.sampled_from(["normal", "ties", "equal rows"]))
    weights = rng.normal(size=(n, d))
    if kind == "ties":
        weights = rng.choice([-1.0, 1.0], size=(n, d))
    elif kind == "equal rows":
        weights = weights[rng.randint(0, n, size=n)]
    weights[rng.uniform(size=(n, d)) < draw(st.sampled_from([0.0, 0.5, 0.9]))] = 0.0
    return weights


@checked
@given(weights=weight_matrices(), n_picks=st.integers(1, 15))
def test_lazy_picks_are_those_of_plain_greedy(weights, n_picks):
    explanations = [make_explanation(row) for row in weights]
    assert submodular_pick(explanations, n_picks) == plain_greedy(weights, n_picks)


def picks_of_lime(weights, n_picks):
    """What lime picks where its explainer returns the rows of `weights`."""
    lime = pytest.importorskip("lime.submodular_pick", reason="needs lime")

    def explain_instance(row, predict_fn, **options):
        pairs = [(f"f{j}", w) for j, w in enumerate(row) if w != 0]
        return SimpleNamespace(mode="regression", as_list=lambda label: pairs)

    return lime.SubmodularPick(
        SimpleNamespace(explain_instance=explain_instance),
        weights,
        None,
        method="full",
        num_exps_desired=n_picks,
    ).V


@pytest.mark.parametrize("seed", range(10))
def test_picks_are_those_of_lime_where_there_are_no_ties(seed):
    rng = np.random.RandomState(seed)
    weights = rng.standard_t(2, size=(60, 80))
    weights[rng.uniform(size=weights.shape) < 0.95] = 0.0
    expected = picks_of_lime(weights, 8)
    assert submodular_pick([make_explanation(row) for row in weights], 8) == expected


def test_ties_go_to_the_earlier_and_all_are_returned_in_order():
    rows = [[1, 0, 0], [0, 1, 1], [0, 1, 1], [0, 0, 0]]
    explanations = [make_explanation(row) for row in rows]
    assert submodular_pick(explanations, 100) == [1, 0, 2, 3]


def test_rounding_breaks_no_ties():
    """In floating point 0.3 + 0.2 + 0.1 is less than 0.1 + 0.2 + 0.3."""
    rows = [[0.09, 0.04, 0.01, 0, 0, 0], [0, 0, 0, 0.01, 0.04, 0.09]]
    assert submodular_pick([make_explanation(row) for row in rows]) == [0, 1]


def test_picks_repeat_and_touch_no_global_random_numbers():
    rng = np.random.RandomState(0)
    explanations = [make_explanation(row) for row in rng.normal(size=(30, 5))]
    before = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    picks = submodular_pick(explanations)
    assert len(picks) == 5 and all(type(i) is int for i in picks)
    assert all(submodular_pick(iter(explanations)) == picks for _ in range(3))
    np.testing.assert_array_equal(np.random.get_state()[1], before[0])  # noqa: NPY002
    assert random.getstate() == before[1]


def test_bins_of_a_column_are_one_feature_by_column():
    """By condition the third adds a bin; by column only the second adds anything."""
    explanations = [
        make_explanation([9, 9], ["a <= 1", "b <= 1"], columns=["a", "b"]),
        make_explanation([1, 0], ["c > 1", "b <= 1"], columns=["c", "b"]),
        make_explanation([5, 5], ["a > 1", "b > 1"], columns=["a", "b"]),
    ]
    assert submodular_pick(explanations, 2) == [0, 2]
    assert submodular_pick(explanations, 2, by="column") == [0, 1]


def test_names_serve_where_there_are_no_columns():
    explanations = [make_explanation([9, 9], ["a", "b"]), make_explanation([1], ["c"])]
    assert submodular_pick(explanations, by="column") == [0, 1]


def test_a_column_of_several_features_counts_once():
    """Counted twice, the first would seem to cover 2 sqrt(2) and not sqrt(2)."""
    explanations = [
        make_explanation([1, 1], ["a1", "a2"], columns=["a", "a"]),
        make_explanation([2, 0.5], ["b", "c"], columns=["b", "c"]),
    ]
    assert submodular_pick(explanations, 1, by="column") == [1]


def test_only_selected_features_of_the_target_count():
    unselected = make_explanation([[9, 9], [1, 0]], selected=[[False] * 2, [True] * 2])
    other = make_explanation([[1, 0], [0, 9]])
    assert submodular_pick([unselected, other], 1) == [1]
    assert submodular_pick([unselected, other], 1, target=0) == [1]
    assert submodular_pick([other, unselected], 2, target="y1") == [0, 1]
    assert submodular_pick([unselected, other], 1, target="y1") == [1]


@pytest.mark.parametrize("n_picks", [0, -1, 2.5, "all"])
def test_bad_numbers_of_picks(n_picks):
    with pytest.raises(ValueError, match="expected an integer of at least 1"):
        submodular_pick([make_explanation([1, 2])], n_picks)


def test_bad_calls():
    explanations = [make_explanation([[1], [2]]), make_explanation([1])]
    with pytest.raises(ValueError, match="no explanations, expected at least one"):
        submodular_pick([])
    with pytest.raises(ValueError, match="by is 'name', expected 'condition' or"):
        submodular_pick(explanations, by="name")
    with pytest.raises(KeyError, match="'y1' was not explained by explanation 1"):
        submodular_pick(explanations, target="y1")
