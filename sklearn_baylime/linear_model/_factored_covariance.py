"""A covariance of many coefficients, kept in factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_baylime.linear_model._null_space import project_away, unseen_shares

# Fewer coefficients than this are stated as a matrix, which is simpler to work with.
_FEW = 200


def is_wide(vectors: np.ndarray) -> bool:
    """Tell whether factors (n_features, rank) are much smaller than a matrix."""
    n_features, rank = vectors.shape
    return n_features > _FEW and 2 * rank <= n_features


@dataclass(frozen=True, eq=False)
class Span:
    r"""Covariance that is known along a few directions and isotropic across them.

    :math:`D (V K V^T + c\,(I - V V^T)) D` with orthonormal :math:`V`.

    Attributes
    ----------
    scale : ndarray of shape (n_features,)
        Diagonal of D.
    level : float
        Variance c across the directions.
    vectors : ndarray of shape (n_features, rank)
        V.
    core : ndarray of shape (rank, rank)
        K, positive semidefinite.
    """

    scale: np.ndarray
    level: float
    vectors: np.ndarray
    core: np.ndarray

    def diagonal(self) -> np.ndarray:
        """Return the variances."""
        along = np.einsum("ij,ij->i", self.vectors @ self.core, self.vectors)
        return self.scale**2 * (along + self.level * unseen_shares(self.vectors))

    def times(self, matrix: np.ndarray) -> np.ndarray:
        """Multiply by a matrix (n_features, k)."""
        scaled = self.scale[:, None] * matrix
        along = self.vectors.T @ scaled
        across = scaled - self.vectors @ along
        product = self.vectors @ (self.core @ along) + self.level * across
        return self.scale[:, None] * product

    def along(self, rows: np.ndarray) -> np.ndarray:
        """Return the variances of `rows` times the coefficients, (n_rows,)."""
        scaled = rows * self.scale
        scores = scaled @ self.vectors
        across = scaled - scores @ self.vectors.T
        variance = np.einsum("ij,ij->i", scores @ self.core, scores)
        return variance + self.level * np.einsum("ij,ij->i", across, across)

    def draw(self, n_draws: int, rng: np.random.RandomState) -> np.ndarray:
        """Draw normal deviations, (n_draws, n_features)."""
        values, vectors = np.linalg.eigh(self.core)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        n_features, rank = self.vectors.shape
        drawn = rng.standard_normal((n_draws, rank)) @ (self.vectors @ root).T
        across = rng.standard_normal((n_draws, n_features))
        drawn += np.sqrt(self.level) * project_away(across, self.vectors)
        return drawn * self.scale


@dataclass(frozen=True, eq=False)
class FactoredCovariance:
    r"""Covariance of many coefficients of few rows, in factors.

    Where rows are fewer than features the covariance is that of the prior but along the
    rows, so that it takes as much memory as these, where a matrix would take features
    times features. `numpy.asarray` makes the matrix.

    Parameters
    ----------
    spans : sequence of Span
        Parts that are added.
    columns : ndarray of shape (n_features, m)
        :math:`E E^T` is added too: what the means of a mixture vary by.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.linear_model import InformativeBayesianRidge
    >>> rng = np.random.RandomState(0)
    >>> X = rng.normal(size=(20, 3000))
    >>> estimator = InformativeBayesianRidge().fit(X, X[:, 0])
    >>> covariance = estimator.covariances_[0]
    >>> covariance.shape, covariance.diagonal().shape
    ((3000, 3000), (3000,))
    """

    spans: tuple[Span, ...]
    columns: np.ndarray

    # numpy's operators leave products with it to those below.
    __array_ufunc__ = None

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of the matrix."""
        return len(self.columns), len(self.columns)

    def diagonal(self) -> np.ndarray:
        """Return the variances.

        Returns
        -------
        variances : ndarray of shape (n_features,)
        """
        own = np.einsum("ij,ij->i", self.columns, self.columns)
        return np.maximum(sum((span.diagonal() for span in self.spans), own), 0.0)

    def along(self, rows: np.ndarray) -> np.ndarray:
        """Return the variances of `rows` times the coefficients.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_features)

        Returns
        -------
        variances : ndarray of shape (n_rows,)
        """
        own = ((rows @ self.columns) ** 2).sum(axis=1)
        return sum((span.along(rows) for span in self.spans), own)

    def draw(self, n_draws: int, rng: np.random.RandomState) -> np.ndarray:
        """Draw normal deviations of this covariance.

        Parameters
        ----------
        n_draws : int
        rng : RandomState instance

        Returns
        -------
        deviations : ndarray of shape (n_draws, n_features)
        """
        own = rng.standard_normal((n_draws, self.columns.shape[1])) @ self.columns.T
        return sum((span.draw(n_draws, rng) for span in self.spans), own)

    def to_dict(self) -> dict[str, Any]:
        """Return lists and numbers, as JSON holds them.

        Returns
        -------
        record : dict
        """
        spans = [
            {k: np.asarray(v).tolist() for k, v in vars(s).items()} for s in self.spans
        ]
        return {"spans": spans, "columns": self.columns.tolist()}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> FactoredCovariance:
        """Read what `to_dict` returned.

        Parameters
        ----------
        record : dict

        Returns
        -------
        covariance : FactoredCovariance
        """
        spans = tuple(Span(**_read_span(span)) for span in record["spans"])
        return cls(spans, np.asarray(record["columns"], dtype=np.float64))

    def __matmul__(self, other: np.ndarray) -> np.ndarray:
        matrix = other if other.ndim == 2 else other[:, None]
        product = self.columns @ (self.columns.T @ matrix)
        product = sum((span.times(matrix) for span in self.spans), product)
        return product if other.ndim == 2 else product[:, 0]

    def __rmatmul__(self, other: np.ndarray) -> np.ndarray:
        # It is symmetric.
        return (self @ other.T).T

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        matrix = self @ np.eye(len(self.columns))
        matrix = 0.5 * (matrix + matrix.T)
        return matrix if dtype is None else matrix.astype(dtype, copy=False)


def unknown_covariance(n_features: int) -> Any:
    """Return a covariance that is NaN, in factors for many features."""
    if n_features <= _FEW:
        return np.full((n_features, n_features), np.nan)
    return FactoredCovariance((), np.full((n_features, 1), np.nan))


def _read_span(record: dict[str, Any]) -> dict[str, Any]:
    arrays = {k: np.asarray(v, dtype=np.float64) for k, v in record.items()}
    return {**arrays, "level": float(arrays["level"])}
