"""Coverage, error and calibration of explanations without a prior."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.stats import binom

from auditing import goals
from auditing.asking import ask, flat_fit, open_weights
from auditing.cells import Cell
from auditing.problems import Problem
from auditing.statistics import (
    Measure,
    error_of_mean,
    ratio_of_errors,
    share_of_stated,
)
from sklearn_baylime import InformativeBayesianRidge

LEVELS = (0.95, 0.8, 0.5)
TOP = (1, 3)
# Probabilities that are stated, from even odds on.
BINS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0])
# A weight below this share of the strongest has no sign that matters.
PRACTICALLY_ZERO = 0.02
# Draws behind `top_k_probability` cost more than the fit: every third repeat is asked.
EVERY = 3


def measure_intervals(cell: Cell, n_repeats: int) -> list[Measure]:
    """Measure coverage, error and calibration of a cell.

    Parameters
    ----------
    cell : Cell
        What is explained, and how.
    n_repeats : int
        Number of explanations, with other rows each.

    Returns
    -------
    measures : list of Measure
    """
    problem = cell.problem()
    runs = [*_repeat(cell, problem, n_repeats)]
    stacked = {
        key: np.array([run[key] for run in runs if key in run])
        for key in {key for run in runs for key in run}
    }
    truth = problem.truth
    half = (stacked["high 0.95"] - stacked["low 0.95"]) / 2
    stated = ~stacked["open"]
    found = [
        Measure("local R2", problem.line.r2),
        *_coverage(cell, stacked, truth, stated),
        _collapsed(half, stacked["coef"] - truth, stated),
        *_errors(cell, stacked, truth),
        _ratio_of_sizes("half width relative to the weights", half, stated, truth),
    ]
    if "half of random rows" in stacked:
        found.append(_width_ratio(half, stacked["half of random rows"]))
    return found + _sign_bins(stacked, truth) + _top_bins(stacked, truth)


def _repeat(cell: Cell, problem: Problem, n_repeats: int) -> Iterator[dict]:
    """Yield what the explanations of each repeat state, as arrays (d,)."""
    explainer = problem.make(cell.n, cell.design)
    previous = problem.make(
        cell.n, cell.design, InformativeBayesianRidge(covariance="robust")
    )
    even = problem.make(cell.n, "random") if cell.design == "sobol" else None
    for repeat in range(n_repeats):
        hood = ask(explainer, problem, cell, repeat)
        explanation = explainer.explain_instance(problem.x, neighborhood=hood)
        run = {
            "coef": explanation.coef[0],
            "open": open_weights(explanation),
            "sign": _signs(explanation),
            "previous": previous.explain_instance(problem.x, neighborhood=hood).coef[0],
            "flat": flat_fit(problem, hood)[0],
        }
        for level in LEVELS:
            low, high = explanation.interval(level)[:, 0]
            run |= {f"low {level}": low, f"high {level}": high}
        if repeat % EVERY == 0:
            for k in TOP:
                run[f"top {k}"] = explanation.top_k_probability(k)[0]
        if even is not None:
            even.set_params(random_state=cell.seed(repeat))
            low, high = even.explain_instance(problem.x).interval(0.95)[:, 0]
            run["half of random rows"] = (high - low) / 2
        yield run


def _signs(explanation) -> np.ndarray:
    """Return P(sign) of weights that matter, since those that do not are set apart."""
    least = PRACTICALLY_ZERO * np.abs(explanation.coef).max()
    return explanation.sign_probability(least)[0]


def _coverage(cell, stacked, truth, stated) -> Iterator[Measure]:
    strongest = np.argmax(np.abs(truth))
    for level in LEVELS:
        inside = (stacked[f"low {level}"] <= truth) & (
            truth <= stacked[f"high {level}"]
        )
        value, error = share_of_stated(inside, stated)
        goal = cell.goal_of_coverage(level)
        yield Measure(f"coverage of {100 * level:.0f} %", value, error, goal)
        if level != LEVELS[0]:
            continue
        value, error = share_of_stated(inside[:, [strongest]], stated[:, [strongest]])
        yield Measure("coverage of the strongest", value, error, cell.strongest)
        shares = _shares_of_runs(inside, stated)
        worst = shares.min() if len(shares) else np.nan
        yield Measure("coverage of the worst run", worst, goal=goals.WORST_RUN)
        below = shares < goals.WORST_RUN.low
        share = below.mean() if len(below) else np.nan
        yield Measure("runs that cover less than 75 %", share, error_of_mean(below))
        yield Measure("such runs by chance", _chance_of_bad_run(len(truth)))
        n_open = int((~stated).any(axis=1).sum())
        yield Measure("open runs", n_open / len(stated), count=n_open)


def _shares_of_runs(inside, stated) -> np.ndarray:
    """Return the share of weights covered in each run that states any interval."""
    n_stated = stated.sum(axis=1)
    held = (inside & stated).sum(axis=1)
    return held[n_stated > 0] / n_stated[n_stated > 0]


def _chance_of_bad_run(d: int) -> float:
    """Return how often fewer than 75 % of independent intervals of 95 % hold."""
    return float(binom.cdf(np.ceil(goals.WORST_RUN.low * d) - 1, d, 0.95))


def _collapsed(half, errors, stated) -> Measure:
    """Return the share of runs that state nearly 0, nearly without uncertainty."""
    widest = np.where(stated, half, np.inf).max(axis=1)
    gone = widest < 0.1 * np.abs(errors).max(axis=1)
    return Measure("collapsed runs", float(gone.mean()), error_of_mean(gone))


def _errors(cell, stacked, truth) -> Iterator[Measure]:
    squares = {
        name: ((stacked[name] - truth) ** 2).mean(axis=1)
        for name in ("coef", "previous", "flat")
    }
    size = (truth**2).mean()
    yield ratio_of_errors("error relative to the weights", squares["coef"], size)
    yield ratio_of_errors(
        "error against the previous default",
        squares["coef"],
        squares["previous"],
        cell.against_previous,
    )
    yield ratio_of_errors("error against flat", squares["coef"], squares["flat"])
    better = min(("previous", "flat"), key=lambda name: squares[name].mean())
    yield ratio_of_errors(
        "error against the better",
        squares["coef"],
        squares[better],
        goals.AGAINST_BETTER,
    )


def _ratio_of_sizes(name, half, stated, truth) -> Measure:
    """Return the root mean square half width in units of that of the weights."""
    squares = np.where(stated, half, 0.0) ** 2
    n_stated = max(int(stated.sum()), 1)
    size = np.sqrt(squares.sum() / n_stated / (truth**2).mean())
    return Measure(name, size if stated.any() else np.nan)


def _width_ratio(half, other) -> Measure:
    both = np.isfinite(half) & np.isfinite(other)
    squares, others = (np.where(both, h, 0.0) ** 2 for h in (half, other))
    squares, others = squares.mean(axis=1), others.mean(axis=1)
    ratio = ratio_of_errors("", squares, others)
    name = "half width against random rows"
    return Measure(name, ratio.value, ratio.error, goals.SOBOL_WIDTH)


def _sign_bins(stacked, truth) -> list[Measure]:
    matters = np.abs(truth) > PRACTICALLY_ZERO * np.abs(truth).max()
    right = np.sign(stacked["coef"]) == np.sign(truth)
    return _bins("sign", stacked["sign"][:, matters], right[:, matters])


def _top_bins(stacked, truth) -> list[Measure]:
    found = []
    sizes = np.abs(truth)
    for k in TOP:
        order = np.argsort(-sizes)
        gap = sizes[order[k - 1]] - sizes[order[k]]
        if gap <= PRACTICALLY_ZERO * sizes.max():
            # A tie: nobody knows which of them are the strongest.
            continue
        right = np.zeros(len(truth), dtype=bool)
        right[order[:k]] = True
        stated = stacked[f"top {k}"]
        found += _bins(f"top {k}", stated, np.broadcast_to(right, stated.shape))
    return found


def _bins(name, stated, right) -> list[Measure]:
    """Return by how much more often than stated a statement is right, bin by bin."""
    found = []
    for low, high in pairwise(BINS):
        chosen = (stated >= low) & ((stated < high) | (high == 1))
        excess = np.where(chosen, right * 1.0 - stated, 0.0).sum(axis=1)
        count = int(chosen.sum())
        if count == 0:
            continue
        error = error_of_mean(excess) * len(stated) / count
        found.append(
            Measure(
                f"P({name}) in {low:g}-{high:g}: right less stated",
                excess.sum() / count,
                error,
                count=count,
            )
        )
    return found
