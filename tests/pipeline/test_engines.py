"""joblib's engines, with clusters that are started on this machine."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = [pytest.mark.engines, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("engines_script.py")
NEEDS = {
    "threading": (),
    "loky": (),
    "dask": ("dask", "distributed"),
    "ray": ("ray",),
    "spark": ("pyspark", "joblibspark"),
}


# One test an engine: a cluster is started once, whatever divides the tests.
@pytest.mark.parametrize("engine", NEEDS)
def test_engine(engine, tmp_path):
    for package in NEEDS[engine]:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{engine} needs the package {package}: extra 'engines'")
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java, such as Debian's default-jre-headless")
    told = run_script(engine, tmp_path) | {"engine": engine}
    numbers_and_counts_are_those_of_one_process(told)
    shared_rows_give_the_numbers_of_one_process(told)
    the_model_comes_to_a_worker_once(told)
    workers_use_their_share_of_threads(told)
    if engine != "threading":
        instances_of_a_killed_worker_are_done_again(told)
    # loky: test_workers.py; others take long to lose a worker twice.
    if engine == "dask":
        an_instance_that_always_kills_is_the_only_one_lost(told)


def run_script(engine, folder):
    paths = filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(SCRIPT), engine, str(folder)],
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(paths), "PYSPARK_PYTHON": sys.executable},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def assert_same(found, serial):
    expected = [serial["coef"][i] for i in found["positions"]]
    np.testing.assert_allclose(found["coef"], expected, rtol=1e-12, atol=1e-14)


def numbers_and_counts_are_those_of_one_process(told):
    assert told["plain"]["error"] is None
    assert told["plain"]["positions"] == told["serial"]["positions"]
    assert_same(told["plain"], told["serial"])
    assert told["plain"]["queries"] == told["serial"]["queries"] == [800, 8]


def shared_rows_give_the_numbers_of_one_process(told):
    assert told["shared"]["error"] is None
    assert_same(told["shared"], told["serial shared"])
    assert told["shared"]["queries"] == told["serial shared"]["queries"]


def the_model_comes_to_a_worker_once(told):
    if told["engine"] == "threading":
        assert told["came"] == []
        return
    assert len(told["came"]) == len(set(told["came"])) in (1, 2)
    # An array goes with each task, except where loky maps it into memory, and where
    # dask is asked to send it.
    is_array = told["content"] == "ndarray"
    assert is_array == (told["engine"] in ("loky", "dask"))


def workers_use_their_share_of_threads(told):
    elsewhere = [threads for pid, threads in told["threads"] if pid != told["home"]]
    assert bool(elsewhere) == (told["engine"] != "threading")
    assert all(n <= max(1, os.cpu_count() // 2) for n in elsewhere)


def instances_of_a_killed_worker_are_done_again(told):
    assert told["once"]["error"] is None
    assert_same(told["once"], told["serial"])


def an_instance_that_always_kills_is_the_only_one_lost(told):
    assert "The engine lost the same instances twice" in told["always"]["error"]
    assert told["always"]["positions"] == [0, 1, 3, 4, 5, 6, 7]
    assert_same(told["always"], told["serial"])
