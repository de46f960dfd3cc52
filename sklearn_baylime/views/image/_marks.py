"""How segments are marked: tints by weight over a faded image, and their outlines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.views._style import (
    SIGN_COLORS,
    STD_COLOR,
    certainties,
    say_sign,
    to_rgb,
)

# Between these the weakest tint is seen, and the strongest leaves the image visible.
_FAINTEST, _STRONGEST = 0.2, 0.72
_DEEPEST = 0.8

# Black becomes the first grey, white the second: light enough for both colors.
_DARK, _LIGHT = 112.0, 244.0


def fade(image: np.ndarray) -> np.ndarray:
    """Return an image of uint8 of shape (H, W, 3) in light greys, as floats."""
    grey = image.astype(np.float64) @ (0.299, 0.587, 0.114)
    faded = _DARK + (_LIGHT - _DARK) * grey / 255
    return np.repeat(faded[..., np.newaxis], 3, axis=2)


def tint(
    image: np.ndarray,
    segments: Any,
    coef: Any,
    shown: Iterable[int],
    limit: float,
    sign_probability: ArrayLike = np.nan,
    sign_colors: Mapping[str, str] = SIGN_COLORS,
) -> np.ndarray:
    """Return the faded image with the shown segments in the colors of their weights.

    Parameters
    ----------
    image : ndarray of uint8 of shape (H, W, 3)
    segments : ndarray of int of shape (H, W)
    coef : ndarray of shape (d,)
        Weights.
    shown : sequence of int
        Segments that are tinted.
    limit : float
        Weight of the strongest tint.
    sign_probability : float or ndarray of shape (d,), default=nan
        What is less certain is paler.
    sign_colors : dict, default=SIGN_COLORS

    Returns
    -------
    tinted : ndarray of uint8 of shape (H, W, 3)
    """
    colors, alphas = np.zeros((len(coef), 3)), np.zeros((len(coef), 1))
    kept = np.broadcast_to(certainties(sign_probability), len(coef))
    for j in shown:
        colors[j], opacity = mix_of(coef[j], limit, sign_colors)
        alphas[j] = kept[j] * opacity
    base, alpha = fade(image), alphas[segments]
    return np.rint((1 - alpha) * base + alpha * colors[segments]).astype(np.uint8)


def mix_of(
    weight: float, limit: float, sign_colors: Mapping[str, str] = SIGN_COLORS
) -> tuple[tuple[int, int, int], float]:
    """Return the color of a weight, and its opacity."""
    if weight == 0:
        return (0, 0, 0), 0.0
    strength = min(abs(weight) / max(limit, np.finfo(float).tiny), 1.0)
    opacity = _FAINTEST + (_STRONGEST - _FAINTEST) * strength
    return to_rgb(sign_colors[say_sign(weight)]), opacity


def shade(
    image: np.ndarray, segments: np.ndarray, ratios: ArrayLike, limit: float
) -> np.ndarray:
    """Return the faded image, each segment in one color by what is 0 or larger.

    Parameters
    ----------
    image : ndarray of uint8 of shape (H, W, 3)
    segments : ndarray of int of shape (H, W)
    ratios : array-like of shape (d,)
        Such as weights by their standard deviations; NaN leaves the image as it is.
    limit : float
        From here on the color is as strong as it gets.

    Returns
    -------
    shaded : ndarray of uint8 of shape (H, W, 3)
    """
    alpha = _shade_opacity(ratios, limit)[segments][..., np.newaxis]
    color = np.array(to_rgb(STD_COLOR))
    return np.rint((1 - alpha) * fade(image) + alpha * color).astype(np.uint8)


def shade_colors(limit: float, n: int = 255) -> np.ndarray:
    """Return the shades from 0 to the limit on the middle grey."""
    alpha = _shade_opacity(np.linspace(0, limit, n), limit)[:, np.newaxis]
    return ((1 - alpha) * _middle() + alpha * np.array(to_rgb(STD_COLOR))) / 255


def _shade_opacity(ratios: ArrayLike, limit: float) -> np.ndarray:
    strength = np.nan_to_num(np.asarray(ratios, float) / limit, nan=0.0, posinf=1.0)
    return _DEEPEST * np.clip(strength, 0.0, 1.0)


def _middle() -> float:
    """Return the grey of a faded image on average."""
    return (_DARK + 2 * _LIGHT) / 3


def scale_colors(
    limit: float, n: int = 255, sign_colors: Mapping[str, str] = SIGN_COLORS
) -> np.ndarray:
    """Return the tints of weights from minus to plus the limit on the middle grey."""
    weights = np.linspace(-limit, limit, n)
    mixes = [mix_of(weight, limit, sign_colors) for weight in weights]
    return np.array([(1 - a) * _middle() + a * np.array(c) for c, a in mixes]) / 255


def trace(segments: np.ndarray, label: int) -> list[np.ndarray]:
    """Return the closed outlines of a segment, along the edges of its pixels.

    Parameters
    ----------
    segments : ndarray of int of shape (H, W)
    label : int
        The segment.

    Returns
    -------
    outlines : list of ndarray of int of shape (n_corners, 2)
        Corners (x, y) in pixels from the top left corner of the image, of each part and
        hole; the last is joined to the first.
    """
    rows, columns = np.nonzero(segments == label)
    if not len(rows):
        return []
    top, left = rows.min() - 1, columns.min() - 1
    inside = np.zeros((rows.max() - top + 2, columns.max() - left + 2), dtype=bool)
    inside[rows - top, columns - left] = True
    ways = _find_edges(inside)
    outlines = []
    while ways:
        outlines.append(_keep_corners(_walk(ways)) + (left, top))
    return outlines


def _find_edges(inside: np.ndarray) -> Any:
    """Return where each corner of a pixel leads to, the segment always at one hand."""
    ways = defaultdict(list)
    for (dy, dx), (start, end) in {
        (-1, 0): ((0, 0), (1, 0)),
        (0, 1): ((1, 0), (1, 1)),
        (1, 0): ((1, 1), (0, 1)),
        (0, -1): ((0, 1), (0, 0)),
    }.items():
        outside = ~np.roll(inside, (-dy, -dx), axis=(0, 1))
        for y, x in np.argwhere(inside & outside).tolist():
            ways[x + start[0], y + start[1]].append((x + end[0], y + end[1]))
    return ways


def _walk(ways: Any) -> np.ndarray:
    """Take one closed way out of the edges."""
    first = here = next(iter(ways))
    passed = []
    while True:
        passed.append(here)
        ends = ways[here]
        there = ends.pop()
        if not ends:
            del ways[here]
        here = there
        if here == first:
            return np.array(passed)


def _keep_corners(points: Any) -> np.ndarray:
    """Leave out the points between which a line goes straight on."""
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, 0) - points
    return points[(before != after).any(axis=1)]
