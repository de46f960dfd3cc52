"""The examples run, and without a warning."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("pandas")

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("plot_*.py"))
# Packages that are not in the extra for tests.
NEEDS = {"plot_cluster": "distributed"}

# matplotlib is imported first: what its oldest supported version warns of is not ours.
RUN = """
import runpy, sys, warnings
import matplotlib.pyplot
warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=DeprecationWarning, module="matplotlib")
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def test_examples_are_found():
    assert EXAMPLES


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path, tmp_path):
    if path.stem in NEEDS:
        pytest.importorskip(NEEDS[path.stem])
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(path)],
        cwd=tmp_path,
        env=os.environ
        | {
            "MPLBACKEND": "Agg",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "BAYLIME_ROWS": "60",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
