"""Tables and models that the harnesses are run on; all of them are installed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from sklearn_baylime.datasets import load_compas


class Problem(NamedTuple):
    """A model of two classes, its background, and rows to explain.

    `types` has a letter for each column, "c" for numbers and "d" for 0 or 1.
    """

    name: str
    model: Any
    train: np.ndarray
    test: np.ndarray
    types: list[str]

    def answer(self, rows: np.ndarray) -> np.ndarray:
        """Return probabilities of both classes, as a black box without a type."""
        return self.model.predict_proba(np.asarray(rows, dtype=np.float64))

    @property
    def predicted(self) -> np.ndarray:
        """Predicted classes of the rows to explain."""
        return self.answer(self.test).argmax(axis=1)


def load_problems(scaled: str, n_test: int, seed: int = 0) -> list[Problem]:
    """Return the problems: tables by models; COMPAS where it is installed.

    `scaled` is "range", 0 to 1 as OpenXAI has it, or "deviation", in which 0 is the
    mean, as harnesses that remove columns by setting them to 0 take it.
    """
    cancer = load_breast_cancer()
    tables = {"cancer": (cancer.data, cancer.target, ["c"] * cancer.data.shape[1])}
    try:
        compas = load_compas()
    except ImportError as error:
        print(f"without COMPAS: {error}")
    else:
        letters = ["d" if j in compas.categorical_features else "c" for j in range(6)]
        tables = {"compas": (compas.data, compas.target, letters), **tables}
    problems = []
    for table, (X, y, letters) in tables.items():
        train, test, answers, _ = train_test_split(
            X, y, test_size=0.2, random_state=seed
        )
        scaler = MinMaxScaler() if scaled == "range" else StandardScaler()
        train = scaler.fit_transform(train)
        test = scaler.transform(test)[:n_test]
        models = {
            "linear": LogisticRegression(max_iter=2000),
            "network": MLPClassifier(
                (32,), max_iter=400, alpha=1e-2, random_state=seed
            ),
        }
        for kind, model in models.items():
            fitted = model.fit(train, answers)
            problems.append(Problem(f"{table}, {kind}", fitted, train, test, letters))
    return problems
