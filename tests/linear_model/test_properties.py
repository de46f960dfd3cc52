"""Properties that hold for whatever rows, answers, weights and priors come along."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_baylime.linear_model import InformativeBayesianRidge

checked = settings(deadline=None, derandomize=True, max_examples=50, database=None)


@st.composite
def problems(draw, max_rows=12, max_columns=8):
    """Rows of any rank, with repeated rows and columns, weights from 0 to 1000."""
    n, d = draw(st.integers(1, max_rows)), draw(st.integers(1, max_columns))
    rng = np.random.RandomState(draw(st.integers(0, 2**20)))
    X = rng.normal(size=(n, d))
    kind = draw(st.sampled_from(["normal", "masks", "equal columns", "equal rows"]))
    if kind == "masks":
        X = (X > 0).astype(float)
    elif kind == "equal columns":
        X = X[:, rng.randint(0, d, size=d)]
    elif kind == "equal rows":
        X = X[rng.randint(0, n, size=n)]
    log_weight = draw(st.floats(-3, 3))
    s = rng.uniform(size=n) * 10.0**log_weight
    s[rng.uniform(size=n) < draw(st.sampled_from([0.0, 0.4]))] = 0.0
    s[0] = 10.0**log_weight
    mean = rng.normal(size=d) * draw(st.sampled_from([0.0, 1.0, 100.0]))
    return SimpleNamespace(
        X=X, y=10 * rng.normal(size=n), s=s, mean=mean, rng=rng, n=n, d=d
    )


@st.composite
def given_precisions(draw):
    """Numbers or, for features, vectors, by their logarithms."""
    noise, prior = draw(st.floats(-2, 2)), draw(st.floats(-2, 2))
    spread = draw(st.sampled_from([None, 0.0, 1.0]))
    return noise, prior, spread


def set_up(problem, precisions, **params):
    noise, prior, spread = precisions
    precision = 10.0**prior
    if spread is not None:
        exponents = prior + spread * problem.rng.uniform(-1, 1, size=problem.d)
        precision = 10.0**exponents
    return InformativeBayesianRidge(
        prior_mean=problem.mean,
        prior_precision=precision,
        noise_precision=10.0**noise,
        **params,
    )


def learn(estimator, problem):
    return estimator.fit(problem.X, problem.y, problem.s)


any_scale = st.sampled_from([1.0, "fit"])
any_covariance = st.sampled_from(["posterior", "robust"])


@checked
@given(problems(), given_precisions(), any_scale, st.booleans())
def test_share_of_the_prior_is_a_share(problem, precisions, scale, fit_intercept):
    estimator = set_up(
        problem, precisions, prior_scale=scale, fit_intercept=fit_intercept
    )
    share = learn(estimator, problem).prior_share_
    assert share.min() > -1e-12
    assert share.max() < 1 + 1e-12


@checked
@given(problems(), given_precisions(), any_covariance, any_scale, st.booleans())
def test_covariance_is_symmetric_and_positive_semidefinite(
    problem, precisions, covariance, scale, fit_intercept
):
    params = {"covariance": covariance, "prior_scale": scale}
    estimator = set_up(problem, precisions, fit_intercept=fit_intercept, **params)
    sigma = learn(estimator, problem).sigma_
    size = np.abs(sigma).max()
    assert_allclose(sigma, sigma.T, rtol=0, atol=1e-12 * size)
    assert np.linalg.eigvalsh((sigma + sigma.T) / 2).min() > -1e-10 * size


@checked
@given(problems(), given_precisions(), st.booleans())
def test_variance_is_at_most_the_priors(problem, precisions, fit_intercept):
    estimator = set_up(problem, precisions, fit_intercept=fit_intercept)
    prior = estimator.prior_precision * np.ones(problem.d)
    variance = np.diag(learn(estimator, problem).sigma_)
    assert (variance <= (1 + 1e-12) / prior).all()
    assert (variance > 0).all()


@checked
@given(problems(), given_precisions(), any_covariance, any_scale, st.floats(-100, 100))
def test_shifted_answers_shift_only_the_intercept(
    problem, precisions, covariance, scale, shift
):
    params = {"covariance": covariance, "prior_scale": scale}
    estimator = set_up(problem, precisions, **params)
    learn(estimator, problem)
    coef, intercept, sigma = estimator.coef_, estimator.intercept_, estimator.sigma_
    problem.y = problem.y + shift
    learn(estimator, problem)
    size = 1 + np.abs(coef).max()
    assert_allclose(estimator.coef_, coef, atol=1e-8 * size)
    assert_allclose(estimator.intercept_, intercept + shift, atol=1e-7 * size)
    atol = 1e-6 * np.abs(sigma).max()
    assert_allclose(estimator.sigma_, sigma, rtol=1e-6, atol=atol)


@checked
@given(problems(), given_precisions(), st.floats(-3, 3), st.booleans())
def test_units_of_the_answers_carry_through(problem, precisions, power, fit_intercept):
    estimator = set_up(problem, precisions, fit_intercept=fit_intercept)
    learn(estimator, problem)
    coef, intercept, sigma = estimator.coef_, estimator.intercept_, estimator.sigma_
    unit = 10.0**power
    problem.y = unit * problem.y
    estimator.set_params(
        prior_mean=unit * problem.mean,
        prior_precision=estimator.prior_precision / unit**2,
        noise_precision=estimator.noise_precision / unit**2,
    )
    learn(estimator, problem)
    size = 1 + np.abs(coef).max()
    assert_allclose(estimator.coef_ / unit, coef, rtol=1e-7, atol=1e-9 * size)
    assert_allclose(estimator.intercept_ / unit, intercept, rtol=1e-7, atol=1e-8 * size)
    atol = 1e-9 * np.abs(sigma).max()
    assert_allclose(estimator.sigma_ / unit**2, sigma, rtol=1e-7, atol=atol)


@checked
@given(problems(), given_precisions(), any_scale, st.floats(-2, 2))
def test_units_of_the_features_carry_through(problem, precisions, scale, spread):
    estimator = set_up(problem, precisions, prior_scale=scale)
    learn(estimator, problem)
    coef, variance = estimator.coef_, np.diag(estimator.sigma_)
    share = estimator.prior_share_
    unit = 10.0 ** (spread * problem.rng.uniform(-1, 1, size=problem.d))
    problem.X = problem.X * unit
    precision = estimator.prior_precision * np.ones(problem.d) * unit**2
    estimator.set_params(prior_mean=problem.mean / unit, prior_precision=precision)
    learn(estimator, problem)
    size = 1 + np.abs(coef).max()
    assert_allclose(estimator.coef_ * unit, coef, rtol=1e-6, atol=1e-7 * size)
    assert_allclose(np.diag(estimator.sigma_) * unit**2, variance, rtol=1e-6)
    assert_allclose(estimator.prior_share_, share, rtol=1e-6, atol=1e-9)


@checked
@given(problems(), given_precisions(), any_scale, st.booleans(), st.data())
def test_rows_may_be_split_anywhere(problem, precisions, scale, fit_intercept, data):
    estimator = set_up(
        problem, precisions, prior_scale=scale, fit_intercept=fit_intercept
    )
    cut = data.draw(st.integers(0, problem.n - 1), label="cut")
    order = problem.rng.permutation(problem.n)
    parts = [part for part in np.split(order, [cut]) if problem.s[part].any()]
    for part in parts:
        estimator.partial_fit(problem.X[part], problem.y[part], problem.s[part])
    streamed = estimator.coef_, estimator.intercept_, estimator.sigma_
    learn(estimator, problem)
    whole = estimator.coef_, estimator.intercept_, estimator.sigma_
    for got, expected in zip(streamed, whole, strict=True):
        size = 1 + np.abs(expected).max()
        assert_allclose(got, expected, rtol=1e-6, atol=1e-7 * size)


@checked
@given(problems(), any_covariance, any_scale, st.booleans())
def test_fitted_precisions_are_positive_and_finite(
    problem, covariance, scale, fit_intercept
):
    assume(problem.s.sum() > 1.5)
    estimator = InformativeBayesianRidge(
        prior_mean=problem.mean,
        covariance=covariance,
        prior_scale=scale,
        fit_intercept=fit_intercept,
    )
    learn(estimator, problem)
    assert 0 < estimator.alpha_ < np.inf
    assert 0 < estimator.lambda_ < np.inf
    assert np.isfinite(estimator.coef_).all()
    assert (np.diag(estimator.sigma_) > 0).all()
    assert 0 <= estimator.conflict_ <= 1
    assert np.isfinite(estimator.log_evidence_)


@checked
@given(problems(), given_precisions(), st.integers(1, 4), any_scale)
def test_targets_do_not_see_each_other(problem, precisions, n_targets, scale):
    answers = problem.rng.normal(size=(problem.n, n_targets))
    estimator = set_up(problem, precisions, prior_scale=scale, covariance="robust")
    together = estimator.fit(problem.X, answers, problem.s)
    coef, sigma = together.coef_, together.sigma_
    for target in range(n_targets):
        alone = estimator.fit(problem.X, answers[:, target], problem.s)
        assert_allclose(coef[target], alone.coef_, rtol=1e-7, atol=1e-9)
        assert_allclose(sigma[target], alone.sigma_, rtol=1e-6, atol=1e-9)


@checked
@given(problems(), given_precisions(), any_covariance, st.booleans())
def test_rows_of_weight_zero_are_no_rows(
    problem, precisions, covariance, fit_intercept
):
    estimator = set_up(
        problem, precisions, covariance=covariance, fit_intercept=fit_intercept
    )
    learn(estimator, problem)
    whole = estimator.coef_, estimator.intercept_, estimator.sigma_
    keep = problem.s > 0
    estimator.fit(problem.X[keep], problem.y[keep], problem.s[keep])
    part = estimator.coef_, estimator.intercept_, estimator.sigma_
    for got, expected in zip(whole, part, strict=True):
        size = 1 + np.abs(expected).max()
        assert_allclose(got, expected, rtol=1e-6, atol=1e-8 * size)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_generated_problems_are_of_many_kinds(fit_intercept):
    """Guard the generator: full and lacking rank, more and fewer rows than columns."""
    kinds = set()

    @checked
    @given(problems())
    def collect(problem):
        rank = np.linalg.matrix_rank(problem.X)
        kinds.add((rank == problem.d, problem.n > problem.d, problem.s.all()))

    collect()
    assert len(kinds) >= 6
