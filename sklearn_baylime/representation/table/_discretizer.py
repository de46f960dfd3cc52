"""What all discretizers share: bins, values within bins, names."""

from __future__ import annotations

from copy import copy
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._seeds import BLOCK, draw_seed, uniform_blocks
from sklearn_baylime.base._sklearn import fit_context
from sklearn_baylime.representation.table._bins import (
    BinValues,
    assign_bins,
    draw_bins,
    summarize_bins,
)
from sklearn_baylime.representation.table._names import bin_name
from sklearn_baylime.representation.table._table_transformer import (
    BaseTableTransformer,
)


class BaseDiscretizer(BaseTableTransformer):
    """Discretizer of tables; subclasses say where the borders are.

    A subclass has the parameters of `BaseTableTransformer` and `random_state`, and the
    method `_find_borders(j, values)` for one numeric column without its missing
    values, or `_find_all_borders(values, y)`.
    """

    # Where within their bins the values of the first rows lie, if that was told.
    _places: np.ndarray = np.empty((0, 0), dtype=np.float32)

    _parameter_constraints: dict = {
        **BaseTableTransformer._parameter_constraints,
        "random_state": ["random_state"],
    }

    def _check_target(self, y: Any) -> None:
        """Refuse targets that cannot be used, before anything is learned."""

    def _find_borders(self, j: int, values: Any) -> np.ndarray:
        """Return the sorted, distinct inner borders of one numeric column."""
        raise NotImplementedError

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # a background is needed here
        self, X: Any, y: Any = None
    ) -> Self:
        """Learn the bins and the values within them.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Background data, mixed types allowed. Missing values (NaN, None, NA) have a
            bin of their own.
        y : array-like of shape (n_samples,), default=None
            Classes or values to be explained, for discretizers that use them.

        Returns
        -------
        self : object
            Fitted discretizer.

        Raises
        ------
        ValueError
            If a value is infinite, a column has no value at all, or a categorical
            column is unknown.
        """
        self._check_target(y)
        return self._learn(self._read(X), y)

    def _learn(self, values: np.ndarray, y: Any = None) -> Self:
        """Learn the bins of the layout's matrix of numbers."""
        borders = self._find_all_borders(values, y)
        numeric = [j for j, border in enumerate(borders) if border is not None]
        bin_values = summarize_bins(
            values[:, numeric],
            [borders[j] for j in numeric],
            [self._layout.grid_of(j) for j in numeric],
        )
        self._settle(borders, bin_values)
        codes = self._encode(values)
        self.frequencies_ = [
            np.bincount(column, minlength=n) / len(codes)
            for column, n in zip(codes.T, self.n_bins_, strict=True)
        ]
        return self

    def _find_all_borders(self, values: Any, y: Any) -> list:
        """Return the sorted, distinct inner borders of each column.

        None for categorical ones. By default found column by column.
        """
        return [
            self._find_borders(j, column[~np.isnan(column)]) if known is None else None
            for j, (known, column) in enumerate(
                zip(self.categories_, values.T, strict=True)
            )
        ]

    def _settle(self, borders: Any, bin_values: BinValues) -> None:
        """Take over borders (None for categorical columns) and values within bins."""
        self.borders_: list = borders
        self._border_texts: list = [
            [] if border is None else self._layout.texts_of(j, border)
            for j, border in enumerate(borders)
        ]
        self._numeric = [j for j, border in enumerate(borders) if border is not None]
        self._values = bin_values
        n_present = [
            len(self.categories_[j]) if border is None else len(border) + 1
            for j, border in enumerate(borders)
        ]
        self.n_bins_ = np.array(n_present) + self._layout.has_missing
        self.is_categorical_ = np.ones(len(borders), dtype=bool)

    def inverse_transform(self, X: Any, start: int = 0) -> Any:
        """Draw model inputs from the bins: truncated normals of the training data.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_features)
            Codes, as `transform` returns them.
        start : int, default=0
            Position of the first of these rows among all: after `at`, or with an int
            `random_state`, parts of the rows get the same values as all at once.

        Returns
        -------
        rows : ndarray or frame of shape (n_samples, n_features)
            Rows of the type seen in fit; integer columns hold integers. After `at`,
            row 0 of all rows is the instance.
        """
        check_is_fitted(self)
        codes = np.asarray(X)
        self._check_codes(codes)
        seed = self.seed_ if self._is_at else draw_seed(self.random_state)
        values = np.empty(codes.shape)
        places = self._places[start : start + len(codes)]
        for first in range(0, len(places), BLOCK):
            part = slice(first, min(first + BLOCK, len(places)))
            values[part] = self._draw(codes[part], places[part].astype(np.float64))
        n = len(places)
        for part, uniform in uniform_blocks(seed, start + n, *codes[n:].shape):
            values[n:][part] = self._draw(codes[n:][part], uniform)
        return self._restore(values, start)

    def with_places(self, places: np.ndarray) -> Self:
        """Return a light copy whose values lie where they are told within bins.

        Parameters
        ----------
        places : ndarray of shape (n_rows, n_features)
            Uniform numbers, which take the place of those that `inverse_transform`
            draws for the first n_rows of all rows: the same number gives the same share
            of the bin's distribution. Rows behind them are drawn as before.

        Returns
        -------
        discretizer : object
        """
        here = copy(self)
        here._places = places
        return here

    def bin_cdf(self, j: int, values: Any) -> np.ndarray:
        """Return the law of what `inverse_transform` draws in one column.

        Parameters
        ----------
        j : int
            Column.
        values : array-like of shape (n_values,)
            Model inputs.

        Returns
        -------
        probability : ndarray of shape (n_bins, n_values)
            Probability, in each bin, that the model input is at most the value; NaN in
            the bin of missing values.
        """
        check_is_fitted(self)
        n_present = int(self.n_bins_[j] - self._layout.has_missing[j])
        values = np.asarray(values, dtype=np.float64)
        if self.borders_[j] is None:
            cdf = (self._number_of(j)[:, None] <= values).astype(np.float64)
        else:
            i, whole = self._numeric.index(j), bool(self._layout.whole[j])
            cdf = self._values.cdf(i, n_present, values, whole=whole)
        lacking = np.full((self.n_bins_[j] - n_present, len(values)), np.nan)
        return np.concatenate([cdf, lacking])

    def bin_mean(self, j: int) -> np.ndarray:
        """Return the mean model input in each bin of one column.

        Parameters
        ----------
        j : int
            Column.

        Returns
        -------
        mean : ndarray of shape (n_bins,)
            NaN in the bin of missing values.
        """
        check_is_fitted(self)
        n_present = int(self.n_bins_[j] - self._layout.has_missing[j])
        if self.borders_[j] is None:
            mean = self._number_of(j)
        else:
            i, whole = self._numeric.index(j), bool(self._layout.whole[j])
            mean = self._values.expected(i, n_present, whole=whole)
        return np.append(mean, np.full(self.n_bins_[j] - n_present, np.nan))

    def to_statistics(self) -> dict[str, Any]:
        """Return what was learned as plain lists, for use without the data.

        Returns
        -------
        statistics : dict
            LIME's `training_data_stats`, by column name: "bins", "means", "stds",
            "mins" and "maxs" of the bins of numeric columns; "feature_values" and
            "feature_frequencies" of all, the last being that of missing values where
            there are some. Also "feature_names" and "whole_numbers". Fits JSON.
        """
        check_is_fitted(self)
        return describe_bins(self)

    def _number_of(self, j: int) -> np.ndarray:
        try:
            return np.asarray(self.categories_[j], dtype=np.float64)
        except (TypeError, ValueError):
            raise TypeError(
                f"The categories of column {self._layout.names[j]!r} are no numbers, "
                f"such as {self.categories_[j].tolist()[0]!r}: they have no mean and "
                "no order."
            ) from None

    def _encode(self, values: Any) -> np.ndarray:
        # Small, since there are as many codes as model inputs.
        dtype = np.int16 if self.n_bins_.max() < 2**15 else np.int32
        return assign_bins(values, self.borders_, dtype)

    def _draw(self, codes: np.ndarray, uniform: np.ndarray) -> np.ndarray:
        """Return numbers within the bins; categorical codes stay as they are."""
        numeric, whole = self._numeric, self._layout.whole
        if len(numeric) == codes.shape[1]:
            values = self._values.draw(codes, uniform)
        else:
            values = codes.astype(np.float64)
            values[:, numeric] = self._values.draw(
                codes[:, numeric], uniform[:, numeric]
            )
        if whole.any():
            values[:, whole] = np.round(values[:, whole])
        return values

    def _draw_background(self, rng: Any) -> np.ndarray:
        codes = draw_bins(self.frequencies_, rng)
        return self._draw(codes, rng.uniform(size=codes.shape))[0]

    def _name(self, j: int, name: str, code: Any) -> str:
        if self.borders_[j] is None:
            return self._category_name(j, name, code)
        missing = self._layout.has_missing[j]
        if missing and code == len(self.borders_[j]) + 1:
            return f"{name} is missing"
        if missing and not len(self.borders_[j]):
            return f"{name} is not missing"
        return bin_name(name, self._border_texts[j], code)

    def _check_codes(self, codes: np.ndarray) -> None:
        n_bins = self.n_bins_
        if codes.ndim != 2 or codes.shape[1] != len(n_bins):
            raise ValueError(
                f"Codes have shape {codes.shape}, expected (n, {len(n_bins)})."
            )
        if codes.dtype.kind not in "iu" or (codes < 0).any() or (codes >= n_bins).any():
            raise ValueError(
                f"Codes of type {codes.dtype} hold something else than bin numbers, "
                "expected integers from 0, as transform returns them."
            )


def describe_bins(discretizer: Any) -> dict[str, Any]:
    """Return borders, moments and frequencies by column name, as plain lists."""
    layout, values = discretizer._layout, discretizer._values
    if layout.scales:
        name = layout.names[min(layout.scales)]
        raise TypeError(
            f"Column {name!r} holds dates, times, durations or decimals, which "
            "statistics of plain numbers cannot give back: make numbers of it, such as "
            "days, before the model."
        )
    found: dict[str, Any] = {
        "feature_names": list(layout.names),
        "whole_numbers": [layout.names[j] for j in np.flatnonzero(layout.whole)],
    }
    moments = {"means": "mean", "stds": "std", "mins": "low", "maxs": "high"}
    for key in ("bins", *moments, "feature_values", "feature_frequencies"):
        found[key] = {}
    for i, j in enumerate(discretizer._numeric):
        name, n_bins = layout.names[j], len(discretizer.borders_[j]) + 1
        found["bins"][name] = discretizer.borders_[j].tolist()
        for key, field in moments.items():
            found[key][name] = getattr(values, field)[i, :n_bins].tolist()
    for j, name in enumerate(layout.names):
        categories = discretizer.categories_[j]
        n_present = int(discretizer.n_bins_[j] - layout.has_missing[j])
        found["feature_values"][name] = (
            list(range(n_present)) if categories is None else categories.tolist()
        )
        found["feature_frequencies"][name] = discretizer.frequencies_[j].tolist()
    return found
