"""Many rows at once: calls, progress, attributions as features, summaries."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline

from sklearn_baylime import BlackBox, make_tabular_explainer
from sklearn_baylime.explanation import submodular_pick, summarize


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True, as_frame=True)
    X.index = [f"flower {i}" for i in range(len(X))]
    y = pd.Series(np.array(list("abc"))[y], index=X.index)
    return X, y, RandomForestClassifier(5, random_state=0).fit(X, y)


def make(model, X, **params):
    params = {"n_samples": 100, "random_state": 0, **params}
    return make_tabular_explainer(model, **params).fit(X)


# ---------------------------------------------------------------- calls and progress


@pytest.mark.parametrize("batch_size", [30, 100, 250, 1000, 10_000])
def test_instances_share_calls_without_mixing(batch_size, table, score):
    """Groups fill a batch; a batch is never larger, and rows stay with their own."""
    sizes, told = [], []

    def model(rows):
        sizes.append(len(rows))
        return score(rows)

    explainer = make(
        model,
        table,
        batch_size=batch_size,
        verbose=lambda n_answered, n_rows: told.append((n_answered, n_rows)),
    )
    explanations = explainer.explain(table[:12])
    assert max(sizes) <= batch_size
    per_group = 100 * min(max(batch_size // 100, 1), 12)
    assert len(sizes) == sum(
        -(-min(per_group, 1200 - first) // batch_size)
        for first in range(0, 1200, per_group)
    )
    assert [n for n, _ in told] == np.cumsum(sizes).tolist()
    assert {total for _, total in told} == {1200}
    assert [e.n_queries for e in explanations] == [100] * 12
    alone = make(score, table).explain_instance(table[7])
    np.testing.assert_allclose(explanations[7].coef, alone.coef, rtol=1e-9, atol=1e-12)


def test_it_is_silent_unless_told_otherwise(table, score, capfd):
    make(score, table).explain(table[:2])
    assert capfd.readouterr() == ("", "")
    make(score, table, verbose=True).explain(table[:2])
    told = capfd.readouterr()
    assert told.out == ""
    assert "200" in told.err


# ---------------------------------------------------------------- features


def test_attributions_train_a_model_in_a_pipeline(iris):
    X, y, forest = iris
    rows, wanted = X.iloc[::5], y.iloc[::5]
    pipeline = Pipeline(
        [
            ("explain", make_tabular_explainer(forest, n_samples=100, random_state=0)),
            ("model", LogisticRegression(max_iter=1000)),
        ]
    )
    pipeline.set_output(transform="pandas").fit(rows, wanted)
    assert pipeline.score(rows, wanted) > 0.9
    names = [f"{c}: {name}" for c in "abc" for name in X.columns]
    assert list(pipeline[-1].feature_names_in_) == names
    assert list(pipeline[:-1].get_feature_names_out()) == names
    assert cross_val_score(pipeline, rows, wanted, cv=2).mean() > 0.5


@pytest.mark.parametrize("output", ["pandas", "polars", "default"])
def test_output_containers(output, iris):
    X, _, forest = iris
    explainer = make(forest, X).set_output(transform=output)
    features = explainer.transform(X.iloc[50:53])
    coef = np.array(
        [e.coef.ravel() for e in explainer.explain(X[50:53], targets="all")]
    )
    np.testing.assert_array_equal(np.asarray(features), coef)
    if output == "default":
        assert type(features) is np.ndarray
        return
    assert list(features.columns) == list(explainer.get_feature_names_out())
    if output == "pandas":
        assert list(features.index) == ["flower 50", "flower 51", "flower 52"]


def test_of_two_classes_the_second_is_told(iris):
    X, y, _ = iris
    forest = RandomForestClassifier(5, random_state=0).fit(X, y == "b")
    explainer = make(forest, X)
    features = explainer.transform(X.iloc[:2])
    assert features.shape == (2, 4)
    with pytest.raises(ValueError, match="X has no rows, expected at least one"):
        explainer.transform(X.iloc[:0])
    assert list(explainer.get_feature_names_out()) == list(X.columns)
    second = explainer.explain(X.iloc[:2], targets=[1])
    np.testing.assert_allclose(features, [e.coef[0] for e in second], atol=1e-12)
    named = make(BlackBox(forest, output_names=["no", "yes"]), X)
    assert named.fit_transform(X.iloc[:2]).shape == (2, 4)


# ---------------------------------------------------------------- summaries


def test_picks_and_summaries_of_many(table, score):
    explanations = make(score, table, n_samples=1000).explain(table[:20])
    summary = summarize(explanations)
    assert [name for name, _ in summary.as_list()][:3] == ["x1", "x0", "x2"]
    assert summary.names == ("x0", "x1", "x2", "x3")
    weights = np.array([e.coef[0] for e in explanations])
    plain = np.abs(weights).mean(axis=0)
    # The noise of the estimates is taken out: it is all that the last column has.
    np.testing.assert_allclose(summary.mean_abs[:3], plain[:3], rtol=0.05)
    assert summary.mean_abs[3] < 0.5 * plain[3]
    picks = submodular_pick(explanations, 3)
    assert len(set(picks)) == 3
    shown = {name for i in picks for name in explanations[i].feature_names}
    assert len(shown) > 4
    # One instance has all columns: the others add nothing, and come in their order.
    assert submodular_pick(explanations, 2, by="column")[0] == 0


def test_picks_and_summaries_of_classes_and_selected_features(iris):
    X, _, forest = iris
    explainer = make(forest, X, n_features=2)
    explanations = explainer.explain(X.iloc[::15], targets=["b", ("a", "c")])
    summary = summarize(explanations, target="b")
    assert set(summary.names) == set(X.columns)
    assert summary.n_explanations == 10
    mirrored = summarize(explanations, target=(0, 2))
    np.testing.assert_allclose(mirrored.mean_abs, summary.mean_abs, rtol=1e-6)
    assert len(submodular_pick(explanations, 4, target="a + c")) == 4
    with pytest.raises(KeyError, match="'c' was not explained by explanation 0"):
        submodular_pick(explanations, target="c")
