"""Features of a table with the row's own values, such as ``radius = 25.4 (> 18.8)``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

_DIGITS = range(3, 7)


def shown_records(
    explanation: Any, level: float, target: Any
) -> Iterator[dict[str, Any]]:
    """Yield an explanation's records, features named with the row's values."""
    labels = dict(
        zip(explanation.feature_names, label_features(explanation), strict=True)
    )
    for record in explanation.records(level, target):
        yield {**record, "feature": labels[record["feature"]]}


def keep_together(label: str) -> str:
    """Return a label whose lines do not break between a sign and its number."""
    for sign in (">", "<="):
        label = label.replace(f"({sign} ", f"({sign}\u00a0")
    return label


def label_features(explanation: Any) -> list[str]:
    """Return what readers are shown for each feature."""
    names = explanation.feature_names
    if explanation.row is None:
        return list(names)
    every = zip(names, explanation.columns, explanation.row, strict=True)
    return [label_feature(*one) for one in every]


def label_feature(feature: str, column: str, value: Any) -> str:
    """Return a feature with the value that its column has in the row.

    Parameters
    ----------
    feature : str
        Its name, such as the condition of a bin.
    column : str
        The column it is about.
    value : str, int, float, bool or None
        None where it is missing.

    Examples
    --------
    >>> label_feature("radius > 18.8", "radius", 25.38)
    'radius = 25.4 (> 18.8)'
    >>> label_feature("48 < age <= 64", "age", 62)
    'age = 62 (48 to 64)'
    >>> label_feature("sex=female", "sex", "female")
    'sex = female'
    >>> label_feature("age (per 13.2)", "age", None)
    'age = missing (per 13.2)'
    """
    before, name, after = _split(feature, column)
    if not name:
        return feature
    term = f"{column} = "
    if after.startswith("="):
        is_other = isinstance(value, str) and value != after[1:]
        return f"{term}{value} ({after[1:]})" if is_other else f"{term}{after[1:]}"
    if before:
        ends = before.removesuffix(" < "), after.removeprefix(" <= ")
        return f"{term}{_format(value, (' > ' + ends[0], after))} ({' to '.join(ends)})"
    condition = after.strip().removeprefix("(").removesuffix(")")
    if condition.startswith("missing"):
        return f"{term}missing"
    told = f" ({condition})" if condition else ""
    return f"{term}{_format(value, (after,))}{told}"


def _split(feature: str, column: str) -> tuple[str, str, str]:
    """Return what stands before and behind the column; no name where it is another."""
    after = feature.removeprefix(column)
    if feature.startswith(column) and after[:1] in ("", " ", "="):
        return "", column, after
    before, name, after = feature.partition(f" < {column} <= ")
    return (before, column, f" <= {after}") if name else (feature, "", "")


def _format(value: Any, conditions: tuple[str, ...]) -> str:
    """Format with three digits, or more where these would break the conditions."""
    if value is None:
        return "missing"
    if isinstance(value, (str, bool)):
        return str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return str(value).replace("-", "−")
    texts = [_round(value, digits) for digits in _DIGITS]
    right = (t for t in texts if all(_holds(float(t), c) for c in conditions))
    return next(right, texts[0]).replace("-", "−")


def _round(value: float, digits: int) -> str:
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return f"{value:.{max(digits, whole if whole < 8 else digits)}g}"


def _holds(number: float, condition: str) -> bool:
    """Tell whether a number is what a condition says; others than bounds hold."""
    way, _, bound = condition.strip().partition(" ")
    try:
        limit = float(bound)
    except ValueError:
        return True
    return {"<=": number <= limit, ">": number > limit}.get(way, True)
