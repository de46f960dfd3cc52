"""RQ3b of the paper: does a reversed trigger help to find the real one?

Run it as ``python benchmarks/paper/backdoors.py``; ``--quick`` takes a minute. It
writes ``doc/paper_backdoors.csv``. Budgets that the file has already are skipped.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import csv
from pathlib import Path

import numpy as np
from cleanse import SIDE, TARGET, TRIGGER, Backdoor, cleanse, stamp, train_backdoor
from sklearn.linear_model import Ridge
from tqdm import tqdm

from sklearn_baylime import BlackBox, InformativeBayesianRidge, make_image_explainer
from sklearn_baylime.metrics import average_minimum_distance, intersection_over_union
from sklearn_baylime.priors import Prior, prior_from_mask
from sklearn_baylime.representation import SuperpixelSegmenter

# Every pixel is a superpixel, as for the paper's BadNet; the trigger has 16 of them.
BLOCKS = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
N_TOP = int(TRIGGER.sum())
# Queries for each superpixel.
BUDGETS = (0.5, 1, 2, 4)


def top_pixels(weights: np.ndarray) -> np.ndarray:
    """Return the pixels of the top positive superpixels, at most as many as asked."""
    top = np.argsort(-weights, kind="stable")[:N_TOP]
    return np.isin(BLOCKS, top[weights[top] > 0])


def scores_of(weights: np.ndarray) -> tuple[float, float]:
    """Return IoU and average minimum distance; no pixel is as far as can be."""
    found = top_pixels(weights)
    if not found.any():
        return 0.0, 1.0
    return (
        intersection_over_union(found, TRIGGER),
        average_minimum_distance(found, TRIGGER),
    )


def make_modes(prior: Prior, n_classes: int = 10) -> dict[str, tuple[object, object]]:
    """Return regressor and prior by name; None is this package's default regressor."""
    partial = InformativeBayesianRidge(
        prior_mean=prior.mean, prior_precision=float(n_classes)
    )
    return {
        "LIME": (Ridge(1.0), None),
        "partial, 10": (partial, None),
        "no prior": (None, None),
        "learned trust": (None, prior),
    }


def measure(
    backdoor: Backdoor, images: np.ndarray, prior: Prior, n_queries: int
) -> dict[str, np.ndarray]:
    """Return the scores (n_images, 2) of each mode, from the same rows and answers."""
    explainer = make_image_explainer(
        BlackBox(backdoor, name="backdoor"),
        segmenter=SuperpixelSegmenter(BLOCKS, fill=0.0),
        n_samples=n_queries,
        random_state=0,
    )
    default = explainer.named_steps["regressor"]
    modes = make_modes(prior)
    scores: dict[str, list[tuple[float, float]]] = {name: [] for name in modes}
    for image in tqdm(images, f"{n_queries} queries"):
        hood = explainer.sample(image)
        for name, (regressor, own) in modes.items():
            explainer.set_params(regressor=default if regressor is None else regressor)
            why = explainer.explain_instance(
                image, targets=TARGET, prior=own, neighborhood=hood
            )
            scores[name].append(scores_of(why.coef[0]))
        explainer.set_params(regressor=default)
    return {name: np.array(values) for name, values in scores.items()}


def summary(values: np.ndarray, lime: np.ndarray) -> list[float]:
    """Return IoU, AMD, and the gain in IoU over LIME with its standard error."""
    gain = values[:, 0] - lime[:, 0]
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    return [*values.mean(axis=0), gain.mean(), error]


def main() -> None:
    """Measure the budgets that the file lacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="20 images, 3 budgets")
    parser.add_argument(
        "--mirrored",
        action="store_true",
        help="a prior that points at the wrong corner",
    )
    parser.add_argument("--out", type=Path, default=Path("doc/paper_backdoors.csv"))
    given = parser.parse_args()
    n_images, budgets = (20, BUDGETS[:3]) if given.quick else (given.images, BUDGETS)
    backdoor = train_backdoor()
    others = backdoor.test[backdoor.test_labels != TARGET]
    attacked = stamp(others)
    works = backdoor(attacked).argmax(axis=1) == TARGET
    clean = backdoor.network.score(
        backdoor.test.reshape(-1, SIDE * SIDE), backdoor.test_labels
    )
    print(
        f"right on {clean:.1%} of clean digits; the trigger works on {works.mean():.1%}"
    )
    mask = cleanse(backdoor, TARGET)
    if given.mirrored:
        mask = mask[:, ::-1]
    prior = prior_from_mask(mask, BLOCKS)
    raw = [f"{score:.3f}" for score in scores_of(prior.mean)]
    print("the prior itself: IoU {}, distance {}".format(*raw))
    images = attacked[works][:n_images]
    known = _read(given.out)
    for budget in budgets:
        if any(row[0] == f"{budget:g}" for row in known):
            continue
        found = measure(backdoor, images, prior, int(budget * BLOCKS.size))
        for name, values in found.items():
            numbers = [f"{value:.4f}" for value in summary(values, found["LIME"])]
            known.append([f"{budget:g}", name, str(len(values)), *numbers])
            print(*known[-1])
        _write(given.out, known)


def _read(path: Path) -> list[list[str]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["queries a superpixel", "mode", "images", *_NUMBERS])
        writer.writerows(rows)


_NUMBERS = ("iou", "distance", "gain in iou", "error of the gain")

if __name__ == "__main__":
    main()
