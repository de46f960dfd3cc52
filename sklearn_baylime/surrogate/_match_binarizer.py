"""Same as the instance, or not."""

from __future__ import annotations

import numpy as np
from sklearn.base import (
    BaseEstimator,
    OneToOneFeatureMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils.validation import check_is_fitted, validate_data


class MatchBinarizer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Binarizer that says where a row has the same code as the instance.

    Parameters
    ----------
    reference : array-like of shape (n_features,) or None, default=None
        Code of the instance. An `ExplainerPipeline` sets it. None takes the most
        frequent value of each column.

    Attributes
    ----------
    reference_ : ndarray of shape (n_features,)
        What rows are compared with.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where `X` has string names.

    Examples
    --------
    >>> from sklearn_baylime.surrogate import MatchBinarizer
    >>> MatchBinarizer(reference=[2, 0]).fit_transform([[2, 0], [2, 1], [3, 1]])
    array([[1., 1.],
           [1., 0.],
           [0., 0.]])
    """

    _parameter_constraints: dict = {"reference": [None, "array-like"]}

    def __init__(self, reference=None):
        self.reference = reference

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
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
        X = validate_data(self, X)
        if self.reference is None:
            self.reference_ = np.array([_most_frequent(column) for column in X.T])
        else:
            self.reference_ = np.asarray(self.reference)
        if self.reference_.shape != (X.shape[1],):
            raise ValueError(
                f"reference has shape {self.reference_.shape}, expected one code a "
                f"column, ({X.shape[1]},)."
            )
        return self

    def transform(self, X):
        """Return 1.0 where a row has the instance's code, else 0.0.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of codes.

        Returns
        -------
        matches : ndarray of float of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        return (X == self.reference_).astype(np.float64)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _most_frequent(column):
    values, counts = np.unique(column, return_counts=True)
    return values[np.argmax(counts)]
