"""What one engine does with many instances, as JSON on the last line.

    python engines_script.py ENGINE FOLDER

In a process of its own, since engines change joblib and stay until the process ends.
"""

import json
import os
import signal
import sys
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path

import joblib
import numpy as np
from threadpoolctl import threadpool_info

from sklearn_baylime import BlackBox, make_tabular_explainer
from sklearn_baylime.pipeline._engines import pack

X = np.random.RandomState(0).normal(size=(60, 3))
N = 8
PAYLOAD = np.random.RandomState(1).bytes(2 * 2**20)


class Tells:
    """A model that notes where it was unpickled, and how many threads it may use."""

    def __init__(self, folder):
        self.folder, self.payload = folder, PAYLOAD

    def __setstate__(self, state):
        vars(self).update(state)
        Path(self.folder, f"{os.getpid()}.{uuid.uuid4().hex}.came").touch()

    def __call__(self, rows):
        threads = max([1] + [lib["num_threads"] for lib in threadpool_info()])
        Path(self.folder, f"{os.getpid()}.{threads}.threads").touch()
        return rows[:, 0] - rows[:, 1] * rows[:, 2]


class DiesAt(Tells):
    """A model that kills its process at one instance, once or always."""

    def __init__(self, folder, once):
        super().__init__(folder)
        self.value, self.once = X[2, 0], once

    def __call__(self, rows):
        mark = Path(self.folder, "was here")
        if (rows[:, 0] == self.value).any() and not (self.once and mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(rows)


@contextmanager
def started(engine):
    """Start a cluster of two workers on this machine."""
    with ExitStack() as stack:
        if engine == "dask":
            import dask
            from distributed import Client, LocalCluster

            # What is lost with a worker is tried again by us, not by dask before.
            # A busy machine takes longer than 15 s to start another worker.
            dask.config.set(
                {
                    "distributed.scheduler.allowed-failures": 0,
                    "distributed.deploy.lost-worker-timeout": "200s",
                }
            )
            where = {"host": "127.0.0.1", "dashboard_address": ":0"}
            cluster = LocalCluster(n_workers=2, threads_per_worker=1, **where)
            stack.enter_context(cluster)
            stack.enter_context(Client(cluster))
        elif engine == "ray":
            import ray
            from ray.util.joblib import register_ray

            ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
            stack.callback(ray.shutdown)
            register_ray()
        elif engine == "spark":
            from joblibspark import register_spark
            from pyspark.sql import SparkSession

            settings = SparkSession.builder.master("local[2]")
            for key in ("spark.driver.host", "spark.driver.bindAddress"):
                settings = settings.config(key, "127.0.0.1")
            session = settings.config("spark.ui.enabled", "false").getOrCreate()
            stack.callback(session.stop)
            register_spark()
        yield stack.enter_context(joblib.parallel_backend(engine, n_jobs=2))


def explained(model, **settings):
    """Return what became of the first instances."""
    box = BlackBox(model, batch_size=100)
    made = make_tabular_explainer(box, n_samples=100, random_state=0, **settings)
    error = None
    try:
        found = made.fit(X).explain(X[:N])
        positions = list(range(N))
    except Exception as raised:
        found, positions, error = raised.explanations, raised.positions, str(raised)
        error += " ".join(getattr(raised, "__notes__", []))
    return {
        "coef": [e.coef.tolist() for e in found],
        "positions": positions,
        "queries": [box.n_queries_, box.n_calls_],
        "error": error,
    }


def folder_in(where, name):
    folder = Path(where, name)
    folder.mkdir()
    return str(folder)


def main(engine, where):
    told = {"serial": explained(Tells(folder_in(where, "serial")), n_jobs=1)}
    folder = folder_in(where, "plain")
    with started(engine):
        told["plain"] = explained(Tells(folder), n_jobs=2)
        told["came"] = [path.name.split(".")[0] for path in Path(folder).glob("*.came")]
        found = Path(folder).glob("*.threads")
        told["threads"] = [list(map(int, p.name.split(".")[:2])) for p in found]
        told["content"] = type(pack(PAYLOAD, 2).content).__name__
        settings = {"rows": "shared", "n_jobs": 2}
        told["shared"] = explained(Tells(folder_in(where, "shared")), **settings)
        if engine != "threading":
            told["once"] = explained(DiesAt(folder_in(where, "once"), True), n_jobs=2)
        if engine == "dask":
            model = DiesAt(folder_in(where, "always"), False)
            told["always"] = explained(model, n_jobs=2)
    settings = {"rows": "shared", "n_jobs": 1}
    told["serial shared"] = explained(Tells(folder_in(where, "last")), **settings)
    told["home"] = os.getpid()
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
