"""Repeats of an explanation with different rows, and what they say together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from auditing import goals
from auditing.cells import Cell
from auditing.goals import NONE, Goal
from auditing.problems import Problem

from sklearn_baylime import InformativeBayesianRidge

LEVELS = (0.95, 0.8, 0.5)
TOP = (1, 3)
# Probabilities that are stated, from even odds on.
BINS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0])
# A weight below this share of the strongest has no sign that matters.
PRACTICALLY_ZERO = 0.02
# Draws behind `top_k_probability` cost more than the fit: every third repeat is asked.
EVERY = 3


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
        *_errors(cell, stacked, truth),
        _ratio_of_sizes("half width of 95 %, of the weights' size", half, stated, truth),
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
            "sign": explanation.sign_probability()[0],
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


def ask(explainer, problem: Problem, cell: Cell, repeat: int):
    """Ask the model about the rows of a repeat.

    Parameters
    ----------
    explainer : ExplainerPipeline
        Its seed is set.
    problem : Problem
        Its noise is set.
    cell : Cell
        What is measured.
    repeat : int
        Number of the repeat.

    Returns
    -------
    neighborhood : Neighborhood
        To be given to explainers of other regressors too.
    """
    seed = cell.seed(repeat)
    problem.model.noise = cell.noise * problem.line.spread if cell.noise else 0.0
    problem.model.rng = np.random.default_rng(seed)
    return explainer.set_params(random_state=seed).sample(problem.x)


def open_weights(explanation) -> np.ndarray:
    """Return which weights of the first target have no interval that is stated."""
    low, high = explanation.interval(0.95)[:, 0]
    said = getattr(explanation, "is_open", False)
    said = said() if callable(said) else said
    said = np.asarray(said, dtype=bool)
    if said.ndim:
        said = said.reshape(len(explanation.coef), -1)[0]
    return np.broadcast_to(said, low.shape) | np.isinf(high - low)


def flat_fit(problem: Problem, hood) -> tuple[np.ndarray, np.ndarray]:
    """Fit weighted least squares without a prior.

    Parameters
    ----------
    problem : Problem
        Has the kernel.
    hood : Neighborhood
        Answered rows.

    Returns
    -------
    coef : ndarray of shape (d,)
        The shortest solution where there are fewer rows than weights.
    std : ndarray of shape (d,)
        By HC3, of leave-one-out residuals.
    """
    A, c = _centered(problem, hood)
    inverse = np.linalg.pinv(A.T @ A, hermitian=True)
    coef = inverse @ (A.T @ c)
    leverage = np.einsum("ij,jk,ik->i", A, inverse, A) + 1 / len(A)
    scores = A * ((c - A @ coef) / np.maximum(1 - leverage, 1e-6))[:, None]
    variance = np.einsum("ij,jk,ik->i", inverse, scores.T @ scores, inverse)
    return coef, np.sqrt(variance)


def _centered(problem, hood):
    """Return rows and answers, centered and times the roots of their weights."""
    rows, answers = problem.matches(hood), hood.answers[:, 0]
    weights = problem.weights(rows)
    shares = weights / weights.sum()
    root = np.sqrt(shares)
    return (rows - shares @ rows) * root[:, None], (answers - shares @ answers) * root


def _coverage(cell, stacked, truth, stated) -> Iterator[Measure]:
    strongest = np.argmax(np.abs(truth))
    for level in LEVELS:
        inside = (stacked[f"low {level}"] <= truth) & (truth <= stacked[f"high {level}"])
        value, error = _share_of_stated(inside, stated)
        goal = cell.goal_of_coverage(level)
        yield Measure(f"coverage of {100 * level:.0f} %", value, error, goal)
        if level != LEVELS[0]:
            continue
        value, error = _share_of_stated(inside[:, [strongest]], stated[:, [strongest]])
        yield Measure("coverage of the strongest", value, error, cell.strongest)
        shares = [i[s].mean() for i, s in zip(inside, stated, strict=True) if s.any()]
        shares = np.array(shares or [np.nan])
        yield Measure("coverage of the worst run", shares.min(), goal=goals.WORST_RUN)
        below = (shares < goals.WORST_RUN.low).mean()
        yield Measure("runs that cover less than 75 %", below, _error_of_mean(shares < 0.75))
        n_open = int((~stated).any(axis=1).sum())
        yield Measure("open runs", n_open / len(stated), count=n_open)


def _share_of_stated(inside, stated) -> tuple[float, float]:
    """Return the share of intervals that hold the truth, and its error by runs."""
    n_stated = stated.sum(axis=1)
    if not n_stated.any():
        return np.nan, np.nan
    held = (inside & stated).sum(axis=1)
    share = held.sum() / n_stated.sum()
    return share, _error_of_mean(held - share * n_stated) / n_stated.mean()


def _error_of_mean(values) -> float:
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        return np.nan
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _errors(cell, stacked, truth) -> Iterator[Measure]:
    squares = {
        name: ((stacked[name] - truth) ** 2).mean(axis=1)
        for name in ("coef", "previous", "flat")
    }
    size = (truth**2).mean()
    yield ratio_of_errors("error, of the weights' size", squares["coef"], size)
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
    error = _error_of_mean((squares - ratio * others) / base)
    return Measure(name, np.sqrt(ratio), error / (2 * np.sqrt(ratio or 1.0)), goal)


def _ratio_of_sizes(name, half, stated, truth) -> Measure:
    """Return the root mean square half width in units of that of the weights."""
    squares = np.where(stated, half, 0.0) ** 2
    n_stated = max(int(stated.sum()), 1)
    size = np.sqrt(squares.sum() / n_stated / (truth**2).mean())
    return Measure(name, size if stated.any() else np.nan)


def _width_ratio(half, other) -> Measure:
    squares, others = (half**2).mean(axis=1), (other**2).mean(axis=1)
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
    for low, high in zip(BINS[:-1], BINS[1:], strict=True):
        chosen = (stated >= low) & ((stated < high) | (high == 1))
        excess = np.where(chosen, right * 1.0 - stated, 0.0).sum(axis=1)
        count = int(chosen.sum())
        if count == 0:
            continue
        error = _error_of_mean(excess) * len(stated) / count
        found.append(
            Measure(
                f"P({name}) in {low:g}-{high:g}: right less stated",
                excess.sum() / count,
                error,
                count=count,
            )
        )
    return found


def make_priors(truth: np.ndarray, rng) -> dict[str, np.ndarray]:
    """Return prior means, good and bad.

    Parameters
    ----------
    truth : ndarray of shape (d,)
        The exact weights.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    means : dict of str to ndarray of shape (d,)
        "good 10 %" and "good 30 %" have normal errors of that share of the weights'
        root mean square, and "noisy" of all of it. "half right" is good to 10 % but for
        the sign of one half, drawn at random; "strongest wrong" but for that of the
        strongest fifth.
    """
    d, size = len(truth), np.sqrt((truth**2).mean())
    good = truth + 0.1 * size * rng.standard_normal(d)
    wrong = rng.permutation(d) < d // 2
    strongest = np.argsort(-np.abs(truth))[: max(1, d // 5)]
    turned = good.copy()
    turned[strongest] *= -1
    return {
        "good 10 %": good,
        "good 30 %": truth + 0.3 * size * rng.standard_normal(d),
        "noisy": truth + size * rng.standard_normal(d),
        "half right": np.where(wrong, -good, good),
        "strongest wrong": turned,
        "shuffled": truth[_shuffled(d, rng)],
        "constant": np.full(d, size),
        "reversed": -truth,
        "times 40": 40 * truth,
    }


def _shuffled(d, rng):
    while True:
        order = rng.permutation(d)
        if (order == np.arange(d)).mean() <= 0.3:
            return order


def measure_priors(cell: Cell, n_repeats: int) -> list[Measure]:
    """Measure gain, cost and coverage of prior means, good and bad.

    Parameters
    ----------
    cell : Cell
        What is explained, and how.
    n_repeats : int
        Number of explanations.

    Returns
    -------
    measures : list of Measure
    """
    from sklearn_baylime import Prior

    problem = cell.problem()
    explainer, truth = problem.make(cell.n, cell.design), problem.truth
    found: dict[str, list] = {}

    def note(key, value):
        found.setdefault(key, []).append(value)

    for repeat in range(n_repeats):
        hood = ask(explainer, problem, cell, repeat)
        none = explainer.explain_instance(problem.x, neighborhood=hood)
        note("none", ((none.coef[0] - truth) ** 2).mean())
        fixed = FixedTrust(*_centered(problem, hood))
        means = make_priors(truth, np.random.default_rng([cell.seed(repeat), 1]))
        for name, mean in means.items():
            e = explainer.explain_instance(
                problem.x, prior=Prior(mean), neighborhood=hood
            )
            low, high = e.interval(0.95)[:, 0]
            note(name, ((e.coef[0] - truth) ** 2).mean())
            note(f"{name} oracle", ((fixed.coefs(mean) - truth) ** 2).mean(axis=1))
            note(f"{name} inside", (low <= truth) & (truth <= high))
            note(f"{name} open", open_weights(e))
            note(f"{name} nothing", probability_of_nothing(e))
    arrays = {key: np.array(values) for key, values in found.items()}
    return [m for name in means for m in _judge_prior(cell, name, arrays)]


def _judge_prior(cell: Cell, name: str, arrays) -> Iterator[Measure]:
    is_good, is_turned = name.startswith("good"), name in ("reversed", "times 40")
    against_none, against_oracle, odds = NONE, NONE, NONE
    if is_good:
        against_oracle = goals.GOOD_AGAINST_ORACLE[cell.per_feature]
        odds = goals.NOTHING_OF_GOOD if name == "good 10 %" else NONE
    elif is_turned:
        against_none = goals.TURNED_AGAINST_NONE
    else:
        against_none = goals.WRONG_AGAINST_NONE[cell.per_feature]
        if name == "shuffled" and cell.per_feature >= 3:
            odds = goals.NOTHING_OF_SHUFFLED
    squares, oracle = arrays[name], arrays[f"{name} oracle"]
    best = oracle[:, oracle.mean(axis=0).argmin()]
    inside, stated = arrays[f"{name} inside"], ~arrays[f"{name} open"]
    nothing = arrays[f"{name} nothing"]
    yield ratio_of_errors(
        f"{name}: error against none", squares, arrays["none"], against_none
    )
    yield ratio_of_errors(
        f"{name}: error against oracle", squares, best, against_oracle
    )
    covered = _share_of_stated(inside, stated)
    yield Measure(f"{name}: coverage of 95 %", *covered, goals.PRIOR_COVERAGE)
    yield Measure(f"{name}: P(nothing)", nothing.mean(), _error_of_mean(nothing), odds)


class FixedTrust:
    """Ridge regression towards a mean, for many ratios of the precisions.

    Parameters
    ----------
    A : ndarray of shape (n, d)
        Weighted, centered rows.
    c : ndarray of shape (n,)
        Weighted, centered answers.
    """

    def __init__(self, A, c):
        self.values, self.vectors = np.linalg.eigh(A.T @ A)
        self.values = np.maximum(self.values, 0.0)
        self.A, self.c = A, c

    def coefs(self, mean: np.ndarray) -> np.ndarray:
        """Return the weights (n_ratios, d) for ratios from nearly 0 to nearly all."""
        score = self.vectors.T @ (self.A.T @ (self.c - self.A @ mean))
        ratios = self.values.mean() * np.exp(np.linspace(-14, 14, 57))[:, None]
        return mean + (score / (self.values + ratios)) @ self.vectors.T


# Of odds without names.
HYPOTHESES = ("stated", "direction", "nothing")


def probability_of_nothing(explanation) -> float:
    """Return the probability that a prior mean says nothing; NaN where not stated."""
    odds = getattr(explanation, "prior_odds", None)
    odds = odds() if callable(odds) else odds
    if odds is None:
        return np.nan
    if isinstance(odds, Mapping):
        chosen = odds["nothing"]
    elif hasattr(odds, "nothing"):
        chosen = odds.nothing
    elif getattr(np.asarray(odds).dtype, "names", None):
        chosen = np.asarray(odds)["nothing"]
    else:
        chosen = np.asarray(odds)[..., HYPOTHESES.index("nothing")]
    return float(np.ravel(chosen)[0])


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
    for repeat in range(n_repeats):
        hood = ask(explainer, problem, cell, repeat)
        pilot = explainer.explain_instance(problem.x, neighborhood=hood)
        ratios.append(typical / promised_half_widths(pilot, n_large, typical))
    middle = np.median(ratios, axis=1)
    return [
        Measure(
            "half width reached, of that promised",
            float(np.median(middle)),
            # Of a median, by the normal law's factor.
            1.25 * _error_of_mean(middle),
            goals.QUERIES,
        )
    ]


def promised_half_widths(pilot, n_rows: int, around: np.ndarray) -> np.ndarray:
    """Return the half width of each weight that `queries_needed` sells for `n_rows`.

    Parameters
    ----------
    pilot : Explanation
        Has `queries_needed`.
    n_rows : int
        Number of queries.
    around : ndarray of shape (d,)
        Half widths to look around.

    Returns
    -------
    half_widths : ndarray of shape (d,)
    """
    asked = np.median(around) * np.exp(np.linspace(6, -6, 121))
    needed = np.array([pilot.queries_needed(half)[0] for half in asked])
    needed = np.maximum.accumulate(np.nan_to_num(needed, posinf=1e300), axis=0)
    return np.array(
        [
            np.exp(np.interp(np.log(n_rows), np.log(np.maximum(column, 1)), np.log(asked)))
            for column in needed.T
        ]
    )


RUNNERS: dict[str, Callable] = {
    "intervals": measure_intervals,
    "priors": measure_priors,
    "queries": measure_queries,
}
