"""Texts by components: LIME's own, those of every script, and of any tokenizer."""

import pickle
import re
import unicodedata
import zlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lime.lime_text import IndexedCharacters, IndexedString
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.representation import TextSegmenter

TEXTS = [
    "The good, the bad and the good: isn't it Good?",
    "  one\r\nline\r\n\r\nand_another 3.14 <script>alert('x & y')</script>\t",
    "Привет, мир! Привет всем, и миру — привет.",
    "مرحبا بالعالم، مرحبا!",
    "naïve café, CAFÉ ° naïve ½ x² 東京 タワー 東京",
    "a" * 60 + " " + "b " * 60,
]


def random_codes(n_components, n_rows=40, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.random((n_rows, n_components)) < rng.random((n_rows, 1))).astype(int)


def spans_of(here):
    return sorted(tuple(s) for s in np.concatenate(here.offsets_).tolist())


def strings_at(text, **settings):
    here = TextSegmenter(**settings, bag_of_words=False).at(text)
    return [text[a:b] for a, b in spans_of(here)]


@pytest.mark.parametrize("unit", ["word", "character"])
@pytest.mark.parametrize("is_bag", [True, False])
@pytest.mark.parametrize("mask", ["UNKWORDZ", "\0"])
@pytest.mark.parametrize("text", TEXTS)
def test_components_and_texts_are_limes(text, unit, is_bag, mask):
    text = text.replace("\r\n", "\n") if unit == "character" else text
    cls = IndexedString if unit == "word" else IndexedCharacters
    theirs = cls(text, bow=is_bag, mask_string=mask)
    # LIME leaves the mask out where words are a bag.
    mask = None if is_bag else mask
    here = TextSegmenter(unit, bag_of_words=is_bag, mask_string=mask).at(text)
    assert here.tokens_ == [str(word) for word in theirs.inverse_vocab]
    positions = [theirs.string_position(j) for j in range(theirs.num_words())]
    assert [o[:, 0].tolist() for o in here.offsets_] == [p.tolist() for p in positions]
    codes = random_codes(len(here.tokens_))
    expected = [theirs.inverse_removing(np.flatnonzero(row == 0)) for row in codes]
    assert here.inverse_transform(codes, start=1) == expected


def test_masks_for_bags_and_nothing_for_places():
    """The two that LIME does not have."""
    text = "to be or not to be"
    bag = TextSegmenter(mask_string="_").at(text)
    assert bag.inverse_transform([[0, 1, 1, 0]], start=5) == ["_ be or _ _ be"]
    places = TextSegmenter(bag_of_words=False).at(text)
    assert places.inverse_transform([[0, 1, 1, 1, 1, 0]], 1) == [" be or not to "]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cafe\u0301 no\u0308!", ["cafe\u0301", "no\u0308"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("می\u200cخواهم رفت", ["می\u200cخواهم", "رفت"]),
        ("ภาษาไทย", ["ภาษาไทย"]),
        ("great film 👍🏽👍 ❤️ 2°C", ["great", "film", "👍🏽", "👍", "❤️", "2", "C"]),
        ("这部电影很好看我喜欢 iPhone很好", [*"这部电影很好看我喜欢", "iPhone很好"]),
        ("这部iPhone很好看我喜欢", ["这", "部", "iPhone", *"很好看我喜欢"]),
        (
            "<script>x</script> 👩‍👩‍👧 don't",
            ["script", "x", "script", "👩‍👩‍👧", "don", "t"],
        ),
    ],
)
def test_marks_belong_to_their_words(text, words):
    assert strings_at(text) == words


@pytest.mark.parametrize(
    "characters",
    [
        ["a", "e\u0301\u0323", " ", "n\u0303"],
        ["👩‍👩‍👧", "👍🏽", "❤️", "🇩🇪", "🇫🇷", "1️⃣", "🏴\U000e0067\U000e007f", "x"],
        ["a", "\r\n", "\n", "\r", "\u0301", " "],
        [unicodedata.normalize("NFD", c) for c in "한국어"],
        ["a\u200d", "b", "©\u200d", "b"],
        ["我", "爱", "\0", "\ud800", "你"],
        ["🇩🇪", "🇩"],
    ],
)
def test_characters_are_those_that_a_reader_sees(characters):
    assert strings_at("".join(characters), unit="character") == characters


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two?!  Three…\nFour", ["One.", "Two?!", "Three…", "Four"]),
        ('He said "Go!" It is 3.14 now.', ['He said "Go!"', "It is 3.14 now."]),
        ("你好。真的！？（是。）好", ["你好。", "真的！？", "（是。）", "好"]),
        (" A title\r\n\r\nwrapped\nline.\n", ["A title", "wrapped\nline."]),
        ("." * 20_000 + "x", ["." * 20_000 + "x"]),
    ],
)
def test_sentences_end_at_stops(text, sentences):
    assert strings_at(text, unit="sentence") == sentences
    here = TextSegmenter("sentence").at(text)
    (nothing,) = here.inverse_transform([0 * here.reference_], start=1)
    assert nothing == re.sub("|".join(map(re.escape, sentences)), "", text)


def test_patterns_are_scikit_learns():
    text = "A cat, a dog; I saw the cat's x_1"
    pattern = r"(?u)\b\w\w+\b"
    words = CountVectorizer(token_pattern=pattern, lowercase=False).build_analyzer()
    assert strings_at(text, tokenizer=pattern) == words(text)
    assert strings_at(text, tokenizer=re.compile("CAT", re.I)) == ["cat", "cat"]
    # A group is what counts, and nothing where it took no part (bug 20).
    assert strings_at(text, tokenizer=r"(\w+)'s") == ["cat"]
    assert strings_at(text, tokenizer=r"a (dog)|cat|x*") == ["dog"]


@pytest.mark.parametrize(
    ("text", "tokens", "expected"),
    [
        # Lower case, dropped words, and the words among others.
        ("The cat saw the dog", "the cat saw the dog", None),
        ("this island IS", ["is"], ["IS"]),
        ("Was Straße İstanbul", "was strasse i̇stanbul", None),
        ("ΟΔΟΣ Ψ", "οδος ψ", None),
        ("ß es", "s s", ["ß", "s"]),
        # Accents taken off, forms changed.
        ("Cafe\u0301 Über ＡＢ ﬁn", "cafe uber ab fin", "Cafe\u0301 Über ＡＢ ﬁn"),
        ("한국 x", [unicodedata.normalize("NFD", "한국"), "x"], None),
        # Pieces of words and special tokens.
        ("Unable!", "[CLS] una ##ble ! [SEP]", ["Una", "ble", "!"]),
        ("Hello new world", "<s> Hello Ġnew Ġwor ld </s>", "Hello new wor ld"),
        ("é new\n日", ["Ã©", "Ġnew", "Ċ", "æĹ¥"], ["é", "new", "日"]),
        ("New  york", ["▁", "▁new", "▁y", "ork", "<0x0A>"], ["New", "y", "ork"]),
        ("lower now", "lo@@ wer</w> now</w>", ["lo", "wer", "now"]),
        ("say </s> now", "<s> say </s> now </s>", "say </s> now"),
        ("hi [cls] x", "[cls] hi x [sep]", "hi x"),
        # No spaces at all; a later whole word must not catch an earlier piece.
        ("我爱你 爱", list("我爱你爱"), list("我爱你爱")),
        ("don't do", ["do", "n't", "do"], ["do", "n't", "do"]),
        ("a b", ["a", "", " ", "b", "  "], ["a", " ", "b"]),
        # Offsets; special tokens have empty ones.
        ("x yz", [(0, 0), np.array([2, 4]), (0, 1), (0, 0)], ["x", "yz"]),
    ],
)
def test_tokens_are_found_however_altered(text, tokens, expected):
    tokens = tokens.split() if isinstance(tokens, str) else tokens
    expected = expected.split() if isinstance(expected, str) else expected
    assert strings_at(text, tokenizer=lambda _: tokens) == (expected or text.split())


@settings(deadline=None, max_examples=150)
@given(st.lists(st.text("aAáB爱é", min_size=1), min_size=1), st.integers(1, 3))
def test_pieces_of_lowered_words_are_found(words, size):
    pieces = [[word[i : i + size] for i in range(0, len(word), size)] for word in words]
    bare = str.maketrans("AáBé", "aabe")
    plain = [[piece.translate(bare) for piece in word] for word in pieces]
    tokens = " ".join(" ##".join(word) for word in plain).split()
    found = strings_at(", ".join(words), tokenizer=lambda _: tokens)
    assert found == [piece for word in pieces for piece in word]


@pytest.mark.parametrize(
    ("found", "error", "message"),
    [
        (["the", "moose"], ValueError, r"token 1 of 2, 'moose', .*behind 'The'.*offse"),
        ("the cat", TypeError, "returned 'the cat', expected a list of str"),
        (["the", 3], TypeError, "returned 'the' among 2 items"),
        ([(0, 1), (1, 2.0)], TypeError, "returned .1, 2.0. among 2"),
        ([(0, 3), (2, 5)], ValueError, r"\(0, 3\) and \(2, 5\), .* not overlap"),
        ([(4, 12)], ValueError, r"\(4, 12\), expected 0 <= start <= end <= 11"),
        ([], ValueError, "has no word: the tokenizer returned none"),
    ],
)
def test_tokens_that_are_not_in_the_text_are_named(found, error, message):
    with pytest.raises(error, match=message):
        TextSegmenter(tokenizer=lambda _: found).at("The cat sat")


def test_stop_words_are_always_kept():
    text = "The plot OF the film, and the END."
    here = TextSegmenter(stop_words="english").at(text)
    assert here.tokens_ == ["plot", "film", "END"]
    assert here.inverse_transform([[0, 0, 0]], 1) == ["The  OF the , and the ."]
    for words in [ENGLISH_STOP_WORDS, sorted(ENGLISH_STOP_WORDS)]:
        assert TextSegmenter(stop_words=words).at(text).tokens_ == here.tokens_
    assert "film" not in TextSegmenter(stop_words=np.array(["Film"])).at(text).tokens_
    with pytest.raises(ValueError, match=r"only stop words, such as .'the', 'The'"):
        TextSegmenter(stop_words=["THE"]).at("the The")


def test_what_is_known_at_a_text():
    text = "good day, good ° night"
    here = TextSegmenter().fit([text]).at(text)
    spans = [[(0, 4), (10, 14)], [(5, 8)], [(17, 22)]]
    assert here.describe() == {"kind": "text", "text": text, "spans": spans}
    assert here.reference_.dtype == np.int8 and here.reference_.tolist() == [1] * 3
    assert here.is_categorical_.dtype == bool and here.is_categorical_.all()
    assert here.row_ == [text] and here.seed_ == zlib.crc32(text.encode())
    others = [text, "day by day", "GOOD", "", "..."]
    expected = [[1, 1, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert_array_equal(here.transform(others), expected)
    places = TextSegmenter(bag_of_words=False).at(text)
    found = places.transform(np.array([text, "good day", "good good"]))
    assert_array_equal(found, [[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 1, 0]])
    assert type(TextSegmenter().at(np.str_(text)).row_[0]) is str
    assert TextSegmenter().at("word").inverse_transform([[0], [0]]) == ["word", ""]


def test_names_are_readable_and_differ():
    def names(text, *args, **settings):
        here = TextSegmenter(*args, bag_of_words=False, **settings).at(text)
        return here.get_feature_names_out().tolist()

    assert names("good bad good") == ["good (1st)", "bad", "good (2nd)"]
    ends = [name.strip("a ()") for name in names("a " * 112)]
    assert ends[10:13] + ends[110:] == ["11th", "12th", "13th", "111th", "112th"]
    assert ends[20:23] + ends[100:102] == ["21st", "22nd", "23rd", "101st", "102nd"]
    assert names("b \n\0", "character") == ["b", "' '", r"'\n'", r"'\x00'"]
    long = "It was a dark and\nstormy night in the old town, "
    first, second = names(f"{long}alas. {long}hooray!", "sentence")
    assert first == "It was a dark and stormy night in the o… (1st)"
    assert second.endswith("(2nd)")
    assert len(set(names("x|x|x (2nd)", tokenizer=r"[^|]+"))) == 3


@pytest.mark.parametrize(
    ("settings", "text", "error", "message"),
    [
        ({}, b"bytes", TypeError, "is bytes, expected a str: decode it"),
        ({}, ["a"], TypeError, "is a list, expected a str: .'a'."),
        ({}, "", ValueError, "is empty, expected one with at least one word"),
        ({}, "... !", ValueError, r"'... !' has no word: nothing matches \\w\+\."),
        ({"tokenizer": "x+"}, "abc", ValueError, r"nothing matches x\+\..*unit="),
        ({"tokenizer": "(x"}, "abc", ValueError, "expected a regular expression: mis"),
        ({"tokenizer": re.compile(b"x")}, "abc", TypeError, "a pattern of str"),
        ({"unit": "character", "tokenizer": "x"}, "x", ValueError, "expected one of t"),
        ({"unit": "sentence"}, " \n", ValueError, "has no sentence: it is white spac"),
        ({"stop_words": ["a", 1]}, "x", TypeError, "expected str alone"),
        ({"mask_string": 1}, "x", ValueError, "The 'mask_string' parameter"),
    ],
)
def test_errors_say_what_to_do(settings, text, error, message):
    with pytest.raises(error, match=message):
        TextSegmenter(**settings).at(text)


def test_without_a_text_and_with_wrong_codes():
    segmenter = TextSegmenter().fit()
    check_is_fitted(segmenter)
    here = segmenter.at("one two")
    for call, error, message in [
        (lambda: segmenter.transform(["x"]), NotFittedError, r"call at\(text\) first"),
        (lambda: segmenter.inverse_transform([[1]]), NotFittedError, "at no text"),
        (lambda: segmenter.get_feature_names_out(), NotFittedError, "at no text"),
        (lambda: here.inverse_transform([[1]]), ValueError, r"\(1, 1\), .* \(n, 2\)"),
        (lambda: here.inverse_transform([[1, 0.5]]), ValueError, "such as 0.5"),
        (lambda: TextSegmenter("x").fit(), ValueError, "parameter of TextSegmenter"),
        (lambda: here.transform("one"), TypeError, "X is a str, expected a list"),
    ]:
        with pytest.raises(error, match=message):
            call()


def test_long_texts_work():
    text = " ".join(f"w{i}" for i in range(10_000))
    here = TextSegmenter(tokenizer=lambda t: t.upper().split()).at(text)
    codes = random_codes(10_000, n_rows=30)
    texts = map(str.split, here.inverse_transform(codes, start=3))
    assert [len(words) for words in texts] == codes.sum(axis=1).tolist()


def test_pickles_and_clones():
    here = TextSegmenter(tokenizer=re.compile(r"\w+"), stop_words={"a"}).at("a b c b")
    twin = pickle.loads(pickle.dumps(here))
    assert twin.inverse_transform([[1, 0]], 1) == ["a b  b"]
    assert twin.describe() == here.describe()
    assert set(vars(clone(here))) == set(here.get_params())


ALPHABET = "aAbß é\u0301_1.!?。\n\r,<&👍🏽\u200d🇩🇪한\u1100\u1161\0\ud800İ"
UNITS = [{}, {"unit": "character"}, {"unit": "sentence"}, {"tokenizer": r"\S"}]
UNITS.append({"tokenizer": lambda text: text.lower().split()})


@settings(deadline=None, max_examples=150)
@given(
    st.text(ALPHABET, max_size=40).map("a".__add__),
    st.sampled_from(UNITS),
    st.booleans(),
    st.sampled_from([None, "", "<mask>"]),
    st.integers(0, 2**32 - 1),
)
def test_laws(text, unit, is_bag, mask, seed):
    here = TextSegmenter(**unit, bag_of_words=is_bag, mask_string=mask).at(text)
    spans, d = spans_of(here), len(here.tokens_)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for token, offsets in zip(here.tokens_, here.offsets_, strict=True):
        assert {text[a:b] for a, b in offsets} == {token}
    assert is_bag or len(spans) == d
    assert_array_equal(here.transform([text]), [here.reference_])
    assert len(set(here.get_feature_names_out())) == d
    codes = random_codes(d, 6, seed)
    codes[-2:] = [[0], [1]]
    texts = here.inverse_transform(codes, start=1)
    assert texts[-1] == text
    flat = sorted((a, b, j) for j, s in enumerate(here.offsets_) for a, b in s.tolist())
    for row, got in zip(codes, texts, strict=True):
        slow = text
        for a, b, j in reversed(flat):
            slow = slow if row[j] else slow[:a] + (mask or "") + slow[b:]
        assert got == slow
    parts = here.inverse_transform(codes[:3], 0) + here.inverse_transform(codes[3:], 3)
    assert here.inverse_transform(codes) == parts == [text, *texts[1:]]
