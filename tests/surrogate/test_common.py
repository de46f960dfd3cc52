"""What scikit-learn asks of transformers, kernels and regressors."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.surrogate import (
    ExponentialKernel,
    ForwardSelector,
    HighestWeightsSelector,
    KernelWeightedRegressor,
    LassoPathSelector,
    MatchBinarizer,
)

TRANSFORMERS = [
    MatchBinarizer(),
    ForwardSelector(3),
    HighestWeightsSelector(3),
    LassoPathSelector(3),
]
SETTINGS = [
    *TRANSFORMERS,
    ExponentialKernel(),
    ExponentialKernel(metric="cosine"),
    KernelWeightedRegressor(ExponentialKernel(), InformativeBayesianRidge()),
    KernelWeightedRegressor(ExponentialKernel(), Ridge()),
]

# The checks that check_estimator leaves to the libraries' own test suites.
FURTHER_CHECKS = [
    "check_param_validation",
    "check_dataframe_column_names_consistency",
    "check_inplace_ensure_writeable",
]
FURTHER_CHECKS_OF_TRANSFORMERS = [
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
]

# Before 1.8 scikit-learn passes a generator, which pytest 9.1 warns of.
names, checks = parametrize_with_checks(SETTINGS).args
check_id = parametrize_with_checks(SETTINGS).kwargs["ids"]


@pytest.mark.parametrize(names, list(checks), ids=check_id)
def test_scikit_learn_check(estimator, check):
    """All that check_estimator runs."""
    check(estimator)


@pytest.mark.parametrize("check", FURTHER_CHECKS)
@pytest.mark.parametrize("estimator", SETTINGS, ids=str)
def test_further_scikit_learn_check(estimator, check):
    """What check_estimator leaves out."""
    getattr(estimator_checks, check)(type(estimator).__name__, clone(estimator))


# The set_output checks fit on frames and transform arrays, and the reverse.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("check", FURTHER_CHECKS_OF_TRANSFORMERS)
@pytest.mark.parametrize("estimator", TRANSFORMERS, ids=str)
def test_further_scikit_learn_check_of_transformers(estimator, check):
    """What check_estimator leaves out, for estimators with transform."""
    getattr(estimator_checks, check)(type(estimator).__name__, clone(estimator))


METHODS = ["transform", "score_samples", "distances", "predict"]


@pytest.mark.parametrize("estimator", SETTINGS, ids=str)
def test_unfitted_estimator_says_so(estimator):
    """Every method but fit raises NotFittedError."""
    methods = [name for name in METHODS if hasattr(estimator, name)]
    assert methods
    for name in methods:
        with pytest.raises(NotFittedError, match="not fitted"):
            getattr(clone(estimator), name)(np.ones((2, 3)))


def result(estimator, X):
    name = next(name for name in METHODS if hasattr(estimator, name))
    return getattr(estimator, name)(X)


@pytest.mark.parametrize("estimator", SETTINGS, ids=str)
def test_pickle_and_clone_at_every_stage(estimator, data):
    """Before and after fit; a clone has the parameters alone."""
    fitted = clone(estimator).fit(data.X, data.y)
    expected = result(fitted, data.X)
    restored = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(result(restored, data.X), expected)
    refitted = clone(restored)
    assert set(vars(refitted)) == set(refitted.get_params(deep=False))
    assert_array_equal(result(refitted.fit(data.X, data.y), data.X), expected)
    early = pickle.loads(pickle.dumps(clone(estimator)))
    assert_array_equal(result(early.fit(data.X, data.y), data.X), expected)
