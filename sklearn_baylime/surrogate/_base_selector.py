"""What the feature selectors share."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_baylime.base._links import LinkedMixin
from sklearn_baylime.base._sklearn import Interval, check_sample_weight, fit_context
from sklearn_baylime.surrogate._weighted_rows import WeightedRows, weigh_rows


class WeightedSelector(LinkedMixin, SelectorMixin, BaseEstimator):
    """Selector that sees rows and answers weighted and centered."""

    _parameter_constraints: dict = {
        "n_features": [Interval(Integral, 1, None, closed="left")]
    }

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Choose features.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Answers. Several count alike, whatever their units.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        self : object
            Fitted selector.

        Raises
        ------
        ValueError
            If no row has a weight.
        """
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            dtype=np.float64,
            multi_output=True,
            y_numeric=True,
        )
        weights = check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        if not weights.any():
            raise ValueError(
                "Sample weights must contain at least one non-zero number."
            )
        y = np.asarray(y, dtype=np.float64).reshape(len(weights), -1)
        rows, answers = weigh_rows(X, y, weights)
        n_features = min(self.n_features, X.shape[1])
        self.order_ = self._choose(rows, answers, n_features, weights.max())
        self.support_ = np.zeros(X.shape[1], dtype=bool)
        self.support_[self.order_] = True
        return self

    @abstractmethod
    def _choose(
        self, rows: WeightedRows, answers: np.ndarray, n_features: int, scale: float
    ) -> np.ndarray:
        """Return features in the order chosen; `scale` is the largest weight."""

    def _get_support_mask(self) -> np.ndarray:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags
