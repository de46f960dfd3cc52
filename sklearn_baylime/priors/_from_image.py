"""Priors of superpixels from heat maps and masks of other methods."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.ndimage import gaussian_filter

from sklearn_baylime.priors._prior import Prior

# Width of the radial basis functions as a part of the image's side: BayLIME's 5 pixels
# for images of 32 x 32.
_RELATIVE_WIDTH = 5 / 32


def _check_map(heat: ArrayLike, name: str) -> np.ndarray:
    heat = np.asarray(heat, dtype=np.float64)
    if heat.ndim != 2 or not heat.size:
        raise ValueError(
            f"{name} has shape {heat.shape}, expected (height, width): average over "
            "channels first."
        )
    if not np.isfinite(heat).all():
        raise ValueError(
            f"{name} has {np.sum(~np.isfinite(heat))} values that are NaN or infinite, "
            "which no superpixel can average: replace them, such as by 0."
        )
    return heat


def _check_segments(segments: ArrayLike) -> np.ndarray:
    segments = np.asarray(segments)
    if segments.ndim != 2 or not segments.size or segments.dtype.kind not in "iu":
        raise ValueError(
            f"segments has shape {segments.shape} and type {segments.dtype}, expected "
            "integer labels of pixels, of shape (height, width)."
        )
    return segments


def resize_map(heat: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Resize a map by linear interpolation between the centers of its pixels.

    Parameters
    ----------
    heat : ndarray of shape (h, w)
        Map of any resolution.
    shape : tuple of int
        Wanted (height, width).

    Returns
    -------
    resized : ndarray of shape (height, width)
        Smoothed first where it shrinks, so that every pixel of `heat` counts.
    """
    if heat.shape == shape:
        return heat
    # Half a second to import, and most maps have the size of their image.
    from skimage.transform import resize

    shrinks = any(old > new for old, new in zip(heat.shape, shape, strict=True))
    return resize(heat, shape, order=1, mode="edge", anti_aliasing=shrinks)


def mean_by_segment(heat: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Average a map over each superpixel.

    Parameters
    ----------
    heat : ndarray of shape (height, width)
        Map in the resolution of `segments`.
    segments : ndarray of int of shape (height, width)
        Labels of the superpixels.

    Returns
    -------
    means : ndarray of shape (n_segments,)
        In ascending order of labels.
    """
    _, where = np.unique(segments.ravel(), return_inverse=True)
    return np.bincount(where, weights=heat.ravel()) / np.bincount(where)


def _scaled_prior(
    means: np.ndarray, name: str, precision: Any, scale: float | str
) -> Prior:
    size = np.abs(means).max()
    # Means of one constant differ by rounding.
    if np.ptp(means) <= 1e-12 * size:
        raise ValueError(
            f"The mean of {name} is {means[0]:g} for every one of the {len(means)} "
            "superpixels, which says nothing of their differences: check the map, or "
            "leave the prior out."
        )
    return Prior(means / size, precision=precision, scale=scale)


def prior_from_heatmap(
    heatmap: ArrayLike,
    segments: ArrayLike,
    *,
    precision: ArrayLike | None = None,
    scale: float | str = "fit",
) -> Prior:
    r"""Make a prior of superpixels from a heat map, such as one of Grad-CAM.

    Parameters
    ----------
    heatmap : array-like of shape (h, w)
        Signed importance in any unit and any resolution: resized to the image's by
        linear interpolation, with smoothing where it shrinks.
    segments : array-like of int of shape (height, width)
        Superpixels of the explained image, as its segmenter gives them.
    precision : None, float or array-like, default=None
        Trust in these weights, see `Prior`; None learns it from the answers.
    scale : float or "fit", default="fit"
        Factor on the weights; "fit" learns it, since heat maps have no units.

    Returns
    -------
    prior : Prior
        Of one weight per superpixel, in ascending order of labels:
        :math:`\mu_i = \bar h_i / \max_j |\bar h_j|` for means :math:`\bar h_i` of the
        map, since their unit is free and weights near 1 are good for arithmetic.

    Raises
    ------
    ValueError
        If the map has NaN, or is the same for all superpixels.

    Notes
    -----
    BayLIME takes the same means of the signed map, but resizes it by cubic splines that
    pin its corner pixels to the image's corners, which moves the map by up to half of
    one of its pixels.

    References
    ----------
    .. [1] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161.

    Examples
    --------
    >>> from sklearn_baylime.priors import prior_from_heatmap
    >>> segments = [[0, 0, 1, 1], [0, 0, 2, 2]]
    >>> prior = prior_from_heatmap([[0, 1, 4, 4], [2, 1, -2, -2]], segments)
    >>> prior.mean
    array([ 0.25,  1.  , -0.5 ])
    """
    segments = _check_segments(segments)
    heat = resize_map(_check_map(heatmap, "heatmap"), segments.shape)
    means = mean_by_segment(heat, segments)
    return _scaled_prior(means, "heatmap", precision, scale)


def prior_from_mask(
    mask: ArrayLike,
    segments: ArrayLike,
    *,
    width: float | None = None,
    precision: ArrayLike | None = None,
    scale: float | str = "fit",
) -> Prior:
    r"""Make a prior of superpixels from a mask, such as one of Neural Cleanse.

    Superpixels near the mask get weight too, since such masks are often a little
    beside what they look for.

    Parameters
    ----------
    mask : array-like of shape (h, w)
        Boolean, or how much each pixel is masked; not negative. Resized as heat maps.
    segments : array-like of int of shape (height, width)
        Superpixels of the explained image, as its segmenter gives them.
    width : float or None, default=None
        Width of the radial basis functions in pixels of `segments`; 0 leaves the mask
        as it is. None takes 5/32 of the root of the image's area.
    precision : None, float or array-like, default=None
        Trust in these weights, see `Prior`; None learns it from the answers.
    scale : float or "fit", default="fit"
        Factor on the weights; "fit" learns it, since masks have no units.

    Returns
    -------
    prior : Prior
        Of one weight per superpixel, in ascending order of labels.

    Raises
    ------
    ValueError
        If the mask is empty, negative somewhere, or the same for all superpixels.

    Notes
    -----
    With pixels q of value m(q), the weight of superpixel S is

    .. math:: \mu_S \propto \frac{1}{|S|} \sum_{p \in S} \sum_q m(q)
        \exp(-\|p - q\|^2 / \text{width}^2),

    scaled to a largest weight of 1. BayLIME has the same radial basis functions, but
    interpolates: it solves for their factors so that the sum is 1 on every pixel that
    is not 0. For neighboring pixels those equations are close to singular; they make
    a single stray pixel count as much as a cluster, and a faint one as much as a
    bright one. Here the mask itself has the factors.

    References
    ----------
    .. [1] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161.
    .. [2] B. Wang et al. (2019). Neural Cleanse: Identifying and mitigating backdoor
       attacks in neural networks. IEEE S&P.

    Examples
    --------
    >>> from sklearn_baylime.priors import prior_from_mask
    >>> segments = [[0, 0, 1, 1, 2, 2]]
    >>> prior_from_mask([[1, 1, 0, 0, 0, 0]], segments, width=2.0).mean.round(2)
    array([1.  , 0.46, 0.04])
    """
    segments = _check_segments(segments)
    soft = _check_map(mask, "mask")
    if soft.min() < 0 or not soft.any():
        raise ValueError(
            f"mask has values from {soft.min():g} to {soft.max():g}, expected none "
            "below 0 and some above; signed maps are for `prior_from_heatmap`."
        )
    if width is None:
        width = _RELATIVE_WIDTH * np.sqrt(segments.size)
    if not 0 <= width < np.inf:
        raise ValueError(f"width is {width}, expected a number of pixels, at least 0.")
    # The sum factors into rows and columns. Beyond the image nothing is masked.
    smooth = gaussian_filter(
        resize_map(soft, segments.shape), width / 2**0.5, mode="constant", truncate=6.0
    )
    return _scaled_prior(mean_by_segment(smooth, segments), "mask", precision, scale)
