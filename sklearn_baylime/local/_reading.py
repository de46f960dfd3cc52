"""From answered rows to an explanation, of selected features or of all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.preprocessing import FunctionTransformer

from sklearn_baylime.base._parts import kernel_facts, place
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._influence import Influence
from sklearn_baylime.local._local_fit import LocalFit, fit_local
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._neighborhood import Neighborhood, name_of_rows
from sklearn_baylime.local._open import is_open
from sklearn_baylime.local._proxy import with_proxy
from sklearn_baylime.local._targets import Targets
from sklearn_baylime.local._trial import refuse_own_prior
from sklearn_baylime.local._warnings import warnings_of
from sklearn_baylime.representation.table._row_values import read_row

_NOT_KNOWN = np.array(np.nan)


def read_explanation(problem: LocalProblem, targets: Targets) -> Explanation:
    """Fit the local models and read the explanation off them.

    Where features are selected, the explanation of all features is kept inside.
    """
    refuse_own_prior(problem.prior_drawn, problem.hood)
    problem = with_proxy(problem, targets)
    fit = fit_local(problem, targets)
    return read_fit(fit, problem, targets, explain_whole(problem, targets))


def explain_whole(problem: LocalProblem, targets: Targets) -> Any:
    """Return the explanation of all features, or what makes it; None if all are it."""
    whole = problem.without_selection()
    if whole is None:
        return None
    if problem.hood.surveys:
        return DeferredOfShared.of(whole, targets)
    full = Deferred.of(whole, targets)
    return full if full.is_packed else full()


def read_fit(
    fit: LocalFit, problem: LocalProblem, targets: Targets, full: Any = None
) -> Explanation:
    """Return the explanation that a fitted local model makes."""
    columns = problem.columns
    # It tells of the codes' columns, which must not have changed on the way.
    is_changed = fit.is_changed or len(columns.names) != len(problem.hood.names)
    kernel = {**kernel_facts(fit.kernel), **_weight_facts(fit.weights)}
    rows = problem.rows[: len(fit.answers)]
    return Explanation(
        feature_names=fit.names,
        columns=fit.inputs,
        instance=None if is_changed else problem.description,
        representation=None if fit.is_changed else _way_back(problem.hood),
        row=None if is_changed else row_of(problem, fit.inputs),
        values=_NOT_KNOWN if is_changed else values_of(rows),
        units=_NOT_KNOWN if is_changed else units_of(problem),
        targets=targets.keys,
        target_names=targets.names,
        coef=fit.coef,
        selected_covariance=fit.covariances,
        intercept=fit.intercept,
        prediction=fit.answers[0],
        local_prediction=fit.predicted[0],
        score=fit.score,
        loo_score=fit.loo_score,
        n_queries=problem.hood.n_queries,
        n_rows=len(fit.answers),
        effective_sample_size=fit.effective_sample_size,
        prior_share=fit.prior_share,
        conflict=fit.conflict,
        selected=fit.selected,
        marginals=fit.marginals,
        prior_odds=fit.prior_odds,
        prior_scale=fit.prior_scale,
        exact=fit.is_exact,
        is_open=is_open(fit, problem.hood.groups),
        local_std=np.where(fit.is_exact, 0.0, fit.local_std),
        kernel=kernel | locality(rows, fit.weights, columns.is_categorical),
        drawn=name_of_rows(problem.hood),
        influence=None if fit.is_changed else Influence.of(problem, targets),
        outputs=fit.outputs,
        warnings=(
            *warnings_of(fit, targets.names, columns, problem.description),
            *problem.notes,
        ),
        full=full,
    )


def _way_back(hood: Neighborhood) -> list[Any]:
    """Return the placed steps; numbers without any are their own model inputs."""
    return hood.representation or [place(FunctionTransformer(), hood.reference, 0)]


def row_of(problem: LocalProblem, inputs: Any) -> Any:
    """Return the row's own values, None where it is not of a table."""
    steps = problem.hood.representation
    if problem.description is not None or not steps:
        return None
    return read_row(steps[0].row_, inputs)


def values_of(rows: Any) -> np.ndarray:
    """Return the features of the instance, the first of the rows."""
    first = rows[:1]
    return np.ravel(first.toarray() if sparse.issparse(first) else first).astype(float)


def units_of(problem: LocalProblem) -> np.ndarray:
    """Return how much of its column one unit of each feature is; NaN without a unit."""
    units: Any = 1.0
    # Codes of numbers reach the regressor as they are, where nothing follows.
    if len(problem.pipeline) > 1 and problem.columns.is_categorical is None:
        return _NOT_KNOWN
    for step in problem.hood.representation:
        if step.units_ is None:
            return _NOT_KNOWN
        units = units * step.units_
    categorical = problem.columns.is_categorical
    numbers = np.ones(len(problem.columns.names), bool)
    if categorical is not None:
        numbers = ~np.asarray(categorical)
    return np.where(numbers, units, np.nan)


def _weight_facts(weights: np.ndarray) -> dict[str, float]:
    return {"median_weight": float(np.median(weights) / weights.max())}


def locality(rows: Any, weights: np.ndarray, is_categorical: Any) -> dict[str, Any]:
    """Say where the weighted rows lie, in units of the columns.

    `center_share` is how far the way from the instance to the mean of the rows their
    center has come, `spread_share` how much of the rows' spread is left: the weights
    average effects over that region. Columns of matches have a width of their own.
    """
    numeric = np.zeros(rows.shape[1], dtype=bool)
    if is_categorical is not None:
        numeric = ~is_categorical
    if not numeric.any() or rows.shape[0] < 2:
        return {}
    numbers, shares = np.asarray(rows)[:, numeric], weights / weights.sum()
    center, middle = shares @ numbers, numbers.mean(axis=0)
    spread = np.sqrt(shares @ (numbers - center) ** 2)
    way, total = middle - numbers[0], numbers.std(axis=0)
    # Rows drawn around the instance have nowhere to go: their mean differs by chance.
    far = way @ way > 25 * (total @ total) / len(rows)
    ratio = spread[total > 0] / total[total > 0]
    share = float((center - numbers[0]) @ way / (way @ way)) if far else 0.0
    return {
        "center": center.tolist(),
        "spread": spread.tolist(),
        "center_share": share,
        "spread_share": float(np.sqrt((ratio**2).mean())) if len(ratio) else 0.0,
    }


@dataclass(frozen=True)
class Deferred:
    """An explanation that is made when it is asked for.

    All features together cost more than the few selected, and few ask for them. Rows of
    matches are kept in bits until then.

    Attributes
    ----------
    problem : LocalProblem
        Without the rows and codes; its answers are those to the targets.
    rows : ndarray
        The rows, as bits of bytes if `is_packed`.
    is_packed : bool
    targets : Targets
        As they were asked for.
    drawn, outputs
        As in `Explanation`.
    """

    problem: LocalProblem
    rows: np.ndarray
    is_packed: bool
    targets: Targets
    drawn: str | None = None
    outputs: dict[str, float] | None = None

    @classmethod
    def of(cls, problem: LocalProblem, targets: Targets) -> Deferred:
        """Keep what is needed, and no more."""
        hood = problem.hood
        answers = targets.of(hood.answers)
        # Codes that are the rows take less time to look through.
        is_coded = len(problem.pipeline) == 1
        rows = (hood.codes if is_coded else problem.rows)[: len(answers)]
        binary = rows == 1
        is_packed = bool((binary | (rows == 0)).all())
        # Copies, since a view would keep all of them.
        kept = replace(hood, codes=rows[:0].copy(), answers=answers, row=None)
        return cls(
            replace(problem, hood=kept, rows=problem.rows[:0].copy()),
            np.packbits(binary, axis=0) if is_packed else problem.rows[: len(answers)],
            is_packed,
            targets,
            name_of_rows(hood),
            targets.largest(hood.answers[0]),
        )

    def __call__(self) -> Explanation:
        """Make the explanation."""
        rows, n_rows = self.rows, len(self.problem.hood.answers)
        if self.is_packed:
            rows = np.unpackbits(rows, axis=0, count=n_rows).astype(np.float64)
        problem = replace(self.problem, rows=rows)
        fit = fit_local(problem, self.targets.kept())
        told: dict[str, Any] = {"drawn": self.drawn, "outputs": self.outputs}
        return replace(read_fit(fit, problem, self.targets), **told)


@dataclass(frozen=True)
class DeferredOfShared:
    """The same of rows that instances share: nothing of them is kept for each.

    Attributes
    ----------
    problem : LocalProblem
        Without its rows and weights: they are made anew of what is shared.
    targets : Targets
    n_rows : int
        Rows that were answered.
    n_queries : int
        Those asked for this instance until then.
    """

    problem: LocalProblem
    targets: Targets
    n_rows: int
    n_queries: int

    @classmethod
    def of(cls, problem: LocalProblem, targets: Targets) -> DeferredOfShared:
        """Keep what is needed, and no more."""
        hood = problem.hood
        light = problem.without_rows()
        return cls(light, targets, hood.n_answered, hood.n_queries)

    def __call__(self) -> Explanation:
        """Make the explanation."""
        problem = self.problem.with_rows(self.n_rows)
        hood = problem.hood.alone()
        # As they were, though more may have been asked since.
        hood.answers, hood.n_queries = hood.answers[: self.n_rows], self.n_queries
        problem = replace(problem, hood=hood)
        fit = fit_local(problem, self.targets)
        known = None if fit.is_changed else Influence.of(self.problem, self.targets)
        return replace(read_fit(fit, problem, self.targets), influence=known)
