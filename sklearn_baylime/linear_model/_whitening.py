"""Coordinates in which the prior is isotropic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg


@dataclass(frozen=True)
class Whitening:
    """Root ``R`` of a prior precision without its factor: ``R.T @ R``.

    Attributes
    ----------
    root : ndarray of shape (n_features,) or (n_features, n_features), or None
        None for the identity, a vector for a diagonal, a matrix for an upper triangle.
    """

    root: Any = None

    @property
    def is_diagonal(self) -> bool:
        """Whether each whitened coordinate is one feature."""
        return self.root is None or self.root.ndim == 1

    def times_root(self, vectors: np.ndarray) -> np.ndarray:
        """Return ``R @ vectors``."""
        return self._scaled(vectors) if self.is_diagonal else self.root @ vectors

    def transpose_times(self, vectors: np.ndarray) -> np.ndarray:
        """Return ``R.T @ vectors``."""
        return self._scaled(vectors) if self.is_diagonal else self.root.T @ vectors

    def unwhiten(self, vectors: np.ndarray) -> np.ndarray:
        """Return ``inv(R) @ vectors``."""
        if self.is_diagonal:
            return self._scaled(vectors, invert=True)
        return linalg.solve_triangular(self.root, vectors)

    def whiten_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return ``rows @ inv(R)``."""
        if self.is_diagonal:
            return rows if self.root is None else rows / self.root
        return linalg.solve_triangular(self.root, rows.T, trans="T").T

    def prior_variances(self, n_features: int) -> np.ndarray:
        """Return the prior's variances for unit precision, (n_features,)."""
        if self.root is None:
            return np.ones(n_features)
        if self.is_diagonal:
            return 1.0 / self.root**2
        return (self.whiten_rows(np.eye(n_features)) ** 2).sum(axis=1)

    def _scaled(self, vectors: np.ndarray, invert: bool = False) -> np.ndarray:
        """Scale the rows of `vectors`, (n_features,) or (n_features, k)."""
        if self.root is None:
            return vectors
        root = self.root[:, None] if vectors.ndim == 2 else self.root
        return vectors / root if invert else vectors * root
