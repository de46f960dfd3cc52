"""What is explained: outputs of the black box, their sums and their contrasts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from sklearn_baylime.explanation._keys import find_class, numbers_of


@dataclass(frozen=True)
class Targets:
    """Explained outputs, each a combination of the black box's columns.

    A single output, a sum such as "cat or dog" and a contrast such as "why cat and not
    dog" are all columns of `factors`, so that each has its own fit, and with it the
    right uncertainty.

    Attributes
    ----------
    factors : ndarray of shape (n_outputs, n_targets)
        What each output counts in each target.
    keys : tuple of int or tuple
        How an explanation calls its targets: the column, the columns of a sum, or pairs
        of columns and factors.
    names : tuple of str
        Their names, such as ``"cat + dog"`` or ``"cat - dog"``.
    """

    factors: np.ndarray
    keys: tuple[Any, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.keys)

    def of(self, answers: np.ndarray) -> np.ndarray:
        """Return the answers (n_rows, n_targets) that the targets stand for."""
        if all(isinstance(key, int) for key in self.keys):
            # A plain column is taken as it is, to the last digit.
            return answers[:, list(self.keys)]
        return answers @ self.factors

    def kept(self) -> Targets:
        """Return the same targets of answers that `of` has combined already."""
        return Targets(np.eye(len(self)), tuple(range(len(self))), self.names)


def resolve_targets(
    request: Any,
    names: list[str],
    classify: bool,
    answer: np.ndarray | None = None,
    sizes: Sequence[int] | None = None,
) -> Targets | None:
    """Return the targets that a user asked for.

    Parameters
    ----------
    request : "predicted", "all", "top=k", int, str, mapping or a list of these or \
            tuples
        "predicted" is the largest answer of a classifier, and every output otherwise.
        A tuple in a list is the sum of its columns, a mapping from columns to factors
        any combination of them.
    names : list of str
        Names of the outputs.
    classify : bool
        Whether the answers compete with each other.
    answer : ndarray of shape (n_outputs,) or None, default=None
        The black box's answer for the instance; None before it is asked.
    sizes : sequence of int or None, default=None
        Number of classes of each of several outputs, which compete among themselves;
        None where all do.

    Returns
    -------
    targets : Targets or None
        The most probable first for "top=k". None where only the answer can tell.

    Raises
    ------
    ValueError
        If an output is not there, whether or not the answer is known.
    """
    columns: list[Any]
    top = _top(request, len(names))
    is_predicted = isinstance(request, str) and request == "predicted" and classify
    if is_predicted:
        if answer is None:
            return None
        columns = _largest(answer, sizes)
    elif top is not None:
        if answer is None:
            return None
        columns = [int(c) for c in np.argsort(-answer, kind="stable")[:top]]
    elif isinstance(request, str) and request in ("all", "predicted"):
        columns = list(range(len(names)))
    else:
        is_one = isinstance(request, (str, Real, Mapping))
        columns = [request] if is_one else list(request)
        if not columns:
            raise ValueError("targets is empty, expected at least one output.")
    return _combine([_read(column, names) for column in columns], names)


def _largest(answer: np.ndarray, sizes: Sequence[int] | None) -> list[int]:
    """Return the column of the largest answer of each output."""
    parts = np.split(answer, np.cumsum(sizes)[:-1]) if sizes else [answer]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    return [int(a + part.argmax()) for a, part in zip(starts[:-1], parts, strict=True)]


def _top(request: Any, n_outputs: int) -> int | None:
    """Return k of "top=k", or None where the request is another."""
    match = isinstance(request, str) and re.fullmatch(r"top\s*=\s*(\d+)", request)
    if not match:
        return None
    if not 1 <= int(match[1]) <= n_outputs:
        raise ValueError(
            f"targets is {request!r}, expected 'top=k' with k from 1 to {n_outputs}, "
            "the number of columns that the black box answers."
        )
    return int(match[1])


def _read(target: Any, names: list[str]) -> dict[int, float]:
    """Return the factor of each column of one target."""
    if isinstance(target, Mapping):
        return _read_factors(target, names)
    if not isinstance(target, (tuple, list)):
        return {_column(target, names): 1.0}
    columns = [_column(part, names) for part in target]
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(
            f"targets has the sum {target!r}, expected at least one column, and each "
            "once."
        )
    return dict.fromkeys(columns, 1.0)


def _read_factors(target: Mapping, names: list[str]) -> dict[int, float]:
    factors: dict[int, float] = {}
    for part, factor in target.items():
        column = _column(part, names)
        is_number = isinstance(factor, Real) and 0 < abs(float(factor)) < np.inf
        if not is_number or column in factors:
            raise ValueError(
                f"targets has {dict(target)!r}, expected a number that is not 0 for "
                "each column, and each column once."
            )
        factors[column] = float(factor)
    if not factors:
        raise ValueError("targets has an empty mapping, expected at least one column.")
    return factors


def _column(target: Any, names: list[str]) -> int:
    found = find_class(target, names)
    if found is not None:
        return found
    is_column = isinstance(target, Integral) and not numbers_of(names)
    if is_column and -len(names) <= int(target) < len(names):
        return int(target) % len(names)
    by = f"a column from 0 to {len(names) - 1} or one of the names {names[:8]}"
    if numbers_of(names):
        by = f"or one of the classes {', '.join(names[:8])}"
    raise ValueError(
        f"targets has {target!r}, but the black box answers {len(names)} column(s): "
        f"expected 'predicted', 'all', 'top=k', {by}."
    )


def _combine(targets: list[dict[int, float]], names: list[str]) -> Targets:
    factors = np.zeros((len(names), len(targets)))
    for t, target in enumerate(targets):
        factors[list(target), t] = list(target.values())
    return Targets(
        factors,
        tuple(_key(target) for target in targets),
        tuple(_name(target, names) for target in targets),
    )


def _key(target: dict[int, float]) -> Any:
    if set(target.values()) != {1.0}:
        return tuple(target.items())
    columns = tuple(target)
    return columns[0] if len(columns) == 1 else columns


def _name(target: dict[int, float], names: list[str]) -> str:
    """Return a name such as ``"cat + dog"``, ``"cat - dog"`` or ``"2 cat - dog"``."""
    text = ""
    for column, factor in target.items():
        sign = " - " if factor < 0 else " + "
        size = "" if abs(factor) == 1 else f"{abs(factor):g} "
        text += f"{sign}{size}{names[column]}"
    return text.removeprefix(" + ") if text.startswith(" + ") else f"-{text[3:]}"
