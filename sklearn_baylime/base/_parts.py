"""What a part can do, and what it is told and asked for: the contract at work.

Beside the one adapter of regressors this is the only place that looks at what a part
has. Everything here takes parts that were written by anybody: what they may leave out
is filled in, what they must not is said in an error before the first query.
"""

from __future__ import annotations

from inspect import signature
from numbers import Integral
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone

from sklearn_baylime.base._place import (
    PlacedStep,
    differs_by_seed,
    place,
    with_seed,
)
from sklearn_baylime.base._protocols import Placed
from sklearn_baylime.base._rows import with_first_row
from sklearn_baylime.base._without import ask_without, takes_random_state
from sklearn_baylime.base._words import (
    categories_of,
    fits_signature,
    has_codes_before_at,
    is_representation,
    names_behind,
    needs_fit,
    needs_target,
    support_of,
    takes_start,
    tell,
)

__all__ = [
    "categories_of",
    "check_kernel_signature",
    "check_own_parameters",
    "check_regressor_signature",
    "check_representation_signature",
    "check_sampler_signature",
    "clone_part",
    "differs_by_seed",
    "draw",
    "draw_places",
    "draws_without",
    "fit_part",
    "groups_of",
    "has_codes_before_at",
    "has_one_law",
    "is_exhaustive_draw",
    "is_invertible",
    "is_kernel",
    "is_representation",
    "is_sampler",
    "kernel_distance",
    "kernel_facts",
    "log_weights",
    "log_weights_of",
    "n_samples_of",
    "names_behind",
    "needs_fit",
    "needs_target",
    "place",
    "support_of",
    "takes_start",
    "tell",
    "with_seed",
    "without",
]

# Logs of weights at the instance are 0 but for rounding.
_ROUNDING = 1e-9


# --- roles ---------------------------------------------------------------------------


def is_sampler(step: Any) -> bool:
    """Tell a sampler: it has `sample` and no `transform`."""
    return hasattr(step, "sample") and not hasattr(step, "transform")


def is_kernel(step: Any) -> bool:
    """Tell a kernel: it has `score_samples` and no `transform`.

    So that PCA and FactorAnalysis, which score samples too, are transformers.
    """
    return hasattr(step, "score_samples") and not hasattr(step, "transform")


def is_invertible(step: Any) -> bool:
    """Tell a step that can stand left of the sampler.

    It has `inverse_transform`, and `transform` or `at`, which leads to its codes.
    Scikit-learn's steps have these words only where they can do it as they are set.
    """
    leads_in = hasattr(step, "transform") or is_representation(step)
    return leads_in and hasattr(step, "inverse_transform")


# --- copies --------------------------------------------------------------------------


def clone_part(step: Any) -> Any:
    """Return an unfitted copy; of objects without `get_params` a deep copy."""
    return clone(step, safe=False)


def fit_part(step: Any, X: Any, y: Any = None) -> Any:
    """Fit a step and return it, whatever its `fit` takes beside rows and returns."""
    if fits_signature(step.fit, X, y):
        step.fit(X, y)
    else:
        step.fit(X)
    return step


def draws_without(here: Placed) -> bool:
    """Tell whether a placed step draws what stands in place of removed columns."""
    if isinstance(here, PlacedStep):
        return here.draws_without
    return takes_random_state(here)


def without(here: Placed, kept: np.ndarray, seed: int) -> Any:
    """Return the instance without some columns, as inputs of a placed step.

    Parameters
    ----------
    here : Placed
        The step at the instance.
    kept : ndarray of bool of shape (n_rows, n_columns)
        Columns that stay as they are.
    seed : int
        Seed of the one draw that all rows share, if there is anything to draw.

    Returns
    -------
    rows : array-like, frame or list of length n_rows

    Raises
    ------
    ValueError
        If the step does not say what stands in their place.
    """
    return ask_without(here, kept, seed)


# --- samplers ------------------------------------------------------------------------


def n_samples_of(sampler: Any) -> int:
    """Return how many rows a sampler draws.

    Raises
    ------
    TypeError
        If it does not say so.
    ValueError
        If it is no positive integer.
    """
    if not hasattr(sampler, "n_samples"):
        raise TypeError(
            f"{type(sampler).__name__} has no n_samples, expected the number of rows: "
            "take it as a parameter, def __init__(self, n_samples=1000)."
        )
    n_samples = sampler.n_samples
    if not isinstance(n_samples, Integral) or n_samples < 1:
        raise ValueError(
            f"{type(sampler).__name__}: n_samples is {n_samples!r}, expected an "
            "integer >= 1."
        )
    return int(n_samples)


def draw(sampler: Any, reference: Any, n_samples: int, seed: int) -> Any:
    """Return the rows that a sampler draws around an instance, itself in row 0.

    Parameters
    ----------
    sampler : object
        Fitted sampler.
    reference : ndarray of shape (n_columns,) or csr matrix of shape (1, n_columns)
        Code of the instance.
    n_samples : int
        Number of rows.
    seed : int
        Its `random_state`.

    Returns
    -------
    rows : ndarray or csr matrix of shape (n_rows, n_columns)

    Raises
    ------
    ValueError
        If it returns no rows, or rows of another width.
    """
    return _drawn(sampler, sampler.sample(reference, n_samples, seed), reference)


def draw_places(
    sampler: Any, reference: Any, n_samples: int, seed: int, here: Any
) -> tuple[Any, np.ndarray | None]:
    """Return the same rows, and where within their codes the values are to lie.

    That is None if the sampler does not say it, or `here`, the step before it at the
    instance, does not take it.
    """
    if not (hasattr(sampler, "sample_places") and hasattr(here, "with_places")):
        return draw(sampler, reference, n_samples, seed), None
    rows, places = sampler.sample_places(reference, n_samples, seed)
    return _drawn(sampler, rows, reference), places


def _drawn(sampler: Any, rows: Any, reference: Any) -> Any:
    """Check a sampler's rows, and put the instance into the first."""
    rows = rows.tocsr() if sparse.issparse(rows) else np.asarray(rows)
    n_columns = reference.shape[-1]
    if rows.ndim != 2 or rows.shape[0] < 1 or rows.shape[1] != n_columns:
        raise ValueError(
            f"{type(sampler).__name__}.sample returned rows of shape {rows.shape}, "
            f"expected at least one row of {n_columns} columns, (n_rows, {n_columns})."
        )
    return with_first_row(rows, _as_row(reference))


def _as_row(reference: Any) -> Any:
    return reference if sparse.issparse(reference) else np.asarray(reference)[None]


def is_exhaustive_draw(sampler: Any, reference: Any, n_samples: int) -> bool:
    """Tell whether a draw holds every row that there can be, each once."""
    if not hasattr(sampler, "is_exhaustive"):
        return False
    return bool(sampler.is_exhaustive(reference, n_samples))


def has_one_law(sampler: Any, reference: Any) -> bool:
    """Tell whether a sampler's rows are the same at any instance, for one seed."""
    if not hasattr(sampler, "has_one_law"):
        return False
    return bool(sampler.has_one_law(reference))


def groups_of(sampler: Any, n_rows: int, reference: Any = None) -> np.ndarray | None:
    """Return which rows were drawn together; None if each is alone.

    Raises
    ------
    ValueError
        If it is not one integer a row.
    """
    groups = None
    if hasattr(sampler, "groups"):
        fits = fits_signature(sampler.groups, n_rows, reference)
        groups = sampler.groups(*((n_rows, reference) if fits else (n_rows,)))
    if groups is None:
        return None
    groups = np.asarray(groups)
    if groups.shape != (n_rows,) or groups.dtype.kind not in "iu":
        raise ValueError(
            f"{type(sampler).__name__}.groups returned shape {groups.shape} of type "
            f"{groups.dtype}, expected one integer for each of the {n_rows} rows, or "
            "None where each is alone."
        )
    return groups


def may_weigh_rows(sampler: Any) -> bool:
    """Tell whether a sampler's rows may be worth something else than the law says."""
    return hasattr(sampler, "log_weights")


def log_weights_of(
    sampler: Any, codes: Any, reference: Any = None
) -> np.ndarray | None:
    """Return the logs of the rows' importance; None if they have the law meant.

    Raises
    ------
    ValueError
        If it is not one finite number a row.
    """
    logs = None
    if hasattr(sampler, "log_weights"):
        fits = fits_signature(sampler.log_weights, codes, reference)
        logs = sampler.log_weights(*((codes, reference) if fits else (codes,)))
    if logs is None:
        return None
    return _finite_logs(logs, codes, f"{type(sampler).__name__}.log_weights")


# --- kernels -------------------------------------------------------------------------


def log_weights(kernel: Any, rows: Any, *, is_relative: bool = False) -> np.ndarray:
    """Return the log weights of rows, and refuse what cannot be one.

    Parameters
    ----------
    kernel : object
        Fitted kernel.
    rows : ndarray or csr matrix of shape (n_rows, n_columns)
        Rows.
    is_relative : bool, default=False
        Whether a common factor of the weights says nothing, so that they may exceed 1.

    Returns
    -------
    log_weights : ndarray of shape (n_rows,)

    Raises
    ------
    ValueError
        If they are of another shape, not finite, or greater than 0.
    """
    source = f"{type(kernel).__name__}.score_samples"
    logs = _finite_logs(kernel.score_samples(rows), rows, source)
    if not is_relative and (logs > _ROUNDING).any():
        raise ValueError(
            f"{source} returned {logs.max():.6g}, expected the logs of weights, which "
            "are at most 0, and 0 at the instance: return np.log(weights)."
        )
    return logs


def _finite_logs(logs: Any, rows: Any, source: Any) -> np.ndarray:
    logs, n_rows = np.asarray(logs), rows.shape[0]
    if logs.shape != (n_rows,) or logs.dtype.kind not in "biuf":
        raise ValueError(
            f"{source} returned shape {logs.shape} of type {logs.dtype}, expected the "
            f"log of the weight of each of the {n_rows} rows, ({n_rows},)."
        )
    wrong = ~np.isfinite(logs)
    if wrong.any():
        raise ValueError(
            f"{source} returned {logs[wrong][0]} for row {int(np.argmax(wrong))}, "
            "expected finite logs of weights: return np.log(weights), and for a weight "
            "of zero a very negative number such as -1e300."
        )
    return logs.astype(np.float64, copy=False)


def kernel_facts(kernel: Any) -> dict[str, Any]:
    """Return what explanations and errors say of a fitted kernel.

    Returns
    -------
    facts : dict
        "name" (str), "metric" (str, perhaps empty), "width" (float or None), and what
        its own `facts` adds.
    """
    metric = getattr(kernel, "metric", "")
    facts = {
        "name": type(kernel).__name__,
        "metric": getattr(metric, "__name__", metric),
        "width": getattr(kernel, "width_", getattr(kernel, "width", None)),
    }
    if hasattr(kernel, "facts"):
        facts |= kernel.facts()
    width = facts["width"]
    facts["metric"] = str(facts["metric"])
    facts["width"] = None if width is None else float(width)
    return facts


def kernel_distance(kernel: Any, rows: Any) -> np.ndarray | None:
    """Return the rows' distances from the instance, if the kernel tells them."""
    if not hasattr(kernel, "distances"):
        return None
    return np.asarray(kernel.distances(rows), dtype=np.float64)


# --- what can be raised before the first query ---------------------------------------


def check_own_parameters(step: Any) -> None:
    """Validate the parameters of a step that says what they may be.

    Every scikit-learn estimator has `_validate_params`, which reads constraints that
    only some classes declare.
    """
    if hasattr(step, "_parameter_constraints"):
        step._validate_params()


def check_representation_signature(step: Any) -> None:
    """Raise if a step left of the sampler has not the methods that it is called by.

    Raises
    ------
    TypeError
        If it lacks one, or one takes other arguments.
    """
    _check_method(step, "fit", "fit(X)", [None])
    _check_method(step, "inverse_transform", "inverse_transform(X, start=0)", [None])
    if is_representation(step):
        _check_method(step, "at", "at(x)", [None])
    else:
        _check_method(step, "transform", "transform(X)", [None])


def check_sampler_signature(sampler: Any) -> None:
    """Raise if a sampler has not the methods that it is called by.

    Raises
    ------
    TypeError
        If it lacks one or `n_samples`, or one takes other arguments.
    ValueError
        If `n_samples` is no positive integer.
    """
    _check_method(sampler, "fit", "fit(X, y=None)", [None])
    expected = "sample(reference, n_samples=None, random_state=None)"
    _check_method(sampler, "sample", expected, [None, 1, 0])
    n_samples_of(sampler)


def check_kernel_signature(kernel: Any) -> None:
    """Raise if a kernel has not the methods that it is called by.

    Raises
    ------
    TypeError
        If it lacks one, or one takes other arguments.
    """
    _check_method(kernel, "fit", "fit(X)", [None])
    _check_method(kernel, "score_samples", "score_samples(X)", [None])


def check_regressor_signature(regressor: Any) -> None:
    """Raise if a regressor has not the methods that it is called by.

    Raises
    ------
    TypeError
        If it lacks one, or takes no `sample_weight`.
    """
    expected = "fit(X, y, sample_weight=None)"
    _check_method(regressor, "fit", expected, [None, None], sample_weight=None)
    _check_method(regressor, "predict", "predict(X)", [None])
    # A search takes whatever it hands on.
    inner = getattr(regressor, "estimator", None)
    if hasattr(inner, "fit"):
        check_regressor_signature(inner)


def _check_method(
    step: Any, name: str, expected: Any, args: Any, **kwargs: Any
) -> None:
    method, owner = getattr(step, name, None), type(step).__name__
    if method is None:
        raise TypeError(f"{owner} has no {name}, expected {expected}.")
    if not fits_signature(method, *args, **kwargs):
        raise TypeError(
            f"{owner}.{name} takes {signature(method)}, expected {expected}."
        )
