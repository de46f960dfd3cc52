"""Tables of any kind as one matrix of numbers, and back with their own types."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np

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
    """

    kind: str
    names: list[str]
    labels: list[Any]
    dtypes: list[Any]
    categories: list[np.ndarray | None]
    whole: np.ndarray
    missing: list[Any]

    def position(self, column, parameter: str) -> int:
        """Return the index of a column given by index or name in a parameter."""
        return next(iter(_chosen_columns([column], self.names, parameter)))

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

    def grid_of(self, j: int):
        """Return which numbers column `j` can hold: "whole" ones, or a float type."""
        if self.whole[j]:
            return "whole"
        narrow = {"float16": np.float16, "float32": np.float32}
        return narrow.get(str(self.dtypes[j]).lower(), np.float64)

    def encode(self, X) -> np.ndarray:
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

    def decode(self, values: np.ndarray, first=None):
        """Return `values` as a table of this layout, integers and booleans restored.

        `first` is a table of one row that takes the place of row 0.
        """
        if self.kind == "pandas":
            return self._decode_to_pandas(values, first)
        if self.kind == "array" and not self.has_categories:
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

    def _decode_to_pandas(self, values, first):
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
                array[0] = first.iloc[0, j]
            # Strings among objects would become a type of their own.
            loose = str(self.dtypes[j]) == "object"
            columns[label] = pandas.Series(array, dtype=object) if loose else array
        return pandas.DataFrame(columns, copy=False)

    def _is_plain(self, j) -> bool:
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

    def _as_pandas(self, j, column):
        series = sys.modules["pandas"].Series(column, dtype=self.dtypes[j])
        return series.array.copy()

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

    def _encode_column(self, j, column):
        categories, name = self.categories[j], self.names[j]
        gaps = _find_missing(column)
        if gaps.any() and not self.has_missing[j]:
            raise ValueError(
                f"Column {name!r} has a missing value (first in row "
                f"{int(np.argmax(gaps))}), but none was missing in fit: impute it, or "
                "fit on rows that have NaN or None there."
            )
        if categories is None:
            return _as_numbers(column, name, gaps)
        position = self._positions[j]
        try:
            return [
                len(categories) if gap else position[value]
                for value, gap in zip(column.tolist(), gaps.tolist(), strict=True)
            ]
        except KeyError as error:
            raise ValueError(
                f"Column {self.names[j]!r} has the unknown category {error.args[0]!r}, "
                f"expected one of {_shorten(categories.tolist())}."
            ) from None

    def _decode_column(self, j, column):
        categories = self.categories[j]
        if categories is not None:
            if self.has_missing[j]:
                categories = _with_last(categories, self.missing[j])
            return categories[column.astype(np.intp)]
        whole = self.whole[j] and str(self.dtypes[j]) == "object"
        if not (self.has_missing[j] and (whole or self.missing[j] is None)):
            return column.astype(np.int64).astype(object) if whole else column
        gaps = np.isnan(column)
        values = np.where(gaps, 0, column).astype(np.int64 if whole else np.float64)
        values = values.astype(object)
        values[gaps] = self.missing[j]
        return values


def read_layout(X, categorical_features=None, feature_names=None) -> Table:
    """Find out the layout of `X` and which of its columns are categorical.

    Columns of strings, other objects, booleans and pandas or polars categories are
    categorical on their own; `categorical_features` adds indices or names.
    `feature_names` name the columns of an array.
    """
    kind = kind_of(X)
    names, dtypes = names_and_dtypes(X, kind, feature_names)
    labels = names if kind == "array" else list(X.columns)
    chosen = _chosen_columns(categorical_features, names)
    categories: list[np.ndarray | None] = []
    missing: list[Any] = []
    whole = np.zeros(len(names), dtype=bool)
    for j, column in enumerate(columns_of(X)):
        gaps = _find_missing(column)
        missing.append(_missing_value(X, column, j, gaps))
        present = column[~gaps]
        if gaps.all():
            raise ValueError(
                f"Column {names[j]!r} has missing values only, expected some others; "
                "drop the column."
            )
        if j in chosen or not _is_numeric(present):
            categories.append(_categories_of(present, names[j]))
        else:
            categories.append(None)
            numbers = _as_numbers(column, names[j], gaps)[~gaps]
            # Beyond 2^53 every float is a whole number, which then means nothing.
            exact = np.abs(numbers).max(initial=0) < 2**53
            whole[j] = bool(exact and (numbers == np.round(numbers)).all())
    return Table(kind, names, labels, dtypes, categories, whole, missing)


def kind_of(X) -> str:
    """Return "pandas", "polars" or "array"."""
    for kind in ("pandas", "polars"):
        module = sys.modules.get(kind)
        if module is not None and isinstance(X, module.DataFrame):
            return kind
    return "array"


def columns_of(X) -> list[np.ndarray]:
    """Return the columns of an array or frame as one-dimensional arrays."""
    if kind_of(X) == "array":
        return list(np.asarray(X).T)
    return [np.asarray(X[name]) for name in X.columns]


def build_table(table: Table, columns: list[np.ndarray]):
    """Put columns together as a table of the given layout."""
    if table.kind == "array":
        return np.stack([np.asarray(c, dtype=table.dtypes[0]) for c in columns], axis=1)
    module = sys.modules[table.kind]
    if table.kind == "pandas":
        series = {
            label: module.Series(column, dtype=dtype)
            for label, column, dtype in zip(
                table.labels, columns, table.dtypes, strict=True
            )
        }
        return module.DataFrame(series)
    return module.DataFrame(
        [
            module.Series(name, column.tolist(), dtype=dtype, strict=False)
            for name, column, dtype in zip(
                table.names, columns, table.dtypes, strict=True
            )
        ]
    )


def as_one_row(x, table: Table) -> tuple[Any, np.ndarray]:
    """Return the instance `x` as a table of one row, and as numbers (1, n_features).

    It may come as a row, a record or a table.

    Raises
    ------
    ValueError
        If `x` is not one row of the right width, lacks a column, or has a value that
        its column cannot hold.
    """
    if _is_row_of(x, table):
        return x, table.encode(x)
    columns = _columns_of_one_row(x, table)
    values = table.encode_columns(columns)
    if table.is_plain and (np.abs(np.nan_to_num(values)) < 2**53).all():
        row = table.decode(values)
        if np.array_equal(table.encode(row), values, equal_nan=True):
            return row, values
    try:
        row = build_table(table, columns)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"The instance does not fit the columns' types {table.dtypes}: {error}"
        ) from None
    held = zip(table.names, columns, columns_of(row), strict=True)
    for j, (name, given, kept) in enumerate(held):
        if table.categories[j] is None and not _same_number(given, kept, name):
            if np.dtype(np.asarray(kept).dtype).kind != "f":
                raise ValueError(
                    f"The instance has {given[0]} in column {name!r}, which holds "
                    f"{table.dtypes[j]}; fit on rows of a type that can hold it."
                )
    return row, table.encode(row)


def _is_row_of(x, table: Table) -> bool:
    """Tell a row of a pandas frame like the one that was read."""
    return (
        table.kind == "pandas"
        and kind_of(x) == "pandas"
        and x.shape == (1, len(table.labels))
        and list(x.columns) == table.labels
        and list(x.dtypes) == table.dtypes
    )


def _columns_of_one_row(x, table: Table) -> list[np.ndarray]:
    """Return the instance's values, one array of length 1 a column."""
    if kind_of(x) == "array" and not hasattr(x, "keys"):
        numeric = table.kind == "array" and table.dtypes[0].kind != "O"
        row = np.asarray(x, dtype=None if numeric else object)
        row = row[None] if row.ndim == 1 else row
        _check_one_row(row.shape, table)
        return list(row.T)
    if len(getattr(x, "shape", ())) == 2:
        _check_one_row(x.shape, table)
        if kind_of(x) == "polars":
            # As an array a missing number would be NaN, which is another value there.
            x = x.row(0, named=True)
        else:
            x = {label: np.asarray(x[label])[0] for label in x.columns}
    missing = [label for label in table.labels if label not in x]
    if missing:
        raise ValueError(
            f"The instance lacks the column(s) {_shorten(missing)}; it was expected to "
            f"have {_shorten(table.labels)}."
        )
    return [np.array([x[label]], dtype=object) for label in table.labels]


def _check_one_row(shape, table):
    expected = (1, len(table.names))
    if tuple(shape) != expected:
        raise ValueError(
            f"The instance has shape {tuple(shape)}, expected one row of "
            f"{len(table.names)} columns, {expected[1:]} or {expected}."
        )


def names_and_dtypes(X, kind, feature_names) -> tuple[list[str], list[Any]]:
    """Return the columns' names and the container's types of them."""
    n_features = X.shape[1]
    if feature_names is not None and len(feature_names) != n_features:
        raise ValueError(
            f"feature_names has {len(feature_names)} names, expected one for each of "
            f"the {n_features} columns."
        )
    if kind == "array":
        names = feature_names
        if names is None:
            names = [f"x{j}" for j in range(n_features)]
        return [str(name) for name in names], [X.dtype] * n_features
    names = [str(name) for name in X.columns]
    if feature_names is not None and list(feature_names) != names:
        raise ValueError(
            f"feature_names are {_shorten(list(feature_names))}, but the frame's "
            f"columns are {_shorten(names)}; leave feature_names out."
        )
    return names, list(X.dtypes)


def _chosen_columns(columns, names, parameter="categorical_features") -> set[int]:
    """Return the indices meant by indices or names."""
    chosen = set()
    for column in () if columns is None else columns:
        if isinstance(column, str) and column in names:
            chosen.add(names.index(column))
        elif isinstance(column, Integral) and -len(names) <= int(column) < len(names):
            chosen.add(int(column) % len(names))
        else:
            raise ValueError(
                f"{parameter} has {column!r}, expected an index from 0 to "
                f"{len(names) - 1} or one of the names {_shorten(names)}."
            )
    return chosen


def _is_numeric(column: np.ndarray) -> bool:
    if column.dtype.kind in "iuf":
        return True
    if column.dtype.kind != "O":
        return False
    return all(
        isinstance(v, (int, float, np.number)) for v in column.tolist()
    ) and not (any(isinstance(v, bool) for v in column.tolist()))


def _as_numbers(column, name, gaps=None):
    """Return floats, NaN where a value is missing (in `gaps`)."""
    gaps = _find_missing(column) if gaps is None else gaps
    if column.dtype.kind not in "iuf" and gaps.any():
        column = column.copy()
        column[gaps] = np.nan
    try:
        numbers = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"Column {name!r} has values that are not numbers, such as "
            f"{column[~gaps].tolist()[0]!r}, expected numbers; name it in "
            "categorical_features if it holds categories."
        ) from None
    bad = np.isinf(numbers)
    if bad.any():
        first = int(np.argmax(bad))
        raise ValueError(
            f"Column {name!r} contains infinity (first in row {first}: "
            f"{numbers[first]}), expected finite numbers; mend or drop such rows."
        )
    return numbers


def _same_number(given, kept, name) -> bool:
    pair = _as_numbers(given, name)[0], _as_numbers(kept, name)[0]
    return bool(pair[0] == pair[1] or np.isnan(pair).all())


def _categories_of(column, name):
    try:
        return np.unique(column)
    except TypeError:
        kinds = sorted({type(value).__name__ for value in column.tolist()})
        raise ValueError(
            f"Column {name!r} mixes values of the types {kinds}, expected one of them."
        ) from None


def _find_missing(column: np.ndarray) -> np.ndarray:
    """Tell which values are missing: NaN, None or a frame's NA."""
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind in "iubUS":
        return np.zeros(len(column), dtype=bool)
    return np.array([_is_missing(value) for value in column.tolist()], dtype=bool)


def _missing_value(X, column, j, gaps):
    """Return how a column says that a value is missing."""
    if not gaps.any():
        return Missing.NEVER
    if kind_of(X) == "polars":
        return None if X.to_series(j).null_count() else np.nan
    return column[int(np.argmax(gaps))]


def _with_last(categories, value):
    longer = np.empty(len(categories) + 1, dtype=object)
    longer[:-1], longer[-1] = categories, value
    if categories.dtype.kind == "f" and isinstance(value, float):
        return longer.astype(categories.dtype)
    return longer


def _is_missing(value) -> bool:
    """Tell None, NaN and pandas' NA, which is neither equal nor unequal to itself."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def _shorten(values, most=8):
    shown = ", ".join(repr(v) for v in values[:most])
    rest = len(values) - most
    return f"[{shown}, ... ({rest} more)]" if rest > 0 else f"[{shown}]"
