"""Shapes of an explanation's arrays, read and checked in one place."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from functools import lru_cache
from numbers import Real
from sys import intern
from typing import Any

import numpy as np

from sklearn_baylime.linear_model import FactoredCovariance, StudentMixture

# Arrays by their shape; those of the second group may be one number for all targets.
_BY_TARGET = ["intercept", "prediction", "local_prediction"]
_BY_TARGET += ["score", "loo_score", "conflict"]
_BY_TARGET_OR_ONE = ("local_std", "prior_scale", "is_open")
_BY_TARGET_AND_FEATURE = ("coef", "prior_share", "selected")
_BY_FEATURE_OR_ONE = ("values", "units")
_FLAGS = ("selected", "is_open")


def read_arrays(
    given: dict[str, Any], n_targets: int, n_features: int
) -> dict[str, np.ndarray]:
    """Return all arrays, read-only and of their shapes, or say which does not fit."""
    sizes = f"of {n_targets} target names and {n_features} feature names"
    one, both = (n_targets,), (n_targets, n_features)
    shapes: dict[str, tuple[int, ...]] = {}
    shapes |= dict.fromkeys((*_BY_TARGET, *_BY_TARGET_OR_ONE), one)
    shapes |= dict.fromkeys(_BY_TARGET_AND_FEATURE, both)
    shapes |= dict.fromkeys(_BY_FEATURE_OR_ONE, (n_features,))
    arrays = {}
    for name, shape in shapes.items():
        array = _read_array(given[name], name)
        may_be_one = name in _BY_TARGET_OR_ONE or name in _BY_FEATURE_OR_ONE
        if may_be_one and array.ndim == 0:
            array = np.full(shape, array)
        if array.shape != shape:
            raise ValueError(
                f"{name} has the shape {array.shape}, expected {shape} {sizes}."
            )
        arrays[name] = _share(array)
    return arrays


def read_row(row: Any, columns: Sequence[str]) -> tuple[Any, ...] | None:
    """Return the values of the features' columns, or say that they do not fit."""
    if row is None:
        return None
    if len(row) != len(columns):
        raise ValueError(
            f"row has {len(row)} values, expected {len(columns)}, one for the column "
            "of each feature."
        )
    for j, value in enumerate(row):
        if value is not None and not isinstance(value, (str, Real, np.bool_)):
            raise TypeError(
                f"row has {value!r} at position {j}, expected a text, a number, a "
                "truth value or None."
            )
    return tuple(row)


def read_outputs(outputs: Any) -> dict[str, float] | None:
    """Return the black box's answers by their outputs' names, as numbers."""
    if outputs is None:
        return None
    try:
        return {intern(str(name)): float(answer) for name, answer in outputs.items()}
    except (AttributeError, TypeError, ValueError):
        raise TypeError(
            f"outputs is {outputs!r}, expected a dictionary of numbers by the outputs' "
            "names, such as {'cat': 0.7, 'dog': 0.3}, or None."
        ) from None


def read_odds(odds: Any, n_targets: int) -> dict[str, np.ndarray] | None:
    """Return the probabilities of a prior's hypotheses, each of shape (T,)."""
    if odds is None:
        return None
    if not isinstance(odds, dict):
        raise TypeError(
            f"prior_odds is a {type(odds).__name__}, expected a dictionary of "
            "probabilities by hypothesis, such as 'stated', 'direction', 'nothing'."
        )
    arrays = {name: _read_array(p, f"prior_odds[{name!r}]") for name, p in odds.items()}
    for name, array in arrays.items():
        if array.shape != (n_targets,):
            raise ValueError(
                f"prior_odds[{name!r}] has the shape {array.shape}, expected "
                f"({n_targets},), one a target."
            )
    return {name: freeze(array) for name, array in arrays.items()}


def read_blocks(
    blocks: Any, selected: np.ndarray, *, is_exact: bool = False
) -> tuple[Any, ...]:
    """Return the covariance of each target's selected features; 0 if it is exact."""
    check_count("selected_covariance", blocks, len(selected), "blocks")
    return tuple(
        _read_block(block, chosen, t, is_exact)
        for t, (block, chosen) in enumerate(zip(blocks, selected, strict=True))
    )


def _read_block(block: Any, selected: Any, t: int, is_exact: bool) -> Any:
    n_selected, n_features = int(selected.sum()), len(selected)
    if isinstance(block, FactoredCovariance):
        if block.shape == (n_selected, n_selected) and not is_exact:
            return block
    block = _read_array(block, f"selected_covariance[{t}]")
    if n_selected == n_features or block.shape != (n_features, n_features):
        chosen = block
    else:
        chosen = block[np.ix_(selected, selected)]
    if chosen.shape != (n_selected, n_selected):
        raise ValueError(
            f"selected_covariance[{t}] has the shape {block.shape}, expected "
            f"{(n_selected, n_selected)}, of the features selected for this target, or "
            f"{(n_features, n_features)}, of all."
        )
    return freeze(np.zeros_like(chosen) if is_exact else chosen)


def check_count(name: str, values: Sequence[Any], n: int, what: str) -> None:
    """Refuse another number of values than of targets."""
    if len(values) != n:
        raise ValueError(
            f"{name} has {len(values)} {what}, expected {n}, one a target."
        )


def check_marginals(marginals: Any, selected: np.ndarray) -> tuple[Any, ...] | None:
    """Return the marginals of the targets, if they are of the selected features."""
    if marginals is None:
        return None
    check_count("marginals", marginals, len(selected), "distributions")
    for t, (marginal, chosen) in enumerate(zip(marginals, selected, strict=True)):
        got, expected = _shape_of(marginal), (int(chosen.sum()),)
        if got != expected:
            raise ValueError(
                f"marginals[{t}] has probabilities of signs of the shape {got}, "
                f"expected {expected}: of the features selected for this target."
            )
    return tuple(marginals)


def _shape_of(marginal: Any) -> tuple[int, ...]:
    if isinstance(marginal, StudentMixture):
        # Probabilities take time, which strangers must be given.
        return marginal.means.shape[1:]
    return np.shape(marginal.sign_probability())


def is_storable(thing: Any) -> bool:
    """Tell whether a thing can be pickled, which only trying tells."""
    try:
        pickle.dumps(thing)
    except Exception:
        # Each kind of object has errors of its own.
        return False
    return True


def _share(array: np.ndarray) -> np.ndarray:
    """Return a read-only array, one for all that hold nothing but 0, 1 or NaN."""
    value = float(array.flat[0]) if array.size else 0.0
    is_nan = value != value
    if (is_nan or value in (0.0, 1.0)) and (
        np.isnan(array) if is_nan else array == value
    ).all():
        return _constant(array.shape, array.dtype.str, np.nan if is_nan else value)
    return freeze(array)


@lru_cache(maxsize=4096)
def _constant(shape: tuple[int, ...], dtype: str, value: float) -> np.ndarray:
    return freeze(np.full(shape, value, dtype=dtype))


def freeze(array: np.ndarray) -> np.ndarray:
    """Return the array, which nobody can write to any more."""
    array.flags.writeable = False
    return array


def _read_array(value: Any, name: str) -> np.ndarray:
    dtype = bool if name in _FLAGS else np.float64
    try:
        return np.array(value, dtype=dtype)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} is {_shorten(value)}, expected an array of "
            f"{'truth values' if dtype is bool else 'numbers'}."
        ) from None


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
