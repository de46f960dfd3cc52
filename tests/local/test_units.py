"""Explanations in other units: y -> s y + c changes numbers by s alone."""

import numpy as np
import pytest

from sklearn_baylime import make_tabular_explainer


@pytest.fixture(scope="module")
def table():
    return np.random.RandomState(0).normal(size=(300, 6))


def explain(table, scale=1.0, offset=0.0):
    def model(rows):
        bent = np.tanh(rows[:, 0]) + 0.3 * rows[:, 1] * rows[:, 2]
        return scale * bent + offset * scale

    explainer = make_tabular_explainer(model, n_samples=400, random_state=0)
    return explainer.fit(table).explain_instance(table[0])


@pytest.mark.parametrize(
    ("scale", "offset", "digits"),
    [
        (1e-12, 0.0, 1e-7),
        (1e12, 0.0, 1e-7),
        (1e-9, 1e3, 1e-7),
        (1.0, 1e6, 1e-7),
        # Of sixteen digits nine are the offset's.
        (1.0, 1e9, 1e-6),
    ],
)
def test_nothing_depends_on_units(table, scale, offset, digits):
    plain, other = explain(table), explain(table, scale, offset)
    size = np.abs(plain.coef).max()
    np.testing.assert_allclose(other.coef / scale, plain.coef, atol=digits * size)
    for level in (0.5, 0.95):
        np.testing.assert_allclose(
            other.interval(level) / scale, plain.interval(level), atol=digits * size
        )
    signs = other.sign_probability(), plain.sign_probability()
    np.testing.assert_allclose(*signs, atol=1e-6)
    np.testing.assert_allclose(other.score, plain.score, atol=1e-6)
    np.testing.assert_allclose(other.loo_score, plain.loo_score, atol=1e-6)
    assert other.warnings == plain.warnings


def test_the_other_sign_mirrors_everything(table):
    plain, other = explain(table), explain(table, -1.0)
    np.testing.assert_allclose(other.coef, -plain.coef, rtol=1e-9)
    mirrored = -plain.interval()[::-1]
    np.testing.assert_allclose(other.interval(), mirrored, atol=1e-6)
