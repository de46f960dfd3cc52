"""Theory of the posterior mean and covariance, mostly at given precisions.

The labels T1 to T18 are those of the project's reference on BayLIME, section 8.
"""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg, sparse

from sklearn_baylime.linear_model import InformativeBayesianRidge

ALPHA = 3.0


def given(precision, *, alpha=ALPHA, mean=0.0, fit_intercept=True):
    return InformativeBayesianRidge(
        prior_mean=mean,
        prior_precision=precision,
        noise_precision=alpha,
        fit_intercept=fit_intercept,
    )


@pytest.fixture(params=[True, False], ids=["intercept", "no intercept"])
def fit_intercept(request):
    return request.param


def least_squares(rows):
    return linalg.lstsq(rows.A, rows.c)[0]


def test_t1_mean_is_a_matrix_average_of_prior_and_least_squares(
    make_precision, fit_intercept, tools
):
    data = tools.make_data()
    mean, precision = data.rng.normal(size=5), make_precision(5, data.rng)
    estimator = given(precision, mean=mean, fit_intercept=fit_intercept)
    estimator.fit(data.X, data.y, data.s)
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    of_prior = estimator.sigma_ @ tools.as_matrix(precision, 5)
    of_data = ALPHA * estimator.sigma_ @ rows.A.T @ rows.A
    assert_allclose(of_prior + of_data, np.eye(5), atol=1e-10)
    average = of_prior @ mean + of_data @ least_squares(rows)
    assert_allclose(estimator.coef_, average, rtol=1e-9)


@pytest.mark.parametrize(
    "params",
    [
        {"prior_precision": 2.0, "noise_precision": 3.0},
        {"prior_precision": 2.0},
        {"noise_precision": 3.0},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_t2_prior_mean_is_a_shift_of_the_answers(shape, params, tools):
    """Regressing what the prior leaves unexplained, at any kind of precisions."""
    data = tools.make_data(*shape)
    mean = data.rng.normal(size=shape[1])
    informed = tools.fitted(data, prior_mean=mean, **params)
    data.y = data.y - data.X @ mean
    shifted = tools.fitted(data, **params)
    assert_allclose(informed.coef_, mean + shifted.coef_, rtol=1e-7)
    tools.assert_same_fit(informed, shifted, rtol=1e-7, skip=("coef_",))


def test_t3_mean_is_linear_in_the_prior_mean(make_precision, tools):
    data = tools.make_data()
    mean, precision = data.rng.normal(size=5), make_precision(5, data.rng)
    none, once, twice = (
        given(precision, mean=k * mean).fit(data.X, data.y, data.s) for k in range(3)
    )
    change = none.sigma_ @ tools.as_matrix(precision, 5) @ mean
    assert_allclose(once.coef_ - none.coef_, change, rtol=1e-8)
    assert_allclose(twice.coef_ - none.coef_, 2 * change, rtol=1e-8)


def test_prior_share_is_what_a_unit_of_prior_mean_adds(make_precision, tools):
    """True of diagonal precisions; a matrix adds to other features as well."""
    data = tools.make_data()
    precision = make_precision(5, data.rng)
    precision = np.diag(precision) if np.ndim(precision) == 2 else precision
    base = given(precision).fit(data.X, data.y, data.s)
    for j, unit in enumerate(np.eye(5)):
        moved = given(precision, mean=unit).fit(data.X, data.y, data.s)
        change = moved.coef_[j] - base.coef_[j]
        assert_allclose(base.prior_share_[j], change, rtol=1e-8)


@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_t4_prior_is_further_rows(shape, make_precision, fit_intercept, tools):
    """Least squares on data and prior, each scaled by the root of its precision."""
    data = tools.make_data(*shape)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    root = linalg.cholesky(tools.as_matrix(precision, d))
    A = np.vstack([np.sqrt(ALPHA) * rows.A, root])
    c = np.hstack([np.sqrt(ALPHA) * rows.c, root @ mean])
    estimator = given(precision, mean=mean, fit_intercept=fit_intercept)
    estimator.fit(data.X, data.y, data.s)
    assert_allclose(estimator.coef_, linalg.lstsq(A, c)[0], rtol=1e-8)


@pytest.mark.parametrize("factor", [1e-6, 0.1, 7.0, 1e6])
def test_t5_only_the_ratio_of_the_precisions_moves_the_mean(factor, tools):
    data = tools.make_data()
    base = given(2.0, mean=1.0).fit(data.X, data.y, data.s)
    scaled = given(2.0 * factor, alpha=ALPHA * factor, mean=1.0)
    scaled.fit(data.X, data.y, data.s)
    assert_allclose(scaled.coef_, base.coef_, rtol=1e-10)
    assert_allclose(scaled.sigma_ * factor, base.sigma_, rtol=1e-9, atol=1e-12)


def test_t6_one_feature_in_closed_form(fit_intercept, tools):
    data = tools.make_data(30, 1)
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    square = (rows.A**2).sum()
    information = 2.0 + ALPHA * square
    estimator = given(2.0, mean=0.7, fit_intercept=fit_intercept)
    estimator.fit(data.X, data.y, data.s)
    mean = (2.0 * 0.7 + ALPHA * square * least_squares(rows)[0]) / information
    assert_allclose(estimator.coef_[0], mean, rtol=1e-12)
    assert_allclose(estimator.sigma_[0, 0], 1 / information, rtol=1e-12)


@pytest.mark.parametrize(("intercept", "share"), [(True, 1 / 4), (False, 1 / 2)])
def test_t7_masks_count_a_quarter_with_and_half_without_intercept(intercept, share):
    """Posterior precision of one superpixel over all masks of four."""
    masks = np.array(list(itertools.product([0, 1], repeat=4)))
    estimator = given(2.0, fit_intercept=intercept).fit(masks, masks @ np.ones(4))
    information = np.diag(np.linalg.inv(estimator.sigma_))
    assert_allclose(information, 2.0 + ALPHA * share * len(masks), rtol=1e-12)


def test_t8_flat_prior_is_weighted_least_squares(fit_intercept, tools):
    data = tools.make_data()
    rows = tools.center(data.X, data.y, data.s, fit_intercept)
    estimator = given(1e-9, mean=5.0, fit_intercept=fit_intercept)
    estimator.fit(data.X, data.y, data.s)
    assert_allclose(estimator.coef_, least_squares(rows), rtol=1e-7)
    covariance = np.linalg.inv(rows.A.T @ rows.A) / ALPHA
    assert_allclose(estimator.sigma_, covariance, rtol=1e-7, atol=1e-10)


def test_t8_flat_prior_interpolates_nearest_to_the_prior_mean(tools):
    data = tools.make_data(8, 20)
    mean = data.rng.normal(size=20)
    rows = tools.center(data.X, data.y, data.s)
    estimator = given(1e-9, mean=mean).fit(data.X, data.y, data.s)
    nearest = mean + linalg.pinv(rows.A) @ (rows.c - rows.A @ mean)
    assert_allclose(estimator.coef_, nearest, rtol=1e-6)
    assert_allclose(estimator.predict(data.X), data.y, rtol=1e-6)


@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_t9_infinite_trust_gives_the_prior_mean(
    shape, covariance, make_precision, tools
):
    data = tools.make_data(*shape)
    mean, precision = data.rng.normal(size=shape[1]), make_precision(shape[1], data.rng)
    params = {"prior_precision": 1e12 * np.asarray(precision), "prior_mean": mean}
    if np.ndim(precision) == 0:
        params["prior_precision"] = 1e12 * precision
    estimator = tools.fitted(data, noise_precision=3.0, covariance=covariance, **params)
    assert_allclose(estimator.coef_, mean, rtol=1e-8)
    assert np.abs(estimator.sigma_).max() < 1e-11
    assert_allclose(np.atleast_1d(estimator.prior_share_), 1.0, rtol=1e-8)


@pytest.mark.parametrize("vanishing", ["weights", "noise precision"])
@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_t10_no_information_gives_the_prior_itself(
    vanishing, shape, make_precision, tools
):
    data = tools.make_data(*shape)
    d = shape[1]
    mean, precision = data.rng.normal(size=d), make_precision(d, data.rng)
    tiny_weights = vanishing == "weights"
    s = data.s * (1e-14 if tiny_weights else 1.0)
    alpha = ALPHA if tiny_weights else 1e-14
    estimator = given(precision, alpha=alpha, mean=mean).fit(data.X, data.y, s)
    prior_covariance = np.linalg.inv(tools.as_matrix(precision, d))
    assert_allclose(estimator.coef_, mean, rtol=1e-9)
    assert_allclose(estimator.sigma_, prior_covariance, rtol=1e-9, atol=1e-11)
    assert_allclose(estimator.prior_share_, 1.0, rtol=1e-9)


@pytest.mark.parametrize("n_rows", [1, 3])
def test_t10_equal_rows_give_the_prior_itself(n_rows, make_precision, tools):
    data = tools.make_data(n_rows, 4)
    X = np.repeat(data.X[:1], n_rows, axis=0)
    mean, precision = data.rng.normal(size=4), make_precision(4, data.rng)
    estimator = given(precision, mean=mean).fit(X, data.y, data.s)
    prior_covariance = np.linalg.inv(tools.as_matrix(precision, 4))
    assert_allclose(estimator.coef_, mean, rtol=1e-10)
    assert_allclose(estimator.sigma_, prior_covariance, rtol=1e-10, atol=1e-12)
    assert_allclose(estimator.prior_share_, 1.0, rtol=1e-10)


@pytest.mark.parametrize("covariance", ["posterior", "robust"])
def test_unseen_directions_keep_the_prior_variance(covariance, tools):
    """With fewer rows than columns the null space keeps mean and 1/lambda."""
    data = tools.make_data(8, 20)
    mean = data.rng.normal(size=20)
    estimator = tools.fitted(
        data,
        prior_mean=mean,
        prior_precision=4.0,
        noise_precision=3.0,
        covariance=covariance,
    )
    unseen = linalg.null_space(tools.center(data.X, data.y, data.s).A)
    assert unseen.shape == (20, 13)
    assert_allclose(estimator.sigma_ @ unseen, unseen / 4.0, atol=1e-12)
    assert_allclose(unseen.T @ estimator.coef_, unseen.T @ mean, atol=1e-12)


@pytest.mark.parametrize("constant", [0.0, 1.0, 0.1, -1e6])
@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix], ids=["dense", "csr"])
@pytest.mark.parametrize("shape", [(40, 5), (4, 9)], ids=str)
def test_constant_columns_keep_the_prior(shape, make, constant, tools):
    data = tools.make_data(*shape)
    data.X[:, 2] = constant
    mean, precision = np.arange(1.0, shape[1] + 1), np.arange(2.0, shape[1] + 2)
    estimator = given(precision, mean=mean).fit(make(data.X), data.y, data.s)
    assert_allclose(estimator.coef_[2], mean[2], rtol=1e-6)
    assert_allclose(estimator.sigma_[2, 2], 1 / precision[2], rtol=1e-6)
    assert_allclose(estimator.prior_share_[2], 1.0, rtol=1e-6)
    rest = np.arange(shape[1]) != 2
    other = given(precision[rest], mean=mean[rest])
    other.fit(data.X[:, rest], data.y, data.s)
    assert_allclose(estimator.coef_[rest], other.coef_, rtol=1e-6)
    assert_allclose(estimator.conflict_, other.conflict_, rtol=1e-6)
    off = np.ix_(rest, rest)
    assert_allclose(estimator.sigma_[off], other.sigma_, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("factor", [1e4, 1e8])
def test_t11_many_rows_outweigh_any_prior(factor, make_precision, tools):
    data = tools.make_data()
    precision = make_precision(5, data.rng)
    estimator = given(precision, mean=10.0).fit(data.X, data.y, factor * data.s)
    exact = least_squares(tools.center(data.X, data.y, data.s))
    error = np.abs(estimator.coef_ - exact).max()
    assert error < 100 / factor
    assert np.diag(estimator.sigma_).max() < 1 / factor


@pytest.mark.parametrize("factor", [1e-5, 0.3, 50.0])
def test_t12_weights_times_noise_precision_is_what_counts(factor, tools):
    data = tools.make_data()
    weighted = given(2.0, mean=1.0).fit(data.X, data.y, factor * data.s)
    precise = given(2.0, alpha=ALPHA * factor, mean=1.0)
    precise.fit(data.X, data.y, data.s)
    assert_allclose(weighted.coef_, precise.coef_, rtol=1e-10)
    assert_allclose(weighted.intercept_, precise.intercept_, rtol=1e-10)
    assert_allclose(weighted.sigma_, precise.sigma_, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("precision", [0.5, 1.0, 40.0])
def test_t13_equal_precisions_and_no_prior_mean_are_limes_ridge(precision, tools):
    """All full-information modes with equal precisions are one ridge of strength 1."""
    data = tools.make_data()
    rows = tools.center(data.X, data.y, data.s)
    ridge = linalg.solve(rows.A.T @ rows.A + np.eye(5), rows.A.T @ rows.c)
    estimator = given(precision, alpha=precision).fit(data.X, data.y, data.s)
    assert_allclose(estimator.coef_, ridge, rtol=1e-10)


def test_t14_posterior_of_one_batch_is_the_prior_of_the_next(make_precision, tools):
    """Without intercept, whose centring would change with the batches."""
    data = tools.make_data(40, 5)
    params = {"prior_mean": 0.5, "prior_precision": make_precision(5, data.rng)}
    batch, rest = slice(0, 12), slice(12, None)
    estimator = InformativeBayesianRidge(
        **params, noise_precision=ALPHA, fit_intercept=False
    )
    estimator.fit(data.X[batch], data.y[batch], data.s[batch])
    second = given(
        np.linalg.inv(estimator.sigma_), mean=estimator.coef_, fit_intercept=False
    )
    second.fit(data.X[rest], data.y[rest], data.s[rest])
    estimator.fit(data.X, data.y, data.s)
    assert_allclose(second.coef_, estimator.coef_, rtol=1e-9)
    assert_allclose(second.sigma_, estimator.sigma_, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("alpha", [1e-3, 1.0, 1e3])
def test_t15_a_prior_that_agrees_with_the_data_changes_nothing(
    alpha, make_precision, tools
):
    data = tools.make_data()
    exact = least_squares(tools.center(data.X, data.y, data.s))
    precision = make_precision(5, data.rng)
    estimator = given(precision, alpha=alpha, mean=exact)
    estimator.fit(data.X, data.y, data.s)
    assert_allclose(estimator.coef_, exact, rtol=1e-9)
    assert_allclose(estimator.conflict_, 1.0, atol=1e-9)


@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_t16_each_direction_is_shrunk_by_its_own_information(shape, tools):
    data = tools.make_data(*shape)
    d = shape[1]
    mean = data.rng.normal(size=d)
    rows = tools.center(data.X, data.y, data.s)
    values, vectors = np.linalg.eigh(rows.A.T @ rows.A)
    values = np.maximum(values, 0.0)
    share = 2.0 / (2.0 + ALPHA * values)
    estimator = given(2.0, mean=mean).fit(data.X, data.y, data.s)
    exact = linalg.pinv(rows.A) @ rows.c
    along = share * (vectors.T @ mean) + (1 - share) * (vectors.T @ exact)
    assert_allclose(vectors.T @ estimator.coef_, along, rtol=1e-6, atol=1e-9)
    n_fitted = (ALPHA * values / (2.0 + ALPHA * values)).sum()
    assert_allclose(estimator.prior_share_.sum(), d - n_fitted, rtol=1e-9)


@pytest.mark.parametrize("prior_scale", [1.0, "fit"])
@pytest.mark.parametrize("covariance", ["posterior", "robust"])
@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_t17_order_and_signs_of_columns_do_not_matter(
    shape, covariance, prior_scale, tools
):
    data = tools.make_data(*shape)
    d = shape[1]
    order, sign = data.rng.permutation(d), data.rng.choice([-1.0, 1.0], size=d)
    mean, precision = data.rng.normal(size=d), data.rng.uniform(0.5, 2, size=d)
    params = {"covariance": covariance, "prior_scale": prior_scale}
    base = tools.fitted(data, prior_mean=mean, prior_precision=precision, **params)
    data.X = data.X[:, order] * sign
    turned = tools.fitted(
        data, prior_mean=mean[order] * sign, prior_precision=precision[order], **params
    )
    assert_allclose(turned.coef_, base.coef_[order] * sign, rtol=1e-7, atol=1e-10)
    expected = base.sigma_[np.ix_(order, order)] * np.outer(sign, sign)
    # Leverages of 1 - 1e-6 cost the leave-one-out residuals their last digits.
    rtol = 1e-4 if covariance == "robust" else 1e-7
    assert_allclose(turned.sigma_, expected, rtol=rtol, atol=1e-2 * rtol)
    skip = ("coef_", "sigma_", "lambda_", "prior_share_")
    tools.assert_same_fit(turned, base, rtol=1e-7, skip=skip)


@pytest.mark.parametrize("prior_precision", [None, 2.0])
def test_order_of_rows_does_not_matter(prior_precision, tools):
    data = tools.make_data()
    base = tools.fitted(data, prior_precision=prior_precision)
    order = data.rng.permutation(40)
    data.X, data.y, data.s = data.X[order], data.y[order], data.s[order]
    shuffled = tools.fitted(data, prior_precision=prior_precision)
    tools.assert_same_fit(shuffled, base, rtol=1e-9)


def test_t17_variance_is_below_the_priors_and_falls_with_each_row(
    make_precision, tools
):
    data = tools.make_data(12, 5)
    precision = make_precision(5, data.rng)
    bound = np.linalg.inv(tools.as_matrix(precision, 5))
    for n in range(1, 13):
        estimator = given(precision, fit_intercept=False)
        sigma = estimator.fit(data.X[:n], data.y[:n]).sigma_
        assert np.linalg.eigvalsh(bound - sigma).min() > -1e-12
        bound = sigma


def test_t18_intercept_goes_through_the_weighted_means(make_precision, tools):
    data = tools.make_data()
    mean, precision = data.rng.normal(size=5), make_precision(5, data.rng)
    estimator = given(precision, mean=mean).fit(data.X, data.y, data.s)
    x_mean, y_mean = (np.average(v, axis=0, weights=data.s) for v in (data.X, data.y))
    assert_allclose(estimator.intercept_, y_mean - x_mean @ estimator.coef_)
    assert_allclose(estimator.predict(x_mean[None]), y_mean, rtol=1e-12)


def test_no_intercept_is_zero(tools):
    assert tools.fitted(tools.make_data(), fit_intercept=False).intercept_ == 0.0


def neighborhood(seed):
    """Sample masks anew and ask a linear black box with noise."""
    rng = np.random.RandomState(seed)
    X = rng.randint(0, 2, size=(30, 4))
    return X, X @ [1.0, 2.0, -1.0, 0.0] + rng.normal(size=30)


def test_t21_trust_in_the_prior_steadies_explanations_of_new_neighborhoods():
    """Spread over resampled rows falls as lambda/alpha rises."""
    spreads = []
    for precision in (0.1, 1.0, 10.0, 100.0, 1000.0):
        explain = given(precision, mean=1.0).fit
        coefs = [explain(*neighborhood(seed)).coef_ for seed in range(50)]
        spreads.append(np.std(coefs, axis=0).mean())
    assert (np.diff(spreads) < 0).all()
    assert spreads[-1] < 0.1 * spreads[0]
