"""The fitted local model as a plain record, and how well it serves fresh rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone

from sklearn_baylime.base._parts import log_weights, names_behind, tell
from sklearn_baylime.base._regressors import (
    LinearReading,
    read_linear,
    selects,
    steps_of,
)
from sklearn_baylime.linear_model._factored_covariance import unknown_covariance
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.local._targets import Targets
from sklearn_baylime.surrogate import KernelWeightedRegressor


@dataclass(frozen=True)
class LocalFit:
    """What the local models of ``T`` targets say of ``d`` features.

    It is read once from whatever regressor stands at the end, so that nobody behind
    needs to know which one it was.

    Attributes
    ----------
    names, inputs : tuple of str
        What each feature means at the instance, and the input column it is about.
    is_changed : bool
        Whether a transformer between kernel and regressor made new columns.
    coef : ndarray of shape (T, d)
        0 for features that were not selected.
    selected : ndarray of bool of shape (T, d)
    covariances : list of T ndarray of shape (k, k) or FactoredCovariance
        Of the selected features; NaN where not stated.
    marginals : list of T or None
        Laws of the weights of selected features, where they are not normal.
    intercept, conflict, loo_score, prior_scale : ndarray of shape (T,)
    prior_share : ndarray of shape (T, d)
    prior_odds : dict of str to ndarray of shape (T,) or None
    flat_coef, flat_std : ndarray of shape (T, d)
        What the rows alone say; NaN where not stated.
    predicted, answers : ndarray of shape (n_rows, T)
        The local model's answers to the rows, and the black box's.
    weights : ndarray of shape (n_rows,)
    effective_sample_size : float
    kernel : estimator
        Fitted.
    is_exact : bool
        Whether all rows there are were asked about.
    local_std : ndarray of shape (T,)
        Standard deviation of the local model's answer to the instance.
    score : ndarray of shape (T,)
        Weighted R2 on the rows.
    outputs : dict of str to float or None
        The black box's largest answers to the instance; None where not known.
    n_matches : ndarray of shape (n_columns,) or None
        Effective rows, the instance's own left out, that have its value in each column
        that the kernel sees; infinite for columns that are no matches, or that all
        rows share. None where not known.
    """

    names: tuple[str, ...]
    inputs: tuple[str, ...]
    is_changed: bool
    coef: np.ndarray
    selected: np.ndarray
    covariances: list[Any]
    marginals: Sequence[Any] | None
    intercept: np.ndarray
    conflict: np.ndarray
    loo_score: np.ndarray
    prior_scale: np.ndarray
    prior_share: np.ndarray
    prior_odds: dict[str, np.ndarray] | None
    flat_coef: np.ndarray
    flat_std: np.ndarray
    predicted: np.ndarray
    answers: np.ndarray
    weights: np.ndarray
    effective_sample_size: float
    kernel: Any
    is_exact: bool
    local_std: np.ndarray
    score: np.ndarray
    outputs: dict[str, float] | None
    n_matches: np.ndarray | None


def fit_local(problem: LocalProblem, targets: Targets) -> LocalFit:
    """Fit the local models to the answers given so far, and read them."""
    models = problem.fit(targets)
    readings = [read_linear(model.regressor_) for model in models]
    loo_score = np.concatenate([r.loo_score for r in readings])
    if problem.adjusted is not None:
        # How well a local model serves the model's own answers.
        plain = replace(problem, adjusted=None).fit(targets)
        read = [read_linear(model.regressor_) for model in plain]
        loo_score = np.concatenate([r.loo_score for r in read])
    answers = targets.of(problem.hood.answers)
    between = _between(models[0])
    names, inputs = problem.columns.names, problem.columns.inputs
    rows = problem.rows[: len(answers)]
    for step in between:
        rows = step.transform(rows)
        names = combined_names(step, names, rows.shape[1])
        inputs = combined_names(step, inputs, rows.shape[1])
    pairs = zip(models, readings, strict=True)
    selected = np.concatenate([np.tile(m.support_, (len(r.coef), 1)) for m, r in pairs])
    coef = scatter([r.coef for r in readings], selected, 0.0)
    intercept = np.concatenate([r.intercept for r in readings])
    local = models[0]
    covariances = [c for r in readings for c in _stated_covariances(r)]
    predicted = np.asarray(rows @ coef.T) + intercept
    total = local.weights_.sum()
    return LocalFit(
        names=tuple(names),
        inputs=tuple(inputs),
        is_changed=bool(between),
        coef=coef,
        selected=selected,
        covariances=covariances,
        marginals=_marginals(readings),
        intercept=intercept,
        conflict=_conflict(readings),
        loo_score=loo_score,
        prior_scale=np.concatenate([r.prior_scale for r in readings]),
        prior_share=scatter([r.prior_share for r in readings], selected, np.nan),
        prior_odds=_odds(readings),
        flat_coef=scatter([r.flat_coef for r in readings], selected, np.nan),
        flat_std=scatter([r.flat_std for r in readings], selected, np.nan),
        predicted=predicted,
        answers=answers,
        weights=local.weights_,
        effective_sample_size=local.effective_sample_size_,
        kernel=local.kernel_,
        is_exact=problem.is_exact,
        local_std=local_std(
            np.ravel(rows[:1] - np.asarray(local.weights_ @ rows) / total),
            local.weights_,
            answers - predicted,
            selected,
            covariances,
        ),
        score=weighted_r2(answers, predicted, local.weights_),
        outputs=targets.largest(problem.hood.answers[0]),
        n_matches=_n_matches(problem, local.weights_),
    )


def _stated_covariances(reading: LinearReading) -> list[Any]:
    """Return the covariances, NaN where the model states none."""
    k = reading.coef.shape[1]
    return [unknown_covariance(k) if c is None else c for c in reading.covariances]


def _n_matches(problem: LocalProblem, weights: np.ndarray) -> np.ndarray | None:
    """Return the effective rows that match the instance, from the rows."""
    is_categorical, rows = problem.columns.is_categorical, problem.rows
    if is_categorical is None or sparse.issparse(rows):
        return None
    # The instance's own row tells nothing of others.
    seen = rows[1 : len(weights)]
    matches = (seen == 1).astype(np.float64)
    is_match = ((matches == 1) | (seen == 0)).all(axis=0)
    sums = np.stack([weights[1:], weights[1:] ** 2]) @ matches
    found = effective_matches(*sums)
    found[~(is_match & is_categorical) | matches.all(axis=0)] = np.inf
    return found


def effective_matches(total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Return how many equally weighted rows match, from sums of weights and squares."""
    return total**2 / np.where(squares > 0, squares, 1.0)


def local_std(
    away: np.ndarray,
    weights: np.ndarray,
    residuals: np.ndarray,
    selected: np.ndarray,
    covariances: Sequence[Any],
) -> np.ndarray:
    r"""Return the standard deviation of the local model's answer to the instance.

    :math:`\sqrt{x^T \Sigma x + s^2 / n}` with the instance's row `x` from the weighted
    mean, which is how far it is `away`, the covariance of the weights, and the mean's
    own variance from the `n` effective rows' residuals.
    """
    shares = weights / weights.sum()
    # The square of shares is what a mean of independent rows varies by.
    of_mean = (shares**2) @ residuals**2
    along = [away[s] @ c @ away[s] for s, c in zip(selected, covariances, strict=True)]
    return np.sqrt(np.maximum(np.array(along), 0.0) + of_mean)


def _between(model: KernelWeightedRegressor) -> list[Any]:
    """Return the fitted steps that make new columns, up to the last that does."""
    *between, _ = steps_of(model.regressor_)
    last = max((i for i, s in enumerate(between) if not selects(s)), default=-1)
    return between[: last + 1]


def columns_of_weights(problem: LocalProblem) -> list[str]:
    """Return the input column of each weight, before any answer is known."""
    inputs, rows = problem.columns.inputs, problem.rows
    between = steps_of(problem.local.regressor)[:-1]
    last = max((i for i, s in enumerate(between) if not selects(s)), default=-1)
    for step in between[: last + 1]:
        fitted = clone(step).fit(rows)
        rows = fitted.transform(rows)
        inputs = combined_names(fitted, inputs, rows.shape[1])
    return list(inputs)


def combined_names(step: Any, names: Sequence[str], n_columns: int) -> list[str]:
    """Return readable names behind a transformer of named conditions.

    What scikit-learn writes as products, "a b" and "a^2", reads "a & b" and "a²" where
    the names are conditions with spaces of their own.
    """
    # Signs that no name has stand for the names, so that spaces between are known.
    signs = [f"\ue000{j}\ue001" for j in range(len(names))]
    found = names_behind(step, signs, n_columns)
    return [_readable(name, signs, names) for name in found]


def _readable(name: str, signs: Sequence[str], names: Sequence[str]) -> str:
    name = name.replace("\ue001 \ue000", "\ue001 & \ue000").replace(
        "\ue001^2", "\ue001²"
    )
    for sign, known in zip(signs, names, strict=True):
        if sign in name:
            name = name.replace(sign, known)
    return name


def scatter(parts: list[np.ndarray], selected: np.ndarray, rest: float) -> np.ndarray:
    """Put the values of selected features at their places among all."""
    full = np.full(selected.shape, rest)
    values = [row for part in parts for row in part]
    for t, row in enumerate(values):
        full[t, selected[t]] = row
    return full


def _marginals(readings: list[LinearReading]) -> list[Any] | None:
    if any(r.marginals is None for r in readings):
        return None
    laws = [law for r in readings for law in r.marginals or ()]
    return [law.compact() for law in laws]


def _conflict(readings: list[LinearReading]) -> np.ndarray:
    """Return the p-values of priors that have a mean: others contradict nothing."""
    known = [r.conflict if r.has_prior_mean else r.conflict * np.nan for r in readings]
    return np.concatenate(known)


def _odds(readings: list[LinearReading]) -> dict[str, np.ndarray] | None:
    """Return the hypotheses' probabilities; None without a mean to be believed."""
    if any(r.prior_odds is None or not r.has_prior_mean for r in readings):
        return None
    names = dict.fromkeys(name for r in readings for name in r.prior_odds or ())
    return {
        name: np.concatenate(
            [(r.prior_odds or {}).get(name, np.zeros(len(r.coef))) for r in readings]
        )
        for name in names
    }


def fidelity(
    problem: LocalProblem,
    fresh: Neighborhood,
    targets: Targets,
    kernel: Any,
    importance: Any,
) -> float:
    """Return the weighted R2 on fresh rows, mean over targets.

    `kernel` weighs the rows; the fitted one does if None. `importance` is added to its
    log weights.
    """
    models = problem.fit(targets)
    rows = problem.transform(fresh.codes)
    fitted = models[0].kernel_
    if kernel is not None:
        fitted = tell(clone(kernel, safe=False), reference=problem.columns.reference)
        fitted.fit(rows)
    logs = log_weights(fitted, rows)
    logs = logs if importance is None else logs + importance
    predicted = [np.reshape(m.predict(rows), (len(logs), -1)) for m in models]
    scores = weighted_r2(
        targets.of(fresh.answers),
        np.concatenate(predicted, axis=1),
        np.exp(logs - logs.max()),
    )
    return float(scores.mean())


def weighted_r2(answers: Any, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted R2 of each target; for constant answers 1 if met, else 0."""
    shares = weights / weights.sum()
    total = shares @ (answers - shares @ answers) ** 2
    error = shares @ (answers - predicted) ** 2
    # Answers vary by rounding alone below this, however far from 0 they all are.
    rounding = (4 * np.finfo(float).eps) ** 2 * (shares @ answers**2)
    known = total > rounding
    score = 1.0 - error / np.where(known, total, 1.0)
    met = error <= np.maximum(1e4 * rounding, 1e-300)
    return np.where(known, score, met.astype(float))
