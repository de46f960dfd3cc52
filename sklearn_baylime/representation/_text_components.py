"""Occurrences of tokens as components: groups, pieces to put together, names."""

from __future__ import annotations

import unicodedata
from collections import Counter

import numpy as np

from sklearn_baylime.representation._text_tokens import Span

# Pieces of texts put together at once: 1 MB of pointers.
_BLOCK = 2**17

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
    """Return what stands for each occurrence, removed and kept, by turns.

    What lies between occurrences is part of the pieces, so that a text is one piece of
    each pair, joined.
    """
    starts = [start for start, _ in spans]
    pieces = []
    for (start, end), following in zip(spans, [*starts[1:], len(text)], strict=True):
        pieces += [mask + text[end:following], text[start:following]]
    pieces[:2] = [text[: starts[0]] + piece for piece in pieces[:2]]
    return np.array(pieces, dtype=object)


def join_pieces(pieces: np.ndarray, owners: np.ndarray, kept: np.ndarray) -> list[str]:
    """Return a text for each row of `kept`, of shape (n_texts, n_components)."""
    texts: list[str] = []
    # Each piece that is removed stands before the one that is kept.
    places = 2 * np.arange(len(owners))
    n_rows = max(1, _BLOCK // len(owners))
    for i in range(0, len(kept), n_rows):
        chosen = pieces.take(places + kept[i : i + n_rows].take(owners, axis=1))
        texts += ["".join(row) for row in chosen.tolist()]
    return texts


def check_codes(codes: np.ndarray, n_components: int) -> np.ndarray:
    """Return codes of zeros and ones as booleans, or say what is wrong with them."""
    if codes.ndim != 2 or codes.shape[1] != n_components:
        raise ValueError(
            f"The codes have shape {codes.shape}, expected one column for each "
            f"component, (n, {n_components})."
        )
    kept = codes == 1
    wrong = ~kept & (codes != 0)
    if wrong.any():
        raise ValueError(
            "The codes have other values than 1 (kept) and 0 (removed), such as "
            f"{codes[wrong][0]}."
        )
    return kept


def find_components(tokens: list[str], strings: list[str]) -> list[bool]:
    """Return for each token whether it is among strings, its k-th equal k times."""
    counts = Counter(strings)
    numbered = zip(tokens, _number_equals(tokens), strict=True)
    return [counts[token] >= number for token, number in numbered]


def _number_equals(tokens):
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


def _show(token):
    shown = " ".join(token.split())
    if not shown or any(unicodedata.category(c) == "Cc" for c in shown):
        shown = repr(token)
    if len(shown) <= _LONGEST_NAME:
        return shown
    return shown[: _LONGEST_NAME - 1].rstrip() + "…"


def _ordinal(number):
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number // 10 % 10 == 1 else ending}"
