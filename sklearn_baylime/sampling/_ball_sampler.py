"""Rows in a ball around the instance."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._sklearn import Interval
from sklearn_baylime.base._widths import lime_width
from sklearn_baylime.sampling._base_design_sampler import BaseDesignSampler
from sklearn_baylime.sampling._columns import moments_of


def draw_in_ball(
    n_samples: int,
    n_dimensions: int,
    rng: np.random.Generator,
    points: np.ndarray | None = None,
) -> np.ndarray:
    r"""Draw points of the unit ball, uniform in volume.

    The direction is that of a standard normal vector, the radius is :math:`U^{1/d}`
    with uniform :math:`U`, since the share of the volume within radius :math:`r` is
    :math:`r^d`.

    Parameters
    ----------
    n_samples : int
        Number of points; the first is spare.
    n_dimensions : int
        Dimensions :math:`d` of the ball, at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    points : ndarray of shape (n_samples, n_dimensions + 1) or None, default=None
        Uniform numbers that replace those that `rng` draws otherwise.

    Returns
    -------
    points : ndarray of shape (n_samples, n_dimensions)
        Their lengths are at most 1, up to rounding.
    """
    if points is None:
        normal = rng.standard_normal((n_samples, n_dimensions))
        uniform = rng.random(n_samples)
    else:
        normal, uniform = ndtri(points[:, :-1]), points[:, -1]
    length = np.sqrt(np.square(normal).sum(axis=1))
    # The spare point of a design has no direction.
    length[length == 0] = 1.0
    return normal * (uniform ** (1 / n_dimensions) / length)[:, None]


class BallSampler(BaseDesignSampler):
    r"""Sampler of rows uniform in a ball around the instance.

    Rows :math:`z` with :math:`\sum_j ((z_j - x_j) / \sigma_j)^2 \le R^2` have equal
    density, where :math:`x` is the instance and :math:`\sigma_j` the background's
    standard deviation: its cloud is strictly local, whatever the background's law.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of rows, the instance counted.

    radius : float or None, default=None
        Radius :math:`R` in standard deviations. None takes the width of LIME's kernel,
        0.75 times the root of the number of columns that are not categorical.

    design : {"auto", "random", "lhs", "sobol"}, default="random"
        How the rows fill the ball: drawn independently, or made of the points of Latin
        hypercubes or of scrambled Sobol sequences. See the notes of `BinSampler`:
        Sobol's make weights more accurate where rows are many, Latin hypercubes hardly
        do. "auto" is "sobol" where rows are many enough, otherwise "random", and "lhs"
        where columns are too many for Sobol's.

    categorical_features : array-like of bool or int or None, default=None
        Mask (n_features,) or indices of columns whose codes are categories. They stay
        at the instance's value.

    Attributes
    ----------
    radius_ : float
        The radius used.

    scale_ : ndarray of shape (n_features,)
        Standard deviation :math:`\sigma_j` of each column of the background, which
        divides by the number of rows. Columns where it is 0 stay at the instance's
        value and are no dimensions of the ball.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    See Also
    --------
    GaussianSampler : Draws rows without a border.

    Notes
    -----
    In :math:`d` dimensions the distance from the instance is :math:`R U^{1/d}` with
    uniform :math:`U`. Implementations that draw it uniform in :math:`[0, R]` pile the
    rows up at the center.

    References
    ----------
    .. [1] T. Laugel, X. Renard, M.-J. Lesot, C. Marsala, M. Detyniecki (2018). Defining
       Locality for Surrogates in Post-hoc Interpretability. ICML Workshop on Human
       Interpretability in Machine Learning.
    .. [2] M. E. Muller (1959). A Note on a Method for Generating Points Uniformly on
       N-dimensional Spheres. Communications of the ACM 2.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.sampling import BallSampler
    >>> sampler = BallSampler(n_samples=1000, radius=0.5)
    >>> sampler = sampler.fit([[0.0, 10.0], [2.0, 30.0]])
    >>> sampler.scale_
    array([ 1., 10.])
    >>> rows = sampler.sample([1.0, 20.0], random_state=0)
    >>> float(np.linalg.norm((rows - rows[0]) / sampler.scale_, axis=1).max().round(2))
    0.5
    """

    _input: dict = {"dtype": np.float64}

    _parameter_constraints: dict = {
        **BaseDesignSampler._parameter_constraints,
        "radius": [None, Interval(Real, 0, None, closed="neither")],
        "categorical_features": [None, "array-like"],
    }

    def __init__(
        self,
        n_samples: int = 5000,
        *,
        radius: float | None = None,
        design: str = "random",
        categorical_features: ArrayLike | None = None,
    ) -> None:
        self.n_samples = n_samples
        self.radius = radius
        self.design = design
        self.categorical_features = categorical_features

    def _learn(self, codes: Any, y: Any) -> None:
        is_category = column_mask(self.categorical_features, codes.shape[1])
        _warn_of_categories(codes, is_category)
        self.scale_ = moments_of(codes).scale
        self.radius_ = self.radius
        if self.radius is None:
            self.radius_ = lime_width(int(np.count_nonzero(~is_category)))
        self._moving = np.flatnonzero(~is_category & (self.scale_ > 0))

    def _n_dimensions(self) -> int:
        # A direction, and a radius.
        return len(self._moving) + 1

    def _draw(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        rows = np.tile(reference, (n_samples, 1))
        n_moving = len(self._moving)
        if n_moving > 0:
            points = self._draw_points(n_samples, n_moving + 1, rng)
            inside = draw_in_ball(n_samples, n_moving, rng, points)
            rows[:, self._moving] += self.radius_ * self.scale_[self._moving] * inside
        return rows


def _warn_of_categories(codes: np.ndarray, is_category: np.ndarray) -> None:
    """Say that categories are not moved, where there are several."""
    varies = is_category & (codes != codes[:1]).any(axis=0)
    if varies.any():
        warnings.warn(
            f"BallSampler moves numbers only: the categories of column(s) "
            f"{np.flatnonzero(varies).tolist()} stay as the instance has them, and "
            "their weights are 0 whatever their effect. sampler='bins' or 'gaussian' "
            "draws them.",
            UserWarning,
            stacklevel=2,
        )
