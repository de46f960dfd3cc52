"""The explanation as one page of HTML: no scripts, nothing loaded, all escaped.

The page is built as a tree by the standard library's ElementTree, which escapes every
text and attribute itself; a plain install can write it.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from sklearn_baylime.views._html_bars import add_bar
from sklearn_baylime.views._html_parts import add_part, make_fragment, make_page
from sklearn_baylime.views._names import shorten_apart
from sklearn_baylime.views._numbers import (
    count_weaker,
    decimals_for,
    format_interval,
    format_number,
    format_short,
    format_sign,
)
from sklearn_baylime.views._overview import add_line, add_overview
from sklearn_baylime.views._sections import (
    Section,
    has_one_scale,
    list_sections,
)
from sklearn_baylime.views._sentences import (
    find_score,
    list_notes,
    say_exact,
    say_local,
    say_locality,
    say_name,
    say_prior,
    say_question,
    say_sure,
)
from sklearn_baylime.views._values import keep_together
from sklearn_baylime.views.charts._html import add_answers, add_steps

# So many targets need no table of contents.
_FEW = 2

_MOST_NOTES, _LONGEST = 3, 72


def render_page(explanation: Any, max_features: int, level: float) -> str:
    """Return the whole page."""
    names = [say_name(explanation, t) for t in range(len(explanation.targets))]
    one = "".join(say_question(explanation, 0))
    title = one if len(names) == 1 else f"Why {', '.join(names)}?"
    return make_page(title, _main(explanation, max_features, level))


def render_fragment(explanation: Any, max_features: int, level: float) -> str:
    """Return the page's content for a notebook, whose own styles it leaves alone."""
    return make_fragment(_main(explanation, max_features, level))


def _main(explanation: Any, max_features: int, level: float) -> ET.Element:
    main = ET.Element("main", {"class": "baylime"})
    _add_notes(main, list(list_notes(explanation)))
    sections = list_sections(explanation, max_features, level)
    add_answers(main, explanation)
    if len(sections) > _FEW:
        _add_contents(main, explanation, sections)
    for place, section in enumerate(sections):
        is_folded = len(sections) > _FEW and place > 0
        _add_target(main, explanation, section, level, is_folded)
    _add_facts(main, explanation)
    return main


def _add_notes(main: ET.Element, notes: list[str]) -> None:
    """Add what readers should know first; of many a few, the rest folded."""
    for note in notes[:_MOST_NOTES]:
        add_part(main, "p", note, "warning")
    if more := notes[_MOST_NOTES:]:
        folded = ET.SubElement(main, "details")
        plural = "" if len(more) == 1 else "s"
        add_part(folded, "summary", f"{len(more)} more warning{plural}")
        for note in more:
            add_part(folded, "p", note, "warning")


def _add_contents(main: ET.Element, explanation: Any, sections: list[Section]) -> None:
    contents = add_part(main, "nav", None, class_="contents")
    told = f"{len(sections)} answers of the model"
    add_part(contents, "p", told, class_="sure")
    body = add_overview(contents)
    for section in sections:
        row = ET.SubElement(body, "tr")
        add_line(row, explanation, section.t, link=f"#{section.anchor}")
    shown = [section.records for section in sections]
    is_common = has_one_scale(shown, explanation.prediction)
    each = "All bars below are on one scale" if is_common else "Each has its own scale"
    add_part(contents, "p", f"{each}; a click on a name opens it.", class_="facts")


def _add_target(
    main: Any, explanation: Any, shown: Section, level: float, is_folded: bool
) -> None:
    t, target = shown.t, explanation.targets[shown.t]
    section = ET.SubElement(main, "section")
    if is_folded:
        section = add_part(section, "details", None, "folded")
        heading = add_part(ET.SubElement(section, "summary"), "h1")
    else:
        heading = add_part(section, "h1")
    heading.text, name, behind = say_question(explanation, t)
    add_part(heading, "em", name).tail = behind
    if shown.mirrors is not None:
        other = say_name(explanation, shown.mirrors)
        said = f"What raises {other} lowers {name}: the same weights, other signs."
        add_part(section, "p", f"{_say_answer(explanation, t)}. {said}", "answer")
        return
    if sure := say_sure(explanation, t):
        add_part(section, "p", sure, class_="sure")
    # Inside of what is folded, so that a link to it unfolds it.
    add_part(section, "p", _sentence(explanation, t), "answer", id=shown.anchor)
    if said := say_prior(explanation, t):
        add_part(section, "p", said, class_="answer")
    if explanation.instance is not None:
        view = explanation.instance
        view.add_to_page(section, explanation, target, shown.records, level)
    _add_table(section, shown, level)
    if shown.n_hidden:
        hidden = count_weaker(shown.n_hidden)
        add_part(section, "p", f"Not shown: {hidden}.", class_="more")
    add_steps(section, explanation, t, len(shown.records), level)


def _say_answer(explanation: Any, t: int) -> str:
    return f"The model answers {format_short(explanation.prediction[t])}"


def _sentence(explanation: Any, t: int) -> str:
    told = (
        f"{_say_answer(explanation, t)}. The local model "
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


def _add_table(section: Any, shown: Section, level: float) -> None:
    table = ET.SubElement(add_part(section, "div", None, class_="scroll"), "table")
    row = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    add_part(row, "th", "feature", scope="col")
    add_part(row, "td", None, class_="picture")
    for label in ("weight", f"{100 * level:g} % interval", "P(sign)"):
        add_part(row, "th", label, scope="col")
    body = ET.SubElement(table, "tbody")
    records, scale = shown.records, shown.scale
    decimals = decimals_for([r["coef"] for r in records], [r["std"] for r in records])
    names = shorten_apart([record["feature"] for record in records], _LONGEST)
    for record, name in zip(records, names, strict=True):
        row = ET.SubElement(body, "tr")
        head = add_part(row, "th", keep_together(name), scope="row", dir="auto")
        if name != record["feature"]:
            head.set("title", record["feature"])
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
