"""The roles of an explainer's steps."""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sklearn_baylime.surrogate import KernelWeightedRegressor


class Parts(NamedTuple):
    """The steps by their roles; lists of (name, step) where there may be several."""

    left: list[tuple[str, Any]]
    sampler: Any
    right: list[tuple[str, Any]]
    kernel: Any
    selectors: list[tuple[str, Any]]
    regressor: tuple[str, Any]


def split_steps(steps) -> Parts:
    """Find the role of each step by what it can do, and check their order.

    Raises
    ------
    ValueError
        If sampler, kernel or regressor are missing or out of order.
    """
    steps = [(name, step) for name, step in steps if step not in (None, "passthrough")]
    if not steps:
        raise ValueError(
            "steps is empty, expected a sampler, a kernel and a regressor."
        )
    names = [f"{name} ({type(step).__name__})" for name, step in steps]
    at = _first(steps, "sample", 0)
    if at is None:
        raise ValueError(f"No step has sample, expected one sampler; got {names}.")
    kernel = _first(steps, "score_samples", at + 1)
    if kernel is None:
        raise ValueError(
            "No step right of the sampler has score_samples, expected one kernel; got "
            f"{names}."
        )
    name, regressor = steps[-1]
    if len(steps) - 1 == kernel or not hasattr(regressor, "predict"):
        raise ValueError(
            f"The last step is {names[-1]}, expected a regressor with fit and predict "
            "right of the kernel."
        )
    for name_left, step in steps[:at]:
        if not hasattr(step, "inverse_transform"):
            raise ValueError(
                f"The step {name_left} ({type(step).__name__}) stands left of the "
                "sampler, where its inverse_transform must lead sampled rows back to "
                "the model; put it right of the sampler."
            )
    return Parts(
        left=steps[:at],
        sampler=steps[at][1],
        right=steps[at + 1 : kernel],
        kernel=steps[kernel][1],
        selectors=steps[kernel + 1 : -1],
        regressor=(name, regressor),
    )


def compile_local(parts: Parts, reference, rows) -> tuple[Pipeline, Any]:
    """Compile the right side into a stock pipeline over rows.

    Each step with a parameter `reference` is given the instance's code at that place;
    a reference set by the user stays.

    Parameters
    ----------
    parts : Parts
    reference : ndarray of shape (n_features,)
        Code of the instance.
    rows : ndarray of shape (n_rows, n_features)
        Codes around it.

    Returns
    -------
    pipeline : Pipeline
        The transformers are fitted to the rows; the last step "local", a
        `KernelWeightedRegressor`, is not fitted.
    rows : ndarray
        The rows as the last step is given them.
    """
    code, steps = reference[None], []
    for name, step in parts.right:
        here = _with_reference(step, code[0])
        rows = here.fit_transform(rows)
        code = np.asarray(here.transform(code))
        steps.append((name, here))
    regressor = parts.regressor[1]
    if parts.selectors:
        regressor = Pipeline([*parts.selectors, parts.regressor])
    kernel = _with_reference(parts.kernel, code[0])
    local = KernelWeightedRegressor(kernel, regressor)
    return Pipeline([*steps, ("local", local)]), rows


def check_parameters(parts: Parts) -> None:
    """Raise what fitting the right side would raise about its parameters."""
    steps = [*parts.right, *parts.selectors, parts.regressor]
    for step in (parts.kernel, *(step for _, step in steps)):
        if hasattr(step, "_validate_params"):
            step._validate_params()


def check_prior(regressor, rows) -> None:
    """Raise what fitting would raise about a prior that must fit the columns.

    It is tried on two rows with made-up answers, while nothing is asked yet.
    """
    mean = np.asarray(getattr(regressor, "prior_mean", 0.0))
    if mean.ndim or np.ndim(getattr(regressor, "prior_precision", None) or 0.0):
        n_targets = len(mean) if mean.ndim == 2 else 1
        clone(regressor).fit(rows[:2], np.zeros((len(rows[:2]), n_targets)))


def _with_reference(step, reference):
    """Return a copy that knows the reference; the step itself stays as it is."""
    here = copy(step)
    if getattr(here, "reference", reference) is None:
        here.reference = reference
    return here


def with_prior(parts: Parts, prior) -> Parts:
    """Return the steps with a regressor that has this prior.

    Raises
    ------
    TypeError
        If the regressor takes no prior.
    """
    name, regressor = parts.regressor
    parameters = prior.parameters()
    if not set(parameters) <= set(regressor.get_params(deep=False)):
        raise TypeError(
            f"The regressor {type(regressor).__name__} takes no prior, expected one "
            f"with the parameters {sorted(parameters)}, such as "
            "InformativeBayesianRidge."
        )
    regressor = clone(regressor).set_params(**parameters)
    return parts._replace(regressor=(name, regressor))


def _first(steps, method, start):
    for i in range(start, len(steps)):
        if hasattr(steps[i][1], method):
            return i
    return None
