"""What the representations of sequences share: checks, and the names of columns."""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array


class BaseSequenceTransformer(TransformerMixin, BaseEstimator):
    """Invertible transformer of sequences (n_samples, n_timesteps, n_features).

    A subclass has the parameters `categorical_features` and `feature_names`.
    """

    _parameter_constraints: dict = {
        "categorical_features": [None, "array-like"],
        "feature_names": [None, "array-like"],
    }

    def _check_sequences(self, X, *, reset) -> np.ndarray:
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

    def _read_names(self):
        n_features = self.n_features_in_
        names = self.feature_names
        names = [f"x{j}" for j in range(n_features)] if names is None else names
        self._names = [str(name) for name in names]
        if len(self._names) != n_features:
            raise ValueError(
                f"feature_names has {len(self._names)} names, expected one for each of "
                f"the {n_features} features of a timestep."
            )
        self._categorical = np.zeros(n_features, dtype=bool)
        given = self.categorical_features
        for feature in () if given is None else given:
            if isinstance(feature, str) and feature in self._names:
                self._categorical[self._names.index(feature)] = True
            elif isinstance(feature, Integral) and 0 <= int(feature) < n_features:
                self._categorical[int(feature)] = True
            else:
                raise ValueError(
                    f"categorical_features has {feature!r}, expected an index from 0 "
                    f"to {n_features - 1} or one of the names {self._names}: a feature "
                    "is categorical at every timestep."
                )
