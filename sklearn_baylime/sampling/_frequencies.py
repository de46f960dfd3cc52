"""Codes counted, and drawn by how often they occur."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import gen_batches

# Up to this many values a column, comparing all columns at once beats searching each.
_FEW = 16

# Rows drawn at a time, few enough to stay in the cache.
_PART = 512


def count_codes(column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes that occur in a column, and their shares."""
    values, counts = np.unique(column, return_counts=True)
    return values, counts / len(column)


def inner_sums(shares: np.ndarray) -> np.ndarray:
    """Return the sums of the first shares, the last 1 left out."""
    sums = np.cumsum(shares)
    # Rounding must not leave room for codes at the end whose share is 0.
    return np.where(sums == sums[-1], 1.0, sums)[:-1]


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


def values_at(
    values: list[np.ndarray], positions: np.ndarray, dtype: Any
) -> np.ndarray:
    """Return the codes (n_samples, n_columns) at these positions."""
    if all(np.array_equal(v, np.arange(len(v))) for v in values):
        return positions.astype(dtype, copy=False)
    columns = zip(values, positions.T, strict=True)
    return np.stack([v[at] for v, at in columns], axis=1).astype(dtype)
