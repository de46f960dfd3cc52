"""Many instances: in groups that share batches, one by one or in processes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain as join
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from sklearn_baylime.base._place import batch_of_one
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._asking import ask_all, kept_on_error
from sklearn_baylime.local._local_fit import fidelity
from sklearn_baylime.local._question import Question, checked, report_nothing
from sklearn_baylime.pipeline._chain import Chain
from sklearn_baylime.pipeline._shared import explain_shared

# Instances with their priors.
Group = list[tuple[Any, Any]]


def announce(chain: Chain, instances: Sequence[Any], seed: int) -> tuple[int, str]:
    """Return how many rows will be asked about, and in words what sharing saves."""
    n_own = len(instances) * chain.n_samples
    is_shared = chain.surveys is not None and n_own > 0
    hood = chain.place(instances[0], seed) if is_shared else None
    if hood is None or not hood.surveys:
        return n_own, ""
    survey = hood.surveys[0]
    n_rows = len(instances) + survey.n_rows - len(survey.answers)
    return n_rows, f" about {n_rows:,} shared rows instead of {n_own:,}"


def explain_many(
    chain: Chain,
    question: Question,
    group: Group,
    seed: int,
    n_jobs: int | None,
) -> list[Explanation]:
    """Explain instances in groups whose rows fill about one batch each."""
    if not group:
        return []
    if chain.surveys is not None:
        hoods = [chain.place(x, seed) for x, _ in group]
        if any(hood.surveys for hood in hoods):
            pairs = list(zip(hoods, [prior for _, prior in group], strict=True))
            return explain_shared(chain, question, pairs, n_jobs)
    example = batch_of_one(group[0][0])
    size = question.box.rows_per_batch(example) // chain.n_samples
    # Smaller than a batch where some workers would be left without a group.
    share = -(-len(group) // effective_n_jobs(n_jobs))
    size = max(min(size, share), 1)
    groups = [group[first : first + size] for first in range(0, len(group), size)]
    if effective_n_jobs(n_jobs) == 1:
        return _one_by_one(chain, question, groups, seed)
    return _in_parallel(chain, question, groups, seed, n_jobs)


def _one_by_one(
    chain: Chain, question: Question, groups: Sequence[Group], seed: int
) -> list[Explanation]:
    """Explain groups; an exception carries what was explained before."""
    explanations: list[Explanation] = []
    try:
        for group in groups:
            explanations += _explain_group(chain, question, group, seed)[0]
    except BaseException as error:
        # Exceptions with slots take no attributes; they are raised as they are.
        with suppress(AttributeError):
            error.explanations = explanations  # type: ignore[attr-defined]
        raise
    return explanations


def _in_parallel(
    chain: Chain,
    question: Question,
    groups: Sequence[Group],
    seed: int,
    n_jobs: int | None,
) -> list[Explanation]:
    """Explain groups by joblib; count here what other processes asked."""
    # Progress is told here: what a user reports to may not exist in other processes.
    worker = replace(question, report=report_nothing)
    # As a list: not every backend can hand over results one by one.
    done = Parallel(n_jobs=n_jobs)(
        delayed(_explain_group)(chain, worker, group, seed) for group in groups
    )
    for explanations, n_queries, n_calls, process in done:
        question.report(len(explanations) * chain.n_samples)
        # Threads, and this process itself, have counted in the same box.
        if process != os.getpid():
            question.box.count(n_queries, n_calls)
    return list(join.from_iterable(explanations for explanations, *_ in done))


def _explain_group(
    chain: Chain, question: Question, group: Group, seed: int
) -> tuple[list[Explanation], int, int, int]:
    """Explain a group of instances, perhaps in another process."""
    box = question.box
    before = box.n_queries_, box.n_calls_
    problems = [chain.problem(chain.place(x, seed), prior) for x, prior in group]
    # Where all masks are fewer than the rows that were announced.
    n_fewer = len(group) * chain.n_samples - sum(p.hood.n_rows for p in problems)
    if n_fewer:
        question.report(n_fewer)
    explanations = question.explain(problems)
    n_queries, n_calls = box.n_queries_ - before[0], box.n_calls_ - before[1]
    return explanations, n_queries, n_calls, os.getpid()


def mean_fidelity(
    chain: Chain, question: Question, instances: list, seed: int, kernel: Any
) -> float:
    """Return the weighted R2 of local models on rows drawn anew, mean over instances.

    `kernel` weighs the fresh rows; each local model's own does if None.
    """
    scores = []
    for x in instances:
        hood, fresh = chain.place(x, seed), chain.place(x, seed, fresh=True)
        problem = chain.problem(hood)
        with kept_on_error([hood, fresh]):
            ask_all(question.box, [hood, fresh], question.report)
            targets, importance = question.targets_of(hood), chain.importance(fresh)
            with checked():
                scores.append(fidelity(problem, fresh, targets, kernel, importance))
    return float(np.mean(scores))
