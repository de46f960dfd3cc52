"""Long names made short, and still told apart."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn_baylime.views._numbers import shorten_middle

_CUT = "…"

# Letters of a name that are kept before what tells it from others.
_START = 12


def shorten_apart(names: Sequence[str], most: int) -> list[str]:
    """Return names of at most about `most` letters that differ where the names do.

    The middle is left out. Where that would make two names one, what they have in
    common is left out instead. A value behind a name, as in ``"radius = 25.4 (> 18)"``,
    is kept.

    Parameters
    ----------
    names : sequence of str
        Names, such as those of one picture.
    most : int
        Letters.

    Examples
    --------
    >>> shorten_apart(["volume of region 1 by month = 3", "age = 2"], 20)
    ['volume o…y month = 3', 'age = 2']
    >>> names = [f"monthly volume of region {i} by weight and value" for i in (1, 2)]
    >>> shorten_apart(names, 30)
    ['monthly v…gion 1 by w…d value', 'monthly v…gion 2 by w…d value']
    """
    parts = [_split(name) for name in names]
    room = max(most - max((len(value) for _, value in parts), default=0), most // 2)
    short = [shorten_middle(head, room) for head, _ in parts]
    groups: dict[str, set[str]] = {}
    for text, (head, _) in zip(short, parts, strict=True):
        groups.setdefault(text, set()).add(head)
    found = []
    for text, (head, value) in zip(short, parts, strict=True):
        alike = groups[text]
        kept = text if len(alike) == 1 else _keep_difference(head, alike, room)
        found.append(f"{kept}{value}")
    return found


def _split(name: str) -> tuple[str, str]:
    """Return a name and the value behind it, "" where there is none."""
    head, equals, value = name.rpartition(" = ")
    return (head, equals + value) if equals else (name, "")


def _keep_difference(name: str, alike: set[str], most: int) -> str:
    """Return the start, what tells a name from others of its look, and the end."""
    same = _count_same(alike)
    behind = _count_same({other[::-1] for other in alike})
    # The letters around the difference, so far as there is room.
    start = min(_START, most // 3)
    differs = name[same : max(same, len(name) - behind)]
    room = max(most - start - len(differs) - 2, 4)
    before, after = room // 3, room // 3
    low, high = max(same - before, 0), same + len(differs) + after
    middle = shorten_middle(name[low:high], max(most - start - 2, 8))
    left = f"{name[: min(start - 1, low)]}{_CUT}" if low > start else name[:low]
    rest = len(name) - high
    tail = room - before - after
    right = name[high:] if rest <= tail + 1 else f"{_CUT}{name[len(name) - tail :]}"
    return f"{left}{middle}{right}"


def _count_same(names: set[str]) -> int:
    """Return how many letters names begin with that are the same in all."""
    n = min(map(len, names))
    return next((i for i in range(n) if len({name[i] for name in names}) > 1), n)
