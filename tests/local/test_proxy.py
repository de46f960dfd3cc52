"""A proxy makes answers less noisy, and nothing else."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from sklearn_baylime import (
    BlackBox,
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.local._proxy import (
    effective_number,
    fold_of_rows,
    less_noisy,
    weighted_line,
)

X = np.random.RandomState(0).normal(size=(300, 3))
QUADRATIC = make_pipeline(PolynomialFeatures(2), Ridge(1e-3))


def bent(rows):
    return rows[:, 0] + rows[:, 0] * rows[:, 1] + rows[:, 2] ** 2 + np.sin(rows[:, 1])


def explained(model, x=X[0], data=X, n_samples=400, targets="all", **settings):
    settings = {"random_state": 0, **settings}
    made = make_tabular_explainer(model, n_samples=n_samples, **settings)
    return made.fit(data).explain_instance(x, targets=targets)


def test_controls_have_no_line_so_that_the_law_has_the_same_one():
    # The whole law: every row there is, with weights.
    rows = np.array(list(product([0.0, 1.0], repeat=4)))
    rng = np.random.RandomState(0)
    weights, answers, said = rng.rand(16), rng.rand(16, 2), rng.rand(16, 2)
    controls = said - weighted_line(rows, said, weights)(rows)
    line = weighted_line(rows, answers, weights)(rows)
    for share in (0.3, 1.0):
        moved = weighted_line(rows, answers - share * controls, weights)(rows)
        np.testing.assert_allclose(moved, line, atol=1e-12)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_cross_fitted_answers_are_unbiased_over_all_samples(share):
    # All 4^4 samples of a law of four rows: the moments that make the line.
    law, answers = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, -2.0, 4.0, 7])
    weights = np.array([1.0, 0.5, 2.0, 1.5])
    folds = fold_of_rows(4, None)
    sides = weights[:, None] * np.column_stack([np.ones(4), law])
    total = np.zeros(2)
    for drawn in product(range(4), repeat=4):
        drawn = np.array(drawn)
        for i in range(4):
            others = drawn[folds != folds[i]]
            # A proxy that has learned from the others, if badly.
            said = answers[others].mean() + law[:, 0] ** 2 * answers[others].max()
            line = weighted_line(law, said[:, None], weights)(law)[:, 0]
            control = (said - line)[drawn[i]]
            total += sides[drawn[i]] * (answers[drawn[i]] - share * control) / 4
    np.testing.assert_allclose(total / 4**4, sides.T @ answers / 4, rtol=1e-12)


def test_controls_of_no_use_leave_the_answers_as_they_are():
    rng = np.random.RandomState(0)
    rows, answers, weights = rng.rand(200, 3), rng.rand(200, 2), np.ones(200)
    adjusted, share = less_noisy(answers, rng.rand(200, 2), rows, weights, 0.01)
    assert np.array_equal(adjusted, answers) and not share.any()


def test_the_free_rows_error_is_in_the_residuals():
    rng = np.random.RandomState(0)
    rows, noise, weights = rng.rand(500, 2), rng.normal(size=(500, 1)), np.ones(500)
    answers = rows @ [[1.0], [2.0]] + noise
    controls = noise + 0.3 * rng.normal(size=(500, 1))
    for ratio in (0.0, 0.25):
        adjusted, share = less_noisy(answers, controls, rows, weights, ratio)
        left = adjusted - weighted_line(rows, adjusted, weights)(rows)
        plain = answers - share * controls
        line = weighted_line(rows, plain, weights)(rows)
        known = controls - weighted_line(rows, controls, weights)(rows)
        expected = ((plain - line) ** 2).sum() + ratio * share**2 * (known**2).sum()
        np.testing.assert_allclose((left**2).sum(), expected, rtol=1e-10)
        np.testing.assert_allclose(adjusted - left, line, atol=1e-10)


def test_rows_drawn_together_are_in_one_fold():
    groups = np.repeat(np.arange(50), 2)
    folds = fold_of_rows(100, groups)
    assert (folds[::2] == folds[1::2]).all()
    assert np.bincount(folds).tolist() == [26, 26, 24, 24]
    assert len(np.unique(fold_of_rows(100, np.repeat([0, 1], 50)))) == 4


def test_effective_number_of_equal_weights_is_their_number():
    assert effective_number(np.full(7, 0.3)) == pytest.approx(7)


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_errors_are_smaller_at_the_same_queries(design):
    settings = {"discretizer": None, "design": design, "kernel_width": 2.0}
    truth = explained(bent, n_samples=60_000, **settings).coef
    errors = {}
    for proxy in (None, QUADRATIC):
        found = []
        for seed in range(12):
            box = BlackBox(bent)
            one = explained(box, proxy=proxy, **(settings | {"random_state": seed}))
            assert box.n_queries_ == one.n_queries == 400
            found.append(one.coef)
        errors[proxy] = ((np.array(found) - truth) ** 2).mean()
    assert errors[QUADRATIC] < 0.4 * errors[None]


@pytest.mark.slow
def test_gradient_boosting_helps_with_a_forest():
    data, y = load_breast_cancer(return_X_y=True)
    data = data[:, :8]
    forest = RandomForestClassifier(20, random_state=0).fit(data, y)
    facts = {"x": data[0], "data": data, "targets": [1]}
    truth = explained(forest, n_samples=40_000, **facts).coef
    errors = {}
    for proxy in (None, "auto"):
        found = [
            explained(forest, n_samples=800, random_state=s, proxy=proxy, **facts).coef
            for s in range(6)
        ]
        errors[proxy] = ((np.array(found) - truth) ** 2).mean()
    assert errors["auto"] < 0.75 * errors[None]


@pytest.mark.slow
def test_intervals_cover():
    settings = {"discretizer": None, "kernel_width": 2.0}
    truth = explained(bent, n_samples=200_000, **settings).coef[0]
    n = 80
    inside = np.empty((n, 3))
    for seed in range(n):
        one = explained(bent, proxy=QUADRATIC, **(settings | {"random_state": seed}))
        low, high = np.moveaxis(one.interval(0.95), 0, 0)
        inside[seed] = (low[0] <= truth) & (truth <= high[0])
    # Three standard deviations of the share of n runs, as if weights were one.
    assert inside.mean() >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / n)


def test_scores_are_those_of_the_models_answers():
    plain = explained(bent)
    found = explained(bent, proxy=QUADRATIC)
    assert (found.coef != plain.coef).any()
    np.testing.assert_array_equal(found.loo_score, plain.loo_score)
    np.testing.assert_array_equal(found.prediction, plain.prediction)
    # Least squares are best on their own answers, others next to it.
    assert 0.8 * plain.score[0] < found.score[0] < plain.score[0] + 1e-3


@pytest.mark.parametrize("n_classes", [2, 3])
def test_weights_of_all_classes_add_up_to_nothing(n_classes):
    y = (bent(X) > 0).astype(int) + (n_classes == 3) * (bent(X) > 2)
    wide = PolynomialFeatures(2).fit_transform(X)
    model = LogisticRegression(max_iter=1000).fit(wide, y)
    box = BlackBox(
        lambda rows: model.predict_proba(PolynomialFeatures(2).fit_transform(rows))
    )
    found = explained(box, proxy=QUADRATIC)
    assert found.coef.shape[0] == n_classes
    np.testing.assert_allclose(found.coef.sum(axis=0), 0, atol=1e-9)
    assert not any("proxy" in said for said in found.warnings)


def noise(rows):
    return np.modf(1e5 * np.sin(1e4 * rows.sum(axis=1)))[0]


def test_where_it_is_of_no_help_it_says_so_and_changes_nothing():
    found = explained(noise, proxy=QUADRATIC)
    assert any("The proxy was of no help" in said for said in found.warnings)
    np.testing.assert_array_equal(found.coef, explained(noise).coef)


def test_few_rows_are_left_alone():
    found = explained(bent, n_samples=12, proxy=QUADRATIC)
    assert any("The proxy was left out" in said for said in found.warnings)
    np.testing.assert_array_equal(found.coef, explained(bent, n_samples=12).coef)


@pytest.mark.parametrize("proxy", ["boosting", 3, LogisticRegression()])
def test_what_is_no_regressor_is_refused_before_a_query(proxy):
    box = BlackBox(bent)
    with pytest.raises(ValueError, match="expected None, 'auto' or a regressor"):
        explained(box, proxy=proxy)
    assert box.n_queries_ == 0


def test_masks_of_images_are_refused_before_a_query():
    box = BlackBox(lambda images: np.asarray(images, float).mean(axis=(1, 2, 3)))
    explainer = make_image_explainer(box, proxy="auto", n_samples=50)
    image = np.random.RandomState(0).randint(0, 255, (24, 24, 3)).astype(np.uint8)
    with pytest.raises(ValueError, match="masks of an image"):
        explainer.explain_instance(image)
    assert box.n_queries_ == 0


class Counts(RegressorMixin, BaseEstimator):
    """A proxy that counts how often it is fitted."""

    n_fits = 0

    def fit(self, rows, y):
        type(self).n_fits += 1
        self.inner_ = PolynomialFeatures(2).fit(rows)
        self.line_ = Ridge(1e-3).fit(self.inner_.transform(rows), y)
        return self

    def predict(self, rows):
        return self.line_.predict(self.inner_.transform(rows))


def test_shared_rows_share_the_proxy():
    settings = {"rows": "shared", "random_state": 0, "n_samples": 400}
    Counts.n_fits = 0
    box = BlackBox(bent)
    explainer = make_tabular_explainer(box, proxy=Counts(), **settings).fit(X)
    found = explainer.explain(X[:6])
    assert Counts.n_fits == 4 and box.n_queries_ == 405
    # The same, whoever is explained first, and in other processes.
    explainer = make_tabular_explainer(bent, proxy=QUADRATIC, n_jobs=2, **settings)
    other = explainer.fit(X).explain(X[:6])
    for one, same in zip(found, other, strict=True):
        np.testing.assert_allclose(one.coef, same.coef, rtol=1e-9, atol=1e-12)
    plain = make_tabular_explainer(bent, **settings).fit(X).explain(X[:6])
    assert all((a.std < b.std).any() for a, b in zip(found, plain, strict=True))


def test_boosting_takes_frames_of_mixed_columns_and_texts():
    rng = np.random.RandomState(0)
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=200),
            "b": pd.Categorical(rng.choice(["x", "y", "z"], 200)),
            "c": rng.randint(0, 5, 200),
        }
    )

    def model(rows):
        return rows["a"] ** 2 * (rows["b"] == "x") + rows["c"] * (rows["a"] > 0)

    made = make_tabular_explainer(model, n_samples=300, proxy="auto", random_state=0)
    assert np.isfinite(made.fit(frame).explain_instance(frame.iloc[0]).coef).all()
    texts = make_text_explainer(
        lambda texts: [float("a" in t.split()) * ("b" in t.split()) for t in texts],
        n_samples=300,
        proxy="auto",
        random_state=0,
    )
    words = " ".join("abcdefghijkl")
    explanation = texts.explain_instance(words)
    assert {name for name, _ in explanation.as_list()[:2]} == {"a", "b"}


def test_all_features_are_of_the_same_answers():
    found = explained(bent, proxy=QUADRATIC, n_features=2)
    full = explained(bent, proxy=QUADRATIC)
    np.testing.assert_allclose(found.all_features.coef, full.coef, rtol=1e-9)
    np.testing.assert_allclose(found.all_features.score, full.score, rtol=1e-9)
