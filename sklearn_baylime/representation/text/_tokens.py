"""Where words, characters and sentences stand in a text: spans (start, end)."""

from __future__ import annotations

import re
import unicodedata

Span = tuple[int, int]

_JOINERS = "\u200c\u200d"
_ZERO_WIDTH_JOINER = "\u200d"

# A sentence ends behind these where white space follows or the text ends, so that
# "3.14" is one; behind those of scripts that write no spaces, anywhere. Runs start
# where they start, and give nothing back: long ones cost no more than once.
_STOPS, _FULL_WIDTH_STOPS = ".!?…؟۔।", "。！？"
_CLOSERS = "\"'”’»)\\]」』）"
_SENTENCE_END = re.compile(
    rf"(?<![{_STOPS}])[{_STOPS}]++[{_CLOSERS}]*+(?=\s|\Z)"
    rf"|[{_FULL_WIDTH_STOPS}][{_STOPS}{_FULL_WIDTH_STOPS}]*+[{_CLOSERS}]*+"
    r"|\n[^\S\n]*+\n"
)


def find_words(text: str) -> list[Span]:
    r"""Return the maximal runs of word characters.

    Combining marks and joiners belong to the word they stand in, which ``\w`` alone
    does not know: it cuts Hindi, Thai, and accents that are written apart.
    """
    inner = "".join(sorted(c for c in set(text) if is_mark(c) or c in _JOINERS))
    return find_matches(text, re.compile(rf"\w[\w{inner}]*"))


def compile_pattern(pattern: str | re.Pattern) -> re.Pattern:
    """Compile a regular expression of tokens, or say what is wrong with it."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"tokenizer is {pattern!r}, expected a regular expression: {error}."
        ) from error
    if isinstance(compiled.pattern, bytes):
        raise TypeError(f"tokenizer is {pattern!r}, expected a pattern of str.")
    return compiled


def find_matches(text: str, pattern: re.Pattern) -> list[Span]:
    """Return the matches of a pattern, or of its first group if it has one."""
    group = 1 if pattern.groups else 0
    spans = (match.span(group) for match in pattern.finditer(text))
    # A group that took no part in the match is at (-1, -1).
    return [(start, end) for start, end in spans if start < end]


def find_characters(text: str) -> list[Span]:
    """Return the characters that a reader sees.

    These stay with the character before them: combining marks, joiners, variation
    selectors, skin tones, tags, vowels and finals of decomposed Hangul; a line feed
    with its carriage return; a pictograph behind a joiner; the second letter of a flag.
    """
    extending = {c for c in set(text) if _extends(c)}
    starts: list[int] = []
    for i, character in enumerate(text):
        if i and character in extending and not _is_control(text[i - 1]):
            continue
        if i and _continues(text[starts[-1] : i], character):
            continue
        starts.append(i)
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def find_sentences(text: str) -> list[Span]:
    """Return the sentences without the white space around them.

    They end behind stops that white space follows, behind full-width stops, and at
    empty lines.
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    spans = []
    for start, end in zip([0, *ends], [*ends, len(text)], strict=True):
        part = text[start:end]
        start += len(part) - len(part.lstrip())
        spans.append((start, start + len(part.strip())))
    return [(start, end) for start, end in spans if start < end]


def is_mark(character: str) -> bool:
    """Return whether this is a combining mark, such as an accent written apart."""
    return unicodedata.category(character)[0] == "M"


def _continues(cluster: str, character: str) -> bool:
    """Return whether a character that does not extend all others extends this one."""
    if cluster == "\r":
        return character == "\n"
    if cluster[-1] == _ZERO_WIDTH_JOINER:
        return _is_pictograph(cluster[0]) and _is_pictograph(character)
    # Flags are pairs of regional letters.
    return len(cluster) == 1 and _is_regional(cluster) and _is_regional(character)


def _extends(character: str) -> bool:
    code = ord(character)
    return (
        is_mark(character)
        or character in _JOINERS
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
        or 0x1160 <= code <= 0x11FF
    )


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _is_pictograph(character: str) -> bool:
    # The block holds pictographs that are younger than Python's tables, too.
    block = 0x1F000 <= ord(character) <= 0x1FAFF
    return block or unicodedata.category(character) in ("So", "Sm")


def _is_regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF
