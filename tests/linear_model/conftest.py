"""Data and oracles: dense formulas written down as in a textbook, slow and obvious."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg

from sklearn_baylime.linear_model import InformativeBayesianRidge

PRECISIONS = {
    "number": lambda d, rng: 2.5,
    "vector": lambda d, rng: rng.uniform(0.3, 4.0, size=d),
    "matrix": lambda d, rng: random_precision(d, rng),
}


def random_precision(d, rng):
    root = rng.normal(size=(d, d))
    return root @ root.T / d + 0.5 * np.eye(d)


def as_matrix(precision, d):
    precision = np.asarray(precision, dtype=float)
    return precision if precision.ndim == 2 else np.diag(np.broadcast_to(precision, d))


def center(X, y, s=None, fit_intercept=True):
    """Return weighted, centred rows and answers, with the means taken off."""
    s = np.ones(len(X)) if s is None else s
    x_mean, y_mean = np.zeros(X.shape[1]), 0.0 * y[0]
    if fit_intercept:
        x_mean, y_mean = s @ X / s.sum(), s @ y / s.sum()
    root = np.sqrt(s)
    A = root[:, None] * (X - x_mean)
    c = (root * (y - y_mean).T).T
    return SimpleNamespace(A=A, c=c, x_mean=x_mean, y_mean=y_mean, s=s)


def dense_posterior(X, y, s, *, mean, precision, alpha, fit_intercept=True):
    """Invert ``Lambda_0 + alpha A'A`` as it stands."""
    d = X.shape[1]
    rows = center(X, y, s, fit_intercept)
    prior = as_matrix(precision, d)
    sigma = linalg.inv(prior + alpha * rows.A.T @ rows.A)
    mean = np.broadcast_to(mean, d)
    coef = sigma @ (prior @ mean + alpha * rows.A.T @ rows.c)
    intercept = rows.y_mean - rows.x_mean @ coef
    return SimpleNamespace(
        coef=coef, intercept=intercept, sigma=sigma, rows=rows, prior=prior
    )


def dense_log_evidence(A, c, *, mean, prior_covariance, alpha):
    """Log density of the answers as one multivariate normal of all rows."""
    covariance = np.eye(len(c)) / alpha + A @ prior_covariance @ A.T
    return log_normal_density(c - A @ np.broadcast_to(mean, A.shape[1]), covariance)


def log_normal_density(gap, covariance):
    root = linalg.cholesky(covariance, lower=True)
    square = (linalg.solve_triangular(root, gap, lower=True) ** 2).sum()
    log_det = 2 * np.log(np.diag(root)).sum()
    return -0.5 * (square + log_det + len(gap) * np.log(2 * np.pi))


def results(estimator):
    """Return all that a fit found out, by name."""
    names = "coef_ intercept_ alpha_ lambda_ sigma_ log_evidence_ prior_share_ "
    names += "prior_scale_ conflict_"
    return {name: np.asarray(getattr(estimator, name)) for name in names.split()}


def assert_same_fit(actual, expected, *, rtol=1e-9, skip=()):
    for name, value in results(expected).items():
        if name not in skip:
            atol = rtol * np.abs(value).max(initial=0.0)
            assert_allclose(
                results(actual)[name], value, rtol=rtol, atol=atol, err_msg=name
            )


def make_data(n=40, d=5, *, n_targets=None, noise=0.5, weights="uniform", seed=0):
    """Correlated columns with an offset, an answer with noise, weights."""
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n, d)) @ (np.eye(d) + 0.3 * rng.normal(size=(d, d)))
    X += rng.uniform(-2, 2, size=d)
    shape = (d,) if n_targets is None else (d, n_targets)
    coef = rng.normal(size=shape)
    y = X @ coef + 3.0
    y += noise * rng.normal(size=y.shape)
    s = {
        "uniform": lambda: rng.uniform(0.2, 2.0, size=n),
        "counts": lambda: rng.randint(0, 4, size=n).astype(float),
        None: lambda: None,
    }[weights]()
    return SimpleNamespace(X=X, y=y, s=s, coef=coef, rng=rng)


@pytest.fixture(scope="session")
def tools():
    """Give the functions of this file, as test files cannot import each other."""
    return SimpleNamespace(
        make_data=make_data,
        random_precision=random_precision,
        as_matrix=as_matrix,
        center=center,
        dense_posterior=dense_posterior,
        dense_log_evidence=dense_log_evidence,
        log_normal_density=log_normal_density,
        assert_same_fit=assert_same_fit,
        results=results,
        fitted=fitted,
    )


def fitted(data, **params):
    """Fit on data from `make_data`, at a tight tolerance."""
    return InformativeBayesianRidge(**{"tol": 1e-12, **params}).fit(
        data.X, data.y, data.s
    )


@pytest.fixture(params=PRECISIONS, scope="session")
def make_precision(request):
    """Make a prior precision of each of the three kinds."""
    return PRECISIONS[request.param]
