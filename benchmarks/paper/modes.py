"""The ways to explain that the paper compares, on the same rows and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from sklearn_baylime import (
    ExplainerPipeline,
    InformativeBayesianRidge,
    make_tabular_explainer,
)
from sklearn_baylime.priors import Prior

# Similar instances that the prior mean is averaged over, and so its precision.
N_SIMILAR = 20


class DiagonalMerge(RegressorMixin, BaseEstimator):
    """What the original's code does instead of a posterior, as a reference.

    A zero-mean fit, to which the prior mean is added by the diagonal of the posterior
    covariance, after it was stretched to the size of the weights.
    """

    def __init__(self, mean: Any = None, precision: float = 1.0) -> None:
        self.mean = mean
        self.precision = precision

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> DiagonalMerge:
        """Fit without the mean, and add it."""
        plain = InformativeBayesianRidge(prior_precision=self.precision)
        plain.fit(X, y, sample_weight)
        largest = np.abs(plain.coef_).max() / np.abs(self.mean).max()
        share = self.precision * np.diag(plain.sigma_)
        self.coef_ = plain.coef_ + share * self.mean * largest
        self.intercept_ = plain.intercept_
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict as a linear model."""
        return X @ self.coef_ + self.intercept_


def load_problem(seed: int = 1) -> tuple[Callable, np.ndarray, np.ndarray]:
    """Return a forest, its background and test rows: diabetes, targets of unit sd.

    Boston housing, the paper's table, was withdrawn from scikit-learn for the purpose
    of one of its columns. Diabetes is as small, and ships with it.
    """
    X, y = load_diabetes(return_X_y=True, scaled=False)
    y = StandardScaler().fit_transform(y[:, None])[:, 0]
    train, test, answers, _ = train_test_split(X, y, test_size=0.2, random_state=seed)
    forest = RandomForestRegressor(200, random_state=seed).fit(train, answers)
    return forest.predict, train, test


def make_explainer(model: Callable, **params: Any) -> ExplainerPipeline:
    """Return the explainer of the paper: numbers without bins, and all features."""
    return make_tabular_explainer(model, discretizer=None, design="random", **params)


def prior_mean(model: Callable, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the mean weights of similar instances, by LIME at 5000 rows each.

    Similar are the nearest in units of the columns; the explained instance is none of
    them.
    """
    scaler = StandardScaler().fit(train)
    rows = scaler.transform(test)
    near = np.argsort(np.linalg.norm(rows - rows[0], axis=1))[1 : N_SIMILAR + 1]
    explainer = make_explainer(model, regressor=Ridge(1.0), random_state=0).fit(train)
    return np.mean([e.coef[0] for e in explainer.explain(test[near])], axis=0)


def make_modes(mean: np.ndarray) -> dict[str, Any]:
    """Return the regressors by name; LIME, the paper's modes, and learned trust."""

    def bayes(precision: Any = None, noise: Any = None, mean: Any = 0.0) -> Any:
        return InformativeBayesianRidge(
            prior_mean=mean, prior_precision=precision, noise_precision=noise
        )

    modes: dict[str, Any] = {"LIME": Ridge(1.0), "non-informative": bayes()}
    for precision in (2.0, 20.0, 200.0):
        modes[f"partial, {precision:g}"] = bayes(precision, mean=mean)
    for noise, precision in ((1.0, 20.0), (1.0, 200.0), (0.1, 200.0)):
        modes[f"full, {noise:g}, {precision:g}"] = bayes(precision, noise, mean)
    modes["original's merge, 20"] = DiagonalMerge(mean, 20.0)
    modes["learned trust"] = Prior(mean)
    return modes


def explain_by_all(
    explainer: ExplainerPipeline, x: np.ndarray, modes: dict[str, Any]
) -> dict[str, np.ndarray]:
    """Return the weights by each mode, from the same rows and answers."""
    hood = explainer.sample(x)
    regressor = explainer.named_steps["regressor"]
    found = {}
    for name, mode in modes.items():
        is_prior = isinstance(mode, Prior)
        explainer.set_params(regressor=regressor if is_prior else mode)
        prior = {"prior": mode} if is_prior else {}
        found[name] = explainer.explain_instance(x, neighborhood=hood, **prior).coef[0]
    explainer.set_params(regressor=regressor)
    return found
