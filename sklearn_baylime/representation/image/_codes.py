"""Images of codes, and codes of images."""

from __future__ import annotations

from typing import Any

import numpy as np

# Pixels that are looked up at once: as many as booleans in a number.
_LUMP = 8


def find_lumps(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all runs of labels that eight pixels have, and which run stands where.

    Parameters
    ----------
    labels : ndarray of int of shape (height, width)
        Labels 0..n_segments-1.

    Returns
    -------
    runs : ndarray of int of shape (n_runs, 8)
        Labels of each run; the last pixels are filled up.
    places : ndarray of int of shape (ceil(height * width / 8),)
        Number of the run at each eight pixels.
    """
    padded = np.zeros(-(-labels.size // _LUMP) * _LUMP, dtype=np.intp)
    padded[: labels.size] = labels.ravel()
    runs, places = np.unique(padded.reshape(-1, _LUMP), axis=0, return_inverse=True)
    return runs, places.ravel()


def compose(
    image: np.ndarray, occluded: np.ndarray, lumps: np.ndarray, kept: np.ndarray
) -> np.ndarray:
    """Return images that have some segments of one image, and the others of another.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, n_channels)
        Where kept segments come from; contiguous.
    occluded : ndarray of the same shape and type
        Where the others come from; contiguous.
    lumps : (runs, places)
        The label map, as `find_lumps` returns it.
    kept : ndarray of bool of shape (n_samples, n_segments)
        Which segments are kept.

    Returns
    -------
    images : ndarray of the image's type of shape (n_samples, *image.shape)
    """
    n_pixels = image.shape[0] * image.shape[1]
    # A pixel's channels, of any type, are copied as one lump of bytes; neighbors that
    # are removed are then moved together.
    pixel = np.dtype((np.void, image.nbytes // n_pixels))
    images = np.empty((len(kept), n_pixels), dtype=pixel)
    images[:] = image.reshape(-1).view(pixel)
    hidden = _look_up(~kept, *lumps)[:, :n_pixels]
    np.copyto(images, occluded.reshape(-1).view(pixel), where=hidden)
    return images.view(image.dtype).reshape(len(kept), *image.shape)


def _look_up(flags: np.ndarray, runs: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return flags[:, labels]; looking up a label for each pixel takes most time."""
    table = np.take(flags, runs, axis=1).view(np.uint64)[..., 0]
    return np.take(table, places, axis=1).view(bool)


def find_kept(image: np.ndarray, labels: np.ndarray, images: Any) -> np.ndarray:
    """Return which segments of images are those of one image.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, n_channels)
        The one image.
    labels : ndarray of int of shape (height, width)
        Labels 0..n_segments-1.
    images : ndarray of shape (n_samples, *image.shape)
        Images.

    Returns
    -------
    kept : ndarray of int8 of shape (n_samples, n_segments)
        1 where all pixels of the segment are equal.
    """
    same = (images == image).reshape(len(images), labels.size, -1).all(axis=2)
    order = np.argsort(labels, axis=None, kind="stable")
    firsts = np.cumsum(np.bincount(labels.ravel()))[:-1]
    starts = np.concatenate([[0], firsts])
    return np.logical_and.reduceat(same[:, order], starts, axis=1).astype(np.int8)
