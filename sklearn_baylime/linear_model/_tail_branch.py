"""One hypothesis' posterior of one target under heavy tails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sklearn_baylime.linear_model._branch import root_of
from sklearn_baylime.linear_model._moments import Spectrum
from sklearn_baylime.linear_model._tails import (
    LOG_CHANCE,
    OMEGA,
    Solution,
    TailNodes,
    TailProblem,
    cavity_of,
    log_normal,
    solve,
)
from sklearn_baylime.linear_model._trust import Hypothesis

# Nodes of less weight than this share of their branch are left out.
LEAST_SHARE = 1e-4

# Components with nearly the same shrinkage are merged: edges of the log of prior over
# cavity variance.
_EDGES = np.linspace(-6.0, 6.0, 13)


@dataclass(frozen=True, eq=False)
class TailFit:
    """What leaving out rows needs of a fit under heavy tails.

    Attributes
    ----------
    spectrum : Spectrum
    inverse : ndarray of shape (rank, rank)
        Covariance of the coefficients along the components for unit noise.
    gap : ndarray of shape (rank,)
        Least-squares coefficients along the components less the fit's.
    """

    spectrum: Spectrum
    inverse: np.ndarray
    gap: np.ndarray

    def root(self) -> np.ndarray:
        """Return a root of the components' covariance for unit noise."""
        return root_of(self.inverse)

    def left_over(
        self,
        scores: np.ndarray,
        squares: np.ndarray,
        beyond: np.ndarray,
        unexplained: np.ndarray,
        cross: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return residuals and what leverages leave of 1; see `Posterior`."""
        kept = np.diag(1.0 / self.spectrum.eigenvalues) - self.inverse
        left = beyond + np.einsum("ij,ij->i", scores @ kept, scores)
        return unexplained + scores @ self.gap, left


@dataclass(frozen=True, eq=False)
class TailBranch:
    r"""Cauchy prior of one hypothesis, as nodes over the ratio of precisions.

    The coefficients' joint posterior at a node is normal with the local precisions of
    variational Bayes; means and scales of each are those of its cavity times the Cauchy
    prior, to which the normal one is moved and stretched.

    Attributes
    ----------
    problem : TailProblem
    place : int
        Which of the problem's targets.
    weight : ndarray of shape (n_nodes,)
        Posterior weights; those of all branches of a target sum to 1.
    ratio : ndarray of shape (n_nodes,)
    omega : ndarray of shape (n_nodes, n_features)
        Local precisions.
    noise, scale : ndarray of shape (n_nodes,)
    misfit : ndarray of shape (rank, rank) or None
    shared : ndarray of shape (n_nodes, n_features) or None
        Robust over plain variance that tied targets have in common; None: its own.
    """

    problem: TailProblem
    place: int
    weight: np.ndarray
    ratio: np.ndarray
    omega: np.ndarray
    noise: np.ndarray
    scale: np.ndarray
    misfit: Any = None
    shared: Any = None

    @classmethod
    def of_nodes(cls, nodes: TailNodes, place: int, weight: np.ndarray) -> TailBranch:
        """Make the branch of one target from refined nodes and weights."""
        keep = weight > LEAST_SHARE * weight.sum()
        total = weight.sum()
        weight = weight[keep] * (total / weight[keep].sum())
        ratio = nodes.problem.ratio_at(nodes.x)[0, keep]
        omega, solution = nodes.omega[keep], nodes.solution.at(keep)
        noise, scale = solution.noise[:, place], solution.scale[:, place]
        branch = cls(nodes.problem, place, weight, ratio, omega, noise, scale)
        branch.__dict__["solution"] = solution
        return branch

    @property
    def hypothesis(self) -> Hypothesis:
        """The hypothesis of all targets."""
        return self.problem.hypothesis

    @cached_property
    def solution(self) -> Solution:
        """Normal posterior at the nodes, for unit noise."""
        return solve(self.problem, self.ratio, self.omega)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made again."""
        return {k: v for k, v in self.__dict__.items() if k != "solution"}

    def with_misfit(self, misfit: np.ndarray) -> TailBranch:
        """Return the branch with a robust covariance."""
        branch = replace(self, misfit=misfit)
        branch.__dict__["solution"] = self.solution
        return branch

    def with_shared(self, inflation: np.ndarray) -> TailBranch:
        """Return the branch with an inflation that tied targets have in common."""
        branch = replace(self, shared=inflation)
        branch.__dict__["solution"] = self.solution
        return branch

    def n_fitted(self) -> float:
        """Return the number of coefficients that the data determine, times weight."""
        own = np.diagonal(self.solution.inverse, axis1=1, axis2=2)
        return float(self.weight @ (1.0 - self.solution.prior * own).sum(axis=1))

    def representative(self) -> TailFit:
        """Return the fit at the node next to the average log ratio."""
        log_ratio = np.log(self.ratio)
        middle = self.weight @ log_ratio / self.weight.sum()
        node = int(np.argmin(np.abs(log_ratio - middle)))
        problem, solution, i = self.problem, self.solution, self.place
        spectrum, vectors = self.hypothesis.spectrum, problem.vectors[0]
        fitted = solution.deviation[node, :, i] + self._along[node]
        inverse = vectors.T @ solution.inverse[node] @ vectors
        if problem.direction is not None:
            column = vectors.T @ self._columns[node]
            inverse += np.outer(column, column) / solution.information[node, i]
        gap = problem.rest[0, :, i] / spectrum.eigenvalues - vectors.T @ fitted
        return TailFit(spectrum, inverse, gap)

    def components(self, factor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return weights, means and scales, (n_components, n_features) each.

        Components of all nodes with nearly the same shrinkage are merged into one.
        `factor` is the variance of Student's t of scale 1.
        """
        weight, mean, variance, bin_ = self.mixtures
        share, center, scale = merge_by_bin(
            weight * self.weight[:, None, None], mean, variance, bin_, 1, factor
        )
        used = share[0].max(axis=1) > 0
        return share[0, used], center[0, used], scale[0, used]

    def means(self) -> np.ndarray:
        """Return the nodes' means, (n_nodes, n_features)."""
        weight, mean, _, _ = self.mixtures
        return (weight * mean).sum(axis=1)

    @cached_property
    def mixtures(self) -> tuple[np.ndarray, ...]:
        """Weights, means, variances and bins, (n_nodes, n_omegas, n_features) each."""
        problem, solution, i = self.problem, self.solution, self.place
        cavity = cavity_of(solution)
        prior = 1.0 / (self.ratio[:, None, None] * OMEGA[:, None])
        own = (cavity.variance[:, :, i] * self.inflation)[:, None]
        # What tied targets shrink by is common to them: their sums stay sums.
        shared = self.inflation if self.shared is None else self.shared
        seen = cavity.variance * shared[:, :, None]
        size = cavity.mean**2 / np.maximum(solution.noise, 1e-300)[:, None, :]
        log_chance = log_normal(size[:, None], seen[:, None] + prior[..., None])
        log_chance = log_chance @ problem.votes
        mean = cavity.mean[:, None, :, i] * prior / (seen[:, None, :, i] + prior)
        weight = np.exp(LOG_CHANCE[:, None] + log_chance - _top(log_chance))
        weight /= weight.sum(axis=1, keepdims=True)
        doubt = self.hypothesis.doubt
        if doubt:
            # Of each coefficient in turn nothing may be known beforehand.
            weight[:, 0] *= 1.0 - doubt
            weight[:, 1:] *= 1.0 - doubt
            weight[:, 0] += doubt
        variance = self.noise[:, None, None] * own * prior / (own + prior)
        mean, variance = self._with_scale(mean, variance)
        bin_ = np.digitize(np.log(prior / own), _EDGES)
        return weight, *self._unwhitened(mean, variance), bin_

    def _with_scale(
        self, mean: np.ndarray, variance: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Add the scaled direction to the deviations, and the center."""
        solution, i = self.solution, self.place
        direction = self.problem.direction
        if direction is None:
            return mean, variance
        u = direction[:, i]
        ratio = self.noise / solution.information[:, i]
        pull = solution.pull[:, :, i]
        extra = ratio[:, None] * (u**2 - 2.0 * u * pull)
        variance = np.maximum(variance + extra[:, None], 1e-9 * variance)
        return mean + self._along[:, None], variance

    def _unwhitened(
        self, mean: np.ndarray, variance: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        root = self.hypothesis.whitening.root
        root = 1.0 if root is None else root
        center = self.hypothesis.center[:, self.problem.targets[self.place]]
        return center + mean / root, variance / root**2

    @property
    def _along(self) -> np.ndarray:
        """Scaled direction in whitened coordinates, (n_nodes, n_features)."""
        direction = self.problem.direction
        if direction is None:
            return np.zeros(self.omega.shape)
        return self.scale[:, None] * direction[:, self.place]

    @property
    def _columns(self) -> np.ndarray:
        """Change of the whitened coefficients by a unit of scale."""
        direction = self.problem.direction
        if direction is None:
            return np.zeros(self.omega.shape)
        return direction[:, self.place] - self.solution.pull[:, :, self.place]

    @cached_property
    def inflation(self) -> np.ndarray:
        """Robust over plain variance from the data, (n_nodes, n_features)."""
        solution, i = self.solution, self.place
        if self.misfit is None or not self.misfit.size:
            return np.ones(self.omega.shape)
        factor = solution.inverse
        if self.problem.direction is not None:
            pull = solution.pull[:, :, i] / solution.information[:, i, None]
            factor = factor - pull[:, :, None] * self._columns[:, None, :]
        factor = factor @ self.problem.vectors
        plain = (factor**2 @ self.problem.eigenvalues[:, :, None])[:, :, 0]
        plain *= self.noise[:, None]
        robust = ((factor @ self.misfit) * factor).sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            inflation = np.where(plain > 0, robust / plain, 1.0)
        # Rows that are met exactly have no misfit; a scale of 0 has no logarithm.
        return np.maximum(inflation, 1e-12)

    def _stretch(self, factor: Any, normal: np.ndarray) -> np.ndarray:
        """Return each standard deviation over that of the normal posterior.

        `normal` are the nodes' normal covariances.
        """
        weight, mean, variance, _ = self.mixtures
        gap = mean - self.means()[:, None]
        wanted = (weight * (factor * variance + gap**2)).sum(axis=1)
        root = self.hypothesis.whitening.root
        root = 1.0 if root is None else root
        given = np.diagonal(normal, axis1=1, axis2=2) / root**2
        return np.sqrt(wanted / np.where(given > 0, given, 1.0))

    def _factors(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the factors of data, prior and scale of the nodes' covariances."""
        solution, i = self.solution, self.place
        inverse, noise = solution.inverse, self.noise[:, None]
        data, own, along = inverse, inverse, np.zeros(self.omega.shape)
        if self.problem.direction is not None:
            column, information = self._columns, solution.information[:, i, None]
            shift = column[:, :, None] / information[:, :, None]
            data = inverse + shift * column[:, None, :]
            own = inverse - shift * solution.pull[:, None, :, i]
            along = np.sqrt(self.problem.unit[i] * noise) / information * column
        own = own * np.sqrt(solution.prior * noise)[:, None, :]
        return data @ self.problem.vectors, own, along

    def _normal_covariances(self) -> np.ndarray:
        data, own, along = self._factors()
        if self.misfit is None:
            core = data * (self.noise[:, None] * self.problem.eigenvalues)[:, None]
        else:
            core = data @ self.misfit
        core = core @ data.transpose(0, 2, 1) + own @ own.transpose(0, 2, 1)
        return core + along[:, :, None] * along[:, None, :]

    def covariances(self, factor: Any) -> np.ndarray:
        """Return the nodes' covariances, (n_nodes, n_features, n_features).

        `factor` is the variance of Student's t of scale 1, or of each node's.
        """
        normal = self._normal_covariances()
        root = self.hypothesis.whitening.root
        root = 1.0 if root is None else root
        scaled = self._stretch(factor, normal) / root
        return scaled[:, :, None] * normal * scaled[:, None, :]

    def covariance(self, factor: float) -> np.ndarray:
        """Return the sum of the nodes' covariances times their weights.

        `factor` is the variance of Student's t of scale 1.
        """
        return np.tensordot(self.weight, self.covariances(factor), 1)

    def prior_share(self) -> np.ndarray:
        """Return the prior's share of each coefficient, nodes' weights included."""
        if self.hypothesis.name == "nothing":
            return np.zeros(self.problem.n_features)
        own = np.diagonal(self.solution.inverse, axis1=1, axis2=2)
        return self.weight @ np.minimum(self.solution.prior * own, 1.0)

    def draw(
        self, nodes: np.ndarray, rng: np.random.RandomState, factor: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw deviations from the means of `nodes`, (n_draws,), and return both.

        They are normal, to be divided by a chi whose square is `factor` on average.
        """
        e = self.hypothesis.spectrum.eigenvalues
        n_features, rank = self.problem.vectors.shape[1:]
        root = self.hypothesis.whitening.root
        scaled = self._stretch(factor, self._normal_covariances()) / np.sqrt(factor)
        scaled = scaled / (1.0 if root is None else root)
        deviations = np.empty((len(nodes), n_features))
        factors = self._factors()
        for node in np.unique(nodes):
            here = nodes == node
            data, own, along = (part[node] for part in factors)
            if self.misfit is None:
                data = data * np.sqrt(self.noise[node] * e)
            else:
                data = data @ root_of(self.misfit)
            n = int(here.sum())
            drawn = rng.standard_normal((n, rank)) @ data.T
            drawn += rng.standard_normal((n, n_features)) @ own.T
            drawn += rng.standard_normal((n, 1)) * along
            deviations[here] = drawn * scaled[node]
        return self.means()[nodes], deviations


def merge_by_bin(
    weight: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    bin_: np.ndarray,
    n_problems: int,
    factor: Any,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge components with nearly the same shrinkage, moments kept.

    Parameters
    ----------
    weight, mean, variance : ndarray
        Of (n_problems * n_nodes, n_omegas, n_features) components, problem by problem.
    bin_ : ndarray of int of the same shape
        Which components are merged.
    n_problems : int
    factor : float or ndarray of shape (n_problems * n_nodes, 1, 1)
        Variance of Student's t of scale 1.

    Returns
    -------
    share, center, scale : ndarray of shape (n_problems, n_bins, n_features)
        0 for bins without any weight.
    """
    n_features, n_bins = mean.shape[-1], len(_EDGES) + 1
    first = np.repeat(np.arange(n_problems), len(mean) // n_problems) * n_bins
    index = (first[:, None, None] + bin_) * n_features + np.arange(n_features)
    index, shape = index.ravel(), (n_problems, n_bins, n_features)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(index, values.ravel(), int(np.prod(shape)))

    share = total(weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        center = np.where(share > 0, total(weight * mean) / share, 0.0)
    gap = mean - center[index].reshape(mean.shape)
    spread = total(weight * (variance + gap**2 / factor))
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(np.where(share > 0, spread / share, 0.0))
    return share.reshape(shape), center.reshape(shape), scale.reshape(shape)


def _top(values: np.ndarray) -> np.ndarray:
    return values.max(axis=1, keepdims=True)
