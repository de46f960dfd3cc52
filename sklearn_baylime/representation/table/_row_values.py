"""The explained row of a table, as plain values that readers and JSON know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from scipy import sparse

from sklearn_baylime.representation.table._columns import columns_of, find_missing


def read_row(row: Any, inputs: Sequence[str]) -> tuple[Any, ...] | None:
    """Return the value of each feature's column in the explained row.

    Parameters
    ----------
    row : ndarray, frame, sparse matrix or list of length 1
        The instance, as the first step left of the sampler was given it.
    inputs : sequence of str
        The column that each feature is about.

    Returns
    -------
    values : tuple of str, int, float, bool or None, or None
        None for a value that is missing; None for all where features are not about
        columns of a table. Sparse rows are not kept: they are as wide as a dictionary
        of words.

    Examples
    --------
    >>> read_row(np.array([[1.5, np.nan]]), ["width", "height"])
    (1.5, None)
    """
    if row is None or sparse.issparse(row) or not _is_table(row):
        return None
    columns = columns_of(row)
    names = list(inputs)
    if len(set(inputs)) != len(columns):
        if not hasattr(row, "columns"):
            return None
        names = [str(name) for name in row.columns]
    elif len(inputs) != len(columns):
        names = list(dict.fromkeys(inputs))
    values = {n: _plain_of(c) for n, c in zip(names, columns, strict=True)}
    if not set(inputs) <= set(values):
        return None
    return tuple(values[name] for name in inputs)


def _is_table(row: Any) -> bool:
    return getattr(row, "ndim", 2) == 2 and getattr(row, "shape", (0, 0))[0] == 1


def _plain_of(column: np.ndarray) -> Any:
    """Return the only value of a column, None where it is missing."""
    if find_missing(column)[0]:
        return None
    value = column[0]
    if isinstance(value, np.datetime64):
        return str(value)
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool)) else str(value)
