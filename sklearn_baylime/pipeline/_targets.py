"""Which columns of the black box's answers are explained."""

from __future__ import annotations

import re
from numbers import Integral

import numpy as np


def resolve_targets(targets, answer: np.ndarray, names: list[str], classify: bool):
    """Return the columns to explain.

    Parameters
    ----------
    targets : "predicted", "all", "top=k", int, str or a list of int or str
        "predicted" is the largest answer of a classifier, and every output otherwise.
    answer : ndarray of shape (n_outputs,)
        The black box's answer for the instance.
    names : list of str
        Names of the outputs.
    classify : bool
        Whether the answers compete with each other.

    Returns
    -------
    columns : list of int
        The most probable first for "top=k".
    """
    n_outputs = len(answer)
    if isinstance(targets, str):
        if targets == "all" or (targets == "predicted" and not classify):
            return list(range(n_outputs))
        if targets == "predicted":
            return [int(np.argmax(answer))]
        top = re.fullmatch(r"top\s*=\s*(\d+)", targets)
        if top:
            return np.argsort(-answer, kind="stable")[: int(top[1])].tolist()
    if isinstance(targets, (str, Integral)):
        targets = [targets]
    return [_column(target, names) for target in targets]


def _column(target, names):
    if isinstance(target, Integral) and -len(names) <= int(target) < len(names):
        return int(target) % len(names)
    if isinstance(target, str) and target in names:
        return names.index(target)
    raise ValueError(
        f"targets has {target!r}, but the black box answers {len(names)} column(s): "
        f"expected 'predicted', 'all', 'top=k', a column from 0 to {len(names) - 1} "
        f"or one of the names {names[:8]}."
    )
