"""Sparse tables in units of their spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.sparsefuncs import mean_variance_axis
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_baylime.base._representation import RepresentationMixin
from sklearn_baylime.base._sklearn import check_feature_names_in, fit_context
from sklearn_baylime.base._without import check_kept
from sklearn_baylime.representation.table._names import format_numbers


class SparseScaler(RepresentationMixin, TransformerMixin, BaseEstimator):
    """Scaler of sparse tables, which keeps zeros zero.

    Columns are divided by their standard deviations, and not centered.

    Parameters
    ----------
    feature_names : array-like of str or None, default=None
        Names of the columns.

    Attributes
    ----------
    scale_ : ndarray of shape (n_features,)
        Standard deviations of the columns, zeros counted; 1 for constant ones.

    is_categorical_ : ndarray of bool of shape (n_features,)
        Columns of the codes that are categories: none.

    n_features_in_ : int
        Number of columns seen during fit.

    See Also
    --------
    TableScaler : The same for dense tables.
    sklearn_baylime.surrogate.NonzeroSelector : Keeps what an instance has.

    Examples
    --------
    >>> from scipy import sparse
    >>> from sklearn_baylime.representation import SparseScaler
    >>> scaler = SparseScaler().fit(sparse.csr_matrix([[0.0, 1.0], [4.0, 0.0]]))
    >>> scaler.scale_
    array([2. , 0.5])
    """

    _parameter_constraints: dict = {"feature_names": [None, "array-like"]}

    def __init__(
        self, *, feature_names: Sequence[str] | np.ndarray | None = None
    ) -> None:
        self.feature_names = feature_names

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # a background is needed here
        self, X: Any, y: Any = None
    ) -> Self:
        """Learn the standard deviations.

        Parameters
        ----------
        X : sparse matrix of shape (n_samples, n_features)
            Background data.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted scaler.
        """
        X = self._check(X, reset=True)
        _, variance = mean_variance_axis(X, axis=0)
        self.scale_ = np.where(variance > 0, np.sqrt(variance), 1.0)
        self.is_categorical_ = np.zeros(X.shape[1], dtype=bool)
        names: Any = self.feature_names
        names = [f"x{j}" for j in range(X.shape[1])] if names is None else names
        if len(names) != X.shape[1]:
            raise ValueError(
                f"feature_names has {len(names)} names, expected one for each of the "
                f"{X.shape[1]} columns."
            )
        self._names = np.array([str(name) for name in names], dtype=object)
        return self

    def transform(self, X: Any) -> Any:
        """Return rows in units of the standard deviations.

        Parameters
        ----------
        X : sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        codes : sparse matrix of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return self._times(self._check(X, reset=False), 1.0 / self.scale_)

    def at(self, x: Any) -> Self:
        """Return a light copy that knows the instance.

        Parameters
        ----------
        x : sparse matrix of shape (1, n_features)
            The instance.

        Returns
        -------
        scaler : object
            With `reference_`, the code of `x`; `inverse_transform` gives back `x`
            itself as the first row.
        """
        return super().at(x)

    def _take(self, x: Any) -> None:
        super()._take(self._check(x, reset=False))

    def inverse_transform(self, X: Any, start: int = 0) -> Any:
        """Return model inputs.

        Parameters
        ----------
        X : sparse matrix of shape (n_samples, n_features)
            Codes.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        rows : sparse matrix of shape (n_samples, n_features)
            After `at`, row 0 of all rows is the instance.
        """
        check_is_fitted(self)
        rows = self._times(X, self.scale_)
        return self._with_instance(rows, start)

    def without(self, kept: ArrayLike) -> sparse.csr_matrix:
        """Return the instance without some columns, which are 0 then.

        As most are in the background; nothing is drawn.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_features)
            Columns that keep the instance's value.

        Returns
        -------
        rows : sparse matrix of shape (n_rows, n_features)
        """
        self._check_at()
        kept = check_kept(kept, self.n_features_in_)
        columns = self.row_.indices
        values = sparse.csr_matrix(kept[:, columns] * self.row_.data)
        inside = columns[values.indices]
        rows = type(self.row_)((values.data, inside, values.indptr), shape=kept.shape)
        rows.sort_indices()
        return rows

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the columns' names, after `at` with the unit of their weights.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns; those given by default.

        Returns
        -------
        names : ndarray of str objects of shape (n_features,)
        """
        check_is_fitted(self)
        names = self._names
        if input_features is not None:
            names = check_feature_names_in(self, input_features)
        if not self._is_at:
            return names.copy()
        units = [format_numbers([scale])[0] for scale in self.scale_]
        told = [f"{n} (per {unit})" for n, unit in zip(names, units, strict=True)]
        return np.array(told, dtype=object)

    def _check(self, X: Any, *, reset: bool) -> Any:
        if not sparse.issparse(X):
            raise TypeError(
                f"The table is a {type(X).__name__}, expected a scipy sparse matrix; "
                "use TableScaler for dense tables."
            )
        if X.ndim == 1:
            # scipy's arrays lose an axis where one row is taken.
            X = X.reshape(1, -1)
        return validate_data(
            self, X, accept_sparse="csr", dtype=np.float64, reset=reset
        )

    def _times(self, X: Any, factors: np.ndarray) -> Any:
        scaled = X.tocsr(copy=True)
        scaled.data *= factors.take(scaled.indices)
        return scaled

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        # Sparse tables alone: dense ones have a scaler of their own.
        tags.input_tags.two_d_array = False
        return tags
