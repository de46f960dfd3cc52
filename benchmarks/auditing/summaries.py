"""Mean absolute weights over instances, against exact ones."""

from __future__ import annotations

import numpy as np

from auditing import goals
from auditing.cells import Cell
from auditing.problems import answers_of, draw_rows, fitted_forest, trend_and_step
from auditing.statistics import Measure, error_of_mean
from sklearn_baylime import explain_exactly, make_tabular_explainer
from sklearn_baylime.explanation import summarize

N_INSTANCES = 30
# Instances to draw from for each that is drawn: each is explained once.
N_SPARE = 40


def measure_summary(cell: Cell, n_repeats: int) -> list[Measure]:
    """Measure the coverage of `summarize` for 30 instances of 12 columns.

    All instances of a large population are explained exactly and from rows; a repeat
    summarizes 30 of them.

    Parameters
    ----------
    cell : Cell
        Its `n` is the number of rows around each instance.
    n_repeats : int
        Number of summaries.

    Returns
    -------
    measures : list of Measure
        One a column, from the strongest on.
    """
    X, y = trend_and_step(12)
    model = fitted_forest(X, y)
    n_population = N_INSTANCES * min(N_SPARE, n_repeats)
    population = draw_rows(12, n_population, np.random.RandomState(1000))
    exact = make_tabular_explainer(model).fit(X)
    weights = np.array([explain_exactly(exact, x).coef[0] for x in population])
    truth = np.abs(weights).mean(axis=0)
    seed = cell.seed(0)
    explainer = make_tabular_explainer(
        answers_of(model), design=cell.design, n_samples=cell.n, random_state=seed
    ).fit(X)
    explanations = explainer.explain(population)
    rng = np.random.default_rng(seed)
    inside, means = [], []
    for _ in range(n_repeats):
        drawn = rng.choice(n_population, N_INSTANCES, replace=False)
        summary = summarize([explanations[i] for i in drawn])
        inside.append((summary.low <= truth) & (truth <= summary.high))
        means.append(summary.mean_abs)
    covered, stated = np.array(inside), np.mean(means, axis=0)
    found = []
    for rank, j in enumerate(np.argsort(-truth), start=1):
        label = f"column {rank:2d} of {truth[j]:.3f}"
        found += [
            Measure(
                f"{label}: coverage of 95 %",
                float(covered[:, j].mean()),
                error_of_mean(covered[:, j]),
                goals.SUMMARY_COVERAGE,
            ),
            Measure(
                f"{label}: mean absolute weight, of the exact", stated[j] / truth[j]
            ),
        ]
    return found
