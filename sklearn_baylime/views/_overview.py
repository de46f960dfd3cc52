"""Lines of a table that tell of one target each: its answer, and what counted most."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._html_parts import add_part
from sklearn_baylime.views._numbers import format_short, shorten_middle
from sklearn_baylime.views._sentences import find_score, list_notes, say_name
from sklearn_baylime.views._style import say_certainty, say_sign
from sklearn_baylime.views._values import shown_records

_MOST_FEATURES, _LONGEST = 3, 48
_HEADS = ("explained", "answer", "what counted most", "sure signs", "fit R²")
_WORDS = ("explained", "what counted most")


def add_overview(parent: ET.Element, *before: str) -> ET.Element:
    """Add a table without lines, and return its body; `before` are its first heads."""
    scroll = add_part(parent, "div", None, class_="scroll")
    table = ET.SubElement(scroll, "table")
    row = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    for head in (*before, *_HEADS):
        kind = "words" if head in _WORDS else None
        add_part(row, "th", head, class_=kind, scope="col")
    return ET.SubElement(table, "tbody")


def add_line(
    row: ET.Element,
    explanation: Any,
    t: int,
    *,
    link: str | None = None,
    notes: bool = False,
) -> None:
    """Add what one target's line says, its name perhaps with a link, to a row."""
    said, name = say_name(explanation, t), explanation.target_names[t]
    cell = add_part(row, "td", None, class_="words", title=name)
    place = cell if link is None else add_part(cell, "a", href=link)
    place.text = shorten_middle(said, _LONGEST)
    add_part(row, "td", format_short(explanation.prediction[t]))
    _add_strongest(add_part(row, "td", None, class_="words"), explanation, t)
    add_part(row, "td", _say_signs(explanation, t))
    score = find_score(explanation, t)[0]
    cell = add_part(row, "td", f"{score:.2f}" if np.isfinite(score) else "–")
    if notes and (told := list(list_notes(explanation))):
        mark = add_part(cell, "span", " ⚠", title="\n".join(told))
        mark.set("aria-label", f"{len(told)} warnings")


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
