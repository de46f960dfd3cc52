"""What each row has done to the weights: how errors of instances go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._targets import Targets

# Up to as many groups their sums vary about a mean that is estimated too.
_FEW_GROUPS = 30


def influence_of_rows(
    rows: np.ndarray, answers: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    r"""Return what each row adds to the error of the least-squares weights.

    :math:`\psi_i = G^{-1} \tilde x_i s_i r_i / (1 - h_i)` with the centered rows
    :math:`\tilde x`, their Gram matrix G, residuals r and leverages h: the sum of
    :math:`\psi_i \psi_i^T` is the HC3 covariance, that of :math:`\psi_i^a \psi_i^{bT}`
    the covariance of two fits to the same rows.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, k)
    answers : ndarray of shape (n_rows,)
    weights : ndarray of shape (n_rows,)

    Returns
    -------
    influence : ndarray of shape (n_rows, k)
    """
    root = np.sqrt(weights)[:, None]
    total = weights.sum()
    scaled = (rows - weights @ rows / total) * root
    centered = (answers - weights @ answers / total) * root[:, 0]
    inverse = np.linalg.pinv(scaled.T @ scaled, hermitian=True)
    along = scaled @ inverse
    residual = centered - scaled @ (along.T @ centered)
    kept = 1.0 - np.einsum("ij,ij->i", along, scaled) - weights / total
    return along * (residual / np.maximum(kept, 1e-12))[:, None]


def sum_by_group(influence: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return the sums over rows that were drawn together, one observation each.

    The first row, the instance, is on its own. Sums of few groups are taken about their
    mean, times the root of K / (K - 1).
    """
    if groups is None:
        return influence
    _, places = np.unique(groups[: len(influence)], return_inverse=True)
    sums = np.zeros((places.max() + 1, influence.shape[1]))
    np.add.at(sums, places, influence)
    count = len(sums) - 1
    if 1 < count <= _FEW_GROUPS:
        sums[1:] -= sums[1:].mean(axis=0)
        sums[1:] *= np.sqrt(count / (count - 1))
    return sums


@dataclass(frozen=True)
class Influence:
    """The influence of shared rows on the weights at one instance, made when asked.

    Attributes
    ----------
    problem : LocalProblem
        Without its rows and weights: they are made anew of what is shared.
    targets : Targets
    n_rows : int
        Rows that were answered.
    """

    problem: LocalProblem
    targets: Targets
    n_rows: int

    @classmethod
    def of(cls, problem: LocalProblem, targets: Targets) -> Influence | None:
        """Return the influence, or None where each instance has rows of its own."""
        if not problem.hood.surveys or problem.is_exact:
            return None
        return cls(problem.without_rows(), targets, problem.hood.n_answered)

    def __call__(self, t: int, selected: np.ndarray, std: np.ndarray) -> np.ndarray:
        """Return what each row, or group, adds to the errors of a target's weights.

        Parameters
        ----------
        t : int
            Row of the target.
        selected : ndarray of bool of shape (d,)
            Features that the local model uses.
        std : ndarray of shape (d,)
            Standard deviations of the weights, to which those of the sums are scaled:
            the rows tell how errors go together, the fit how large they are.

        Returns
        -------
        influence : ndarray of shape (n_units, d)
            0 for features that are not selected.
        """
        problem, hood = self.problem.with_rows(self.n_rows), self.problem.hood
        rows = problem.rows.astype(np.float64)
        answers = problem.adjusted
        if answers is None:
            answers = self.targets.of(hood.answers[: self.n_rows])
        answers = answers[:, t]
        found = influence_of_rows(rows[:, selected], answers, problem.weights)
        sums = sum_by_group(found, hood.groups)
        size = np.sqrt((sums**2).sum(axis=0))
        full = np.zeros((len(sums), len(selected)))
        factor = std[selected] / np.where(size > 0, size, 1.0)
        full[:, selected] = sums * factor
        return full
