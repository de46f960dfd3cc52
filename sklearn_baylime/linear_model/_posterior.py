"""Posterior of the coefficients, kept in factors until it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, special
from sklearn.utils import gen_batches

from sklearn_baylime.linear_model._evidence import Terms
from sklearn_baylime.linear_model._moments import Rows, Spectrum

# Rows taken at once: few enough to stay in the cache, and no second copy of all of them.
_PART = 512


@dataclass(frozen=True)
class Posterior:
    """Factors of one target's Gaussian posterior.

    Attributes
    ----------
    spectrum : Spectrum
    prior_precision : ndarray or None
        ``R.T @ R``: None for the identity, (d,) for a diagonal, (d, d) for a matrix.
    alpha, lambda_ : float
        Precisions of noise and prior.
    scale_column : ndarray of shape (n_features,) or None
        Change of the coefficients by one unit of a fitted prior scale.
    scale_variance : float
        Posterior variance of that scale.
    misfit : ndarray of shape (rank, rank) or None
        Sum of the squared leave-one-out residuals, each times its scores' outer
        product; None for the plain posterior.
    """

    spectrum: Spectrum
    prior_precision: np.ndarray | None
    alpha: float
    lambda_: float
    scale_column: np.ndarray | None = None
    scale_variance: float = 0.0
    misfit: np.ndarray | None = None

    @property
    def precisions(self) -> np.ndarray:
        """Posterior precisions along the components."""
        return self.lambda_ + self.alpha * self.spectrum.eigenvalues

    def covariance(self) -> np.ndarray:
        """Return the covariance of the coefficients, (n_features, n_features).

        With a misfit it is ``V @ (alpha^2 M + Lambda_0) @ V``, where ``V`` is the plain
        covariance and ``M`` the misfit; since ``inv(V) = alpha G + Lambda_0``, that is
        ``V + V @ (alpha^2 M - alpha G) @ V``, which needs only the rows' own span.
        """
        components = self.spectrum.components
        covariance = (components / self.precisions) @ components.T
        covariance += self._null_space()
        factor = components / self.precisions
        if self.scale_column is not None:
            column = self.scale_column
            covariance += self.scale_variance * np.outer(column, column)
            overlap = column @ self.spectrum.duals
            factor = factor + self.scale_variance * np.outer(column, overlap)
        if self.misfit is not None:
            excess = self.alpha**2 * self.misfit
            excess -= np.diag(self.alpha * self.spectrum.eigenvalues)
            covariance += factor @ excess @ factor.T
        return covariance

    def _null_space(self):
        """Prior covariance of what the rows leave unseen."""
        components = self.spectrum.components
        n_features, rank = components.shape
        if rank == n_features:
            return 0.0
        return (
            inverse(self.prior_precision, n_features) - components @ components.T
        ) / (self.lambda_)

    def prior_share(self) -> np.ndarray:
        """Return the prior's part of each coefficient, the diagonal of ``V @ L0``."""
        spectrum = self.spectrum
        learned = self.alpha * spectrum.eigenvalues / self.precisions
        return 1.0 - (spectrum.components * spectrum.duals) @ learned


def inverse(precision: np.ndarray | None, n_features: int) -> np.ndarray:
    """Invert a precision that is None (identity), a diagonal or a matrix."""
    if precision is None:
        return np.eye(n_features)
    if precision.ndim == 1:
        return np.diag(1.0 / precision)
    return linalg.inv(precision)


def leave_one_out(rows: Rows, posteriors: list[Posterior], coef: np.ndarray):
    """Sum up the leave-one-out residuals at fixed precisions, in parts of the rows.

    The residual is ``sqrt(s) * r / (1 - h)`` with the row's leverage ``h``, intercept
    counted.

    Parameters
    ----------
    rows : Rows
    posteriors : list of n_targets Posterior
    coef : ndarray of shape (n_features, n_targets)

    Returns
    -------
    misfits : ndarray of shape (n_targets, rank, rank)
        Sums of the squared residuals times the outer products of the rows' scores.
    squares : ndarray of shape (n_targets,)
        Sums of the squared residuals.
    """
    spectrum = posteriors[0].spectrum
    rank = len(spectrum.eigenvalues)
    misfits = np.zeros((len(posteriors), rank, rank))
    squares = np.zeros(len(posteriors))
    for part in gen_batches(len(rows.y), _PART):
        scores = rows.dot(spectrum.components, part)
        residuals = rows.y[part] - rows.dot(coef, part)
        for target, posterior in enumerate(posteriors):
            leverage = _leverage(rows.root_weight[part, 0], scores, posterior, rows)
            square = (residuals[:, target] / np.maximum(1.0 - leverage, 1e-10)) ** 2
            misfits[target] += (scores.T * square) @ scores
            squares[target] += square.sum()
    return misfits, squares


def _leverage(root_weight, scores, posterior: Posterior, rows: Rows) -> np.ndarray:
    leverage = posterior.alpha * (scores**2 @ (1.0 / posterior.precisions))
    if rows.centered:
        leverage += root_weight**2 / rows.weight
    if posterior.scale_column is not None:
        along = scores @ (posterior.scale_column @ posterior.spectrum.duals)
        leverage += posterior.alpha * posterior.scale_variance * along**2
    return leverage


def conflict_p_value(terms: Terms, alpha: np.ndarray, rank: int) -> np.ndarray:
    """Tail probability of the answers under the prior (Box, 1980), for each target.

    The squared distance of the least-squares fit from the prior mean, in the metric of
    its sampling covariance plus the prior's, is chi-squared with `rank` degrees of
    freedom, less one for a fitted scale.
    """
    n_dof = np.maximum(rank - terms.n_scale, 0.0)
    return np.where(
        n_dof > 0, special.chdtrc(np.maximum(n_dof, 1.0), alpha * terms.explained), 1.0
    )
