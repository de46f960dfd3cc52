"""Fits to many sets of moments at once, of one target each.

What `InformativeBayesianRidge` does with ``trust="integrate"`` and
``covariance="robust"`` where nothing is given beforehand: the same numbers, by a few
operations on arrays of all fits instead of hundreds of small ones for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sklearn_baylime.linear_model import _branch, _tail_branch
from sklearn_baylime.linear_model._flat import (
    NONE,
    change_of_squares,
    flat_fit,
    is_flat,
)
from sklearn_baylime.linear_model._moments import (
    Moments,
    Spectrum,
    has_accurate_residual,
    is_accurate,
    spectrum_of_moments,
)
from sklearn_baylime.linear_model._student_mixture import StudentMixture
from sklearn_baylime.linear_model._student_t import variance_factor
from sklearn_baylime.linear_model._tail_branch import TailBranch, merge_by_bin
from sklearn_baylime.linear_model._tails import MOST_FEATURES, TailNodes
from sklearn_baylime.linear_model._trust import (
    Hypothesis,
    Noise,
    Pool,
    log_sum,
    sums_at,
)
from sklearn_baylime.linear_model._trust_fit import (
    Lane,
    dof_of_noise,
    least_square,
    make_lanes,
)
from sklearn_baylime.linear_model._trust_posterior import (
    LEAST,
    WORTH_A_PASS,
    mix_components,
)
from sklearn_baylime.linear_model._whitening import Whitening

# Columns whose spread is less than this share of their mean are left to those who
# subtract the mean before they square.
_ROUNDING = 1e-7

# From a fit's number, the covariance of its coefficients for unit noise, and these, to
# the sum of the outer products of its centred, scaled rows times their leave-one-out
# residuals, and the residuals; None where the leverages leave too little.
LeaveOut = Callable[
    [int, np.ndarray, np.ndarray], "tuple[np.ndarray, np.ndarray] | None"
]


@dataclass(frozen=True)
class StackFit:
    """One of the fits; attributes as those of `InformativeBayesianRidge`.

    Attributes
    ----------
    coef, flat_coef, flat_std : ndarray of shape (n_features,)
    intercept, loo_score : float
    covariance : ndarray of shape (n_features, n_features)
    marginals : StudentMixture
    """

    coef: np.ndarray
    intercept: float
    covariance: np.ndarray
    marginals: StudentMixture
    loo_score: float
    flat_coef: np.ndarray
    flat_std: np.ndarray


def fit_stack(
    moments: Sequence[Moments],
    n_rows: int,
    n_seen: Sequence[int],
    prior_dof: Any,
    leave_out: LeaveOut,
) -> list[StackFit | None]:
    """Fit all, as far as moments alone tell what is asked.

    Parameters
    ----------
    moments : sequence of n_fits Moments
        Of one target each, an intercept fitted.
    n_rows : int
    n_seen : sequence of n_fits int
        Rows that have a weight.
    prior_dof : float or "mixed"
        As in `InformativeBayesianRidge`.
    leave_out : callable
        The passes over the rows.

    Returns
    -------
    fits : list of n_fits StackFit or None
        None where the rows must be looked at more closely: collinear or constant
        columns, answers that do not vary or are met exactly.
    """
    spectra = [spectrum_of_moments(one, Whitening()) for one in moments]
    plain = [i for i, one in enumerate(moments) if _is_plain(one, spectra[i])]
    found: list[StackFit | None] = [None] * len(moments)
    if not plain:
        return found
    chosen = [moments[i] for i in plain]
    stack = _Stack.of(chosen, [spectra[i] for i in plain], prior_dof)
    for place, i in enumerate(plain):
        if not stack.leave_out(place, lambda *fit, i=i: leave_out(i, *fit)):
            plain[place] = -1
    coef, covariance = stack.mean(), stack.covariance()
    for place, i in enumerate(plain):
        if i < 0:
            continue
        one, spectrum = moments[i], spectra[i]
        dof = one.weight - 1
        flat, std = (part[:, 0] for part in flat_fit(spectrum, n_seen[i], True, dof))
        with np.errstate(divide="ignore", invalid="ignore"):
            shift = np.abs(flat - coef[place]) / std
        if np.isfinite(flat).all():
            changed = change_of_squares(shift[None], n_rows)[0]
            misfit = stack.flat_misfit(place, changed)
            if misfit is None:
                inverse = _inverse(spectrum, NONE * spectrum.eigenvalues.min())
                passed = leave_out(i, inverse, inverse @ one.cross[:, 0])
                if passed is None:
                    continue
                misfit = passed[0]
            inverse = _inverse(spectrum, 0.0)
            variance = np.einsum("ij,ij->i", inverse @ misfit, inverse)
            std = np.sqrt(np.maximum(variance, 0.0))
        found[i] = StackFit(
            coef[place],
            float(one.y_mean[0] - one.x_mean @ coef[place]),
            covariance[place],
            stack.marginals(place),
            float(1.0 - stack.squares[place] / one.y_square[0]),
            flat,
            std,
        )
    return found


def _is_plain(moments: Moments, spectrum: Spectrum) -> bool:
    """Tell whether moments suffice, all columns say something, and answers vary."""
    squares, mean = np.diag(moments.gram), moments.x_mean
    y_square, y_mean = moments.y_square[0], moments.y_mean[0]
    return bool(
        len(mean) <= MOST_FEATURES
        and (squares > moments.weight * (_ROUNDING * mean) ** 2).all()
        and y_square > moments.weight * (_ROUNDING * y_mean) ** 2
        and len(spectrum.eigenvalues) == len(mean)
        and is_accurate(spectrum, moments)
        and has_accurate_residual(spectrum, moments)
    )


def _inverse(spectrum: Spectrum, ratio: float) -> np.ndarray:
    """Return the inverse of the Gram matrix plus `ratio` times the identity."""
    vectors = spectrum.components
    return (vectors / (spectrum.eigenvalues + ratio)) @ vectors.T


class _Light:
    """Nodes of the Gaussian prior for some of the fits, (n_here, n_nodes) arrays."""

    def __init__(self, lane: Lane, here: np.ndarray, weight: np.ndarray) -> None:
        hypothesis, x = lane.hypothesis, lane.nodes.x
        ratio = hypothesis.ratio_at(x)
        square = sums_at(hypothesis, ratio).square
        noise = hypothesis.noise.variance(square, ratio)
        self.here, self.ratio, self.noise = here, ratio.T[here], noise.T[here]
        self.weight = _without_least(weight[here], _branch.LEAST_SHARE)
        spectrum = hypothesis.spectrum
        self.e = spectrum.eigenvalues.T[here]
        self.vectors = spectrum.components[here]
        self.cross = spectrum.cross.T[here]
        self.inverse = 1.0 / (self.e[:, None] + self.ratio[:, :, None])
        self.misfit = np.zeros(self.vectors.shape)
        self.means = (self.cross[:, None] * self.inverse) @ _turned(self.vectors)

    @cached_property
    def middle(self) -> np.ndarray:
        """Ratio at the average of its logs."""
        logs = (self.weight * np.log(self.ratio)).sum(axis=1)
        return np.exp(logs / self.weight.sum(axis=1))

    def representative(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Return covariance for unit noise and coefficients at the average."""
        vectors, inverse = self.vectors[i], 1.0 / (self.e[i] + self.middle[i])
        return (vectors * inverse) @ vectors.T, vectors @ (self.cross[i] * inverse)

    def covariances(self, factor: np.ndarray) -> np.ndarray:
        """Return the sums of the nodes' covariances times their weights."""
        own = (self.weight * self.ratio * self.noise)[:, None] @ self.inverse**2
        core = self._along() * (
            _turned(self.inverse) @ (self.weight[:, :, None] * self.inverse)
        )
        core.reshape(len(core), -1)[:, :: core.shape[1] + 1] += own[:, 0]
        covariance = self.vectors @ core @ _turned(self.vectors)
        return factor[:, None, None] * covariance

    def components(self, factor: np.ndarray) -> list[tuple[np.ndarray, ...]]:
        """Return weights, means and scales of the nodes that have any, for each fit."""
        scaled = self.vectors[:, None] * self.inverse[:, :, None]
        variance = ((scaled @ self._along()[:, None]) * scaled).sum(axis=3)
        own = (self.ratio * self.noise)[:, :, None] * self.inverse**2
        variance += own @ _turned(self.vectors) ** 2
        scales = np.sqrt(np.maximum(variance, 0.0))
        used = self.weight > 0
        return [
            (self.weight[i, used[i]], self.means[i, used[i]], scales[i, used[i]])
            for i in range(len(used))
        ]

    def _along(self) -> np.ndarray:
        """Return the misfits along the components."""
        return _turned(self.vectors) @ self.misfit @ self.vectors


class _Heavy:
    """Nodes under heavy tails for some of the fits."""

    def __init__(self, nodes: TailNodes, here: np.ndarray, weight: np.ndarray) -> None:
        known = nodes.problem.targets
        nodes = nodes.at(np.searchsorted(known, here))
        self.here, n_nodes = here, nodes.x.shape[1]
        self.weight = _without_least(weight[here], _tail_branch.LEAST_SHARE)
        problem = nodes.problem.per_node(n_nodes)
        ratio, solution = nodes.problem.ratio_at(nodes.x), nodes.solution
        noise = solution.noise[:, 0]
        self.branch = TailBranch(
            problem,
            0,
            self.weight.ravel(),
            ratio.ravel(),
            nodes.omega,
            noise,
            np.zeros_like(noise),
        )
        self.branch.__dict__["solution"] = solution
        self.ratio = ratio
        self.vectors = nodes.problem.vectors
        self.misfit = np.zeros((len(here), *problem.gram.shape[1:]))

    def representative(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Return covariance for unit noise and coefficients next to the average."""
        weight, logs = self.weight[i], np.log(self.ratio[i])
        middle = weight @ logs / weight.sum()
        away = np.where(weight > 0, np.abs(logs - middle), np.inf)
        node = i * len(weight) + int(np.argmin(away))
        solution = self.branch.solution
        return solution.inverse[node], solution.deviation[node, :, 0]

    @cached_property
    def robust(self) -> TailBranch:
        """The nodes with the misfits of their fits."""
        n_nodes = self.weight.shape[1]
        misfit = _turned(self.vectors) @ self.misfit @ self.vectors
        return self.branch.with_misfit(np.repeat(misfit, n_nodes, axis=0))

    @property
    def means(self) -> np.ndarray:
        """Means at the nodes, (n_here, n_nodes, n_features)."""
        return self.robust.means().reshape(*self.weight.shape, -1)

    def covariances(self, factor: np.ndarray) -> np.ndarray:
        """Return the sums of the nodes' covariances times their weights."""
        each = self.robust.covariances(self._each(factor))
        n_features = each.shape[1]
        flat = each.reshape(*self.weight.shape, n_features**2)
        total = self.weight[:, None] @ flat
        return total.reshape(-1, n_features, n_features)

    def components(self, factor: np.ndarray) -> list[tuple[np.ndarray, ...]]:
        """Return weights, means and scales of merged components, for each fit."""
        weight, mean, variance, bin_ = self.robust.mixtures
        weight = weight * self.weight.reshape(-1, 1, 1)
        n_fits, factors = len(self.here), self._each(factor)
        merged = merge_by_bin(weight, mean, variance, bin_, n_fits, factors)
        used = merged[0].max(axis=2) > 0
        return [tuple(part[i, used[i]] for part in merged) for i in range(n_fits)]

    def _each(self, factor: np.ndarray) -> np.ndarray:
        """Return one value for each node, (n_here * n_nodes, 1, 1)."""
        return np.repeat(factor, self.weight.shape[1])[:, None, None]


class _Stack:
    """Posteriors of all fits as mixtures over the nodes of one or two priors."""

    def __init__(self, parts: list[Any], n_fits: int, dof: np.ndarray) -> None:
        self.parts, self.dof = parts, dof
        self.factor = np.array([variance_factor(d) for d in dof])
        # Where each fit is in each part, -1 for not at all; and the part's share.
        self.places = np.full((len(parts), n_fits), -1)
        self.shares = np.zeros((len(parts), n_fits))
        for p, part in enumerate(parts):
            self.places[p, part.here] = np.arange(len(part.here))
            self.shares[p, part.here] = part.weight.sum(axis=1)
        total = self.shares.sum(axis=0)
        self.shares /= total
        for part in parts:
            part.weight /= total[part.here, None]
        self.squares = np.full(n_fits, np.nan)

    @classmethod
    def of(
        cls, moments: list[Moments], spectra: list[Spectrum], prior_dof: Any
    ) -> _Stack:
        """Place all nodes."""
        n_fits = len(moments)
        weight = np.array([one.weight for one in moments])
        dof = np.array([dof_of_noise(w, True) for w in weight])
        vectors = np.stack([s.components for s in spectra])
        spectrum = Spectrum(
            vectors,
            vectors,
            np.stack([s.eigenvalues for s in spectra], axis=1),
            np.concatenate([s.cross for s in spectra], axis=1),
            np.concatenate([s.residual for s in spectra]),
        )
        floor = least_square(np.concatenate([one.y_square for one in moments]))
        hypothesis = Hypothesis(
            "nothing",
            np.zeros(n_fits),
            spectrum,
            Whitening(),
            np.zeros((vectors.shape[1], n_fits)),
            None,
            Noise(dof, None, None, floor),
            weight,
        )
        heavy = [hypothesis] if prior_dof != np.inf else []
        lanes = make_lanes([hypothesis], heavy, Pool(), prior_dof)
        log_weight = np.concatenate([lane.log_weight for lane in lanes])
        log_evidence = log_sum(log_weight)
        parts: list[Any] = []
        for lane in lanes:
            weights = np.exp(lane.log_weight - log_evidence)
            here = np.flatnonzero(weights.sum(axis=0) > LEAST)
            if not len(here):
                continue
            if isinstance(lane, Lane):
                parts.append(_Light(lane, here, weights.T))
            else:
                parts.append(_Heavy(lane.nodes, here, weights.T))
        return cls(parts, n_fits, np.maximum(dof, 1.0))

    def leave_out(self, i: int, leave_out: Any) -> bool:
        """Give the parts of a fit their misfits; tell whether that could be done.

        A part of little weight borrows that of the other, to save a pass.
        """
        shares = self.shares[:, i]
        left: Any = 0.0
        passed, first = 0.0, None
        for p in np.argsort(shares)[::-1]:
            place = self.places[p, i]
            if place < 0:
                continue
            part = self.parts[p]
            if first is None or shares[p] >= WORTH_A_PASS:
                found = leave_out(*part.representative(place))
                if found is None:
                    return False
                misfit, residuals = found
                left, passed = left + shares[p] * residuals, passed + shares[p]
                first = misfit if first is None else first
                part.misfit[place] = misfit
            else:
                part.misfit[place] = first
        self.squares[i] = left @ left / passed**2
        return True

    def flat_misfit(self, i: int, changed: float) -> np.ndarray | None:
        """Return the misfit of the likeliest part if it serves the flat estimate."""
        p = int(np.argmax(self.shares[:, i]))
        part, place = self.parts[p], self.places[p, i]
        ratio, least = np.inf, 1.0
        if isinstance(part, _Light):
            ratio, least = part.middle[place], part.e[place].min()
        return part.misfit[place] if is_flat(changed, ratio, least) else None

    def mean(self) -> np.ndarray:
        """Return the means, (n_fits, n_features)."""
        n_features = self.parts[0].means.shape[2]
        mean = np.zeros((self.shares.shape[1], n_features))
        for part in self.parts:
            mean[part.here] += (part.weight[:, None] @ part.means)[:, 0]
        return mean

    def covariance(self) -> np.ndarray:
        """Return the covariances within the nodes and between their means."""
        mean = self.mean()
        covariance = np.zeros((*mean.shape, mean.shape[1]))
        for part in self.parts:
            gaps = part.means - mean[part.here, None]
            between = _turned(gaps) @ (part.weight[:, :, None] * gaps)
            within = part.covariances(self.factor[part.here])
            covariance[part.here] += within + between
        return covariance

    @cached_property
    def _components(self) -> list[Any]:
        return [part.components(self.factor[part.here]) for part in self.parts]

    def marginals(self, i: int) -> StudentMixture:
        """Return the marginal distributions of one fit's coefficients."""
        parts = zip(self.places, self._components, self.shares, strict=True)
        found = [
            (own[places[i]], float(shares[i]))
            for places, own, shares in parts
            if places[i] >= 0
        ]
        return mix_components(found, self.factor[i], self.dof[i])


def _without_least(weight: np.ndarray, least: float) -> np.ndarray:
    """Set the least weights (n_fits, n_nodes) to 0, their sums kept."""
    total = weight.sum(axis=1, keepdims=True)
    kept = np.where(weight > least * total, weight, 0.0)
    return kept * (total / kept.sum(axis=1, keepdims=True))


def _turned(matrices: np.ndarray) -> np.ndarray:
    return matrices.transpose(0, 2, 1)
