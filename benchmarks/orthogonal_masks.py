"""Designs of masks on a real network: error at 256 queries against 6000.

Run it as ``python benchmarks/orthogonal_masks.py``; it asks the network about 20,000
images and needs the extra `imagenet`. The network's own time, and the library's share
of the whole, are printed as well.
"""

import time

import numpy as np
from skimage.data import chelsea, coffee
from sklearn.linear_model import Ridge

from sklearn_baylime import BlackBox, make_image_explainer
from sklearn_baylime.datasets import load_imagenet_network
from sklearn_baylime.representation import SuperpixelSegmenter

N_QUERIES, N_REFERENCE, SEEDS = 256, 6000, range(8)
DESIGNS = ("random", "paired", "orthogonal")
REGRESSORS = {"Ridge(1), LIME's": Ridge(alpha=1.0), "Bayesian, the default": None}


def mean_squared_errors(box, image, regressor):
    """Return the error of each design, mean over segments and seeds."""
    labels = SuperpixelSegmenter(random_state=0).at(image).segments_
    target = int(np.argmax(box(image[None])[0]))

    def explain(design, n_samples, seed):
        explainer = make_image_explainer(
            box,
            segmenter=SuperpixelSegmenter(labels),
            design=design,
            n_samples=n_samples,
            regressor=regressor,
            random_state=seed,
        )
        return explainer.explain_instance(image, targets=target).coef[0]

    truth = explain("paired", N_REFERENCE, 10_000)
    return [
        np.mean([(explain(design, N_QUERIES, s) - truth) ** 2 for s in SEEDS])
        for design in DESIGNS
    ]


def share_of_the_library(network, image):
    """Return the wall time of an explanation and the part outside the network."""
    asked = []

    def timed(images):
        begin = time.perf_counter()
        answers = network(images)
        asked.append(time.perf_counter() - begin)
        return answers

    labels = SuperpixelSegmenter(random_state=0).at(image).segments_
    explainer = make_image_explainer(
        BlackBox(timed, output_names=network.class_names),
        segmenter=SuperpixelSegmenter(labels),
        random_state=0,
    )
    times = {}
    for targets in ("predicted", "all"):
        asked.clear()
        begin = time.perf_counter()
        explainer.explain_instance(image, targets=targets)
        times[targets] = time.perf_counter() - begin
        share = 1 - sum(asked) / times[targets]
        print(f"  {targets}: {times[targets]:.2f} s, {100 * share:.1f} % the library's")
    print(f"  all classes cost {times['all'] / times['predicted']:.2f} times one")


def main():
    network = load_imagenet_network()
    # No image is asked about twice: the local models read the same answers.
    box = BlackBox(network, memory=True)
    images = [network.crop(photo[None])[0] for photo in (chelsea(), coffee())]
    for name, regressor in REGRESSORS.items():
        errors = np.array([mean_squared_errors(box, x, regressor) for x in images])
        ratios = errors / errors[:, :1]
        print(f"{name}: error as a share of that of random masks")
        for design, (cat, cup) in zip(DESIGNS, ratios.T, strict=True):
            print(f"  {design:<10} cat {cat:.2f}, cup {cup:.2f}: {(cat + cup) / 2:.2f}")
    print("time of 1000 queries")
    share_of_the_library(network, images[1])


if __name__ == "__main__":
    main()
