"""What all discretizers share: bins, values within bins, names."""

from __future__ import annotations

import zlib
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
        first = np.arange(len(self.low), dtype=np.intp) * self.low.shape[1]
        index = codes.astype(np.intp) + first
        uniform *= self.p_width.take(index)
        uniform += self.p_low.take(index)
        values = ndtri(uniform, out=uniform)
        values *= self.std.take(index)
        values += self.mean.take(index)
        # Rounding must not carry a value out of its bin.
        np.maximum(values, self.low.take(index), out=values)
        return np.minimum(values, self.high.take(index), out=values)


def assign_bins(values, borders: list[np.ndarray | None], dtype) -> np.ndarray:
    """Return the bin (n, d) of each value; a value on a border is in the lower bin."""
    codes = np.empty(values.shape, dtype=dtype)
    for j, border in enumerate(borders):
        column = values[:, j]
        codes[:, j] = column if border is None else np.searchsorted(border, column)
    return codes


def summarize_bins(values, borders, grids) -> BinValues:
    """Fit a truncated normal to the training values of each bin of numeric columns.

    `grids` says which numbers each column can hold: "whole" ones, or a float type.
    """
    most = max((len(border) + 1 for border in borders), default=1)
    low, high, mean, std = np.zeros((4, values.shape[1], most))
    for j, (border, grid) in enumerate(zip(borders, grids, strict=True)):
        column, n_bins = values[:, j], len(border) + 1
        ends = np.r_[column.min(), border, column.max()]
        low[j, :n_bins], high[j, :n_bins] = ends_on_grid(ends, grid)
        moments = moments_in_bins(column, np.searchsorted(border, column), n_bins)
        empty = np.isnan(moments[0])
        mean[j, :n_bins] = np.where(empty, 0.5 * (ends[:-1] + ends[1:]), moments[0])
        std[j, :n_bins] = np.where(empty, 0.0, moments[1])
    mean = np.clip(mean, low, np.maximum(low, high))
    # A bin of one value, or without spread, gives back its mean.
    width = np.where(std > 0, std, 1.0)
    p_low = np.where(std > 0, ndtr((low - mean) / width), 0.5)
    p_high = np.where(std > 0, ndtr((high - mean) / width), 0.5)
    return BinValues(low, high, mean, std, p_low, p_high - p_low)


def ends_on_grid(ends: np.ndarray, grid) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest number each bin can hold.

    Bins are open below, but for the first: what is drawn must come back to its bin.
    """
    low, high = ends[:-1].copy(), ends[1:].copy()
    if grid == "whole":
        inner = np.r_[low[:1], np.floor(low[1:]) + 1], np.floor(high)
        held = inner[0] <= inner[1]
        return np.where(held, inner[0], low), np.where(held, inner[1], high)
    below, above = low[1:].astype(grid), high.astype(grid)
    up, down = np.array([np.inf, -np.inf], dtype=grid)
    low[1:] = np.where(below > low[1:], below, np.nextafter(below, up))
    high = np.where(above <= high, above, np.nextafter(above, down)).astype(float)
    return low, high


def moments_in_bins(column, codes, n_bins) -> tuple[np.ndarray, np.ndarray]:
    """Return means and standard deviations of each bin, NaN where it is empty."""
    count = np.bincount(codes, minlength=n_bins).astype(float)
    count[count == 0] = np.nan
    # Deviations are scaled by a power of two, which is exact: squares of tiny or huge
    # numbers stay finite, and the units of the column do not matter.
    center = 0.5 * column.min() + 0.5 * column.max()
    size = 2.0 ** np.frexp(np.abs(column - center).max())[1]
    scaled = (column - center) / size
    mean = np.bincount(codes, scaled, minlength=n_bins) / count
    spread = (scaled - mean[codes]) ** 2
    std = np.sqrt(np.bincount(codes, spread, minlength=n_bins) / count)
    return center + size * mean, size * std


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
        self.borders_: list = [
            self._find_borders(values[:, j], y) if categories is None else None
            for j, categories in enumerate(self.categories_)
        ]
        self._border_texts = [
            [] if border is None else format_numbers(border) for border in self.borders_
        ]
        self._numeric = [j for j, c in enumerate(self.categories_) if c is None]
        self._values = summarize_bins(
            values[:, self._numeric],
            [self.borders_[j] for j in self._numeric],
            [self._layout.grid_of(j) for j in self._numeric],
        )
        self._n_bins = np.array(
            [
                len(categories) if categories is not None else len(self.borders_[j]) + 1
                for j, categories in enumerate(self.categories_)
            ]
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
        # Small, since there are as many codes as model inputs.
        dtype = np.int16 if self._n_bins.max() < 2**15 else np.int32
        return assign_bins(self._layout.encode(X), self.borders_, dtype)

    def at(self, x):
        """Return a light copy that knows the instance: its names and its first row.

        Parameters
        ----------
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.

        Returns
        -------
        discretizer : object
            Shares the bins; `reference_` is the code of `x`, `inverse_transform` gives
            back `x` itself as the first row, and `seed_`, mixed from `random_state` and
            the values of `x`, seeds the others.
        """
        check_is_fitted(self)
        row = as_one_row(x, self._layout)
        here = copy(self)
        here.reference_ = np.asarray(self.transform(row))[0]
        here._row = row
        content = zlib.crc32(self._layout.encode(row).tobytes())
        mixed = np.random.SeedSequence([_draw_seed(self.random_state), content])
        here.seed_ = int(mixed.generate_state(1)[0])
        return here

    def inverse_transform(self, X, start=0):
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
        seed = getattr(self, "seed_", None)
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
            self._check_names(X, reset=reset)
            if len(X) == 0:
                raise ValueError("Found a table with 0 sample(s), expected at least 1.")
            return X
        array = validate_data(self, X, dtype=None, ensure_all_finite=False, reset=reset)
        if np.iscomplexobj(array):
            raise ValueError(f"Complex data not supported\n{array}\n")
        return array

    def _check_names(self, X, *, reset):
        """Check the names of frames that scikit-learn does not know as such."""
        names = list(X.columns)
        repeated = sorted({str(name) for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(
                f"The table has more than one column named {repeated[0]!r}, expected "
                "names that differ."
            )
        if kind_of(X) == "pandas":
            validate_data(self, X, reset=reset, skip_check_array=True)
        elif reset:
            # Not every version of scikit-learn reads the names of polars' frames.
            self.n_features_in_ = len(names)
            self.feature_names_in_ = np.array(names, dtype=object)
        elif len(names) != self.n_features_in_ or (
            self._layout.kind != "array" and names != self._layout.labels
        ):
            raise ValueError(
                f"The table has the columns {names[:8]}, expected the "
                f"{self.n_features_in_} feature names seen in fit, in their order: "
                f"{self._layout.labels[:8]}."
            )

    def _check_codes(self, codes):
        n_bins = self._n_bins
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
