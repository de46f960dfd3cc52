"""What is asked of a model, and what its answers are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import get_tags


@dataclass(frozen=True)
class Source:
    """The function that answers, and the model behind it.

    Attributes
    ----------
    ask : callable
        From rows to answers.
    model : object or None
        The model that it is of; None for a plain function.
    method : str
        Name of the method that is asked; empty for a plain function.
    kind : str or None
        "classifier", "regressor", "clusterer", "density_estimator" or
        "outlier_detector", where the model is known to be one.
    """

    ask: Callable[..., Any]
    model: Any
    method: str
    kind: str | None

    @property
    def is_classifier(self) -> bool:
        """Whether the largest answer is what the model predicts."""
        return self.kind in ("classifier", "clusterer", "density_estimator")

    @property
    def classes(self) -> Any:
        """Classes, clusters or components of the answers, where the model tells them.

        A list of arrays where there are several outputs.
        """
        if self.kind == "classifier":
            return getattr(self.model, "classes_", None)
        if self.kind == "density_estimator":
            number = getattr(self.model, "n_components", None)
            return None if number is None else np.arange(number)
        if self.kind == "clusterer":
            known = np.unique(getattr(self.model, "labels_", []))
            return known if len(known) else None
        return None

    @property
    def labels(self) -> Any:
        """Labels that are answered instead of numbers; None where numbers are."""
        answers_labels = self.is_classifier and self.method == "predict"
        return self.classes if answers_labels else None

    @property
    def n_outputs(self) -> int | None:
        """Number of columns, where it is known before the first answer."""
        known = self.labels
        if known is None and self.method == "predict_proba":
            known = self.classes
        if isinstance(known, list):
            return sum(len(own) for own in known)
        return None if known is None else len(known)


def find_source(model: Any) -> Source:
    """Return what is asked of a model, whatever it was made with.

    Nothing need be inherited: a function is asked itself, an object by the method that
    tells most. Classifiers and whatever else has `predict_proba` are asked for it,
    outlier detectors for their score, all others for `predict`.

    Raises
    ------
    TypeError
        If nothing can be asked, or the model takes no rows as they come.
    """
    owner = getattr(model, "__self__", None)
    if callable(model) and _answers(owner):
        _refuse_matrices(owner)
        return Source(model, owner, getattr(model, "__name__", ""), kind_of(owner))
    if _answers(model):
        _refuse_matrices(model)
        kind = kind_of(model)
        for method in _methods(kind):
            if hasattr(model, method):
                return Source(getattr(model, method), model, method, kind)
    if callable(model):
        return Source(model, None, "", None)
    shape = getattr(model, "shape", None)
    if shape is not None:
        raise TypeError(
            f"The black box is a table or array of shape {shape}, expected a function "
            "of rows or a fitted model; data belongs in explainer.fit(X)."
        )
    raise TypeError(
        f"The black box is {model!r}, expected a function of rows, or a fitted model "
        "with predict_proba, decision_function or predict."
    )


def _answers(model: Any) -> bool:
    """Tell whether an object is a model: it has one of the methods."""
    return any(hasattr(model, method) for method in ("predict", "predict_proba"))


def _methods(kind: str | None) -> tuple[str, ...]:
    """Return the methods to ask, the most telling first."""
    if kind in ("classifier", "density_estimator"):
        return ("predict_proba", "decision_function", "predict")
    if kind == "outlier_detector":
        return ("decision_function", "score_samples", "predict")
    return ("predict",)


def kind_of(model: Any) -> str | None:
    """Return what a model is, by scikit-learn's tags or by its methods.

    Tags are those of estimators. Who inherits nothing is a classifier if it has
    `predict_proba` or `classes_`.
    """
    kind = getattr(model, "_estimator_type", None)
    if hasattr(model, "__sklearn_tags__"):
        try:
            kind = get_tags(model).estimator_type
        except AttributeError:
            # Of ancestors that know no tags; the methods tell.
            pass
    if kind is not None:
        return str(kind)
    is_classifier = hasattr(model, "predict_proba") or hasattr(model, "classes_")
    return "classifier" if is_classifier else None


def _refuse_matrices(model: Any) -> None:
    """Refuse a native booster of xgboost, which takes a matrix type of its own."""
    package = type(model).__module__.partition(".")[0]
    if package == "xgboost" and type(model).__name__ == "Booster":
        raise TypeError(
            "The black box is a native Booster of xgboost, which takes a DMatrix, "
            "expected a model of rows: give lambda rows: "
            "booster.predict(xgboost.DMatrix(rows)), or an XGBClassifier or "
            "XGBRegressor."
        )
