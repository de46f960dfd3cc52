"""One instance's problem: rows and weights, ready for the answers."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sklearn_baylime.base._parts import (
    categories_of,
    names_behind,
    support_of,
    tell,
)
from sklearn_baylime.base._regressors import (
    has_given_precision,
    prior_parameters,
    selects,
    states_uncertainty,
    steps_of,
    takes_several_targets,
    with_last,
)
from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.local._targets import Targets
from sklearn_baylime.surrogate import KernelWeightedRegressor
from sklearn_baylime.surrogate._all_rows import AllRowsRegressor
from sklearn_baylime.views import check_description


class RightSide(NamedTuple):
    """What stands right of the sampler, fitted where it learns from the background.

    Attributes
    ----------
    transformers : list of (str, estimator)
        Those that lead to the rows the kernel sees.
    fitted : dict of str to estimator
        Those of them that learned from the background, by name.
    kernel : estimator
    behind : list of (str, estimator)
        Transformers and selectors between kernel and regressor: the kernel measures
        distances before them, the regressor has its columns behind them.
    regressor : tuple of (str, estimator)
    """

    transformers: list[tuple[str, Any]]
    fitted: dict[str, Any]
    kernel: Any
    behind: list[tuple[str, Any]]
    regressor: tuple[str, Any]


@dataclass(frozen=True)
class Columns:
    """What is known of the columns of rows at one place of the chain.

    Attributes
    ----------
    reference : ndarray of shape (n_features,) or sparse matrix of shape (1, n_features)
        Code of the instance.
    names : list of str
        What each column means at the instance.
    inputs : list of str
        The input column that each column is about, whatever the instance.
    is_categorical : ndarray of bool of shape (n_features,) or None
        Columns of categories; None where not known.
    """

    reference: Any
    names: list[str]
    inputs: list[str]
    is_categorical: np.ndarray | None

    def behind(self, step: Any, *, has_bins: bool = False) -> Columns:
        """Return what is known behind a fitted step.

        `has_bins` says that its names tell conditions on its columns, not columns.
        """
        row = self.reference
        row = row if sparse.issparse(row) else row[None]
        reference = np.asarray(step.transform(row))[0]
        names = names_behind(step, self.names, len(reference))
        inputs = self.inputs
        if not has_bins:
            inputs = names_behind(step, inputs, len(reference))
        was = self.is_categorical
        if len(reference) == len(self.names) and was is not None:
            # A column of categories has its condition as its name already.
            pairs = zip(was, self.names, names, strict=True)
            names = [old if keep else new for keep, old, new in pairs]
        support = support_of(step)
        if was is not None and support is not None:
            was = was[support]
        known = categories_of(step)
        known = was if known is None else known
        known = known if known is not None and len(known) == len(reference) else None
        return Columns(reference, names, inputs, known)


@dataclass(frozen=True)
class LocalProblem:
    """A neighbourhood with its compiled right side, ready for the answers.

    Attributes
    ----------
    hood : Neighborhood
    pipeline : Pipeline
        The right side as a stock pipeline over rows. Its transformers are fitted to
        the rows; the last step "local", a `KernelWeightedRegressor`, is not.
    rows : ndarray of shape (n_rows, n_features)
        The rows as the last step is given them.
    columns : Columns
        What is known of their columns.
    weights : ndarray of shape (n_rows,)
        Their weights.
    importance : ndarray of shape (n_rows,) or None
        Log weights of rows that were not drawn by the law that is meant.
    description : dict or None
        What the representation tells of its instance, such as a text's words.
    prior_drawn : str, tuple of str or None
        Name of the rows that the prior was made of.
    proxy : Proxy or None
        What is to make the answers less noisy before they are fitted.
    adjusted : ndarray of shape (n_answered, T) or None
        The targets' answers as a proxy has made them, to be fitted instead.
    notes : tuple of str
        What it has to say.
    """

    hood: Neighborhood
    pipeline: Pipeline
    rows: np.ndarray
    columns: Columns
    weights: np.ndarray
    importance: np.ndarray | None = None
    description: dict[str, Any] | None = None
    prior_drawn: str | tuple[str, ...] | None = None
    proxy: Any = None
    adjusted: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    @property
    def local(self) -> KernelWeightedRegressor:
        """The last step, which the answers are for."""
        return self.pipeline[-1]

    @property
    def n_prior_targets(self) -> int | None:
        """How many targets the prior has a mean for; None where one serves all."""
        last = steps_of(self.local.regressor)[-1]
        mean = prior_parameters(last).get("prior_mean", 0.0)
        return len(mean) if np.ndim(mean) == 2 else None

    @property
    def is_exact(self) -> bool:
        """Whether all rows there are were asked about, so that nothing is inferred.

        A regressor that states no uncertainty has its own ways, and so has one whose
        precisions were given: their penalty is what was asked for.
        """
        hood, regressor = self.hood, self.local.regressor
        return (
            hood.is_exhaustive
            and hood.is_complete
            and states_uncertainty(regressor)
            and not has_given_precision(regressor)
        )

    def fit(self, targets: Targets) -> list[KernelWeightedRegressor]:
        """Fit the last step to the answers given so far.

        Targets share one fit unless the regressor takes one target only, or selectors
        choose features for each target.

        Returns
        -------
        models : list of KernelWeightedRegressor
            One for all targets, or one for each.
        """
        answers = self.adjusted
        if answers is None:
            answers = targets.of(self.hood.answers)
        local, rows, weights, groups = self._answered(len(answers))
        if self.is_exact:
            local = copy(local)
            local.regressor = with_last(local.regressor, AllRowsRegressor())
        regressor = local.regressor
        together = len(targets) == 1 or takes_several_targets(regressor)
        parts = [answers] if together else list(answers.T[:, :, None])
        models = []
        for t, part in enumerate(parts):
            # No clone: `weigh` has fitted the kernel, which is the same for all.
            model = copy(local)
            if not together:
                model.regressor = _for_target(regressor, t, len(targets))
            y = part[:, 0] if part.shape[1] == 1 else part
            models.append(model.fit_weighted(rows, y, weights, groups))
        return models

    def without_selection(self) -> LocalProblem | None:
        """Return the problem of all features, or None where none are selected."""
        regressor = self.local.regressor
        if not isinstance(regressor, Pipeline):
            return None
        kept = [pair for pair in regressor.steps[:-1] if not selects(pair[1])]
        if len(kept) == len(regressor.steps) - 1:
            return None
        whole = copy(self.local)
        last = regressor.steps[-1]
        whole.regressor = Pipeline([*kept, last]) if kept else last[1]
        *first, (name, _) = self.pipeline.steps
        return replace(self, pipeline=Pipeline([*first, (name, whole)]))

    def without_rows(self) -> LocalProblem:
        """Return the problem without rows and weights, which `with_rows` makes anew.

        Copies, since a view of no rows would keep all of them.
        """
        none = self.rows[:0].copy(), self.weights[:0].copy()
        return replace(self, rows=none[0], weights=none[1])

    def with_rows(self, n_rows: int) -> LocalProblem:
        """Return the problem with its first rows, made anew, and their weights."""
        rows = self.transform(self.hood.codes)[:n_rows]
        if rows.dtype.kind in "biu":
            rows = rows.astype(np.float64)
        importance = self.importance
        local = copy(self.local)
        weights = local.weigh(
            rows,
            log_weight=None if importance is None else importance[:n_rows],
            has_instance=True,
            is_exhaustive=self.hood.is_exhaustive and n_rows == self.hood.n_rows,
        )
        first = self.pipeline.steps[:-1]
        pipeline = Pipeline([*first, (self.pipeline.steps[-1][0], local)])
        return replace(self, pipeline=pipeline, rows=rows, weights=weights)

    def transform(self, codes: Any) -> np.ndarray:
        """Return further rows as the last step is given them."""
        first = self.pipeline[:-1]
        return first.transform(codes) if len(first) else codes

    def _answered(self, n: int) -> tuple[Any, Any, np.ndarray, np.ndarray | None]:
        """Return the rows that are answered, weighed by a model that knows them."""
        local, groups = self.local, self.hood.groups
        if n == len(self.weights):
            return local, self.rows, self.weights, groups
        # The fewer rows are weighed anew: what they are worth depends on all of them.
        local, rows = copy(local), self.rows[:n]
        importance = None if self.importance is None else self.importance[:n]
        weights = local.weigh(rows, log_weight=importance)
        return local, rows, weights, None if groups is None else groups[:n]


def compile_right_side(
    right: RightSide, columns: Columns, rows: Any
) -> tuple[Pipeline, np.ndarray, Columns]:
    """Compile the right side into a stock pipeline over rows.

    Each step with a parameter `reference` is given the instance's code at that place,
    and each with a parameter `categorical_features` the columns of categories; what
    the user has set stays.

    Parameters
    ----------
    right : RightSide
    columns : Columns
        At the instance, behind the sampler.
    rows : ndarray of shape (n_rows, n_features)
        Codes around it.

    Returns
    -------
    pipeline : Pipeline
        Fitted but for its last step.
    rows : ndarray of shape (n_rows, n_columns)
        The rows as the last step is given them.
    columns : Columns
        What is known of their columns.
    """
    steps: list[tuple[str, Any]] = []
    for name, step in right.transformers:
        if name in right.fitted:
            # Frozen, lest a user's cross-validation of the pipeline fit it to the rows:
            # it has learned from the background.
            here = FrozenEstimator(right.fitted[name].at(columns.reference))
            rows = here.transform(rows)
        else:
            facts = {"reference": columns.reference}
            here = tell(copy(step), **facts, categorical_features=_told(columns))
            rows = here.fit_transform(rows)
        columns = columns.behind(here, has_bins=name in right.fitted)
        steps.append((name, here))
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "biu":
        # Once, where each of the following would convert them for itself.
        rows = rows.astype(np.float64)
    regressor = right.regressor[1]
    if right.behind:
        regressor = Pipeline([*right.behind, right.regressor])
    kernel = tell(copy(right.kernel), reference=columns.reference)
    local = KernelWeightedRegressor(kernel, regressor)
    return Pipeline([*steps, ("local", local)]), rows, columns


def make_problem(
    hood: Neighborhood, right: RightSide, columns: Columns, importance: Any
) -> LocalProblem:
    """Compile the right side at a neighbourhood and weigh its rows; asks nothing."""
    description = hood.representation[0].describe() if hood.representation else None
    check_description(description)
    pipeline, rows, columns = compile_right_side(right, columns, hood.codes)
    weights = pipeline[-1].weigh(
        rows,
        log_weight=importance,
        has_instance=True,
        is_exhaustive=hood.is_exhaustive,
    )
    made = pipeline, rows, columns, weights, importance, description
    return LocalProblem(hood, *made)


def _told(columns: Columns) -> np.ndarray | None:
    known = columns.is_categorical
    return None if known is None else np.flatnonzero(known)


def _for_target(regressor: Any, t: int, n_targets: int) -> Any:
    """Return the regressor with the prior mean of one target, if each has its own.

    Raises
    ------
    ValueError
        If the prior means are not as many as the targets.
    """
    last = steps_of(regressor)[-1]
    mean = np.asarray(prior_parameters(last).get("prior_mean", 0.0))
    if mean.ndim < 2:
        return regressor
    if len(mean) != n_targets:
        raise ValueError(
            f"prior_mean has {len(mean)} rows, expected one for each of the "
            f"{n_targets} targets."
        )
    prefix = f"{regressor.steps[-1][0]}__" if isinstance(regressor, Pipeline) else ""
    return clone(regressor).set_params(**{f"{prefix}prior_mean": mean[t]})
