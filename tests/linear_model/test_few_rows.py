"""What goes wrong with few rows at the most probable trust, and not on average."""

from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_baylime.linear_model import InformativeBayesianRidge

INTEGRATE = {"trust": "integrate", "prior_dof": "mixed", "prior_odds": "open"}
N_REPEATS = 150


def problems(n, d, *, n_strong, r2, n_repeats=N_REPEATS):
    """Answers of which the rows explain a share; some coefficients are strong."""
    for seed in range(n_repeats):
        rng = np.random.RandomState(seed)
        coef = 0.1 * rng.normal(size=d)
        coef[:n_strong] += rng.choice([-1.0, 1.0], size=n_strong)
        X = rng.normal(size=(n, d))
        noise = np.sqrt((coef**2).sum() * (1 - r2) / r2)
        yield SimpleNamespace(X=X, y=X @ coef + noise * rng.normal(size=n), coef=coef)


def fit(data, prior_mean=0.0, **params):
    estimator = InformativeBayesianRidge(
        covariance="robust", prior_mean=prior_mean, **params
    )
    return estimator.fit(data.X, data.y)


def covers(estimator, coef):
    low, high = estimator.marginals_[0].interval(0.95)
    return (low <= coef) & (coef <= high)


def summary(data_sets, prior=None, **params):
    """Return mean squared error and share of covered coefficients."""
    squares, covered = [], []
    for data in data_sets:
        mean = 0.0 if prior is None else prior(data)
        estimator = fit(data, mean, **params)
        squares.append(((estimator.coef_ - data.coef) ** 2).sum())
        covered.append(covers(estimator, data.coef))
    return np.mean(squares), np.mean(covered, axis=0)


@pytest.mark.parametrize("params", [INTEGRATE, {}], ids=["integrate", "maximum"])
def test_intervals_of_a_good_prior_cover(params):
    """A trust taken for certain covers half of the coefficients."""

    def good(data):
        rng = np.random.RandomState(len(data.y))
        size = np.sqrt((data.coef**2).mean())
        return data.coef + 0.1 * size * rng.normal(size=len(data.coef))

    covered = summary(problems(30, 10, n_strong=3, r2=0.2), good, **params)[1]
    assert (covered.mean() > 0.93) == bool(params)


@pytest.mark.parametrize("params", [INTEGRATE, {}], ids=["integrate", "maximum"])
def test_few_rows_do_not_collapse_to_certain_zeros(params):
    shares = [
        np.sqrt(np.diag(fit(data, **params).sigma_)).max() / np.abs(data.coef).max()
        for data in problems(14, 12, n_strong=2, r2=0.2)
    ]
    collapsed = np.mean(np.array(shares) < 0.1)
    assert (collapsed == 0.0) if params else (collapsed > 0.1)


@pytest.mark.parametrize("params", [INTEGRATE, {}], ids=["integrate", "maximum"])
def test_the_strongest_coefficient_is_covered(params):
    """Averages over all hide it."""
    covered = summary(problems(300, 30, n_strong=1, r2=0.15), **params)[1]
    assert covered.mean() > 0.9
    # 0.95 less three standard errors.
    assert (covered[0] > 0.95 - 3 * np.sqrt(0.95 * 0.05 / N_REPEATS)) == bool(params)


@pytest.mark.parametrize("params", [INTEGRATE, {}], ids=["integrate", "maximum"])
def test_as_many_rows_as_columns_are_not_interpolated(params):
    """Without the intercept's degree of freedom the evidence has no bound."""
    data_sets = list(problems(10, 10, n_strong=3, r2=0.5))
    fits = [fit(data, **params) for data in data_sets]
    exact = [
        f.score(data.X, data.y) > 0.999 for f, data in zip(fits, data_sets, strict=True)
    ]
    assert (np.mean(exact) < 0.05) if params else (np.mean(exact) > 0.3)


@pytest.mark.parametrize("n", [10, 30])
def test_intervals_cover_from_as_many_rows_as_columns_on(n):
    covered = summary(problems(n, 10, n_strong=3, r2=0.5), **INTEGRATE)[1].mean()
    assert 0.93 - 0.01 < covered < 0.99


@pytest.mark.parametrize("kind", ["shuffled", "reversed", "too large", "constant"])
def test_wrong_priors_cost_little(kind):
    wrong = {
        "shuffled": lambda data: np.roll(data.coef, 5),
        "reversed": lambda data: -data.coef,
        "too large": lambda data: 40 * data.coef,
        "constant": lambda data: np.full(10, np.sqrt((data.coef**2).mean())),
    }[kind]
    data_sets = list(problems(30, 10, n_strong=3, r2=0.5))
    alone = summary(data_sets, **INTEGRATE)[0]
    square, covered = summary(data_sets, wrong, **INTEGRATE)
    assert square < 1.06 * alone
    assert covered.mean() > 0.92
    if kind == "shuffled":
        said = [fit(d, wrong(d), **INTEGRATE).prior_odds_["nothing"] for d in data_sets]
        assert np.mean(said) > 0.5


def test_a_good_prior_saves_most_of_the_rows():
    rng = np.random.RandomState(0)
    data_sets = list(problems(30, 10, n_strong=3, r2=0.5))

    def good(data):
        size = 0.1 * np.sqrt((data.coef**2).mean())
        return data.coef + size * rng.normal(size=10)

    alone = summary(data_sets, **INTEGRATE)[0]
    assert summary(data_sets, good, **INTEGRATE)[0] < 0.35 * alone
