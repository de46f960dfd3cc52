"""Marginal distributions of coefficients as mixtures of Student's t."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from sklearn_baylime.linear_model._student_t import (
    t_cdf,
    t_density,
    t_quantile,
    variance_factor,
)

# Components of less weight are left out.
_LEAST_WEIGHT = 1e-5
_MOST_LOST = 5e-4

# Deviates beyond this are certain, and their squares are still finite.
_CERTAIN = 1e15

# Between these, single precision keeps what it should of a number.
_SINGLE = 1e-30, 1e30

# A quantile is found when it moves by less than this share of the components' spread;
# its error is about the square of that.
_PRECISE = 1e-5


@dataclass(frozen=True, eq=False)
class StudentMixture:
    r"""Marginal posteriors of one target's coefficients.

    Coefficient :math:`j` has the distribution
    :math:`\sum_k p_{kj}\, t_\nu(m_{kj}, s_{kj})`. A component of scale 0 is a point
    mass, which counts half at its own place.

    Parameters
    ----------
    weights : ndarray of shape (m,) or (m, n_features)
        Weights :math:`p` of the components, which sum to 1: the same for all features,
        or a column for each where tails were fitted feature by feature.
    means : ndarray of shape (m, n_features)
        Places of the components, relative to `center`.
    scales : ndarray of shape (m, n_features)
        Scales of the components, not negative. For finite `dof` they are less than the
        standard deviations.
    dof : float
        Degrees of freedom of the components; infinity for normal ones.
    center : float or ndarray of shape (n_features,), default=0.0
        What `means` are relative to.

    Examples
    --------
    >>> from sklearn_baylime.linear_model import StudentMixture
    >>> one = StudentMixture.from_components([1.0], [[0.5, -1.0]], [[1.0, 0.1]], 10.0)
    >>> one.interval(0.95).round(2)
    array([[-1.73, -1.22],
           [ 2.73, -0.78]])
    >>> one.sign_probability().round(2)
    array([0.69, 1.  ])
    """

    weights: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    dof: float
    center: Any = 0.0

    def __post_init__(self) -> None:
        for name in ("weights", "means", "scales", "center"):
            given = np.asarray(getattr(self, name))
            kept = given.dtype if given.dtype == np.float32 else np.float64
            values = np.array(given, dtype=kept)
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        object.__setattr__(self, "dof", float(self.dof))

    def compact(self) -> StudentMixture:
        """Return the same in less than half the memory.

        Places are kept relative to the mean, so that single precision is that of the
        deviations, and the least components are left out, at most 5e-4 together.

        Returns
        -------
        mixture : StudentMixture
        """
        center = self.mean()
        means = self.means + (self.center - center)
        largest = self.weights.reshape(len(means), -1).max(axis=1)
        order = np.argsort(largest, kind="stable")
        keep = np.sort(order[np.cumsum(largest[order]) > _MOST_LOST])
        weights = self.weights[keep] / self.weights[keep].sum(axis=0)
        means, scales = means[keep], self.scales[keep]
        kept = np.float32 if _fit_single(means) and _fit_single(scales) else np.float64
        return StudentMixture(
            weights.astype(np.float32),
            means.astype(kept),
            scales.astype(kept),
            self.dof,
            center,
        )

    @classmethod
    def from_components(
        cls, weights: Any, means: Any, scales: Any, dof: float
    ) -> StudentMixture:
        """Leave out components of weight below 1e-5 and make the others sum to 1."""
        weights, means = np.asarray(weights, float), np.asarray(means, float)
        total = weights.sum(axis=0)
        largest = (weights / total).reshape(len(weights), -1).max(axis=1)
        keep = largest >= _LEAST_WEIGHT
        weights = weights[keep] / weights[keep].sum(axis=0)
        return cls(weights, means[keep], np.asarray(scales, float)[keep], dof)

    def mean(self) -> np.ndarray:
        """Return the means.

        Returns
        -------
        mean : ndarray of shape (n_features,)
        """
        return self.center + self._shift

    def variance(self) -> np.ndarray:
        """Return the variances.

        At two degrees of freedom or fewer, where they are infinite, they are those of
        2.5 degrees of freedom; intervals and probabilities are right for any.

        Returns
        -------
        variance : ndarray of shape (n_features,)
        """
        within = variance_factor(self.dof) * np.square(self.scales, dtype=np.float64)
        return (self._columns * (within + (self.means - self._shift) ** 2)).sum(axis=0)

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Return the probability of a smaller coefficient.

        Parameters
        ----------
        x : float or array-like of shape (..., n_features)
            Values in the coefficients' units.

        Returns
        -------
        probability : ndarray of shape (..., n_features)
        """
        x = np.broadcast_to(np.asarray(x, float), np.shape(x)[:-1] + self._shape)
        z = self._deviates(x - self.center)
        below = (self._columns * t_cdf(z, self.dof)).sum(axis=-2)
        # Weights in single precision may sum to a little more than 1.
        return np.minimum(below, 1.0)

    @property
    def places(self) -> np.ndarray:
        """Where the components are, shape (m, n_features)."""
        return self.center + self.means

    def interval(self, level: float = 0.95) -> np.ndarray:
        """Return the ends of the equal-tailed intervals.

        Parameters
        ----------
        level : float, default=0.95
            Probability that the interval holds the coefficient, between 0 and 1.

        Returns
        -------
        ends : ndarray of shape (2, n_features)
            Lower and upper ends.
        """
        if not 0 < level < 1:
            raise ValueError(f"level is {level}, expected a number between 0 and 1.")
        return self.quantile(np.array([0.5 - level / 2, 0.5 + level / 2]))

    def quantile(self, p: ArrayLike) -> np.ndarray:
        """Return quantiles of each coefficient.

        Parameters
        ----------
        p : array-like of shape (n_quantiles,)
            Probabilities of a smaller coefficient.

        Returns
        -------
        quantiles : ndarray of shape (n_quantiles, n_features)
        """
        return self.center + self._quantile(np.asarray(p, float)[:, None])

    def _quantile(self, p: np.ndarray) -> np.ndarray:
        """Return quantiles relative to the center."""
        ends = self.means + t_quantile(p[..., None], self.dof) * self.scales
        low, high = ends.min(axis=1), ends.max(axis=1)
        spread = (high - low).max(axis=0)
        spread += (self.scales * (self._columns > 0)).max(axis=0)
        x = self._shift + special.ndtri(p) * np.sqrt(self.variance())
        x = np.clip(x, low, high)
        for _ in range(100):
            below, slope = self._cdf_and_slope(x)
            low = np.where(below < p, x, low)
            high = np.where(below > p, x, high)
            new = np.where(below == p, x, _newton(x, below, slope, p, low, high))
            moved, x = np.abs(new - x), new
            if (moved <= _PRECISE * spread).all():
                break
        return x

    def sign_probability(self) -> np.ndarray:
        """Return the probability of the sign that the mean has.

        It can be less than 0.5 where the distribution is skewed.

        Returns
        -------
        probability : ndarray of shape (n_features,)
        """
        negative = self.cdf(0.0)
        return np.where(self.mean() < 0, negative, 1.0 - negative)

    def probability_below(self, x: ArrayLike) -> np.ndarray:
        """Return the probability that the coefficient's size is below `x`.

        Parameters
        ----------
        x : float or array-like of shape (n_features,)
            Sizes that matter, not negative, in the coefficients' units.

        Returns
        -------
        probability : ndarray of shape (n_features,)
        """
        x = np.asarray(x, float)
        return np.maximum(self.cdf(x) - self.cdf(-x), 0.0)

    def select(self, support: Any) -> StudentMixture:
        """Return the marginals of some features.

        Parameters
        ----------
        support : array-like
            Indices, or a boolean mask of shape (n_features,).

        Returns
        -------
        selected : StudentMixture
        """
        weights = self.weights if self.weights.ndim == 1 else self.weights[:, support]
        center = self.center[support] if self.center.ndim else self.center
        places = self.means[:, support], self.scales[:, support]
        return StudentMixture(weights, *places, self.dof, center)

    def scaled(self, factor: ArrayLike) -> StudentMixture:
        """Return the marginals of the coefficients times a factor.

        Parameters
        ----------
        factor : array-like of shape (n_features,)
            Factor of each coefficient, such as another unit.

        Returns
        -------
        scaled : StudentMixture
        """
        factor = np.asarray(factor, dtype=np.float64)
        scales = self.scales * np.abs(factor)
        center = self.center * factor
        return StudentMixture(
            self.weights, self.means * factor, scales, self.dof, center
        )

    def to_dict(self) -> dict[str, Any]:
        """Return lists and numbers, as JSON holds them; infinite dof is None.

        Returns
        -------
        record : dict
        """
        return {
            "weights": self.weights.tolist(),
            "means": self.means.tolist(),
            "scales": self.scales.tolist(),
            "dof": self.dof if np.isfinite(self.dof) else None,
            "center": self.center.tolist(),
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> StudentMixture:
        """Read what `to_dict` returned."""
        dof = np.inf if record["dof"] is None else record["dof"]
        center = record.get("center", 0.0)
        return cls(record["weights"], record["means"], record["scales"], dof, center)

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.means.shape[1:]

    @property
    def _shift(self) -> np.ndarray:
        """Means relative to the center."""
        return (self._columns * self.means).sum(axis=0, dtype=np.float64)

    @property
    def _columns(self) -> np.ndarray:
        return self.weights[:, None] if self.weights.ndim == 1 else self.weights

    def _deviates(self, x: np.ndarray) -> np.ndarray:
        gap = x[..., None, :] - self.means
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            z = gap / self.scales
        return np.clip(np.where(gap == 0, 0.0, z), -_CERTAIN, _CERTAIN)

    def _cdf_and_slope(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        z = self._deviates(x)
        scales = np.where(self.scales > 0, self.scales, np.inf)
        heights = t_density(z, self.dof) / scales
        below = (self._columns * t_cdf(z, self.dof)).sum(axis=-2)
        return below, (self._columns * heights).sum(axis=-2)


def _fit_single(values: np.ndarray) -> bool:
    """Tell whether single precision holds the sizes of values."""
    sizes = np.abs(values)
    least, most = _SINGLE
    return bool(((sizes < most) & ((sizes > least) | (sizes == 0))).all())


def _newton(
    x: np.ndarray,
    below: np.ndarray,
    slope: np.ndarray,
    p: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> np.ndarray:
    """Make a step on the normal scale, where mixtures are nearly straight."""
    deviate = special.ndtri(np.clip(below, 1e-300, 1 - 1e-16))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rise = slope / np.exp(-0.5 * deviate**2) * np.sqrt(2 * np.pi)
        new = x + (special.ndtri(p) - deviate) / rise
    inside = (new >= low) & (new <= high)
    return np.where(inside, new, 0.5 * (low + high))
