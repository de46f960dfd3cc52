"""Bars of pages: from a start to an end, with a line for the interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._numbers import format_short
from sklearn_baylime.views._style import say_certainty, say_sign

WIDTH, HEIGHT = 260, 18


def scale_for(values: Iterable[float]) -> Callable[[float], float]:
    """Return a function from values to positions, with all of some in view."""
    finite = [value for value in values if np.isfinite(value)]
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    return lambda value: 4 + (WIDTH - 8) * (value - low) / span


def add_bar(cell: Any, record: dict[str, Any], scale: Any) -> None:
    """Draw a bar from 0 to the weight, a line for the interval, a tick for 0."""
    certainty = say_certainty(record["sign_probability"])
    look = f"{say_sign(record['coef'])} {certainty}".rstrip()
    label = f"weight {format_short(record['coef'])}"
    picture = start_picture(cell, look, label)
    zero = scale(0.0)
    add_box(picture, zero, scale(record["coef"]))
    add_interval(picture, *(scale(record[k]) for k in ("low", "high")))
    add_line(picture, "zero", zero, zero, 0, HEIGHT)


def start_picture(cell: Any, look: str, label: str) -> ET.Element:
    """Return a picture of one row, read aloud as its label."""
    return ET.SubElement(
        cell,
        "svg",
        {
            "class": f"bar {look}",
            "role": "img",
            "aria-label": label,
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "width": str(WIDTH),
            "height": str(HEIGHT),
        },
    )


def add_box(picture: Any, start: float, end: float) -> None:
    """Draw the bar between two positions."""
    ET.SubElement(
        picture,
        "rect",
        x=f"{min(start, end):.1f}",
        y="3",
        width=f"{abs(end - start):.1f}",
        height=str(HEIGHT - 6),
        rx="2",
    )


def add_interval(picture: Any, low: float, high: float) -> None:
    """Draw the line of an interval, nothing where it is not known."""
    middle = HEIGHT / 2
    if np.isinf(low):
        add_line(picture, "interval open", 0, WIDTH, middle, middle)
    elif np.isfinite(low):
        # Paper on both sides keeps the line apart from the bar.
        for kind in ("halo", "interval"):
            add_line(picture, kind, low, high, middle, middle)


def add_line(
    picture: Any, kind: str, x1: float, x2: float, y1: float, y2: float
) -> None:
    """Draw a line between two points."""
    ends = {"x1": f"{x1:.1f}", "x2": f"{x2:.1f}", "y1": f"{y1:g}", "y2": f"{y2:g}"}
    ET.SubElement(picture, "line", {"class": kind, **ends})
