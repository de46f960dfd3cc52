"""Several explanations as one table of HTML, one line each, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from sklearn_baylime.views._html_parts import add_part, page_style
from sklearn_baylime.views._overview import add_line, add_overview

_MOST_ROWS = 50


def render_list(explanations: Sequence[Any]) -> str:
    """Return a fragment for a notebook: a line for each explanation and target."""
    division = ET.Element("div")
    add_part(division, "style", page_style())
    main = add_part(division, "div", None, class_="baylime list")
    n = len(explanations)
    said = f"{n or 'No'} explanation{'' if n == 1 else 's'}"
    add_part(main, "p", said, class_="sure")
    if n:
        _add_lines(main, explanations[:_MOST_ROWS])
        ask = "explanations[0] shows one with all its intervals."
        more = f"{n - _MOST_ROWS} more are not shown. " if n > _MOST_ROWS else ""
        add_part(main, "p", more + ask, class_="facts")
    return ET.tostring(division, encoding="unicode", method="html")


def _add_lines(main: ET.Element, explanations: Sequence[Any]) -> None:
    body = add_overview(main, "")
    for i, explanation in enumerate(explanations):
        for t in range(len(explanation.targets)):
            row = ET.SubElement(body, "tr")
            add_part(row, "th", str(i) if t == 0 else "", scope="row")
            add_line(row, explanation, t, notes=True)
