"""What samplers learn about columns, and which of them are categories."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis, min_max_axis


class ColumnMoments(NamedTuple):
    """Mean, standard deviation, least and greatest value of each column."""

    mean: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray


def moments_of(X: Any) -> ColumnMoments:
    """Describe the columns of an ndarray or csr of floats, without densifying it.

    The standard deviation divides by the number of rows. It is exactly 0 where a column
    is constant, and no mean lies outside the column's range, whatever the rounding.
    """
    if sparse.issparse(X):
        mean, variance = mean_variance_axis(X, axis=0)
        scale = np.sqrt(variance)
        low, high = min_max_axis(X, axis=0)
    else:
        mean, scale = X.mean(axis=0), X.std(axis=0)
        low, high = X.min(axis=0), X.max(axis=0)
    scale = np.where(low == high, 0.0, scale)
    return ColumnMoments(np.clip(mean, low, high), scale, low, high)


def column_of(X: Any, j: int) -> np.ndarray:
    """Return one column of an ndarray or csr as an ndarray (n_rows,)."""
    return X[:, [j]].toarray()[:, 0] if sparse.issparse(X) else X[:, j]
