"""A series with its tinted segments, as a part of the page: one drawing of vectors."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._html_parts import add_key, add_part
from sklearn_baylime.views._numbers import decimals_for, format_number
from sklearn_baylime.views._sentences import say_picture
from sklearn_baylime.views._style import (
    SIGNS,
    list_looks,
    say_certainty,
    say_sign,
    say_weight,
)
from sklearn_baylime.views.series._spans import (
    as_channels,
    choose_channels,
    find_ticks,
    line_within,
    place_times,
    span_of,
    thin,
    tint_opacities,
)

# Of the drawing, in pixels: its width, and the rooms around the panels.
_WIDTH, _LEFT, _RIGHT, _BELOW, _GAP = 700, 58, 14, 24, 12
_HEIGHTS = {1: 180, 2: 130, 3: 105}
_FLAT = 80

# At the top of a panel, where weights stand and no line runs.
_HEADROOM = 14

# Points of all lines together: the page stays small, and no screen shows more.
_MOST_POINTS = 1200


def add_series(
    section: ET.Element,
    explanation: Any,
    target: Any,
    records: list[dict[str, Any]],
    level: float,
) -> None:
    """Add the series, with the segments of `records` tinted, and a legend."""
    ranked = explanation.as_map()[target][: len(records)]
    marked = [(j, r) for (j, _), r in zip(ranked, records, strict=True) if r["coef"]]
    name = explanation.target_names[explanation.position(target)]
    drawing = _Drawing(explanation.instance, [j for j, _ in marked])
    scroll = add_part(section, "div", class_="scroll series", tabindex="0")
    svg = ET.SubElement(
        scroll,
        "svg",
        {
            "viewBox": f"0 0 {_WIDTH} {drawing.height:g}",
            "role": "img",
            "aria-label": say_picture("The series", name, [r for _, r in marked]),
        },
    )
    drawing.add_panels(svg, marked, level)
    coef = [r["coef"] for _, r in marked]
    probability = [r["sign_probability"] for _, r in marked]
    seen = list_looks(coef, probability, range(len(marked)))
    add_key(section, seen, strong="larger and surer")
    if hidden := drawing.n_hidden:
        more = f"{hidden} more channel{'' if hidden == 1 else 's'} not drawn."
        add_part(section, "p", more, class_="more")


class _Drawing:
    """Where things stand: one panel a channel, all above one axis of time."""

    def __init__(self, series: Any, shown: Any) -> None:
        self.series = series
        self.values = as_channels(series.values)
        n_channels = self.values.shape[1]
        strongest = [series.segments[j] for j in shown]
        self.channels = choose_channels(strongest, n_channels)
        self.n_hidden = n_channels - len(self.channels)
        self.at, self.edges = place_times(series.times, len(self.values))
        self.panel = _HEIGHTS.get(len(self.channels), _FLAT)
        self.title = 0 if series.names is None else 16
        self.step = self.title + self.panel + _GAP
        self.height = len(self.channels) * self.step + _BELOW

    def x(self, time: Any) -> Any:
        """Return where a time stands across."""
        low, high = self.edges[0], self.edges[-1]
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (time - low) / (high - low)

    def add_panels(self, svg: Any, marked: Any, level: float) -> None:
        """Draw all channels, and the axis of time below them."""
        decimals = decimals_for(*([r[k] for _, r in marked] for k in ("coef", "std")))
        labels = [format_number(r["coef"], decimals, sign=True) for _, r in marked]
        titles = [
            f"{r['feature']}: {say_weight(r, decimals, level)}" for _, r in marked
        ]
        tints = tint_opacities(
            [r["coef"] for _, r in marked], [r["sign_probability"] for _, r in marked]
        )
        bands = list(zip(marked, labels, titles, tints, strict=True))
        for row, channel in enumerate(self.channels):
            self._add_levels(svg, row, channel)
        for band in bands:
            self._add_band(svg, band)
        for row, channel in enumerate(self.channels):
            self._add_line(svg, row, channel, bands)
        for band in bands:
            self._add_label(svg, band)
        self._add_times(svg)

    def _heights(self, row: Any, channel: Any) -> Any:
        """Return the ends of a channel's axis, and where its values stand."""
        low, high = span_of(self.values[:, channel])
        top, room = self._top(row) + _HEADROOM, self.panel - _HEADROOM
        return low, high, lambda value: top + room * (high - value) / (high - low)

    def _add_line(self, svg: Any, row: Any, channel: Any, bands: Any) -> None:
        """Draw a channel; its segments in the colors of weights of a certain sign."""
        *_, y = self._heights(row, channel)
        values = self.values[:, channel]
        kept = thin(values, _MOST_POINTS // len(self.channels))
        line = _path(self.x(self.at[kept]), y(values[kept]))
        ET.SubElement(svg, "path", {"class": "line", "d": line})
        parts = dict.fromkeys(SIGNS, "")
        for band in bands:
            start, stop, where = self._segment(band)
            # A line in full color would look as sure as the others.
            is_open = say_certainty(band[0][1]["sign_probability"]) == "open"
            if where in (None, channel) and not is_open:
                ends = line_within(self.at, values, kept, start, stop)
                sign = say_sign(band[0][1]["coef"])
                parts[sign] += _path(self.x(ends[0]), y(ends[1]))
        for sign, part in parts.items():
            if part:
                ET.SubElement(svg, "path", {"class": f"line {sign}", "d": part})

    def _top(self, row: Any) -> float:
        return row * self.step + self.title + 4

    def _rows(self, band: Any) -> list[int]:
        """Return the panels of a band: that of its channel, or all."""
        channel = self._segment(band)[2]
        if channel is None:
            return list(range(len(self.channels)))
        return [self.channels.index(channel)] if channel in self.channels else []

    def _segment(self, band: Any) -> Any:
        return self.series.segments[band[0][0]]

    def _add_levels(self, svg: Any, row: Any, channel: Any) -> None:
        """Draw the lines of round values, with their numbers, and the name above."""
        low, high, y = self._heights(row, channel)
        if self.series.names is not None:
            name = add_part(svg, "text", self.series.names[channel], "name")
            name.attrib |= {"x": f"{_LEFT}", "y": f"{self._top(row) - 5:g}"}
        ticks, decimals = find_ticks(low, high, 5 if self.panel > _FLAT else 4)
        for tick in ticks:
            height = f"{y(tick):.1f}"
            ends = {"x1": f"{_LEFT}", "x2": f"{_WIDTH - _RIGHT}"}
            ET.SubElement(
                svg, "line", {"class": "grid", **ends, "y1": height, "y2": height}
            )
            text = add_part(svg, "text", _say_tick(tick, decimals), "tick end")
            text.attrib |= {"x": f"{_LEFT - 6}", "y": height}

    def _add_band(self, svg: Any, band: Any) -> None:
        """Draw the tint of a segment, once for all its panels."""
        (_, record), _, title, tint = band
        left, right = self._ends(band)
        tops = [self._top(row) for row in self._rows(band)]
        certainty = say_certainty(record["sign_probability"])
        look = f"band {say_sign(record['coef'])} {certainty}".strip()
        part = ET.SubElement(svg, "g", {"class": look})
        add_part(part, "title", title)
        across, down = f"h{right - left:.1f}", f"v{self.panel}"
        box = "".join(f"M{left:.1f} {top:g}{across}{down}H{left:.1f}Z" for top in tops)
        ET.SubElement(part, "path", {"d": box, "fill-opacity": f"{tint:.2f}"})
        if certainty:
            # A gap between neighbors shows where one ends.
            inset = min(1.0, 0.1 * (right - left))
            across = f"h{right - left - 2 * inset:.1f}"
            base = "".join(
                f"M{left + inset:.1f} {top + self.panel:g}{across}" for top in tops
            )
            ET.SubElement(part, "path", {"class": "base", "d": base})

    def _add_label(self, svg: Any, band: Any) -> None:
        """Write the weight into a band that is wide enough."""
        left, right = self._ends(band)
        rows = self._rows(band)
        if not rows or right - left < 7.5 * len(band[1]):
            return
        text = add_part(svg, "text", band[1], "weight")
        place = {"x": f"{(left + right) / 2:.1f}", "y": f"{self._top(rows[0]) + 12:g}"}
        text.attrib |= place

    def _ends(self, band: Any) -> tuple[float, float]:
        start, stop, _ = self._segment(band)
        return self.x(self.edges[start]), self.x(self.edges[stop])

    def _add_times(self, svg: Any) -> None:
        base = self.height - _BELOW - _GAP + 18
        for x, label, anchor in self._times():
            text = add_part(svg, "text", label, f"tick {anchor}".strip())
            text.attrib |= {"x": f"{x:.1f}", "y": f"{base:g}"}

    def _times(self) -> list[tuple[float, str, str]]:
        times = self.series.times
        if times is None or not isinstance(times[0], str):
            ticks, decimals = find_ticks(self.edges[0], self.edges[-1], 10)
            if times is None:
                # There is no time between two timesteps.
                ticks, decimals = np.unique(np.rint(ticks)), 0
            inside = ticks[(ticks >= self.at[0]) & (ticks <= self.at[-1])]
            return [(self.x(t), _say_tick(t, decimals), "") for t in inside]
        n = len(times)
        room = max(len(times[i]) for i in (0, n - 1)) * 7 + 16
        count = int(np.clip((_WIDTH - _LEFT) // room, 2, 6))
        chosen = np.unique(np.linspace(0, n - 1, count).round().astype(int))
        anchors = {0: "start", n - 1: "end"} if n > 1 else {}
        return [(self.x(self.at[i]), times[i], anchors.get(i, "")) for i in chosen]


def _say_tick(value: Any, decimals: int) -> str:
    if abs(value) >= 1e6 or decimals > 6:
        return f"{value:.3g}".replace("-", "−")
    return format_number(value, decimals)


def _path(x: Any, y: Any) -> str:
    """Return a line as the data of a path, broken where values are missing."""
    parts, pen = [], "M"
    for a, b in zip(x, y, strict=True):
        if np.isnan(b):
            pen = "M"
            continue
        # A point between two gaps is a line of no length, whose round ends are seen.
        parts.append(f"{pen}{a:.1f} {b:.1f}" + ("h0" if pen == "M" else ""))
        pen = "L"
    return "".join(parts)
