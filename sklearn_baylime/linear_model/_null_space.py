"""The prior where the rows say nothing, without a matrix of features by features.

With eigenvectors ``V`` of the whitened Gram matrix, the prior's covariance is left as
it is on the span of ``I - V @ V.T``. Of many features and few rows that matrix is the
largest thing by far, and most that is asked of it is its diagonal.
"""

from __future__ import annotations

import numpy as np

from sklearn_baylime.linear_model._whitening import Whitening

# Below this share of unseen variance 1 less what is seen has lost digits, and the
# projection itself is squared.
_CANCELS = 1e-4

# Features that are projected at once.
_PART = 256


def unseen_shares(vectors: np.ndarray) -> np.ndarray:
    """Return the diagonal of ``I - V @ V.T`` for orthonormal columns V, (n_features,).

    Exact to rounding of each number, also where next to nothing is left.
    """
    n_features, rank = vectors.shape
    if rank == n_features:
        return np.zeros(n_features)
    left = 1.0 - np.einsum("ij,ij->i", vectors, vectors)
    near = np.flatnonzero(left < _CANCELS)
    for first in range(0, len(near), _PART):
        rows = near[first : first + _PART]
        away = -vectors[rows] @ vectors.T
        away[np.arange(len(rows)), rows] += 1.0
        left[rows] = np.einsum("ij,ij->i", away, away)
    return left


def unseen_variances(vectors: np.ndarray, whitening: Whitening) -> np.ndarray:
    """Return the diagonal of `unseen_covariance`, (n_features,)."""
    if whitening.is_diagonal:
        return unseen_shares(vectors) * whitening.prior_variances(len(vectors))
    return np.diagonal(unseen_covariance(vectors, whitening)).copy()


def unseen_covariance(vectors: np.ndarray, whitening: Whitening) -> np.ndarray:
    """Return the prior's covariance for unit precision where the rows say nothing."""
    n_features, rank = vectors.shape
    if rank == n_features:
        return np.zeros((n_features, n_features))
    unseen = whitening.unwhiten(np.eye(n_features) - vectors @ vectors.T)
    return unseen @ unseen.T


def project_away(rows: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Return whitened `rows` (n, n_features) without their part along the vectors."""
    return rows - (rows @ vectors) @ vectors.T
