"""Inputs too large for memory: refused before the first query, or within a bound."""

import tracemalloc

import numpy as np
import pytest

from sklearn_baylime import (
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.pipeline import _room
from sklearn_baylime.pipeline._room import bytes_needed, memory_at_hand
from sklearn_baylime.representation import SuperpixelSegmenter

GIB = 2**30


class Asked:
    """A model that counts its rows."""

    count = 0

    def __call__(self, rows):
        self.count += len(rows)
        if isinstance(rows[0], str):
            return np.array([len(text) for text in rows])
        return np.asarray(rows, dtype=float).reshape(len(rows), -1)[:, 0]


@pytest.fixture
def one_gib(monkeypatch):
    monkeypatch.setattr(_room, "memory_at_hand", lambda: GIB)


def text(model):
    words = " ".join(f"w{i}" for i in range(100_000))
    return make_text_explainer(model, random_state=0).fit(), words


def pixels(model):
    image = np.random.default_rng(0).random((200, 200))
    every = SuperpixelSegmenter(np.arange(image.size).reshape(image.shape))
    return make_image_explainer(model, segmenter=every, random_state=0).fit(), image


def columns(model):
    X = np.random.default_rng(0).random((20, 5000))
    return make_tabular_explainer(model, random_state=0).fit(X), X[0]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (text, "5000 rows of 100000 features would take about 23.6 GiB"),
        (pixels, "1000 rows of 40000 features would take about 1.89 GiB"),
        (columns, "5000 rows of 5000 features would take about 1.6. GiB"),
    ],
)
def test_too_much_is_refused_before_the_first_query(make, said, one_gib):
    model = Asked()
    explainer, x = make(model)
    with pytest.raises(MemoryError, match=said) as caught:
        explainer.explain_instance(x)
    assert model.count == 0
    for advice in ("n_samples=", "unit='sentence'", "segments", "columns"):
        assert advice in str(caught.value)


def test_the_advice_can_be_taken(one_gib):
    model = Asked()
    explainer, x = text(model)
    with pytest.raises(MemoryError, match=r"n_samples=100\b"):
        explainer.explain_instance(x)
    assert bytes_needed(100, 100_000) < GIB
    assert len(explainer.set_params(sample__n_samples=5).sample(x).codes) == 5


def test_no_number_of_rows_may_be_few_enough(monkeypatch):
    monkeypatch.setattr(_room, "memory_at_hand", lambda: 2**20)
    explainer, x = text(Asked())
    with pytest.raises(MemoryError, match="though ten would be too many"):
        explainer.explain_instance(x)


def test_unknown_memory_refuses_nothing(monkeypatch):
    monkeypatch.setattr(_room, "memory_at_hand", lambda: None)
    monkeypatch.setattr(_room, "bytes_needed", lambda n_rows, n_features: 2**60)
    explainer, x = text(Asked())
    assert len(explainer.set_params(sample__n_samples=5).sample(x).codes) == 5


def test_memory_at_hand_is_a_size():
    found = memory_at_hand()
    assert found is None or 2**20 < found < 2**50


@pytest.mark.parametrize(("n", "d"), [(3000, 60), (600, 500), (100, 6000)])
def test_the_stated_memory_bounds_the_peak(n, d):
    X = np.random.default_rng(0).random((20, d))
    explainer = make_tabular_explainer(Asked(), n_samples=n, random_state=0).fit(X)
    explainer.explain_instance(X[0])
    tracemalloc.start()
    explainer.explain_instance(X[0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Beside it the batch that is asked, of 8 MiB.
    assert 0.2 * bytes_needed(n, d) < peak < bytes_needed(n, d) + 8 * 2**20
