"""Bins that tell the classes apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import check_consistent_length, column_or_1d

from sklearn_baylime.base._sklearn import Interval, StrOptions
from sklearn_baylime.representation.table._discretizer import BaseDiscretizer

# More distinct floats than this are no classes.
_MOST_CLASSES = 20


def rank_columns(values: Any) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return each value's rank among its column's distinct ones, and these.

    Trees compare 32-bit numbers, in which close values of a column fall together; ranks
    do not. Missing values stay NaN.
    """
    ranks = np.full(values.shape, np.nan)
    distinct = []
    for j, column in enumerate(values.T):
        there = ~np.isnan(column)
        known, ranks[there, j] = np.unique(column[there], return_inverse=True)
        distinct.append(known)
    return ranks, distinct


def borders_of_tree(tree: Any, distinct: list[np.ndarray]) -> list[np.ndarray]:
    """Return the thresholds of a tree grown on ranks, as values, column by column."""
    inner = tree.children_left >= 0
    borders = []
    for j, known in enumerate(distinct):
        below = np.floor(tree.threshold[inner & (tree.feature == j)])
        # A threshold beyond all ranks, even at infinity, parts missing values from the
        # others.
        inside = (below >= 0) & (below < len(known) - 1)
        below = np.unique(below[inside].astype(int))
        low, high = known[below], known[below + 1]
        between = 0.5 * low + 0.5 * high
        # Between neighbouring floats there is none: the upper one stays above.
        between = np.where((low <= between) & (between < high), between, low)
        borders.append(between)
    return borders


def holds_numbers(y: np.ndarray) -> bool:
    """Tell numbers from classes: floats with fractions, or of many values."""
    if y.dtype.kind != "f":
        return False
    return bool((y != np.round(y)).any()) or len(np.unique(y)) > _MOST_CLASSES


class EntropyDiscretizer(BaseDiscretizer):
    """Bins at the thresholds of decision trees for the classes, as LIME has them.

    Parameters
    ----------
    max_depth : int, default=3
        Depth of the trees: at most ``2 ** max_depth`` bins a column. A column in which
        the tree finds nothing is cut at its median.

    criterion : "auto", "entropy" or "squared_error", default="auto"
        What the trees make small: the entropy of classes, or the squared error of
        numbers (regression). "auto" takes floats for numbers if some have fractions or
        more than 20 differ, and all else for classes.

    joint : bool, default=False
        Whether one tree over all columns sets the borders, which are then fewer and
        aware of the other columns. Columns it does not use stay one bin, whose weight
        is 0.

    categorical_features : array-like of int or str, default=None
        Indices or names of columns to treat as categories. Columns of strings,
        booleans and frame categories are categories without being named.

    categorical_names : dict or None, default=None
        Names of the categories of columns, by index or name: a list for the values 0,
        1, ..., or a dict from values to names.

    feature_names : array-like of str or None, default=None
        Names of the columns of an array; frames bring their own.

    random_state : int, RandomState instance or None, default=None
        Seed of the trees and of the values drawn within bins.

    Attributes
    ----------
    borders_ : list of (ndarray or None)
        Inner borders of each numeric column, None for a categorical one.

    categories_ : list of (ndarray or None)
        Values of each categorical column, None for a numeric one.

    n_bins_ : ndarray of int of shape (n_features,)
        Number of codes of each column.

    frequencies_ : list of ndarray
        Share of each code of each column in the background.

    n_features_in_ : int
        Number of columns seen during fit.

    See Also
    --------
    QuantileDiscretizer : Bins that need no classes.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import EntropyDiscretizer
    >>> X = np.arange(12.0).reshape(-1, 1)
    >>> discretizer = EntropyDiscretizer().fit(X, X[:, 0] > 8)
    >>> discretizer.at([4.0]).get_feature_names_out()
    array(['x0 <= 8.5'], dtype=object)
    """

    _parameter_constraints: dict = {
        "max_depth": [Interval(Integral, 1, None, closed="left")],
        "criterion": [StrOptions({"auto", "entropy", "squared_error"})],
        "joint": ["boolean"],
        **BaseDiscretizer._parameter_constraints,
    }

    def __init__(
        self,
        max_depth: int = 3,
        *,
        criterion: str = "auto",
        joint: bool = False,
        categorical_features: ArrayLike | None = None,
        categorical_names: Mapping[Any, Any] | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.max_depth = max_depth
        self.criterion = criterion
        self.joint = joint
        self.categorical_features = categorical_features
        self.categorical_names = categorical_names
        self.feature_names = feature_names
        self.random_state = random_state

    def _check_target(self, y: Any) -> None:
        if y is None:
            raise ValueError(
                "EntropyDiscretizer requires y to be passed, but the target y is None: "
                "give the classes, as in explainer.fit(X, y)."
            )

    def _find_all_borders(self, values: Any, y: Any) -> list:
        y = column_or_1d(y)
        check_consistent_length(values, y)
        ranks, distinct = rank_columns(values)
        tree = self._make_tree(y)
        if self.joint:
            borders = borders_of_tree(tree.fit(ranks, y).tree_, distinct)
            return [
                border if known is None else None
                for border, known in zip(borders, self.categories_, strict=True)
            ]
        return [
            self._borders_alone(tree, ranks[:, j], distinct[j], y)
            if known is None
            else None
            for j, known in enumerate(self.categories_)
        ]

    def _borders_alone(
        self, tree: Any, ranks: np.ndarray, distinct: Any, y: Any
    ) -> np.ndarray:
        there = ~np.isnan(ranks)
        tree = tree.fit(ranks[there, None], y[there]).tree_
        border = borders_of_tree(tree, [distinct])[0]
        if len(border) == 0:
            border = np.array([np.median(distinct[ranks[there].astype(int)])])
        return border

    def _make_tree(self, y: Any) -> Any:
        settings = {"max_depth": self.max_depth, "random_state": self.random_state}
        criterion = self.criterion
        if criterion == "auto":
            criterion = "squared_error" if holds_numbers(y) else "entropy"
        if criterion == "squared_error":
            return DecisionTreeRegressor(**settings)
        return DecisionTreeClassifier(criterion="entropy", **settings)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
