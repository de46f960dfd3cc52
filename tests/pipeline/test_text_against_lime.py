"""Texts: lime's masks and answers give lime's weights; closed forms; memory.

lime draws the masks and asks the model; both then explain the same masks and answers.
"""

import re
import tracemalloc
from itertools import product
from math import comb

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from sklearn_baylime import Neighborhood, make_text_explainer
from sklearn_baylime.representation import TextSegmenter
from sklearn_baylime.surrogate import ExponentialKernel

TEXT = (
    "The plot was thin, the jokes were good and the music -- very good! I don't "
    "know why, but the end (a long one) was not bad; not at all.\n\tGood enough."
)


def three_classes(texts):
    """Probabilities of words, case, order and length."""
    scores = [
        (
            text.count("good") - 0.7 * ("not" in text) + 0.1 * text.count("the"),
            0.5 * ("not bad" in text) + 0.2 * text.count("UNKWORDZ") ** 0.5,
            0.01 * len(text) + ("Good" in text) * ("music" in text),
        )
        for text in texts
    ]
    odds = np.exp(scores)
    return odds / odds.sum(axis=1, keepdims=True)


class Asked:
    """lime's explanation of a text, and the masks, texts and answers it is made of."""

    def __init__(self, explainer, answer, text=TEXT, **settings):
        fit = explainer.base.explain_instance_with_data

        def fit_and_record(masks, answers, *args, **kwargs):
            self.masks, self.answers = masks, answers
            return fit(masks, answers, *args, **kwargs)

        def answer_and_record(texts):
            self.texts = list(texts)
            return answer(texts)

        explainer.base.explain_instance_with_data = fit_and_record
        self.explanation = explainer.explain_instance(
            text, answer_and_record, num_samples=400, **settings
        )
        self.words = self.explanation.domain_mapper.indexed_string.inverse_vocab


def compare(there, here, answer=three_classes, targets="all", **ask):
    """Compare lime's explanation with ours of the same masks and answers."""
    lime_text = pytest.importorskip("lime.lime_text", reason="needs lime")
    labels = range(answer([TEXT]).shape[1])
    ask = {"labels": labels, "num_features": 1000} | ask
    theirs = Asked(lime_text.LimeTextExplainer(random_state=0, **there), answer, **ask)
    segmenter = here.pop("segmenter", TextSegmenter())
    here = {"black_box": answer, "regressor": Ridge(alpha=1.0)} | here
    explainer = make_text_explainer(segmenter=segmenter, **here)
    at = segmenter.at(TEXT)
    hood = Neighborhood(
        codes=theirs.masks.astype(np.int8),
        answers=theirs.answers,
        reference=at.reference_,
        names=list(at.get_feature_names_out()),
        representation=[at],
    )
    assert hood.inputs() == theirs.texts
    assert at.tokens_ == theirs.words
    mine = explainer.explain_instance(TEXT, neighborhood=hood, targets=targets)
    assert_same(theirs.explanation, mine)
    return theirs.explanation, mine


def assert_same(theirs, mine):
    """Compare all labels; of score and local_pred lime keeps those of the last."""
    tolerance = {"rel": 0, "abs": 1e-10}
    assert set(theirs.local_exp) == set(mine.targets)
    for t, target in enumerate(mine.targets):
        weights = dict(theirs.local_exp[target])
        found = {j: w for j, w in enumerate(mine.coef[t]) if w != 0 or j in weights}
        assert found == pytest.approx(weights, **tolerance)
        assert mine.intercept[t] == pytest.approx(theirs.intercept[target], **tolerance)
    last = mine.position(list(theirs.local_exp)[-1])
    assert mine.score[last] == pytest.approx(theirs.score, **tolerance)
    assert mine.local_prediction[last] == pytest.approx(
        theirs.local_pred[0], **tolerance
    )


@pytest.mark.parametrize("width", [None, 0.1, 2.0])
def test_bag_of_words(width):
    there = {} if width is None else {"kernel_width": 100 * width}
    theirs, mine = compare(there, {"kernel_width": width})
    assert mine.coef.shape == (3, len(set(re.findall(r"\w+", TEXT))))
    words = dict(theirs.as_list(2))
    assert dict(mine.as_list(2)) == pytest.approx(words, rel=0, abs=1e-10)


@pytest.mark.parametrize("mask_string", [None, "", "[MASK]"])
def test_positions(mask_string):
    """Each occurrence is one feature, and replaced."""
    there = {"bow": False, "mask_string": mask_string}
    mask_string = "UNKWORDZ" if mask_string is None else mask_string
    segmenter = TextSegmenter(bag_of_words=False, mask_string=mask_string)
    _, mine = compare(there, {"segmenter": segmenter})
    assert mine.coef.shape == (3, len(re.findall(r"\w+", TEXT)))


def test_characters():
    there = {"char_level": True, "bow": False}
    segmenter = TextSegmenter("character", bag_of_words=False, mask_string=chr(0))
    compare(there, {"segmenter": segmenter})


def test_tokenizer():
    def tokens(text):
        return re.findall(r"[\w'-]+|[!?.]", text)

    there = {"split_expression": tokens}
    _, mine = compare(there, {"segmenter": TextSegmenter(tokenizer=tokens)})
    assert {"don't", "!", "--"} < set(mine.feature_names)


def test_split_expression():
    """What lime splits at, here is what tokens are made of."""
    there = {"split_expression": r"\s+"}
    _, mine = compare(there, {"segmenter": TextSegmenter(tokenizer=r"\S+")})
    assert {"thin,", "(a", "good!"} < set(mine.feature_names)


@pytest.mark.parametrize(
    ("there", "here", "n"),
    [
        ("auto", "auto", 3),
        ("auto", "auto", 8),
        ("forward_selection", "forward", 7),
        ("highest_weights", "highest", 3),
        ("lasso_path", "lasso_path", 4),
        ("none", "none", 4),
    ],
)
def test_feature_selection(there, here, n):
    there, here = {"feature_selection": there}, {"feature_selection": here}
    _, mine = compare(there, here | {"n_features": n}, num_features=n)
    assert (np.count_nonzero(mine.coef, axis=1) == n).all() or here == {
        "feature_selection": "none"
    }


def test_top_labels():
    theirs, mine = compare({}, {}, targets="top=2", top_labels=2)
    assert list(mine.targets) == theirs.top_labels


def test_other_distance():
    """lime's distances are a hundred times as long, whatever the metric."""
    ask = {"distance_metric": "euclidean"}
    compare(
        {"kernel_width": 300},
        {"kernel": ExponentialKernel(3.0, metric="euclidean")},
        **ask,
    )


def test_regression():
    """A plain function; lime takes it as a classifier of one class."""

    def quality(texts):
        return np.array([len(text) ** 0.5 + 3 * ("good" in text) for text in texts])

    here = {"black_box": quality}
    theirs, mine = compare({}, here, lambda texts: quality(texts)[:, None], labels=[0])
    assert mine.as_list()[0][0] == theirs.as_list(0)[0][0] == "good"


WORDS = "zero one two three four five six seven eight nine".split()
REPEATED = " ".join(WORDS + WORDS[::3])


def closed_form(d, p, width):
    """Weights inside and outside, and intercept, of "all p words are present".

    Mardaoui and Garreau (2021), for infinitely many masks without the text's own; the
    number s of removed words is uniform on 1, ..., d.
    """
    share = np.arange(1, d + 1) / d
    psi = np.exp(-((1 - np.sqrt(1 - share)) ** 2) / (2 * width**2))
    removed = np.arange(1, d + 1)

    def alpha(q):
        kept = np.prod([(d - removed - k) / (d - k) for k in range(q)], axis=0)
        return float((psi * kept).mean())

    a0, a1, a2 = alpha(0), alpha(1), alpha(2)
    ap, an = alpha(p), alpha(p + 1)
    c = (d - 1) * a0 * a2 - d * a1**2 + a0 * a1
    s0, s1 = (d - 1) * a2 + a1, -a1
    s2 = ((d - 2) * a0 * a2 - (d - 1) * a1**2 + a0 * a1) / (a1 - a2)
    s3 = (a1**2 - a0 * a2) / (a1 - a2)
    inside = s1 * ap + s2 * ap + (p - 1) * s3 * ap + (d - p) * s3 * an
    outside = s1 * ap + s2 * an + p * s3 * ap + (d - p - 1) * s3 * an
    intercept = s0 * ap + p * s1 * ap + (d - p) * s1 * an
    return inside / c, outside / c, intercept / c


def enumerated(d, p, width):
    """Return weights, and their standard errors times the root of the number of masks.

    From all masks with their probabilities, by the delta method.
    """
    masks = np.array([m for m in product([0, 1], repeat=d) if sum(m) < d], dtype=float)
    removed = (d - masks.sum(axis=1)).astype(int)
    probability = np.array([1 / (d * comb(d, s)) for s in removed])
    distance = 1 - np.sqrt(masks.mean(axis=1))
    weights = np.exp(-(distance**2) / (2 * width**2))
    A = np.column_stack([np.ones(len(masks)), masks])
    f = masks[:, :p].all(axis=1)
    inverse = np.linalg.inv((A.T * (probability * weights)) @ A)
    beta = inverse @ A.T @ (probability * weights * f)
    scatter = A.T * (probability * (weights * (f - A @ beta)) ** 2) @ A
    return beta, np.sqrt(np.diag(inverse @ scatter @ inverse))


@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize("width", [None, 1.0])
def test_all_words_present_as_in_the_closed_form(p, width):
    nu = 0.25 if width is None else width
    inside, outside, intercept = closed_form(len(WORDS), p, nu)
    beta, spread = enumerated(len(WORDS), p, nu)
    expected = np.r_[intercept, [inside] * p, [outside] * (len(WORDS) - p)]
    np.testing.assert_allclose(beta, expected, rtol=0, atol=1e-10)

    def present(texts):
        return [float(set(WORDS[:p]) <= set(text.split())) for text in texts]

    n_samples = 20_000
    explanation = make_text_explainer(
        present,
        design="subsets",
        n_samples=n_samples,
        kernel_width=width,
        random_state=0,
    ).explain_instance(REPEATED)
    assert list(explanation.feature_names) == WORDS
    std = spread[1:] / np.sqrt(n_samples)
    # With one word the answer is linear, and there is no error but the prior's.
    np.testing.assert_array_less(
        np.abs(explanation.coef[0] - expected[1:]), 5 * std + 1e-6
    )
    assert abs(explanation.intercept[0] - intercept) < 5 * spread[0] / 100 + 1e-6
    if p > 1:
        np.testing.assert_allclose(explanation.std[0], std, rtol=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("bag_of_words", [True, False])
def test_memory_is_bounded_by_masks_and_batches(bag_of_words):
    """One token of 5000 characters among 5000 words; lime needs 191 MB to split it."""
    words = [f"w{i:04}" for i in range(5000)]
    text = " ".join([*words[:2500], "x" * 5000, *words[2500:]])
    batch_size, n_samples = 250, 5000
    explainer = make_text_explainer(
        lambda texts: [float(len(t)) for t in texts],
        segmenter=TextSegmenter(bag_of_words=bag_of_words),
        n_samples=n_samples,
        batch_size=batch_size,
        random_state=0,
    )
    tracemalloc.start()
    hood = explainer.sample(text)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert hood.codes.shape == (n_samples, 5001) and hood.is_complete
    masks, batch = n_samples * 5001, batch_size * len(text)
    assert peak < 3 * masks + 2 * batch
    assert kept < 1.2 * masks
