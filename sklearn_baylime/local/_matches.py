"""Rows that instances share, seen as matches with each of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sklearn_baylime.linear_model._moments import Moments

# What leverages leave of a row below this has lost digits.
_LEAST_LEFT = 1e-4
# Columns up to which all their patterns are looked at instead of the rows.
_MOST_COLUMNS = 11


class SharedMatches:
    """Codes that all instances share, column by column.

    Parameters
    ----------
    codes : ndarray of shape (n_shared, n_columns)
        Without any instance.
    """

    def __init__(self, codes: np.ndarray) -> None:
        self.columns = np.ascontiguousarray(codes.T)

    def with_instance(self, reference: np.ndarray, chosen: Any = slice(None)) -> Any:
        """Return where codes are those of an instance, itself in row 0.

        Returns
        -------
        matches : ndarray of bool of shape (n_chosen, n_rows)
        """
        columns, own = self.columns[chosen], reference[chosen]
        found = np.empty((len(columns), columns.shape[1] + 1), dtype=bool)
        found[:, 0] = True
        np.equal(columns, own[:, None], out=found[:, 1:])
        return found


class Scratch:
    """Room that is used again and again: new pages cost more than the sums."""

    def __init__(self) -> None:
        self._room = np.empty(0)

    def take(self, n_rows: int, n_columns: int) -> np.ndarray:
        """Return an array of any content, until the next call."""
        size = n_rows * n_columns
        if len(self._room) < size:
            self._room = np.empty(size)
        return self._room[:size].reshape(n_rows, n_columns)


def count_matches(matches: np.ndarray) -> np.ndarray:
    """Return how many columns of each row match, (n_rows,)."""
    dtype = np.uint8 if len(matches) < 256 else np.int64
    return np.add.reduce(matches.view(np.uint8), axis=0, dtype=dtype)


@dataclass(frozen=True)
class Patterns:
    """Rows of matches of some columns; few columns have few different ones.

    Attributes
    ----------
    rows : ndarray of shape (n_columns, n_patterns)
        Ones and zeros: every pattern there can be, or the rows themselves.
    places : ndarray of int of shape (n_rows,) or None
        Pattern of each row; None where they are the rows.
    """

    rows: np.ndarray
    places: np.ndarray | None

    @classmethod
    def of(cls, matches: np.ndarray, scratch: Scratch) -> Patterns:
        """Read matches (n_columns, n_rows)."""
        k, n_rows = matches.shape
        if k > _MOST_COLUMNS or 2**k > n_rows // 2:
            rows = scratch.take(k, n_rows)
            rows[:] = matches
            return cls(rows, None)
        # Whole numbers of this size are exact in single precision.
        bits = 2.0 ** np.arange(k, dtype=np.float32)
        places = (bits @ matches.astype(np.float32)).astype(np.int16)
        return cls(all_patterns(k), places)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return for each row the value of its pattern."""
        return values if self.places is None else values[self.places]

    def total(self, values: np.ndarray) -> np.ndarray:
        """Return for each pattern the sum of its rows' values."""
        if self.places is None:
            return values
        return np.bincount(self.places, values, self.rows.shape[1])

    def predict(self, coef: np.ndarray, intercept: float) -> np.ndarray:
        """Return the predictions of a linear model, (n_rows,)."""
        return self.spread(coef @ self.rows + intercept)


@lru_cache(maxsize=_MOST_COLUMNS)
def all_patterns(n_columns: int) -> np.ndarray:
    """Return all rows of ones and zeros, (n_columns, 2 ** n_columns), by their bits."""
    numbers = np.arange(2**n_columns)
    rows = (numbers >> np.arange(n_columns)[:, None] & 1).astype(np.float64)
    rows.flags.writeable = False
    return rows


@dataclass(frozen=True)
class WeightedMatches:
    """Weighted sums over the rows of one instance.

    Nothing as long as the rows is kept but a byte for each: there are many of these.

    Attributes
    ----------
    counts : ndarray of int of shape (n_rows,)
        Number of matches of each row.
    by_count : ndarray of shape (n_columns + 1,)
        Weights by that number.
    weight : float
        Sum of the weights.
    mean : ndarray of shape (n_columns,)
    gram : ndarray of shape (n_columns, n_columns)
        Products of the centered columns.
    cross : ndarray of shape (n_columns, n_targets)
    y_mean, y_square : ndarray of shape (n_targets,)
    weights_seen, squares_seen : ndarray of shape (n_columns,)
        Sums of weights, and of their squares, of the rows behind the first that match.
    """

    counts: np.ndarray
    by_count: np.ndarray
    weight: float
    mean: np.ndarray
    gram: np.ndarray
    cross: np.ndarray
    y_mean: np.ndarray
    y_square: np.ndarray
    weights_seen: np.ndarray
    squares_seen: np.ndarray

    @classmethod
    def of(
        cls,
        matches: np.ndarray,
        counts: np.ndarray,
        by_count: np.ndarray,
        answers: np.ndarray,
        scratch: Scratch,
    ) -> WeightedMatches:
        """Sum up matches (n_columns, n_rows) and answers (n_rows, n_targets).

        All sums are parts of one product of a matrix with itself.
        """
        d, n_rows = matches.shape
        weights, root = by_count[counts], np.sqrt(by_count)[counts]
        total = weights.sum()
        y_mean = weights @ answers / total
        rows = scratch.take(d + 2 + answers.shape[1], n_rows)
        rows[:d] = matches
        rows[:d] *= root
        rows[d], rows[d + 1] = root, root * weights
        rows[d + 2 :] = (answers - y_mean).T * root
        sums = rows @ rows.T
        mean = sums[:d, d] / total
        return cls(
            counts,
            by_count,
            float(total),
            mean,
            sums[:d, :d] - total * np.outer(mean, mean),
            sums[:d, d + 2 :].copy(),
            y_mean,
            np.diag(sums)[d + 2 :].copy(),
            sums[:d, d] - weights[0],
            sums[:d, d + 1] - weights[0] ** 2,
        )

    @property
    def weights(self) -> np.ndarray:
        """Weights of the rows, (n_rows,)."""
        return self.by_count[self.counts]

    def moments(self, t: int, chosen: np.ndarray) -> Moments:
        """Return the moments of one target and some columns, by index."""
        return Moments(
            self.weight,
            self.mean[chosen],
            self.y_mean[t : t + 1],
            self.gram[np.ix_(chosen, chosen)],
            self.cross[chosen, t : t + 1],
            self.y_square[t : t + 1],
        )

    def leave_out(
        self,
        patterns: Patterns,
        answers: np.ndarray,
        fit: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return what leaving out each row makes of a fit to some columns.

        Parameters
        ----------
        patterns : Patterns
            Of the columns.
        answers : ndarray of shape (n_rows,)
            To one target, about their weighted mean.
        fit : tuple
            Covariance of the coefficients for unit noise, (k, k), the coefficients, and
            the columns' means.

        Returns
        -------
        misfit : ndarray of shape (k, k)
            Sum of the outer products of rows times residuals.
        left_out : ndarray of shape (n_rows,)
            The residuals; None instead of both where a row alone tells something.
        """
        inverse, coef, mean = fit
        rows, weights = patterns.rows - mean[:, None], self.weights
        leverage = patterns.spread(((inverse @ rows) * rows).sum(axis=0))
        left = 1.0 - weights * (leverage + 1.0 / self.weight)
        if left.min() < _LEAST_LEFT:
            return None
        residual = (answers - patterns.spread(coef @ rows)) / left
        squares = patterns.total((weights * residual) ** 2)
        return (rows * squares) @ rows.T, np.sqrt(weights) * residual
