"""What fitted local models say, as an explanation."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._targets import Target, answers_to, keys_of, name_of
from sklearn_baylime.pipeline._local_model import LocalFit, Prepared, weighted_r2

# Below these the explanation says so in words.
_LOW_SCORE = 0.3
_LOW_ROWS_PER_FEATURE = 10.0
_CONFLICT = 0.01
_MOSTLY_PRIOR = 0.9


def explain_fit(
    fit: LocalFit, prepared: Prepared, targets: list[Target], names: list[str], instance
) -> Explanation:
    """Read the explanation off the fitted local models.

    `instance` is what the explanation carries of its instance.
    """
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
        "instance": instance,
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
