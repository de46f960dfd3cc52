"""Points that fill the unit cube, at random or evenly."""

from __future__ import annotations

import inspect

import numpy as np
from scipy.stats import qmc

DESIGNS = ("random", "lhs", "sobol")

# scipy 1.15 renamed the keyword.
_SEED = "rng" if "rng" in inspect.signature(qmc.Sobol).parameters else "seed"

# Sobol's points are multiples of 2 ** -_BITS, the lower corners of their cells.
_BITS = 30

# Of the floats that uniform generators give, the nearest to 0 and 1 inside them.
_INSIDE = (2.0**-54, 1.0 - 2.0**-53)


def uniform_points(n_points: int, n_dimensions: int, design: str, rng) -> np.ndarray:
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


def points_beside_instance(n_samples: int, n_columns: int, design: str, rng):
    """Draw points (n_samples, n_columns) for all rows but the first, the instance's.

    The first point is the center of the cube: a design keeps its evenness only if no
    point of it is thrown away.
    """
    points = np.full((n_samples, n_columns), 0.5)
    points[1:] = uniform_points(n_samples - 1, n_columns, design, rng)
    return points


def _sobol_points(n_points, n_dimensions, rng):
    if n_dimensions > qmc.Sobol.MAXDIM:
        raise ValueError(
            f"design='sobol' was asked for {n_dimensions} dimensions, expected at most "
            f"{qmc.Sobol.MAXDIM}; use design='lhs' or 'random'."
        )
    sequence = qmc.Sobol(n_dimensions, bits=_BITS, **{_SEED: rng})
    # Other numbers of points make scipy warn.
    points = sequence.random_base2((n_points - 1).bit_length())[:n_points]
    return points + 0.5**_BITS / 2
