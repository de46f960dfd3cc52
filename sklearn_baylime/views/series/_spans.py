"""Where the segments of a series lie, and how a long line is thinned: pure functions.

A segment is ``(start, stop, channel)``, timesteps as of slices; its channel is None
where it is one of all channels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import index
from typing import Any

import numpy as np

Segment = tuple[int, int, int | None]

# Between these the weakest tint is seen, and the strongest leaves the line visible.
_FAINTEST, _STRONGEST = 0.08, 0.5

# More panels than these would be too flat to read.
_MOST_CHANNELS = 8


def read_segments(segments: Iterable[Any]) -> tuple[Segment, ...]:
    """Return segments of two or three numbers as those of three."""
    return tuple(_read_segment(segment, j) for j, segment in enumerate(segments))


def _read_segment(segment: Any, j: int) -> tuple[int, int, int | None]:
    try:
        start, stop, *rest = segment
        (channel,) = rest or (None,)
        return index(start), index(stop), None if channel is None else index(channel)
    except (TypeError, ValueError):
        raise TypeError(
            f"Segment {j} is {segment!r}, expected two integers, start and stop, or "
            "three with the channel."
        ) from None


def check_segments(
    segments: Sequence[Segment], n_timesteps: int, n_channels: int
) -> None:
    """Refuse segments that are empty, reach out of the series or overlap."""
    for j, (start, stop, channel) in enumerate(segments):
        if not 0 <= start < stop <= n_timesteps:
            raise ValueError(
                f"Segment {j} is from {start} to {stop}, expected 0 <= start < stop <= "
                f"{n_timesteps}, the number of timesteps."
            )
        if channel is not None and not 0 <= channel < n_channels:
            raise ValueError(
                f"Segment {j} is of channel {channel}, expected one from 0 to "
                f"{n_channels - 1}, or None for all."
            )
    for c in range(n_channels):
        mine = sorted((*s[:2], j) for j, s in enumerate(segments) if s[2] in (None, c))
        for (start, stop, i), (later, last, j) in pairwise(mine):
            if later < stop:
                raise ValueError(
                    f"Segments {i} ({start} to {stop}) and {j} ({later} to {last}) "
                    f"overlap in channel {c}, expected each timestep of it in one at "
                    "most."
                )


def as_channels(values: Any) -> np.ndarray:
    """Return values of (n_timesteps,) or (n_timesteps, n_channels) as the latter."""
    values = np.asarray(values, dtype=np.float64)
    return values[:, np.newaxis] if values.ndim == 1 else values


def place_times(times: Any, n_timesteps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where timesteps stand, and the edges between them: half way.

    Times that are no numbers stand at 0, 1, 2, ...
    """
    at = np.arange(n_timesteps, dtype=float)
    if times is not None and not isinstance(times[0], str):
        at = np.asarray(times, dtype=float)
    middles = (at[1:] + at[:-1]) / 2
    # The outer edges are as far from their timesteps as the next ones.
    first, last = (
        (middles[0] - at[0], at[-1] - middles[-1]) if len(at) > 1 else (0.5, 0.5)
    )
    return at, np.concatenate([[at[0] - first], middles, [at[-1] + last]])


def choose_channels(
    segments: Iterable[Segment], n_channels: int, most: int = _MOST_CHANNELS
) -> list[int]:
    """Return the channels that are drawn: all, or those of the strongest segments."""
    if n_channels <= most:
        return list(range(n_channels))
    named = [channel for *_, channel in segments if channel is not None]
    ranked = dict.fromkeys([*named, *range(n_channels)])
    return sorted(list(ranked)[:most])


def tint_opacities(coef: Any, sign_probability: Any) -> np.ndarray:
    """Return how strongly segments are tinted: by size times certainty of the sign.

    A weight as likely of the other sign has the faintest tint, whatever its size; a
    weight of 0 has none.
    """
    sizes = np.abs(np.asarray(coef, dtype=float))
    share = sizes / max(sizes.max(initial=0.0), np.finfo(float).tiny)
    # Where no probability is stated, nothing is known against the sign.
    certainty = 2 * np.nan_to_num(np.asarray(sign_probability, float), nan=1.0) - 1
    strength = share * np.clip(certainty, 0.0, 1.0)
    return np.where(sizes > 0, _FAINTEST + (_STRONGEST - _FAINTEST) * strength, 0.0)


def thin(values: np.ndarray, most: int) -> np.ndarray:
    """Return which timesteps to draw: of many, the extremes of each bin in order.

    Peaks of a single timestep stay, and so do gaps of missing values.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    bins = np.array_split(np.arange(n), max(most // 3, 1))
    missing = np.isnan(values)
    low, high = np.where(missing, np.inf, values), np.where(missing, -np.inf, values)
    kept = [[b[low[b].argmin()], b[high[b].argmax()], *b[missing[b]][:1]] for b in bins]
    return np.unique([0, n - 1, *(i for some in kept for i in some)])


def line_within(
    at: np.ndarray, values: np.ndarray, kept: np.ndarray, start: int, stop: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of a line within a segment, up to half way to its neighbors."""
    inside = kept[(kept >= start) & (kept < stop)]
    inside = np.union1d(inside, [start, stop - 1]).astype(np.intp)
    x, y = at[inside], values[inside]
    if start > 0:
        x = np.insert(x, 0, (at[start - 1] + at[start]) / 2)
        y = np.insert(y, 0, (values[start - 1] + values[start]) / 2)
    if stop < len(at):
        x = np.append(x, (at[stop - 1] + at[stop]) / 2)
        y = np.append(y, (values[stop - 1] + values[stop]) / 2)
    return x, y


def span_of(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis that holds the values, with some room."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0, 1)
    room = 0.08 * (high - low) or 0.5 * (abs(low) or 1.0)
    return low - room, high + room


def find_ticks(low: float, high: float, n: int) -> tuple[np.ndarray, int]:
    """Return about `n` round numbers between two, and the decimals that they have."""
    rough = (high - low) / n
    size = 10.0 ** math.floor(math.log10(rough))
    step = size * next(m for m in (1, 2, 5, 10) if m * size >= rough * 0.999)
    ticks = step * np.arange(math.ceil(low / step), math.floor(high / step) + 1)
    return ticks, max(0, -math.floor(math.log10(step) + 1e-9))
