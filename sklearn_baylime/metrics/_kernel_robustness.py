"""How far an explanation depends on the kernel's width."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def kernel_robustness(widths: ArrayLike, coef: ArrayLike) -> float:
    r"""Return how fast weights change with the kernel's width.

    Parameters
    ----------
    widths : array-like of shape (n_pairs, 2)
        Widths of the kernel, drawn independently from the range of interest.
    coef : array-like of shape (n_pairs, 2, n_features)
        Weights of explanations of one instance at these widths.

    Returns
    -------
    ratio : float
        Median over pairs of :math:`\|h(l_1) - h(l_2)\|_2 / |l_1 - l_2|`, in units of
        the answer per unit of width; smaller is more robust. Without perturbations of
        their own (`neighborhood=`), explanations at nearly equal widths are nearly
        equal; with them, their noise makes single ratios large without bound, which is
        why it is the median.

    Raises
    ------
    ValueError
        If shapes do not fit, or two widths of a pair are the same.

    References
    ----------
    .. [1] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161. Definition 2 and equation 2.

    Examples
    --------
    >>> from sklearn_baylime.metrics import kernel_robustness
    >>> coef = [[[0, 0], [3, 4]], [[1, 1], [1, 3]]]
    >>> kernel_robustness([[0.5, 1.0], [2.0, 1.0]], coef)
    6.0
    """
    widths, coef = np.asarray(widths, float), np.asarray(coef, float)
    if widths.ndim != 2 or coef.ndim != 3 or coef.shape[:2] != widths.shape[:1] + (2,):
        raise ValueError(
            f"widths and coef have shapes {widths.shape} and {coef.shape}, expected "
            "(n_pairs, 2) and (n_pairs, 2, n_features)."
        )
    step = np.abs(widths[:, 0] - widths[:, -1])
    if not len(step) or not (step > 0).all():
        raise ValueError(
            f"widths has {len(step)} pairs of which {int((step == 0).sum())} have the "
            "same width twice, expected two different ones in each."
        )
    return float(np.median(np.linalg.norm(coef[:, 0] - coef[:, 1], axis=1) / step))
