"""What a part says of itself, and what is assumed where it says nothing.

With `_parts` and `_place` the one place that asks parts for words they may lack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from inspect import Signature, signature
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError


def tags_of(step: Any) -> Any:
    """Return scikit-learn's tags of a step; None of a plain class, which has none.

    Asked of the step itself: `sklearn.utils.get_tags` warns in some versions where the
    step has none, and in others raises.
    """
    try:
        return step.__sklearn_tags__()
    except (AttributeError, TypeError):
        # Mixins alone have none at the end of the line.
        return None


def needs_fit(step: Any) -> bool:
    """Tell whether a step must be fitted before use: scikit-learn's `requires_fit`.

    True for objects without tags.
    """
    tags = tags_of(step)
    return True if tags is None else bool(tags.requires_fit)


def needs_target(step: Any) -> bool:
    """Tell whether a step must be fitted with targets: scikit-learn's `required`."""
    tags = tags_of(step)
    return False if tags is None else bool(tags.target_tags.required)


def has_codes_before_at(step: Any) -> bool:
    """Tell whether a representation has codes before it is at an instance."""
    return bool(getattr(step, "codes_before_at", True))


def signature_of(function: Callable) -> Signature:
    """Return what a function takes; a method's class is looked at once."""
    inner = getattr(function, "__func__", None)
    return signature(function) if inner is None else _signature_of_method(inner)


@lru_cache(maxsize=512)
def _signature_of_method(function: Callable) -> Signature:
    found = signature(function)
    return found.replace(parameters=list(found.parameters.values())[1:])


def takes_start(step: Any) -> bool:
    """Tell whether `inverse_transform` is told the position of its rows."""
    try:
        return "start" in signature_of(step.inverse_transform).parameters
    except (TypeError, ValueError):
        return False


def fits_signature(function: Callable, *args: Any, **kwargs: Any) -> bool:
    """Tell whether a function can be called with these arguments."""
    try:
        signature_of(function).bind(*args, **kwargs)
    except TypeError:
        return False
    except ValueError:
        # Compiled functions need not say what they take.
        return True
    return True


def categories_of(step: Any) -> np.ndarray | None:
    """Return which columns behind a fitted step are categories; None if not known."""
    known = getattr(step, "is_categorical_", None)
    return None if known is None else np.asarray(known, dtype=bool)


def support_of(step: Any) -> np.ndarray | None:
    """Return which columns a fitted selector keeps; None if the step is none."""
    if not hasattr(step, "get_support"):
        return None
    return np.asarray(step.get_support(), dtype=bool)


def names_behind(
    step: Any, names: Iterable[str] | None, n_columns: int | None = None
) -> list[str]:
    """Return the names of the columns behind a fitted step.

    Its own if it has `get_feature_names_out`; those before it if they are as many; else
    the class and a number.

    Parameters
    ----------
    step : object
        Fitted step.
    names : iterable of str or None
        Names before the step; None if it is the first.
    n_columns : int or None, default=None
        Number of columns behind it; not checked if None.

    Raises
    ------
    ValueError
        If the step has another number of names than of columns.
    """
    before = names_seen(step) if names is None else [str(name) for name in names]
    told = _names_told(step, None if names is None else before)
    if told is not None:
        _check_number(step, told, n_columns)
        return told
    if n_columns is None or len(before) == n_columns:
        return before
    return [f"{type(step).__name__.lower()}{i}" for i in range(n_columns)]


def _names_told(step: Any, before: list[str] | None) -> list[str] | None:
    if not hasattr(step, "get_feature_names_out"):
        return None
    given = [] if before is None else [np.array(before, dtype=object)]
    if not fits_signature(step.get_feature_names_out, *given):
        given = []
    try:
        return [str(name) for name in step.get_feature_names_out(*given)]
    except NotFittedError:
        raise
    except AttributeError:
        # A scikit-learn Pipeline has the method even if one of its steps has not.
        return None


def names_seen(step: Any) -> list[str]:
    """Return the names of the columns that a step was fitted to."""
    n_features = getattr(step, "n_features_in_", 0)
    return list(
        getattr(step, "feature_names_in_", [f"x{i}" for i in range(n_features)])
    )


def _check_number(step: Any, names: list[str], n_columns: int | None) -> None:
    if n_columns is not None and len(names) != n_columns:
        raise ValueError(
            f"{type(step).__name__}.get_feature_names_out returned {len(names)} names, "
            f"expected one for each of the {n_columns} columns."
        )


def is_representation(step: Any) -> bool:
    """Tell a step that is asked for a copy at each instance: it has `at`."""
    return hasattr(step, "at")


def instances_of(step: Any, X: Any) -> list[Any] | None:
    """Return the instances that a step tells apart, None where it has no say."""
    return step.instances(X) if hasattr(step, "instances") else None


def tell(step: Any, **facts: Any) -> Any:
    """Tell a step the facts that it asks for, and return it.

    Each parameter that exists and is None is set; what the user has set stays.

    Parameters
    ----------
    step : object
        A copy: it is changed.
    **facts : object
        `reference`, the instance's code at that place, and `categorical_features`, the
        columns of categories. None: not known, and not told.
    """
    for name, fact in facts.items():
        if fact is not None and getattr(step, name, fact) is None:
            setattr(step, name, fact)
    return step
