"""Deletion and insertion of every kind of instance, where the curve is known."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from sklearn_baylime import (
    BlackBox,
    ExplainerPipeline,
    make_image_explainer,
    make_sequence_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.metrics import deletion_curve, insertion_curve
from sklearn_baylime.representation import (
    SequenceFlattener,
    SuperpixelSegmenter,
    TableScaler,
)
from sklearn_baylime.sampling import GaussianSampler, MaskSampler
from sklearn_baylime.surrogate import ExponentialKernel

RNG = np.random.RandomState(0)
CURVES = [deletion_curve, insertion_curve]

# --- masks: the answers are linear in what is there -----------------------------------

WORDS = {"red": 2.0, "blue": -1.0, "green": 0.5, "grey": 0.0, "pink": -3.0}


def color(texts):
    return [sum(w for word, w in WORDS.items() if word in text) for text in texts]


# Segments of 8, 4 and 4 pixels, the smallest first by weight.
SEGMENTS = np.array([[0, 0, 1, 2]] * 4)
PIXELS = RNG.normal(size=(4, 4))


def light(images):
    return (images * PIXELS).sum(axis=(1, 2))


ADJACENCY = np.array([[0, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0.0]])
BONDS = RNG.normal(size=(4, 4))


class Edges:
    """Edges of a graph, kept or cut; it inherits nothing of ours."""

    codes_before_at = False

    def fit(self, X=None, y=None):
        return self

    def at(self, x):
        here = Edges()
        here.x_, here.edges_ = x, np.transpose(np.triu(x).nonzero())
        here.reference_ = np.ones(len(here.edges_))
        return here

    def inverse_transform(self, X):
        graphs = np.repeat(self.x_[None], len(X), axis=0)
        for graph, code in zip(graphs, X, strict=True):
            for i, j in self.edges_[np.asarray(code) == 0]:
                graph[i, j] = graph[j, i] = 0.0
        return graphs


def energy(graphs):
    return (graphs * BONDS).sum(axis=(1, 2))


def chain(represent, sampler, model, **settings):
    steps = [("represent", represent)] if represent is not None else []
    steps += [("sample", sampler), ("weigh", ExponentialKernel())]
    steps += [("regress", Ridge(alpha=1e-9))]
    return ExplainerPipeline(steps, black_box=model, random_state=0, **settings)


def of_text():
    explainer = make_text_explainer(color, random_state=0)
    return explainer.explain_instance(" ".join(WORDS)), color


def of_image():
    segmenter = SuperpixelSegmenter(SEGMENTS, fill=0.25)
    explainer = make_image_explainer(light, segmenter=segmenter, random_state=0)
    return explainer.explain_instance(RNG.rand(4, 4)), light


def of_graph():
    explainer = chain(Edges(), MaskSampler(64), energy).fit()
    return explainer.explain_instance(ADJACENCY), energy


MASKS = [of_text, of_image, of_graph]


@pytest.mark.parametrize("make", MASKS)
def test_linear_answers_to_masks_lose_one_weight_a_step(make):
    explanation, model = make()
    coef = explanation.coef[0]
    for order, ranked in [
        ("weight", np.argsort(-coef, kind="stable")),
        ("absolute", np.argsort(-np.abs(coef), kind="stable")),
    ]:
        lost = np.append(0.0, np.cumsum(coef[ranked]))
        away = deletion_curve(explanation, model, order)
        assert_allclose(away.score, explanation.prediction[0] - lost, atol=1e-6)
        back = insertion_curve(explanation, model, order)
        rest = explanation.prediction[0] - coef.sum()
        assert_allclose(back.score, rest + lost, atol=1e-6)
        assert away.draws is None and away.auc_std == 0.0
        # To the last bit: neither end is led through the codes.
        assert away.score[0] == back.score[-1] == explanation.prediction[0]


def test_fraction_is_of_pixels_or_of_features():
    explanation, model = of_image()
    order = [2, 0, 1]
    assert_allclose(
        deletion_curve(explanation, model, order).fraction, [0, 0.25, 0.75, 1]
    )
    explanation, model = of_text()
    curve = insertion_curve(explanation, model, n_steps=2)
    assert_allclose(curve.fraction, [0, 0.4, 1])


def test_image_by_explanation_is_the_image_by_hand():
    """One implementation of fills serves both forms."""
    explanation, model = of_image()
    image, order = explanation.instance.image, np.argsort(-explanation.coef[0])
    for make in CURVES:
        by_hand = make(model, image, order, SEGMENTS, fill=0.25)
        curve = make(explanation, model)
        assert_allclose(curve.score, by_hand.score, atol=1e-12)
        assert_array_equal(curve.fraction, by_hand.fraction)


# --- numbers: the answers are sums over the columns -----------------------------------

ROWS = RNG.normal(size=(100, 4)) * [1.0, 2.0, 0.5, 1.0] + [0.0, 3.0, 1.0, -2.0]
X = np.array([1.5, 6.0, 0.5, -1.0])
N_DRAWS = 400


def parts(rows):
    """Return what each column adds, (n_rows, 4)."""
    rows = np.asarray(rows, dtype=float)
    columns = [rows[:, 0] ** 2, 2 * rows[:, 1], np.sin(rows[:, 2]), np.abs(rows[:, 3])]
    return np.stack(columns, axis=1)


def additive(rows):
    return parts(rows).sum(axis=1)


def expected_curve(order, there, means, variances, insert):
    """Return the mean curve, and the standard error of `N_DRAWS` draws, in theory."""
    rank, bounds = np.argsort(order), np.arange(len(order) + 1)
    kept = (rank < bounds[:, None]) == insert
    score = np.where(kept, there, means).sum(axis=1)
    return score, np.sqrt(np.where(kept, 0.0, variances).sum(axis=1) / N_DRAWS)


def check_curves(explanation, model, there, means, variances, order=(2, 0, 3, 1)):
    for make in CURVES:
        how = {"n_draws": N_DRAWS, "random_state": 0}
        curve = make(explanation, model, order, **how)
        insert = make is insertion_curve
        score, error = expected_curve(order, there, means, variances, insert)
        assert (np.abs(curve.score - score) <= 5 * error + 1e-9).all()
        # As exact as it should be, and no more: nothing is left out of the draws.
        drawn = curve.draws.std(axis=0) / np.sqrt(N_DRAWS)
        assert_allclose(drawn, error, rtol=0.2, atol=1e-9)


def test_numbers_are_drawn_from_the_background():
    explainer = chain(TableScaler(), GaussianSampler(200), additive).fit(ROWS)
    columns = parts(ROWS)
    check_curves(
        explainer.explain_instance(X),
        additive,
        parts(X[None])[0],
        columns.mean(axis=0),
        columns.var(axis=0),
    )


def test_bins_are_drawn_by_their_frequency():
    """Of a frame with a category: the law of bins is that of `bin_mean`."""
    frame = pd.DataFrame({"a": ROWS[:, 0], "kind": list("xxyz") * 25, "b": ROWS[:, 1]})
    worth = {"x": 0.0, "y": 1.0, "z": 5.0}

    def model(rows):
        assert list(rows.dtypes) == list(frame.dtypes)
        return 2 * rows["a"] + rows["kind"].map(worth).astype(float) - rows["b"]

    explainer = make_tabular_explainer(model, n_samples=200, random_state=0).fit(frame)
    explanation = explainer.explain_instance(frame.iloc[3])
    here = explanation.representation[0]
    a, b = (here.frequencies_[j] @ here.bin_mean(j) for j in (0, 2))
    means = np.array([2 * a, 0.25 * 1 + 0.25 * 5, -b])
    there = np.array([2 * frame["a"][3], 5.0, -frame["b"][3]])
    for order in ([1, 0, 2], [2, 1, 0]):
        curve = deletion_curve(
            explanation, model, order, n_draws=N_DRAWS, random_state=0
        )
        score, _ = expected_curve(order, there, means, np.zeros(3), False)
        error = curve.draws.std(axis=0) / np.sqrt(N_DRAWS)
        assert (np.abs(curve.score - score) <= 5 * error + 1e-9).all()
        # The background's spread, of which bins keep nearly all.
        whole = np.sqrt(4 * frame["a"].var() + 4.1875 + frame["b"].var())
        assert 0.8 * whole < curve.draws[:, -1].std() < 1.2 * whole


def test_kept_features_keep_their_values_not_just_their_bins():
    asked = []
    explainer = make_tabular_explainer(additive, n_samples=50, random_state=0).fit(ROWS)
    explanation = explainer.explain_instance(X)

    def model(rows):
        asked.extend(rows)
        return additive(rows)

    deletion_curve(explanation, model, [3, 1], n_draws=2, random_state=0)
    steps = [[3], [3, 1], [3, 1, 0], [3, 1, 0, 2]]
    for row, gone in zip(asked[1:], 2 * steps, strict=True):
        assert_array_equal(np.flatnonzero(row != X), sorted(gone))
    # What stands in place of a feature is drawn once for all steps.
    assert len({row[3] for row in asked[1:5]}) == 1 and asked[1][3] != asked[5][3]


def test_sequences_take_segments_of_the_background():
    background = RNG.normal(size=(60, 4, 2)) + np.arange(2)
    model = lambda sequences: (sequences**2).mean(axis=1) @ [3.0, 1.0]  # noqa: E731
    explainer = make_sequence_explainer(
        model, n_segments=2, n_samples=100, random_state=0
    ).fit(background)
    x = background[7] + 0.25

    def columns(sequences):
        squares = sequences.reshape(-1, 2, 2, 2) ** 2
        adds = squares.sum(axis=2) / 4 * [3.0, 1.0]
        return adds.transpose(0, 2, 1).reshape(len(sequences), 4)

    adds = columns(background)
    check_curves(
        explainer.explain_instance(x),
        model,
        columns(x[None])[0],
        adds.mean(axis=0),
        adds.var(axis=0),
    )


def test_single_timesteps_have_means():
    background = RNG.randint(4, size=(30, 3, 2)).astype(float)
    flattener = SequenceFlattener(categorical_features=[1]).fit(background)
    x = np.full((3, 2), 9.0)
    kept = np.ones((2, 6), dtype=bool)
    kept[1, [0, 5]] = False
    whole, rows = flattener.at(x).without(kept)
    assert_array_equal(whole, x)
    values, counts = np.unique(background[:, 2, 1], return_counts=True)
    changed = x.copy()
    changed[0, 0] = background[:, 0, 0].mean()
    changed[2, 1] = values[np.argmax(counts)]
    assert_allclose(rows, changed)


def test_sparse_tables_lose_what_they_have():
    X = sparse.random(50, 40, 0.2, format="csr", random_state=0)
    weights = RNG.normal(size=40)
    box = BlackBox(lambda rows: rows @ weights)
    explainer = make_tabular_explainer(
        box, sparse=True, n_samples=200, random_state=0
    ).fit(X)
    explanation = explainer.explain_instance(X[3])
    names = [name.split(" ")[0] for name in explanation.feature_names]
    columns = np.array([int(name[1:]) for name in names])
    assert sorted(columns) == sorted(X[3].indices)
    box.reset()
    curve = deletion_curve(explanation, box)
    adds = (X[3].toarray()[0] * weights)[columns]
    ranked = np.argsort(-explanation.coef[0], kind="stable")
    expected = adds.sum() - np.append(0, np.cumsum(adds[ranked]))
    assert_allclose(curve.score, expected, atol=1e-12)
    assert box.n_queries_ == 1 + len(columns)


# --- orders ---------------------------------------------------------------------------


def test_features_that_were_not_selected_leave_last():
    explainer = make_tabular_explainer(
        additive, n_features=2, n_samples=500, random_state=0
    ).fit(ROWS)
    explanation = explainer.explain_instance(X)
    first = np.argsort(-np.where(explanation.selected[0], explanation.coef[0], -np.inf))
    last = np.flatnonzero(~explanation.selected[0])
    assert len(last) == 2
    order = [*first[:2], *last]
    for make in CURVES:
        given = make(explanation, additive, order, random_state=0)
        for same in ("weight", order[:2], np.array(order[:3])):
            curve = make(explanation, additive, same, random_state=0)
            assert_array_equal(curve.score, given.score)
        # The explanation by all features has the same way back.
        curve = make(explanation.all_features, additive, order, random_state=0)
        assert_array_equal(curve.score, given.score)


def test_random_orders_are_seeded_and_meet_the_same_draws():
    explainer = make_tabular_explainer(additive, n_samples=50, random_state=0).fit(ROWS)
    explanation = explainer.explain_instance(X)
    curves = [
        deletion_curve(explanation, additive, order, random_state=seed)
        for order, seed in [("random", 0), ("random", 0), ("random", 1), ("weight", 0)]
    ]
    assert_array_equal(curves[0].draws, curves[1].draws)
    assert (curves[0].score[1:-1] != curves[2].score[1:-1]).any()
    assert_array_equal(curves[0].draws[:, -1], curves[3].draws[:, -1])
    assert (curves[0].score[1:-1] != curves[3].score[1:-1]).any()


def test_images_without_explanation_have_random_orders_too():
    image = RNG.rand(4, 4)
    for segments in (SEGMENTS, None):
        curves = [
            deletion_curve(light, image, "random", segments, random_state=seed)
            for seed in (0, 0, 1, 2, 3)
        ]
        assert_array_equal(curves[0].score, curves[1].score)
        assert len({c.auc for c in curves}) > 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": "size"}, "order is 'size', expected 'weight'"),
        ({"order": [0, 5]}, r"positions of features from 0 to 4"),
        ({"order": [1, 1]}, r"each at most once"),
        ({"order": [0.5]}, "expected positions"),
        ({"n_steps": 6}, "1 to 5 steps"),
        ({"n_draws": 0}, "n_draws is 0, expected an integer >= 1"),
        ({"fill": "mean"}, "beside an explanation, which has its own"),
        ({"segments": SEGMENTS}, "beside an explanation"),
    ],
)
def test_errors_come_before_the_first_query(changes, message):
    explanation, _ = of_text()
    box = BlackBox(color)
    for make in CURVES:
        with pytest.raises(ValueError, match=message):
            make(explanation, box, **changes)
    assert box.n_queries_ == 0


def test_arguments_of_two_forms_are_not_mixed():
    explanation, model = of_text()
    with pytest.raises(TypeError, match="explanation comes first"):
        deletion_curve(model, explanation)
    with pytest.raises(TypeError, match="or a model, an image and an order"):
        deletion_curve(model)
    with pytest.raises(ValueError, match="an image alone has no weights"):
        deletion_curve(light, np.ones((4, 4)))
    with pytest.raises(ValueError, match="background is for explanations"):
        deletion_curve(light, np.ones((4, 4)), "random", background=ROWS)


# --- the model ------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [None, 1, 7, 1000])
@pytest.mark.parametrize("n_steps", [None, 3])
@pytest.mark.parametrize("make", CURVES)
def test_model_is_asked_as_many_rows_as_are_documented(make, n_steps, batch_size):
    explanation, model = of_text()
    box = BlackBox(model)
    make(explanation, box, n_steps=n_steps, batch_size=batch_size)
    assert box.n_queries_ == 1 + (n_steps or 5)
    explainer = make_tabular_explainer(additive, n_samples=50, random_state=0).fit(ROWS)
    explanation = explainer.explain_instance(X)
    sizes = []

    def record(rows):
        sizes.append(len(rows))
        return additive(rows)

    how = {"n_steps": n_steps, "n_draws": 6, "random_state": 0}
    curve = make(explanation, record, **how, batch_size=batch_size)
    assert sum(sizes) == 1 + 6 * (n_steps or 4)
    assert max(sizes) <= (batch_size or 1000)
    assert len(sizes) == 1 + -(-(sum(sizes) - 1) // (batch_size or 1000))
    # Rows do not depend on how they are cut.
    assert_array_equal(curve.draws, make(explanation, additive, **how).draws)


def test_targets_are_those_of_the_explanation():
    y = ROWS[:, 0] + (ROWS[:, 1] > 3)
    classes = np.digitize(y, np.quantile(y, [0.3, 0.6]))
    model = LogisticRegression().fit(ROWS, classes)
    model.classes_ = np.array(["low", "mid", "high"])
    explainer = make_tabular_explainer(model, n_samples=100, random_state=0).fit(ROWS)
    targets = [2, (0, 1), {2: 1.0, 0: -1.0}]
    explanation = explainer.explain_instance(X, targets=targets)
    order = [0, 1, 2, 3]
    single = [
        deletion_curve(
            explainer.explain_instance(X, targets=[k]), model, order, random_state=0
        ).score
        for k in range(3)
    ]
    sums = [single[2], single[0] + single[1], single[2] - single[0]]
    for t, (key, expected) in enumerate(zip(explanation.targets, sums, strict=True)):
        for target in (key, explanation.target_names[t]):
            curve = deletion_curve(
                explanation, model, order, target=target, random_state=0
            )
            assert_allclose(curve.score, expected, atol=1e-12)
            assert_allclose(curve.score[0], explanation.prediction[t], atol=1e-12)
    default = deletion_curve(explanation, model, order, random_state=0)
    assert_allclose(default.score, single[2])
    with pytest.raises(KeyError, match="was not explained"):
        deletion_curve(explanation, model, target=1)
    with pytest.raises(ValueError, match="answers 1 column"):
        deletion_curve(explanation, lambda rows: rows[:, 0])


# --- what an explanation knows --------------------------------------------------------


def test_json_forgets_the_representation_and_pickles_keep_it():
    explanation, model = of_text()
    expected = deletion_curve(explanation, model).score
    again = pickle.loads(pickle.dumps(explanation))
    assert_array_equal(deletion_curve(again, model).score, expected)
    content = json.loads(json.dumps(explanation.to_dict()))
    assert "representation" not in content
    read = Explanation.from_dict(content)
    for make in CURVES:
        with pytest.raises(ValueError, match=r"does not know its repr.*JSON does not"):
            make(read, model)
    whole = replace(read, representation=explanation.representation)
    assert_array_equal(deletion_curve(whole, model).score, expected)


def test_explanations_are_saved_without_what_cannot_be_pickled():
    segmenter = SuperpixelSegmenter(lambda image: SEGMENTS)
    explainer = make_image_explainer(light, segmenter=segmenter, random_state=0)
    explanation = explainer.explain_instance(RNG.rand(4, 4))
    again = pickle.loads(pickle.dumps(explanation))
    assert_array_equal(again.coef, explanation.coef)
    assert again.representation is None and explanation.representation is not None


class Halves(BaseEstimator):
    """Numbers whose codes are halves, and that say what stands in their place."""

    def fit(self, X, y=None):
        self.mean_ = np.mean(X, axis=0)
        return self

    def at(self, x):
        here = Halves()
        here.mean_, here.x_, here.reference_ = self.mean_, np.asarray(x), x / 2
        return here

    def transform(self, X):
        return np.asarray(X) / 2

    def inverse_transform(self, X):
        return np.asarray(X) * 2

    def without(self, kept):
        return np.where(kept, self.x_, self.mean_)


def test_word_of_a_stranger_is_read():
    explainer = chain(Halves(), GaussianSampler(100), additive).fit(ROWS)
    box = BlackBox(additive)
    order = [3, 2, 0, 1]
    curve = deletion_curve(explainer.explain_instance(X), box, order)
    there, means = parts(X[None])[0], parts(ROWS.mean(axis=0)[None])[0]
    expected, _ = expected_curve(order, there, means, np.zeros(4), False)
    assert_allclose(curve.score, expected)
    assert box.n_queries_ == 5 and curve.draws is None


@pytest.mark.parametrize("step", [StandardScaler(), None])
def test_stock_steps_take_rows_of_a_background(step):
    explainer = chain(step, GaussianSampler(100), additive).fit(ROWS)
    explanation = explainer.explain_instance(X)
    with pytest.raises(ValueError, match=r"does not say what stands.*as background"):
        deletion_curve(explanation, additive)
    order = [3, 2, 0, 1]
    curve = deletion_curve(
        explanation, additive, order, background=ROWS[:1], n_draws=3, random_state=0
    )
    there, means = parts(X[None])[0], parts(ROWS[:1])[0]
    expected, _ = expected_curve(order, there, means, np.zeros(4), False)
    assert_allclose(curve.draws, np.tile(expected, (3, 1)))
    # Whole rows, each as likely as any other.
    curve = deletion_curve(
        explanation, additive, background=ROWS, n_draws=N_DRAWS, random_state=0
    )
    answers = additive(ROWS)
    error = answers.std() / np.sqrt(N_DRAWS)
    assert abs(curve.score[-1] - answers.mean()) < 5 * error
    assert np.isin(np.round(curve.draws[:, -1], 9), np.round(answers, 9)).all()


def test_columns_of_ones_are_no_masks_by_chance():
    """A code of ones that exists before the instance does not mean presence."""
    scaler = StandardScaler().fit([[0.0, 1.0], [4.0, 3.0]])
    explainer = chain(StandardScaler(), GaussianSampler(50), lambda r: r[:, 0])
    explainer.fit([[0.0, 1.0], [4.0, 3.0]])
    explanation = explainer.explain_instance(np.array([4.0, 3.0]))
    assert_array_equal(scaler.transform([[4.0, 3.0]]), [[1.0, 1.0]])
    with pytest.raises(ValueError, match="StandardScaler does not say"):
        deletion_curve(explanation, lambda rows: rows[:, 0])


def test_large_backgrounds_are_kept_as_quantiles():
    rare = RNG.permutation([0] * 29_000 + [1] * 1000)
    rows = np.c_[RNG.exponential(size=30_000), rare]
    scaler = TableScaler(categorical_features=[1]).fit(rows)
    assert len(pickle.dumps(scaler)) < 20_000
    here = scaler.at([5.0, 1.0])
    kept = np.zeros((1, 2), dtype=bool)
    drawn = np.concatenate([here.without(kept, seed) for seed in range(1000)])
    assert np.isin(drawn[:, 0], rows[:, 0]).all()
    # 128 values leave out little of the tail.
    assert_allclose(drawn[:, 0].mean(), 1.0, atol=5 / np.sqrt(1000))
    assert_allclose(drawn[:, 1].mean(), 1 / 30, atol=5 * np.sqrt(1 / 30 / 1000))


def test_error_of_the_area_is_that_of_the_draws():
    explainer = make_tabular_explainer(additive, n_samples=50, random_state=0).fit(ROWS)
    explanation = explainer.explain_instance(X)
    areas = [
        deletion_curve(explanation, additive, [0, 1, 2, 3], n_draws=20, random_state=i)
        for i in range(60)
    ]
    spread = np.std([curve.auc for curve in areas], ddof=1)
    stated = np.sqrt(np.mean([curve.auc_std**2 for curve in areas]))
    assert 0.7 < stated / spread < 1.4
    one = deletion_curve(explanation, additive, n_draws=1, random_state=0)
    assert np.isnan(one.auc_std)


def test_features_that_are_combined_have_no_way_back():
    steps = [("scale", TableScaler()), ("sample", GaussianSampler(100))]
    steps += [("weigh", ExponentialKernel()), ("combine", PCA(2)), ("fit", Ridge())]
    explainer = ExplainerPipeline(steps, black_box=additive, random_state=0).fit(ROWS)
    with pytest.raises(ValueError, match="behind the kernel combine"):
        deletion_curve(explainer.explain_instance(X), additive)
