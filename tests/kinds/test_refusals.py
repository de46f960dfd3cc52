"""What cannot be explained says so in words, before the first query."""

import numpy as np
import pytest

from sklearn_baylime import (
    Prior,
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.representation import TextSegmenter

X = np.random.default_rng(0).normal(size=(60, 3))
GAPS = np.where(np.arange(60)[:, None] % 7 == 0, np.nan, X)


class Asked:
    """A model that counts its rows."""

    count = 0

    def __call__(self, rows):
        self.count += len(rows)
        return [0.0] * len(rows)


def text(unit):
    return lambda model: make_text_explainer(
        model, segmenter=TextSegmenter(unit)
    ).explain_instance("")


def image(model):
    make_image_explainer(model).explain_instance(np.full((9, 9), np.nan))


def table(prior):
    return lambda model: (
        make_tabular_explainer(model).fit(X).explain_instance(X[0], prior=prior)
    )


def gaps(**settings):
    return lambda model: make_tabular_explainer(model, **settings).fit(GAPS)


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (text("word"), ValueError, "text is empty, expected one with"),
        (text("character"), ValueError, "text is empty, expected one with"),
        (text("sentence"), ValueError, "text is empty, expected one with"),
        (image, ValueError, r"not finite, such as nan at \(0, 0\), expected numbers"),
        (table([1j, 0, 0]), TypeError, "prior is .*1j.*, expected numbers, one a"),
        (table(["a", "b", "c"]), TypeError, "prior is .*, expected numbers, one a"),
        (table(Prior([1j, 0, 0])), TypeError, "complex numbers, expected real ones"),
        (gaps(sampler="gaussian"), ValueError, r"expected numbers.*sampler='bins'"),
        (gaps(discretizer=None), ValueError, r"expected numbers.*sampler='bins'"),
        (gaps(sampler="ball"), ValueError, r"expected numbers.*sampler='bins'"),
    ],
)
def test_it_is_said_before_the_first_query(ask, error, words):
    model = Asked()
    with pytest.raises(error, match=words):
        ask(model)
    assert model.count == 0
