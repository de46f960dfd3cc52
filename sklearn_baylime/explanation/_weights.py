"""Arithmetic of weights and their uncertainty, on arrays of numbers alone.

``T`` targets, ``d`` features, of which ``k`` are selected for a target; a block is the
covariance of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from sklearn_baylime.linear_model import FactoredCovariance, StudentMixture
from sklearn_baylime.linear_model._student_t import variance_factor

# Probabilities at which the quantiles of a marginal are taken, on the normal scale;
# between these, and beyond, they are nearly straight on it.
_DEVIATES = np.linspace(-4.0, 4.0, 161)


def normal_quantile(level: float) -> float:
    """Return the half width, in standard deviations, of an interval of a probability.

    >>> round(normal_quantile(0.95), 2)
    1.96
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}, expected a number between 0 and 1.")
    return float(ndtri(0.5 + 0.5 * level))


def spread_block(block: Any, selected: np.ndarray) -> np.ndarray:
    """Return the covariance of all features, NaN for those not selected."""
    full = np.full((len(selected), len(selected)), np.nan)
    full[np.ix_(selected, selected)] = np.asarray(block)
    return full


def spread_selected(values: np.ndarray, selected: np.ndarray) -> np.ndarray:
    """Return the last axis for all features, NaN for those not selected."""
    full = np.full((*np.shape(values)[:-1], len(selected)), np.nan)
    full[..., selected] = values
    return full


def deviations(blocks: Sequence[Any], selected: np.ndarray) -> np.ndarray:
    """Return standard deviations, (T, d)."""
    pairs = zip(blocks, selected, strict=True)
    # Rounding may leave a variance that is next to nothing below 0.
    return np.array(
        [spread_selected(np.sqrt(np.maximum(b.diagonal(), 0.0)), s) for b, s in pairs]
    )


def normal_interval(coef: np.ndarray, std: np.ndarray, level: float) -> np.ndarray:
    """Return lower and upper ends, (2, ...)."""
    half = normal_quantile(level) * std
    return np.stack([coef - half, coef + half])


def z_scores(coef: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Return how many standard deviations weights are from 0, not negative.

    Infinitely many where a weight is certain, but 0 for a weight of 0.
    """
    certain = np.where(coef == 0, 0.0, np.inf)
    z = np.divide(np.abs(coef), std, out=certain, where=std > 0)
    return np.where(np.isnan(std), np.nan, z)


def normal_sign_probability(
    coef: np.ndarray, std: np.ndarray, delta: float = 0.0
) -> np.ndarray:
    """Return the probability of the sign that weights of at least `delta` show."""
    if not delta:
        return ndtr(z_scores(coef, std))
    size = np.abs(coef)
    right = ndtr(z_scores(size - delta, std) * np.sign(size - delta))
    wrong = ndtr(-z_scores(size + delta, std))
    return share_of_right(right, wrong)


def sign_of_marginal(marginal: Any, coef: np.ndarray, delta: float) -> np.ndarray:
    """Return the same by a marginal that has `cdf`."""
    above, below = 1.0 - marginal.cdf(delta), marginal.cdf(-delta)
    is_negative = coef < 0
    return share_of_right(
        np.where(is_negative, below, above), np.where(is_negative, above, below)
    )


def share_of_right(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Return ``right / (right + wrong)``; even odds where neither has any."""
    total = right + wrong
    even = np.where(np.isnan(total), np.nan, 0.5)
    return np.divide(right, total, out=even, where=total > 0)


def normal_probability_within(
    coef: np.ndarray, std: np.ndarray, delta: float
) -> np.ndarray:
    """Return the probability that each weight is smaller than `delta` in size."""
    safe = np.where(std > 0, std, 1.0)
    within = ndtr((delta - coef) / safe) - ndtr((-delta - coef) / safe)
    within = np.where(std > 0, within, (np.abs(coef) < delta).astype(float))
    return np.where(np.isnan(std), np.nan, within)


def share_chosen(selected: np.ndarray) -> float:
    """Return the share of features that were selected; 1 if none were.

    >>> share_chosen(np.array([True, False, False, True]))
    0.5
    """
    return float(np.mean(selected)) if np.any(selected) else 1.0


def level_after_choice(level: float, share: float) -> float:
    r"""Return the level of intervals that holds after a choice of features.

    Parameters
    ----------
    level : float
        Wanted share of the chosen weights' intervals that hold theirs.
    share : float
        Features chosen, of all.

    Returns
    -------
    level : float
        :math:`1 - (1 - 	ext{level}) k / d` for k chosen of d.

    References
    ----------
    .. [1] Y. Benjamini and D. Yekutieli (2005). False discovery rate-adjusted multiple
       confidence intervals for selected parameters. Journal of the American
       Statistical Association, 100, 71-81.

    Examples
    --------
    >>> round(level_after_choice(0.95, 5 / 50), 3)
    0.995
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}, expected a number between 0 and 1.")
    return 1.0 - (1.0 - level) * share


def sign_after_choice(probability: np.ndarray, share: float) -> np.ndarray:
    """Return the probability of signs, whose errors a choice has made likelier.

    Errors times d / k, up to even odds; what has less than these is kept.

    >>> sign_after_choice(np.array([0.99, 0.8, 0.4]), 0.25).round(2)
    array([0.96, 0.5 , 0.4 ])
    """
    paid = np.maximum(1.0 - (1.0 - probability) / share, 0.5)
    return np.minimum(probability, paid)


def within_after_choice(probability: np.ndarray, share: float) -> np.ndarray:
    """Return the probability that weights are small, which a choice has made large.

    Times d / k, up to even odds; what has more than these is kept.

    >>> within_after_choice(np.array([0.01, 0.3, 0.7]), 0.25).round(2)
    array([0.04, 0.5 , 0.7 ])
    """
    return np.maximum(probability, np.minimum(probability / share, 0.5))


def least_shrunk(marginal: Any) -> np.ndarray | None:
    """Return centers and deviations of a mixture's components farthest from 0, (2, k).

    Components differ by how far they are shrunk towards 0, from wherever the rows alone
    put a weight. None for marginals that are no such mixtures.
    """
    if not isinstance(marginal, StudentMixture):
        return None
    places = marginal.places
    farthest = np.abs(places).argmax(axis=0)[None]
    center = np.take_along_axis(places, farthest, axis=0)[0]
    scale = np.take_along_axis(marginal.scales, farthest, axis=0)[0]
    return np.stack([center, scale * np.sqrt(variance_factor(marginal.dof))])


def draw_weights(
    coef: np.ndarray,
    block: Any,
    n_draws: int,
    rng: np.random.RandomState,
    marginal: Any = None,
) -> np.ndarray:
    r"""Return joint draws of a target's selected weights, (n_draws, k).

    Of a marginal, by a Gaussian copula: with z normal with mean 0 and the correlations
    of the block, each weight is :math:`F_j^{-1}(\Phi(z_j))`. Without one, or without
    `quantile`, :math:`F_j` is normal.
    """
    if isinstance(block, FactoredCovariance):
        draws = block.draw(n_draws, rng)
    else:
        values, vectors = np.linalg.eigh(block)
        spread = vectors * np.sqrt(np.maximum(values, 0.0))
        draws = rng.standard_normal((n_draws, len(coef))) @ spread.T
    if marginal is None or not hasattr(marginal, "quantile"):
        return coef + draws
    std = np.sqrt(block.diagonal())
    deviates = draws / np.where(std > 0, std, 1.0)
    return _through_quantiles(deviates, marginal)


def _through_quantiles(deviates: np.ndarray, marginal: StudentMixture) -> np.ndarray:
    """Return the marginal's values at normal deviates, between those of a grid."""
    grid = np.asarray(marginal.quantile(ndtr(_DEVIATES)), dtype=float)
    inside = np.clip(deviates, _DEVIATES[0], _DEVIATES[-1])
    columns = [
        np.interp(z, _DEVIATES, q) for z, q in zip(inside.T, grid.T, strict=True)
    ]
    return np.stack(columns, axis=1) if columns else inside


def count_ranks(draws: np.ndarray) -> np.ndarray:
    """Return how often each weight has each rank by its size, (k, k): [j, r]."""
    order = np.argsort(-np.abs(draws), axis=1, kind="stable")
    k = draws.shape[1]
    counts = np.zeros((k, k))
    for rank in range(k):
        counts[:, rank] = np.bincount(order[:, rank], minlength=k)
    return counts


def count_strongest(draws: np.ndarray, most: int) -> np.ndarray:
    """Return how often each weight is among the strongest, (k,)."""
    k = draws.shape[1]
    if most >= k:
        return np.full(k, float(len(draws)))
    strongest = np.argpartition(-np.abs(draws), most - 1, axis=1)[:, :most]
    return np.bincount(strongest.ravel(), minlength=k).astype(float)


def rows_needed(n_rows: int, half: np.ndarray, half_width: float) -> np.ndarray:
    """Return how many rows bring intervals of a half width to another one."""
    return np.ceil(n_rows * (half / half_width) ** 2)


def order_by_size(coef: np.ndarray, selected: np.ndarray) -> np.ndarray:
    """Return the selected features, the strongest first, equals as they come."""
    order = np.argsort(-np.abs(coef), kind="stable")
    return order[selected[order]]
