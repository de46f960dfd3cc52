"""Closed forms of tabular LIME, independent of the library's own code."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression


class TabularOracle:
    """Weights of LIME for tables in the limit of infinitely many rows.

    Columns are sampled independently and the kernel is a product over columns, so that
    the weight of feature j is E[f | z_j = 1] - E[f | z_j = 0] under tilted
    probabilities r_k = q_k / (q_k + (1 - q_k) exp(-1 / (2 width^2))).
    """

    def __init__(self, X, x, width=None, n_bins=4):
        n_samples, n_features = X.shape
        width = 0.75 * np.sqrt(n_features) if width is None else width
        self.columns = []
        for j in range(n_features):
            borders = np.quantile(X[:, j], np.linspace(0, 1, n_bins + 1)[1:-1])
            bins = np.searchsorted(borders, X[:, j])
            edges = np.r_[X[:, j].min(), borders, X[:, j].max()]
            own = int(np.searchsorted(borders, x[j]))
            moments = [
                (X[bins == b, j].mean(), X[bins == b, j].std()) for b in range(n_bins)
            ]
            shares = np.bincount(bins, minlength=n_bins) / n_samples
            self.columns.append((edges, moments, shares, own))
        tilt = np.exp(-1 / (2 * width**2))
        own_share = np.array([shares[own] for _, _, shares, own in self.columns])
        self.kept = own_share / (own_share + (1 - own_share) * tilt)

    def box(self, low, high, value=1.0):
        """Weights and intercept of f = value where low < x <= high, else 0."""
        own, other = np.array(
            [
                self._both(j, self._probability(j, a, b))
                for j, (a, b) in enumerate(zip(low, high, strict=True))
            ]
        ).T
        mixed = self.kept * own + (1 - self.kept) * other
        rest = np.array([np.prod(np.delete(mixed, j)) for j in range(len(mixed))])
        coef = value * (own - other) * rest
        return coef, value * np.prod(mixed) - self.kept @ coef

    def linear(self, slopes):
        """Weights and intercept of f = slopes . x."""
        own, other = np.array(
            [self._both(j, self._means(j)) for j in range(len(slopes))]
        ).T
        coef = slopes * (own - other)
        mean = slopes @ (self.kept * own + (1 - self.kept) * other)
        return coef, mean - self.kept @ coef

    def trees(self, estimators, read):
        """Weights and intercept of the mean of trees: sums over their leaves."""
        total = [np.zeros(len(self.columns)), 0.0]
        for tree in estimators:
            for low, high, value in _leaves(tree.tree_, len(self.columns), read):
                coef, intercept = self.box(low, high, value / len(estimators))
                total = [total[0] + coef, total[1] + intercept]
        return total

    def _both(self, j, per_bin):
        """Mean over the instance's bin, and over the others by their shares."""
        _, _, shares, own = self.columns[j]
        others = np.delete(shares, own) @ np.delete(per_bin, own)
        return per_bin[own], others / (1 - shares[own])

    def _probability(self, j, low, high):
        edges, moments, _, _ = self.columns[j]
        return np.array(
            [
                _truncated_cdf(high, *moments[b], edges[b], edges[b + 1])
                - _truncated_cdf(low, *moments[b], edges[b], edges[b + 1])
                for b in range(len(moments))
            ]
        )

    def _means(self, j):
        edges, moments, _, _ = self.columns[j]
        means = []
        for b, (mean, std) in enumerate(moments):
            low, high = (edges[b] - mean) / std, (edges[b + 1] - mean) / std
            share = norm.cdf(high) - norm.cdf(low)
            means.append(mean + std * (norm.pdf(low) - norm.pdf(high)) / share)
        return np.array(means)


def _truncated_cdf(value, mean, std, low, high):
    a, b = norm.cdf((low - mean) / std), norm.cdf((high - mean) / std)
    at = norm.cdf((np.clip(value, low, high) - mean) / std)
    return (at - a) / (b - a)


def _leaves(tree, n_features, read, node=0, low=None, high=None):
    low = np.full(n_features, -np.inf) if low is None else low
    high = np.full(n_features, np.inf) if high is None else high
    if tree.children_left[node] < 0:
        yield low, high, read(tree.value[node])
        return
    j, border = tree.feature[node], tree.threshold[node]
    left, right = high.copy(), low.copy()
    left[j], right[j] = min(high[j], border), max(low[j], border)
    yield from _leaves(tree, n_features, read, tree.children_left[node], low, left)
    yield from _leaves(tree, n_features, read, tree.children_right[node], right, high)


@pytest.fixture(scope="session")
def tabular_oracle():
    return TabularOracle


@pytest.fixture(scope="session")
def table():
    """A small table with its linear score."""
    rng = np.random.RandomState(0)
    X = rng.normal(size=(200, 4))
    return X


@pytest.fixture
def score():
    """A black box of one column that counts its rows."""

    class Score:
        n_rows = 0
        n_calls = 0

        def __call__(self, rows):
            self.n_rows += len(rows)
            self.n_calls += 1
            return np.asarray(rows) @ [1.0, -2.0, 0.5, 0.0]

    return Score()


@pytest.fixture(scope="module")
def iris():
    """Rows of three classes, and a classifier of them."""
    X, y = load_iris(return_X_y=True)
    return X, LogisticRegression(max_iter=1000).fit(X, y)
