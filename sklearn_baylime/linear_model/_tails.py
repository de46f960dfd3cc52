r"""Heavy tails: a trust of its own for each coefficient.

The prior precision of coefficient :math:`j` is :math:`\alpha\rho\,\omega_j` with
:math:`\omega_j \sim \mathrm{Gamma}(1/2, 1/2)`, which makes the prior a Cauchy
distribution. At each ratio the local precisions are found by variational Bayes. The
posterior of a coefficient and the evidence then take one more step: what all others say
of it (its cavity) times the Cauchy prior, a mixture of 19 normal ones [1]_. The
variational bound itself must not be compared with a Gaussian evidence: it is 0.4 too
low for each coefficient that is not needed.

References
----------
.. [1] T. P. Minka (2001). Expectation Propagation for Approximate Bayesian Inference.
   UAI.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from sklearn_baylime.linear_model._trust import (
    Hypothesis,
    Noise,
    Pool,
    unit_information,
)

# More features than this cost too much; they get the Gaussian prior alone.
MOST_FEATURES = 200

# Log local precisions that stand for the Gamma distribution, and their weights.
_LOG_OMEGA = np.linspace(-14.0, 4.0, 19)
_LOG_CHANCE = 0.5 * _LOG_OMEGA - 0.5 * np.exp(_LOG_OMEGA)
LOG_CHANCE = _LOG_CHANCE - np.log(np.exp(_LOG_CHANCE).sum())
OMEGA = np.exp(_LOG_OMEGA)

# Log odds of the first look, its steps of variational Bayes, and the last grid.
_FIRST = np.linspace(-9.0, 16.0, 11)
_FIRST_STEPS, _LAST, _LAST_STEPS, _TOLERANCE = 2, 7, 15, 3e-2
_STRETCH = 1.8

# Least ratio of precisions, relative to the largest eigenvalue.
_LEAST_RATIO = 1e-9

# Least precision of a coefficient, relative to the same.
_LEAST_PRIOR = 1e-14

# Ratio to start from, over that of answers half of whose variance is explained.
_WEAK = 0.1

# Splines through the last grid's nodes, and their hat functions, on a finer one.
_PARTS = 24
_FINE = np.arange(_PARTS * (_LAST - 1) + 1) / _PARTS
_SPLINE = CubicSpline(np.arange(_LAST), np.eye(_LAST))(_FINE)
_HATS = np.maximum(1.0 - np.abs(_FINE[:, None] - np.arange(_LAST)), 0.0)

# Nodes where the log density is lower than its top by more are left out.
_DROP = 9.0

# Nodes that need not converge are lower than that.
_LIKELY = 5.0


@dataclass(frozen=True, eq=False)
class TailProblem:
    """Targets that share local precisions, in coordinates that whiten the prior.

    Several problems of one size make a stack along the first axis of the arrays, which
    is 1 for a single problem. Where they meet arrays over nodes, it is 1 or the nodes.

    Attributes
    ----------
    hypothesis : Hypothesis
    targets : ndarray of shape (n_shared,)
        Columns of the hypothesis' arrays; of a stack those of its problems.
    votes : ndarray of shape (n_shared,)
        How much each target counts.
    vectors : ndarray of shape (n_problems, n_features, rank)
        Eigenvectors of the whitened Gram matrix.
    eigenvalues : ndarray of shape (n_problems, rank)
    gram : ndarray of shape (n_problems, n_features, n_features)
    rest : ndarray of shape (n_problems, rank, n_shared)
        Cross moments along the vectors, prior mean subtracted.
    residual : ndarray of shape (n_problems, n_shared)
        Weighted sum of squares that no coefficients can explain.
    base, weight : ndarray of shape (n_problems, 1)
        Ratio where the grid's variable is 0, and sum of the sample weights.
    noise : Noise
        What is known of these targets' noise.
    direction : ndarray of shape (n_features, n_shared) or None
    unit : ndarray of shape (n_shared,)
        Prior precision of the scale along it for unit noise.
    """

    hypothesis: Hypothesis
    targets: np.ndarray
    votes: np.ndarray
    vectors: np.ndarray
    eigenvalues: np.ndarray
    gram: np.ndarray
    rest: np.ndarray
    residual: np.ndarray
    base: np.ndarray
    weight: np.ndarray
    noise: Noise
    direction: Any = None
    unit: Any = None

    @classmethod
    def of(cls, hypothesis: Hypothesis, targets: Any, votes: Any) -> TailProblem:
        """Whiten what a hypothesis says of some targets."""
        spectrum, whitening = hypothesis.spectrum, hypothesis.whitening
        vectors = whitening.times_root(spectrum.components)
        direction, unit = hypothesis.direction, None
        if direction is not None:
            direction = whitening.times_root(direction)[:, targets]
            unit = unit_information(hypothesis)[targets]
        gram = (vectors * spectrum.eigenvalues) @ vectors.T
        noise = hypothesis.noise
        return cls(
            hypothesis,
            targets,
            votes,
            vectors[None],
            spectrum.eigenvalues[None],
            gram[None],
            hypothesis.cross[None, :, targets],
            spectrum.residual[None, targets],
            np.full((1, 1), hypothesis.base),
            np.full((1, 1), hypothesis.weight),
            replace(noise, floor=noise.floor[None, targets]),
            direction,
            unit,
        )

    @classmethod
    def stack(cls, hypothesis: Hypothesis, targets: np.ndarray) -> TailProblem:
        """Return a problem for each of some targets, which have no direction."""
        spectrum, whitening = hypothesis.spectrum, hypothesis.whitening
        n, noise = len(targets), hypothesis.noise

        def own(values: Any) -> np.ndarray:
            every = np.broadcast_to(values, (hypothesis.center.shape[1],))
            return every[targets][:, None]

        if spectrum.eigenvalues.ndim == 2:
            vectors = spectrum.components[targets]
            e = np.ascontiguousarray(spectrum.eigenvalues[:, targets].T)
        else:
            vectors = whitening.times_root(spectrum.components)[None].repeat(n, axis=0)
            e = spectrum.eigenvalues[None].repeat(n, axis=0)
        return cls(
            hypothesis,
            targets,
            np.ones(1),
            vectors,
            e,
            (vectors * e[:, None]) @ vectors.transpose(0, 2, 1),
            hypothesis.cross[:, targets].T[:, :, None],
            own(spectrum.residual),
            own(hypothesis.base),
            own(hypothesis.weight),
            replace(noise, dof=own(noise.dof), floor=own(noise.floor)),
        )

    @property
    def n_features(self) -> int:
        """Number of coefficients."""
        return self.gram.shape[-1]

    @cached_property
    def cross(self) -> np.ndarray:
        """Cross moments of each coefficient, (n_problems, n_features, n_shared)."""
        return self.vectors @ self.rest

    def ratio_at(self, x: np.ndarray) -> np.ndarray:
        """Return the ratio at grid values, (n_problems, n_nodes)."""
        return self.base * np.exp(-x)

    def at(self, index: np.ndarray) -> TailProblem:
        """Return some problems of a stack, any as often as it has nodes.

        A single problem serves all nodes as it is.
        """
        if len(self.gram) == 1:
            return self
        names = ("vectors", "eigenvalues", "gram", "rest", "residual", "base", "weight")
        parts = {name: getattr(self, name)[index] for name in names}
        dof, floor = self.noise.dof[index], self.noise.floor[index]
        noise = replace(self.noise, dof=dof, floor=floor)
        found = replace(self, **parts, targets=self.targets[index], noise=noise)
        found.__dict__["cross"] = self.cross[index]
        return found

    def per_node(self, n_nodes: int) -> TailProblem:
        """Return the problems, each repeated for its nodes."""
        return self.at(np.repeat(np.arange(len(self.gram)), n_nodes))


@dataclass(frozen=True, eq=False)
class Solution:
    """Posterior at given local precisions, for unit noise.

    Attributes
    ----------
    prior : ndarray of shape (n_nodes, n_features)
        Prior precisions ``rho * omega`` that were used.
    inverse : ndarray of shape (n_nodes, n_features, n_features)
        Inverse of the Gram matrix plus these.
    deviation : ndarray of shape (n_nodes, n_features, n_shared)
        Mean of the coefficients about center and scaled direction.
    scale, information : ndarray of shape (n_nodes, n_shared)
    pull : ndarray of shape (n_nodes, n_features, n_shared)
        Change of the deviations by a unit of scale, negated.
    square, noise : ndarray of shape (n_nodes, n_shared)
        Penalized sum of squares and variance of the noise.
    """

    prior: np.ndarray
    inverse: np.ndarray
    deviation: np.ndarray
    scale: np.ndarray
    information: np.ndarray
    pull: np.ndarray
    square: np.ndarray
    noise: np.ndarray

    def variances(self) -> np.ndarray:
        """Return the deviations' variances for unit noise, shaped as deviations."""
        own = np.diagonal(self.inverse, axis1=1, axis2=2)
        return own[:, :, None] + self.pull**2 / self.information[:, None, :]

    def at(self, nodes: Any) -> Solution:
        """Return the solution at some of the nodes."""
        parts = {f.name: getattr(self, f.name)[nodes] for f in fields(self)}
        return Solution(**parts)


def solve(problem: TailProblem, ratio: np.ndarray, omega: np.ndarray) -> Solution:
    """Solve for the coefficients at `ratio` (n_nodes,), `omega` (n_nodes, d)."""
    e, d = problem.eigenvalues[:, :, None], problem.n_features
    # Below, the matrix that is inverted would be singular.
    least = _LEAST_PRIOR * problem.eigenvalues.max(axis=1, keepdims=True, initial=0.0)
    prior = np.maximum(ratio[:, None] * omega, least)
    matrix = np.empty((len(ratio), d, d))
    matrix[:] = problem.gram
    matrix.reshape(len(ratio), -1)[:, :: d + 1] += prior
    inverse = np.linalg.inv(matrix)
    cross = problem.cross
    deviation = inverse @ cross
    n_nodes, n_shared = len(ratio), cross.shape[2]
    scale = np.zeros((n_nodes, n_shared))
    information, pull = scale + np.inf, np.zeros(deviation.shape)
    fitted, penalty = deviation, 0.0
    if problem.direction is not None:
        seen = problem.gram[0] @ problem.direction
        pull = inverse @ seen
        column = problem.direction - pull
        information = (seen * column).sum(axis=1) + problem.unit
        scale = (cross * column).sum(axis=1) / information
        deviation = deviation - pull * scale[:, None, :]
        fitted = deviation + problem.direction * scale[:, None, :]
        penalty = problem.unit * scale**2
    gap = problem.rest / e - problem.vectors.transpose(0, 2, 1) @ fitted
    square = (e * gap**2).sum(axis=1) + penalty
    square += (prior[:, :, None] * deviation**2).sum(axis=1)
    square += problem.residual
    noise = problem.noise.variance(square, ratio[:, None])
    return Solution(prior, inverse, deviation, scale, information, pull, square, noise)


def find_omega(
    problem: TailProblem,
    ratio: np.ndarray,
    omega: np.ndarray,
    n_steps: int,
    watched: Any,
) -> np.ndarray:
    """Improve the local precisions, (n_nodes, n_features), until they stand still.

    Nodes that are not watched are improved once.
    """
    omega, shared = omega.copy(), problem.votes.sum()
    active = np.arange(len(ratio))
    for _ in range(n_steps):
        here, rho = omega[active], ratio[active]
        solution = solve(problem.at(active), rho, here)
        noise = np.maximum(solution.noise, 1e-300)[:, None, :]
        size = solution.deviation**2 / noise + solution.variances()
        step = np.log((1.0 + shared) / (1.0 + rho[:, None] * (size @ problem.votes)))
        step -= np.log(here)
        # Steps keep their direction and shrink slowly: longer ones save half of them.
        omega[active] = np.minimum(here * np.exp(_STRETCH * step), 1.0 + shared)
        moves = np.abs(step).max(axis=1, initial=0.0) > _TOLERANCE
        active = active[moves & watched[active]]
        if not len(active):
            break
    return omega


@dataclass(frozen=True, eq=False)
class Cavity:
    """What all other coefficients and the data say of each one, for unit noise.

    Attributes
    ----------
    mean, variance : ndarray of shape (n_nodes, n_features, n_shared)
    """

    mean: np.ndarray
    variance: np.ndarray


def cavity_of(solution: Solution) -> Cavity:
    """Take each coefficient's own prior out of its posterior."""
    variance = solution.variances()
    # The prior's precision is that of the very matrix that was inverted.
    precision = 1.0 / variance - solution.prior[:, :, None]
    precision = np.maximum(precision, 1e-9 / variance)
    return Cavity(solution.deviation / (variance * precision), 1.0 / precision)


def log_normal(square: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the log density of a normal up to its constant."""
    return -0.5 * (np.log(variance) + square / variance)


def log_evidence(
    problem: TailProblem, solution: Solution, ratio: np.ndarray
) -> np.ndarray:
    """Return the log evidence at each node, (n_nodes,), targets summed by vote."""
    noise, votes = problem.noise, problem.votes
    _, log_det = np.linalg.slogdet(solution.inverse)
    log_det = log_det + np.log(solution.prior).sum(axis=1)
    density = noise.log_density(solution.square, ratio[:, None])
    density = density + 0.5 * log_det[:, None]
    if problem.direction is not None:
        density -= 0.5 * np.log(solution.information / problem.unit)
    cavity = cavity_of(solution)
    square = cavity.mean**2 / np.maximum(solution.noise, 1e-300)[:, None, :]
    own = log_normal(square, cavity.variance + 1.0 / solution.prior[:, :, None])
    local = 1.0 / (ratio[:, None, None] * OMEGA[:, None, None, None])
    tails = log_normal(square, cavity.variance + local)
    shared = LOG_CHANCE[:, None, None] + tails @ votes
    top = shared.max(axis=0)
    shared = np.log(np.exp(shared - top).sum(axis=0)) + top
    return density @ votes + (shared - own @ votes).sum(axis=1)


@dataclass(frozen=True, eq=False)
class TailNodes:
    """Nodes of one hypothesis under heavy tails, for targets that share them.

    Attributes
    ----------
    problem : TailProblem
    x : ndarray of shape (n_problems, n_nodes)
        Log odds of the expected share, or log noise precisions.
    omega : ndarray of shape (n_problems * n_nodes, n_features)
    solution : Solution
        Of all nodes, problem by problem.
    log_joint : ndarray of shape (n_problems, n_nodes)
        Log joint density of node and answers; refined, its integral's shares.
    """

    problem: TailProblem
    x: np.ndarray
    omega: np.ndarray
    solution: Solution
    log_joint: np.ndarray

    def at(self, index: np.ndarray) -> TailNodes:
        """Return the nodes of some of the problems."""
        n_problems, n_nodes = self.x.shape
        nodes = np.arange(n_problems * n_nodes).reshape(n_problems, n_nodes)
        nodes = nodes[index].ravel()
        return TailNodes(
            self.problem.at(index),
            self.x[index],
            self.omega[nodes],
            self.solution.at(nodes),
            self.log_joint[index],
        )


def first_look(problem: TailProblem, low: float, high: float) -> TailNodes:
    """Evaluate a coarse grid; `low` and `high` bound noise where it is tied to it."""
    x = _FIRST
    if problem.noise.lambda_ is not None:
        # Beyond, the matrix that is inverted has no digits left.
        size = problem.eigenvalues.max(initial=0.0)
        if size > 0:
            most = np.log(problem.base[0, 0]) - np.log(_LEAST_RATIO * size)
            low, high = min(low, most), min(high, most)
        x = np.linspace(low, high, _LAST) if high > low else np.array([low])
    x = np.repeat(x[None], len(problem.gram), axis=0)
    watched = np.ones(x.size, dtype=bool)
    return _evaluate(problem, x, _start(problem, x), _FIRST_STEPS, watched)


def _start(problem: TailProblem, x: np.ndarray) -> np.ndarray:
    """Return local precisions from what a weak prior finds, one row a node.

    From a strong one the steps end where all coefficients are next to nothing, and each
    of several correlated ones could explain the answers alone.
    """
    total = problem.eigenvalues.sum(axis=1)
    total = np.where(total > 0, total, 1.0)
    weak = _WEAK * total / problem.weight[:, 0]
    solution = solve(problem, weak, np.ones((len(weak), problem.n_features)))
    size = solution.deviation**2 / np.maximum(solution.noise, 1e-300)[:, None, :]
    size = ((size + solution.variances()) @ problem.votes)[:, None]
    shared = problem.votes.sum()
    omega = (1.0 + shared) / (1.0 + problem.ratio_at(x)[:, :, None] * size)
    return omega.reshape(x.size, -1)


def refine(nodes: TailNodes) -> TailNodes:
    """Draw the grid closer, converge, and turn densities into weights of nodes."""
    problem, x, values = nodes.problem, nodes.x, nodes.log_joint
    n = x.shape[1]
    if n == 1:
        watched = np.ones(x.size, dtype=bool)
        return _evaluate(problem, x, nodes.omega, _LAST_STEPS, watched)
    matters = values > values.max(axis=1, keepdims=True) - _DROP
    first = np.maximum(np.argmax(matters, axis=1) - 1, 0)
    last = np.minimum(n - np.argmax(matters[:, ::-1], axis=1), n - 1)
    row = np.arange(len(x))
    grid = np.linspace(x[row, first], x[row, last], _LAST, axis=1)
    place = (grid - x[:, :1]) / (x[:, 1:2] - x[:, :1])
    left = np.minimum(place.astype(int), n - 2)
    share = place - left
    # Squared coefficients, from which local precisions follow, hardly vary.
    most = 1.0 + problem.votes.sum()
    omega = nodes.omega.reshape(*x.shape, -1)
    ratio = problem.ratio_at(x)[:, :, None]
    logs = np.log(np.maximum(most / omega - 1.0, 1e-12) / ratio)
    below, above = logs[row[:, None], left], logs[row[:, None], left + 1]
    size = np.exp((1.0 - share)[:, :, None] * below + share[:, :, None] * above)
    omega = most / (1.0 + problem.ratio_at(grid)[:, :, None] * size)
    likely = (1.0 - share) * values[row[:, None], left]
    likely += share * values[row[:, None], left + 1]
    watched = likely > likely.max(axis=1, keepdims=True) - _LIKELY
    omega = omega.reshape(grid.size, -1)
    fine = _evaluate(problem, grid, omega, _LAST_STEPS, watched.ravel())
    return replace(fine, log_joint=spread_weights(fine.x, fine.log_joint))


def spread_weights(x: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return log weights of nodes whose sum is the integral of ``exp(values)``.

    Between nodes the log density is a spline, shared out to the nearest two: right
    too where the density is narrower than a step. Nodes are along the last axis.
    """
    density = values @ _SPLINE.T
    top = np.maximum(density.max(axis=-1), values.max(axis=-1))[..., None]
    step = (x[..., 1] - x[..., 0])[..., None]
    mass = np.exp(density - top) * step / _PARTS
    weight = mass @ _HATS
    return np.log(np.maximum(weight, 1e-300)) + top


def _evaluate(
    problem: TailProblem, x: np.ndarray, omega: np.ndarray, n_steps: Any, watched: Any
) -> TailNodes:
    ratio, each = problem.ratio_at(x).ravel(), problem.per_node(x.shape[1])
    omega = find_omega(each, ratio, omega, n_steps, watched)
    solution = solve(each, ratio, omega)
    joint = log_evidence(each, solution, ratio).reshape(x.shape)
    hypothesis = problem.hypothesis
    if not hypothesis.noise.is_known:
        middle = hypothesis.grid_range()[2][problem.targets].mean()
        joint = joint + hypothesis.log_prior(x, middle)
    return TailNodes(problem, x, omega, solution, joint)


def make_blocks(hypothesis: Hypothesis, pool: Pool) -> list[TailProblem]:
    """Return one problem for all targets that are tied, else a stack of one for each.

    Where noise is tied to the ratio by a known prior, each has a grid of its own.
    """
    if pool.votes is not None:
        targets = np.arange(hypothesis.center.shape[1])
        return [TailProblem.of(hypothesis, targets, pool.votes)]
    targets = np.flatnonzero(np.isfinite(hypothesis.log_odds))
    if hypothesis.direction is None and hypothesis.noise.lambda_ is None:
        return [TailProblem.stack(hypothesis, targets)] if len(targets) else []
    return [TailProblem.of(hypothesis, np.array([t]), np.ones(1)) for t in targets]
