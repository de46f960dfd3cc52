"""Fit with integrated trust: hypotheses, their weights, the misfit of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sklearn_baylime.linear_model._branch import Branch
from sklearn_baylime.linear_model._hypotheses import active_odds
from sklearn_baylime.linear_model._leave_one_out import Groups, leave_one_out
from sklearn_baylime.linear_model._moments import Moments, Rows, Spectrum
from sklearn_baylime.linear_model._trust import (
    Hypothesis,
    Nodes,
    Noise,
    Pool,
    integrate,
    make_pool,
)
from sklearn_baylime.linear_model._trust_posterior import (
    TrustPosterior,
    plan_passes,
    split_by_target,
)
from sklearn_baylime.linear_model._whitening import Whitening

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

    @property
    def dof(self) -> float:
        """Observations that tell the noise, at least a small share of one."""
        weight = self.moments.weight
        return max(weight - self.centered, 1e-3 * weight)

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

    def _hypothesis(self, name: str, chance: np.ndarray) -> Hypothesis:
        # Only what is stated has the stated precision.
        is_stated = name == "stated" or (name == "direction" and self.free_scale)
        own = is_stated and self.lambda_ is not None
        floor = _ROUNDING * self.moments.y_square
        noise = Noise(
            self.dof,
            self.alpha,
            self.lambda_ if own else None,
            np.where(floor > 0, floor, 1e-300),
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


def fit_trust(problem: TrustProblem):
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
    lanes = [Lane(h, integrate(h, pool)) for h in hypotheses]
    any_integrated = any(h.noise.is_integrated for h in hypotheses)
    dof = problem.dof_t if any_integrated else np.inf
    return split_by_target(lanes, problem.mean.shape[1], dof)


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
    squares = (residuals**2).sum(axis=0) / weights**2
    if groups is not None and groups.are_few:
        most = max(groups.count - 1.0, 1.0)
        robust = [replace(p, dof_marginals=min(p.dof, most)) for p in robust]
    return robust, squares


def _by_spectrum(passes, posteriors):
    groups: dict[int, list] = {}
    for t, i in passes:
        spectrum = posteriors[t].branches[i].hypothesis.spectrum
        groups.setdefault(id(spectrum), []).append((t, i))
    return groups.values()


def _with_misfits(posterior: TrustPosterior, misfits) -> TrustPosterior:
    branches = [
        branch.with_misfit(misfit)
        for branch, misfit in zip(posterior.branches, misfits, strict=True)
    ]
    return replace(posterior, branches=branches)
