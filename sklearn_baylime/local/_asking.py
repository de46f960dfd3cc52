"""Asking about the rows of several neighbourhoods, in common batches."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from sklearn_baylime.black_box._black_box import BlackBox
from sklearn_baylime.black_box._rows import concatenate
from sklearn_baylime.local._neighborhood import Neighborhood


def ask_all(box: BlackBox, hoods: list[Neighborhood], report, enough=None) -> None:
    """Ask about every row that is not answered yet, and put the answers in.

    Rows of several neighbourhoods share a batch. Whatever interrupts the model, what
    was answered stays in the neighbourhoods, and the exception carries them.

    Parameters
    ----------
    box : BlackBox
    hoods : list of Neighborhood
        Changed in place.
    report : callable
        Told how many rows each batch had.
    enough : callable or None, default=None
        Asked after each batch whether the rest can be left out.
    """
    try:
        for batch in _batches(box, hoods):
            pieces = [hood.inputs(part) for hood, part in batch]
            positions = [np.arange(part.start, part.stop) for _, part in batch]
            answers, n_asked = box.ask_and_count(
                concatenate(pieces), np.concatenate(positions)
            )
            _share_out(batch, answers, n_asked)
            report(len(answers))
            if enough is not None and enough():
                break
    except BaseException as error:
        _attach(error, hoods)
        raise


def _batches(box, hoods):
    """Yield lists of (neighbourhood, part of its rows) that fill one batch each."""
    size = room = 0
    batch: list = []
    for hood in hoods:
        first, n_rows = len(hood.answers), hood.n_rows
        while first < n_rows:
            if not size:
                size = room = box.batch_size or box.rows_per_batch(hood.example())
            last = min(n_rows, first + room)
            batch.append((hood, slice(first, last)))
            room -= last - first
            first = last
            if not room:
                yield batch
                batch, room = [], size
    if batch:
        yield batch


def _share_out(batch, answers, n_asked):
    """Split the answers; rows that a memory knew are spread evenly over the parts."""
    ends = np.cumsum([part.stop - part.start for _, part in batch])
    asked = np.diff(np.round(n_asked * ends / ends[-1]), prepend=0)
    for (hood, _), mine, n in zip(
        batch, np.split(answers, ends[:-1]), asked, strict=True
    ):
        kept = hood.answers if len(hood.answers) else mine[:0]
        hood.answers = np.concatenate([kept, mine])
        hood.n_queries += int(n)


def _attach(error, hoods):
    """Hand over what was answered with the exception."""
    begun = [hood for hood in hoods if not hood.is_complete]
    with suppress(AttributeError):
        error.neighborhoods = hoods
        error.neighborhood = begun[0] if begun else hoods[-1]
    n_answered = sum(len(hood.answers) for hood in hoods)
    n_rows = sum(hood.n_rows for hood in hoods)
    error.add_note(
        f"{n_answered} of {n_rows} rows were answered and are kept in this exception's "
        "attribute `neighborhood`: pass it as explain_instance(x, neighborhood=...) to "
        "ask only for the rest."
    )
