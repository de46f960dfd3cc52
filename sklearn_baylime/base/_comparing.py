"""What all checks share: comparing rows of any kind, and saying what is wrong."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np
from joblib import wrap_non_picklable_objects
from scipy import sparse

from sklearn_baylime.base._parts import clone_part
from sklearn_baylime.base._seeds import seed_of_content


def require(is_right: Any, message: str) -> None:
    """Raise an AssertionError unless all is right."""
    if not is_right:
        raise AssertionError(message)


def n_rows_of(rows: Any) -> int:
    """Return the number of rows of an array, a frame, a sparse matrix or a list."""
    return rows.shape[0] if hasattr(rows, "shape") else len(rows)


def is_same(rows: Any, others: Any) -> bool:
    """Tell whether rows hold the same, in whatever container; NaN is NaN."""
    if n_rows_of(rows) != n_rows_of(others):
        return False
    if sparse.issparse(rows) or sparse.issparse(others):
        rows, others = sparse.csr_matrix(rows), sparse.csr_matrix(others)
        return rows.shape == others.shape and (rows != others).nnz == 0
    if isinstance(rows, list | tuple):
        return all(map(_is_same_object, rows, others))
    return _is_same_array(np.asarray(rows), np.asarray(others))


def _is_same_array(rows: Any, others: Any) -> bool:
    if rows.shape != others.shape:
        return False
    floats = rows.dtype.kind in "fc" and others.dtype.kind in "fc"
    if floats or rows.dtype.kind != "O":
        return np.array_equal(rows, others, equal_nan=floats)
    return all(map(_is_same_object, rows.ravel().tolist(), others.ravel().tolist()))


def _is_same_object(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return _is_same_array(one, np.asarray(other))
    if isinstance(one, float) and one != one:
        return bool(other != other)
    # Graphs, for one, are equal to themselves only: what counts is what they hold.
    return bool(one == other) or seed_of_content(one) == seed_of_content(other)


def read_only(data: Any) -> Any:
    """Return a copy that cannot be written to, where its type knows of such."""
    data = deepcopy(data)
    arrays = [data.data] if sparse.issparse(data) else [data]
    for array in arrays:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return data


def pickled(part: Any) -> Any:
    """Return what comes out of a pickle, as joblib's processes make it.

    They take classes from a notebook or a function too, which pickle alone does not.
    """
    try:
        wrapped = wrap_non_picklable_objects(part, keep_wrapper=False)
        return pickle.loads(pickle.dumps(wrapped))
    except Exception as error:
        raise AssertionError(
            f"{type(part).__name__} cannot be pickled ({error}): keep no generators, "
            "locks or open files among its attributes."
        ) from error


@contextmanager
def nothing_written(name: str) -> Iterator[None]:
    """Say of a part that it writes to what it was given, where that is read-only."""
    try:
        yield
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise AssertionError(
            f"{name} writes to what it is given, {error}: work on a copy."
        ) from error


def clones_well(part: Any) -> None:
    """Check that a clone has the parameters, and nothing that was learned."""
    twin = clone_part(part)
    require(
        type(twin) is type(part) and twin is not part,
        f"The clone of {type(part).__name__} is a {type(twin).__name__}, expected "
        "another of its class: inherit sklearn.base.BaseEstimator.",
    )
    if hasattr(part, "get_params"):
        learned = [name for name in vars(twin) if name.endswith("_")]
        require(
            not learned,
            f"{type(part).__name__}.__init__ sets {learned}, expected its parameters "
            "alone: set what follows from them in fit.",
        )
