"""Parts of pages that all views share, as trees: these escape what they hold."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from sklearn_baylime.views._style import CERTAINTIES, SIGNS


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
