"""Half widths that a pilot promises for a number of queries."""

from __future__ import annotations

import numpy as np

from auditing import goals
from auditing.asking import ask
from auditing.cells import Cell
from auditing.statistics import Measure

NAME = "half width reached, of that promised"


def measure_queries(cell: Cell, n_repeats: int) -> list[Measure]:
    """Measure what half width the promised number of queries reaches.

    A pilot tells how many queries each half width costs. What it promises for 100 rows
    a weight is compared with what such explanations state.

    Parameters
    ----------
    cell : Cell
        Its `n` is the pilot's.
    n_repeats : int
        Number of pilots; a tenth as many large explanations are enough.

    Returns
    -------
    measures : list of Measure
    """
    problem = cell.problem()
    n_large = 100 * problem.n_features
    large, reached = problem.make(n_large, cell.design), []
    for repeat in range(max(n_repeats // 10, 10)):
        hood = ask(large, problem, cell, 10_000 + repeat)
        e = large.explain_instance(problem.x, neighborhood=hood)
        low, high = e.interval(0.95)[:, 0]
        reached.append((high - low) / 2)
    explainer, ratios = problem.make(cell.n, cell.design), []
    typical = np.median(reached, axis=0)
    stated = np.isfinite(typical)
    if not stated.any():
        return [Measure(NAME, np.nan)]
    for repeat in range(n_repeats):
        hood = ask(explainer, problem, cell, repeat)
        pilot = explainer.explain_instance(problem.x, neighborhood=hood)
        promised = promised_half_widths(pilot, n_large, typical[stated].mean())
        ratios.append((typical / promised)[stated])
    middle = np.median(ratios, axis=1)
    return [
        Measure(
            NAME,
            float(np.median(middle)),
            _error_of_median(middle),
            goals.QUERIES,
        )
    ]


def _error_of_median(values) -> float:
    """Return the standard error of a median, half the way between two order statistics.

    Those that are a normal 68 % interval apart, since a pilot that collapsed promises
    anything.
    """
    n = len(values)
    ranks = [0.5 - 0.5 / np.sqrt(n), 0.5 + 0.5 / np.sqrt(n)]
    low, high = np.quantile(values, np.clip(ranks, 0, 1))
    return float(high - low) / 2


def promised_half_widths(pilot, n_rows: int, around: float) -> np.ndarray:
    """Return the half width of each weight that `queries_needed` sells for `n_rows`.

    Parameters
    ----------
    pilot : Explanation
        Has `queries_needed`.
    n_rows : int
        Number of queries.
    around : float
        Half width to look around.

    Returns
    -------
    half_widths : ndarray of shape (d,)
    """
    asked = around * np.exp(np.linspace(6, -6, 121))
    needed = np.array([pilot.queries_needed(half)[0] for half in asked])
    needed = np.maximum.accumulate(np.nan_to_num(needed, posinf=1e300), axis=0)
    return np.array(
        [
            np.exp(
                np.interp(np.log(n_rows), np.log(np.maximum(column, 1)), np.log(asked))
            )
            for column in needed.T
        ]
    )
