"""What of a model is asked, and what its answers mean."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from sklearn_baylime.black_box._torch import TorchCall, is_torch

# Methods that answer a score for each class, which compete with each other.
_SCORES = ("predict_proba", "predict_log_proba", "decision_function")
# The first of these that an estimator of a kind has is asked.
_METHODS = {
    "classifier": ("predict_proba", "decision_function", "predict"),
    "regressor": ("predict",),
    "clusterer": ("predict_proba", "predict"),
    "density_estimator": ("predict_proba", "score_samples"),
    "outlier_detector": ("decision_function", "score_samples", "predict"),
    None: ("predict_proba", "predict"),
}
_LAST = ("decision_function", "score_samples")


@dataclass(frozen=True)
class Asked:
    """The function to ask, and how its answers are read.

    Attributes
    ----------
    ask : callable
        Maps rows to answers.
    labels : sequence or None
        What the answers are, where they are labels and no numbers; a list of arrays
        where each row has several.
    or_numbers : bool
        Whether the answers may be numbers all the same, which are taken as they are.
    classes : sequence or None
        What the columns of the answers stand for; a list of arrays for several outputs.
    competes : bool or None
        Whether the largest column is what is predicted; None where nothing tells.
    is_normed : bool
        Whether the columns of one output should add up to 1.
    word : str
        What a column is called, before its number.
    name : str or None
        Name of a single column.
    """

    ask: Callable[..., Any]
    labels: Any = None
    or_numbers: bool = False
    classes: Any = None
    competes: bool | None = None
    is_normed: bool = False
    word: str = "output"
    name: str | None = None


def resolve(model: Any) -> Asked:
    """Find what of a model is asked: no base class is expected of it.

    Parameters
    ----------
    model : callable or fitted estimator

    Returns
    -------
    asked : Asked

    Raises
    ------
    TypeError
        If nothing of it can be asked, or not about rows.
    """
    owner = getattr(model, "__self__", None)
    _refuse(model, owner)
    if is_torch(model):
        return Asked(TorchCall(model))
    if _is_made_by(model, "transformers", "TextClassificationPipeline"):
        # By default it tells the best label alone.
        return Asked(partial(model, top_k=None), competes=True, is_normed=True)
    for method in (*_METHODS.get(kind_of_model(model), _METHODS[None]), *_LAST):
        if _has(model, method):
            return _of_method(model, method)
    if callable(model):
        method = getattr(model, "__name__", "")
        if owner is not None and not inspect.ismodule(owner) and _has(owner, method):
            return _of_method(owner, method)
        return Asked(model)
    raise TypeError(_describe_refused(model))


def kind_of_model(model: Any) -> str | None:
    """Return the kind of an estimator, None of what is not scikit-learn's.

    >>> from sklearn.cluster import KMeans
    >>> kind_of_model(KMeans())
    'clusterer'
    >>> kind_of_model(len) is None
    True
    """
    if hasattr(type(model), "__sklearn_tags__"):
        try:
            return model.__sklearn_tags__().estimator_type
        except AttributeError:
            # A mixin of scikit-learn's without its base class.
            pass
    kind = getattr(model, "_estimator_type", None)
    return kind if isinstance(kind, str) else None


def _has(model: Any, method: str) -> bool:
    if method == "predict_proba" and getattr(model, "can_predict_proba", True) is False:
        return False
    return callable(getattr(model, method, None))


def _of_method(owner: Any, method: str) -> Asked:
    """Return how the answers of an estimator's method are read."""
    ask, kind = getattr(owner, method), kind_of_model(owner)
    classes = getattr(owner, "classes_", None)
    if kind in ("clusterer", "density_estimator"):
        return _of_clusters(owner, method)
    if kind == "outlier_detector":
        return Asked(ask, competes=False, name=method)
    if kind == "regressor":
        return Asked(ask, competes=False)
    if method in _SCORES:
        is_normed = method == "predict_proba"
        return Asked(ask, classes=classes, competes=True, is_normed=is_normed)
    if method == "predict" and classes is not None:
        # Of a stranger, `predict` may give scores in spite of its classes.
        is_ours = isinstance(owner, BaseEstimator)
        return Asked(ask, classes, not is_ours, classes=classes, competes=True)
    if method == "predict" and kind == "classifier":
        return Asked(ask, competes=True)
    return Asked(ask)


def _of_clusters(owner: Any, method: str) -> Asked:
    """Return how clusters and mixtures are read: one output a cluster."""
    ask = getattr(owner, method)
    if method in _SCORES:
        return Asked(ask, competes=True, is_normed=True, word="cluster")
    if method != "predict":
        return Asked(ask, competes=False, name=method)
    labels = _cluster_labels(owner)
    return Asked(ask, labels=labels, competes=labels is not None, word="cluster")


def _cluster_labels(model: Any) -> np.ndarray | None:
    """Return the numbers of the clusters, None where the model does not tell."""
    while True:
        inner = getattr(model, "best_estimator_", None)
        steps = getattr(model, "steps", None)
        if inner is None and steps:
            inner = steps[-1][1]
        if inner is None:
            break
        model = inner
    labels = getattr(model, "labels_", None)
    if labels is not None:
        return np.unique(labels)
    n_clusters = getattr(model, "n_components", None)
    return None if n_clusters is None else np.arange(n_clusters)


def _is_made_by(model: Any, package: str, name: str) -> bool:
    return any(
        parent.__module__.split(".")[0] == package and parent.__name__ == name
        for parent in type(model).__mro__
    )


def _refuse(model: Any, owner: Any) -> None:
    """Say what to do with what cannot be asked as it is."""
    booster = owner if getattr(model, "__name__", "") == "predict" else model
    if _is_made_by(booster, "xgboost", "Booster"):
        raise TypeError(
            "The black box is a native xgboost Booster, whose predict takes a DMatrix "
            "and no rows: give booster.inplace_predict, or lambda rows: "
            "booster.predict(xgboost.DMatrix(rows))."
        )
    if inspect.isclass(model):
        raise TypeError(
            f"The black box is the class {model.__name__}, expected a fitted model: "
            f"{model.__name__}(...).fit(X, y), or a function of rows."
        )


def _describe_refused(model: Any) -> str:
    shape = getattr(model, "shape", None)
    if shape is not None:
        return (
            f"The black box is a table or array of shape {shape}, expected a function "
            "of rows or a fitted estimator; data belongs in explainer.fit(X)."
        )
    return (
        f"The black box is {model!r}, expected a function of rows, or a fitted "
        "model with predict_proba, decision_function or predict."
    )


def flat_classes(classes: Any) -> list[Any] | None:
    """Return one class for each column; those of several outputs with its number.

    >>> flat_classes([np.array(["a", "b"]), np.array(["c"])])
    ['0: a', '0: b', '1: c']
    """
    if classes is None:
        return None
    if not has_several(classes):
        return list(classes)
    return [f"{i}: {label}" for i, own in enumerate(classes) for label in own]


def has_several(classes: Any) -> bool:
    """Tell whether classes are those of several outputs."""
    return isinstance(classes, list | tuple) and all(np.ndim(own) for own in classes)


def numbers_of(classes: Sequence[Any] | None) -> list[float] | None:
    """Return classes as numbers where all are, and are not 0 ... k - 1 themselves.

    Then a number names a class and no column.

    >>> numbers_of(["1", "2"])
    [1, 2]
    >>> numbers_of([0, 1]) is None and numbers_of(["a", "b"]) is None
    True
    """
    try:
        numbers = [float(label) for label in classes or []]
    except (TypeError, ValueError):
        return None
    if not np.isfinite(numbers).all() or numbers == list(range(len(numbers))):
        return None
    return [int(n) if n.is_integer() else n for n in numbers] or None
