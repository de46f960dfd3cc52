"""LIME's kernel, in logs."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any, Self

import numpy as np
from scipy import sparse
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator
from sklearn.metrics import pairwise_distances
from sklearn.metrics.pairwise import distance_metrics
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._plain import QuickParameters, validate_plain
from sklearn_baylime.base._sklearn import Interval, StrOptions, fit_context
from sklearn_baylime.base._widths import MASK_WIDTH, lime_width

# Square of a distance, in widths, that larger ones are not told from.
_FARTHEST = 1e300

# What pairwise_distances knows: scikit-learn's own metrics, and those of scipy that
# need no further parameters.
_SCIPY_METRICS = {
    *("braycurtis", "canberra", "chebyshev", "dice", "hamming"),
    *("jaccard", "minkowski", "rogerstanimoto", "russellrao", "sokalsneath"),
    *("sqeuclidean", "yule"),
}
_METRICS = (set(distance_metrics()) | _SCIPY_METRICS) - {"haversine", "precomputed"}


def cosine_distances_to(X: Any, reference: Any) -> np.ndarray:
    """Return 1 less the cosine of the angle to `reference`; 1 for rows of zeros.

    As `sklearn.metrics.pairwise.cosine_distances`, without copies of the rows.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", X, X) * (reference @ reference))
    cosines = X @ reference / np.where(lengths > 0, lengths, 1.0)
    return np.clip(1.0 - cosines, 0.0, 2.0)


class ExponentialKernel(QuickParameters, BaseEstimator):
    r"""Kernel that weighs rows by their distance from the instance.

    The weight of a row at distance :math:`d` is :math:`\exp(-d^2 / (2 \nu^2))` with the
    width :math:`\nu`. Weights stay logarithms until they are used, since far rows would
    vanish.

    Parameters
    ----------
    width : float or None, default=None
        Width :math:`\nu` in units of the distance. None takes LIME's: 0.25 for the
        cosine metric, otherwise 0.75 times the root of the number of columns.

    metric : str or callable, default="euclidean"
        Distance that `sklearn.metrics.pairwise_distances` knows, for rows of any
        length. "euclidean" suits tables, "cosine" masks.

    reference : array-like of shape (n_features,) or None, default=None
        Row of the instance. An `ExplainerPipeline` sets it. None is the row of ones,
        the instance among masks and matches.

    Attributes
    ----------
    width_ : float
        The width used.

    reference_ : ndarray of shape (n_features,)
        The row that distances are measured from.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    Notes
    -----
    LIME writes the same kernel as :math:`\sqrt{\exp(-d^2/\nu^2)}`. Its text explainer
    multiplies the cosine distance by 100 and takes width 25, which is width 0.25 here.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.surrogate import ExponentialKernel
    >>> kernel = ExponentialKernel(width=1.0).fit([[1, 1], [1, 0], [0, 0]])
    >>> kernel.score_samples([[1, 0], [0, 0]])
    array([-0.5, -1. ])
    """

    _parameter_constraints: dict = {
        "width": [None, Interval(Real, 0, None, closed="neither")],
        "metric": [StrOptions(_METRICS), callable],
        "reference": [None, "array-like"],
    }

    def __init__(
        self,
        width: float | None = None,
        *,
        metric: str = "euclidean",
        reference: Any = None,
    ) -> None:
        self.width = width
        self.metric = metric
        self.reference = reference

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Settle width and reference for rows of this length.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted kernel.

        Raises
        ------
        ValueError
            If `reference` has another length than the rows.
        """
        X = validate_plain(self, X, accept_sparse="csr", dtype=np.float64)
        n_features = X.shape[1]
        self.width_ = _default_width(self.metric, n_features)
        if self.width is not None:
            self.width_ = float(self.width)
        self.reference_ = np.ones(n_features)
        if self.reference is not None:
            self.reference_ = np.asarray(self.reference, dtype=np.float64)
        if self.reference_.shape != (n_features,):
            raise ValueError(
                f"reference has shape {self.reference_.shape}, expected one value a "
                f"column, ({n_features},)."
            )
        return self

    def distances(self, X: Any) -> np.ndarray:
        """Return the distance of each row from the instance.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        distances : ndarray of shape (n_samples,)
            In units of `metric`.
        """
        check_is_fitted(self)
        X = validate_plain(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        reference = self.reference_[None]
        if self.metric == "euclidean" and not sparse.issparse(X):
            return cdist(X, reference)[:, 0]
        if self.metric == "cosine" and not sparse.issparse(X):
            return cosine_distances_to(X, reference[0])
        return pairwise_distances(X, reference, metric=self.metric)[:, 0]

    def score_samples(self, X: Any) -> np.ndarray:
        r"""Return the log weight of each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        log_weights : ndarray of shape (n_samples,)
            :math:`-d^2 / (2 \nu^2)`, at most 0.
        """
        with np.errstate(over="ignore"):
            squares = (self.distances(X) / self.width_) ** 2
        # A weight of zero still has a finite logarithm.
        return -0.5 * np.minimum(squares, _FARTHEST)

    def facts(self) -> dict[str, Any]:
        """Return what explanations and errors say of the kernel.

        Returns
        -------
        facts : dict
            "name", "metric" and "width".
        """
        check_is_fitted(self)
        metric = getattr(self.metric, "__name__", str(self.metric))
        return {"name": type(self).__name__, "metric": metric, "width": self.width_}

    def score(self, X: Any, y: Any = None) -> float:
        """Return the sum of the log weights.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : ignored
            Present for consistency.

        Returns
        -------
        score : float
            Total log weight.
        """
        return float(self.score_samples(X).sum())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _default_width(metric: str | Callable, n_features: int) -> float:
    return MASK_WIDTH if metric == "cosine" else lime_width(n_features)
