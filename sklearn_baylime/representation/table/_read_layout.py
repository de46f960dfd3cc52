"""The layout of a table, read from its background."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.base._columns import column_mask, shorten
from sklearn_baylime.representation.table._columns import (
    as_numbers,
    as_objects,
    columns_of,
    find_missing,
    is_category_type,
    is_zoned,
    kind_of,
)
from sklearn_baylime.representation.table._decimal_scale import decimal_scale
from sklearn_baylime.representation.table._period_scale import period_scale
from sklearn_baylime.representation.table._table import Missing, Table
from sklearn_baylime.representation.table._time_scale import time_scale

# Fewer categories than _SUSPECT are never doubted, _MANY always; between, those that
# have fewer rows each.
_SUSPECT, _MANY, _ROWS_EACH = 30, 200, 10

_SEVERAL = (list, tuple, dict, set, frozenset, np.ndarray)


def read_layout(
    X: Any,
    categorical_features: ArrayLike | None = None,
    feature_names: Sequence[str] | np.ndarray | None = None,
) -> Table:
    """Find out the layout of `X` and which of its columns are categorical.

    Columns of strings, other objects, booleans and pandas or polars categories,
    whatever their values, are categorical on their own; `categorical_features` adds
    indices or names. Dates, times, durations and decimals are quantities.
    `feature_names` name the columns of an array.
    """
    kind = kind_of(X)
    names, dtypes = names_and_dtypes(X, kind, feature_names)
    labels = names if kind == "array" else list(X.columns)
    chosen = column_mask(categorical_features, names)
    categories: list[np.ndarray | None] = []
    missing: list[Any] = []
    whole = np.zeros(len(names), dtype=bool)
    scales: dict[int, Any] = {}
    for j, column in enumerate(columns_of(X)):
        check_cells(column, names[j])
        gaps = find_missing(column)
        missing.append(_missing_value(X, column, j, gaps))
        present = column[~gaps]
        if gaps.all():
            raise ValueError(
                f"Column {names[j]!r} has missing values only, expected some others; "
                "drop the column."
            )
        is_category = chosen[j] or is_category_type(dtypes[j])
        scale = None if is_category else _scale_of(present, dtypes[j], names[j])
        if scale is not None:
            scales[j] = scale
        if is_category or (scale is None and not _is_numeric(present)):
            found = _categories_of(as_objects(present), names[j], dtypes[j])
            if not is_category:
                warn_of_no_categories(found, len(present), names[j])
            categories.append(found)
            continue
        categories.append(None)
        numbers = (
            as_numbers(column, names[j], gaps)
            if scale is None
            else scale.numbers(column, gaps, names[j])
        )[~gaps]
        # Beyond 2^53 every float is a whole number, which then means nothing.
        exact = np.abs(numbers).max(initial=0) < 2**53
        whole[j] = bool(exact and (numbers == np.round(numbers)).all())
    return Table(kind, names, labels, dtypes, categories, whole, missing, scales)


def _scale_of(present: np.ndarray, dtype: Any, name: str) -> Any:
    """Return how values that are ordered, but no numbers, become numbers, or None."""
    try:
        known = getattr(dtype, "time_zone", None)
        zone = None if known is None else ZoneInfo(known)
        scale: Any = time_scale(present, zoned=is_zoned(dtype), zone=zone)
    except ValueError as error:
        raise ValueError(
            f"Column {name!r} {error}, expected one of them: bring all to one zone."
        ) from None
    for find in (decimal_scale, period_scale):
        scale = find(present) if scale is None else scale
    return scale


def check_cells(column: np.ndarray, name: str) -> None:
    """Refuse cells that hold several values, and complex numbers.

    Raises
    ------
    TypeError
        With what to do instead.
    """
    if column.dtype.kind == "c":
        raise TypeError(
            f"Column {name!r} holds complex numbers, expected real ones: make columns "
            "of their parts, .real and .imag."
        )
    if column.ndim > 1:
        raise TypeError(
            f"Column {name!r} holds several values a cell, of shape "
            f"{column.shape[1:]}, expected one: make a column of each."
        )
    if column.dtype.kind != "O":
        return
    for value in column.tolist():
        if isinstance(value, _SEVERAL):
            raise TypeError(
                f"Column {name!r} has a {type(value).__name__} in a cell, "
                f"{value!r:.60}, expected one value: make columns of what it holds, or "
                "leave the column out."
            )
        if isinstance(value, complex | np.complexfloating):
            raise TypeError(
                f"Column {name!r} has the complex number {value!r}, expected real "
                "ones: make columns of their parts, .real and .imag."
            )


def names_and_dtypes(
    X: Any, kind: str, feature_names: Sequence[str] | np.ndarray | None
) -> tuple[list[str], list[Any]]:
    """Return the columns' names and the container's types of them."""
    n_features = X.shape[1]
    if feature_names is not None and len(feature_names) != n_features:
        raise ValueError(
            f"feature_names has {len(feature_names)} names, expected one for each of "
            f"the {n_features} columns."
        )
    if kind == "array":
        given = feature_names
        if given is None:
            given = [f"x{j}" for j in range(n_features)]
        return [str(name) for name in given], [X.dtype] * n_features
    names = [str(name) for name in X.columns]
    if feature_names is not None and list(feature_names) != names:
        raise ValueError(
            f"feature_names are {shorten(list(feature_names))}, but the frame's "
            f"columns are {shorten(names)}; leave feature_names out."
        )
    return names, list(X.dtypes)


def _is_numeric(column: np.ndarray) -> bool:
    if column.dtype.kind in "iuf":
        return True
    if column.dtype.kind != "O":
        return False
    return all(
        isinstance(v, (int, float, np.number)) for v in column.tolist()
    ) and not (any(isinstance(v, bool) for v in column.tolist()))


def _categories_of(column: Any, name: str, dtype: Any = None) -> np.ndarray | None:
    """Return the values that occur: sorted, or in a frame's own order."""
    own = getattr(dtype, "categories", None) if hasattr(dtype, "ordered") else None
    if own is not None and dtype.ordered:
        return own_order(column, own)
    try:
        return np.unique(column)
    except TypeError:
        if own is not None:
            return own_order(column, own)
        kinds = sorted({type(value).__name__ for value in column.tolist()})
        raise ValueError(
            f"Column {name!r} mixes values of the types {kinds}, expected one of them."
        ) from None


def warn_of_no_categories(categories: Any, n_rows: int, name: str) -> None:
    """Name a column that nobody called categories, and that looks like none."""
    n = len(categories)
    if n < _SUSPECT or (n < _MANY and n_rows >= _ROWS_EACH * n):
        return
    example = categories.tolist()[n // 2]
    warnings.warn(
        f"Column {name!r} has {n} categories in {n_rows} rows, such as "
        f"{str(example)[:40]!r}: a number, an id or a text? Make it numbers, name it "
        "in categorical_features if these are categories, or leave it out.",
        UserWarning,
        stacklevel=2,
    )


def own_order(column: Any, own: Any) -> np.ndarray:
    """Return the categories that occur, in their type's order."""
    there = set(column.tolist())
    found = [value for value in own.tolist() if value in there]
    values = np.empty(len(found), dtype=object)
    values[:] = found
    return values


def _missing_value(X: Any, column: Any, j: int, gaps: np.ndarray) -> Any:
    """Return how a column says that a value is missing."""
    if not gaps.any():
        return Missing.NEVER
    if kind_of(X) == "polars":
        return None if X.to_series(j).null_count() else np.nan
    return column[int(np.argmax(gaps))]
