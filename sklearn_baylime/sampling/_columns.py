"""What samplers learn about columns, and which of them are categories."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis, min_max_axis


class ColumnMoments(NamedTuple):
    """Mean, standard deviation, least and greatest value of each column."""

    mean: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray


def moments_of(X) -> ColumnMoments:
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


def categorical_mask(categorical_features, n_features: int) -> np.ndarray:
    """Return which columns are categories, as a boolean mask (n_features,).

    Parameters
    ----------
    categorical_features : None or array-like of bool or int
        Mask of shape (n_features,), or indices of the columns.
    n_features : int
        Number of columns.

    Raises
    ------
    ValueError
        If it is neither.
    """
    mask = np.zeros(n_features, dtype=bool)
    given = np.asarray([] if categorical_features is None else categorical_features)
    if given.size == 0:
        return mask
    is_mask = given.dtype == bool and given.shape == mask.shape
    is_indices = given.dtype.kind in "iu" and given.ndim == 1
    if is_indices:
        is_indices = given.min() >= 0 and given.max() < n_features
    if not (is_mask or is_indices):
        raise ValueError(
            f"categorical_features is {categorical_features!r}, expected a mask of "
            f"{n_features} booleans, or indices from 0 to {n_features - 1} of the "
            "columns whose codes are categories."
        )
    mask[given] = True
    return mask


def column_of(X, j: int) -> np.ndarray:
    """Return one column of an ndarray or csr as an ndarray (n_rows,)."""
    return X[:, [j]].toarray()[:, 0] if sparse.issparse(X) else X[:, j]
