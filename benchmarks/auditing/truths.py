"""Weights of local models in the limit of infinitely many rows, by exact sums.

A mask keeps or removes d components. Its weight, probability times kernel, depends on
the number k of kept components alone, so that sums over all 2^d masks are sums over k.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from scipy.special import ndtr


@dataclass(frozen=True)
class Line:
    """The weighted least-squares line through all answers.

    Attributes
    ----------
    slopes : ndarray of shape (d,)
        In units of the answer per kept component.
    intercept : float
        Answer where no component is kept.
    r2 : float
        Share of the weighted variance of the answers that the line explains.
    spread : float
        Weighted standard deviation of the answers.
    """

    slopes: np.ndarray
    intercept: float
    r2: float
    spread: float


def mask_kernel(n_kept, d: int, width: float) -> np.ndarray:
    """Return the kernel of masks by their number of kept components.

    Parameters
    ----------
    n_kept : array-like of int
        Numbers of kept components, 0 to d.
    d : int
        Number of components.
    width : float
        Width in units of the cosine distance from the mask of ones.

    Returns
    -------
    weights : ndarray
        1 for the mask of ones.
    """
    distance = 1 - np.sqrt(np.asarray(n_kept) / d)
    return np.exp(-0.5 * (distance / width) ** 2)


def weights_by_count(d: int, width: float, law: str = "coins") -> np.ndarray:
    """Return the weight of one mask with k = 0, ..., d kept components.

    Parameters
    ----------
    d : int
        Number of components.
    width : float
        Width of the cosine kernel.
    law : {"coins", "subsets"}, default="coins"
        "coins" keeps each component with probability 1/2. "subsets" draws the number of
        removed components first, 1 to d, each equally likely.

    Returns
    -------
    weights : ndarray of shape (d + 1,)
        Weights of all masks sum to 1.
    """
    sizes = np.array([comb(d, k) for k in range(d + 1)], dtype=float)
    chance = np.full(d + 1, 0.5**d)
    if law == "subsets":
        chance = 1 / (d * sizes)
        chance[d] = 0.0
    weights = chance * mask_kernel(np.arange(d + 1), d, width)
    return weights / (weights @ sizes)


def sign_moments(weights: np.ndarray) -> np.ndarray:
    """Return the weighted mean of a product of m signs, m = 0, ..., d.

    The sign of a component is 1 where it is kept and -1 where it is removed. The sum of
    a product of m signs over all masks of k kept components is a Krawtchouk polynomial.

    Parameters
    ----------
    weights : ndarray of shape (d + 1,)
        Weight of one mask, by its number of kept components.

    Returns
    -------
    moments : ndarray of shape (d + 1,)
    """
    d = len(weights) - 1
    return np.array([_krawtchouk(m, d) @ weights for m in range(d + 1)])


def _krawtchouk(m: int, d: int) -> np.ndarray:
    sums = [
        sum(comb(m, i) * (-1) ** (m - i) * comb(d - m, k - i) for i in range(k + 1))
        for k in range(d + 1)
    ]
    return np.array(sums, dtype=float)


@dataclass(frozen=True)
class SignProducts:
    """A function of masks: a sum of products of signs, each with its coefficient.

    Parameters
    ----------
    d : int
        Number of components.
    terms : dict of frozenset of int to float
        Coefficient of each product, by the components it joins.
    """

    d: int
    terms: dict[frozenset[int], float]

    def __call__(self, masks) -> np.ndarray:
        """Return the answers (n,) to masks (n, d)."""
        signs = 2.0 * np.asarray(masks) - 1.0
        answers = np.zeros(len(signs))
        for order in {len(joined) for joined in self.terms}:
            chosen = [joined for joined in self.terms if len(joined) == order]
            columns = np.array([sorted(joined) for joined in chosen], dtype=int)
            products = signs[:, columns].prod(axis=2)
            answers += products @ [self.terms[joined] for joined in chosen]
        return answers

    def plus(self, other: SignProducts, factor: float = 1.0) -> SignProducts:
        """Return the sum with a multiple of another function."""
        terms = dict(self.terms)
        for joined, value in other.terms.items():
            terms[joined] = terms.get(joined, 0.0) + factor * value
        return SignProducts(self.d, terms)


def linear(slopes: np.ndarray, intercept: float = 0.0) -> SignProducts:
    """Return a linear function of masks, with slopes per kept component."""
    terms = {frozenset([j]): slope / 2 for j, slope in enumerate(slopes.tolist())}
    constant = frozenset[int]()
    return SignProducts(len(slopes), terms | {constant: intercept + slopes.sum() / 2.0})


def conjunction(d: int, joined: Sequence[int]) -> SignProducts:
    """Return the function that is 1 where all these components are kept, else 0."""
    terms = {frozenset[int](): 1.0}
    for j in joined:
        terms |= {part | {j}: value for part, value in terms.items()}
    return SignProducts(d, {part: 0.5 ** len(joined) for part in terms})


def line_of_products(function: SignProducts, weights: np.ndarray) -> Line:
    """Return the line through a sum of products of signs.

    Parameters
    ----------
    function : SignProducts
        The function.
    weights : ndarray of shape (d + 1,)
        Weight of one mask, by its number of kept components.

    Returns
    -------
    line : Line
    """
    moments = sign_moments(weights)
    values = np.array(list(function.terms.values()))
    sets = list(function.terms)
    mean = values @ moments[[len(joined) for joined in sets]]
    cross = np.array(
        [values @ moments[[len(s ^ {j}) for s in sets]] for j in range(function.d)]
    )
    squares = np.array([[moments[len(a ^ b)] for b in sets] for a in sets])
    # In signs; a kept component is two units of its sign.
    covariance = cross - mean * moments[1]
    variance = values @ squares @ values - mean**2
    slopes = _solve_exchangeable(1 - moments[1] ** 2, moments[2] - moments[1] ** 2)(
        covariance
    )
    return Line(
        2 * slopes,
        float(mean - slopes.sum() * (1 + moments[1])),
        float(slopes @ covariance / variance),
        float(np.sqrt(variance)),
    )


def line_of_scores(
    function: Callable, scores: Sequence[int], weights: np.ndarray
) -> Line:
    """Return the line through a function of an integer score of the kept components.

    Masks are counted by score and number of kept components, one component at a time.

    Parameters
    ----------
    function : callable
        From scores, of any shape, to answers.
    scores : sequence of int of length d
        Score of each component; a mask has the sum over those it keeps.
    weights : ndarray of shape (d + 1,)
        Weight of one mask, by its number of kept components.

    Returns
    -------
    line : Line
    """
    d = len(scores)
    totals, counts = _count_scores(scores)
    mass = counts * weights
    answers = function(totals)[:, None]
    mean, square = (mass * answers).sum(), (mass * answers**2).sum()
    kept, both = _kept_moments(weights)
    cross = np.empty(d)
    for j, score in enumerate(scores):
        totals, counts = _count_scores([*scores[:j], *scores[j + 1 :]])
        answers = function(totals + score)[:, None]
        cross[j] = (counts * weights[1:] * answers).sum()
    covariance, variance = cross - mean * kept, square - mean**2
    slopes = _solve_exchangeable(kept - kept**2, both - kept**2)(covariance)
    return Line(
        slopes,
        float(mean - kept * slopes.sum()),
        float(slopes @ covariance / variance),
        float(np.sqrt(variance)),
    )


def line_by_enumeration(function: Callable, d: int, weights: np.ndarray) -> Line:
    """Return the line through the answers to all 2^d masks.

    Parameters
    ----------
    function : callable
        From masks (n, d) to answers (n,).
    d : int
        Number of components, small.
    weights : ndarray of shape (d + 1,)
        Weight of one mask, by its number of kept components.

    Returns
    -------
    line : Line
    """
    masks = (np.arange(2**d)[:, None] >> np.arange(d)) & 1
    return line_of_rows(masks, function(masks), weights[masks.sum(axis=1)])


def line_of_rows(rows, answers, weights) -> Line:
    """Return the weighted least-squares line through rows.

    Parameters
    ----------
    rows : array-like of shape (n, d)
        Rows of the local model.
    answers : array-like of shape (n,)
        Answers.
    weights : array-like of shape (n,)
        Weights, not all 0.

    Returns
    -------
    line : Line
    """
    shares = np.asarray(weights) / np.sum(weights)
    center, mean = shares @ np.asarray(rows), shares @ np.asarray(answers)
    root = np.sqrt(shares)
    centered, rest = (rows - center) * root[:, None], (answers - mean) * root
    slopes = np.linalg.lstsq(centered, rest, rcond=None)[0]
    variance = rest @ rest
    unexplained = ((rest - centered @ slopes) ** 2).sum()
    return Line(
        slopes,
        float(mean - center @ slopes),
        float(1 - unexplained / variance),
        float(np.sqrt(variance)),
    )


def _count_scores(scores) -> tuple[np.ndarray, np.ndarray]:
    """Return all scores, and how many masks have each, by kept components."""
    low = sum(score for score in scores if score < 0)
    high = sum(score for score in scores if score > 0)
    counts = np.zeros((high - low + 1, len(scores) + 1))
    counts[-low, 0] = 1
    for score in scores:
        # Nothing is rolled around the ends, which the extreme scores fill exactly.
        counts[:, 1:] += np.roll(counts[:, :-1], score, axis=0)
    return np.arange(low, high + 1), counts


def _kept_moments(weights: np.ndarray) -> tuple[float, float]:
    """Return the weighted share of masks that keep one, and two given components."""
    d = len(weights) - 1
    one = [comb(d - 1, k - 1) for k in range(1, d + 1)]
    two = [comb(d - 2, k - 2) for k in range(2, d + 1)]
    return float(np.array(one) @ weights[1:]), float(np.array(two) @ weights[2:])


def _solve_exchangeable(variance: float, covariance: float) -> Callable:
    """Return the inverse of a matrix with one diagonal and one other value."""

    def solve(right):
        d, rest = len(right), variance - covariance
        return (right - covariance * right.sum() / (rest + d * covariance)) / rest

    return solve


@dataclass(frozen=True)
class Ridge1D:
    """A function of one direction of standardized columns, with its mean slope.

    Parameters
    ----------
    kind : {"probit", "step", "sine"}
        Shape along the direction.
    direction : ndarray of shape (d,)
        The direction, whose length is the steepness.
    """

    kind: str
    direction: np.ndarray

    def __call__(self, rows) -> np.ndarray:
        """Return the answers (n,) to rows (n, d)."""
        return self.along(np.asarray(rows) @ self.direction)

    def along(self, position):
        """Return the answers by the position along the direction."""
        if self.kind == "probit":
            return ndtr(position)
        if self.kind == "step":
            return (position > 0.3) * 1.0
        return np.sin(position)

    def slope(self, mean: float, variance: float) -> float:
        """Return the mean slope where the position is normal."""
        if self.kind == "probit":
            return _density(mean, 1 + variance)
        if self.kind == "step":
            return _density(0.3 - mean, variance)
        return float(np.cos(mean) * np.exp(-variance / 2))


def line_of_normals(function: Ridge1D, x: np.ndarray, width: float) -> Line:
    """Return the line under standard normal rows and a kernel around an instance.

    The weighted law is normal again, with variance s2 = width^2 / (1 + width^2) and
    mean s2 x / width^2. By Stein's lemma its least-squares slopes are the means of the
    gradient.

    Parameters
    ----------
    function : Ridge1D
        The function.
    x : ndarray of shape (d,)
        The instance.
    width : float
        Width of the Euclidean kernel.

    Returns
    -------
    line : Line
    """
    s2 = width**2 / (1 + width**2)
    center = x * s2 / width**2
    mean = float(function.direction @ center)
    variance = float(s2 * function.direction @ function.direction)
    slope = function.slope(mean, variance)
    answer, square = _normal_means(function.along, mean, variance)
    slopes = slope * function.direction
    spread2 = square - answer**2
    return Line(
        slopes,
        float(answer - slopes @ center),
        float(slope**2 * variance / spread2),
        float(np.sqrt(spread2)),
    )


def _density(distance: float, variance: float) -> float:
    return float(np.exp(-0.5 * distance**2 / variance) / np.sqrt(2 * np.pi * variance))


def _normal_means(function, mean: float, variance: float) -> tuple[float, float]:
    """Return the mean of a function and of its square; fine enough for a step."""
    positions = np.linspace(-9, 9, 200_001)
    density = np.exp(-0.5 * positions**2)
    density /= density.sum()
    answers = function(mean + np.sqrt(variance) * positions)
    return float(density @ answers), float(density @ answers**2)
