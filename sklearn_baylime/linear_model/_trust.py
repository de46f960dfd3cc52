r"""Trust in the prior and noise, integrated instead of maximised.

The ratio :math:`\rho = \lambda/\alpha` of the prior's to the noise's precision is
:math:`\rho = e^{-\theta}\,\mathrm{tr}\,G / n` where :math:`\theta` is the log odds of
the share :math:`R^2` of the answers' variance that the coefficients are expected to
explain. That share has a Beta(1/2, 1/2) distribution; the noise's precision has the
density :math:`1/\alpha`, which integrates in closed form. Nothing else has a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import special

from sklearn_baylime.linear_model._factored_covariance import is_wide
from sklearn_baylime.linear_model._moments import Spectrum
from sklearn_baylime.linear_model._whitening import Whitening

# Both parameters of the Beta distribution of the expected share of variance, Jeffreys'
# for a share. Smaller ones make shares of nearly 0 likelier, and so collapse where few
# rows of many weak effects look like none; larger ones shrink too little in noise.
_SHAPE = 0.5

# Posterior probability that nothing was known of a coefficient beforehand, whatever
# the others say, where tails are mixed: the shrinkage of the strongest is in doubt.
DOUBT = 0.1

# Log odds of that share: 1 - 1e-20 is exact for floats.
THETA_RANGE = (-14.0, 46.0)

# Log noise precision around that of answers which nothing explains.
_NOISE_RANGE = (-6.0, 46.0)

# Nodes where the log density is lower than its top by more are left out.
_DROP = 16.0

# Nodes of the first look, and least nodes and longest step of the grid that is summed.
# Sums over a bell curve are exact to rounding with steps of one standard deviation.
_FIRST, _LAST, _LONGEST = 61, 17, 1.25

# Squares below this share of the answers' are rounding.
_ROUNDING = 1e-30
_TINY = 1e-300


@dataclass(frozen=True)
class Noise:
    """What is known of the noise's precision.

    Attributes
    ----------
    dof : float or ndarray that broadcasts to the sums of squares
        Observations that tell the noise: sum of the weights, less one for an intercept.
    alpha : float or None
        Given precision; None to be integrated.
    lambda_ : float or None
        Given precision of the prior, which then ties noise to ratio; None where the
        prior's precision is integrated too.
    floor : ndarray of shape (n_targets,)
        Least square that is not rounding.
    """

    dof: Any
    alpha: float | None
    lambda_: float | None
    floor: np.ndarray

    @property
    def is_integrated(self) -> bool:
        """Whether a node's posterior is Student's t."""
        return self.alpha is None and self.lambda_ is None

    @property
    def is_known(self) -> bool:
        """Whether noise and ratio are both given."""
        return self.alpha is not None and self.lambda_ is not None

    def log_density(self, square: np.ndarray, ratio: np.ndarray) -> np.ndarray:
        """Return the log density of answers with penalized sums of squares `square`."""
        nu = self.dof
        if self.is_integrated:
            unit = special.gammaln(0.5 * nu) - 0.5 * nu * np.log(np.pi)
            return unit - 0.5 * nu * np.log(np.maximum(square, self.floor))
        variance = self.variance(square, ratio)
        return -0.5 * (nu * np.log(2 * np.pi * variance) + square / variance)

    def variance(self, square: np.ndarray, ratio: np.ndarray) -> np.ndarray:
        """Return the noise's variance, an average where it is integrated."""
        if self.alpha is not None:
            return np.full_like(square, 1.0 / self.alpha)
        if self.lambda_ is not None:
            return ratio / self.lambda_ + np.zeros(square.shape)
        return square / self.dof


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One reading of the prior, for `n_targets` targets.

    Targets may have rows of their own, as those of many instances do: then the
    eigenvalues of the spectrum are (rank, n_targets), its components (n_targets,
    n_features, rank), and `weight` and the noise's `dof` (n_targets,).

    Attributes
    ----------
    name : {"stated", "nothing", "direction"}
    log_odds : ndarray of shape (n_targets,)
        Log prior probability, minus infinity where a target does not have it.
    spectrum : Spectrum
    whitening : Whitening
    center : ndarray of shape (n_features, n_targets)
        Prior mean.
    direction : ndarray of shape (n_features, n_targets) or None
        Prior mean whose scale is free.
    noise : Noise
    weight : float or ndarray of shape (n_targets,)
        Sum of the sample weights.
    doubt : float, default=0.0
        Posterior probability that nothing was known of a coefficient, under tails.
    """

    name: str
    log_odds: np.ndarray
    spectrum: Spectrum
    whitening: Whitening
    center: np.ndarray
    direction: Any
    noise: Noise
    weight: Any
    doubt: float = 0.0

    @cached_property
    def cross(self) -> np.ndarray:
        """Cross moments with the answers, prior mean subtracted, (rank, n_targets)."""
        if not self.center.any():
            return self.spectrum.cross
        e = self.eigenvalues
        return self.spectrum.cross - e * (self.spectrum.duals.T @ self.center)

    @property
    def eigenvalues(self) -> np.ndarray:
        """Eigenvalues of the Gram matrix, (rank, 1) or (rank, n_targets)."""
        e = self.spectrum.eigenvalues
        return e[:, None] if e.ndim == 1 else e

    @property
    def is_wide(self) -> bool:
        """Whether covariances are stated in factors."""
        return self.whitening.is_diagonal and is_wide(self.spectrum.components)

    @property
    def base(self) -> Any:
        """Ratio where the grid's variable is 0; (n_targets,) if it is their own."""
        if self.noise.lambda_ is not None:
            return self.noise.lambda_
        total = self.spectrum.eigenvalues.sum(axis=0)
        return np.where(total > 0, total / self.weight, 1.0)

    def ratio_at(self, x: np.ndarray) -> np.ndarray:
        """Return the ratio at grid values: log odds, or log noise precisions."""
        return self.base * np.exp(-x)

    def log_prior(self, x: np.ndarray, middle: np.ndarray) -> np.ndarray:
        """Return the log density of grid values before the data.

        Where the prior's precision is given, the noise's is flat on the log scale
        but for what it would leave unexplained of the answers, as in the other case.
        """
        if self.noise.lambda_ is not None:
            return -_SHAPE * np.logaddexp(0.0, x - middle)
        shares = np.logaddexp(0.0, -x) + np.logaddexp(0.0, x)
        return -_SHAPE * shares - special.betaln(_SHAPE, _SHAPE)

    def grid_range(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (low, high, middle) of the grid's variable for each target."""
        ones = np.ones(self.center.shape[1])
        if self.noise.lambda_ is None:
            return THETA_RANGE[0] * ones, THETA_RANGE[1] * ones, 0.0 * ones
        energy = self.cross**2 / self.spectrum.eigenvalues[:, None]
        total = self.spectrum.residual + energy.sum(axis=0)
        # Answers that do not vary, as a single one's, leave the noise to the prior.
        guess = self.spectrum.eigenvalues.sum() / self.noise.lambda_ + _TINY
        total = np.where(total > 0, total, guess if guess > _TINY else 1.0)
        middle = np.log(self.noise.dof) - np.log(total)
        if self.noise.alpha is not None:
            given = np.log(self.noise.alpha) * ones
            return given, given, middle
        return middle + _NOISE_RANGE[0], middle + _NOISE_RANGE[1], middle


@dataclass(frozen=True)
class Sums:
    """Sums over the spectrum at each node, shapes (n_nodes, n_targets).

    Attributes
    ----------
    square : ndarray
        Weighted sum of squares plus the penalties.
    scale : ndarray
        Scale along the direction, else 0.
    information : ndarray
        Posterior precision of that scale for unit noise, infinite without direction.
    log_density : ndarray
        Log density of the answers, coefficients, scale and noise integrated out.
    """

    square: np.ndarray
    scale: np.ndarray
    information: np.ndarray
    log_density: np.ndarray


def unit_information(hypothesis: Hypothesis) -> np.ndarray:
    """Return the prior precision of the scale for unit noise: one observation's worth.

    Where the rows do not see the direction, it is that of an average direction.
    """
    e = hypothesis.spectrum.eigenvalues
    v = hypothesis.spectrum.duals.T @ hypothesis.direction
    length = (hypothesis.direction**2).sum(axis=0)
    average = length * (e.sum() or 1.0) / len(hypothesis.direction)
    seen = e @ v**2
    seen = np.where(seen > 1e-10 * average, seen, average)
    # Targets without a direction have none to be seen.
    return np.where(length > 0, seen, 1.0) / hypothesis.weight


def sums_at(hypothesis: Hypothesis, ratio: np.ndarray) -> Sums:
    """Evaluate the evidence at `ratio` of shape (n_nodes, n_targets)."""
    spectrum, rest = hypothesis.spectrum, hypothesis.cross
    e, rho = hypothesis.eigenvalues, ratio[:, None, :]
    inverse = 1.0 / (e + rho)
    scale, information = np.zeros_like(ratio), np.full_like(ratio, np.inf)
    log_det, penalty = np.log1p(e / rho).sum(axis=1), 0.0
    if hypothesis.direction is not None:
        v, unit = spectrum.duals.T @ hypothesis.direction, unit_information(hypothesis)
        seen = ratio * (e * v**2 * inverse).sum(axis=1)
        information = seen + unit
        scale = ratio * (v * rest * inverse).sum(axis=1) / information
        rest = rest - e * v * scale[:, None, :]
        log_det, penalty = log_det + np.log1p(seen / unit), unit * scale**2
    explained = ratio * (rest**2 / e * inverse).sum(axis=1)
    square = spectrum.residual + explained + penalty
    log_density = hypothesis.noise.log_density(square, ratio) - 0.5 * log_det
    return Sums(square, scale, information, log_density)


@dataclass(frozen=True)
class Nodes:
    """Grid over one hypothesis, shapes (n_nodes, n_targets).

    Attributes
    ----------
    x : ndarray
        Log odds of the expected share, or log noise precisions.
    log_weight : ndarray
        Log of prior odds times density of the answers times step.
    """

    x: np.ndarray
    log_weight: np.ndarray


def integrate(hypothesis: Hypothesis, pool: Pool) -> Nodes:
    """Place nodes where the posterior is; `pool` sums over targets that are tied."""
    low, high, middle = hypothesis.grid_range()
    if pool.shares_nodes:
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())

    def log_joint(x: np.ndarray) -> np.ndarray:
        density = pool(sums_at(hypothesis, hypothesis.ratio_at(x)).log_density)
        return density + pool.once(hypothesis.log_prior(x, middle))

    if (low == high).all():
        x = low[None]
        density = sums_at(hypothesis, hypothesis.ratio_at(x)).log_density
        return Nodes(x, pool(density) + hypothesis.log_odds)
    low, high = narrow(log_joint, low, high)
    # Each target has as many nodes as it needs, whatever others do.
    n_nodes = np.maximum(_LAST, 1 + np.ceil((high - low) / _LONGEST).astype(int))
    node = np.arange(n_nodes.max())[:, None]
    x = low + (high - low) * np.minimum(node / (n_nodes - 1), 1.0)
    log_weight = log_joint(x) + np.log(x[1] - x[0]) + hypothesis.log_odds
    return Nodes(x, np.where(node < n_nodes, log_weight, -np.inf))


def narrow(
    log_density: Any, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the range, low and high (n_targets,), where the density is.

    The grid is drawn closer around all values that matter until they fill it.
    """
    column, done = np.arange(len(low)), np.zeros(len(low), dtype=bool)
    for _ in range(8):
        x = low + (high - low) * np.linspace(0.0, 1.0, _FIRST)[:, None]
        values = log_density(x)
        matters = values > values.max(axis=0) - _DROP
        first = np.maximum(np.argmax(matters, axis=0) - 1, 0)
        last = np.minimum(_FIRST - np.argmax(matters[::-1], axis=0), _FIRST - 1)
        low = np.where(done, low, x[first, column])
        high = np.where(done, high, x[last, column])
        done |= last - first > 0.3 * _FIRST
        if done.all():
            break
    return low, high


@dataclass(frozen=True)
class Pool:
    """Sums log densities over targets that share their nodes.

    Attributes
    ----------
    votes : ndarray of shape (n_targets,) or None
        How much each target counts; None where each is on its own.
    """

    votes: np.ndarray | None = None

    @property
    def shares_nodes(self) -> bool:
        """Whether all targets have one grid."""
        return self.votes is not None

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Sum over targets (the last axis), each counted by its vote."""
        if self.votes is None:
            return values
        total = (values * self.votes).sum(axis=-1, keepdims=True)
        return np.broadcast_to(total, values.shape)

    def once(self, values: np.ndarray) -> np.ndarray:
        """Return what all targets that share nodes have in common, counted once."""
        if self.votes is None:
            return values
        mean = (values * self.votes).sum(axis=-1, keepdims=True) / self.votes.sum()
        return np.broadcast_to(mean, values.shape)


def make_pool(tied: bool, cross: np.ndarray, y_square: np.ndarray) -> Pool:
    """Return how `n_targets` targets share what the data say.

    Answers that sum to a constant, as the probabilities of all classes do, say with
    `k` targets what `k - 1` would; targets that do not vary say nothing.

    Parameters
    ----------
    tied : bool
    cross : ndarray of shape (n_features, n_targets)
    y_square : ndarray of shape (n_targets,)
    """
    varies = y_square > 0
    n_votes = int(varies.sum())
    if not tied or len(y_square) == 1:
        return Pool()
    if n_votes == 0:
        return Pool(np.ones(len(y_square)) / len(y_square))
    size = np.abs(cross).sum(axis=1).max(initial=0.0)
    redundant = n_votes > 1 and np.abs(cross.sum(axis=1)).max(initial=0.0) <= (
        1e-9 * size
    )
    return Pool(varies * ((n_votes - 1) / n_votes if redundant else 1.0))


def log_sum(values: np.ndarray) -> np.ndarray:
    """Return the log of the sum of exponentials along the first axis."""
    top = values.max(axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(values - top).sum(axis=0)) + top
