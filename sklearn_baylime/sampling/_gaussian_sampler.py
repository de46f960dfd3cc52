"""Columns drawn from normal distributions."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.special import ndtri
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._sklearn import Interval, StrOptions
from sklearn_baylime.sampling._base import rows_with_pattern
from sklearn_baylime.sampling._base_design_sampler import BaseDesignSampler
from sklearn_baylime.sampling._columns import column_of, moments_of
from sklearn_baylime.sampling._designs import random_points
from sklearn_baylime.sampling._frequencies import (
    MIN_SHARE,
    count_codes,
    draw_by_frequency,
    inner_sums,
    raise_share,
    values_at,
)
from sklearn_baylime.sampling._truncated_normal import truncated_normal


class GaussianSampler(BaseDesignSampler):
    r"""Sampler of normal columns, LIME's law for tables that are not discretized.

    Column :math:`j` is drawn from :math:`N(c_j, (s \sigma_j)^2)`, independently of the
    others, with the background's standard deviation :math:`\sigma_j` and `scale`
    :math:`s`. The center :math:`c_j` is the background's mean or the instance's value.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of rows, the instance counted.

    center : {"mean", "instance"}, default="mean"
        Where the normals are centered.

    scale : float, default=1.0
        Their width in units of the background's standard deviations.

    truncate : bool, default=False
        Whether to truncate each normal to the background's range, widened to hold the
        instance if it is the center.

    design : {"auto", "random", "lhs", "sobol"}, default="random"
        How the rows fill the space: drawn independently, as Latin hypercubes or as
        scrambled Sobol sequences. See the notes of `BinSampler`: Sobol's make weights
        more accurate where rows are many, Latin hypercubes hardly do. "auto" is "sobol"
        where rows are many enough, otherwise "random", and "lhs" where columns are too
        many for Sobol's.

    categorical_features : array-like of bool or int or None, default=None
        Mask (n_features,) or indices of columns whose codes are categories. These are
        drawn by their frequency in the background, wherever the instance is.

    Attributes
    ----------
    mean_ : ndarray of shape (n_features,)
        Mean of each column of the background.

    scale_ : ndarray of shape (n_features,)
        Standard deviation :math:`\sigma_j`, which divides by the number of rows. Where
        it is 0, numeric columns stay at the center.

    min_ : ndarray of shape (n_features,)
        Least value.

    max_ : ndarray of shape (n_features,)
        Greatest value.

    values_ : list of (ndarray or None)
        Codes of each categorical column, None for a numeric one.

    frequencies_ : list of (ndarray or None)
        Their shares, which sum to 1.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    See Also
    --------
    BinSampler : Draws codes of bins.
    BallSampler : Draws near the instance only.

    Notes
    -----
    Background and instance may be sparse. The columns where a sparse instance is 0 stay
    0, and the rows are sparse: n_samples times the instance's non-zeros.

    References
    ----------
    .. [1] M. T. Ribeiro, S. Singh, C. Guestrin (2016). "Why Should I Trust You?":
       Explaining the Predictions of Any Classifier. KDD.

    Examples
    --------
    >>> from sklearn_baylime.sampling import GaussianSampler
    >>> sampler = GaussianSampler(n_samples=3, center="instance", truncate=True)
    >>> sampler.fit([[0.0, 5.0], [4.0, 5.0]]).scale_
    array([2., 0.])
    >>> sampler.sample([1.0, 5.0], random_state=0).round(1)
    array([[1. , 5. ],
           [..., 5. ],
           [..., 5. ]])
    """

    _input: dict = {"dtype": np.float64, "accept_sparse": "csr"}

    _parameter_constraints: dict = {
        **BaseDesignSampler._parameter_constraints,
        "center": [StrOptions({"mean", "instance"})],
        "scale": [Interval(Real, 0, None, closed="neither")],
        "truncate": ["boolean"],
        "categorical_features": [None, "array-like"],
    }

    def __init__(
        self,
        n_samples: int = 5000,
        *,
        center: str = "mean",
        scale: float = 1.0,
        truncate: bool = False,
        design: str = "random",
        categorical_features: ArrayLike | None = None,
    ) -> None:
        self.n_samples = n_samples
        self.center = center
        self.scale = scale
        self.truncate = truncate
        self.design = design
        self.categorical_features = categorical_features

    def center_of(self, reference: Any) -> Any:
        """Return the center of the law around an instance.

        Parameters
        ----------
        reference : array-like of shape (n_features,) or sparse (1, n_features)
            Code of the instance.

        Returns
        -------
        center : ndarray of shape (n_features,) or sparse (1, n_features)
            Mean of each normal before it is truncated. Categorical columns have none
            and keep the instance's value.
        """
        check_is_fitted(self)
        reference = self._check_reference(reference)
        if sparse.issparse(reference):
            center = self._center(reference.data, reference.indices)
            return rows_with_pattern(reference, center[None])
        return self._center(reference, np.arange(self.n_features_in_))

    def has_one_law(self, reference: Any) -> bool:
        """Tell whether rows are the same at any instance, for one random state.

        Parameters
        ----------
        reference : array-like of shape (n_features,) or sparse (1, n_features)
            Code of the instance. Rows have the zeros of a sparse one.

        Returns
        -------
        has_one_law : bool
            True around the mean, but for instances with a rare category.
        """
        if self.center != "mean" or sparse.issparse(reference):
            return False
        # The share of an instance's rare category is raised.
        known = np.flatnonzero(self._is_category)
        return all(
            raise_share(shares := self.frequencies_[j], values == own, MIN_SHARE)
            is shares
            for j, values, own in zip(
                known,
                [self.values_[j] for j in known],
                np.ravel(reference)[known],
                strict=True,
            )
        )

    def _learn(self, codes: Any, y: Any) -> None:
        if sparse.issparse(codes) and not codes.has_canonical_format:
            codes = codes.copy()
            codes.sum_duplicates()
        self.mean_, self.scale_, self.min_, self.max_ = moments_of(codes)
        n_features = codes.shape[1]
        self._is_category = column_mask(self.categorical_features, n_features)
        self.values_: list = [None] * n_features
        self.frequencies_: list = [None] * n_features
        for j in np.flatnonzero(self._is_category).tolist():
            self.values_[j], self.frequencies_[j] = count_codes(column_of(codes, j))

    def _center(self, instance: Any, at: np.ndarray) -> np.ndarray:
        free = ~self._is_category[at] & (self.center == "mean")
        return np.where(free, self.mean_[at], instance)

    def _draw(self, reference: Any, n_samples: int, rng: np.random.Generator) -> Any:
        if not sparse.issparse(reference):
            at = np.arange(len(reference))
            return self._draw_columns(reference, at, n_samples, rng)
        drawn = self._draw_columns(reference.data, reference.indices, n_samples, rng)
        return rows_with_pattern(reference, drawn)

    def _draw_columns(
        self, instance: Any, at: np.ndarray, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw the columns `at`, where the instance has these values."""
        # One design for all columns: two designs of one kind are not independent.
        points = self._draw_points(n_samples, len(at), rng)
        if points is None and self.truncate:
            points = random_points(n_samples, len(at), rng)
        rows = self._draw_normals(
            self._center(instance, at), at, n_samples, points, rng
        )
        chosen = np.flatnonzero(self._is_category[at])
        if len(chosen) > 0:
            values = [self.values_[j] for j in at[chosen]]
            pairs = zip(values, at[chosen], instance[chosen], strict=True)
            shares = [
                raise_share(self.frequencies_[j], known == own, MIN_SHARE)
                for known, j, own in pairs
            ]
            sums = [inner_sums(share) for share in shares]
            points = None if points is None else points[:, chosen]
            positions = draw_by_frequency(sums, n_samples, rng, points)
            rows[:, chosen] = values_at(values, positions, rows.dtype)
        return rows

    def _draw_normals(
        self,
        center: Any,
        at: np.ndarray,
        n_samples: int,
        points: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        scale = self.scale * self.scale_[at]
        if points is None:
            rows = rng.standard_normal((n_samples, len(at)))
            rows *= scale
            rows += center
            return rows
        if not self.truncate:
            return center + scale * ndtri(points)
        low = np.minimum(self.min_[at], center)
        high = np.maximum(self.max_[at], center)
        return truncated_normal(points, center, scale, low, high)
