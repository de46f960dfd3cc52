"""Many instances on shared rows: queries, time against lime, memory, neighbors.

    OMP_NUM_THREADS=1 python benchmarks/many_instances.py [n_instances]

Times are ratios within one run, by the clock and by the processor, medians of turns
that lime and the package take. lime is measured on 30 instances and scaled.
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

N_LIME, N_TURNS = 30, 5


def timed(work: Callable[[], Any]) -> np.ndarray:
    """Return the seconds that some work took, by the clock and by the processor."""
    start = time.perf_counter(), time.process_time()
    work()
    return np.array([time.perf_counter() - start[0], time.process_time() - start[1]])


def measure_many(X: np.ndarray, model: Any, n: int, n_features: int | None) -> None:
    """Print queries and time of one call, against lime."""
    from lime.lime_tabular import LimeTabularExplainer

    rows = np.resize(X, (n, X.shape[1]))
    lime, each = LimeTabularExplainer(X, random_state=0), N_LIME // N_TURNS
    settings: dict[str, Any] = {"num_features": n_features or X.shape[1]}
    turns = []
    for turn in range(N_TURNS):
        box = BlackBox(model)
        explainer = make_tabular_explainer(
            box, rows="shared", n_features=n_features, random_state=0
        ).fit(X)
        ours = timed(lambda explainer=explainer: explainer.explain(rows))
        some = X[turn * each : (turn + 1) * each]

        def loop(some: np.ndarray = some) -> None:
            for x in some:
                lime.explain_instance(x, model.predict_proba, **settings)

        turns.append([ours, timed(loop) * n / each])
    (clock, processor), (clock_lime, processor_lime) = np.median(turns, axis=0)
    print(f"queries for {n} instances: {box.n_queries_:,}, own rows {5000 * n:,}")
    print(
        f"{n_features or 'all'} features: {clock:.1f} s, lime {clock_lime:.1f} s "
        f"(scaled): {clock_lime / clock:.1f} x; processor {processor:.1f} s, "
        f"{processor_lime:.1f} s: {processor_lime / processor:.1f} x"
    )


def measure_memory(X: np.ndarray, model: Any, n: int) -> None:
    """Print the peak of allocated memory for one instance, and for many."""
    found = []
    for count in (1, n):
        explainer = make_tabular_explainer(
            model, rows="shared", n_features=10, random_state=0
        ).fit(X)
        explainer.explain(X[:1])
        explainer.fit(X)
        tracemalloc.start()
        kept = explainer.explain(np.resize(X, (count, X.shape[1])))
        found.append(np.array(tracemalloc.get_traced_memory()) / 2**20)
        tracemalloc.stop()
        del kept
    one, many = found
    print(
        f"MB at the peak: {one[1]:.1f} for 1, {many[1]:.1f} for {n}, of which "
        f"{many[0]:.1f} are the explanations"
    )


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
    for n_features in (10, None):
        measure_many(X, forest, n, n_features)
    measure_memory(X, forest, n)


if __name__ == "__main__":
    main()
