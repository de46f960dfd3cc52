"""Curves of an image in an order of its superpixels or pixels, without explanation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.metrics._curve import (
    Curve,
    as_black_box,
    ask_in_parts,
    find_bounds,
)
from sklearn_baylime.representation.image._fill import fill_whole

# Standard deviation in pixels of the blur that BayLIME's insertion starts from.
_BLUR = 10.0
# Images per call of the model.
_BATCH = 64


def image_curve(
    model: Any,
    image: Any,
    order: Any,
    segments: Any,
    *,
    fill: Any,
    n_steps: int | None,
    batch_size: int | None,
    target: Any,
    rng: np.random.RandomState,
    insert: bool,
) -> Curve:
    """Return the curve of an image whose parts change from the first to the last."""
    image = _check_image(image)
    rank, n_parts = _rank(order, segments, image.shape[:2], rng)
    if n_steps is None and segments is None:
        n_steps = min(100, n_parts)
    size = _BATCH if batch_size is None else batch_size
    bounds = find_bounds(n_parts, n_steps, size, "image")
    filled = fill_whole(image, fill, _BLUR)
    start, end = (filled, image) if insert else (image, filled)

    def make(first: int, last: int) -> NDArray[Any]:
        changed = rank < bounds[first:last, None, None]
        changed = changed[..., None] if start.ndim == 3 else changed
        return np.where(changed, end, start)

    box = as_black_box(_checked(model) if callable(model) else model, size)
    answers = ask_in_parts(box, len(bounds), size, make)
    if target is None:
        target = int(np.argmax(answers[-1 if insert else 0]))
    if not 0 <= target < answers.shape[1]:
        raise ValueError(
            f"target is {target}, but the model has {answers.shape[1]} targets."
        )
    n_changed = np.append(0, np.cumsum(np.bincount(rank.ravel())))
    return Curve(n_changed[bounds] / rank.size, answers[:, target])


def _check_image(image: Any) -> NDArray[Any]:
    image = np.asarray(image)
    if image.ndim not in (2, 3) or not image.size or image.dtype.kind not in "iuf":
        raise ValueError(
            f"image has shape {image.shape} and type {image.dtype}, expected numbers "
            "of shape (height, width) or (height, width, n_channels)."
        )
    return image


def _checked(model: Any) -> Any:
    """Return a function of images whose answers are one, or a row of them, an image."""
    if isinstance(model, BlackBox):
        return model

    def ask(images: NDArray[Any]) -> NDArray[np.float64]:
        answer = np.asarray(model(images), dtype=np.float64)
        if answer.ndim not in (1, 2) or len(answer) != len(images):
            raise ValueError(
                f"The model's answer for {len(images)} images has shape "
                f"{answer.shape}, expected (n_images,) or (n_images, n_targets)."
            )
        return answer

    return ask


def _rank(
    order: Any, segments: Any, shape: tuple[int, ...], rng: np.random.RandomState
) -> tuple[NDArray[np.intp], int]:
    """Return the place in the order of each pixel's part, and how many there are."""
    is_random = isinstance(order, str) and order == "random"
    if isinstance(order, str) and not is_random:
        raise ValueError(
            f"order is {order!r}, expected labels of segments, a heat map or 'random': "
            "an image alone has no weights; give an explanation of it."
        )
    if segments is None:
        return _rank_pixels(rng.uniform(size=shape) if is_random else order, shape)
    if is_random:
        order = rng.permutation(np.unique(segments))
    return _rank_segments(order, segments, shape)


def _rank_segments(
    order: Any, segments: Any, shape: tuple[int, ...]
) -> tuple[NDArray[np.intp], int]:
    order, segments = np.asarray(order), np.asarray(segments)
    if segments.shape != shape:
        raise ValueError(
            f"segments has shape {segments.shape}, expected the image's, {shape}."
        )
    labels, where = np.unique(segments.ravel(), return_inverse=True)
    if order.ndim != 1 or not np.array_equal(np.sort(order), labels):
        unknown = np.setdiff1d(order, labels)[:5].tolist()
        missing = np.setdiff1d(labels, order)[:5].tolist()
        raise ValueError(
            f"order has shape {order.shape}, misses labels such as {missing} and has "
            f"unknown ones such as {unknown}; expected each of the {len(labels)} "
            "labels of segments once: append those without a weight."
        )
    position = np.empty(len(labels), dtype=np.intp)
    position[np.searchsorted(labels, order)] = np.arange(len(labels))
    return position[where].reshape(shape), len(labels)


def _rank_pixels(heat: Any, shape: tuple[int, ...]) -> tuple[NDArray[np.intp], int]:
    heat = np.asarray(heat, dtype=np.float64)
    if heat.shape != shape or np.isnan(heat).any():
        raise ValueError(
            f"order has shape {heat.shape} and {np.isnan(heat).sum()} values NaN, "
            f"expected a heat map of the image's shape {shape} without NaN; labels of "
            "superpixels need segments."
        )
    rank = np.empty(heat.size, dtype=np.intp)
    rank[np.argsort(-heat, axis=None, kind="stable")] = np.arange(heat.size)
    return rank.reshape(shape), heat.size
