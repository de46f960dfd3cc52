"""Weights of segments, spread over the pixels of the image."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._registry import require_view

_SIGNS = {"positive": (1,), "negative": (-1,), "both": (1, -1)}


def mask_image(
    explanation: Any, target: Any, k: int, sign: str, certain: float | None
) -> np.ndarray:
    """Return the signs of an image's strongest segments for each pixel, 0 elsewhere."""
    segments = require_view(explanation, "image", "A mask").segments
    t = explanation.position(target)
    coef = np.where(explanation.selected[t], explanation.coef[t], 0.0)
    probability = explanation.sign_probability()[t]
    return make_mask(
        segments, coef, choose_segments(coef, probability, k, sign, certain)
    )


def map_image(explanation: Any, values: ArrayLike, wish: str) -> np.ndarray:
    """Return for each pixel of an image the value of its segment."""
    return spread(require_view(explanation, "image", wish).segments, values)


def choose_segments(
    coef: np.ndarray,
    sign_probability: np.ndarray,
    k: int,
    sign: str,
    certain: float | None,
) -> np.ndarray:
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


def make_mask(segments: np.ndarray, coef: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the signs of the chosen segments for each pixel, 0 elsewhere."""
    signs = np.zeros(len(coef), dtype=np.int8)
    signs[chosen] = np.sign(coef[chosen])
    return signs[segments]


def spread(segments: np.ndarray, values: ArrayLike) -> np.ndarray:
    """Return for each pixel the value of its segment."""
    return np.asarray(values, dtype=np.float64)[segments]


def _is_certain(sign_probability: Any, certain: Any) -> bool:
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
