"""Many instances on one set of rows: asked about once, explained one by one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain as join
from typing import Any

from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local import Neighborhood
from sklearn_baylime.local._question import Question, report_nothing
from sklearn_baylime.pipeline._chain import Chain

# Neighbourhoods with the instances' priors.
Pairs = Sequence[tuple[Neighborhood, Any]]


def explain_shared(
    chain: Chain, question: Question, pairs: Pairs, n_jobs: int | None
) -> list[Explanation]:
    """Ask about all instances and the rows they share, then explain each.

    Compiled problems are made one at a time, so that a thousand instances take little
    more memory than one. An exception carries what was explained before.
    """
    hoods = [hood for hood, _ in pairs]
    first = chain.problem(*pairs[0])
    n_targets = [n_prior_targets(chain, pair, first) for pair in pairs]
    done: list[Explanation] = []
    try:
        with question.asked(first, hoods, n_targets):
            n_workers = effective_n_jobs(n_jobs)
            if n_workers == 1 or question.stopping is not None:
                done.extend(_explain(chain, question, pair) for pair in pairs)
            else:
                done += _in_parallel(chain, question, pairs, n_jobs, n_workers)
    except BaseException as error:
        # Exceptions with slots take no attributes; they are raised as they are.
        with suppress(AttributeError):
            error.explanations = done  # type: ignore[attr-defined]
        raise
    return done


def n_prior_targets(chain: Chain, pair: Any, first: Any) -> int | None:
    """Return how many targets a prior has a mean for, refusing one that does not fit.

    Before the first query; priors that are None fit if the first problem does.
    """
    hood, prior = pair
    problem = first if prior is None or hood is first.hood else chain.problem(*pair)
    return problem.n_prior_targets


def _explain(chain: Chain, question: Question, pair: Any) -> Explanation:
    problem = chain.problem(*pair)
    if question.stopping is not None:
        return question.ask_until_enough(problem)
    return question.explain_answered(problem)


def _in_parallel(
    chain: Chain, question: Question, pairs: Pairs, n_jobs: Any, n_workers: int
) -> list[Explanation]:
    """Explain by joblib; everything was asked before, here."""
    worker = replace(question, report=report_nothing)
    size = -(-len(pairs) // n_workers)
    parts = [pairs[first : first + size] for first in range(0, len(pairs), size)]
    found = Parallel(n_jobs=n_jobs)(
        delayed(_explain_part)(chain, worker, part) for part in parts
    )
    return list(join.from_iterable(found))


def _explain_part(chain: Chain, question: Question, pairs: Pairs) -> list[Explanation]:
    return [_explain(chain, question, pair) for pair in pairs]
