"""Periods of time, such as days and months, as numbers: their count."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# Distinct periods up to which they are categories: the months of a year, say.
_FEW = 30


@dataclass(frozen=True)
class PeriodScale:
    """A column of `pandas.Period`, counted from the first of the background.

    Attributes
    ----------
    freq : object
        Frequency of the periods.
    origin : int
        Ordinal of the first.
    """

    freq: Any
    origin: int

    @property
    def resolution(self) -> None:
        """Distance of values that float types do not know: all are whole."""
        return None

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest number that the column can hold."""
        return -1e6 - self.origin, 1e9 - self.origin

    def numbers(self, column: np.ndarray, gaps: np.ndarray, name: str) -> np.ndarray:
        """Return the count of periods from the first, NaN in gaps."""
        numbers = np.full(len(column), np.nan)
        known = column[~gaps].tolist()
        wrong = [value for value in known if not self._is_alike(value)]
        if wrong:
            raise ValueError(
                f"Column {name!r} has {wrong[0]!r}, expected periods of the frequency "
                f"{self.freq}, as in fit."
            )
        numbers[~gaps] = [value.ordinal - self.origin for value in known]
        return numbers

    def values(self, numbers: np.ndarray, missing: Any = None) -> np.ndarray:
        """Return the periods of numbers; `missing` stands for NaN."""
        values = np.empty(len(numbers), dtype=object)
        for i, number in enumerate(numbers.tolist()):
            gap = number != number
            values[i] = missing if gap else self._period(number)
        return values

    def texts(self, numbers: Sequence[float] | np.ndarray) -> list[str]:
        """Return borders as text, each the last period that is not above it."""
        return [str(self._period(np.floor(number))) for number in numbers]

    def spread_text(self, number: float) -> str:
        """Return a difference of periods as text."""
        return f"{abs(number):.3g} periods"

    @property
    def origin_text(self) -> str:
        """What numbers count, for those who see them as numbers."""
        return f"periods since {self._period(0)}"

    def _is_alike(self, value: Any) -> bool:
        period = sys.modules["pandas"].Period
        return isinstance(value, period) and value.freq == self.freq

    def _period(self, number: float) -> Any:
        ordinal = self.origin + round(float(number))
        return sys.modules["pandas"].Period(ordinal=ordinal, freq=self.freq)


def period_scale(column: np.ndarray) -> PeriodScale | None:
    """Return the scale of values without gaps; None if they are few, or no periods."""
    pandas = sys.modules.get("pandas")
    if pandas is None or column.dtype.kind != "O" or not len(column):
        return None
    values = column.tolist()
    if not all(isinstance(value, pandas.Period) for value in values):
        return None
    if len(set(values)) <= _FEW or len({value.freq for value in values}) > 1:
        return None
    return PeriodScale(values[0].freq, min(value.ordinal for value in values))
