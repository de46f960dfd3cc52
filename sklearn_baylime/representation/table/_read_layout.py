"""The layout of a table, read from its background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.base._columns import column_mask, shorten
from sklearn_baylime.representation.table._columns import (
    as_numbers,
    columns_of,
    find_missing,
    kind_of,
)
from sklearn_baylime.representation.table._table import Missing, Table


def read_layout(
    X: Any,
    categorical_features: ArrayLike | None = None,
    feature_names: Sequence[str] | np.ndarray | None = None,
) -> Table:
    """Find out the layout of `X` and which of its columns are categorical.

    Columns of strings, other objects, booleans and pandas or polars categories are
    categorical on their own; `categorical_features` adds indices or names.
    `feature_names` name the columns of an array.
    """
    kind = kind_of(X)
    names, dtypes = names_and_dtypes(X, kind, feature_names)
    labels = names if kind == "array" else list(X.columns)
    chosen = column_mask(categorical_features, names)
    categories: list[np.ndarray | None] = []
    missing: list[Any] = []
    whole = np.zeros(len(names), dtype=bool)
    for j, column in enumerate(columns_of(X)):
        gaps = find_missing(column)
        missing.append(_missing_value(X, column, j, gaps))
        present = column[~gaps]
        if gaps.all():
            raise ValueError(
                f"Column {names[j]!r} has missing values only, expected some others; "
                "drop the column."
            )
        if chosen[j] or not _is_numeric(present):
            categories.append(_categories_of(present, names[j]))
        else:
            categories.append(None)
            numbers = as_numbers(column, names[j], gaps)[~gaps]
            # Beyond 2^53 every float is a whole number, which then means nothing.
            exact = np.abs(numbers).max(initial=0) < 2**53
            whole[j] = bool(exact and (numbers == np.round(numbers)).all())
    return Table(kind, names, labels, dtypes, categories, whole, missing)


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


def _categories_of(column: Any, name: str) -> np.ndarray | None:
    try:
        return np.unique(column)
    except TypeError:
        kinds = sorted({type(value).__name__ for value in column.tolist()})
        raise ValueError(
            f"Column {name!r} mixes values of the types {kinds}, expected one of them."
        ) from None


def _missing_value(X: Any, column: Any, j: int, gaps: np.ndarray) -> Any:
    """Return how a column says that a value is missing."""
    if not gaps.any():
        return Missing.NEVER
    if kind_of(X) == "polars":
        return None if X.to_series(j).null_count() else np.nan
    return column[int(np.argmax(gaps))]
