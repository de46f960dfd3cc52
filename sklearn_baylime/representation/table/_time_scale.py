"""Dates, times of day and durations as numbers: whole steps from an origin."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_baylime.representation.table._ticks import (
    UNITS,
    kind_of_form,
    ticks_of,
)
from sklearn_baylime.representation.table._time_texts import (
    clock_text,
    duration_text,
    instant_text,
    spread_text,
)

# Python's own dates end here; a draw beyond is no date.
_FIRST, _LAST = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")


@dataclass(frozen=True)
class TimeScale:
    """A column of instants, durations or times of day, counted in steps.

    Attributes
    ----------
    form : str
        What the values are: "datetime64" or "timedelta64" where numpy or the frame
        holds them, otherwise the name of the objects' class.
    unit : str
        Numpy's unit of a tick.
    origin : int
        Ticks of the value 0: the least of the background.
    step : int
        Ticks of the value 1: the largest unit of which all values are multiples.
    zone : tzinfo or None
        Time zone of instants that have one.
    """

    form: str
    unit: str
    origin: int
    step: int
    zone: Any = None

    @property
    def is_duration(self) -> bool:
        """Whether values are durations."""
        return self.form.lower().startswith("timedelta")

    @property
    def resolution(self) -> None:
        """Distance of values that float types do not know: whole steps have none."""
        return None

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest number that the column can hold."""
        low, high = -(2**62), 2**62
        per_tick = UNITS[self.unit]
        if self.form == "time":
            low, high = 0, UNITS["D"] // per_tick - 1
        elif not self.is_duration:
            days = np.array([_FIRST, _LAST]).astype("M8[D]").view(np.int64)
            ends = [int(day) * (UNITS["D"] // per_tick) for day in days]
            low, high = max(low, ends[0]), min(high, ends[1])
        steps = -(-(low - self.origin) // self.step), (high - self.origin) // self.step
        return float(steps[0]), float(steps[1])

    def numbers(self, column: np.ndarray, gaps: np.ndarray, name: str) -> np.ndarray:
        """Return steps from the origin, NaN in gaps."""
        numbers = np.full(len(column), np.nan)
        if gaps.all():
            return numbers
        try:
            ticks = ticks_of(column[~gaps])
        except (TypeError, ValueError, OverflowError):
            ticks = None
        found = ticks.zone if ticks is not None and ticks.is_object else self.zone
        alike = ticks is not None and ticks.form_kind == kind_of_form(self.form)
        if not alike or (found is None) != (self.zone is None):
            zone = " with a time zone" if self.zone is not None else ""
            raise ValueError(
                f"Column {name!r} has {column[~gaps].tolist()[0]!r}, expected "
                f"{self._plural}{zone}, as in fit."
            )
        numbers[~gaps] = self._steps(ticks)
        return numbers

    def values(self, numbers: np.ndarray, missing: Any = None) -> np.ndarray:
        """Return the values of numbers; `missing` stands for NaN among objects."""
        gaps = np.isnan(numbers)
        steps = np.rint(np.where(gaps, 0.0, numbers)).astype(np.int64)
        ticks = self.origin + steps * self.step
        kind = "m8" if self.is_duration or self.form == "time" else "M8"
        times = ticks.view(f"{kind}[{self.unit}]")
        if self.form in ("datetime64", "timedelta64"):
            times[gaps] = "NaT"
            return times
        make = _MAKERS[self.form]
        values = np.empty(len(times), dtype=object)
        for i, (time, gap) in enumerate(zip(times, gaps, strict=True)):
            values[i] = missing if gap else make(time, self.zone)
        return values

    def texts(self, numbers: Sequence[float] | np.ndarray) -> list[str]:
        """Return borders as text, each the last value that is not above it."""
        steps = np.floor(np.asarray(numbers, dtype=np.float64))
        ticks = self.origin + steps.astype(np.int64) * self.step
        if self.is_duration:
            return [duration_text(int(t) * UNITS[self.unit]) for t in ticks]
        if self.form == "time":
            return [clock_text(int(t) * UNITS[self.unit]) for t in ticks]
        return [instant_text(t, self.zone) for t in ticks.view(f"M8[{self.unit}]")]

    def spread_text(self, number: float) -> str:
        """Return a difference of values, such as ``86.6 days``."""
        nanoseconds = abs(number) * self.step * UNITS[self.unit]
        return spread_text(nanoseconds)

    @property
    def origin_text(self) -> str:
        """What numbers count, for those who see them as numbers."""
        size = self.spread_text(1.0).removeprefix("1 ")
        start = "" if self.is_duration and not self.origin else self.texts([0.0])[0]
        return f"{size} since {start}" if start else size

    @property
    def _plural(self) -> str:
        if self.is_duration:
            return "durations"
        return "times of day" if self.form == "time" else "dates"

    def _steps(self, ticks: Any) -> np.ndarray:
        """Return differences from the origin in steps, exact where whole."""
        here, there = UNITS[ticks.unit], UNITS[self.unit]
        if here <= there:
            origin, step = self.origin * (there // here), self.step * (there // here)
            if abs(origin) < 2**63 and step < 2**63:
                return _quotient(ticks.values - origin, step)
        factor = here / there
        return (ticks.values * factor - self.origin) / self.step


def time_scale(
    column: np.ndarray, *, zoned: bool = False, zone: Any = None
) -> TimeScale | None:
    """Return the scale of values without gaps; None if they are no times.

    `zoned` says that the frame holds instants with a zone, whatever numpy sees; `zone`
    is that zone where numpy does not see it.

    Raises
    ------
    ValueError
        If values with and without a time zone are mixed.
    """
    ticks = ticks_of(column)
    if ticks is None:
        return None
    form = "datetime64" if zoned and ticks.form_kind == "instant" else ticks.form
    origin = int(ticks.values.min())
    step = _common_step(ticks.values - origin, ticks.unit)
    return TimeScale(form, ticks.unit, origin, step, ticks.zone or zone)


def _common_step(differences: np.ndarray, unit: str) -> int:
    """Return the largest unit, in ticks, of which all differences are multiples."""
    per_tick = UNITS[unit]
    for size in UNITS.values():
        step = size // per_tick
        if step >= 1 and not (differences % step).any():
            return step
    return 1


def _quotient(numerator: np.ndarray, step: int) -> np.ndarray:
    whole, rest = np.divmod(numerator, step)
    return whole + rest / step


def _to_datetime(time: Any, zone: Any) -> dt.datetime:
    value = time.astype("M8[us]").item()
    if zone is None:
        return value
    return value.replace(tzinfo=dt.UTC).astimezone(zone)


def _to_timestamp(time: Any, zone: Any) -> Any:
    value = sys.modules["pandas"].Timestamp(time)
    return value if zone is None else value.tz_localize("UTC").tz_convert(zone)


def _to_clock(time: Any, zone: Any) -> dt.time:
    return (dt.datetime.min + time.astype("m8[us]").item()).time().replace(tzinfo=zone)


_MAKERS: dict[str, Callable[[Any, Any], Any]] = {
    "datetime64 object": lambda time, zone: time,
    "timedelta64 object": lambda time, zone: time,
    "Timestamp": _to_timestamp,
    "Timedelta": lambda time, zone: sys.modules["pandas"].Timedelta(time),
    "datetime": _to_datetime,
    "date": lambda time, zone: time.astype("M8[D]").item(),
    "timedelta": lambda time, zone: time.astype("m8[us]").item(),
    "time": _to_clock,
}
