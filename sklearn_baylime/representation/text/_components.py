"""Occurrences of tokens as components: groups, pieces to put together, names."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import product
from typing import Any

import numpy as np

from sklearn_baylime.representation.text._tokens import Span

# Pieces of texts put together at once: 1 MB of pointers.
_BLOCK = 2**17

# Neighbors that become one piece, of which every subset is kept ready: a byte's half.
_GROUP = 4

_LONGEST_NAME = 40


def group_occurrences(strings: list[str], is_bag: bool) -> np.ndarray:
    """Return the component of each occurrence, numbered by first occurrence."""
    if not is_bag:
        return np.arange(len(strings))
    known: dict[str, int] = {}
    return np.array([known.setdefault(string, len(known)) for string in strings])


def split_offsets(spans: list[Span], owners: np.ndarray) -> list[np.ndarray]:
    """Return the offsets (n_occurrences, 2) of each component."""
    order = np.argsort(owners, kind="stable")
    borders = np.cumsum(np.bincount(owners))[:-1]
    return np.split(np.array(spans)[order], borders)


def make_pieces(text: str, spans: list[Span], mask: str) -> np.ndarray:
    """Return what stands for each group of neighbors, one for each subset kept.

    What lies between occurrences is part of the pieces, so that a text is one piece of
    each group, joined. Of a group's 16 pieces, the bits of the number say what is kept,
    the first occurrence being the highest.
    """
    pairs = _make_pairs(text, spans, mask)
    pairs += [("", "")] * (-len(pairs) % _GROUP)
    pieces = [
        "".join(choice)
        for i in range(0, len(pairs), _GROUP)
        for choice in product(*pairs[i : i + _GROUP])
    ]
    return np.array(pieces, dtype=object)


def _make_pairs(text: str, spans: list[Span], mask: str) -> list[tuple[str, str]]:
    """Return what stands for each occurrence, removed and kept."""
    starts = [start for start, _ in spans]
    pairs = [
        (mask + text[end:following], text[start:following])
        for (start, end), following in zip(spans, [*starts[1:], len(text)], strict=True)
    ]
    head = text[: starts[0]]
    return [(head + pairs[0][0], head + pairs[0][1]), *pairs[1:]]


def join_pieces(pieces: np.ndarray, owners: np.ndarray, kept: np.ndarray) -> list[str]:
    """Return a text for each row of `kept`, of shape (n_texts, n_components)."""
    texts: list[str] = []
    n_groups = len(pieces) // 2**_GROUP
    places = 2**_GROUP * np.arange(n_groups)
    n_rows = max(1, _BLOCK // n_groups)
    for i in range(0, len(kept), n_rows):
        packed = np.packbits(kept[i : i + n_rows].take(owners, axis=1), axis=1)
        halves = np.stack([packed >> _GROUP, packed & 15], axis=2)
        subsets = halves.reshape(len(packed), -1)[:, :n_groups]
        texts += map("".join, pieces.take(places + subsets).tolist())
    return texts


def find_components(tokens: list[str], strings: list[str]) -> list[bool]:
    """Return for each token whether it is among strings, its k-th equal k times."""
    counts = Counter(strings)
    numbered = zip(tokens, _number_equals(tokens), strict=True)
    return [counts[token] >= number for token, number in numbered]


def _number_equals(tokens: list[str]) -> list[Any]:
    seen: Counter[str] = Counter()
    numbers = []
    for token in tokens:
        seen[token] += 1
        numbers.append(seen[token])
    return numbers


def name_tokens(tokens: list[str]) -> list[str]:
    """Return names that differ, on one line of about 40 characters."""
    names = [_show(token) for token in tokens]
    # A number may be what makes a name equal to another one.
    while len(set(names)) < len(names):
        total, numbers = Counter(names), _number_equals(names)
        names = [
            name if total[name] == 1 else f"{name} ({_ordinal(number)})"
            for name, number in zip(names, numbers, strict=True)
        ]
    return names


def _show(token: str) -> str:
    shown = " ".join(token.split())
    if not shown or any(unicodedata.category(c) == "Cc" for c in shown):
        shown = repr(token)
    if len(shown) <= _LONGEST_NAME:
        return shown
    return shown[: _LONGEST_NAME - 1].rstrip() + "…"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number // 10 % 10 == 1 else ending}"
