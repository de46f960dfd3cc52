"""Codes of masks: 1 keeps a component, 0 removes it."""

from __future__ import annotations

import numpy as np


def check_codes(codes: np.ndarray, n_components: int) -> np.ndarray:
    """Return codes of zeros and ones as booleans, or say what is wrong with them."""
    if codes.ndim != 2 or codes.shape[1] != n_components:
        raise ValueError(
            f"The codes have shape {codes.shape}, expected one column for each "
            f"component, (n, {n_components})."
        )
    kept = codes == 1
    wrong = ~kept & (codes != 0)
    if wrong.any():
        raise ValueError(
            "The codes have other values than 1 (kept) and 0 (removed), such as "
            f"{codes[wrong][0]}."
        )
    return kept
