"""A document with its marked words, as a part of the page.

The text itself is the only text inside of its box, to the character: what a mark means
stands in its title, and style sheets tell screen readers its sign.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from sklearn_baylime.views._html_parts import add_key
from sklearn_baylime.views._numbers import decimals_for
from sklearn_baylime.views._style import (
    list_looks,
    say_certainty,
    say_sign,
    say_weight,
)
from sklearn_baylime.views.text._marks import cut, find_marks, opacities


def add_document(
    section: ET.Element,
    explanation: Any,
    target: Any,
    records: list[dict[str, Any]],
    level: float,
) -> None:
    """Add the text, with the features of `records` marked, and a legend."""
    ranked = explanation.as_map()[target][: len(records)]
    spans = [explanation.instance.spans[j] for j, _ in ranked]
    coef = [r["coef"] for r in records]
    marks = find_marks(spans, coef)
    text = explanation.instance.text
    # `dir` and the empty `lang` leave direction and language to the text. Long texts
    # scroll, which needs the focus for those without a mouse.
    box = ET.SubElement(
        section,
        "div",
        {
            "class": "document",
            "dir": "auto",
            "lang": "",
            "role": "region",
            "aria-label": "The text, with its most relevant words marked",
            "tabindex": "0",
        },
    )
    _fill(box, cut(text, marks), _attributes(records, level))
    probability = [r["sign_probability"] for r in records]
    add_key(section, list_looks(coef, probability, {mark.position for mark in marks}))


def _fill(box: Any, pieces: Any, attributes: Any) -> None:
    last = None
    for text, position in pieces:
        if position is not None:
            last = ET.SubElement(box, "mark", attributes[position])
            last.text = text
        elif last is None:
            box.text = text
        else:
            last.tail = text


def _attributes(records: list[dict[str, Any]], level: float) -> list[dict[str, str]]:
    coef = [r["coef"] for r in records]
    decimals = decimals_for(coef, [r["std"] for r in records])
    probability = [r["sign_probability"] for r in records]
    return [
        {
            "class": f"{say_sign(r['coef'])} {certainty}".strip(),
            "style": f"--alpha:{opacity:.2f}",
            "title": say_weight(r, decimals, level),
        }
        for r, opacity in zip(records, opacities(coef, probability), strict=True)
        for certainty in [say_certainty(r["sign_probability"])]
    ]
