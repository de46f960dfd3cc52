"""Label maps of images, by scikit-image and by the grid."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

# Parameters of each method; quickshift's are LIME's.
METHODS: dict[str, dict[str, Any]] = {
    "quickshift": {"kernel_size": 4, "max_dist": 200, "ratio": 0.2, "sigma": 0},
    "slic": {
        "compactness": 10.0,
        "sigma": 0,
        "max_num_iter": 10,
        "enforce_connectivity": True,
        "slic_zero": False,
    },
    "felzenszwalb": {"scale": 100, "sigma": 0.5, "min_size": 50},
    "watershed": {"compactness": 0},
    "grid": {"shape": None},
}
_COUNTED = ("slic", "watershed", "grid")
_N_SEGMENTS = 100

# Images with a side below _SMALL of which quickshift makes fewer than _FEW segments are
# cut into up to _MOST_OF_SMALL, of _PIXELS_EACH pixels or more.
_SMALL, _FEW, _MOST_OF_SMALL, _PIXELS_EACH = 64, 8, 50, 8


def check_settings(
    segmentation: Any, n_segments: int | None, params: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a method's parameters, or say which it does not have.

    Parameters
    ----------
    segmentation : str, callable or label map
        Method.
    n_segments : int or None
        Number of segments wanted.
    params : dict or None
        Further parameters.

    Returns
    -------
    params : dict
        With defaults.

    Raises
    ------
    ValueError
        If the method has no such parameter.
    """
    named = isinstance(segmentation, str)
    known = METHODS[segmentation] if named else {}
    what = repr(segmentation) if named else "own segmentation"
    unknown = sorted(set(map(str, params or {})) - set(known))
    if unknown:
        raise ValueError(
            f"segmentation_params has {unknown}, which {what} does not know, expected "
            f"some of {list(known)}."
        )
    given = {**known, **(params or {})}
    if n_segments is not None and not (named and segmentation in _COUNTED):
        instead = f", which has {list(known)} in segmentation_params" if named else ""
        raise ValueError(
            f"n_segments is {n_segments}, but it is known to {list(_COUNTED)} alone, "
            f"not to {what}{instead}."
        )
    if n_segments is not None and given.get("shape") is not None:
        raise ValueError("Both n_segments and the grid's shape are given; leave one.")
    return given


def segment_by(
    method: str, unit: np.ndarray, n_segments: Any, params: Any, seed: int
) -> np.ndarray:
    """Return the label map of an image by one of the methods.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    unit : ndarray of float of shape (height, width, n_channels)
        Image in 0..1.
    n_segments : int or None
        Number of segments wanted.
    params : dict
        All parameters of the method.
    seed : int
        Seed of what is drawn at random.

    Returns
    -------
    labels : ndarray of int of shape (height, width)
    """
    n_segments = min(n_segments or _N_SEGMENTS, unit.shape[0] * unit.shape[1])
    if method == "grid":
        return _cut_grid(unit.shape[:2], n_segments, **params)
    # Here, since tables and texts do without, and it takes long.
    from skimage import filters, segmentation

    unit = _as_colors(unit)
    if method == "watershed":
        slopes = [filters.sobel(channel) for channel in np.moveaxis(unit, -1, 0)]
        return segmentation.watershed(
            np.max(slopes, axis=0), markers=n_segments, **params
        )
    is_color = unit.shape[2] == 3
    if method == "quickshift":
        # The lightness of colors goes to 100, and so do other channels.
        unit = unit if is_color else 100 * unit
        cut = segmentation.quickshift
        # Renamed in scikit-image 0.21; LIME passes the old name, which is dropped in
        # silence.
        is_new = "rng" in inspect.signature(cut).parameters
        seeded = {"rng" if is_new else "random_seed": seed}
        return cut(unit, **params, **seeded, convert2lab=is_color)
    if method == "slic":
        # slic scales to 0..1 itself, so that it is the compactness that we can scale.
        scale = 1 if is_color else 100
        params = {**params, "compactness": params["compactness"] / scale}
        return segmentation.slic(unit, n_segments=n_segments, start_label=0, **params)
    with warnings.catch_warnings():
        # Many channels are intended.
        warnings.filterwarnings("ignore", "Got image with third dim", RuntimeWarning)
        return segmentation.felzenszwalb(unit, **params)


def cut_small_image(labels: np.ndarray, unit: np.ndarray, seed: int) -> np.ndarray:
    """Return finer segments of a small image that quickshift hardly cuts.

    Its default kernel is as large as a digit of 28 pixels.

    Parameters
    ----------
    labels : ndarray of int of shape (height, width)
        Segments by the default parameters.
    unit : ndarray of float of shape (height, width, n_channels)
        Image in 0..1.
    seed : int
        Seed.

    Returns
    -------
    labels : ndarray of int of shape (height, width)
        The same where the image is large, of one color, or cut well enough.
    """
    n_found = len(np.unique(labels))
    if (
        min(labels.shape) >= _SMALL
        or n_found >= _FEW
        or np.ptp(unit, (0, 1)).max() == 0
    ):
        return labels
    n_segments = min(labels.size // _PIXELS_EACH, _MOST_OF_SMALL)
    if n_segments <= n_found:
        return labels
    finer = segment_by("slic", unit, n_segments, METHODS["slic"], seed)
    return finer if len(np.unique(finer)) > n_found else labels


def _as_colors(unit: np.ndarray) -> np.ndarray:
    """Return RGB of grey and of RGBA; other channels as they are."""
    if unit.shape[2] == 1:
        return np.repeat(unit, 3, axis=2)
    return np.ascontiguousarray(unit[..., :3]) if unit.shape[2] == 4 else unit


def _cut_grid(
    size: tuple[int, ...], n_segments: Any, shape: tuple[int, ...]
) -> np.ndarray:
    height, width = size
    if shape is None:
        n_rows = int(np.clip(round((n_segments * height / width) ** 0.5), 1, height))
        shape = n_rows, int(np.clip(round(n_segments / n_rows), 1, width))
    counts = np.asarray(shape)
    if counts.shape != (2,) or counts.dtype.kind not in "ui" or counts.min() < 1:
        raise ValueError(
            f"The grid's shape is {shape!r}, expected (n_rows, n_columns)."
        )
    if counts[0] > height or counts[1] > width:
        raise ValueError(
            f"The grid's shape is {tuple(shape)}, more than the image's {size} pixels."
        )
    rows = np.arange(height) * counts[0] // height
    columns = np.arange(width) * counts[1] // width
    return rows[:, None] * counts[1] + columns


def relabel(labels: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Return a label map with the labels 0..n_segments-1 in the same order.

    Parameters
    ----------
    labels : array-like of int of shape (height, width)
        Any labels.
    size : (height, width)
        What the map must fit.

    Returns
    -------
    labels : ndarray of int of shape (height, width)

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If the map is of another shape.
    """
    labels = np.asarray(labels)
    if labels.shape != tuple(size):
        raise ValueError(
            f"The label map has shape {labels.shape}, expected that of the image's "
            f"pixels, {tuple(size)}."
        )
    if labels.dtype.kind not in "bui":
        raise TypeError(
            f"The label map is of type {labels.dtype}, expected integers: cast it."
        )
    _, codes = np.unique(labels, return_inverse=True)
    return codes.reshape(labels.shape).astype(np.intp)


def merge_segments(labels: np.ndarray, groups: Any) -> np.ndarray:
    """Return a label map with groups of segments made one, labeled 0..n_segments-1.

    Parameters
    ----------
    labels : ndarray of int of shape (height, width)
        Labels 0..n_segments-1.
    groups : list of list of int
        Labels that become one.

    Returns
    -------
    labels : ndarray of int of shape (height, width)

    Raises
    ------
    ValueError
        If a group has labels that are not there, or that another group has.
    """
    target = np.arange(labels.max() + 1)
    seen: set[int] = set()
    for group in groups:
        members = np.atleast_1d(np.asarray(group))
        if members.size == 0:
            continue
        wrong = members.dtype.kind not in "ui" or members.ndim != 1
        if wrong or members.min() < 0 or members.max() >= len(target):
            raise ValueError(
                f"merge has {group!r}, expected a list of labels in "
                f"0..{len(target) - 1}."
            )
        twice = sorted(seen & set(members.tolist()))
        if twice:
            raise ValueError(f"merge has {twice} in more than one list.")
        seen.update(members.tolist())
        target[members] = members.min()
    return relabel(target[labels], labels.shape)
