"""Seeds of rows that belong to instances."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_baylime.base._seeds import seed_of_content


def seed_of_rows(seed: int, placed: Any, code: Any) -> int:
    """Return the sampler's seed, which depends on the instance too.

    Instances get rows of their own, so that their explanations are independent; the
    same instance gets the same rows, alone or among others.
    """
    content = seed_of_content(code) if placed is None else placed.seed_
    return int(np.random.SeedSequence([seed, content]).generate_state(1)[0] >> 1)
