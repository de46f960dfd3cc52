"""Statistics of a background as they are given, checked and by column position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_baylime.representation.table._bins import check_borders

_MOMENTS = ("means", "stds", "mins", "maxs")

_NEEDED = ("feature_values", "feature_frequencies", "bins")


@dataclass(frozen=True)
class Statistics:
    """What is known of the columns of a background, by position.

    Attributes
    ----------
    names : list of str
        Names of the columns.
    named : bool
        Whether somebody named them; else they are "x0", "x1", ...
    whole : list of int
        Columns that are said to hold whole numbers only.
    bins : dict of int to ndarray
        Inner borders of the numeric columns.
    values : list of ndarray
        Values of each column; of a numeric one its bins that are not empty.
    frequencies : list of ndarray
        Share of each code of each column, the last that of missing values where there
        is one more than there are bins or values.
    moments : dict of str to dict of int to list
        "means", "stds", "mins" and "maxs" of the bins of numeric columns, as given.
    """

    names: list[str]
    named: bool
    whole: list[int]
    bins: dict[int, np.ndarray]
    values: list[np.ndarray]
    frequencies: list[np.ndarray]
    moments: dict[str, dict[int, Any]]

    @property
    def numeric(self) -> list[int]:
        """Columns that have bins."""
        return [j for j in range(len(self.names)) if j in self.bins]

    @property
    def categories(self) -> list[np.ndarray | None]:
        """Values of each categorical column, None for a numeric one."""
        return [None if j in self.bins else v for j, v in enumerate(self.values)]

    @property
    def has_missing(self) -> list[bool]:
        """Whether each column has one more share than there are bins or values."""
        return [
            len(shares) > _count_present(self.bins.get(j), self.values[j])
            for j, shares in enumerate(self.frequencies)
        ]

    def moments_of(self, key: str, j: int) -> np.ndarray:
        """Return one of the moments of the bins of column `j`, (n_bins,).

        Raises
        ------
        ValueError
            If there are not as many as bins, or some are not finite.
        """
        given, n_bins = self.moments[key].get(j, ()), len(self.bins[j]) + 1
        if len(given) != n_bins:
            raise ValueError(
                f"The statistics {key!r} have {len(given)} numbers for column "
                f"{self.names[j]!r}, expected {n_bins}, one for each bin."
            )
        moments = np.asarray(given, dtype=np.float64)
        if not np.isfinite(moments).all():
            raise ValueError(
                f"The statistics {key!r} have {moments.tolist()} for column "
                f"{self.names[j]!r}, expected finite numbers."
            )
        return moments


def read_statistics(
    given: dict[str, Any], feature_names: Sequence[str] | np.ndarray | None
) -> Statistics:
    """Return the statistics by column position, checked.

    Raises
    ------
    ValueError
        If something is missing, by the name of the statistic and the column.
    """
    for key in _NEEDED:
        if key not in given:
            raise ValueError(
                f"The statistics have no {key!r}, expected all of bins, means, stds, "
                "mins, maxs, feature_values and feature_frequencies."
            )
    n_columns = len(given["feature_values"])
    own = given.get("feature_names")
    chosen = own if feature_names is None else feature_names
    names = _check_names(chosen, n_columns)
    position = _positions_of(names, () if own is None else own)

    def by_position(key: str) -> dict[int, Any]:
        return _by_position(given.get(key, {}), position, key)

    whole = dict.fromkeys(given.get("whole_numbers", ()))
    whole = _by_position(whole, position, "whole_numbers")
    bins, known = by_position("bins"), by_position("feature_values")
    frequencies = by_position("feature_frequencies")
    moments = {key: by_position(key) for key in _MOMENTS}
    values = [np.asarray(known[j]) for j in range(n_columns)]
    _check_that_bins_are_there(moments, bins, names)
    bins = {j: check_borders(borders, names[j]) for j, borders in bins.items()}
    shares = [
        _read_shares(frequencies.get(j), bins.get(j), values[j], names[j])
        for j in range(n_columns)
    ]
    named = chosen is not None
    return Statistics(names, named, list(whole), bins, values, shares, moments)


def _check_names(chosen: Any, n_columns: int) -> list[str]:
    names = [f"x{j}" for j in range(n_columns)] if chosen is None else list(chosen)
    if len(names) != n_columns:
        raise ValueError(
            f"There are {len(names)} feature_names, but statistics of {n_columns} "
            "columns."
        )
    return names


def _positions_of(names: list[str], own: Iterable[Any]) -> dict[Any, int]:
    """Return the position of each column by all that it may be called."""
    # JSON turns indices into strings; a column of that name comes first.
    position: dict[Any, int] = {str(j): j for j in range(len(names))}
    position |= {j: j for j in range(len(names))}
    position |= {name: j for j, name in enumerate(names)}
    return position | {name: j for j, name in enumerate(own)}


def _by_position(values: dict, position: dict[Any, int], key: str) -> dict[int, Any]:
    unknown = [column for column in values if column not in position]
    if unknown:
        raise ValueError(
            f"The statistics {key!r} name the column {unknown[0]!r}, which is not one "
            "of feature_names."
        )
    found = {position[column]: value for column, value in values.items()}
    if len(found) < len(values):
        raise ValueError(
            f"The statistics {key!r} have two entries for one column, by index and by "
            "name."
        )
    return found


def _check_that_bins_are_there(
    moments: dict[str, dict[int, Any]], bins: dict[int, Any], names: list[str]
) -> None:
    for key, columns in moments.items():
        for j in columns:
            if j not in bins:
                raise ValueError(
                    f"The statistics 'bins' have none for column {names[j]!r}, which "
                    f"has {key!r}: expected its inner borders, an empty list for one "
                    "bin; or, for a categorical column, no moments."
                )


def _count_present(borders: np.ndarray | None, values: np.ndarray) -> int:
    """Return how many codes a column has, that of missing values left out."""
    return len(values) if borders is None else len(borders) + 1


def _read_shares(
    frequencies: Any, borders: np.ndarray | None, values: np.ndarray, name: str
) -> np.ndarray:
    """Return the shares of one column's codes, which sum to 1."""
    n_present = _count_present(borders, values)
    shares = np.asarray([] if frequencies is None else frequencies, dtype=np.float64)
    if borders is not None and len(values) == len(shares) < n_present:
        shares = _with_empty_bins(shares, values.astype(int), n_present)
    fits = len(shares) in (n_present, n_present + 1) and (shares >= 0).all()
    if not fits or not shares.sum() > 0:
        raise ValueError(
            f"The statistics 'feature_frequencies' have {shares.tolist()} for column "
            f"{name!r}, expected {n_present} shares, or one more for missing values."
        )
    return shares / shares.sum()


def _with_empty_bins(shares: np.ndarray, there: np.ndarray, n_bins: int) -> np.ndarray:
    """Put back the bins that are empty: LIME leaves them out, and names the others."""
    if not np.isin(there, np.arange(n_bins)).all():
        return shares
    full = np.zeros(n_bins)
    full[there] = shares
    return full
