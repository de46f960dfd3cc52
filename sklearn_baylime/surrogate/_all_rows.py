"""The local model where every row there is was asked about."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy import linalg
from sklearn.base import BaseEstimator, RegressorMixin

# A weight below this share of the answers' spread is rounding.
_ROUNDING = 1e-13


class AllRowsRegressor(RegressorMixin, BaseEstimator):
    r"""Weighted least squares over all rows that exist, which leaves nothing to infer.

    Rows that are all there are, each once, are no sample: the weighted averages over
    them are the weights themselves. So nothing is shrunk and no prior has a say, and
    the covariance is 0.

    Where weights of the rows leave a direction open, the shortest solution is taken.
    """

    coef_: np.ndarray
    intercept_: np.ndarray

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the rows' answers.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns)
            All rows.
        y : ndarray of shape (n_rows,) or (n_rows, n_targets)
            Answers.
        sample_weight : ndarray of shape (n_rows,), default=None
            Weights.

        Returns
        -------
        self : object
        """
        weights = np.ones(len(X)) if sample_weight is None else sample_weight
        shares = weights / weights.sum()
        x_mean, y_mean = shares @ X, shares @ y
        root = np.sqrt(shares)
        rows, answers = (X - x_mean) * root[:, None], ((y - y_mean).T * root).T
        # A column that is the same in all rows must not come back by the rounding of
        # its mean.
        rows[:, np.ptp(X, axis=0) == 0] = 0.0
        noise = max(rows.shape) * np.finfo(np.float64).eps
        coef = linalg.lstsq(rows, answers, cond=noise)[0].T
        # What is left of effects that cancel is no effect of either sign.
        coef = np.where(np.abs(coef) > _ROUNDING * np.abs(answers).max(), coef, 0.0)
        self.coef_ = coef
        self.intercept_ = y_mean - coef @ x_mean
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the local model's answers (n_rows,) or (n_rows, n_targets)."""
        return X @ self.coef_.T + self.intercept_

    @property
    def sigma_(self) -> np.ndarray:
        """Covariance of the weights: 0."""
        return np.zeros((*self.coef_.shape, self.coef_.shape[-1]))

    @property
    def prior_share_(self) -> np.ndarray:
        """Share of the prior in each weight: 0."""
        return np.zeros(self.coef_.shape)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
