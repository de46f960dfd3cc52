"""How a model is called: how long, how often, and how many times at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Any

from sklearn_baylime.base._sklearn import InvalidParameterError


@dataclass(frozen=True)
class Patience:
    """Time-out, retries and a limit for the calls of one model.

    Attributes
    ----------
    timeout : float or None
        Seconds a call may take.
    retries : int
        How often a call that raised is made again.
    backoff : float
        Seconds before the first retry; each further one waits twice as long.
    max_concurrent : int or None
        Most calls at once in this process.
    """

    timeout: float | None = None
    retries: int = 0
    backoff: float = 1.0
    max_concurrent: int | None = None
    _room: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_seconds("timeout", self.timeout, or_none=True)
        _check_seconds("backoff", self.backoff)
        _check_number("retries", self.retries, 0)
        limit = self.max_concurrent
        if limit is not None:
            _check_number("max_concurrent", limit, 1)
        room = nullcontext() if limit is None else BoundedSemaphore(limit)
        object.__setattr__(self, "_room", room)

    def call(self, ask: Callable[[Any], Any], rows: Any) -> Any:
        """Return a model's answer; raises what its last call raised."""
        for i in range(self.retries):
            try:
                return self._once(ask, rows)
            except Exception:
                time.sleep(self.backoff * 2**i)
        return self._once(ask, rows)

    def _once(self, ask: Callable[[Any], Any], rows: Any) -> Any:
        room: AbstractContextManager = self._room
        if self.timeout is None:
            with room:
                return ask(rows)
        return _ask_in_time(ask, rows, self.timeout, room)


def _ask_in_time(
    ask: Callable[[Any], Any], rows: Any, timeout: float, room: AbstractContextManager
) -> Any:
    """Ask in a thread that is left to itself when time is up."""
    box: SimpleQueue = SimpleQueue()
    started: SimpleQueue = SimpleQueue()

    def run() -> None:
        # A call that was given up is still one at once, as long as it runs.
        with room:
            started.put(None)
            try:
                box.put((True, ask(rows)))
            except BaseException as error:
                box.put((False, error))

    thread = Thread(target=run, daemon=True)
    thread.start()
    # The wait for room is not the model's.
    started.get()
    thread.join(timeout)
    if box.empty():
        raise TimeoutError(
            f"The model has not answered within {timeout} seconds: ask for fewer rows "
            "at once by batch_size, or give it more time."
        )
    is_answer, found = box.get()
    if is_answer:
        return found
    raise found


def _check_seconds(name: str, value: Any, or_none: bool = False) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (or_none and value is None) and not (is_number and value >= 0):
        expected = "None or a number" if or_none else "a number"
        raise InvalidParameterError(
            f"{name} is {value!r}, expected {expected} of seconds, 0 or more."
        )


def _check_number(name: str, value: Any, least: int) -> None:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    if not is_integer or value < least:
        raise InvalidParameterError(
            f"{name} is {value!r}, expected an integer >= {least}."
        )
