"""What the representations of sequences share: checks, and the names of columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._representation import RepresentationMixin
from sklearn_baylime.representation.sequence._padding import pad_in_front


class BaseSequenceTransformer(RepresentationMixin, TransformerMixin, BaseEstimator):
    """Invertible transformer of sequences (n_samples, n_timesteps, n_features).

    A subclass has the parameters `categorical_features` and `feature_names`.
    """

    _parameter_constraints: dict = {
        "categorical_features": [None, "array-like"],
        "feature_names": [None, "array-like"],
    }

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _check_sequences(self, X: Any, *, reset: bool) -> np.ndarray:
        padding = getattr(self, "padding", None)
        X = _as_array(X) if padding is None else self._pad(X, padding, reset)
        if X.ndim == 2 and not reset:
            X = X[None]
        if X.ndim != 3:
            advice = {
                1: ": of one feature pass x[:, None]",
                2: ": with one feature a timestep pass X[:, :, None]",
                4: ": pass one of them, or X[0]",
            }.get(X.ndim, "")
            raise ValueError(
                f"The sequences have shape {X.shape}, expected (n_samples, "
                "n_timesteps, n_features), or (n_timesteps, n_features) of one"
                f"{advice}."
            )
        words = X.dtype.kind in "OUS"
        array = check_array(
            X,
            allow_nd=True,
            dtype=None if words else "numeric",
            ensure_all_finite=False if words else "allow-nan",
            estimator=self,
        )
        if reset:
            self.n_timesteps_ = array.shape[1]
            self.n_features_in_ = array.shape[2]
            self._read_names(array)
        elif array.shape[1:] != (self.n_timesteps_, self.n_features_in_):
            raise ValueError(
                f"The sequences have {array.shape[1]} timesteps of {array.shape[2]} "
                f"features, expected {self.n_timesteps_} of {self.n_features_in_}, as "
                "in fit."
            )
        return array

    def _pad(self, X: Any, padding: Any, reset: bool) -> np.ndarray:
        """Return sequences as an array, padded to one length."""
        length = None if reset else self.n_timesteps_
        ragged = isinstance(X, list | tuple) and len({np.shape(x)[:1] for x in X}) > 1
        if not ragged:
            array = np.asarray(X)
            # Without sequences of another length there is nothing to pad.
            if reset or array.ndim not in (2, 3) or array.shape[-2] == length:
                return array
            X = [array] if array.ndim == 2 else list(array)
        return pad_in_front(X, length, padding)

    def instances(self, X: Any) -> list[np.ndarray]:
        """Return sequences one by one; a single one is one.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_features)
            Sequences, or one of shape (n_timesteps, n_features).

        Returns
        -------
        sequences : list of ndarray of shape (n_timesteps, n_features)
        """
        return list(self._check_sequences(X, reset=False))

    def _check_instance(self, x: Any) -> np.ndarray:
        """Return one sequence (n_timesteps, n_features)."""
        sequences = self._check_sequences(x, reset=False)
        if len(sequences) != 1:
            raise ValueError(f"The instance is {len(sequences)} sequences, expected 1.")
        return sequences[0]

    def _describe(self, spans: Any) -> dict[str, Any] | None:
        """Return the instance as a series whose features are spans of time."""
        values = self.row_[0]
        if values.dtype.kind not in "biuf":
            return None
        channels = range(self.n_features_in_)
        return {
            "kind": "series",
            "values": values,
            "segments": [(first, last, j) for j in channels for first, last in spans],
            "names": list(self._names),
        }

    def _read_names(self, array: np.ndarray) -> None:
        n_features = self.n_features_in_
        names = self.feature_names
        names = [f"x{j}" for j in range(n_features)] if names is None else names
        self._names = [str(name) for name in names]
        if len(self._names) != n_features:
            raise ValueError(
                f"feature_names has {len(self._names)} names, expected one for each of "
                f"the {n_features} features of a timestep."
            )
        # A feature is categorical at every timestep.
        chosen = column_mask(self.categorical_features, self._names)
        self._categorical = chosen | _are_words(array)


def _as_array(X: Any) -> np.ndarray:
    """Return sequences as an array, or say that their lengths differ."""
    if isinstance(X, list | tuple):
        lengths = sorted({np.shape(x)[:1] for x in X})
        if len(lengths) > 1 and all(lengths):
            raise ValueError(
                f"The sequences have {lengths[0][0]} to {lengths[-1][0]} timesteps, "
                "expected as many in each: give the value that pads them, padding=0, "
                "or NaN, which then is told and not perturbed; the model is asked "
                "about padded sequences."
            )
    return np.asarray(X)


def _are_words(array: np.ndarray) -> np.ndarray:
    """Tell the features that hold something else than numbers, (n_features,)."""
    if array.dtype.kind in "US":
        return np.ones(array.shape[2], dtype=bool)
    if array.dtype.kind != "O":
        return np.zeros(array.shape[2], dtype=bool)
    return np.array([not _is_numeric(array[:, :, j]) for j in range(array.shape[2])])


def _is_numeric(values: np.ndarray) -> bool:
    try:
        values.astype(np.float64)
    except (TypeError, ValueError):
        return False
    return not any(isinstance(value, str) for value in values.ravel().tolist())


def most_frequent(values: np.ndarray) -> Any:
    """Return the most frequent of some values, the least of equals."""
    known, counts = np.unique(values, return_counts=True)
    return known[np.argmax(counts)]


def mean_of_known(values: np.ndarray, axis: int) -> np.ndarray:
    """Return means without missing values, NaN where there is no other."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
