"""Where answers are kept, and the keys of the rows they belong to."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse


def row_keys(rows: Any) -> list[bytes]:
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


def open_store(memory: Any) -> MutableMapping | None:
    if memory is None or memory is False:
        return None
    if memory is True:
        return {}
    path = getattr(memory, "location", memory)
    if isinstance(path, (str, Path)):
        try:
            from diskcache import Cache
        except ImportError:
            raise ImportError(
                "Keeping answers on disk needs diskcache, which is not installed: "
                'python -m pip install "sklearn-baylime[cache]".'
            ) from None
        return Cache(str(path))
    if isinstance(memory, MutableMapping) or hasattr(memory, "__setitem__"):
        return memory
    raise TypeError(
        f"memory is {memory!r}, expected None, True, a path or a mutable mapping."
    )
