"""Designs: uniform in each dimension, open at both ends, more even than chance."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from sklearn_baylime.sampling import BinSampler
from sklearn_baylime.sampling._designs import DESIGNS, uniform_points


def points_of(design, n_points=1000, n_dimensions=3, seed=0):
    return uniform_points(n_points, n_dimensions, design, np.random.default_rng(seed))


@pytest.fixture(params=DESIGNS)
def design(request):
    return request.param


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (7, 0), (5, 2), (64, 40)])
def test_points_have_the_shape_and_lie_inside(design, shape):
    points = points_of(design, *shape)
    assert points.shape == shape
    assert ((points > 0) & (points < 1)).all()


def test_columns_are_uniform_and_seeded(design, five_sigma):
    points = points_of(design)
    for column in points.T:
        assert stats.kstest(column, "uniform").pvalue > five_sigma
    assert_array_equal(points, points_of(design))
    assert (points != points_of(design, seed=1)).all()


class Corners:
    """A generator of the worst numbers."""

    def random(self, shape):
        return np.resize([0.0, 1.0], shape)


def test_zero_and_one_never_occur():
    """Where the generator gives them, the next number inside is taken."""
    points = uniform_points(4, 2, "random", Corners())
    assert ((points > 0) & (points < 1)).all()


@pytest.mark.parametrize("n_points", [1, 2, 100, 777])
def test_a_latin_hypercube_is_stratified(n_points):
    """Each interval of length 1/n holds one point, in each dimension."""
    cells = np.floor(points_of("lhs", n_points, 5) * n_points)
    for column in cells.T:
        assert_array_equal(np.sort(column), np.arange(n_points))


def test_sobol_points_are_a_net():
    """2 ** 8 points: one in each box of every partition into 2 ** i by 2 ** (8 - i)."""
    points = points_of("sobol", 256, 2)
    for i in range(9):
        sides = np.array([2**i, 2 ** (8 - i)])
        boxes = np.floor(points * sides) @ [sides[1], 1]
        assert_array_equal(np.sort(boxes), np.arange(256))
    # Centers of the finest cells: their corners would pull all means down.
    assert (points * 2**30 % 1 == 0.5).all()


def test_designs_integrate_better_than_chance():
    """Root mean square errors of E[prod(1 + (u - 1/2))] = 1 over 40 seeds.

    Times the number of points, chance has the variance (13/12) ** 3 - 1 = 0.271. The
    Latin hypercube loses its additive part 3/12. Sobol's error has a higher order in
    the number of points: sqrt(512) = 22.6 times smaller, up to logarithms.
    """
    error = {}
    for design in DESIGNS:
        means = [
            np.prod(0.5 + points_of(design, 512, seed=seed), axis=1).mean()
            for seed in range(40)
        ]
        error[design] = np.sqrt(np.mean(np.square(np.array(means) - 1)) * 512)
    # A variance of 40 values has the relative standard deviation (2 / 40) ** 0.5.
    five_sigma = np.sqrt(1 + 5 * np.sqrt(2 / 40))
    variance = (13 / 12) ** 3 - 1
    assert error["random"] < np.sqrt(variance) * five_sigma
    assert error["lhs"] < np.sqrt(variance - 3 / 12) * five_sigma
    assert error["sobol"] < error["random"] / 10


def test_sobol_says_how_many_dimensions_it_has():
    with pytest.raises(ValueError, match=r"21202 dimensions, expected at most 21201"):
        points_of("sobol", 2, 21202)
    codes = np.zeros((2, 21202), dtype=int)
    with pytest.raises(ValueError, match="use design='lhs' or 'random'"):
        BinSampler(n_samples=3, design="sobol").fit(codes).sample(codes[0])
