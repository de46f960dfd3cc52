"""Regressor and prior, tried before the first query: queries are what costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sklearn_baylime.base._regressors import (
    innermost,
    is_known_linear,
    is_search,
    names_of_parameters,
    prior_parameters,
    read_linear,
    steps_of,
    weighs_hypotheses,
)
from sklearn_baylime.base._words import needs_target
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._neighborhood import Neighborhood, name_of_rows
from sklearn_baylime.priors._prior import as_prior, names_of

# Rows of a trial: enough for what searches a path of penalties by cross-validation.
_FEW = 30


def with_prior(
    regressor: tuple[str, Any], prior: Any, names: Sequence[str]
) -> tuple[str, Any]:
    """Return a named regressor with this prior, instead of its own.

    A prior that is a callable is given the features' names.

    Raises
    ------
    TypeError
        If the regressor takes no prior.
    """
    if callable(prior):
        prior = prior(list(names))
    if prior is None:
        return regressor
    name, step = regressor
    prior = as_prior(prior)
    parameters = prior.parameters()
    if not set(parameters) <= names_of_parameters(step):
        raise TypeError(
            f"The regressor {type(step).__name__} takes no prior, expected one "
            f"with the parameters {sorted(parameters)}, such as "
            "InformativeBayesianRidge."
        )
    if weighs_hypotheses(step):
        parameters["prior_odds"] = prior.hypotheses()
    return name, clone(step).set_params(**parameters)


def refuse_own_prior(drawn: str | tuple[str, ...] | None, hood: Neighborhood) -> None:
    """Raise if a prior was made of the rows that it would be combined with.

    Raises
    ------
    ValueError
        If they have the same name.
    """
    if name_of_rows(hood) in names_of(drawn):
        raise ValueError(
            "The prior was made of the same rows, or of the same random numbers, as "
            "those that are to be explained, so that they would count twice: expected "
            "a prior of other rows; make it with another random_state, or with "
            "rows='own' at another instance."
        )


def one_prior_each(prior: Any, n_instances: int) -> list[Any]:
    """Return the prior of each instance: a list has one entry for each.

    Raises
    ------
    ValueError
        If a list has another length, or is a list of numbers, which could be one mean
        for all as well.
    """
    if not isinstance(prior, list):
        return [prior] * n_instances
    if prior and all(np.isscalar(entry) for entry in prior):
        raise ValueError(
            f"prior is a list of {len(prior)} numbers, which could be one mean for all "
            f"instances or one prior each: give np.array({prior[:3]}...) for one mean, "
            "or a list of Prior for one each."
        )
    if len(prior) != n_instances:
        raise ValueError(
            f"prior has {len(prior)} entries, expected one for each of the "
            f"{n_instances} instances."
        )
    return prior


def check_prior(problem: LocalProblem) -> None:
    """Raise what fitting would raise about a prior that must fit the columns.

    It is tried on two rows with made-up answers, while nothing is asked yet.
    """
    steps = steps_of(problem.local.regressor)
    known = prior_parameters(steps[-1])
    mean = np.asarray(known.get("prior_mean", 0.0))
    precision = known.get("prior_precision")
    if mean.ndim or mean.any() or precision is not None:
        rows = _behind(problem, 2)
        n_targets = len(mean) if mean.ndim == 2 else 1
        clone(steps[-1]).fit(rows, np.zeros((rows.shape[0], n_targets)))


def check_regressor(problem: LocalProblem) -> None:
    """Fit the local model to a few rows with made-up answers, and read it.

    What cannot be fitted with weights, or has no coefficients, says so before the
    first query. A search is tried by its candidate.

    Raises
    ------
    TypeError
        If the regressor takes no weights or has no coefficients.
    Exception
        Whatever the regressor raises on these rows.
    """
    regressor = problem.local.regressor
    step = steps_of(regressor)[-1]
    model = innermost(step) if is_search(step) else step
    if isinstance(model, InformativeBayesianRidge) or is_known_linear(model):
        # They are known to have all that is asked here.
        return
    rows = _behind(problem, _FEW)
    answers = np.random.default_rng(0).standard_normal(rows.shape[0])
    weights = np.ones(rows.shape[0])
    tried = clone(model, safe=False)
    try:
        tried.fit(rows, answers, sample_weight=weights)
        read_linear(tried)
    except Exception as error:
        error.add_note(
            f"Raised by a trial of the regressor on {rows.shape[0]} rows with made-up "
            "answers, before the model was asked anything."
        )
        raise


def _behind(problem: LocalProblem, n: int) -> Any:
    """Return a few rows as the last step of the local model would be given them."""
    rows = problem.rows[:n]
    regressor = problem.local.regressor
    if isinstance(regressor, Pipeline):
        for step in steps_of(regressor)[:-1]:
            if not needs_target(step):
                rows = clone(step).fit(problem.rows).transform(rows)
    return rows
