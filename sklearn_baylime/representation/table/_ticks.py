"""Dates, times of day and durations as integers, whatever holds them."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

# Nanoseconds of numpy's units, from the coarsest.
UNITS = {
    "D": 86_400_000_000_000,
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
    "ns": 1,
}


@dataclass(frozen=True)
class Ticks:
    """Values as integers of one unit."""

    values: np.ndarray
    unit: str
    form: str
    zone: Any = None
    is_object: bool = False

    @property
    def form_kind(self) -> str:
        """Instant, duration or time of day."""
        return kind_of_form(self.form)


def ticks_of(column: np.ndarray) -> Ticks | None:
    """Return values without gaps as integers; None if they are no times."""
    if column.dtype.kind in "Mm":
        unit = np.datetime_data(column.dtype)[0]
        if unit not in UNITS or np.datetime_data(column.dtype)[1] != 1:
            column = column.astype(f"{column.dtype.kind}8[{_finer(unit)}]")
            unit = np.datetime_data(column.dtype)[0]
        form = "datetime64" if column.dtype.kind == "M" else "timedelta64"
        return Ticks(column.astype(column.dtype).view(np.int64), unit, form)
    if column.dtype.kind != "O" or not len(column):
        return None
    return _ticks_of_objects(column.tolist())


def _ticks_of_objects(values: list[Any]) -> Ticks | None:
    forms = {form_of(value) for value in values}
    if None in forms or len({kind_of_form(str(form)) for form in forms}) != 1:
        return None
    form = str(next(iter(forms))) if len(forms) == 1 else str(min(map(str, forms)))
    zones = {_zone_of(value) for value in values}
    if None in zones and len(zones) > 1:
        raise ValueError("mixes times with and without a time zone")
    times = np.array([_to_numpy(value) for value in values])
    found = ticks_of(times)
    if found is None:
        return None
    zone = next(iter(zones))
    return Ticks(found.values, found.unit, form, zone, is_object=True)


def form_of(value: Any) -> str | None:
    """Return the class of a time's value; subclasses first."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        return f"{type(value).__name__} object"
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.Timestamp | pandas.Timedelta):
        return type(value).__name__
    for known in (dt.datetime, dt.date, dt.time, dt.timedelta):
        if isinstance(value, known):
            return known.__name__
    return None


def kind_of_form(form: str) -> str:
    if form.lower().startswith("timedelta"):
        return "duration"
    return "clock" if form == "time" else "instant"


def _zone_of(value: Any) -> Any:
    return value.tzinfo if isinstance(value, dt.datetime) else None


def _to_numpy(value: Any) -> Any:
    """Return a time as numpy's, instants in UTC."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        return value
    if isinstance(value, dt.time):
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return np.timedelta64(seconds * 1_000_000 + value.microsecond, "us")
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        own: Any = value if form_of(value) == "Timestamp" else None
        return np.datetime64(value, "us") if own is None else own.asm8
    if isinstance(value, dt.date):
        return np.datetime64(value, "D")
    own = form_of(value) == "Timedelta"
    return value.asm8 if own else np.timedelta64(value, "us")


def _finer(unit: str) -> str:
    """Return a unit of ours for months, years and multiples of units."""
    return {"Y": "D", "M": "D", "W": "D"}.get(unit, unit if unit in UNITS else "ns")
