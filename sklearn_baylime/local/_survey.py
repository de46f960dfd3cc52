"""Rows that serve every instance: asked about once, and seen from each."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
from scipy import sparse

from sklearn_baylime.local._neighborhood import Neighborhood, inputs_of, stack


class Survey:
    """Rows that do not depend on an instance, with the black box's answers.

    Parameters
    ----------
    codes : ndarray or sparse matrix of shape (n_rows, n_features)
        Rows, none of which is an instance.
    representation : list of transformers
        The fitted steps left of the sampler, with a seed that all instances share.
    places : ndarray of shape (1 + n_rows, n_features) or None, default=None
        Where within their codes the values lie; the first, an instance's, is spare.

    Attributes
    ----------
    answers : ndarray of shape (n_answered, n_outputs)
        Answers to the first rows.
    """

    # Row 0 of every neighbourhood is its instance.
    offset = 1

    def __init__(
        self, codes: Any, representation: list[Any], places: np.ndarray | None = None
    ) -> None:
        self.codes = codes
        self.places = places
        self.representation = representation
        self.answers = np.empty((0, 1))
        # Those behind a bad one, by row.
        self.spare: dict[int, np.ndarray] = {}
        # Proxies that were fitted to the answers, for every instance.
        self.proxies: dict[Any, Any] = {}
        self._unpaid = 0
        self._lock = Lock()

    @property
    def n_rows(self) -> int:
        """Number of rows, answered or not."""
        return self.codes.shape[0]

    def example(self) -> Any:
        """Return one model input, to judge how much memory a row takes."""
        return self.inputs(slice(0, 1))

    def inputs(self, part: slice) -> Any:
        """Return the model inputs of a part of the rows."""
        first, last, _ = part.indices(self.n_rows)
        start = first + self.offset
        codes = self.codes[first:last]
        return inputs_of(codes, self.representation, start, self.places)

    def answer(self, answers: np.ndarray, n_asked: int, first: int) -> None:
        """Put in the answers to rows from `first` on, unless another thread has."""
        with self._lock:
            self._unpaid += n_asked
            n_known = len(self.answers) - first
            if n_known < len(answers):
                kept = self.answers if len(self.answers) else answers[:0]
                self.answers = np.concatenate([kept, answers[n_known:]])

    def take_bill(self) -> int:
        """Return how many queries were made since this was last asked."""
        with self._lock:
            bill, self._unpaid = self._unpaid, 0
        return bill

    def take_over(self, other: Survey) -> None:
        """Put in the answers of another survey of the same rows, if it has more."""
        if other is self:
            return
        with self._lock:
            if len(other.answers) > len(self.answers):
                self.answers = other.answers
            first = len(self.answers)
            known = {**other.spare, **self.spare}
            self.spare = {i: a for i, a in known.items() if i >= first}

    def is_same(self, other: Survey) -> bool:
        """Tell whether another survey has the same rows."""
        one, two = self.codes, other.codes
        if one is two or one.shape != two.shape:
            return one is two
        if sparse.issparse(one) or sparse.issparse(two):
            return (one != two).nnz == 0
        return bool(np.array_equal(one, two))

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k not in ("_lock", "proxies")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, proxies={}, _lock=Lock())


class SharedNeighborhood(Neighborhood):
    """An instance and the rows that all instances share.

    It holds the instance alone; codes and answers are put together when asked for, so
    that a thousand of these take little more memory than one.

    Parameters
    ----------
    survey : Survey
        The rows.
    reference, names, representation, row, groups, is_exhaustive
        As in `Neighborhood`.
    """

    def __init__(self, survey: Survey, reference: Any, **facts: Any) -> None:
        self.survey = survey
        self.own_answer = np.empty((0, 1))
        self.spare = {}
        self.reference = reference
        self.n_queries = 0
        for name, value in facts.items():
            setattr(self, name, value)

    @property
    def codes(self) -> Any:
        """The instance's code and those of the shared rows."""
        reference = self.reference
        first = reference if sparse.issparse(reference) else reference[None]
        return stack(first, self.survey.codes)

    @property
    def answers(self) -> np.ndarray:  # type: ignore[override]
        """The answers to the instance and to the shared rows, as far as known."""
        if not len(self.own_answer) or not len(self.survey.answers):
            return self.own_answer
        return np.concatenate([self.own_answer, self.survey.answers])

    @property
    def n_answered(self) -> int:
        """Number of rows that are answered."""
        n_own = len(self.own_answer)
        return n_own + len(self.survey.answers) if n_own else 0

    @property
    def first_answer(self) -> np.ndarray:
        """The answer to the instance."""
        return self.own_answer[0]

    @property
    def places(self) -> np.ndarray | None:  # type: ignore[override]
        """Where within their codes the values of the rows lie, if that was told."""
        return self.survey.places

    @property
    def n_rows(self) -> int:
        """Number of rows, answered or not."""
        return 1 + self.survey.n_rows

    @property
    def n_own_open(self) -> int:
        """Number of rows that are this neighbourhood's alone and are not answered."""
        return 1 - len(self.own_answer)

    @property
    def surveys(self) -> list[Survey]:
        """What is to be asked beside the own rows."""
        return [self.survey]

    def answer(self, answers: np.ndarray, n_asked: int, first: int = 0) -> None:
        """Put in the answer to the instance."""
        self.own_answer = np.array(answers[:1]) if len(answers) else self.own_answer
        self.n_queries += n_asked

    def inputs(self, part: slice = slice(None)) -> Any:
        """Return the model inputs of a part of the rows."""
        if part == slice(0, 1) and self.row is not None:
            return self.row
        return super().inputs(part)

    def resume(self, known: Neighborhood) -> Neighborhood:
        """Return the neighbourhood with what is known of this instance.

        Answers to the same rows are taken over. A neighbourhood of other rows is
        returned as it is: then these are the instance's.
        """
        if not isinstance(known, SharedNeighborhood) or known.drawn != self.drawn:
            return known
        if not self.survey.is_same(known.survey):
            return known
        self.survey.take_over(known.survey)
        self.own_answer, self.n_queries = known.own_answer, known.n_queries
        return self

    def alone(self) -> Neighborhood:
        """Return a neighbourhood that holds all its rows itself."""
        return Neighborhood(
            self.codes,
            self.answers,
            self.reference,
            self.names,
            self.representation,
            self.n_queries,
            self.row,
            self.groups,
            self.is_exhaustive,
            self.drawn,
            self.places,
        )
