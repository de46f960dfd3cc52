"""The evidence, and the precisions that maximise it."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime.linear_model import InformativeBayesianRidge

MODES = {
    "both fitted": {},
    "prior given": {"prior_precision": 2.0},
    "noise given": {"noise_precision": 3.0},
}
SHAPES = [(40, 5), (8, 20), (30, 1), (12, 12)]


@pytest.fixture(params=MODES)
def mode(request):
    return MODES[request.param]


@pytest.fixture(params=[True, False], ids=["intercept", "no intercept"])
def fit_intercept(request):
    return request.param


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_t19_evidence_is_the_density_of_the_answers(
    shape, make_precision, fit_intercept, tools
):
    data = tools.make_data(*shape, weights=None)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    estimator = tools.fitted(
        data,
        prior_mean=mean,
        prior_precision=precision,
        noise_precision=3.0,
        fit_intercept=fit_intercept,
    )
    rows = tools.center(data.X, data.y, None, fit_intercept)
    covariance = np.linalg.inv(tools.as_matrix(precision, d))
    exact = tools.dense_log_evidence(
        rows.A, rows.c, mean=mean, prior_covariance=covariance, alpha=3.0
    )
    assert_allclose(estimator.log_evidence_, exact, rtol=1e-9)


def test_evidence_of_fitted_precisions_is_the_density_too(mode, tools):
    data = tools.make_data(weights=None)
    estimator = tools.fitted(data, prior_mean=1.0, **mode)
    rows = tools.center(data.X, data.y)
    exact = tools.dense_log_evidence(
        rows.A,
        rows.c,
        mean=1.0,
        prior_covariance=np.eye(5) / estimator.lambda_,
        alpha=estimator.alpha_,
    )
    assert_allclose(estimator.log_evidence_, exact, rtol=1e-9)


def test_evidence_of_weights_is_that_of_repeated_rows(make_precision, tools):
    data = tools.make_data(weights="counts")
    counts = data.s.astype(int)
    params = {
        "prior_mean": 0.5,
        "prior_precision": make_precision(5, data.rng),
        "noise_precision": 3.0,
    }
    weighted = tools.fitted(data, **params)
    X, y = np.repeat(data.X, counts, axis=0), np.repeat(data.y, counts)
    rows = tools.center(X, y)
    covariance = np.linalg.inv(tools.as_matrix(params["prior_precision"], 5))
    exact = tools.dense_log_evidence(
        rows.A, rows.c, mean=0.5, prior_covariance=covariance, alpha=3.0
    )
    assert_allclose(weighted.log_evidence_, exact, rtol=1e-9)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("shape", [(40, 5), (20, 12), (10, 30)], ids=str)
def test_integer_weights_are_repeated_rows(
    shape, prior_scale, mode, fit_intercept, tools
):
    data = tools.make_data(*shape, weights="counts")
    params = {
        "prior_mean": data.rng.normal(size=shape[1]),
        "prior_scale": prior_scale,
        "fit_intercept": fit_intercept,
        **mode,
    }
    weighted = tools.fitted(data, **params)
    counts = data.s.astype(int)
    repeated = SimpleNamespace(
        X=np.repeat(data.X, counts, axis=0), y=np.repeat(data.y, counts), s=None
    )
    tools.assert_same_fit(weighted, tools.fitted(repeated, **params), rtol=1e-6)


def spectral_terms(data, mean, ratio, fit_intercept, tools):
    """Sums of identity T20, from singular values, free of cancellation."""
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    residual = rows.c - rows.A @ np.broadcast_to(mean, rows.A.shape[1])
    U, singular, _ = np.linalg.svd(rows.A, full_matrices=False)
    keep = singular > 1e-10 * singular.max(initial=0.0)
    U, square = U[:, keep], singular[keep] ** 2
    z = U.T @ residual
    shrunk = ratio / (square + ratio)
    return SimpleNamespace(
        sse=((shrunk * z) ** 2).sum() + ((residual - U @ z) ** 2).sum(),
        distance=(square * z**2 / (square + ratio) ** 2).sum(),
        n_free=len(data.X) - keep.sum() if data.s is None else data.s.sum() - len(z),
        n_shrunk=shrunk.sum(),
        n_fitted=(square / (square + ratio)).sum(),
    )


def test_t20_cheap_sums_are_the_residuals_and_the_distance(tools):
    data = tools.make_data()
    mean = data.rng.normal(size=5)
    params = {"prior_precision": 2.0, "noise_precision": 3.0}
    estimator = tools.fitted(data, prior_mean=mean, **params)
    terms = spectral_terms(data, mean, 2.0 / 3.0, True, tools)
    sse = (data.s * (data.y - estimator.predict(data.X)) ** 2).sum()
    assert_allclose(terms.sse, sse, rtol=1e-10)
    assert_allclose(terms.distance, ((estimator.coef_ - mean) ** 2).sum(), rtol=1e-9)
    assert_allclose(terms.n_fitted, 5 - estimator.prior_share_.sum(), rtol=1e-9)


@pytest.mark.parametrize(
    "hyper",
    [{}, {"alpha_1": 2, "alpha_2": 0.7, "lambda_1": 3, "lambda_2": 0.4}],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", [*SHAPES, (200, 50)], ids=str)
def test_fitted_precisions_solve_mackays_equations(
    shape, seed, hyper, mode, fit_intercept, tools
):
    data = tools.make_data(*shape, noise=1.0, seed=seed)
    mean = data.rng.normal(size=shape[1])
    params = {"prior_mean": mean, "fit_intercept": fit_intercept, **mode, **hyper}
    estimator = tools.fitted(data, **params)
    ratio = estimator.lambda_ / estimator.alpha_
    terms = spectral_terms(data, mean, ratio, fit_intercept, tools)
    if "prior_precision" not in mode:
        shape, rate = hyper.get("lambda_1", 1e-6), hyper.get("lambda_2", 1e-6)
        update = (terms.n_fitted + 2 * shape) / (terms.distance + 2 * rate)
        assert_allclose(estimator.lambda_, update, rtol=1e-8)
    if "noise_precision" not in mode:
        shape, rate = hyper.get("alpha_1", 1e-6), hyper.get("alpha_2", 1e-6)
        update = (terms.n_free + terms.n_shrunk + 2 * shape) / (terms.sse + 2 * rate)
        assert_allclose(estimator.alpha_, update, rtol=1e-8)


@pytest.mark.parametrize("kind", ["vector", "matrix"])
def test_noise_precision_is_fitted_under_any_given_prior(kind, tools):
    data = tools.make_data()
    precision = {
        "vector": data.rng.uniform(0.5, 3.0, size=5),
        "matrix": tools.random_precision(5, data.rng),
    }[kind]
    mean = data.rng.normal(size=5)
    estimator = tools.fitted(data, prior_mean=mean, prior_precision=precision)
    sse = (data.s * (data.y - estimator.predict(data.X)) ** 2).sum()
    n_fitted = 5 - np.trace(estimator.sigma_ @ tools.as_matrix(precision, 5))
    update = (data.s.sum() - n_fitted + 2e-6) / (sse + 2e-6)
    assert_allclose(estimator.alpha_, update, rtol=1e-8)


def log_posterior(estimator, mode):
    """Evidence times the hyperpriors of the precisions that are fitted."""
    value = estimator.log_evidence_
    if "prior_precision" not in mode:
        value += 1e-6 * (np.log(estimator.lambda_) - estimator.lambda_)
    if "noise_precision" not in mode:
        value += 1e-6 * (np.log(estimator.alpha_) - estimator.alpha_)
    return value


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_evidence_is_the_highest_of_all_precisions(
    shape, seed, prior_scale, mode, tools
):
    data = tools.make_data(*shape, noise=1.0, seed=seed)
    params = {"prior_mean": 1.0, "prior_scale": prior_scale}
    best = log_posterior(tools.fitted(data, **params, **mode), mode)
    grid = 10.0 ** np.arange(-5, 8)
    alphas = [mode["noise_precision"]] if "noise_precision" in mode else grid
    lambdas = [mode["prior_precision"]] if "prior_precision" in mode else grid
    for alpha in alphas:
        for lambda_ in lambdas:
            other = InformativeBayesianRidge(
                prior_precision=lambda_, noise_precision=alpha, **params
            ).fit(data.X, data.y, data.s)
            assert log_posterior(other, mode) <= best + 1e-8


@pytest.mark.parametrize("n_targets", [1, 4])
def test_precisions_of_the_model_are_found_again(n_targets):
    """With many rows and columns the fitted precisions are the true ones."""
    rng = np.random.RandomState(0)
    X = rng.normal(size=(3000, 400))
    coef = 1.0 + rng.normal(size=(400, n_targets)) / np.sqrt(7.0)
    y = X @ coef + rng.normal(size=(3000, n_targets)) / np.sqrt(0.2)
    estimator = InformativeBayesianRidge(prior_mean=1.0).fit(X, y)
    assert_allclose(estimator.alpha_, 0.2, rtol=5 * np.sqrt(2 / 2600))
    assert_allclose(estimator.lambda_, 7.0, rtol=5 * np.sqrt(2 / 400) * 1.2)


def test_trust_is_learned_from_how_well_the_prior_mean_fits(tools):
    data = tools.make_data(60, 20)
    good = tools.fitted(data, prior_mean=data.coef)
    none = tools.fitted(data)
    bad = tools.fitted(data, prior_mean=-data.coef)
    assert good.lambda_ > 10 * none.lambda_ > 20 * bad.lambda_
    assert good.log_evidence_ > none.log_evidence_ > bad.log_evidence_


def lime_like(n, d, width, seed=0):
    """Masks with LIME's exponential kernel: the weights sum to less than d."""
    rng = np.random.RandomState(seed)
    X = rng.randint(0, 2, size=(n, d)).astype(float)
    X[0] = 1.0
    distance = 1.0 - np.sqrt(X.mean(axis=1))
    s = np.sqrt(np.exp(-(distance**2) / width**2))
    y = 1.0 / (1.0 + np.exp(-(X @ rng.normal(size=d) - 1.0)))
    return SimpleNamespace(X=X, y=y, s=s)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize(("n", "d", "width"), [(60, 96, 0.25), (100, 40, 0.14)])
def test_narrow_weights_keep_precisions_positive(
    n, d, width, covariance, prior_scale, mode, tools
):
    """Where sum(s) < d MacKay's updates can turn alpha negative and the std NaN."""
    data = lime_like(n, d, width)
    assert 1 < data.s.sum() < d
    params = {"prior_mean": 0.1, "prior_scale": prior_scale, "covariance": covariance}
    estimator = tools.fitted(data, **params, **mode)
    assert 0 < estimator.alpha_ < np.inf
    assert 0 < estimator.lambda_ < np.inf
    assert (np.diag(estimator.sigma_) > 0).all()
    mean, std = estimator.predict(data.X, return_std=True)
    assert np.isfinite(mean).all()
    assert ((std > 0) & np.isfinite(std)).all()


@pytest.mark.parametrize("total", [1.5, 0.5, 1e-3, 1e-9])
@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
def test_weights_that_sum_to_next_to_nothing_give_finite_results(
    total, prior_scale, mode, tools
):
    data = tools.make_data()
    data.s = data.s * total / data.s.sum()
    params = {"prior_mean": 1.0, "prior_scale": prior_scale, **mode}
    estimator = tools.fitted(data, **params)
    assert 0 < estimator.alpha_ < np.inf
    assert 0 < estimator.lambda_ < np.inf
    for name, value in tools.results(estimator).items():
        assert np.isfinite(value).all(), name


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
def test_tolerance_zero_ends(prior_scale, mode, tools):
    data = tools.make_data()
    params = {"prior_mean": 1.0, "prior_scale": prior_scale, **mode}
    exact = tools.fitted(data, tol=0.0, max_iter=50, **params)
    tools.assert_same_fit(exact, tools.fitted(data, **params), rtol=1e-9)


def test_default_tolerance_suffices_in_a_handful_of_steps(mode, tools):
    data = tools.make_data()
    quick = tools.fitted(data, tol=1e-6, **mode)
    tools.assert_same_fit(quick, tools.fitted(data, **mode), rtol=1e-5)
    assert 1 <= quick.n_iter_ <= 10


def test_max_iter_bounds_the_steps(tools):
    assert tools.fitted(tools.make_data(), max_iter=2, tol=0.0).n_iter_ == 2
    both = {"prior_precision": 1.0, "noise_precision": 1.0}
    assert tools.fitted(tools.make_data(), **both).n_iter_ == 1
