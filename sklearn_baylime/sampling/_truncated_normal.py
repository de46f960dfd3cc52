"""Truncated normal distributions."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp


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
        Where the center is outside [low, high], logs keep the tail apart from 0.

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
    values = np.clip(center + scale * z, low, high)
    for j in np.flatnonzero((scale > 0) & ((low > center) | (high < center))):
        if low[j] > center[j]:
            z_tail = _in_upper_tail(points[:, j], a[j], b[j])
        else:
            z_tail = -_in_upper_tail(1 - points[:, j], -b[j], -a[j])
        values[:, j] = np.clip(center[j] + scale[j] * z_tail, low[j], high[j])
    return values


def _in_upper_tail(points: np.ndarray, a: float, b: float) -> np.ndarray:
    """Return standard normals within 0 < a <= b at uniform points (n_samples,)."""
    near, far = log_ndtr(-a), log_ndtr(-b)
    logs = near + np.log1p(points * np.expm1(far - near))
    return -ndtri_exp(logs)
