"""Neighbourhoods of zeros and ones with answers, and plain formulas."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from sklearn_baylime.linear_model import InformativeBayesianRidge

COEF = np.array([3.0, 0.0, 0.0, -2.0, 0.0, 1.0])


def make_rows(n=120, d=6, *, n_targets=None, seed=0):
    """Masks whose first row is the instance; answers are linear, with noise."""
    rng = np.random.default_rng(seed)
    X = (rng.random((n, d)) < 0.5).astype(float)
    X[0] = 1.0
    y = X @ np.resize(COEF, d) + 0.3 * rng.normal(size=n)
    if n_targets is not None:
        y = y[:, None] * np.arange(1, n_targets + 1) + rng.normal(size=(n, n_targets))
    return SimpleNamespace(X=X, y=y, counts=rng.integers(0, 4, n).astype(float))


def plain_weights(X, width=None):
    """The kernel's weights as LIME writes them, from the row of ones."""
    width = 0.75 * np.sqrt(X.shape[1]) if width is None else width
    distances = np.sqrt(((X - 1.0) ** 2).sum(axis=1))
    return np.sqrt(np.exp(-(distances**2) / width**2))


def plain_sample_size(weights, counts=None):
    """Kish's formula, row by row."""
    if counts is not None:
        weights = np.repeat(weights, counts.astype(int))
    return sum(weights) ** 2 / sum(weights**2)


@pytest.fixture(scope="session")
def tools():
    """Give the functions of this file, as test files cannot import each other."""
    return SimpleNamespace(
        make_rows=make_rows,
        plain_weights=plain_weights,
        plain_sample_size=plain_sample_size,
    )


@pytest.fixture
def data():
    """Give 120 rows of six columns."""
    return make_rows()


REGRESSORS = {
    "ridge": Ridge(alpha=1.0, tol=1e-12),
    "ridge without intercept": Ridge(alpha=0.1, fit_intercept=False, tol=1e-12),
    "bayes": InformativeBayesianRidge(tol=1e-12),
    "bayes with a prior": InformativeBayesianRidge(
        prior_mean=1.0, prior_precision=2.0, tol=1e-12
    ),
    "robust bayes": InformativeBayesianRidge(covariance="robust", tol=1e-12),
}


@pytest.fixture(params=REGRESSORS)
def regressor(request):
    """Give regressors with and without uncertainty."""
    return REGRESSORS[request.param]
