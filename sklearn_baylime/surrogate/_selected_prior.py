"""What a prior on all columns says on those that were selected."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg
from sklearn.pipeline import Pipeline

from sklearn_baylime.base._regressors import (
    columns_behind,
    prior_parameters,
    steps_of,
)


def has_prior(regressor: Any) -> bool:
    """Tell whether a regressor's prior has a value for each of its columns."""
    return any(np.ndim(value) > 0 for value in _per_column(regressor).values())


def fit_selected(pipeline: Pipeline, X: Any, y: Any, parameters: dict) -> None:
    """Fit selectors, then the regressor with its prior on the columns they leave.

    Parameters
    ----------
    pipeline : Pipeline
        Transformers, feature selectors and a regressor with a prior on all columns
        that selectors choose from; fitted in place.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Answers.
    parameters : dict
        What the steps' `fit` is given, as `Pipeline.fit` takes it.
    """
    before, (name, regressor) = pipeline[:-1], pipeline.steps[-1]
    own = f"{name}__"
    others = {k: v for k, v in parameters.items() if not k.startswith(own)}
    rows = before.fit(X, y, **others).transform(X)
    support, _ = columns_behind(steps_of(before), X.shape[1], rows.shape[1])
    regressor.set_params(**_prior_on(regressor, support))
    mine = {k.removeprefix(own): v for k, v in parameters.items() if k not in others}
    regressor.fit(rows, y, **mine)
    pipeline.steps = [*before.steps, (name, regressor)]


def _per_column(regressor: Any) -> dict:
    known = prior_parameters(regressor)
    return {n: known[n] for n in ("prior_mean", "prior_precision") if n in known}


def _prior_on(regressor: Any, support: np.ndarray) -> dict:
    """Return the parameters of the marginal prior of some columns."""
    fits = {
        name: np.asarray(value)
        for name, value in _per_column(regressor).items()
        if np.ndim(value) > 0 and np.shape(value)[-1] == len(support)
    }
    chosen = np.flatnonzero(support)
    if "prior_mean" in fits:
        fits["prior_mean"] = fits["prior_mean"][..., chosen]
    if "prior_precision" in fits:
        fits["prior_precision"] = marginal_precision(fits["prior_precision"], chosen)
    return fits


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
