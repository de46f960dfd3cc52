"""Unusual but valid rows, answers and containers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import linalg

from sklearn_baylime.linear_model import InformativeBayesianRidge

GIVEN = {"prior_precision": 2.0, "noise_precision": 3.0}
SETTINGS = [
    {},
    {"prior_precision": 2.0},
    {"noise_precision": 3.0},
    GIVEN,
    {"prior_scale": "fit"},
    {"covariance": "robust"},
    {"covariance": "robust", "prior_scale": "fit"},
    {"fit_intercept": False},
]


@pytest.fixture(params=SETTINGS, ids=str)
def params(request):
    return {"prior_mean": 0.5, **request.param}


def assert_finite(estimator, X, tools):
    for name, value in tools.results(estimator).items():
        assert np.isfinite(value).all(), name
    for value in estimator.predict(X, return_std=True):
        assert np.isfinite(value).all()
    assert np.isfinite(estimator.sample_coef(2, random_state=0)).all()
    assert (np.diagonal(estimator.sigma_, axis1=-2, axis2=-1) >= 0).all()


def assert_learns_the_same(X, y, s, params, tools, rtol=1e-10):
    """Compare with float64 copies of the same numbers."""
    estimator = InformativeBayesianRidge(**params).fit(X, y, s)
    plain = InformativeBayesianRidge(**params).fit(
        np.array(X, dtype=float), np.array(y, dtype=float), s
    )
    tools.assert_same_fit(estimator, plain, rtol=rtol)
    assert_allclose(estimator.predict(X), plain.predict(np.array(X, dtype=float)))
    return estimator


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "uint8", "bool"])
def test_numbers_of_any_kind(dtype, params, tools):
    rng = np.random.RandomState(0)
    X = rng.randint(0, 2 if dtype == "bool" else 9, size=(40, 5)).astype(dtype)
    y = rng.randint(0, 9, size=40).astype("float32" if "float" in dtype else "int32")
    estimator = assert_learns_the_same(X, y, None, params, tools)
    assert estimator.coef_.dtype == np.float64
    assert X.dtype == dtype


def test_lists(params, tools):
    data = tools.make_data()
    X, y, s = data.X.tolist(), data.y.tolist(), data.s.tolist()
    assert_learns_the_same(X, y, s, params, tools)
    two = np.column_stack([data.y, -data.y]).tolist()
    assert_learns_the_same(X, two, s, params, tools)


def test_priors_from_lists(tools):
    data = tools.make_data()
    mean, precision = [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]
    lists = tools.fitted(data, prior_mean=mean, prior_precision=precision)
    arrays = tools.fitted(
        data,
        prior_mean=np.array(mean, float),
        prior_precision=np.array(precision, float),
    )
    tools.assert_same_fit(lists, arrays, rtol=0)
    assert isinstance(lists.lambda_, np.ndarray)


@pytest.mark.parametrize(
    "number", [np.float32(4), np.int64(4), 4, np.array(4.0)], ids=repr
)
@pytest.mark.parametrize("name", ["prior_mean", "prior_precision"])
def test_numbers_of_the_prior_of_any_kind(name, number, tools):
    data = tools.make_data()
    plain = tools.fitted(data, **{name: 4.0})
    tools.assert_same_fit(tools.fitted(data, **{name: number}), plain, rtol=1e-12)


@pytest.mark.parametrize("order", ["C", "F", "strided"])
@pytest.mark.parametrize("copy_X", [True, False])
def test_read_only_arrays(copy_X, order, params, tools):
    data = tools.make_data()
    wide = np.repeat(data.X, 2, axis=1)
    X = wide[:, ::2] if order == "strided" else np.array(data.X, order=order)
    y, s = data.y.copy(), data.s.copy()
    for array in (X, y, s):
        array.setflags(write=False)
    estimator = InformativeBayesianRidge(copy_X=copy_X, **params).fit(X, y, s)
    assert_allclose(X, data.X, rtol=0)
    plain = InformativeBayesianRidge(**params).fit(data.X, data.y, data.s)
    tools.assert_same_fit(estimator, plain, rtol=1e-9)


@pytest.mark.parametrize("weights", [None, "uniform"])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_input_is_kept_by_default(method, weights, params, tools):
    if method == "partial_fit" and "covariance" in params:
        method = "fit"
    data = tools.make_data(weights=weights)
    X, y = data.X.copy(), data.y.copy()
    getattr(InformativeBayesianRidge(**params), method)(data.X, data.y, data.s)
    assert_allclose(data.X, X, rtol=0)
    assert_allclose(data.y, y, rtol=0)


def test_rows_may_be_overwritten_without_copy_X(params, tools):
    """Answers, weights and rows of another type are kept; results are the same."""
    data = tools.make_data()
    plain = InformativeBayesianRidge(**params).fit(data.X, data.y, data.s)
    X, y, s = data.X.copy(), data.y.copy(), data.s.copy()
    estimator = InformativeBayesianRidge(copy_X=False, **params).fit(X, y, s)
    tools.assert_same_fit(estimator, plain, rtol=1e-12)
    assert not np.allclose(X, data.X)
    assert_allclose(y, data.y, rtol=0)
    assert_allclose(s, data.s, rtol=0)
    narrow = data.X.astype(np.float32)
    estimator.fit(narrow, y, s)
    assert_allclose(narrow, data.X.astype(np.float32), rtol=0)


@pytest.mark.parametrize("copy_X", [True, False])
def test_pandas_frames(copy_X, params, tools):
    pd = pytest.importorskip("pandas")
    data = tools.make_data()
    names = list("abcde")
    frame = pd.DataFrame(data.X.copy(), columns=names)
    frame["c"] = frame["c"].round().astype(int)
    y, s = pd.Series(data.y), pd.Series(data.s)
    estimator = InformativeBayesianRidge(copy_X=copy_X, **params).fit(frame, y, s)
    assert estimator.feature_names_in_.tolist() == names
    X = data.X.copy()
    X[:, 2] = X[:, 2].round()
    plain = InformativeBayesianRidge(**params).fit(X, data.y, data.s)
    tools.assert_same_fit(estimator, plain, rtol=1e-10)
    assert_allclose(frame, X, rtol=0)
    assert_allclose(estimator.predict(frame), plain.predict(X), rtol=1e-10)
    with pytest.raises(ValueError, match="feature names should match"):
        estimator.predict(frame[names[::-1]])


@pytest.mark.parametrize("n_targets", [1, 2])
def test_frames_of_answers(n_targets, tools):
    pd = pytest.importorskip("pandas")
    data = tools.make_data(n_targets=n_targets)
    frame = InformativeBayesianRidge().fit(data.X, pd.DataFrame(data.y))
    array = InformativeBayesianRidge().fit(data.X, data.y)
    tools.assert_same_fit(frame, array, rtol=1e-12)


def test_streamed_frames_keep_their_names(tools):
    pd = pytest.importorskip("pandas")
    data = tools.make_data()
    frame = pd.DataFrame(data.X, columns=list("abcde"))
    estimator = InformativeBayesianRidge().partial_fit(frame, data.y)
    with pytest.raises(ValueError, match="feature names should match"):
        estimator.partial_fit(frame[list("edcba")], data.y)


def test_polars_frames(tools):
    pl = pytest.importorskip("polars")
    data = tools.make_data()
    frame = pl.DataFrame(dict(zip("abcde", data.X.T, strict=True)))
    estimator = InformativeBayesianRidge().fit(frame, pl.Series(data.y), data.s)
    plain = InformativeBayesianRidge().fit(data.X, data.y, data.s)
    tools.assert_same_fit(estimator, plain, rtol=1e-12)


@pytest.mark.parametrize("weights", [None, "uniform"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (2, 3), (40, 1), (3, 40)], ids=str)
def test_few_rows_or_columns(shape, weights, params, tools):
    data = tools.make_data(*shape, weights=weights)
    estimator = InformativeBayesianRidge(**params).fit(data.X, data.y, data.s)
    assert_finite(estimator, data.X, tools)


@pytest.mark.parametrize("weight", [0.3, 0.43, 1.0, 1.1, 2.1])
def test_one_row_of_any_weight_tells_nothing(weight, tools):
    """The intercept takes it all; the prior precision is its hyperprior's."""
    data = tools.make_data(1, 3)
    estimator = tools.fitted(data, prior_mean=2.0)
    estimator.fit(data.X, data.y, [weight])
    assert_allclose(estimator.coef_, 2.0)
    assert_allclose(estimator.lambda_, 1.0, rtol=1e-3)
    assert_allclose(estimator.sigma_, np.eye(3), rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("weights", [None, "uniform"])
@pytest.mark.parametrize("constant", [0.0, 0.1, 1000.1])
@pytest.mark.parametrize("shape", [(20, 3), (3, 8)], ids=str)
def test_columns_that_are_all_constant_tell_nothing(
    shape, constant, weights, params, tools
):
    """Rounding errors of the means are no signal, whatever the constant."""
    data = tools.make_data(*shape, weights=weights)
    data.X = np.full(shape, constant)
    if not params.get("fit_intercept", True):
        pytest.skip("without intercept constant columns tell something")
    estimator = tools.fitted(data, **params)
    mean = 0.0 if params.get("prior_scale") == "fit" else 0.5
    assert_allclose(estimator.coef_, mean)
    lambda_ = params.get("prior_precision", 1.0)
    assert_allclose(estimator.lambda_, lambda_, rtol=1e-3)
    assert_allclose(estimator.sigma_, np.eye(shape[1]) / lambda_, rtol=1e-3, atol=1e-9)
    assert estimator.conflict_ == 1.0
    assert_allclose(estimator.predict(data.X), estimator.predict(data.X[:1])[0])


@pytest.mark.parametrize("constant", [0.0, 1.0, 0.1, -1e6])
@pytest.mark.parametrize("shape", [(40, 5), (6, 15)], ids=str)
def test_constant_answers(shape, constant, params, tools):
    data = tools.make_data(*shape)
    y = np.full(shape[0], constant)
    params = {**params, "prior_mean": 0.0}
    estimator = InformativeBayesianRidge(**params).fit(data.X, y, data.s)
    assert_finite(estimator, data.X, tools)
    if estimator.fit_intercept:
        assert_allclose(estimator.coef_, 0.0, atol=1e-9 * max(1, abs(constant)))
        assert_allclose(estimator.predict(data.X), constant, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("constant", [0.0, 0.1])
def test_constant_answers_without_hyperpriors(constant, tools):
    """Shapes and rates of zero are allowed parameters."""
    data = tools.make_data()
    data.y = np.full(40, constant)
    hyper = dict.fromkeys(["alpha_1", "alpha_2", "lambda_1", "lambda_2"], 0.0)
    assert_finite(tools.fitted(data, **hyper), data.X, tools)


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_answers_that_are_exactly_linear(noise, params, tools):
    data = tools.make_data(noise=noise)
    data.y = data.y - 3.0 * (not params.get("fit_intercept", True))
    estimator = tools.fitted(data, **params)
    assert_finite(estimator, data.X, tools)
    if not params.keys() >= GIVEN.keys() and "noise_precision" not in params:
        assert_allclose(estimator.coef_, data.coef, rtol=1e-5)


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1e6, 1e12])
@pytest.mark.parametrize("shape", [(40, 5), (6, 15)], ids=str)
def test_answers_on_any_scale_are_finite(shape, unit, params, tools):
    data = tools.make_data(*shape)
    data.y = unit * data.y
    estimator = tools.fitted(data, **params)
    assert_finite(estimator, data.X, tools)


@pytest.mark.parametrize("unit", [10.0, 1e6, 1e12])
def test_units_of_the_answers_do_not_matter(unit, tools):
    """As long as the hyperpriors are vague on their scale."""
    data = tools.make_data()
    base = tools.fitted(data)
    data.y = unit * data.y
    scaled = tools.fitted(data)
    assert_allclose(scaled.coef_ / unit, base.coef_, rtol=2e-3)
    assert_allclose(scaled.alpha_ * unit**2, base.alpha_, rtol=2e-3)
    assert_allclose(scaled.prior_share_, base.prior_share_, rtol=2e-3)


@pytest.mark.parametrize("power", [-6, -3, 3, 6])
def test_features_on_any_scale_are_finite(power, params, tools):
    data = tools.make_data(40, 6)
    data.X = data.X * 10.0 ** np.array([0, power, 0, -power, power / 2, 0])
    estimator = tools.fitted(data, **params)
    assert_finite(estimator, data.X, tools)
    error = data.y - estimator.predict(data.X)
    if not params.keys() & {"prior_precision", "fit_intercept", "prior_scale"}:
        assert error.std() < data.y.std()


def test_offsets_of_columns_do_not_matter(params, tools):
    if not params.get("fit_intercept", True):
        pytest.skip("without intercept offsets matter")
    data = tools.make_data()
    base = tools.fitted(data, **params)
    data.X = data.X + np.array([1e6, -1e4, 0.0, 100.0, -1e6])
    moved = tools.fitted(data, **params)
    tools.assert_same_fit(moved, base, rtol=1e-6, skip=("intercept_",))


def test_equal_columns_share_their_coefficient(params, tools):
    data = tools.make_data(40, 4)
    data.X[:, 3] = data.X[:, 1]
    estimator = tools.fitted(data, **params)
    assert_finite(estimator, data.X, tools)
    assert_allclose(estimator.coef_[3], estimator.coef_[1], rtol=1e-6)


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-9, 1e-6])
@pytest.mark.parametrize("shape", [(40, 5), (8, 20)], ids=str)
def test_collinear_columns_are_solved_exactly(shape, gap, tools):
    """A sum of columns, up to a gap: the prior alone says how to share it out."""
    data = tools.make_data(*shape)
    data.X[:, -1] = data.X[:, 0] + data.X[:, 1] + gap * data.X[:, -1]
    estimator = tools.fitted(data, prior_mean=0.5, **GIVEN)
    exact = tools.dense_posterior(
        data.X, data.y, data.s, mean=0.5, precision=2.0, alpha=3.0
    )
    assert_allclose(estimator.coef_, exact.coef, rtol=1e-7)
    assert_allclose(estimator.sigma_, exact.sigma, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("ratio", [1e-8, 1e-4, 1e4, 1e8])
def test_priors_of_unlike_features(ratio, tools):
    """A vector of precisions is a change of units of the features."""
    data = tools.make_data()
    precision = np.array([1.0, ratio, 1.0, ratio, 1.0])
    estimator = tools.fitted(data, prior_precision=precision, noise_precision=3.0)
    unit = 1 / np.sqrt(precision)
    data.X = data.X * unit
    scaled = tools.fitted(data, prior_precision=1.0, noise_precision=3.0)
    assert_allclose(estimator.coef_, scaled.coef_ * unit, rtol=1e-7)
    expected = scaled.sigma_ * np.outer(unit, unit)
    assert_allclose(np.diag(estimator.sigma_), np.diag(expected), rtol=1e-7)


def test_badly_conditioned_precision_matrix(tools):
    data = tools.make_data()
    turn = linalg.qr(data.rng.normal(size=(5, 5)))[0]
    precision = turn @ np.diag([1e-6, 1e-3, 1.0, 1e3, 1e6]) @ turn.T
    precision = (precision + precision.T) / 2
    params = {"prior_precision": precision, "noise_precision": 3.0}
    estimator = tools.fitted(data, prior_mean=1.0, **params)
    exact = tools.dense_posterior(
        data.X, data.y, data.s, mean=1.0, precision=precision, alpha=3.0
    )
    assert_allclose(estimator.coef_, exact.coef, rtol=1e-6)
    assert_allclose(estimator.sigma_, exact.sigma, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("tau", [1e2, 1e3, 1e4])
@pytest.mark.parametrize("shape", [(40, 20), (8, 20)], ids=str)
def test_precision_matrix_that_is_nearly_flat_along_one_direction(shape, tau, tools):
    """Rows tell what the prior leaves open; its wide variance must not show."""
    data = tools.make_data(*shape)
    wide = data.rng.normal(size=20)
    precision = np.eye(20) - np.outer(wide, wide) / (tau**-2 + wide @ wide)
    estimator = tools.fitted(data, prior_precision=precision, noise_precision=3.0)
    exact = tools.dense_posterior(
        data.X, data.y, data.s, mean=0.0, precision=precision, alpha=3.0
    )
    assert_allclose(estimator.coef_, exact.coef, rtol=1e-4, atol=1e-6)
    assert_allclose(estimator.sigma_, exact.sigma, rtol=1e-3, atol=1e-4)


def test_many_more_columns_than_rows_keep_the_prior(tools):
    data = tools.make_data(5, 600)
    estimator = tools.fitted(data, prior_mean=1.0, **GIVEN)
    assert_allclose(estimator.prior_share_.sum(), 600 - 4, atol=0.5)
    assert_allclose(np.trace(estimator.sigma_), (600 - 4) / 2, atol=0.5)


def test_refitting_leaves_nothing_of_the_first_fit(params, tools):
    first, second = tools.make_data(30, 7, n_targets=2), tools.make_data(seed=3)
    estimator = tools.fitted(first, **params).fit(second.X, second.y, second.s)
    tools.assert_same_fit(estimator, tools.fitted(second, **params), rtol=0)
    assert estimator.n_features_in_ == 5
