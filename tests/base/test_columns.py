"""One parser of columns, for tables, sequences and samplers."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_baylime.base._columns import column_mask, column_position
from sklearn_baylime.representation import QuantileDiscretizer, SequenceFlattener
from sklearn_baylime.sampling import (
    BallSampler,
    ConditionalSampler,
    GaussianSampler,
    MixupSampler,
)
from sklearn_baylime.surrogate import MatchBinarizer

NAMES = ["a", "b", "c"]


@pytest.mark.parametrize(
    "columns, expected",
    [
        (None, [0, 0, 0]),
        ([], [0, 0, 0]),
        ([0, 2], [1, 0, 1]),
        ([-1], [0, 0, 1]),
        (np.array([1, 1]), [0, 1, 0]),
        (["b", "a"], [1, 1, 0]),
        (["b", 0], [1, 1, 0]),
        ([True, False, True], [1, 0, 1]),
        (np.array([False, False, True]), [0, 0, 1]),
        (("c",), [0, 0, 1]),
    ],
)
def test_columns_by_name_index_and_mask(columns, expected):
    assert_array_equal(column_mask(columns, NAMES), np.array(expected, dtype=bool))


@pytest.mark.parametrize(
    "columns, message",
    [
        ([3], r"has 3, expected an index from 0 to 2 or one of the names \['a', 'b',"),
        ([-4], "has -4, expected an index from 0 to 2"),
        (["d"], "has 'd', expected an index from 0 to 2 or one of"),
        ([1.0], r"has 1\.0, expected an index"),
        ([True, 1], "has True, expected an index"),
        ([True, False], "is a mask of 2 booleans, expected one for each of the 3"),
        ("abc", r"is 'abc', expected a list of columns, such as \['a'\]"),
        (1, "is 1, expected a list of columns"),
        ([[0]], r"is \[\[0\]\], expected a list of columns"),
    ],
)
def test_other_columns_are_refused(columns, message):
    with pytest.raises(ValueError, match=f"categorical_features {message}"):
        column_mask(columns, NAMES)


def test_columns_without_names():
    assert_array_equal(column_mask([-1], 2), [False, True])
    with pytest.raises(ValueError, match=r"other has 'a', expected.* from 0 to 1\.$"):
        column_position("a", 2, "other")


@pytest.mark.parametrize(
    "step",
    [
        GaussianSampler(),
        BallSampler(),
        MixupSampler(),
        ConditionalSampler(),
        QuantileDiscretizer(),
        MatchBinarizer(),
    ],
)
@pytest.mark.filterwarnings("ignore:BallSampler moves numbers only")
def test_every_step_reads_them_alike(step):
    X = np.arange(12).reshape(4, 3)
    for same in ([2], [-1], [False, False, True]):
        step.set_params(categorical_features=same).fit(X)
    with pytest.raises(ValueError, match="categorical_features has 3, expected an ind"):
        step.set_params(categorical_features=[3]).fit(X)


def test_sequences_read_them_alike():
    X = np.arange(24).reshape(2, 4, 3)
    for same in ([2], [-1], [False, False, True], ["x2"]):
        flattener = SequenceFlattener(categorical_features=same).fit(X)
        assert flattener.is_categorical_.tolist() == [False] * 8 + [True] * 4
