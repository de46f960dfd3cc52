"""One explanation of a table row beside lime's, with a model that costs nothing."""

import numpy as np
import pytest
from lime.lime_tabular import LimeTabularExplainer
from sklearn.datasets import load_breast_cancer

from sklearn_baylime import make_tabular_explainer

X, _ = load_breast_cancer(return_X_y=True)
SLOPES = np.random.RandomState(0).normal(size=X.shape[1]) / X.std(axis=0) / 10


def probabilities(rows):
    p = 0.5 + 0.5 * np.tanh((rows - X.mean(axis=0)) @ SLOPES)
    return np.column_stack([1 - p, p])


@pytest.mark.benchmark(group="table 5000x30", min_rounds=25, warmup=True)
class TestTable:
    def test_ours(self, benchmark):
        explainer = make_tabular_explainer(probabilities, random_state=0).fit(X)
        benchmark(explainer.explain_instance, X[0], targets=1)

    def test_lime_10_features(self, benchmark):
        explainer = LimeTabularExplainer(X, random_state=0)
        benchmark(explainer.explain_instance, X[0], probabilities)

    def test_lime_all_features(self, benchmark):
        explainer = LimeTabularExplainer(X, random_state=0)
        benchmark(explainer.explain_instance, X[0], probabilities, num_features=30)

    def test_lime_5_features(self, benchmark):
        explainer = LimeTabularExplainer(X, random_state=0)
        benchmark.pedantic(
            explainer.explain_instance,
            (X[0], probabilities),
            {"num_features": 5},
            rounds=5,
        )

    def test_ours_5_features(self, benchmark):
        explainer = make_tabular_explainer(
            probabilities, n_features=5, random_state=0
        ).fit(X)
        benchmark(explainer.explain_instance, X[0], targets=1)
