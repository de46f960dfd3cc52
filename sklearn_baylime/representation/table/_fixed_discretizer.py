"""Bins at borders that the user gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.representation.table._bins import check_borders
from sklearn_baylime.representation.table._discretizer import BaseDiscretizer


class FixedDiscretizer(BaseDiscretizer):
    """Bins at borders that the user gives, such as those of a guideline.

    Parameters
    ----------
    borders : dict or sequence
        Inner borders of each numeric column: a dict by index or name, or a sequence
        with one entry a column, None for categorical ones. An empty list leaves a
        column in one bin, which is no feature of the explanation then: its weight is 0.

    categorical_features : array-like of int or str, default=None
        Indices or names of columns to treat as categories. Columns of strings,
        booleans and frame categories are categories without being named.

    categorical_names : dict or None, default=None
        Names of the categories of columns, by index or name: a list for the values 0,
        1, ..., or a dict from values to names.

    feature_names : array-like of str or None, default=None
        Names of the columns of an array; frames bring their own.

    random_state : int, RandomState instance or None, default=None
        Seed of the values drawn within bins.

    Attributes
    ----------
    borders_ : list of (ndarray or None)
        Inner borders of each numeric column, None for a categorical one. A value on a
        border belongs to the lower bin.

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
    StatisticsDiscretizer : Borders and all else given, no data needed.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import FixedDiscretizer
    >>> X = np.column_stack([np.arange(12.0), np.arange(12) % 3])
    >>> discretizer = FixedDiscretizer({"age": [5, 9], "sex": []},
    ...                                feature_names=["age", "sex"]).fit(X)
    >>> discretizer.at([6, 1]).get_feature_names_out()
    array(['5 < age <= 9', 'sex (any value)'], dtype=object)
    """

    _parameter_constraints: dict = {
        "borders": [dict, "array-like"],
        **BaseDiscretizer._parameter_constraints,
    }

    def __init__(
        self,
        borders: Mapping[Any, ArrayLike] | Sequence[ArrayLike | None],
        *,
        categorical_features: ArrayLike | None = None,
        categorical_names: Mapping[Any, Any] | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.borders = borders
        self.categorical_features = categorical_features
        self.categorical_names = categorical_names
        self.feature_names = feature_names
        self.random_state = random_state

    def _find_all_borders(self, values: Any, y: Any) -> list:
        names, n_columns = self._layout.names, values.shape[1]
        if hasattr(self.borders, "items"):
            given = {}
            for column, borders in self.borders.items():
                j = self._layout.position(column, "borders")
                if j in given:
                    raise ValueError(
                        f"borders has two entries for column {names[j]!r}, expected "
                        "one, by index or by name."
                    )
                given[j] = borders
        elif len(self.borders) != n_columns:
            raise ValueError(
                f"borders has {len(self.borders)} entries, expected one for each of "
                f"the {n_columns} columns, None for categorical ones; or a dict."
            )
        else:
            given = {j: b for j, b in enumerate(self.borders) if b is not None}
        found: list = []
        for j, categories in enumerate(self.categories_):
            if categories is None and j not in given:
                raise ValueError(
                    f"borders has none for the numeric column {names[j]!r}, expected a "
                    "list of numbers; an empty one leaves it in one bin."
                )
            if categories is not None and j in given:
                raise ValueError(
                    f"borders has some for column {names[j]!r}, which is categorical, "
                    "expected none."
                )
            found.append(
                check_borders(given[j], names[j]) if categories is None else None
            )
        return found
