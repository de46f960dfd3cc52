"""Numbers of any size: right, or refused before the first query with what to do."""

import numpy as np
import pytest

from sklearn_baylime import (
    InformativeBayesianRidge,
    Prior,
    make_tabular_explainer,
)
from sklearn_baylime.surrogate import ExponentialKernel

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3))


class Asked:
    """A model that counts its rows."""

    def __init__(self, unit=1.0):
        self.unit, self.count = unit, 0

    def __call__(self, rows):
        self.count += len(rows)
        return self.unit * (rows[:, 0] + np.sin(rows[:, 1]))


def explain(model, x=X[0], background=X, prior=None, **settings):
    explainer = make_tabular_explainer(
        model, **{"n_samples": 200, "random_state": 0, **settings}
    ).fit(background)
    return explainer.explain_instance(x, prior=prior)


@pytest.mark.parametrize(
    ("prior", "words"),
    [
        (Prior(1e160), r"prior_mean is as large as 1e\+160, expected at most 1e\+100"),
        (-1e160, "prior_mean is as large as"),
        ([0.0, 1e300, 0.0], r"prior_mean is as large as 1e\+300"),
        (Prior(1.0, scale=1e200), "prior_scale is as large as"),
        (Prior(0.1, precision=1e300), "prior_precision is as large as"),
        (Prior(0.1, precision=1e-300), "prior_precision is as small as"),
        (Prior(0.1, precision=[1.0, 1e-200, 1.0]), "prior_precision is as small as"),
        (Prior(0.0, precision=1e-200 * np.eye(3)), "prior_precision is as small as"),
    ],
)
def test_priors_that_cannot_be_squared_are_refused_unasked(prior, words):
    model = Asked()
    with pytest.raises(ValueError, match=words):
        explain(model, prior=prior)
    assert model.count == 0


@pytest.mark.parametrize("mean", [1e10, -1e60, 1e100])
def test_a_huge_mean_whose_trust_is_learned_is_worth_nothing(mean):
    plain, told = explain(Asked()), explain(Asked(), prior=Prior(mean))
    np.testing.assert_allclose(told.coef, plain.coef, atol=0.1 * plain.std.max())
    assert np.nanmax(told.prior_odds["stated"]) < 0.01


@pytest.mark.parametrize("precision", [1e20, 1e60, 1e100])
@pytest.mark.parametrize("n", [1, 2, 40])
@pytest.mark.parametrize("constant", [True, False])
def test_precise_priors_are_met_with_any_number_of_rows(precision, n, constant):
    rows = (np.random.default_rng(0).random((n, 3)) < 0.5) * 1.0
    answers = np.zeros(n) if constant else rows[:, 0]
    regressor = InformativeBayesianRidge(
        covariance="robust",
        trust="integrate",
        prior_dof="mixed",
        prior_odds="open",
        prior_mean=0.1,
        prior_precision=precision,
    ).fit(rows, answers)
    assert np.isfinite(regressor.sigma_).all()
    assert (regressor.marginals_[0].interval()[0] <= regressor.coef_).all()


@pytest.mark.parametrize("unit", [1e-90, 1e-40, 1e-12, 1e12, 1e20, 1e40, 1e95])
def test_answers_have_no_unit(unit):
    plain, scaled = explain(Asked()), explain(Asked(unit))
    size = np.abs(plain.coef).max()
    np.testing.assert_allclose(scaled.coef / unit, plain.coef, atol=1e-6 * size)
    np.testing.assert_allclose(scaled.std / unit, plain.std, rtol=1e-4)
    ends = np.array([e.interval() for e in (plain, scaled)])
    np.testing.assert_allclose(ends[1] / unit, ends[0], atol=1e-4 * size)
    np.testing.assert_allclose(
        scaled.sign_probability(), plain.sign_probability(), atol=1e-4
    )


@pytest.mark.parametrize("unit", [1e120, 1e155, 1e300])
def test_answers_that_cannot_be_squared_are_refused(unit):
    words = r"to row 0, expected finite numbers of at most 1e\+100"
    with pytest.raises(ValueError, match=words) as caught:
        explain(Asked(unit))
    assert caught.value.neighborhood is not None


@pytest.mark.parametrize("power", [-300, -150, 150, 300])
def test_bins_take_columns_of_any_size(power):
    def model(rows):
        return rows[:, 1] + 2.0 * (rows[:, 0] > 0)

    scaled = X * [10.0**power, 1.0, 1.0]
    # Other rows are drawn at another instance.
    plain = explain(model, n_samples=5000)
    found = explain(model, scaled[0], scaled, n_samples=5000)
    np.testing.assert_allclose(found.coef, plain.coef, atol=4 * plain.std.max())


def test_a_scale_has_no_place_for_columns_that_cannot_be_squared():
    model, scaled = Asked(), X * [1e300, 1.0, 1.0]
    with pytest.raises(
        ValueError, match=r"Column 'x0' .* e?.*expected at most 1e\+150"
    ):
        explain(model, scaled[0], scaled, discretizer=None)
    assert model.count == 0


def test_an_instance_far_from_all_says_how_far():
    x = X[0] * [1e300, 1.0, 1.0]
    with pytest.raises(ValueError, match=r"All kernel weights vanish .*wider kernel"):
        explain(lambda rows: rows[:, 1], x, discretizer=None)


@pytest.mark.parametrize("width", [1e-300, 1e-160, 1e160, 1e300])
def test_widths_of_any_size_give_finite_weights(width):
    rows = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    logs = ExponentialKernel(width).fit(rows).score_samples(rows)
    assert np.isfinite(logs).all()
    assert logs[0] == 0 and (np.diff(logs) <= 0).all()
    assert np.exp(logs[2]) == (1.0 if width > 1 else 0.0)


@pytest.mark.parametrize(
    ("settings", "rows", "answers", "weights", "words"),
    [
        ({}, 1e200 * X, X[:, 0], None, "X is as large as"),
        ({}, X, 1e200 * X[:, 0], None, "y is as large as"),
        ({}, X, X[:, 0], np.full(200, 1e300), "sample_weight is as large as"),
        ({"noise_precision": 1e300}, X, X[:, 0], None, "noise_precision is as large"),
        ({"noise_precision": 1e-300}, X, X[:, 0], None, "noise_precision is as small"),
    ],
)
def test_the_regressor_refuses_what_it_cannot_square(
    settings, rows, answers, weights, words
):
    with pytest.raises(ValueError, match=words):
        InformativeBayesianRidge(**settings).fit(rows, answers, weights)


def test_a_variance_beside_a_huge_one_is_not_below_zero():
    rows = np.array([[1.0, 1], [0, 0], [0, 0], [0, 1], [0, 0]])
    regressor = InformativeBayesianRidge(covariance="robust", prior_mean=1e8)
    regressor.fit(rows, np.full(5, 1.8))
    assert (np.diagonal(regressor.sigma_) >= 0).all()


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 0, 1], [1, 0, 3, 2]])
def test_a_column_like_the_baseline_s_has_no_weight_wherever_it_stands(order):
    """Its mean's rounding once came back as a weight, exact and wrong."""
    weights = np.array([0.3, 0.0, -0.2, 0.1])[order]
    x, baseline = np.array([2.0, 5.0, 2.0, 2.0])[order], np.array([1.0, 5, 1, 1])[order]

    def model(rows):
        return (rows - baseline) @ weights + 0.01 * (rows - baseline).prod(axis=1)

    explainer = make_tabular_explainer(
        model, baseline=baseline, kernel_width=20.0, n_samples=30, random_state=0
    ).fit(np.arange(12.0).reshape(3, 4))
    found = explainer.explain_instance(x)
    assert found.exact
    np.testing.assert_allclose(found.coef[0], weights, atol=1e-12)


def test_the_interval_holds_the_weight_of_a_skewed_marginal():
    """Few rows, met but for a doubt: the mean lies beyond the quantiles."""
    rng = np.random.default_rng(0)
    background = 1e-9 * rng.normal(size=(40, 4))
    explainer = make_tabular_explainer(
        lambda rows: np.column_stack([rows[:, 0], -rows[:, 0]]),
        discretizer=None,
        sampler="truncated",
        n_samples=5,
        random_state=0,
    ).fit(background)
    for x in background:
        found = explainer.explain_instance(x, targets="all")
        low, high = found.interval()
        assert (low <= found.coef).all() and (found.coef <= high).all()
