"""Points that fill the unit cube, at random or evenly."""

from __future__ import annotations

import inspect

import numpy as np
from scipy.stats import qmc

DESIGNS = ("random", "lhs", "sobol")

# Points for each dimension: fewer are no more even than random ones, and a Sobol
# sequence that has enough of them keeps its gain in parts.
_FEW, _ENOUGH = 4, 16

# scipy 1.15 renamed the keyword.
_SEED = "rng" if "rng" in inspect.signature(qmc.Sobol).parameters else "seed"

# Sobol's points are multiples of 2 ** -_BITS, the lower corners of their cells.
_BITS = 30

# Of the floats that uniform generators give, the nearest to 0 and 1 inside them.
_INSIDE = (2.0**-54, 1.0 - 2.0**-53)


def uniform_points(
    n_points: int, n_dimensions: int, design: str, rng: np.random.Generator
) -> np.ndarray:
    """Draw points of the open unit cube, each of them uniform.

    Parameters
    ----------
    n_points : int
        Number of points; 0 gives none.
    n_dimensions : int
        Length of a point.
    design : {"random", "lhs", "sobol"}
        "random" draws points independently. "lhs" is a Latin hypercube [1]_: in each
        dimension, each of `n_points` intervals of equal length holds one point. "sobol"
        are the first points of a scrambled Sobol sequence [2]_, the most even where
        `n_points` is a power of two.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    points : ndarray of shape (n_points, n_dimensions)
        Never 0 or 1, so that every inverse distribution function is finite there.

    Raises
    ------
    ValueError
        If a Sobol sequence has not as many dimensions.

    References
    ----------
    .. [1] M. D. McKay, R. J. Beckman, W. J. Conover (1979). A Comparison of Three
       Methods for Selecting Values of Input Variables in the Analysis of Output from a
       Computer Code. Technometrics 21.
    .. [2] A. B. Owen (1998). Scrambling Sobol' and Niederreiter-Xing Points. Journal of
       Complexity 14.
    """
    if design == "random" or 0 in (n_points, n_dimensions):
        points = rng.random((n_points, n_dimensions))
    elif design == "lhs":
        points = qmc.LatinHypercube(n_dimensions, **{_SEED: rng}).random(n_points)
    else:
        points = _sobol_points(n_points, n_dimensions, rng)
    return np.clip(points, *_INSIDE, out=points)


def random_points(
    n_samples: int, n_columns: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw independent points (n_samples, n_columns); the first, spare, is the center.

    No random numbers are spent on the first.
    """
    points = np.full((n_samples, n_columns), 0.5)
    points[1:] = uniform_points(n_samples - 1, n_columns, "random", rng)
    return points


def resolve_design(design: str, n_samples: int, n_dimensions: int) -> str:
    """Return the design that "auto" stands for, or the one that was asked for.

    Parameters
    ----------
    design : {"auto", "random", "lhs", "sobol"}
        "auto" is "sobol", or "lhs" where a Sobol sequence has not as many dimensions;
        but "random" below 16 rows and where they are less than 4 for each dimension, so
        that Sobol's points are no more even.
    n_samples : int
        Number of rows, the instance counted.
    n_dimensions : int
        Number of uniform numbers a row is made of.

    Returns
    -------
    design : {"random", "lhs", "sobol"}
    """
    if design != "auto":
        return design
    if n_samples < max(16, _FEW * n_dimensions):
        return "random"
    return "sobol" if n_dimensions <= qmc.Sobol.MAXDIM else "lhs"


def points_per_scramble(n_samples: int, n_dimensions: int) -> int:
    """Return the power of two that scrambles of a design have as their size.

    Between 12 and 23 scrambles are enough to tell their variance. But as few as 8 are
    taken where more of them had less than 16 points for each dimension, since such
    small nets lose what makes them better than random points.

    Parameters
    ----------
    n_samples : int
        Number of rows, the instance counted.
    n_dimensions : int
        Number of uniform numbers a row is made of.

    Returns
    -------
    n_points : int
        1 below 16 rows: then all points are independent.
    """
    largest = 1 << max(0, (n_samples // 8).bit_length() - 1)
    if n_samples < 12 * largest and largest >= 2 * _ENOUGH * n_dimensions:
        return largest // 2
    return largest


def is_one_net(design: str, n_samples: int, n_dimensions: int) -> bool:
    """Tell whether the scrambles of a design are parts of a single Sobol sequence.

    In 30 dimensions 8 nets of 38 points are no better than random ones, but 304 points
    of one sequence are. What is lost is that the parts are independent: their errors
    compensate, and the variance between them is too large for that of the whole.

    Parameters
    ----------
    design : {"lhs", "sobol"}
        Design of a scramble.
    n_samples : int
        Number of rows, the instance counted.
    n_dimensions : int
        Number of uniform numbers a row is made of.

    Returns
    -------
    is_one_net : bool
        Whether scrambles of Sobol's would have less than 16 points for each dimension.
    """
    size = points_per_scramble(n_samples, n_dimensions)
    return design == "sobol" and size < _ENOUGH * n_dimensions


def scramble_sizes(n_samples: int, n_dimensions: int) -> np.ndarray:
    """Return how many points each scramble of a design has.

    Parameters
    ----------
    n_samples : int
        Number of rows, the instance counted, for which there is no point.
    n_dimensions : int
        Number of uniform numbers a row is made of.

    Returns
    -------
    sizes : ndarray of int of shape (n_scrambles,)
        They sum to n_samples - 1. All are `points_per_scramble` but the last, which has
        from half to one and a half of that.
    """
    size = points_per_scramble(n_samples, n_dimensions)
    n_complete, rest = divmod(n_samples - 1, size)
    sizes = np.full(n_complete, size)
    if rest == 0:
        return sizes
    # So small a group would count as one more observation of the noise.
    if 2 * rest < size:
        sizes[-1] += rest
        return sizes
    return np.append(sizes, rest)


def draw_scrambles(
    sizes: np.ndarray,
    n_columns: int,
    design: str,
    rng: np.random.Generator,
    *,
    is_one: bool = False,
) -> np.ndarray:
    """Draw points for all rows but the first, the instance's, scramble by scramble.

    The scrambles are independent, each with a seed of its own, so that the variance
    between them is that of an average over rows, which a single one cannot tell.

    Parameters
    ----------
    sizes : ndarray of int of shape (n_scrambles,)
        Number of points of each scramble.
    n_columns : int
        Length of a point.
    design : {"lhs", "sobol"}
        Design of a scramble.
    rng : numpy.random.Generator
        Source of the seeds.
    is_one : bool, default=False
        Whether they are parts of one scramble instead.

    Returns
    -------
    points : ndarray of shape (1 + sum of sizes, n_columns)
        The first point is the center of the cube: a design keeps its evenness only if
        no point of it is thrown away.
    """
    points = np.full((1 + int(sizes.sum()), n_columns), 0.5)
    sizes = sizes.sum(keepdims=True) if is_one else sizes
    seeds = rng.integers(np.iinfo(np.int64).max, size=len(sizes))
    last = 1
    for size, seed in zip(sizes.tolist(), seeds, strict=True):
        first, last = last, last + size
        own = np.random.default_rng(seed)
        points[first:last] = uniform_points(size, n_columns, design, own)
    return points


def _sobol_points(
    n_points: int, n_dimensions: int, rng: np.random.Generator
) -> np.ndarray:
    if n_dimensions > qmc.Sobol.MAXDIM:
        raise ValueError(
            f"design='sobol' was asked for {n_dimensions} dimensions, expected at most "
            f"{qmc.Sobol.MAXDIM}; use design='lhs' or 'random'."
        )
    sequence = qmc.Sobol(n_dimensions, bits=_BITS, **{_SEED: rng})
    # Other numbers of points make scipy warn.
    points = sequence.random_base2((n_points - 1).bit_length())[:n_points]
    return points + 0.5**_BITS / 2
