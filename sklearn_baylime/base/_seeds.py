"""Seeds and random numbers that belong to rows, not to calls."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cached_property, lru_cache
from inspect import getattr_static
from typing import Any

import joblib
import numpy as np
from scipy import sparse
from sklearn.utils import check_random_state

# Rows whose random numbers come from one seed: any part of the rows can be had alone.
BLOCK = 1024


def uniform_blocks(
    seed: int, start: int, n_rows: int, n_columns: int
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield parts of the rows `start`, ... with their uniform numbers.

    The numbers belong to the rows' positions: rows in several pieces get the same ones
    as in one. Blocks are small, so that all that is done with one stays in the cache.

    Parameters
    ----------
    seed : int
        Seed, such as `seed_` of a representation at an instance.
    start : int
        Position of the first of the rows among all.
    n_rows, n_columns : int
        Shape of the numbers.

    Yields
    ------
    part : slice
        Which of the rows.
    uniform : ndarray of shape (n_part, n_columns)
        Their numbers in [0, 1).
    """
    for block in range(start // BLOCK, -(-(start + n_rows) // BLOCK)):
        first = max(start - block * BLOCK, 0)
        last = min(start + n_rows - block * BLOCK, BLOCK)
        # The rows before are drawn too, those behind need not be.
        uniform = np.random.default_rng([seed, block]).random((last, n_columns))
        begin = block * BLOCK + first - start
        yield slice(begin, begin + last - first), uniform[first:last]


def draw_seed(random_state: Any) -> int:
    """Draw one seed; an int gives the same each time."""
    if type(random_state) is int:
        return draw_seeds(random_state)[0]
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


@lru_cache(maxsize=256)
def draw_seeds(*numbers: int, n: int = 1) -> tuple[int, ...]:
    """Return the first seeds that numbers draw, or a single one; kept for many uses."""
    seed: Any = numbers[0] if len(numbers) == 1 else list(numbers)
    rng = np.random.RandomState(seed)
    return tuple(int(s) for s in rng.randint(np.iinfo(np.int32).max, size=n))


def mix_seeds(seed: int, content: int) -> int:
    """Return one seed of two, such as a user's and that of an instance's content."""
    return int(np.random.SeedSequence([seed, content]).generate_state(1)[0])


def seed_of_content(x: Any) -> int:
    """Return a hash of what an instance holds, the same in every process.

    Parameters
    ----------
    x : array-like, frame, sparse matrix, str, bytes or any object that can be pickled
        The instance.

    Returns
    -------
    seed : int
        In 0..2**32 - 1.

    Raises
    ------
    TypeError
        If it is an object that cannot be pickled.
    """
    if isinstance(x, str):
        return zlib.crc32(x.encode("utf-8", "surrogatepass"))
    if isinstance(x, bytes):
        return zlib.crc32(x)
    if sparse.issparse(x):
        x = sparse.csr_matrix(x)
        return zlib.crc32(x.indices.tobytes(), zlib.crc32(x.data.tobytes()))
    if isinstance(x, np.ndarray) or hasattr(x, "columns"):
        array = np.asarray(x)
        if array.dtype.kind not in "OV":
            return zlib.crc32(np.ascontiguousarray(array).tobytes())
        # Plain values, for equal ones may be objects of several types in memory.
        x = array.tolist()
    return _seed_of_pickle(x)


def _seed_of_pickle(x: Any) -> int:
    try:
        return int(joblib.hash(_state_of(x))[:8], 16)
    except Exception as error:
        raise TypeError(
            f"The instance, a {type(x).__name__}, cannot be pickled ({error}), and so "
            "has no content that could seed its rows; give it a seed_ in at."
        ) from error


def _state_of(x: Any) -> Any:
    """Return what is hashed of an object: without what it computed when asked.

    A graph of networkx, for one, keeps its views among its attributes once they were
    looked at, and would be another instance after the first explanation.
    """
    if not isinstance(getattr(x, "__dict__", None), dict) or isinstance(x, type):
        return x
    if type(x).__reduce_ex__ is not object.__reduce_ex__ or hasattr(x, "__slots__"):
        return x
    return type(x).__qualname__, {
        name: value
        for name, value in vars(x).items()
        if not isinstance(getattr_static(type(x), name, None), cached_property)
    }
