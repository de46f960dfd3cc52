"""ExplainerPipeline: seeds, budgets, targets, priors, parallel work, searches."""

import pickle

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import BayesianRidge, LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from sklearn_baylime import (
    BlackBox,
    ExplainerPipeline,
    InformativeBayesianRidge,
    Prior,
    make_tabular_explainer,
)
from sklearn_baylime.metrics import make_fidelity_scorer
from sklearn_baylime.representation import QuantileDiscretizer
from sklearn_baylime.sampling import BinSampler
from sklearn_baylime.surrogate import ExponentialKernel, MatchBinarizer


@pytest.fixture
def explainer(table, score):
    return make_tabular_explainer(score, n_samples=300, random_state=0).fit(table)


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True, as_frame=True)
    forest = RandomForestClassifier(10, random_state=0).fit(X, np.array(list("abc"))[y])
    return X, forest


def assert_equal_explanations(first, second):
    np.testing.assert_array_equal(first.coef, second.coef)
    np.testing.assert_array_equal(first.covariance, second.covariance)
    assert first.feature_names == second.feature_names


def test_asks_exactly_n_samples(explainer, table, score):
    explanation = explainer.explain_instance(table[0])
    assert score.n_rows == explanation.n_queries == 300
    assert explainer.black_box_.n_queries_ == 300


def test_fit_and_local_pipeline_ask_nothing(explainer, table, score):
    explainer.local_pipeline(table[0])
    assert score.n_rows == 0


def test_the_first_row_asked_is_the_instance(explainer, table):
    hood = explainer.sample(table[5])
    np.testing.assert_array_equal(hood.inputs()[0], table[5])
    assert hood.answers.shape == (300, 1)


def test_an_int_seed_gives_the_same_answer_every_time(explainer, table):
    assert_equal_explanations(
        explainer.explain_instance(table[0]), explainer.explain_instance(table[0])
    )


def test_other_seeds_and_none_give_other_rows(explainer, table):
    first = explainer.sample(table[0]).codes
    for seed in (1, None):
        other = clone(explainer).set_params(random_state=seed).fit(table)
        assert (other.sample(table[0]).codes != first).any()


@pytest.mark.parametrize("batch_size", [1, 7, 299, 10_000])
def test_batches_do_not_change_numbers(table, score, explainer, batch_size):
    other = clone(explainer).set_params(
        black_box=BlackBox(explainer.black_box_.model, batch_size=batch_size)
    )
    np.testing.assert_allclose(
        other.fit(table).explain_instance(table[0]).coef,
        explainer.explain_instance(table[0]).coef,
        rtol=1e-12,
    )


def test_one_at_a_time_equals_all_at_once(explainer, table):
    together = explainer.explain(table[:4])
    for x, explanation in zip(table[:4], together, strict=True):
        assert_equal_explanations(explainer.explain_instance(x), explanation)


def test_rows_of_several_instances_share_calls(table, score):
    explainer = make_tabular_explainer(
        score, n_samples=100, batch_size=1000, random_state=0
    ).fit(table)
    explainer.explain(table[:20])
    assert (score.n_rows, score.n_calls) == (2000, 2)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_every_backend_gives_identical_numbers(iris, backend):
    X, forest = iris
    explainer = make_tabular_explainer(forest, n_samples=200, random_state=0).fit(X)
    expected = explainer.explain(X[:3])
    explainer.black_box_.reset()
    with joblib.parallel_backend(backend):
        found = explainer.set_params(n_jobs=2).explain(X[:3])
    for one, other in zip(expected, found, strict=True):
        assert_equal_explanations(one, other)
    assert explainer.black_box_.n_queries_ == 600


def test_memory_asks_no_row_twice(table, score):
    explainer = make_tabular_explainer(
        BlackBox(score, memory=True, name="score"), n_samples=200, random_state=0
    ).fit(table)
    first, second = (explainer.explain_instance(table[0]) for _ in range(2))
    assert score.n_rows == first.n_queries == 200
    assert second.n_queries == 0
    np.testing.assert_array_equal(first.coef, second.coef)


# ---------------------------------------------------------------- targets and names


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ("predicted", ("a",)),
        ("all", ("a", "b", "c")),
        (1, ("b",)),
        (-1, ("c",)),
        ("c", ("c",)),
        (["b", 0], ("b", "a")),
    ],
)
def test_targets(iris, targets, expected):
    X, forest = iris
    explainer = make_tabular_explainer(forest, n_samples=200, random_state=0).fit(X)
    explanation = explainer.explain_instance(X.iloc[0], targets=targets)
    assert explanation.target_names == expected
    assert explanation.coef.shape == (len(expected), 4)


def test_top_k_targets_come_most_probable_first(iris):
    X, forest = iris
    explainer = make_tabular_explainer(forest, n_samples=200, random_state=0).fit(X)
    explanation = explainer.explain_instance(X.iloc[70], targets="top=2")
    assert explanation.prediction[0] >= explanation.prediction[1]
    best = forest.classes_[np.argmax(forest.predict_proba(X.iloc[[70]]))]
    assert explanation.target_names[0] == best


def test_slopes_of_all_classes_sum_to_zero(iris):
    X, forest = iris
    explainer = make_tabular_explainer(
        forest, n_samples=500, random_state=0, regressor=Ridge(alpha=1.0)
    ).fit(X)
    coef = explainer.explain_instance(X.iloc[0], targets="all").coef
    np.testing.assert_allclose(coef.sum(axis=0), 0, atol=1e-12)


def test_all_outputs_of_a_regression_are_explained(table):
    model = LinearRegression().fit(table, table[:, :2])
    explainer = make_tabular_explainer(model, n_samples=300, random_state=0).fit(table)
    explanation = explainer.explain_instance(table[0])
    assert explanation.target_names == ("output 0", "output 1")
    assert explanation.as_list(1)[0][0].endswith(explanation.feature_names[1][-4:])


def test_default_slopes_of_all_classes_sum_to_zero(iris):
    """Since they share the ratio of their precisions, whatever each alone would fit."""
    X, forest = iris
    explainer = make_tabular_explainer(forest, n_samples=300, random_state=0).fit(X)
    together = explainer.explain_instance(X.iloc[60], targets="all")
    np.testing.assert_allclose(together.coef.sum(axis=0), 0, atol=1e-12)
    pair = explainer.explain_instance(X.iloc[60], targets=[(0, 1), 2])
    np.testing.assert_allclose(pair.coef[0], -pair.coef[1], atol=1e-12)


def test_several_targets_equal_one_at_a_time(iris):
    X, forest = iris
    explainer = make_tabular_explainer(
        forest,
        n_samples=300,
        regressor=InformativeBayesianRidge(covariance="robust"),
        random_state=0,
    ).fit(X)
    together = explainer.explain_instance(X.iloc[0], targets="all")
    for t in range(3):
        alone = explainer.explain_instance(X.iloc[0], targets=t)
        np.testing.assert_allclose(
            together.coef[t], alone.coef[0], rtol=1e-8, atol=1e-12
        )
        np.testing.assert_allclose(together.std[t], alone.std[0], rtol=1e-6)


@pytest.mark.parametrize("to_frame", [lambda X: X, pl.from_pandas])
def test_frames_reach_the_model_as_frames(iris, to_frame):
    X, _ = iris
    frame = to_frame(X)

    def answer(rows):
        assert type(rows) is type(frame)
        assert list(rows.columns) == list(frame.columns)
        return np.asarray(rows["petal width (cm)"]) > 1

    explainer = make_tabular_explainer(answer, n_samples=300, random_state=0).fit(frame)
    assert "petal width" in explainer.explain_instance(frame[:1]).as_list()[0][0]
    assert len(explainer.explain(frame[:3])) == 3


def test_mixed_frames_keep_their_types(iris):
    frame = pd.DataFrame(
        {
            "age": [20, 30, 40, 50, 60, 70] * 5,
            "member": [True, False] * 15,
            "color": pd.Categorical(["red", "green", "blue"] * 10),
            "city": ["Oslo", "Rome"] * 15,
            "income": np.linspace(1.5, 9.5, 30),
        }
    )

    def answer(rows):
        assert dict(rows.dtypes) == dict(frame.dtypes)
        return (rows["color"] == "red") + 2.0 * rows["member"] + rows["age"] / 100

    explainer = make_tabular_explainer(answer, n_samples=2000, random_state=0).fit(
        frame
    )
    explanation = explainer.explain_instance(frame.iloc[0])
    weights = dict(explanation.as_list())
    assert weights["member=True"] == pytest.approx(2.0, abs=0.1)
    assert weights["color=red"] == pytest.approx(1.0, abs=0.1)
    assert abs(weights["city=Oslo"]) < 0.1


@pytest.mark.parametrize("dtype", [np.float32, np.int64, bool])
def test_arrays_reach_the_model_in_their_own_type(dtype):
    X = np.random.RandomState(0).randint(0, 2, size=(50, 3)).astype(dtype)

    def answer(rows):
        assert rows.dtype == dtype
        return rows[:, 0].astype(float)

    explainer = make_tabular_explainer(answer, n_samples=100, random_state=0).fit(X)
    assert abs(explainer.explain_instance(X[0]).coef[0, 0]) > 0.9


def test_read_only_and_constant_columns_work(table, score):
    X = np.c_[table[:, :3], np.full(len(table), 7.0)]
    X.flags.writeable = False
    seen = []

    def answer(rows):
        seen.append(rows[:, 3].copy())
        return score(rows)

    explanation = (
        make_tabular_explainer(answer, n_samples=200, random_state=0)
        .fit(X)
        .explain_instance(X[0])
    )
    assert (np.concatenate(seen) == 7.0).all()
    assert explanation.coef[0, 3] == 0


def test_constant_answers_say_that_nothing_matters(table):
    explainer = make_tabular_explainer(
        lambda rows: np.ones(len(rows)), n_samples=100, random_state=0
    ).fit(table)
    explanation = explainer.explain_instance(table[0])
    np.testing.assert_array_equal(explanation.coef, 0)
    assert "same answer" in explanation.warnings[0]


# ---------------------------------------------------------------- steps and regressors


def test_steps_right_of_the_sampler_may_be_any_transformer(table, score):
    """One-hot codes instead of matches: the kernel finds the code by itself."""
    explainer = ExplainerPipeline(
        [
            ("discretize", QuantileDiscretizer()),
            ("sample", BinSampler(n_samples=500)),
            ("encode", OneHotEncoder(sparse_output=False)),
            ("kernel", ExponentialKernel()),
            ("regressor", InformativeBayesianRidge()),
        ],
        black_box=score,
        random_state=0,
    ).fit(table)
    explanation = explainer.explain_instance(table[0])
    assert len(explanation.feature_names) == 16
    assert explanation.effective_sample_size > 100


def test_selected_features_keep_their_places(explainer, table):
    explainer.steps.insert(4, ("select", SelectKBest(f_regression, k=2)))
    explanation = explainer.explain_instance(table[0])
    assert explanation.selected.sum() == 2
    assert len(explanation.as_list()) == 2
    assert np.isnan(explanation.std[0, 3])


def test_n_features_takes_the_largest(table, score):
    explainer = make_tabular_explainer(
        score, n_samples=500, n_features=2, random_state=0
    ).fit(table)
    explanation = explainer.explain_instance(table[0])
    everything = clone(explainer)
    del everything.steps[4]
    best = everything.fit(table).explain_instance(table[0]).as_list()[:2]
    assert {name for name, _ in explanation.as_list()} == {name for name, _ in best}


@pytest.mark.parametrize("regressor", [Ridge(alpha=1.0), BayesianRidge()])
def test_other_regressors_work(table, score, regressor):
    explainer = make_tabular_explainer(
        score, n_samples=500, regressor=regressor, random_state=0
    ).fit(table)
    explanation = explainer.explain_instance(table[0])
    stated = hasattr(regressor, "alpha_init")
    assert np.isfinite(explanation.std).all() == stated
    assert abs(explanation.coef[0, 1]) > abs(explanation.coef[0, 3])


def test_parameters_nest_by_step(explainer):
    explainer.set_params(kernel__width=2.0, sample__n_samples=50)
    assert explainer.named_steps["kernel"].width == 2.0
    assert explainer.get_params()["sample__n_samples"] == 50
    assert not any(name.startswith("black_box__") for name in explainer.get_params())


def test_clone_shares_the_model_and_its_memory(table):
    box = BlackBox(lambda rows: rows[:, 0], memory=True)
    explainer = make_tabular_explainer(box, n_samples=50, random_state=0).fit(table)
    explainer.explain_instance(table[0])
    again = clone(explainer).fit(table)
    assert again.black_box_ is box
    assert again.explain_instance(table[0]).n_queries == 0


def test_clone_of_a_plain_model_keeps_its_fit(iris):
    X, forest = iris
    explainer = ExplainerPipeline(
        make_tabular_explainer(forest).steps, black_box=forest, random_state=0
    )
    again = clone(explainer).set_params(sample__n_samples=50).fit(X)
    assert again.explain_instance(X.iloc[0]).n_rows == 50


@pytest.mark.parametrize("fitted", [False, True])
def test_pickling(iris, fitted):
    X, forest = iris
    explainer = make_tabular_explainer(forest, n_samples=100, random_state=0)
    if fitted:
        explainer.fit(X)
    again = pickle.loads(pickle.dumps(explainer))
    assert_equal_explanations(
        again.fit(X).explain_instance(X.iloc[0]),
        explainer.fit(X).explain_instance(X.iloc[0]),
    )
    hood = pickle.loads(pickle.dumps(explainer.sample(X.iloc[0])))
    assert_equal_explanations(
        explainer.explain_instance(X.iloc[0], neighborhood=hood),
        explainer.explain_instance(X.iloc[0]),
    )


def test_transform_gives_attributions_as_features(iris):
    X, forest = iris
    explainer = make_tabular_explainer(forest, n_samples=100, random_state=0).fit(X)
    features = explainer.transform(X[:3])
    assert features.shape == (3, 12)
    assert explainer.get_feature_names_out()[0] == f"a: {X.columns[0]}"
    np.testing.assert_array_equal(features[1:2], explainer.transform(X[1:2]))


# ---------------------------------------------------------------- priors


def test_a_strong_prior_is_the_explanation(explainer, table):
    prior = Prior([5.0, 0.0, 0.0, 1.0], precision=1e12)
    explanation = explainer.explain_instance(table[0], prior=prior)
    np.testing.assert_allclose(explanation.coef[0], prior.mean, atol=1e-4)
    np.testing.assert_allclose(explanation.prior_share, 1, atol=1e-6)
    assert any("disagree" in warning for warning in explanation.warnings)


def test_an_array_is_a_mean_with_learned_trust(explainer, table):
    explanation = explainer.explain_instance(table[0], prior=[1.0, -2.0, 0.5, 0.0])
    odds = explanation.prior_odds
    assert set(odds) == {"stated", "direction", "nothing"}
    np.testing.assert_allclose(sum(odds.values()), 1.0)
    assert (explanation.prior_share < 1).all()


def test_each_instance_may_have_its_prior(explainer, table):
    priors = [Prior(0.0, 1e12), Prior(1.0, 1e12)]
    first, second = explainer.explain(table[:2], prior=priors)
    np.testing.assert_allclose(first.coef, 0, atol=1e-4)
    np.testing.assert_allclose(second.coef, 1, atol=1e-4)


def test_an_explanation_is_a_prior_of_the_next(explainer, table):
    first = explainer.explain_instance(table[0])
    prior = first.as_prior()
    # Another instance need not agree: how far to trust the mean is learned.
    assert prior.precision is None
    second = explainer.explain_instance(table[1], prior=prior)
    assert set(second.prior_odds) == {"stated", "direction", "nothing"}


# ---------------------------------------------------------------- what goes wrong


def test_answers_survive_an_interruption(table, score):
    """The exception keeps what was answered, and resuming asks only for the rest."""

    class Flaky:
        def __init__(self):
            self.n_rows, self.broken = 0, True

        def __call__(self, rows):
            if self.broken and self.n_rows >= 120:
                raise TimeoutError("the server is gone")
            self.n_rows += len(rows)
            return score(rows)

    model = Flaky()
    explainer = make_tabular_explainer(
        model, n_samples=300, batch_size=40, random_state=0
    ).fit(table)
    with pytest.raises(TimeoutError, match="gone") as caught:
        explainer.explain_instance(table[0])
    hood = caught.value.neighborhood
    assert len(hood.answers) == 120
    assert "120 of 300 rows were answered" in caught.value.__notes__[0]
    model.broken = False
    resumed = explainer.explain_instance(table[0], neighborhood=hood)
    assert model.n_rows == resumed.n_queries == 300
    assert_equal_explanations(resumed, explainer.explain_instance(table[0]))
    assert explainer.sample(table[0], resume=hood).is_complete


def test_finished_explanations_survive_too(table, score):
    def answer(rows):
        if score.n_rows >= 250:
            raise ConnectionError("the server is gone")
        return score(rows)

    explainer = make_tabular_explainer(
        answer, n_samples=100, batch_size=50, random_state=0
    ).fit(table)
    with pytest.raises(ConnectionError) as caught:
        explainer.explain(table[:4])
    assert len(caught.value.explanations) == 2
    assert len(caught.value.neighborhood.answers) == 50


def test_the_number_of_rows_may_change_after_fit(explainer, table):
    explainer.set_params(sample__n_samples=40)
    assert explainer.explain_instance(table[0]).n_rows == 40


def test_a_bad_answer_keeps_the_good_ones(table):
    def answer(rows):
        return np.where(np.arange(len(rows)) == 5, np.nan, 1.0)

    explainer = make_tabular_explainer(
        answer, n_samples=20, batch_size=10, random_state=0
    ).fit(table)
    with pytest.raises(ValueError, match="to row 5, expected finite numbers"):
        explainer.explain_instance(table[0])


def test_a_bad_answer_is_counted_within_its_own_instance(table):
    """Rows of several instances share a call; row 13 of 20 is row 3 of the second."""

    def answer(rows):
        return np.where(np.arange(len(rows)) == 13, np.nan, 1.0)

    explainer = make_tabular_explainer(answer, n_samples=10, random_state=0).fit(table)
    with pytest.raises(ValueError, match="to row 3, expected finite numbers"):
        explainer.explain(table[:2])


def test_stopping_saves_queries(table, score):
    explainer = make_tabular_explainer(
        score,
        n_samples=5000,
        batch_size=500,
        random_state=0,
        stopping=lambda so_far: so_far.std.max() < 0.15,
    ).fit(table)
    explanation = explainer.explain_instance(table[0])
    assert explanation.n_rows == score.n_rows < 5000
    assert explanation.std.max() < 0.15


def test_progress_is_told(table, score):
    told = []
    make_tabular_explainer(
        score,
        n_samples=100,
        batch_size=40,
        random_state=0,
        verbose=lambda n_answered, n_rows: told.append((n_answered, n_rows)),
    ).fit(table).explain_instance(table[0])
    assert told == [(40, 100), (80, 100), (100, 100)]


# ---------------------------------------------------------------- grid searches


def test_search_over_instances_asks_each_row_once(table, score):
    explainer = make_tabular_explainer(
        BlackBox(score, memory=True, name="score"), n_samples=100, random_state=0
    )
    search = GridSearchCV(
        explainer,
        {"kernel__width": [0.5, 2.0], "regressor__prior_precision": [1.0, 100.0]},
        scoring=make_fidelity_scorer(ExponentialKernel(width=1.0)),
        cv=2,
    ).fit(table[:4])
    # Two folds of two instances, their rows and fresh ones; the instance is in both.
    assert score.n_rows <= 4 * 2 * 100 - 4
    assert search.best_params_["regressor__prior_precision"] == 1.0


def test_search_over_the_rows_of_one_neighborhood_asks_nothing(explainer, table, score):
    hood = explainer.sample(table[0])
    asked = score.n_rows
    pipeline = explainer.local_pipeline(table[0])
    assert type(pipeline) is Pipeline
    search = GridSearchCV(
        pipeline,
        {
            "local__kernel__width": [0.5, 2.0],
            "local__regressor__prior_precision": [1.0, 100.0],
        },
    ).fit(hood.codes, hood.answers[:, 0])
    assert score.n_rows == asked
    assert search.best_score_ > 0


def test_local_pipeline_equals_the_explanation(explainer, table):
    hood = explainer.sample(table[0])
    pipeline = explainer.local_pipeline(table[0]).fit(hood.codes, hood.answers[:, 0])
    explanation = explainer.explain_instance(table[0])
    np.testing.assert_allclose(pipeline[-1].coef_, explanation.coef[0], rtol=1e-10)
    np.testing.assert_allclose(
        pipeline.predict(hood.codes[:1]), explanation.local_prediction
    )


def test_score_is_fidelity_on_fresh_rows(explainer, table, score):
    assert 0.3 < explainer.score(table[:2]) < 1
    assert score.n_rows == 2 * 2 * 300
    narrow = explainer.score(table[:2], kernel=ExponentialKernel(width=0.5))
    assert narrow != explainer.score(table[:2])


def test_matches_are_the_default_features(explainer):
    assert isinstance(explainer.named_steps["binarize"], MatchBinarizer)
