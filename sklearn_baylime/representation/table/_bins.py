"""Bins of numeric columns, and the values within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

# Whole numbers in a bin up to which the mean of rounded draws is summed up; in wider
# bins rounding does not move it.
_MOST_STEPS = 100_000


def norm_pdf(z: Any) -> Any:
    """Return the density of the standard normal."""
    return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)


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

    def cdf(self, i: int, n_bins: int, values: Any, *, whole: bool) -> np.ndarray:
        """Return P(value drawn in a bin <= values), (n_bins, len(values)), column i.

        `whole` says that what is drawn is rounded.
        """
        of_bins = (self.low, self.high, self.mean, self.std, self.p_low, self.p_width)
        low, high, mean, std, p_low, p_width = (a[i, :n_bins, None] for a in of_bins)
        values = np.asarray(values, dtype=np.float64)[None]
        # A rounded draw is at most k where the draw is at most k + 1/2.
        limit = np.floor(values) + 0.5 if whole else values
        spread = np.where(std > 0, std, 1.0)
        share = np.where(p_width > 0, p_width, 1.0)
        inside = (ndtr((limit - mean) / spread) - p_low) / share
        point = np.round(mean) if whole else mean
        inside = np.where(std > 0, np.clip(inside, 0.0, 1.0), point <= values)
        if whole:
            # The ends of a bin that holds no whole number are rounded as well.
            low, high = np.round(low), np.round(high)
        inside = np.where(values >= high, 1.0, np.where(values < low, 0.0, inside))
        return np.where(np.isnan(mean), np.nan, inside)

    def expected(self, i: int, n_bins: int, *, whole: bool) -> np.ndarray:
        """Return the mean value drawn in each bin of column i, (n_bins,)."""
        of_bins = (self.low, self.high, self.mean, self.std, self.p_width)
        low, high, mean, std, p_width = (a[i, :n_bins] for a in of_bins)
        spread, share = np.where(std > 0, std, 1.0), np.where(p_width > 0, p_width, 1.0)
        ends = [norm_pdf((end - mean) / spread) for end in (low, high)]
        expected = np.clip(mean + std * (ends[0] - ends[1]) / share, low, high)
        if not whole:
            return expected
        for b in np.flatnonzero((std > 0) & (high - low < _MOST_STEPS)):
            steps = np.arange(low[b], high[b])
            below = self.cdf(i, n_bins, steps, whole=True)[b]
            expected[b] = low[b] + (1.0 - below).sum()
        return np.where(std > 0, expected, np.round(expected))


def check_borders(borders: Any, name: str) -> np.ndarray:
    """Return sorted, distinct, finite borders, or say what is wrong with them."""
    try:
        array = np.asarray(borders, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(
            f"The borders of column {name!r} are {borders!r}, expected a list of "
            "finite numbers."
        )
    return np.unique(array)


def assign_bins(
    values: Any, borders: list[np.ndarray | None], dtype: Any
) -> np.ndarray:
    """Return the bin (n, d) of each value; a value on a border is in the lower bin.

    Missing values are in a bin of their own, behind the last.
    """
    codes = np.empty(values.shape, dtype=dtype)
    for j, border in enumerate(borders):
        column = values[:, j]
        if border is None:
            codes[:, j] = column
        else:
            codes[:, j] = np.searchsorted(border, column)
            codes[np.isnan(column), j] = len(border) + 1
    return codes


def draw_bins(frequencies: list[np.ndarray], rng: Any) -> np.ndarray:
    """Draw a bin of each column by its own frequencies, (1, n_columns)."""
    sums = [np.cumsum(shares) for shares in frequencies]
    uniform = rng.uniform(size=len(sums))
    # To the right, so that bins of share 0 are passed over.
    bins = [
        np.searchsorted(s, u * s[-1], side="right")
        for s, u in zip(sums, uniform, strict=True)
    ]
    return np.array([bins])


def summarize_bins(
    values: Any, borders: Sequence[Any], grids: Sequence[Any]
) -> BinValues:
    """Fit a truncated normal to the training values of each bin of numeric columns.

    `grids` says which numbers each column can hold: "whole" ones, multiples of a
    number, or those of a float type. The bin behind a column's last has the value NaN:
    it is that of missing values.
    """
    most = max((len(border) + 1 for border in borders), default=1)
    low, high, mean, std = np.zeros((4, values.shape[1], most + 1))
    for j, (border, grid) in enumerate(zip(borders, grids, strict=True)):
        column, n_bins = values[:, j], len(border) + 1
        column = column[~np.isnan(column)]
        lowest, highest = column.min(), column.max()
        ends = np.r_[lowest, np.clip(border, lowest, highest), highest]
        low[j, :n_bins], high[j, :n_bins] = ends_on_grid(ends, grid)
        moments = moments_in_bins(column, np.searchsorted(border, column), n_bins)
        empty = np.isnan(moments[0])
        mean[j, :n_bins] = np.where(empty, 0.5 * (ends[:-1] + ends[1:]), moments[0])
        std[j, :n_bins] = np.where(empty, 0.0, moments[1])
    return truncated_normals(low, high, mean, std, [len(b) + 1 for b in borders])


def truncated_normals(
    low: np.ndarray, high: np.ndarray, mean: np.ndarray, std: np.ndarray, n_bins: Any
) -> BinValues:
    """Complete the bins (n_columns, most bins) by their normal probabilities."""
    for j, n in enumerate(n_bins):
        for array in (low, high, mean):
            array[j, n] = np.nan
    mean = np.clip(mean, low, np.maximum(low, high))
    # A bin of one value, or without spread, gives back its mean.
    width = np.where(std > 0, std, 1.0)
    p_low = np.where(std > 0, ndtr((low - mean) / width), 0.5)
    p_high = np.where(std > 0, ndtr((high - mean) / width), 0.5)
    return BinValues(low, high, mean, std, p_low, p_high - p_low)


def ends_on_grid(ends: np.ndarray, grid: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest number each bin can hold.

    Bins are open below, but for the first: what is drawn must come back to its bin.
    """
    low, high = ends[:-1].copy(), ends[1:].copy()
    if grid == "whole":
        inner = np.r_[low[:1], np.floor(low[1:]) + 1], np.floor(high)
        held = inner[0] <= inner[1]
        return np.where(held, inner[0], low), np.where(held, inner[1], high)
    if isinstance(grid, float):
        low, high = ends_on_grid(np.round(ends / grid, 6), "whole")
        return low * grid, high * grid
    below, above = low[1:].astype(grid), high.astype(grid)
    up, down = np.array([np.inf, -np.inf], dtype=grid)
    low[1:] = np.where(below > low[1:], below, np.nextafter(below, up))
    high = np.where(above <= high, above, np.nextafter(above, down)).astype(float)
    return low, high


def moments_in_bins(
    column: np.ndarray, codes: np.ndarray, n_bins: Any
) -> tuple[np.ndarray, np.ndarray]:
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
