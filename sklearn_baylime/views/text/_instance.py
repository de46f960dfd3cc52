"""A document and where in it each feature stands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from operator import index
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

from sklearn_baylime.views._registry import register_view, require_view
from sklearn_baylime.views.text._display import TextDisplay
from sklearn_baylime.views.text._html import add_document


@register_view
@dataclass(frozen=True)
class TextInstance:
    """A document, with all occurrences of each feature.

    Parameters
    ----------
    text : str
        The original text.

    spans : tuple of tuple of (int, int)
        For each feature the first character of each occurrence and the one after its
        last, in the order of the text: ``text[start:end]``. Occurrences do not overlap;
        a feature may have none.

    Raises
    ------
    TypeError
        If the text is no string, or an offset no integer.
    ValueError
        If a span is empty, reaches out of the text or overlaps with another.

    Examples
    --------
    >>> from sklearn_baylime.explanation import TextInstance
    >>> document = TextInstance("good, very good", [[(0, 4), (11, 15)], [(6, 10)]])
    >>> document.find(1)
    ['very']
    """

    kind: ClassVar[str] = "text"
    noun: ClassVar[str] = "a document"
    pictures: ClassVar[dict[str, type]] = {"text": TextDisplay}
    # Bars show what a text cannot: intervals.
    default_picture: ClassVar[str | None] = None

    text: str
    spans: tuple[tuple[tuple[int, int], ...], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"text is a {type(self.text).__name__}, expected a str.")
        # Subclasses such as numpy.str_ would not survive JSON and pickle as they are.
        object.__setattr__(self, "text", str(self.text))
        spans = tuple(
            tuple(sorted(_read_span(span, j) for span in found))
            for j, found in enumerate(self.spans)
        )
        object.__setattr__(self, "spans", spans)
        _check_spans(spans, len(self.text))

    @property
    def n_features(self) -> int:
        """Number of features that spans are told for."""
        return len(self.spans)

    def find(self, feature: int) -> list[str]:
        """Return the occurrences of a feature as they stand in the text.

        Parameters
        ----------
        feature : int
            Index of the feature.

        Returns
        -------
        occurrences : list of str
        """
        return [self.text[start:end] for start, end in self.spans[feature]]

    def to_dict(self) -> dict[str, Any]:
        """Return the text and lists of numbers that `from_dict` reads, for JSON.

        Returns
        -------
        content : dict
            With the keys kind, text and spans.
        """
        spans = [[list(span) for span in found] for found in self.spans]
        return {"kind": self.kind, "text": self.text, "spans": spans}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> TextInstance:
        """Build the document that `to_dict` wrote.

        Parameters
        ----------
        content : dict

        Returns
        -------
        instance : TextInstance
        """
        return cls(content["text"], content["spans"])

    def add_to_page(
        self,
        section: ET.Element,
        explanation: Any,
        target: Any,
        records: list[dict[str, Any]],
        level: float,
    ) -> None:
        """Add the text with its marked words; see `View.add_to_page`.

        Parameters
        ----------
        section : xml.etree.ElementTree.Element
            What to add to.
        explanation : Explanation
            What is shown.
        target : object
            The target of this section.
        records : list of dict
            Numbers of the features shown.
        level : float
            Probability of the intervals.
        """
        add_document(section, explanation, target, records, level)


def find_positions(explanation: Any, ranked: list[tuple[int, float]]) -> list[Any]:
    """Return where in the document each of the ranked features stands."""
    spans = require_view(explanation, "text", "positions=True").spans
    return [spans[j] for j, _ in ranked]


def _read_span(span: Any, j: int) -> tuple[int, int]:
    try:
        start, end = (index(offset) for offset in span)
    except (TypeError, ValueError):
        raise TypeError(
            f"A span of feature {j} is {span!r}, expected two integers: start and end."
        ) from None
    return start, end


def _check_spans(spans: Any, length: Any) -> None:
    found = sorted((*span, j) for j, mine in enumerate(spans) for span in mine)
    for start, end, j in found:
        if not 0 <= start < end <= length:
            raise ValueError(
                f"Feature {j} has the span ({start}, {end}), expected 0 <= start < end "
                f"<= {length}, the length of the text."
            )
    for (start, end, i), (later, last, j) in pairwise(found):
        if later < end:
            raise ValueError(
                f"The spans ({start}, {end}) of feature {i} and ({later}, {last}) of "
                f"feature {j} overlap, expected each character in one span at most."
            )
