"""An image with its colored segments beside the original, as a part of the page.

Tints are pixels of a PNG; outlines lie over it as vectors, sharp at any size, and tell
the weight of a segment when pointed at. Nothing needs a script.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
from scipy.ndimage import distance_transform_edt

from sklearn_baylime.views._html_parts import add_key
from sklearn_baylime.views._numbers import decimals_for
from sklearn_baylime.views._sentences import say_picture
from sklearn_baylime.views._style import (
    list_looks,
    say_certainty,
    say_sign,
    say_weight,
)
from sklearn_baylime.views.image._marks import tint, trace
from sklearn_baylime.views.image._png import to_data_uri

# Pixels: longest side that is embedded, that is shown at least, and whose pixels are
# shown as squares below.
_LARGEST, _SHOWN, _TINY = 512, 320, 64


def add_image(
    section: ET.Element,
    explanation: Any,
    target: Any,
    records: list[dict[str, Any]],
    level: float,
) -> None:
    """Add the image, the same with the segments of `records` marked, and a legend."""
    t = explanation.position(target)
    ranked = explanation.as_map()[target][: len(records)]
    marked = [(j, r) for (j, _), r in zip(ranked, records, strict=True) if r["coef"]]
    shown = [j for j, _ in marked]
    instance, coef = explanation.instance, explanation.coef[t]
    # Pages of many megabytes open slowly; every other pixel is what is left out.
    step = -(-max(instance.segments.shape) // _LARGEST)
    image = np.ascontiguousarray(instance.display_image()[::step, ::step])
    segments = instance.segments[::step, ::step]
    limit = max((abs(r["coef"]) for _, r in marked), default=0.0)
    probability = explanation.sign_probability()[t]
    tinted = tint(image, segments, coef, shown, limit, probability)
    name = explanation.target_names[t]
    pictures = ET.SubElement(section, "div", {"class": "images"})
    said = say_picture("The image in grey", name, [r for _, r in marked])
    over = _add_figure(pictures, tinted, said, f"What raises and lowers {name}")
    _add_outlines(over, segments, marked, level)
    _add_figure(pictures, image, "The image that is explained", "The image")
    add_key(section, list_looks(coef, probability, shown), outlined=True)


def _add_figure(parent: Any, image: Any, alt: str, caption: str) -> ET.Element:
    height, width = image.shape[:2]
    zoom = max(1.0, _SHOWN / max(height, width))
    figure = ET.SubElement(
        parent, "figure", {"style": f"width:{max(zoom * width, 24):.0f}px"}
    )
    frame = ET.SubElement(figure, "div", {"class": "frame"})
    look = {"class": "tiny"} if max(height, width) < _TINY else {}
    look |= {"width": str(width), "height": str(height)}
    ET.SubElement(frame, "img", {"src": to_data_uri(image), "alt": alt, **look})
    ET.SubElement(figure, "figcaption", {"dir": "auto"}).text = caption
    return frame


def _add_outlines(frame: Any, segments: Any, marked: Any, level: float) -> None:
    height, width = segments.shape
    # The image's description says it all to screen readers.
    box = {"viewBox": f"0 0 {width} {height}", "aria-hidden": "true"}
    drawing = ET.SubElement(frame, "svg", {"class": "outlines", **box})
    names = _shorten([r["feature"] for _, r in marked])
    decimals = decimals_for(*([r[k] for _, r in marked] for k in ("coef", "std")))
    labels = []
    # The strongest lies on top where outlines meet.
    for (j, record), name in reversed(list(zip(marked, names, strict=True))):
        path = _path(trace(segments, j))
        # Pixels left out of large images may be all of a segment.
        if not path:
            continue
        certainty = say_certainty(record["sign_probability"])
        look = f"{say_sign(record['coef'])} {certainty}".strip()
        part = ET.SubElement(drawing, "g", {"class": look})
        said = say_weight(record, decimals, level)
        ET.SubElement(part, "title").text = f"{record['feature']}: {said}"
        ET.SubElement(part, "path", {"class": "halo", "d": path})
        ET.SubElement(part, "path", {"d": path})
        labels.append((name, segments == j))
    size = max(height, width) / max(_SHOWN, height, width) * 12
    for name, inside in labels:
        x, y = _find_middle(inside)
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": f"{size:.2f}"}
        ET.SubElement(drawing, "text", place).text = name


def _path(outlines: Any) -> str:
    """Return outlines as the data of a path."""
    return "".join(
        "M" + "L".join(f"{x} {y}" for x, y in points.tolist()) + "Z"
        for points in outlines
    )


def _shorten(names: Any) -> list[str]:
    """Leave out the words that all names begin with: 12 for "segment 12"."""
    start = "".join(names[0].rpartition(" ")[:2]) if names else ""
    if not all(name.startswith(start) for name in names):
        start = ""
    short = [name.removeprefix(start) for name in names]
    # Longer names would hide the image; they are said when pointed at.
    return [name if len(name) <= 6 else "" for name in short]


def _find_middle(inside: np.ndarray) -> tuple[float, float]:
    """Return a point of a segment that is as far from its border as any."""
    depth = distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    deepest = np.argwhere(depth == depth.max())
    y, x = deepest.mean(axis=0)
    if not inside[int(y + 0.5), int(x + 0.5)]:
        y, x = deepest[0]
    return x + 0.5, y + 0.5
