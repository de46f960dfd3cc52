"""How far explanations of neighbors differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state

Explain = Callable[[NDArray[np.float64]], ArrayLike]


def local_lipschitz(
    explain: Explain,
    x: ArrayLike,
    *,
    std: ArrayLike = 0.1,
    n_draws: int = 100,
    random_state: int | np.random.RandomState | None = None,
) -> float:
    r"""Return the largest change of weights per distance among neighbors.

    Parameters
    ----------
    explain : callable
        Takes rows (n_rows, n_columns) and returns weights (n_rows, n_features), such as
        ``explainer.transform``.
    x : array-like of shape (n_columns,)
        The instance, numbers only.
    std : float or array-like of shape (n_columns,), default=0.1
        Standard deviation of the normal steps to neighbors, in units of the columns.
    n_draws : int, default=100
        Number of neighbors.
    random_state : int, RandomState or None, default=None
        Seed of the neighbors.

    Returns
    -------
    estimate : float
        :math:`\max_{x'} \|a(x) - a(x')\|_2 / \|x - x'\|_2`: a lower bound of the local
        Lipschitz constant, in units of weights per unit of the columns.

    References
    ----------
    .. [1] D. Alvarez-Melis, T. Jaakkola (2018). On the robustness of interpretability
       methods. ICML Workshop on Human Interpretability.

    Examples
    --------
    >>> from sklearn_baylime.metrics import local_lipschitz
    >>> round(local_lipschitz(lambda X: 3.0 * X, [1.0, 2.0], random_state=0), 6)
    3.0
    """
    row, rng = _check(x, n_draws), check_random_state(random_state)
    neighbors = row + std * rng.standard_normal((n_draws, len(row)))
    change, _ = _changes(explain, row, neighbors)
    return float((change / np.linalg.norm(neighbors - row, axis=1)).max())


def max_sensitivity(
    explain: Explain,
    x: ArrayLike,
    *,
    radius: ArrayLike = 0.02,
    n_draws: int = 10,
    random_state: int | np.random.RandomState | None = None,
) -> float:
    r"""Return the largest relative change of weights within a box around an instance.

    Parameters
    ----------
    explain : callable
        Takes rows (n_rows, n_columns) and returns weights (n_rows, n_features), such as
        ``explainer.transform``.
    x : array-like of shape (n_columns,)
        The instance, numbers only.
    radius : float or array-like of shape (n_columns,), default=0.02
        Half the side of the box, in units of the columns.
    n_draws : int, default=10
        Number of neighbors, uniform in the box.
    random_state : int, RandomState or None, default=None
        Seed of the neighbors.

    Returns
    -------
    sensitivity : float
        :math:`\max_{x'} \|a(x) - a(x')\|_2 / \|a(x)\|_2`, without a unit; the largest
        change itself where the instance's weights are 0, as in captum.

    References
    ----------
    .. [1] C. Yeh et al. (2019). On the (in)fidelity and sensitivity of explanations.
       NeurIPS.

    Examples
    --------
    >>> from sklearn_baylime.metrics import max_sensitivity
    >>> max_sensitivity(lambda X: X * 0 + 1.0, [1.0, 2.0], random_state=0)
    0.0
    """
    row, rng = _check(x, n_draws), check_random_state(random_state)
    neighbors = row + radius * rng.uniform(-1.0, 1.0, (n_draws, len(row)))
    change, size = _changes(explain, row, neighbors)
    return float(change.max() / (size or 1.0))


def _check(x: ArrayLike, n_draws: int) -> NDArray[np.float64]:
    row = np.asarray(x, dtype=np.float64)
    if row.ndim != 1 or not np.isfinite(row).all() or n_draws < 1:
        raise ValueError(
            f"x has shape {row.shape} and n_draws is {n_draws}, expected one row of "
            "finite numbers and at least one draw."
        )
    return row


def _changes(explain: Explain, x: Any, neighbors: Any) -> tuple[Any, float]:
    """Return the distances of weights to those of `x`, and the length of these."""
    coef = np.asarray(explain(np.vstack([x, neighbors])), dtype=np.float64)
    if len(coef) != len(neighbors) + 1:
        raise ValueError(
            f"explain returned {len(coef)} explanations for {len(neighbors) + 1} rows, "
            "expected one for each."
        )
    coef = coef.reshape(len(coef), -1)
    change = np.linalg.norm(coef[1:] - coef[0], axis=1)
    return change, float(np.linalg.norm(coef[0]))
