"""Images end to end: closed forms, lime side by side, what must not matter."""

import pickle
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
from skimage.data import chelsea
from skimage.transform import resize
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPClassifier

from sklearn_baylime import (
    BlackBox,
    Explanation,
    InformativeBayesianRidge,
    Neighborhood,
    make_image_explainer,
)
from sklearn_baylime.priors import prior_from_heatmap
from sklearn_baylime.representation import SuperpixelSegmenter
from sklearn_baylime.sampling import MaskSampler

RNG = np.random.RandomState(0)
GREY = RNG.uniform(size=(12, 12))
BLOCKS = SuperpixelSegmenter("grid", n_segments=9, fill=0.0)
# Nearly no prior and no penalty, where the theory has none.
FLAT = InformativeBayesianRidge(prior_precision=1e-12, noise_precision=1.0)


@pytest.fixture(scope="module")
def cat():
    image = resize(chelsea(), (56, 56), preserve_range=True)
    return image.astype(np.uint8)


@pytest.fixture(scope="module")
def digits():
    """A small real network, and a digit that it does not know."""
    images, y = load_digits(return_X_y=True)
    network = MLPClassifier((32,), max_iter=400, random_state=0).fit(images[1:], y[1:])

    def probabilities(batch):
        return network.predict_proba(np.asarray(batch).reshape(len(batch), -1))

    return probabilities, images[0].reshape(8, 8)


def occluded_sums(image, slopes, segmenter):
    """Weights of a linear pixel model: what each segment hides."""
    here = segmenter.at(image)
    hidden = slopes * (here.image_.astype(float) - here.occluded_.astype(float))
    hidden = hidden.reshape(*hidden.shape[:2], -1).sum(axis=2)
    return np.bincount(here.segments_.ravel(), hidden.ravel())


@pytest.mark.parametrize("fill", [0.0, "mean", "blur", "noise"])
@pytest.mark.parametrize("design", ["orthogonal", "paired", "random"])
def test_a_linear_pixel_model_gives_the_occluded_sums(fill, design):
    """Exactly, for any kernel and any rows that determine the weights."""
    slopes = RNG.normal(size=GREY.shape)
    segmenter = SuperpixelSegmenter("grid", n_segments=9, fill=fill, random_state=0)
    explainer = make_image_explainer(
        lambda images: (images * slopes).sum(axis=(1, 2)),
        segmenter=segmenter,
        design=design,
        n_samples=60,
        regressor=FLAT,
        random_state=0,
    )
    explanation = explainer.explain_instance(GREY)
    expected = occluded_sums(GREY, slopes, segmenter)
    np.testing.assert_allclose(explanation.coef[0], expected, atol=1e-9)
    assert explanation.intercept[0] == pytest.approx(
        (slopes * segmenter.at(GREY).occluded_).sum(), abs=1e-9
    )


def indicator(images):
    """1 where all of the first three blocks are visible."""
    return [float(np.array_equal(image[:4], GREY[:4])) for image in images]


def alphas(d, width):
    """Weighted chances that p given segments are visible; masks are coin flips."""
    hidden = np.arange(d + 1)
    psi = np.exp(-((1 - np.sqrt(1 - hidden / d)) ** 2) / (2 * width**2))
    masks = (np.arange(2**d)[:, None] >> np.arange(d)) & 1
    weights = psi[d - masks.sum(axis=1)] / 2**d
    return [weights @ masks[:, :p].all(axis=1) for p in range(d + 1)]


@pytest.mark.parametrize("width", [0.25, 1e8])
def test_the_indicator_of_visible_segments_has_its_closed_form(width):
    """All masks; Garreau and Mardaoui (2021), and Banzhaf's value for a wide kernel."""
    d, p = 9, 3
    explainer = make_image_explainer(
        indicator,
        segmenter=BLOCKS,
        n_samples=2**d,
        kernel_width=width,
        regressor=FLAT,
        random_state=0,
    )
    explanation = explainer.explain_instance(GREY)
    assert explanation.n_rows == 2**d
    a = alphas(d, width)
    c = (d - 1) * a[0] * a[2] - d * a[1] ** 2 + a[0] * a[1]
    s1 = -a[1]
    s2 = ((d - 2) * a[0] * a[2] - (d - 1) * a[1] ** 2 + a[0] * a[1]) / (a[1] - a[2])
    s3 = (a[1] ** 2 - a[0] * a[2]) / (a[1] - a[2])
    inside = (s1 + s2 + (p - 1) * s3) * a[p] + (d - p) * s3 * a[p + 1]
    outside = (s1 + p * s3) * a[p] + (s2 + (d - p - 1) * s3) * a[p + 1]
    expected = np.r_[np.full(p, inside), np.full(d - p, outside)] / c
    np.testing.assert_allclose(explanation.coef[0], expected, atol=1e-10)
    if width > 1:
        banzhaf = np.r_[np.full(p, 2.0 ** (1 - p)), np.zeros(d - p)]
        np.testing.assert_allclose(explanation.coef[0], banzhaf, atol=1e-10)


@pytest.mark.parametrize("kind", ["uint8", "float"])
def test_weights_equal_limes(cat, kind):
    """Same masks, same answers, Ridge(1): to ten digits."""
    lime_image = pytest.importorskip("lime.lime_image", reason="needs lime")
    image = cat if kind == "uint8" else cat / 255.0
    answers = []

    def model(images):
        images = np.asarray(images, dtype=float) / images.dtype.type(image.max())
        p = 1 / (1 + np.exp(-4 * images[:, 10:40, 10:30, 0].mean(axis=(1, 2)) + 2))
        answers.append(np.column_stack([1 - p, p]))
        return answers[-1]

    segmenter = SuperpixelSegmenter("grid", n_segments=16)
    labels = segmenter.at(image).segments_
    masks = RNG.randint(2, size=(200, 16))
    theirs = lime_image.LimeImageExplainer(random_state=0)
    theirs.random_state = SimpleNamespace(randint=lambda *size: masks.ravel().copy())
    found = theirs.explain_instance(
        image,
        model,
        labels=(1,),
        top_labels=None,
        num_samples=200,
        segmentation_fn=lambda _: labels,
        random_seed=0,
    )
    codes = masks.astype(np.int8)
    codes[0] = 1
    here = segmenter.at(image)
    hood = Neighborhood(
        codes, np.concatenate(answers), here.reference_, ["s"] * 16, [here]
    )
    explainer = make_image_explainer(model, segmenter=segmenter, regressor=Ridge(1.0))
    ours = explainer.explain_instance(image, neighborhood=hood, targets=1)
    coef = np.zeros(16)
    for label, weight in found.local_exp[1]:
        coef[label] = weight
    np.testing.assert_allclose(ours.coef[0], coef, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.intercept[0], found.intercept[1], atol=1e-10)
    np.testing.assert_allclose(ours.score[0], found.score, atol=1e-10)


def test_a_real_network_on_digits(digits):
    """Every pixel is a segment; what the network needs is not the empty border."""
    network, digit = digits
    explainer = make_image_explainer(
        network,
        segmenter=SuperpixelSegmenter(np.arange(64).reshape(8, 8), fill=0.0),
        random_state=0,
    )
    explanation = explainer.explain_instance(digit, targets="top=2")
    assert explanation.target_names[0] == "output 0"
    assert explanation.score[0] > 0.3
    np.testing.assert_allclose(explanation.coef[:, digit.ravel() == 0], 0, atol=0.05)
    copies = [pickle.loads(pickle.dumps(explanation))]
    copies.append(Explanation.from_dict(explanation.to_dict()))
    for copy in copies:
        np.testing.assert_array_equal(copy.coef, explanation.coef)
        assert copy.instance == explanation.instance


def test_batches_and_backends_change_nothing(digits):
    network, digit = digits
    runs = []
    for settings in ({"batch_size": 7}, {"batch_size": 1000}, {"n_jobs": 2}):
        explainer = make_image_explainer(
            network,
            segmenter=SuperpixelSegmenter("grid", n_segments=16, fill="noise"),
            n_samples=100,
            random_state=3,
            **settings,
        )
        runs.append(explainer.explain([digit, digit.T])[0].coef)
    np.testing.assert_array_equal(runs[0], runs[1])
    np.testing.assert_array_equal(runs[0], runs[2])


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 2), (8, 8, 4), (8, 8, 6)])
def test_any_number_of_channels(shape):
    image = RNG.randint(0, 255, shape, dtype=np.uint8)
    box = BlackBox(lambda images: images.reshape(len(images), -1).mean(axis=1))
    explainer = make_image_explainer(
        box, segmenter=SuperpixelSegmenter("grid", n_segments=4), random_state=0
    )
    explanation = explainer.explain_instance(image)
    assert explanation.n_queries == 16 and explanation.coef.shape == (1, 4)


def test_a_heat_map_is_a_prior_without_units(digits):
    """The truth, in other units and 24 rows: the prior halves the error at least."""
    slopes = RNG.normal(size=GREY.shape)

    def model(images):
        total = (images * slopes).sum(axis=(1, 2))
        return total + 0.3 * np.sin(40 * images.sum(axis=(1, 2)))

    segmenter = SuperpixelSegmenter("grid", n_segments=36, fill=0.0)
    here = segmenter.at(GREY)
    truth = occluded_sums(GREY, slopes, segmenter)
    prior = prior_from_heatmap(1000 * slopes * GREY, here.segments_)
    errors = {}
    for name, given in (("none", None), ("heat map", prior)):
        explainer = make_image_explainer(model, segmenter=segmenter, n_samples=24)
        coefs = [
            explainer.set_params(random_state=seed)
            .explain_instance(GREY, prior=given)
            .coef[0]
            for seed in range(8)
        ]
        errors[name] = np.mean((np.array(coefs) - truth) ** 2)
    assert errors["heat map"] < errors["none"] / 4


def test_peak_memory_is_the_image_and_three_batches():
    image = RNG.randint(0, 255, (224, 224, 3), dtype=np.uint8)
    explainer = make_image_explainer(
        lambda images: images[:, 0, 0, 0],
        segmenter=SuperpixelSegmenter("grid", n_segments=30),
        n_samples=400,
        batch_size=40,
        random_state=0,
    )
    explainer.explain_instance(image)
    tracemalloc.start()
    explainer.explain_instance(image)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The image in floats while its segments are filled, and rows of the local model.
    small = 10 * image.nbytes + 400 * 30 * 8 * 4
    assert peak < 3 * 40 * image.nbytes + small


@pytest.mark.parametrize("p", [0.4, 0.6])
@pytest.mark.parametrize("design", ["random", "paired"])
def test_unfair_coins_estimate_what_fair_ones_do(p, design):
    """Masks drawn with another p carry weights: within 5 standard errors of all."""
    settings = {"segmenter": BLOCKS, "random_state": 0}
    exact = make_image_explainer(
        indicator, n_samples=2**9, regressor=FLAT, **settings
    ).explain_instance(GREY)
    drawn = make_image_explainer(
        indicator, design=MaskSampler(20_000, design=design, p=p), **settings
    ).explain_instance(GREY)
    assert (np.abs(drawn.coef - exact.coef) < 5 * drawn.std).all()
