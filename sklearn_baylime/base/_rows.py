"""An instance among rows: as a batch of one, and in the first place."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from scipy import sparse


def batch_of_one(x: Any) -> Any:
    """Return an instance as the batch that holds it alone.

    Frames and sparse matrices of one row are such a batch, and stay what they are. A
    record of pandas becomes a frame, so that its names are kept; arrays and lists of
    numbers become arrays; any other object is alone in a list.

    Raises
    ------
    ValueError
        If a frame or a sparse matrix has not one row.
    """
    if sparse.issparse(x) or hasattr(x, "columns"):
        if x.shape[0] != 1:
            raise ValueError(
                f"The instance has {x.shape[0]} rows, expected one; give "
                "one row, such as X[:1]."
            )
        return x
    if hasattr(x, "to_frame") and hasattr(x, "index"):
        return x.to_frame().T.infer_objects()
    if isinstance(x, np.ndarray):
        return x[None]
    numbers = isinstance(x, list | tuple) and _is_numbers(x)
    return np.asarray(x)[None] if numbers else [x]


def _is_numbers(values: Any) -> bool:
    """Tell a list of numbers from a list of anything else, such as tokens."""
    try:
        return np.asarray(values).dtype.kind in "biuf"
    except ValueError:
        # Of parts that differ in length.
        return False


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


def _check_width(got: Any, expected: Any) -> None:
    if got != expected:
        raise ValueError(
            f"Rows have shape (n_rows, *{got}), expected that of the instance, "
            f"(n_rows, *{expected})."
        )
