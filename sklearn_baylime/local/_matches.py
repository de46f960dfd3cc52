"""Rows that instances share, seen as matches with each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_baylime.linear_model._moments import Moments

# What leverages leave of a row below this has lost digits.
_LEAST_LEFT = 1e-4


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
        matches: np.ndarray,
        answers: np.ndarray,
        t: int,
        chosen: np.ndarray,
        fit: tuple[np.ndarray, np.ndarray],
        scratch: Scratch,
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return what leaving out each row makes of a fit.

        Parameters
        ----------
        matches : ndarray of bool of shape (n_chosen, n_rows)
        answers : ndarray of shape (n_rows, n_targets)
        t : int
        chosen : ndarray of int of shape (n_chosen,)
        fit : tuple
            Covariance of the coefficients for unit noise, (n_chosen, n_chosen), and
            the coefficients.
        scratch : Scratch

        Returns
        -------
        misfit : ndarray of shape (n_chosen, n_chosen)
            Sum of the outer products of rows times residuals.
        left_out : ndarray of shape (n_rows,)
            The residuals; None instead of both where a row alone tells something.
        """
        k, n_rows = matches.shape
        inverse, coef = fit
        root = np.sqrt(self.by_count)[self.counts]
        room = scratch.take(2 * k, n_rows)
        rows, along = room[:k], room[k:]
        np.subtract(matches, self.mean[chosen, None], out=rows)
        rows *= root
        np.matmul(inverse, rows, out=along)
        along *= rows
        left = 1.0 - along.sum(axis=0) - self.weights / self.weight
        if left.min() < _LEAST_LEFT:
            return None
        left_out = ((answers[:, t] - self.y_mean[t]) * root - coef @ rows) / left
        rows *= left_out
        return rows @ rows.T, left_out
