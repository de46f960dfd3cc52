"""The explanation as one page of HTML: no scripts, nothing loaded, all escaped.

The page is built as a tree by the standard library's ElementTree, which escapes every
text and attribute itself; a plain install can write it.
"""

from __future__ import annotations

from importlib import resources
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._numbers import (
    count_weaker,
    decimals_for,
    format_number,
    format_probability,
    format_short,
)
from sklearn_baylime.views._plain import tell_locality
from sklearn_baylime.views.image._html import add_image
from sklearn_baylime.views.text._html import add_document

_WIDTH, _HEIGHT = 260, 18

# How an instance is shown above its weights, by kind.
_SHOW = {"text": add_document, "image": add_image}


def render_page(explanation, max_features: int, level: float) -> str:
    """Return the whole page."""
    page = ET.Element("html", lang="en")
    head = ET.SubElement(page, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(
        head, "meta", name="viewport", content="width=device-width, initial-scale=1"
    )
    _add(head, "title", f"Why {', '.join(explanation.target_names)}?")
    _add(head, "style", _style())
    body = _add(page, "body", None, class_="baylime-page")
    body.append(_main(explanation, max_features, level))
    text = ET.tostring(page, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{text}\n"


def render_fragment(explanation, max_features: int, level: float) -> str:
    """Return the page's content for a notebook, whose own styles it leaves alone."""
    division = ET.Element("div")
    _add(division, "style", _style())
    division.append(_main(explanation, max_features, level))
    return ET.tostring(division, encoding="unicode", method="html")


def _main(explanation, max_features, level):
    main = ET.Element("main", {"class": "baylime"})
    for t in range(len(explanation.targets)):
        _add_target(main, explanation, t, max_features, level)
    _add_facts(main, explanation)
    return main


def _style() -> str:
    folder = resources.files("sklearn_baylime.views")
    return (folder / "page.css").read_text(encoding="utf-8")


def _add_target(main, explanation, t, max_features, level):
    section = ET.SubElement(main, "section")
    heading = _add(section, "h1", "Why ")
    name = _add(heading, "em", explanation.target_names[t])
    name.tail = "?"
    _add(section, "p", _sentence(explanation, t), class_="answer")
    target = explanation.targets[t]
    records = list(explanation.records(level, target))
    shown = records[:max_features]
    if explanation.instance is not None:
        show = _SHOW[explanation.instance.kind]
        show(section, explanation, target, shown, level)
    _add_table(section, shown, level)
    if len(records) > max_features:
        hidden = len(records) - max_features
        _add(section, "p", f"Not shown: {count_weaker(hidden)}.", class_="more")


def _sentence(explanation, t):
    told = (
        f"The model answers {format_short(explanation.prediction[t])}. The local model "
        f"answers {format_short(explanation.local_prediction[t])}, of which "
        f"{format_short(explanation.intercept[t])} is its intercept"
    )
    if explanation.n_rows == 0:
        return f"{told}."
    share = 100 * max(explanation.score[t], 0.0)
    return f"{told}, and explains {share:.0f} % of the variation around this instance."


def _add_table(section, records, level):
    table = ET.SubElement(_add(section, "div", None, class_="scroll"), "table")
    row = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    _add(row, "th", "feature", scope="col")
    _add(row, "td", None, class_="picture")
    for label in ("weight", f"{100 * level:g} % interval", "P(sign)"):
        _add(row, "th", label, scope="col")
    body = ET.SubElement(table, "tbody")
    scale = _scale(records)
    decimals = decimals_for([r["coef"] for r in records], [r["std"] for r in records])
    for record in records:
        row = ET.SubElement(body, "tr")
        _add(row, "th", record["feature"], scope="row", dir="auto")
        _add_bar(_add(row, "td", None, class_="picture"), record, scale)
        _add(row, "td", format_number(record["coef"], decimals, sign=True))
        low, high = (
            format_number(record[k], decimals, sign=True) for k in ("low", "high")
        )
        _add(row, "td", f"{low} to {high}")
        _add(row, "td", format_probability(record["sign_probability"]))


def _scale(records):
    """Return a function from weights to positions, with 0 always in view."""
    ends = [0.0] + [r[k] for r in records for k in ("coef", "low", "high")]
    finite = [e for e in ends if np.isfinite(e)]
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    return lambda value: 4 + (_WIDTH - 8) * (value - low) / span


def _add_bar(cell, record, scale):
    """Draw a bar from 0 to the weight, a line for the interval, a tick for 0."""
    sign = "negative" if record["coef"] < 0 else "positive"
    label = f"weight {format_short(record['coef'])}"
    picture = ET.SubElement(
        cell,
        "svg",
        {
            "class": f"bar {sign}",
            "role": "img",
            "aria-label": label,
            "viewBox": f"0 0 {_WIDTH} {_HEIGHT}",
            "width": str(_WIDTH),
            "height": str(_HEIGHT),
        },
    )
    zero, end = scale(0.0), scale(record["coef"])
    ET.SubElement(
        picture,
        "rect",
        x=f"{min(zero, end):.1f}",
        y="3",
        width=f"{abs(end - zero):.1f}",
        height=str(_HEIGHT - 6),
        rx="2",
    )
    if np.isfinite(record["low"]):
        _line(picture, "interval", scale(record["low"]), scale(record["high"]), 9, 9)
    _line(picture, "zero", zero, zero, 0, _HEIGHT)


def _line(picture, kind, x1, x2, y1, y2):
    ends = {"x1": f"{x1:.1f}", "x2": f"{x2:.1f}", "y1": str(y1), "y2": str(y2)}
    ET.SubElement(picture, "line", {"class": kind, **ends})


def _add_facts(main, explanation):
    for warning in explanation.warnings:
        _add(main, "p", warning, class_="warning")
    facts = f"{explanation.n_rows} rows around the instance"
    asked = explanation.n_queries
    if asked != explanation.n_rows:
        facts += f", {asked} of them asked now"
    facts += f", worth {explanation.effective_sample_size:.0f} equally weighted ones."
    if explanation.n_rows == 0:
        facts = "Exact weights: what infinitely many rows would give."
    width = explanation.kernel.get("width")
    if width is not None:
        metric = explanation.kernel.get("metric", "")
        facts += f" Kernel width {format_short(width)} ({metric} distance)."
    _add(main, "p", f"{facts} {tell_locality(explanation)}".rstrip(), class_="facts")


def _add(parent, tag, text, class_=None, **attributes):
    if class_ is not None:
        attributes["class"] = class_
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element
