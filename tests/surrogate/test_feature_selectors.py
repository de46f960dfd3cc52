"""ForwardSelector, HighestWeightsSelector, LassoPathSelector: LIME's selections."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lime.lime_base import LimeBase
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import Pipeline

from sklearn_baylime.surrogate import (
    ExponentialKernel,
    ForwardSelector,
    HighestWeightsSelector,
    KernelWeightedRegressor,
    LassoPathSelector,
)
from sklearn_baylime.surrogate._selectors import make_selector

LIME = {
    ForwardSelector: "forward_selection",
    HighestWeightsSelector: "highest_weights",
    LassoPathSelector: "lasso_path",
}
selectors = pytest.mark.parametrize("selector", LIME)


def make_table(seed, *, n=150, d=10, binary=False, n_targets=()):
    """Correlated columns far from zero, or masks; some columns matter."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) + 0.7 * rng.normal(size=(n, 1))
    X = (X > 0.3) * 1.0 if binary else X * rng.uniform(0.5, 2, d) + 5
    X[0] = 1.0
    y = X @ rng.normal(size=(d, *n_targets)) + rng.normal(size=(n, *n_targets))
    return X, y, np.exp(-3 * rng.random(n))


def lime_selects(selector, X, y, weights, k):
    return LimeBase(None).feature_selection(X, y, weights, k, LIME[selector])


@selectors
@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("k", [1, 4, 30])
def test_choice_is_that_of_lime(selector, binary, k):
    """Also for more features than there are; the first row is one of ones."""
    for seed in range(6):
        X, y, weights = make_table(seed, binary=binary)
        expected = lime_selects(selector, X, y, weights, k)
        fitted = selector(k).fit(X, y, weights)
        if selector is not LassoPathSelector:
            assert_array_equal(fitted.order_, expected)
        assert_array_equal(fitted.get_support(indices=True), np.sort(expected))
        assert_array_equal(fitted.transform(X), X[:, fitted.support_])


def test_large_and_wide_tables():
    """Only that they run; LIME's loop takes seconds."""
    for n, d, k in [(5000, 500, 6), (20, 50, 30)]:
        X, y, weights = make_table(5, n=n, d=d, binary=True)
        assert len(ForwardSelector(k).fit(X, y, weights).order_) == k


@pytest.mark.parametrize("n, d", [(150, 10), (20, 50)])
def test_penalty_is_that_of_ridge(n, d):
    """Against the weights as they are."""
    X, y, weights = make_table(6, n=n, d=d)
    X, weights = X * np.linspace(0.1, 3, d), 0.01 * weights
    coef = np.abs(Ridge(2.0, tol=1e-12).fit(X, y, weights).coef_)
    order = HighestWeightsSelector(d, alpha=2.0).fit(X, y, weights).order_
    assert_array_equal(order, np.argsort(-coef))


def test_driving_feature_at_its_mean_is_found():
    """LIME multiplies by the instance's value and misses it."""
    X, _, weights = make_table(0)
    X -= X.mean(axis=0)
    X[0, 4] = 0.0
    y = 3 * X[:, 4] + 0.1 * X[:, 7]
    assert 4 not in lime_selects(HighestWeightsSelector, X, y, weights, 2)
    assert_array_equal(HighestWeightsSelector(2).fit(X, y, weights).order_, [4, 7])


@selectors
@pytest.mark.parametrize("value", [0.0, 0.1, 1e9])
def test_constant_answers_or_columns(selector, value):
    """The first features, as nothing tells them apart."""
    X, _, weights = make_table(0)
    order = selector(4).fit(X, np.full(len(X), value), weights).order_
    assert_array_equal(order, [0, 1, 2, 3])
    X = np.tile(value * np.array([3.0, 1 / 7, 1e3 / 7, 5.1, 1.0]), (len(X), 1))
    for form in (np.asarray, sparse.csr_matrix):
        order = selector(4).fit(form(X), np.arange(len(X)), weights).order_
        assert_array_equal(order, [0, 1, 2, 3])


@selectors
@pytest.mark.parametrize("seed", range(5))
def test_copies_and_constant_columns_are_no_gain(selector, seed):
    """The first of equal columns comes first; nothing is divided by rounding."""
    X, y, weights = make_table(seed, d=4)
    copy = 0.3 * X if selector is ForwardSelector else X
    ends = np.full((2, len(X)), [[0.1], [1e6]])
    wide = np.column_stack([ends[0], X, copy, X @ [1, 2, 3, 4], ends[1]])
    order = selector(4).fit(wide, y, weights).order_
    assert not {0, 10} & set(order)
    assert order[0] not in {5, 6, 7, 8}
    if selector is ForwardSelector:
        assert not {5, 6, 7, 8} & set(order)
        assert np.linalg.matrix_rank(wide[:, order] - wide[:, order].mean(axis=0)) == 4
        rest = selector(11).fit(wide, y, weights).order_[4:]
        assert_array_equal(rest, np.setdiff1d(np.arange(11), order))


@selectors
@pytest.mark.parametrize("n, d", [(150, 12), (15, 30)])
@pytest.mark.parametrize("n_targets", [(), (3,)])
def test_sparse_rows_equal_dense_ones(selector, n, d, n_targets):
    """Of every format; centering stays implicit."""
    X, y, weights = make_table(2, n=n, d=d, binary=True, n_targets=n_targets)
    X[:, 3] = X[:, 5]
    X[:, 7:9] = 0.1, 1e3 / 7
    expected = selector(5).fit(X, y, weights).order_
    for form in (sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array):
        fitted = selector(5).fit(form(X), y, weights)
        assert_array_equal(fitted.order_, expected)
        assert sparse.issparse(fitted.transform(form(X)))


@selectors
def test_several_answers_count_alike(selector):
    """Copies and units of answers do not matter; each can bring a feature in."""
    X, y, weights = make_table(3, n_targets=(2,))
    one = selector(4).fit(X, y[:, 0], weights)
    unit = 1.0 if selector is HighestWeightsSelector else 1e-8
    same = selector(4).fit(unit * X, y[:, [0, 0]] * [1.0, -1e3] + [0, 5], weights)
    assert_array_equal(same.order_, one.order_)
    X -= X.mean(axis=0)
    each = selector(2).fit(X, X[:, [9, 2]] * [1.0, 1e-6], weights)
    assert_array_equal(each.get_support(indices=True), [2, 9])


def test_forward_adds_the_r2_of_the_answers():
    """Against a plain loop over fits."""
    X, y, weights = make_table(4, n_targets=(3,))

    def r2(columns):
        fitted = LinearRegression().fit(X[:, columns], y, weights)
        return fitted.score(X[:, columns], y, weights)

    chosen = []
    while len(chosen) < 5:
        rest = np.setdiff1d(np.arange(X.shape[1]), chosen)
        chosen.append(max(rest, key=lambda j: r2([*chosen, j])))
    assert_array_equal(ForwardSelector(5).fit(X, y, weights).order_, chosen)


@selectors
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), binary=st.booleans())
def test_weights_count_rows_and_columns_have_no_order(selector, seed, binary):
    """Weight 2 is a row twice, weight 0 none; permuted columns are chosen alike."""
    X, y, _ = make_table(seed, n=60, d=6, binary=binary)
    rng = np.random.default_rng(seed)
    counts, order = rng.integers(0, 3, len(X)), rng.permutation(6)
    expected = selector(3).fit(X, y, counts).order_
    repeated = np.repeat(np.arange(len(X)), counts)
    assert_array_equal(selector(3).fit(X[repeated], y[repeated]).order_, expected)
    permuted = selector(3).fit(X[:, order], y, counts)
    assert_array_equal(order[permuted.order_], expected)
    if selector is not HighestWeightsSelector:
        assert_array_equal(selector(3).fit(X, y, counts * 1e-200).order_, expected)


@selectors
def test_works_between_kernel_and_regressor(selector, data):
    """It is given the kernel's weights, and unselected coefficients are 0."""
    steps = Pipeline([("select", selector(3)), ("regressor", Ridge())])
    local = KernelWeightedRegressor(ExponentialKernel(0.4), steps).fit(data.X, data.y)
    plain = selector(3).fit(data.X, data.y, local.weights_)
    assert_array_equal(local.support_, plain.support_)
    assert_array_equal(local.coef_ != 0, plain.support_)
    with pytest.raises(ValueError, match="at least one non-zero"):
        plain.fit(data.X, data.y, 0 * data.y)


def test_make_selector():
    """LIME's names; None where nothing is to be chosen."""
    assert make_selector("auto", 6).get_params() == ForwardSelector(6).get_params()
    for method, kind in zip(("forward", "highest", "lasso_path"), LIME, strict=True):
        assert type(make_selector(method, 9)) is kind
    assert type(make_selector("auto", 7)) is HighestWeightsSelector
    assert make_selector("none", 3) is make_selector("auto", None) is None
    with pytest.raises(ValueError, match=r"'best', expected 'auto', .* or 'none'"):
        make_selector("best", None)
