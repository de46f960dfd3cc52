"""What one unit of a code is in units of the column."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def find_units(step: Any, reference: Any) -> NDArray[np.float64] | None:
    """Return the units of a step that scales each column by itself, else None.

    It is asked what some ways away from the reference are: scikit-learn's scalers have
    attributes of their own for it, and strangers' have others. Columns that are mixed
    or bent have other ratios along each way.

    Parameters
    ----------
    step : object
        Fitted step with `inverse_transform`.
    reference : ndarray of shape (n_columns,) or csr matrix
        Code of the instance.
    """
    if not isinstance(reference, np.ndarray) or reference.dtype.kind != "f":
        return None
    ways = np.random.RandomState(0).uniform(0.5, 1.5, (3, len(reference)))
    ways[1] *= -1.0
    try:
        rows = step.inverse_transform(np.vstack([reference[None], reference + ways]))
        rows = np.asarray(rows, dtype=np.float64)
    except Exception:
        # Of codes that no row has, or of inputs that are no numbers, in words of each
        # step's own.
        return None
    if rows.shape != (4, len(reference)):
        return None
    ratios = (rows[1:] - rows[0]) / ways
    rounding = 1e-9 * np.abs(rows).max()
    is_scaled = np.allclose(ratios, ratios[0], rtol=1e-6, atol=rounding)
    return ratios[0] if is_scaled and ratios[0].all() else None
