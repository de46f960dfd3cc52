"""Groups of instances in other processes and threads, whatever engine runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from threading import Event
from typing import Any

import joblib
import numpy as np
from joblib import effective_n_jobs
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from sklearn_baylime.pipeline._engines import (
    N_LOSSES,
    Outcome,
    Work,
    pack,
    run_by_dask,
    run_there,
    told,
)


def has_shared_memory() -> bool:
    """Tell whether workers are threads of this process, or the process itself."""
    try:
        return bool(get_active_backend()[0].supports_sharedmem)
    except AttributeError:
        # Engines that do not share memory need not say so.
        return False


def is_serial(n_jobs: int | None) -> bool:
    """Tell whether the caller does the work, itself and at once.

    A cluster of dask that is left with one worker still is a cluster: what has killed
    the others must not come to the caller.
    """
    return effective_n_jobs(n_jobs) == 1 and (n_jobs == 1 or not _is_dask())


def _is_dask() -> bool:
    return type(get_active_backend()[0]).__module__ == "joblib._dask"


def run_groups(
    work: Work, common: Any, groups: Sequence[Any], n_jobs: int | None
) -> Iterator[tuple[int, Outcome]]:
    """Yield the outcome of each group with its number, in any order.

    What all groups have in common is pickled once, sent once to a worker where the
    engine has a way, and unpacked once a process. What an engine loses, as with a
    worker that is killed, is tried again in smaller parts; a group that is lost twice,
    the second time by itself, has the engine's error as its outcome. Once there is an
    error, groups that were not begun are left out.
    """
    here = has_shared_memory()
    packed = None if here else pack(common, n_jobs)
    backend = get_active_backend()[0]
    if packed is not None and _is_dask():
        with backend.retrieval_context():
            yield from run_by_dask(backend.client, work, packed, groups)
        return
    open_parts = [list(range(len(groups)))]
    n_losses, failed = 0, Event()
    lost_alone: set[int] = set()
    while open_parts:
        part = open_parts.pop()
        left = dict.fromkeys(part)

        def tasks(part: list[int] = part) -> Iterator[Any]:
            for i in part:
                if failed.is_set():
                    return
                if packed is None:
                    yield delayed(_run_here)(i, work, common, groups[i])
                else:
                    yield delayed(run_there)(i, work, *packed, groups[i])

        try:
            for i, outcome in _as_they_come(tasks(), n_jobs):
                if outcome.error is not None:
                    failed.set()
                left.pop(i)
                yield i, outcome
        except Exception as error:
            n_losses += 1
            lost = list(left)
            if failed.is_set():
                continue
            if lost_alone.issuperset(part) or n_losses > N_LOSSES:
                failed.set()
                yield lost[0], Outcome(error=told(error))
                continue
            # One that was the last of many may have been lost with another's worker.
            lost_alone.update(part if len(part) == 1 else ())
            half = len(lost) // 2
            open_parts += [some for some in (lost[half:], lost[:half]) if some]


def gather(done: dict[int, Outcome], n_groups: int) -> list[Any]:
    """Return the explanations of all groups, or raise what one of them did."""
    for i in sorted(done):
        failure = done[i].error
        if failure is not None:
            raise failure
    return [e for i in range(n_groups) for e in done[i].explanations]


def attach_done(
    error: BaseException, done: dict[int, Outcome], sizes: list[int]
) -> None:
    """Let an exception carry all that was explained.

    Parameters
    ----------
    error : BaseException
        One with slots takes no attributes, and is raised as it is.
    done : dict of int to Outcome
        Of groups that were finished, perhaps in part, by number.
    sizes : list of int
        How many instances each group has.
    """
    starts = np.cumsum([0, *sizes])
    pairs = [
        (int(starts[i]) + k, explanation)
        for i in sorted(done)
        for k, explanation in enumerate(done[i].explanations)
    ]
    with suppress(AttributeError):
        error.explanations = [e for _, e in pairs]  # type: ignore[attr-defined]
        error.positions = [place for place, _ in pairs]  # type: ignore[attr-defined]


def _as_they_come(tasks: Iterator[Any], n_jobs: int | None) -> Iterator[Any]:
    """Yield results as they come, or in rounds where an engine gives all at once."""
    version = tuple(int(part) for part in joblib.__version__.split(".")[:2])
    # joblib 1.4 gives every engine this word, through their common base.
    if version >= (1, 4) and get_active_backend()[0].supports_return_generator:
        yield from Parallel(n_jobs=n_jobs, return_as="generator_unordered")(tasks)
        return
    size = 2 * effective_n_jobs(n_jobs)
    # One pool for all rounds: starting workers takes ray seconds.
    with Parallel(n_jobs=n_jobs) as parallel:
        while batch := list(islice(tasks, size)):
            yield from parallel(batch)


def _run_here(i: int, work: Work, common: Any, group: Any) -> tuple[int, Outcome]:
    return i, work(common, group)
