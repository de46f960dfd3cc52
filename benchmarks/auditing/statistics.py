"""Measures, and the sums behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditing.goals import NONE, Goal


@dataclass(frozen=True)
class Measure:
    """A measured number with its goal.

    Parameters
    ----------
    name : str
        What was measured.
    value : float
        The number; NaN if it could not be measured.
    error : float, default=NaN
        Its standard error.
    goal : Goal, default=NONE
        What is wanted.
    count : int, default=0
        Number of cases behind it, where they are not the repeats.
    """

    name: str
    value: float
    error: float = np.nan
    goal: Goal = NONE
    count: int = 0


def share_of_stated(inside, stated) -> tuple[float, float]:
    """Return the share of intervals that hold the truth.

    Parameters
    ----------
    inside, stated : ndarray of bool of shape (n_repeats, d)
        Whether each interval holds the truth, and whether it is stated at all.

    Returns
    -------
    share, error : float
        The error takes the intervals of a repeat together.
    """
    n_stated = stated.sum(axis=1)
    if not n_stated.any():
        return np.nan, np.nan
    held = (inside & stated).sum(axis=1)
    share = held.sum() / n_stated.sum()
    return share, error_of_mean(held - share * n_stated) / n_stated.mean()


def error_of_mean(values) -> float:
    """Return the standard error of a mean of independent values."""
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        return np.nan
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def ratio_of_errors(name, squares, others, goal: Goal = NONE) -> Measure:
    """Return the ratio of root mean squares of two errors on the same rows.

    Parameters
    ----------
    name : str
        Name of the measure.
    squares : ndarray of shape (n_repeats,)
        Squared errors of each repeat.
    others : float or ndarray of shape (n_repeats,)
        Those to compare with.
    goal : Goal, default=NONE
        What is wanted.

    Returns
    -------
    measure : Measure
        Its error is that of a ratio of means, by the delta method.
    """
    others = np.broadcast_to(others, squares.shape)
    base = others.mean()
    if not base > 0:
        return Measure(name, np.nan)
    ratio = squares.mean() / base
    error = error_of_mean((squares - ratio * others) / base)
    return Measure(name, np.sqrt(ratio), error / (2 * np.sqrt(ratio or 1.0)), goal)
