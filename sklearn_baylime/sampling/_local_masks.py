"""Masks of given numbers of ones, made of masks of coins."""

from __future__ import annotations

import numpy as np

from sklearn_baylime.base._tilt import log_coin_sizes


def draw_sizes(
    masks: np.ndarray,
    shares: np.ndarray,
    rng: np.random.Generator,
    *,
    is_paired: bool,
) -> np.ndarray:
    r"""Draw a number of ones for each mask by another law, the nearest to its own.

    The number m of a mask of fair coins becomes the uniform number :math:`F(m - 1) + v
    f(m)` of its distribution, with uniform :math:`v`, which becomes k by the inverse of
    the other distribution: more stays more.

    Parameters
    ----------
    masks : ndarray of int8 of shape (n_masks, n_components)
        Masks of fair coins.
    shares : ndarray of shape (n_components + 1,)
        Probabilities of 0, 1, ... ones.
    rng : numpy.random.Generator
        Source of randomness.
    is_paired : bool
        Whether every second mask is the complement of the one before. It takes
        :math:`1 - v`, so that the uniform numbers of a pair sum to 1.

    Returns
    -------
    sizes : ndarray of int of shape (n_masks,)
    """
    n_masks, n_components = masks.shape
    coins = np.exp(log_coin_sizes(n_components))
    below = np.append(0.0, np.cumsum(coins))
    n_ones = masks.sum(axis=1, dtype=np.int64)
    within = rng.random((n_masks,))
    if is_paired:
        within[1::2] = 1.0 - within[0::2][: n_masks // 2]
    uniform = below[n_ones] + within * coins[n_ones]
    sums = np.cumsum(shares)
    # Rounding must not leave room for sizes at the end whose share is 0.
    sums = np.where(sums == sums[-1], 1.0, sums)[:-1]
    return np.searchsorted(sums, uniform, side="right")


def resize_masks(
    masks: np.ndarray, sizes: np.ndarray, rng: np.random.Generator, *, is_even: bool
) -> None:
    """Turn the least number of components around so that masks keep as many as told.

    Which ones is random; all components are treated alike, so that a mask is one of
    those of its size, each as likely, if it was so before.

    Parameters
    ----------
    masks : ndarray of int8 of shape (n_masks, n_components)
        Masks; they are changed.
    sizes : ndarray of int of shape (n_masks,)
        Number of ones that each is to have.
    rng : numpy.random.Generator
        Source of randomness.
    is_even : bool
        Whether the components that were removed more often than others in the masks
        before are kept first, and the others removed first, so that all are removed
        equally often. Masks depend on each other then.
    """
    n_removed = np.zeros(masks.shape[1])
    changes = sizes - masks.sum(axis=1, dtype=np.int64)
    for mask, change in zip(masks, changes.tolist(), strict=True):
        if change != 0:
            # Chance decides among equals.
            order = rng.random(len(n_removed))
            if is_even:
                order += n_removed
            free = np.flatnonzero(mask == (change < 0))
            least = np.argsort(order[free] if change < 0 else -order[free])
            mask[free[least[: abs(change)]]] = change > 0
        n_removed += mask == 0
