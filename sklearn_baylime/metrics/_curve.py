"""A curve of answers, and the one way in which the model is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from sklearn_baylime.black_box import BlackBox


@dataclass(frozen=True, eq=False)
class Curve:
    """Answers while more and more of an instance is changed.

    Parameters
    ----------
    fraction : ndarray of shape (n_steps + 1,)
        Part that is changed, from 0 to 1: of the pixels of an image, of the features of
        any other instance.
    score : ndarray of shape (n_steps + 1,)
        Answers of the model, for the first and the last instance too. Where what stands
        in place of features is drawn, their mean over the draws.
    draws : ndarray of shape (n_draws, n_steps + 1) or None, default=None
        The answers of each draw, in which one value stands in place of a feature in all
        steps; None where nothing is drawn.
    """

    fraction: NDArray[np.float64]
    score: NDArray[np.float64]
    draws: NDArray[np.float64] | None = None

    @property
    def auc(self) -> float:
        """Area under the curve by the trapezoidal rule, in units of the answer."""
        return float(trapezoid(self.score, self.fraction))

    @property
    def auc_std(self) -> float:
        """Standard error of the area by the draws; 0 where nothing is drawn.

        NaN for a single draw, which cannot tell.
        """
        if self.draws is None:
            return 0.0
        n_draws = len(self.draws)
        if n_draws == 1:
            return float("nan")
        areas = trapezoid(self.draws, self.fraction, axis=1)
        return float(areas.std(ddof=1) / np.sqrt(n_draws))


def as_black_box(model: Any, batch_size: int | None) -> BlackBox:
    """Return the model as explainers have it: counted, checked, cut into batches."""
    if isinstance(model, BlackBox):
        return model
    return BlackBox(model, batch_size=batch_size)


def find_bounds(
    n_parts: int, n_steps: int | None, batch_size: int | None, what: str = "row"
) -> NDArray[np.intp]:
    """Return how many parts are changed at each point, from 0 to all.

    Raises
    ------
    ValueError
        If there are more steps than parts, or none.
    """
    n_steps = n_parts if n_steps is None else n_steps
    if not 1 <= n_steps <= n_parts or (batch_size is not None and batch_size < 1):
        raise ValueError(
            f"n_steps is {n_steps} and batch_size {batch_size}, expected 1 to "
            f"{n_parts} steps, the number of parts, and at least 1 {what} a batch."
        )
    return np.rint(np.linspace(0, n_parts, n_steps + 1)).astype(np.intp)


def ask_in_parts(
    box: BlackBox, n_rows: int, size: int, make: Callable[[int, int], Any]
) -> NDArray[np.float64]:
    """Return answers (n_rows, n_outputs) to rows that are made a batch at a time.

    Parameters
    ----------
    box : BlackBox
        The model.
    n_rows : int
        Number of rows.
    size : int
        Most rows at once.
    make : callable
        Returns the rows from a first to behind a last.
    """
    return np.concatenate(
        [box.ask(make(first, last), first) for first, last in _parts(n_rows, size)]
    )


def _parts(n_rows: int, size: int) -> Iterator[tuple[int, int]]:
    for first in range(0, n_rows, size):
        yield first, min(first + size, n_rows)
