"""What is asked of a model about local problems, and the way to the explanations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import config_context

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._asking import ask_all, ask_first, kept_on_error
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.local._reading import read_explanation
from sklearn_baylime.local._targets import Targets, resolve_targets
from sklearn_baylime.local._trial import check_regressor


@dataclass(frozen=True)
class Question:
    """What is asked of a model, whatever the instance.

    Attributes
    ----------
    box : BlackBox
    targets : "predicted", "all", "top=k", int, str, mapping or list
        As the user gave them.
    stopping : callable or None
        Told the explanation so far; True ends the asking.
    report : callable
        Told how many rows were answered.
    """

    box: BlackBox
    targets: Any
    stopping: Callable[[Explanation], bool] | None
    report: Callable[[int], object]

    @config_context(transform_output="default")
    def explain(self, problems: list[LocalProblem]) -> list[Explanation]:
        """Ask about the rows of problems in common batches, and explain each.

        What can be refused is refused before the first query, and whatever is raised
        after it carries the neighbourhoods.
        """
        hoods = [problem.hood for problem in problems]
        with self.asked(problems[0], hoods, [p.n_prior_targets for p in problems]):
            if self.stopping is None:
                return [self.explain_answered(problem) for problem in problems]
            return [self.ask_until_enough(problem) for problem in problems]

    @contextmanager
    def asked(
        self,
        first: LocalProblem,
        hoods: list[Neighborhood],
        n_prior_targets: Sequence[int | None],
    ) -> Iterator[None]:
        """Ask about the rows of neighbourhoods, unless a rule says when to stop.

        What is raised here, or while they are explained, carries them.

        Parameters
        ----------
        first : LocalProblem
            That of the first neighbourhood, on which the regressor is tried.
        hoods : list of Neighborhood
        n_prior_targets : sequence of int or None
            How many targets each prior has a mean for.
        """
        self._known_targets()
        check_regressor(first)
        with kept_on_error(hoods):
            self._check_targets(first.hood, n_prior_targets)
            if self.stopping is None:
                ask_all(self.box, hoods, self.report)
            yield

    def targets_of(self, hood: Neighborhood) -> Targets:
        """Return the targets of an instance that was asked about."""
        answer = hood.first_answer
        targets = self._resolve(self.box.names(len(answer)), answer)
        assert targets is not None
        return targets

    def _known_targets(self) -> Targets | None:
        """Resolve the targets without an answer, as far as the outputs are known."""
        names = self.box.known_names
        return None if names is None else self._resolve(names)

    def _resolve(
        self, names: list[str], answer: np.ndarray | None = None
    ) -> Targets | None:
        return resolve_targets(
            self.targets,
            names,
            len(names) > 1 and self.box.competes(answer),
            answer,
            classes=self.box.class_numbers(len(names)),
            groups=self.box.groups(len(names)),
        )

    def _check_targets(
        self, hood: Neighborhood, n_prior_targets: Sequence[int | None]
    ) -> None:
        """Ask the first instance alone where only an answer tells what may be asked.

        One query, instead of thousands that would be spent before the refusal.
        """
        wanted = [n for n in n_prior_targets if n is not None]
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

    def explain_answered(self, problem: LocalProblem) -> Explanation:
        """Explain by the answers that were given so far."""
        targets = self.targets_of(problem.hood)
        with checked():
            return read_explanation(problem, targets)

    def ask_until_enough(self, problem: LocalProblem) -> Explanation:
        """Ask about an instance's rows until the rule says that it is enough."""
        so_far: list[Explanation] = []

        def enough() -> bool:
            assert self.stopping is not None
            so_far[:] = [self.explain_answered(problem)]
            return self.stopping(so_far[0])

        known = [len(survey.answers) for survey in problem.hood.surveys]
        if any(known):
            # Rows that others have asked about may do.
            ask_first(self.box, problem.hood, self.report)
            if enough():
                return so_far[0]
        ask_all(self.box, [problem.hood], self.report, enough)
        return so_far[0] if so_far else self.explain_answered(problem)


def checked() -> Any:
    """Spare checks: parameters and rows when prepared, answers on arrival, were."""
    return config_context(
        assume_finite=True, skip_parameter_validation=True, transform_output="default"
    )


def report_nothing(n_rows: int) -> None:
    """Be told of rows that were answered, and keep silent."""
