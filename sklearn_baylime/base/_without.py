"""The instance without some of its columns: what is meant where a part says nothing."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sklearn_baylime.base._sklearn import num_samples
from sklearn_baylime.base._words import has_codes_before_at, takes_start


class NothingRemovedError(ValueError):
    """A representation does not say what stands where columns are removed."""


def check_kept(kept: Any, n_columns: int) -> NDArray[np.bool_]:
    """Return which columns are kept as booleans (n_rows, n_columns).

    Raises
    ------
    ValueError
        If they have another shape, or other values than 0 and 1.
    """
    array = np.asarray(kept)
    if array.ndim != 2 or array.shape[1] != n_columns:
        raise ValueError(
            f"kept has shape {array.shape}, expected one column for each of the code, "
            f"(n_rows, {n_columns})."
        )
    if array.dtype != bool and not np.isin(array, (0, 1)).all():
        raise ValueError("kept has other values than 0 (removed) and 1 (kept).")
    return array.astype(bool)


def has_masks(step: Any, reference: Any) -> bool:
    """Tell codes that are masks: all ones at the instance, and known there only.

    Codes that exist before an instance may be all ones by chance, and 0 then means
    something else than absent.
    """
    before = has_codes_before_at(step) and hasattr(step, "transform")
    return (
        not before and not sparse.issparse(reference) and bool((reference == 1).all())
    )


def mask_out(step: Any, here: Any, kept: Any) -> Any:
    """Return model inputs whose code is 0 where a column is removed.

    Parameters
    ----------
    step : object
        Step at an instance.
    here : object
        The same, with `reference_`; a `PlacedStep` if it lacks something.
    kept : array-like of bool of shape (n_rows, n_columns)
        Columns that are kept.

    Raises
    ------
    NothingRemovedError
        If its codes are no masks.
    """
    reference = here.reference_
    kept = check_kept(kept, reference.shape[-1])
    if not has_masks(step, reference):
        raise NothingRemovedError(
            f"{type(step).__name__} does not say what stands in place of a column that "
            "is removed: its codes are no masks, which are known at an instance only "
            "and are 1 there. Write without(self, kept, random_state=None), which "
            "returns model inputs, or give rows to draw from as background."
        )
    codes = kept.astype(reference.dtype)
    # Row 0 of all rows would be the instance, whatever its code.
    return here.inverse_transform(codes, **({"start": 1} if takes_start(here) else {}))


def takes_random_state(step: Any) -> bool:
    """Tell whether a step draws what stands in place of removed columns."""
    return hasattr(step, "without") and (
        "random_state" in signature(step.without).parameters
    )


def ask_without(step: Any, kept: Any, random_state: Any) -> Any:
    """Return what a step's own `without` makes of masks, a row each.

    Raises
    ------
    ValueError
        If it returns another number of rows.
    """
    known = {"random_state": random_state} if takes_random_state(step) else {}
    rows = step.without(kept, **known)
    if num_samples(rows) != len(kept):
        raise ValueError(
            f"{type(step).__name__}.without returned {num_samples(rows)} rows for "
            f"{len(kept)} rows of kept, expected one for each."
        )
    return rows
