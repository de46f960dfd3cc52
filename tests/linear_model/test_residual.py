"""What is not explained is right whether moments tell it or only the rows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime.linear_model._moments import (
    center_rows,
    decompose,
    has_accurate_residual,
)
from sklearn_baylime.linear_model._whitening import Whitening


@pytest.mark.parametrize("noise", [1.0, 1e-2, 1e-4, 1e-8])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_residual_has_all_digits(noise, offset):
    rng = np.random.RandomState(0)
    X, error = rng.normal(size=(200, 8)), rng.normal(size=(200, 2))
    # Orthogonal to the rows, so that it is what is not explained.
    basis, _ = np.linalg.qr(np.column_stack([np.ones(200), X]))
    error -= basis @ (basis.T @ error)
    y = X @ rng.normal(size=(8, 2)) + noise * error
    rows = center_rows(X + offset, y, np.ones(200), True, copy=True)
    spectrum, moments = decompose(rows, Whitening())
    expected = noise**2 * (error**2).sum(axis=0)
    # Rows and answers themselves are rounded.
    rounding = 1e-15 * (offset + np.abs(y).max()) / noise
    assert_allclose(spectrum.residual, expected, rtol=1e-9 + 10 * rounding)
    if noise < 1e-3:
        assert not has_accurate_residual(spectrum, moments)


def test_moments_are_enough_where_much_is_left():
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(200, 8)), rng.normal(size=(200, 1))
    spectrum, moments = decompose(
        center_rows(X, y, np.ones(200), True, copy=True), Whitening()
    )
    assert has_accurate_residual(spectrum, moments)
