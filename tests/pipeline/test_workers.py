"""Many instances in processes and threads: nothing that is answered is lost."""

import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import numpy as np
import pytest

from sklearn_baylime import BlackBox, make_tabular_explainer

BACKENDS = ["loky", "threading"]


@pytest.fixture
def X():
    return np.random.RandomState(0).normal(size=(60, 3))


def plain(rows):
    return rows[:, 0] - rows[:, 1] * rows[:, 2]


class RaisesAt:
    """A model that raises at one instance, from its second batch on."""

    def __init__(self, value):
        self.value = value

    def __call__(self, rows):
        if (rows[:, 0] == self.value).any():
            raise ConnectionError("no answer")
        return plain(rows)


class DiesAt(RaisesAt):
    """A model that kills its process at one instance, once or always."""

    def __init__(self, value, folder, once):
        super().__init__(value)
        self.folder, self.once = folder, once

    def __call__(self, rows):
        mark = Path(self.folder) / "was here"
        if (rows[:, 0] == self.value).any() and not (self.once and mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(rows)


def make(model, X, **settings):
    return make_tabular_explainer(model, n_samples=100, random_state=0, **settings).fit(
        X
    )


def assert_same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.coef, other.coef, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_failure_keeps_what_others_answered(X, backend):
    explainer = make(BlackBox(RaisesAt(X[5, 0]), batch_size=100), X, n_jobs=2)
    with (
        joblib.parallel_backend(backend),
        pytest.raises(ConnectionError, match="no answer") as caught,
    ):
        explainer.explain(X[:8])
    error = caught.value
    expected = make(plain, X).explain(X[:8])
    assert set(range(4)) <= set(error.positions)
    assert_same(error.explanations, [expected[i] for i in error.positions])
    assert explainer.black_box_.n_queries_ == 100 * len(error.positions)
    rest = [i for i in range(8) if i not in error.positions]
    healed = make(plain, X)
    found = healed.explain(X[rest], neighborhoods=error.neighborhoods)
    assert_same(found, [expected[i] for i in rest])


def test_neighborhoods_of_a_failed_explain_are_taken_back(X):
    failures = [0]

    def model(rows):
        failures[0] += 1
        if failures[0] == 6:
            raise ConnectionError("no answer")
        return plain(rows)

    explainer = make(BlackBox(model, batch_size=200), X)
    with pytest.raises(ConnectionError) as caught:
        explainer.explain(X[:12])
    error = caught.value
    n_done, n_asked = len(error.explanations), explainer.black_box_.n_queries_
    assert (n_asked, error.positions) == (1000, list(range(n_done)))
    found = explainer.explain(X[n_done:12], neighborhoods=error.neighborhoods)
    assert_same(error.explanations + found, make(plain, X).explain(X[:12]))
    assert explainer.black_box_.n_queries_ == 1200


def test_a_worker_that_dies_once_has_its_work_done_again(X, tmp_path):
    explainer = make(
        BlackBox(DiesAt(X[2, 0], str(tmp_path), True), batch_size=100), X, n_jobs=2
    )
    with joblib.parallel_backend("loky"):
        found = explainer.explain(X[:6])
    assert_same(found, make(plain, X).explain(X[:6]))


@pytest.mark.slow
def test_a_worker_that_always_dies_loses_its_instance_alone(X, tmp_path):
    explainer = make(
        BlackBox(DiesAt(X[2, 0], str(tmp_path), False), batch_size=100), X, n_jobs=2
    )
    with joblib.parallel_backend("loky"), pytest.raises(Exception) as caught:
        explainer.explain(X[:6])
    expected = make(plain, X).explain(X[:6])
    positions = caught.value.positions
    assert {0, 1} <= set(positions) and 2 not in positions
    assert_same(caught.value.explanations, [expected[i] for i in positions])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("memory", ["memory", "path"])
def test_memories_work_with_workers(X, backend, memory, tmp_path):
    box = BlackBox(
        plain, batch_size=200, memory=True if memory == "memory" else tmp_path
    )
    explainer = make(box, X, n_jobs=2)
    with joblib.parallel_backend(backend):
        first = explainer.explain(X[:6])
        assert (box.n_queries_, box.n_calls_) == (600, 3)
        second = explainer.explain(X[:6])
    assert (box.n_queries_, box.n_calls_) == (600, 3)
    assert_same(first, second)
    assert_same(first, make(plain, X).explain(X[:6]))


class CountsPickles:
    n = 0

    def __call__(self, rows):
        return plain(rows)

    def __getstate__(self):
        type(self).n += 1
        return {"kept": True}


def test_a_model_is_pickled_once_whatever_the_number_of_groups(X):
    CountsPickles.n = 0
    explainer = make(BlackBox(CountsPickles(), batch_size=100), X, n_jobs=2)
    with joblib.parallel_backend("loky"):
        explainer.explain(X[:8])
    assert CountsPickles.n == 1


def test_an_error_that_cannot_travel_is_told_in_words(X):
    def model(rows):
        error = ValueError("here")
        error.held = lambda: None
        raise error

    explainer = make(model, X, n_jobs=2)
    with (
        joblib.parallel_backend("loky"),
        pytest.raises((ValueError, RuntimeError), match="here"),
    ):
        explainer.explain(X[:2])


def test_one_explainer_serves_several_threads(X):
    explainer = make(BlackBox(plain, memory=True), X)
    expected = make(plain, X).explain(X[:8])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(explainer.explain_instance, X[:8]))
    assert_same(found, expected)
    assert explainer.black_box_.n_queries_ == 800
    again = pickle.loads(pickle.dumps(explainer))
    assert_same([again.explain_instance(X[0])], expected[:1])


def test_one_explainer_of_shared_rows_serves_several_threads(X):
    explainer = make(plain, X, rows="shared")
    expected = make(plain, X, rows="shared").explain(X[:8])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(explainer.explain_instance, X[:8]))
    assert_same(found, expected)
