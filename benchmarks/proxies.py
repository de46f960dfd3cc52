"""What a proxy leaves of the squared error of the weights, at equal queries.

    python benchmarks/proxies.py [n_rows] [n_instances] [n_seeds]

Five models on three data sets, LIME's regressor, quartiles; the truth is that of 20,000
even rows. Ratios to random rows without a proxy.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import (
    GradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from sklearn_baylime import make_tabular_explainer

DATA = {"cancer": load_breast_cancer, "diabetes": load_diabetes, "wine": load_wine}
MODELS: dict[str, Any] = {
    "forest": RandomForestRegressor(100, random_state=0),
    "boosting": GradientBoostingRegressor(random_state=0),
    "network": MLPRegressor(hidden_layer_sizes=(32,), max_iter=2000, random_state=0),
    "SVM": SVR(),
    "neighbors": KNeighborsRegressor(10),
}
WAYS: dict[str, dict[str, Any]] = {
    "random": {"design": "random"},
    "random, proxy": {"design": "random", "proxy": "auto"},
    "Sobol": {"design": "sobol"},
    "Sobol, proxy": {"design": "sobol", "proxy": "auto"},
}


def weights(model: Any, X: np.ndarray, at: np.ndarray, **settings: Any) -> np.ndarray:
    """Return the weights at some instances."""
    explainer = make_tabular_explainer(model, regressor=Ridge(1.0), **settings)
    return np.stack([e.coef[0] for e in explainer.fit(X).explain(at)])


def main() -> None:
    """Print a table of ratios, line by line, and their mean."""
    n_rows, n_at, n_seeds = (
        *map(int, sys.argv[1:]),
        *(1000, 3, 6)[len(sys.argv) - 1 :],
    )
    print(f"{n_rows} rows, {n_at} instances, {n_seeds} seeds")
    table = []
    for data, load in DATA.items():
        X, y = load(return_X_y=True)
        for name, model in MODELS.items():
            scaled = (y - y.mean()) / y.std()
            fitted = make_pipeline(StandardScaler(), model).fit(X, scaled)
            at = X[np.random.default_rng(0).choice(len(X), n_at, replace=False)]
            truth = weights(
                fitted, X, at, design="sobol", n_samples=20_000, random_state=99
            )
            errors = {}
            for way, settings in WAYS.items():
                seeds = range(n_seeds)
                facts = [{"n_samples": n_rows, "random_state": s} for s in seeds]
                found = [weights(fitted, X, at, **settings, **f) for f in facts]
                errors[way] = ((np.array(found) - truth) ** 2).mean()
            ratios = [errors[way] / errors["random"] for way in list(WAYS)[1:]]
            table.append(ratios)
            print(data, name, *(f"{ratio:.2f}" for ratio in ratios), flush=True)
    print("mean", *(f"{ratio:.2f}" for ratio in np.mean(table, axis=0)))


if __name__ == "__main__":
    main()
