"""Rows of model inputs, whatever holds them: parts, concatenation, digests."""

from __future__ import annotations

import hashlib
import pickle

import numpy as np
from scipy import sparse


def take(rows, index):
    """Take rows of an array, a frame or a list by a slice or an index array."""
    if hasattr(rows, "iloc"):
        return rows.iloc[index]
    if isinstance(rows, list) and not isinstance(index, slice):
        return [rows[i] for i in index]
    return rows[index]


def concatenate(parts: list):
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


def row_keys(rows) -> list[bytes]:
    """Return a digest of each row's content, its type included."""
    if isinstance(rows, np.ndarray) and rows.dtype != object:
        kind = str((rows.dtype, rows.shape[1:]))
        contents = [row.tobytes() for row in rows]
    elif hasattr(rows, "columns"):
        kind = str([*map(str, rows.columns), *map(str, rows.dtypes)])
        columns = [np.asarray(rows[c]).tolist() for c in rows.columns]
        contents = [pickle.dumps(r, protocol=5) for r in zip(*columns, strict=True)]
    elif sparse.issparse(rows):
        kind = str((rows.dtype, rows.shape[1]))
        ends = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
        contents = [
            rows.indices[a:b].tobytes() + rows.data[a:b].tobytes() for a, b in ends
        ]
    else:
        kind = type(rows).__name__
        contents = [pickle.dumps(row, protocol=5) for row in rows]
    salt = kind.encode()
    return [hashlib.blake2b(salt + c, digest_size=16).digest() for c in contents]
