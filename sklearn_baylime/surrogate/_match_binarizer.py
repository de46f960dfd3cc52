"""Same as the instance, or not."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._plain import QuickParameters, validate_plain
from sklearn_baylime.base._sklearn import fit_context


class MatchBinarizer(
    QuickParameters, OneToOneFeatureMixin, TransformerMixin, BaseEstimator
):
    """Binarizer that says where a row has the same code as the instance.

    Parameters
    ----------
    reference : array-like of shape (n_features,) or None, default=None
        Code of the instance. An `ExplainerPipeline` sets it. None takes the most
        frequent value of each column.

    categorical_features : array-like of int or bool, default=None
        Columns to compare, by index or mask; the others pass as they are. None
        compares all. An `ExplainerPipeline` sets it to the columns that hold
        categories or bins.

    Attributes
    ----------
    is_compared_ : ndarray of bool of shape (n_features,)
        Columns that are compared.

    reference_ : ndarray of shape (n_features,)
        What rows are compared with.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    Examples
    --------
    >>> from sklearn_baylime.surrogate import MatchBinarizer
    >>> MatchBinarizer(reference=[2, 0]).fit_transform([[2, 0], [2, 1], [3, 1]])
    array([[1., 1.],
           [1., 0.],
           [0., 0.]])
    """

    _parameter_constraints: dict = {
        "reference": [None, "array-like"],
        "categorical_features": [None, "array-like"],
    }

    def __init__(
        self, reference: Any = None, *, categorical_features: ArrayLike | None = None
    ) -> None:
        self.reference = reference
        self.categorical_features = categorical_features

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Note what to compare with.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of codes.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted binarizer.

        Raises
        ------
        ValueError
            If `reference` has another length than the rows.
        """
        X = validate_plain(self, X)
        if self.reference is None:
            self.reference_ = np.array([_most_frequent(column) for column in X.T])
        else:
            self.reference_ = np.asarray(self.reference)
        if self.reference_.shape != (X.shape[1],):
            raise ValueError(
                f"reference has shape {self.reference_.shape}, expected one code a "
                f"column, ({X.shape[1]},)."
            )
        n_features = X.shape[1]
        self.is_compared_ = np.ones(n_features, dtype=bool)
        if self.categorical_features is not None:
            self.is_compared_ = column_mask(self.categorical_features, n_features)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return 1.0 where a row has the instance's code, else 0.0.

        Columns that are not compared keep their values.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of codes.

        Returns
        -------
        matches : ndarray of float of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = validate_plain(self, X, reset=False)
        if self.is_compared_.all():
            return (X == self.reference_).astype(np.float64)
        return np.where(self.is_compared_, X == self.reference_, X).astype(np.float64)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _most_frequent(column: np.ndarray) -> Any:
    values, counts = np.unique(column, return_counts=True)
    return values[np.argmax(counts)]
