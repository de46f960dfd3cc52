"""A summary as a page of HTML: no scripts, nothing loaded, all escaped."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from sklearn_baylime.views._html_bars import (
    HEIGHT,
    add_box,
    add_interval,
    add_line,
    scale_for,
    start_picture,
)
from sklearn_baylime.views._html_parts import add_part, make_fragment, make_page
from sklearn_baylime.views._numbers import (
    count_weaker,
    decimals_for,
    format_number,
    format_short,
)
from sklearn_baylime.views._summary_bars import headline

_MOST = 30


def render_summary_page(summary: Any) -> str:
    """Return the whole page."""
    return make_page(headline(summary.n_explanations), _main(summary))


def render_summary_fragment(summary: Any) -> str:
    """Return the page's content for a notebook."""
    return make_fragment(_main(summary))


def _main(summary: Any) -> ET.Element:
    main = ET.Element("main", {"class": "baylime"})
    for note in summary.warnings:
        add_part(main, "p", note, class_="warning")
    section = ET.SubElement(main, "section")
    add_part(section, "h1", headline(summary.n_explanations))
    records = list(summary.records())
    _add_table(section, records[:_MOST], summary)
    if len(records) > _MOST:
        hidden = count_weaker(len(records) - _MOST)
        add_part(section, "p", f"Not shown: {hidden}.", class_="more")
    told = (
        "Mean absolute weights say how much a column matters, whatever the direction; "
        "what the noise of the single weights adds is taken off. Mean weights tell the "
        "direction where it is the same for most instances."
    )
    add_part(main, "p", told, class_="facts")
    return main


def _add_table(section: Any, records: list[dict[str, Any]], summary: Any) -> None:
    table = ET.SubElement(add_part(section, "div", None, class_="scroll"), "table")
    row = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    add_part(row, "th", "column", scope="col")
    add_part(row, "td", None, class_="picture")
    interval = f"{100 * summary.level:g} % interval"
    for label in ("mean |weight|", interval, "mean weight"):
        add_part(row, "th", label, scope="col")
    body = ET.SubElement(table, "tbody")
    keys = ("mean_abs", "low", "high")
    scale = scale_for([0.0, *(r[key] for r in records for key in keys)])
    decimals = decimals_for(summary.mean_abs, summary.std_error)
    for record in records:
        row = ET.SubElement(body, "tr")
        add_part(row, "th", record["column"], scope="row", dir="auto")
        cell = add_part(row, "td", None, class_="picture")
        label = f"mean absolute weight {format_short(record['mean_abs'])}"
        picture = start_picture(cell, "positive", label)
        add_box(picture, scale(0.0), scale(record["mean_abs"]))
        add_interval(picture, scale(record["low"]), scale(record["high"]))
        add_line(picture, "zero", scale(0.0), scale(0.0), 0, HEIGHT)
        ends = [format_number(record[k], decimals) for k in ("low", "high")]
        add_part(row, "td", format_number(record["mean_abs"], decimals))
        add_part(row, "td", f"{ends[0]} to {ends[1]}")
        add_part(row, "td", format_number(record["mean"], decimals, sign=True))
