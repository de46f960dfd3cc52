"""Means of absolute values that are known up to noise, without what the noise adds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

# Places where the distribution of the true values may have mass, and steps towards its
# likeliest form; neither changes a mean of absolute values by more than noise does.
_N_PLACES = 121
_N_STEPS = 300

# Places and masses of values of one size.
_ALIKE = (np.array([1.0]), np.array([1.0]))


@dataclass(frozen=True)
class FoldedMean:
    r"""Mean absolute value behind noisy values, of one column.

    Attributes
    ----------
    values : ndarray of shape (n,)
        Unbiased estimates.
    noise : ndarray of shape (n,)
        Their standard deviations.

    Notes
    -----
    See `~sklearn_baylime.explanation.summarize`.
    """

    values: np.ndarray
    noise: np.ndarray

    @cached_property
    def shape(self) -> tuple[np.ndarray, np.ndarray]:
        """Places and masses of the true values' distribution, scaled to E|v| = 1."""
        places = spread_places(self.values)
        masses = fit_masses(self.values, self.noise, places)
        size = masses @ np.abs(places)
        if size <= 1e-3 * self.noise.mean():
            # Nothing but noise is seen, which says nothing of what it hides.
            return _ALIKE
        return places / size, masses

    def expect(self, size: float, *, alike: bool = False) -> float:
        """Return the mean absolute estimate where that of the true values is `size`.

        With `alike` all true values have that size, which makes it the least there is.
        """
        places, masses = _ALIKE if alike else self.shape
        folded = fold(size * places[:, None], self.noise).mean(axis=1)
        return float(masses @ folded)

    def debias(self, plain: float, *, alike: bool = False) -> float:
        """Return which size has this mean absolute estimate; below 0 if none has.

        Below what noise alone makes, it is the difference from that. With `alike` it is
        the largest size that may have it.
        """
        nothing = self.expect(0.0)
        if plain <= nothing or not self.noise.any():
            return plain - nothing
        # Folding adds to every size, if only roundings where there is next to no noise.
        highest = plain * (1 + 1e-9)
        return float(
            brentq(lambda m: self.expect(m, alike=alike) - plain, 0.0, highest)
        )


def spread_places(values: np.ndarray) -> np.ndarray:
    """Return a grid from the least to the largest value, 0 among its places."""
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    return np.unique(np.append(np.linspace(low, high, _N_PLACES), 0.0))


def fit_masses(values: np.ndarray, noise: np.ndarray, places: np.ndarray) -> np.ndarray:
    r"""Return the likeliest distribution on a grid behind noisy values.

    Parameters
    ----------
    values, noise : ndarray of shape (n,)
        Normal values and their standard deviations.
    places : ndarray of shape (m,)
        Where there may be mass, in ascending order.

    Returns
    -------
    masses : ndarray of shape (m,)
        They sum to 1.

    Notes
    -----
    Maximum likelihood without a parametric form [1]_, by expectation and maximization
    from even masses.

    References
    ----------
    .. [1] J. Kiefer and J. Wolfowitz (1956). Consistency of the maximum likelihood
       estimator in the presence of infinitely many incidental parameters. Annals of
       Mathematical Statistics, 27, 887-906.
    """
    masses = np.full(len(places), 1.0 / len(places))
    if len(places) == 1:
        return masses
    # Values without noise belong to the nearest places.
    width = np.maximum(noise, 0.5 * np.diff(places).max())
    log = -0.5 * ((values[:, None] - places) / width[:, None]) ** 2
    likelihood = np.exp(log - log.max(axis=1, keepdims=True))
    for _ in range(_N_STEPS):
        masses = masses * ((1.0 / (likelihood @ masses)) @ likelihood) / len(values)
    return masses


def fold(size: np.ndarray, noise: np.ndarray) -> np.ndarray:
    r"""Return the mean of :math:`|N(v, s^2)|`.

    >>> fold(np.array([0.0, 1.0, 3.0]), np.array([1.0, 0.0, 0.1])).round(3)
    array([0.798, 1.   , 3.   ])
    """
    size, noise = np.broadcast_arrays(np.abs(size), noise)
    with np.errstate(over="ignore"):
        z = np.divide(size, noise, out=np.full(size.shape, 40.0), where=noise > 0)
    # Nothing is left of the gain at 40, and squares of certain values' z overflow.
    z = np.minimum(z, 40.0)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    # Far out the difference of two tiny numbers may round below 0.
    return size + 2 * noise * np.maximum(density - z * ndtr(-z), 0.0)
