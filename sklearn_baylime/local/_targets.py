"""What is explained: outputs of the black box, their sums and their contrasts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np


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
    keys : tuple of int, float or tuple
        How an explanation calls its targets: the column, the columns of a sum, or pairs
        of columns and factors. Where classes are numbers other than 0 ... k - 1, the
        class stands for its column.
    names : tuple of str
        Their names, such as ``"cat + dog"`` or ``"cat - dog"``.
    outputs : tuple of str
        Names of the black box's columns; empty where the answers are no longer theirs.
    """

    factors: np.ndarray
    keys: tuple[Any, ...]
    names: tuple[str, ...]
    outputs: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.keys)

    def of(self, answers: np.ndarray) -> np.ndarray:
        """Return the answers (n_rows, n_targets) that the targets stand for."""
        is_plain = (self.factors != 0).sum(axis=0) == 1
        if is_plain.all() and (self.factors.sum(axis=0) == 1).all():
            # A plain column is taken as it is, to the last digit.
            return answers[:, self.factors.argmax(axis=0)]
        return answers @ self.factors

    def largest(self, answer: np.ndarray, n: int = 20) -> dict[str, float] | None:
        """Return the `n` largest of the black box's answers by name, if it is known.

        All answers of a thousand classes would outweigh the rest of an explanation.
        """
        if len(self.outputs) != len(answer):
            return None
        order = np.sort(np.argsort(-answer, kind="stable")[:n])
        return {self.outputs[column]: float(answer[column]) for column in order}

    def kept(self) -> Targets:
        """Return the same targets of answers that `of` has combined already."""
        return Targets(np.eye(len(self)), tuple(range(len(self))), self.names)


def resolve_targets(
    request: Any,
    names: list[str],
    classify: bool,
    answer: np.ndarray | None = None,
    *,
    classes: Sequence[float] | None = None,
    groups: Sequence[int] | None = None,
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
    classes : sequence of float or None, default=None
        Classes of the columns where they are numbers other than 0 ... k - 1: then a
        number names a class, and no column.
    groups : sequence of int or None, default=None
        How many columns each of several outputs has: "predicted" is the largest of
        each.

    Returns
    -------
    targets : Targets or None
        The most probable first for "top=k". None where only the answer can tell.

    Raises
    ------
    ValueError
        If an output is not there, whether or not the answer is known.
    """
    top = _top(request, len(names))
    if isinstance(request, str) and request == "predicted" and (classify or groups):
        top = top or 1
    if top is not None:
        if answer is None:
            return None
        is_each = groups is not None and request == "predicted"
        sizes = groups if is_each else [len(names)]
        columns = _largest(answer, sizes or [], top)
    elif isinstance(request, str) and request in ("all", "predicted"):
        columns = list(range(len(names)))
    else:
        return _combine(_requested(request, names, classes), names, classes)
    return _combine([{column: 1.0} for column in columns], names, classes)


def _largest(answer: np.ndarray, sizes: Sequence[int], top: int) -> list[int]:
    """Return the columns of the largest answers of each output."""
    columns, first = [], 0
    for size in sizes:
        order = np.argsort(-answer[first : first + size], kind="stable")[:top]
        columns += [first + int(column) for column in order]
        first += size
    return columns


def _requested(
    request: Any, names: list[str], classes: Sequence[float] | None
) -> list[dict[int, float]]:
    """Return the factors of each target that is told by columns, classes or names."""
    is_one = isinstance(request, (str, Real, np.bool_, Mapping))
    if not is_one and not isinstance(request, Iterable):
        raise ValueError(
            f"targets is {request!r}, expected 'predicted', 'all', 'top=k', or outputs "
            f"by number or name, such as {names[:8]}."
        )
    targets = [request] if is_one else list(request)
    if not targets:
        raise ValueError("targets is empty, expected at least one output.")
    return [_read(target, names, classes) for target in targets]


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


def _read(
    target: Any, names: list[str], classes: Sequence[float] | None
) -> dict[int, float]:
    """Return the factor of each column of one target."""
    if isinstance(target, Mapping):
        return _read_factors(target, names, classes)
    if not isinstance(target, (tuple, list)):
        return {_column(target, names, classes): 1.0}
    columns = [_column(part, names, classes) for part in target]
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(
            f"targets has the sum {target!r}, expected at least one column, and each "
            "once."
        )
    return dict.fromkeys(columns, 1.0)


def _read_factors(
    target: Mapping, names: list[str], classes: Sequence[float] | None
) -> dict[int, float]:
    factors: dict[int, float] = {}
    for part, factor in target.items():
        column = _column(part, names, classes)
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


def _column(target: Any, names: list[str], classes: Sequence[float] | None) -> int:
    """Return the column of an output, by class, number or name."""
    if isinstance(target, str) and target in names:
        return names.index(target)
    is_number = isinstance(target, (Real, np.bool_)) and np.isfinite(float(target))
    if is_number and classes is not None:
        # A number that could be meant both ways is the class.
        if float(target) in classes:
            return list(classes).index(float(target))
        raise ValueError(
            f"targets has {target!r}, but the black box answers {len(names)} column(s) "
            f"of numbered classes: expected 'predicted', 'all', 'top=k', a name or one "
            f"of the classes {', '.join(map(str, classes[:8]))}."
        )
    if is_number and float(target).is_integer():
        if -len(names) <= int(target) < len(names):
            return int(target) % len(names)
    raise ValueError(
        f"targets has {target!r}, but the black box answers {len(names)} column(s): "
        f"expected 'predicted', 'all', 'top=k', a column from 0 to {len(names) - 1} "
        f"or one of the names {names[:8]}."
    )


def _combine(
    targets: list[dict[int, float]],
    names: list[str],
    classes: Sequence[float] | None,
) -> Targets:
    factors = np.zeros((len(names), len(targets)))
    for t, target in enumerate(targets):
        factors[list(target), t] = list(target.values())
    called = list(range(len(names)) if classes is None else classes)
    return Targets(
        factors,
        tuple(_key(target, called) for target in targets),
        tuple(_name(target, names) for target in targets),
        tuple(names),
    )


def _key(target: dict[int, float], called: list[Any]) -> Any:
    if set(target.values()) != {1.0}:
        return tuple((called[column], factor) for column, factor in target.items())
    columns = tuple(called[column] for column in target)
    return columns[0] if len(columns) == 1 else columns


def _name(target: dict[int, float], names: list[str]) -> str:
    """Return a name such as ``"cat + dog"``, ``"cat - dog"`` or ``"2 cat - dog"``."""
    text = ""
    for column, factor in target.items():
        sign = " - " if factor < 0 else " + "
        size = "" if abs(factor) == 1 else f"{abs(factor):g} "
        text += f"{sign}{size}{names[column]}"
    return text.removeprefix(" + ") if text.startswith(" + ") else f"-{text[3:]}"
