"""Posterior of one target over all hypotheses, tails and ratios of precisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sklearn_baylime.linear_model._factored_covariance import (
    FactoredCovariance,
    Span,
)
from sklearn_baylime.linear_model._student_mixture import StudentMixture
from sklearn_baylime.linear_model._student_t import variance_factor
from sklearn_baylime.linear_model._trust import log_sum

# Branches of less posterior probability are left out.
LEAST = 1e-5

# Branches of less probability borrow another's misfit, to save a pass over the rows.
WORTH_A_PASS = 0.05

# Components that a target's marginals have at most, about.
N_COMPONENTS = 20


@dataclass(frozen=True, eq=False)
class TrustPosterior:
    """Mixture of Student's t over the nodes of all branches, for one target.

    Attributes
    ----------
    branches : list of Branch or TailBranch
        Their weights sum to 1 in total.
    dof : float
        Degrees of freedom of the noise; infinity where its precision is known.
    dof_marginals : float
        The same, or less where few groups tell the misfit.
    """

    branches: list[Any]
    dof: float
    dof_marginals: float

    @property
    def factor(self) -> float:
        """Variance of Student's t of scale 1."""
        return variance_factor(self.dof_marginals)

    def mean(self) -> np.ndarray:
        """Return the mean, (n_features,)."""
        return np.add.reduce([b.weight @ b.means() for b in self.branches])

    def covariance(self) -> np.ndarray:
        """Return the covariance within the nodes and between their means."""
        mean = self.mean()
        covariance = np.zeros((len(mean), len(mean)))
        for branch in self.branches:
            gaps = branch.means() - mean
            between = (gaps.T * branch.weight) @ gaps
            covariance = covariance + branch.covariance(self.factor) + between
        return covariance

    def covariance_in_factors(self) -> Any:
        """Return the same, in factors where a matrix would be much larger."""
        parts = [b.hypothesis for b in self.branches]
        if not all(h.is_wide for h in parts):
            return self.covariance()
        mean, spans, columns = self.mean(), [], []
        for branch in self.branches:
            span, own = branch.factors(self.factor)
            gaps = branch.means() - mean
            spans.append(span)
            columns += [own, gaps.T * np.sqrt(branch.weight)]
        return FactoredCovariance(_merged(parts, spans), np.concatenate(columns, 1))

    def variance_along(self, rows: np.ndarray) -> np.ndarray:
        """Return ``diag(rows @ covariance @ rows.T)``."""
        covariance = self.covariance_in_factors()
        if isinstance(covariance, FactoredCovariance):
            return covariance.along(rows)
        return np.maximum(((rows @ covariance) * rows).sum(axis=1), 0.0)

    def noise_variance(self) -> float:
        """Return the mean variance of the noise of a row of weight 1."""
        noise = sum(b.weight @ b.noise for b in self.branches)
        return float(variance_factor(self.dof) * noise)

    def precisions(self, largest: float) -> tuple[float, float]:
        """Return 1 over the mean variances of the noise and of the prior.

        Means of the precisions themselves would be those of the few nodes with next to
        no noise where rows are fewer than features.
        """
        noise = sum(b.weight @ b.noise for b in self.branches)
        prior = sum(b.weight @ (b.noise / b.ratio) for b in self.branches)
        return 1.0 / max(noise, 1.0 / largest), 1.0 / max(prior, 1.0 / largest)

    def prior_share(self) -> np.ndarray:
        """Return the prior's mean share, 0 where the prior mean says nothing."""
        return np.add.reduce([b.prior_share() for b in self.branches])

    def n_fitted(self) -> float:
        """Return the mean number of coefficients that the data determine."""
        return sum(b.n_fitted() for b in self.branches)

    def mean_scale(self) -> float:
        """Return the mean scale along the direction, NaN where that has no weight."""
        along = [b for b in self.branches if b.hypothesis.direction is not None]
        weight = sum(b.weight.sum() for b in along)
        total = sum(b.weight @ b.scale for b in along)
        return float(total / weight) if along else np.nan

    def marginals(self, coef: Any = None, dof: Any = None) -> StudentMixture:
        """Return the coefficients' marginal distributions."""
        parts = [
            (branch.components(self.factor), float(branch.weight.sum()))
            for branch in self.branches
        ]
        return mix_components(parts, self.factor, self.dof_marginals)

    def sample(self, coef: Any, n: int, rng: np.random.RandomState) -> np.ndarray:
        """Draw coefficients jointly, (n, n_features)."""
        sizes = [len(b.weight) for b in self.branches]
        weight = np.concatenate([b.weight for b in self.branches])
        first = np.concatenate([[0], np.cumsum(sizes)])
        chosen = rng.choice(len(weight), size=n, p=weight / weight.sum())
        draws = np.empty((n, len(self.mean())))
        for branch, start, stop in zip(
            self.branches, first[:-1], first[1:], strict=True
        ):
            here = (chosen >= start) & (chosen < stop)
            means, deviations = branch.draw(chosen[here] - start, rng, self.factor)
            draws[here] = means + deviations * self._chi(int(here.sum()), rng)
        return draws

    def _chi(self, n: int, rng: np.random.RandomState) -> np.ndarray:
        dof = self.dof_marginals
        if np.isinf(dof):
            return np.ones((n, 1))
        return np.sqrt(dof / rng.chisquare(dof, size=(n, 1)))


def _merged(parts: list[Any], spans: list[Span]) -> tuple[Span, ...]:
    """Add up the spans of hypotheses that share one spectrum."""
    found: dict[int, Span] = {}
    for hypothesis, span in zip(parts, spans, strict=True):
        key = id(hypothesis.spectrum)
        if key in found:
            level, core = found[key].level, found[key].core
            span = replace(span, level=span.level + level, core=span.core + core)
        found[key] = span
    return tuple(found.values())


def merge(
    components: Any, at_most: int, factor: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge neighboring components, moments kept, until there are `at_most`.

    Parameters
    ----------
    components : tuple
        Weights (m,) or (m, n_features), means and scales (m, n_features), in the order
        of their ratios.
    at_most : int
    factor : float
        Variance of a component of scale 1.

    Returns
    -------
    weights, means, scales : ndarray
    """
    weights, means, scales = components
    if len(weights) <= at_most or weights.ndim == 2:
        return weights, means, scales
    middle = np.cumsum(weights) - 0.5 * weights
    group = np.minimum((middle / weights.sum() * at_most).astype(int), at_most - 1)
    starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    share = weights[:, None]
    total = np.add.reduceat(weights, starts)
    mean = np.add.reduceat(share * means, starts) / total[:, None]
    gaps = means - np.repeat(mean, np.diff(np.append(starts, len(weights))), axis=0)
    variance = np.add.reduceat(share * (scales**2 + gaps**2 / factor), starts)
    return total, mean, np.sqrt(variance / total[:, None])


def mix_components(
    parts: list[tuple[Any, float]], factor: float, dof: float
) -> StudentMixture:
    """Return the mixture of the branches' components, merged where they are many.

    Parameters
    ----------
    parts : list of (components, float)
        Weights, means and scales of each branch, and its share of all weight.
    factor : float
        Variance of a component of scale 1.
    dof : float
    """
    merged = [
        merge(components, 2 + int(np.ceil(N_COMPONENTS * share)), factor)
        for components, share in parts
    ]
    if any(weights.ndim == 2 for weights, _, _ in merged):
        merged = [
            (w if w.ndim == 2 else np.repeat(w[:, None], m.shape[1], axis=1), m, s)
            for w, m, s in merged
        ]
    weights, means, scales = (np.concatenate(p) for p in zip(*merged, strict=True))
    return StudentMixture.from_components(weights, means, scales, dof)


def split_by_target(
    lanes: Any, n_targets: int, dof: float
) -> tuple[list[TrustPosterior], dict[str, np.ndarray], np.ndarray]:
    """Turn log weights of lanes into posteriors, one a target.

    Parameters
    ----------
    lanes : list of Lane
        With `name`, `log_weight` (n_nodes, n_targets) and `branch(target, weight)`.
    n_targets : int
    dof : float

    Returns
    -------
    posteriors : list of n_targets TrustPosterior
    odds : dict of name to ndarray of shape (n_targets,)
        Posterior probabilities of the hypotheses.
    log_evidence : ndarray of shape (n_targets,)
    """
    log_weight = np.concatenate([lane.log_weight for lane in lanes])
    log_evidence = log_sum(log_weight)
    total = np.exp(log_weight - log_evidence).sum(axis=0)
    odds: dict[str, np.ndarray] = {}
    branches: list[list] = [[] for _ in range(n_targets)]
    for lane in lanes:
        weight = np.exp(lane.log_weight - log_evidence)
        share = weight.sum(axis=0)
        odds[lane.name] = odds.get(lane.name, 0.0) + share / total
        for t in np.flatnonzero(share > LEAST):
            branches[t].append(lane.branch(t, weight[:, t]))
    posteriors = []
    for found in branches:
        total = sum(b.weight.sum() for b in found)
        scaled = [replace(b, weight=b.weight / total) for b in found]
        posteriors.append(TrustPosterior(scaled, dof, dof))
    return posteriors, odds, log_evidence


def plan_passes(posteriors: list[TrustPosterior]) -> tuple[Any, Any]:
    """Choose the branches whose misfit is worth a pass over the rows.

    Returns
    -------
    passes : list of (target, index of branch)
    lender : dict of (target, index of branch) to one of these
    """
    passes, lender = [], {}
    for t, posterior in enumerate(posteriors):
        shares = [b.weight.sum() for b in posterior.branches]
        done: list[int] = []
        for i in np.argsort(shares)[::-1]:
            branch = posterior.branches[i]
            akin = [
                j
                for j in done
                if posterior.branches[j].hypothesis.spectrum
                is branch.hypothesis.spectrum
            ]
            if not akin or shares[i] >= WORTH_A_PASS:
                passes.append((t, int(i)))
                done.append(int(i))
                lender[t, int(i)] = (t, int(i))
                continue
            same = [
                j
                for j in akin
                if posterior.branches[j].hypothesis.name == branch.hypothesis.name
            ]
            lender[t, int(i)] = (t, (same or akin)[0])
    return passes, lender
