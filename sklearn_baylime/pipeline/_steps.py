"""The roles of an explainer's steps."""

from __future__ import annotations

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


def compile_local(parts: Parts) -> Pipeline:
    """Return the right side as a stock pipeline over rows, references not set yet."""
    regressor = clone(parts.regressor[1])
    if parts.selectors:
        selectors = [(name, clone(step)) for name, step in parts.selectors]
        regressor = Pipeline([*selectors, (parts.regressor[0], regressor)])
    local = KernelWeightedRegressor(clone(parts.kernel), regressor)
    right = [(name, clone(step)) for name, step in parts.right]
    return Pipeline([*right, ("local", local)])


def set_references(local: Pipeline, reference, rows) -> Pipeline:
    """Give each step with a parameter `reference` the instance's code at that place.

    The code is led through the steps before: those that know the reference need nothing
    else, others are fitted to the sampled rows. A reference set by the user stays.
    """
    code = reference[None]
    steps = [step for _, step in local.steps[:-1]]
    for step in steps:
        if _lacks_reference(step):
            step.set_params(reference=code[0])
        knows = "reference" in step.get_params(deep=False)
        fitted = clone(step).fit(code if knows else rows)
        code = np.asarray(fitted.transform(code))
        if step is not steps[-1]:
            rows = fitted.transform(rows)
    kernel = local[-1].kernel
    if _lacks_reference(kernel):
        kernel.set_params(reference=code[0])
    return local


def set_prior(local: KernelWeightedRegressor, prior) -> None:
    """Set the prior's parameters on the regressor at the end of the local model.

    Raises
    ------
    TypeError
        If the regressor takes no prior.
    """
    regressor = local.regressor
    last = regressor[-1] if isinstance(regressor, Pipeline) else regressor
    parameters = prior.parameters()
    if not set(parameters) <= set(last.get_params(deep=False)):
        raise TypeError(
            f"The regressor {type(last).__name__} takes no prior, expected one with the "
            f"parameters {sorted(parameters)}, such as InformativeBayesianRidge."
        )
    last.set_params(**parameters)


def _lacks_reference(step) -> bool:
    params = step.get_params(deep=False)
    return "reference" in params and params["reference"] is None


def _first(steps, method, start):
    for i in range(start, len(steps)):
        if hasattr(steps[i][1], method):
            return i
    return None
