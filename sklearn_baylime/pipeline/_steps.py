"""The roles of an explainer's steps."""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
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


class Code(NamedTuple):
    """What is known of rows at one place of the chain.

    Attributes
    ----------
    reference : ndarray of shape (n_features,) or sparse matrix of shape (1, n_features)
        Code of the instance.
    names : list of str
        What each column means at the instance.
    columns : list of str
        The input column that each column is about, whatever the instance.
    is_categorical : ndarray of bool of shape (n_features,) or None
        Columns of categories; None where not known.
    """

    reference: Any
    names: list[str]
    columns: list[str]
    is_categorical: np.ndarray | None


class Compiled(NamedTuple):
    """The right side of an explainer at one instance.

    Attributes
    ----------
    pipeline : Pipeline
        The transformers are fitted to the rows; the last step "local", a
        `KernelWeightedRegressor`, is not fitted.
    rows : ndarray of shape (n_rows, n_features)
        The rows as the last step is given them.
    code : Code
        What is known of their columns.
    """

    pipeline: Pipeline
    rows: np.ndarray
    code: Code


def compile_local(parts: Parts, fitted: dict[str, Any], code: Code, rows) -> Compiled:
    """Compile the right side into a stock pipeline over rows.

    Each step with a parameter `reference` is given the instance's code at that place,
    and each with a parameter `categorical_features` the columns of categories; what
    the user has set stays.

    Parameters
    ----------
    parts : Parts
    fitted : dict of str to estimator
        Representations right of the sampler, by the names of their steps.
    code : Code
        At the instance, left of the first of these steps.
    rows : ndarray of shape (n_rows, n_features)
        Codes around it.

    Returns
    -------
    compiled : Compiled
    """
    steps = []
    for name, step in parts.right:
        if name in fitted:
            here = FrozenEstimator(fitted[name].at(code.reference))
            rows = here.transform(rows)
        else:
            here = tell(_with_reference(step, code.reference), code.is_categorical)
            rows = here.fit_transform(rows)
        code = _behind(here, code, has_bins=name in fitted)
        steps.append((name, here))
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "biu":
        # Once, where each of the following would convert them for itself.
        rows = rows.astype(np.float64)
    regressor = parts.regressor[1]
    if parts.selectors:
        regressor = Pipeline([*parts.selectors, parts.regressor])
    kernel = _with_reference(parts.kernel, code.reference)
    local = KernelWeightedRegressor(kernel, regressor)
    return Compiled(Pipeline([*steps, ("local", local)]), rows, code)


def _behind(step, code: Code, *, has_bins) -> Code:
    """Return what is known behind a fitted step.

    `has_bins` says that its names tell conditions on its columns, not columns.
    """
    row = code.reference if sparse.issparse(code.reference) else code.reference[None]
    reference = np.asarray(step.transform(row))[0]
    names = _names_behind(step, code.names, len(reference))
    columns = code.columns
    if not has_bins:
        columns = _names_behind(step, columns, len(reference))
    was = code.is_categorical
    if len(reference) == len(code.names) and was is not None:
        # A column of categories has its condition as its name already.
        pairs = zip(was, code.names, names, strict=True)
        names = [old if keep else new for keep, old, new in pairs]
    if was is not None and hasattr(step, "get_support"):
        was = was[step.get_support()]
    known = getattr(step, "is_categorical_", was)
    known = known if known is not None and len(known) == len(reference) else None
    return Code(reference, names, columns, known)


def _names_behind(step, names, n_columns) -> list[str]:
    if hasattr(step, "get_feature_names_out"):
        given = step.get_feature_names_out(np.array(names, dtype=object))
        return [str(name) for name in given]
    if n_columns == len(names):
        return list(names)
    return [f"{type(step).__name__.lower()}{i}" for i in range(n_columns)]


def tell(step, is_categorical):
    """Tell a step which columns are categories, if it asks and nobody has said so."""
    asks = getattr(step, "categorical_features", is_categorical) is None
    if asks and is_categorical is not None and hasattr(step, "categorical_features"):
        step.categorical_features = np.flatnonzero(is_categorical)
    return step


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
    precision: Any = getattr(regressor, "prior_precision", None)
    if mean.ndim or np.ndim(precision):
        n_targets = len(mean) if mean.ndim == 2 else 1
        clone(regressor).fit(rows[:2], np.zeros((len(rows[:2]), n_targets)))


def for_target(regressor, t: int, n_targets: int):
    """Return the regressor with the prior mean of one target, if each has its own.

    Raises
    ------
    ValueError
        If the prior means are not as many as the targets.
    """
    last = regressor[-1] if isinstance(regressor, Pipeline) else regressor
    mean = np.asarray(getattr(last, "prior_mean", 0.0))
    if mean.ndim < 2:
        return regressor
    if len(mean) != n_targets:
        raise ValueError(
            f"prior_mean has {len(mean)} rows, expected one for each of the "
            f"{n_targets} targets."
        )
    prefix = f"{regressor.steps[-1][0]}__" if isinstance(regressor, Pipeline) else ""
    return clone(regressor).set_params(**{f"{prefix}prior_mean": mean[t]})


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
