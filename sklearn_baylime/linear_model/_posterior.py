"""Posterior of the coefficients, kept in factors until it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, special

from sklearn_baylime.linear_model._evidence import Terms
from sklearn_baylime.linear_model._factored_covariance import (
    FactoredCovariance,
    Span,
    is_wide,
)
from sklearn_baylime.linear_model._moments import Spectrum
from sklearn_baylime.linear_model._null_space import (
    project_away,
    unseen_covariance,
    unseen_variances,
)
from sklearn_baylime.linear_model._student_mixture import StudentMixture
from sklearn_baylime.linear_model._whitening import Whitening

# A share of a row's unit leverage below this, times the rank, is rounding.
ROUNDING = 1e-15

# Quantiles of the noise that a p-value is averaged over.
_N_NOISE = 64


@dataclass(frozen=True)
class Posterior:
    """Factors of one target's Gaussian posterior.

    Attributes
    ----------
    spectrum : Spectrum
    whitening : Whitening
        Root of the prior precision without its factor.
    alpha, lambda_ : float
        Precisions of noise and prior.
    rest : ndarray of shape (rank,)
        Cross moments of rows and answers, the prior mean at its scale subtracted.
    scale_column : ndarray of shape (n_features,) or None
        Change of the coefficients by one unit of a fitted prior scale.
    scale_variance : float
        Posterior variance of that scale.
    misfit : ndarray of shape (rank, rank) or None
        Sum of the squared leave-one-out residuals, each times its scores' outer
        product; None for the plain posterior.
    """

    spectrum: Spectrum
    whitening: Whitening
    alpha: float
    lambda_: float
    rest: np.ndarray
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
        if self._has_null_space:
            unseen = unseen_covariance(self._whitened, self.whitening)
            covariance += unseen / self.lambda_
        if self.scale_column is not None:
            column = self.scale_column
            covariance += self.scale_variance * np.outer(column, column)
        if self.misfit is not None:
            factor = self._span_factor()
            covariance += factor @ self._excess() @ factor.T
        # Beside a variance that is much larger, one may come out below 0.
        np.fill_diagonal(covariance, np.maximum(covariance.diagonal(), 0.0))
        return covariance

    def covariance_in_factors(self) -> Any:
        """Return the same, in factors where a matrix would be much larger."""
        if not self.whitening.is_diagonal or not is_wide(self.spectrum.components):
            return self.covariance()
        scale = np.sqrt(self.whitening.prior_variances(len(self.spectrum.components)))
        vectors, core = self._whitened, np.diag(1.0 / self.precisions)
        factor = core
        if self.scale_column is not None:
            # The column is in part beyond the rows' span, which it widens by one.
            column = self.scale_column / scale
            overlap = column @ vectors
            beyond = column - vectors @ overlap
            length = np.linalg.norm(beyond)
            unit = beyond / length if length > 0 else beyond
            vectors = np.column_stack([vectors, unit])
            core = np.diag(np.append(1.0 / self.precisions, 1.0 / self.lambda_))
            within = np.append(overlap, length)
            factor = core[:, :-1] + self.scale_variance * np.outer(within, overlap)
            core = core + self.scale_variance * np.outer(within, within)
        if self.misfit is not None:
            core = core + factor @ self._excess() @ factor.T
        span = Span(scale, 1.0 / self.lambda_, vectors, core)
        return FactoredCovariance((span,), np.zeros((len(scale), 0)))

    def variances(self) -> np.ndarray:
        """Return the diagonal of the covariance, (n_features,)."""
        components = self.spectrum.components
        variance = components**2 @ (1.0 / self.precisions)
        if self._has_null_space:
            unseen = unseen_variances(self._whitened, self.whitening)
            variance += unseen / self.lambda_
        if self.scale_column is not None:
            variance += self.scale_variance * self.scale_column**2
        if self.misfit is not None:
            factor = self._span_factor()
            variance += np.einsum("ij,ij->i", factor @ self._excess(), factor)
        return np.maximum(variance, 0.0)

    def variance_along(self, rows: np.ndarray) -> np.ndarray:
        """Return ``diag(rows @ covariance @ rows.T)``, free of cancellation."""
        scores = rows @ self.spectrum.components
        variance = scores**2 @ (1.0 / self.precisions)
        if self._has_null_space:
            across = project_away(self.whitening.whiten_rows(rows), self._whitened)
            variance += np.einsum("ij,ij->i", across, across) / self.lambda_
        if self.scale_column is not None:
            variance += self.scale_variance * (rows @ self.scale_column) ** 2
        if self.misfit is not None:
            factor = rows @ self._span_factor()
            variance += ((factor @ self._excess()) * factor).sum(axis=1)
        return np.maximum(variance, 0.0)

    def prior_share(self) -> np.ndarray:
        """Return each coefficient's posterior variance over its prior variance.

        For a diagonal prior precision that is the diagonal of ``V @ Lambda_0``, the
        weight of the prior in the coefficient. A fitted scale is taken as known.
        """
        components = self.spectrum.components
        variance = components**2 @ (1.0 / self.precisions)
        if self._has_null_space:
            unseen = unseen_variances(self._whitened, self.whitening)
            variance += unseen / self.lambda_
        prior = self.whitening.prior_variances(len(components)) / self.lambda_
        return np.minimum(variance / prior, 1.0)

    def noise_variance(self) -> float:
        """Return the variance of the noise of a row of weight 1."""
        return 1.0 / self.alpha

    def sample(
        self, coef: np.ndarray, n: int, rng: np.random.RandomState
    ) -> np.ndarray:
        """Draw coefficients about their mean `coef`, (n, n_features)."""
        covariance = self.covariance_in_factors()
        if isinstance(covariance, FactoredCovariance):
            return coef + covariance.draw(n, rng)
        variances, vectors = linalg.eigh(covariance)
        normal = rng.standard_normal((n, len(coef)))
        return coef + (normal * np.sqrt(np.maximum(variances, 0.0))) @ vectors.T

    def marginals(self, coef: np.ndarray, dof: float) -> StudentMixture:
        """Return the marginals about their mean `coef`, with scales as stated."""
        scales = np.sqrt(self.variances())
        return StudentMixture(np.ones(1), coef[None], scales[None], dof)

    def root(self) -> np.ndarray:
        """Return a root of the components' covariance for unit noise, (rank, k)."""
        root = np.diag(np.sqrt(self.alpha / self.precisions))
        if self.scale_column is None:
            return root
        column = self.scale_column @ self.spectrum.duals
        column = column * np.sqrt(self.alpha * self.scale_variance)
        return np.concatenate([root, column[:, None]], axis=1)

    def left_over(
        self,
        scores: np.ndarray,
        squares: np.ndarray,
        beyond: np.ndarray,
        unexplained: np.ndarray,
        cross: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return residuals and what leverages leave of 1, ``r`` and ``1 - h``.

        Parameters
        ----------
        scores : ndarray of shape (n_samples, rank)
            Rows along the components.
        squares : ndarray of shape (n_samples, rank)
            Their squares.
        beyond, unexplained : ndarray of shape (n_samples,)
            What the components leave of a row's unit leverage, and of its answer.
        cross : ndarray of shape (rank,)
            Cross moments of rows and answers.

        Returns
        -------
        residual, kept : ndarray of shape (n_samples,)
        """
        shrinkage = self.lambda_ / self.precisions
        along = shrinkage / self.spectrum.eigenvalues
        kept = beyond + squares @ along
        residual = unexplained + scores @ (along * self.rest)
        if self.scale_column is not None:
            overlap = scores @ (self.scale_column @ self.spectrum.duals)
            left = kept - self.alpha * self.scale_variance * overlap**2
            # A row that alone tells the scale leaves it 0 when it is left out.
            alone = left <= ROUNDING * (1 + len(along))
            without_scale = unexplained + scores @ (along * cross)
            residual = np.where(alone, without_scale, residual)
            kept = np.where(alone, kept, left)
        return residual, kept

    @property
    def _has_null_space(self) -> bool:
        n_features, rank = self.spectrum.components.shape
        return rank < n_features

    @property
    def _whitened(self) -> np.ndarray:
        """Components in coordinates that whiten the prior, orthonormal."""
        return self.whitening.times_root(self.spectrum.components)

    def _span_factor(self) -> np.ndarray:
        factor = self.spectrum.components / self.precisions
        if self.scale_column is None:
            return factor
        overlap = self.scale_column @ self.spectrum.duals
        return factor + self.scale_variance * np.outer(self.scale_column, overlap)

    def _excess(self) -> np.ndarray:
        excess = self.alpha**2 * np.asarray(self.misfit)
        return excess - np.diag(self.alpha * self.spectrum.eigenvalues)


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


def open_conflict(
    terms_of: Callable[[np.ndarray], Terms],
    rank: int,
    residual: np.ndarray,
    dof: float,
    alpha: np.ndarray,
) -> np.ndarray:
    """Return the p-values of `conflict_p_value` where the noise is not known.

    What no coefficients can explain tells the noise; the tail is averaged over it. An
    unlimited prior precision makes that the F test. Where rows are too few, the noise
    is taken as fitted.

    Parameters
    ----------
    terms_of : callable
        Returns the `Terms` at noise precisions of shape (n_nodes, n_targets).
    rank : int
    residual : ndarray of shape (n_targets,)
        Weighted sum of squares that no coefficients can explain.
    dof : float
        Observations that tell the noise.
    alpha : ndarray of shape (n_targets,)
        Fitted noise precisions.
    """
    left = dof - rank
    if left < 1.0:
        return conflict_p_value(terms_of(alpha[None]), alpha[None], rank)[0]
    share = (np.arange(_N_NOISE) + 0.5) / _N_NOISE
    squares = 2.0 * special.gammaincinv(0.5 * left, share)[:, None]
    nodes = squares / np.maximum(residual, 1e-300)
    nodes = np.minimum(nodes, 1e100)
    return conflict_p_value(terms_of(nodes), nodes, rank).mean(axis=0)
