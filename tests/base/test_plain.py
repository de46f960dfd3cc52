"""Shortcuts give what scikit-learn gives, errors and names included."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import validate_data

from sklearn_baylime.base._plain import (
    QuickParameters,
    is_plain_weights,
    validate_plain,
)

X, Y = np.arange(12.0).reshape(4, 3), np.arange(4.0)


class Step(QuickParameters, BaseEstimator):
    def __init__(self, a=1, *, b=None):
        self.a, self.b = a, b


class Longer(Step):
    def __init__(self, a=1, *, b=None, c=3):
        super().__init__(a, b=b)
        self.c = c


def outcome(validate, given, **settings):
    """Return what comes out, what is learned, and the error."""
    step = Step()
    try:
        found = validate(step, *given, **settings)
    except Exception as error:
        return type(error), str(error)
    found = found if isinstance(found, tuple) else (found,)
    return [(a.dtype, a.tolist()) for a in found], step.n_features_in_


WITH_NAN = np.where(X == 5, np.nan, X)
GIVEN = {
    "rows": (X,),
    "rows and answers": (X, Y),
    "whole": (X.astype(int), Y),
    "single": (X.astype(np.float32), Y),
    "lists": (X.tolist(), Y.tolist()),
    "column": (X, Y[:, None]),
    "no answers": (X, None),
    "one answer too few": (X, Y[1:]),
    "one dimension": (Y, Y),
    "missing": (WITH_NAN, Y),
    "missing answer": (X, np.where(Y == 2, np.nan, Y)),
    "infinite": (np.where(X == 5, np.inf, X), Y),
    "overflow": (np.full((4, 3), 1e308), Y),
    "empty": (X[:0], Y[:0]),
    "no columns": (X[:, :0], Y),
    "texts": (X.astype(str), Y),
}


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("dtype", [{}, {"dtype": np.float64}])
def test_the_same_comes_out(name, dtype):
    settings = {"multi_output": True, "y_numeric": True, **dtype}
    settings = settings if len(GIVEN[name]) == 2 else dtype
    expected = outcome(validate_data, GIVEN[name], **settings)
    assert outcome(validate_plain, GIVEN[name], **settings) == expected


def test_names_and_numbers_of_columns_are_kept_an_eye_on():
    step = Step()
    validate_plain(step, pd.DataFrame(X, columns=list("abc")))
    assert_array_equal(step.feature_names_in_, list("abc"))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        validate_plain(step, X, reset=False)
    validate_plain(step, X)
    assert not hasattr(step, "feature_names_in_")
    with pytest.raises(ValueError, match="2 features, but Step is expecting 3"):
        validate_plain(step, X[:, :2], reset=False)


def test_nobody_looks_where_all_is_taken_for_finite():
    with config_context(assume_finite=True):
        assert validate_plain(Step(), WITH_NAN) is WITH_NAN


def test_plain_weights():
    assert is_plain_weights(np.ones(3), 3)
    for weights in (np.ones(2), -np.ones(3), np.array([1, np.nan, 1]), [1.0] * 3):
        assert not is_plain_weights(weights, 3)


def test_parameters_are_those_of_the_class():
    assert Step().get_params() == {"a": 1, "b": None}
    assert Longer().get_params() == {"a": 1, "b": None, "c": 3}
    assert clone(Longer(c=5)).c == 5
