"""Numbers with as many digits as their uncertainty deserves."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any


def decimals_for(values: Iterable[float], spreads: Iterable[float]) -> int:
    """Return one number of decimals for a column of numbers.

    Two significant digits of the median spread, but at most six of the largest value,
    or three of it where no spread is known.
    """
    known = sorted(s for s in spreads if math.isfinite(s) and s > 0)
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    size = math.floor(math.log10(largest)) if largest > 0 else 0
    if not known:
        return _clip(2 - size)
    # Nobody reads more than six digits, however small the spread.
    return _clip(min(1 - math.floor(math.log10(known[len(known) // 2])), 5 - size))


def format_number(value: float, decimals: int, *, sign: bool = False) -> str:
    """Format with a true minus sign; a number that rounds to 0 has no sign."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return f"{'−' if value < 0 else '+' if sign else ''}{text}"


def format_probability(value: float) -> str:
    """Format a probability that never claims to be 1."""
    if math.isnan(value):
        return "–"
    if value > 0.9995:
        return "> 99.9 %"
    return f"{100 * value:.1f} %"


def format_share(value: float) -> str:
    """Format a probability in whole percents, 99 at most unless it is all but 1.

    >>> format_share(0.582)
    '58 %'
    """
    return "> 99 %" if value > 0.99 else f"{100 * value:.0f} %"


def format_interval(record: dict[str, Any], decimals: int) -> str:
    """Format the interval of a weight; one without ends is open."""
    if math.isinf(record["low"]):
        return "open"
    low, high = (format_number(record[k], decimals, sign=True) for k in ("low", "high"))
    return f"{low} to {high}"


def format_sign(record: dict[str, Any]) -> str:
    """Format the probability of a weight's sign; open intervals tell none."""
    open_ = math.isinf(record["low"])
    return "–" if open_ else format_probability(record["sign_probability"])


def format_short(value: float) -> str:
    """Format with three significant digits, which a 1.00 shows to be rounded."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:#.3g}"
    return text.removesuffix(".").replace("-", "−")


def count_weaker(n: int) -> str:
    """Say how many features are left out."""
    return f"{n} weaker feature{'' if n == 1 else 's'}"


def shorten_middle(name: str, most: int) -> str:
    """Return a name with its middle left out where it is longer than `most`.

    >>> shorten_middle("average volume of region 40", 15)
    'average…gion 40'
    """
    if len(name) <= most:
        return name
    end = (most - 1) // 2
    return f"{name[: most - 1 - end]}…{name[len(name) - end :]}"


def _clip(decimals: int) -> int:
    return max(0, min(decimals, 12))
