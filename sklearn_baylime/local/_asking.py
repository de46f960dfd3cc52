"""Asking about the rows of several neighbourhoods, in common batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.black_box._kept import attached_answers
from sklearn_baylime.black_box._rows import concatenate, kind_of_rows, take
from sklearn_baylime.local._neighborhood import Neighborhood

# A neighbourhood, or rows that several share, and a part of its rows.
Piece = tuple[Any, slice]


@contextmanager
def kept_on_error(hoods: list[Neighborhood]) -> Iterator[None]:
    """Let whatever is raised carry the neighbourhoods, so that no answer is lost.

    That includes what is raised after the last answer, such as by a regressor: the
    answers were paid for all the same.
    """
    try:
        yield
    except BaseException as error:
        _attach(error, hoods)
        raise


def ask_all(
    box: BlackBox,
    hoods: list[Neighborhood],
    report: Callable[[int], object],
    enough: Callable[[], bool] | None = None,
) -> None:
    """Ask about every row that is not answered yet, and put the answers in.

    Rows of several neighbourhoods share a batch. What was answered stays in the
    neighbourhoods, whatever interrupts the model.

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
    for batch in _batches(box, hoods):
        _ask(box, batch, report)
        _share_costs(hoods)
        if enough is not None and enough():
            break


def ask_first(
    box: BlackBox, hood: Neighborhood, report: Callable[[int], object]
) -> None:
    """Ask about the instance alone, where nothing is known of the outputs yet."""
    if not len(hood.answers):
        _ask(box, [(hood, slice(0, 1))], report)


def _ask(box: Any, batch: list[Piece], report: Callable[[int], object]) -> None:
    rows = concatenate([asked.inputs(part) for asked, part in batch])
    positions = np.concatenate(
        [np.arange(p.start, p.stop) + asked.offset for asked, p in batch]
    )
    # Answers that came beside a bad one.
    spare: list[np.ndarray | None] = [None] * len(positions)
    if any(asked.spare for asked, _ in batch):
        spare = [
            asked.spare.pop(i, None)
            for asked, part in batch
            for i in range(part.start, part.stop)
        ]
    wanted = np.arange(len(spare))
    if any(answer is not None for answer in spare):
        wanted = np.flatnonzero([answer is None for answer in spare])
        rows = take(rows, wanted)
    try:
        new = np.empty((0, 1)), 0
        if len(wanted):
            new = box.ask_and_count(rows, positions[wanted])
    except BaseException as error:
        kept = attached_answers(error)
        new = (kept.answers, kept.n_asked) if kept else new
        if kept or len(wanted) < len(spare):
            _share_out(batch, _with_spare(new[0], wanted, spare), new[1])
        raise
    _share_out(batch, _with_spare(new[0], wanted, spare), new[1])
    report(len(spare))


def _with_spare(
    answers: np.ndarray, wanted: np.ndarray, spare: list[np.ndarray | None]
) -> np.ndarray:
    """Return answers with those that were spare, NaN where there is none."""
    if len(answers) == len(spare):
        return answers
    known = [answer for answer in spare if answer is not None]
    width = len(known[0]) if known else answers.shape[1]
    found = np.full((len(spare), width), np.nan)
    if len(answers):
        found[wanted] = answers
    for i, answer in enumerate(spare):
        if answer is not None:
            found[i] = answer
    return found


def _open_parts(hoods: Iterable[Neighborhood]) -> Iterator[tuple[Any, int, int]]:
    """Yield what is to be asked, with its first row without an answer and its end.

    Rows that several neighbourhoods share are asked about once, behind the others:
    whatever interrupts them, the neighbourhoods' answers are those to their first rows.
    """
    surveys: dict[int, Any] = {}
    for hood in hoods:
        first = len(hood.answers)
        yield hood, first, first + hood.n_own_open
        surveys |= {id(survey): survey for survey in hood.surveys}
    for survey in surveys.values():
        yield survey, len(survey.answers), survey.n_rows


def _share_costs(hoods: list[Neighborhood]) -> None:
    """Put the queries about shared rows on the neighbourhoods that they served."""
    served: dict[int, list[Any]] = {}
    for hood in hoods:
        for survey in hood.surveys:
            served.setdefault(id(survey), []).append((survey, hood))
    for pairs in served.values():
        bill, n = pairs[0][0].take_bill(), len(pairs)
        for i, (_, hood) in enumerate(pairs):
            # Running totals, so that the parts add up to what was asked.
            hood.n_queries += bill * (i + 1) // n - bill * i // n


def _batches(box: Any, hoods: Iterable[Any]) -> Iterator[list[Piece]]:
    """Yield lists of pieces that fill one batch each, of rows of one kind."""
    size = room = 0
    kind: Any = None
    batch: list[Piece] = []
    for asked, first, n_rows in _open_parts(hoods):
        # Only now: an example has to be made by the representation.
        example = asked.example() if first < n_rows else None
        if example is not None and kind_of_rows(example) != kind:
            if batch:
                yield batch
            batch, kind = [], kind_of_rows(example)
            size = room = box.batch_size or box.rows_per_batch(example)
        while first < n_rows:
            last = min(n_rows, first + room)
            batch.append((asked, slice(first, last)))
            room -= last - first
            first = last
            if not room:
                yield batch
                batch, room = [], size
    if batch:
        yield batch


def _share_out(batch: list[Piece], answers: np.ndarray, n_asked: int) -> None:
    """Split the answers; rows that a memory knew are spread evenly over the parts."""
    ends = np.cumsum([part.stop - part.start for _, part in batch])
    # Running totals are rounded, so that the parts add up to what was asked.
    asked = np.diff(np.round(n_asked * ends / ends[-1]), prepend=0)
    parts = np.split(answers, ends[:-1])
    for (part_of, rows), mine, n in zip(batch, parts, asked, strict=True):
        good = np.isfinite(mine).all(axis=1)
        first = len(mine) if good.all() else int(np.argmin(good))
        part_of.answer(mine[:first], int(n), rows.start)
        # Behind a bad one: kept until that is answered.
        for i in first + np.flatnonzero(good[first:]):
            part_of.spare[rows.start + int(i)] = mine[i]


def _attach(error: BaseException, hoods: list[Neighborhood]) -> None:
    """Hand over what was answered with the exception."""
    if hasattr(error, "neighborhoods"):
        return
    n_answered = sum(len(hood.answers) + len(hood.spare) for hood in hoods)
    begun = [hood for hood in hoods if not hood.is_complete]
    with suppress(AttributeError):
        error.neighborhoods = hoods  # type: ignore[attr-defined]
        error.neighborhood = begun[0] if begun else hoods[-1]  # type: ignore[attr-defined]
    n_rows = sum(hood.n_rows for hood in hoods)
    error.add_note(
        f"{n_answered} of {n_rows} rows were answered and are kept in this exception's "
        "attribute `neighborhood`: pass it as explain_instance(x, neighborhood=...) to "
        "ask only for the rest."
    )
