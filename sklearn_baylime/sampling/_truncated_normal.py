"""Truncated normal distributions."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri


def truncated_normal(
    points: np.ndarray,
    center: np.ndarray,
    scale: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> np.ndarray:
    r"""Invert the distribution functions of truncated normals.

    A point :math:`u` becomes the value :math:`x` with
    :math:`\Phi(z) = (1 - u) \Phi(a) + u \Phi(b)`, where :math:`z, a, b` are
    :math:`x`, `low` and `high` in units of `scale` from `center`. Right of the center,
    the same is solved for :math:`\Phi(-z)`, since :math:`\Phi(z)` rounds to 1 there.

    Parameters
    ----------
    points : ndarray of shape (n_samples, n_columns)
        Uniform, neither 0 nor 1.
    center, scale, low, high : ndarray of shape (n_columns,)
        With low <= center <= high, so that no interval lies in a tail alone.

    Returns
    -------
    values : ndarray of shape (n_samples, n_columns)
        Within [low, high]; at the center where scale is 0.
    """
    # Where scales are very small, bounds are infinitely far.
    with np.errstate(over="ignore"):
        unit = np.where(scale > 0, scale, 1.0)
        a, b = (low - center) / unit, (high - center) / unit
    below = (1 - points) * ndtr(a) + points * ndtr(b)
    above = (1 - points) * ndtr(-a) + points * ndtr(-b)
    z = np.where(below < above, ndtri(below), -ndtri(above))
    return np.clip(center + scale * z, low, high)
