"""Long tests run when they are asked for: ``python -m pytest tests/long -m long``.

A marker expression in the project's options would be lost as soon as another is given,
such as ``-m "not slow"``; so tests that are marked long are left out here unless the
expression speaks of them.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The audit is a program beside the library, not a part of it.
sys.path.insert(0, str(ROOT / "benchmarks"))


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked long, unless the marker is named."""
    if "long" in (config.getoption("markexpr") or ""):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
