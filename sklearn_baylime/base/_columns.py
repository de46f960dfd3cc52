"""Columns that users choose, by name, by index or by a mask."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np


def column_mask(
    columns: Any,
    names: Sequence[str] | int,
    parameter: str = "categorical_features",
) -> np.ndarray:
    """Return which columns are meant, as a boolean mask.

    Parameters
    ----------
    columns : array-like of int, str or bool, or None
        Names; indices, negative ones from the end; or a mask, one boolean a column.
        None means no column.
    names : sequence of str or int
        Names of all columns, or their number where they have none.
    parameter : str, default="categorical_features"
        What errors call `columns`.

    Returns
    -------
    mask : ndarray of bool of shape (n_columns,)

    Raises
    ------
    ValueError
        If a column is not known, or a mask has another length.
    """
    n_columns = names if isinstance(names, int) else len(names)
    mask = np.zeros(n_columns, dtype=bool)
    if columns is None:
        return mask
    if isinstance(columns, str | bytes) or np.ndim(columns) != 1:
        raise ValueError(
            f"{parameter} is {columns!r}, expected a list of columns, such as "
            f"[{_example(names)!r}]."
        )
    given = list(columns)
    if given and all(isinstance(column, bool | np.bool_) for column in given):
        return _check_mask(np.array(given), n_columns, parameter)
    for column in given:
        mask[column_position(column, names, parameter)] = True
    return mask


def column_position(column: Any, names: Sequence[str] | int, parameter: str) -> int:
    """Return the index of one column, given by index or name.

    Raises
    ------
    ValueError
        If there is no such column.
    """
    n_columns = names if isinstance(names, int) else len(names)
    if isinstance(column, str) and not isinstance(names, int) and column in names:
        return list(names).index(column)
    is_index = isinstance(column, Integral) and not isinstance(column, bool)
    if is_index and -n_columns <= int(column) < n_columns:
        return int(column) % n_columns
    known = "" if isinstance(names, int) else f" or one of the names {shorten(names)}"
    raise ValueError(
        f"{parameter} has {column!r}, expected an index from 0 to {n_columns - 1}"
        f"{known}."
    )


def shorten(values: Sequence[Any], most: int = 8) -> str:
    """Return the first values of a list as text, and how many there are more."""
    shown = ", ".join(repr(v) for v in values[:most])
    rest = len(values) - most
    return f"[{shown}, ... ({rest} more)]" if rest > 0 else f"[{shown}]"


def _check_mask(mask: np.ndarray, n_columns: int, parameter: str) -> np.ndarray:
    if len(mask) != n_columns:
        raise ValueError(
            f"{parameter} is a mask of {len(mask)} booleans, expected one for each of "
            f"the {n_columns} columns."
        )
    return mask


def _example(names: Any) -> str | int:
    return 0 if isinstance(names, int) or not len(names) else names[0]
