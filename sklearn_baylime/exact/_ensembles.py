"""Which trees, with which factors, make up a model's answer."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from sklearn_baylime.base._sklearn import (
    boosting_start,
    histogram_categories,
    histogram_start,
    histogram_trees,
)
from sklearn_baylime.exact._boxes import Tree, read_histogram_tree, read_tree

# Losses whose link is the identity: the answer is the sum over trees itself.
_IDENTITY_LOSSES = {"squared_error", "absolute_error", "quantile"}

# Strategies whose probabilities do not depend on the row, nor on chance.
_CONSTANT_CLASSES = {"prior", "most_frequent", "constant", "uniform"}


@dataclass(frozen=True)
class Term:
    """A tree whose answers, times a factor, are added to some of the targets."""

    tree: Tree
    scale: float
    targets: np.ndarray


@dataclass(frozen=True)
class Ensemble:
    """A model as a sum of trees.

    Attributes
    ----------
    terms : list of Term
    constant : ndarray of shape (n_targets,)
        What is added to the trees' sum.
    categories : dict of int to ndarray
        Values of the columns that the model itself treats as categories.
    """

    terms: list[Term]
    constant: np.ndarray
    categories: dict[int, np.ndarray] = field(default_factory=dict)


def read_ensemble(model: Any) -> Ensemble | None:
    """Return a fitted model's trees, None if it is of none of the kinds with trees.

    Raises
    ------
    TypeError
        If the kind is known but this model's answer is no sum over its trees.
    """
    for kinds, read in _READERS.items():
        if isinstance(model, kinds):
            return read(model)
    return None


def read_lines(model: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Return slopes (n_targets, n_columns) and intercepts of a linear model.

    None if there are no such attributes, or if the answers on a few rows show that they
    are not all there is to the model, as with a log link.
    """
    coef, intercept = getattr(model, "coef_", None), getattr(model, "intercept_", None)
    method = "decision_function" if hasattr(model, "classes_") else "predict"
    answer = getattr(model, method, None)
    if coef is None or intercept is None or answer is None:
        return None
    coef = coef.toarray() if hasattr(coef, "toarray") else np.asarray(coef)
    coef, intercept = np.atleast_2d(coef).astype(float), np.ravel(intercept)
    if coef.ndim != 2 or len(intercept) not in (1, len(coef)):
        return None
    intercept = np.broadcast_to(intercept, len(coef)).astype(float)
    return (coef, intercept) if _is_linear(answer, coef, intercept) else None


def _is_linear(answer: Callable, coef: np.ndarray, intercept: np.ndarray) -> bool:
    rows = np.random.default_rng(0).normal(size=(4, coef.shape[1]))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Names of columns do not matter for this check.
        warnings.simplefilter("ignore")
        given = np.asarray(answer(rows))
    size = np.abs(rows) @ np.abs(coef.T) + np.abs(intercept)
    expected = rows @ coef.T + intercept
    if given.size != expected.size:
        return False
    # Loose enough for coefficients in single precision.
    gap = np.abs(given.reshape(expected.shape) - expected)
    return bool((gap <= 1e-5 * size).all())


def _read_one_tree(model: Any) -> Ensemble:
    return _mean_of_trees(model, [model])


def _read_forest(model: Any) -> Ensemble:
    return _mean_of_trees(model, model.estimators_)


def _mean_of_trees(model: Any, trees: Any) -> Ensemble:
    n_targets = _n_targets(model)
    targets, scale = np.arange(n_targets), 1.0 / len(trees)
    terms = [Term(read_tree(tree.tree_), scale, targets) for tree in trees]
    return Ensemble(terms, np.zeros(n_targets))


def _n_targets(model: Any) -> int:
    if not is_classifier(model):
        return model.n_outputs_
    if getattr(model, "n_outputs_", 1) > 1:
        raise TypeError(
            f"{type(model).__name__} classifies {model.n_outputs_} outputs at once, "
            "expected one; explain a model of one output, or use sampling instead."
        )
    return model.n_classes_


def _read_bagging(model: Any) -> Ensemble:
    trees = model.estimators_
    if not all(
        isinstance(t, (DecisionTreeClassifier, DecisionTreeRegressor)) for t in trees
    ):
        raise TypeError(
            f"{type(model).__name__} bags {type(trees[0]).__name__}, expected decision "
            "trees; use sampling instead."
        )
    n_targets = model.n_classes_ if is_classifier(model) else trees[0].n_outputs_
    terms = []
    for tree, columns in zip(trees, model.estimators_features_, strict=True):
        # A tree may not have seen all classes; it names those it has by number.
        seen = tree.classes_ if is_classifier(model) else np.arange(n_targets)
        term = Term(read_tree(tree.tree_, columns), 1.0 / len(trees), seen.astype(int))
        terms.append(term)
    return Ensemble(terms, np.zeros(n_targets))


def _read_boosting(model: Any) -> Ensemble:
    start = model.init_
    constant = (
        start == "zero"
        if isinstance(start, str)
        else (
            isinstance(start, DummyRegressor)
            or (
                isinstance(start, DummyClassifier)
                and start.strategy in _CONSTANT_CLASSES
            )
        )
    )
    if not constant:
        raise TypeError(
            f"{type(model).__name__} starts from {type(start).__name__}, expected the "
            "default init or 'zero'; use sampling instead."
        )
    terms = [
        Term(read_tree(tree.tree_), model.learning_rate, np.array([k]))
        for stage in model.estimators_
        for k, tree in enumerate(stage)
    ]
    return Ensemble(terms, boosting_start(model))


def _read_histogram_boosting(model: Any) -> Ensemble:
    if not is_classifier(model) and model.loss not in _IDENTITY_LOSSES:
        raise TypeError(
            f"{type(model).__name__} has loss={model.loss!r}, whose answers are no sum "
            f"over trees, expected one of {sorted(_IDENTITY_LOSSES)}; use sampling "
            "instead."
        )
    columns = np.arange(model.n_features_in_)
    categories = {}
    if model.is_categorical_ is not None and model.is_categorical_.any():
        # The model puts its categorical columns first.
        columns = np.argsort(~model.is_categorical_, kind="stable")
        # Only as many are encoded as are categorical.
        for column, values in zip(columns, histogram_categories(model), strict=False):
            categories[int(column)] = _numeric_categories(values)
    most = max(map(len, categories.values()), default=0)
    terms = [
        Term(read_histogram_tree(tree, columns, most), 1.0, np.array([k]))
        for stage in histogram_trees(model)
        for k, tree in enumerate(stage)
    ]
    return Ensemble(terms, histogram_start(model), categories)


def _numeric_categories(values: np.ndarray) -> np.ndarray:
    """Return a column's categories as numbers, the missing one left out."""
    texts = [value for value in np.asarray(values).tolist() if isinstance(value, str)]
    if texts:
        raise TypeError(
            f"The model has a categorical column of texts such as {texts[0]!r}, "
            "expected numbers; encode the column before the model, or use sampling "
            "instead."
        )
    numbers = np.asarray(values, dtype=float)
    return numbers[~np.isnan(numbers)]


_READERS: dict[tuple, Callable] = {
    (DecisionTreeClassifier, DecisionTreeRegressor): _read_one_tree,
    (
        RandomForestClassifier,
        RandomForestRegressor,
        ExtraTreesClassifier,
        ExtraTreesRegressor,
    ): _read_forest,
    (BaggingClassifier, BaggingRegressor): _read_bagging,
    (GradientBoostingClassifier, GradientBoostingRegressor): _read_boosting,
    (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
    ): _read_histogram_boosting,
}
