"""Weighted rows: sparse ones, never centered in memory, are as dense ones are."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sklearn_baylime.surrogate import HighestWeightsSelector
from sklearn_baylime.surrogate._weighted_rows import weigh_rows


def make_table(n, d, seed=0):
    """Counts with many zeros, whose means are far from zero."""
    rng = np.random.default_rng(seed)
    X = rng.poisson(2.0, (n, d)) * rng.uniform(0.5, 5, d)
    X[:, 3] = 7.0
    y = X @ rng.normal(size=(d, 2)) + rng.normal(size=(n, 2))
    return X, y, rng.uniform(0.01, 1, n)


@pytest.mark.parametrize(("n", "d"), [(40, 6), (8, 30)])
@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csr_array])
def test_products_are_those_of_centered_rows(n, d, form):
    """About the weighted means, times the roots of the weights."""
    X, y, weights = make_table(n, d)
    shares = weights / weights.max()
    centered = (X - shares @ X / shares.sum()) * np.sqrt(shares)[:, None]
    for given in (X, form(X)):
        rows, answers = weigh_rows(given, y, weights)
        close = {"rtol": 1e-9, "atol": 1e-9 * np.square(centered).max()}
        assert_allclose(rows.outer(), centered @ centered.T, **close)
        assert_allclose(rows.gram(), centered.T @ centered, **close)
        assert_allclose(rows.squares, np.square(centered).sum(axis=0), **close)
        assert_allclose(rows.transpose_times(answers), centered.T @ answers, **close)
        for j in range(d):
            assert_allclose(rows.column(j), centered[:, j], **close)


@pytest.mark.parametrize("alpha", [1e-3, 1.0, 100.0])
def test_selection_from_wide_sparse_rows(alpha):
    """Fewer rows than features: the system of equations in rows is solved."""
    for seed in range(20):
        X, y, weights = make_table(8, 30, seed)
        dense = HighestWeightsSelector(6, alpha=alpha).fit(X, y[:, 0], weights)
        wide = HighestWeightsSelector(6, alpha=alpha)
        wide.fit(sparse.csr_matrix(X), y[:, 0], weights)
        assert_array_equal(wide.order_, dense.order_)
