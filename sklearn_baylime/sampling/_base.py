"""What all samplers share."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data


class BaseSampler(BaseEstimator):
    """Sampler of rows around an instance; subclasses draw, this class checks.

    A subclass has the parameter `n_samples` and the methods `_learn(codes)`, if it
    learns anything, and `_draw(reference, n_samples, rng)`.
    """

    _parameter_constraints: dict = {
        "n_samples": [Interval(Integral, 1, None, closed="left")]
    }

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn from the codes of the background.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            Codes of the background.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted sampler.
        """
        X = validate_data(self, X, dtype=None)
        self._learn(X)
        self.n_columns_ = X.shape[1]
        return self

    def sample(self, reference, n_samples=None, random_state=None):
        """Draw rows around the instance.

        Parameters
        ----------
        reference : array-like of shape (n_features,)
            Code of the instance.
        n_samples : int or None, default=None
            Number of rows, the instance counted; the sampler's own if None.
        random_state : int, RandomState instance or None, default=None
            Seed: equal seeds give equal rows.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features)
            The first row is the instance.

        Raises
        ------
        ValueError
            If `reference` has another length than the codes, or n_samples < 1.
        """
        check_is_fitted(self)
        reference = np.asarray(reference)
        if reference.shape != (self.n_columns_,):
            raise ValueError(
                f"The reference has shape {reference.shape}, expected one code a "
                f"column, ({self.n_columns_},)."
            )
        n_samples = self.n_samples if n_samples is None else n_samples
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise ValueError(f"n_samples is {n_samples!r}, expected an integer >= 1.")
        seed = check_random_state(random_state).randint(np.iinfo(np.int32).max)
        rows = self._draw(reference, int(n_samples), np.random.default_rng(seed))
        rows[0] = reference
        return rows

    def _learn(self, codes):
        """Learn nothing, unless a subclass says what."""

    @abstractmethod
    def _draw(self, reference, n_samples, rng):
        """Return an array (n_samples, n_features); its first row is overwritten."""
