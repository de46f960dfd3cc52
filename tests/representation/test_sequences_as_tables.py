"""Sequences have what tables have: missing values, words, helpful shapes."""

import numpy as np
import pytest

from sklearn_baylime import make_sequence_explainer

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(200, 6, 2))
GAPPY = np.where(RNG.random(NUMBERS.shape) < 0.2, np.nan, NUMBERS)
LETTERS = RNG.choice(list("abc"), (200, 6, 1))
MIXED = np.empty((200, 6, 2), dtype=object)
MIXED[:, :, 0] = RNG.choice(list("abc"), (200, 6))
MIXED[:, :, 1] = NUMBERS[:, :, 0]
SETTINGS = {"n_samples": 400, "random_state": 0}


def lacks_the_last(sequences):
    return np.isnan(sequences[:, -1, 0]) * 1.0


def starts_with_a(sequences):
    return (sequences[:, 0, 0] == "a") * 1.0


def test_a_missing_value_of_a_sequence_is_a_bin():
    explainer = make_sequence_explainer(lacks_the_last, **SETTINGS).fit(GAPPY)
    x = GAPPY[np.isnan(GAPPY[:, -1, 0])][0]
    name, weight = explainer.explain_instance(x).as_list()[0]
    assert name == "x0_t-0 is missing"
    np.testing.assert_allclose(weight, 1, atol=1e-6)


def test_segments_leave_missing_values_out_of_their_means():
    gone = GAPPY.copy()
    gone[::3, 3:, 0] = np.nan

    def whole(sequences):
        return np.isnan(sequences[:, 3:, 0]).all(axis=1) * 1.0

    explainer = make_sequence_explainer(whole, n_segments=2, **SETTINGS).fit(gone)
    name, weight = explainer.explain_instance(gone[0]).as_list()[0]
    assert name == "mean of x0[t-2..t-0] is missing"
    np.testing.assert_allclose(weight, 1, atol=0.05)
    assert np.isfinite(explainer.explain_instance(gone[1]).coef).all()


@pytest.mark.parametrize("sequences", [LETTERS, LETTERS.astype(object), MIXED])
def test_words_of_a_sequence_are_categories(sequences):
    explainer = make_sequence_explainer(starts_with_a, **SETTINGS).fit(sequences)
    x = sequences[sequences[:, 0, 0] == "a"][0]
    name, weight = explainer.explain_instance(x).as_list()[0]
    assert name == "x0_t-5=a"
    np.testing.assert_allclose(weight, 1, atol=1e-6)


@pytest.mark.parametrize("sequences", [LETTERS, MIXED])
def test_words_in_segments(sequences):
    explainer = make_sequence_explainer(starts_with_a, n_segments=3, **SETTINGS)
    explainer.fit(sequences)
    x = sequences[(sequences[:, :2, 0] == "a").all(axis=1)][0]
    name, weight = explainer.explain_instance(x).as_list()[0]
    assert name == "most of x0[t-5..t-4]=a"
    assert weight > 0.3


@pytest.mark.parametrize("x", [NUMBERS[0], NUMBERS[:1], NUMBERS[:1].tolist()])
def test_one_sequence_is_one(x):
    explainer = make_sequence_explainer(lambda s: s.sum(axis=(1, 2)), **SETTINGS)
    explainer.fit(NUMBERS)
    alone = explainer.explain_instance(x)
    (found,) = explainer.explain(x)
    np.testing.assert_array_equal(found.coef, alone.coef)


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([NUMBERS[0], NUMBERS[1, :4]], r"4 to 6 timesteps.*padding=0, or NaN"),
        (NUMBERS[:, :, 0], r"shape \(200, 6\).*X\[:, :, None\]"),
        (NUMBERS[None], r"shape \(1, 200, 6, 2\).*X\[0\]"),
        (np.where(NUMBERS > 2, np.inf, NUMBERS), "infinity"),
    ],
)
def test_shapes_are_refused_with_the_remedy(sequences, message):
    asked = []
    with pytest.raises(ValueError, match=message):
        make_sequence_explainer(asked.append).fit(sequences)
    assert asked == []
