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


def refuse_other_tables(X: Any) -> None:
    """Refuse what holds a table, but is no array and no frame of ours.

    Raises
    ------
    TypeError
        With the conversion to write.
    """
    kind, advice = type(X).__name__, ""
    module = type(X).__module__.partition(".")[0]
    if isinstance(X, np.ndarray) and X.dtype.names:
        kind = f"structured array with the fields {list(X.dtype.names)}"
        advice = "pandas.DataFrame(X)"
    elif module == "polars":
        advice = "X.collect()" if kind == "LazyFrame" else "X.to_frame()"
        kind = f"polars {kind}"
    elif module == "pandas" and kind == "Series":
        advice, kind = "X.to_frame(), or X.to_frame().T of a row", "pandas Series"
    elif hasattr(X, "to_pandas"):
        advice = "X.to_pandas()"
    elif type(X) is dict:
        advice = "pandas.DataFrame(X)"
    if advice:
        raise TypeError(
            f"X is a {kind}, expected an array (n_samples, n_features) or a pandas or "
            f"polars DataFrame: pass {advice}."
        )


def columns_of(X: Any) -> list[np.ndarray]:
    """Return the columns of an array or frame as one-dimensional arrays."""
    if kind_of(X) == "array":
        return list(np.asarray(X).T)
    return [_values_of(X[name]) for name in X.columns]


def _values_of(series: Any) -> np.ndarray:
    """Return the values of a frame's column; categories as they are."""
    if is_category_type(series.dtype) and hasattr(series, "cat"):
        return np.asarray(series.astype(object) if hasattr(series, "iloc") else series)
    return np.asarray(series)


def is_category_type(dtype: Any) -> bool:
    """Tell a frame's own type of categories: pandas' category, polars' two."""
    return str(dtype).startswith(("category", "Categorical", "Enum"))


def is_zoned(dtype: Any) -> bool:
    """Tell a frame's type of instants in a time zone."""
    return getattr(dtype, "tz", None) is not None and not hasattr(dtype, "storage")


def as_objects(column: np.ndarray) -> np.ndarray:
    """Return times as objects, which are equal and hash alike whatever held them."""
    if column.dtype.kind not in "Mm":
        return column
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        return np.asarray(pandas.Series(column).astype(object))
    return column.astype(f"{column.dtype.kind}8[us]").astype(object)


def build_table(table: Any, columns: list[np.ndarray]) -> Any:
    """Put columns together as a table of the layout `table`."""
    if table.kind == "array":
        return np.stack([np.asarray(c, dtype=table.dtypes[0]) for c in columns], axis=1)
    module = sys.modules[table.kind]
    if table.kind == "pandas":
        series = {
            label: pandas_series(column, dtype)
            for label, column, dtype in zip(
                table.labels, columns, table.dtypes, strict=True
            )
        }
        return module.DataFrame(series)
    return module.DataFrame(
        [
            _polars_series(name, column, dtype)
            for name, column, dtype in zip(
                table.names, columns, table.dtypes, strict=True
            )
        ]
    )


def pandas_series(column: np.ndarray, dtype: Any) -> Any:
    """Return a column of a pandas frame; numpy's instants are in UTC."""
    pandas = sys.modules["pandas"]
    if column.dtype.kind == "M" and is_zoned(dtype):
        return pandas.Series(pandas.DatetimeIndex(column).tz_localize("UTC")).astype(
            dtype
        )
    return pandas.Series(column, dtype=dtype)


def _polars_series(name: str, column: np.ndarray, dtype: Any) -> Any:
    """Return a column of a polars frame; numpy's times by their numbers."""
    polars = sys.modules["polars"]
    if column.dtype.kind not in "Mm":
        return polars.Series(name, column.tolist(), dtype=dtype, strict=False)
    unit = getattr(dtype, "time_unit", None) or "D"
    times = column.astype(f"{column.dtype.kind}8[{unit}]")
    ticks = times.view(np.int64).astype(object)
    ticks[np.isnat(times)] = None
    return polars.Series(name, ticks.tolist(), dtype=polars.Int64).cast(dtype)


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
    if column.dtype.kind in "Mm":
        return np.isnat(column)
    return np.array([is_missing(value) for value in column.tolist()], dtype=bool)


def is_missing(value: Any) -> bool:
    """Tell None, NaN and pandas' NA, which is neither equal nor unequal to itself."""
    try:
        return value is None or bool(value != value)
    except (TypeError, ArithmeticError):
        # pandas' NA, and a decimal's signaling NaN.
        return True


def with_last(categories: np.ndarray, value: Any) -> np.ndarray:
    longer = np.empty(len(categories) + 1, dtype=object)
    longer[:-1], longer[-1] = categories, value
    if categories.dtype.kind == "f" and isinstance(value, float):
        return longer.astype(categories.dtype)
    return longer
