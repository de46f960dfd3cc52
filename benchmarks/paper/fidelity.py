"""RQ3a of the paper: which method's superpixels carry the answer on photographs?

Run it as ``python benchmarks/paper/fidelity.py``; ``--quick`` takes two photographs. It
needs the extra ``imagenet`` and writes ``doc/paper_fidelity.csv``. SHAP is left out
where it is not installed.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.cbook import get_sample_data
from skimage import data
from skimage.color import gray2rgb
from skimage.io import imread
from sklearn.datasets import load_sample_images
from sklearn.linear_model import Ridge

from sklearn_baylime import BlackBox, make_image_explainer
from sklearn_baylime.datasets import load_imagenet_network
from sklearn_baylime.metrics import deletion_curve, insertion_curve
from sklearn_baylime.priors import prior_from_heatmap
from sklearn_baylime.representation import SuperpixelSegmenter

BUDGETS = (50, 100, 200)


def load_photographs() -> dict[str, np.ndarray]:
    """Return the photographs that come with installed packages, by name."""
    names = ("chelsea", "coffee", "rocket", "astronaut", "camera")
    photos = {name: getattr(data, name)() for name in names}
    photos["motorcycle"] = data.stereo_motorcycle()[0]
    photos["china"], photos["flower"] = load_sample_images().images
    with get_sample_data("grace_hopper.jpg") as file:
        photos["grace hopper"] = imread(file)
    return {n: gray2rgb(p) if p.ndim == 2 else p for n, p in photos.items()}


def shap_weights(model: Any, hide: Callable, d: int, n: int, seed: int) -> np.ndarray:
    """Return shap's values of superpixels, hidden as those of the others are."""
    import shap

    np.random.seed(seed)  # noqa: NPY002, it has no other
    explainer = shap.KernelExplainer(lambda masks: model(hide(masks)), np.zeros((1, d)))
    return np.ravel(explainer.shap_values(np.ones((1, d)), nsamples=n, silent=True))


def weights_of(
    network: Any, box: BlackBox, photo: np.ndarray, n: int
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield each method's name, weights and superpixels, from shared answers."""
    labels = SuperpixelSegmenter(random_state=0).at(photo).segments_
    placed = SuperpixelSegmenter(labels).at(photo)
    settings = {
        "segmenter": SuperpixelSegmenter(labels),
        "n_samples": n,
        "random_state": 0,
    }
    explainer = make_image_explainer(box, **settings)
    ridge = make_image_explainer(box, regressor=Ridge(1.0), **settings)
    rows = explainer.sample(photo)
    target = int(np.argmax(rows.answers[0]))
    prior = prior_from_heatmap(network.grad_cam(photo, target), labels)
    asked = {"targets": target, "neighborhood": rows}
    yield "LIME", ridge.explain_instance(photo, **asked).coef[0], labels
    yield "no prior", explainer.explain_instance(photo, **asked).coef[0], labels
    found = explainer.explain_instance(photo, prior=prior, **asked)
    yield "Grad-CAM as prior", found.coef[0], labels
    yield "Grad-CAM alone", prior.mean, labels
    if find_spec("shap") is not None:
        d = len(np.unique(labels))

        def model(images: Any) -> np.ndarray:
            return network(images)[:, target]

        yield "SHAP", shap_weights(model, placed.inverse_transform, d, n, 0), labels


def areas(network: Any, photo: np.ndarray, weights: np.ndarray, labels: Any) -> list:
    """Return the areas of deletion to black and insertion into a blur."""
    order = np.unique(labels)[np.argsort(-weights, kind="stable")]
    target = int(network(photo[None])[0].argmax())
    how = {"segments": labels, "image": photo, "target": target, "n_steps": 20}
    return [
        deletion_curve(network, order=order, fill=0, **how).auc,
        insertion_curve(network, order=order, fill="blur", **how).auc,
    ]


def main() -> None:
    """Measure all photographs, and write means with the gain over LIME."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two photographs, 50 rows")
    parser.add_argument("--out", type=Path, default=Path("doc/paper_fidelity.csv"))
    given = parser.parse_args()
    network = load_imagenet_network()
    photos = load_photographs()
    chosen = list(photos)[:2] if given.quick else list(photos)
    found: dict[tuple[int, str], list] = {}
    for name in chosen:
        photo = network.crop(photos[name][None])[0]
        box = BlackBox(network, memory=True)
        for n in BUDGETS[:1] if given.quick else BUDGETS:
            for method, weights, labels in weights_of(network, box, photo, n):
                scores = areas(network, photo, weights, labels)
                found.setdefault((n, method), []).append(scores)
        print(name, flush=True)
        _write(given.out, found)


def _write(path: Path, found: dict[tuple[int, str], list]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["queries", "method", "photographs", *_NUMBERS])
        for (n, method), scores in found.items():
            gain = np.array(scores) - np.array(found[n, "LIME"])
            error = gain.std(axis=0, ddof=1) if len(gain) > 1 else [np.nan, np.nan]
            numbers = [*np.mean(scores, axis=0), *gain.mean(axis=0)]
            numbers += [e / np.sqrt(len(gain)) for e in error]
            writer.writerow([n, method, len(gain), *(f"{x:.4f}" for x in numbers)])


_NUMBERS = (
    *("deletion", "insertion", "deletion against lime", "insertion against lime"),
    *("error of the former", "error of the latter"),
)

if __name__ == "__main__":
    main()
