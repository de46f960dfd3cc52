"""More features than rows: the same numbers, but no matrix of features by features."""

import json
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge

from sklearn_baylime import Explanation, make_text_explainer
from sklearn_baylime.linear_model import FactoredCovariance, InformativeBayesianRidge
from sklearn_baylime.linear_model._branch import sandwich_diagonals
from sklearn_baylime.linear_model._moments import center_rows, decompose
from sklearn_baylime.linear_model._null_space import unseen_shares
from sklearn_baylime.linear_model._whitening import Whitening

N_SAMPLES, N_FEATURES = 40, 230

PRIOR = np.random.RandomState(1).normal(size=N_FEATURES)
PRECISION = np.random.RandomState(2).uniform(0.5, 2.0, size=N_FEATURES)
INTEGRATED = {"trust": "integrate", "covariance": "robust"}
SETTINGS = {
    "posterior": {},
    "robust": {"covariance": "robust"},
    "free scale": {"prior_mean": PRIOR, "prior_scale": "fit"},
    "robust free scale": {
        "prior_mean": PRIOR,
        "prior_scale": "fit",
        "covariance": "robust",
    },
    "diagonal prior": {"prior_precision": PRECISION, "covariance": "robust"},
    "integrated": INTEGRATED,
    "hypotheses": {"prior_mean": PRIOR, "prior_odds": "open", **INTEGRATED},
    "hypotheses, diagonal prior": {
        "prior_mean": PRIOR,
        "prior_odds": "open",
        "prior_precision": PRECISION,
        **INTEGRATED,
    },
}


@pytest.fixture(scope="module")
def rows():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(N_SAMPLES, N_FEATURES))
    X[:, 3] = 1.0
    return X, X @ PRIOR + rng.normal(size=N_SAMPLES)


@pytest.fixture(params=SETTINGS, scope="module")
def fitted(request, rows):
    return InformativeBayesianRidge(**SETTINGS[request.param]).fit(*rows)


def test_factors_are_those_of_the_matrix(fitted):
    (covariance,), sigma = fitted.covariances_, fitted.sigma_
    assert isinstance(covariance, FactoredCovariance)
    scale = sigma.diagonal().max()
    assert_allclose(np.asarray(covariance), sigma, rtol=1e-9, atol=1e-12 * scale)
    assert_allclose(covariance.diagonal(), sigma.diagonal(), rtol=1e-9)
    assert_allclose(covariance @ PRIOR, sigma @ PRIOR, rtol=1e-7, atol=1e-10 * scale)
    assert_allclose(PRIOR @ covariance, PRIOR @ sigma, rtol=1e-7, atol=1e-10 * scale)
    directions = np.random.RandomState(3).normal(size=(5, N_FEATURES))
    expected = np.einsum("ij,jk,ik->i", directions, sigma, directions)
    assert_allclose(covariance.along(directions), expected, rtol=1e-9)


def test_draws_have_the_covariance(fitted):
    (covariance,), sigma = fitted.covariances_, fitted.sigma_
    draws = covariance.draw(20_000, np.random.RandomState(0))
    directions = np.random.RandomState(3).normal(size=(40, N_FEATURES))
    expected = np.einsum("ij,jk,ik->i", directions, sigma, directions)
    # A variance of so many draws has a relative standard deviation of 0.01.
    assert_allclose((draws @ directions.T).var(axis=0), expected, rtol=0.05)


def test_plain_draws_are_of_the_posterior(rows):
    fitted = InformativeBayesianRidge(covariance="robust").fit(*rows)
    draws = fitted.sample_coef(20_000, random_state=0)
    error = np.sqrt(fitted.sigma_.diagonal() / 20_000)
    assert (np.abs(draws.mean(axis=0) - fitted.coef_) < 5 * error).all()
    assert_allclose(draws.var(axis=0), fitted.sigma_.diagonal(), rtol=0.07)


def test_predictions_take_no_matrix(fitted, rows):
    X, _ = rows
    gap = X[:5] - X.mean(axis=0)
    _, std = fitted.predict(X[:5], return_std=True)
    expected = np.einsum("ij,jk,ik->i", gap, fitted.sigma_, gap)
    noise = std**2 - expected
    # What is left is the noise and the mean's variance, the same for all rows.
    assert_allclose(noise, noise[0], rtol=1e-6)


def test_it_survives_json(fitted):
    (covariance,) = fitted.covariances_
    twin = FactoredCovariance.from_dict(json.loads(json.dumps(covariance.to_dict())))
    assert_allclose(np.asarray(twin), np.asarray(covariance), rtol=1e-12)


def test_few_features_and_many_rows_have_matrices():
    rng = np.random.RandomState(0)
    for shape in ((10, 50), (300, 220), (200, 220)):
        X = rng.normal(size=shape)
        fitted = InformativeBayesianRidge().fit(X, X[:, 0])
        assert isinstance(fitted.covariances_[0], np.ndarray)


def test_shares_that_cancel_are_exact():
    """Features of which next to nothing is unseen: 1 less what is seen is rounding."""
    rng = np.random.RandomState(0)
    vectors, _ = np.linalg.qr(rng.normal(size=(300, 300)))
    vectors = vectors[:, 1:]
    away = np.eye(300) - vectors @ vectors.T
    assert_allclose(unseen_shares(vectors), (away**2).sum(axis=1), rtol=1e-9)
    known = np.eye(300)[:, :299]
    assert (unseen_shares(known)[:299] == 0).all()
    assert unseen_shares(known)[299] == 1


@pytest.mark.parametrize("rank", [12, 7])
def test_diagonals_of_sandwiches(rank):
    """With a triangular root and, where the matrix is singular, with another."""
    rng = np.random.RandomState(0)
    vectors, scales = rng.normal(size=(30, 12)), rng.uniform(size=(3, 12))
    matrix = rng.normal(size=(12, rank))
    matrix = matrix @ matrix.T
    expected = [((vectors * s) @ matrix @ (vectors * s).T).diagonal() for s in scales]
    for given in (vectors, np.asfortranarray(vectors)):
        assert_allclose(sandwich_diagonals(given, scales, matrix), expected)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("decades", [0, 10])
def test_few_rows_have_accurate_components(fit_intercept, decades):
    """Against singular values, with weights of very different sizes and of none."""
    rng = np.random.RandomState(0)
    X, y = rng.normal(3, 1, size=(30, 100)), rng.normal(size=(30, 2))
    weights = 10.0 ** rng.uniform(-decades, 0, size=30)
    weights[3] = 0.0
    rows = center_rows(X, y, weights, fit_intercept, copy=True)
    spectrum, _ = decompose(rows, Whitening())
    vectors = spectrum.components
    singular = np.linalg.svd(rows.dense, compute_uv=False)
    rank = 29 - fit_intercept
    assert vectors.shape == (100, rank)
    assert_allclose(vectors.T @ vectors, np.eye(rank), atol=1e-11)
    assert_allclose(np.sort(spectrum.eigenvalues), np.sort(singular[:rank] ** 2))
    expected = spectrum.eigenvalues[:, None] * vectors.T
    atol = 1e-12 * spectrum.eigenvalues.max()
    assert_allclose(vectors.T @ rows.dense.T @ rows.dense, expected, atol=atol)
    found = vectors @ spectrum.cross
    assert_allclose(found, rows.dense.T @ rows.y, rtol=1e-10, atol=atol)


def test_equal_rows_have_components():
    """Their Gram matrix is singular beyond what centring does."""
    rng = np.random.RandomState(0)
    X = np.repeat(rng.normal(size=(10, 60)), 2, axis=0)
    rows = center_rows(X, X[:, :1], np.ones(20), True, copy=True)
    assert decompose(rows, Whitening())[0].components.shape == (60, 9)


def explain(n_words, n_samples, **settings):
    text = " ".join(f"w{i}" for i in range(n_words))

    def probabilities(texts):
        length = np.fromiter(map(len, texts), dtype=float, count=len(texts))
        p = 0.5 + 0.5 * np.tanh(length / len(text) - 0.5)
        return np.column_stack([1 - p, p])

    explainer = make_text_explainer(
        probabilities, n_samples=n_samples, random_state=0, **settings
    )
    return explainer.explain_instance(text, targets=1)


@pytest.mark.parametrize("regressor", [None, Ridge(alpha=1.0)], ids=["ours", "ridge"])
def test_memory_is_that_of_the_rows(regressor):
    n_words, n_samples = 8000, 60
    tracemalloc.start()
    explanation = explain(n_words, n_samples, regressor=regressor)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A matrix of words by words would be 512 MB; the rows are 4.
    assert peak < 40 * n_samples * n_words * 8
    assert explanation.std.shape == (1, n_words)


def test_wide_explanations_answer_all_questions(tmp_path):
    explanation = explain(300, 80)
    (block,) = explanation.selected_covariance
    assert isinstance(block, FactoredCovariance)
    assert_allclose(explanation.std[0] ** 2, explanation.covariance[0].diagonal())
    assert np.isfinite(explanation.interval()).all()
    probability = explanation.top_k_probability(5, n_draws=500)
    assert_allclose(probability.sum(), 5)
    path = tmp_path / "wide.json"
    explanation.save(path)
    twin = Explanation.from_dict(json.loads(path.read_text()))
    assert_allclose(twin.covariance, explanation.covariance, rtol=1e-9, atol=1e-15)
