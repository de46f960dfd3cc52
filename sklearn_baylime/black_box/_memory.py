"""Where answers are kept, and the keys of the rows they belong to."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Iterable, MutableMapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from sklearn_baylime.black_box._answer_file import AnswerFile

# Inside a folder, lest it be mixed with what others keep there.
_FILE = "answers.sqlite"


class Store(Protocol):
    """What keeps answers by key."""

    # Whether a copy in another process holds the same answers.
    is_shared: bool

    def read(self, keys: Iterable[bytes]) -> dict[bytes, np.ndarray]:
        """Return the answers that are known, by key."""

    def write(self, answers: dict[bytes, np.ndarray]) -> None:
        """Keep answers."""


class MappingStore:
    """Answers in a mapping from bytes to arrays.

    Parameters
    ----------
    answers : mutable mapping
        Changed in place.
    """

    is_shared = False

    def __init__(self, answers: MutableMapping[bytes, Any]) -> None:
        self.answers = answers
        # What was written since: another process sends it home.
        self.news: dict[bytes, np.ndarray] = {}

    def read(self, keys: Iterable[bytes]) -> dict[bytes, np.ndarray]:
        """Return the answers that are known, by key."""
        known = {}
        for key in keys:
            try:
                known[key] = np.asarray(self.answers[key])
            except KeyError:
                continue
        return known

    def write(self, answers: dict[bytes, np.ndarray]) -> None:
        """Keep answers."""
        for key, answer in answers.items():
            self.answers[key] = answer


class BorrowedStore(MappingStore):
    """Answers that another process has lent, and those that came since.

    Parameters
    ----------
    answers : dict
        Not changed: tasks of one process may share it.
    """

    def read(self, keys: Iterable[bytes]) -> dict[bytes, np.ndarray]:
        """Return the answers that are known, by key."""
        wanted = list(keys)
        own = {key: self.news[key] for key in wanted if key in self.news}
        return super().read(wanted) | own

    def write(self, answers: dict[bytes, np.ndarray]) -> None:
        """Keep answers beside what was lent."""
        self.news.update(answers)


def row_keys(rows: Any) -> list[bytes]:
    """Return a digest of each row's content, its type included."""
    if isinstance(rows, np.ndarray) and rows.dtype != object:
        kind = str((rows.dtype, rows.shape[1:]))
        contents = [row.tobytes() for row in rows]
    elif hasattr(rows, "columns"):
        kind = str([(str(c), _kind(rows[c].dtype)) for c in rows.columns])
        columns = [np.asarray(rows[c]).tolist() for c in rows.columns]
        contents = [_dump(row) for row in zip(*columns, strict=True)]
    elif sparse.issparse(rows):
        kind = str((rows.dtype, rows.shape[1]))
        ends = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
        contents = [
            rows.indices[a:b].tobytes() + rows.data[a:b].tobytes() for a, b in ends
        ]
    else:
        kind = type(rows).__name__
        contents = [_dump(row) for row in rows]
    salt = kind.encode()
    return [hashlib.blake2b(salt + c, digest_size=16).digest() for c in contents]


def _kind(dtype: Any) -> str:
    """Return the name of a type, with its categories: a model may see their codes."""
    categories = getattr(dtype, "categories", None)
    if categories is None:
        return str(dtype)
    if hasattr(categories, "tolist"):
        categories = categories.tolist()
    elif hasattr(categories, "to_list"):
        categories = categories.to_list()
    return f"{dtype} {getattr(dtype, 'ordered', None)} {categories!r}"


def _dump(row: Any) -> bytes:
    """Return a row's bytes, the same whether its values are one object or equal."""
    held = io.BytesIO()
    pickler = pickle.Pickler(held, protocol=5)
    pickler.fast = True
    pickler.dump(row)
    return held.getvalue()


def open_store(memory: Any) -> Store | None:
    """Return what keeps answers, or None where nothing does."""
    if memory is None or memory is False:
        return None
    if memory is True:
        return MappingStore({})
    if isinstance(memory, AnswerFile | MappingStore):
        return memory
    location = getattr(memory, "location", None)
    if isinstance(location, str | Path):
        # Apart from what joblib keeps, but where its `clear` finds it.
        return AnswerFile(Path(location) / "joblib" / "sklearn_baylime" / _FILE)
    if isinstance(memory, str | Path):
        return AnswerFile(Path(memory) / _FILE)
    if isinstance(memory, MutableMapping) or hasattr(memory, "__setitem__"):
        return MappingStore(memory)
    raise TypeError(
        f"memory is {memory!r}, expected None, True, a path or a mutable mapping."
    )
