"""Many instances: in groups that share batches, one by one or in processes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from joblib import effective_n_jobs

from sklearn_baylime.base._place import batch_of_one
from sklearn_baylime.black_box._memory import row_keys
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local import Neighborhood
from sklearn_baylime.local._asking import ask_all, kept_on_error
from sklearn_baylime.local._local_fit import fidelity
from sklearn_baylime.local._proxy import with_proxy
from sklearn_baylime.local._question import Question, checked, report_nothing
from sklearn_baylime.pipeline._chain import Chain
from sklearn_baylime.pipeline._engines import Outcome
from sklearn_baylime.pipeline._shared import Explaining, explain_shared
from sklearn_baylime.pipeline._workers import (
    attach_done,
    gather,
    has_shared_memory,
    is_serial,
    run_groups,
)

# Instances with their priors.
Group = list[tuple[Any, Any]]
# Neighbourhoods by the keys of their instances.
Known = dict[bytes, Neighborhood]


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
    hoods: Sequence[Neighborhood] | None,
    explaining: Explaining,
) -> list[Explanation]:
    """Explain instances in groups whose rows fill about one batch each.

    `hoods` are neighbourhoods that were asked about before. `explaining` shows the
    progress where all is asked first, and explained then.
    """
    if not group:
        return []
    if chain.surveys is not None:
        known, placed = by_instance(hoods), [chain.place(x, seed) for x, _ in group]
        if any(hood.surveys for hood in placed):
            shared = [_known_or(hood, known) for hood in placed]
            pairs = list(zip(shared, [prior for _, prior in group], strict=True))
            return explain_shared(chain, question, pairs, n_jobs, explaining)
    example = batch_of_one(group[0][0])
    size = question.box.rows_per_batch(example) // chain.n_samples
    # Smaller than a batch where some workers would be left without a group.
    share = -(-len(group) // effective_n_jobs(n_jobs))
    size = max(min(size, share), 1)
    groups = [group[first : first + size] for first in range(0, len(group), size)]
    if is_serial(n_jobs):
        return _one_by_one(chain, question, groups, seed, by_instance(hoods))
    return _in_parallel(chain, question, groups, seed, n_jobs, by_instance(hoods))


def _one_by_one(
    chain: Chain, question: Question, groups: Sequence[Group], seed: int, known: Known
) -> list[Explanation]:
    """Explain groups; an exception carries what was explained before."""
    explanations: list[Explanation] = []
    try:
        for group in groups:
            explanations += _explain_group(chain, question, group, seed, known)
    except BaseException as error:
        # Exceptions with slots take no attributes; they are raised as they are.
        with suppress(AttributeError):
            error.explanations = explanations  # type: ignore[attr-defined]
            error.positions = list(range(len(explanations)))  # type: ignore[attr-defined]
        raise
    return explanations


def _in_parallel(
    chain: Chain,
    question: Question,
    groups: Sequence[Group],
    seed: int,
    n_jobs: int | None,
    known: Known,
) -> list[Explanation]:
    """Explain groups by joblib; count and remember here what other processes asked."""
    is_here = has_shared_memory()
    # Progress is told here: what a user reports to may not exist in other processes.
    worker = replace(question, report=report_nothing)
    if not is_here:
        worker = replace(worker, box=question.box.lent())
    work = _work_here if is_here else _work_there
    common = chain, worker, seed, known
    done: dict[int, Outcome] = {}
    try:
        for i, outcome in run_groups(work, common, groups, n_jobs):
            done[i] = outcome
            question.report(len(outcome.explanations) * chain.n_samples)
            question.box.count(outcome.n_queries, outcome.n_calls)
            question.box.learn(outcome.news)
        return gather(done, len(groups))
    except BaseException as error:
        attach_done(error, done, [len(group) for group in groups])
        with suppress(AttributeError):
            error.neighborhoods = [  # type: ignore[attr-defined]
                hood for i in sorted(done) for hood in done[i].hoods
            ]
        raise


def _work_here(common: Any, group: Group) -> Outcome:
    """Explain a group in a thread of this process, whose box counts."""
    chain, question, seed, known = common
    try:
        return Outcome(_explain_group(chain, question, group, seed, known))
    except Exception as error:
        return Outcome(error=error, hoods=vars(error).get("neighborhoods", []))


def _work_there(common: Any, group: Group) -> Outcome:
    """Explain a group in another process, or as if it were one."""
    chain, question, seed, known = common
    # A box for each group: a process may have several groups at work.
    box = question.box.lent()
    outcome = _work_here((chain, replace(question, box=box), seed, known), group)
    outcome.n_queries, outcome.n_calls = box.n_queries_, box.n_calls_
    outcome.news = box.news
    return outcome


def _explain_group(
    chain: Chain, question: Question, group: Group, seed: int, known: Known
) -> list[Explanation]:
    """Explain a group of instances, perhaps in another process."""
    hoods = [_known_or(chain.place(x, seed), known) for x, _ in group]
    problems = [
        chain.problem(hood, prior)
        for hood, (_, prior) in zip(hoods, group, strict=True)
    ]
    # Where all masks are fewer than the rows that were announced, or some are known.
    n_fewer = len(group) * chain.n_samples - sum(p.hood.n_open for p in problems)
    if n_fewer:
        question.report(n_fewer)
    return question.explain(problems)


def by_instance(hoods: Sequence[Neighborhood] | None) -> Known:
    """Return neighbourhoods by their instance."""
    return {row_keys(hood.row)[0]: hood for hood in hoods or ()}


def _known_or(hood: Neighborhood, known: Known) -> Neighborhood:
    """Return the neighbourhood of an instance that was asked about before."""
    found = known.get(row_keys(hood.row)[0]) if known else None
    return hood if found is None else hood.resume(found)


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
                problem = with_proxy(problem, targets)
                scores.append(fidelity(problem, fresh, targets, kernel, importance))
    return float(np.mean(scores))
