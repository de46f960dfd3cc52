"""Dates, times of day and durations as a reader expects them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from sklearn_baylime.representation.table._ticks import UNITS

_WORDS = dict(
    zip(UNITS, ("days", "hours", "minutes", "s", "ms", "µs", "ns"), strict=True)
)


def spread_text(nanoseconds: float) -> str:
    """Return a length of time in its largest unit, such as ``86.6 days``."""
    unit = next((u for u, n in UNITS.items() if nanoseconds >= n), "ns")
    return f"{nanoseconds / UNITS[unit]:.3g} {_WORDS[unit]}"


def instant_text(time: np.datetime64, zone: Any) -> str:
    if zone is not None:
        known = time.astype("M8[us]").item().replace(tzinfo=dt.UTC)
        time = np.datetime64(known.astimezone(zone).replace(tzinfo=None))
    return str(np.datetime_as_string(time, unit="auto")).replace("T", " ")


def clock_text(nanoseconds: int) -> str:
    shown = (dt.datetime.min + dt.timedelta(microseconds=nanoseconds // 1000)).time()
    return shown.isoformat().removesuffix(":00")


def duration_text(nanoseconds: int) -> str:
    """Return ``3 days``, ``3 days 2:30:00`` or ``0.25 ms``."""
    if nanoseconds % 1000 or 0 < abs(nanoseconds) < UNITS["s"]:
        unit = next(u for u, n in UNITS.items() if abs(nanoseconds) >= n)
        return f"{nanoseconds / UNITS[unit]:.9g} {_WORDS[unit]}"
    sign = "-" if nanoseconds < 0 else ""
    days, rest = divmod(abs(nanoseconds), UNITS["D"])
    clock = str(dt.timedelta(microseconds=rest // 1000)) if rest else ""
    told = f"{days} day{'' if days == 1 else 's'}" if days or not rest else ""
    return sign + f"{told} {clock}".strip()
