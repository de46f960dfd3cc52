"""Categories that are rare, unknown or none: right weights, or the column is named."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from sklearn_baylime import explain_exactly, make_tabular_explainer
from sklearn_baylime.sampling import BinSampler, GaussianSampler

N_PLACES = 400
RNG = np.random.default_rng(0)
EFFECT = RNG.normal(size=N_PLACES)
PLACES = pd.DataFrame(
    {"place": RNG.integers(0, N_PLACES, 4000), "age": RNG.normal(size=4000)}
).astype({"place": "category"})


def own_less_others(place):
    """Kernel weights of matches factorise: what a weight is, by the background."""
    shares = PLACES["place"].value_counts(normalize=True)
    others = shares.drop(place)
    return EFFECT[place] - others @ EFFECT[others.index.astype(int)] / others.sum()


@pytest.mark.parametrize("slope", [0.3, 0.0])
def test_intervals_of_rare_categories_cover(slope):
    """A place in 400: 95 % intervals hold the truth in 95 % of 80 instances."""

    def model(rows):
        place = rows["place"].to_numpy().astype(int)
        return EFFECT[place] + slope * rows["age"].to_numpy()

    explainer = make_tabular_explainer(model, n_samples=1500, random_state=0)
    explainer.fit(PLACES)
    held, errors = 0, []
    for i in range(80):
        explanation = explainer.explain_instance(PLACES.iloc[i])
        truth = own_less_others(PLACES["place"].iloc[i])
        low, high = np.asarray(explanation.interval(0.95))[..., 0, 0]
        held += low <= truth <= high
        errors.append((explanation.coef[0, 0] - truth) / explanation.std[0, 0])
    assert binom(80, 0.95).cdf(held) > 1e-3
    # Standard errors are neither too small nor too large: chi-square of 80.
    assert 0.6 < np.mean(np.square(errors)) < 1.6


def test_the_own_code_has_its_least_share_and_the_others_keep_their_proportions():
    codes = np.repeat([0, 1, 2], [2, 66, 132])[:, None]
    sampler = BinSampler(min_share=0.1).fit(codes)
    np.testing.assert_allclose(sampler.frequencies_at([0])[0], [0.1, 0.3, 0.6])
    np.testing.assert_allclose(sampler.frequencies_at([1])[0], [0.01, 0.33, 0.66])
    rows = sampler.sample([0], n_samples=20_000, random_state=0)[1:, 0]
    assert abs((rows == 0).mean() - 0.1) < 4 * np.sqrt(0.09 / 20_000)


def test_a_gaussian_sampler_draws_the_own_category_as_often():
    codes = np.c_[np.repeat([0, 1], [2, 198]), RNG.normal(size=200)]
    sampler = GaussianSampler(categorical_features=[0]).fit(codes)
    rows = sampler.sample([0, 0.0], n_samples=20_000, random_state=0)[1:, 0]
    assert abs((rows == 0).mean() - 0.1) < 4 * np.sqrt(0.09 / 20_000)


def test_exact_weights_have_the_law_that_is_sampled():
    """A tree in which a rare code interacts with another rare one."""
    from sklearn.tree import DecisionTreeRegressor

    X = np.c_[RNG.integers(0, 50, 3000), RNG.integers(0, 40, 3000)].astype(float)
    y = (X[:, 0] < 1) * 1.0 + (X[:, 0] < 1) * (X[:, 1] < 1) * 3.0 + (X[:, 1] < 1)
    tree = DecisionTreeRegressor().fit(X, y)
    explainer = make_tabular_explainer(
        tree, categorical_features=[0, 1], n_samples=20_000, random_state=0
    ).fit(X)
    exact = explain_exactly(explainer, np.zeros(2))
    sampled = explainer.explain_instance(np.zeros(2))
    assert np.all(np.abs(exact.coef - sampled.coef) < 5 * sampled.std)
    assert np.all(sampled.std < 0.1)


def test_a_value_that_was_seen_a_few_times_is_named():
    explainer = make_tabular_explainer(
        lambda rows: rows["age"].to_numpy(), n_samples=120, random_state=0
    ).fit(PLACES)
    explanation = explainer.explain_instance(PLACES.iloc[0])
    place = PLACES["place"].iloc[0]
    said = [w for w in explanation.warnings if "fewer than 30" in w]
    assert len(said) == 1
    assert f"'place={place}'" in said[0]
    plenty = explainer.set_params(sample__n_samples=3000)
    plenty = plenty.explain_instance(PLACES.iloc[0])
    assert not any("fewer than 30" in w for w in plenty.warnings)


DOUBTED = {
    "numbers as text": RNG.uniform(0, 1000, 500).round(2).astype(str),
    "ids": np.array([f"u-{i:05d}" for i in range(500)]),
    "free text": np.array([f"plot {i} bad " * 20 for i in range(500)]),
    "hundreds": RNG.integers(0, 250, 500).astype(str),
}


@pytest.mark.parametrize("kind", DOUBTED)
def test_a_column_that_looks_like_no_category_is_named_before_the_first_query(kind):
    asked = []
    table = pd.DataFrame({"odd": DOUBTED[kind], "a": RNG.normal(size=500)})
    explainer = make_tabular_explainer(asked.append)
    with pytest.warns(UserWarning, match=r"'odd' has \d+ categories in 500 rows"):
        explainer.fit(table)
    assert asked == []
    # Named, they are what they are called.
    named = make_tabular_explainer(asked.append, categorical_features=["odd"])
    named.fit(table)
    make_tabular_explainer(asked.append).fit(table.astype({"odd": "category"}))
