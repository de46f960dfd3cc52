"""Rows that several local models share, and what explanations may leave open."""

from __future__ import annotations

import numpy as np

from auditing.cells import Cell
from auditing.problems import Problem


def ask(explainer, problem: Problem, cell: Cell, repeat: int):
    """Ask the model about the rows of a repeat.

    Parameters
    ----------
    explainer : ExplainerPipeline
        Its seed is set.
    problem : Problem
        Its noise is set.
    cell : Cell
        What is measured.
    repeat : int
        Number of the repeat.

    Returns
    -------
    neighborhood : Neighborhood
        To be given to explainers of other regressors too.
    """
    seed = cell.seed(repeat)
    problem.model.noise = cell.noise * problem.line.spread if cell.noise else 0.0
    problem.model.rng = np.random.default_rng(seed)
    return explainer.set_params(random_state=seed).sample(problem.x)


def open_weights(explanation) -> np.ndarray:
    """Return which weights of the first target have no interval that is stated."""
    low, high = explanation.interval(0.95)[:, 0]
    said = getattr(explanation, "is_open", False)
    said = said() if callable(said) else said
    said = np.asarray(said, dtype=bool)
    if said.ndim:
        said = said.reshape(len(explanation.coef), -1)[0]
    return np.broadcast_to(said, low.shape) | np.isinf(high - low)


def flat_fit(problem: Problem, hood) -> tuple[np.ndarray, np.ndarray]:
    """Fit weighted least squares without a prior.

    Parameters
    ----------
    problem : Problem
        Has the kernel.
    hood : Neighborhood
        Answered rows.

    Returns
    -------
    coef : ndarray of shape (d,)
        The shortest solution where there are fewer rows than weights.
    std : ndarray of shape (d,)
        By HC3, of leave-one-out residuals.
    """
    A, c = centered(problem, hood)
    inverse = np.linalg.pinv(A.T @ A, hermitian=True)
    coef = inverse @ (A.T @ c)
    leverage = np.einsum("ij,jk,ik->i", A, inverse, A) + 1 / len(A)
    scores = A * ((c - A @ coef) / np.maximum(1 - leverage, 1e-6))[:, None]
    variance = np.einsum("ij,jk,ik->i", inverse, scores.T @ scores, inverse)
    return coef, np.sqrt(variance)


def centered(problem, hood):
    """Return the rows and answers of a neighborhood as a flat fit takes them.

    Parameters
    ----------
    problem : Problem
        Has the kernel.
    hood : Neighborhood
        Answered rows.

    Returns
    -------
    rows : ndarray of shape (n, d)
        Centered, and times the roots of their weights.
    answers : ndarray of shape (n,)
        Likewise.
    """
    rows, answers = problem.matches(hood), hood.answers[:, 0]
    weights = problem.weights(rows)
    shares = weights / weights.sum()
    root = np.sqrt(shares)
    return (rows - shares @ rows) * root[:, None], (answers - shares @ answers) * root
