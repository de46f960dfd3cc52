"""What a prior on all columns says on those that were selected."""

from __future__ import annotations

import numpy as np
from scipy import linalg
from sklearn.pipeline import Pipeline


def has_prior_on(regressor, n_features: int) -> bool:
    """Tell whether a regressor's prior names each of that many columns."""
    return any(_names_columns(value, n_features) for value in _prior_of(regressor))


def fit_selected(pipeline: Pipeline, X, y, parameters: dict) -> None:
    """Fit selectors, then the regressor with its prior on the columns they leave.

    Parameters
    ----------
    pipeline : Pipeline
        Feature selectors and a regressor with a prior on all columns; fitted in place.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Answers.
    parameters : dict
        What the steps' `fit` is given, as `Pipeline.fit` takes it.
    """
    selectors, (name, regressor) = pipeline[:-1], pipeline.steps[-1]
    own = f"{name}__"
    others = {k: v for k, v in parameters.items() if not k.startswith(own)}
    selectors.fit(X, y, **others)
    support = np.arange(X.shape[1])
    for _, step in selectors.steps:
        if hasattr(step, "get_support"):
            support = support[step.get_support()]
    regressor.set_params(**_prior_on(regressor, support, X.shape[1]))
    mine = {k.removeprefix(own): v for k, v in parameters.items() if k not in others}
    regressor.fit(selectors.transform(X), y, **mine)
    pipeline.steps = [*selectors.steps, (name, regressor)]


def _prior_of(regressor) -> tuple:
    return tuple(getattr(regressor, n, None) for n in ("prior_mean", "prior_precision"))


def _names_columns(value, n_features) -> bool:
    return np.ndim(value) > 0 and np.shape(value)[-1] == n_features


def _prior_on(regressor, support, n_features) -> dict:
    """Return the parameters of the marginal prior of some columns."""
    mean, precision = _prior_of(regressor)
    changed = {}
    if _names_columns(mean, n_features):
        changed["prior_mean"] = np.asarray(mean)[..., support]
    if _names_columns(precision, n_features):
        changed["prior_precision"] = marginal_precision(np.asarray(precision), support)
    return changed


def marginal_precision(precision: np.ndarray, support: np.ndarray) -> np.ndarray:
    """Return the precision of some columns, whatever the others are.

    That is the inverse of the covariance's block, by its Schur complement.
    """
    if precision.ndim == 1:
        return precision[support]
    rest = np.setdiff1d(np.arange(len(precision)), support)
    across = precision[np.ix_(rest, support)]
    block = precision[np.ix_(rest, rest)]
    inner = precision[np.ix_(support, support)]
    return inner - across.T @ linalg.solve(block, across, assume_a="pos")
