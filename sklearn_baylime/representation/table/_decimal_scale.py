"""Decimal numbers as floats, and back with as many places as they had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from sklearn_baylime.representation.table._names import format_numbers


@dataclass(frozen=True)
class DecimalScale:
    """A column of `decimal.Decimal`.

    Attributes
    ----------
    places : int
        Digits behind the point, the most that a value of the background has.
    """

    places: int

    @property
    def resolution(self) -> float:
        """Distance of neighbors."""
        return 10.0**-self.places

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest number that the column can hold."""
        return -np.inf, np.inf

    def numbers(self, column: np.ndarray, gaps: np.ndarray, name: str) -> np.ndarray:
        """Return floats, NaN in gaps."""
        numbers = np.full(len(column), np.nan)
        try:
            numbers[~gaps] = [float(value) for value in column[~gaps].tolist()]
        except (TypeError, ValueError):
            raise ValueError(
                f"Column {name!r} has {column[~gaps].tolist()[0]!r}, expected decimal "
                "numbers, as in fit."
            ) from None
        return numbers

    def values(self, numbers: np.ndarray, missing: Any = None) -> np.ndarray:
        """Return the nearest decimals; `missing` stands for NaN."""
        values = np.empty(len(numbers), dtype=object)
        with localcontext() as context:
            context.prec = 400
            unit = Decimal(1).scaleb(-self.places)
            for i, number in enumerate(numbers.tolist()):
                gap = number != number
                values[i] = missing if gap else Decimal(repr(number)).quantize(unit)
        return values

    def texts(self, numbers: Sequence[float] | np.ndarray) -> list[str]:
        """Return borders as text."""
        return format_numbers(numbers)

    def spread_text(self, number: float) -> str:
        """Return a difference of values as text."""
        return format_numbers([number])[0]

    @property
    def origin_text(self) -> None:
        """Numbers are what they say."""
        return None


def decimal_scale(column: np.ndarray) -> DecimalScale | None:
    """Return the scale of values without gaps; None if they are no decimals."""
    if column.dtype.kind != "O" or not len(column):
        return None
    values = column.tolist()
    if not all(isinstance(value, Decimal) for value in values):
        return None
    exponents = [value.as_tuple().exponent for value in values if value.is_finite()]
    return DecimalScale(max((-int(e) for e in exponents), default=0))
