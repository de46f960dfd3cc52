"""Curves of the answer while an image is deleted or inserted, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import trapezoid
from scipy.ndimage import gaussian_filter

# Standard deviation in pixels of the blur that BayLIME's insertion starts from.
_BLUR = 10.0


@dataclass(frozen=True, eq=False)
class Curve:
    """Answers while more and more of an image is changed.

    Parameters
    ----------
    fraction : ndarray of shape (n_steps + 1,)
        Part of the pixels that is changed, from 0 to 1.
    score : ndarray of shape (n_steps + 1,)
        Answers of the model, for the first and the last image too.
    """

    fraction: np.ndarray
    score: np.ndarray

    @property
    def auc(self) -> float:
        """Area under the curve by the trapezoidal rule, in units of the answer."""
        return float(trapezoid(self.score, self.fraction))


def _fill_in(image: np.ndarray, fill) -> np.ndarray:
    """Return the image with all of its pixels replaced, of the same type."""
    if not isinstance(fill, str):
        value = np.asarray(fill, dtype=np.float64)
    elif fill == "mean":
        value = image.mean(axis=(0, 1), dtype=np.float64)
    elif fill == "blur":
        # A standard deviation of 0 along the channels keeps their colors apart.
        value = gaussian_filter(image.astype(float), (_BLUR, _BLUR, 0)[: image.ndim])
    else:
        raise ValueError(
            f"fill is {fill!r}, expected 'mean', 'blur', a number or an array."
        )
    value = np.broadcast_to(value, image.shape)
    if image.dtype.kind in "iu":
        value, kind = np.rint(value), np.iinfo(image.dtype)
        # Written so that NaN fails too.
        if not ((value >= kind.min) & (value <= kind.max)).all():
            raise ValueError(
                f"fill has values from {value.min():g} to {value.max():g}, which an "
                f"image of {image.dtype} cannot hold: give numbers from {kind.min} to "
                f"{kind.max}, or an image of floats."
            )
    return value.astype(image.dtype)


def _rank_segments(order, segments, shape) -> tuple[np.ndarray, int]:
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


def _rank_pixels(heat, shape) -> tuple[np.ndarray, int]:
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


def _score(model, start, end, rank, bounds, batch_size) -> np.ndarray:
    """Return answers for images whose parts of rank below each bound are changed."""
    answers = []
    for first in range(0, len(bounds), batch_size):
        changed = rank < bounds[first : first + batch_size, None, None]
        if start.ndim == 3:
            changed = changed[..., None]
        answer = np.asarray(model(np.where(changed, end, start)), dtype=np.float64)
        if answer.ndim not in (1, 2) or len(answer) != len(changed):
            raise ValueError(
                f"The model's answer for {len(changed)} images has shape "
                f"{answer.shape}, expected (n_images,) or (n_images, n_targets)."
            )
        answers.append(answer.reshape(len(answer), -1))
    return np.concatenate(answers)


def _curve(model, image, order, segments, fill, n_steps, batch_size, target, insert):
    image = np.asarray(image)
    if image.ndim not in (2, 3) or not image.size or image.dtype.kind not in "iuf":
        raise ValueError(
            f"image has shape {image.shape} and type {image.dtype}, expected numbers "
            "of shape (height, width) or (height, width, n_channels)."
        )
    shape = image.shape[:2]
    if segments is None:
        rank, n_parts = _rank_pixels(order, shape)
    else:
        rank, n_parts = _rank_segments(order, segments, shape)
    if n_steps is None:
        n_steps = min(100, n_parts) if segments is None else n_parts
    if not 1 <= n_steps <= n_parts or batch_size < 1:
        raise ValueError(
            f"n_steps is {n_steps} and batch_size {batch_size}, expected 1 to "
            f"{n_parts} steps, the number of parts, and at least 1 image a batch."
        )
    filled = _fill_in(image, fill)
    start, end = (filled, image) if insert else (image, filled)
    bounds = np.rint(np.linspace(0, n_parts, n_steps + 1)).astype(np.intp)
    answers = _score(model, start, end, rank, bounds, batch_size)
    if target is None:
        target = int(np.argmax(answers[-1 if insert else 0]))
    if not 0 <= target < answers.shape[1]:
        raise ValueError(
            f"target is {target}, but the model has {answers.shape[1]} targets."
        )
    n_changed = np.append(0, np.cumsum(np.bincount(rank.ravel())))
    return Curve(n_changed[bounds] / rank.size, answers[:, target])


def deletion_curve(
    model,
    image,
    order,
    segments=None,
    *,
    fill="mean",
    n_steps=None,
    batch_size=64,
    target=None,
) -> Curve:
    r"""Score an image while its parts are deleted, the most important first.

    Parameters
    ----------
    model : callable
        Takes images of shape (n_images, \*image.shape) and returns answers of shape
        (n_images,) or (n_images, n_targets).
    image : array-like of shape (height, width) or (height, width, n_channels)
        Image; the model gets its type.
    order : array-like of shape (n_segments,) or (height, width)
        Labels of all superpixels, most important first; or, without `segments`, a heat
        map that orders single pixels, the largest first.
    segments : array-like of int of shape (height, width) or None, default=None
        Superpixels.
    fill : "mean", "blur", float or array-like, default="mean"
        What deleted pixels become: the whole image's mean color (not each superpixel's
        own), the image blurred by a Gaussian of 10 pixels within each channel, or
        values that broadcast to the image, such as a color or another image.
    n_steps : int or None, default=None
        Number of steps of equally many superpixels or pixels; None takes one superpixel
        a step, or 100 steps of pixels.
    batch_size : int, default=64
        Number of images per call of the model.
    target : int or None, default=None
        Column of the answers; None takes the largest answer for the whole image.

    Returns
    -------
    curve : Curve
        Its `auc` is small if the first parts carry the answer.

    Notes
    -----
    BayLIME's code leaves out the fully changed image, counts superpixels, not pixels,
    and blurs across the channels, so that colors turn gray. Here both ends count, and
    the fraction is that of pixels, so that superpixels of any size and heat maps share
    one axis.

    References
    ----------
    .. [1] V. Petsiuk, A. Das, K. Saenko (2018). RISE. BMVC.
    .. [2] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161.

    Examples
    --------
    >>> from sklearn_baylime.metrics import deletion_curve
    >>> model = lambda images: images.sum(axis=(1, 2))
    >>> curve = deletion_curve(
    ...     model, [[3.0, 1.0], [0.0, 0.0]], [5, 7, 6], [[5, 7], [6, 6]], fill=0)
    >>> curve.fraction, curve.score
    (array([0.  , 0.25, 0.5 , 1.  ]), array([4., 1., 0., 0.]))
    >>> curve.auc
    0.75
    """
    how = (fill, n_steps, batch_size, target)
    return _curve(model, image, order, segments, *how, insert=False)


def insertion_curve(
    model,
    image,
    order,
    segments=None,
    *,
    fill="blur",
    n_steps=None,
    batch_size=64,
    target=None,
) -> Curve:
    r"""Score an image while its parts come back, the most important first.

    Parameters
    ----------
    model, image, order, segments : callable and array-likes
        As in `deletion_curve`.
    fill : "mean", "blur", float or array-like, default="blur"
        Image to start from, as in `deletion_curve`; blurred so that it has no edges
        that the model could take for a thing.
    n_steps, batch_size, target : int or None
        As in `deletion_curve`.

    Returns
    -------
    curve : Curve
        Its `auc` is large if the first parts carry the answer.

    Examples
    --------
    >>> from sklearn_baylime.metrics import insertion_curve
    >>> model = lambda images: images.sum(axis=(1, 2))
    >>> insertion_curve(model, [[3.0, 1.0]], [[2, 1]], fill=0).score
    array([0., 3., 4.])
    """
    how = (fill, n_steps, batch_size, target)
    return _curve(model, image, order, segments, *how, insert=True)
