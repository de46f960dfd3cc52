"""Fit with integrated trust: hypotheses, their weights, the misfit of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sklearn_baylime.linear_model._branch import Branch
from sklearn_baylime.linear_model._hypotheses import active_odds
from sklearn_baylime.linear_model._leave_one_out import Groups, leave_one_out
from sklearn_baylime.linear_model._moments import Moments, Rows, Spectrum
from sklearn_baylime.linear_model._tail_branch import TailBranch
from sklearn_baylime.linear_model._tails import (
    MOST_FEATURES,
    TailNodes,
    first_look,
    make_blocks,
    refine,
)
from sklearn_baylime.linear_model._trust import (
    DOUBT,
    Hypothesis,
    Nodes,
    Noise,
    Pool,
    integrate,
    log_sum,
    make_pool,
)
from sklearn_baylime.linear_model._trust_posterior import (
    TrustPosterior,
    plan_passes,
    split_by_target,
)
from sklearn_baylime.linear_model._whitening import Whitening

# Log evidence below the best at a first look from which tails are not looked at closer.
_HOPELESS = 12.0

# Prior odds of heavy tails against the Gaussian prior. Most explanations have few
# coefficients that matter. With even odds the Gaussian prior's shrinkage of the largest
# one shows in its intervals; where all matter, evidence soon says so.
_TAIL_ODDS = 10.0

# Squares below this share of the answers' are rounding.
_ROUNDING = 1e-30


@dataclass(frozen=True, eq=False)
class Lane:
    """Nodes of one hypothesis under the Gaussian prior, for all targets."""

    hypothesis: Hypothesis
    nodes: Nodes

    @property
    def name(self) -> str:
        """Name of the hypothesis."""
        return self.hypothesis.name

    @property
    def log_weight(self) -> np.ndarray:
        """Log of prior odds times evidence, (n_nodes, n_targets)."""
        return self.nodes.log_weight

    def branch(self, target: int, weight: np.ndarray) -> Branch:
        """Return the posterior of one target at the nodes' weights."""
        return Branch.of_nodes(self.hypothesis, target, self.nodes.x[:, target], weight)


@dataclass(frozen=True, eq=False)
class TailLane:
    """Nodes of one hypothesis under heavy tails, for targets that share them."""

    nodes: TailNodes
    log_weight: np.ndarray

    @property
    def name(self) -> str:
        """Name of the hypothesis."""
        return self.nodes.problem.hypothesis.name

    @classmethod
    def of(cls, nodes: TailNodes) -> TailLane:
        """Set the weights of targets that do not belong to minus infinity."""
        problem = nodes.problem
        odds = problem.hypothesis.log_odds
        log_weight = np.full((nodes.x.shape[1], len(odds)), -np.inf)
        here = problem.targets
        log_weight[:, here] = nodes.log_joint.T + odds[here]
        return cls(nodes, log_weight)

    def branch(self, target: int, weight: np.ndarray) -> TailBranch:
        """Return the posterior of one target at the nodes' weights."""
        nodes, place = self.nodes, self.place_of(target)
        if len(nodes.x) > 1:
            nodes, place = nodes.at(np.array([place])), 0
        return TailBranch.of_nodes(nodes, place, weight)

    def place_of(self, target: int) -> int:
        """Return which of the lane's targets, or of a stack's problems, one is."""
        return int(np.flatnonzero(self.nodes.problem.targets == target)[0])


@dataclass(frozen=True)
class TrustProblem:
    """All that a fit with integrated trust needs, for `n_targets` targets.

    Attributes
    ----------
    moments : Moments
    spectrum, whitening : Spectrum, Whitening
        In the coordinates that whiten the prior.
    plain : Spectrum
        In the features' own coordinates.
    mean : ndarray of shape (n_features, n_targets)
        Prior mean.
    lambda_ : float or None
        Given factor of the prior precision.
    alpha : float or None
        Given precision of the noise.
    odds : dict of str to float
        Prior odds by name.
    free_scale : bool
        Whether the prior mean is a direction only.
    tied : bool
        Whether the targets share their nodes.
    centered : bool
        Whether an intercept is fitted.
    prior_dof : float or "mixed"
        Infinity for the Gaussian prior, 1.0 for the Cauchy, "mixed" for both.
    """

    moments: Moments
    spectrum: Spectrum
    whitening: Whitening
    plain: Spectrum
    mean: np.ndarray
    lambda_: float | None
    alpha: float | None
    odds: dict[str, float]
    free_scale: bool
    tied: bool
    centered: bool
    prior_dof: float | str

    @property
    def dof(self) -> float:
        """Observations that tell the noise, at least a small share of one."""
        return dof_of_noise(self.moments.weight, self.centered)

    @property
    def dof_t(self) -> float:
        """Degrees of freedom of the posterior's Student's t, at least 1."""
        return max(self.dof, 1.0)

    def pool(self) -> Pool:
        """Return how the targets share what the data say."""
        return make_pool(self.tied, self.moments.cross, self.moments.y_square)

    def hypotheses(self) -> list[Hypothesis]:
        """Return the hypotheses that some target has."""
        is_pinned = self.lambda_ is not None
        chances = active_odds(self.odds, self.mean, is_pinned, self.free_scale)
        return [self._hypothesis(name, p) for name, p in chances.items()]

    def has_tails(self, hypothesis: Hypothesis) -> bool:
        """Whether the hypothesis is tried with heavy tails."""
        few = len(self.mean) <= MOST_FEATURES
        local = few and hypothesis.whitening.is_diagonal
        return self.prior_dof != np.inf and local

    def _hypothesis(self, name: str, chance: np.ndarray) -> Hypothesis:
        # Only what is stated has the stated precision.
        is_stated = name == "stated" or (name == "direction" and self.free_scale)
        own = is_stated and self.lambda_ is not None
        noise = Noise(
            self.dof,
            self.alpha,
            self.lambda_ if own else None,
            least_square(self.moments.y_square),
        )
        with np.errstate(divide="ignore"):
            log_odds = np.log(chance)
        zero = np.zeros_like(self.mean)
        return Hypothesis(
            name,
            log_odds,
            self.spectrum if own else self.plain,
            self.whitening if own else Whitening(),
            self.mean if name == "stated" else zero,
            self.mean if name == "direction" else None,
            noise,
            self.moments.weight,
        )


def dof_of_noise(weight: float, centered: bool) -> float:
    """Return the observations that tell the noise, at least a small share of one."""
    return max(weight - centered, 1e-3 * weight)


def least_square(y_square: np.ndarray) -> np.ndarray:
    """Return the least sum of squares that is not rounding, (n_targets,)."""
    floor = _ROUNDING * y_square
    return np.where(floor > 0, floor, 1e-300)


def fit_trust(
    problem: TrustProblem,
) -> tuple[list[TrustPosterior], dict[str, np.ndarray], np.ndarray]:
    """Weigh all hypotheses and nodes.

    Returns
    -------
    posteriors : list of n_targets TrustPosterior
        With the plain covariance.
    odds : dict of name to ndarray of shape (n_targets,)
    log_evidence : ndarray of shape (n_targets,)
    """
    pool = problem.pool()
    hypotheses = problem.hypotheses()
    heavy = [h for h in hypotheses if problem.has_tails(h)]
    lanes = make_lanes(hypotheses, heavy, pool, problem.prior_dof)
    any_integrated = any(h.noise.is_integrated for h in hypotheses)
    dof = problem.dof_t if any_integrated else np.inf
    return split_by_target(lanes, problem.mean.shape[1], dof)


def make_lanes(
    hypotheses: list[Hypothesis], heavy: list[Hypothesis], pool: Pool, prior_dof: Any
) -> list[Any]:
    """Place the nodes of hypotheses, of which some are `heavy`: tried with tails."""
    lanes: list[Any] = []
    for h in hypotheses:
        if h not in heavy:
            lanes.append(Lane(h, integrate(h, pool)))
        elif prior_dof == "mixed":
            light = with_chance(h, 1.0 / (1.0 + _TAIL_ODDS))
            lanes.append(Lane(light, integrate(light, pool)))
    if prior_dof == "mixed":
        heavy = [with_chance(h, _TAIL_ODDS / (1.0 + _TAIL_ODDS)) for h in heavy]
        # What is stated of the precision is believed.
        heavy = [
            replace(h, doubt=DOUBT) if h.noise.lambda_ is None else h for h in heavy
        ]
    n_targets = hypotheses[0].center.shape[1]
    return lanes + tail_lanes(heavy, pool, lanes, n_targets)


def with_chance(hypothesis: Hypothesis, chance: float) -> Hypothesis:
    """Return the hypothesis at a share of its prior probability."""
    return replace(hypothesis, log_odds=hypothesis.log_odds + np.log(chance))


def tail_lanes(
    hypotheses: Any, pool: Pool, lanes: Any, n_targets: int
) -> list[TailLane]:
    """Evaluate heavy tails; first coarsely, then where they may have any weight."""
    looks = []
    best = np.full(n_targets, -np.inf)
    for lane in lanes:
        best = np.maximum(best, log_sum(lane.log_weight))
    for hypothesis in hypotheses:
        low, high = noise_range(hypothesis, pool)
        for problem in make_blocks(hypothesis, pool):
            here = problem.targets
            look = first_look(problem, low[here].min(), high[here].max())
            looks.append(look)
            best[here] = np.maximum(best[here], _top(look))
    found = []
    for look in looks:
        hopeful = _top(look) > best[look.problem.targets] - _HOPELESS
        if len(look.x) > 1 and not hopeful.all():
            look = look.at(np.flatnonzero(hopeful))
        if hopeful.any():
            found.append(TailLane.of(refine(look)))
    return found


def _top(look: TailNodes) -> np.ndarray:
    """Return the largest log density of each target, prior odds included."""
    problem = look.problem
    return look.log_joint.max(axis=1) + problem.hypothesis.log_odds[problem.targets]


def noise_range(hypothesis: Hypothesis, pool: Pool) -> tuple[np.ndarray, np.ndarray]:
    """Return for each target where the grid's variable may be under heavy tails.

    Where noise is tied to the ratio by a known prior, the Gaussian prior tells it.
    """
    low, high, _ = hypothesis.grid_range()
    if hypothesis.noise.lambda_ is None or hypothesis.noise.is_known:
        return low, high
    x = integrate(hypothesis, pool).x
    return x[0] - 1.0, x[-1] + 1.0


def add_misfit(
    rows: Rows, posteriors: list[TrustPosterior], groups: Groups | None
) -> tuple[list[TrustPosterior], np.ndarray]:
    """Give each branch the misfit of its leave-one-out residuals.

    Returns
    -------
    posteriors : list of n_targets TrustPosterior
    squares : ndarray of shape (n_targets,)
        Sums of the squared residuals, averaged over the branches beforehand.
    """
    passes, lender = plan_passes(posteriors)
    misfits, residuals = {}, np.zeros((len(rows.y), len(posteriors)))
    weights = np.zeros(len(posteriors))
    for chosen in _by_spectrum(passes, posteriors):
        found = [posteriors[t].branches[i] for t, i in chosen]
        targets = [t for t, _ in chosen]
        fits = [branch.representative() for branch in found]
        sums, left_out = leave_one_out(rows, fits, targets, groups)
        for k, (t, i) in enumerate(chosen):
            share = found[k].weight.sum()
            misfits[t, i] = sums[k]
            residuals[:, t] += share * left_out[:, k]
            weights[t] += share
    robust = [
        _with_misfits(
            posterior, [misfits[lender[t, i]] for i in range(len(posterior.branches))]
        )
        for t, posterior in enumerate(posteriors)
    ]
    robust = share_inflation(robust)
    squares = (residuals**2).sum(axis=0) / weights**2
    if groups is not None:
        robust = [replace(p, dof_marginals=groups_dof(groups, p)) for p in robust]
    return robust, squares


def groups_dof(groups: Groups, posterior: TrustPosterior) -> float:
    """Return the degrees of freedom of intervals where groups tell the noise.

    Where groups are few rows each, the coefficients use some up, at most half.
    """
    most = (groups.count if groups.are_few else groups.worth) - 1.0
    if groups.are_small:
        most = max(most - posterior.n_fitted(), 0.5 * most)
    return max(min(posterior.dof, most), 1.0)


def share_inflation(posteriors: list[TrustPosterior]) -> list[TrustPosterior]:
    """Tell tied targets how much wider robust variances are, by vote."""
    kin: dict[int, list[TailBranch]] = {}
    for posterior in posteriors:
        for branch in posterior.branches:
            if isinstance(branch, TailBranch) and len(branch.problem.votes) > 1:
                kin.setdefault(id(branch.problem), []).append(branch)
    common = {}
    for key, branches in kin.items():
        votes = np.array([b.problem.votes[b.place] for b in branches])
        votes = votes if votes.any() else np.ones_like(votes)
        logs = np.stack([np.log(b.inflation) for b in branches], axis=-1) @ votes
        common[key] = np.exp(logs / votes.sum())

    def shared(branch: Any) -> Any:
        known = isinstance(branch, TailBranch) and id(branch.problem) in common
        return branch.with_shared(common[id(branch.problem)]) if known else branch

    return [replace(p, branches=[shared(b) for b in p.branches]) for p in posteriors]


def _by_spectrum(passes: Any, posteriors: list[TrustPosterior]) -> Any:
    groups: dict[int, list] = {}
    for t, i in passes:
        spectrum = posteriors[t].branches[i].hypothesis.spectrum
        groups.setdefault(id(spectrum), []).append((t, i))
    return groups.values()


def _with_misfits(posterior: TrustPosterior, misfits: Any) -> TrustPosterior:
    branches = [
        branch.with_misfit(misfit)
        for branch, misfit in zip(posterior.branches, misfits, strict=True)
    ]
    return replace(posterior, branches=branches)
