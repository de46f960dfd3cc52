"""Bins of columns, and of groups of columns that move together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._seeds import draw_seed, uniform_blocks
from sklearn_baylime.base._sklearn import Interval, fit_context
from sklearn_baylime.base._without import check_kept
from sklearn_baylime.representation.sequence._sequence import mean_of_known
from sklearn_baylime.representation.table._groups import read_groups
from sklearn_baylime.representation.table._quantile_discretizer import (
    QuantileDiscretizer,
)
from sklearn_baylime.representation.table._table import Missing, Table
from sklearn_baylime.representation.table._table_transformer import (
    BaseTableTransformer,
)


class GroupDiscretizer(BaseTableTransformer):
    """Discretizer of tables some of whose columns are one feature, such as lags.

    A group's code is the bin of the mean of its columns. The way back takes all columns
    of the group from one background row whose mean lies in the bin, so that what the
    model is asked about moves as the data do: lags of a series stay a series. Columns
    that are alone are cut as `QuantileDiscretizer` cuts them.

    Parameters
    ----------
    groups : mapping of str to columns or sequence of columns
        Columns that are one feature, by index or name: numbers in one unit. A mapping
        names the groups. All other columns are alone.

    n_bins : int, default=4
        Number of bins of the means, and of a numeric column.

    categorical_features, categorical_names, feature_names : optional
        As `QuantileDiscretizer` has them.

    random_state : int, RandomState instance or None, default=None
        Seed of the values drawn within bins.

    Attributes
    ----------
    groups_ : list of ndarray of int
        Columns of each component, in the order of their first columns.

    discretizer_ : QuantileDiscretizer
        Bins of the components.

    n_bins_ : ndarray of int of shape (n_components,)
        Number of codes of each component; missing ones have the last.

    is_categorical_ : ndarray of bool of shape (n_components,)
        Columns of the codes that are categories, not quantities: all of them.

    See Also
    --------
    BaselineMasker : Groups that one other row replaces.
    SequenceDiscretizer : Segments of arrays of three dimensions.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import GroupDiscretizer
    >>> X = np.column_stack([np.arange(8.0), np.arange(8.0) + 1, np.arange(8.0) % 3])
    >>> discretizer = GroupDiscretizer({"lags": [0, 1]}, 2, random_state=0).fit(X)
    >>> here = discretizer.at(X[0])
    >>> here.get_feature_names_out()
    array(['mean of lags <= 4', 'x2 <= 1'], dtype=object)
    >>> here.inverse_transform([[0, 0], [1, 0], [1, 1]])[:, :2]
    array([[0., 1.],
           [5., 6.],
           [7., 8.]])
    """

    _parameter_constraints: dict = {
        **BaseTableTransformer._parameter_constraints,
        "groups": [None, Mapping, "array-like"],
        "n_bins": [Interval(Integral, 2, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        groups: Any = None,
        n_bins: int = 4,
        *,
        categorical_features: ArrayLike | None = None,
        categorical_names: Mapping[Any, Any] | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.groups = groups
        self.n_bins = n_bins
        self.categorical_features = categorical_features
        self.categorical_names = categorical_names
        self.feature_names = feature_names
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # a background is needed here
        self, X: Any, y: Any = None
    ) -> Self:
        """Learn the bins, and keep the groups' values to draw rows from.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Background. Missing values do not count in the means; a group without
            others has a bin of its own.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted discretizer.

        Raises
        ------
        ValueError
            If a group has an unknown column, one of another group, or one that holds
            no numbers.
        """
        values = self._read(X)
        self.groups_, titles = read_groups(self.groups, self._layout)
        self._check_numbers()
        self._titles = [self._title(g, title) for g, title in enumerate(titles)]
        summary = self._summarize(values)
        self.discretizer_ = self._fit_bins(summary)
        codes = self.discretizer_._encode(summary)
        self.n_bins_ = self.discretizer_.n_bins_
        self.frequencies_ = self.discretizer_.frequencies_
        self._blocks = {
            g: values[:, self.groups_[g]]
            for g in np.flatnonzero(self._is_group).tolist()
        }
        self._members = {
            g: [np.flatnonzero(codes[:, g] == code) for code in range(self.n_bins_[g])]
            for g in self._blocks
        }
        self.is_categorical_ = np.ones(len(self.groups_), dtype=bool)
        return self

    @property
    def _is_group(self) -> np.ndarray:
        return np.array([len(columns) > 1 for columns in self.groups_])

    def _check_numbers(self) -> None:
        """Refuse groups of what has no common mean."""
        layout = self._layout
        for columns in self.groups_:
            for j in columns if len(columns) > 1 else ():
                if layout.categories[j] is None and j not in layout.scales:
                    continue
                raise ValueError(
                    f"groups has column {layout.names[j]!r}, which holds categories, "
                    "times or decimals, expected numbers, whose mean is cut into bins: "
                    "take it out of the group, or give a baseline, which replaces "
                    "columns of any kind together."
                )

    def _title(self, g: int, title: Any) -> str:
        names = [self._layout.names[j] for j in self.groups_[g]]
        if title is None and len(names) > 1:
            return (
                " & ".join(names) if len(names) < 4 else f"{names[0]} ... {names[-1]}"
            )
        return names[0] if title is None else str(title)

    def _summarize(self, values: np.ndarray) -> np.ndarray:
        """Return each component's value or mean, (n_rows, n_components)."""
        parts = [
            values[:, columns[0]]
            if len(columns) == 1
            else mean_of_known(np.ascontiguousarray(values[:, columns]), axis=1)
            for columns in self.groups_
        ]
        return np.column_stack(parts)

    def _fit_bins(self, summary: np.ndarray) -> QuantileDiscretizer:
        """Cut the components, of which those alone are as their columns are."""
        layout, first = self._layout, [columns[0] for columns in self.groups_]
        is_group = self._is_group
        gaps = np.isnan(summary).any(axis=0)
        bins = QuantileDiscretizer(self.n_bins)
        bins._layout = Table(
            kind="array",
            names=[
                f"mean of {title}" if group else title
                for title, group in zip(self._titles, is_group, strict=True)
            ],
            labels=list(self._titles),
            dtypes=[
                np.dtype(np.float64) if group else layout.dtypes[j]
                for j, group in zip(first, is_group, strict=True)
            ],
            categories=[layout.categories[j] for j in first],
            whole=layout.whole[first] & ~is_group,
            missing=[
                (np.nan if gap else Missing.NEVER) if group else layout.missing[j]
                for j, group, gap in zip(first, is_group, gaps, strict=True)
            ],
            scales={
                g: layout.scales[j] for g, j in enumerate(first) if j in layout.scales
            },
        )
        bins._take_categories()
        bins._category_texts = [self._category_texts[j] for j in first]
        bins.n_features_in_ = len(first)
        return bins._learn(summary)

    def _encode(self, values: Any) -> np.ndarray:
        return self.discretizer_._encode(self._summarize(values))

    def inverse_transform(self, X: Any, start: int = 0) -> Any:
        """Draw model inputs from the bins, a group's from one background row.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_components)
            Codes, as `transform` returns them.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        rows : ndarray or frame of shape (n_samples, n_features)
            Rows of the type seen in fit. After `at`, row 0 of all rows is the instance.
        """
        check_is_fitted(self)
        codes = np.asarray(X)
        self.discretizer_._check_codes(codes)
        seed = self.seed_ if self._is_at else draw_seed(self.random_state)
        values = np.empty((len(codes), len(self._layout.names)))
        for part, uniform in uniform_blocks(seed, start, *codes.shape):
            values[part] = self._draw(codes[part], uniform)
        return self._restore(values, start)

    def _draw(self, codes: np.ndarray, uniform: np.ndarray) -> np.ndarray:
        """Return the layout's numbers of some codes."""
        # Which is overwritten there.
        drawn = self.discretizer_._draw(codes, uniform.copy())
        values = np.empty((len(codes), len(self._layout.names)))
        for g, columns in enumerate(self.groups_):
            if g not in self._blocks:
                values[:, columns[0]] = drawn[:, g]
                continue
            for code, rows in enumerate(self._members[g]):
                here = codes[:, g] == code
                # Only the instance can be where no row is, and it is put in as it is.
                rows = rows if len(rows) else np.arange(len(self._blocks[g]))
                chosen = rows[(uniform[here, g] * len(rows)).astype(np.intp)]
                values[np.ix_(here, columns)] = self._blocks[g][chosen]
        return values

    def without(self, kept: ArrayLike, random_state: Any = None) -> Any:
        """Return the instance without some components, which the background replaces.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_components)
            Components that keep the instance's values.
        random_state : int, RandomState instance or None, default=None
            Seed of the others' values: one draw that all rows share, a group's from one
            background row.

        Returns
        -------
        rows : ndarray or frame of shape (n_rows, n_features)
        """
        self._check_at()
        group_of = np.empty(len(self._layout.names), dtype=int)
        for g, columns in enumerate(self.groups_):
            group_of[columns] = g
        kept = check_kept(kept, len(self.groups_))[:, group_of]
        drawn = self._draw_background(check_random_state(random_state))
        values = np.where(kept, self._layout.encode(self.row_), drawn)
        return self._layout.decode(values)

    def _draw_background(self, rng: np.random.RandomState) -> np.ndarray:
        values = np.empty(len(self._layout.names))
        drawn = self.discretizer_._draw_background(rng)
        for g, columns in enumerate(self.groups_):
            values[columns] = drawn[g]
            if g in self._blocks:
                block = self._blocks[g]
                values[columns] = block[rng.randint(len(block))]
        return values

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the components' names, or after `at` what they mean at the instance.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects of shape (n_components,)
            Such as ``"2 < mean of lags <= 4"``.
        """
        check_is_fitted(self)
        if not self._is_at:
            return np.array(self._titles, dtype=object)
        told = [self._name(g, "", code) for g, code in enumerate(self.reference_)]
        return np.array(told, dtype=object)

    def _name(self, j: int, name: str, code: Any) -> str:
        return self.discretizer_._name(j, self.discretizer_._layout.names[j], code)
