"""The prior that explanations of similar instances make: mean, spread, honesty."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.priors import (
    Prior,
    combine_priors,
    prior_from_explanation,
    prior_from_explanations,
)
from sklearn_baylime.priors._from_similar import LEAST, POOLED, spread_of


def explanation(weights, std=0.0, target="y", drawn=None):
    """An explanation of weights by name."""
    return SimpleNamespace(
        feature_names=np.array(list(weights)),
        coef=np.array([list(weights.values())], dtype=float),
        std=np.full((1, len(weights)), std),
        target_names=[target],
        position=lambda target: 0,
        drawn=drawn,
    )


def test_mean_and_variance_by_hand():
    """Two features, three instances; errors of 0.1 in the first."""
    weights = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    errors = np.array([[0.1, 0.0]] * 3)
    mean, variance = spread_of(weights, errors)
    assert_allclose(mean, [2.0, 5.0])
    # Squares 2 and 0 of two degrees of freedom each: 0.5 pooled.
    total = (np.array([2.0, 0.0]) + POOLED * 0.5) / (2 + POOLED - 2)
    assert_allclose(variance, total - [0.01, 0.0] + total / 3)


def test_errors_that_explain_the_spread_leave_the_means_error():
    _, variance = spread_of(np.array([[1.0], [2.0]]), np.array([[9.0], [9.0]]))
    assert_allclose(variance, (0.5 + POOLED * 0.5) / 3 / 2)


def test_variance_is_that_of_one_more_instance():
    """Over many kinds: the squared distance of the next weight, in its variances."""
    rng = np.random.default_rng(0)
    n_kinds, d, tau, error = 400, 12, 0.7, 0.4
    squares = []
    for k in (3, 8, 20):
        for _ in range(n_kinds):
            center = rng.normal(size=d)
            true = center + tau * rng.normal(size=(k + 1, d))
            seen = true + error * rng.normal(size=true.shape)
            mean, variance = spread_of(seen[:k], np.full((k, d), error))
            squares.append(np.mean((true[k] - mean) ** 2 / variance))
        # Rather too wide than too narrow, and neither by much.
        assert 0.75 < np.mean(squares) < 1.05
        squares.clear()


def test_features_are_matched_by_name():
    prior = prior_from_explanations(
        [
            explanation({"a": 1.0, "b": 4.0}, 0.1),
            explanation({"c": 7.0, "a": 3.0}, 0.1),
            explanation({"b": 6.0, "a": 2.0}, 0.1),
        ]
    )
    found = prior(["b", "c", "a", "new"])
    assert_allclose(found.mean, [5.0, 7.0, 2.0, 0.0])
    precision = dict(zip("bca-", found.precision, strict=True))
    # The more instances have it the more is known; of "new" nothing is.
    assert precision["a"] > precision["b"] > precision["c"] == precision["-"]


def test_equal_weights_are_trusted_up_to_rounding():
    same = [explanation({"a": 2.0, "b": 0.0}) for _ in range(3)]
    assert_allclose(prior_from_explanations(same)("ab").precision, (2 * LEAST) ** -2)


def test_odds_are_kept():
    odds = {"stated": 1.0, "nothing": 3.0}
    pair = [explanation({"a": 1.0}), explanation({"a": 2.0})]
    assert prior_from_explanations(pair, odds=odds)("a").odds == odds
    assert prior_from_explanations(pair)("a").hypotheses() is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "There are 0 explanations, expected at least two"),
        ([explanation({"a": 1.0})], "There are 1 explanations"),
        (
            [explanation({"a": 1.0}, target=t) for t in ("cat", "dog")],
            r"targets \['cat', 'dog'\], expected one",
        ),
        (
            [explanation({"a": 1.0}, drawn=d) for d in ("own 1", "own 2", "own 1")],
            "3 explanations have 2 sets of rows",
        ),
        ([explanation({"a": 0.0})] * 2, "All weights of the 1 features are 0"),
    ],
)
def test_what_cannot_be_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        prior_from_explanations(given)


# ------------------------------------------------------------------- explanations


@pytest.fixture(scope="module")
def problem():
    """A forest of diabetes, and an explainer of it."""
    X, y = load_diabetes(return_X_y=True)
    forest = RandomForestRegressor(30, random_state=0).fit(X, y / y.std())

    def make(**params):
        return make_tabular_explainer(
            forest.predict, discretizer=None, **{"random_state": 0, **params}
        ).fit(X)

    return X, make


def test_shared_rows_are_refused(problem):
    X, make = problem
    with pytest.raises(ValueError, match="5 explanations have 1 sets of rows"):
        prior_from_explanations(make(rows="shared", n_samples=60).explain(X[:5]))


def test_rows_of_any_of_them_are_no_data(problem):
    """Also after the prior was combined with another."""
    X, make = problem
    explainer = make(n_samples=60)
    prior = prior_from_explanations(explainer.explain(X[:4]))
    explainer.explain_instance(X[4], prior=prior)
    names = explainer.explain_instance(X[2]).feature_names
    both = combine_priors(prior(names), Prior(np.zeros(len(names)), precision=1.0))
    for own in (prior, both):
        with pytest.raises(ValueError, match="made of the same rows"):
            explainer.explain_instance(X[2], prior=own)
    make(n_samples=60, random_state=1).explain_instance(X[2], prior=prior)


def test_similar_instances_sharpen_few_rows(problem):
    """30 rows and the prior, against 30 rows, and against one neighbor's prior."""
    X, make = problem
    truth = make(n_samples=2000, random_state=9)
    few = make(n_samples=30)
    errors = []
    for i in range(5):
        near = np.argsort(np.linalg.norm(X - X[i], axis=1))[1:9]
        # Rare directions of a table: the neighbors' own rows are many.
        others = make(n_samples=200, random_state=1).explain(X[near])
        true = truth.explain_instance(X[i]).coef
        found = [
            few.explain_instance(X[i], prior=prior).coef
            for prior in (
                None,
                prior_from_explanation(others[0]),
                prior_from_explanations(others),
            )
        ]
        errors.append([np.linalg.norm(coef - true) for coef in found])
    alone, one, several = np.mean(errors, axis=0)
    assert several < 0.5 * alone and several < 0.8 * one
