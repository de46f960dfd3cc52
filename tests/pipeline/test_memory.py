"""Memory of one explanation, which does not depend on the machine's load."""

import tracemalloc

import numpy as np
import pytest

from sklearn_baylime import make_tabular_explainer


@pytest.mark.parametrize(("n_rows", "n_columns"), [(5000, 30), (20_000, 50)])
@pytest.mark.parametrize("batch_size", [500, 100_000])
def test_peak_is_three_copies_of_the_rows(n_rows, n_columns, batch_size):
    """At most 3 x rows x columns x 8 bytes, plus the batch."""
    rng = np.random.RandomState(0)
    X, slopes = rng.normal(size=(500, n_columns)), rng.normal(size=n_columns)
    explainer = make_tabular_explainer(
        lambda rows: rows @ slopes,
        n_samples=n_rows,
        batch_size=batch_size,
        random_state=0,
    ).fit(X)
    explainer.explain_instance(X[0])
    tracemalloc.start()
    explainer.explain_instance(X[0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    row = 8 * n_columns
    assert peak <= 3 * n_rows * row + min(batch_size, n_rows) * row


@pytest.mark.slow
def test_a_thousand_instances_stay_below_500_mb():
    """In one call; what is kept of each is little more than its covariance."""
    rng = np.random.RandomState(0)
    X, slopes = rng.normal(size=(1000, 30)), rng.normal(size=30)
    explainer = make_tabular_explainer(lambda rows: rows @ slopes, random_state=0)
    explainer.fit(X)
    tracemalloc.start()
    explanations = explainer.explain(X)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(explanations) == 1000
    assert explainer.black_box_.n_calls_ < 200
    assert peak < 500e6
    assert kept < 20e6


@pytest.mark.parametrize("n_features", [None, 10])
def test_many_instances_on_shared_rows_keep_none_of_them(n_features):
    """What another instance costs is its explanation; see the benchmark for 1000."""
    rng = np.random.RandomState(0)
    X, slopes = rng.normal(size=(200, 30)), rng.normal(size=30)
    explainer = make_tabular_explainer(
        lambda rows: rows @ slopes + rows[:, 0] * rows[:, 1],
        n_features=n_features,
        rows="shared",
        random_state=0,
    ).fit(X)
    explainer.explain(X[:40])
    tracemalloc.start()
    explanations = explainer.explain(X)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(explanations) == 200
    # Less than the answers to the rows of one, 40 kB, and a covariance.
    assert kept < 200 * 40e3
