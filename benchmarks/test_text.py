"""One explanation of a text beside lime's."""

import numpy as np
import pytest
from lime.lime_text import LimeTextExplainer

from sklearn_baylime import make_text_explainer
from sklearn_baylime.representation import TextSegmenter

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
RNG = np.random.RandomState(0)
WORDS = [f"{''.join(RNG.choice(LETTERS, 1 + i % 8))}{i}" for i in range(300)]
TEXT = " ".join(WORDS)


def probabilities(texts):
    """Cost next to nothing: long texts are of class 1."""
    length = np.fromiter(map(len, texts), dtype=float, count=len(texts))
    p = 0.5 + 0.5 * np.tanh(length / len(TEXT) - 0.5)
    return np.column_stack([1 - p, p])


def explain_by_us(benchmark, rounds, **settings):
    explainer = make_text_explainer(
        probabilities, design="subsets", random_state=0, **settings
    )
    explain = explainer.explain_instance
    benchmark.pedantic(explain, (TEXT,), {"targets": 1}, rounds=rounds, warmup_rounds=1)


def explain_by_lime(benchmark, rounds, num_features, **settings):
    benchmark.pedantic(
        LimeTextExplainer(random_state=0, **settings).explain_instance,
        (TEXT, probabilities),
        {"num_features": num_features},
        rounds=rounds,
    )


@pytest.mark.benchmark(group="text 300 words, 6")
class TestSixWords:
    def test_ours(self, benchmark):
        explain_by_us(benchmark, 15, n_features=6)

    def test_lime(self, benchmark):
        explain_by_lime(benchmark, 2, 6)


@pytest.mark.benchmark(group="text 300 words, 10")
class TestTenWords:
    def test_ours(self, benchmark):
        explain_by_us(benchmark, 15, n_features=10)

    def test_lime(self, benchmark):
        explain_by_lime(benchmark, 5, 10)

    def test_ours_all_words(self, benchmark):
        explain_by_us(benchmark, 9)

    def test_ours_at_half_the_queries(self, benchmark):
        explain_by_us(benchmark, 15, n_features=10, n_samples=2500)


@pytest.mark.benchmark(group="text 300 positions, 10")
class TestPositions:
    def test_ours(self, benchmark):
        segmenter = TextSegmenter(bag_of_words=False, mask_string="UNKWORDZ")
        explain_by_us(benchmark, 15, n_features=10, segmenter=segmenter)

    def test_lime(self, benchmark):
        explain_by_lime(benchmark, 5, 10, bow=False)


LONG = " ".join(f"w{i}" for i in range(4000))


@pytest.mark.benchmark(group="text 4000 words, 200")
class TestLongText:
    """Many more words than texts asked about, all of them wanted."""

    def test_lime(self, benchmark):
        explain = LimeTextExplainer(random_state=0).explain_instance
        settings = {"num_features": 4000, "num_samples": 200}
        benchmark.pedantic(
            explain, (LONG, probabilities), settings, rounds=9, warmup_rounds=1
        )

    def test_ours(self, benchmark):
        explain = make_text_explainer(
            probabilities, n_samples=200, random_state=0
        ).explain_instance
        benchmark.pedantic(explain, (LONG,), {"targets": 1}, rounds=9, warmup_rounds=1)
