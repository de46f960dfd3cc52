"""From placed instances to explanations: together, in groups, in processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain as join
from typing import Any

from joblib import effective_n_jobs
from sklearn import config_context
from sklearn.utils.parallel import Parallel, delayed

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local import Neighborhood
from sklearn_baylime.local._asking import ask_all, ask_first, kept_on_error
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._reading import explain
from sklearn_baylime.local._targets import Targets, resolve_targets
from sklearn_baylime.local._trial import check_regressor, n_prior_targets
from sklearn_baylime.pipeline._chain import Chain, check_views

Report = Callable[[int], object]


@dataclass(frozen=True)
class Question:
    """What is asked of a chain and a model, whatever the instance.

    Attributes
    ----------
    chain : Chain
    box : BlackBox
    targets : "predicted", "all", "top=k", int, str, mapping or list
        As the user gave them.
    stopping : callable or None
        Told the explanation so far; True ends the asking.
    report : callable
        Told how many rows were answered.
    """

    chain: Chain
    box: BlackBox
    targets: Any
    stopping: Callable[[Explanation], bool] | None
    report: Report

    def explain(self, hoods: list[Neighborhood], priors: Sequence) -> list[Explanation]:
        """Ask about the rows of neighbourhoods in common batches, and explain each.

        Whatever can be refused is refused before the first query, and whatever is
        raised after it carries the neighbourhoods.
        """
        problems = self._prepare(hoods, priors)
        with kept_on_error(hoods):
            self._check_targets(hoods[0], priors)
            if self.stopping is None:
                ask_all(self.box, hoods, self.report)
                return [self._explain(problem) for problem in problems]
            return [self._ask_until_enough(problem) for problem in problems]

    def targets_of(self, hood: Neighborhood) -> Targets:
        """Return the targets of an instance that was asked about."""
        answer = hood.answers[0]
        names = self.box.names(len(answer))
        targets = resolve_targets(self.targets, names, self._competes(names), answer)
        assert targets is not None
        return targets

    def _prepare(self, hoods, priors) -> list[LocalProblem]:
        """Compile the problems; refuse what can be refused without a query."""
        self.chain.check()
        check_views(hoods[0])
        self._known_targets()
        pairs = zip(hoods, priors, strict=True)
        problems = [self.chain.problem(hood, prior) for hood, prior in pairs]
        check_regressor(problems[0])
        return problems

    def _known_targets(self) -> Targets | None:
        """Resolve the targets without an answer, as far as the outputs are known."""
        names = self.box.known_names
        if names is None:
            return None
        return resolve_targets(self.targets, names, self._competes(names))

    def _check_targets(self, hood: Neighborhood, priors) -> None:
        """Ask the instance alone where only an answer tells what can be asked for.

        One query instead of thousands that would be spent before the refusal.
        """
        wanted = [n for n in map(n_prior_targets, priors) if n is not None]
        targets = self._known_targets()
        if targets is None and (wanted or self._names_outputs()):
            ask_first(self.box, hood, self.report)
            targets = self.targets_of(hood)
        for n in wanted:
            if targets is not None and n != len(targets):
                raise ValueError(
                    f"prior_mean has {n} rows, expected one for each of the "
                    f"{len(targets)} targets."
                )

    def _names_outputs(self) -> bool:
        """Tell whether something is said of outputs whose number is not known."""
        is_open = isinstance(self.targets, str) and self.targets in ("predicted", "all")
        return self.box.known_names is None and (
            not is_open or self.box.output_names is not None
        )

    def _competes(self, names: Sequence[str]) -> bool:
        """Tell whether the largest output is the one that is predicted."""
        return len(names) > 1 and (self.box.is_classifier or not self.box.is_known)

    def _explain(self, problem: LocalProblem) -> Explanation:
        with checked():
            return explain(problem, self.targets_of(problem.hood))

    def _ask_until_enough(self, problem: LocalProblem) -> Explanation:
        so_far: list[Explanation] = []

        def enough() -> bool:
            assert self.stopping is not None
            so_far[:] = [self._explain(problem)]
            return self.stopping(so_far[0])

        ask_all(self.box, [problem.hood], self.report, enough)
        return so_far[0] if so_far else self._explain(problem)


def checked():
    """Spare checks: parameters and rows when prepared, answers on arrival, were."""
    return config_context(assume_finite=True, skip_parameter_validation=True)


def report_nothing(n_rows: int) -> None:
    """Be told of rows that were answered, and keep silent."""


def explain_many(
    question: Question, instances: list, priors: list, seed: int, n_jobs, example
) -> list[Explanation]:
    """Explain instances in groups whose rows fill about one batch each.

    `example` are rows of the instances' kind, to judge how much memory one takes.
    """
    jobs = list(zip(instances, priors, strict=True))
    n_rows = question.chain.n_samples
    size = question.box.rows_per_batch(example) // n_rows
    share = -(-len(jobs) // effective_n_jobs(n_jobs))
    size = max(min(size, share), 1)
    groups = [jobs[first : first + size] for first in range(0, len(jobs), size)]
    if effective_n_jobs(n_jobs) == 1:
        return _one_by_one(question, groups, seed)
    return _in_parallel(question, groups, seed, n_jobs)


def _one_by_one(question: Question, groups: list, seed: int) -> list[Explanation]:
    """Explain groups; an exception carries what was explained before."""
    explanations: list[Explanation] = []
    try:
        for group in groups:
            explanations += _explain_group(question, group, seed)[0]
    except BaseException as error:
        with suppress(AttributeError):
            error.explanations = explanations  # type: ignore[attr-defined]
        raise
    return explanations


def _in_parallel(question: Question, groups: list, seed, n_jobs) -> list[Explanation]:
    """Explain groups by joblib; count here what other processes asked."""
    worker = replace(question, report=report_nothing)
    # As a list: not every backend can hand over results one by one.
    done = Parallel(n_jobs=n_jobs)(
        delayed(_explain_group)(worker, group, seed) for group in groups
    )
    for explanations, n_queries, n_calls, process in done:
        question.report(len(explanations) * question.chain.n_samples)
        if process != os.getpid():
            question.box.count(n_queries, n_calls)
    return list(join.from_iterable(explanations for explanations, *_ in done))


def _explain_group(question: Question, group: list, seed: int):
    """Explain a group of instances, perhaps in another process."""
    box, chain = question.box, question.chain
    before = box.n_queries_, box.n_calls_
    hoods = [chain.place(x, seed) for x, _ in group]
    # Where all masks are fewer than the rows that were announced.
    n_fewer = len(hoods) * chain.n_samples - sum(hood.n_rows for hood in hoods)
    if n_fewer:
        question.report(n_fewer)
    explanations = question.explain(hoods, [prior for _, prior in group])
    n_queries, n_calls = box.n_queries_ - before[0], box.n_calls_ - before[1]
    return explanations, n_queries, n_calls, os.getpid()
