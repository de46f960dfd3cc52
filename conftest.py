"""One thread of linear algebra for each test process, lest they fight for cores."""

import os
import sys

import pytest
from threadpoolctl import threadpool_limits

os.environ.setdefault("MPLBACKEND", "Agg")

# The site's own programs, and what its build leaves: pages alone are tested there.
collect_ignore_glob = ["doc/*.py", "doc/*/*.py", "doc/_build/*"]


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
