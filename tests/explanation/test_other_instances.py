"""What one explanation is worth to another: of another instance, or of the same."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor

from sklearn_baylime import explain_exactly, make_tabular_explainer


@pytest.fixture(scope="module")
def forest():
    X, y = load_diabetes(return_X_y=True)
    model = RandomForestRegressor(20, max_depth=6, random_state=0).fit(X, y)
    return X, model


def make(forest, n_samples, seed=0, **settings):
    X, model = forest
    return make_tabular_explainer(
        model.predict, n_samples=n_samples, random_state=seed, **settings
    ).fit(X)


def test_another_instance_as_the_prior_does_no_harm(forest):
    """Its precision, as if instances agreed, made errors of 24 times as much."""
    X, _ = forest
    exact = make(forest, 50)
    exact.set_params(black_box=forest[1])
    errors, inside = {"none": [], "other": []}, []
    rng = np.random.default_rng(0)
    for repeat in range(8):
        x, other = X[rng.choice(len(X), 2, replace=False)]
        truth = explain_exactly(exact, x).coef[0]
        explainer = make(forest, 300, seed=repeat)
        prior = make(forest, 300, seed=100 + repeat).explain_instance(other).as_prior()
        hood = explainer.sample(x)
        for name, given in (("none", None), ("other", prior)):
            found = explainer.explain_instance(x, prior=given, neighborhood=hood)
            errors[name].append(((found.coef[0] - truth) ** 2).mean())
        low, high = found.interval(0.95)[:, 0]
        inside.append((low <= truth) & (truth <= high))
    assert np.mean(errors["other"]) < 1.1 * np.mean(errors["none"])
    assert np.mean(inside) > 0.88


def test_rows_of_one_instance_are_put_together_exactly(forest):
    """Five parts are one run of all their rows, not less."""
    x = forest[0][3]
    # Numbers without bins: the same codes are the same rows for the model.
    explainer = make(forest, 24, discretizer=None)
    parts = [explainer.set_params(random_state=s).sample(x) for s in range(5)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merged.merge(part)
    whole = parts[0].extend(np.concatenate([part.codes[1:] for part in parts[1:]]))
    assert merged.n_open == 0 and whole.n_open == 4 * 23
    one = explainer.explain_instance(x, neighborhood=whole)
    together = explainer.explain_instance(x, neighborhood=merged)
    assert together.n_rows == one.n_rows == 5 * 23 + 1
    np.testing.assert_array_equal(together.coef, one.coef)
    np.testing.assert_array_equal(together.covariance, one.covariance)
    np.testing.assert_array_equal(together.interval(), one.interval())
    np.testing.assert_array_equal(together.loo_score, one.loo_score)


def test_the_order_of_the_parts_does_not_matter(forest):
    x = forest[0][3]
    first, second = (make(forest, 60, seed=s).sample(x) for s in (0, 1))
    explainer = make(forest, 60)
    one, other = (
        explainer.explain_instance(x, neighborhood=a.merge(b))
        for a, b in ((first, second), (second, first))
    )
    np.testing.assert_allclose(one.coef, other.coef, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(one.std, other.std, rtol=1e-6)
