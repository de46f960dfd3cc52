"""Heavy tails against sampling, quadrature and known answers."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

from sklearn_baylime.linear_model import InformativeBayesianRidge


def fit(data, **params):
    params = {"trust": "integrate", "prior_dof": 1.0, **params}
    return InformativeBayesianRidge(**params).fit(data.X, data.y, data.s)


def orthogonal(n=40, d=4, seed=0):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n, d))
    X = np.linalg.qr(X - X.mean(axis=0))[0] * np.sqrt(n)
    y = X @ np.r_[3.0, np.zeros(d - 1)] / 2 + rng.normal(size=n)
    return SimpleNamespace(X=X, y=y, s=None)


@pytest.mark.parametrize("n", [15, 60])
def test_known_precisions_of_orthogonal_columns_are_quadrature(n):
    """Each coefficient is then normal times Cauchy on its own."""
    data, alpha, lambda_ = orthogonal(n), 1.5, 4.0
    estimator = fit(data, prior_precision=lambda_, noise_precision=alpha)
    sums = data.X.T @ data.y / n
    log_evidence = 0.0
    for j, seen in enumerate(sums):

        def density(w, seen=seen):
            likelihood = stats.norm.pdf(seen, w, 1 / np.sqrt(alpha * n))
            return likelihood * stats.cauchy.pdf(w, scale=1 / np.sqrt(lambda_))

        points = [0.0, seen]
        total, mean, low = (
            integrate.quad(lambda w, g=g: g(w) * density(w), -9, 9, points=points)[0]
            for g in (lambda w: 1.0, lambda w: w, lambda w: w < 0.1)
        )
        assert_allclose(estimator.coef_[j], mean / total, atol=2e-3)
        below = estimator.marginals_[0].cdf(0.1)[j]
        assert_allclose(below, low / total, atol=0.01)
        log_evidence += np.log(total) - stats.norm.logpdf(
            seen, seen, 1 / np.sqrt(alpha * n)
        )
    rest = ((data.y - data.y.mean() - data.X @ sums) ** 2).sum()
    log_evidence += 0.5 * (n - 1) * np.log(alpha / (2 * np.pi)) - 0.5 * alpha * rest
    assert_allclose(estimator.log_evidence_, log_evidence, atol=0.03)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("n", [20, 60])
def test_unknown_noise_is_the_sum_over_known_noise(n, seed, tools):
    """The evidence of integrated noise, by a grid of given ones."""
    data = tools.make_data(n, 6, weights=None, noise=1.5, seed=seed)
    logs = np.linspace(-4, 3, 57)
    values = [fit(data, noise_precision=np.exp(a)).log_evidence_ for a in logs]
    expected = np.logaddexp.reduce(values) + np.log(logs[1] - logs[0])
    assert_allclose(fit(data).log_evidence_, expected, atol=0.3)


@pytest.mark.slow
def test_coefficients_are_those_of_a_long_gibbs_run(tools):
    """The same model by sampling, one block of unknowns after the other."""
    data = tools.make_data(40, 5, weights=None, noise=1.0)
    data.y = data.X @ [2.0, 0.0, 0.0, 0.3, 0.0] + data.rng.normal(size=40)
    rows = tools.center(data.X, data.y)
    draws = gibbs(rows.A, rows.c, n_draws=30_000)[3_000:]
    estimator = fit(data)
    std = draws.std(axis=0)
    assert_allclose((estimator.coef_ - draws.mean(axis=0)) / std, 0, atol=0.15)
    assert_allclose(np.sqrt(np.diag(estimator.sigma_)) / std, 1, atol=0.15)
    low, high = estimator.marginals_[0].interval(0.8)
    inside = ((low <= draws) & (draws <= high)).mean(axis=0)
    assert_allclose(inside, 0.8, atol=0.05)


def gibbs(A, c, n_draws):
    rng = np.random.RandomState(0)
    n, d = A.shape
    theta = np.linspace(-14, 20, 300)
    log_prior = -1.0 * np.logaddexp(0, -theta) - 0.5 * np.logaddexp(0, theta)
    ratios = (A**2).sum() / n * np.exp(-theta)
    gram, cross = A.T @ A, A.T @ c
    w, alpha, omega = np.linalg.lstsq(A, c, rcond=None)[0], 1.0, np.ones(d)
    draws = np.empty((n_draws, d))
    for i in range(n_draws):
        size = alpha * (omega * w**2).sum()
        logs = log_prior + 0.5 * d * np.log(ratios) - 0.5 * ratios * size
        rho = rng.choice(ratios, p=np.exp(logs - np.logaddexp.reduce(logs)))
        omega = rng.gamma(1.0, 1 / (0.5 + 0.5 * alpha * rho * w**2))
        square = ((c - A @ w) ** 2).sum() + rho * (omega * w**2).sum()
        alpha = rng.gamma(0.5 * (n - 1 + d), 2 / square)
        root = np.linalg.cholesky(gram + rho * np.diag(omega))
        mean = np.linalg.solve(root.T, np.linalg.solve(root, cross))
        noise = np.linalg.solve(root.T, rng.normal(size=d))
        w = mean + noise / np.sqrt(alpha)
        draws[i] = w
    return draws


def test_one_large_coefficient_is_not_shrunk_by_many_small_ones():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(60, 20))
    data = SimpleNamespace(X=X, y=3.0 * X[:, 0] + rng.normal(size=60), s=None)
    gauss, cauchy = fit(data, prior_dof=np.inf), fit(data)
    assert np.abs(cauchy.coef_[1:]).mean() < 0.7 * np.abs(gauss.coef_[1:]).mean()
    assert cauchy.log_evidence_ > gauss.log_evidence_ + 5
    mixed = fit(data, prior_dof="mixed")
    # A tenth of the belief is that a coefficient is not shrunk at all.
    unshrunk = np.linalg.lstsq(X - X.mean(axis=0), data.y, rcond=None)[0]
    gap = np.abs(unshrunk - cauchy.coef_)
    assert_allclose(mixed.coef_, cauchy.coef_, atol=0.1 * gap.max())


def test_evidence_speaks_for_the_gaussian_prior_where_all_matter_alike():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(200, 30))
    y = X @ rng.choice([-1.0, 1.0], size=30) + rng.normal(size=200)
    data = SimpleNamespace(X=X, y=y, s=None)
    gauss, cauchy, mixed = (fit(data, prior_dof=p) for p in (np.inf, 1.0, "mixed"))
    assert gauss.log_evidence_ > cauchy.log_evidence_ + 5
    assert_allclose(mixed.coef_, gauss.coef_, atol=0.01)


def test_mixture_is_weighed_by_evidence(tools):
    """Prior odds of 10 times the evidences of either."""
    data = tools.make_data(weights=None)
    logs = np.array([fit(data, prior_dof=p).log_evidence_ for p in (np.inf, 1.0)])
    expected = np.logaddexp.reduce(logs + np.log([1 / 11, 10 / 11]))
    assert_allclose(fit(data, prior_dof="mixed").log_evidence_, expected, atol=1e-8)


@pytest.mark.parametrize("covariance", ["posterior", "robust"])
def test_precisions_of_each_feature_are_units(covariance, tools):
    """A column in other units, with the precision to match, is the same model."""
    data = tools.make_data(weights=None)
    units = np.array([1.0, 1e3, 1e-3, 5.0, 0.2])
    params = {"prior_dof": "mixed", "covariance": covariance, "prior_mean": data.coef}
    params["prior_odds"] = {"stated": 1.0}
    one = fit(data, prior_precision=np.ones(5), **params)
    data.X = data.X / units
    params["prior_mean"] = data.coef * units
    other = fit(data, prior_precision=units**-2, **params)
    assert_allclose(other.coef_ / units, one.coef_, rtol=1e-6, atol=1e-8)
    sigma = other.sigma_ / np.outer(units, units)
    assert_allclose(sigma, one.sigma_, rtol=1e-5, atol=1e-9)


def test_many_features_have_the_gaussian_prior(tools):
    data = tools.make_data(30, 201)
    for covariance in ("posterior", "robust"):
        mixed = fit(data, prior_dof="mixed", covariance=covariance)
        gauss = fit(data, prior_dof=np.inf, covariance=covariance)
        tools.assert_same_fit(mixed, gauss, rtol=0, skip=("conflict_",))


@pytest.mark.parametrize("n", [2, 3, 6, 12])
def test_twins_of_columns_do_no_harm(n):
    """Nearly equal columns, and fewer rows than columns."""
    rng = np.random.RandomState(n)
    half = rng.normal(size=(n, 5))
    X = np.c_[half, half + 1e-6 * rng.normal(size=half.shape)]
    y = 3 * half[:, 0] + rng.normal(size=n)
    data = SimpleNamespace(X=X, y=y, s=None)
    for params in ({}, {"noise_precision": 1.0}, {"prior_precision": 1.0}):
        tails, gauss = (
            fit(data, prior_dof=p, covariance="robust", **params) for p in (1.0, np.inf)
        )
        assert np.isfinite(tails.sigma_).all()
        assert (np.diag(tails.sigma_) >= 0).all()
        assert tails.log_evidence_ < gauss.log_evidence_ + 10


def test_constant_columns_have_no_effect(tools):
    data = tools.make_data(weights=None)
    alone = fit(data, covariance="robust")
    data.X = np.c_[data.X, np.full(40, 3.0)]
    more = fit(data, covariance="robust")
    assert more.coef_[5] == 0.0
    assert_allclose(more.coef_[:5], alone.coef_, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("prior_dof", [1.0, "mixed"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("has_prior", [False, True])
def test_two_tied_classes_are_one_class_alone(has_prior, covariance, prior_dof):
    """Probabilities that sum to 1 say nothing twice."""
    rng = np.random.RandomState(0)
    X = rng.binomial(1, 0.5, size=(80, 8)).astype(float)
    weights = rng.uniform(0.2, 1.0, 80)
    slopes = np.r_[2.0, -1.0, np.zeros(6)]
    p = 1 / (1 + np.exp(-(X @ slopes - 0.5 + rng.normal(size=80))))
    guess = 0.1 * slopes * has_prior
    params = {"prior_odds": "open", "covariance": covariance, "tie_targets": True}
    params |= {"trust": "integrate", "prior_dof": prior_dof}
    one = InformativeBayesianRidge(prior_mean=guess, **params).fit(X, p, weights)
    two = InformativeBayesianRidge(prior_mean=[guess, -guess], **params)
    two.fit(X, np.c_[p, 1 - p], weights)
    for sign, coef, sigma, m in zip(
        (1, -1), two.coef_, two.sigma_, two.marginals_, strict=True
    ):
        assert_allclose(sign * coef, one.coef_, rtol=1e-9)
        assert_allclose(sigma, one.sigma_, rtol=1e-9, atol=1e-12)
        ends = (sign * m.interval(0.9))[::sign]
        assert_allclose(ends, one.marginals_[0].interval(0.9), rtol=1e-9)
    assert_allclose(two.log_evidence_, one.log_evidence_, rtol=1e-9)
    if covariance == "robust":
        assert_allclose(two.loo_score_, one.loo_score_, rtol=1e-9)
