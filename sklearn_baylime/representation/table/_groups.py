"""Columns of a table that belong together, as a user names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sklearn_baylime.representation.table._table import Table


def read_groups(groups: Any, layout: Table) -> tuple[list[np.ndarray], list[Any]]:
    """Put the columns into components, in the order of their first columns.

    Parameters
    ----------
    groups : None, mapping of str to columns, or sequence of columns
        Columns by index or name; those that are not named are alone.
    layout : Table

    Returns
    -------
    components : list of ndarray of int
        Columns of each component.
    titles : list of (object or None)
        Names of those groups that a mapping names.

    Raises
    ------
    ValueError
        If a column is unknown or in two groups, or a group has none.
    """
    given: Any = [] if groups is None else groups
    has_names = isinstance(given, Mapping)
    lists = list(given.values()) if has_names else list(given)
    found = [
        np.array([layout.position(c, "groups") for c in part], dtype=int)
        for part in lists
    ]
    taken = np.concatenate([*found, np.empty(0, dtype=int)]).astype(int)
    if len(np.unique(taken)) < len(taken) or not all(len(part) for part in found):
        raise ValueError(
            f"groups is {groups!r}, expected at least one column in each group, and "
            "each column once."
        )
    titles: list[Any] = list(given) if has_names else [None] * len(found)
    alone = np.setdiff1d(np.arange(len(layout.names)), taken)
    found += [np.array([j]) for j in alone]
    titles += [None] * len(alone)
    order = np.argsort([part.min() for part in found])
    return [found[i] for i in order], [titles[i] for i in order]
