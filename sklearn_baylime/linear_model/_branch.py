"""One hypothesis' posterior of one target: a mixture over ratios of precisions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sklearn_baylime.linear_model._posterior import Posterior
from sklearn_baylime.linear_model._trust import Hypothesis, sums_at

# Nodes of less weight than this share of their branch are left out.
_LEAST_SHARE = 1e-5


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
        keep = weight > _LEAST_SHARE * weight.sum()
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
        factor = self.vectors[None] * self.inverse[:, None, :]
        prior = self.ratio * self.noise
        variance = (factor**2).sum(axis=2) * prior[:, None]
        if self.misfit is None or not self.misfit.size:
            e = self.hypothesis.spectrum.eigenvalues
            variance += self.noise[:, None] * (factor**2 @ e)
        else:
            spread = factor.reshape(-1, factor.shape[2]) @ self.misfit
            variance += (spread.reshape(factor.shape) * factor).sum(axis=2)
        variance += (self._unseen() ** 2).sum(axis=1) * (self.noise / self.ratio)[
            :, None
        ]
        return variance + self.scale_variance[:, None] * self.columns() ** 2

    def covariance(self, factor: float) -> np.ndarray:
        """Return the sum of the nodes' covariances times their weights.

        `factor` is the variance of Student's t of scale 1.
        """
        weight, inverse = self.weight, self.inverse
        e = self.hypothesis.spectrum.eigenvalues
        prior = weight * self.ratio * self.noise
        core = np.diag(prior @ inverse**2)
        if self.misfit is None:
            core += np.diag((weight * self.noise) @ inverse**2 * e)
        else:
            core += self.misfit * ((inverse.T * weight) @ inverse)
        covariance = self.vectors @ core @ self.vectors.T
        unseen, columns = self._unseen(), self.columns()
        covariance += (weight @ (self.noise / self.ratio)) * (unseen @ unseen.T)
        covariance += (columns.T * (weight * self.scale_variance)) @ columns
        return factor * covariance

    def prior_share(self) -> np.ndarray:
        """Return the prior's share of each coefficient, nodes' weights included."""
        if self.hypothesis.name == "nothing":
            return np.zeros(len(self.vectors))
        kept = self.weight @ (self.ratio[:, None] * self.inverse)
        unseen = self.weight.sum() * (self._unseen() ** 2).sum(axis=1)
        identity = np.eye(len(self.vectors))
        prior = (self.hypothesis.whitening.whiten_rows(identity) ** 2).sum(axis=1)
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
        return replace(self, misfit=misfit)

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
        deviations += np.sqrt(noise / ratio) * (z @ self._unseen().T)
        z = rng.standard_normal((n_draws, 1)) * np.sqrt(
            self.scale_variance[nodes, None]
        )
        return self.means()[nodes], deviations + z * self.columns()[nodes]

    def _unseen(self) -> np.ndarray:
        """Return a root of the prior covariance where the rows say nothing."""
        n_features, rank = self.vectors.shape
        if rank == n_features:
            return np.zeros((n_features, n_features))
        whitening, identity = self.hypothesis.whitening, np.eye(n_features)
        vectors = whitening.whiten_rows(self.hypothesis.spectrum.duals.T)
        return whitening.whiten_rows(identity) - self.vectors @ vectors


def root_of(matrix: np.ndarray) -> np.ndarray:
    """Return a root F of a positive semidefinite matrix, ``F @ F.T``."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0.0))
