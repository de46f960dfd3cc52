"""What engines need that joblib does not give them: ways to send, and lost work."""

from __future__ import annotations

import os
import pickle
import sys
import time
import uuid
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from joblib import effective_n_jobs
from joblib.externals.loky.cloudpickle_wrapper import dumps
from joblib.parallel import get_active_backend
from sklearn import config_context, get_config
from threadpoolctl import threadpool_limits

# So many times is what an engine has lost tried again.
N_LOSSES = 12
# Seconds after which a cluster without workers is given up.
PATIENCE = 60.0
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


@dataclass(frozen=True)
class Facts:
    """What a worker has to know of what all groups have in common.

    Attributes
    ----------
    token : str
        Its name.
    home : int
        The caller's process.
    n_threads : int
        How many threads of linear algebra each worker may use.
    """

    token: str
    home: int
    n_threads: int

    def unpacked(self, content: Any) -> Any:
        """Return what was packed, the same object in each task of a process."""
        with _kept_lock:
            if self.token not in _kept:
                _kept[self.token] = pickle.loads(_arrived(content).tobytes())
            while len(_kept) > _N_KEPT:
                _kept.popitem(last=False)
            return _kept[self.token]

    def limited(self) -> AbstractContextManager:
        """Limit the threads of linear algebra, but not those of the caller."""
        if os.getpid() == self.home:
            return nullcontext()
        return threadpool_limits(min(self.n_threads, os.cpu_count() or 1))


class Packed(NamedTuple):
    """What all groups have in common, in the shape that the engine sends best."""

    facts: Facts
    content: Any


def pack(common: Any, n_jobs: int | None) -> Packed:
    """Pack what all groups have in common, once."""
    n_threads = max(1, (os.cpu_count() or 1) // effective_n_jobs(n_jobs))
    facts = Facts(uuid.uuid4().hex, os.getpid(), n_threads)
    return Packed(facts, sent(np.frombuffer(dumps(common), dtype=np.uint8)))


def sent(content: np.ndarray) -> Any:
    """Return bytes as the engine sends them once to each worker, not once a task.

    An array is enough for loky, which maps it into the memory of its workers, and for
    dask (see `run_by_dask`). Others have means of their own.
    """
    backend = get_active_backend()[0]
    if _library_of(backend) == "ray":
        return sys.modules["ray"].put(content)
    if _library_of(backend) == "joblibspark":
        # A Spark behind a connection has no context: there it goes with each task.
        context = vars(backend).get("_spark_context")
        return content if context is None else context.broadcast(content)
    return content


def _library_of(thing: Any) -> str:
    return type(thing).__module__.partition(".")[0]


def _same(content: Any) -> Any:
    return content


def _arrived(content: Any) -> np.ndarray:
    """Return the bytes that were sent."""
    if isinstance(content, np.ndarray):
        return content
    is_spark = _library_of(content) == "pyspark"
    return content.value if is_spark else sys.modules["ray"].get(content)


def run_there(
    i: int, work: Work, facts: Facts, content: Any, group: Any
) -> tuple[int, Outcome]:
    """Work in another process; an argument is where dask puts in what was sent."""
    with facts.limited():
        outcome = work(facts.unpacked(content), group)
    outcome.error = _portable(outcome.error)
    return i, outcome


def run_by_dask(
    client: Any, work: Work, packed: Packed, groups: Sequence[Any]
) -> Iterator[tuple[int, Outcome]]:
    """Yield outcomes by a client of dask.

    joblib's own backend of it waits for ever where a worker dies with results that it
    has not handed over yet, works in the caller where one worker is left, and loses all
    tasks with one. Here a task that is lost, after as many tries as the cluster allows,
    is the only one to be tried again, when no other is at work.
    """
    config = get_config()
    facts, content = packed
    sent_content: list[Any] = []

    def send(i: int) -> Any:
        # Not scattered: what is lost with a worker would be waited for in vain, while
        # what a task returns is made anew, until dask blames it for its workers.
        if not sent_content or sent_content[-1].status not in ("pending", "finished"):
            with warnings.catch_warnings():
                # Large ones are warned of; they are sent once.
                warnings.filterwarnings("ignore", "(?s).*large graph")
                sent_content.append(client.submit(_same, content, pure=False))
        task = i, work, facts, sent_content[-1], groups[i]
        return client.submit(_run_configured, config, *task, pure=False)

    lost: list[int] = []
    is_failed = False
    width = 2 * max(1, sum(client.ncores().values()))
    rest = (i for i in range(len(groups)) if not is_failed and len(lost) <= N_LOSSES)
    try:
        for i, outcome in _as_dask_has_them(client, send, rest, width):
            if isinstance(outcome, Exception):
                lost.append(i)
                continue
            is_failed = is_failed or outcome.error is not None
            yield i, outcome
        for i, outcome in _as_dask_has_them(client, send, iter(lost), 1):
            if isinstance(outcome, Exception):
                outcome = Outcome(error=told(outcome))
            yield i, outcome
    except _NoWorkers as error:
        yield error.number, Outcome(error=error)


class _NoWorkers(RuntimeError):
    """A cluster is without workers."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"The cluster has had no worker for {PATIENCE:.0f} seconds. What was "
            "answered is kept in this exception's attributes `explanations` and "
            "`positions`. A local cluster gives up workers that take longer to start "
            "anew than dask's setting distributed.deploy.lost-worker-timeout says."
        )
        self.number = number


def _as_dask_has_them(
    client: Any, send: Callable[[int], Any], numbers: Iterator[int], width: int
) -> Iterator[tuple[int, Any]]:
    """Yield what tasks return, or what dask raises instead, as they come.

    At most `width` are at work; `numbers` is asked for the next when there is room.
    """
    from distributed import TimeoutError, wait

    at_work: dict[Any, int] = {}
    seen = time.monotonic()
    try:
        while True:
            for i in islice(numbers, width - len(at_work)):
                at_work[send(i)] = i
            if not at_work:
                return
            try:
                done = wait(list(at_work), 10.0, "FIRST_COMPLETED").done
            except TimeoutError:
                seen = time.monotonic() if client.ncores() else seen
                if time.monotonic() - seen > PATIENCE:
                    raise _NoWorkers(next(iter(at_work.values()))) from None
                continue
            seen = time.monotonic()
            for future in done:
                i = at_work.pop(future)
                try:
                    found = future.result()[1]
                except Exception as error:
                    found = error
                yield i, found
    finally:
        client.cancel(list(at_work))


def _run_configured(config: dict, *task: Any) -> tuple[int, Outcome]:
    with config_context(**config):
        return run_there(*task)


def told(loss: Exception) -> Exception:
    """Say beside the engine's own words, which may be few, what it did."""
    with suppress(Exception):
        loss.add_note(
            "The engine lost the same instances twice, the second time by themselves: "
            "their worker was killed, perhaps for want of memory. What others answered "
            "is kept in this exception's attributes `explanations` and `positions`."
        )
    return loss


def _portable(error: Exception | None) -> Exception | None:
    """Return an error that arrives in another process."""
    if error is None:
        return None
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
