"""KernelWeightedRegressor: what weights the regressor is given."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    HuberRegressor,
    Lasso,
    LinearRegression,
    Ridge,
)
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.tree import DecisionTreeRegressor

from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.surrogate import (
    ExponentialKernel,
    KernelWeightedRegressor,
    effective_sample_size,
)

KERNEL = ExponentialKernel()


def fit(data, regressor, sample_weight=None, *, width=None, rescale="auto"):
    local = KernelWeightedRegressor(
        ExponentialKernel(width), regressor, rescale=rescale
    )
    return local.fit(data.X, data.y, sample_weight)


@pytest.mark.parametrize("width", [None, 0.4, 1.0, 50.0])
@pytest.mark.parametrize("n_targets", [None, 3])
def test_ridge_gets_the_raw_weights(width, n_targets, tools):
    """Its penalty is meant against them: LIME's own local model."""
    data = tools.make_rows(n_targets=n_targets)
    local = fit(data, Ridge(alpha=1.0), width=width)
    weights = np.exp(ExponentialKernel(width).fit(data.X).score_samples(data.X))
    plain = Ridge(alpha=1.0).fit(data.X, data.y, sample_weight=weights)
    assert_allclose(local.weights_, tools.plain_weights(data.X, width), rtol=1e-12)
    assert_allclose(local.coef_, plain.coef_, rtol=1e-10, atol=1e-12)
    assert_allclose(local.intercept_, plain.intercept_, rtol=1e-10)
    assert_allclose(local.predict(data.X), plain.predict(data.X), rtol=1e-10)


@pytest.mark.parametrize("width", [None, 0.4, 1.0, 50.0])
def test_bayesian_weights_sum_to_the_effective_sample_size(width, data, tools):
    """They stay proportional to the kernel's."""
    local = fit(data, InformativeBayesianRidge(), width=width)
    raw = tools.plain_weights(data.X, width)
    n_effective = raw.sum() ** 2 / (raw**2).sum()
    assert_allclose(local.effective_sample_size_, n_effective, rtol=1e-12)
    assert_allclose(local.weights_.sum(), n_effective, rtol=1e-12)
    assert_allclose(local.weights_ / local.weights_[0], raw / raw[0], rtol=1e-12)
    assert 1 < n_effective < len(raw)


@pytest.mark.parametrize("width", [None, 0.4])
def test_bayesian_regressor_is_fitted_with_these_weights(width, data):
    """Nothing else happens to it."""
    local = fit(data, InformativeBayesianRidge(), width=width)
    plain = InformativeBayesianRidge().fit(data.X, data.y, local.weights_)
    assert_array_equal(local.coef_, plain.coef_)
    assert local.intercept_ == plain.intercept_
    assert_array_equal(local.regressor_.sigma_, plain.sigma_)


@pytest.mark.parametrize("rescale", [True, False])
def test_rescale_can_be_chosen(regressor, rescale, data, tools):
    """Whatever the regressor; the effective sample size is stated all the same."""
    local = fit(data, regressor, rescale=rescale)
    raw = tools.plain_weights(data.X)
    n_effective = tools.plain_sample_size(raw)
    expected = raw * n_effective / raw.sum() if rescale else raw
    assert_allclose(local.weights_, expected, rtol=1e-12)
    assert_allclose(local.effective_sample_size_, n_effective, rtol=1e-12)


def searched(regressor):
    return GridSearchCV(regressor, {"fit_intercept": [True]}, cv=2)


def selected(regressor):
    return make_pipeline(SelectKBest(f_regression, k=3), regressor)


STATES_UNCERTAINTY = {
    "informative": (InformativeBayesianRidge(), True),
    "bayesian ridge": (BayesianRidge(), True),
    "ridge": (Ridge(), False),
    "linear": (LinearRegression(), False),
    "lasso": (Lasso(alpha=0.01), False),
    "tree": (DecisionTreeRegressor(random_state=0), False),
    "huber": (HuberRegressor(), False),
    "selector, informative": (selected(InformativeBayesianRidge()), True),
    "selector, ridge": (selected(Ridge()), False),
    "search, informative": (searched(InformativeBayesianRidge()), True),
    "search, ridge": (searched(Ridge()), False),
    "selector, search, informative": (
        selected(searched(InformativeBayesianRidge())),
        True,
    ),
    "selector, search, ridge": (selected(searched(Ridge())), False),
    "passthrough, informative": (
        Pipeline([("select", "passthrough"), ("last", InformativeBayesianRidge())]),
        True,
    ),
}


@pytest.mark.parametrize(
    "regressor, rescaled", STATES_UNCERTAINTY.values(), ids=STATES_UNCERTAINTY
)
def test_auto_rescales_for_regressors_that_state_an_uncertainty(
    regressor, rescaled, data, tools
):
    """It looks into pipelines and searches."""
    local = fit(data, regressor)
    raw = tools.plain_weights(data.X)
    total = tools.plain_sample_size(raw) if rescaled else raw.sum()
    assert_allclose(local.weights_.sum(), total, rtol=1e-12)


def test_regressor_without_sample_weight_is_refused(data):
    """By the regressor itself."""
    with pytest.raises(TypeError, match="sample_weight"):
        fit(data, ARDRegression())


def test_sample_weights_are_repetitions(regressor, data, tools):
    """Weight 2 is the row twice, weight 0 no row."""
    repeated = np.repeat(np.arange(len(data.X)), data.counts.astype(int))
    counted = fit(data, regressor, data.counts)
    twice = KernelWeightedRegressor(KERNEL, regressor).fit(
        data.X[repeated], data.y[repeated]
    )
    expected = tools.plain_sample_size(tools.plain_weights(data.X), data.counts)
    assert_allclose(counted.effective_sample_size_, expected, rtol=1e-12)
    assert_allclose(twice.effective_sample_size_, expected, rtol=1e-12)
    assert_allclose(counted.coef_, twice.coef_, rtol=1e-7, atol=1e-9)
    assert_allclose(counted.intercept_, twice.intercept_, rtol=1e-7, atol=1e-9)
    assert_allclose(counted.weights_.sum(), twice.weights_.sum(), rtol=1e-12)


def test_row_of_weight_zero_does_not_count_however_near_it_is(regressor, data):
    """Even where it is the instance, or its answer is absurd."""
    weights = np.ones(len(data.X))
    weights[0] = 0.0
    answers = data.y.copy()
    answers[0] = 1e6
    got = KernelWeightedRegressor(KERNEL, regressor).fit(data.X, answers, weights)
    without = KernelWeightedRegressor(KERNEL, regressor).fit(data.X[1:], data.y[1:])
    assert_allclose(got.coef_, without.coef_, rtol=1e-7, atol=1e-9)
    assert got.effective_sample_size_ == pytest.approx(without.effective_sample_size_)


def test_row_of_weight_zero_does_not_make_far_rows_vanish(regressor):
    """Rows are compared with the nearest one that counts."""
    X = np.r_[np.ones((1, 4)), 1.0 + 40.0 * np.eye(4), 1.0 - 40.0 * np.eye(4)]
    y, weights = np.arange(9.0), np.r_[0.0, np.ones(8)]
    local = KernelWeightedRegressor(ExponentialKernel(1.0), regressor)
    local.fit(X, y, weights)
    assert_allclose(local.effective_sample_size_, 8.0, rtol=1e-9)
    assert np.isfinite(local.weights_).all() and local.weights_[0] == 0


@pytest.mark.parametrize("weights", [np.zeros(120), -np.ones(120), np.ones(7)])
def test_bad_sample_weights(weights, regressor, data):
    """All zero, negative, too few."""
    with pytest.raises(ValueError, match=r"[Ww]eight"):
        fit(data, regressor, weights)


def test_vanishing_weights_name_distance_and_width(regressor, data):
    """The nearest row but the instance is at distance 1."""
    lonely = (data.X.mean(axis=1) < 1) | (np.arange(len(data.X)) == 0)
    data.X, data.y = data.X[lonely], data.y[lonely]
    match = r"nearest .*at distance 1 where the kernel's width is 0\.001"
    with pytest.raises(ValueError, match=match):
        fit(data, regressor, width=1e-3)


@pytest.mark.parametrize("log_weight", [-20.0, -27.0, -29.0, -50.0, -600.0, -800.0])
def test_message_of_vanishing_weights_is_true(log_weight):
    """Weights that meet the bound the message states do not raise."""
    X = 1.0 + np.sqrt(-2 * log_weight) * np.arange(4.0)[:, None]
    local = KernelWeightedRegressor(ExponentialKernel(1.0), Ridge())
    try:
        local.fit(X, np.arange(4.0))
    except ValueError as error:
        pattern = r"log weight (-[\d.e+]+).*expected some above (-\d+)"
        got, bound = map(float, re.search(pattern, str(error)).groups())
        assert got == pytest.approx(log_weight, rel=1e-3)
        assert got < bound


def test_message_of_vanishing_weights_states_the_distance_without_the_instance():
    """The second nearest row is at distance 20, however far the nearest is."""
    local = KernelWeightedRegressor(ExponentialKernel(1.0, reference=[0.0]), Ridge())
    with pytest.raises(ValueError, match=r"at distance 20 where the kernel's width"):
        local.fit([[10.0], [20.0], [30.0]], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("counts", [[2, 1, 1], [1, 2, 1], [5, 0, 2], [1, 1, 1]])
def test_weights_vanish_alike_for_a_row_of_weight_2_and_the_row_twice(counts):
    """Repetitions do not decide on whether there is an error."""
    X, y = np.array([[1.0], [50.0], [90.0]]), np.arange(3.0)
    local = KernelWeightedRegressor(ExponentialKernel(1.0), Ridge())

    def fails(*rows):
        try:
            local.fit(*rows)
        except ValueError:
            return True
        return False

    twice = np.repeat(np.arange(3), counts)
    assert fails(X, y, np.array(counts, float)) == fails(X[twice], y[twice])


@pytest.mark.parametrize("scale", [1e-6, 1 / 120, 0.0125, 0.02, 30.0])
def test_sample_weights_of_any_scale(scale, data):
    """Weights below 1, or that sum to about 1, do not count as vanished."""
    got = fit(data, LinearRegression(), np.full(len(data.X), scale))
    plain = fit(data, LinearRegression())
    assert_allclose(got.coef_, plain.coef_, rtol=1e-7, atol=1e-9)
    expected = scale * plain.effective_sample_size_
    assert_allclose(got.effective_sample_size_, expected, rtol=1e-12)


@pytest.mark.parametrize("distance", [30.0, 40.0, 1e3])
def test_rows_all_equally_far_are_worth_the_same(distance, regressor):
    """Only differences of log weights matter, where weights would all be zero."""
    X = 1.0 + distance * np.r_[np.eye(4), -np.eye(4)]
    y = np.arange(8.0)
    local = KernelWeightedRegressor(ExponentialKernel(1.0), regressor).fit(X, y)
    assert_allclose(local.effective_sample_size_, 8.0, rtol=1e-9)
    assert np.isfinite(local.coef_).all()


def test_raw_weights_too_small_for_a_float_are_divided_by_the_largest():
    """As the docstring says; ratios are kept."""
    log_weights = np.array([-800.0, -801.0, -800.5])
    X = 1.0 + np.sqrt(-2 * log_weights)[:, None]
    local = KernelWeightedRegressor(ExponentialKernel(1.0), Ridge()).fit(X, [1, 2, 3.0])
    assert_allclose(local.weights_, np.exp(log_weights + 800.0), rtol=1e-9)


def test_one_row(regressor):
    """It is worth one row, and is predicted exactly if there is an intercept."""
    local = KernelWeightedRegressor(KERNEL, regressor).fit([[1.0, 1.0, 0.0]], [2.5])
    assert local.effective_sample_size_ == pytest.approx(1.0)
    assert np.isfinite(local.coef_).all()
    if getattr(regressor, "fit_intercept", True):
        assert_allclose(local.predict([[1.0, 1.0, 0.0]]), [2.5], rtol=1e-10)


@pytest.mark.parametrize("count", [1.0, 3.0])
def test_one_row_that_counts(regressor, count, data):
    """As if it were there so many times, and alone."""
    weights = np.zeros(len(data.X))
    weights[4] = count
    local = fit(data, regressor, weights)
    assert local.effective_sample_size_ == pytest.approx(count)
    assert np.isfinite(local.coef_).all()


@pytest.mark.parametrize("covariance", ["posterior", "robust"])
def test_standard_deviations_are_the_regressors(covariance, data):
    """With and without a selector."""
    bayes = InformativeBayesianRidge(covariance=covariance)
    for regressor in (bayes, selected(bayes)):
        local = fit(data, regressor)
        mean, std = local.predict(data.X, return_std=True)
        expected = local.regressor_.predict(data.X, return_std=True)
        assert_array_equal(mean, expected[0])
        assert_array_equal(std, expected[1])
        assert_array_equal(mean, local.predict(data.X))
        assert (std > 0).all()


def test_standard_deviations_of_a_search_are_its_best_estimators(data):
    """A search over a regressor that states an uncertainty states one too."""
    local = fit(data, searched(InformativeBayesianRidge()))
    mean, std = local.predict(data.X, return_std=True)
    expected = local.regressor_.best_estimator_.predict(data.X, return_std=True)
    assert_array_equal(mean, expected[0])
    assert_array_equal(std, expected[1])


@pytest.mark.parametrize("n_targets", [2, 3])
def test_several_answers_are_fitted_as_one_by_one(n_targets, regressor, tools):
    """Shapes have the targets first in coefficients, last in predictions."""
    data = tools.make_rows(n_targets=n_targets)
    local = fit(data, regressor)
    assert local.coef_.shape == (n_targets, 6)
    assert local.predict(data.X).shape == (120, n_targets)
    for k, y in enumerate(data.y.T):
        alone = KernelWeightedRegressor(KERNEL, regressor).fit(data.X, y)
        assert_allclose(local.coef_[k], alone.coef_, rtol=1e-7, atol=1e-9)
        assert_allclose(
            local.predict(data.X)[:, k], alone.predict(data.X), rtol=1e-7, atol=1e-8
        )


def test_one_column_of_answers_is_fitted_like_a_vector(regressor, tools):
    """Shapes are the regressor's own, which differ for one column."""
    data = tools.make_rows(n_targets=1)
    column = fit(data, regressor)
    alone = KernelWeightedRegressor(KERNEL, regressor).fit(data.X, data.y[:, 0])
    assert column.coef_.shape == column.regressor_.coef_.shape
    assert_allclose(np.ravel(column.coef_), alone.coef_, rtol=1e-9, atol=1e-12)
    predicted = column.predict(data.X)
    assert predicted.shape == column.regressor_.predict(data.X).shape
    assert_allclose(np.ravel(predicted), alone.predict(data.X), rtol=1e-9, atol=1e-12)


def test_several_answers_have_standard_deviations(tools):
    """One for each row and answer."""
    data = tools.make_rows(n_targets=2)
    local = fit(data, InformativeBayesianRidge())
    mean, std = local.predict(data.X, return_std=True)
    assert mean.shape == std.shape == (120, 2)


def test_regressor_of_one_answer_refuses_several(tools):
    """As the regressor itself does."""
    data = tools.make_rows(n_targets=2)
    with pytest.raises(ValueError, match=r"y should be a 1d array|1d array"):
        fit(data, BayesianRidge())


@pytest.mark.parametrize("n_targets", [None, 2])
def test_sparse_rows_give_what_dense_ones_do(regressor, n_targets, tools):
    """In fit and predict."""
    data = tools.make_rows(n_targets=n_targets)
    dense = fit(data, regressor)
    thin = KernelWeightedRegressor(KERNEL, regressor).fit(
        sparse.csr_matrix(data.X), data.y
    )
    assert_allclose(thin.coef_, dense.coef_, rtol=1e-5, atol=1e-6)
    assert_allclose(
        thin.predict(sparse.csr_matrix(data.X)),
        dense.predict(data.X),
        rtol=1e-5,
        atol=1e-6,
    )


def test_weighing_and_fitting_apart_is_fitting(regressor, tools):
    """One weighing serves the fits of several answers, one after the other."""
    data = tools.make_rows(n_targets=2)
    apart = KernelWeightedRegressor(KERNEL, regressor)
    weights = apart.weigh(data.X, data.counts)
    for y in data.y.T:
        whole = KernelWeightedRegressor(KERNEL, regressor).fit(data.X, y, data.counts)
        assert_array_equal(weights, whole.weights_)
        assert_array_equal(apart.fit_weighted(data.X, y, weights).coef_, whole.coef_)
        assert apart.effective_sample_size_ == whole.effective_sample_size_


def test_kernels_own_reference_is_used(data):
    """And the parts given are cloned, never fitted themselves."""
    kernel, regressor = ExponentialKernel(reference=np.zeros(6)), Ridge()
    local = KernelWeightedRegressor(kernel, regressor).fit(data.X, data.y)
    expected = clone(kernel).fit(data.X).score_samples(data.X)
    assert_allclose(local.weights_, np.exp(expected), rtol=1e-12)
    assert not hasattr(kernel, "width_")
    assert not hasattr(regressor, "coef_")


class FlatKernel:
    """A kernel from elsewhere, which knows no width."""

    def get_params(self, deep=False):
        return {}

    def fit(self, X):
        return self

    def score_samples(self, X):
        return np.full(X.shape[0], 3.0)

    def __sklearn_tags__(self):
        return KERNEL.__sklearn_tags__()


def test_any_kernel_with_log_weights_can_be_used(data):
    """A constant one, of any height, is no weighting at all."""
    local = KernelWeightedRegressor(FlatKernel(), LinearRegression())
    local.fit(data.X, data.y)
    plain = LinearRegression().fit(data.X, data.y)
    assert_allclose(local.coef_, plain.coef_, rtol=1e-9, atol=1e-10)
    assert local.effective_sample_size_ == pytest.approx(len(data.X))


@pytest.mark.parametrize("part", ["kernel", "regressor"])
def test_parts_of_the_wrong_kind(part, data):
    """A kernel must score samples, a regressor predict."""
    parts = {"kernel": KERNEL, "regressor": Ridge(), part: "none"}
    with pytest.raises(ValueError, match=f"'{part}' parameter of Kernel"):
        KernelWeightedRegressor(**parts).fit(data.X, data.y)


def test_unfitted_says_so():
    """With scikit-learn's error."""
    with pytest.raises(NotFittedError):
        KernelWeightedRegressor(KERNEL, Ridge()).predict([[1.0]])


class TestEffectiveSampleSize:
    """Kish's formula."""

    @pytest.mark.parametrize("n", [1, 2, 50])
    def test_equal_weights_are_worth_their_number(self, n):
        """Whatever the weight."""
        assert effective_sample_size(np.full(n, 0.3)) == pytest.approx(n)

    def test_is_kishs_formula(self, tools):
        """Row by row, with and without repetitions."""
        data = tools.make_rows()
        weights = tools.plain_weights(data.X)
        got = effective_sample_size(weights)
        assert got == pytest.approx(tools.plain_sample_size(weights), rel=1e-12)
        got = effective_sample_size(weights, data.counts)
        expected = tools.plain_sample_size(weights, data.counts)
        assert got == pytest.approx(expected, rel=1e-12)
        assert isinstance(got, float)

    @pytest.mark.parametrize("scale", [1e-100, 7.0, 1e100])
    def test_has_no_units_and_lies_between_1_and_n(self, scale):
        """A common factor does not matter."""
        weights = np.random.default_rng(0).random(30)
        got = effective_sample_size(weights)
        assert 1 < got < 30
        assert effective_sample_size(scale * weights) == pytest.approx(got, rel=1e-12)

    def test_takes_lists(self):
        """Both arguments are array-like."""
        assert effective_sample_size([1, 1, 0]) == 2.0
        assert effective_sample_size([1, 1, 0], [2, 1, 5]) == 3.0
