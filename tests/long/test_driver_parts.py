"""Whatever image, text or sequence is explained: what test_driver.py asks of tables."""

import numpy as np
import pytest
from hypothesis import strategies as st

from sklearn_baylime import (
    Prior,
    make_image_explainer,
    make_sequence_explainer,
    make_text_explainer,
)
from sklearn_baylime.representation import SuperpixelSegmenter, TextSegmenter
from sklearn_baylime.surrogate import ExponentialKernel

PRIORS = {
    "none": None,
    "zero": 0.0,
    "scaled": Prior(1.0, scale="fit"),
    "large": Prior(1e8),
    "precise": Prior(0.0, precision=10.0),
    "named": lambda names: Prior(np.linspace(-1, 1, len(names))),
}
KERNELS = {
    "usual": {},
    "narrow": {"kernel_width": 0.05},
    "wide": {"kernel_width": 20.0},
    "euclidean": {"kernel": ExponentialKernel(2.0)},
}
TARGETS = ["predicted", "all", 0, 1, "top=1", "c"]
COMMON = {
    "target": st.one_of(st.just("predicted"), st.sampled_from(TARGETS)),
    "prior": st.one_of(st.just("none"), st.sampled_from(sorted(PRIORS))),
    "kernel": st.sampled_from(sorted(KERNELS)),
    "n": st.sampled_from([1, 2, 5, 30, 150]),
    "n_features": st.sampled_from([None, None, 1, 2]),
    "rows": st.sampled_from(["own", "shared"]),
    "outputs": st.sampled_from(["one", "two", "classes", "constant", "steps"]),
    "seed": st.integers(0, 10),
}


def answer(scores, outputs):
    """Return what a model makes of one number a row."""
    if outputs == "one":
        return scores
    if outputs == "constant":
        return np.zeros(len(scores))
    if outputs == "steps":
        return (scores > 0.3).astype(int)
    if outputs == "two":
        return np.column_stack([scores, -scores])
    p = 1 / (1 + np.exp(-scores))
    return np.column_stack([1 - p, p])


def settings_of(case):
    return {
        "n_samples": case["n"],
        "n_features": case["n_features"],
        "rows": case["rows"],
        "random_state": case["seed"],
        **KERNELS[case["kernel"]],
    }


def check(case, make, driver):
    """Explain twice, and in another unit; `make(case, unit)` gives explainer and x."""
    asked = {"targets": case["target"], "prior": PRIORS[case["prior"]]}
    try:
        with driver.refusals():
            explainer, x = make(case)
            before = repr(x)
            found = explainer.explain_instance(x, **asked)
    except driver.RefusedError:
        return
    driver.assert_sound(found)
    assert repr(x) == before
    explainer, x = make(case)
    again = explainer.explain_instance(x, **asked)
    np.testing.assert_array_equal(again.coef, found.coef)
    together = make(case)[0].explain([x, x], **asked)
    for one in together:
        np.testing.assert_allclose(
            one.coef, found.coef, atol=1e-9 * np.nan_to_num(np.abs(found.coef)).max()
        )
    if case["prior"] == "none" and case["outputs"] in ("one", "two", "steps"):
        explainer, x = make(case, 2.0**-20)
        other = explainer.explain_instance(x, **asked)
        size = np.nan_to_num(np.abs(found.coef)).max()
        np.testing.assert_allclose(other.coef * 2.0**20, found.coef, atol=1e-6 * size)
    assert found.to_html() and type(found).from_dict(found.to_dict())


# Images: sides, channels and types; gray ones have no axis of channels.
IMAGES = st.fixed_dictionaries(
    {
        **COMMON,
        "sides": st.sampled_from(
            [(1, 1), (2, 3), (8, 8), (28, 28), (20, 33), (64, 64)]
        ),
        "channels": st.sampled_from([None, 1, 2, 3, 4, 5]),
        "dtype": st.sampled_from(["u1", "f4", "f8", "i2", "?"]),
        "picture": st.sampled_from(["noise", "flat", "halves", "gaps"]),
        "segmenter": st.sampled_from(
            ["usual", "slic", "grid", "map", "blur", "zero", "letters"]
        ),
        "design": st.sampled_from(["orthogonal", "balanced", "paired", "random"]),
    }
)


def picture(case):
    rng = np.random.default_rng(case["seed"])
    channels = case["channels"]
    shape = case["sides"] if channels is None else (*case["sides"], channels)
    image = rng.random(shape)
    if case["picture"] == "flat":
        image = np.full(shape, 0.5)
    if case["picture"] == "halves":
        image[: shape[0] // 2] = 0.1
    if case["dtype"] in ("u1", "i2"):
        image = 200 * image
    image = image.astype(case["dtype"])
    if case["picture"] == "gaps" and image.dtype.kind == "f":
        image[0, 0] = np.nan
    return image


def segmenter(name, sides):
    labels = np.arange(sides[0] * sides[1]).reshape(sides) // 7
    return {
        "usual": None,
        "slic": SuperpixelSegmenter("slic", n_segments=9),
        "grid": SuperpixelSegmenter("grid", n_segments=9),
        "map": SuperpixelSegmenter(labels),
        "blur": SuperpixelSegmenter(labels, fill="blur"),
        "zero": SuperpixelSegmenter(labels, fill=0),
        "letters": SuperpixelSegmenter(lambda image: labels.astype(str)),
    }[name]


def make_image(case, unit=1.0):
    def model(images):
        flat = np.asarray(images, dtype=float).reshape(len(images), -1)
        half = flat[:, : flat.shape[1] // 2 + 1]
        size = 1.0 if images.dtype.kind in "f?b" else 200.0
        return unit * answer(half.mean(axis=1) / size, case["outputs"])

    explainer = make_image_explainer(
        model,
        segmenter=segmenter(case["segmenter"], case["sides"]),
        design=case["design"],
        **settings_of(case),
    )
    return explainer, picture(case)


WORDS = [
    *("good", "bad", "good", "the", "GOOD", "naïve", "10", "a-b", "don't", "👍", "!!!"),
    *(
        "電影很好",
        "مرحبا",
        "<b>",
        "&amp;",
        "\n",
        "x\x00y",
        "e\u0301",
        "_",
        "-0.5",
        "😀😀",
    ),
]
TEXTS = st.fixed_dictionaries(
    {
        **COMMON,
        "words": st.lists(st.sampled_from(WORDS), max_size=12),
        "joint": st.sampled_from([" ", "", "\t", ". "]),
        "segmenter": st.sampled_from(
            ["usual", "once", "letters", "sentences", "mask", "split"]
        ),
        "design": st.sampled_from(["paired", "random", "orthogonal", "subsets"]),
    }
)
SEGMENTERS = {
    "usual": lambda: None,
    "once": lambda: TextSegmenter(bag_of_words=False),
    "letters": lambda: TextSegmenter("character"),
    "sentences": lambda: TextSegmenter("sentence"),
    "mask": lambda: TextSegmenter(mask_string="[MASK]"),
    "split": lambda: TextSegmenter(tokenizer=str.split),
}


def make_text(case, unit=1.0):
    def model(texts):
        assert all(type(text) is str for text in texts)
        counts = [text.count("good") - text.count("bad") for text in texts]
        lengths = [0.01 * len(text) for text in texts]
        return unit * answer(np.add(counts, lengths), case["outputs"])

    explainer = make_text_explainer(
        model,
        segmenter=SEGMENTERS[case["segmenter"]](),
        design=case["design"],
        **settings_of(case),
    )
    return explainer, case["joint"].join(case["words"])


SEQUENCES = st.fixed_dictionaries(
    {
        **COMMON,
        "shape": st.sampled_from([(20, 1, 1), (20, 5, 1), (20, 7, 3), (2, 4, 2)]),
        "values": st.sampled_from(["numbers", "integers", "gaps", "words", "equal"]),
        "n_segments": st.sampled_from([None, 1, 3, 50]),
        "discretizer": st.sampled_from(["quartile", "decile", None]),
    }
)


def make_sequence(case, unit=1.0):
    rng = np.random.default_rng(case["seed"])
    X = rng.normal(size=case["shape"])
    if case["values"] == "integers":
        X = rng.integers(0, 5, case["shape"])
    if case["values"] == "gaps":
        X[rng.random(case["shape"]) < 0.3] = np.nan
    if case["values"] == "words":
        X = rng.choice(["a", "b", "c"], case["shape"])
    if case["values"] == "equal":
        X = np.ones(case["shape"])

    def model(sequences):
        if sequences.dtype.kind in "OUS":
            scores = (sequences == "a").mean(axis=(1, 2))
        else:
            values = np.nan_to_num(np.asarray(sequences, dtype=float), nan=0.5)
            scores = np.tanh(values[:, -1].mean(axis=1)) + 0.1 * values.mean(
                axis=(1, 2)
            )
        return unit * answer(scores, case["outputs"])

    explainer = make_sequence_explainer(
        model,
        n_segments=case["n_segments"],
        discretizer=case["discretizer"],
        **settings_of(case),
    ).fit(X)
    return explainer, X[0]


KINDS = {
    "image": (IMAGES, make_image),
    "text": (TEXTS, make_text),
    "sequence": (SEQUENCES, make_sequence),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("n", [25, pytest.param(None, marks=pytest.mark.long)])
def test_anything_else(kind, n, driver):
    strategy, make = KINDS[kind]
    driver.drive(strategy, lambda case: check(case, make, driver), n or driver.N_LONG)


# For runs by other programs.
def check_image(case, driver):
    check(case, make_image, driver)


def check_text(case, driver):
    check(case, make_text, driver)


def check_sequence(case, driver):
    check(case, make_sequence, driver)
