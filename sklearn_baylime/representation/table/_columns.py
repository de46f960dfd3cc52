"""Columns of arrays and frames: numbers, gaps, containers."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def kind_of(X: Any) -> str:
    """Return "pandas", "polars" or "array"."""
    for kind in ("pandas", "polars"):
        module = sys.modules.get(kind)
        if module is not None and isinstance(X, module.DataFrame):
            return kind
    return "array"


def columns_of(X: Any) -> list[np.ndarray]:
    """Return the columns of an array or frame as one-dimensional arrays."""
    if kind_of(X) == "array":
        return list(np.asarray(X).T)
    return [np.asarray(X[name]) for name in X.columns]


def build_table(table: Any, columns: list[np.ndarray]) -> Any:
    """Put columns together as a table of the layout `table`."""
    if table.kind == "array":
        return np.stack([np.asarray(c, dtype=table.dtypes[0]) for c in columns], axis=1)
    module = sys.modules[table.kind]
    if table.kind == "pandas":
        series = {
            label: module.Series(column, dtype=dtype)
            for label, column, dtype in zip(
                table.labels, columns, table.dtypes, strict=True
            )
        }
        return module.DataFrame(series)
    return module.DataFrame(
        [
            module.Series(name, column.tolist(), dtype=dtype, strict=False)
            for name, column, dtype in zip(
                table.names, columns, table.dtypes, strict=True
            )
        ]
    )


def as_numbers(column: Any, name: str, gaps: np.ndarray | None = None) -> np.ndarray:
    """Return floats, NaN where a value is missing (in `gaps`)."""
    gaps = find_missing(column) if gaps is None else gaps
    if column.dtype.kind not in "iuf" and gaps.any():
        column = column.copy()
        column[gaps] = np.nan
    try:
        numbers = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"Column {name!r} has values that are not numbers, such as "
            f"{column[~gaps].tolist()[0]!r}, expected numbers; name it in "
            "categorical_features if it holds categories."
        ) from None
    bad = np.isinf(numbers)
    if bad.any():
        first = int(np.argmax(bad))
        raise ValueError(
            f"Column {name!r} contains infinity (first in row {first}: "
            f"{numbers[first]}), expected finite numbers; mend or drop such rows."
        )
    return numbers


def find_missing(column: np.ndarray) -> np.ndarray:
    """Tell which values are missing: NaN, None or a frame's NA."""
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind in "iubUS":
        return np.zeros(len(column), dtype=bool)
    return np.array([is_missing(value) for value in column.tolist()], dtype=bool)


def is_missing(value: Any) -> bool:
    """Tell None, NaN and pandas' NA, which is neither equal nor unequal to itself."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def with_last(categories: np.ndarray, value: Any) -> np.ndarray:
    longer = np.empty(len(categories) + 1, dtype=object)
    longer[:-1], longer[-1] = categories, value
    if categories.dtype.kind == "f" and isinstance(value, float):
        return longer.astype(categories.dtype)
    return longer
