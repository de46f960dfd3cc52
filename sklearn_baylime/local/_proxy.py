r"""A cheap model of the model: what it knows of the rows is taken out of their answers.

A proxy :math:`g` is fitted to the rows' model inputs, so that it costs no query. On any
number of free rows of the same law its own local surrogate :math:`\ell_g` is known, and

.. math:: \tilde y_i = y_i - \lambda (g(x_i) - \ell_g(z_i))

has the same surrogate as :math:`y_i`, with less noise about it the better :math:`g` is:
a control variate. Each row's :math:`g` is fitted to the other rows alone, and
:math:`\lambda \in [0, 1]` minimizes the variance (power tuning of prediction-powered
inference, Angelopoulos, Duchi and Zrnic 2023).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.ensemble import HistGradientBoostingRegressor

from sklearn_baylime.base._regressors import can_predict, selects, steps_of
from sklearn_baylime.black_box._rows import take
from sklearn_baylime.local._local_problem import LocalProblem
from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.local._targets import Targets

_N_FOLDS = 4
# Rows that cost nothing but the proxy's time, and the most numbers they may be.
_N_FREE = 20_000
_MOST_NUMBERS = 20_000_000
# Rows for each feature from which on a proxy is tried.
_ROWS_PER_FEATURE = 4
# A proxy that leaves more of the variance than this is no help.
_USEFUL = 0.95
# Seed of the folds.
_SEED = 1_618_033
# Proxies of so many targets are kept for the instances that share rows.
_MOST_KEPT = 8


@dataclass(frozen=True)
class Proxy:
    """What stands in for the model, and where free rows come from.

    Attributes
    ----------
    estimator : "auto" or estimator
    more_rows : callable
        From a neighbourhood and a number of rows to one with so many rows more.
    importance : callable
        From a neighbourhood to the log weights of its rows, or None.
    """

    estimator: Any
    more_rows: Callable[[Neighborhood, int], Neighborhood]
    importance: Callable[[Neighborhood], np.ndarray | None]


@dataclass(frozen=True)
class Stand:
    """What proxies of some answers say of the rows they were not fitted to.

    Attributes
    ----------
    estimator : "auto" or estimator
        As it was given.
    reader : _Reader
    models : list of list of estimator
        By fold and target.
    folds : ndarray of int of shape (n_rows - 1,)
        Of each row but the instance.
    held_out : ndarray of shape (n_rows - 1, T)
        What the others' proxy says of each row.
    codes : ndarray of shape (n_free, n_features)
        Free rows.
    importance : ndarray of shape (n_free,) or None
        Their log weights.
    free : list of ndarray of shape (n_free, T)
        What each fold's proxy says of them.
    """

    estimator: Any
    reader: _Reader
    models: list[list[Any]]
    folds: np.ndarray
    held_out: np.ndarray
    codes: Any
    importance: np.ndarray | None
    free: list[np.ndarray]


def check_proxy(proxy: Any, description: dict[str, Any] | None) -> None:
    """Refuse what is no proxy, or where none is of use.

    Raises
    ------
    ValueError
        If it is neither "auto" nor a regressor, or the instance is an image.
    """
    is_auto = isinstance(proxy, str) and proxy == "auto"
    if not is_auto and (not can_predict(proxy) or is_classifier(proxy)):
        raise ValueError(
            f"proxy is {proxy!r}, expected None, 'auto' or a regressor with fit and "
            "predict, which learns the model's answers."
        )
    if (description or {}).get("kind") == "image":
        raise ValueError(
            "proxy was given for masks of an image, expected None: there proxies leave "
            "0.9 to 1.4 times the error of none. Masks of design='orthogonal' help."
        )


def with_proxy(problem: LocalProblem, targets: Targets) -> LocalProblem:
    """Return the problem with answers that a proxy has made less noisy.

    Where no proxy is asked for, or rows are all there are, it is returned as it is.
    """
    proxy, hood = problem.proxy, problem.hood
    problem = replace(problem, proxy=None)
    n = hood.n_answered
    if proxy is None or problem.is_exact:
        return problem
    design = _design(problem)
    rows = design(problem.rows[:n])
    if n < _ROWS_PER_FEATURE * (rows.shape[1] + 1):
        return replace(
            problem,
            notes=(
                f"The proxy was left out: {n} rows for {rows.shape[1]} features are "
                "too few to learn from.",
            ),
        )
    answers = targets.of(hood.answers)
    stand = _stand_of(hood, proxy, targets, answers)
    _, _, weights, _ = problem._answered(n)
    weigher = clone(problem.local)
    seen = problem.transform(stand.codes)
    free_weights = weigher.weigh(seen, log_weight=stand.importance)
    free_rows = design(seen)
    lines = [weighted_line(free_rows, said, free_weights) for said in stand.free]
    first = stand.reader.read(hood, slice(0, 1))
    here = [_said(fold, first) for fold in stand.models]
    controls = np.empty_like(answers)
    # The instance is no draw of the law: all proxies may speak of it.
    pairs = zip(here, lines, strict=True)
    controls[0] = np.mean([h[0] - line(rows[:1])[0] for h, line in pairs], axis=0)
    for k, line in enumerate(lines):
        mine = 1 + np.flatnonzero(stand.folds == k)
        controls[mine] = stand.held_out[mine - 1] - line(rows[mine])
    ratio = effective_number(weights) / effective_number(free_weights)
    adjusted, share = less_noisy(answers, controls, rows, weights, ratio)
    notes = tuple(
        f"The proxy was of no help for {name}: the answers are as they were."
        for name, part in zip(targets.names, share, strict=True)
        if part == 0
    )
    return replace(problem, adjusted=adjusted, notes=notes)


def weighted_line(
    rows: np.ndarray, answers: np.ndarray, weights: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Return the weighted least-squares line through answers, as a function of rows.

    Parameters
    ----------
    rows : ndarray of shape (n, d)
    answers : ndarray of shape (n, T)
    weights : ndarray of shape (n,)

    Returns
    -------
    line : callable
        From rows to answers of shape (n_rows, T).
    """
    shares = weights / weights.sum()
    center, middle = shares @ rows, shares @ answers
    moved = rows - center
    scaled = moved * shares[:, None]
    # Columns that never change, or say what others say, have a share of the answer
    # that any least-squares line gives them.
    coef = np.linalg.pinv(scaled.T @ moved, hermitian=True) @ (
        scaled.T @ (answers - middle)
    )
    return lambda new: middle + (new - center) @ coef


def effective_number(weights: np.ndarray) -> float:
    """Return how many equally weighted rows vary as much in the mean."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def less_noisy(
    answers: np.ndarray,
    controls: np.ndarray,
    rows: np.ndarray,
    weights: np.ndarray,
    ratio: float,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Take controls out of answers, as far as that makes their line more certain.

    Parameters
    ----------
    answers : ndarray of shape (n, T)
    controls : ndarray of shape (n, T)
        Numbers whose line is 0, up to the error of the free rows.
    rows : ndarray of shape (n, d)
    weights : ndarray of shape (n,)
    ratio : float
        Rows to free rows, both effective.

    Returns
    -------
    adjusted : ndarray of shape (n, T)
        :math:`y - \lambda c`. Residuals are stretched about their own line, by as much
        as the free rows' error adds to its variance, so that intervals know of it.
    share : ndarray of shape (T,)
        :math:`\lambda`, in [0, 1]; 0 where it would leave more than 0.95 of the
        variance. The same for answers that add up to a constant, which they do then
        still.
    """
    is_tied = answers.shape[1] > 1 and _add_up(answers)
    if is_tied:
        controls = controls - controls.mean(axis=1, keepdims=True)
    squares = (weights**2)[:, None]
    own = answers - weighted_line(rows, answers, weights)(rows)
    known = controls - weighted_line(rows, controls, weights)(rows)
    both = (squares * own * known).sum(axis=0)
    size = (squares * known**2).sum(axis=0)
    if is_tied:
        both, size = (np.full(len(x), x.sum()) for x in (both, size))
    share = np.clip(both / np.where(size > 0, (1 + ratio) * size, 1.0), 0.0, 1.0)
    before = (squares * own**2).sum(axis=0)
    added = ratio * share**2 * (squares * known**2).sum(axis=0)
    left = (squares * (own - share * known) ** 2).sum(axis=0)
    pays = left + added <= _USEFUL * before
    if is_tied:
        pays[:] = (left + added).sum() <= _USEFUL * before.sum()
    share = np.where(pays, share, 0.0)
    moved = answers - share * controls
    line = weighted_line(rows, moved, weights)(rows)
    stretch = np.sqrt(
        1 + np.where(pays & (left > 0), added / np.maximum(left, 1e-300), 0)
    )
    return np.where(share > 0, line + stretch * (moved - line), answers), share


def _add_up(answers: np.ndarray) -> bool:
    """Tell whether the targets' answers add up to a constant, as probabilities do."""
    total = answers.sum(axis=1)
    return bool(np.ptp(total) <= 1e-6 * max(np.abs(total).max(), np.abs(answers).max()))


def _design(problem: LocalProblem) -> Callable[[Any], np.ndarray]:
    """Return the way from rows to the columns whose weights are fitted.

    The controls must have no line in any of these, so that steps which make new ones
    count; those that choose do not.
    """
    steps: list[Any] = []
    rows = problem.rows
    for step in steps_of(problem.local.regressor)[:-1]:
        if not selects(step):
            steps.append(clone(step).fit(rows))
            rows = steps[-1].transform(rows)

    def design(new: Any) -> np.ndarray:
        for step in steps:
            new = step.transform(new)
        new = new.toarray() if sparse.issparse(new) else new
        return np.asarray(new, dtype=np.float64)

    return design


def _stand_of(
    hood: Neighborhood, proxy: Proxy, targets: Targets, answers: np.ndarray
) -> Stand:
    """Return what proxies say, fitted once for all instances that share the rows."""
    known = hood.surveys[0].proxies if hood.surveys else {}
    key = id(proxy.estimator), targets.factors.tobytes(), len(answers)
    stand = known.get(key)
    if stand is None:
        stand = _fit_proxies(hood, proxy, answers)
        if len(known) >= _MOST_KEPT:
            known.clear()
        known[key] = stand
    return stand


def _fit_proxies(hood: Neighborhood, proxy: Proxy, answers: np.ndarray) -> Stand:
    n, y = len(answers), answers[1:]
    n_free = min(max(_N_FREE, 4 * n), max(n, _MOST_NUMBERS // hood.codes.shape[1]))
    more = proxy.more_rows(hood, n_free)
    behind = slice(hood.n_rows, more.n_rows)
    folds = fold_of_rows(n - 1, None if hood.groups is None else hood.groups[1:n])
    reader = _Reader(proxy.estimator)
    inputs, free_inputs = reader.read(hood, slice(1, n)), reader.read(more, behind)
    held_out = np.empty(y.shape)
    models, free = [], []
    for k in range(_N_FOLDS):
        mine, others = np.flatnonzero(folds == k), np.flatnonzero(folds != k)
        seen = take(inputs, others)
        models.append(
            [_made(proxy.estimator).fit(seen, column) for column in y[others].T]
        )
        held_out[mine] = _said(models[-1], take(inputs, mine))
        free.append(_said(models[-1], free_inputs))
    importance = proxy.importance(more)
    if importance is not None:
        importance = importance[behind]
    codes = more.codes[behind]
    return Stand(
        proxy.estimator, reader, models, folds, held_out, codes, importance, free
    )


def _said(models: list[Any], inputs: Any) -> np.ndarray:
    return np.stack([np.ravel(m.predict(inputs)) for m in models], axis=1)


def fold_of_rows(n_rows: int, groups: np.ndarray | None) -> np.ndarray:
    """Return a fold for each row; rows that were drawn together are in one.

    Parameters
    ----------
    n_rows : int
    groups : ndarray of int of shape (n_rows,) or None

    Returns
    -------
    folds : ndarray of int of shape (n_rows,)
    """
    units = np.arange(n_rows)
    if groups is not None:
        units = np.unique(groups, return_inverse=True)[1]
    n_units = int(units.max()) + 1
    if n_units < _N_FOLDS:
        units, n_units = np.arange(n_rows), n_rows
    return (np.random.RandomState(_SEED).permutation(n_units) % _N_FOLDS)[units]


def _made(estimator: Any) -> Any:
    if isinstance(estimator, str):
        return HistGradientBoostingRegressor(
            max_iter=200, max_leaf_nodes=8, early_stopping=False, random_state=0
        )
    return clone(estimator)


class _Reader:
    """The way from rows to what a proxy is given.

    An estimator of the user's is given the model's own inputs. "auto" is given numbers:
    columns that have none by number of their value, and of texts which parts are there.
    """

    def __init__(self, estimator: Any) -> None:
        self.is_raw = not isinstance(estimator, str)
        self.values: list[np.ndarray | None] | None = None

    def read(self, hood: Neighborhood, part: slice) -> Any:
        """Return the rows of a part; values are known by those of the first."""
        inputs = hood.inputs(part)
        if self.is_raw:
            return inputs
        if isinstance(inputs, list) or sparse.issparse(inputs):
            codes = hood.codes[part]
            return np.asarray(
                codes.todense() if sparse.issparse(codes) else codes, float
            )
        if isinstance(inputs, np.ndarray):
            inputs = inputs.reshape(len(inputs), -1)
            if inputs.dtype.kind in "biuf":
                return inputs.astype(float)
            columns = list(inputs.T)
        else:
            columns = [np.asarray(inputs[name]) for name in inputs.columns]
        if self.values is None:
            self.values = [
                None if c.dtype.kind in "biuf" else np.unique(c.astype(str))
                for c in columns
            ]
        pairs = zip(columns, self.values, strict=True)
        read = [c if v is None else np.searchsorted(v, c.astype(str)) for c, v in pairs]
        return np.stack(read, axis=1).astype(float)
