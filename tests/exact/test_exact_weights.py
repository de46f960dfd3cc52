"""Closed forms against weighted least squares over all rows that can be sampled."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from sklearn import ensemble, linear_model, tree
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.svm import SVC, LinearSVC

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.exact import exact_weights
from sklearn_baylime.representation import QuantileDiscretizer

VALUES = [[-1.0, 0.0, 2.0], [0.0, 1.0, 2.0, 3.0], [0.0, 1.0], [1.0, 2.0, 4.0, 8.0]]


def make_table(n=240, *, missing=False):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.choice(values, n) for values in VALUES])
    X[:4] = np.array([np.resize(values, 4) for values in VALUES]).T
    if missing:
        X[4::7, 1] = X[5::6, 3] = np.nan
    return X


def score_of(X):
    A = np.nan_to_num(X, nan=-2.0)
    return A[:, 0] * (A[:, 3] > 2) + np.abs(A[:, 1] - 1) * A[:, 2] + 0.3 * A[:, 3]


def classes_of(X):
    return np.digitize(score_of(X), [0.8, 2.0])


def frequencies_of(discretizer, seed=1):
    rng = np.random.default_rng(seed)
    return [rng.dirichlet(np.ones(n)) for n in discretizer.n_bins_]


def categories_with_probability(discretizer, frequencies):
    """Return (value, code, probability) of all that each categorical column can be."""
    columns = []
    for values, shares in zip(discretizer.categories_, frequencies, strict=True):
        # The code of missing values comes last, where there is one.
        values = np.r_[values, np.nan][: len(shares)]
        columns.append(list(zip(values, range(len(shares)), shares, strict=True)))
    return columns


def least_squares(answer, columns, own, width):
    """Solve LIME's weighted least squares over all rows, with their probabilities."""
    cells = np.array(list(product(*columns)))
    rows, codes, share = cells[..., 0], cells[..., 1], cells[..., 2].prod(axis=1)
    rows, codes, share = rows[share > 0], codes[share > 0], share[share > 0]
    matches = (codes == own).astype(float)
    weight = share * np.exp(-(matches == 0).sum(axis=1) / (2 * width**2))
    varies = np.ptp(matches, axis=0) > 0
    design = np.column_stack([np.ones(len(rows)), matches[:, varies]])
    targets = answer(rows).reshape(len(rows), -1)
    root = np.sqrt(weight)[:, None]
    solved = np.linalg.lstsq(root * design, root * targets, rcond=None)[0]
    coef = np.zeros((targets.shape[1], len(varies)))
    coef[:, varies] = solved[1:].T
    return coef, solved[0]


def assert_all_rows_agree(model, answer, X, x, width=1.1, frequencies=None):
    d = X.shape[1]
    discretizer = QuantileDiscretizer(categorical_features=range(d)).fit(X)
    if frequencies is None:
        frequencies = frequencies_of(discretizer)
    found = exact_weights(model, discretizer, x, frequencies=frequencies, width=width)
    columns = categories_with_probability(discretizer, frequencies)
    own = discretizer.transform([x])[0]
    expected = least_squares(answer, columns, own, width or 0.75 * np.sqrt(d))
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-8)


class PlainTree(tree.DecisionTreeClassifier):
    # Without sample weights, a bag's trees see only the classes that they draw.
    def fit(self, X, y):
        return super().fit(X, y)


GB, HGB = ensemble.GradientBoostingClassifier, ensemble.HistGradientBoostingClassifier
HGR = ensemble.HistGradientBoostingRegressor
SMALL = {"n_estimators": 8, "random_state": 0}
HIST = {"max_iter": 8, "min_samples_leaf": 5}
SETS = {**HIST, "categorical_features": [1, 3]}
TREES = {
    "tree": tree.DecisionTreeRegressor(),
    "extra tree": tree.ExtraTreeRegressor(random_state=0),
    "forest": ensemble.RandomForestRegressor(**SMALL),
    "HistGB": HGR(**HIST, loss="absolute_error"),
    "HistGB of sets": HGR(**SETS),
    "tree classes": tree.DecisionTreeClassifier(max_depth=5),
    "forest classes": ensemble.RandomForestClassifier(**SMALL, max_depth=5),
    "extra-trees": ensemble.ExtraTreesClassifier(**SMALL),
    "HistGB classes": HGB(**HIST),
    "HistGB classes of sets": HGB(**SETS),
}
OTHERS = {
    "GB": ensemble.GradientBoostingRegressor(**SMALL, loss="huber"),
    "GB from zero": ensemble.GradientBoostingRegressor(**SMALL, init="zero"),
    "GB classes": GB(**SMALL),
    "bag": ensemble.BaggingRegressor(**SMALL, max_features=0.5),
    "bag classes": ensemble.BaggingClassifier(
        PlainTree(), **SMALL, max_samples=4, max_features=3, bootstrap_features=True
    ),
    "linear": linear_model.LinearRegression(),
    "logistic": linear_model.LogisticRegression(),
    "discriminant": LinearDiscriminantAnalysis(),
}


def answer_of(model):
    boosted = (GB, HGB, linear_model.LogisticRegression, LinearDiscriminantAnalysis)
    if isinstance(model, (*boosted, SVC, LinearSVC)):
        return model.decision_function
    return getattr(model, "predict_proba", model.predict)


@pytest.mark.parametrize("name", [*TREES, *OTHERS])
def test_every_kind_agrees_with_all_rows(name):
    X, model = make_table(), {**TREES, **OTHERS}[name]
    model.fit(X, classes_of(X) if hasattr(model, "predict_proba") else score_of(X))
    assert_all_rows_agree(model, answer_of(model), X, X[3])


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("row", [0, 4, 5])
def test_missing_values_agree_with_all_rows(name, row):
    X, model = make_table(missing=True), TREES[name]
    model.fit(X, classes_of(X) if hasattr(model, "predict_proba") else score_of(X))
    assert_all_rows_agree(model, answer_of(model), X, X[row], width=None)


def test_a_category_the_model_never_saw_goes_the_way_of_missing_values():
    X = make_table(missing=True)
    seen = X[X[:, 3] != 4.0]
    model = HGR(**SETS).fit(seen, score_of(seen))
    assert_all_rows_agree(model, model.predict, X, X[2])


TWO = [GB(**SMALL), HGB(**HIST), linear_model.LogisticRegression(), LinearSVC()]


@pytest.mark.parametrize("model", [*TWO, SVC(kernel="linear")])
def test_two_classes_have_one_score(model):
    X = make_table()
    model.fit(X, classes_of(X) > 0)
    assert_all_rows_agree(model, model.decision_function, X, X[1], width=0.4)


@pytest.mark.parametrize(
    "model",
    [
        tree.DecisionTreeRegressor(max_depth=4),
        ensemble.RandomForestRegressor(**SMALL),
        linear_model.Ridge(fit_intercept=False),
    ],
)
def test_several_outputs(model):
    X = make_table()
    model.fit(X, np.column_stack([score_of(X), X[:, 0] * X[:, 1], X[:, 2]]))
    assert_all_rows_agree(model, model.predict, X, X[9])


@pytest.mark.parametrize("shares", [[0.0, 0.3, 0.7], [1.0, 0.0, 0.0], [0.6, 0.4, 0.0]])
def test_codes_that_are_always_or_never_sampled(shares):
    X = make_table()
    frequencies = [np.array(shares), np.full(4, 0.25), [0.2, 0.8], np.full(4, 0.25)]
    x = [-1.0, 1.0, 0.0, 8.0]
    for model in (tree.DecisionTreeRegressor(), linear_model.LinearRegression()):
        model.fit(X, score_of(X))
        assert_all_rows_agree(model, model.predict, X, x, frequencies=frequencies)
        for width in (1e-3, 1e-200):
            discretizer = QuantileDiscretizer(categorical_features=range(4)).fit(X)
            coef, intercept = exact_weights(
                model, discretizer, x, frequencies=frequencies, width=width
            )
            assert np.isfinite(coef).all() and np.isfinite(intercept).all()
            assert (coef[0, 0] == 0) == (shares[0] in (0, 1))


def cells_of(column, borders, cuts, *, whole):
    """Return (mean value, bin, probability) between all cuts, by quadrature."""
    bins, cells = np.searchsorted(borders, column), []
    ends = np.r_[column.min(), borders, column.max()]
    for b in range(len(borders) + 1):
        own = column[bins == b]
        # Whole numbers fill their bins to the ends, and are drawn as others, rounded.
        low, high = (own.min(), own.max()) if whole else ends[b : b + 2]
        law = norm(own.mean(), own.std())
        total = quad(law.pdf, low, high)[0]
        cuts = np.arange(-0.5, 12) if whole else cuts
        steps = np.unique(np.clip(np.r_[low, cuts, high], low, high))
        for start, stop in pairwise(steps):
            share = quad(law.pdf, start, stop)[0] / total
            mean = quad(lambda v, p=law.pdf: v * p(v), start, stop)[0] / total / share
            value = np.round(0.5 * (start + stop)) if whole else mean
            cells.append((value, b, share * len(own) / len(column)))
    return cells


@pytest.mark.parametrize("name", ["tree", "GB", "linear"])
def test_values_within_bins_agree_with_quadrature(name):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    X[:, 0], X[:, 2] = np.exp(X[:, 0]), rng.integers(0, 11, 300)
    model = {
        "tree": tree.DecisionTreeRegressor(max_leaf_nodes=9),
        "GB": ensemble.GradientBoostingRegressor(n_estimators=4, max_depth=2),
        "linear": linear_model.LinearRegression(),
    }[name].fit(X, X[:, 0] * X[:, 1] + 0.2 * X[:, 2] * (X[:, 0] > 1))
    parts = {"tree": [model], "linear": []}.get(name)
    parts = model.estimators_[:, 0] if parts is None else parts
    nodes = [(part.tree_.feature, part.tree_.threshold) for part in parts]
    discretizer = QuantileDiscretizer().fit(X)
    columns = [
        cells_of(
            X[:, j],
            discretizer.borders_[j],
            np.concatenate([[], *(cut[feature == j] for feature, cut in nodes)]),
            whole=j == 2,
        )
        for j in range(3)
    ]
    frequencies = [np.bincount(c) / 300 for c in discretizer.transform(X).T]
    own = discretizer.transform(X[:1])[0]
    found = exact_weights(model, discretizer, X[0], frequencies=frequencies, width=0.8)
    expected = least_squares(model.predict, columns, own, 0.8)
    # Thresholds of trees are off by the rounding to single precision.
    np.testing.assert_allclose(found[0], expected[0], atol=1e-6)
    np.testing.assert_allclose(found[1], expected[1], atol=1e-6)


@pytest.mark.parametrize("border", [0.5, 0.5 + 2.0**-24])
def test_rows_are_rounded_to_single_precision(border):
    half = border + 2.0**-25
    column = [0.0, border, np.nextafter(border, 1), half, np.nextafter(half, 1), 1.0]
    column.append(np.nextafter(half, 0))
    X = np.column_stack([column, np.resize([0.0, 1.0], 7)])
    model = tree.DecisionTreeRegressor().fit([[2 * border, 0], [0, 0]], [3.0, 5.0])
    assert model.tree_.threshold[0] == border
    assert_all_rows_agree(model, model.predict, X, X[0])


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(st.permutations(range(4)), st.integers(0, 50), st.floats(0.2, 5))
def test_dummies_sums_and_permutations(order, row, width):
    X = np.random.default_rng(0).normal(size=(120, 4))
    y, order = X[:, 0] * X[:, 2], np.array(order)
    forest = ensemble.RandomForestRegressor(3, max_depth=4, random_state=0)
    forest.fit(X * [1, 0, 1, 1], y)

    def explain(model, columns=slice(None)):
        discretizer = QuantileDiscretizer().fit(X[:, columns])
        share = [np.full(4, 0.25)] * 4
        x = X[row, columns]
        return exact_weights(model, discretizer, x, frequencies=share, width=width)

    coef, intercept = explain(forest)
    assert coef[0, 1] == 0 and (coef[0, [0, 2]] != 0).all()
    parts = [explain(part) for part in forest.estimators_]
    np.testing.assert_allclose(coef, np.mean([p[0] for p in parts], axis=0), atol=1e-12)
    np.testing.assert_allclose(intercept, np.mean([p[1] for p in parts]), atol=1e-12)
    # A bag can feed the trees with the columns in another order.
    bag = ensemble.BaggingRegressor(n_estimators=3).fit(X, y)
    bag.estimators_ = forest.estimators_
    bag.estimators_features_ = [np.argsort(order)] * 3
    permuted, same = explain(bag, order)
    np.testing.assert_allclose(permuted, coef[:, order], atol=1e-12)
    np.testing.assert_allclose(same, intercept, atol=1e-12)


def test_sampling_tends_to_the_weights():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4))
    y = X[:, 0] * X[:, 1] + X[:, 2]
    X[::7, 1] = np.nan
    forest = ensemble.RandomForestRegressor(10, max_depth=5, random_state=0).fit(X, y)
    discretizer = QuantileDiscretizer().fit(X)
    codes = discretizer.transform(X).T
    coef, _ = exact_weights(
        forest, discretizer, X[3], frequencies=[np.bincount(c) / 400 for c in codes]
    )
    explainer = make_tabular_explainer(
        forest.predict, n_samples=100_000, random_state=0
    ).fit(X)
    explanation = explainer.explain_instance(X[3])
    assert (np.abs(explanation.coef - coef) < 5 * explanation.std).all()
