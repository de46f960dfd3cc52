"""The explanation as one page of HTML: no scripts, nothing loaded, all escaped.

The page is built as a tree by the standard library's ElementTree, which escapes every
text and attribute itself; a plain install can write it.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from sklearn_baylime.views._html_bars import add_bar, make_scale
from sklearn_baylime.views._html_parts import add_part, make_fragment, make_page
from sklearn_baylime.views._numbers import (
    count_weaker,
    decimals_for,
    format_interval,
    format_number,
    format_short,
    format_sign,
)
from sklearn_baylime.views._sentences import (
    find_score,
    list_notes,
    say_exact,
    say_local,
    say_locality,
    say_prior,
    say_sure,
)
from sklearn_baylime.views._values import keep_together, shown_records
from sklearn_baylime.views.charts._html import add_answers, add_steps


def render_page(explanation: Any, max_features: int, level: float) -> str:
    """Return the whole page."""
    title = f"Why {', '.join(explanation.target_names)}?"
    return make_page(title, _main(explanation, max_features, level))


def render_fragment(explanation: Any, max_features: int, level: float) -> str:
    """Return the page's content for a notebook, whose own styles it leaves alone."""
    return make_fragment(_main(explanation, max_features, level))


def _main(explanation: Any, max_features: int, level: float) -> ET.Element:
    main = ET.Element("main", {"class": "baylime"})
    for note in list_notes(explanation):
        add_part(main, "p", note, class_="warning")
    add_answers(main, explanation)
    for t in range(len(explanation.targets)):
        _add_target(main, explanation, t, max_features, level)
    _add_facts(main, explanation)
    return main


def _add_target(
    main: Any, explanation: Any, t: int, max_features: int, level: Any
) -> None:
    section = ET.SubElement(main, "section")
    heading = add_part(section, "h1", "Why ")
    name = add_part(heading, "em", explanation.target_names[t])
    name.tail = "?"
    if sure := say_sure(explanation, t):
        add_part(section, "p", sure, class_="sure")
    add_part(section, "p", _sentence(explanation, t), class_="answer")
    if said := say_prior(explanation, t):
        add_part(section, "p", said, class_="answer")
    target = explanation.targets[t]
    records = list(shown_records(explanation, level, target))
    shown = records[:max_features]
    if explanation.instance is not None:
        explanation.instance.add_to_page(section, explanation, target, shown, level)
    _add_table(section, shown, level)
    if len(records) > max_features:
        hidden = len(records) - max_features
        add_part(section, "p", f"Not shown: {count_weaker(hidden)}.", class_="more")
    add_steps(section, explanation, t, max_features, level)


def _sentence(explanation: Any, t: int) -> str:
    told = (
        f"The model answers {format_short(explanation.prediction[t])}. The local model "
        f"answers {say_local(explanation, t)}, of which "
        f"{format_short(explanation.intercept[t])} is its intercept"
    )
    if explanation.n_rows == 0:
        return f"{told}."
    score, where = find_score(explanation, t)
    return (
        f"{told}, and explains {100 * max(score, 0.0):.0f} % of the variation around "
        f"this instance{',' if where else ''}{where}."
    )


def _add_table(section: Any, records: list[dict[str, Any]], level: float) -> None:
    table = ET.SubElement(add_part(section, "div", None, class_="scroll"), "table")
    row = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    add_part(row, "th", "feature", scope="col")
    add_part(row, "td", None, class_="picture")
    for label in ("weight", f"{100 * level:g} % interval", "P(sign)"):
        add_part(row, "th", label, scope="col")
    body = ET.SubElement(table, "tbody")
    scale = make_scale(records)
    decimals = decimals_for([r["coef"] for r in records], [r["std"] for r in records])
    for record in records:
        row = ET.SubElement(body, "tr")
        name = keep_together(record["feature"])
        add_part(row, "th", name, scope="row", dir="auto")
        add_bar(add_part(row, "td", None, class_="picture"), record, scale)
        add_part(row, "td", format_number(record["coef"], decimals, sign=True))
        add_part(row, "td", format_interval(record, decimals))
        add_part(row, "td", format_sign(record))


def _add_facts(main: Any, explanation: Any) -> None:
    facts = _say_rows(explanation)
    width = explanation.kernel.get("width")
    if width is not None:
        metric = explanation.kernel.get("metric", "")
        facts += f" Kernel width {format_short(width)} ({metric} distance)."
    add_part(main, "p", f"{facts} {say_locality(explanation)}".rstrip(), class_="facts")


def _say_rows(explanation: Any) -> str:
    if explanation.n_rows == 0:
        return "Exact weights: what infinitely many rows would give."
    if explanation.exact:
        return f"{say_exact(explanation).capitalize()}."
    facts = f"{explanation.n_rows} rows around the instance"
    asked = explanation.n_queries
    if asked != explanation.n_rows:
        facts += f", {asked} of them asked now"
    worth = f"worth {explanation.effective_sample_size:.0f} equally weighted ones"
    return f"{facts}, {worth}."
