"""Rows of model inputs, whatever holds them: parts, concatenation, digests."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse


def take(rows: Any, index: Any) -> Any:
    """Take rows of an array, a frame or a list by a slice or an index array."""
    if hasattr(rows, "iloc"):
        return rows.iloc[index]
    if isinstance(rows, list) and not isinstance(index, slice):
        return [rows[i] for i in index]
    if _is_unsliceable(rows):
        return rows.tocsr()[index]
    # What only promises to become an array has no parts yet.
    return (rows if hasattr(rows, "__getitem__") else np.asarray(rows))[index]


def _is_unsliceable(rows: Any) -> bool:
    return sparse.issparse(rows) and rows.format not in ("csr", "csc", "lil", "dok")


def concatenate(parts: list) -> Any:
    """Put arrays, frames or lists of rows together."""
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], list):
        return [row for part in parts for row in part]
    if hasattr(parts[0], "iloc"):
        import pandas as pd

        return pd.concat(parts, ignore_index=True)
    if hasattr(parts[0], "vstack"):
        import polars as pl

        return pl.concat(parts)
    if sparse.issparse(parts[0]):
        return sparse.vstack(parts, format="csr")
    return np.concatenate(parts)


def shape_of(rows: Any) -> tuple[int, ...] | None:
    """Return the shape of rows, None where they have none, such as lists."""
    return getattr(rows, "shape", None)


def kind_of_rows(rows: Any) -> tuple[Any, ...]:
    """Return what rows must have in common to be put together as they are.

    Rows of different shapes cannot stand in one array, and of different types would
    change it without a word.
    """
    kind = type(rows).__name__
    if hasattr(rows, "dtypes"):
        # The types themselves: their text does not tell the values of categories.
        return kind, tuple(map(str, rows.columns)), tuple(rows.dtypes)
    if hasattr(rows, "dtype"):
        return kind, rows.shape[1:], str(rows.dtype)
    return (kind,)


def split_instances(X: Any) -> list:
    """Return the instances of a table, an array or a list, one by one.

    Raises
    ------
    ValueError
        If it is one instance, such as a text, a record or a row, not several.
    """
    if hasattr(X, "__array__") and not hasattr(X, "__getitem__"):
        X = np.asarray(X)
    if sparse.issparse(X):
        X = X if X.format == "csr" else sparse.csr_matrix(X)
        X = X.reshape(1, -1) if X.ndim == 1 else X
    if hasattr(X, "columns") or sparse.issparse(X):
        return [take(X, slice(i, i + 1)) for i in range(X.shape[0])]
    if isinstance(X, list | tuple):
        return list(X)
    if isinstance(X, str | bytes | dict) or np.ndim(X) == 0 or hasattr(X, "iloc"):
        raise ValueError(
            f"Several instances were expected, got one {type(X).__name__}: use "
            "explain_instance(x), or give a list, [x]."
        )
    X = np.asarray(X)
    if X.ndim == 1 and X.dtype.kind in "biufM":
        raise ValueError(
            f"Several instances were expected, got one row of shape {X.shape}: use "
            "explain_instance(x), or give x[None]."
        )
    return list(X)
