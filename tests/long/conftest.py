"""Long tests run when they are asked for: ``python -m pytest tests/long -m long``.

A marker expression in the project's options would be lost as soon as another is given,
such as ``-m "not slow"``; so tests that are marked long are left out here unless the
expression speaks of them.
"""

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

ROOT = Path(__file__).parents[2]
# The audit is a program beside the library, not a part of it.
sys.path.insert(0, str(ROOT / "benchmarks"))

N_LONG = int(os.environ.get("DRIVER_EXAMPLES", 20_000))


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked long, unless the marker is named."""
    if "long" in (config.getoption("markexpr") or ""):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def drive(strategy, check, n_examples, **options):
    """Check examples; those of a short run are always the same."""
    chosen = settings(
        max_examples=n_examples,
        deadline=None,
        derandomize=n_examples != N_LONG,
        suppress_health_check=list(HealthCheck),
        database=None,
        **options,
    )
    chosen(given(strategy)(check))()


class RefusedError(Exception):
    """The library said why it does not explain this."""


@contextmanager
def refusals():
    """Let errors in our words pass as `RefusedError`, and no others.

    An error is ours if a line of ours raised it, and if it says what was expected.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        place = trace.tb_frame.f_code.co_filename.replace("\\", "/")
        assert "sklearn_baylime/" in place, f"raised in {place}: {error}"
        assert "expected" in str(error).lower(), error
        raise RefusedError(str(error)) from error


def assert_sound(found, is_sure=True):
    """What any explanation must be: finite numbers that agree with each other.

    Not every regressor says how sure it is.
    """
    for name in ("coef", "intercept", "prediction", "local_prediction"):
        values = np.asarray(getattr(found, name))
        chosen = values[found.selected] if values.ndim == 2 else values
        assert np.isfinite(chosen).all(), name
    if is_sure:
        std = found.std[found.selected]
        assert (np.isfinite(std) & (std >= 0)).all()
        low, high = found.interval()
        rounding = 1e-12 * np.abs(found.coef)
        inside = (low - rounding <= found.coef) & (found.coef <= high + rounding)
        assert inside[found.selected].all()
        signs = found.sign_probability()[found.selected]
        assert ((signs >= 0) & (signs <= 1)).all()
    assert len(found.feature_names) == found.coef.shape[1]
    assert len(set(map(str, found.feature_names))) == len(found.feature_names)
    assert str(found)
    assert len(found.as_list()) <= found.coef.shape[1]
    assert (found.score <= 1 + 1e-12).all()


@pytest.fixture(scope="session")
def driver():
    """What the drivers share."""
    return SimpleNamespace(
        N_LONG=N_LONG,
        RefusedError=RefusedError,
        assert_sound=assert_sound,
        drive=drive,
        refusals=refusals,
    )
