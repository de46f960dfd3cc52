"""Weights of segments, spread over the pixels of the image."""

from __future__ import annotations

from numbers import Integral

import numpy as np

_SIGNS = {"positive": (1,), "negative": (-1,), "both": (1, -1)}


def choose_segments(coef, sign_probability, k, sign, certain) -> np.ndarray:
    """Return the `k` strongest of the segments that have the sign, and are certain.

    Parameters
    ----------
    coef : ndarray of shape (d,)
        Weights; 0 for those not selected, which have no sign.
    sign_probability : ndarray of shape (d,)
        NaN where none is stated.
    k : int
        Most segments.
    sign : {"positive", "negative", "both"}
        Sign of the weights.
    certain : float or None
        Least probability of the sign.

    Returns
    -------
    chosen : ndarray of int of shape (at most k,)
        The strongest first.
    """
    if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:
        raise ValueError(f"k is {k!r}, expected an integer of 1 or more.")
    if sign not in _SIGNS:
        raise ValueError(f"sign is {sign!r}, expected one of {sorted(_SIGNS)}.")
    wanted = np.isin(np.sign(coef), _SIGNS[sign])
    if certain is not None:
        wanted &= _is_certain(sign_probability, certain)
    order = np.argsort(-np.abs(coef), kind="stable")
    return order[wanted[order]][:k]


def make_mask(segments, coef, chosen) -> np.ndarray:
    """Return the signs of the chosen segments for each pixel, 0 elsewhere."""
    signs = np.zeros(len(coef), dtype=np.int8)
    signs[chosen] = np.sign(coef[chosen])
    return signs[segments]


def spread(segments, values) -> np.ndarray:
    """Return for each pixel the value of its segment."""
    return np.asarray(values, dtype=np.float64)[segments]


def _is_certain(sign_probability, certain):
    if not 0.5 <= certain <= 1:
        raise ValueError(
            f"certain is {certain!r}, expected a probability from 0.5 to 1."
        )
    if np.isnan(sign_probability).all():
        raise ValueError(
            f"certain={certain!r} needs the probability of signs, which the regressor "
            "does not state: expected a Bayesian one, such as InformativeBayesianRidge."
        )
    # Comparisons with NaN, for segments not selected, are False.
    return sign_probability >= certain
