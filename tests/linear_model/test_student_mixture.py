"""Mixtures of Student's t against scipy's distributions and brute force."""

import json
from time import process_time

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

from sklearn_baylime.linear_model import InformativeBayesianRidge, StudentMixture

DOFS = [1.0, 2.5, 7.0, 10.0, 29.0, 400.0, np.inf]


def random_mixture(dof, *, m=6, d=4, own_weights=False, seed=0):
    rng = np.random.RandomState(seed)
    weights = rng.dirichlet(np.ones(m), size=d).T if own_weights else None
    weights = rng.dirichlet(np.ones(m)) if weights is None else weights
    scales = np.exp(rng.normal(size=(m, d)))
    return StudentMixture(weights, rng.normal(size=(m, d)), scales, dof)


def distributions(mixture):
    if np.isinf(mixture.dof):
        return stats.norm(mixture.means, mixture.scales)
    return stats.t(mixture.dof, mixture.means, mixture.scales)


def column_weights(mixture):
    weights = mixture.weights
    return weights[:, None] if weights.ndim == 1 else weights


@pytest.mark.parametrize("own_weights", [False, True])
@pytest.mark.parametrize("dof", DOFS)
def test_probabilities_are_those_of_scipy(dof, own_weights):
    mixture = random_mixture(dof, own_weights=own_weights)
    x = np.linspace(-8, 8, 33)[:, None] * np.ones(4)
    parts = [distributions(mixture).cdf(row) for row in x]
    expected = (column_weights(mixture) * np.array(parts)).sum(axis=1)
    assert_allclose(mixture.cdf(x), expected, atol=1e-9)
    below = mixture.cdf(0.7) - mixture.cdf(-0.7)
    assert_allclose(mixture.probability_below(0.7), below)
    negative = mixture.cdf(0.0)
    sign = np.where(mixture.mean() < 0, negative, 1 - negative)
    assert_allclose(mixture.sign_probability(), sign)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("dof", DOFS)
def test_intervals_of_one_component_are_those_of_scipy(dof, level):
    mixture = random_mixture(dof, m=1)
    low, high = distributions(mixture).interval(level)
    assert_allclose(mixture.interval(level), [low[0], high[0]], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("own_weights", [False, True])
@pytest.mark.parametrize("dof", DOFS)
def test_intervals_are_roots_of_the_distribution(dof, own_weights):
    mixture = random_mixture(dof, own_weights=own_weights)
    weights = np.broadcast_to(column_weights(mixture), mixture.means.shape)
    for level in (0.5, 0.95):
        ends = mixture.interval(level)
        for j in range(4):
            for p, found in zip(
                (0.5 - level / 2, 0.5 + level / 2), ends[:, j], strict=True
            ):
                root = optimize.brentq(
                    lambda x, j=j, p=p: (
                        weights[:, j]
                        @ [
                            stats.t.cdf((x - m) / s, min(dof, 1e12))
                            for m, s in zip(
                                mixture.means[:, j], mixture.scales[:, j], strict=True
                            )
                        ]
                        - p
                    ),
                    -1e3,
                    1e3,
                    xtol=1e-12,
                )
                assert_allclose(found, root, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("dof", [3.5, 30.0, np.inf])
def test_moments_are_those_of_many_draws(dof):
    mixture = random_mixture(dof, d=2)
    rng = np.random.RandomState(1)
    k = rng.choice(6, p=mixture.weights, size=400_000)
    t = rng.standard_normal((len(k), 2))
    if np.isfinite(dof):
        t = rng.standard_t(dof, size=(len(k), 2))
    draws = mixture.means[k] + mixture.scales[k] * t
    assert_allclose(mixture.mean(), draws.mean(axis=0), atol=0.03)
    assert_allclose(mixture.variance(), draws.var(axis=0), rtol=0.2)


@pytest.mark.parametrize("dof", [1.0, 2.0])
def test_infinite_variances_are_stated_finite_and_intervals_stay_right(dof):
    mixture = StudentMixture([1.0], [[0.0]], [[1.0]], dof)
    assert_allclose(mixture.variance(), 5.0)
    assert_allclose(mixture.interval(0.95)[1], stats.t.ppf(0.975, dof), rtol=1e-7)


def test_point_masses():
    """A scale of 0 is no division by zero, and certain."""
    mixture = StudentMixture([1.0], [[0.0, -2.0]], [[0.0, 0.0]], 5.0)
    assert_allclose(mixture.interval(0.9), [[0.0, -2.0]] * 2)
    assert_allclose(mixture.sign_probability(), [0.5, 1.0])
    assert_allclose(mixture.probability_below(0.1), [1.0, 0.0])
    assert_allclose(mixture.variance(), 0.0)
    both = StudentMixture([0.4, 0.6], [[0.0], [0.0]], [[0.0], [1.0]], np.inf)
    assert_allclose(both.cdf(1e-9), 0.4 + 0.3, atol=1e-8)
    assert_allclose(both.interval(0.3), 0.0, atol=3e-5)
    assert_allclose(both.interval(0.9)[1], stats.norm.ppf(1 - 0.05 / 0.6), rtol=1e-6)


@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_units_do_not_matter(factor):
    one = random_mixture(9.0)
    other = StudentMixture(one.weights, one.means * factor, one.scales * factor, 9.0)
    assert_allclose(other.interval() / factor, one.interval(), rtol=1e-6)
    assert_allclose(other.sign_probability(), one.sign_probability())


def test_a_skewed_distribution_may_doubt_the_sign_of_its_mean():
    mixture = StudentMixture([0.8, 0.2], [[-0.1], [5.0]], [[0.1], [1.0]], np.inf)
    assert mixture.mean() > 0
    assert mixture.sign_probability() < 0.4


def test_components_without_weight_are_left_out():
    rare = StudentMixture.from_components(
        [0.5, 1e-6, 0.5], np.zeros((3, 2)), np.ones((3, 2)), 4.0
    )
    assert rare.weights.shape == (2,)
    assert_allclose(rare.weights.sum(), 1.0)


def test_features_are_selected_by_index_and_mask():
    mixture = random_mixture(5.0, own_weights=True)
    mask = np.array([True, False, False, True])
    for support in (mask, [0, 3]):
        part = mixture.select(support)
        assert_allclose(part.interval(), mixture.interval()[:, mask], rtol=1e-7)


@pytest.mark.parametrize("own_weights", [False, True])
@pytest.mark.parametrize("dof", [5.5, np.inf])
def test_records_survive_json(dof, own_weights):
    mixture = random_mixture(dof, own_weights=own_weights)
    text = json.dumps(mixture.to_dict(), allow_nan=False)
    back = StudentMixture.from_dict(json.loads(text))
    assert back.dof == mixture.dof
    for name in ("weights", "means", "scales"):
        np.testing.assert_array_equal(getattr(back, name), getattr(mixture, name))


def test_arrays_cannot_be_changed():
    mixture = random_mixture(5.0)
    with pytest.raises(ValueError, match="read-only"):
        mixture.means[0, 0] = 1.0


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 95])
def test_levels_are_probabilities(level):
    with pytest.raises(ValueError, match=r"level is .*between 0 and 1"):
        random_mixture(5.0).interval(level)


def test_intervals_are_cheap():
    """A millisecond or so for 30 features; ten leave room for a busy machine."""
    mixture = random_mixture(60.0, m=20, d=30)
    start = process_time()
    for _ in range(10):
        mixture.interval()
    assert process_time() - start < 0.1


@pytest.mark.parametrize("covariance", ["posterior", "robust"])
def test_maximum_has_one_normal_component(covariance, tools):
    data = tools.make_data(n_targets=2)
    estimator = tools.fitted(data, covariance=covariance)
    assert len(estimator.marginals_) == 2
    for t, mixture in enumerate(estimator.marginals_):
        assert np.isinf(mixture.dof)
        assert_allclose(mixture.mean(), estimator.coef_[t])
        assert_allclose(mixture.variance(), np.diag(estimator.sigma_[t]))
    assert estimator.marginals_ is estimator.marginals_
    assert set(estimator.prior_odds_) == {"nothing"}
    one = InformativeBayesianRidge(prior_mean=1.0).fit(data.X, data.y[:, 0])
    assert one.prior_odds_ == {"stated": 1.0}
