"""How well an explanation finds a region that is known to matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.ndimage import distance_transform_edt


def _check_masks(mask: ArrayLike, truth: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    mask, truth = np.asarray(mask), np.asarray(truth)
    if mask.ndim != 2 or mask.shape != truth.shape or not mask.size:
        raise ValueError(
            f"mask and truth have shapes {mask.shape} and {truth.shape}, expected the "
            "same (height, width)."
        )
    for name, values in (("mask", mask), ("truth", truth)):
        # A heat map is almost nowhere exactly 0, so it must not pass for a mask.
        if not ((values == 0) | (values == 1)).all():
            raise ValueError(
                f"{name} has values from {values.min():g} to {values.max():g}, "
                "expected booleans, or zeros and ones: compare it with a threshold."
            )
    return mask.astype(bool), truth.astype(bool)


def intersection_over_union(mask: ArrayLike, truth: ArrayLike) -> float:
    r"""Return the overlap of an explanation and the region it should find.

    Parameters
    ----------
    mask : array-like of bool of shape (height, width)
        Pixels E of the explanation, such as those of its top positive superpixels.
    truth : array-like of bool of shape (height, width)
        Pixels G that matter, such as those of a backdoor's trigger.

    Returns
    -------
    overlap : float
        :math:`|E \cap G| / |E \cup G|`, from 0 for no common pixel to 1 for equal
        masks; two empty masks are equal.

    References
    ----------
    .. [1] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161.

    Examples
    --------
    >>> from sklearn_baylime.metrics import intersection_over_union
    >>> intersection_over_union([[1, 1, 0, 0]], [[0, 1, 1, 1]])
    0.25
    """
    mask, truth = _check_masks(mask, truth)
    union = np.sum(mask | truth)
    return float(np.sum(mask & truth) / union) if union else 1.0


def average_minimum_distance(mask: ArrayLike, truth: ArrayLike) -> float:
    r"""Return how far an explanation lies from the region it should find.

    Parameters
    ----------
    mask : array-like of bool of shape (height, width)
        Pixels E of the explanation, such as those of its top positive superpixels.
    truth : array-like of bool of shape (height, width)
        Pixels G that matter, such as those of a backdoor's trigger.

    Returns
    -------
    distance : float
        :math:`\frac{1}{|E|} \sum_{p \in E} \min_{q \in G} \|p - q\|` as a part of the
        image's diagonal :math:`\sqrt{(H - 1)^2 + (W - 1)^2}`: 0 if all of E lies
        inside G, at most 1.

    Raises
    ------
    ValueError
        If a mask is empty, since nothing has no distance.

    Notes
    -----
    Not symmetric, as in the paper: parts of G that E misses cost nothing, so read it
    beside `intersection_over_union`. The paper's equation takes centers of superpixels;
    its code, and so its Table 4, takes pixels as here, which also holds for superpixels
    of unequal size.

    References
    ----------
    .. [1] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161. Equation 14.

    Examples
    --------
    >>> from sklearn_baylime.metrics import average_minimum_distance
    >>> average_minimum_distance([[0, 1, 1, 0, 0]], [[0, 0, 0, 1, 1]])
    0.375
    """
    mask, truth = _check_masks(mask, truth)
    for name, region in (("mask", mask), ("truth", truth)):
        if not region.any():
            raise ValueError(
                f"{name} has no pixel, so it has no distance: leave this image out, or "
                "count it apart."
            )
    height, width = mask.shape
    # An image of one pixel has no diagonal, and distance 0.
    diagonal = np.hypot(height - 1, width - 1) or 1.0
    # Distance of each pixel to the nearest 0 of the array it gets.
    distance = distance_transform_edt(~truth)
    return float(distance[mask].mean() / diagonal)
