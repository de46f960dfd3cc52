"""Rows and answers about their weighted means, times the roots of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

# A column whose spread is less than this share of its mean varies by rounding alone.
_ROUNDING = 1e-14


@dataclass(frozen=True)
class WeightedRows:
    """Rows about their weighted mean, times the roots of their weights.

    Sparse rows are never centered in memory: the means are subtracted from products.

    Attributes
    ----------
    matrix : ndarray or sparse matrix of shape (n_samples, n_features)
        Scaled rows, of which ``outer(root, means)`` is still to be subtracted.
    root : ndarray of shape (n_samples,)
        Roots of the weights, which are relative to the largest.
    means : ndarray of shape (n_features,)
        Zeros for dense rows, which are centered.
    squares : ndarray of shape (n_features,)
        Sums of squares of the centered, scaled columns; 0 for constant columns.
    """

    matrix: Any
    root: np.ndarray
    means: np.ndarray
    squares: np.ndarray

    def column(self, j: int) -> np.ndarray:
        """Return one column (n,)."""
        column = self.matrix[:, [j]]
        return _dense(column)[:, 0] - self.means[j] * self.root

    def transpose_times(self, vectors: np.ndarray) -> np.ndarray:
        """Multiply the transpose by centered, scaled `vectors` (n, k)."""
        # Such vectors are orthogonal to the roots: the means drop out.
        return self.matrix.T @ vectors

    def gram(self) -> np.ndarray:
        """Return the products of the columns (d, d)."""
        weight = self.root @ self.root
        gram = _dense(self.matrix.T @ self.matrix)
        return gram - weight * np.outer(self.means, self.means)

    def outer(self) -> np.ndarray:
        """Return the products of the rows (n, n)."""
        shift = np.outer(self.matrix @ self.means, self.root)
        shift += shift.T - self.means @ self.means * np.outer(self.root, self.root)
        return _dense(self.matrix @ self.matrix.T) - shift


def weigh_rows(X: Any, y: Any, weights: np.ndarray) -> tuple[WeightedRows, np.ndarray]:
    """Center and scale rows (n, d) and answers (n, k).

    Answers are brought to a sum of squares of 1 (0 if constant), so that several count
    alike and squared products are shares of R^2.
    """
    shares = weights / weights.max()
    root, total = np.sqrt(shares), shares.sum()
    answers, y_squares = _center(y, shares @ y / total, root)
    answers /= np.sqrt(np.where(y_squares > 0, y_squares, 1.0))
    means = np.asarray(X.T @ shares).ravel() / total
    if not sparse.issparse(X):
        rows, squares = _center(X, means, root)
        return WeightedRows(rows, root, np.zeros(len(means)), squares), answers
    matrix = X.multiply(root[:, None]).tocsc()
    squares = np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel()
    squares = squares - total * means**2
    # Subtracting squares of means loses half of the digits.
    varies = squares > total * _ROUNDING * means**2
    matrix = (matrix @ sparse.diags(varies.astype(float))).tocsc()
    return WeightedRows(matrix, root, means * varies, squares * varies), answers


def _center(
    values: np.ndarray, means: np.ndarray, root: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return centered, scaled columns and their sums of squares."""
    centered = values - means
    if (root != 1).any():
        centered *= root[:, None]
    squares = np.einsum("ij,ij->j", centered, centered)
    constant = squares <= (root @ root) * (_ROUNDING * means) ** 2
    if constant.any():
        centered[:, constant] = squares[constant] = 0.0
    return centered, squares


def _dense(matrix: Any) -> np.ndarray:
    return matrix.toarray() if sparse.issparse(matrix) else matrix
