"""Curves of an explained instance in an order of its features, through its codes."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import column_or_1d

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._targets import resolve_targets
from sklearn_baylime.metrics._curve import (
    Curve,
    as_black_box,
    ask_in_parts,
    find_bounds,
)
from sklearn_baylime.metrics._removal import Removal
from sklearn_baylime.views import ImageInstance


def explanation_curve(
    explanation: Explanation,
    model: Any,
    order: Any,
    *,
    target: Any,
    n_steps: int | None,
    n_draws: int,
    background: Any,
    batch_size: int | None,
    rng: np.random.RandomState,
    insert: bool,
) -> Curve:
    """Return the curve of an instance whose features leave or come back in order."""
    if not isinstance(n_draws, Integral) or n_draws < 1:
        raise ValueError(f"n_draws is {n_draws!r}, expected an integer >= 1.")
    t = explanation.position(target)
    # Before the order, so that a random one is compared on the same draws.
    removal = Removal(explanation, background, n_draws, rng)
    ranked = order_features(explanation, t, order, rng)
    bounds = find_bounds(len(ranked), n_steps, batch_size)
    rank = np.argsort(ranked)
    # The instance is one end, and known without a draw.
    others = bounds[:-1] if insert else bounds[1:]
    kept = (rank < others[:, None]) == insert
    draws = _ask(explanation.targets[t], model, removal, kept, batch_size, insert)
    return Curve(
        _fractions(explanation, ranked)[bounds],
        draws.mean(axis=0),
        draws if removal.is_random else None,
    )


def order_features(
    explanation: Explanation, t: int, order: Any, rng: np.random.RandomState
) -> NDArray[np.intp]:
    """Return all features, the first to leave first.

    Raises
    ------
    ValueError
        If the order is not known, or has features that are not there, or twice.
    """
    coef, n_features = explanation.coef[t], len(explanation.feature_names)
    if not isinstance(order, str):
        return _complete(_check_order(order, n_features), n_features)
    if order == "random":
        return rng.permutation(n_features)
    sizes = {"weight": coef, "absolute": np.abs(coef)}.get(order)
    if sizes is None:
        raise ValueError(
            f"order is {order!r}, expected 'weight', 'absolute', 'random' or positions "
            "of features."
        )
    strongest = np.argsort(-sizes, kind="stable")
    return _complete(strongest[explanation.selected[t][strongest]], n_features)


def _check_order(order: Any, n_features: int) -> NDArray[np.intp]:
    given = column_or_1d(order)
    known = given.dtype.kind in "iu" and np.isin(given, np.arange(n_features)).all()
    if not known or len(np.unique(given)) < len(given):
        raise ValueError(
            f"order is {given.tolist()[:8]}, expected positions of features from 0 to "
            f"{n_features - 1}, each at most once; those left out come last."
        )
    return given.astype(np.intp)


def _complete(first: NDArray[np.intp], n_features: int) -> NDArray[np.intp]:
    """Return the first features, and behind them the others as they come."""
    return np.concatenate([first, np.setdiff1d(np.arange(n_features), first)])


def _ask(
    key: Any,
    model: Any,
    removal: Removal,
    kept: NDArray[np.bool_],
    batch_size: int | None,
    insert: bool,
) -> NDArray[np.float64]:
    """Return the target's answers of each draw, (n_draws, n_steps + 1)."""
    box = as_black_box(model, batch_size)
    size = box.rows_per_batch(removal.row) if batch_size is None else batch_size
    whole = _combine(box.ask(removal.row), key, box)
    answers = ask_in_parts(
        box,
        removal.n_draws * len(kept),
        size,
        lambda first, last: removal.rows_between(kept, first, last),
    )
    changed = _combine(answers, key, box).reshape(removal.n_draws, len(kept))
    ends = np.tile(whole, (removal.n_draws, 1))
    return np.concatenate([changed, ends] if insert else [ends, changed], axis=1)


def _combine(
    answers: NDArray[np.float64], key: Any, box: BlackBox
) -> NDArray[np.float64]:
    """Return what an explanation's target is of the model's answers, (n_rows,)."""
    # Pairs of columns and factors, as contrasts have them.
    request = dict(key) if np.ndim(key) == 2 else key
    names = [str(column) for column in range(answers.shape[1])]
    classes = box.class_numbers(len(names))
    targets = resolve_targets([request], names, False, classes=classes)
    assert targets is not None
    return targets.of(answers)[:, 0]


def _fractions(
    explanation: Explanation, ranked: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return how much has changed behind each feature, from 0 to 1."""
    sizes, instance = np.ones(len(ranked)), explanation.instance
    if isinstance(instance, ImageInstance):
        sizes = np.bincount(instance.segments.ravel()).astype(np.float64)
    return np.append(0.0, np.cumsum(sizes[ranked])) / sizes.sum()
