"""Tables of any kind as one matrix of numbers, and back with their own types."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np

from sklearn_baylime.base._columns import column_position, shorten
from sklearn_baylime.representation.table._columns import (
    as_numbers,
    as_objects,
    build_table,
    columns_of,
    find_missing,
    pandas_series,
    with_last,
)
from sklearn_baylime.representation.table._names import format_numbers

_INTEGERS = {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)}


class Missing(Enum):
    """How columns without missing values say so; a pickle keeps what it is."""

    NEVER = 0


@dataclass(frozen=True)
class Table:
    """The layout of a table: what must be known to rebuild it from a matrix.

    Attributes
    ----------
    kind : {"array", "pandas", "polars"}
    names : list of str
        Column names; "x0", "x1", ... for arrays.
    labels : list
        The columns' labels in a frame, which need not be strings.
    dtypes : list
        The container's own type of each column.
    categories : list of (ndarray or None)
        Sorted values of each categorical column, None for a numeric one.
    whole : ndarray of bool of shape (n_features,)
        Columns that hold whole numbers only.
    missing : list
        How each column says that a value is missing, such as NaN or None;
        `Missing.NEVER` where every value was there.
    scales : dict of int to TimeScale or DecimalScale
        How the values of columns become numbers that are quantities, but none of
        numpy's numbers, by index.
    """

    kind: str
    names: list[str]
    labels: list[Any]
    dtypes: list[Any]
    categories: list[np.ndarray | None]
    whole: np.ndarray
    missing: list[Any]
    scales: dict[int, Any] = field(default_factory=dict)

    def position(self, column: Any, parameter: str) -> int:
        """Return the index of a column given by index or name in a parameter."""
        return column_position(column, self.names, parameter)

    def integer_type(self, j: int) -> np.dtype | None:
        """Return the type of a column that can hold integers only, None for others."""
        name = str(self.dtypes[j]).lower()
        return np.dtype(name) if name in _INTEGERS else None

    @cached_property
    def has_missing(self) -> np.ndarray:
        """Which columns have missing values, (n_features,)."""
        return np.array([value is not Missing.NEVER for value in self.missing])

    @cached_property
    def has_categories(self) -> bool:
        """Whether any column is categorical."""
        return any(categories is not None for categories in self.categories)

    def grid_of(self, j: int) -> Any:
        """Return which numbers column `j` can hold.

        "whole" ones, multiples of a number, or those of a float type.
        """
        if self.whole[j]:
            return "whole"
        if j in self.scales:
            return self.scales[j].resolution or np.float64
        narrow = {"float16": np.float16, "float32": np.float32}
        return narrow.get(str(self.dtypes[j]).lower(), np.float64)

    def texts_of(self, j: int, numbers: Any) -> list[str]:
        """Return numbers of a column as a reader expects them, such as dates."""
        scale = self.scales.get(j)
        return format_numbers(numbers) if scale is None else scale.texts(numbers)

    def spread_text(self, j: int, number: float) -> str:
        """Return a difference of a column's numbers as a reader expects it."""
        scale = self.scales.get(j)
        return (
            format_numbers([number])[0] if scale is None else scale.spread_text(number)
        )

    def encode(self, X: Any) -> np.ndarray:
        """Return numbers (n_samples, n_features); a category becomes its position.

        A missing number is NaN, a missing category the position behind the last.
        """
        if isinstance(X, np.ndarray) and X.dtype.kind in "iuf":
            numbers = X.astype(np.float64, copy=False)
            if not self.has_categories and np.isfinite(numbers).all():
                return numbers
        return self.encode_columns(columns_of(X))

    def encode_columns(self, columns: list[np.ndarray]) -> np.ndarray:
        """Return the numbers of columns, checked one by one."""
        coded = [self._encode_column(j, column) for j, column in enumerate(columns)]
        return np.array(coded, dtype=np.float64).T

    def numbers_of(self, j: int, column: np.ndarray) -> np.ndarray:
        """Return a quantity's values as numbers, NaN where missing."""
        return self.scales[j].numbers(column, find_missing(column), self.names[j])

    def decode(self, values: np.ndarray, first: Any = None) -> Any:
        """Return `values` as a table of this layout, integers and booleans restored.

        `first` is a table of one row that takes the place of row 0.
        """
        if self.kind == "pandas":
            return self._decode_to_pandas(values, first)
        if self.kind == "array" and not self.has_categories and not self.scales:
            rows = values.astype(self.dtypes[0], copy=False)
        else:
            numbers = enumerate(values.T)
            rows = build_table(self, [self._decode_column(j, c) for j, c in numbers])
        if first is None:
            return rows
        if self.kind == "polars":
            return first.vstack(rows[1:])
        rows[0] = first[0]
        return rows

    def _decode_to_pandas(self, values: Any, first: Any) -> Any:
        """Take categories from arrays of the columns' own types, made only once."""
        pandas, columns = sys.modules["pandas"], {}
        for j, label in enumerate(self.labels):
            known, column = self._known_arrays[j], values[:, j]
            if known is not None:
                array = known.take(column.astype(np.intp))
            elif self._is_plain(j):
                array = column.astype(self.dtypes[j])
            else:
                array = self._as_pandas(j, self._decode_column(j, column))
            if first is not None:
                array = _with_first(array, first.iloc[:1, j].array)
            # Strings among objects would become a type of their own.
            loose = str(self.dtypes[j]) == "object"
            columns[label] = pandas.Series(array, dtype=object) if loose else array
        return pandas.DataFrame(columns, copy=False)

    def _is_plain(self, j: int) -> bool:
        """Tell columns of numbers that numpy knows."""
        return isinstance(self.dtypes[j], np.dtype) and self.dtypes[j].kind in "iuf"

    @cached_property
    def is_plain(self) -> bool:
        """Whether every column of a pandas frame is categories or plain numbers."""
        known = zip(range(len(self.names)), self.categories, strict=True)
        return self.kind == "pandas" and all(
            str(self.dtypes[j]) != "object"
            if categories is not None
            else self._is_plain(j)
            for j, categories in known
        )

    def _as_pandas(self, j: int, column: Any) -> Any:
        return pandas_series(column, self.dtypes[j]).array.copy()

    @cached_property
    def _known_arrays(self) -> list[Any]:
        """Categories of the columns of a pandas frame as it holds them."""
        return [
            None
            if categories is None
            else self._as_pandas(j, self._decode_column(j, np.arange(n)))
            for j, (categories, n) in enumerate(
                zip(self.categories, self.n_categories, strict=True)
            )
        ]

    @cached_property
    def n_categories(self) -> list[int]:
        """Number of categories of each column, with the missing one; 0 of numbers."""
        return [
            0 if categories is None else len(categories) + int(gap)
            for categories, gap in zip(self.categories, self.has_missing, strict=True)
        ]

    @cached_property
    def _positions(self) -> list[dict[Any, int] | None]:
        """Position of each category."""
        return [
            None if c is None else {value: i for i, value in enumerate(c.tolist())}
            for c in self.categories
        ]

    def _encode_column(self, j: int, column: Any) -> Any:
        categories, name = self.categories[j], self.names[j]
        gaps = find_missing(column)
        if gaps.any() and not self.has_missing[j]:
            raise ValueError(
                f"Column {name!r} has a missing value (first in row "
                f"{int(np.argmax(gaps))}), but none was missing in fit: impute it, or "
                "fit on rows that have NaN or None there."
            )
        if categories is None:
            if j in self.scales:
                return self.scales[j].numbers(column, gaps, name)
            return as_numbers(column, name, gaps)
        position, column = self._positions[j] or {}, as_objects(column)
        try:
            return [
                len(categories) if gap else position[value]
                for value, gap in zip(column.tolist(), gaps.tolist(), strict=True)
            ]
        except KeyError as error:
            raise ValueError(
                f"Column {self.names[j]!r} has the unknown category {error.args[0]!r}, "
                f"expected one of {shorten(categories.tolist())}."
            ) from None

    def _decode_column(self, j: int, column: Any) -> Any:
        categories = self.categories[j]
        if categories is not None:
            if self.has_missing[j]:
                categories = with_last(categories, self.missing[j])
            return categories[column.astype(np.intp)]
        if j in self.scales:
            gap = self.missing[j] if self.has_missing[j] else None
            return self.scales[j].values(column, gap)
        whole = self.whole[j] and str(self.dtypes[j]) == "object"
        if not (self.has_missing[j] and (whole or self.missing[j] is None)):
            return column.astype(np.int64).astype(object) if whole else column
        gaps = np.isnan(column)
        values = np.where(gaps, 0, column).astype(np.int64 if whole else np.float64)
        values = values.astype(object)
        values[gaps] = self.missing[j]
        return values


def _with_first(array: Any, first: Any) -> Any:
    """Return a column of a pandas frame whose first value is a given one."""
    try:
        array[0] = first[0]
    except TypeError:
        # Sparse columns take no single values.
        pandas = sys.modules["pandas"]
        parts = [pandas.Series(first), pandas.Series(array[1:])]
        return pandas.concat(parts).astype(array.dtype).array
    return array
