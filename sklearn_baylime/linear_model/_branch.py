"""One hypothesis' posterior of one target: a mixture over ratios of precisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import blas

from sklearn_baylime.linear_model._factored_covariance import Span
from sklearn_baylime.linear_model._null_space import (
    project_away,
    unseen_covariance,
    unseen_variances,
)
from sklearn_baylime.linear_model._posterior import Posterior
from sklearn_baylime.linear_model._trust import Hypothesis, sums_at

# Nodes of less weight than this share of their branch are left out.
LEAST_SHARE = 1e-5


@dataclass(frozen=True, eq=False)
class Branch:
    r"""Gaussian prior of one hypothesis, as nodes over the ratio of precisions.

    Each node has the covariance
    :math:`V (M + \rho\sigma^2 I) V`, :math:`V = (G + \rho I)^{-1}`, plus what a free
    scale adds; the plain posterior has :math:`M = \sigma^2 G`.

    Attributes
    ----------
    hypothesis : Hypothesis
    target : int
        Column of the hypothesis' arrays.
    weight : ndarray of shape (n_nodes,)
        Posterior weights; those of all branches of a target sum to 1.
    ratio, noise, scale, scale_variance : ndarray of shape (n_nodes,)
        Ratio of precisions, variance of the noise, scale along the direction.
    middle : float
        Log ratio on average.
    misfit : ndarray of shape (rank, rank) or None
        Sum of the outer products of leave-one-out scores; None: plain posterior.
    """

    hypothesis: Hypothesis
    target: int
    weight: np.ndarray
    ratio: np.ndarray
    noise: np.ndarray
    scale: np.ndarray
    scale_variance: np.ndarray
    middle: float
    misfit: np.ndarray | None = None

    @classmethod
    def of_nodes(
        cls, hypothesis: Hypothesis, target: int, x: np.ndarray, weight: np.ndarray
    ) -> Branch:
        """Make the branch of one target from grid values and weights, (n_nodes,)."""
        keep = weight > LEAST_SHARE * weight.sum()
        x, weight = x[keep], weight[keep] * (weight.sum() / weight[keep].sum())
        ratio = hypothesis.ratio_at(x)
        all_targets = np.repeat(ratio[:, None], hypothesis.center.shape[1], axis=1)
        sums = sums_at(hypothesis, all_targets)
        noise = hypothesis.noise.variance(sums.square, all_targets)[:, target]
        return cls(
            hypothesis,
            target,
            weight,
            ratio,
            noise,
            sums.scale[:, target],
            noise / sums.information[:, target],
            float(weight @ np.log(ratio) / weight.sum()),
        )

    @property
    def vectors(self) -> np.ndarray:
        """Components, (n_features, rank)."""
        return self.hypothesis.spectrum.components

    @property
    def inverse(self) -> np.ndarray:
        """Return ``1 / (e + rho)``, (n_nodes, rank)."""
        return 1.0 / (self.hypothesis.spectrum.eigenvalues + self.ratio[:, None])

    def means(self) -> np.ndarray:
        """Return the nodes' means, (n_nodes, n_features)."""
        return self._means

    @cached_property
    def _means(self) -> np.ndarray:
        h, t = self.hypothesis, self.target
        e = h.spectrum.eigenvalues
        rest = np.repeat(h.cross[:, t][None], len(self.ratio), axis=0)
        center = h.center[:, t]
        if h.direction is not None:
            direction = h.direction[:, t]
            center = center + self.scale[:, None] * direction
            rest = rest - self.scale[:, None] * (e * (h.spectrum.duals.T @ direction))
        return center + (rest * self.inverse) @ self.vectors.T

    def columns(self) -> np.ndarray:
        """Return the coefficients' change by a unit of scale, (n_nodes, n_features)."""
        h, direction = self.hypothesis, self.hypothesis.direction
        if direction is None:
            return np.zeros((len(self.ratio), len(self.vectors)))
        direction = direction[:, self.target]
        shrunk = (
            h.spectrum.eigenvalues * self.inverse * (h.spectrum.duals.T @ direction)
        )
        return direction - shrunk @ self.vectors.T

    def variances(self) -> np.ndarray:
        """Return the squared scales of the nodes' coefficients."""
        inverse, vectors = self.inverse, self.vectors
        core = (self.ratio * self.noise)[:, None] * inverse**2
        if self.misfit is None or not self.misfit.size:
            core += (
                self.noise[:, None] * inverse**2 * self.hypothesis.spectrum.eigenvalues
            )
        variance = core @ (vectors**2).T
        if self.misfit is not None and self.misfit.size:
            variance += sandwich_diagonals(vectors, inverse, self.misfit)
        variance += np.outer(self.noise / self.ratio, self.unseen_variances)
        return variance + self.scale_variance[:, None] * self.columns() ** 2

    def covariance(self, factor: float) -> np.ndarray:
        """Return the sum of the nodes' covariances times their weights.

        `factor` is the variance of Student's t of scale 1.
        """
        covariance = self.vectors @ self._core() @ self.vectors.T
        unseen = unseen_covariance(self._whitened, self.hypothesis.whitening)
        covariance += self._level() * unseen
        columns = self._weighted_columns()
        covariance += columns.T @ columns
        return factor * covariance

    def factors(self, factor: float) -> tuple[Span, np.ndarray]:
        """Return the same in factors, for a diagonal prior.

        Returns
        -------
        span : Span
        columns : ndarray of shape (n_features, n_nodes)
            Whose outer product is added.
        """
        whitened, whitening = self._whitened, self.hypothesis.whitening
        scale = np.sqrt(whitening.prior_variances(len(whitened)))
        level, core = factor * self._level(), factor * self._core()
        columns = np.sqrt(factor) * self._weighted_columns().T
        return Span(scale, level, whitened, core), columns

    def _core(self) -> np.ndarray:
        """Return the sum of the nodes' covariances along the components."""
        weight, inverse = self.weight, self.inverse
        core = np.diag((weight * self.ratio * self.noise) @ inverse**2)
        if self.misfit is None:
            e = self.hypothesis.spectrum.eigenvalues
            return core + np.diag((weight * self.noise) @ inverse**2 * e)
        return core + self.misfit * ((inverse.T * weight) @ inverse)

    def _level(self) -> float:
        """Return the sum of the prior's variances across the components."""
        return float(self.weight @ (self.noise / self.ratio))

    def _weighted_columns(self) -> np.ndarray:
        """Return what a free scale adds, as a root (n_nodes, n_features)."""
        if self.hypothesis.direction is None:
            return np.zeros((0, len(self.vectors)))
        return np.sqrt(self.weight * self.scale_variance)[:, None] * self.columns()

    def prior_share(self) -> np.ndarray:
        """Return the prior's share of each coefficient, nodes' weights included."""
        if self.hypothesis.name == "nothing":
            return np.zeros(len(self.vectors))
        kept = self.weight @ (self.ratio[:, None] * self.inverse)
        unseen = self.weight.sum() * self.unseen_variances
        prior = self.hypothesis.whitening.prior_variances(len(self.vectors))
        share = (self.vectors**2 @ kept + unseen) / prior
        return np.minimum(share, self.weight.sum())

    def n_fitted(self) -> float:
        """Return the number of coefficients that the data determine, times weight."""
        e = self.hypothesis.spectrum.eigenvalues
        return float(self.weight @ (self.inverse @ e))

    def representative(self) -> Posterior:
        """Return the posterior at the average log ratio."""
        h, t = self.hypothesis, self.target
        ratio = np.exp(self.middle)
        rest, e = h.cross[:, t], h.spectrum.eigenvalues
        # Leaving out a row depends on the ratio alone, so that noise may be 1.
        plain = Posterior(h.spectrum, h.whitening, 1.0, ratio, rest)
        if h.direction is None:
            return plain
        sums = sums_at(h, np.full((1, h.center.shape[1]), ratio))
        scale, direction = sums.scale[0, t], h.direction[:, t]
        v = h.spectrum.duals.T @ direction
        return replace(
            plain,
            rest=rest - e * v * scale,
            scale_column=direction - self.vectors @ (v * e / (e + ratio)),
            scale_variance=1.0 / sums.information[0, t],
        )

    def with_misfit(self, misfit: np.ndarray) -> Branch:
        """Return the branch with a robust covariance."""
        branch = replace(self, misfit=misfit)
        # Neither depends on the misfit, and of many features they take time.
        for name in ("_means", "unseen_variances"):
            if name in self.__dict__:
                branch.__dict__[name] = self.__dict__[name]
        return branch

    def components(self, factor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return weights (n_nodes,), means and scales (n_nodes, n_features)."""
        scales = np.sqrt(np.maximum(self.variances(), 0.0))
        return self.weight, self.means(), scales

    def draw(
        self, nodes: np.ndarray, rng: np.random.RandomState, factor: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw deviations from the means of `nodes`, (n_draws,), and return both.

        Returns
        -------
        means, deviations : ndarray of shape (n_draws, n_features)
            The deviations are normal; Student's t divides them by a chi.
        """
        n_draws, (n_features, rank) = len(nodes), self.vectors.shape
        noise, ratio = self.noise[nodes, None], self.ratio[nodes, None]
        prior = np.sqrt(ratio * noise) * rng.standard_normal((n_draws, rank))
        z = rng.standard_normal((n_draws, rank))
        if self.misfit is None:
            data = np.sqrt(noise * self.hypothesis.spectrum.eigenvalues) * z
        else:
            data = z @ root_of(self.misfit).T
        deviations = ((prior + data) * self.inverse[nodes]) @ self.vectors.T
        z = rng.standard_normal((n_draws, n_features))
        if rank < n_features:
            across = project_away(z, self._whitened)
            across = self.hypothesis.whitening.unwhiten(across.T).T
            deviations += np.sqrt(noise / ratio) * across
        z = rng.standard_normal((n_draws, 1)) * np.sqrt(
            self.scale_variance[nodes, None]
        )
        return self.means()[nodes], deviations + z * self.columns()[nodes]

    @cached_property
    def unseen_variances(self) -> np.ndarray:
        """Prior variances for unit precision where the rows say nothing."""
        return unseen_variances(self._whitened, self.hypothesis.whitening)

    @property
    def _whitened(self) -> np.ndarray:
        """Components in coordinates that whiten the prior, orthonormal."""
        return self.hypothesis.whitening.times_root(self.vectors)


def sandwich_diagonals(
    vectors: np.ndarray, scales: np.ndarray, matrix: np.ndarray
) -> np.ndarray:
    """Return the diagonals of ``V @ D @ M @ D @ V.T`` for each row of `scales` as D.

    A triangular root of M takes half of the operations, if it has one.

    Parameters
    ----------
    vectors : ndarray of shape (n_features, rank)
    scales : ndarray of shape (n_nodes, rank)
    matrix : ndarray of shape (rank, rank)
        Positive semidefinite.

    Returns
    -------
    diagonals : ndarray of shape (n_nodes, n_features)
    """
    flat = np.ascontiguousarray(vectors).T
    found = np.empty((len(scales), len(vectors)))
    try:
        upper = np.linalg.cholesky(matrix).T
    except np.linalg.LinAlgError:
        root = root_of(matrix).T
        for node, own in enumerate(scales):
            found[node] = (((root * own) @ flat) ** 2).sum(axis=0)
        return found
    for node, own in enumerate(scales):
        along = blas.dtrmm(1.0, upper * own, flat).T
        found[node] = np.einsum("ij,ij->i", along, along)
    return found


def root_of(matrix: np.ndarray) -> np.ndarray:
    """Return a root F of a positive semidefinite matrix, ``F @ F.T``."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0.0))
