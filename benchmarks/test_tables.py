"""One explanation of a table row beside lime's and beside the model's own time."""

import numpy as np
import pandas as pd
import pytest
from lime.lime_tabular import LimeTabularExplainer
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

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

    def test_ours_10_features(self, benchmark):
        explainer = make_tabular_explainer(
            probabilities, n_features=10, random_state=0
        ).fit(X)
        benchmark(explainer.explain_instance, X[0], targets=1)

    def test_ours_5_features(self, benchmark):
        explainer = make_tabular_explainer(
            probabilities, n_features=5, random_state=0
        ).fit(X)
        benchmark(explainer.explain_instance, X[0], targets=1)


WIDE = np.random.RandomState(0).normal(size=(1000, 500))
WIDE_SLOPES = np.r_[3, -2, 1.5, 1, 0.7, 0.5, np.zeros(494)] / 4


def wide_probabilities(rows):
    p = 0.5 + 0.5 * np.tanh(rows @ WIDE_SLOPES)
    return np.column_stack([1 - p, p])


@pytest.mark.benchmark(group="table 5000x500, 6 feat.")
class TestWideTable:
    def test_ours(self, benchmark):
        explainer = make_tabular_explainer(
            wide_probabilities, n_features=6, random_state=0
        ).fit(WIDE)
        benchmark.pedantic(
            explainer.explain_instance, (WIDE[0],), {"targets": 1}, rounds=15
        )

    def test_ours_and_all_features(self, benchmark):
        explainer = make_tabular_explainer(
            wide_probabilities, n_features=6, random_state=0
        ).fit(WIDE)

        def explain():
            return explainer.explain_instance(WIDE[0], targets=1).all_features

        benchmark.pedantic(explain, rounds=9)

    def test_lime(self, benchmark):
        explainer = LimeTabularExplainer(WIDE, random_state=0)
        benchmark.pedantic(
            explainer.explain_instance,
            (WIDE[0], wide_probabilities),
            {"num_features": 6},
            rounds=3,
        )


def mixed_frame(n_rows, rng):
    """Columns such as Adult's: amounts, counts, and categories of 3 to 8 values."""
    amounts = {f"amount {j}": rng.lognormal(size=n_rows).round(3) for j in range(8)}
    counts = {f"count {j}": rng.poisson(5, size=n_rows) for j in range(4)}
    groups = {
        f"group {j}": pd.Categorical(rng.choice(list("abcdefgh")[: 3 + j % 6], n_rows))
        for j in range(8)
    }
    return pd.DataFrame({**amounts, **counts, **groups})


@pytest.fixture(scope="module")
def forest():
    """A forest on 20,000 rows of 20 mixed columns, a fifth of the labels flipped."""
    rng = np.random.RandomState(0)
    frame = mixed_frame(20_000, rng)
    rich = (frame["amount 0"] > 1) & (frame["group 0"] == "a") | (frame["count 0"] > 6)
    y = rich ^ (rng.random_sample(len(frame)) < 0.2)
    encoder = make_column_transformer(
        (OneHotEncoder(), [name for name in frame if name.startswith("group")]),
        remainder="passthrough",
    )
    model = make_pipeline(encoder, RandomForestClassifier(random_state=0))
    return frame, model.fit(frame, y)


@pytest.mark.benchmark(group="forest, 20 mixed", min_rounds=15, warmup=True)
class TestForest:
    def test_the_model_alone(self, benchmark, forest):
        frame, model = forest
        explainer = make_tabular_explainer(model, random_state=0).fit(frame)
        rows = explainer.sample(frame.iloc[0]).inputs()
        benchmark(model.predict_proba, rows)

    def test_one_explanation(self, benchmark, forest):
        frame, model = forest
        explainer = make_tabular_explainer(model, random_state=0).fit(frame)
        benchmark(explainer.explain_instance, frame.iloc[0])
