"""One call on dask with two workers, against the same in one process.

    python benchmarks/engines.py [n_instances]

A slow model: a forest of 300 trees behind one-hot encoding, one thread, own rows.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import joblib
import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from sklearn_baylime import BlackBox, make_tabular_explainer


def timed(X: np.ndarray, model: Any, n: int, n_jobs: int) -> tuple[float, Any]:
    """Return the seconds of one call, and its weights."""
    explainer = make_tabular_explainer(
        BlackBox(model), n_samples=200, random_state=0, n_jobs=n_jobs
    ).fit(X)
    start = time.perf_counter()
    found = explainer.explain(X[:n], targets=[1])
    return time.perf_counter() - start, np.stack([e.coef for e in found])


def main() -> None:
    """Print both times, their ratio, and that the numbers are the same."""
    from distributed import Client, LocalCluster

    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    X, y = make_classification(max(n, 2000), 10, random_state=0)
    model = RandomForestClassifier(300, random_state=0).fit(X, y)
    where: dict[str, Any] = {"host": "127.0.0.1", "dashboard_address": ":0"}
    with LocalCluster(n_workers=2, threads_per_worker=1, **where) as cluster:
        with Client(cluster) as client, joblib.parallel_backend("dask"):
            # Workers import when they are first used.
            client.run(lambda: __import__("sklearn_baylime.pipeline").__name__)
            parallel, there = timed(X, model, n, 2)
        serial, here = timed(X, model, n, 1)
    assert np.array_equal(here, there)
    print(f"{n} instances: serial {serial:.1f} s, dask with 2 workers {parallel:.1f} s")
    print(f"{serial / parallel:.2f} times as fast, the same numbers")


if __name__ == "__main__":
    main()
