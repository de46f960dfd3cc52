"""Words on lines: pure functions that know only widths."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

Piece = tuple[str, int | None]


class Placed(NamedTuple):
    """A piece of a word and where it stands; `position` is that of its mark."""

    text: str
    position: int | None
    line: int
    x: float
    width: float


def lay_out(
    pieces: list[Piece], room: float, measure: Callable[[str], float]
) -> list[Placed]:
    """Place the pieces of a text on lines of a width, as many as it takes.

    The only line break is a line feed.

    Lines break at white space and between wide characters, as of Chinese, and a word
    wider than a line wherever it has to. Words that run from right to left keep that
    order among themselves, as far as a rule for whole words can tell.
    """
    base = _direction("".join(text for text, _ in pieces)) or "left"
    placed = []
    for number, line in enumerate(_break_lines(pieces, room, measure)):
        x = 0.0
        for i in _visual_order([_direction(text) for text, _ in line], base):
            text, position = line[i]
            width = measure(text)
            placed.append(Placed(text, position, number, x, width))
            x += width
        if base == "right":
            end = len(placed) - len(line)
            shifted = [p._replace(x=p.x + room - x) for p in placed[end:]]
            placed[end:] = shifted
    return placed


def count_lines(placed: list[Placed]) -> int:
    """Return the number of lines; a text without words has one."""
    return max((piece.line for piece in placed), default=0) + 1


def lines_of(placed: list[Placed]) -> list[str]:
    """Return the text of each line, as it stands from left to right."""
    lines = [""] * count_lines(placed)
    for piece in placed:
        lines[piece.line] += piece.text
    return lines


def _break_lines(pieces: Any, room: float, measure: Callable[[str], float]) -> Any:
    lines: list[list[Piece]] = [[]]
    free = room
    for word in _words(pieces):
        if word[0][0] == "\n":
            lines.append([])
            free = room
            continue
        width = sum(measure(text) for text, _ in word)
        blank = word[0][0].isspace()
        if width > free and not blank and lines[-1]:
            lines.append([])
            free = room
        for text, position in word:
            while measure(text) > free and not blank:
                # An empty line takes a character at least, or this would never end.
                fits = _count_fitting(text, free, measure) or int(not lines[-1])
                if fits:
                    lines[-1].append((text[:fits], position))
                lines.append([])
                text, free = text[fits:], room
            if text:
                lines[-1].append((text, position))
                free -= measure(text)
    return [_strip(line) for line in lines]


def _count_fitting(text: str, free: float, measure: Callable[[str], float]) -> int:
    lengths = range(1, len(text))
    return bisect_right(lengths, free, key=lambda n: measure(text[:n]))


def _strip(line: Any) -> Any:
    """Leave out blanks at the end, whose marks would stick out."""
    while line and line[-1][0].isspace():
        line = line[:-1]
    return line


def _words(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Yield words as their pieces, blanks and line breaks as a word each."""
    word: list[Piece] = []
    kind = ""
    for text, position in pieces:
        start = 0
        for i, character in enumerate(text):
            before, kind = kind, _kind(character, kind)
            if kind != before or kind in ("wide", "newline"):
                if i > start:
                    word.append((text[start:i], position))
                if word:
                    yield word
                word, start = [], i
        word.append((text[start:], position))
    if word:
        yield word


def _kind(character: str, before: str) -> str:
    """Return the kind of a character: lines may break where it changes."""
    if character == "\n":
        return "newline"
    # No-break spaces are letters to this: a line may not end at them.
    if character.isspace() and character not in "\u00a0\u202f":
        return "blank"
    if unicodedata.combining(character) or character in "\u200d\ufe0e\ufe0f":
        return before if before in ("wide", "letter") else "letter"
    return "wide" if unicodedata.east_asian_width(character) in "WF" else "letter"


def _direction(text: str) -> str:
    """Return the direction of the first letter, "" where there is none."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "left" if kind == "L" else "right"
    return ""


def _visual_order(directions: list[str], base: str) -> list[int]:
    """Return the order of a line's pieces from the left.

    Runs against the base direction are turned round; what has no direction of its own
    goes with its neighbours where those agree, and with the base where not.
    """
    order = list(range(len(directions)))
    against = [i for i in order if directions[i] not in ("", base)]
    if against:
        inside = {
            i
            for a, b in pairwise(against)
            if base not in directions[a:b]
            for i in range(a, b)
        } | set(against)
        i = 0
        while i < len(order):
            j = i
            while j < len(directions) and j in inside:
                j += 1
            order[i:j] = order[i:j][::-1]
            i = max(j, i + 1)
    return order[::-1] if base == "right" else order
