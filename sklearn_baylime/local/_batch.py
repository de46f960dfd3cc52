"""Local models of many instances on shared rows of matches, fitted at once.

The numbers are those of `fit_local`; what it does for one instance by estimators is
done here by common arrays, for the kernel, the selectors and the regressor of the
factories. Whatever is not known to be the same goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.pipeline import Pipeline

from sklearn_baylime.base._parts import log_weights
from sklearn_baylime.base._regressors import steps_of
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.linear_model._prior import LARGEST
from sklearn_baylime.linear_model._trust_stack import StackFit, fit_stack
from sklearn_baylime.local._local_fit import (
    LocalFit,
    effective_matches,
    local_std,
    scatter,
    weighted_r2,
)
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._matches import (
    Patterns,
    Scratch,
    SharedMatches,
    WeightedMatches,
    count_matches,
)
from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.local._reading import explain_whole, read_fit
from sklearn_baylime.local._targets import Targets
from sklearn_baylime.surrogate import (
    ExponentialKernel,
    ForwardSelector,
    HighestWeightsSelector,
    KernelWeightedRegressor,
    MatchBinarizer,
)
from sklearn_baylime.surrogate._kernel_weighted_regressor import (
    relative_logs,
    rescaled_weights,
)
from sklearn_baylime.surrogate._selection import (
    forward_order_of_moments,
    ridge_order_of_moments,
)

# Columns whose spread is less than this share of their mean are constant.
_ROUNDING = 1e-7


@dataclass(frozen=True)
class _Entry:
    """One instance, its sums and the columns that each target selects."""

    problem: LocalProblem
    targets: Targets
    sums: WeightedMatches
    chosen: list[np.ndarray]
    n_effective: float
    answers: np.ndarray
    patterns: dict[int, Patterns] = field(default_factory=dict)

    @property
    def n_weighted(self) -> int:
        """Number of rows that have a weight."""
        return int((self.sums.weights > 0).sum())


class MatchBatch:
    """What instances on the rows of one survey have in common.

    Parameters
    ----------
    template : LocalProblem
        Of one instance, compiled the ordinary way.
    """

    def __init__(self, template: LocalProblem) -> None:
        self.template = template
        self.survey = template.hood.surveys[0]
        self.matches, self.scratch = SharedMatches(self.survey.codes), Scratch()
        # A kernel of matches sees how many there are: log weights by their number.
        d = template.rows.shape[1]
        kernel = template.local.kernel_
        self.logs = log_weights(kernel, np.tri(d + 1, d, -1))
        *selectors, self.regressor = steps_of(template.local.regressor)
        self.selector = selectors[0] if selectors else None

    @classmethod
    def of(cls, template: LocalProblem) -> MatchBatch | None:
        """Return the batch of a problem's survey, or None if its steps are others."""
        hood, steps = template.hood, template.pipeline.steps
        is_shared = len(hood.surveys) == 1 and hood.groups is None
        if not is_shared or template.importance is not None or hood.is_exhaustive:
            return None
        if template.proxy is not None:
            # Answers are no longer what the rows share.
            return None
        codes = hood.surveys[0].codes
        if sparse.issparse(codes) or codes.dtype.kind not in "biuf" or len(steps) != 2:
            return None
        binarizer, local = steps[0][1], steps[1][1]
        is_known = (
            type(binarizer) is MatchBinarizer
            and bool(binarizer.is_compared_.all())
            and type(local) is KernelWeightedRegressor
            and _is_known_kernel(local.kernel_)
            and _is_known_regressor(local.regressor)
            and template.columns.names == list(hood.names)
            and template.description is None
        )
        return cls(template) if is_known else None

    def explain(
        self, hoods: Sequence[Neighborhood], targets: Sequence[Targets]
    ) -> list[Explanation | None]:
        """Explain instances whose rows are answered.

        Returns
        -------
        explanations : list of Explanation or None
            None for those that must be explained the ordinary way.
        """
        entries = [
            self._enter(hood, its) for hood, its in zip(hoods, targets, strict=True)
        ]
        fits = self._fit([entry for entry in entries if entry is not None])
        found: list[Explanation | None] = []
        for entry in entries:
            own = [] if entry is None else [next(fits) for _ in entry.targets.keys]
            if entry is None or any(fit is None for fit in own):
                found.append(None)
                continue
            fit = self._read(entry, own)
            whole = explain_whole(entry.problem, entry.targets)
            found.append(read_fit(fit, entry.problem, entry.targets, whole))
        return found

    def _enter(self, hood: Neighborhood, targets: Targets) -> _Entry | None:
        """Weigh an instance's rows, sum them up and select its features."""
        problem = self._problem_of(hood)
        # Tied targets share what they select nothing for: that is not done here.
        if problem is None or (self.selector is None and len(targets) > 1):
            return None
        matches = self.matches.with_instance(hood.reference)
        counts = count_matches(matches)
        weights, n_effective = self._weigh(counts)
        if weights is None:
            return None
        answers = targets.of(hood.answers)
        if np.abs(answers).max() > LARGEST:
            return None
        sums = WeightedMatches.of(matches, counts, weights, answers, self.scratch)
        chosen = [self._select(sums, t) for t in range(len(targets))]
        return _Entry(problem, targets, sums, chosen, n_effective, answers)

    def _problem_of(self, hood: Neighborhood) -> LocalProblem | None:
        """Return an instance's problem without its rows."""
        template = self.template
        (name, binarizer), last = template.pipeline.steps
        known = hood.surveys
        if not known or known[0] is not self.survey or not hood.is_complete:
            return None
        if hood.representation and hood.representation[0].describe() is not None:
            return None
        here = copy(binarizer)
        here.reference = here.reference_ = hood.reference
        columns = replace(template.columns, names=list(hood.names))
        return LocalProblem(
            hood,
            Pipeline([(name, here), last]),
            np.ones((1, len(hood.reference))),
            columns,
            np.empty(0),
        )

    def _weigh(self, counts: np.ndarray) -> tuple[np.ndarray | None, float]:
        """Return weights by number of matches, and what the rows are worth."""
        times = np.bincount(counts, minlength=len(self.logs)).astype(np.float64)
        relative, far = relative_logs(self.logs, times)
        if far.any():
            return None, 0.0
        return rescaled_weights(np.exp(relative), times)

    def _select(self, sums: WeightedMatches, t: int) -> np.ndarray:
        """Return the selected columns of one target, in order of place."""
        d, selector = len(sums.mean), self.selector
        if selector is None:
            return np.arange(d)
        gram, cross = sums.gram, sums.cross[:, t : t + 1]
        is_constant = np.diag(gram) <= sums.weight * (_ROUNDING * sums.mean) ** 2
        if is_constant.any():
            kept = ~is_constant
            gram, cross = gram * np.outer(kept, kept), cross * kept[:, None]
        size = np.sqrt(sums.y_square[t])
        cross = cross / (size if size > 0 else 1.0)
        n_features = min(selector.n_features, d)
        if isinstance(selector, ForwardSelector):
            order = forward_order_of_moments(gram, cross, n_features)
        else:
            order = ridge_order_of_moments(gram, cross, selector.alpha)[:n_features]
        return np.sort(order)

    def _fit(self, entries: list[_Entry]) -> Any:
        """Fit all targets of all instances, those of as many features at once."""
        places = [(e, t) for e in entries for t in range(len(e.targets))]
        fits: list[StackFit | None] = [None] * len(places)
        sizes = np.array([len(e.chosen[t]) for e, t in places], dtype=int)
        for size in np.unique(sizes):
            here = np.flatnonzero(sizes == size)
            found = self._fit_some([places[i] for i in here])
            for i, fit in zip(here, found, strict=True):
                fits[i] = fit
        return iter(fits)

    def _fit_some(self, places: list[tuple[_Entry, int]]) -> list[StackFit | None]:
        def leave_out(i: int, inverse: np.ndarray, coef: np.ndarray) -> Any:
            entry, t = places[i]
            answers, mean = entry.answers[:, t], entry.sums.y_mean[t]
            fit = inverse, coef, entry.sums.mean[entry.chosen[t]]
            return entry.sums.leave_out(self._patterns(entry, t), answers - mean, fit)

        return fit_stack(
            [entry.sums.moments(t, entry.chosen[t]) for entry, t in places],
            len(self.survey.codes) + 1,
            [entry.n_weighted for entry, _ in places],
            self.regressor.prior_dof,
            leave_out,
        )

    def _patterns(self, entry: _Entry, t: int) -> Patterns:
        """Return the patterns of a target's columns; small ones are kept."""
        if t in entry.patterns:
            return entry.patterns[t]
        reference = entry.problem.hood.reference
        matches = self.matches.with_instance(reference, entry.chosen[t])
        patterns = Patterns.of(matches, self.scratch)
        if patterns.places is not None:
            entry.patterns[t] = patterns
        return patterns

    def _read(self, entry: _Entry, fits: list[Any]) -> LocalFit:
        """Return what `fit_local` would of one instance."""
        sums, columns = entry.sums, entry.problem.columns
        n_targets, d = len(fits), len(sums.mean)
        weights = sums.weights
        answers = entry.answers
        selected = np.zeros((n_targets, d), dtype=bool)
        predicted = np.empty_like(answers)
        for t, fit in enumerate(fits):
            selected[t, entry.chosen[t]] = True
            predicted[:, t] = self._patterns(entry, t).predict(fit.coef, fit.intercept)
        unknown = np.full(n_targets, np.nan)

        covariances = [fit.covariance for fit in fits]
        n_matches = effective_matches(sums.weights_seen, sums.squares_seen)
        n_matches[sums.mean >= 1.0 - _ROUNDING] = np.inf
        return LocalFit(
            names=tuple(columns.names),
            inputs=tuple(columns.inputs),
            is_changed=False,
            coef=scatter([fit.coef[None] for fit in fits], selected, 0.0),
            selected=selected,
            covariances=covariances,
            marginals=[fit.marginals.compact() for fit in fits],
            intercept=np.array([fit.intercept for fit in fits]),
            conflict=unknown,
            loo_score=np.array([fit.loo_score for fit in fits]),
            prior_scale=np.ones(n_targets),
            prior_share=np.where(selected, 0.0, np.nan),
            prior_odds=None,
            flat_coef=scatter([fit.flat_coef[None] for fit in fits], selected, np.nan),
            flat_std=scatter([fit.flat_std[None] for fit in fits], selected, np.nan),
            predicted=predicted,
            answers=answers,
            weights=weights,
            effective_sample_size=entry.n_effective,
            kernel=self.template.local.kernel_,
            is_exact=False,
            local_std=local_std(
                1.0 - sums.mean, weights, answers - predicted, selected, covariances
            ),
            score=weighted_r2(answers, predicted, weights),
            outputs=entry.targets.largest(entry.problem.hood.first_answer),
            n_matches=n_matches,
        )


def _is_known_kernel(kernel: Any) -> bool:
    """Tell the usual kernel of matches, which only counts them."""
    return (
        type(kernel) is ExponentialKernel
        and kernel.metric == "euclidean"
        and bool((kernel.reference_ == 1).all())
    )


def _is_known_regressor(regressor: Any) -> bool:
    """Tell the usual regressor, without a prior, behind at most a usual selector."""
    if isinstance(regressor, Pipeline):
        selectors = steps_of(regressor)[:-1]
        known = (ForwardSelector, HighestWeightsSelector)
        if len(selectors) > 1 or any(type(s) not in known for s in selectors):
            return False
    last = steps_of(regressor)[-1]
    return (
        type(last) is InformativeBayesianRidge
        and last.trust == "integrate"
        and last.covariance == "robust"
        and np.ndim(last.prior_mean) == 0
        and last.prior_mean == 0
        and last.prior_scale == 1
        and last.prior_precision is None
        and last.noise_precision is None
        and last.fit_intercept
    )
