"""All goals of the audit, family by family: hours, when they are asked for.

A goal is missed if a number lies outside by more than three standard errors: there are
thousands of numbers.
"""

import numpy as np
import pytest
from auditing.command import choose, run_cell

REPEATS = 300


@pytest.mark.long
@pytest.mark.parametrize("name", choose(["*"]))
def test_cell_meets_its_goals(name):
    missed = [
        f"{r.measure}: {r.value:.3f}, wanted {r.goal}"
        for r in run_cell(name, REPEATS)
        if r.met == "no"
        and max(r.low - r.value, r.value - r.high) > 3 * np.nan_to_num(r.error)
    ]
    assert not missed, "\n".join(missed)
