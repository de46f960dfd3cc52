"""Where a tokenizer's tokens stand in the text, however it has altered them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np

from sklearn_baylime.representation.text._tokens import Span, is_mark

# BERT's "##ing", GPT-2's "Ġword" and "Ċ", SentencePiece's "▁word", "word</w>", "wo@@".
_MARKERS = re.compile(r"^(?:##(?=.)|[ĠĊ▁]+)|(?<=.)(?:</w>|@@)$", re.DOTALL)

_SPECIAL = re.compile(
    r"\[(?:CLS|SEP|PAD|UNK|MASK|BOS|EOS)\]|</?s>|<\|[^|\s]*\|>|<0x[0-9A-F]{2}>"
    r"|<(?:pad|unk|mask|bos|eos|cls|sep)>",
    re.IGNORECASE,
)


def locate(text: str, found: Any) -> list[Span]:
    """Return the spans of what a tokenizer has returned: tokens, or offsets.

    Raises
    ------
    TypeError
        If these are neither strings nor pairs of integers.
    ValueError
        If a token does not stand in the text, or offsets overlap or leave it.
    """
    if isinstance(found, str) or not isinstance(found, Iterable):
        raise TypeError(
            f"The tokenizer returned {found!r:.80}, expected a list of str, or of "
            "(start, end) pairs of int."
        )
    items = list(found)
    if all(isinstance(item, str) for item in items):
        return align_tokens(text, items)
    wrong = [item for item in items if not _is_pair(item)]
    if wrong:
        raise TypeError(
            f"The tokenizer returned {wrong[0]!r:.80} among {len(items)} items, "
            "expected a list of str alone, or of (start, end) pairs of int alone."
        )
    return _check_offsets(text, [(int(start), int(end)) for start, end in items])


def align_tokens(text: str, tokens: list[str]) -> list[Span]:
    """Return the spans of tokens that stand in the text in this order.

    Whole words are preferred, and tokens as they are; then case, accents and forms of
    characters (NFKC) are overlooked, and pieces of words are looked for. Markers of
    word pieces are taken off, and special tokens skipped.
    """
    furthest = (-1, 0)
    # All tokens are placed in the same way: a tokenizer that lowers some lowers all,
    # and its "the" must not pass a "The" to reach a later "the".
    for whole in (True, False):
        for view in (_view_of(text, False), _view_of(text, True)):
            spans, reached = _place(view, tokens, whole)
            if reached is None:
                return spans
            furthest = max(furthest, reached)
    position, start = furthest
    raise ValueError(
        f"The tokenizer's token {position} of {len(tokens)}, {tokens[position]!r:.80}, "
        f"does not stand in the text behind {text[max(0, start - 20) : start]!r}, "
        f"where {text[start : start + 40]!r} follows, in no case. Expected "
        "pieces of the text in their order; let the tokenizer return (start, end) "
        "offsets in the text instead, such as return_offsets_mapping gives."
    )


class _View(NamedTuple):
    """A text, or what is left of it when case and accents are overlooked."""

    letters: str
    # Where the character of each letter starts and ends in the text.
    starts: list[int] | range
    ends: list[int] | range
    is_folded: bool


def _view_of(text: str, is_folded: bool) -> _View:
    if not is_folded:
        return _View(text, range(len(text)), range(1, len(text) + 1), False)
    folded = {character: _fold(character) for character in set(text)}
    ends = list(range(1, len(text) + 1))
    for i in range(len(text) - 1, 0, -1):
        if is_mark(text[i]) and not folded[text[i]]:
            # Accents that are overlooked go with their letter.
            ends[i - 1] = ends[i]
    owners = [i for i, character in enumerate(text) for _ in folded[character]]
    letters = "".join(folded[character] for character in text)
    return _View(letters, owners, [ends[i] for i in owners], True)


def _fold(string: str) -> str:
    """Overlook case, accents, invisible characters and forms, character by character.

    Since nothing is composed, and marks go, this is the same for a text at once as for
    its characters one by one.
    """
    for _ in range(2):
        string = unicodedata.normalize("NFKD", string).casefold()
    kept = (c for c in string if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return "".join(kept)


def _place(
    view: _View, tokens: Any, whole: bool
) -> tuple[list[Span], tuple[int, int] | None]:
    """Return spans, and (token, text position) where the first one is not found."""
    spans: list[Span] = []
    at = 0
    for position, token in enumerate(tokens):
        found = _find(view, token, at, whole)
        if found is None:
            return spans, (position, spans[-1][1] if spans else 0)
        begin, at = found
        if begin < at:
            spans.append((view.starts[begin], view.ends[at - 1]))
    return spans, None


def _find(view: _View, token: str, at: int, whole: bool) -> tuple[int, int] | None:
    """Return where a token stands in a view, empty if it is to be skipped."""
    if _SPECIAL.fullmatch(token):
        # Only a text that has it right here means it.
        begin = view.letters.find(token, at)
        here = begin >= 0 and not view.letters[at:begin].strip()
        return (begin, begin + len(token)) if here else (at, at)
    for reading in _readings(token, view.is_folded):
        if not reading:
            return at, at
        begin = _search(view, reading, at, whole)
        if begin >= 0:
            return begin, begin + len(reading)
    return None


def _readings(token: str, is_folded: bool) -> Iterator[str]:
    """Yield what a token may stand for, "" for nothing."""
    bare = _MARKERS.sub("", token)
    if not is_folded:
        yield token
        yield bare if bare.strip() else ""
    # A folded marker looks like a letter.
    for reading in (_from_bytes(token) or bare, bare):
        reading = reading.strip()
        yield _fold(reading) if is_folded else reading


def _search(view: _View, reading: str, at: int, whole: bool) -> int:
    begin = view.letters.find(reading, at)
    while begin >= 0 and not (
        _starts_character(view, begin)
        and (not whole or _is_whole(view.letters, begin, begin + len(reading)))
    ):
        begin = view.letters.find(reading, begin + 1)
    return begin


def _starts_character(view: _View, begin: int) -> bool:
    """Return whether no other letter of this character stands before: "ss" of "ß"."""
    return not begin or view.starts[begin - 1] != view.starts[begin]


def _is_whole(letters: str, begin: int, end: int) -> bool:
    """Return whether no word goes on across the ends."""
    edges = [i for i in (begin, end) if 0 < i < len(letters)]
    return not any(_is_wordy(letters[i - 1]) and _is_wordy(letters[i]) for i in edges)


def _is_wordy(character: str) -> bool:
    return character.isalnum() or character == "_" or is_mark(character)


def _from_bytes(token: str) -> str | None:
    """Return a token of a byte-level tokenizer such as GPT-2's as text."""
    letters = _byte_letters()
    try:
        return bytes(letters[c] for c in token).decode()
    except (KeyError, UnicodeDecodeError):
        return None


@cache
def _byte_letters() -> dict[str, int]:
    """Return the bytes that the letters of byte-level tokenizers stand for."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {
        chr(256 + i): byte for i, byte in enumerate(others)
    }


def _is_pair(item: Any) -> bool:
    sized = isinstance(item, tuple | list | np.ndarray) and len(item) == 2
    return sized and all(isinstance(end, Integral) for end in item)


def _check_offsets(text: str, spans: list[Span]) -> list[Span]:
    """Return offsets in their order without empty ones, which special tokens have."""
    for start, end in spans:
        if not 0 <= start <= end <= len(text):
            raise ValueError(
                f"The tokenizer returned the offsets {(start, end)}, expected 0 <= "
                f"start <= end <= {len(text)}, the length of the text."
            )
    spans = sorted((start, end) for start, end in spans if start < end)
    for one, other in pairwise(spans):
        if other[0] < one[1]:
            raise ValueError(
                f"The tokenizer returned the offsets {one} and {other}, expected ones "
                "that do not overlap."
            )
    return spans
