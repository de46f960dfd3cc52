"""Trees of every kind as nodes of one form, and their leaves as boxes.

A leaf is reached by the rows whose value of each column is in a range ``(low, high]``,
is missing where that is allowed, or is one of the allowed categories: a product over
columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Tree:
    """Nodes of a binary tree; row 0 is the root.

    Attributes
    ----------
    left, right : ndarray of int of shape (n_nodes,)
        Children of each node, -1 at a leaf.
    column : ndarray of int of shape (n_nodes,)
        Column of the table that the node looks at, 0 at a leaf.
    threshold : ndarray of shape (n_nodes,)
        Largest number (float64) that goes left; infinite where categories decide.
    left_set : ndarray of bool of shape (n_nodes, n_sets)
        Whether each category of the column goes left; missing and unknown values come
        last. Trees without categories have that last place only.
    values : ndarray of shape (n_nodes, n_values)
        Answers of the leaves.
    """

    left: np.ndarray
    right: np.ndarray
    column: np.ndarray
    threshold: np.ndarray
    left_set: np.ndarray
    values: np.ndarray

    def used(self) -> np.ndarray:
        """Return the columns that decide somewhere, sorted."""
        return np.unique(self.column[self.left >= 0])


@dataclass(frozen=True)
class Boxes:
    """Leaves of one tree in the columns that the tree looks at.

    Attributes
    ----------
    columns : ndarray of int of shape (n_used,)
        Sorted columns of the table.
    low, high : ndarray of int of shape (n_leaves, n_used)
        Ends of the ranges, as positions in `Cuts.values`.
    allowed : ndarray of bool of shape (n_leaves, n_used, n_sets)
        Allowed categories, last the missing values.
    values : ndarray of shape (n_leaves, n_values)
        Answers of the leaves.
    """

    columns: np.ndarray
    low: np.ndarray
    high: np.ndarray
    allowed: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Cuts:
    """All thresholds of an ensemble, column after column.

    Attributes
    ----------
    values : ndarray of shape (n_cuts,)
        Distinct thresholds of each column, from -inf to inf, both always there.
    ends : ndarray of int of shape (n_columns + 1,)
        Column j has the positions ``ends[j]`` to ``ends[j + 1] - 1``.
    """

    values: np.ndarray
    ends: np.ndarray


def read_tree(tree: Any, columns: Any = None) -> Tree:
    """Read a `tree_` of scikit-learn; `columns` are those of the table it was fed."""
    column = np.where(tree.children_left < 0, 0, tree.feature)
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        column=column if columns is None else np.asarray(columns)[column],
        threshold=threshold_of_doubles(tree.threshold),
        left_set=tree.missing_go_to_left.astype(bool)[:, None],
        # Outputs of several regressions, else shares of the classes of one output.
        values=tree.value[:, :, 0] if tree.n_outputs > 1 else tree.value[:, 0, :],
    )


def read_histogram_tree(predictor: Any, columns: np.ndarray, n_categories: int) -> Tree:
    """Read a tree of histogram gradient boosting.

    `columns` undoes the order in which the model keeps its columns; `n_categories` is
    the largest number of categories of any column.
    """
    nodes = predictor.nodes
    leaf, by_category = nodes["is_leaf"] != 0, nodes["is_categorical"] != 0
    left_set = np.zeros((len(nodes), n_categories + 1), dtype=bool)
    if n_categories:
        packed = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][by_category]]
        bits = np.unpackbits(packed.view(np.uint8), axis=1, bitorder="little")
        left_set[by_category, :-1] = bits[:, :n_categories]
    left_set[:, -1] = nodes["missing_go_to_left"]
    return Tree(
        left=np.where(leaf, -1, nodes["left"].astype(np.intp)),
        right=np.where(leaf, -1, nodes["right"].astype(np.intp)),
        column=columns[np.where(leaf, 0, nodes["feature_idx"])],
        threshold=np.where(by_category, np.inf, nodes["num_threshold"]),
        left_set=left_set,
        values=nodes["value"][:, None],
    )


def threshold_of_doubles(threshold: np.ndarray) -> np.ndarray:
    """Return the largest double whose rounding to single is at most the threshold.

    scikit-learn's trees round a row to float32 before they compare it. The numbers that
    become ``f`` end half-way to the next one; half-way itself is rounded to the even.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.exact._boxes import threshold_of_doubles
    >>> threshold_of_doubles(np.array([1.0])) - 1.0 == 2.0**-24
    array([ True])
    """
    with np.errstate(over="ignore", under="ignore"):
        single = threshold.astype(np.float32)
        below = np.nextafter(single, np.float32(-np.inf))
        single = np.where(single > threshold, below, single)
        above = np.nextafter(single, np.float32(np.inf)).astype(np.float64)
        half = 0.5 * single.astype(np.float64) + 0.5 * above
        stays = half.astype(np.float32) <= single
    return np.where(stays, half, np.nextafter(half, -np.inf))


def collect_cuts(trees: list[Tree], n_columns: int) -> tuple[Cuts, list[np.ndarray]]:
    """Return the cuts of all trees, and for each tree its nodes' positions in them."""
    column = np.concatenate([tree.column for tree in trees])
    threshold = np.concatenate([tree.threshold for tree in trees])
    inner = np.concatenate([tree.left >= 0 for tree in trees])
    position = np.zeros(len(column), dtype=np.intp)
    values, ends = [], [0]
    for j in range(n_columns):
        here = inner & (column == j)
        distinct = np.unique(np.r_[-np.inf, threshold[here], np.inf])
        position[here] = ends[-1] + np.searchsorted(distinct, threshold[here])
        values.append(distinct)
        ends.append(ends[-1] + len(distinct))
    sizes = [len(tree.column) for tree in trees]
    cuts = Cuts(np.concatenate(values), np.array(ends))
    return cuts, np.split(position, np.cumsum(sizes)[:-1])


def leaf_boxes(tree: Tree, position: np.ndarray, ends: np.ndarray) -> Boxes:
    """Follow the ranges and the allowed categories from the root to the leaves.

    `position` says where each node's threshold stands among the cuts, `ends` where the
    columns' cuts begin. All nodes of the same depth go together.
    """
    inner = tree.left >= 0
    columns = tree.used()
    place = np.searchsorted(columns, tree.column)
    shape = (len(tree.left), len(columns))
    low, high = np.empty((2, *shape), dtype=np.intp)
    allowed = np.ones((*shape, tree.left_set.shape[1]), dtype=bool)
    low[0], high[0] = ends[columns], ends[columns + 1] - 1
    level = np.flatnonzero(inner[:1])
    while len(level):
        left, right, at = tree.left[level], tree.right[level], place[level]
        for bound in (low, high, allowed):
            bound[left] = bound[right] = bound[level]
        high[left, at] = np.minimum(high[level, at], position[level])
        low[right, at] = np.maximum(low[level, at], position[level])
        allowed[left, at] &= tree.left_set[level]
        allowed[right, at] &= ~tree.left_set[level]
        level = np.concatenate([left, right])
        level = level[inner[level]]
    low, high, allowed = low[~inner], high[~inner], allowed[~inner]
    # No row is above one threshold and not above a smaller one.
    return Boxes(columns, low, np.maximum(low, high), allowed, tree.values[~inner])
