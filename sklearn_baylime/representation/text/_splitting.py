"""A text's tokens by unit or tokenizer, without stop words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from sklearn_baylime.representation.text._alignment import locate
from sklearn_baylime.representation.text._tokens import (
    Span,
    compile_pattern,
    find_characters,
    find_matches,
    find_sentences,
    find_words,
)

UNITS = {
    "word": find_words,
    "character": find_characters,
    "sentence": find_sentences,
}


def check_text(x: Any) -> str:
    """Return a text as a str that is not empty, or say what it is instead."""
    if isinstance(x, bytes | bytearray):
        raise TypeError("The text is bytes, expected a str: decode it, x.decode().")
    if not isinstance(x, str):
        raise TypeError(f"The text is a {type(x).__name__}, expected a str: {x!r:.80}")
    # Scalars of arrays become plain strings.
    return str(x)


def split_text(
    text: str, unit: str, tokenizer: Callable[[str], Any] | str | None = None
) -> list[Span]:
    """Return where the tokens of a text stand."""
    if tokenizer is None:
        return UNITS[unit](text)
    if unit != "word":
        raise ValueError(
            f"tokenizer was given beside unit={unit!r}, expected one of them."
        )
    if callable(tokenizer):
        return locate(text, tokenizer(text))
    return find_matches(text, compile_pattern(tokenizer))


def leave_out(text: str, spans: list[Span], stop_words: Any) -> list[Span]:
    """Return the tokens that are no stop words, in whatever case."""
    if stop_words is None:
        return spans
    words = ENGLISH_STOP_WORDS if isinstance(stop_words, str) else list(stop_words)
    if not all(isinstance(word, str) for word in words):
        raise TypeError(f"stop_words has {words!r:.80}, expected str alone.")
    stops = {word.casefold() for word in words}
    return [span for span in spans if text[slice(*span)].casefold() not in stops]


def tell_nothing_found(
    text: str, unit: str, tokenizer: Callable[[str], Any] | str | None = None
) -> str:
    """Return what is wrong with a text that has no components."""
    if not text:
        return f"The text is empty, expected one with at least one {unit}."
    found = [text[start:end] for start, end in split_text(text, unit, tokenizer)]
    if found:
        return (
            f"The text has only stop words, such as {found[:5]}, expected one with "
            "others; set stop_words=None."
        )
    how = "it is white space"
    if callable(tokenizer):
        how = "the tokenizer returned none"
    elif unit == "word":
        pattern = r"\w+" if tokenizer is None else tokenizer
        how = f"nothing matches {getattr(pattern, 'pattern', pattern)}"
    return (
        f"The text {text!r:.80} has no {unit}: {how}. Expected at least one; give "
        "another tokenizer, or unit='character'."
    )
