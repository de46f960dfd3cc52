"""LIME's feature selections as scikit-learn selectors."""

from __future__ import annotations

from numbers import Real

import numpy as np

from sklearn_baylime.base._sklearn import Interval
from sklearn_baylime.surrogate._base_selector import WeightedSelector
from sklearn_baylime.surrogate._selection import (
    forward_order,
    lasso_order,
    ridge_order,
)
from sklearn_baylime.surrogate._weighted_rows import WeightedRows

# LIME's "auto" takes forward selection up to this number of features.
_MOST_FORWARD = 6


class ForwardSelector(WeightedSelector):
    r"""Selector that adds, one at a time, the feature that raises R^2 most.

    :math:`R^2` is that of the weighted least-squares fit with intercept on the features
    chosen so far and one more. With the columns :math:`z_j` about their weighted means
    and times the roots of the weights, the basis :math:`Q` of those chosen and the
    residual :math:`r`, it rises by

    .. math:: (z_j^T r)^2 / (\|z_j\|^2 - \|Q^T z_j\|^2),

    so that nothing is fitted again (orthogonal least squares).

    Parameters
    ----------
    n_features : int, default=6
        Number of features to choose; all if there are not more.

    Attributes
    ----------
    order_ : ndarray of int of shape (n_selected,)
        Features in the order chosen.

    support_ : ndarray of bool of shape (n_features,)
        Which features are chosen.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    Notes
    -----
    LIME's `forward_selection` chooses the same features by a fit for each candidate.
    Constant columns and combinations of chosen ones raise nothing; between equal
    columns, and where nothing helps, the first is chosen. For several answers their
    :math:`R^2` are added.

    References
    ----------
    .. [1] Chen, S., Billings, S. A. and Luo, W. (1989). Orthogonal least squares
       methods and their application to non-linear system identification.
       International Journal of Control, 50, 1873-1896.

    Examples
    --------
    >>> from sklearn_baylime.surrogate import ForwardSelector
    >>> X = [[1, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1], [0, 1, 0]]
    >>> ForwardSelector(2).fit(X, [5.0, 3.0, 2.0, 0.0, 2.0]).order_
    array([0, 1])
    """

    def __init__(self, n_features: int = 6) -> None:
        self.n_features = n_features

    def _choose(
        self, rows: WeightedRows, answers: np.ndarray, n_features: int, scale: float
    ) -> np.ndarray:
        return forward_order(rows, answers, n_features)


class HighestWeightsSelector(WeightedSelector):
    r"""Selector of the features of the largest coefficients of a ridge regression.

    The coefficients :math:`(Z^T Z + \alpha I)^{-1} Z^T c` are those of a weighted fit
    with intercept on all features: rows :math:`Z` and answers :math:`c` about their
    weighted means, times the roots of the weights.

    Parameters
    ----------
    n_features : int, default=10
        Number of features to choose; all if there are not more.

    alpha : float, default=0.01
        Penalty, in units of weight times column squared; against the weights as they
        are given, as `sklearn.linear_model.Ridge` has it.

    Attributes
    ----------
    order_ : ndarray of int of shape (n_selected,)
        Features in the order chosen.

    support_ : ndarray of bool of shape (n_features,)
        Which features are chosen.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    Notes
    -----
    Columns should have comparable units, as matches, masks and standardized columns
    do. On matches and masks this is LIME's `highest_weights`. On continuous columns
    LIME multiplies coefficients by the instance's standardized values, and misses a
    feature whose value is at the mean, however much it matters; here it is found. For
    several answers the coefficients, per standard deviation of the answer, are added.

    Examples
    --------
    >>> from sklearn_baylime.surrogate import HighestWeightsSelector
    >>> X = [[1, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1], [0, 1, 0]]
    >>> HighestWeightsSelector(2).fit(X, [5.0, 3.0, 2.0, 0.0, 2.0]).get_support()
    array([ True,  True, False])
    """

    _parameter_constraints: dict = {
        **WeightedSelector._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, n_features: int = 10, *, alpha: float = 0.01) -> None:
        self.n_features = n_features
        self.alpha = alpha

    def _choose(
        self, rows: WeightedRows, answers: np.ndarray, n_features: int, scale: float
    ) -> np.ndarray:
        return ridge_order(rows, answers, self.alpha, scale)[:n_features]


class LassoPathSelector(WeightedSelector):
    r"""Selector of the densest support of the lasso path that is small enough.

    The path minimizes :math:`\|c - Z w\|^2 / 2 + \alpha \|w\|_1` for falling
    :math:`\alpha`: rows :math:`Z` and answers :math:`c` about their weighted means,
    times the roots of the weights. The last support with at most `n_features` is taken.

    Parameters
    ----------
    n_features : int, default=10
        Largest number of features to choose. There can be fewer, but at least one.

    Attributes
    ----------
    order_ : ndarray of int of shape (n_selected,)
        Features in the order in which they entered the path.

    support_ : ndarray of bool of shape (n_features,)
        Which features are chosen.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    Notes
    -----
    This is LIME's `lasso_path`, but for constant answers: the first `n_features` are
    chosen, where LIME takes all. Of columns that equal each other, or the opposite,
    only the first can be chosen. For several answers of unit variance the penalty is
    common, and a feature counts that serves one of them.

    References
    ----------
    .. [1] Efron, B., Hastie, T., Johnstone, I. and Tibshirani, R. (2004). Least angle
       regression. Annals of Statistics, 32, 407-499.

    Examples
    --------
    >>> from sklearn_baylime.surrogate import LassoPathSelector
    >>> X = [[1, 1, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1], [0, 1, 0]]
    >>> LassoPathSelector(2).fit(X, [5.0, 3.0, 2.0, 0.0, 2.0]).order_
    array([0, 1])
    """

    def __init__(self, n_features: int = 10) -> None:
        self.n_features = n_features

    def _choose(
        self, rows: WeightedRows, answers: np.ndarray, n_features: int, scale: float
    ) -> np.ndarray:
        return lasso_order(rows, answers, n_features)


def make_selector(method: str, n_features: int | None) -> WeightedSelector | None:
    """Return LIME's selector of that name, None where all features stay.

    "auto" is forward selection for up to six features, else the highest weights.
    """
    selectors: dict[str, type] = {
        "forward": ForwardSelector,
        "highest": HighestWeightsSelector,
        "lasso_path": LassoPathSelector,
    }
    if method not in {*selectors, "auto", "none"}:
        raise ValueError(
            f"Feature selection is {method!r}, expected 'auto', 'forward', 'highest', "
            "'lasso_path' or 'none'."
        )
    if n_features is None or method == "none":
        return None
    if method == "auto":
        method = "forward" if n_features <= _MOST_FORWARD else "highest"
    return selectors[method](n_features)
