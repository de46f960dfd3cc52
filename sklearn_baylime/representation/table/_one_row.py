"""One instance as a table of one row."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_baylime.base._columns import shorten
from sklearn_baylime.representation.table._columns import (
    as_numbers,
    build_table,
    columns_of,
    kind_of,
)
from sklearn_baylime.representation.table._table import Table


def as_one_row(x: Any, table: Table) -> tuple[Any, np.ndarray]:
    """Return the instance `x` as a table of one row, and as numbers (1, n_features).

    It may come as a row, a record or a table.

    Raises
    ------
    ValueError
        If `x` is not one row of the right width, lacks a column, or has a value that
        its column cannot hold.
    """
    if _is_row_of(x, table):
        return x, table.encode(x)
    if _is_array_of(x, table):
        row = np.array(x).reshape(1, -1)
        values = row.astype(np.float64, copy=False)
        if np.isfinite(values).all():
            return row, values
    columns = _columns_of_one_row(x, table)
    values = table.encode_columns(columns)
    if table.is_plain and (np.abs(np.nan_to_num(values)) < 2**53).all():
        row = table.decode(values)
        if np.array_equal(table.encode(row), values, equal_nan=True):
            return row, values
    try:
        row = build_table(table, columns)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"The instance does not fit the columns' types {table.dtypes}: {error}"
        ) from None
    held = zip(table.names, columns, columns_of(row), strict=True)
    for j, (name, given, kept) in enumerate(held):
        if table.categories[j] is None and not _same_number(given, kept, table, j):
            if np.dtype(np.asarray(kept).dtype).kind != "f":
                raise ValueError(
                    f"The instance has {given[0]} in column {name!r}, which holds "
                    f"{table.dtypes[j]}; fit on rows of a type that can hold it."
                )
    return row, table.encode(row)


def _is_row_of(x: Any, table: Table) -> bool:
    """Tell a row of a pandas frame like the one that was read."""
    return (
        table.kind == "pandas"
        and kind_of(x) == "pandas"
        and x.shape == (1, len(table.labels))
        and list(x.columns) == table.labels
        and list(x.dtypes) == table.dtypes
    )


def _is_array_of(x: Any, table: Table) -> bool:
    """Tell one row of an array of numbers like the one that was read."""
    d = len(table.labels)
    return (
        table.kind == "array"
        and type(x) is np.ndarray
        and x.shape in ((d,), (1, d))
        and x.dtype == table.dtypes[0]
        and x.dtype.kind in "iuf"
        and not (table.has_categories or table.scales)
    )


def _columns_of_one_row(x: Any, table: Table) -> list[np.ndarray]:
    """Return the instance's values, one array of length 1 a column."""
    if kind_of(x) == "array" and not hasattr(x, "keys"):
        numeric = table.kind == "array" and table.dtypes[0].kind != "O"
        if np.iscomplexobj(x):
            raise TypeError(
                f"The instance holds complex numbers, such as {np.ravel(x)[0]!r}, "
                "expected real ones: give their parts, .real and .imag."
            )
        row = np.asarray(x, dtype=None if numeric else object)
        row = row[None] if row.ndim == 1 else row
        _check_one_row(row.shape, table)
        return list(row.T)
    if len(getattr(x, "shape", ())) == 2:
        _check_one_row(x.shape, table)
        if kind_of(x) == "polars":
            # As an array a missing number would be NaN, which is another value there.
            x = x.row(0, named=True)
        else:
            x = {label: x[label].iloc[0] for label in x.columns}
    missing = [label for label in table.labels if label not in x]
    if missing:
        raise ValueError(
            f"The instance lacks the column(s) {shorten(missing)}; it was expected to "
            f"have {shorten(table.labels)}."
        )
    return [_as_cell(x[label]) for label in table.labels]


def _as_cell(value: Any) -> np.ndarray:
    """Return one value as an array (1,), whatever it holds."""
    cell = np.empty(1, dtype=object)
    cell[0] = value
    return cell


def _check_one_row(shape: tuple[int, ...], table: Any) -> None:
    expected = (1, len(table.names))
    if tuple(shape) != expected:
        raise ValueError(
            f"The instance has shape {tuple(shape)}, expected one row of "
            f"{len(table.names)} columns, {expected[1:]} or {expected}."
        )


def _same_number(given: Any, kept: Any, table: Table, j: int) -> bool:
    if j in table.scales:
        one, other = table.numbers_of(j, given), table.numbers_of(j, kept)
        return bool(np.array_equal(one, other, equal_nan=True))
    name = table.names[j]
    pair = as_numbers(given, name)[0], as_numbers(kept, name)[0]
    return bool(pair[0] == pair[1] or np.isnan(pair).all())
