"""
Ten thousand explanations on a cluster
======================================

Whoever decides about people may owe each of them a reason. Here a model of incomes is
explained at 10,000 people of a generated table with mixed columns, like the census data
"Adult", on a cluster of `dask`. This one has two workers on your own machine; for
another one, only the address changes. It needs the package `distributed`
(`python -m pip install "sklearn-baylime[engines]"`), and takes minutes:
`BAYLIME_ROWS=500` in the environment takes fewer people.
"""

import os
import time

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster
from sklearn.ensemble import HistGradientBoostingClassifier

from sklearn_baylime import BlackBox, make_tabular_explainer

N_ROWS = int(os.environ.get("BAYLIME_ROWS", 10_000))


def make_people(n, seed=0):
    """Return a generated table, and who earns more than 50K."""
    rng = np.random.default_rng(seed)
    age = rng.integers(17, 80, n)
    schooling = np.clip(rng.normal(10, 2.5, n).round(), 1, 16)
    hours = np.clip(rng.normal(40, 12, n).round(), 1, 99)
    kinds = ["private", "state", "federal", "self-employed"]
    work = rng.choice(kinds, n, p=[0.7, 0.12, 0.08, 0.1])
    status = np.where(rng.random(n) < 0.2 + age / 200, "married", "single")
    gain = rng.exponential(600, n) * (rng.random(n) < 0.1)
    logit = 0.45 * (schooling - 11) + 0.03 * (hours - 40) + 1.6 * (status == "married")
    logit += 0.05 * np.minimum(age - 40, 12) + 0.002 * gain - 1.8
    people = pd.DataFrame(
        {
            "age": age,
            "schooling": schooling,
            "hours": hours,
            "gain": gain,
            "work": pd.Categorical(work),
            "status": pd.Categorical(status),
        }
    )
    return people, np.where(rng.random(n) < 1 / (1 + np.exp(-logit)), ">50K", "<=50K")


def main():
    # %%
    # The model, and one explainer for all
    # ------------------------------------
    # Nothing here knows of a cluster yet.
    people, income = make_people(max(N_ROWS, 2000))
    model = HistGradientBoostingClassifier(
        categorical_features="from_dtype", max_iter=50, random_state=0
    ).fit(people, income)
    explainer = make_tabular_explainer(
        BlackBox(model), n_samples=500, random_state=0, n_jobs=-1
    ).fit(people)

    # %%
    # On the cluster
    # --------------
    # The model goes to each worker once. A worker that dies loses nothing that others
    # have answered, and what it had is done again.
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
        ) as cluster,
        Client(cluster),
        joblib.parallel_backend("dask"),
    ):
        start = time.perf_counter()
        explanations = explainer.explain(people.iloc[:N_ROWS], targets=[">50K"])
        seconds = time.perf_counter() - start
    box = explainer.black_box_
    print(f"{len(explanations)} explanations, {box.n_queries_} rows: {seconds:.0f} s")

    # %%
    # How much each column moves the model, person by person
    # ------------------------------------------------------
    weights = np.stack([e.coef[0] for e in explanations])
    _, ax = plt.subplots(layout="constrained")
    ax.boxplot(weights, orientation="horizontal", showfliers=False)
    ax.set_yticks(range(1, weights.shape[1] + 1), people.columns)
    ax.set_xlabel("weight for >50K of the value that the person has")
    plt.show()


if __name__ == "__main__":
    main()
