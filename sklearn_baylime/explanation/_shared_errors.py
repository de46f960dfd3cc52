"""Errors that explanations of the same rows have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sklearn_baylime.linear_model import StudentMixture

# Up to as many groups of rows their number limits what is known of the errors.
_FEW = 31


def influence(explanation: Any, t: int) -> np.ndarray:
    """Return what each row, or group of rows, adds to the errors of a target's weights.

    Returns
    -------
    influence : ndarray of shape (n_units, d)

    Raises
    ------
    ValueError
        If the explanation does not know its rows.
    """
    if explanation.influence is None:
        raise ValueError(
            "These explanations have random numbers in common, so that their errors "
            "are correlated, but their rows are not known here: expected explanations "
            "of one set of rows, by rows='shared' and a law that is the same for all "
            "instances, as the explainer returned them and not from JSON; or rows='own'"
            " for independent ones."
        )
    return explanation.influence(t, explanation.selected[t], explanation.std[t])


def is_of_shared_draws(explanation: Any) -> bool:
    """Tell whether others may have the same rows, or rows of the same numbers."""
    return explanation.drawn is not None and explanation.drawn.startswith("shared")


def have_draws_in_common(explanations: Sequence[Any]) -> bool:
    """Tell whether any two explanations are made of the same random numbers."""
    drawn = [e.drawn for e in explanations if is_of_shared_draws(e)]
    return len(set(drawn)) < len(drawn)


def common_variance(
    explanations: Sequence[Any], rows: Sequence[int], signs: np.ndarray
) -> np.ndarray:
    r"""Return the mean covariance of two explanations' weights, column by column.

    :math:`\bar c = \frac{1}{n (n - 1)} \sum_{a \ne b} s_a s_b \sum_i \psi_i^a \psi_i^b`
    with signs s: what no average over instances reduces.

    Parameters
    ----------
    explanations : sequence of n Explanation
    rows : sequence of n int
        The target's row in each.
    signs : ndarray of shape (n, d)

    Returns
    -------
    covariance : ndarray of shape (d,)
        At least 0.
    """
    sums: dict[str, np.ndarray] = {}
    own = np.zeros(signs.shape[1])
    for e, t, sign in zip(explanations, rows, signs, strict=True):
        if not is_of_shared_draws(e):
            continue
        found = influence(e, t) * sign
        own += (found**2).sum(axis=0)
        known = sums.get(e.drawn)
        sums[e.drawn] = found if known is None else _add(known, found)
    whole = sum((total**2).sum(axis=0) for total in sums.values())
    n = len(explanations)
    return np.maximum((whole - own) / (n * (n - 1)), 0.0)


def _add(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the sum, where one may have been told of more rows than the other."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    total = longer.copy()
    total[: len(shorter)] += shorter
    return total


def contrast(one: Any, other: Any, *, target: Any = None) -> Any:
    r"""Explain how two instances' weights differ, on the rows that they share.

    Errors that both have in common cancel: of neighbors hardly any is left, where two
    independent explanations would differ by the errors of both.

    Parameters
    ----------
    one, other : Explanation
        By one explainer with ``rows="shared"``, whose rows have one law for all
        instances.
    target : int, str or None, default=None
        A target of both, by its column in the answers or its name; the first of `one`
        if None.

    Returns
    -------
    explanation : Explanation
        Of one target, the weights of `one` less those of `other`, with their intervals
        and all other questions. Features that only one has selected count 0 in the
        other.

    Raises
    ------
    ValueError
        If they are not of the same rows, or of other columns.
    KeyError
        If `other` does not explain the target.

    Notes
    -----
    With the influence :math:`\psi_i` of row i on the weights, the covariance of the
    difference is :math:`\sum_i (\psi_i^a - \psi_i^b)(\psi_i^a - \psi_i^b)^T`, summed by
    groups of rows that were drawn together. Each :math:`\psi` is that of least squares,
    leave-one-out, scaled to the standard deviations that the explanation states.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime import make_tabular_explainer
    >>> from sklearn_baylime.explanation import contrast
    >>> X = np.random.RandomState(0).normal(size=(200, 2))
    >>> explainer = make_tabular_explainer(
    ...     lambda rows: rows[:, 0] * rows[:, 1], discretizer=None, sampler="gaussian",
    ...     kernel_width=1.0, rows="shared", random_state=0).fit(X)
    >>> one, other = explainer.explain([[0.0, 1.0], [0.0, -1.0]])
    >>> difference = contrast(one, other)
    >>> low, high = difference.interval(0.95)
    >>> bool(low[0, 0] > 0)
    True
    """
    if one.drawn is None or one.drawn != other.drawn or not is_of_shared_draws(one):
        raise ValueError(
            "The explanations are not of the same rows, expected two of one explainer "
            "with rows='shared': independent ones differ by the errors of both."
        )
    if one.columns != other.columns:
        raise ValueError(
            f"The explanations are of the columns {list(one.columns)[:8]} and "
            f"{list(other.columns)[:8]}, expected the same ones."
        )
    a = one.position(target)
    b = other.position(one.targets[a])
    change = _subtract(influence(one, a), influence(other, b))
    selected = one.selected[a] | other.selected[b]
    coef = one.coef[a] - other.coef[b]
    covariance = (change.T @ change)[np.ix_(selected, selected)]
    std = np.sqrt(np.diagonal(covariance))
    dof = len(change) - 2.0 if len(change) <= _FEW else np.inf
    law = StudentMixture(np.ones(1), coef[None, selected], std[None], dof)
    return type(one)(
        feature_names=_names(one, other),
        columns=one.columns,
        targets=(one.targets[a],),
        target_names=(one.target_names[a],),
        coef=coef[None],
        selected_covariance=[covariance],
        marginals=[law],
        selected=selected[None],
        prior_share=np.full((1, len(coef)), np.nan),
        **{
            name: getattr(one, name)[[a]] - getattr(other, name)[[b]]
            for name in ("intercept", "prediction", "local_prediction")
        },
        **{name: np.full(1, np.nan) for name in ("score", "loo_score", "conflict")},
        n_queries=one.n_queries + other.n_queries,
        n_rows=min(one.n_rows, other.n_rows),
        effective_sample_size=min(
            one.effective_sample_size, other.effective_sample_size
        ),
        kernel=one.kernel,
        is_open=(one.is_open[[a]] | other.is_open[[b]]),
    )


def _subtract(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return _add(one, -other)


def _names(one: Any, other: Any) -> tuple[str, ...]:
    pairs = zip(one.feature_names, other.feature_names, strict=True)
    return tuple(a if a == b else f"{a} against {b}" for a, b in pairs)
