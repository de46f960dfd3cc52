"""Rows that are spread evenly beside random ones: error and intervals at equal queries.

Run it as ``python benchmarks/even_designs.py [n ...]``; numbers of rows are 300 and
1000 if none are given. Five models on three data sets, 3 instances x 6 seeds. It prints
for each case the mean squared error of least squares' weights (quartile bins, LIME's
kernel) as a share of that of random rows, against weights of 60,000 Sobol rows; and of
the explainer's own intervals of 95 % how often they hold the truth of its rows, and
their half widths as a share of those of random rows.
"""

import sys
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from sklearn_baylime import BlackBox, make_tabular_explainer

DESIGNS = ("random", "lhs", "sobol")
N_REFERENCE, INSTANCES, SEEDS = 60_000, 3, range(6)
DATA = {
    "cancer": load_breast_cancer,
    "diabetes": load_diabetes,
    "wine": load_wine,
}
CLASSIFIERS = {
    "linear": lambda: LogisticRegression(max_iter=1000),
    "forest": lambda: RandomForestClassifier(50, random_state=0),
    "boosting": lambda: HistGradientBoostingClassifier(random_state=0),
    "network": lambda: MLPClassifier(
        hidden_layer_sizes=(32,), max_iter=500, random_state=0
    ),
    "SVM": lambda: SVC(random_state=0),
}
REGRESSORS = {
    "linear": lambda: Ridge(),
    "forest": lambda: RandomForestRegressor(50, random_state=0),
    "boosting": lambda: HistGradientBoostingRegressor(random_state=0),
    "network": lambda: MLPRegressor(
        hidden_layer_sizes=(32,), max_iter=2000, random_state=0
    ),
    "SVM": lambda: SVR(C=100.0),
}


def answers_of(data, name):
    """Return the data and the fitted model's answers, one number a row."""
    X, y = DATA[data](return_X_y=True)
    made = REGRESSORS if data == "diabetes" else CLASSIFIERS
    y = y if data == "diabetes" else (y == 1).astype(int)
    model = make_pipeline(StandardScaler(), made[name]()).fit(X, y)
    if hasattr(model, "predict_proba"):
        return X, lambda rows: model.predict_proba(rows)[:, 1]
    if hasattr(model, "decision_function"):
        return X, lambda rows: np.tanh(model.decision_function(rows))
    return X, model.predict


def make(model, X, design, n, seed, regressor):
    """Return a fitted explainer."""
    return make_tabular_explainer(
        BlackBox(model),
        design=design,
        n_samples=n,
        regressor=regressor,
        random_state=seed,
    ).fit(X)


def measure(data, name, n):
    """Return error, coverage and half width of each design, mean over instances."""
    X, model = answers_of(data, name)
    plain = Ridge(alpha=1e-6)
    found = {design: [] for design in DESIGNS}
    for x in X[:: len(X) // INSTANCES][:INSTANCES]:
        reference = make(model, X, "sobol", N_REFERENCE, 999, plain)
        truth = reference.explain_instance(x).coef[0]
        for design, results in found.items():
            for seed in SEEDS:
                explainer = make(model, X, design, n, seed, plain)
                hood = explainer.sample(x)
                weights = explainer.explain_instance(x, neighborhood=hood).coef[0]
                stated = make(model, X, design, n, seed, None).explain_instance(
                    x, neighborhood=hood
                )
                low, high = stated.interval(0.95)[:, 0]
                results.append(
                    (
                        np.mean((weights - truth) ** 2),
                        np.mean((low <= truth) & (truth <= high)),
                        np.mean(high - low) / 2,
                    )
                )
    return {design: np.mean(results, axis=0) for design, results in found.items()}


def main(sizes):
    """Print a line for each case and number of rows, and the means."""
    warnings.simplefilter("ignore")
    ratios = {n: [] for n in sizes}
    print(
        "data      model     rows   error: lhs sobol   95 % cover: random sobol   ",
        end="",
    )
    print("half width: sobol")
    for data in DATA:
        for name in CLASSIFIERS:
            for n in sizes:
                random, lhs, sobol = measure(data, name, n).values()
                ratios[n].append(
                    (lhs[0] / random[0], sobol[0] / random[0], random[1], sobol[1])
                    + (sobol[2] / random[2],)
                )
                numbers = "  ".join(f"{value:.2f}" for value in ratios[n][-1])
                print(f"{data:<9} {name:<9} {n:<6} {numbers}", flush=True)
    for n, rows in ratios.items():
        mean, worst = np.mean(rows, axis=0), np.max(rows, axis=0)
        print(f"mean of {n}: ", "  ".join(f"{value:.2f}" for value in mean))
        print(f"largest of {n}: ", "  ".join(f"{value:.2f}" for value in worst))


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [300, 1000])
