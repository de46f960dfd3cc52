"""Memories: whose answers they hold, in files, threads and processes; nothing lost."""

import functools
import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from joblib import Memory
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression

from sklearn_baylime import BlackBox, make_tabular_explainer
from sklearn_baylime.black_box._fingerprint import fingerprint


@pytest.fixture
def X():
    return np.random.RandomState(0).normal(size=(60, 3))


def first(rows):
    return rows[:, 0]


def minus_five_second(rows):
    return -5 * rows[:, 1]


def explain(model, X, memory, **settings):
    explainer = make_tabular_explainer(
        model, n_samples=100, random_state=0, memory=memory, **settings
    )
    return explainer.fit(X).explain_instance(X[0])


@pytest.mark.parametrize("kind", ["path", "mapping"])
def test_two_models_never_share_answers(X, tmp_path, kind):
    memory = tmp_path if kind == "path" else {}
    a = explain(first, X, memory)
    b = explain(minus_five_second, X, memory)
    alone = explain(minus_five_second, X, None)
    assert (a.n_queries, b.n_queries) == (100, 100)
    np.testing.assert_array_equal(b.coef, alone.coef)
    assert explain(first, X, memory).n_queries == 0


@pytest.mark.parametrize("kind", ["memory", "path"])
def test_a_refitted_model_is_another_one(X, tmp_path, kind):
    model = LinearRegression().fit(X, X[:, 0])
    memory = True if kind == "memory" else tmp_path
    explainer = make_tabular_explainer(
        model, n_samples=100, random_state=0, memory=memory
    ).fit(X)
    before = explainer.explain_instance(X[0])
    assert explainer.explain_instance(X[0]).n_queries == 0
    model.fit(X, 10 * X[:, 1])
    after = explainer.explain_instance(X[0])
    assert after.n_queries == 100
    assert before.as_list()[0] != after.as_list()[0]
    np.testing.assert_array_equal(after.coef, explain(model, X, None).coef)


def test_decision_values_and_probabilities_never_mix(tmp_path):
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=1000).fit(X, y)
    np.testing.assert_allclose(
        BlackBox(model, memory=tmp_path)(X[:5]), model.predict_proba(X[:5])
    )
    box = BlackBox(model.decision_function, memory=tmp_path)
    np.testing.assert_allclose(box(X[:5]), model.decision_function(X[:5]))
    same = BlackBox(model.predict_proba, memory=tmp_path)
    same(X[:5])
    assert (box.n_queries_, same.n_queries_) == (5, 0)


def test_labels_belong_to_the_key(tmp_path):
    def word(rows):
        return np.where(rows[:, 0] > 0, "yes", "no")

    rows = np.array([[1.0], [-1.0]])
    a = BlackBox(word, labels=["yes", "no"], memory=tmp_path)(rows)
    b = BlackBox(word, labels=["no", "yes"], memory=tmp_path)(rows)
    np.testing.assert_array_equal(a, b[:, ::-1])


def test_the_order_of_categories_belongs_to_the_row(tmp_path):
    def codes(rows):
        return rows["c"].cat.codes.to_numpy()

    answers = [
        BlackBox(codes, memory=tmp_path)(
            pd.DataFrame({"c": pd.Categorical(["x"], categories=order)})
        )[0, 0]
        for order in (["x", "y"], ["y", "x"])
    ]
    assert answers == [0, 1]


def test_answers_of_another_width_are_asked_for_again(tmp_path):
    one = BlackBox(lambda rows: rows[:, 0], memory=tmp_path, name="m")
    two = BlackBox(lambda rows: rows[:, :2], memory=tmp_path, name="m")
    rows = np.arange(12.0).reshape(4, 3)
    one(rows[:2])
    np.testing.assert_array_equal(two(rows), rows[:, :2])
    assert two.n_queries_ == 4


def make_line(slope):
    def line(rows):
        return slope * rows[:, 0]

    return line


class Scale:
    factor = 2

    def predict(self, rows):
        return self.factor * rows[:, 0]


def test_fingerprints_follow_code_and_what_it_refers_to():
    assert fingerprint(make_line(1)) == fingerprint(make_line(1))
    assert fingerprint(make_line(1)) != fingerprint(make_line(2))
    assert fingerprint(lambda r: r[0] + 1) != fingerprint(lambda r: r[0] + 2)
    partial = functools.partial(np.multiply, 3)
    assert fingerprint(partial) == fingerprint(functools.partial(np.multiply, 3))
    assert fingerprint(partial) != fingerprint(functools.partial(np.multiply, 4))
    scale = Scale()
    before = fingerprint(scale)
    Scale.factor = 3
    try:
        assert fingerprint(scale) != before
    finally:
        Scale.factor = 2
    assert fingerprint(scale) == before


def recursive(rows):
    return rows[:, 0] if len(rows) else recursive(rows)


def test_a_function_that_calls_itself_has_a_fingerprint():
    assert fingerprint(recursive) == fingerprint(recursive)


def test_fingerprints_are_the_same_in_every_process(tmp_path):
    code = """
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor
    from sklearn_baylime.black_box._fingerprint import fingerprint
    X = np.random.RandomState(0).normal(size=(30, 3))
    forest = RandomForestRegressor(5, random_state=0).fit(X, X[:, 0])
    names = {"a", "b", "c", "d"}
    print(fingerprint(lambda rows: forest.predict(rows) + len(names)))
    """
    script = tmp_path / "print_it.py"
    script.write_text(textwrap.dedent(code))
    printed = {
        subprocess.run(
            [sys.executable, str(script)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_a_model_without_fingerprint_is_asked_for_a_name(tmp_path):
    lock = threading.Lock()

    def model(rows):
        with lock:
            return rows[:, 0]

    box = BlackBox(model, memory=True)
    with pytest.raises(ValueError, match=r"no fingerprint .*lock.* expected a name"):
        box(np.ones((2, 2)))
    assert box.n_queries_ == 0
    named = BlackBox(model, memory=tmp_path, name="a")
    named(np.ones((2, 2)))
    other = BlackBox(model, memory=tmp_path, name="b")
    other(np.ones((2, 2)))
    assert (named.n_queries_, other.n_queries_) == (1, 1)


class Counting:
    def __init__(self):
        self.n_calls = 0

    def __call__(self, rows):
        self.n_calls += 1
        return rows[:, 0]


def test_a_model_that_asking_changes_is_asked_for_a_name(X):
    explainer = make_tabular_explainer(
        Counting(), n_samples=100, random_state=0, memory=True
    ).fit(X)
    with pytest.raises(ValueError, match="fingerprint changed while") as caught:
        explainer.explain_instance(X[0])
    assert len(caught.value.neighborhood.answers) == 100
    box = BlackBox(Counting(), memory=True, name="counting")
    explain(box, X, None)
    assert explain(box, X, None).n_queries == 0


def test_a_memory_of_joblib_clears_ours(tmp_path):
    memory = Memory(tmp_path, verbose=0)
    BlackBox(first, memory=memory)(np.ones((1, 2)))
    again = BlackBox(first, memory=memory)
    again(np.ones((1, 2)))
    memory.clear()
    anew = BlackBox(first, memory=memory)
    anew(np.ones((1, 2)))
    assert (again.n_queries_, anew.n_queries_) == (0, 1)


def test_files_hold_plain_numbers(tmp_path):
    BlackBox(lambda rows: rows * 2, memory=tmp_path)(np.array([[1.5, 2.5]]))
    connection = sqlite3.connect(tmp_path / "answers.sqlite")
    ((held,),) = connection.execute("SELECT answer FROM answers").fetchall()
    connection.close()
    assert held == np.array([3.0, 5.0], "<f8").tobytes()


@pytest.mark.parametrize("broken", ["file", "folder"])
def test_a_broken_memory_is_named_before_any_query(tmp_path, broken):
    if broken == "file":
        (tmp_path / "answers.sqlite").write_bytes(b"no database at all" * 100)
        path = tmp_path
    else:
        path = tmp_path / "a file"
        path.write_text("")
    with pytest.raises(OSError, match=r"sqlite' cannot be .* repair or remove"):
        BlackBox(first, memory=path)


def test_a_file_that_breaks_keeps_what_was_answered(X, tmp_path):
    explainer = make_tabular_explainer(
        first, n_samples=100, random_state=0, memory=tmp_path, batch_size=40
    ).fit(X)
    box = explainer.black_box_

    def breaks(rows):
        if box.n_calls_ == 1:
            for file in tmp_path.iterdir():
                file.write_bytes(b"nothing" * 1000)
        return rows[:, 0]

    # It refers to the box, which changes by being asked.
    box._asked, box.name = BlackBox(breaks)._asked, "breaks"
    with pytest.raises(OSError, match="cannot be") as caught:
        explainer.explain_instance(X[0])
    hood = caught.value.neighborhood
    assert len(hood.answers) == box.n_queries_ == 80
    again = make_tabular_explainer(first, n_samples=100, random_state=0).fit(X)
    found = again.explain_instance(X[0], neighborhood=hood)
    assert again.black_box_.n_queries_ == 20
    np.testing.assert_array_equal(found.coef, explain(first, X, None).coef)


def test_a_full_disk_keeps_what_was_answered(tmp_path):
    pytest.importorskip("resource", reason="limits of files are POSIX's")
    code = f"""
    import resource
    import numpy as np
    from sklearn_baylime import make_tabular_explainer
    X = np.random.RandomState(0).normal(size=(60, 3))
    explainer = make_tabular_explainer(
        lambda rows: np.tile(rows, 200), n_samples=100, random_state=0,
        memory={str(tmp_path)!r}).fit(X)
    explainer.black_box_
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        explainer.explain_instance(X[0])
    except OSError as error:
        print(len(error.neighborhood.answers), error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=os.environ | {"PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("100 The memory of answers"), done.stderr


def test_one_bad_answer_keeps_all_others(X, tmp_path):
    def model(rows):
        answers = rows[:, 0].copy()
        answers[25] = np.nan
        return answers

    for memory in (None, tmp_path):
        explainer = make_tabular_explainer(
            BlackBox(model, memory=memory), n_samples=100, random_state=0
        ).fit(X)
        with pytest.raises(ValueError, match=r"\[nan\] to row 25") as caught:
            explainer.explain_instance(X[0])
        hood = caught.value.neighborhood
        assert "99 of 100 rows were answered" in caught.value.__notes__[0]
        assert (len(hood.answers), len(hood.spare)) == (25, 74)
        healed = make_tabular_explainer(first, n_samples=100, random_state=0).fit(X)
        found = healed.explain_instance(X[0], neighborhood=hood)
        assert healed.black_box_.n_queries_ == 1
        np.testing.assert_array_equal(found.coef, explain(first, X, None).coef)


def test_a_memory_keeps_the_good_answers_of_a_bad_batch(tmp_path):
    bad = [True]

    def model(rows):
        return np.where((rows[:, 0] == 3) & bad[0], np.nan, rows[:, 0])

    rows = np.arange(10.0).reshape(-1, 1)
    box = BlackBox(model, memory=tmp_path, name="m")
    with pytest.raises(ValueError, match="to row 3"):
        box(rows)
    bad[0] = False
    np.testing.assert_array_equal(box(rows)[:, 0], np.arange(10))
    assert box.n_queries_ == 11


def test_many_outputs_are_never_thrown_away(tmp_path):
    rows = np.arange(50.0).reshape(-1, 1)
    box = BlackBox(lambda rows: np.tile(rows, 20_000), memory=tmp_path, batch_size=10)
    box(rows)
    box(rows[::-1])
    assert box.n_queries_ == 50


def test_processes_and_threads_share_a_file(X, tmp_path):
    boxes = [BlackBox(first, memory=tmp_path, batch_size=7) for _ in range(4)]
    rows = np.random.RandomState(0).normal(size=(200, 2))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: boxes[i % 4](rows), range(8)))
    for answers in found:
        np.testing.assert_array_equal(answers[:, 0], rows[:, 0])
    last = BlackBox(first, memory=tmp_path)
    last(rows)
    assert last.n_queries_ == 0


def test_retries_wait_and_give_up():
    failures = [2]

    def model(rows):
        if failures[0]:
            failures[0] -= 1
            raise ConnectionError("busy")
        return rows[:, 0]

    box = BlackBox(model, retries=2, backoff=0.001)
    np.testing.assert_array_equal(box(np.ones((2, 1)))[:, 0], [1, 1])
    assert (box.n_queries_, box.n_calls_) == (2, 1)
    failures[0] = 3
    with pytest.raises(ConnectionError, match="busy"):
        box(np.ones((2, 1)))


def test_a_call_that_takes_too_long_counts_as_failed():
    done = threading.Event()
    box = BlackBox(lambda rows: [done.wait(20)], timeout=0.02)
    with pytest.raises(TimeoutError, match=r"not answered within 0\.02 seconds"):
        box(np.ones((1, 1)))
    done.set()
    assert box.n_queries_ == 0
    assert BlackBox(first, timeout=20)(np.ones((1, 1)))[0, 0] == 1


def test_no_more_calls_at_once_than_allowed():
    lock, running, most = threading.Lock(), [0], [0]

    def model(rows):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.005)
        with lock:
            running[0] -= 1
        return rows[:, 0]

    box = BlackBox(model, max_concurrent=2)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(box, [np.ones((1, 1))] * 12))
    assert most[0] == 2
    assert box.n_queries_ == 12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"timeout": -1}, "timeout is -1, expected None or a number of seconds"),
        ({"backoff": None}, "backoff is None, expected a number of seconds"),
        ({"retries": 1.5}, "retries is 1.5, expected an integer >= 0"),
        ({"max_concurrent": 0}, "max_concurrent is 0, expected an integer >= 1"),
    ],
)
def test_bad_patience(arguments, message):
    with pytest.raises(ValueError, match=message):
        BlackBox(first, **arguments)


def test_one_bad_answer_keeps_all_other_shared_rows(X):
    bad = [True]

    def model(rows):
        answers = rows[:, 0].copy()
        answers[10 * bad[0]] += np.nan if bad[0] else 0.0
        return answers

    settings = {"n_samples": 100, "rows": "shared", "random_state": 0}
    explainer = make_tabular_explainer(model, **settings).fit(X)
    with pytest.raises(ValueError, match=r"\[nan\] to row"):
        explainer.explain(X[:3])
    bad[0] = False
    n_asked = explainer.black_box_.n_queries_
    found = explainer.explain(X[:3])
    # Three instances were asked about again, and the row whose answer was bad.
    assert explainer.black_box_.n_queries_ == n_asked + 3 + 1
    expected = make_tabular_explainer(first, **settings).fit(X).explain(X[:3])
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.coef, other.coef)
