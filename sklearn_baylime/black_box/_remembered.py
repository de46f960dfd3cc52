"""Answers that are remembered, each by its model and its row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from sklearn_baylime.base._sklearn import InvalidParameterError
from sklearn_baylime.black_box._fingerprint import fingerprint
from sklearn_baylime.black_box._kept import (
    KeptAnswers,
    attach_answers,
    attached_answers,
)
from sklearn_baylime.black_box._memory import Store, row_keys
from sklearn_baylime.black_box._rows import take

# From rows and their positions to answers (n_rows, n_outputs).
Ask = Callable[[Any, np.ndarray], np.ndarray]


def model_key(model: Any, name: str | None, facts: Any) -> bytes:
    """Return what tells a model's answers from those of others.

    Parameters
    ----------
    model : object
    name : str or None
        The user's name for it, instead of its fingerprint.
    facts : object
        What else its answers depend on, such as the method that is asked.

    Raises
    ------
    InvalidParameterError
        If the model has no name and no fingerprint.
    """
    try:
        identity = f"name {name}" if name is not None else fingerprint(model)
    except Exception as error:
        raise InvalidParameterError(
            "A memory of answers needs to know whose they are, but the model has no "
            f"fingerprint ({type(error).__name__}: {error}), expected a name: "
            f"{_ADVICE}."
        ) from error
    return hashlib.blake2b(repr((identity, facts)).encode(), digest_size=16).digest()


_ADVICE = (
    'BlackBox(model, memory=..., name="credit 2"), another one whenever the model '
    "changes"
)


def check_unchanged(before: bytes, after: bytes) -> None:
    """Raise if asking has changed a model's key.

    Raises
    ------
    InvalidParameterError
        If it has.
    """
    if before != after:
        raise InvalidParameterError(
            "The model's fingerprint changed while it was asked, as of one that counts "
            "its calls: its answers would not be found again, expected a name: "
            f"{_ADVICE}."
        )


def ask_unknown(
    store: Store,
    model: bytes,
    rows: Any,
    positions: np.ndarray,
    n_outputs: int | None,
    ask: Ask,
) -> KeptAnswers:
    """Return what is remembered, and ask for the rest, each row once.

    Parameters
    ----------
    store : Store
    model : bytes
        The model's key.
    rows : array, frame or list of n_rows
    positions : ndarray of int of shape (n_rows,)
    n_outputs : int or None
        Number of outputs; answers of another number are no answers of this model. None
        where it is not known.
    ask : callable

    Raises
    ------
    Exception
        Whatever `ask` or the store raise; it carries the answers there are.
    """
    keys = [model + key for key in row_keys(rows)]
    first_seen: dict[bytes, int] = {}
    for i, key in enumerate(keys):
        first_seen.setdefault(key, i)
    known = _of_width(store.read(first_seen), n_outputs)
    unknown = np.array([i for k, i in first_seen.items() if k not in known], dtype=int)
    if not len(unknown):
        return KeptAnswers(_rows_of(known, keys), 0)
    n_asked = 0

    def ask_and_keep(index: np.ndarray) -> None:
        nonlocal n_asked, known
        try:
            answers = ask(take(rows, index), positions[index])
        except Exception as error:
            kept = attached_answers(error)
            if kept is None:
                if known:
                    attach_answers(error, KeptAnswers(_rows_of(known, keys), n_asked))
                raise
            # The good ones among the bad.
            good = np.flatnonzero(kept.is_answered)
            n_asked += kept.n_asked
            news = {keys[index[i]]: kept.answers[i] for i in good}
            known = _of_width(known, kept.answers.shape[1]) | news
            attach_answers(error, KeptAnswers(_rows_of(known, keys), n_asked))
            store.write(news)
            raise
        n_asked += len(index)
        news = {keys[i]: answer for i, answer in zip(index, answers, strict=True)}
        known = _of_width(known, answers.shape[1]) | news
        try:
            store.write(news)
        except Exception as error:
            attach_answers(error, KeptAnswers(_rows_of(known, keys), n_asked))
            raise

    ask_and_keep(unknown)
    if len(known) < len(first_seen):
        # Remembered under this name, but of another number of outputs.
        ask_and_keep(
            np.array([i for k, i in first_seen.items() if k not in known], dtype=int)
        )
    return KeptAnswers(_rows_of(known, keys), n_asked)


def _of_width(
    known: dict[bytes, np.ndarray], n_outputs: int | None
) -> dict[bytes, np.ndarray]:
    """Return the answers of a number of outputs; None takes that of the first."""
    if n_outputs is None and known:
        n_outputs = len(next(iter(known.values())))
    return {key: answer for key, answer in known.items() if len(answer) == n_outputs}


def _rows_of(known: dict[bytes, np.ndarray], keys: list[bytes]) -> np.ndarray:
    """Return the answers by row, NaN where there is none."""
    nothing = np.full(len(next(iter(known.values()))) if known else 1, np.nan)
    return np.stack([known.get(key, nothing) for key in keys])
