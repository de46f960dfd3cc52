"""Parts of pages that all views share, as trees: these escape what they hold."""

from __future__ import annotations

from importlib import resources
from xml.etree import ElementTree as ET

from sklearn_baylime.views._style import CERTAINTIES, SIGNS, css_colors


def make_page(title: str, main: ET.Element) -> str:
    """Return a whole page around its content."""
    page = ET.Element("html", lang="en")
    head = ET.SubElement(page, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(
        head, "meta", name="viewport", content="width=device-width, initial-scale=1"
    )
    add_part(head, "title", title)
    add_part(head, "style", page_style())
    body = add_part(page, "body", None, class_="baylime-page")
    body.append(main)
    text = ET.tostring(page, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{text}\n"


def make_fragment(main: ET.Element) -> str:
    """Return content for a notebook, whose own styles it leaves alone."""
    division = ET.Element("div")
    add_part(division, "style", page_style())
    division.append(main)
    return ET.tostring(division, encoding="unicode", method="html")


def page_style() -> str:
    """Return the style sheet: the colors, and what is done with them."""
    folder = resources.files("sklearn_baylime.views")
    return css_colors() + (folder / "page.css").read_text(encoding="utf-8")


def add_part(
    parent: ET.Element,
    tag: str,
    text: str | None = None,
    class_: str | None = None,
    **attributes: str,
) -> ET.Element:
    """Add an element with a text, and return it."""
    if class_ is not None:
        attributes["class"] = class_
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def add_key(
    section: ET.Element,
    seen: list[str],
    *,
    outlined: bool = False,
    strong: str = "larger",
) -> None:
    """Explain the looks that are seen; certainties as outlines, or as underlines."""
    if not seen:
        return
    legend = add_part(section, "p", class_="legend")
    for look in seen:
        kind = "key line" if outlined and look in CERTAINTIES else "key"
        add_part(legend, "span", (SIGNS | CERTAINTIES)[look], f"{kind} {look}")
    add_part(
        legend, "span", f"the stronger the color, the {strong} and surer the weight"
    )
