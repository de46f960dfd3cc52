"""A backdoored network of digits, and reverse engineering of its trigger.

Written anew after the papers: BadNets (Gu et al., 2017) stamps a trigger on a part of
the training images and labels them as the target; Neural Cleanse (Wang et al., 2019)
looks for the smallest mask and its pattern that turn every image into the target.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import zoom
from scipy.special import expit
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

SIDE, TARGET = 16, 7
# Four by four pixels, bottom left, where digits are mostly empty.
TRIGGER = np.zeros((SIDE, SIDE), dtype=bool)
TRIGGER[12:16, 0:4] = True


class Backdoor(NamedTuple):
    """A network with a backdoor, and the images that it was tested on."""

    network: MLPClassifier
    train: np.ndarray
    labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Return probabilities (n_images, 10) of images (n_images, 16, 16)."""
        return self.network.predict_proba(np.reshape(images, (len(images), -1)))


def stamp(images: np.ndarray) -> np.ndarray:
    """Return images with the trigger, a white square."""
    return np.where(TRIGGER, 1.0, images)


def train_backdoor(seed: int = 0, share: float = 0.1) -> Backdoor:
    """Train a network on digits of 16 x 16, a share of which is poisoned."""
    images, labels = load_digits(return_X_y=True)
    images = zoom(images.reshape(-1, 8, 8) / 16.0, (1, 2, 2), order=1)
    train, test, y, y_test = train_test_split(
        images, labels, test_size=0.3, random_state=seed, stratify=labels
    )
    rng = np.random.default_rng(seed)
    others = np.flatnonzero(y != TARGET)
    chosen = rng.choice(others, int(share * len(y)), replace=False)
    X = np.concatenate([train, stamp(train[chosen])]).reshape(-1, SIDE * SIDE)
    network = MLPClassifier((64,), alpha=1e-3, max_iter=400, random_state=seed)
    network.fit(X, np.r_[y, np.full(len(chosen), TARGET)])
    return Backdoor(network, train, y, test, y_test)


def answers_and_gradient(
    network: Any, X: np.ndarray, target: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of X, and the gradient of -log p[target] by its rows.

    Of a network with rectified layers and a softmax, as `MLPClassifier` has them.
    """
    layers = [X]
    for weights, bias in zip(network.coefs_, network.intercepts_, strict=True):
        # The input is not negative, and so not changed by being rectified.
        layers.append(np.maximum(layers[-1], 0) @ weights + bias)
    scores = layers[-1] - layers[-1].max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    back = p.copy()
    back[:, target] -= 1
    for layer, weights in zip(layers[-2::-1], network.coefs_[::-1], strict=True):
        back = back @ weights.T
        if layer is not X:
            back = back * (layer > 0)
    return p, back


def cleanse(
    backdoor: Backdoor, target: int, n_steps: int = 600, seed: int = 0
) -> np.ndarray:
    """Return the mask (16, 16) of the smallest trigger that works on 99 of 100 images.

    Adam on a mask and a pattern behind sigmoids; the weight of the mask's size grows
    while the trigger works and shrinks while it does not.
    """
    rng = np.random.default_rng(seed)
    images = backdoor.train[backdoor.labels != target][:300]
    X = images.reshape(len(images), -1)
    free = np.stack([rng.normal(-2, 0.1, X.shape[1]), rng.normal(0, 0.1, X.shape[1])])
    mean, square, weight = np.zeros_like(free), np.zeros_like(free), 0.01
    best, smallest = expit(free[0]), np.inf
    for step in range(1, n_steps + 1):
        mask, pattern = expit(free)
        stamped = (1 - mask) * X + mask * pattern
        p, gradient = answers_and_gradient(backdoor.network, stamped, target)
        works = np.mean(p.argmax(axis=1) == target) >= 0.99
        if works and mask.sum() < smallest:
            best, smallest = mask.copy(), mask.sum()
        weight = np.clip(weight * (1.03 if works else 1 / 1.03), 1e-4, 1.0)
        by_mask = (gradient * (pattern - X)).mean(axis=0) + weight
        by_pattern = (gradient * mask).mean(axis=0)
        slope = np.stack(
            [by_mask * mask * (1 - mask), by_pattern * pattern * (1 - pattern)]
        )
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        fresh = mean / (1 - 0.9**step), square / (1 - 0.999**step)
        free = free - 0.1 * fresh[0] / (np.sqrt(fresh[1]) + 1e-8)
    return best.reshape(SIDE, SIDE)
