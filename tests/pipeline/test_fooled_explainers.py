"""A model that behaves in explanations only (Slack et al., 2020) is found out."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.sampling import ConditionalSampler

RACE, COIN, CATEGORIES = 4, 5, [3, 4, 5]


@pytest.fixture(scope="module")
def people():
    """Ages, charges, days in jail, felony, race and a coin, much as COMPAS has them."""
    rng = np.random.default_rng(0)
    n = 1500
    age = 18 + rng.gamma(2.0, 8.0, n).astype(int)
    felony, race = rng.random(n) < 0.64, rng.random(n) < 0.51
    priors = rng.poisson(rng.gamma(1.0, 1.5 + race + 0.05 * (age - 18)))
    days = rng.gamma(0.4, 20.0 + 30.0 * felony).astype(int)
    return np.c_[age, priors, days, felony, race, rng.random(n) < 0.5].astype(float)


@pytest.fixture(scope="module")
def liar(people):
    """Race for what a forest takes for real; a coin for rows as LIME draws them."""
    rng = np.random.default_rng(1)
    drawn = np.repeat(people, 2, axis=0)
    drawn[:, :3] += rng.normal(size=(len(drawn), 3)) * people[:, :3].std(axis=0)
    drawn[:, 3:] = rng.integers(0, 2, (len(drawn), 3))
    is_real = np.repeat([1, 0], [2 * len(people), len(drawn)])
    detector = RandomForestClassifier(30, min_samples_leaf=2, random_state=0)
    detector.fit(np.r_[np.repeat(people, 2, axis=0), drawn], is_real)

    def model(rows):
        real = detector.predict_proba(rows)[:, 1] > 0.5
        return np.where(real, rows[:, RACE], rows[:, COIN])

    return model


def on_top(liar, people, sampler):
    explainer = make_tabular_explainer(
        liar,
        discretizer=None,
        sampler=sampler,
        categorical_features=CATEGORIES,
        n_samples=400,
        random_state=0,
    ).fit(people)
    return [np.abs(e.coef[0]).argmax() for e in explainer.explain(people[:60])]


@pytest.mark.parametrize("sampler", ["gaussian", "around_instance"])
def test_rows_that_cannot_be_are_fooled(liar, people, sampler):
    """What the other tests rest on: the lie works."""
    assert np.mean(np.equal(on_top(liar, people, sampler), COIN)) >= 0.95


@pytest.mark.parametrize(
    "sampler", ["conditional", ConditionalSampler(400, method="copula")]
)
def test_rows_that_look_real_are_not(liar, people, sampler):
    """The bar is 0.98: at most one of 60 may be fooled."""
    assert np.mean(np.equal(on_top(liar, people, sampler), RACE)) >= 0.98
