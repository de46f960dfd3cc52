"""Answers in a file, as plain numbers: nothing that is read can run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

# SQLite takes a limited number of values in one question.
_KEYS_AT_ONCE = 500
# Seconds to wait for another process that writes.
_PATIENCE = 120.0
_NUMBERS = np.dtype("<f8")


class AnswerFile:
    """Answers by key in a SQLite file, for any number of processes and threads.

    A connection lasts for one batch of rows: none is left open, none is shared by
    threads or inherited by forks. Nothing is ever thrown away.

    Parameters
    ----------
    path : Path
        The file; it and its folder are made if need be.

    Raises
    ------
    OSError
        If the file cannot be opened, read or written.
    """

    is_shared = True

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open("be opened") as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS answers "
                "(key BLOB PRIMARY KEY, answer BLOB NOT NULL) WITHOUT ROWID"
            )

    def read(self, keys: Iterable[bytes]) -> dict[bytes, np.ndarray]:
        """Return the answers that are known, by key."""
        wanted, known = list(keys), []
        with self._open("be read") as connection:
            for first in range(0, len(wanted), _KEYS_AT_ONCE):
                part = wanted[first : first + _KEYS_AT_ONCE]
                marks = ",".join("?" * len(part))
                known += connection.execute(
                    f"SELECT key, answer FROM answers WHERE key IN ({marks})", part
                ).fetchall()
            return {key: np.frombuffer(held, _NUMBERS) for key, held in known}

    def write(self, answers: dict[bytes, np.ndarray]) -> None:
        """Keep answers, all of them or none."""
        rows = [(k, np.asarray(a, _NUMBERS).tobytes()) for k, a in answers.items()]
        with self._open("be written to") as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", rows)
            connection.execute("COMMIT")

    @contextmanager
    def _open(self, purpose: str) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Transactions are begun and ended by hand.
            connection = sqlite3.connect(
                self.path, timeout=_PATIENCE, isolation_level=None
            )
            with closing(connection):
                connection.execute("PRAGMA synchronous=NORMAL")
                yield connection
        except (sqlite3.Error, OSError, ValueError) as error:
            raise OSError(
                f"The memory of answers {str(self.path)!r} cannot {purpose} ({error}), "
                "expected a folder that can be written to with room on the disk, and "
                "in it no file or one that an explainer made: repair or remove the "
                "file, or give another memory."
            ) from error
