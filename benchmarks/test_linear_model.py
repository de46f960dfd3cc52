"""InformativeBayesianRidge beside scikit-learn's BayesianRidge."""

import numpy as np
import pytest
from sklearn.linear_model import BayesianRidge

from sklearn_baylime.linear_model import InformativeBayesianRidge

SIZES = [(5000, 200), (1000, 50), (200, 20), (5000, 30), (100, 500)]


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}", scope="module")
def rows(request):
    rng = np.random.RandomState(0)
    n_samples, n_features = request.param
    X = rng.normal(size=request.param)
    Y = X @ rng.normal(size=(n_features, 20)) + rng.normal(size=(n_samples, 20))
    return X, Y


def group(X):
    return f"regressor {X.shape[0]}x{X.shape[1]}"


@pytest.mark.benchmark(min_rounds=25, warmup=True)
class TestRegressor:
    def test_ours(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        benchmark(InformativeBayesianRidge().fit, X, Y[:, 0])

    def test_scikit_learn(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        benchmark(BayesianRidge().fit, X, Y[:, 0])

    def test_ours_20_targets(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        benchmark(InformativeBayesianRidge().fit, X, Y)

    def test_ours_integrated(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        integrated = InformativeBayesianRidge(covariance="robust", trust="integrate")
        benchmark(integrated.fit, X, Y[:, 0])

    def test_ours_heavy_tails(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        tails = InformativeBayesianRidge(
            covariance="robust", trust="integrate", prior_dof="mixed"
        )
        benchmark(tails.fit, X, Y[:, 0])

    def test_ours_pairs(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        pairs = np.arange(len(X)) // 2
        robust = InformativeBayesianRidge(covariance="robust")
        benchmark(robust.fit, X, Y[:, 0], groups=pairs)

    def test_marginal_intervals(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        tails = InformativeBayesianRidge(
            covariance="robust", trust="integrate", prior_dof="mixed"
        )
        benchmark(tails.fit(X, Y[:, 0]).marginals_[0].interval, 0.95)

    def test_ours_robust(self, benchmark, rows):
        X, Y = rows
        benchmark.group = group(X)
        benchmark(InformativeBayesianRidge(covariance="robust").fit, X, Y[:, 0])
