"""Bins drawn by their frequency."""

from __future__ import annotations

import numpy as np

from sklearn_baylime.sampling._base import BaseSampler


def draw_by_frequency(cumulative: list[np.ndarray], n_samples: int, rng) -> np.ndarray:
    """Draw positions (n_samples, n_columns), each column by its own frequencies."""
    uniform = rng.random((len(cumulative), n_samples))
    positions = np.empty((n_samples, len(cumulative)), dtype=np.int32)
    for j, shares in enumerate(cumulative):
        positions[:, j] = np.searchsorted(shares, uniform[j], side="right")
    return positions


class BinSampler(BaseSampler):
    """Sampler of each column's codes by their frequency in the background.

    Columns are drawn independently of each other and of the instance: LIME's law for
    tables.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of rows, the instance counted.

    Attributes
    ----------
    values_ : list of ndarray
        Codes that occur in each column of the background.

    frequencies_ : list of ndarray
        Their shares, which sum to 1.

    n_features_in_ : int
        Number of columns.

    See Also
    --------
    sklearn_baylime.representation.QuantileDiscretizer : Makes the codes.

    Examples
    --------
    >>> from sklearn_baylime.sampling import BinSampler
    >>> sampler = BinSampler(n_samples=4).fit([[0, 7], [1, 7], [1, 7], [1, 7]])
    >>> sampler.frequencies_[0]
    array([0.25, 0.75])
    >>> sampler.sample([0, 7], random_state=0)
    array([[0, 7],
           [1, 7],
           [1, 7],
           [1, 7]])
    """

    def __init__(self, n_samples=5000):
        self.n_samples = n_samples

    def _learn(self, codes):
        counted = [np.unique(column, return_counts=True) for column in codes.T]
        self.values_ = [values for values, _ in counted]
        self.frequencies_ = [counts / len(codes) for _, counts in counted]
        self._inner_shares = [np.cumsum(f)[:-1] for f in self.frequencies_]

    def _draw(self, reference, n_samples, rng):
        rows = draw_by_frequency(self._inner_shares, n_samples, rng)
        dtype = np.result_type(reference, *self.values_)
        codes = np.empty(rows.shape, dtype=dtype)
        for j, values in enumerate(self.values_):
            codes[:, j] = values[rows[:, j]]
        return codes
