"""Many instances on one set of rows: asked about once, explained in groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sklearn_baylime.base._parts import may_weigh_rows
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local import Neighborhood
from sklearn_baylime.local._batch import MatchBatch
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._question import Question, checked, report_nothing
from sklearn_baylime.pipeline._chain import Chain
from sklearn_baylime.pipeline._engines import Outcome
from sklearn_baylime.pipeline._workers import (
    attach_done,
    gather,
    is_serial,
    run_groups,
)
from sklearn_baylime.sampling import BinSampler

# Neighbourhoods with the instances' priors.
Pairs = Sequence[tuple[Neighborhood, Any]]
# From a number of instances to what is told how many of them are explained.
Explaining = Callable[[int], AbstractContextManager[Callable[[int], None]]]

# Instances that are fitted at once: more save little time, and take memory.
_GROUP = 16


def explain_shared(
    chain: Chain,
    question: Question,
    pairs: Pairs,
    n_jobs: int | None,
    explaining: Explaining,
) -> list[Explanation]:
    """Ask about all instances and the rows they share, then explain them in groups.

    Problems are made group by group, so that a thousand instances take little more
    memory than one. An exception carries what was explained before.
    """
    hoods = [hood for hood, _ in pairs]
    first = chain.problem(*pairs[0])
    n_targets = [n_prior_targets(chain, pair, first) for pair in pairs]
    parts = [slice(i, i + _GROUP) for i in range(0, len(pairs), _GROUP)]
    groups = [pairs[part] for part in parts]
    done: dict[int, Outcome] = {}
    try:
        with question.asked(first, hoods, n_targets), explaining(len(pairs)) as tell:
            if is_serial(n_jobs) or question.stopping is not None:
                batch = _batch_of(chain, first)
                for i, group in enumerate(groups):
                    done[i] = Outcome()
                    _explain_group(chain, question, batch, group, done[i])
                    tell(len(group))
            else:
                # The rows are in each pair: they go to a worker once, and groups say
                # which pairs they are.
                worker = replace(question, report=report_nothing)
                common = chain, worker, first, list(pairs)
                for i, done[i] in run_groups(_work, common, parts, n_jobs):
                    tell(len(groups[i]))
            return gather(done, len(groups))
    except BaseException as error:
        attach_done(error, done, [len(group) for group in groups])
        raise


def n_prior_targets(chain: Chain, pair: Any, first: LocalProblem) -> int | None:
    """Return how many targets a prior has a mean for, refusing one that does not fit.

    Before the first query; priors that are None fit if the first problem does.
    """
    hood, prior = pair
    problem = first if prior is None or hood is first.hood else chain.problem(*pair)
    return problem.n_prior_targets


def _batch_of(chain: Chain, first: LocalProblem) -> MatchBatch | None:
    """Return what explains instances at once, None where each may have its own ways."""
    sampler = chain.sampler
    # Others may say that rows are worth something else at another instance.
    if may_weigh_rows(sampler) and type(sampler) is not BinSampler:
        return None
    return MatchBatch.of(first)


def _work(common: Any, part: slice) -> Outcome:
    """Explain a group, perhaps in another process; everything was asked before."""
    chain, question, first, pairs = common
    outcome = Outcome()
    try:
        _explain_group(chain, question, _batch_of(chain, first), pairs[part], outcome)
    except Exception as error:
        outcome.error = error
    return outcome


def _explain_group(
    chain: Chain,
    question: Question,
    batch: MatchBatch | None,
    group: Pairs,
    outcome: Outcome,
) -> None:
    """Explain a group, at once as far as the batch knows how; others one by one."""
    found: list[Explanation | None] = [None] * len(group)
    if batch is not None and question.stopping is None:
        plain = [i for i, (_, prior) in enumerate(group) if prior is None]
        hoods = [group[i][0] for i in plain]
        with checked():
            targets = [question.targets_of(hood) for hood in hoods]
            together = batch.explain(hoods, targets)
        for i, explanation in zip(plain, together, strict=True):
            found[i] = explanation
    for pair, explanation in zip(group, found, strict=True):
        if explanation is None:
            problem = chain.problem(*pair)
            explanation = (
                question.explain_answered(problem)
                if question.stopping is None
                else question.ask_until_enough(problem)
            )
        outcome.explanations.append(explanation)
