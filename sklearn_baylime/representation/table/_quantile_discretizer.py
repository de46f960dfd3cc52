"""Bins of equal frequency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.base._sklearn import Interval
from sklearn_baylime.representation.table._discretizer import BaseDiscretizer


class QuantileDiscretizer(BaseDiscretizer):
    """Bins at the quantiles of the background data, as LIME has them.

    Numeric columns are cut into bins of about equal frequency; categorical columns keep
    their categories. The way back draws a value from the truncated normal of the
    training data in the bin, so that the model is asked about plausible values.

    Parameters
    ----------
    n_bins : int, default=4
        Number of bins a numeric column is cut into: 4 for quartiles, 10 for deciles.
        Equal quantiles fall together, so that a column may have fewer.

    categorical_features : array-like of int or str, default=None
        Indices or names of columns to treat as categories. Columns of strings,
        booleans and frame categories are categories without being named.

    categorical_names : dict or None, default=None
        Names of the categories of columns, by index or name: a list for the values 0,
        1, ..., or a dict from values to names.

    feature_names : array-like of str or None, default=None
        Names of the columns of an array; frames bring their own.

    random_state : int, RandomState instance or None, default=None
        Seed of the values drawn within bins.

    Attributes
    ----------
    borders_ : list of (ndarray or None)
        Inner borders of each numeric column, None for a categorical one. A value on a
        border belongs to the lower bin.

    categories_ : list of (ndarray or None)
        Values of each categorical column, None for a numeric one.

    n_bins_ : ndarray of int of shape (n_features,)
        Number of codes of each column; missing values have the last, where there are
        some.

    frequencies_ : list of ndarray
        Share of each code of each column in the background.

    is_categorical_ : ndarray of bool of shape (n_features,)
        Columns of the codes that are categories, not quantities: all of them.

    reference_ : ndarray of int of shape (n_features,)
        Code of the instance; only in the copies that `at` returns.

    seed_ : int
        Seed of the values around the instance; only in the copies that `at` returns.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    See Also
    --------
    sklearn_baylime.sampling.BinSampler : Samples codes by their frequency.
    sklearn_baylime.surrogate.MatchBinarizer : Compares codes with the instance's.

    References
    ----------
    .. [1] M. T. Ribeiro, S. Singh, C. Guestrin (2016). "Why Should I Trust You?":
       Explaining the Predictions of Any Classifier. KDD.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import QuantileDiscretizer
    >>> X = np.arange(12.0).reshape(-1, 1)
    >>> discretizer = QuantileDiscretizer(random_state=0).fit(X)
    >>> discretizer.transform([[0.0], [4.0], [11.0]]).ravel()
    array([0, 1, 3], dtype=int16)
    >>> here = discretizer.at([4.0])
    >>> here.get_feature_names_out()
    array(['2.75 < x0 <= 5.5'], dtype=object)
    >>> here.inverse_transform([[1], [1], [3]]).ravel()
    array([4., 4., 9.])
    """

    _parameter_constraints: dict = {
        "n_bins": [Interval(Integral, 2, None, closed="left")],
        **BaseDiscretizer._parameter_constraints,
    }

    def __init__(
        self,
        n_bins: int = 4,
        *,
        categorical_features: ArrayLike | None = None,
        categorical_names: Mapping[Any, Any] | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_bins = n_bins
        self.categorical_features = categorical_features
        self.categorical_names = categorical_names
        self.feature_names = feature_names
        self.random_state = random_state

    def _find_borders(self, j: int, values: Any) -> np.ndarray:
        # As numpy's percentiles, but exact at a row: a border that is a value of the
        # data must not lie a rounding error below it.
        ordered = np.sort(values)
        position = np.arange(1, self.n_bins) * (len(values) - 1) / self.n_bins
        below = np.floor(position).astype(np.intp)
        above = np.minimum(below + 1, len(values) - 1)
        low, high = ordered[below], ordered[above]
        between = low + (position - below) * (high - low)
        return np.unique(np.where(low == high, low, between))
