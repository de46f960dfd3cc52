"""Many instances on shared rows: queries, time against lime, memory, neighbors.

    python benchmarks/many_instances.py [n_instances]

Times are ratios within one run. lime is measured on 30 instances and scaled.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from sklearn_baylime import BlackBox, make_tabular_explainer

N_LIME = 30


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that some work took, and what it returned."""
    start = time.perf_counter()
    done = work()
    return time.perf_counter() - start, done


def seconds_of_lime(X: np.ndarray, ask: Callable, n: int) -> float:
    """Return the seconds of a loop over lime, an instance."""
    from lime.lime_tabular import LimeTabularExplainer

    explainer = LimeTabularExplainer(X, random_state=0)

    def loop() -> None:
        for x in X[:n]:
            explainer.explain_instance(x, ask, num_features=10, num_samples=5000)

    return timed(loop)[0] / n


def measure_many(X: np.ndarray, model: Any, n: int) -> None:
    """Print queries and time of one call, against lime."""
    rows = np.resize(X, (n, X.shape[1]))
    box = BlackBox(model)
    settings: dict[str, Any] = {"rows": "shared", "n_features": 10, "random_state": 0}
    explainer = make_tabular_explainer(box, **settings).fit(X)
    seconds, _ = timed(lambda: explainer.explain(rows))
    lime = seconds_of_lime(X, model.predict_proba, N_LIME) * n
    print(f"queries for {n} instances: {box.n_queries_:,}, own rows {5000 * n:,}")
    print(f"seconds: {seconds:.1f}, lime {lime:.1f} (scaled): {lime / seconds:.1f} x")


def measure_memory(X: np.ndarray, n: int) -> None:
    """Print the peak of allocated memory for one instance, and for many."""
    peaks = []
    for count in (1, n):
        explainer = make_tabular_explainer(
            lambda rows: rows[:, 0], rows="shared", random_state=0
        ).fit(X)
        tracemalloc.start()
        kept = explainer.explain(np.resize(X, (count, X.shape[1])))
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
        del kept
    print(f"MB at the peak: {peaks[0]:.1f} for 1, {peaks[1]:.1f} for {n}")


def measure_neighbors(X: np.ndarray, models: dict[str, Any]) -> None:
    """Print max-sensitivity at 0.02 standard deviations, own and shared."""
    rng = np.random.default_rng(0)
    places = X[rng.choice(len(X), 12, replace=False)]
    near = [places + rng.uniform(-0.02, 0.02, places.shape) for _ in range(5)]
    for name, model in models.items():
        found = {}
        for rows in ("own", "shared"):
            explainer = make_tabular_explainer(
                model,
                discretizer=None,
                sampler="around_instance",
                n_samples=1000,
                rows=rows,
                random_state=0,
            ).fit(X)
            here = [e.coef for e in explainer.explain(places, targets=[1])]
            moved = np.zeros(len(places))
            for neighbors in near:
                there = [e.coef for e in explainer.explain(neighbors, targets=[1])]
                pairs = zip(here, there, strict=True)
                steps = [np.linalg.norm(a - b) / np.linalg.norm(a) for a, b in pairs]
                moved = np.maximum(moved, steps)
            found[rows] = moved.mean()
        ratio = found["shared"] / found["own"]
        print(
            f"max-sensitivity, {name}: own {found['own']:.3f}, shared "
            f"{found['shared']:.3f}, ratio {ratio:.3f}"
        )


def main() -> None:
    """Print all figures."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    forest = RandomForestClassifier(100, random_state=0).fit(X, y)
    mlp = MLPClassifier((32,), max_iter=1000, random_state=0).fit(X, y)
    measure_neighbors(X, {"MLP": mlp, "forest": forest})
    measure_many(X, forest, n)
    measure_memory(X, n)


if __name__ == "__main__":
    main()
