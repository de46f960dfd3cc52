"""Codes of an image's segments, and the way back to images."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from sklearn_baylime.base._codes import check_codes
from sklearn_baylime.base._representation import RepresentationMixin
from sklearn_baylime.representation.image._codes import compose, find_kept


class BaseImageCodes(RepresentationMixin, TransformerMixin, BaseEstimator):
    """What a segmenter does once it is at an image.

    Its `_take` sets `image_`, and its `_place` `occluded_`, `segments_`, `reference_`
    and `_lumps`.
    """

    codes_before_at = False
    _kind = "image"

    image_: np.ndarray
    occluded_: np.ndarray
    segments_: Any

    def transform(self, X: Any) -> np.ndarray:
        """Return which segments of the image are in images as they are.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width[, n_channels])
            Images.

        Returns
        -------
        codes : ndarray of int of shape (n_samples, n_segments)
            1 where all pixels of a segment are those of the image.
        """
        self._check_at()
        images = np.asarray(X)
        if images.shape[1:] != self.image_.shape:
            raise ValueError(
                f"X has shape {images.shape}, expected images like the one that the "
                f"segmenter is at, (n_samples, *{self.image_.shape})."
            )
        return find_kept(self.image_, self.segments_, images)

    def inverse_transform(self, X: Any, start: int = 0) -> np.ndarray:
        """Return images of which segments are removed.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_segments)
            Codes: 1 where a segment is kept, 0 where it is removed.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        images : ndarray of the image's type of shape (n_samples, *image.shape)
            Row 0 of all rows is the image itself.
        """
        self._check_at()
        kept = check_codes(np.asarray(X), len(self.reference_))
        if start == 0:
            kept[:1] = True
        return compose(self.image_, self.occluded_, self._lumps, kept)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the segments' names.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects of shape (n_segments,)
            "segment 0" and so on, by label.
        """
        self._check_at()
        names = [f"segment {label}" for label in range(len(self.reference_))]
        return np.array(names, dtype=object)

    def describe(self) -> dict[str, Any]:
        """Return what an explanation needs to show the image.

        Returns
        -------
        description : dict
            "kind", "image", and "segments", the label map.
        """
        self._check_at()
        return {"kind": "image", "image": self.image_, "segments": self.segments_}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []
        return tags
