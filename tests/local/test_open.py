"""Where intervals are open, and where they are stated."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from sklearn_baylime import InformativeBayesianRidge, Prior, make_tabular_explainer
from sklearn_baylime.local._open import effective_groups


@pytest.fixture(scope="module")
def table():
    return np.random.RandomState(0).normal(size=(200, 4))


def make(table, n_samples, noise=0.0, **settings):
    def model(rows):
        drawn = np.random.RandomState(len(rows)).normal(size=len(rows))
        return rows @ [1.0, -2.0, 0.5, 0.0] + noise * drawn

    return make_tabular_explainer(
        model, n_samples=n_samples, random_state=0, **settings
    ).fit(table)


def test_groups_count_once():
    assert effective_groups(np.ones(8), None) == pytest.approx(8)
    assert effective_groups(np.ones(8), np.repeat([0, 1, 2, 3], 2)) == pytest.approx(4)
    weights = np.array([1.0, 1.0, 2.0])
    assert effective_groups(weights, np.array([5, 5, 7])) == pytest.approx(2)


@pytest.mark.parametrize("n_samples", [1, 2])
def test_two_rows_state_nothing(table, n_samples):
    explanation = make(table, n_samples).explain_instance(table[0])
    assert explanation.is_open.all()
    assert np.isinf(explanation.interval()).all()
    assert "open" in str(explanation)


def test_many_rows_are_not_open(table):
    explanation = make(table, 300).explain_instance(table[0])
    assert not explanation.is_open.any()
    assert np.isfinite(explanation.interval()).all()


def test_a_prior_of_which_rows_tell_nothing_is_open(table):
    """Noise alone favors no hypothesis about a mean of its size."""
    explainer = make(table, 6, noise=5.0)
    even = {"stated": 1, "nothing": 1, "direction": 1}
    prior = Prior([1.0, -1.0, 1.0, -1.0], odds=even)
    explanation = explainer.explain_instance(table[0], prior=prior)
    assert max(odds[0] for odds in explanation.prior_odds.values()) < 0.5
    assert explanation.is_open.all()


def test_regressors_without_uncertainty_are_not_called_open(table):
    explainer = make(table, 2, regressor=Ridge())
    assert not explainer.explain_instance(table[0]).is_open.any()


def test_where_shrinkage_decides_the_rows_alone_are_told(table):
    """One strong column among noise: what least squares says of it stands beside."""

    def model(rows):
        return 5.0 * (rows[:, 0] > 0)

    shrunk = InformativeBayesianRidge(prior_precision=1e6, noise_precision=1.0)
    explainer = make_tabular_explainer(
        model, n_samples=300, regressor=shrunk, random_state=0
    ).fit(table)
    told = [w for w in explainer.explain_instance(table[0]).warnings if "alone" in w]
    assert len(told) == 1 and "Shrinkage decides on" in told[0] and "to +" in told[0]
    plain = make_tabular_explainer(model, n_samples=3000, random_state=0).fit(table)
    assert not any("alone" in w for w in plain.explain_instance(table[0]).warnings)
