"""From answered rows to an explanation, of selected features or of all."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._targets import Target, answers_to, keys_of, name_of
from sklearn_baylime.pipeline._explain_fit import explain_fit
from sklearn_baylime.pipeline._local_model import Prepared, fit_local


def explain(prepared: Prepared, targets: list[Target], names) -> Explanation:
    """Fit the local models and read the explanation off them.

    Where features are selected, the explanation of all features is kept inside.
    """
    instance = describe_instance(prepared)
    fit = fit_local(prepared, targets)
    explanation = explain_fit(fit, prepared, targets, names, instance)
    *first, (name, last) = prepared.local.steps
    if not isinstance(last.regressor, Pipeline):
        return explanation
    whole = copy(last)
    whole.regressor = last.regressor[-1]
    prepared = replace(prepared, local=Pipeline([*first, (name, whole)]))
    full = Deferred.of(prepared, targets, names, instance)
    return replace(explanation, full=full if full.is_packed else full())


def describe_instance(prepared: Prepared) -> Any:
    """Return what a representation can tell of its instance, such as a text's words.

    It tells of the codes' columns, which must not have changed on the right side.
    """
    first = prepared.hood.representation[:1]
    if not first or not hasattr(first[0], "describe"):
        return None
    changed = len(prepared.code.names) != len(prepared.hood.names)
    return None if changed else first[0].describe()


@dataclass(frozen=True)
class Deferred:
    """An explanation that is made when it is asked for.

    All features together cost more than the few selected, and few ask for them. Rows of
    matches are kept in bits until then.

    Attributes
    ----------
    prepared : Prepared
        Without the rows and codes.
    rows : ndarray
        The rows, as bits of bytes if `is_packed`.
    is_packed : bool
    targets, names : tuple
        The explained targets and their names; `prepared` has the answers to them.
    instance : object
        What the explanation tells of its instance.
    """

    prepared: Prepared
    rows: np.ndarray
    is_packed: bool
    targets: tuple[Any, ...]
    names: tuple[str, ...]
    instance: Any

    @classmethod
    def of(cls, prepared, targets: list[Target], names, instance) -> Deferred:
        """Keep what is needed, and no more."""
        hood = prepared.hood
        answers = answers_to(targets, hood.answers)
        # Codes that are the rows take less time to look through.
        is_coded = len(prepared.local) == 1
        rows = (hood.codes if is_coded else prepared.rows)[: len(answers)]
        binary = rows == 1
        is_packed = bool((binary | (rows == 0)).all())
        kept = replace(hood, codes=rows[:0], answers=answers, representation=[])
        return cls(
            replace(prepared, hood=kept, rows=prepared.rows[:0]),
            np.packbits(binary, axis=0) if is_packed else prepared.rows[: len(answers)],
            is_packed,
            keys_of(targets),
            tuple(name_of(target, names) for target in targets),
            instance,
        )

    def __call__(self) -> Explanation:
        """Make the explanation."""
        rows, n_rows = self.rows, len(self.prepared.hood.answers)
        if self.is_packed:
            rows = np.unpackbits(rows, axis=0, count=n_rows).astype(np.float64)
        prepared = replace(self.prepared, rows=rows)
        columns: list[Target] = [(t,) for t in range(len(self.targets))]
        fit = fit_local(prepared, columns)
        names = list(self.names)
        made = explain_fit(fit, prepared, columns, names, self.instance)
        return replace(made, targets=self.targets)
