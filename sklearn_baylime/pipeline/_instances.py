"""Instances of any kind: rows of arrays and frames, records, texts, images."""

from __future__ import annotations

import zlib
from copy import copy

import numpy as np
from scipy import sparse


def seed_of_rows(seed: int, step, code) -> int:
    """Return the sampler's seed, which depends on the instance too.

    Instances get rows of their own, so that their explanations are independent; the
    same instance gets the same rows, alone or among others.
    """
    content = getattr(step, "seed_", None)
    if content is None and sparse.issparse(code):
        content = zlib.crc32(code.indices.tobytes(), zlib.crc32(code.data.tobytes()))
    elif content is None:
        content = zlib.crc32(np.ascontiguousarray(code).tobytes())
    return int(np.random.SeedSequence([seed, content]).generate_state(1)[0] >> 1)


def at_instance(step, x, seed: int):
    """Return a representation at an instance; what it draws is seeded."""
    step = copy(step)
    if getattr(step, "random_state", seed) is None:
        step.random_state = seed
    return step.at(x) if hasattr(step, "at") else step


def code_and_names(step, x, names):
    """Return the instance's code behind a step, and the names of its columns there."""
    if hasattr(step, "reference_"):
        code = step.reference_
    else:
        code = np.asarray(step.transform(x if hasattr(x, "columns") else [x]))[0]
    return code, list(step.get_feature_names_out(names))
