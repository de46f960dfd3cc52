"""Charts in pages: what the model answers, and the steps to that answer."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._html_bars import (
    add_box,
    add_interval,
    add_line,
    scale_for,
    start_picture,
)
from sklearn_baylime.views._html_parts import add_part
from sklearn_baylime.views._numbers import decimals_for, format_number, format_short
from sklearn_baylime.views._style import say_sign
from sklearn_baylime.views._values import keep_together
from sklearn_baylime.views.charts._answers import list_answers
from sklearn_baylime.views.charts._waterfall import GAP, find_steps

_MOST = 10

# Of many classes the steps would be half of the page.
_MOST_TARGETS = 3


def add_answers(main: Any, explanation: Any) -> None:
    """Add what the model answers for all classes, where there are several."""
    names, answers, local = list_answers(explanation, _MOST)
    if len(names) < 2:
        return
    details = ET.SubElement(main, "details", {"class": "answers"})
    leader = f"{names[0]} {format_short(answers[0])}"
    second = f"{names[1]} {format_short(answers[1])}"
    more = ", ..." if len(names) > 2 else ""
    add_part(details, "summary", f"The model answers: {leader}, {second}{more}")
    rows = add_part(details, "ol", class_="chart")
    scale = scale_for([0.0, *answers, *local])
    for name, answer, own in zip(names, answers, local, strict=True):
        look = "answer-bar" if np.isfinite(own) else "answer-bar aside"
        picture = _add_row(rows, name, look, format_short(answer))
        add_box(picture, scale(0.0), scale(answer))
        if np.isfinite(own):
            for kind in ("halo", "interval"):
                add_line(picture, kind, scale(own), scale(own), 0, 18)
    said = "Filled: explained below; a line: what the local model answers."
    add_part(details, "p", said, class_="more")


def add_steps(
    section: Any, explanation: Any, t: int, max_features: int, level: float
) -> None:
    """Add the steps from the intercept to the model's answer, where they are known."""
    if len(explanation.targets) > _MOST_TARGETS:
        return
    if np.isnan(explanation.values).any() or not explanation.selected[t].any():
        return
    found = find_steps(explanation, t, min(max_features, _MOST), level)
    intercept, answer = explanation.intercept[t], float(explanation.prediction[t])
    ends = intercept + np.cumsum(found.steps)
    starts, local = ends - found.steps, float(ends[-1])
    low, high = starts + found.low, starts + found.high
    scale = scale_for([intercept, answer, *ends, *low, *high])
    spread = (found.high - found.low)[np.isfinite(found.high)] / 4
    decimals = decimals_for([*found.steps, answer - local], spread)

    def say(value: float, sign: bool = False) -> str:
        return format_number(value, decimals, sign=sign)

    details = ET.SubElement(section, "details", {"class": "steps"})
    add_part(details, "summary", "Step by step from the intercept to the answer")
    rows = add_part(details, "ol", class_="chart")
    _add_answer(rows, "intercept", intercept, say(intercept), scale)
    for i, name in enumerate(found.names):
        step = found.steps[i]
        is_open = found.low[i] <= 0 <= found.high[i]
        look = f"{say_sign(step)}{' open' if is_open else ''}"
        picture = _add_row(rows, name, look, say(step, True))
        add_box(picture, scale(starts[i]), scale(ends[i]))
        add_interval(picture, scale(low[i]), scale(high[i]))
    _add_answer(rows, "local model", local, say(local), scale)
    picture = _add_row(rows, GAP, "gap", say(answer - local, True))
    add_box(picture, scale(local), scale(answer))
    _add_answer(rows, "model's answer", answer, say(answer), scale)


def _add_row(rows: Any, name: str, look: str, number: str) -> Any:
    """Add a row of a name, a picture and a number, and return the picture."""
    row = add_part(rows, "li")
    add_part(row, "bdi", keep_together(name))
    picture = start_picture(row, look, f"{name}: {number}")
    add_part(row, "span", number)
    return picture


def _add_answer(rows: Any, name: str, answer: float, number: str, scale: Any) -> None:
    picture = _add_row(rows, name, "answer-mark", number)
    at = scale(answer)
    add_line(picture, "interval", at, at, 1, 17)
