"""Wrong numbers that the released lime package gives without an error, not given here.

Where lime is asked too, the test shows the fault, lest it be one that cannot occur.
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from sklearn_baylime import make_sequence_explainer, make_tabular_explainer
from sklearn_baylime.explanation import submodular_pick
from sklearn_baylime.representation import QuantileDiscretizer

lime_tabular = pytest.importorskip("lime.lime_tabular", reason="needs lime")
lime_pick = pytest.importorskip("lime.submodular_pick", reason="needs lime")


class Recorder:
    """Black box that keeps the rows it was asked about last."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, rows):
        self.rows = rows.copy()
        return self.answer(rows)


def normal(n_rows=200, n_columns=3):
    return np.random.RandomState(0).normal(size=(n_rows, n_columns))


def two_classes(rows):
    p = 1 / (1 + np.exp(-2 * rows[:, 0] + rows[:, 1]))
    return np.column_stack([1 - p, p])


def ask_lime(X, x, answer, num_features=10, mode="regression", **settings):
    explainer = lime_tabular.LimeTabularExplainer(
        X, mode=mode, random_state=0, **settings
    )
    return explainer.explain_instance(
        x, answer, num_samples=500, num_features=num_features
    )


def make(answer, n_samples=500, **settings):
    return make_tabular_explainer(
        answer, n_samples=n_samples, random_state=0, **settings
    )


def test_fault_1_degenerate_bins_feed_values_of_the_data():
    X = normal()
    X[:, 0] = np.where(np.arange(200) < 82, 5.0, 5.0 + np.abs(X[:, 0]))
    X[:, 1] = 7.0
    # Constant wherever the data are.
    box = Recorder(lambda rows: np.where(rows[:, 0] >= 5, 0.9, 0.1))
    theirs = ask_lime(X, X[-1], box)
    assert (box.rows[:, 0] == 0).mean() > 0.3
    assert (box.rows[1:, 1] == 0).all()
    assert abs(dict(theirs.as_map()[1])[0]) > 0.2
    ours = make(box).fit(X).explain_instance(X[-1])
    assert box.rows[:, 0].min() == 5.0
    assert (box.rows[:, 1] == 7.0).all()
    np.testing.assert_allclose(ours.coef, 0, atol=1e-12)


def test_fault_3_a_driving_feature_at_its_mean_is_selected():
    X = normal(n_columns=8)
    x = X[0].copy()
    x[2] = X[:, 2].mean()

    def answer(rows):
        return np.tanh(rows[:, 2]) + 0.01 * np.sin(5 * rows).sum(axis=1)

    settings = {"discretize_continuous": False, "feature_selection": "highest_weights"}
    theirs = ask_lime(X, x, answer, num_features=2, **settings)
    assert 2 not in dict(theirs.as_map()[1])
    settings = {"discretizer": None, "feature_selection": "highest"}
    ours = make(answer, n_features=2, **settings).fit(X).explain_instance(x)
    assert ours.as_map()[0][0][0] == 2
    assert abs(ours.coef[0, 2]) > 0.3


def test_fault_4_vanishing_weights_are_an_error_that_says_how_far():
    X = normal()
    x = np.full(3, 60.0)

    def answer(rows):
        return rows[:, 0]

    theirs = ask_lime(X, x, answer, discretize_continuous=False)
    assert (theirs.score, dict(theirs.as_map()[1])[0]) == (1.0, 0.0)
    explainer = make(answer, discretizer=None).fit(X)
    with pytest.raises(ValueError, match=r"weights vanish .*at distance \d") as caught:
        explainer.explain_instance(x)
    distance = float(re.search(r"at distance ([\d.]+)", str(caught.value))[1])
    assert distance == pytest.approx(60 * np.sqrt(3), rel=0.1)


def test_fault_6_all_outputs_of_a_regression_are_explained():
    X = normal()
    Y = X @ [[1.0, 0.0], [0.0, -2.0], [0.0, 0.0]]
    model = LinearRegression().fit(X, Y)
    theirs = ask_lime(X, X[0], model.predict)
    assert set(theirs.intercept) == {0, 1}
    assert theirs.as_map()[1] == [(j, -w) for j, w in theirs.as_map()[0]]
    ours = make(model).fit(X).explain_instance(X[0])
    assert ours.targets == (0, 1)
    np.testing.assert_allclose(ours.prediction, model.predict(X[:1])[0])
    strongest = [ours.as_map()[t][0][0] for t in ours.targets]
    assert strongest == [0, 1]


def test_fault_7_score_and_local_prediction_are_those_of_each_target():
    X = normal()

    def answer(rows):
        scores = np.exp(np.column_stack([rows[:, 0], rows[:, 1] ** 3, 0 * rows[:, 2]]))
        return scores / scores.sum(axis=1, keepdims=True)

    explainer = make(answer, regressor=Ridge(alpha=1.0)).fit(X)
    ours = explainer.explain_instance(X[0], targets="all")
    assert len(set(ours.score.round(3))) == 3
    for t in range(3):
        alone = explainer.explain_instance(X[0], targets=t)
        np.testing.assert_allclose(ours.score[t], alone.score[0])
        np.testing.assert_allclose(ours.local_prediction[t], alone.local_prediction[0])
        np.testing.assert_allclose(
            ours.local_prediction[t], ours.intercept[t] + ours.coef[t].sum()
        )


def test_fault_8_signs_are_those_of_the_explained_class_in_pages_too():
    X = normal()
    x = np.array([2.0, -2.0, 0.0])
    explainer = make(two_classes)
    ours = explainer.fit(X).explain_instance(x, targets=[0, 1])
    np.testing.assert_allclose(ours.coef[0], -ours.coef[1], atol=1e-10)
    assert (ours.coef[1, :2] > 0.05).all()
    for target, sign in [(0, "negative"), (1, "positive")]:
        alone = explainer.explain_instance(x, targets=target)
        np.testing.assert_allclose(alone.coef[0], ours.coef[target], atol=1e-3)
        bars = re.findall(r'class="bar (negative|positive)', alone.to_html())
        assert bars[:2] == [sign, sign]


def test_fault_9_categories_of_sequences_are_so_at_every_timestep():
    X = np.random.RandomState(0).normal(size=(100, 3, 2))
    X[:, :, 0] = np.random.RandomState(1).randint(3, size=(100, 3))
    box = Recorder(lambda sequences: (sequences[:, :, 0] == 1).sum(axis=1) * 1.0)
    lime_tabular.RecurrentTabularExplainer(
        X,
        mode="regression",
        feature_names=["kind", "load"],
        categorical_features=[0],
        random_state=0,
    ).explain_instance(X[0], box, num_samples=500)
    assert not np.isin(box.rows[:, 1:, 0], [0, 1, 2]).all()
    explainer = make_sequence_explainer(
        box,
        feature_names=["kind", "load"],
        categorical_features=["kind"],
        n_samples=500,
        random_state=0,
    ).fit(X)
    ours = explainer.explain_instance(X[0])
    assert np.isin(box.rows[:, :, 0], [0, 1, 2]).all()
    assert ours.feature_names[:3] == tuple(
        f"kind_t-{2 - step}={X[0, step, 0]:.0f}" for step in range(3)
    )
    signs = np.where(X[0, :, 0] == 1, 1.0, -1.0)
    assert (ours.coef[0, :3] * signs > 0.2).all()


def test_fault_10_statistics_without_a_column_shift_no_others():
    X = normal() * [1.0, 100.0, 0.01]
    statistics = QuantileDiscretizer().fit(X).to_statistics()
    moments = ("bins", "means", "stds", "mins", "maxs")
    by_index = {
        key: dict(enumerate(statistics[key].values()))
        for key in (*moments, "feature_values", "feature_frequencies")
    }
    borders = by_index["bins"]
    first = borders.pop(0)
    theirs = lime_tabular.LimeTabularExplainer(X, training_data_stats=by_index)
    shifted = theirs.discretizer.names[0][0]
    assert shifted == f"0 <= {borders[1][0]:.2f}" != f"0 <= {first[0]:.2f}"
    with pytest.raises(ValueError, match="'bins' have none for column 'x0'"):
        make_tabular_explainer(two_classes, statistics=by_index)
    # Without moments too, the column is one of categories.
    for key in moments:
        by_index[key].pop(0, None)
    by_index["feature_values"][0] = [10, 20, 30, 40]
    explainer = make_tabular_explainer(two_classes, statistics=by_index, n_samples=50)
    ours = explainer.fit().explain_instance([20.0, 0.0, 0.0])
    assert ours.feature_names[0] == "x0=20"
    discretizer = explainer.representation_[0]
    for j in (1, 2):
        np.testing.assert_array_equal(discretizer.borders_[j], borders[j])


@pytest.mark.parametrize("discretizer", ["quartile", None])
def test_fault_11_latin_hypercubes_are_seeded_and_take_effect(discretizer):
    X = normal()
    box = Recorder(lambda rows: rows[:, 0])

    def rows(design, seed):
        explainer = make(box, 401, discretizer=discretizer, design=design)
        explainer.set_params(random_state=seed).fit(X).explain_instance(X[0])
        return box.rows[1:]

    first = rows("lhs", 0)
    np.testing.assert_array_equal(first, rows("lhs", 0))
    assert (first != rows("lhs", 1)).any(axis=1).all()

    def unevenness(drawn):
        """Largest distance from a quarter of the rows in each quarter of the law."""
        if discretizer:
            borders = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
        else:
            borders = X.mean(axis=0) + np.outer([-0.6745, 0, 0.6745], X.std(axis=0))
        codes = (drawn[:, None] > borders).sum(axis=1)
        counts = [np.bincount(column, minlength=4) for column in codes.T]
        return np.abs(np.array(counts) - 100).max()

    assert unevenness(first) <= 1
    assert unevenness(rows("random", 0)) > 3


def test_fault_12_submodular_picks_leave_the_global_generator_alone():
    X = normal()[:30]

    def state():
        return np.random.get_state()[1:3]  # noqa: NPY002

    before = state()
    explainer = lime_tabular.LimeTabularExplainer(X, random_state=0)
    lime_pick.SubmodularPick(
        explainer, X, two_classes, sample_size=2, num_exps_desired=1, num_samples=20
    )
    after = state()
    assert (before[0] != after[0]).any() or before[1] != after[1]

    def pick():
        return submodular_pick(make(two_classes, 100).fit(X).explain(X, targets=1), 3)

    assert pick() == pick()
    np.testing.assert_array_equal(after[0], state()[0])
    assert after[1] == state()[1]


def test_fault_14_whole_numbers_stay_whole_and_one_hot_groups_possible():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(
        {
            "age": rng.randint(18, 90, size=300),
            "color": rng.choice(["red", "green", "blue"], size=300),
        }
    )
    y = (X["age"] > 50) & (X["color"] == "red")
    encode = ColumnTransformer(
        [("one-hot", OneHotEncoder(), ["color"])], remainder="passthrough"
    )
    model = make_pipeline(encode, LogisticRegression(max_iter=2000)).fit(X, y)
    encoded = np.asarray(model[:-1].transform(X), dtype=float)
    box = Recorder(model[-1].predict_proba)
    ask_lime(encoded, encoded[0], box, mode="classification")
    assert (box.rows[:, :3].sum(axis=1) != 1).mean() > 0.3
    assert (box.rows[:, 3] % 1 != 0).mean() > 0.9
    for discretizer in ("quartile", None):
        box = Recorder(model.predict_proba)
        ours = make(box, discretizer=discretizer).fit(X).explain_instance(X.iloc[0])
        assert ours.feature_names[1] == f"color={X['color'][0]}"
        assert list(box.rows.dtypes) == list(X.dtypes)
        assert box.rows["age"].nunique() > 40
        seen = model[:-1].transform(box.rows)
        np.testing.assert_array_equal(seen[:, :3].sum(axis=1), 1)


def test_fault_15_sparse_tables_have_the_weights_of_dense_ones():
    scales = np.array([1.0, 100.0, 0.01])
    X = (5 + normal()) * scales
    X /= X.std(axis=0) / scales

    def answer(rows):
        rows = rows.toarray() if sparse.issparse(rows) else rows
        return np.tanh(rows @ (1 / scales) - 15)

    table = sparse.csr_matrix(X)
    dense = make(answer, 4000, discretizer=None).fit(X).explain_instance(X[0])
    ours = (
        make(answer, 4000, sparse=True, sampler="gaussian")
        .fit(table)
        .explain_instance(table[0])
    )
    assert (np.abs(ours.coef - dense.coef) < 5 * np.hypot(ours.std, dense.std)).all()
    for explanation in (ours, dense):
        difference = explanation.coef[0] - explanation.coef[0].mean()
        assert (np.abs(difference) < 5 * explanation.std[0]).all()
    assert (ours.coef > 20 * ours.std).all()
    theirs = ask_lime(table, table[0], answer, num_features=3, kernel_width=1e9)
    weights = np.abs([weight for _, weight in theirs.as_map()[1]])
    assert weights.max() > 100 * weights.min()
