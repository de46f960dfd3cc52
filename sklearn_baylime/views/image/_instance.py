"""An image and its segments, which are the features."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import numpy as np

from sklearn_baylime.views._registry import register_view
from sklearn_baylime.views.image._display import KINDS, ImageDisplay
from sklearn_baylime.views.image._html import add_image


@register_view
@dataclass(frozen=True, eq=False)
class ImageInstance:
    """An image with the segment that each pixel belongs to.

    Parameters
    ----------
    image : array-like of shape (H, W) or (H, W, C)
        Booleans, integers or floats of any range, with any number of channels.

    segments : array-like of int of shape (H, W)
        Feature of each pixel, from 0 to d - 1; each occurs.

    value_range : tuple of (float, float) or None, default=None
        Values of the image that are shown black and white. None: 0 and 1 if all values
        are between these; else 0 and 255 for 8-bit images, and for others within that
        range that reach its upper half; else the smallest and the largest value.

    Raises
    ------
    TypeError
        If the image is not of numbers, or the segments are not of integers.
    ValueError
        If the image is empty or of another number of dimensions, the shapes do not fit,
        or a segment is missing.

    Examples
    --------
    >>> from sklearn_baylime.explanation import ImageInstance
    >>> instance = ImageInstance([[0.0, 0.5, 1.0]], [[0, 1, 1]])
    >>> instance.n_features
    2
    >>> instance.display_image()[0, :, 0].tolist()
    [0, 128, 255]
    """

    kind: ClassVar[str] = "image"
    noun: ClassVar[str] = "an image"
    pictures: ClassVar[dict[str, type]] = dict.fromkeys(KINDS, ImageDisplay)
    default_picture: ClassVar[str | None] = "image"

    image: np.ndarray
    segments: np.ndarray
    value_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        image = _check_image(np.array(self.image))
        # Files hold either order of bytes, but not all versions pickle the other.
        image = _freeze(image.astype(image.dtype.newbyteorder("=")))
        segments = np.array(self.segments)
        _check_segments(segments, image.shape[:2])
        object.__setattr__(self, "image", image)
        object.__setattr__(self, "segments", _freeze(segments.astype(np.intp)))
        if self.value_range is not None:
            object.__setattr__(self, "value_range", _check_range(self.value_range))

    @property
    def n_features(self) -> int:
        """Number of segments."""
        return int(self.segments.max()) + 1

    def display_image(self) -> np.ndarray:
        """Return the image as it is shown.

        One channel is grey, three are red, green and blue, a fourth is opacity, over
        white. Of two channels, or more than four, the mean is shown in grey.

        Returns
        -------
        image : ndarray of uint8 of shape (H, W, 3)
        """
        image = self.image if self.image.ndim == 3 else self.image[..., np.newaxis]
        low, high = self.value_range or _guess_range(image)
        # Infinite and missing values are shown as black and white.
        scaled = (image.astype(np.float64) - low) / (high - low)
        scaled = np.clip(np.nan_to_num(scaled, posinf=1.0, neginf=0.0), 0.0, 1.0)
        if scaled.shape[2] == 4:
            scaled = scaled[..., :3] * scaled[..., 3:] + (1.0 - scaled[..., 3:])
        elif scaled.shape[2] != 3:
            scaled = np.repeat(scaled.mean(axis=2, keepdims=True), 3, axis=2)
        return np.rint(255 * scaled).astype(np.uint8)

    def to_dict(self) -> dict[str, Any]:
        """Return texts and numbers that `from_dict` reads, for JSON.

        Returns
        -------
        content : dict
            With the keys kind, image, segments and value_range. Arrays are packed:
            their bytes compressed by zlib and written in base 64, with type and shape.
        """
        bounds = None if self.value_range is None else list(self.value_range)
        return {
            "kind": self.kind,
            "image": _pack(self.image),
            "segments": _pack(self.segments),
            "value_range": bounds,
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> ImageInstance:
        """Build the image that `to_dict` wrote.

        Parameters
        ----------
        content : dict

        Returns
        -------
        instance : ImageInstance
        """
        image, segments = (_unpack(content[name]) for name in ("image", "segments"))
        return cls(image, segments, content.get("value_range"))

    def add_to_page(
        self,
        section: ET.Element,
        explanation: Any,
        target: Any,
        records: list[dict[str, Any]],
        level: float,
    ) -> None:
        """Add the image with its marked segments; see `View.add_to_page`.

        Parameters
        ----------
        section : xml.etree.ElementTree.Element
            What to add to.
        explanation : Explanation
            What is shown.
        target : object
            The target of this section.
        records : list of dict
            Numbers of the features shown.
        level : float
            Probability of the intervals.
        """
        add_image(section, explanation, target, records, level)

    def __eq__(self, other: object) -> bool:
        if type(other) is not ImageInstance:
            return NotImplemented
        return (
            self.value_range == other.value_range
            and self.image.dtype == other.image.dtype
            and np.array_equal(self.segments, other.segments)
            and np.array_equal(self.image, other.image, equal_nan=True)
        )

    def __hash__(self) -> int:
        return hash((self.image.shape, self.segments.tobytes(), self.value_range))

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.image.shape))
        return f"<ImageInstance of {shape} values in {self.n_features} segments>"


def _check_image(image: Any) -> np.ndarray:
    if image.dtype.kind not in "biuf":
        raise TypeError(
            f"image is an array of {image.dtype}, expected booleans, integers or "
            "floats."
        )
    if image.ndim not in (2, 3) or image.size == 0:
        raise ValueError(
            f"image has the shape {image.shape}, expected (height, width) or (height, "
            "width, channels), none of them 0."
        )
    return image


def _check_segments(segments: Any, shape: Any) -> None:
    if segments.dtype.kind not in "iu":
        raise TypeError(
            f"segments is an array of {segments.dtype}, expected integers: the segment "
            "of each pixel, from 0."
        )
    if segments.shape != shape:
        raise ValueError(
            f"segments has the shape {segments.shape}, expected {shape}, the height "
            "and width of the image."
        )
    labels = np.unique(segments)
    if labels[0] != 0 or labels[-1] != len(labels) - 1:
        raise ValueError(
            f"segments has {len(labels)} labels from {labels[0]} to {labels[-1]}, "
            f"expected each of 0 to {len(labels) - 1}: numpy.unique(segments, "
            "return_inverse=True) renumbers them."
        )


def _check_range(bounds: Any) -> tuple[float, float]:
    try:
        low, high = (float(bound) for bound in bounds)
    except (TypeError, ValueError):
        low = high = np.nan
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(
            f"value_range is {bounds!r}, expected two finite numbers: the value shown "
            "black and a larger one shown white."
        )
    return low, high


def _guess_range(image: Any) -> tuple[float, float]:
    """Return the values shown black and white, as `ImageInstance` tells."""
    finite = image[np.isfinite(image)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0, 1)
    if low >= 0 and high <= 1:
        return 0.0, 1.0
    # Images such as those of handwritten digits, from 0 to 16, would be all but black.
    if image.dtype == np.uint8 or (low >= 0 and 127 < high <= 255):
        return 0.0, 255.0
    return low, high if high > low else low + 1.0


def _freeze(array: Any) -> np.ndarray:
    array.flags.writeable = False
    return array


def _pack(array: Any) -> dict[str, Any]:
    # PNG has no floats, and lists of numbers take many times the room.
    packed = base64.b64encode(zlib.compress(array.tobytes())).decode("ascii")
    return {"zlib": packed, "dtype": array.dtype.str, "shape": list(array.shape)}


def _unpack(content: Any) -> Any:
    if isinstance(content, np.ndarray):
        return content
    raw = zlib.decompress(base64.b64decode(content["zlib"]))
    return np.frombuffer(raw, np.dtype(content["dtype"])).reshape(content["shape"])
