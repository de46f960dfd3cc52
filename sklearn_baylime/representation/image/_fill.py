"""What stands in place of removed segments of an image."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

FILLS = ("mean", "blur", "noise")
# Standard deviation of the blur, in shorter sides of the image.
_BLUR = 0.05


def occlude(
    image: np.ndarray,
    labels: np.ndarray,
    fill: Any,
    value_range: Any,
    seed: int | Sequence[int],
) -> np.ndarray:
    """Return an image of which every segment is removed.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, n_channels)
        Image.
    labels : ndarray of int of shape (height, width)
        Labels 0..n_segments-1.
    fill : str, number, array-like or callable
        What to fill with, as in `SuperpixelSegmenter`.
    value_range : (low, high)
        Range of the noise.
    seed : int or sequence of int
        Seed of the noise.

    Returns
    -------
    occluded : ndarray of the image's shape and type

    Raises
    ------
    ValueError
        If the fill does not fit the image, or its type cannot hold it.
    """
    if isinstance(fill, str) and fill == "mean":
        return fill_with_means(image, labels)
    if isinstance(fill, str) and fill == "noise":
        return draw_noise(image, value_range, seed)
    is_pair = isinstance(fill, (tuple, list)) and len(fill) == 2
    if isinstance(fill, str) or (is_pair and isinstance(fill[0], str)):
        return blur(image, _find_sigma(fill, image.shape))
    if callable(fill):
        filled = np.asarray(fill(image.copy(), labels.copy()))
        if filled.shape != image.shape:
            raise ValueError(
                f"fill returned an image of shape {filled.shape}, expected the "
                f"image's, {image.shape}."
            )
        return _cast(filled, image.dtype, "fill returned")
    return _cast(_spread(fill, image.shape), image.dtype, "fill has")


def fill_whole(image: np.ndarray, fill: Any, sigma: float) -> np.ndarray:
    """Return an image of which all pixels are replaced, whatever its segments.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, n_channels)
        Image.
    fill : "mean", "blur", number or array-like
        The whole image's mean color, the image blurred, or values that broadcast to it.
        Integers are rounded, since nobody needs to be told that a mean is none.
    sigma : float
        Standard deviation of the blur, in pixels.

    Returns
    -------
    filled : ndarray of the image's shape and type

    Raises
    ------
    ValueError
        If the fill does not fit the image, or its type cannot hold it.
    """
    if not isinstance(fill, str):
        values = np.asarray(fill, dtype=np.float64)
    elif fill == "mean":
        values = image.mean(axis=(0, 1), dtype=np.float64)
    elif fill == "blur":
        # Reflected at the borders, as those who brought the curve up have it.
        return blur(image, sigma, mode="reflect")
    else:
        raise ValueError(
            f"fill is {fill!r}, expected 'mean', 'blur', a number or an array."
        )
    what = f"fill has values from {values.min():g} to {values.max():g}, such as"
    is_whole = image.dtype.kind in "iu"
    values = np.broadcast_to(np.rint(values) if is_whole else values, image.shape)
    return _cast(values, image.dtype, what, is_loose=not is_whole)


def fill_with_means(image: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return an image of which each segment has its mean color, integers cut as LIME's.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, n_channels)
        Image.
    labels : ndarray of int of shape (height, width)
        Labels 0..n_segments-1.

    Returns
    -------
    filled : ndarray of the image's shape and type
    """
    pixels = image.reshape(labels.size, -1)
    filled = np.empty_like(pixels)
    order = np.argsort(labels, axis=None, kind="stable")
    ends = np.cumsum(np.bincount(labels.ravel()))
    for members in np.split(order, ends[:-1]):
        # Channel by channel, which rounds as LIME does, to the last bit.
        means = np.array([channel.mean() for channel in pixels[members].T])
        filled[members] = means >= 0.5 if image.dtype == bool else means
    return filled.reshape(image.shape)


def blur(image: np.ndarray, sigma: float, mode: str = "nearest") -> np.ndarray:
    """Return an image blurred within each channel.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, n_channels)
        Image.
    sigma : float
        Standard deviation of the Gaussian, in pixels.
    mode : str, default="nearest"
        What is beyond the borders, as `scipy.ndimage` has it.

    Returns
    -------
    blurred : ndarray of the image's shape and type
    """
    sigmas = (sigma, sigma, 0)[: image.ndim]
    blurred = gaussian_filter(image.astype(np.float64), sigmas, mode=mode)
    if image.dtype.kind != "f":
        blurred = np.rint(np.clip(blurred, image.min(), image.max()))
    return blurred.astype(image.dtype)


def draw_noise(
    image: np.ndarray, value_range: Any, seed: int | Sequence[int]
) -> np.ndarray:
    """Return uniform noise of an image's shape and type.

    Parameters
    ----------
    image : ndarray
        Image.
    value_range : (low, high)
        Range of the noise, as far as the type can hold it.
    seed : int or sequence of int
        Seed.

    Returns
    -------
    noise : ndarray of the image's shape and type
    """
    rng = np.random.default_rng(seed)
    low, high = value_range
    if image.dtype.kind == "f":
        return rng.uniform(low, high, image.shape).astype(image.dtype)
    if image.dtype.kind != "b":
        limits = np.iinfo(image.dtype)
        low, high = max(low, limits.min), min(high, limits.max)
    return rng.integers(
        int(np.ceil(low)), int(high), image.shape, endpoint=True
    ).astype(image.dtype)


def _find_sigma(fill: Any, shape: tuple[int, ...]) -> float:
    name, sigma = (
        (fill, max(1.0, _BLUR * min(shape[:2]))) if isinstance(fill, str) else fill
    )
    width = float(sigma) if isinstance(sigma, Real) else 0.0
    if name != "blur" or not 0 < width < np.inf:
        raise ValueError(
            f"fill is {fill!r}, expected ('blur', sigma) with sigma > 0 in pixels."
        )
    return width


def _spread(fill: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return a number, a color or an image as an image."""
    values = np.asarray(fill)
    n_channels = shape[2] if len(shape) == 3 else 1
    if values.ndim == 0 or values.shape == shape:
        return np.broadcast_to(values, shape)
    if values.shape == (n_channels,):
        return np.broadcast_to(values, (*shape[:2], n_channels)).reshape(shape)
    raise ValueError(
        f"fill has shape {values.shape}, expected a number, a color of shape "
        f"({n_channels},) or an image of shape {shape}."
    )


def _cast(
    values: np.ndarray, dtype: Any, what: str, *, is_loose: bool = False
) -> np.ndarray:
    """Return values in the image's type, or say what it cannot hold.

    A loose cast lets floats be what they are: infinite, or NaN.
    """
    if values.dtype.kind not in "buif":
        raise TypeError(f"{what} values of type {values.dtype}, expected numbers.")
    with np.errstate(invalid="ignore", over="ignore"):
        cast = values.astype(dtype)
        same = np.isfinite(cast) if dtype.kind == "f" else cast == values
    if not (is_loose or same.all()):
        raise ValueError(
            f"{what} {values[~same].flat[0]}, which the image's type {dtype} cannot "
            "hold; choose a value that it can."
        )
    return np.ascontiguousarray(cast)
