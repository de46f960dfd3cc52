"""Texts as words, characters or sentences that are kept or removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from sklearn_baylime.base._codes import check_codes
from sklearn_baylime.base._representation import RepresentationMixin
from sklearn_baylime.base._seeds import seed_of_content
from sklearn_baylime.base._sklearn import StrOptions, fit_context
from sklearn_baylime.representation.text._components import (
    find_components,
    group_occurrences,
    join_pieces,
    make_pieces,
    name_tokens,
    split_offsets,
)
from sklearn_baylime.representation.text._splitting import (
    UNITS,
    check_text,
    leave_out,
    split_text,
    tell_nothing_found,
)
from sklearn_baylime.representation.text._tokens import Span


class TextSegmenter(RepresentationMixin, TransformerMixin, BaseEstimator):
    r"""Segmenter of a text into words, characters or sentences, each kept or removed.

    Codes exist at a text alone: `at` finds its components, and a code says for each of
    them whether it is kept (1) or removed (0). Everything between them stays as it is.

    Parameters
    ----------
    unit : {"word", "character", "sentence"}, default="word"
        What the components are. Words are runs of word characters, as LIME has them,
        with the marks that belong to them, and emoji; runs of more than 8 letters of
        scripts without spaces are cut into characters. Characters are those that a
        reader sees, so that accents and joined emoji stay whole (regional variants of
        the rule, such as
        conjuncts of Indic scripts, are not known). Sentences end at a stop such
        as ``.!?…`` before white space, at a full-width stop, and at empty lines.

    tokenizer : str, Pattern, callable or None, default=None
        What to take for words instead: a regular expression of tokens (its first group
        if it has one) like scikit-learn's `token_pattern`, or a callable from the text
        to a list of tokens or of (start, end) offsets in the text. Tokens are looked
        for in the text from left to right. Case, accents and forms of characters
        (NFKC) that the tokenizer alters are overlooked; markers of word pieces such as
        ``##``, ``Ġ`` and ``▁`` are taken off, and special tokens such as ``[CLS]``
        skipped. For scripts without spaces, `list` takes every character.

    bag_of_words : bool, default=True
        Whether all occurrences of the same string are one component, in the case as it
        stands in the text. Otherwise each is one.

    mask_string : str or None, default=None
        What stands in place of what is removed; nothing by default. LIME has
        ``"UNKWORDZ"`` where ``bag_of_words=False``, and nothing otherwise.

    stop_words : "english", collection of str or None, default=None
        Tokens that are no components and always kept, in any case; those of
        scikit-learn for ``"english"``.

    Attributes
    ----------
    text_ : str
        The text; this and what follows exist after `at`.

    tokens_ : list of str
        The string of each component, by first occurrence.

    offsets_ : list of ndarray of int of shape (n_occurrences, 2)
        Start and end of each component's occurrences in the text.

    reference_ : ndarray of int of shape (n_components,)
        Code of the text: all ones.

    is_categorical_ : ndarray of bool of shape (n_components,)
        Columns of the codes that are categories, not quantities: all of them.

    See Also
    --------
    QuantileDiscretizer : Columns of tables.
    SequenceDiscretizer : Segments of time.

    Examples
    --------
    >>> from sklearn_baylime.representation import TextSegmenter
    >>> here = TextSegmenter().at("To be, or not to be?")
    >>> here.get_feature_names_out().tolist()
    ['To', 'be', 'or', 'not', 'to']
    >>> here.inverse_transform([[1, 1, 1, 1, 1], [1, 0, 1, 1, 1]])
    ['To be, or not to be?', 'To , or not to ?']
    >>> here.transform(["To do or to be"])
    array([[1, 1, 1, 0, 1]], dtype=int8)
    """

    codes_before_at = False
    _kind = "text"

    _parameter_constraints: dict = {
        "unit": [StrOptions(set(UNITS))],
        "tokenizer": [None, str, re.Pattern, callable],
        "bag_of_words": ["boolean"],
        "mask_string": [None, str],
        "stop_words": [None, StrOptions({"english"}), set, frozenset, "array-like"],
    }

    def __init__(
        self,
        unit: str = "word",
        *,
        tokenizer: Callable[[str], Any] | str | None = None,
        bag_of_words: bool = True,
        mask_string: str | None = None,
        stop_words: Iterable[str] | None = None,
    ) -> None:
        self.unit = unit
        self.tokenizer = tokenizer
        self.bag_of_words = bag_of_words
        self.mask_string = mask_string
        self.stop_words = stop_words

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : ignored
            Present for consistency.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
        """
        return self

    def instances(self, X: Any) -> list[str]:
        """Return texts one by one; a single one is one.

        Parameters
        ----------
        X : str, or iterable of str
            One text, or several.

        Returns
        -------
        texts : list of str
        """
        return [X] if isinstance(X, str) else list(X)

    def at(self, x: str) -> Self:
        """Return a light copy that knows a text and its components.

        Parameters
        ----------
        x : str
            The text.

        Returns
        -------
        segmenter : object
            With the attributes above, `row_`, the list of the text, and `seed_`.

        Raises
        ------
        TypeError
            If `x` is not a str.
        ValueError
            If it has no components, or tokens that are not found in it.
        """
        return super().at(x)

    def _take(self, x: Any) -> None:
        self.text_ = check_text(x)
        self.row_, self.seed_ = [self.text_], seed_of_content(self.text_)

    def _place(self, x: Any) -> None:
        text = self.text_
        spans = self._find(text)
        if not spans:
            raise ValueError(tell_nothing_found(text, self.unit, self.tokenizer))
        self._owners = group_occurrences(
            [text[start:end] for start, end in spans], self.bag_of_words
        )
        self._pieces = make_pieces(text, spans, self.mask_string or "")
        self.offsets_ = split_offsets(spans, self._owners)
        self.tokens_ = [text[start:end] for (start, end), *_ in self.offsets_]
        self.reference_ = np.ones(len(self.tokens_), dtype=np.int8)
        self.is_categorical_ = np.ones(len(self.tokens_), dtype=bool)

    def transform(self, X: Any) -> np.ndarray:
        """Return which components of the text occur in texts.

        Parameters
        ----------
        X : list of str of length n_samples
            Texts.

        Returns
        -------
        codes : ndarray of int of shape (n_samples, n_components)
            The occurrence number k of a string, where each occurrence is a component,
            is taken to be in texts that have it k times.
        """
        self._check_at()
        if isinstance(X, str | bytes):
            raise TypeError(f"X is a {type(X).__name__}, expected a list of texts.")
        codes = np.empty((len(X), len(self.tokens_)), dtype=np.int8)
        for code, text in zip(codes, map(check_text, X), strict=True):
            strings = [text[start:end] for start, end in self._find(text)]
            code[:] = find_components(self.tokens_, strings)
        return codes

    def inverse_transform(self, X: Any, start: int = 0) -> list[str]:
        """Return texts without the components that are removed.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
            Codes: 1 where a component is kept, 0 where it is removed.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        texts : list of str of length n_samples
            Row 0 of all rows is the text itself.
        """
        self._check_at()
        kept = check_codes(np.asarray(X), len(self.tokens_))
        texts = join_pieces(self._pieces, self._owners, kept)
        return self._with_instance(texts, start)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the components' names.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects of shape (n_components,)
            Their strings; long ones are cut, equal ones numbered.
        """
        self._check_at()
        return np.array(name_tokens(self.tokens_), dtype=object)

    def describe(self) -> dict[str, Any]:
        """Return what an explanation needs to show the text.

        Returns
        -------
        description : dict
            "kind", "text", and "spans", a list of (start, end) for each component.
        """
        self._check_at()
        spans = [[(a, b) for a, b in s.tolist()] for s in self.offsets_]
        return {"kind": "text", "text": self.text_, "spans": spans}

    def _find(self, text: str) -> list[Span]:
        spans = split_text(text, self.unit, self.tokenizer)
        return leave_out(text, spans, self.stop_words)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags
