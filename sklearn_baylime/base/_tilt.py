"""Laws times the exponential kernel, where the product has a closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import gammaln, log_ndtr, logsumexp


def tilt_shares(
    shares: np.ndarray, own: np.ndarray, width: float
) -> tuple[np.ndarray, float]:
    r"""Return one column's law times the kernel on its match with the instance.

    The squared Euclidean distance of matches is the number of mismatches, so the kernel
    is a product over columns: a code other than the instance's is
    :math:`\exp(-1 / (2 \nu^2))` times as likely.

    Parameters
    ----------
    shares : ndarray of shape (n_values,)
        Probabilities of a column's codes.
    own : ndarray of bool of shape (n_values,)
        Which of them is the instance's; perhaps none.
    width : float
        The kernel's width :math:`\nu`, in units of the distance between matches.

    Returns
    -------
    shares : ndarray of shape (n_values,)
        Their probabilities under law times kernel.
    log_mean : float
        Log of the kernel's mean under the law: what the product is divided by.

    Examples
    --------
    >>> import numpy as np
    >>> shares, log_mean = tilt_shares(
    ...     np.array([0.25, 0.75]), np.array([True, False]), 0.5)
    >>> shares.round(3)
    array([0.711, 0.289])
    >>> float(np.exp(log_mean).round(3))
    0.352
    """
    others = float(shares[~own].sum())
    share = float(shares[own].sum())
    with np.errstate(over="ignore", divide="ignore"):
        log_factor = float(max(-0.5 / width / width, np.finfo(float).min))
    if share == 0:
        # Every row has another code: the kernel is the same for all.
        return shares, log_factor
    mean = share + others * np.exp(log_factor)
    tilted = np.where(own, shares, shares * np.exp(log_factor))
    return tilted / mean, float(np.log(mean))


def tilt_normal(
    center: Any, scale: Any, reference: Any, width: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Return normals times the kernel on the distance from the instance.

    A normal around :math:`c` of deviation :math:`s` times :math:`\exp(-(z - x)^2 /
    (2 \nu^2))` is a normal of variance :math:`v = s^2 \nu^2 / (s^2 + \nu^2)` around
    :math:`(c \nu^2 + x s^2) / (s^2 + \nu^2)`.

    Parameters
    ----------
    center, scale : ndarray of shape (n_columns,)
        Means and standard deviations; where the latter is 0 nothing moves.
    reference : ndarray of shape (n_columns,)
        The instance :math:`x`.
    width : float
        The kernel's width :math:`\nu`, in units of the columns.

    Returns
    -------
    center, scale : ndarray of shape (n_columns,)
        Of the products.
    log_mean : ndarray of shape (n_columns,)
        Log of the kernel's mean under each normal.
    """
    # The instance's share of the center; as ratios, since squares can overflow.
    length = np.hypot(scale, width)
    share, shrink = (scale / length) ** 2, width / length
    log_mean = np.log(shrink) - 0.5 * ((center - reference) / length) ** 2
    return center + share * (reference - center), scale * shrink, log_mean


def log_normal_mass(
    center: Any, scale: Any, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Return the log of each normal's probability of its interval; 0 at scale 0."""
    unit = np.where(scale > 0, scale, 1.0)
    a, b = (low - center) / unit, (high - center) / unit
    # In the upper tail both probabilities round to 1: the lower is as good.
    a, b = np.where(a > 0, -b, a), np.where(a > 0, -a, b)
    upper, lower = log_ndtr(b), log_ndtr(a)
    with np.errstate(divide="ignore"):
        mass = upper + np.log(-np.expm1(np.minimum(lower - upper, 0.0)))
    return np.where(scale > 0, mass, 0.0)


def tilt_sizes(
    log_shares: np.ndarray, n_components: int, width: float
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the law of a mask's number of ones times the cosine kernel.

    A mask that keeps k of d components has the cosine :math:`\sqrt{k / d}` with the
    instance, whichever they are, so its kernel is :math:`\exp(-(1 - \sqrt{k / d})^2 /
    (2 \nu^2))`.

    Parameters
    ----------
    log_shares : ndarray of shape (n_components + 1,)
        Logs of the probabilities of 0, 1, ..., n_components ones; minus infinity where
        there are none.
    n_components : int
        Length d of a mask.
    width : float
        The kernel's width :math:`\nu`, in units of the cosine distance.

    Returns
    -------
    shares : ndarray of shape (n_components + 1,)
        Probabilities under law times kernel.
    log_importance : ndarray of shape (n_components + 1,)
        Log of law / (law times kernel) for a mask of each size.
    """
    kept = np.sqrt(np.arange(n_components + 1) / n_components)
    with np.errstate(over="ignore", divide="ignore"):
        log_kernel = -0.5 * ((1.0 - kept) / width) ** 2
    log_kernel = np.maximum(log_kernel, np.finfo(float).min / 4)
    log_mean = logsumexp(log_shares + log_kernel)
    return np.exp(log_shares + log_kernel - log_mean), log_mean - log_kernel


def log_coin_sizes(n_components: int) -> np.ndarray:
    """Return the logs of the probabilities of 0, 1, ... ones among fair coins."""
    k = np.arange(n_components + 1)
    ways = gammaln(n_components + 1) - gammaln(k + 1) - gammaln(n_components - k + 1)
    return ways - n_components * np.log(2.0)


def log_subset_sizes(n_components: int) -> np.ndarray:
    """Return the same where 1, ..., n_components zeros are equally likely."""
    shares = np.full(n_components + 1, -np.log(n_components))
    shares[-1] = -np.inf
    return shares
