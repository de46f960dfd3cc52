"""Progress of the queries: tqdm where it is installed, a line of text where not."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any


@contextmanager
def progress(
    verbose: bool | Callable[[int, int], object],
    total: int,
    saved: str = "",
    *,
    task: str = "asking the model",
    unit: str = "row",
) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many rows were answered, or what else is done.

    Parameters
    ----------
    verbose : bool or callable
        False shows nothing, True a bar; a callable gets (n_answered, total).
    total : int
        Rows to be answered.
    saved : str, default=""
        What is said beside the task.
    task, unit : str
        What is done, and to what.
    """
    if callable(verbose):
        yield _Counter(verbose, total)
        return
    if not verbose:
        yield lambda n_rows: None
        return
    try:
        bar_of, where = _find_bar()
    except ImportError:
        yield _Counter(_Line(f"{task}{saved}", unit), total)
        return
    said = {"unit": unit, "desc": f"{task}{saved}"}
    with bar_of(total=total, file=where, **said) as bar:
        yield bar.update


@contextmanager
def explaining_progress(verbose: Any, total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many instances were explained.

    A callable `verbose` counts rows, and is not told.
    """
    shown = verbose if isinstance(verbose, bool) else False
    with progress(shown, total, task="explaining", unit="instance") as report:
        yield report


def _find_bar() -> tuple[Any, Any]:
    """Return tqdm's kind of bar, and the stream for it; None is its own.

    A notebook without ipywidgets has no widgets to draw: tqdm would warn, and draw on
    the stream of errors, which notebooks show on red.
    """
    is_notebook = "ipykernel" in sys.modules and "IPython" in sys.modules
    if is_notebook and find_spec("ipywidgets") is None:
        from tqdm import tqdm

        return tqdm, sys.stdout
    from tqdm.auto import tqdm as chosen

    return chosen, None


class _Counter:
    def __init__(self, report: Callable[[int, int], object], total: int) -> None:
        self.report, self.total, self.n_answered = report, total, 0

    def __call__(self, n_rows: int) -> None:
        self.n_answered += n_rows
        self.report(self.n_answered, self.total)


class _Line:
    """A line of text with the time that is left, at the pace so far."""

    def __init__(self, task: str, unit: str) -> None:
        self.task, self.unit, self.start = task, unit, time.monotonic()

    def __call__(self, n_answered: int, total: int) -> None:
        end = "\n" if n_answered >= total else ""
        share = 100 * n_answered // max(total, 1)
        text = f"\r{self.task}: {n_answered} of {total} {self.unit}s ({share} %)"
        if not end:
            pace = (time.monotonic() - self.start) / max(n_answered, 1)
            text += f", about {pace * (total - n_answered):.0f} s left"
        print(text, end=end, file=sys.stderr, flush=True)
