"""Images as segments that are kept or removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.base._seeds import draw_seed, seed_of_content
from sklearn_baylime.base._sklearn import Interval, StrOptions, fit_context
from sklearn_baylime.representation.image._base import BaseImageCodes
from sklearn_baylime.representation.image._codes import find_lumps
from sklearn_baylime.representation.image._fill import FILLS, occlude
from sklearn_baylime.representation.image._range import (
    check_image,
    find_range,
    list_images,
    to_unit,
)
from sklearn_baylime.representation.image._segmentation import (
    METHODS,
    check_settings,
    cut_small_image,
    merge_segments,
    relabel,
    segment_by,
)


class SuperpixelSegmenter(BaseImageCodes):
    """Segmenter of an image into superpixels, each kept or removed.

    Codes exist at an image alone: `at` finds its segments, and a code says for each of
    them whether it is kept (1) or removed (0), that is filled with something else.
    Images are grey, (height, width), or have any number of channels, the last axis.

    Parameters
    ----------
    segmentation : str, callable or array-like of int, default="quickshift"
        How to find segments: "quickshift" with LIME's settings, "slic",
        "felzenszwalb", "watershed" (of the strongest gradient of the channels) or
        "grid"; a callable from the image, as it is, to a label map of shape (height,
        width); or a label map that is ready. Any labels will do; they are replaced by
        0..n_segments-1 in the same order.

    n_segments : int or None, default=None
        About how many segments "slic", "watershed" and "grid" make; 100 if None.

    segmentation_params : dict or None, default=None
        Further parameters of the method, named as in scikit-image: `kernel_size` (4),
        `max_dist` (200), `ratio` (0.2) and `sigma` (0) of "quickshift"; `compactness`
        (10), `sigma` (0), `max_num_iter` (10), `enforce_connectivity` (True) and
        `slic_zero` (False) of "slic"; `scale` (100), `sigma` (0.5) and `min_size` (50)
        of "felzenszwalb"; `compactness` (0) of "watershed"; `shape`, the numbers of
        rows and columns, of "grid".

    fill : str, number, array-like or callable, default="mean"
        What stands in place of removed segments: "mean", each one's mean color
        (integers are cut, as LIME has it); "blur" or ("blur", sigma), the image blurred
        within each channel, sigma in pixels, by default a twentieth of the shorter side
        and at least 1; "noise", uniform in the range of values; a number; a number for
        each channel; an image of the same shape; or a callable from the image and its
        label map to such an image.

    value_range : "auto" or (low, high), default="auto"
        Lowest and highest value that images may have. It scales the image for the
        segmentation, and the noise. By default it is 0..255 for uint8; for other types
        the first of 0..1, -1..1 and 0..255 that holds all values, and the image's own
        minimum and maximum if none does.

    merge : list of list of int or None, default=None
        Segments that become one: lists of labels 0..n_segments-1, as they are without
        it. The labels are then numbered anew.

    random_state : int, RandomState instance or None, default=None
        Seed of quickshift and of the noise.

    Attributes
    ----------
    segments_ : ndarray of int of shape (height, width)
        Label map, 0..n_segments-1. After `fit` on images, that of the image or a list
        of theirs.

    image_ : ndarray of shape (height, width) or (height, width, n_channels)
        The image, read-only; this and what follows exist after `at`.

    occluded_ : ndarray of the image's shape and type
        The image with all segments removed.

    value_range_ : (low, high)
        Range of values that was assumed.

    reference_ : ndarray of int of shape (n_segments,)
        Code of the image: all ones.

    is_categorical_ : ndarray of bool of shape (n_segments,)
        Columns of the codes that are categories, not quantities: all of them.

    See Also
    --------
    TextSegmenter : Words of texts.

    Notes
    -----
    Methods see the image in 0..1. Grey is repeated to three channels, and of four the
    first three are taken as colors, without the opacity. LIME's quickshift is made for
    photographs: an image whose shorter side is below 64 pixels, and of which it makes
    fewer than 8 segments, is cut by SLIC into up to 50, unless parameters are given.
    Quickshift and SLIC compare colors in CIELAB; any other number of channels is
    compared as it is, scaled to 100 like the lightness of colors.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import SuperpixelSegmenter
    >>> image = np.array([[1, 2, 30, 40], [1, 2, 30, 40]], dtype=np.uint8)
    >>> segmenter = SuperpixelSegmenter("grid", n_segments=2, fill=0)
    >>> segmenter.fit(image).segments_
    array([[0, 0, 1, 1],
           [0, 0, 1, 1]])
    >>> segmenter.at(image).inverse_transform([[1, 1], [0, 1]])[1]
    array([[ 0,  0, 30, 40],
           [ 0,  0, 30, 40]], dtype=uint8)
    """

    _parameter_constraints: dict = {
        "segmentation": [StrOptions(set(METHODS)), callable, "array-like"],
        "n_segments": [None, Interval(Integral, 1, None, closed="left")],
        "segmentation_params": [None, dict],
        "fill": [StrOptions(set(FILLS)), Real, callable, "array-like"],
        "value_range": [StrOptions({"auto"}), "array-like"],
        "merge": [None, list, tuple],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        segmentation: str | Callable[..., Any] | ArrayLike = "quickshift",
        *,
        n_segments: int | None = None,
        segmentation_params: Mapping[str, Any] | None = None,
        fill: Any = "mean",
        value_range: Any = "auto",
        merge: Any = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.segmentation = segmentation
        self.n_segments = n_segments
        self.segmentation_params = segmentation_params
        self.fill = fill
        self.value_range = value_range
        self.merge = merge
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Check the parameters, and segment images if there are any to look at.

        Nothing is learned from the images: `at` does not need them.

        Parameters
        ----------
        X : array-like, list of images or None, default=None
            Images. An array of three dimensions is one image if its last axis has at
            most 4 channels, otherwise several grey ones; a list has several.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            With `segments_` if there are images.
        """
        self._check_settings()
        if X is not None:
            images, is_batch = list_images(X)
            maps = [self._segment(x, draw_seed(self.random_state)) for x in images]
            self.segments_ = maps if is_batch else maps[0]
        return self

    def instances(self, X: Any) -> list[np.ndarray]:
        """Return images one by one; a single one is one.

        Parameters
        ----------
        X : array-like or list of array-like
            One image, or several, as in `fit`.

        Returns
        -------
        images : list of ndarray
        """
        return list_images(X)[0]

    def at(self, x: Any) -> Self:
        """Return a light copy that knows an image and its segments.

        Parameters
        ----------
        x : array-like of shape (height, width) or (height, width, n_channels)
            The image, of integers or floats in any range.

        Returns
        -------
        segmenter : object
            With the attributes above, `row_`, the image alone in a batch, and `seed_`.

        Raises
        ------
        TypeError
            If the image or the label map does not hold numbers.
        ValueError
            If the image is empty or not finite, or the label map or the fill does not
            fit it.
        """
        return super().at(x)

    def _take(self, x: Any) -> None:
        self._check_settings()
        self.image_ = check_image(x)
        self.row_, self.seed_ = self.image_[None], seed_of_content(self.image_)

    def _place(self, x: Any) -> None:
        image = self.image_
        self.value_range_ = find_range(image, self.value_range)
        seed = draw_seed(self.random_state)
        self.segments_ = labels = self._segment(image, seed)
        self.occluded_ = occlude(
            image, labels, self.fill, self.value_range_, [seed, self.seed_]
        )
        self._lumps = find_lumps(labels)
        self.reference_ = np.ones(labels.max() + 1, dtype=np.int8)
        self.is_categorical_ = np.ones(labels.max() + 1, dtype=bool)

    def _check_settings(self) -> dict[str, Any]:
        find_range(np.zeros(1), self.value_range)
        return check_settings(
            self.segmentation, self.n_segments, self.segmentation_params
        )

    def _segment(self, image: np.ndarray, seed: int) -> np.ndarray:
        labels: Any = self.segmentation
        if callable(labels):
            labels = labels(image.copy())
        elif isinstance(labels, str):
            unit = to_unit(image, find_range(image, self.value_range))
            params = self._check_settings()
            labels = segment_by(labels, unit, self.n_segments, params, seed)
            if self.segmentation == "quickshift" and self.segmentation_params is None:
                labels = cut_small_image(labels, unit, seed)
        return merge_segments(relabel(labels, image.shape[:2]), self.merge or [])
