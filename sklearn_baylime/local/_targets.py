"""Which columns of the black box's answers are explained, alone or as sums."""

from __future__ import annotations

import re
from numbers import Integral

import numpy as np

# The columns whose sum is one target.
Target = tuple[int, ...]


def resolve_targets(
    targets, answer: np.ndarray, names: list[str], classify: bool
) -> list[Target]:
    """Return the columns to explain.

    Parameters
    ----------
    targets : "predicted", "all", "top=k", int, str or a list of int, str or tuple
        "predicted" is the largest answer of a classifier, and every output otherwise.
        A tuple in a list is the sum of its columns.
    answer : ndarray of shape (n_outputs,)
        The black box's answer for the instance.
    names : list of str
        Names of the outputs.
    classify : bool
        Whether the answers compete with each other.

    Returns
    -------
    columns : list of tuple of int
        The columns that each target sums up; the most probable first for "top=k".
    """
    n_outputs = len(answer)
    if isinstance(targets, str):
        if targets == "all" or (targets == "predicted" and not classify):
            return [(column,) for column in range(n_outputs)]
        if targets == "predicted":
            return [(int(np.argmax(answer)),)]
        top = re.fullmatch(r"top\s*=\s*(\d+)", targets)
        if top:
            order = np.argsort(-answer, kind="stable")[: int(top[1])]
            return [(int(column),) for column in order]
    if isinstance(targets, (str, Integral)):
        targets = [targets]
    return [_columns(target, names) for target in targets]


def answers_to(targets: list[Target], answers: np.ndarray) -> np.ndarray:
    """Return the answers (n_rows, n_targets) that targets stand for."""
    if all(len(target) == 1 for target in targets):
        return answers[:, [target[0] for target in targets]]
    return np.stack([answers[:, list(t)].sum(axis=1) for t in targets], axis=1)


def keys_of(targets: list[Target]) -> tuple[int | Target, ...]:
    """Return what an explanation calls its targets: a column, or those of a sum."""
    return tuple(target[0] if len(target) == 1 else target for target in targets)


def name_of(target: Target, names: list[str]) -> str:
    """Return the name of a target, such as ``"cat + dog"`` for a sum."""
    return " + ".join(names[column] for column in target)


def _columns(target, names) -> Target:
    if not isinstance(target, (tuple, list)):
        return (_column(target, names),)
    columns = tuple(_column(part, names) for part in target)
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(
            f"targets has the sum {target!r}, expected at least one column, and each "
            "once."
        )
    return columns


def _column(target, names) -> int:
    if isinstance(target, Integral) and -len(names) <= int(target) < len(names):
        return int(target) % len(names)
    if isinstance(target, str) and target in names:
        return names.index(target)
    raise ValueError(
        f"targets has {target!r}, but the black box answers {len(names)} column(s): "
        f"expected 'predicted', 'all', 'top=k', a column from 0 to {len(names) - 1} "
        f"or one of the names {names[:8]}."
    )
