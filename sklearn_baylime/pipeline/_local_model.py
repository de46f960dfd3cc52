"""The local model, fitted to answered rows."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.local._targets import Target, answers_to
from sklearn_baylime.pipeline._steps import Code, for_target


@dataclass(frozen=True)
class LocalFit:
    """Local pipelines fitted to one neighbourhood.

    Attributes
    ----------
    pipelines : list of Pipeline
        One for all targets, or one for each where features are selected.
    rows : ndarray of shape (n_rows, n_features)
        The rows as the kernel and the regressor see them.
    """

    pipelines: list[Pipeline]
    rows: np.ndarray

    def predict(self, rows) -> np.ndarray:
        """Predict the answers (n_rows, n_targets) from transformed rows."""
        predictions = [
            np.asarray(p[-1].predict(rows)).reshape(len(rows), -1)
            for p in self.pipelines
        ]
        return np.concatenate(predictions, axis=1)

    def stack(self, read) -> np.ndarray:
        """Stack what `read` takes from each local regressor, targets first."""
        return np.concatenate([np.atleast_1d(read(p[-1])) for p in self.pipelines])


@dataclass(frozen=True)
class Prepared:
    """A neighbourhood with its compiled right side, ready for the answers.

    Attributes
    ----------
    hood : Neighborhood
    local : Pipeline
        Fitted but for its last step.
    rows : ndarray of shape (n_rows, n_features)
        The rows as the last step is given them.
    weights : ndarray of shape (n_rows,)
        Their weights.
    code : Code
        What is known of the rows' columns.
    log_weight : ndarray of shape (n_rows,) or None
        Importance of the rows under the law that is meant; None where they were drawn
        by it.
    """

    hood: Neighborhood
    local: Pipeline
    rows: np.ndarray
    weights: np.ndarray
    code: Code
    log_weight: np.ndarray | None = None


def fit_local(prepared: Prepared, targets: list[Target]) -> LocalFit:
    """Fit the last step to the answers given so far.

    Targets share one fit unless the regressor takes one target only, or selectors
    choose features for each target.
    """
    answers = answers_to(targets, prepared.hood.answers)
    *first, (name, last) = prepared.local.steps
    rows, weights = prepared.rows, prepared.weights
    if len(answers) < len(weights):
        rows = rows[: len(answers)]
        importance = prepared.log_weight
        importance = None if importance is None else importance[: len(answers)]
        weights = last.weigh(rows, log_weight=importance)
    together = len(targets) == 1 or _takes_several_targets(last.regressor)
    groups = [answers] if together else [answers[:, [t]] for t in range(len(targets))]
    pipelines = []
    for t, group in enumerate(groups):
        y = group[:, 0] if group.shape[1] == 1 else group
        local = copy(last)
        if not together:
            local.regressor = for_target(last.regressor, t, len(targets))
        fitted = local.fit_weighted(rows, y, weights)
        pipelines.append(Pipeline([*first, (name, fitted)]))
    return LocalFit(pipelines, rows)


def fidelity(
    fit: LocalFit, fresh: Neighborhood, targets: list[Target], kernel, log_weight=None
) -> float:
    """Return the weighted R2 on fresh rows, mean over targets.

    `kernel` weighs the rows; the fitted one does if None. `log_weight` is added.
    """
    first, local = fit.pipelines[0][:-1], fit.pipelines[0][-1]
    rows = first.transform(fresh.codes) if len(first) else fresh.codes
    fitted = local.kernel_
    if kernel is not None:
        fitted = clone(kernel)
        if "reference" in fitted.get_params(deep=False):
            fitted.set_params(reference=local.kernel_.reference)
        fitted.fit(rows)
    log_weights = fitted.score_samples(rows)
    log_weights = log_weights if log_weight is None else log_weights + log_weight
    weights = np.exp(log_weights - log_weights.max())
    answers = answers_to(targets, fresh.answers)
    scores = weighted_r2(answers, fit.predict(rows), weights)
    return float(scores.mean())


def weighted_r2(answers, predicted, weights) -> np.ndarray:
    """Return the weighted R2 of each target; for constant answers 1 if met, else 0."""
    shares = weights / weights.sum()
    total = shares @ (answers - shares @ answers) ** 2
    error = shares @ (answers - predicted) ** 2
    known = total > np.finfo(float).eps * (shares @ answers**2)
    score = 1.0 - error / np.where(known, total, 1.0)
    met = error <= np.finfo(float).eps * np.maximum(shares @ answers**2, 1e-300)
    return np.where(known, score, met.astype(float))


def _takes_several_targets(regressor) -> bool:
    if isinstance(regressor, Pipeline):
        return len(regressor.steps) == 1 and _takes_several_targets(regressor[0])
    return get_tags(regressor).target_tags.multi_output
