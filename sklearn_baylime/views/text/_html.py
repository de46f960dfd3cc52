"""A document with its marked words, as a part of the page.

The text itself is the only text inside of its box, to the character: what a mark means
stands in its title, and style sheets tell screen readers its sign.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from sklearn_baylime.views._numbers import decimals_for
from sklearn_baylime.views.text._marks import (
    CERTAINTIES,
    SIGNS,
    cut,
    find_marks,
    looks,
    opacities,
    tell_certainty,
    tell_sign,
    tell_weight,
)


def add_document(section, explanation, target, records, level) -> None:
    """Add the text, with the features of `records` marked, and a legend."""
    listed = explanation.as_list(target, positions=True)[: len(records)]
    spans = [found for *_, found in listed]
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
    _add_legend(section, looks(marks, coef, [r["sign_probability"] for r in records]))


def _fill(box, pieces, attributes):
    last = None
    for text, position in pieces:
        if position is not None:
            last = ET.SubElement(box, "mark", attributes[position])
            last.text = text
        elif last is None:
            box.text = text
        else:
            last.tail = text


def _attributes(records, level):
    coef = [r["coef"] for r in records]
    decimals = decimals_for(coef, [r["std"] for r in records])
    return [
        {
            "class": f"{tell_sign(r['coef'])} {certainty}".strip(),
            "style": f"--alpha:{opacity:.2f}",
            "title": tell_weight(r, decimals, level, certainty),
        }
        for r, opacity in zip(records, opacities(coef), strict=True)
        for certainty in [tell_certainty(r["sign_probability"])]
    ]


def _add_legend(section, seen):
    if not seen:
        return
    legend = ET.SubElement(section, "p", {"class": "legend"})
    for look in seen:
        key = ET.SubElement(legend, "span", {"class": f"key {look}"})
        key.text = (SIGNS | CERTAINTIES)[look]
    last = ET.SubElement(legend, "span")
    last.text = "the stronger the color, the larger the weight"
