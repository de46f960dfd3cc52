"""Ways to explain tables: as numbers, sampled first, selected, sparse, sequences."""

import json
import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import norm
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV

from sklearn_baylime import (
    BlackBox,
    InformativeBayesianRidge,
    Prior,
    explain_exactly,
    make_sequence_explainer,
    make_tabular_explainer,
)
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.representation import EntropyDiscretizer, QuantileDiscretizer
from sklearn_baylime.surrogate import NonzeroSelector

SAMPLERS = ["gaussian", "around_instance", "truncated", "mixup", "conditional", "ball"]


@pytest.fixture(scope="module")
def mixed():
    rng = np.random.RandomState(0)
    return pd.DataFrame(
        {
            "age": rng.randint(18, 80, size=300),
            "income": rng.lognormal(size=300),
            "colour": pd.Categorical(rng.choice(["red", "green", "blue"], size=300)),
            "city": rng.choice(["Oslo", "Rome"], size=300),
            "member": rng.rand(300) < 0.5,
        }
    )


@pytest.fixture(scope="module")
def numbers():
    """Columns of different units with their means and standard deviations."""
    X = np.random.RandomState(1).normal(size=(400, 3)) * [1.0, 20.0, 0.1] + [0, 50, -3]
    return X, X.mean(axis=0), X.std(axis=0)


def make(model, X, y=None, **params):
    params = {"n_samples": 500, "random_state": 0, **params}
    return make_tabular_explainer(model, **params).fit(X, y)


def assert_same(one, other, atol=0.0):
    np.testing.assert_allclose(one.coef, other.coef, rtol=0, atol=atol)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=0, atol=atol)
    assert one.feature_names == other.feature_names


# ---------------------------------------------------------------- sampled first


@pytest.mark.filterwarnings("ignore:BallSampler moves numbers only")
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_sampled_first_discretized_then(sampler, mixed):
    seen = []

    def model(rows):
        assert dict(rows.dtypes) == dict(mixed.dtypes)
        assert rows["age"].between(-300, 400).all()
        seen.append(rows)
        reds = (rows["colour"] == "red").to_numpy(float)
        return reds + (rows["age"] > 40) + 0.5 * rows["member"]

    explainer = make(model, mixed, sampler=sampler, n_samples=1500)
    explanation = explainer.explain_instance(mixed.iloc[3])
    pd.testing.assert_frame_equal(
        seen[0][:1].reset_index(drop=True), mixed[3:4].reset_index(drop=True)
    )
    background = QuantileDiscretizer().fit(mixed)
    expected = background.at(mixed.iloc[3]).get_feature_names_out()
    assert list(explanation.feature_names) == list(expected)
    assert explanation.feature_names[2] == f"colour={mixed['colour'][3]}"
    assert explanation.columns == tuple(mixed.columns)
    inner = explainer.right_["discretize"]
    hood = explainer.sample(mixed.iloc[3])
    # Its codes are what the background's own bins say of the rows that were asked.
    frame = hood.inputs()
    codes = inner.at(hood.reference).transform(hood.codes)
    np.testing.assert_array_equal(codes[:, :2], background.transform(frame)[:, :2])
    weights = dict(zip(explanation.columns, explanation.coef[0], strict=True))
    # Answers that never vary have no unit: weights of 0, give or take nothing.
    assert abs(weights["city"]) <= 5 * explanation.std[0, 3]
    # A ball has no room for other categories.
    assert abs(weights["colour"]) > 0.2 or sampler == "ball"


@pytest.mark.filterwarnings("ignore:BallSampler moves numbers only")
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_searches_keep_the_borders(sampler, mixed):
    explainer = make(lambda rows: rows["income"].to_numpy(), mixed, sampler=sampler)
    hood = explainer.sample(mixed.iloc[0])
    asked = explainer.black_box_.n_queries_
    search = GridSearchCV(
        explainer.local_pipeline(mixed.iloc[0]),
        {"local__kernel__width": [0.5, 2.0]},
        cv=3,
    ).fit(hood.codes, hood.answers[:, 0])
    assert explainer.black_box_.n_queries_ == asked
    found = search.best_estimator_["discretize"].estimator
    np.testing.assert_array_equal(
        found.transform(hood.codes),
        explainer.right_["discretize"].at(hood.reference).transform(hood.codes),
    )
    assert set(search.best_estimator_[:-1].transform(hood.codes).ravel()) == {0.0, 1.0}


def test_entropy_bins_behind_the_sampler_know_the_classes(mixed):
    y = (mixed["age"] > 40).to_numpy()
    explainer = make_tabular_explainer(
        lambda rows: (rows["age"] > 40).to_numpy(float),
        discretizer="entropy",
        sampler="gaussian",
        n_samples=500,
        random_state=0,
    )
    explanation = explainer.fit(mixed, y).explain_instance(mixed.iloc[0])
    expected = EntropyDiscretizer().fit(mixed, y).at(mixed.iloc[0])
    assert list(explanation.feature_names) == list(expected.get_feature_names_out())
    assert "40" in explanation.as_list()[0][0]
    with pytest.raises(ValueError, match="y"):
        explainer.fit(mixed)


# ---------------------------------------------------------------- numbers

K = np.array([0.4, -0.3, 0.0])
SHAPES = {
    "linear": (lambda t: t, lambda m, v: K),
    "exp": (np.exp, lambda m, v: K * np.exp(K @ m + v * K @ K / 2)),
    "probit": (
        lambda t: norm.cdf(0.2 + 2 * t),
        lambda m, v: 2 * K * norm.pdf((0.2 + 2 * K @ m) / _tau(v)) / _tau(v),
    ),
}


def _tau(v):
    return np.sqrt(1 + 4 * v * K @ K)


@pytest.mark.parametrize("center", ["mean", "instance"])
@pytest.mark.parametrize("shape", SHAPES)
def test_weights_of_numbers_are_mean_slopes(shape, center, numbers):
    """Stein: the weighted law is normal with mean m and variance v in each column."""
    X, mean, sd = numbers
    f, slope = SHAPES[shape]
    sampler = "gaussian" if center == "mean" else "around_instance"
    explainer = make(
        lambda rows: f((rows - mean) / sd @ K),
        X,
        discretizer=None,
        sampler=sampler,
        n_samples=200_000,
    )
    x = X[7]
    explanation = explainer.explain_instance(x)
    u, width = (x - mean) / sd, 0.75 * np.sqrt(3)
    v = width**2 / (1 + width**2)
    m = (1 - v) * u + v * (0.0 if center == "mean" else u)
    error = np.abs(explanation.coef[0] - slope(m, v))
    assert (error < 5 * explanation.std[0] + 1e-9).all()
    facts, n = explanation.kernel, explanation.effective_sample_size
    np.testing.assert_allclose(facts["center"], m, atol=5 * np.sqrt(v / n))
    np.testing.assert_allclose(facts["spread"], np.sqrt(v), atol=5 * np.sqrt(v / 2 / n))
    np.testing.assert_allclose(facts["spread_share"], np.sqrt(v), atol=5 / np.sqrt(n))
    told = f"{100 * facts['spread_share']:.0f} % of the rows' spread"
    if center == "mean":
        noise = 5 / np.sqrt(n) / np.linalg.norm(u)
        np.testing.assert_allclose(facts["center_share"], v, atol=2 * noise)
        told += f", around a point {100 * facts['center_share']:.0f} % of the way"
    else:
        assert facts["center_share"] == 0.0
        told += " around the instance."
    for shown in (str(explanation), explanation.to_html().replace("&#x27;", "'")):
        assert told in shown


def test_categories_beside_numbers_are_matches(mixed):
    sd = mixed["income"].std(ddof=0)

    def model(rows):
        return 2.0 * (rows["colour"] == "red") + 3.0 * rows["income"] / sd

    red = mixed[mixed["colour"] == "red"]
    explanation = make(model, mixed, discretizer=None, n_samples=3000).explain_instance(
        red.iloc[0]
    )
    weights = dict(zip(explanation.columns, explanation.coef[0], strict=True))
    np.testing.assert_allclose(list(weights.values()), [0, 3.0, 2.0, 0, 0], atol=1e-3)
    assert explanation.feature_names[2] == "colour=red"
    assert explanation.feature_names[1].startswith("income")
    assert len(explanation.kernel["center"]) == 2
    matches = make(model, mixed).explain_instance(red.iloc[0])
    assert "center" not in matches.kernel
    assert "average effects" not in str(matches) + matches.to_html()


# ---------------------------------------------------------------- selected features


@pytest.mark.parametrize("params", [{}, {"discretizer": None}])
@pytest.mark.parametrize("regressor", [None, Ridge(alpha=1.0)])
@pytest.mark.parametrize("method", ["auto", "forward", "highest", "lasso_path"])
def test_all_features_are_kept_beside_the_selected(method, regressor, params, table):
    def model(rows):
        return rows @ np.array([[1.0, -2.0, 0.5, 0.0], [0.0, 0.1, 3.0, 2.0]]).T

    params = {**params, "regressor": regressor}
    explainer = make(model, table, n_features=2, feature_selection=method, **params)
    explanation = explainer.explain_instance(table[0], targets="all")
    whole = make(model, table, **params).explain_instance(table[0], targets="all")
    np.testing.assert_array_equal(explanation.selected.sum(axis=1), [2, 2])
    if "discretizer" in params:
        at = [[True, True, False, False], [False, False, True, True]]
        np.testing.assert_array_equal(explanation.selected, at)
    # Rows of numbers are not kept for later: they would take 64 times the memory.
    assert callable(explanation.full) == (params.get("discretizer", "") is not None)
    stored = pickle.loads(pickle.dumps(explanation))
    read = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    for found in (explanation, stored, read):
        assert found.all_features.selected.all()
        assert_same(found.all_features, whole, atol=1e-12)
        assert found.all_features.target_names == explanation.target_names
        assert found.all_features.all_features is found.all_features
    assert explanation.full is explanation.all_features
    assert whole.all_features is whole


PRECISIONS = {
    "learned": None,
    "number": 30.0,
    "vector": np.array([10.0, 50.0, 2.0, 7.0]),
    "matrix": np.diag([10.0, 50.0, 2.0, 7.0]) + 3.0,
}


@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("kind", PRECISIONS)
@pytest.mark.parametrize("own", [False, True])
def test_a_prior_of_all_features_serves_the_selected(kind, own, n_targets, table):
    """The regressor is given what the prior says on them, as one by hand would be."""
    slopes = np.array([[1.0, -2.0, 0.5, 0.0], [0.0, 0.1, 3.0, 2.0]])[:n_targets]
    mean = np.array([[0.5, -1.0, 1.0, 2.0], [1.0, 0.0, -1.0, 0.5]])[:n_targets]
    mean = mean if n_targets == 2 else mean[0]
    prior = Prior(mean, precision=PRECISIONS[kind])
    regressor = InformativeBayesianRidge(covariance="robust")
    if own:
        regressor, prior = regressor.set_params(**prior.parameters()), None
    explainer = make(
        lambda rows: rows @ slopes.T, table, n_features=2, regressor=regressor
    )
    explanation = explainer.explain_instance(table[0], targets="all", prior=prior)
    hood = explainer.sample(table[0])
    local = make(explainer.black_box, table).local_pipeline(table[0])
    weights = local.fit(hood.codes, hood.answers[:, 0])[-1].weights_
    rows = (hood.codes == hood.codes[0]).astype(float)
    for t in range(n_targets):
        chosen = np.flatnonzero(explanation.selected[t])
        precision = PRECISIONS[kind]
        if np.ndim(precision) == 1:
            precision = precision[chosen]
        elif np.ndim(precision) == 2:
            covariance = np.linalg.inv(precision)
            precision = np.linalg.inv(covariance[np.ix_(chosen, chosen)])
        by_hand = InformativeBayesianRidge(
            covariance="robust",
            prior_mean=np.atleast_2d(mean)[t, chosen],
            prior_precision=precision,
        ).fit(rows[:, chosen], hood.answers[:, t], weights)
        np.testing.assert_allclose(
            explanation.coef[t, chosen], by_hand.coef_, rtol=1e-9
        )
        np.testing.assert_allclose(
            explanation.std[t, chosen] ** 2, np.diag(by_hand.sigma_), rtol=1e-9
        )
    assert explanation.all_features.selected.all()
    assert np.isfinite(explanation.conflict).all()


def test_priors_of_wrong_length_cost_no_query_beside_selection(table, score):
    explainer = make(score, table, n_features=2)
    for prior in (Prior([1.0, 2.0]), Prior(0.0, precision=np.eye(2))):
        with pytest.raises(ValueError, match="expected a number, one value a feature"):
            explainer.explain_instance(table[0], prior=prior)
    assert score.n_rows == 0
    two = make(lambda rows: rows[:, :2], table, n_features=2)
    with pytest.raises(
        ValueError, match="prior_mean has 3 rows, expected one for each"
    ):
        two.explain_instance(table[0], targets="all", prior=Prior(np.ones((3, 4))))
    scaled = explainer.explain_instance(
        table[0], prior=Prior([1.0, -2, 0, 0], scale="fit")
    )
    assert np.isfinite(scaled.std[scaled.selected]).all()


# ---------------------------------------------------------------- statistics


def test_statistics_do_as_well_as_the_data(table, score):
    fitted = make(score, table)
    statistics = fitted.representation_[0].to_statistics()
    for known in (statistics, json.loads(json.dumps(statistics))):
        explainer = make_tabular_explainer(
            score, statistics=known, n_samples=500, random_state=0
        ).fit()
        for x in table[:2]:
            one, other = (e.explain_instance(x) for e in (explainer, fitted))
            assert_same(one, other, atol=1e-12)
            assert one.columns == other.columns
    model = LinearRegression().fit(table, table[:, 0])
    exact = make_tabular_explainer(model, statistics=statistics).fit()
    np.testing.assert_allclose(
        explain_exactly(exact, table[0]).coef,
        explain_exactly(make(model, table), table[0]).coef,
        atol=1e-12,
    )


@pytest.mark.parametrize(
    "params",
    [
        {"discretizer": "decile"},
        {"discretizer": None},
        {"sampler": "gaussian"},
        {"categorical_features": [0]},
    ],
)
@pytest.mark.parametrize("beside", ["statistics", "sparse"])
def test_what_cannot_stand_beside_statistics_or_sparse(beside, params, table, score):
    given = {"sparse": True}
    if beside == "statistics":
        given = {"statistics": QuantileDiscretizer().fit(table).to_statistics()}
    elif params in ({"discretizer": None}, {"sampler": "gaussian"}):
        return
    with pytest.raises(ValueError, match=f"cannot be given beside {beside}"):
        make_tabular_explainer(score, **given, **params)


# ---------------------------------------------------------------- sparse tables


@pytest.fixture(scope="module")
def words():
    X = sparse.random(400, 20_000, density=0.001, random_state=0, format="csr")
    return X + sparse.csr_matrix(np.eye(400, 20_000))


def test_sparse_tables(words):
    effects = np.zeros(20_000)
    effects[:8] = [3.0, -2.0, 1.0, 4.0, 0.5, 2.0, -1.0, 6.0]
    asked = []

    def model(rows):
        assert sparse.issparse(rows) and rows.shape[1] == 20_000
        asked.append(rows.shape[0])
        return rows @ effects

    names = [f"word {j}" for j in range(20_000)]
    params = {"sparse": True, "sampler": "around_instance"}
    # A model that notes its calls is never the same again, and needs a name.
    box = BlackBox(model, memory=True, name="effects")
    explainer = make(box, words, feature_names=names, **params)
    tracemalloc.start()
    explanations = explainer.explain(words[:4])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # A dense neighbourhood alone has 80 MB.
    assert peak < 2e7
    sd = np.sqrt(words.power(2).mean(axis=0) - np.power(words.mean(axis=0), 2))
    for i, explanation in enumerate(explanations):
        present = words[i].nonzero()[1]
        assert explanation.columns == tuple(names[j] for j in np.sort(present))
        assert explanation.as_list()[0][0].startswith(f"word {i} (per ")
        expected = effects[np.sort(present)] * np.asarray(sd)[0, np.sort(present)]
        np.testing.assert_allclose(explanation.coef[0], expected, atol=1e-6)
        assert "center_share" in explanation.kernel
    n_asked = sum(asked)
    again = explainer.explain_instance(words[2])
    assert (sum(asked), again.n_queries) == (n_asked, 0)
    np.testing.assert_array_equal(again.coef, explanations[2].coef)


def test_an_empty_row_of_a_sparse_table(words):
    explainer = make(
        lambda rows: rows[:, 0].toarray()[:, 0],
        words,
        sparse=True,
        sampler="around_instance",
    )
    empty = sparse.csr_matrix((1, 20_000))
    with pytest.raises(ValueError, match="zero in every column"):
        explainer.explain_instance(empty)
    assert explainer.black_box_.n_queries_ == 0
    stored = words[0].copy()
    stored.data[1:] = 0.0
    assert len(explainer.explain_instance(stored).coef[0]) == 1
    for bad, error in [(words[0].toarray(), TypeError), (words[:2], ValueError)]:
        with pytest.raises(error, match="expected"):
            explainer.explain_instance(bad)


def test_the_selector_of_what_is_there():
    rows = sparse.csr_matrix([[0.0, 1.0, 2.0, 0.0], [0.0, 3.0, 0.0, 0.0]])
    for X in (rows, rows.tocsc(), rows.toarray()):
        for reference in (rows[0], [0.0, 1.0, 2.0, 0.0], [[0.0, 1.0, 2.0, 0.0]]):
            found = NonzeroSelector(reference).fit(X)
            np.testing.assert_array_equal(
                found.get_support(), [False, True, True, False]
            )
            assert isinstance(found.transform(X), np.ndarray)
    assert list(found.get_feature_names_out(list("abcd"))) == ["b", "c"]
    with pytest.raises(ValueError, match="4 features"):
        found.transform(rows[:, :3])
    for wrong in ([1.0, 2.0], rows[0, :2]):
        with pytest.raises(ValueError, match="reference has"):
            NonzeroSelector(wrong).fit(rows)


# ---------------------------------------------------------------- sequences


@pytest.fixture(scope="module")
def sequences():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(150, 12, 2)).cumsum(axis=1)
    X[:, :, 1] = rng.randint(0, 3, size=(150, 12))
    return X


def drive(rows):
    """Two columns: the late load alone, and a mix with the last state."""
    late = rows[:, 9:, 0].mean(axis=1)
    return np.c_[late, 0.1 * late + 5.0 * (rows[:, -1, 1] == 2)]


@pytest.mark.parametrize("n_segments", [None, 4])
def test_the_driving_part_of_sequences_is_found(n_segments, sequences):
    explainer = make_sequence_explainer(
        drive,
        n_segments=n_segments,
        categorical_features=["state"],
        feature_names=["load", "state"],
        class_names=["late", "state"],
        n_samples=1000,
        random_state=0,
    ).fit(sequences)
    chosen = sequences[np.argsort(-drive(sequences)[:, 0])[:3]]
    explanations = explainer.explain(chosen, targets="all")
    for x, explanation in zip(chosen, explanations, strict=True):
        n_columns = 24 if n_segments is None else 8
        assert explanation.coef.shape == (2, n_columns)
        best = [explanation.as_list(t)[0][0] for t in ("late", "state")]
        late = {"load_t-2", "load_t-1", "load_t-0"}
        if n_segments:
            late = {"mean of load[t-2..t-0]"}
            assert best[1].startswith("most of state[t-2..t-0]=")
        elif x[-1, 1] == 2:
            assert best[1] == "state_t-0=2"
        assert any(name in best[0] for name in late)
        strongest = np.argsort(-np.abs(explanation.coef[0]))
        assert explanation.columns[strongest[0]] in late
    features = explainer.transform(chosen[:2])
    assert features.shape == (2, 2 * n_columns)
    np.testing.assert_array_equal(features[0], explanations[0].coef.ravel())
    assert len(explainer.get_feature_names_out()) == 2 * n_columns
    alone = explainer.explain_instance(chosen[1], targets="all")
    assert_same(alone, explanations[1])


@pytest.mark.parametrize("n_segments", [None, 3])
def test_sequences_predicted_selected_and_in_frames(n_segments, sequences):
    explainer = make_sequence_explainer(
        drive, n_segments=n_segments, n_features=2, n_samples=400, random_state=0
    ).fit(sequences)
    explanation = explainer.explain_instance(sequences[0])
    answer = drive(sequences[:1])[0]
    assert explanation.targets == (int(np.argmax(answer)),)
    np.testing.assert_allclose(explanation.prediction, answer.max())
    assert len(explanation.as_list()) == 2
    assert explanation.all_features.selected.all()
    with pytest.raises(ValueError, match="expected"):
        explainer.explain_instance(sequences[0, :5])
    with pytest.raises(ValueError, match="expected 'quartile' or 'decile'"):
        make_sequence_explainer(drive, n_segments=2, discretizer="entropy")


# ---------------------------------------------------------------- designs


@pytest.mark.parametrize(
    ("design", "slopes"),
    [("lhs", [0.0, -2.0, 0.0, 0.0]), ("sobol", [1.0, -2.0, 0.5, 0.3])],
)
def test_designs_come_nearer_to_the_exact_weights(design, slopes, table):
    """The bins of each column are stratified, and for Sobol those of pairs too.

    So a Latin hypercube takes from a weight's error what the other bins of its own
    column add, and leaves what other columns do; values within bins stay random.
    """
    model = LinearRegression().fit(table, table @ slopes)
    exact = explain_exactly(make(model, table), table[3]).coef
    at = [1] if design == "lhs" else slice(None)
    # Without a prior, whose pull would be the larger error.
    params = {"n_samples": 512, "regressor": Ridge(alpha=1e-9)}

    def errors(design):
        made = [
            make(model, table, design=design, random_state=seed, **params)
            for seed in range(40)
        ]
        return [(e.explain_instance(table[3]).coef - exact)[0, at] for e in made]

    assert 2 * np.square(errors(design)).mean() < np.square(errors("random")).mean()
    one, other = (
        make(model, table, design=design).explain_instance(table[0]) for _ in "ab"
    )
    assert_same(one, other)
    for params in ({"sampler": "gaussian"}, {"discretizer": None}):
        explainer = make(model, table, design=design, **params)
        assert np.isfinite(explainer.explain_instance(table[0]).coef).all()
