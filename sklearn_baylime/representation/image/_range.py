"""Images as arrays: what is one, and which range its values are in."""

from __future__ import annotations

from typing import Any

import numpy as np

# A multiple of 255, so that 8-bit values come out the same whatever type and range they
# were brought to, and coarser than the rounding of float32.
_LEVELS = 255 * 2**12


# Bands that stand first, where the other two axes are at least as long as a small
# picture's sides.
_MOST_BANDS, _SMALL_SIDE = 16, 16

# What an array of PIL's other modes would hold is no grey, no color and no opacity.
_MODES = {
    "CMYK": "amounts of ink",
    "LA": "grey and opacity",
    "La": "grey and opacity",
    "RGBa": "colors times opacity",
    "RGBX": "colors and padding",
    "YCbCr": "luma and chroma",
    "LAB": "lightness and two opponent colors",
    "HSV": "hue, saturation and value",
}


def _is_channels_first(shape: tuple[int, ...]) -> bool:
    """Tell (n_channels, height, width), as far as a shape can."""
    first, *sides = shape
    if min(sides) >= _SMALL_SIDE and first <= _MOST_BANDS and first < min(sides):
        return True
    # Two sides alike, and neither is the first axis: a square behind its channels.
    square = sides[0] == sides[1] >= 8
    return square and (first in (1, 3, 4) or _SMALL_SIDE <= sides[0] > first)


def check_image(x: Any) -> np.ndarray:
    """Return a contiguous copy of an image that nobody can write to.

    Parameters
    ----------
    x : array-like of shape (height, width) or (height, width, n_channels)
        Image.

    Returns
    -------
    image : ndarray of the same shape and type

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If it has another shape, no pixels, or values that are not finite.
    """
    image = np.array(_in_colors(x), order="C")
    if image.ndim in (2, 3) and image.size == 0:
        raise ValueError(
            f"The image has shape {image.shape}, expected at least one pixel."
        )
    if image.dtype.kind not in "buif":
        raise TypeError(f"The image is of type {image.dtype}, expected numbers.")
    if image.ndim not in (2, 3):
        advice = " Take one image of the batch." if image.ndim == 4 else ""
        raise ValueError(
            f"The image has shape {image.shape}, expected (height, width) or "
            f"(height, width, n_channels).{advice}"
        )
    if image.ndim == 3 and _is_channels_first(image.shape):
        what = "channels" if image.shape[0] <= _MOST_BANDS else "channels or slices"
        raise ValueError(
            f"The image has shape {image.shape}, which looks like {what} first, "
            "expected (height, width, n_channels): use np.moveaxis(image, 0, -1), and "
            "move the channels back before the model."
        )
    wrong = ~np.isfinite(image)
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0].tolist())
        raise ValueError(
            f"The image has values that are not finite, such as {image[place]} at "
            f"{place}, expected numbers: replace them first, such as "
            "numpy.nan_to_num(image)."
        )
    image.flags.writeable = False
    return image


def _in_colors(x: Any) -> Any:
    """Return a picture of PIL in colors, anything else as it is.

    Of a palette the numbers of the colors would remain, and inks are no colors.
    """
    mode = getattr(x, "mode", None) if hasattr(x, "getbands") else None
    if mode in ("P", "PA"):
        has_alpha = mode == "PA" or "transparency" in x.info
        return x.convert("RGBA" if has_alpha else "RGB")
    if mode in _MODES:
        instead = "L" if mode in ("LA", "La") else "RGB"
        raise ValueError(
            f"The image has the mode {mode}, {_MODES[mode]}, expected grey or colors: "
            f"give image.convert({instead!r}), or np.asarray(image) if the model takes "
            "it so."
        )
    return x


def list_images(X: Any) -> tuple[list[np.ndarray], bool]:
    """Return images one by one, and whether there are several.

    Parameters
    ----------
    X : array-like or list of array-like
        One image, or several. An array of three dimensions is one image if its last
        axis has at most 4 channels, otherwise several grey ones.

    Returns
    -------
    images : list of ndarray
    is_batch : bool
    """
    if not (isinstance(X, list | tuple) and X and np.ndim(X[0]) > 1):
        X = np.asarray(_in_colors(X))
        if X.ndim < 4 and (X.ndim < 3 or X.shape[2] <= 4):
            return [check_image(X)], False
    return [check_image(x) for x in X], True


def find_range(image: np.ndarray, value_range: Any = "auto") -> tuple[float, float]:
    """Return the lowest and the highest value that an image of this kind may have.

    Parameters
    ----------
    image : ndarray
        Image.
    value_range : "auto" or (low, high), default="auto"
        Range if it is known.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If a given range is not two finite numbers that ascend.
    """
    if not isinstance(value_range, str):
        return _check_range(value_range)
    if image.dtype == np.uint8:
        return 0.0, 255.0
    low, high = float(image.min()), float(image.max())
    for candidate in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        if candidate[0] <= low and high <= candidate[1]:
            return candidate
    return low, high


def _check_range(value_range: Any) -> tuple[float, float]:
    ends = np.asarray(value_range)
    is_number = ends.dtype.kind in "uif" and ends.shape == (2,)
    if not (is_number and np.isfinite(ends).all() and ends[0] < ends[1]):
        raise ValueError(
            f"value_range is {value_range!r}, expected 'auto' or two finite numbers "
            "(low, high), low < high."
        )
    return float(ends[0]), float(ends[1])


def to_unit(image: np.ndarray, value_range: tuple[float, float]) -> np.ndarray:
    """Return an image in 0..1, always with channels; what is outside is cut.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, n_channels)
        Image.
    value_range : (low, high)
        What becomes 0 and 1.

    Returns
    -------
    unit : ndarray of float64 of shape (height, width, n_channels)
    """
    low, high = value_range
    unit = image.reshape(*image.shape[:2], -1).astype(np.float64)
    if low == high:
        return np.zeros_like(unit)
    # Halves keep the span finite for any finite values.
    unit = (unit / 2 - low / 2) / (high / 2 - low / 2)
    return np.rint(np.clip(unit, 0, 1) * _LEVELS) / _LEVELS
