"""Whether answers change as attributions say, asked of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state

from sklearn_baylime.metrics._curve import as_black_box

Seed = int | np.random.RandomState | None


def faithfulness_correlation(
    attribution: ArrayLike,
    x: ArrayLike,
    model: Any,
    *,
    baseline: ArrayLike = 0.0,
    subset_size: int | None = None,
    n_draws: int = 100,
    target: int | None = None,
    random_state: Seed = None,
) -> float:
    r"""Return the correlation of attributions with what their removal changes.

    Parameters
    ----------
    attribution : array-like of shape (n_columns,)
        What each column adds to the answer, in units of the answer.
    x : array-like of shape (n_columns,)
        The instance, numbers only.
    model : BlackBox, callable or estimator
        As explainers take it: a classifier is asked for probabilities.
    baseline : float or array-like of shape (n_columns,), default=0.0
        What stands in place of removed columns.
    subset_size : int or None, default=None
        Number of columns removed at once; a fifth of them, at least one, if None.
    n_draws : int, default=100
        Number of random subsets :math:`S`; as many queries, and one for the instance.
    target : int or None, default=None
        Column of the answers; that of the instance's largest answer if None.
    random_state : int, RandomState or None, default=None
        Seed of the subsets.

    Returns
    -------
    correlation : float
        Pearson's, of :math:`\sum_{i \in S} a_i` and :math:`f(x) - f(x_{S := b})`, from
        -1 to 1; NaN where one of the two never varies.

    References
    ----------
    .. [1] U. Bhatt et al. (2020). Evaluating and aggregating feature-based model
       explanations. IJCAI.

    Examples
    --------
    >>> from sklearn_baylime.metrics import faithfulness_correlation
    >>> def model(rows):
    ...     return rows @ [1.0, -2.0, 0.5]
    >>> round(faithfulness_correlation(
    ...     [3.0, -2.0, 1.0], [3.0, 1.0, 2.0], model, random_state=0), 6)
    1.0
    """
    a, row = _check(attribution, x)
    rng, d = check_random_state(random_state), len(row)
    size = max(1, d // 5) if subset_size is None else subset_size
    if not 1 <= size <= d or n_draws < 2:
        raise ValueError(
            f"subset_size is {size} and n_draws {n_draws}, expected 1 to {d} columns "
            "and at least 2 draws."
        )
    order = np.argsort(rng.uniform(size=(n_draws, d)), axis=1)
    removed = order < size
    drop = _drops(model, row, np.where(removed, baseline, row), target)
    said = removed @ a
    if np.ptp(said) == 0 or np.ptp(drop) == 0:
        return float("nan")
    return float(np.corrcoef(said, drop)[0, 1])


def infidelity(
    attribution: ArrayLike,
    x: ArrayLike,
    model: Any,
    *,
    std: ArrayLike = 0.1,
    n_draws: int = 1000,
    scale: bool = False,
    target: int | None = None,
    random_state: Seed = None,
) -> float:
    r"""Return the mean squared error of attributions times random steps.

    Parameters
    ----------
    attribution : array-like of shape (n_columns,)
        Change of the answer per unit of each column, such as
        ``explanation.per_unit()``.
    x : array-like of shape (n_columns,)
        The instance, numbers only.
    model : BlackBox, callable or estimator
        As explainers take it: a classifier is asked for probabilities.
    std : float or array-like of shape (n_columns,), default=0.1
        Standard deviation of the normal steps :math:`I`, in units of the columns.
    n_draws : int, default=1000
        Number of steps; as many queries, and one for the instance.
    scale : bool, default=False
        Whether the attribution is first multiplied by the factor that serves it best,
        :math:`\beta = \sum (a^T I) \Delta / \sum (a^T I)^2`, as captum's ``normalize``.
    target : int or None, default=None
        Column of the answers; that of the instance's largest answer if None.
    random_state : int, RandomState or None, default=None
        Seed of the steps.

    Returns
    -------
    infidelity : float
        Mean of :math:`(a^T I - (f(x) - f(x - I)))^2`, in squared units of the answer.

    References
    ----------
    .. [1] C. Yeh et al. (2019). On the (in)fidelity and sensitivity of explanations.
       NeurIPS.

    Examples
    --------
    >>> from sklearn_baylime.metrics import infidelity
    >>> def model(rows):
    ...     return rows @ [1.0, -2.0]
    >>> round(infidelity([1.0, -2.0], [3.0, 1.0], model, random_state=0), 6)
    0.0
    """
    a, row = _check(attribution, x)
    step = std * check_random_state(random_state).standard_normal((n_draws, len(row)))
    drop, said = _drops(model, row, row - step, target), step @ a
    if scale and said.any():
        said = said * (said @ drop) / (said @ said)
    return float(((said - drop) ** 2).mean())


def prediction_gap(
    attribution: ArrayLike,
    x: ArrayLike,
    model: Any,
    k: int,
    *,
    important: bool = True,
    std: ArrayLike = 0.1,
    n_draws: int = 100,
    target: int | None = None,
    random_state: Seed = None,
) -> float:
    r"""Return how far the answer moves when important columns are perturbed.

    Parameters
    ----------
    attribution : array-like of shape (n_columns,)
        Importance of each column; its size counts.
    x : array-like of shape (n_columns,)
        The instance, numbers only.
    model : BlackBox, callable or estimator
        As explainers take it: a classifier is asked for probabilities.
    k : int
        Number of columns that are taken for important.
    important : bool, default=True
        Whether the `k` important columns are perturbed (PGI, more is better) or all
        others (PGU, less is better).
    std : float or array-like of shape (n_columns,), default=0.1
        Standard deviation of the normal perturbations, in units of the columns.
    n_draws : int, default=100
        Number of perturbations; as many queries, and one for the instance.
    target : int or None, default=None
        Column of the answers; that of the instance's largest answer if None.
    random_state : int, RandomState or None, default=None
        Seed of the perturbations.

    Returns
    -------
    gap : float
        Mean of :math:`|f(x) - f(x')|`, in units of the answer.

    References
    ----------
    .. [1] C. Agarwal et al. (2022). OpenXAI: Towards a transparent evaluation of model
       explanations. NeurIPS Datasets and Benchmarks.

    Examples
    --------
    >>> from sklearn_baylime.metrics import prediction_gap
    >>> def model(rows):
    ...     return rows[:, 0]
    >>> prediction_gap([1.0, 0.0], [3.0, 1.0], model, 1, important=False)
    0.0
    """
    a, row = _check(attribution, x)
    if not 1 <= k <= len(row):
        raise ValueError(f"k is {k}, expected 1 to {len(row)}, the number of columns.")
    rank = np.argsort(np.argsort(-np.abs(a), kind="stable"))
    moved = (rank < k) == important
    step = std * check_random_state(random_state).standard_normal((n_draws, len(row)))
    return float(np.abs(_drops(model, row, row + step * moved, target)).mean())


def _check(attribution: ArrayLike, x: ArrayLike) -> tuple[Any, Any]:
    a, row = np.asarray(attribution, dtype=float), np.asarray(x, dtype=float)
    if a.shape != row.shape or a.ndim != 1 or not np.isfinite([a, row]).all():
        raise ValueError(
            f"attribution and x have shapes {a.shape} and {row.shape}, expected finite "
            "numbers of the same shape (n_columns,)."
        )
    return a, row


def _drops(model: Any, x: Any, rows: Any, target: int | None) -> NDArray[np.float64]:
    """Return how far the answers to rows are below that to the instance."""
    answers = as_black_box(model, None).ask(np.vstack([x, rows]))
    column = int(answers[0].argmax()) if target is None else target
    if not -answers.shape[1] <= column < answers.shape[1]:
        raise ValueError(
            f"target is {target}, expected a column of the {answers.shape[1]} answers."
        )
    return answers[0, column] - answers[1:, column]
