"""Thresholds in double precision, and products without one factor."""

import numpy as np

from sklearn_baylime.exact._boxes import threshold_of_doubles
from sklearn_baylime.exact._product_law import products_without_one


def test_thresholds_of_doubles():
    rng = np.random.default_rng(0)
    border = np.r_[rng.normal(size=200) * 10.0 ** rng.integers(-44, 38, 200), 0.0]
    largest = threshold_of_doubles(border)
    assert (largest.astype(np.float32) <= border).all()
    assert (np.nextafter(largest, np.inf).astype(np.float32) > border).all()
    assert (threshold_of_doubles(np.array([np.inf, 1e300])) > 1e300).all()


def test_products_without_one_factor_when_some_are_zero():
    factors = np.random.default_rng(0).integers(0, 3, size=(50, 5)).astype(float)
    expected = [np.delete(factors, j, axis=1).prod(axis=1) for j in range(5)]
    np.testing.assert_array_equal(products_without_one(factors).T, expected)
    np.testing.assert_array_equal(products_without_one(factors[:, :1]), 1.0)
