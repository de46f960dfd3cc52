"""Sequences of several lengths: padding is told, and stays."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_baylime import make_sequence_explainer
from sklearn_baylime.base import check_representation
from sklearn_baylime.representation import SequenceDiscretizer
from sklearn_baylime.representation.sequence._padding import padded_steps

N, T = 90, 8


def ragged(words=False):
    """Sequences of 3 to 8 timesteps of 2 features, never 0."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(3, T + 1, N)
    lengths[:2] = 4, T
    if words:
        return [rng.choice(["a", "b", "c"], (n, 1)) for n in lengths]
    return [rng.normal(size=(n, 2)) + 5.0 for n in lengths]


def padded(padding, behind=False):
    X = np.full((N, T, 2), padding, dtype=float)
    for row, part in zip(X, ragged(), strict=True):
        where = slice(0, len(part)) if behind else slice(T - len(part), T)
        row[where] = part
    return X


def last(sequences):
    return np.nan_to_num(sequences[:, -1, 0])


def make(f=last, **settings):
    given = {"padding": 0, "n_samples": 2000, "random_state": 0, **settings}
    return make_sequence_explainer(f, **given)


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("padding", [0.0, np.nan, -1])
def test_the_contract(padding, behind):
    X = padded(padding, behind)
    check_representation(SequenceDiscretizer(4, padding=padding), X)
    check_representation(SequenceDiscretizer(None, padding=padding), X)


@pytest.mark.parametrize("n_segments", [None, 3])
@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("padding", [0.0, np.nan])
def test_padding_stays_and_nothing_becomes_it(padding, behind, n_segments):
    X = padded(padding, behind)
    explainer = make(padding=padding, n_segments=n_segments).fit(X)
    for x in X[:6]:
        own = padded_steps(x[None], padding)[0]
        rows = np.asarray(explainer.sample(x).inputs())
        assert_array_equal(padded_steps(rows, padding), np.tile(own, (len(rows), 1)))
        assert_array_equal(rows[0], x)
        # All that is no padding is perturbed.
        assert (rows[:, ~own].std(axis=0) > 0).all()


def test_padding_is_told_and_has_no_weight():
    explainer = make(feature_names=["load", "heat"]).fit(ragged())
    found = explainer.explain_instance(ragged()[0])
    names, weights = list(found.feature_names), found.coef[0]
    told = [name for name in names if name.endswith("is padding")]
    assert told == [
        f"mean of {name}[t-{t}] is padding"
        for name in ("load", "heat")
        for t in range(7, 3, -1)
    ]
    own = weights[[names.index(name) for name in told]]
    assert_allclose(own, 0.0, atol=1e-9 * np.abs(weights).max())


def test_the_weight_is_that_of_the_background_s_bins():
    """Matches of timesteps are drawn apart: the weight is a difference of means."""
    found = make(n_samples=20_000).fit(ragged()).explain_instance(ragged()[0])
    values = np.array([part[-1, 0] for part in ragged()])
    edges = np.quantile(values, [0.25, 0.5, 0.75])
    bins = np.searchsorted(edges, values, side="left")
    own = bins == bins[0]
    means = [values[bins == b].mean() for b in range(4) if b != bins[0]]
    j = int(np.argmax(["x0[t-0]" in name for name in found.feature_names]))
    low, high = found.interval()[:, 0, j]
    right = values[own].mean() - np.mean(means)
    assert_allclose(found.coef[0, j], right, atol=3 * (high - low))
    assert np.argmax(np.abs(found.coef[0])) == j


@pytest.mark.parametrize("rows", ["own", "shared"])
def test_lists_of_several_lengths_are_padded_in_front(rows):
    ours = make(rows=rows).fit(ragged())
    theirs = make(rows=rows).fit(padded(0))
    for i in (0, 1):
        one = ours.explain_instance(ragged()[i])
        other = theirs.explain_instance(padded(0)[i])
        assert_allclose(one.coef, other.coef, atol=1e-12)
    together = ours.explain(ragged()[:2])
    assert_allclose(together[0].coef, ours.explain_instance(ragged()[0]).coef)


def test_words_are_padded_by_a_word():
    def f(sequences):
        assert set(np.unique(sequences.astype(str))) <= {"a", "b", "c", "<pad>"}
        return (sequences[:, -1, 0] == "a") * 1.0

    X = ragged(words=True)
    explainer = make(f, padding="<pad>").fit(X)
    found = explainer.explain_instance(X[0])
    rows = explainer.sample(X[0]).inputs()
    assert (rows[:, :4] == "<pad>").all() and (rows[:, 4:] != "<pad>").all()
    own = found.as_list()[0]
    assert "x0[t-0]" in own[0]
    assert_allclose(own[1], 1.0 if X[0][-1, 0] == "a" else -0.5, atol=0.1)


def test_a_longer_pad_than_any_of_the_background():
    X = padded(0)[:, 4:]
    explainer = make().fit(X[~padded_steps(X, 0).any(axis=1)])
    found = explainer.explain_instance(X[0][-2:])
    assert [name.endswith("is padding") for name in found.feature_names[:2]] == [
        True
    ] * 2


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: make(padding=None).fit(ragged()), r"give the value that pads them"),
        (
            lambda: make().fit(ragged()).explain_instance(np.zeros((8, 2))),
            "is padding al",
        ),
        (
            lambda: make().fit(ragged()).explain_instance(np.ones((9, 2))),
            "has 9 timesteps, expected at most 8",
        ),
        (lambda: make().fit([np.ones((3, 2)), np.ones((2, 1))]), "the same features"),
        (lambda: make(discretizer=None), "beside n_segments or padding"),
    ],
)
def test_what_cannot_be_padded_says_so(ask, words):
    with pytest.raises(ValueError, match=words):
        ask()
