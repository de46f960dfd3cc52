"""Where words, characters and sentences stand in a text: spans (start, end)."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

Span = tuple[int, int]

# Scripts that write no spaces between words: Thai, Lao, Burmese, Khmer, kana, Han.
_NO_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
# In these, longer runs are sentences rather than words.
_LONGEST_WORD = 8

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
    r"""Return the maximal runs of word characters, and pictographs.

    Combining marks and joiners belong to the word they stand in, which ``\w`` alone
    does not know: it cuts Hindi, Thai, and accents that are written apart. Emoji and
    other pictographs are words of their own. Long runs of scripts that write no spaces
    are sentences, whose characters are taken.
    """
    inner = "".join(sorted(c for c in set(text) if is_mark(c) or c in _JOINERS))
    spans = find_matches(text, re.compile(rf"\w[\w{inner}]*"))
    if text.isascii():
        return spans
    words: list[Span] = []
    for start, end in spans:
        if end - start > _LONGEST_WORD and _NO_SPACES.search(text, start, end):
            words += _cut_run(text, start, end)
        else:
            words.append((start, end))
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    for end, start in zip(ends, starts, strict=True):
        if end < start:
            words += [
                (end + first, end + last)
                for first, last in find_characters(text[end:start])
                if _is_emoji(text[end + first])
            ]
    return sorted(words)


def _cut_run(text: str, start: int, end: int) -> list[Span]:
    """Cut a run of word characters where a script writes no spaces."""
    spans: list[Span] = []
    for first, last in find_characters(text[start:end]):
        span = (start + first, start + last)
        alone = _NO_SPACES.match(text, span[0])
        if alone or not spans or _NO_SPACES.match(text, spans[-1][0]):
            spans.append(span)
        else:
            spans[-1] = (spans[-1][0], span[1])
    return spans


def _is_emoji(character: str) -> bool:
    """Tell pictographs that readers take for words, not signs such as ° or ©."""
    code = ord(character)
    return 0x1F000 <= code <= 0x1FAFF or (
        unicodedata.category(character) == "So"
        and (0x2300 <= code <= 0x23FF or 0x2600 <= code <= 0x27BF or code >= 0x2B00)
    )


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
    return list(pairwise([*starts, len(text)]))


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
