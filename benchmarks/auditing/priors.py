"""Gain, cost and coverage of prior means, good and bad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from auditing import goals
from auditing.asking import ask, centered, open_weights
from auditing.cells import Cell
from auditing.goals import NONE
from auditing.statistics import (
    Measure,
    error_of_mean,
    ratio_of_errors,
    share_of_stated,
)
from sklearn_baylime import Prior


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
    problem = cell.problem()
    explainer, truth = problem.make(cell.n, cell.design), problem.truth
    found: dict[str, list] = {}

    def note(key, value):
        found.setdefault(key, []).append(value)

    for repeat in range(n_repeats):
        hood = ask(explainer, problem, cell, repeat)
        none = explainer.explain_instance(problem.x, neighborhood=hood)
        note("none", ((none.coef[0] - truth) ** 2).mean())
        fixed = FixedTrust(*centered(problem, hood))
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
    covered = share_of_stated(inside, stated)
    yield Measure(f"{name}: coverage of 95 %", *covered, goals.PRIOR_COVERAGE)
    yield Measure(f"{name}: P(nothing)", nothing.mean(), error_of_mean(nothing), odds)


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
