"""From answered rows to an explanation."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from sklearn_baylime.explanation import Explanation
from sklearn_baylime.pipeline._neighborhood import Neighborhood
from sklearn_baylime.pipeline._steps import Code, for_target
from sklearn_baylime.pipeline._targets import Target, answers_to, keys_of, name_of

# Below these the explanation says so in words.
_LOW_SCORE = 0.3
_LOW_ROWS_PER_FEATURE = 10.0
_CONFLICT = 0.01
_MOSTLY_PRIOR = 0.9


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
    """

    hood: Neighborhood
    local: Pipeline
    rows: np.ndarray
    weights: np.ndarray
    code: Code


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
        weights = last.weigh(rows)
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


def explain(prepared: Prepared, targets: list[Target], names) -> Explanation:
    """Fit the local models and read the explanation off them.

    Where features are selected, the explanation of all features is kept inside.
    """
    explanation = explain_fit(fit_local(prepared, targets), prepared, targets, names)
    explanation = replace(explanation, instance=describe_instance(prepared))
    *first, (name, last) = prepared.local.steps
    if not isinstance(last.regressor, Pipeline):
        return explanation
    whole = copy(last)
    whole.regressor = last.regressor[-1]
    full = Deferred.of(
        replace(prepared, local=Pipeline([*first, (name, whole)])), targets, names
    )
    full = replace(full, instance=explanation.instance)
    return replace(explanation, full=full if full.is_packed else full())


def describe_instance(prepared: Prepared) -> Any:
    """Return what a representation can tell of its instance, such as a text's words.

    It tells of the codes' columns, which must not have changed on the right side.
    """
    first = prepared.hood.representation[:1]
    if not first or not hasattr(first[0], "describe"):
        return None
    changed = len(prepared.code.names) != len(prepared.hood.names)
    return None if changed else first[0].describe()


@dataclass(frozen=True)
class Deferred:
    """An explanation that is made when it is asked for.

    All features together cost more than the few selected, and few ask for them. Rows of
    matches are kept in bits until then.

    Attributes
    ----------
    prepared : Prepared
        Without the rows and codes.
    rows : ndarray
        The rows, as bits of bytes if `is_packed`.
    is_packed : bool
    targets, names : tuple
        The explained targets and their names; `prepared` has the answers to them.
    instance : object
        What the explanation tells of its instance.
    """

    prepared: Prepared
    rows: np.ndarray
    is_packed: bool
    targets: tuple[Any, ...]
    names: tuple[str, ...]
    instance: Any = None

    @classmethod
    def of(cls, prepared: Prepared, targets: list[Target], names) -> Deferred:
        """Keep what is needed, and no more."""
        hood = prepared.hood
        answers = answers_to(targets, hood.answers)
        # Codes that are the rows take less time to look through.
        is_coded = len(prepared.local) == 1
        rows = (hood.codes if is_coded else prepared.rows)[: len(answers)]
        binary = rows == 1
        is_packed = bool((binary | (rows == 0)).all())
        kept = replace(hood, codes=rows[:0], answers=answers, representation=[])
        return cls(
            replace(prepared, hood=kept, rows=prepared.rows[:0]),
            np.packbits(binary, axis=0) if is_packed else prepared.rows[: len(answers)],
            is_packed,
            keys_of(targets),
            tuple(name_of(target, names) for target in targets),
        )

    def __call__(self) -> Explanation:
        """Make the explanation."""
        rows, n_rows = self.rows, len(self.prepared.hood.answers)
        if self.is_packed:
            rows = np.unpackbits(rows, axis=0, count=n_rows).astype(np.float64)
        prepared = replace(self.prepared, rows=rows)
        columns: list[Target] = [(t,) for t in range(len(self.targets))]
        fit = fit_local(prepared, columns)
        made = explain_fit(fit, prepared, columns, list(self.names))
        return replace(made, targets=self.targets, instance=self.instance)


def explain_fit(
    fit: LocalFit, prepared: Prepared, targets: list[Target], names: list[str]
) -> Explanation:
    """Read the explanation off the fitted local models."""
    hood, code = prepared.hood, prepared.code
    answers = answers_to(targets, hood.answers)
    local = fit.pipelines[0][-1]
    weights = local.weights_
    n_targets, n_features = len(targets), len(code.names)
    coef = fit.stack(lambda m: np.atleast_2d(_coef_of(m)))
    intercept = np.broadcast_to(fit.stack(lambda m: m.intercept_), n_targets)
    predicted = fit.rows @ coef.T + intercept
    has_prior_mean = np.any(_attribute(local, "prior_mean", 0.0))
    conflict = fit.stack(lambda m: _attribute(m, "conflict_", np.nan))
    content = {
        "feature_names": code.names,
        "columns": code.columns,
        "targets": keys_of(targets),
        "target_names": tuple(name_of(t, names) for t in targets),
        "coef": coef,
        "selected_covariance": [b for p in fit.pipelines for b in _covariances(p[-1])],
        "intercept": intercept,
        "prediction": answers[0],
        "local_prediction": predicted[0],
        "score": weighted_r2(answers, predicted, weights),
        "loo_score": _spread(
            fit.stack(lambda m: _attribute(m, "loo_score_", np.nan)), n_targets
        ),
        "n_queries": hood.n_queries,
        "n_rows": len(answers),
        "effective_sample_size": local.effective_sample_size_,
        "prior_share": fit.stack(_prior_shares),
        "conflict": np.where(has_prior_mean, _spread(conflict, n_targets), np.nan),
        "selected": fit.stack(
            lambda m: np.tile(m.support_, (np.atleast_2d(m.coef_).shape[0], 1))
        ),
        "kernel": _kernel_facts(local.kernel_, weights)
        | _locality(fit.rows, weights, code.is_categorical),
    }
    return Explanation(**content, warnings=_warnings(content, answers, n_features))


def fidelity(
    fit: LocalFit, fresh: Neighborhood, targets: list[Target], kernel
) -> float:
    """Return the weighted R2 on fresh rows, mean over targets.

    `kernel` weighs the rows; the fitted one does if None.
    """
    first, local = fit.pipelines[0][:-1], fit.pipelines[0][-1]
    rows = first.transform(fresh.codes) if len(first) else fresh.codes
    fitted = local.kernel_
    if kernel is not None:
        fitted = clone(kernel)
        if "reference" in fitted.get_params(deep=False):
            fitted.set_params(reference=local.kernel_.reference)
        fitted.fit(rows)
    weights = _relative_weights(fitted, rows)
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


def _relative_weights(kernel, rows) -> np.ndarray:
    log_weights = kernel.score_samples(rows)
    return np.exp(log_weights - log_weights.max())


def _coef_of(model):
    if not hasattr(model, "coef_"):
        raise TypeError(
            f"The regressor {type(model.regressor_).__name__} has no coef_, expected a "
            "linear model; a local tree can be fitted with local_pipeline(x)."
        )
    return model.coef_


def _regressor_of(model):
    """Return the linear model at the end of selectors and searches."""
    last = model.regressor_
    last = last[-1] if isinstance(last, Pipeline) else last
    return getattr(last, "best_estimator_", last)


def _attribute(model, name, default):
    return getattr(_regressor_of(model), name, default)


def _spread(values, n_targets):
    return np.broadcast_to(values, (n_targets, *values.shape[1:]))


def _covariances(model) -> list[np.ndarray]:
    """Return the covariance of the selected features of each target, NaN if unknown."""
    n_targets, n_selected = len(np.atleast_2d(model.coef_)), int(model.support_.sum())
    sigma = _attribute(model, "sigma_", None)
    if sigma is None:
        return [np.full((n_selected, n_selected), np.nan)] * n_targets
    return list(np.reshape(sigma, (n_targets, n_selected, n_selected)))


def _prior_shares(model) -> np.ndarray:
    shares = np.full(np.atleast_2d(model.coef_).shape, np.nan)
    shares[:, model.support_] = _attribute(model, "prior_share_", np.nan)
    return shares


def _kernel_facts(kernel, weights):
    return {
        "name": type(kernel).__name__,
        "metric": str(getattr(kernel, "metric", "")),
        "width": getattr(kernel, "width_", None),
        "median_weight": float(np.median(weights) / weights.max()),
    }


def _locality(rows, weights, is_categorical) -> dict[str, Any]:
    """Say where the weighted rows lie, in units of the columns.

    `center_share` is how far the way from the instance to the mean of the rows their
    center has come, `spread_share` how much of the rows' spread is left: the weights
    average effects over that region. Columns of matches have a width of their own.
    """
    numeric = np.zeros(rows.shape[1], dtype=bool)
    if is_categorical is not None:
        numeric = ~is_categorical
    if not numeric.any() or len(rows) < 2:
        return {}
    numbers, shares = np.asarray(rows)[:, numeric], weights / weights.sum()
    center, middle = shares @ numbers, numbers.mean(axis=0)
    spread = np.sqrt(shares @ (numbers - center) ** 2)
    way, total = middle - numbers[0], numbers.std(axis=0)
    # Rows drawn around the instance have nowhere to go: their mean differs by chance.
    far = way @ way > 25 * (total @ total) / len(rows)
    ratio = spread[total > 0] / total[total > 0]
    return {
        "center": center.tolist(),
        "spread": spread.tolist(),
        "center_share": float((center - numbers[0]) @ way / (way @ way))
        if far
        else 0.0,
        "spread_share": float(np.sqrt((ratio**2).mean())) if len(ratio) else 0.0,
    }


def _warnings(content, answers, n_features):
    """Say in words what a reader should know before relying on the weights."""
    said = []
    n_effective = content["effective_sample_size"]
    if n_effective < _LOW_ROWS_PER_FEATURE * n_features:
        said.append(
            f"The kernel leaves {n_effective:.1f} effective rows for {n_features} "
            "features: take more rows or a wider kernel before relying on the weights."
        )
    for t, name in enumerate(content["target_names"]):
        if np.ptp(answers[:, t]) == 0:
            said.append(
                f"The model gave the same answer for {name} to every row: no feature "
                "has an effect around this instance."
            )
        elif content["score"][t] < _LOW_SCORE:
            said.append(
                f"The local model explains {100 * max(content['score'][t], 0):.0f} % "
                f"of the variation of {name}: weights are averages over effects that "
                "it cannot follow."
            )
        shares = content["prior_share"][t]
        if np.median(np.nan_to_num(shares)) > _MOSTLY_PRIOR:
            said.append(
                f"The weights of {name} are nearly all prior: these rows added little."
            )
        if content["conflict"][t] < _CONFLICT:
            said.append(
                f"Prior and data disagree on {name} (p = {content['conflict'][t]:.2g})."
            )
    return tuple(said)
