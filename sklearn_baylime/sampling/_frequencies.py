"""Codes counted, and drawn by how often they occur."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import gen_batches

# Up to this many values a column, comparing all columns at once beats searching each.
_FEW = 16

# Least share of the instance's own category: one that is hardly drawn tells nothing.
MIN_SHARE = 0.1

# Rows drawn at a time, few enough to stay in the cache.
_PART = 512


def count_codes(column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes that occur in a column, and their shares."""
    try:
        values, counts = np.unique(column, return_counts=True)
    except TypeError as error:
        raise TypeError(
            f"Codes cannot be ordered ({error}): argument must be a string or a "
            "number in each row of a column."
        ) from None
    return values, counts / len(column)


def inner_sums(shares: np.ndarray) -> np.ndarray:
    """Return the sums of the first shares, the last 1 left out."""
    sums = np.cumsum(shares)
    # Rounding must not leave room for codes at the end whose share is 0.
    return np.where(sums == sums[-1], 1.0, sums)[:-1]


def raise_share(shares: np.ndarray, own: np.ndarray, least: float) -> np.ndarray:
    """Return shares where one code has at least a given one, the others less.

    Parameters
    ----------
    shares : ndarray of shape (n_values,)
        Shares of a column's codes, which sum to 1.
    own : ndarray of bool of shape (n_values,)
        Which of them is the instance's. Nothing changes where it never occurs, or
        where all are it.
    least : float
        Its least share.

    Returns
    -------
    shares : ndarray of shape (n_values,)
        The same object where the share is large enough.

    Examples
    --------
    >>> import numpy as np
    >>> raise_share(np.array([0.01, 0.33, 0.66]), np.array([True, False, False]), 0.1)
    array([0.1, 0.3, 0.6])
    """
    share = float(shares[own].sum())
    if not 0 < share < least:
        return shares
    return np.where(own, least, shares * (1 - least) / (1 - share))


def draw_by_frequency(
    cumulative: list[np.ndarray],
    n_samples: int,
    rng: np.random.Generator,
    points: np.ndarray | None = None,
) -> np.ndarray:
    """Draw positions (n_samples, n_columns), each column by its own frequencies.

    `cumulative` holds the `inner_sums` of each column. `points` of the same shape
    replace the uniform numbers that `rng` draws otherwise.
    """
    n_columns, most = len(cumulative), max(map(len, cumulative))
    positions = np.empty((n_samples, n_columns), dtype=np.min_scalar_type(-1 - most))
    steps = np.full((most if most <= _FEW else 0, n_columns), np.inf)
    for k in range(len(steps)):
        for j, shares in enumerate(cumulative):
            steps[k, j] = shares[k] if k < len(shares) else np.inf
    for part in gen_batches(n_samples, _PART):
        if points is None:
            uniform = rng.random((part.stop - part.start, n_columns))
        else:
            uniform = points[part]
        if most > _FEW:
            for j, shares in enumerate(cumulative):
                found = np.searchsorted(shares, uniform[:, j], side="right")
                positions[part, j] = found
        else:
            passed = np.zeros(uniform.shape, dtype=np.int8)
            for step in steps:
                passed += (uniform >= step).view(np.int8)
            positions[part] = passed
    return positions


def places_within(
    cumulative: list[np.ndarray], positions: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Return where within its code's share each uniform number lies, from 0 to 1.

    Given the code that it became, the place is uniform: where a code stands for values
    in an order, such as those of a bin, number and place tell a value together.

    Parameters
    ----------
    cumulative : list of ndarray
        The `inner_sums` of each column.
    positions : ndarray of int of shape (n_samples, n_columns)
        Codes' positions, as `draw_by_frequency` gave them for `points`.
    points : ndarray of shape (n_samples, n_columns)
        Uniform numbers.

    Returns
    -------
    places : ndarray of float32 of shape (n_samples, n_columns)
    """
    places = np.empty(points.shape, dtype=np.float32)
    for j, inner in enumerate(cumulative):
        ends = np.concatenate([[0.0], inner, [1.0]])
        # In the spare first row codes are as drawn, too.
        low, high = ends[positions[:, j]], ends[positions[:, j] + 1]
        places[:, j] = (points[:, j] - low) / np.where(high > low, high - low, 1.0)
    return np.clip(places, 0.0, 1.0, out=places)


def values_at(
    values: list[np.ndarray], positions: np.ndarray, dtype: Any
) -> np.ndarray:
    """Return the codes (n_samples, n_columns) at these positions."""
    if all(np.array_equal(v, np.arange(len(v))) for v in values):
        return positions.astype(dtype, copy=False)
    columns = zip(values, positions.T, strict=True)
    return np.stack([v[at] for v, at in columns], axis=1).astype(dtype)
