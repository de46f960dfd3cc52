"""What the representations of sequences share: checks, and the names of columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._representation import RepresentationMixin


class BaseSequenceTransformer(RepresentationMixin, TransformerMixin, BaseEstimator):
    """Invertible transformer of sequences (n_samples, n_timesteps, n_features).

    A subclass has the parameters `categorical_features` and `feature_names`.
    """

    _parameter_constraints: dict = {
        "categorical_features": [None, "array-like"],
        "feature_names": [None, "array-like"],
    }

    def _check_sequences(self, X: Any, *, reset: bool) -> np.ndarray:
        if np.ndim(X) == 2 and not reset:
            X = np.asarray(X)[None]
        if np.ndim(X) != 3:
            raise ValueError(
                f"The sequences have shape {np.shape(X)}, expected (n_samples, "
                "n_timesteps, n_features)."
            )
        array = check_array(X, allow_nd=True, dtype="numeric", estimator=self)
        if reset:
            self.n_timesteps_ = array.shape[1]
            self.n_features_in_ = array.shape[2]
            self._read_names()
        elif array.shape[1:] != (self.n_timesteps_, self.n_features_in_):
            raise ValueError(
                f"The sequences have {array.shape[1]} timesteps of {array.shape[2]} "
                f"features, expected {self.n_timesteps_} of {self.n_features_in_}, as "
                "in fit."
            )
        return array

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

    def _read_names(self) -> None:
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
        self._categorical = column_mask(self.categorical_features, self._names)
