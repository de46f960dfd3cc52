"""Seeds and random numbers that belong to rows, not to calls."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

# Rows whose random numbers come from one seed: any part of the rows can be had alone.
_BLOCK = 1024


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


def draw_seed(random_state) -> int:
    """Draw one seed; an int gives the same each time."""
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
