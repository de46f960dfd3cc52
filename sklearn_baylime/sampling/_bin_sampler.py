"""Bins drawn by their frequency."""

from __future__ import annotations

import numpy as np
from sklearn.utils import gen_batches

from sklearn_baylime.sampling._base import BaseSampler

# Up to this many values a column, comparing all columns at once beats searching each.
_FEW = 16

# Rows drawn at a time, few enough to stay in the cache.
_PART = 512


def draw_by_frequency(cumulative: list[np.ndarray], n_samples: int, rng) -> np.ndarray:
    """Draw positions (n_samples, n_columns), each column by its own frequencies.

    `cumulative` holds the inner sums of each column's shares, its last 1 left out.
    """
    n_columns, most = len(cumulative), max(map(len, cumulative))
    positions = np.empty((n_samples, n_columns), dtype=np.min_scalar_type(-1 - most))
    steps = np.full((most if most <= _FEW else 0, n_columns), np.inf)
    for k in range(len(steps)):
        for j, shares in enumerate(cumulative):
            steps[k, j] = shares[k] if k < len(shares) else np.inf
    for part in gen_batches(n_samples, _PART):
        uniform = rng.random((part.stop - part.start, n_columns))
        if most > _FEW:
            for j, shares in enumerate(cumulative):
                found = np.searchsorted(shares, uniform[:, j], side="right")
                positions[part, j] = found
        else:
            passed = np.zeros(uniform.shape, dtype=np.int8)
            for step in steps:
                passed += (uniform >= step).view(np.int8)
            positions[part] = passed
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
        positions = draw_by_frequency(self._inner_shares, n_samples, rng)
        dtype = np.result_type(reference, *self.values_)
        if all(np.array_equal(v, np.arange(len(v))) for v in self.values_):
            return positions.astype(dtype, copy=False)
        columns = zip(self.values_, positions.T, strict=True)
        return np.stack([values[at] for values, at in columns], axis=1).astype(dtype)
