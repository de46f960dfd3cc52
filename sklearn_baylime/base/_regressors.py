"""What a fitted regressor says: the one adapter of local models, whoever wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_baylime.base._sklearn import BaseSearchCV, LinearModel
from sklearn_baylime.base._words import signature_of, tags_of


def steps_of(regressor: Any) -> list[Any]:
    """Return the steps of a pipeline that do something, or the regressor alone."""
    if isinstance(regressor, Pipeline):
        return [s for _, s in regressor.steps if s not in (None, "passthrough")]
    return [regressor]


def innermost(regressor: Any) -> Any:
    """Return the model at the end of pipelines and searches.

    Of a search that is fitted, the best; of one that is not, its candidate.
    """
    last = steps_of(regressor)[-1]
    for name in ("best_estimator_", "estimator"):
        inner = getattr(last, name, None)
        if inner is not None:
            return innermost(inner)
    return last


def states_uncertainty(regressor: Any) -> bool:
    """Tell whether `predict` takes `return_std`, as Bayesian regressors' do."""
    predict = innermost(regressor).predict
    return "return_std" in signature_of(predict).parameters


def takes_several_targets(regressor: Any) -> bool:
    """Tell whether one fit serves several targets: no selector chooses for each."""
    if isinstance(regressor, Pipeline):
        steps = steps_of(regressor)
        return len(steps) == 1 and takes_several_targets(steps[0])
    tags = tags_of(regressor)
    # A plain class says nothing, so that it is given one target at a time.
    return tags is not None and bool(tags.target_tags.multi_output)


def takes_sparse(part: Any) -> bool:
    """Tell whether a kernel or a regressor says that it takes sparse rows."""
    tags = tags_of(part)
    return tags is not None and bool(tags.input_tags.sparse)


def intercept_of(model: Any) -> Any:
    """Return `intercept_`, 0 where a model has none."""
    return getattr(model, "intercept_", 0.0)


def takes_groups(regressor: Any) -> bool:
    """Tell whether `fit` takes `groups`, rows that are one observation together."""
    return "groups" in signature_of(innermost(regressor).fit).parameters


def prior_parameters(regressor: Any) -> dict[str, Any]:
    """Return the parameters that state a prior, as far as the regressor has them."""
    names = ("prior_mean", "prior_precision", "prior_scale")
    return {
        name: getattr(regressor, name) for name in names if hasattr(regressor, name)
    }


def names_of_parameters(regressor: Any) -> set[str]:
    """Return the names of a regressor's own parameters; a plain class has none."""
    if not hasattr(regressor, "get_params"):
        return set()
    return set(regressor.get_params(deep=False))


def has_given_precision(regressor: Any) -> bool:
    """Tell whether the user has said what prior or noise there is.

    Such a local model is meant as it is, penalty and all.
    """
    last = innermost(regressor)
    names = ("prior_precision", "noise_precision")
    return any(getattr(last, name, None) is not None for name in names)


def weighs_hypotheses(regressor: Any) -> bool:
    """Tell whether a regressor doubts a prior mean, as far as the data do."""
    return getattr(regressor, "trust", None) == "integrate"


def with_last(regressor: Any, step: Any) -> Any:
    """Return a pipeline with another last step, or the step alone."""
    if not isinstance(regressor, Pipeline):
        return step
    name = regressor.steps[-1][0]
    return Pipeline([*regressor.steps[:-1], (name, step)])


def selects(step: Any) -> bool:
    """Tell a feature selector, which leaves columns as they are, from a transformer."""
    return hasattr(step, "get_support")


def columns_behind(
    steps: Sequence[Any], n_columns: int, n_last: int
) -> tuple[np.ndarray, bool]:
    """Return which columns reach the end of fitted steps, and whether they are new.

    Parameters
    ----------
    steps : sequence of estimator
        Fitted transformers and selectors.
    n_columns : int
        Columns before the first of them.
    n_last : int
        Columns behind the last.

    Returns
    -------
    support : ndarray of bool
        One for each column behind the last transformer that is no selector: its own
        columns are what selectors choose from.
    is_changed : bool
        Whether there is such a transformer, so that these are not the first columns.
    """
    last = max((i for i, s in enumerate(steps) if not selects(s)), default=-1)
    masks = [step.get_support() for step in steps[last + 1 :]]
    if last >= 0:
        n_columns = len(masks[0]) if masks else n_last
    support = np.ones(n_columns, dtype=bool)
    for mask in masks:
        support[np.flatnonzero(support)] = mask
    return support, last >= 0


@dataclass(frozen=True)
class LinearReading:
    """What a fitted linear model says of its columns, `k` of them, for `T` targets.

    Attributes
    ----------
    coef : ndarray of shape (T, k)
    intercept : ndarray of shape (T,)
    covariances : sequence of T
        Each an ndarray of shape (k, k), or what stands for one of many columns in
        factors; None where the model states none.
    marginals : sequence of T or None
        Laws of the single coefficients; None where they are normal, or not stated.
    prior_share : ndarray of shape (T, k)
        NaN where not stated.
    prior_odds : dict of str to ndarray of shape (T,) or None
        Probabilities of the hypotheses about a prior mean.
    prior_scale : ndarray of shape (T,)
        Factor on the prior mean; NaN where not stated.
    has_prior_mean : bool
    conflict, loo_score : ndarray of shape (T,)
        NaN where not stated.
    flat_coef, flat_std : ndarray of shape (T, k)
        What the rows alone say, without a prior; NaN where not stated.
    """

    coef: np.ndarray
    intercept: np.ndarray
    covariances: Sequence[Any]
    marginals: Sequence[Any] | None
    prior_share: np.ndarray
    prior_odds: dict[str, np.ndarray] | None
    prior_scale: np.ndarray
    has_prior_mean: bool
    conflict: np.ndarray
    loo_score: np.ndarray
    flat_coef: np.ndarray
    flat_std: np.ndarray


def read_linear(regressor: Any) -> LinearReading:
    """Read a fitted linear model, its words where it has them and NaN where not.

    Raises
    ------
    TypeError
        If it has no coefficients.
    """
    model = innermost(regressor)
    coef = coefficients(model)
    if coef is None:
        raise TypeError(
            f"The regressor {type(model).__name__} has no coef_, expected a linear "
            "model; a local tree can be fitted with local_pipeline(x)."
        )
    coef = np.atleast_2d(coef)
    n_targets, k = coef.shape

    def read(name: str, *shape: int) -> np.ndarray:
        value = getattr(model, name, None)
        value = np.nan if value is None else np.asarray(value, dtype=np.float64)
        if np.size(value) == n_targets * int(np.prod(shape)):
            return np.reshape(value, (n_targets, *shape))
        return np.broadcast_to(value, (n_targets, *shape))

    odds = getattr(model, "prior_odds_", None)
    return LinearReading(
        coef=coef,
        intercept=_intercept(model, n_targets),
        covariances=_covariances_of(model, n_targets, k),
        marginals=_marginals_of(model),
        prior_share=read("prior_share_", k),
        prior_odds=None
        if odds is None
        else {
            name: np.broadcast_to(np.asarray(p, dtype=np.float64), (n_targets,))
            for name, p in odds.items()
        },
        prior_scale=read("prior_scale_"),
        has_prior_mean=bool(np.any(prior_parameters(model).get("prior_mean", 0.0))),
        conflict=read("conflict_"),
        loo_score=read("loo_score_"),
        flat_coef=read("flat_coef_", k),
        flat_std=read("flat_std_", k),
    )


def _covariances_of(model: Any, n_targets: int, k: int) -> Sequence[Any]:
    """Return the covariance of each target's coefficients, in factors where it can."""
    known = getattr(model, "covariances_", None)
    if known is not None:
        return known
    sigma = getattr(model, "sigma_", None)
    if sigma is None:
        return [None] * n_targets
    sigma = np.asarray(sigma, dtype=np.float64)
    if sigma.size == n_targets * k * k:
        return list(np.reshape(sigma, (n_targets, k, k)))
    return list(np.broadcast_to(sigma, (n_targets, k, k)))


def _marginals_of(model: Any) -> Sequence[Any] | None:
    """Return the laws of the coefficients; None where they are normal by its words."""
    if getattr(model, "trust", None) == "maximum":
        return None
    return getattr(model, "marginals_", None)


def coefficients(model: Any) -> np.ndarray | None:
    """Return `coef_` as (k,) or (T, k), or None where the model has none.

    A column (k, 1) of one target is what some hand-written models have.
    """
    try:
        # Some, such as xgboost's, have the property but raise unless they are linear.
        coef = np.asarray(model.coef_, dtype=np.float64)
    except AttributeError:
        return None
    n_targets = np.size(getattr(model, "intercept_", 0.0))
    is_column = coef.ndim == 2 and coef.shape[1] == 1 and len(coef) > n_targets
    return coef[:, 0] if is_column else coef


def _intercept(model: Any, n_targets: int) -> np.ndarray:
    intercept = np.ravel(np.asarray(intercept_of(model), np.float64))
    return np.broadcast_to(intercept, (n_targets,))


def can_predict(step: Any) -> bool:
    """Tell a regressor from the other steps."""
    return hasattr(step, "fit") and hasattr(step, "predict")


def is_known_linear(regressor: Any) -> bool:
    """Tell a linear model of scikit-learn, whose coefficients need no trial."""
    return isinstance(regressor, LinearModel)


def is_search(regressor: Any) -> bool:
    """Tell a search over parameters, which needs more rows than a trial has."""
    return any(isinstance(step, BaseSearchCV) for step in steps_of(regressor))
