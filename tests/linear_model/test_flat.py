"""The estimate without prior beside the posterior."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime.linear_model import InformativeBayesianRidge

KINDS = [{}, {"trust": "integrate"}, {"trust": "integrate", "prior_dof": "mixed"}]


def make(n=40, d=5, noise=1.0, seed=0):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n, d))
    y = X @ rng.normal(size=d) + noise * rng.normal(size=n)
    return SimpleNamespace(X=X, y=y, s=rng.uniform(0.3, 1.0, n))


@pytest.mark.parametrize("params", KINDS, ids=str)
@pytest.mark.parametrize("n", [12, 40, 3000])
def test_it_is_least_squares_with_hc3(n, params):
    """Of many rows the misfit is lent by the posterior."""
    data = make(n)
    model = InformativeBayesianRidge(covariance="robust", **params)
    model.fit(data.X, data.y, data.s)
    A = np.c_[np.ones(n), data.X] * np.sqrt(data.s)[:, None]
    c = data.y * np.sqrt(data.s)
    inverse = np.linalg.inv(A.T @ A)
    coef = inverse @ A.T @ c
    leverage = ((A @ inverse) * A).sum(axis=1)
    scores = ((c - A @ coef) / (1 - leverage))[:, None] * A
    std = np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse))
    assert_allclose(model.flat_coef_, coef[1:], rtol=1e-9)
    assert_allclose(model.flat_std_, std[1:], rtol=2e-3 if n > 1000 else 1e-7)


def test_plain_standard_deviations_are_those_of_textbooks():
    data = make()
    model = InformativeBayesianRidge(prior_precision=[1.0, 2.0, 3.0, 4.0, 5.0])
    model.fit(data.X, np.c_[data.y, 2 * data.y])
    A = np.c_[np.ones(40), data.X]
    coef, rest = np.linalg.lstsq(A, data.y, rcond=None)[:2]
    std = np.sqrt(np.diag(np.linalg.inv(A.T @ A)) * rest / 34)
    assert_allclose(model.flat_coef_, [coef[1:], 2 * coef[1:]], rtol=1e-9)
    assert_allclose(model.flat_std_, [std[1:], 2 * std[1:]], rtol=1e-9)
    parts = InformativeBayesianRidge()
    for rows in np.array_split(np.arange(40), 4):
        parts.partial_fit(data.X[rows], np.c_[data.y, 2 * data.y][rows])
    assert_allclose(parts.flat_std_, model.flat_std_, rtol=1e-9)


@pytest.mark.parametrize("params", KINDS, ids=str)
def test_rows_that_do_not_determine_it_give_nan(params):
    for data in (make(5), make(6)):
        model = InformativeBayesianRidge(covariance="robust", **params)
        model.fit(data.X, data.y, data.s)
        assert np.isnan(model.flat_coef_).all()
        assert np.isnan(model.flat_std_).all()
    data = make(40)
    data.X[:, 1] = data.X[:, 0]
    assert np.isnan(model.fit(data.X, data.y).flat_coef_).all()
