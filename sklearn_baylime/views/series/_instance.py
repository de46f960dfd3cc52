"""A series and the spans of time that are its features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._registry import register_view
from sklearn_baylime.views.series._display import SeriesDisplay
from sklearn_baylime.views.series._html import add_series
from sklearn_baylime.views.series._spans import (
    Segment,
    as_channels,
    check_segments,
    read_segments,
)


@register_view
@dataclass(frozen=True, eq=False)
class SeriesInstance:
    """A series, of one channel or several, with the span of time of each feature.

    Parameters
    ----------
    values : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        Numbers, the oldest first; NaN where one is missing.

    segments : sequence of (int, int) or (int, int, int)
        For each feature the first timestep and the one after its last, as of slices,
        and the channel; without a channel, or with None, it is of all channels. Those
        of a channel do not overlap, and need not cover all of it.

    names : sequence of str or None, default=None
        Names of the channels.

    times : sequence of float or of str or None, default=None
        When each timestep was: growing numbers, or labels such as dates. Numbers
        from 0 if None.

    Raises
    ------
    TypeError
        If the values are no numbers, or a segment is not of integers.
    ValueError
        If shapes do not fit, a value is infinite, times do not grow, or a segment is
        empty, reaches out of the series or overlaps with another.

    Notes
    -----
    A representation tells of its instance by `describe`, which returns a dictionary of
    the words above and ``"kind": "series"``; arrays may stay arrays, `names` and
    `times` may be left out. For a column of codes for each of some segments of each
    channel, channel by channel, that is::

        {
            "kind": "series",
            "values": x,
            "segments": [
                (part.start, part.stop, channel)
                for channel in range(x.shape[1])
                for part in segments
            ],
            "names": feature_names,
        }

    Examples
    --------
    >>> from sklearn_baylime.views import SeriesInstance
    >>> series = SeriesInstance([1.0, 2.0, 5.0, 4.0], [(0, 2), (2, 4)])
    >>> series
    <SeriesInstance of 4 timesteps, 1 channel, in 2 segments>
    >>> series.values_of(1)
    array([[5.],
           [4.]])
    """

    kind: ClassVar[str] = "series"
    noun: ClassVar[str] = "a series"
    pictures: ClassVar[dict[str, type]] = {"series": SeriesDisplay}
    default_picture: ClassVar[str | None] = "series"

    values: np.ndarray
    segments: tuple[Segment, ...]
    names: tuple[str, ...] | None = None
    times: tuple[float, ...] | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        values = _read_values(self.values)
        object.__setattr__(self, "values", values)
        n_timesteps, n_channels = as_channels(values).shape
        segments = read_segments(self.segments)
        check_segments(segments, n_timesteps, n_channels)
        object.__setattr__(self, "segments", segments)
        object.__setattr__(self, "names", _read_names(self.names, n_channels))
        object.__setattr__(self, "times", _read_times(self.times, n_timesteps))

    @property
    def n_features(self) -> int:
        """Number of segments."""
        return len(self.segments)

    @property
    def n_timesteps(self) -> int:
        """Number of timesteps."""
        return len(self.values)

    @property
    def n_channels(self) -> int:
        """Number of channels."""
        return as_channels(self.values).shape[1]

    def values_of(self, feature: int) -> np.ndarray:
        """Return the values within the segment of a feature.

        Parameters
        ----------
        feature : int
            Index of the feature.

        Returns
        -------
        values : ndarray of shape (length, 1) or (length, n_channels)
            Of its channel, or of all.
        """
        start, stop, channel = self.segments[feature]
        channels = slice(None) if channel is None else slice(channel, channel + 1)
        return as_channels(self.values)[start:stop, channels]

    def to_dict(self) -> dict[str, Any]:
        """Return lists and numbers that `from_dict` reads, for JSON.

        Returns
        -------
        content : dict
            With the keys kind, values, segments, names and times; missing values are
            None.
        """
        values = self.values.astype(object)
        values[np.isnan(self.values)] = None
        return {
            "kind": self.kind,
            "values": values.tolist(),
            "segments": [list(segment) for segment in self.segments],
            "names": None if self.names is None else list(self.names),
            "times": None if self.times is None else list(self.times),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> SeriesInstance:
        """Build the series that `to_dict` wrote, or a representation described.

        Parameters
        ----------
        content : dict

        Returns
        -------
        instance : SeriesInstance
        """
        return cls(
            content["values"],
            content["segments"],
            content.get("names"),
            content.get("times"),
        )

    def add_to_page(
        self,
        section: ET.Element,
        explanation: Any,
        target: Any,
        records: list[dict[str, Any]],
        level: float,
    ) -> None:
        """Add the series with its tinted segments; see `View.add_to_page`.

        Parameters
        ----------
        section : xml.etree.ElementTree.Element
            What to add to.
        explanation : Explanation
            What is shown.
        target : object
            The target of this section.
        records : list of dict
            Numbers of the features shown.
        level : float
            Probability of the intervals.
        """
        add_series(section, explanation, target, records, level)

    def __eq__(self, other: object) -> bool:
        if type(other) is not SeriesInstance:
            return NotImplemented
        return self._facts() == other._facts() and np.array_equal(
            self.values, other.values, equal_nan=True
        )

    def __hash__(self) -> int:
        return hash(self._facts())

    def __repr__(self) -> str:
        plural = "" if self.n_channels == 1 else "s"
        return (
            f"<SeriesInstance of {self.n_timesteps} timesteps, {self.n_channels} "
            f"channel{plural}, in {self.n_features} segments>"
        )

    def _facts(self) -> tuple[Any, ...]:
        return self.values.shape, self.segments, self.names, self.times


def _read_values(given: Any) -> np.ndarray:
    try:
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(
            "The values of the series are no numbers, expected an array of shape "
            "(n_timesteps,) or (n_timesteps, n_channels)."
        ) from None
    if values.ndim not in (1, 2) or values.size == 0:
        raise ValueError(
            f"The values of the series have the shape {values.shape}, expected "
            "(n_timesteps,) or (n_timesteps, n_channels), none of them 0."
        )
    if np.isinf(values).any():
        raise ValueError(
            "The series has infinite values, expected finite ones, or NaN where one is "
            "missing."
        )
    values.flags.writeable = False
    return values


def _read_names(names: Sequence[Any] | None, n_channels: int) -> tuple[str, ...] | None:
    if names is None:
        return None
    names = tuple(map(str, names))
    if len(names) != n_channels:
        raise ValueError(
            f"names has {len(names)} names, expected {n_channels}, one a channel."
        )
    return names


def _read_times(times: Any, n_timesteps: int) -> tuple[Any, ...] | None:
    if times is None:
        return None
    times = np.asarray(times)
    if times.shape != (n_timesteps,):
        raise ValueError(
            f"times has the shape {times.shape}, expected ({n_timesteps},), one a "
            "timestep."
        )
    if times.dtype.kind not in "iuf":
        return tuple(map(str, times.tolist() if times.dtype.kind == "O" else times))
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise ValueError(
            "times has numbers that do not grow, expected those of a timestep to be "
            "larger than those before; texts are taken as labels."
        )
    return tuple(times.tolist())
