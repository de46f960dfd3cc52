"""What an instance of a sparse table has."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_baylime.base._links import LinkedMixin
from sklearn_baylime.base._sklearn import fit_context


class NonzeroSelector(LinkedMixin, SelectorMixin, BaseEstimator):
    """Selector of the columns in which an instance is not zero, as dense rows.

    A sampler of sparse rows perturbs these columns only: the others are constant.

    Parameters
    ----------
    reference : sparse matrix of shape (1, n_features), array-like or None, default=None
        Code of the instance. An `ExplainerPipeline` sets it. None takes the columns
        that are not zero in all rows.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    Examples
    --------
    >>> from scipy import sparse
    >>> from sklearn_baylime.surrogate import NonzeroSelector
    >>> rows = sparse.csr_matrix([[0.0, 1.0, 2.0], [0.0, 3.0, 0.5]])
    >>> NonzeroSelector(reference=rows[0]).fit_transform(rows)
    array([[1. , 2. ],
           [3. , 0.5]])
    """

    _parameter_constraints: dict = {
        "reference": [None, "array-like", "sparse matrix"],
    }

    def __init__(self, reference: Any = None) -> None:
        self.reference = reference

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Note the columns.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted selector.

        Raises
        ------
        ValueError
            If `reference` has another length than the rows, or the instance is zero in
            every column.
        """
        X = validate_data(self, X, accept_sparse="csr")
        row = X if self.reference is None else self.reference
        row = row.tocsr() if sparse.issparse(row) else np.atleast_2d(row)
        if row.shape[1] != X.shape[1]:
            raise ValueError(
                f"reference has {row.shape[1]} values, expected one a column, "
                f"{X.shape[1]}."
            )
        self._support = np.zeros(X.shape[1], dtype=bool)
        self._support[row.nonzero()[1]] = True
        if not self._support.any():
            raise ValueError(
                "The instance is zero in every column, expected some others: there is "
                "nothing to perturb."
            )
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the columns as dense rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_selected)
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        chosen = X[:, np.flatnonzero(self._support)]
        return chosen.toarray() if sparse.issparse(chosen) else chosen

    def _get_support_mask(self) -> np.ndarray:
        return self._support

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_support")
