"""An instance among rows: as a batch of one, and in the first place."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from scipy import sparse


def with_first_row(rows: Any, row: Any) -> Any:
    """Return rows whose first is a given one; those that were given stay as they are.

    Parameters
    ----------
    rows : ndarray, sparse matrix, frame or list of length n_rows
        Rows; not changed.
    row : ndarray, sparse matrix, frame or list of length 1
        What takes the first place.

    Returns
    -------
    rows : ndarray, sparse matrix, frame or list of length n_rows
        Of the same type; the same object if its first row was right.

    Raises
    ------
    ValueError
        If the rows are wider than the one, or of a type that cannot hold it.
    """
    if isinstance(rows, list | tuple):
        return [row[0], *rows[1:]] if len(rows) else []
    if rows.shape[0] == 0:
        return rows
    if sparse.issparse(rows):
        return _first_sparse(rows.tocsr(), row)
    if hasattr(rows, "columns"):
        return _first_of_frame(rows, row)
    return _first_dense(np.asarray(rows), row)


def _first_dense(rows: Any, row: Any) -> Any:
    first = np.asarray(row.toarray() if sparse.issparse(row) else row)[0]
    _check_width(rows.shape[1:], first.shape)
    if np.array_equal(rows[0], first):
        return rows
    rows = rows.copy()
    try:
        rows[0] = first
        lost = rows.dtype.kind not in "fcO" and (rows[0] != first).any()
    except (TypeError, ValueError):
        lost = True
    if lost:
        raise ValueError(
            f"The first row must be the instance, {first!r}, which rows of type "
            f"{rows.dtype} cannot hold; return rows of type {first.dtype}."
        )
    return rows


def _first_sparse(rows: Any, row: Any) -> Any:
    row = sparse.csr_matrix(row)
    _check_width(rows.shape[1:], row.shape[1:])
    if (sparse.csr_matrix(rows[:1]) != row).nnz == 0:
        return rows
    return type(rows)(sparse.vstack([row, rows[1:]], format="csr", dtype=rows.dtype))


def _first_of_frame(rows: Any, row: Any) -> Any:
    if not hasattr(row, "columns"):
        row = type(rows)(np.asarray(row), columns=list(rows.columns))
    if hasattr(rows, "vstack"):
        return row.cast(dict(rows.schema)).vstack(rows[1:])
    row = row.set_axis(rows.columns, axis=1).astype(dict(rows.dtypes))
    row.index = rows.index[:1]
    if len(rows) == 1:
        return row
    return sys.modules["pandas"].concat([row, rows.iloc[1:]])


def _check_width(got: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if got != expected:
        raise ValueError(
            f"Rows have shape (n_rows, *{got}), expected that of the instance, "
            f"(n_rows, *{expected})."
        )
