"""Stopped explanations are those of the rows that were asked, and of no others."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime import make_tabular_explainer


def curved(rows):
    """A model that no local model follows, so that weights decide."""
    rows = np.asarray(rows)
    return np.tanh(rows @ [1.0, -2.0, 0.5, 0.0]) + rows[:, 0] * rows[:, 1]


@pytest.mark.parametrize("discretizer", ["quartile", None])
@pytest.mark.parametrize("n_features", [None, 2])
def test_weights_are_those_of_the_rows_that_were_asked(table, discretizer, n_features):
    """Kernel weights are scaled to the effective sample size: of the asked rows alone.

    Independent rows are drawn one after the other, so 150 of 2000 are the same as 150.
    """
    common = {
        "discretizer": discretizer,
        "n_features": n_features,
        "design": "random",
        "kernel_width": 0.8,
        "random_state": 0,
    }
    stopped = make_tabular_explainer(
        curved,
        n_samples=2000,
        batch_size=50,
        stopping=lambda so_far: so_far.n_rows >= 150,
        **common,
    ).fit(table)
    whole = make_tabular_explainer(curved, n_samples=150, **common).fit(table)
    for x in table[:3]:
        found, expected = stopped.explain_instance(x), whole.explain_instance(x)
        assert found.n_rows == expected.n_rows == 150
        assert_allclose(
            found.effective_sample_size, expected.effective_sample_size, rtol=1e-12
        )
        assert_allclose(found.coef, expected.coef, rtol=1e-9, atol=1e-12)
        assert_allclose(found.std, expected.std, rtol=1e-9, atol=1e-12)
        assert_allclose(found.score, expected.score, rtol=1e-9)
