r"""Noise and prior precision by maximising the evidence along one line.

With the answers shifted by the prior mean, everything depends on the ratio
:math:`\rho = \lambda / \alpha` of the prior's to the noise's precision; their size
follows from the one that is given, or in closed form where both are fitted. So a grid
over :math:`\log\rho` finds the basin and ever finer grids its top. Each step costs
O(rank) for a target, and none can turn a precision negative, as MacKay's updates do
when the weights sum to less than the number of coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

# Log ratios around the middle of what can be expected. The evidence is a sum of
# logistic curves of them, each about four units wide, which steps of two resolve.
_GRID = np.linspace(-36.0, 36.0, 37)

# Precision of answers that are met exactly.
_LARGEST = 1e100

# Points of a zoom: where numpy's calls cost more than its numbers, more points and
# fewer zooms are cheaper.
_ZOOM, _FINE_ZOOM = np.linspace(0.0, 1.0, 17), np.linspace(0.0, 1.0, 51)
_FEW = 1000


@dataclass(frozen=True)
class EvidenceProblem:
    """What the evidence of `n_targets` independent targets depends on.

    Attributes
    ----------
    eigenvalues : ndarray of shape (rank, 1)
    cross : ndarray of shape (rank, n_targets)
        Whitened cross moments of rows and answers, prior mean subtracted.
    direction : ndarray of shape (rank, n_targets) or None
        The prior's direction in whitened coordinates where its scale is free.
    residual : ndarray of shape (n_targets,)
        Weighted sum of squares that no coefficients can explain.
    weight : float
        Sum of the sample weights, the number of observations.
    alpha, lambda_ : float or None
        The precisions of noise and prior; None to be fitted.
    alpha_1, alpha_2, lambda_1, lambda_2 : float
        Shape and rate of the Gamma hyperpriors.
    tied : bool, default=False
        Whether all targets share one ratio, at the top of the product of their
        evidences.
    """

    eigenvalues: np.ndarray
    cross: np.ndarray
    direction: np.ndarray | None
    residual: np.ndarray
    weight: float
    alpha: float | None
    lambda_: float | None
    alpha_1: float
    alpha_2: float
    lambda_1: float
    lambda_2: float
    tied: bool = False

    def pool(self, values: np.ndarray) -> np.ndarray:
        """Sum over targets (the last axis) where they share one ratio.

        Targets that do not vary have no say, since any ratio suits them.
        """
        if not self.tied or values.shape[-1] == 1:
            return values
        total = values[..., self.votes].sum(axis=-1, keepdims=True)
        return np.broadcast_to(total, values.shape)

    @cached_property
    def votes(self) -> np.ndarray:
        """Targets that vary, or all where none does."""
        varies = self.residual + self.energy.sum(axis=0) > 0
        return varies if varies.any() else np.ones_like(varies)

    @cached_property
    def energy(self) -> np.ndarray:
        """Sum of squares along each component that coefficients can explain."""
        return self.cross**2 / self.eigenvalues

    @cached_property
    def by_target(self) -> tuple[np.ndarray, np.ndarray]:
        """Energies and squared cross moments, (n_targets, rank), rows in one piece."""
        energy, squares = self.energy.T, self.cross.T**2
        return np.ascontiguousarray(energy), np.ascontiguousarray(squares)


@dataclass(frozen=True)
class Terms:
    """Sums over the spectrum at one ratio for each target, shapes (..., n_targets).

    Attributes
    ----------
    penalized : ndarray
        Weighted sum of squares plus ``ratio`` times the squared prior distance.
    distance : ndarray
        Squared whitened distance of the coefficients from the prior mean.
    n_prior, n_noise : ndarray
        Numbers of parameters that the data determine, as the updates of the prior's
        and of the noise's precision count them; they differ by the free scale.
    n_scale : ndarray
        1 where a scale is fitted, else 0.
    scale : ndarray
        The fitted scale along `direction`, else 0.
    scale_information : ndarray
        Posterior precision of that scale for unit noise precision, else 1.
    explained : ndarray
        `penalized` less the part that no coefficients can explain.
    """

    penalized: np.ndarray
    distance: np.ndarray
    n_prior: np.ndarray
    n_noise: np.ndarray
    n_scale: np.ndarray | float
    scale: np.ndarray | float
    scale_information: np.ndarray | float
    explained: np.ndarray


def terms_at(problem: EvidenceProblem, ratio: np.ndarray) -> Terms:
    """Evaluate the sums at `ratio`, of shape (..., n_targets) or (..., 1) for all."""
    e = problem.eigenvalues[:, 0]
    inverse = e + ratio[..., None]
    np.reciprocal(inverse, out=inverse)
    n_fitted = inverse @ e
    if ratio.shape[-1] == 1:
        # One ratio for all targets: their sums are products of matrices.
        explained = ratio * (inverse[..., 0, :] @ problem.energy)
        distance = inverse[..., 0, :] ** 2 @ problem.cross**2
    else:
        energy, squares = problem.by_target
        explained = ratio * np.einsum("...tr,tr->...t", inverse, energy)
        distance = np.einsum("...tr,tr->...t", inverse**2, squares)
    plain = Terms(
        penalized=problem.residual + explained,
        distance=distance,
        n_prior=n_fitted,
        n_noise=n_fitted,
        n_scale=0.0,
        scale=0.0,
        scale_information=1.0,
        explained=explained,
    )
    if problem.direction is None:
        return plain
    return _with_free_scale(problem, ratio, np.swapaxes(inverse, -1, -2), plain)


def _with_free_scale(
    problem: Any, ratio: np.ndarray, inverse: np.ndarray, plain: Terms
) -> Terms:
    """Marginalise a scale with a flat prior, as the intercept has (a GLS estimate)."""
    e, q, v = problem.eigenvalues, problem.cross, problem.direction
    information = (e * v**2 * inverse).sum(axis=-2)
    seen = (e * v**2).sum(axis=0) > np.finfo(float).eps * e.max(initial=0.0)
    information = np.where(seen, information, 1.0)
    scale = np.where(seen, (v * q * inverse).sum(axis=-2) / information, 0.0)
    overlap = np.where(seen, ((e * v * inverse) ** 2).sum(axis=-2) / information, 0.0)
    rest = q - e * v * scale[..., None, :]
    information = np.where(seen, ratio * information, 1.0)
    explained = ratio * (inverse * rest**2 / e).sum(axis=-2)
    return replace(
        plain,
        penalized=problem.residual + explained,
        explained=explained,
        distance=((rest * inverse) ** 2).sum(axis=-2),
        n_prior=plain.n_prior - overlap,
        n_noise=plain.n_noise - overlap + seen,
        n_scale=plain.n_scale + seen,
        scale=scale,
        scale_information=information,
    )


def precisions_at(
    problem: EvidenceProblem, ratio: np.ndarray, terms: Terms
) -> tuple[np.ndarray, np.ndarray]:
    """Return (alpha, lambda) at `ratio`: as given, or the best for this ratio."""
    if problem.alpha is not None:
        alpha = np.full_like(ratio, problem.alpha)
    elif problem.lambda_ is not None:
        alpha = problem.lambda_ / ratio
    else:
        # A fitted scale uses up one row; weights may sum to less.
        shape = np.maximum(problem.weight - terms.n_scale, 1e-3 * problem.weight)
        shape = shape + 2 * (problem.alpha_1 + problem.lambda_1)
        rate = terms.penalized + 2 * (problem.alpha_2 + problem.lambda_2 * ratio)
        alpha = shape / np.maximum(rate, shape / _LARGEST)
    if problem.lambda_ is not None:
        return alpha, np.full_like(ratio, problem.lambda_)
    return alpha, alpha * ratio


def log_evidence(
    problem: EvidenceProblem, ratio: np.ndarray, terms: Terms, alpha: np.ndarray
) -> np.ndarray:
    """Log density of the centred answers, coefficients (and scale) integrated out."""
    n_dof = problem.weight - terms.n_scale
    log_shrinkage = -np.log1p(problem.eigenvalues[:, 0] / ratio[..., None]).sum(axis=-1)
    return 0.5 * (
        log_shrinkage
        - np.log(terms.scale_information)
        + n_dof * np.log(alpha)
        - alpha * terms.penalized
        - n_dof * np.log(2 * np.pi)
    )


def fit_precisions(
    problem: EvidenceProblem, *, max_iter: int, tol: float
) -> tuple[np.ndarray, np.ndarray, Terms, int]:
    """Maximise the evidence, times the hyperpriors of what is fitted.

    Returns
    -------
    alpha, lambda_ : ndarray of shape (n_targets,)
    terms : Terms
        The sums at these precisions.
    n_iter : int
        Steps of the search after the grid.
    """
    n_targets = problem.cross.shape[1]
    if problem.alpha is not None and problem.lambda_ is not None:
        ones = np.ones(n_targets)
        terms = terms_at(problem, problem.lambda_ / problem.alpha * ones)
        return problem.alpha * ones, problem.lambda_ * ones, terms, 1
    center = _center(problem)
    if problem.tied:
        center = np.full_like(center, center[problem.votes].mean())
    grid = _GRID[:, None] + center
    # Targets that are looked at around one middle share what depends on the ratio.
    shared = (center == center[0]).all()
    looked_at = grid[:, :1] if shared else grid
    objective, slopes = _objective_and_slope(problem, looked_at)
    best = np.argmax(objective, axis=0)
    # The top lies on the side to which the objective rises from the best grid point.
    column = np.arange(n_targets)
    rises = slopes[best, column] > 0
    after = np.minimum(np.maximum(best + rises, 1), len(grid) - 1)
    bracket = _Bracket.around(grid, slopes, after)
    inside = (bracket.f_low > 0) & (bracket.f_high <= 0)
    n_iter, points = 0, _FINE_ZOOM if problem.cross.size < _FEW else _ZOOM
    while n_iter < max_iter and bracket.error() >= tol:
        zoom = bracket.low + (bracket.high - bracket.low) * points[:, None]
        ratio = np.exp(zoom)
        terms = terms_at(problem, ratio)
        slopes = _slope(problem, ratio, terms, *precisions_at(problem, ratio, terms))
        after = np.maximum(np.argmax(slopes <= 0, axis=0), 1)
        bracket = _Bracket.around(zoom, slopes, after)
        n_iter += 1
    ratio = np.exp(np.where(inside, bracket.secant(), grid[best, column]))
    terms = terms_at(problem, ratio)
    return *precisions_at(problem, ratio, terms), terms, max(n_iter, 1)


@dataclass(frozen=True)
class _Bracket:
    """Ends of an interval and the slopes there, for each target."""

    low: np.ndarray
    high: np.ndarray
    f_low: np.ndarray
    f_high: np.ndarray

    @classmethod
    def around(
        cls, grid: np.ndarray, slopes: np.ndarray, after: np.ndarray
    ) -> _Bracket:
        ends, column = np.stack([after - 1, after]), np.arange(len(after))
        return cls(*grid[ends, column], *slopes[ends, column])

    def error(self) -> float:
        """Bound the secant's error: about the square of the interval's length."""
        return float((self.high - self.low).max(initial=0.0)) ** 2

    def secant(self) -> np.ndarray:
        fall = np.where(self.f_low > self.f_high, self.f_low - self.f_high, 1.0)
        return self.low + (self.high - self.low) * self.f_low / fall


def _center(problem: EvidenceProblem) -> np.ndarray:
    """Log ratio in the middle of what can be expected, for each target."""
    if problem.lambda_ is None or problem.alpha is not None:
        rank = problem.eigenvalues.size
        mean = problem.eigenvalues.sum() / rank if rank else 1.0
        return np.full(problem.cross.shape[1], np.log(mean))
    square = problem.residual + problem.energy.sum(axis=0)
    tiny = np.finfo(float).tiny
    return np.log(problem.lambda_ * (square + problem.alpha_2 + tiny) / problem.weight)


def _objective_and_slope(
    problem: EvidenceProblem, log_ratio: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the objective and its derivative by the log ratio.

    The zeros of the derivative are the fixed points of MacKay's and EM's updates.
    """
    ratio = np.exp(log_ratio)
    terms = terms_at(problem, ratio)
    alpha, lambda_ = precisions_at(problem, ratio, terms)
    value = log_evidence(problem, ratio, terms, alpha)
    if problem.alpha is None:
        value = value + problem.alpha_1 * np.log(alpha) - problem.alpha_2 * alpha
    if problem.lambda_ is None:
        value = value + problem.lambda_1 * np.log(lambda_) - problem.lambda_2 * lambda_
    return problem.pool(value), _slope(problem, ratio, terms, alpha, lambda_)


def _slope(
    problem: EvidenceProblem,
    ratio: np.ndarray,
    terms: Terms,
    alpha: np.ndarray,
    lambda_: np.ndarray,
) -> np.ndarray:
    if problem.lambda_ is None:
        fitted = 0.5 * (terms.n_prior - lambda_ * terms.distance)
        return problem.pool(fitted + problem.lambda_1 - problem.lambda_2 * lambda_)
    square = terms.penalized - ratio * terms.distance
    fitted = 0.5 * (terms.n_noise - problem.weight + alpha * square)
    return problem.pool(fitted - problem.alpha_1 + problem.alpha_2 * alpha)
