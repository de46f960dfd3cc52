"""What all discretizers share: bins, values within bins, names."""

from __future__ import annotations

from abc import abstractmethod
from copy import copy
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_feature_names_in,
    check_is_fitted,
    validate_data,
)

from sklearn_baylime.representation._names import bin_name, format_numbers
from sklearn_baylime.representation._table import (
    as_one_row,
    build_table,
    columns_of,
    kind_of,
    read_layout,
)

# Type of the codes, small since there are as many of them as of model inputs.
_CODE = np.int16

# Rows whose random numbers come from one seed: any part of the rows can be had alone.
_BLOCK = 1024


@dataclass(frozen=True)
class BinValues:
    """Truncated normals of all bins of numeric columns, (n_numeric, most bins).

    Attributes
    ----------
    low, high : ndarray
        Ends of the bins; the outer bins end at the training data's.
    mean, std : ndarray
        Moments of the training data in the bin.
    p_low, p_width : ndarray
        Normal probability below the bin and within it.
    """

    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    p_low: np.ndarray
    p_width: np.ndarray

    def draw(self, codes: np.ndarray, uniform: np.ndarray) -> np.ndarray:
        """Map codes and uniform numbers (n, d) to values within the codes' bins."""
        # np.take is several times slower with 32-bit indices.
        index = codes + np.arange(len(self.low), dtype=np.intp) * self.low.shape[1]
        uniform *= self.p_width.take(index)
        uniform += self.p_low.take(index)
        values = ndtri(uniform, out=uniform)
        values *= self.std.take(index)
        values += self.mean.take(index)
        # Rounding must not carry a value out of its bin.
        np.maximum(values, self.low.take(index), out=values)
        return np.minimum(values, self.high.take(index), out=values)


def assign_bins(values: np.ndarray, borders: list[np.ndarray | None]) -> np.ndarray:
    """Return the bin (n, d) of each value; a value on a border is in the lower bin."""
    codes = np.empty(values.shape, dtype=_CODE)
    for j, border in enumerate(borders):
        column = values[:, j]
        codes[:, j] = column if border is None else np.searchsorted(border, column)
    return codes


def summarize_bins(values, codes, borders) -> BinValues:
    """Fit a truncated normal to the training values of each bin of numeric columns."""
    most = max((len(border) + 1 for border in borders), default=1)
    low, high, mean, std = np.zeros((4, values.shape[1], most))
    for j, border in enumerate(borders):
        column, n_bins = values[:, j], len(border) + 1
        low[j, :n_bins] = np.r_[column.min(), border]
        high[j, :n_bins] = np.r_[border, column.max()]
        count = np.bincount(codes[:, j], minlength=n_bins)
        middle = 0.5 * (low[j, :n_bins] + high[j, :n_bins])
        known = np.maximum(count, 1)
        first = np.bincount(codes[:, j], column, minlength=n_bins) / known
        mean[j, :n_bins] = np.where(count > 0, first, middle)
        spread = (column - mean[j, codes[:, j]]) ** 2
        second = np.bincount(codes[:, j], spread, minlength=n_bins) / known
        std[j, :n_bins] = np.sqrt(second)
    # A bin is open below, but for the first.
    low[:, 1:] = np.nextafter(low[:, 1:], high[:, 1:])
    mean = np.clip(mean, low, high)
    # A bin of one value, or without spread, gives back its mean.
    width = np.where(std > 0, std, 1.0)
    p_low = np.where(std > 0, ndtr((low - mean) / width), 0.5)
    p_high = np.where(std > 0, ndtr((high - mean) / width), 0.5)
    return BinValues(low, high, mean, std, p_low, p_high - p_low)


def uniform_blocks(seed: int, start: int, n_rows: int, n_columns: int):
    """Yield parts of the rows `start`, ... with their uniform numbers.

    The numbers belong to the rows' positions: rows in several pieces get the same ones
    as in one. Blocks are small, so that all that is done with one stays in the cache.
    """
    for block in range(start // _BLOCK, -(-(start + n_rows) // _BLOCK)):
        uniform = np.random.default_rng([seed, block]).random((_BLOCK, n_columns))
        first = max(start - block * _BLOCK, 0)
        last = min(start + n_rows - block * _BLOCK, _BLOCK)
        begin = block * _BLOCK + first - start
        yield slice(begin, begin + last - first), uniform[first:last]


class BaseDiscretizer(TransformerMixin, BaseEstimator):
    """Discretizer of tables; subclasses say where the borders are.

    A subclass has the parameters `categorical_features`, `feature_names` and
    `random_state` and the method `_find_borders(values, y)` for one numeric column.
    """

    # Says that inverse_transform takes `start`.
    draws_at_random = True

    _parameter_constraints: dict = {
        "categorical_features": [None, "array-like"],
        "feature_names": [None, "array-like"],
        "random_state": ["random_state"],
    }

    @abstractmethod
    def _find_borders(self, values, y):
        """Return the sorted, distinct inner borders of one numeric column."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the bins and the values within them.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Background data, mixed types allowed.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted discretizer.

        Raises
        ------
        ValueError
            If a value is missing or infinite, or a categorical column is unknown.
        """
        X = self._check_table(X, reset=True)
        self._layout = read_layout(X, self.categorical_features, self.feature_names)
        values = self._layout.encode(X)
        self.categories_: list = self._layout.categories
        self._check_number_of_categories()
        self.borders_ = [
            self._find_borders(values[:, j], y) if categories is None else None
            for j, categories in enumerate(self.categories_)
        ]
        self._border_texts = [
            [] if border is None else format_numbers(border) for border in self.borders_
        ]
        numeric = [j for j, border in enumerate(self.borders_) if border is not None]
        self._numeric = numeric
        self._values = summarize_bins(
            values[:, numeric],
            assign_bins(values, self.borders_)[:, numeric],
            [self.borders_[j] for j in numeric],
        )
        return self

    def transform(self, X):
        """Return the bin or category of each value.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Rows as seen in fit.

        Returns
        -------
        codes : ndarray of int of shape (n_samples, n_features)
            Bin numbers from 0; positions in `categories_` for categorical columns.
        """
        check_is_fitted(self)
        X = self._check_table(X, reset=False)
        return assign_bins(self._layout.encode(X), self.borders_)

    def at(self, x):
        """Return a light copy that knows the instance: its names and its first row.

        Parameters
        ----------
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.

        Returns
        -------
        discretizer : object
            Shares the bins; `reference_` is the code of `x`, and `inverse_transform`
            gives back `x` itself as the first row.
        """
        check_is_fitted(self)
        row = as_one_row(x, self._layout)
        here = copy(self)
        here.reference_ = self.transform(row)[0]
        here._row = row
        here._seed = _draw_seed(self.random_state)
        return here

    def inverse_transform(self, X, start=0):
        """Draw model inputs from the bins: truncated normals of the training data.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_features)
            Codes, as `transform` returns them.
        start : int, default=0
            Position of the first of these rows among all: parts of the rows get the
            same values as all of them at once.

        Returns
        -------
        rows : ndarray or frame of shape (n_samples, n_features)
            Rows of the type seen in fit; integer columns hold integers. After `at`,
            row 0 of all rows is the instance.
        """
        check_is_fitted(self)
        codes = np.asarray(X)
        self._check_codes(codes)
        seed = getattr(self, "_seed", None)
        seed = _draw_seed(self.random_state) if seed is None else seed
        values = np.empty(codes.shape)
        for part, uniform in uniform_blocks(seed, start, *codes.shape):
            values[part] = self._draw(codes[part], uniform)
        rows = self._layout.decode(values)
        if start == 0 and len(codes) and hasattr(self, "_row"):
            return _replace_first(rows, self._row, self._layout)
        return rows

    def get_feature_names_out(self, input_features=None):
        """Return the columns' names, or after `at` the conditions the instance meets.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns; those seen in fit by default.

        Returns
        -------
        names : ndarray of str objects of shape (n_features,)
            Such as ``"1 < width <= 2"`` or ``"colour=red"``.
        """
        check_is_fitted(self)
        if input_features is None:
            names = np.array(self._layout.names, dtype=object)
        else:
            names = _check_feature_names_in(self, input_features)
        if not hasattr(self, "reference_"):
            return names
        conditions = [
            self._condition(j, str(names[j]), code)
            for j, code in enumerate(self.reference_)
        ]
        return np.array(conditions, dtype=object)

    def _draw(self, codes, uniform):
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

    def _condition(self, j, name, code):
        if self.borders_[j] is None:
            return f"{name}={self.categories_[j][code]}"
        return bin_name(name, self._border_texts[j], code)

    def _check_table(self, X, *, reset):
        """Validate a frame as it is, anything else as an array."""
        if kind_of(X) != "array":
            validate_data(self, X, reset=reset, skip_check_array=True)
            if len(X) == 0:
                raise ValueError("Found a table with 0 sample(s), expected at least 1.")
            return X
        array = validate_data(self, X, dtype=None, ensure_all_finite=False, reset=reset)
        if np.iscomplexobj(array):
            raise ValueError(f"Complex data not supported\n{array}\n")
        return array

    def _check_number_of_categories(self):
        most = np.iinfo(_CODE).max
        for name, categories in zip(self._layout.names, self.categories_, strict=True):
            if categories is not None and len(categories) > most:
                raise ValueError(
                    f"Column {name!r} has {len(categories)} categories, expected at "
                    f"most {most}; leave out columns that only identify rows."
                )

    def _check_codes(self, codes):
        n_bins = [
            len(border) + 1 if border is not None else len(categories)
            for border, categories in zip(self.borders_, self.categories_, strict=True)
        ]
        if codes.ndim != 2 or codes.shape[1] != len(n_bins):
            raise ValueError(
                f"Codes have shape {codes.shape}, expected (n, {len(n_bins)})."
            )
        if codes.dtype.kind not in "iu" or (codes < 0).any() or (codes >= n_bins).any():
            raise ValueError(
                f"Codes of type {codes.dtype} hold something else than bin numbers, "
                "expected integers from 0, as transform returns them."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "borders_")


def _draw_seed(random_state) -> int:
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def _replace_first(rows, row, layout):
    if layout.kind == "array":
        rows[0] = row[0]
        return rows
    pairs = zip(columns_of(row), columns_of(rows), strict=True)
    return build_table(layout, [np.concatenate([a, b[1:]]) for a, b in pairs])
