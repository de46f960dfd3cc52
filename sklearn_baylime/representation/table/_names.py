"""Names of bins and categories with as many digits as tell them apart."""

from __future__ import annotations

from typing import Any

import numpy as np


def format_numbers(values: Any) -> list[str]:
    """Format numbers with three significant digits, or more until all differ.

    Examples
    --------
    >>> format_numbers([0.00042, 0.0011])
    ['0.00042', '0.0011']
    >>> format_numbers([1000.26, 1000.31])
    ['1000.26', '1000.31']
    """
    n_distinct = len(set(values))
    texts: list[str] = []
    for digits in range(3, 18):
        texts = [_format(float(v), digits) for v in values]
        if len(set(texts)) == n_distinct:
            break
    return texts


def _format(value: float, digits: int) -> str:
    if value == 0 or 1e-5 <= abs(value) < 1e7:
        # Digits before the point are never rounded away: 1234 reads better than 1230.
        whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
        return np.format_float_positional(
            value, precision=max(digits, whole), fractional=False, trim="-"
        )
    return f"{value:.{digits}g}"


def bin_name(name: str, borders: list[str], code: int) -> str:
    """Return the condition of one bin, such as ``1 < width <= 2``."""
    if not borders:
        return f"{name} (any value)"
    if code == 0:
        return f"{name} <= {borders[0]}"
    if code == len(borders):
        return f"{name} > {borders[-1]}"
    return f"{borders[code - 1]} < {name} <= {borders[code]}"
