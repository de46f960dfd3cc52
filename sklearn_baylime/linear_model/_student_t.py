"""Student's t distribution by few and cheap array operations."""

from __future__ import annotations

import numpy as np
from scipy import special

# Degrees of freedom from which a normal deviate stands for t's to 1e-9 (Hill, 1970).
_EXPANDS = 10.0

# Where variances of t are infinite or nearly so, they are stated as at this dof.
_LEAST_DOF = 2.5

_ROOT_2_PI = np.sqrt(2.0 * np.pi)


def normal_deviate(z: np.ndarray, dof: float) -> np.ndarray:
    """Return the normal deviate with the probability of `z` under t with `dof` [1]_.

    References
    ----------
    .. [1] G. W. Hill (1970). Algorithm 395: Student's t-distribution. Communications
       of the ACM 13(10).
    """
    if np.isinf(dof):
        return z
    a = dof - 0.5
    b = 48.0 * a**2
    y = a * np.log1p(z * z / dof)
    tail = (((-0.4 * y - 3.3) * y - 24.0) * y - 85.5) / (0.8 * y * y + 100.0 + b)
    return np.copysign(((tail + y + 3.0) / b + 1.0) * np.sqrt(y), z)


def t_cdf(z: np.ndarray, dof: float) -> np.ndarray:
    """Return the cumulative distribution of a standard t at `z`, of any shape."""
    if dof < _EXPANDS:
        return special.stdtr(dof, z)
    return special.ndtr(normal_deviate(z, dof))


def t_density(z: np.ndarray, dof: float) -> np.ndarray:
    """Return the density of a standard t at `z`, of any shape."""
    if np.isinf(dof):
        return np.exp(-0.5 * z * z) / _ROOT_2_PI
    log_unit = special.gammaln(0.5 * (dof + 1)) - special.gammaln(0.5 * dof)
    log_kernel = -0.5 * (dof + 1) * np.log1p(z * z / dof)
    return np.exp(log_kernel + log_unit) / np.sqrt(np.pi * dof)


def t_quantile(p: np.ndarray, dof: float) -> np.ndarray:
    """Return the quantiles of a standard t."""
    return special.ndtri(p) if np.isinf(dof) else special.stdtrit(dof, p)


def variance_factor(dof: float) -> float:
    """Return t's variance, ``dof / (dof - 2)``; at least 2.5 dof are taken.

    With two degrees of freedom or fewer the variance is infinite. A finite one keeps
    covariance matrices usable; intervals by quantiles are not touched by it.
    """
    if np.isinf(dof):
        return 1.0
    dof = max(dof, _LEAST_DOF)
    return dof / (dof - 2.0)
