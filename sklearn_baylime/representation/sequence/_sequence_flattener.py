"""Sequences as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._seeds import seed_of_content
from sklearn_baylime.base._sklearn import fit_context
from sklearn_baylime.base._without import check_kept
from sklearn_baylime.representation.sequence._sequence import (
    BaseSequenceTransformer,
    mean_of_known,
    most_frequent,
)


class SequenceFlattener(BaseSequenceTransformer):
    """Flattener of sequences: each feature at each timestep is a column.

    As LIME's explainer for recurrent networks has it: columns are independent of each
    other. Feature by feature, the oldest timestep first.

    Parameters
    ----------
    categorical_features : array-like of int or str, default=None
        Features, by index or name, that are categories at every timestep.

    feature_names : array-like of str or None, default=None
        Names of the features of a timestep.

    Attributes
    ----------
    n_timesteps_ : int
        Length of the sequences.

    is_categorical_ : ndarray of bool of shape (n_features * n_timesteps,)
        Columns that are categories.

    n_features_in_ : int
        Number of features of a timestep.

    See Also
    --------
    SequenceDiscretizer : Segments of time instead of single timesteps.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import SequenceFlattener
    >>> flattener = SequenceFlattener(feature_names=["load"]).fit(np.zeros((5, 3, 1)))
    >>> flattener.get_feature_names_out()
    array(['load_t-2', 'load_t-1', 'load_t-0'], dtype=object)
    >>> flattener.transform([[[1.0], [2.0], [3.0]]])
    array([[1., 2., 3.]])
    """

    def __init__(
        self,
        *,
        categorical_features: ArrayLike | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
    ) -> None:
        self.categorical_features = categorical_features
        self.feature_names = feature_names

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # a background is needed here
        self, X: Any, y: Any = None
    ) -> Self:
        """Learn the shape of the sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_features)
            Background sequences; missing values (NaN), and categories that are strings.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted flattener.
        """
        X = self._check_sequences(X, reset=True)
        middle = np.empty(X.shape[1:], dtype=object if self._has_words(X) else float)
        for j, categorical in enumerate(self._categorical):
            values = X[:, :, j]
            middle[:, j] = (
                [most_frequent(column) for column in values.T]
                if categorical
                else mean_of_known(values.astype(np.float64), axis=0)
            )
        self._middle = middle.T.ravel()
        self.is_categorical_ = np.repeat(self._categorical, self.n_timesteps_)
        return self

    def _has_words(self, X: np.ndarray) -> bool:
        return X.dtype.kind in "OUS"

    def transform(self, X: Any) -> np.ndarray:
        """Return one row a sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_features)
            Sequences.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features * n_timesteps)
        """
        check_is_fitted(self)
        array = self._check_sequences(X, reset=False)
        return array.transpose(0, 2, 1).reshape(len(array), -1)

    def at(self, x: Any) -> Self:
        """Return a light copy that knows the instance.

        Parameters
        ----------
        x : array-like of shape (n_timesteps, n_features)
            The instance.

        Returns
        -------
        flattener : object
            With `reference_`, the row of `x`.
        """
        return super().at(x)

    def _take(self, x: Any) -> None:
        self.row_ = self._check_instance(x)[None]
        self.reference_ = self.transform(self.row_)[0]
        self.seed_ = seed_of_content(self.reference_)

    def describe(self) -> dict[str, Any] | None:
        """Return the sequence, whose features are single timesteps.

        Returns
        -------
        description : dict or None
            Of the kind "series"; None where its values are not numbers.
        """
        return self._describe([(t, t + 1) for t in range(self.n_timesteps_)])

    def inverse_transform(self, X: Any, start: int = 0) -> np.ndarray:
        """Return the sequences of rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features * n_timesteps)
            Rows.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        sequences : ndarray of shape (n_samples, n_timesteps, n_features)
            After `at`, row 0 of all rows is the instance.
        """
        check_is_fitted(self)
        rows = np.asarray(X)
        n_columns = self.n_features_in_ * self.n_timesteps_
        if rows.ndim != 2 or rows.shape[1] != n_columns:
            raise ValueError(
                f"The rows have shape {rows.shape}, expected (n, {n_columns})."
            )
        shape = len(rows), self.n_features_in_, self.n_timesteps_
        return self._with_instance(rows.reshape(shape).transpose(0, 2, 1), start)

    def without(self, kept: ArrayLike) -> np.ndarray:
        """Return the instance without some columns.

        The mean of the background stands in their place, or its most frequent category;
        nothing is drawn.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_features * n_timesteps)
            Columns that keep the instance's value.

        Returns
        -------
        sequences : ndarray of shape (n_rows, n_timesteps, n_features)
        """
        self._check_at()
        kept = check_kept(kept, len(self.reference_))
        return self.inverse_transform(
            np.where(kept, self.reference_, self._middle), start=1
        )

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects
            Such as ``"load_t-2"``: two timesteps before the last.
        """
        check_is_fitted(self)
        ages = range(self.n_timesteps_ - 1, -1, -1)
        names = [f"{name}_t-{age}" for name in self._names for age in ages]
        return np.array(names, dtype=object)
