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
    return rows[index]


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


def split_instances(X: Any) -> list:
    """Return the instances of a table, an array or a list, one by one."""
    if hasattr(X, "columns") or sparse.issparse(X):
        return [take(X, slice(i, i + 1)) for i in range(X.shape[0])]
    return X if isinstance(X, list) else list(np.asarray(X))
