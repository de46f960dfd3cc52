"""Bad input gives an error that says what was got and what was expected."""

import numpy as np
import pytest
import sklearn
from scipy import sparse
from sklearn.exceptions import NotFittedError

from sklearn_baylime.linear_model import InformativeBayesianRidge


def corner(value, like):
    """Return a copy of an array whose last entry is the value."""
    copy = np.array(like, dtype=float)
    copy.flat[-1] = value
    return copy


@pytest.fixture(params=["fit", "partial_fit"])
def learn(request):
    def learn(X, y, *weights, **params):
        return getattr(InformativeBayesianRidge(**params), request.param)(
            X, y, *weights
        )

    return learn


@pytest.mark.parametrize(
    ("value", "words"), [(np.nan, "NaN"), (np.inf, "infinity"), (-np.inf, "infinity")]
)
@pytest.mark.parametrize("where", ["X", "y", "sample_weight"])
def test_missing_and_infinite_values_are_named(where, value, words, learn, tools):
    data = tools.make_data()
    given = {"X": data.X, "y": data.y, "sample_weight": data.s}
    given[where] = corner(value, given[where])
    with pytest.raises(ValueError, match=rf"(?i)input {where} contains {words}"):
        learn(given["X"], given["y"], given["sample_weight"])


@pytest.mark.parametrize(("value", "words"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_missing_and_infinite_rows_are_not_predicted(value, words, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match=f"Input X contains {words}"):
        tools.fitted(data).predict(corner(value, data.X))


@pytest.mark.parametrize("assume_finite", [False, True])
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["prior_mean", "prior_precision"])
def test_arrays_of_the_prior_are_finite(name, value, assume_finite, learn, tools):
    """Whatever scikit-learn is told to assume of the rows."""
    data = tools.make_data()
    message = rf"{name} contains .*{value} at position 4.*expected finite numbers"
    with (
        sklearn.config_context(assume_finite=assume_finite),
        pytest.raises(ValueError, match=message),
    ):
        learn(data.X, data.y, **{name: corner(value, np.ones(5))})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "name", ["prior_mean", "prior_precision", "prior_scale", "noise_precision"]
)
def test_numbers_of_the_prior_are_finite(name, value, learn, tools):
    data = tools.make_data()
    params = {"prior_mean": 1.0, name: value}
    with pytest.raises(ValueError, match=rf"{name}.*(nan|inf).*"):
        learn(data.X, data.y, **params)


@pytest.mark.parametrize(
    ("mean", "got"),
    [
        ([1.0, 2.0], r"\(2,\)"),
        (np.ones(6), r"\(6,\)"),
        ([], r"\(0,\)"),
        (np.ones((2, 5)), r"\(2, 5\)"),
        (np.ones((5, 1)), r"\(5, 1\)"),
    ],
    ids=str,
)
def test_prior_mean_of_a_wrong_shape(mean, got, learn, tools):
    data = tools.make_data()
    expected = r"expected a number, one value a feature \(5,\) or one row a target"
    with pytest.raises(ValueError, match=f"prior_mean has shape {got}, {expected}"):
        learn(data.X, data.y, prior_mean=mean)


def test_prior_mean_has_a_row_for_each_target(learn, tools):
    data = tools.make_data(n_targets=3)
    with pytest.raises(ValueError, match=r"shape \(2, 5\).*one row a target \(3, 5\)"):
        learn(data.X, data.y, prior_mean=np.ones((2, 5)))


@pytest.mark.parametrize(
    ("precision", "got"),
    [
        (np.ones(4), r"\(4,\)"),
        (np.ones((5, 4)), r"\(5, 4\)"),
        (np.eye(4), r"\(4, 4\)"),
        ([], r"\(0,\)"),
    ],
    ids=str,
)
def test_prior_precision_of_a_wrong_shape(precision, got, learn, tools):
    data = tools.make_data()
    expected = r"expected a number, one value a feature \(5,\) or a matrix \(5, 5\)"
    with pytest.raises(ValueError, match=f"has shape {got}, {expected}"):
        learn(data.X, data.y, prior_precision=precision)


@pytest.mark.parametrize("name", ["prior_mean", "prior_precision"])
def test_arrays_of_the_prior_have_at_most_two_dimensions(name, learn, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match=rf"{name} has shape \(1, 5, 5\), expected"):
        learn(data.X, data.y, **{name: np.ones((1, 5, 5))})


@pytest.mark.parametrize("value", [0.0, -2.0])
@pytest.mark.parametrize("name", ["prior_precision", "noise_precision"])
def test_precisions_are_positive(name, value, learn, tools):
    data = tools.make_data()
    message = rf"'{name}'.* float in the range \(0.0, inf\).* Got {value}"
    with pytest.raises(ValueError, match=message):
        learn(data.X, data.y, **{name: value})


@pytest.mark.parametrize("value", [0.0, -2.0])
def test_precision_of_each_feature_is_positive(value, learn, tools):
    data = tools.make_data()
    message = f"prior_precision is {value:g} for feature 4, expected positive"
    with pytest.raises(ValueError, match=message):
        learn(data.X, data.y, prior_precision=corner(value, np.ones(5)))


def test_precision_matrix_is_symmetric(learn, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match=r"prior_precision.*not symmetric, expected"):
        learn(data.X, data.y, prior_precision=np.eye(5) + np.eye(5, k=1))


def test_precision_matrix_is_positive_definite(learn, tools):
    data = tools.make_data()
    message = "not positive definite: its smallest eigenvalue is -3, expected more"
    with pytest.raises(ValueError, match=message):
        learn(data.X, data.y, prior_precision=np.diag([1.0, 1.0, -3.0, 1.0, 1.0]))
    with pytest.raises(ValueError, match="not positive definite"):
        learn(data.X, data.y, prior_precision=np.ones((5, 5)))


def test_weights_are_not_all_zero(learn, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match="at least one non-zero number"):
        learn(data.X, data.y, np.zeros(40))


def test_weights_are_not_negative(learn, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match=r"Negative values.* `sample_weight`"):
        learn(data.X, data.y, corner(-1.0, data.s))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(39), r"shape == \(39,\), expected \(40,\)"),
        (np.ones((40, 1)), "1D array or scalar"),
    ],
)
def test_weights_have_one_number_a_row(weights, message, learn, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match=message):
        learn(data.X, data.y, weights)


@pytest.mark.parametrize(
    ("first", "then"), [(None, 1), (None, 3), (1, None), (3, None)]
)
def test_streamed_answers_keep_their_dimensions(first, then, tools):
    data, other = tools.make_data(n_targets=first), tools.make_data(n_targets=then)
    estimator = InformativeBayesianRidge().partial_fit(data.X, data.y)
    got, expected = other.y.ndim, data.y.ndim
    message = rf"y has {got} dimension\(s\), expected {expected}"
    with pytest.raises(ValueError, match=message):
        estimator.partial_fit(other.X, other.y)


@pytest.mark.parametrize(("first", "then"), [(2, 3), (3, 2), (1, 3), (3, 1)])
def test_streamed_answers_keep_their_number_of_targets(first, then, tools):
    """Stated in the docstring of partial_fit."""
    data, other = tools.make_data(n_targets=first), tools.make_data(n_targets=then)
    estimator = InformativeBayesianRidge().partial_fit(data.X, data.y)
    with pytest.raises(ValueError, match=f"{then}.*expected {first}"):
        estimator.partial_fit(other.X, other.y)


def test_a_refused_batch_changes_nothing(tools):
    data = tools.make_data()
    estimator = tools.fitted(data)
    before = tools.fitted(data)
    for X, y in (
        (data.X, data.y[:, None]),
        (data.X[:, :3], data.y),
        (corner(np.nan, data.X), data.y),
        (data.X, corner(np.inf, data.y)),
    ):
        with pytest.raises(ValueError, match=r"y has 2|X has 3|contains"):
            estimator.partial_fit(X, y)
    tools.assert_same_fit(estimator, before, rtol=0)
    more = tools.make_data(seed=5)
    for regressor in (estimator, before):
        regressor.partial_fit(more.X, more.y)
    tools.assert_same_fit(estimator, before, rtol=0)


@pytest.mark.parametrize("method", ["predict", "partial_fit", "score"])
def test_number_of_features_is_that_of_fit(method, tools):
    data = tools.make_data()
    arguments = (data.X[:, :3],) if method == "predict" else (data.X[:, :3], data.y)
    message = "X has 3 features, but InformativeBayesianRidge is expecting 5 features"
    with pytest.raises(ValueError, match=message):
        getattr(tools.fitted(data), method)(*arguments)


def test_rows_and_answers_have_one_length(learn, tools):
    data = tools.make_data()
    with pytest.raises(
        ValueError, match=r"inconsistent numbers of samples: \[40, 39\]"
    ):
        learn(data.X, data.y[:39])


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones((0, 3)), np.ones(0), r"0 sample\(s\).* minimum of 1"),
        (np.ones((3, 0)), np.ones(3), r"0 feature\(s\).* minimum of 1"),
        (np.ones((3, 2)), np.ones((3, 0)), r"0 feature\(s\).* minimum of 1"),
        (np.ones(3), np.ones(3), "Expected 2D array, got 1D array"),
        (np.ones((3, 2, 2)), np.ones(3), "with dim 3.* dim <= 2"),
        (np.ones((3, 2)), np.ones((3, 2, 2)), "with dim 3.* dim <= 2"),
        (np.ones((3, 2)), None, "requires y to be passed"),
        ([["a", "b"]] * 3, np.ones(3), "could not convert string to float: 'a'"),
    ],
    ids=str,
)
def test_rows_and_answers_that_are_none(X, y, message, learn):
    with pytest.raises(ValueError, match=message):
        learn(X, y)


@pytest.mark.parametrize(
    "make",
    [list, np.array, lambda words: np.array(words, dtype=object)],
    ids=["list", "array", "object array"],
)
@pytest.mark.parametrize("shape", ["one target", "two targets"])
def test_answers_are_no_words(make, shape, learn, tools):
    words = ["cat"] * 40 if shape == "one target" else [["cat", "dog"]] * 40
    with pytest.raises(ValueError, match=r"could not convert string to float.*'cat'"):
        learn(tools.make_data().X, make(words))


def test_answers_are_not_sparse(learn, tools):
    data = tools.make_data()
    with pytest.raises((TypeError, ValueError), match=r"(?i)sparse.*dense"):
        learn(data.X, sparse.csr_matrix(data.y[:, None]))


@pytest.mark.parametrize("name", ["prior_mean", "prior_precision"])
def test_arrays_of_the_prior_are_no_words(name, learn, tools):
    data = tools.make_data()
    with pytest.raises(ValueError, match="could not convert string to float: 'high'"):
        learn(data.X, data.y, **{name: ["high"] * 5})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prior_mean", "ones"),
        ("prior_precision", "high"),
        ("prior_scale", "auto"),
        ("prior_scale", None),
        ("noise_precision", "low"),
        ("noise_precision", [1.0, 2.0]),
        ("covariance", "hc3"),
        ("alpha_1", -1.0),
        ("lambda_2", -1.0),
        ("max_iter", 0),
        ("tol", -1e-3),
        ("fit_intercept", "no"),
        ("copy_X", "no"),
    ],
)
def test_parameters_of_a_wrong_kind(name, value, tools):
    data = tools.make_data()
    estimator = InformativeBayesianRidge(**{name: value})
    with pytest.raises(
        ValueError, match=f"The '{name}' parameter of .* must be .* Got"
    ):
        estimator.fit(data.X, data.y)


@pytest.mark.parametrize("ask", ["predict", "sample_coef", "sigma_"])
def test_results_need_a_fit(ask, tools):
    estimator = InformativeBayesianRidge()
    with pytest.raises(NotFittedError, match="is not fitted yet"):
        if ask == "predict":
            estimator.predict(tools.make_data().X)
        elif ask == "sample_coef":
            estimator.sample_coef()
        else:
            estimator.sigma_  # noqa: B018


def test_number_of_draws_is_not_negative(tools):
    with pytest.raises(ValueError, match="negative"):
        tools.fitted(tools.make_data()).sample_coef(-1)
