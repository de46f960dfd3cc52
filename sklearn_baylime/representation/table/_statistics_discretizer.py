"""Bins from statistics, where the data themselves cannot be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from sklearn_baylime.base._sklearn import fit_context
from sklearn_baylime.representation.table._bins import (
    BinValues,
    ends_on_grid,
    truncated_normals,
)
from sklearn_baylime.representation.table._columns import kind_of
from sklearn_baylime.representation.table._discretizer import BaseDiscretizer
from sklearn_baylime.representation.table._fixed_discretizer import check_borders
from sklearn_baylime.representation.table._read_layout import names_and_dtypes
from sklearn_baylime.representation.table._table import Missing, Table


class StatisticsDiscretizer(BaseDiscretizer):
    """Bins from statistics of the background data, which are not needed themselves.

    Parameters
    ----------
    statistics : dict
        What `to_statistics` of a fitted discretizer returns, or LIME's
        `training_data_stats`: "bins" (inner borders), "means", "stds", "mins" and
        "maxs" (of the bins) of each numeric column, "feature_values" and
        "feature_frequencies" of every column. Columns are named by index or name.
        Frequencies may have one entry more than there are bins or values: that of
        missing values.

    categorical_names : dict or None, default=None
        Names of the categories of columns, by index or name: a list for the values 0,
        1, ..., or a dict from values to names.

    feature_names : array-like of str or None, default=None
        Names of the columns; those of the statistics, if they have any, by default.

    random_state : int, RandomState instance or None, default=None
        Seed of the values drawn within bins.

    Attributes
    ----------
    borders_ : list of (ndarray or None)
        Inner borders of each numeric column, None for a categorical one.

    categories_ : list of (ndarray or None)
        Values of each categorical column, None for a numeric one.

    n_bins_ : ndarray of int of shape (n_features,)
        Number of codes of each column.

    frequencies_ : list of ndarray
        Share of each code of each column: `BinSampler` takes them.

    n_features_in_ : int
        Number of columns.

    See Also
    --------
    sklearn_baylime.sampling.BinSampler : Takes the frequencies.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import (
    ...     QuantileDiscretizer, StatisticsDiscretizer)
    >>> X = np.arange(12.0).reshape(-1, 1)
    >>> statistics = QuantileDiscretizer().fit(X).to_statistics()
    >>> discretizer = StatisticsDiscretizer(statistics).fit()
    >>> discretizer.at([4.0]).get_feature_names_out()
    array(['2.75 < x0 <= 5.5'], dtype=object)
    """

    _parameter_constraints: dict = {
        "statistics": [dict],
        **{
            name: constraint
            for name, constraint in BaseDiscretizer._parameter_constraints.items()
            if name != "categorical_features"
        },
    }

    def __init__(
        self,
        statistics: dict[str, Any],
        *,
        categorical_names: Mapping[Any, Any] | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.statistics = statistics
        self.categorical_names = categorical_names
        self.feature_names = feature_names
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Take over the statistics.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features), default=None
            Rows, one suffices, of the kind that the model takes: their container and
            types are copied, nothing else. None is an array.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted discretizer.

        Raises
        ------
        ValueError
            If a column's statistics are missing or do not fit each other.
        """
        statistics = read_statistics(self.statistics, self.feature_names)
        self._layout = self._make_layout(X, statistics)
        self._take_categories()
        bins, values = statistics["bins"], statistics["values"]
        numeric = [j for j in range(len(values)) if j in bins]
        borders = [bins.get(j) for j in range(len(values))]
        self._settle(borders, bin_values_of(statistics, numeric, self._layout))
        self.frequencies_ = statistics["frequencies"]
        return self

    def _make_layout(self, X: Any, statistics: dict[str, Any]) -> Table:
        names, values = statistics["names"], statistics["values"]
        categories = [None if j in statistics["bins"] else v for j, v in values.items()]
        present = [
            len(statistics["bins"][j]) + 1 if c is None else len(c)
            for j, c in enumerate(categories)
        ]
        n_codes = [len(f) for f in statistics["frequencies"]]
        gap = [n > m for n, m in zip(n_codes, present, strict=True)]
        whole = np.isin(np.arange(len(names)), statistics["whole"])
        if X is None:
            numbers = all(c is None or c.dtype.kind in "biuf" for c in categories)
            dtype = np.dtype(np.float64 if numbers else object)
            self.n_features_in_ = len(names)
            kind, labels, dtypes = "array", list(names), [dtype] * len(names)
        else:
            X = self._check_table(X, reset=True)
            if X.shape[1] != len(names):
                raise ValueError(
                    f"The statistics are of {len(names)} columns, but X has "
                    f"{X.shape[1]}."
                )
            kind = kind_of(X)
            named = kind == "array" or statistics["named"]
            names, dtypes = names_and_dtypes(X, kind, names if named else None)
            labels = names if kind == "array" else list(X.columns)
        # In polars' frames a value of any type may be null, but not NaN.
        lacking = None if kind == "polars" else np.nan
        missing: list[Any] = [lacking if g else Missing.NEVER for g in gap]
        layout = Table(kind, list(names), labels, dtypes, categories, whole, missing)
        # LIME's statistics do not say which numbers are whole: the types do.
        for j, known in enumerate(categories):
            if known is None and X is not None and layout.integer_type(j) is not None:
                whole[j] = True
        return layout


def read_statistics(
    given: dict, feature_names: Sequence[str] | np.ndarray | None
) -> dict[str, Any]:
    """Return the statistics by column position, checked.

    Raises
    ------
    ValueError
        If something is missing, by the name of the statistic and the column.
    """
    for key in ("feature_values", "feature_frequencies", "bins"):
        if key not in given:
            raise ValueError(
                f"The statistics have no {key!r}, expected all of bins, means, stds, "
                "mins, maxs, feature_values and feature_frequencies."
            )
    n_columns = len(given["feature_values"])
    own = given.get("feature_names")
    chosen = own if feature_names is None else feature_names
    named = chosen is not None
    names = [f"x{j}" for j in range(n_columns)] if chosen is None else list(chosen)
    if len(names) != n_columns:
        raise ValueError(
            f"There are {len(names)} feature_names, but statistics of {n_columns} "
            "columns."
        )
    # JSON turns indices into strings; a column of that name comes first.
    position: dict[Any, int] = {str(j): j for j in range(n_columns)}
    position |= {j: j for j in range(n_columns)}
    position |= {name: j for j, name in enumerate(names)}
    position |= {name: j for j, name in enumerate(() if own is None else own)}
    found: dict[str, Any] = {"names": names, "named": named}
    whole = dict.fromkeys(given.get("whole_numbers", ()))
    found["whole"] = list(_by_position(whole, position, "whole_numbers"))
    keys = {"bins": "bins", "values": "feature_values"}
    keys |= {"frequencies": "feature_frequencies"}
    keys |= {moment: moment for moment in ("means", "stds", "mins", "maxs")}
    for key, theirs in keys.items():
        found[key] = _by_position(given.get(theirs, {}), position, theirs)
    found["values"] = {j: np.asarray(found["values"][j]) for j in range(n_columns)}
    for key in ("means", "stds", "mins", "maxs"):
        for j in found[key]:
            if j not in found["bins"]:
                raise ValueError(
                    f"The statistics 'bins' have none for column {names[j]!r}, which "
                    f"has {key!r}: expected its inner borders, an empty list for one "
                    "bin; or, for a categorical column, no moments."
                )
    found["bins"] = {j: check_borders(b, names[j]) for j, b in found["bins"].items()}
    found["frequencies"] = [
        _shares(found["frequencies"].get(j), found, j) for j in range(n_columns)
    ]
    return found


def bin_values_of(
    statistics: dict[str, Any], numeric: list[int], layout: Table
) -> BinValues:
    """Return the truncated normals of the numeric columns."""
    most = max((len(statistics["bins"][j]) + 1 for j in numeric), default=1)
    low, high, mean, std = np.zeros((4, len(numeric), most + 1))
    n_bins = [len(statistics["bins"][j]) + 1 for j in numeric]
    for i, (j, n) in enumerate(zip(numeric, n_bins, strict=True)):
        moments = {
            key: _moments(statistics, key, j, n)
            for key in ("mins", "maxs", "means", "stds")
        }
        lowest, highest = moments["mins"][0], moments["maxs"][-1]
        inner = np.clip(statistics["bins"][j], lowest, highest)
        ends = np.r_[lowest, inner, highest]
        low[i, :n], high[i, :n] = ends_on_grid(ends, layout.grid_of(j))
        mean[i, :n], std[i, :n] = moments["means"], moments["stds"]
    return truncated_normals(low, high, mean, std, n_bins)


def _by_position(values: dict, position: dict, key: str) -> dict[int, Any]:
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


def _moments(statistics: dict[str, Any], key: str, j: int, n_bins: int) -> np.ndarray:
    name = statistics["names"][j]
    if j not in statistics[key] or len(statistics[key][j]) != n_bins:
        n_got = len(statistics[key].get(j, ()))
        raise ValueError(
            f"The statistics {key!r} have {n_got} numbers for column {name!r}, "
            f"expected {n_bins}, one for each bin."
        )
    moments = np.asarray(statistics[key][j], dtype=np.float64)
    if not np.isfinite(moments).all():
        raise ValueError(
            f"The statistics {key!r} have {moments.tolist()} for column {name!r}, "
            "expected finite numbers."
        )
    return moments


def _shares(frequencies: Any, found: dict[str, Any], j: int) -> np.ndarray:
    name = found["names"][j]
    n_present = len(found["bins"][j]) + 1 if j in found["bins"] else None
    n_present = len(found["values"][j]) if n_present is None else n_present
    shares = np.asarray([] if frequencies is None else frequencies, dtype=np.float64)
    if j in found["bins"] and len(found["values"][j]) == len(shares) < n_present:
        # LIME leaves out bins that are empty, and names the others.
        there = found["values"][j].astype(int)
        if np.isin(there, np.arange(n_present)).all():
            full = np.zeros(n_present)
            full[there] = shares
            shares = full
    fits = len(shares) in (n_present, n_present + 1) and (shares >= 0).all()
    if not fits or not shares.sum() > 0:
        raise ValueError(
            f"The statistics 'feature_frequencies' have {shares.tolist()} for column "
            f"{name!r}, expected {n_present} shares, or one more for missing values."
        )
    return shares / shares.sum()
