"""Groups of instances in other processes and threads, whatever engine runs them."""

from __future__ import annotations

import os
import pickle
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

import joblib
import numpy as np
from joblib import effective_n_jobs
from joblib.externals.loky.cloudpickle_wrapper import dumps
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits

# So many times is what an engine has lost tried again.
_N_LOSSES = 12
# Work of so many calls is kept unpacked in a process.
_N_KEPT = 2

_kept: OrderedDict[str, Any] = OrderedDict()
_kept_lock = Lock()


@dataclass
class Outcome:
    """What became of a group.

    Attributes
    ----------
    explanations : list of Explanation
    error : Exception or None
        What was raised instead.
    hoods : list of Neighborhood
        The answers there were when it was.
    n_queries, n_calls : int
        What another box than the caller's has counted.
    news : dict
        Answers that the caller's memory does not hold.
    """

    explanations: list[Any] = field(default_factory=list)
    error: Exception | None = None
    hoods: list[Any] = field(default_factory=list)
    n_queries: int = 0
    n_calls: int = 0
    news: dict[bytes, Any] = field(default_factory=dict)


# From what is the same for all groups, and a group, to its outcome.
Work = Callable[[Any, Any], Outcome]


def has_shared_memory() -> bool:
    """Tell whether workers are threads of this process, or the process itself."""
    try:
        return bool(get_active_backend()[0].supports_sharedmem)
    except AttributeError:
        # Engines that do not share memory need not say so.
        return False


def run_groups(
    work: Work, common: Any, groups: Sequence[Any], n_jobs: int | None
) -> Iterator[tuple[int, Outcome]]:
    """Yield the outcome of each group with its number, in any order.

    What all groups have in common is pickled once, and unpacked once a process. What an
    engine loses, as with a worker that is killed, is tried again in smaller parts; a
    group that is lost twice by itself has the engine's error as its outcome. Once there
    is an error, groups that were not begun are left out.
    """
    n_threads = max(1, (os.cpu_count() or 1) // effective_n_jobs(n_jobs))
    packed = common if has_shared_memory() else _Packed(common, n_threads)
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
                yield delayed(_run)(i, work, packed, groups[i])

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
            if lost_alone.issuperset(part) or n_losses > _N_LOSSES:
                failed.set()
                yield lost[0], Outcome(error=error)
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
    while batch := [task for _, task in zip(range(size), tasks, strict=False)]:
        yield from Parallel(n_jobs=n_jobs)(batch)


def _run(i: int, work: Work, packed: Any, group: Any) -> tuple[int, Outcome]:
    if not isinstance(packed, _Packed):
        return i, work(packed, group)
    with packed.limited():
        outcome = work(packed.unpacked(), group)
    outcome.error = _portable(outcome.error)
    return i, outcome


class _Packed:
    """What all groups have in common, in the shape that engines send best.

    As one array of bytes: joblib maps it into the memory of its workers, dask sends it
    to each once.
    """

    def __init__(self, common: Any, n_threads: int) -> None:
        self.token = uuid.uuid4().hex
        self.content = np.frombuffer(dumps(common), dtype=np.uint8)
        self.home, self.n_threads = os.getpid(), n_threads

    def unpacked(self) -> Any:
        """Return what was packed, the same object in each task of a process."""
        with _kept_lock:
            if self.token not in _kept:
                _kept[self.token] = pickle.loads(self.content.tobytes())
            while len(_kept) > _N_KEPT:
                _kept.popitem(last=False)
            return _kept[self.token]

    def limited(self) -> AbstractContextManager:
        """Limit the threads of linear algebra, but not those of the caller."""
        if os.getpid() == self.home:
            return nullcontext()
        return threadpool_limits(self.n_threads)


def _portable(error: Exception | None) -> Exception | None:
    """Return an error that arrives in another process."""
    if error is None:
        return None
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
