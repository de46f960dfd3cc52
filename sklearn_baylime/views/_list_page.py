"""Several explanations as one table of HTML, one line each, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._html_parts import add_part, page_style
from sklearn_baylime.views._numbers import format_short, shorten_middle
from sklearn_baylime.views._sentences import find_score, list_notes
from sklearn_baylime.views._style import say_certainty, say_sign
from sklearn_baylime.views._values import shown_records

_MOST_ROWS, _MOST_FEATURES, _LONGEST = 50, 3, 48
_HEADS = ("", "explained", "answer", "what counted most", "sure signs", "fit R²")


def render_list(explanations: Sequence[Any]) -> str:
    """Return a fragment for a notebook: a line for each explanation and target."""
    division = ET.Element("div")
    add_part(division, "style", page_style())
    main = add_part(division, "div", None, class_="baylime list")
    n = len(explanations)
    said = f"{n or 'No'} explanation{'' if n == 1 else 's'}"
    add_part(main, "p", said, class_="sure")
    if n:
        _add_table(main, explanations[:_MOST_ROWS])
        ask = "explanations[0] shows one with all its intervals."
        more = f"{n - _MOST_ROWS} more are not shown. " if n > _MOST_ROWS else ""
        add_part(main, "p", more + ask, class_="facts")
    return ET.tostring(division, encoding="unicode", method="html")


def _add_table(main: ET.Element, explanations: Sequence[Any]) -> None:
    scroll = add_part(main, "div", None, class_="scroll")
    table = ET.SubElement(scroll, "table")
    row = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    for head in _HEADS:
        kind = "words" if head in ("explained", "what counted most") else None
        add_part(row, "th", head, class_=kind, scope="col")
    body = ET.SubElement(table, "tbody")
    for i, explanation in enumerate(explanations):
        for t in range(len(explanation.targets)):
            _add_row(body, i, explanation, t)


def _add_row(body: ET.Element, i: int, explanation: Any, t: int) -> None:
    row = ET.SubElement(body, "tr")
    add_part(row, "th", str(i) if t == 0 else "", scope="row")
    name = shorten_middle(explanation.target_names[t], _LONGEST)
    add_part(row, "td", name, class_="words", title=explanation.target_names[t])
    add_part(row, "td", format_short(explanation.prediction[t]))
    _add_strongest(add_part(row, "td", None, class_="words"), explanation, t)
    add_part(row, "td", _say_signs(explanation, t))
    score = find_score(explanation, t)[0]
    cell = add_part(row, "td", f"{score:.2f}" if np.isfinite(score) else "–")
    if notes := list(list_notes(explanation)):
        mark = add_part(cell, "span", " ⚠", title="\n".join(notes))
        mark.set("aria-label", f"{len(notes)} warnings")


def _add_strongest(cell: ET.Element, explanation: Any, t: int) -> None:
    records = list(shown_records(explanation, 0.95, explanation.targets[t]))
    for record in records[:_MOST_FEATURES]:
        sign = say_sign(record["coef"])
        certainty = say_certainty(record["sign_probability"])
        arrow = "▼" if sign == "negative" else "▲"
        part = add_part(cell, "span", None, class_=f"one {sign} {certainty}".rstrip())
        part.set("title", record["feature"])
        add_part(part, "b", arrow)
        label = add_part(part, "bdi", shorten_middle(record["feature"], _LONGEST))
        label.tail = f" {format_short(record['coef'])}"
        part.tail = " "


def _say_signs(explanation: Any, t: int) -> str:
    known = explanation.sign_probability()[t][explanation.selected[t]]
    if not len(known) or np.isnan(known).any() or explanation.is_open[t]:
        return "–"
    sure = sum(say_certainty(p) == "certain" for p in known)
    return f"{sure} of {len(known)}"
