"""Columns drawn from normal distributions."""

from __future__ import annotations

from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.special import ndtri
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._sklearn import Interval, StrOptions
from sklearn_baylime.base._tilt import log_normal_mass, tilt_normal, tilt_shares
from sklearn_baylime.base._widths import lime_width
from sklearn_baylime.sampling._base import LOCAL, local_width, rows_with_pattern
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


class ColumnsLaw(NamedTuple):
    """Law of columns around an instance, (n_columns,) but for the last two.

    Attributes
    ----------
    center, scale : ndarray
        Of the normals.
    low, high : ndarray
        Where they are truncated, if they are.
    shares : list of ndarray
        Of the codes of the categorical ones among the columns.
    log_mean : float
        Log of the kernel's mean under the law that is meant, 0 if by that law.
    """

    center: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray
    shares: list[np.ndarray]
    log_mean: float


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

    local : bool or float, default=False
        Whether rows are drawn where the kernel looks, by law times kernel, so that all
        weigh the same: a number is the width of an `ExponentialKernel` of the Euclidean
        distance between codes, where categories count 1 if they differ; True is LIME's,
        0.75 times the root of the number of columns that are drawn. See the notes.

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

    With `local`, a normal of deviation :math:`\tau = s \sigma_j` around :math:`c` times
    the kernel of width :math:`\nu` is a normal around :math:`(c \nu^2 + x \tau^2) /
    (\tau^2 + \nu^2)` of variance :math:`\tau^2 \nu^2 / (\tau^2 + \nu^2)`, truncated
    where the first is. It has to be the kernel of the codes as they are, such as
    standardized ones; see the notes of `BinSampler` on what `local` means.

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
        "local": LOCAL,
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
        local: bool | float = False,
    ) -> None:
        self.n_samples = n_samples
        self.center = center
        self.scale = scale
        self.truncate = truncate
        self.design = design
        self.categorical_features = categorical_features
        self.local = local

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
            True around the mean, but for instances with a rare category; False with
            `local`.
        """
        is_local = local_width(self.local, 1.0) is not None
        if self.center != "mean" or sparse.issparse(reference) or is_local:
            return False
        # The share of an instance's rare category is raised.
        known = np.flatnonzero(self._is_category)
        shares = self._shares_at(np.ravel(reference)[known], known)
        pairs = zip(shares, known, strict=True)
        return all(at is self.frequencies_[j] for at, j in pairs)

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

    def log_weights(self, codes: Any, reference: Any = None) -> np.ndarray | None:
        r"""Return the importance of rows that were drawn by law times kernel.

        Parameters
        ----------
        codes : ndarray or csr matrix of shape (n_samples, n_features)
            Rows.
        reference : array-like of shape (n_features,) or sparse, default=None
            Code of the instance; the first of the rows if None.

        Returns
        -------
        log_weights : ndarray of shape (n_samples,) or None
            :math:`\|z - x\|^2 / (2 \nu^2)` plus the log of the kernel's mean, so that
            weights are as large as the kernel's on average; None without `local`.
        """
        if local_width(self.local, 1.0) is None:
            return None
        if reference is None:
            reference = codes[:1] if sparse.issparse(codes) else np.asarray(codes)[0]
        reference = self._check_reference(reference)
        if sparse.issparse(reference):
            # Rows have the pattern of the instance.
            at, instance = reference.indices, reference.data
            rows = codes[:, at].toarray()
        else:
            at, instance, rows = np.arange(len(reference)), reference, np.asarray(codes)
        width = self._width(len(at))
        assert width is not None
        law = self._law(instance, at)
        square = np.where(self._is_category[at], rows != instance, rows - instance)
        squared = np.square(square.astype(np.float64)).sum(axis=1)
        return 0.5 * squared / width / width + law.log_mean

    def _width(self, n_columns: int) -> float | None:
        return local_width(self.local, lime_width(n_columns))

    def _law(self, instance: Any, at: np.ndarray) -> ColumnsLaw:
        """Return the law by which the columns `at` are drawn around an instance."""
        center, scale = self._center(instance, at), self.scale * self.scale_[at]
        low = np.minimum(self.min_[at], center)
        high = np.maximum(self.max_[at], center)
        chosen = np.flatnonzero(self._is_category[at])
        shares = self._shares_at(instance[chosen], at[chosen])
        width, log_mean = self._width(len(at)), 0.0
        if width is not None:
            meant = center, scale
            center, scale, logs = tilt_normal(*meant, instance, width)
            if self.truncate:
                logs += log_normal_mass(center, scale, low, high)
                logs -= log_normal_mass(*meant, low, high)
            tilted = [
                tilt_shares(share, self.values_[j] == own, width)
                for share, j, own in zip(
                    shares, at[chosen], instance[chosen], strict=True
                )
            ]
            shares = [share for share, _ in tilted]
            log_mean = logs[~self._is_category[at]].sum() + sum(m for _, m in tilted)
        return ColumnsLaw(center, scale, low, high, shares, float(log_mean))

    def _shares_at(self, instance: Any, at: np.ndarray) -> list[np.ndarray]:
        """Return the shares of categories by the law meant, rare own ones raised."""
        return [
            raise_share(self.frequencies_[j], self.values_[j] == own, MIN_SHARE)
            for j, own in zip(at, instance, strict=True)
        ]

    def _draw_columns(
        self, instance: Any, at: np.ndarray, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw the columns `at`, where the instance has these values."""
        # One design for all columns: two designs of one kind are not independent.
        points = self._draw_points(n_samples, len(at), rng)
        if points is None and self.truncate:
            points = random_points(n_samples, len(at), rng)
        law = self._law(instance, at)
        rows = self._draw_normals(law, n_samples, points, rng)
        chosen = np.flatnonzero(self._is_category[at])
        if len(chosen) > 0:
            values = [self.values_[j] for j in at[chosen]]
            sums = [inner_sums(share) for share in law.shares]
            points = None if points is None else points[:, chosen]
            positions = draw_by_frequency(sums, n_samples, rng, points)
            rows[:, chosen] = values_at(values, positions, rows.dtype)
        return rows

    def _draw_normals(
        self,
        law: ColumnsLaw,
        n_samples: int,
        points: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray:
        center, scale = law.center, law.scale
        if points is None:
            rows = rng.standard_normal((n_samples, len(center)))
            rows *= scale
            rows += center
            return rows
        if not self.truncate:
            return center + scale * ndtri(points)
        return truncated_normal(points, center, scale, law.low, law.high)
