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
from sklearn_baylime.representation.table._read_layout import names_and_dtypes
from sklearn_baylime.representation.table._read_statistics import (
    Statistics,
    read_statistics,
)
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
        borders = [statistics.bins.get(j) for j in range(len(statistics.names))]
        self._settle(borders, bin_values_of(statistics, self._layout))
        self.frequencies_ = statistics.frequencies
        return self

    def _make_layout(self, X: Any, statistics: Statistics) -> Table:
        """Return the layout of the statistics in the container of X."""
        if X is None:
            self.n_features_in_ = len(statistics.names)
            return layout_of_array(statistics)
        return layout_like(self._check_table(X, reset=True), statistics)


def layout_of_array(statistics: Statistics) -> Table:
    """Return the layout of an array, of numbers if all categories are numbers."""
    names, categories = statistics.names, statistics.categories
    numbers = all(c is None or c.dtype.kind in "biuf" for c in categories)
    dtype = np.dtype(np.float64 if numbers else object)
    return _layout(statistics, "array", names, list(names), [dtype] * len(names))


def layout_like(X: Any, statistics: Statistics) -> Table:
    """Return the layout of the statistics in the container and the types of X.

    Raises
    ------
    ValueError
        If X has another number of columns, or other names.
    """
    if X.shape[1] != len(statistics.names):
        raise ValueError(
            f"The statistics are of {len(statistics.names)} columns, but X has "
            f"{X.shape[1]}."
        )
    kind = kind_of(X)
    named = kind == "array" or statistics.named
    given = statistics.names if named else None
    names, dtypes = names_and_dtypes(X, kind, given)
    labels = names if kind == "array" else list(X.columns)
    layout = _layout(statistics, kind, names, labels, dtypes)
    # LIME's statistics do not say which numbers are whole: the types do.
    for j in statistics.numeric:
        if layout.integer_type(j) is not None:
            layout.whole[j] = True
    return layout


def _layout(
    statistics: Statistics, kind: str, names: list[str], labels: list, dtypes: list
) -> Table:
    # In polars' frames a value of any type may be null, but not NaN.
    lacking = None if kind == "polars" else np.nan
    missing = [lacking if gap else Missing.NEVER for gap in statistics.has_missing]
    whole = np.isin(np.arange(len(names)), statistics.whole)
    categories = statistics.categories
    return Table(kind, list(names), labels, dtypes, categories, whole, missing)


def bin_values_of(statistics: Statistics, layout: Table) -> BinValues:
    """Return the truncated normals of the numeric columns."""
    numeric = statistics.numeric
    n_bins = [len(statistics.bins[j]) + 1 for j in numeric]
    low, high, mean, std = np.zeros((4, len(numeric), max(n_bins, default=1) + 1))
    for i, (j, n) in enumerate(zip(numeric, n_bins, strict=True)):
        lowest = statistics.moments_of("mins", j)[0]
        highest = statistics.moments_of("maxs", j)[-1]
        inner = np.clip(statistics.bins[j], lowest, highest)
        ends = np.r_[lowest, inner, highest]
        low[i, :n], high[i, :n] = ends_on_grid(ends, layout.grid_of(j))
        mean[i, :n] = statistics.moments_of("means", j)
        std[i, :n] = statistics.moments_of("stds", j)
    return truncated_normals(low, high, mean, std, n_bins)
