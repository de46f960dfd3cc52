"""Integrated trust against quadrature of the same integrals, row by row."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg, sparse, special, stats

from sklearn_baylime.linear_model import InformativeBayesianRidge

SHAPES = [(30, 4), (8, 8), (6, 9), (3, 4), (2, 3)]
OPEN = {"stated": 0.25, "nothing": 0.5, "direction": 0.25}


def fit(data, **params):
    params = {"trust": "integrate", **params}
    return InformativeBayesianRidge(**params).fit(data.X, data.y, data.s)


def quadrature(data, mean, hypothesis, n_nodes=3001):
    """Integrate one hypothesis over the ratio by dense matrices of all rows.

    The intercept is taken out by an orthonormal basis of what it leaves; the noise by
    the multivariate t. Returns log evidence and nodes' weights, means, covariances.
    """
    n, d = data.X.shape
    basis = linalg.null_space(np.ones((1, n)))
    A, z, nu = basis.T @ data.X, basis.T @ data.y, n - 1
    center = mean if hypothesis == "stated" else np.zeros(d)
    theta = np.linspace(-14, 28, n_nodes)
    share = special.expit(theta)
    # The density of theta where the share is Beta(1/2, 1/2).
    log_prior = 0.5 * (np.log(share) + special.log_expit(-theta)) - np.log(np.pi)
    logs, means, covariances = [], [], []
    gap = z - A @ center
    for t in theta:
        prior = np.eye(d) / ((A**2).sum() / n * np.exp(-t))
        if hypothesis == "direction":
            unit = ((A @ mean) ** 2).sum() / n
            prior = prior + np.outer(mean, mean) / unit
        marginal = np.eye(nu) + A @ prior @ A.T
        gain = prior @ A.T @ linalg.inv(marginal)
        square = gap @ linalg.solve(marginal, gap)
        log_det = np.linalg.slogdet(marginal)[1]
        log_t = special.gammaln(nu / 2) - 0.5 * (nu * np.log(np.pi * square) + log_det)
        logs.append(log_t)
        means.append(center + gain @ gap)
        covariances.append(square / nu * (prior - gain @ A @ prior))
    logs = np.array(logs) + log_prior + np.log(theta[1] - theta[0])
    total = special.logsumexp(logs)
    return total, np.exp(logs - total), np.array(means), np.array(covariances)


def mixture_of(data, mean, odds):
    parts = {h: quadrature(data, mean, h) for h in odds}
    logs = np.array([parts[h][0] + np.log(p) for h, p in odds.items()])
    total = special.logsumexp(logs)
    chances = dict(zip(odds, np.exp(logs - total), strict=True))
    weight = np.concatenate([chances[h] * parts[h][1] for h in odds])
    means = np.concatenate([parts[h][2] for h in odds])
    covariances = np.concatenate([parts[h][3] for h in odds])
    dof = len(data.y) - 1.0
    factor = max(dof, 2.5) / (max(dof, 2.5) - 2)
    coef = weight @ means
    sigma = factor * np.tensordot(weight, covariances, 1)
    sigma += ((means - coef).T * weight) @ (means - coef)
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    scales = np.sqrt(np.maximum(variances, 1e-30))
    return SimpleNamespace(
        log_evidence=total,
        chances=chances,
        coef=coef,
        sigma=sigma,
        cdf=lambda x: weight @ stats.t.cdf((x - means) / scales, dof),
    )


@pytest.mark.parametrize("odds", [{"nothing": 1.0}, {"stated": 1.0}, OPEN], ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_all_results_are_those_of_quadrature(shape, odds, tools):
    data = tools.make_data(*shape, weights=None)
    mean = data.coef + 0.5 * data.rng.normal(size=shape[1])
    exact = mixture_of(data, mean, odds)
    estimator = fit(data, prior_mean=mean, prior_odds=odds)
    scale = np.sqrt(np.diag(exact.sigma)).max()
    assert_allclose(estimator.log_evidence_, exact.log_evidence, atol=5e-3)
    for name, chance in exact.chances.items():
        assert_allclose(estimator.prior_odds_[name], chance, atol=2e-3)
    assert_allclose(estimator.coef_, exact.coef, atol=5e-3 * scale)
    assert_allclose(estimator.sigma_, exact.sigma, rtol=0.02, atol=0.01 * scale**2)
    marginals = estimator.marginals_[0]
    for level in (0.5, 0.95):
        low, high = marginals.interval(level)
        assert_allclose(exact.cdf(low), 0.5 - level / 2, atol=8e-3)
        assert_allclose(exact.cdf(high), 0.5 + level / 2, atol=8e-3)
    assert_allclose(marginals.mean(), estimator.coef_, atol=1e-4 * scale)


def test_no_mean_and_the_zero_vector_say_nothing(tools):
    data = tools.make_data()
    alone = fit(data)
    assert alone.prior_odds_ == {"nothing": 1.0}
    for odds in (None, "open", {"stated": 1, "nothing": 3}):
        other = fit(data, prior_mean=np.zeros(5), prior_odds=odds)
        assert other.prior_odds_ == {"nothing": 1.0}
        assert_allclose(other.coef_, alone.coef_, rtol=0)
    assert_allclose(alone.prior_share_, 0.0)


@pytest.mark.parametrize("kind", ["number", "vector", "matrix"])
@pytest.mark.parametrize("prior_dof", [np.inf, "mixed"])
def test_both_precisions_given_are_the_closed_form(kind, prior_dof, tools):
    if kind != "matrix" and prior_dof == "mixed":
        pytest.skip("Cauchy tails have no closed form")
    data = tools.make_data()
    precision = {
        "number": 3.0,
        "vector": data.rng.uniform(0.5, 3.0, size=5),
        "matrix": tools.random_precision(5, data.rng),
    }[kind]
    params = {
        "prior_mean": 0.4,
        "prior_precision": precision,
        "noise_precision": 2.0,
        "covariance": "robust",
    }
    expected = tools.fitted(data, **params)
    for odds in (None, {"stated": 1.0}):
        found = fit(data, prior_odds=odds, prior_dof=prior_dof, **params)
        for name in ("coef_", "sigma_", "intercept_", "loo_score_", "prior_share_"):
            assert_allclose(
                getattr(found, name), getattr(expected, name), rtol=1e-9, atol=1e-12
            )
        assert_allclose(found.log_evidence_ - expected.log_evidence_, _unit(data, 2.0))
        assert np.isinf(found.marginals_[0].dof)
        X = data.X[:3]
        assert_allclose(found.predict(X, True)[1], expected.predict(X, True)[1])


def _unit(data, alpha):
    """The maximum counts the intercept's row in the density, the integral does not."""
    return -0.5 * np.log(alpha / (2 * np.pi))


def test_stated_precision_with_unknown_noise_is_quadrature(tools):
    data = tools.make_data(25, 4, weights=None)
    mean, lambda_ = data.coef + 0.2, 5.0
    estimator = fit(data, prior_mean=mean, prior_precision=lambda_)
    basis = linalg.null_space(np.ones((1, 25)))
    A, z = basis.T @ data.X, basis.T @ data.y
    gap = z - A @ mean
    log_alpha = np.linspace(-8, 12, 4001)
    logs, coefs = [], []
    middle = np.log(24.0 / (gap @ gap))
    for alpha in np.exp(log_alpha):
        covariance = np.eye(24) / alpha + A @ A.T / lambda_
        logs.append(tools.log_normal_density(gap, covariance))
        inverse = linalg.inv(lambda_ * np.eye(4) + alpha * A.T @ A)
        coefs.append(mean + alpha * inverse @ A.T @ gap)
    logs = np.array(logs) - 0.5 * np.logaddexp(0, log_alpha - middle)
    weight = special.softmax(logs)
    assert_allclose(estimator.coef_, weight @ np.array(coefs), rtol=1e-4)
    alpha = 1 / (weight @ np.exp(-log_alpha))
    assert_allclose(estimator.alpha_, alpha, rtol=1e-3)


@pytest.mark.parametrize("prior_dof", [np.inf, 1.0, "mixed"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("shape", [(40, 5), (8, 8), (5, 9), (2, 3)], ids=str)
def test_units_and_offsets_of_the_answers_do_not_matter(
    shape, covariance, prior_dof, tools
):
    data = tools.make_data(*shape, weights=None)
    mean = data.coef.copy()
    params = {"covariance": covariance, "prior_dof": prior_dof, "prior_odds": "open"}
    base = fit(data, prior_mean=mean, **params)
    y, spread = data.y.copy(), data.y.std()
    for factor, offset in [(1e-12, 0.0), (1e12, 0.0), (-3.0, 1e6), (1.0, 1e9 * spread)]:
        data.y = factor * y + factor * offset
        other = fit(data, prior_mean=factor * mean, **params)
        rtol = 1e-5 if offset < 1e8 else 1e-2
        scale = np.abs(base.coef_).max()
        assert_allclose(other.coef_ / factor, base.coef_, rtol=rtol, atol=rtol * scale)
        sigma = other.sigma_ / factor**2
        atol = rtol * np.abs(base.sigma_).max()
        assert_allclose(sigma, base.sigma_, rtol=rtol, atol=atol)
        for name, chance in base.prior_odds_.items():
            assert_allclose(other.prior_odds_[name], chance, rtol=rtol, atol=1e-6)


@pytest.mark.parametrize("prior_dof", [np.inf, 1.0, "mixed"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("n", [1, 2, 5, 40])
@pytest.mark.parametrize("value", [0.0, 7.0])
def test_answers_that_do_not_vary_give_exact_zeros(
    value, n, covariance, prior_dof, tools
):
    data = tools.make_data(n, 5)
    data.y = np.full(n, value)
    estimator = fit(data, covariance=covariance, prior_dof=prior_dof)
    assert (estimator.coef_ == 0).all()
    assert (estimator.sigma_ == 0).all()
    assert_allclose(estimator.intercept_, value)
    assert (estimator.marginals_[0].interval() == 0).all()
    assert np.isfinite(estimator.predict(data.X, return_std=True)[1]).all()


@pytest.mark.parametrize("prior_dof", [np.inf, "mixed"])
@pytest.mark.parametrize("n", [60, 8])
def test_linear_answers_are_found_exactly(n, prior_dof, tools):
    """Also where the noise that is left is rounding."""
    data = tools.make_data(n, 5, noise=0.0, weights=None)
    for covariance in ("posterior", "robust"):
        estimator = fit(data, covariance=covariance, prior_dof=prior_dof)
        assert_allclose(estimator.coef_, data.coef, atol=1e-7)
        assert np.sqrt(np.diag(estimator.sigma_)).max() < 1e-6


@pytest.mark.parametrize("prior_dof", [np.inf, 1.0, "mixed"])
@pytest.mark.parametrize("prior_mean", [0.0, 0.7])
def test_weights_are_repetitions(prior_mean, prior_dof, tools):
    data = tools.make_data(weights="counts")
    counts = data.s.astype(int)
    twin = SimpleNamespace(
        X=np.repeat(data.X, counts, axis=0), y=np.repeat(data.y, counts), s=None
    )
    params = {"prior_mean": prior_mean, "prior_dof": prior_dof, "prior_odds": "open"}
    one, other = fit(data, **params), fit(twin, **params)
    tools.assert_same_fit(one, other, rtol=1e-8, skip=("conflict_",))


@pytest.mark.parametrize("prior_dof", [np.inf, 1.0, "mixed"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("precision", [None, 2.0, np.arange(1.0, 6.0)], ids=str)
def test_draws_have_mean_and_covariance(precision, covariance, prior_dof, tools):
    data = tools.make_data(n=25)
    estimator = fit(
        data,
        prior_mean=data.coef + 0.3,
        prior_precision=precision,
        prior_odds="open",
        prior_dof=prior_dof,
        covariance=covariance,
    )
    draws = estimator.sample_coef(60_000, random_state=0)
    std = np.sqrt(np.diag(estimator.sigma_))
    assert_allclose((draws.mean(axis=0) - estimator.coef_) / std, 0, atol=0.03)
    gap = (np.cov(draws.T) - estimator.sigma_) / np.outer(std, std)
    assert_allclose(gap, 0, atol=0.15)
    low, high = estimator.marginals_[0].interval(0.8)
    inside = ((low <= draws) & (draws <= high)).mean(axis=0)
    assert_allclose(inside, 0.8, atol=0.03)


def test_variances_of_marginals_are_those_of_sigma(tools):
    data = tools.make_data(n=25, n_targets=3)
    estimator = fit(
        data, prior_mean=0.5, prior_odds="open", prior_dof="mixed", covariance="robust"
    )
    for t, mixture in enumerate(estimator.marginals_):
        variances = np.diag(estimator.sigma_[t])
        assert_allclose(mixture.variance(), variances, rtol=1e-3)
        assert len(mixture.weights) < 70


@pytest.mark.parametrize("prior_dof", [np.inf, "mixed"])
def test_each_target_is_as_if_alone(prior_dof, tools):
    data = tools.make_data(n_targets=3)
    means = np.vstack([data.coef[:, 0], np.zeros(5), -data.coef[:, 2]])
    params = {"prior_odds": "open", "prior_dof": prior_dof, "covariance": "robust"}
    together = fit(data, prior_mean=means, **params)
    for t in range(3):
        one = SimpleNamespace(X=data.X, y=data.y[:, t], s=data.s)
        alone = fit(one, prior_mean=means[t], **params)
        assert_allclose(together.coef_[t], alone.coef_, rtol=1e-3, atol=1e-4)
        assert_allclose(together.sigma_[t], alone.sigma_, rtol=1e-2, atol=1e-5)
        assert_allclose(together.loo_score_[t], alone.loo_score_, rtol=1e-3)
        for name, chance in alone.prior_odds_.items():
            assert_allclose(together.prior_odds_[name][t], chance, rtol=1e-3)
    assert_allclose(together.prior_odds_["nothing"][1], 1.0)
    assert_allclose(together.prior_odds_["stated"][1], 0.0)


@pytest.mark.parametrize("prior_dof", [np.inf, 1.0, "mixed"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
def test_slopes_of_classes_sum_to_zero(covariance, prior_dof):
    rng = np.random.RandomState(0)
    X = rng.binomial(1, 0.4, size=(80, 6)).astype(float)
    P = special.softmax(X @ rng.normal(size=(6, 4)) + rng.normal(size=(80, 4)), axis=1)
    estimator = InformativeBayesianRidge(
        trust="integrate",
        prior_dof=prior_dof,
        covariance=covariance,
        tie_targets=True,
        prior_odds="open",
    ).fit(X, P)
    assert_allclose(estimator.coef_.sum(axis=0), 0, atol=1e-12)
    assert_allclose(estimator.intercept_.sum(), 1, atol=1e-12)


@pytest.mark.parametrize("prior_dof", [np.inf, "mixed"])
def test_two_classes_are_as_one(prior_dof, tools):
    """They say the same thing twice, which must not count twice."""
    data = tools.make_data()
    p = special.expit(data.y)
    params = {"prior_dof": prior_dof, "tie_targets": True}
    one = fit(SimpleNamespace(X=data.X, y=p, s=data.s), **params)
    both = fit(SimpleNamespace(X=data.X, y=np.c_[p, 1 - p], s=data.s), **params)
    assert_allclose(both.coef_[0], one.coef_, rtol=1e-8)
    assert_allclose(both.sigma_[0], one.sigma_, rtol=1e-8)
    assert_allclose(both.coef_[1], -one.coef_, rtol=1e-8)


@pytest.mark.parametrize("prior_dof", [np.inf, "mixed"])
def test_batches_give_what_all_rows_give(prior_dof, tools):
    data = tools.make_data()
    params = {"prior_mean": 0.4, "prior_odds": "open", "prior_dof": prior_dof}
    whole = fit(data, **params)
    parts = InformativeBayesianRidge(trust="integrate", **params)
    for rows in np.array_split(np.arange(40), 3):
        parts.partial_fit(data.X[rows], data.y[rows], data.s[rows])
    tools.assert_same_fit(parts, whole, rtol=1e-7, skip=("conflict_",))


def test_direction_reports_its_scale(tools):
    """A map in wrong units is used, whatever its units and its sign."""
    data = tools.make_data(n=60, noise=0.3)
    for params in ({"prior_odds": "open"}, {"prior_scale": "fit"}):
        scales = []
        for factor in (1e-6, -40.0, 1e8):
            estimator = fit(data, prior_mean=factor * data.coef, **params)
            scales.append(estimator.prior_scale_ * factor)
            assert estimator.prior_odds_["direction"] > 0.5
        assert_allclose(scales, scales[0], rtol=1e-6)
        assert 0.3 < scales[0] < 1.1


def test_direction_of_a_fitted_scale_is_all_that_is_stated(tools):
    data = tools.make_data()
    estimator = fit(data, prior_mean=1.0, prior_scale="fit", prior_odds="open")
    assert set(estimator.prior_odds_) == {"nothing", "direction"}
    precise = fit(data, prior_mean=1.0, prior_scale="fit", prior_precision=2.0)
    assert precise.prior_odds_ == {"direction": 1.0}


@pytest.mark.parametrize("params", [{"prior_odds": "open"}, {"prior_dof": 1.0}])
def test_hypotheses_and_tails_need_integrated_trust(params, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match=r"need trust='integrate'"):
        InformativeBayesianRidge(**params).fit(data.X, data.y)


@pytest.mark.parametrize(
    ("odds", "message"),
    [
        ({"right": 1.0}, "prior_odds has the name 'right', expected some of 'stated'"),
        ({"stated": -1.0}, "expected finite odds of 0 or more"),
        ({"stated": np.inf}, "expected finite odds of 0 or more"),
        ({"stated": 0.0}, "expected finite odds of 0 or more, one"),
        ({}, "expected finite odds of 0 or more, one"),
        ("closed", "The 'prior_odds' parameter"),
    ],
)
def test_odds_that_are_none(odds, message, tools):
    with pytest.raises(ValueError, match=message):
        fit(tools.make_data(), prior_odds=odds)


@pytest.mark.parametrize("prior_dof", [2.0, 0.0, "cauchy", None])
def test_tails_that_are_none(prior_dof, tools):
    with pytest.raises(ValueError, match="The 'prior_dof' parameter"):
        fit(tools.make_data(), prior_dof=prior_dof)


@pytest.mark.parametrize("prior_dof", [np.inf, 1.0])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
def test_draws_vary_the_scale_of_a_direction(covariance, prior_dof, tools):
    """Most of what is not known, where the coefficients follow it closely."""
    data = tools.make_data(n=12, noise=3.0)
    estimator = fit(
        data,
        prior_mean=data.coef,
        prior_scale="fit",
        prior_precision=300.0,
        covariance=covariance,
        prior_dof=prior_dof,
    )
    draws = estimator.sample_coef(60_000, random_state=0)
    std = np.sqrt(np.diag(estimator.sigma_))
    assert_allclose((draws.mean(axis=0) - estimator.coef_) / std, 0, atol=0.03)
    gap = (np.cov(draws.T) - estimator.sigma_) / np.outer(std, std)
    assert_allclose(gap, 0, atol=0.1)


@pytest.mark.parametrize("prior_dof", [np.inf, "mixed"])
@pytest.mark.parametrize("precision", [None, np.arange(1.0, 6.0)], ids=str)
def test_sparse_rows_are_as_dense_ones(precision, prior_dof, tools):
    data = tools.make_data()
    data.X = np.where(data.rng.uniform(size=data.X.shape) < 0.5, data.X, 0.0)
    params = {
        "prior_mean": data.coef,
        "prior_precision": precision,
        "prior_odds": "open",
        "prior_dof": prior_dof,
        "covariance": "robust",
    }
    dense = fit(data, **params)
    data.X = sparse.csr_matrix(data.X)
    tools.assert_same_fit(fit(data, **params), dense, rtol=1e-6, skip=("conflict_",))


def test_predicted_intervals_hold_new_answers(tools):
    rng = np.random.RandomState(0)
    hits = []
    for _ in range(200):
        X = rng.normal(size=(41, 6))
        y = X @ rng.normal(size=6) + rng.normal(size=41)
        data = SimpleNamespace(X=X[:40], y=y[:40], s=None)
        mean, std = fit(data).predict(X[40:], return_std=True)
        hits.append(abs(y[40] - mean[0]) < 1.96 * std[0])
    # Three standard errors of a share of 0.95.
    assert abs(np.mean(hits) - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 200)


@pytest.mark.parametrize("prior_precision", [4.0, 1e6])
def test_conflict_of_a_given_precision_is_uniform_when_the_prior_is_right(
    prior_precision,
):
    """The noise is not known; a certain prior makes it the F test."""
    right, wrong = [], []
    for seed in range(200):
        rng = np.random.RandomState(seed)
        X = rng.normal(size=(20, 5))
        w = 1.0 + rng.normal(size=5) / np.sqrt(prior_precision)
        data = SimpleNamespace(X=X, y=X @ w + rng.normal(size=20), s=None)
        params = {"prior_precision": prior_precision, "prior_odds": "open"}
        right.append(fit(data, prior_mean=1.0, **params).conflict_)
        wrong.append(fit(data, prior_mean=-1.0, **params).conflict_)
        assert np.isnan(fit(data, prior_mean=1.0, prior_odds="open").conflict_)
    assert stats.kstest(right, "uniform").pvalue > 0.01
    assert np.mean(np.array(wrong) < 0.05) > 0.9
    design = np.c_[np.ones(20), X]
    rest = np.linalg.lstsq(design, data.y, rcond=None)[1][0]
    null = data.y - X @ np.ones(5)
    explained = ((null - null.mean()) ** 2).sum() - rest
    if prior_precision == 1e6:
        expected = stats.f(5, 14).sf(explained / 5 / (rest / 14))
        assert_allclose(right[-1], expected, rtol=1e-2)
