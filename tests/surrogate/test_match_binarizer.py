"""MatchBinarizer: 1 where a row has the instance's code, else 0."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_baylime.surrogate import MatchBinarizer

CODES = np.array([[2, 0, -1], [2, 1, -1], [3, 1, 4], [2, 1, 4], [0, 1, 4]])


@pytest.mark.parametrize("reference", [[2, 0, 4], np.array([2, 0, 4]), (2.0, 0.0, 4.0)])
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float32, np.float64])
def test_matches_with_a_reference(reference, dtype):
    """Cell by cell, as floats, whatever the type of the codes."""
    got = MatchBinarizer(reference=reference).fit_transform(CODES.astype(dtype))
    assert got.dtype == np.float64
    assert_array_equal(got, [[1, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 1], [0, 0, 1]])


def test_reference_matches_itself_everywhere():
    """The instance is the row of ones, the kernel's default reference."""
    for row in CODES:
        binarizer = MatchBinarizer(reference=row).fit(CODES)
        assert_array_equal(binarizer.transform(row[None]), [[1, 1, 1]])


def test_most_frequent_codes_stand_in_for_a_reference():
    """The smaller one where two are equally frequent."""
    binarizer = MatchBinarizer().fit(CODES)
    assert_array_equal(binarizer.reference_, [2, 1, 4])
    assert_array_equal(MatchBinarizer().fit(CODES[:2]).reference_, [2, 0, -1])


def test_rows_of_transform_need_not_be_those_of_fit():
    """Unseen codes match nothing; the reference does not move with the rows."""
    binarizer = MatchBinarizer(reference=[2, 0, 4]).fit(CODES)
    got = binarizer.transform([[9, 9, 9], [9, 0, 9]])
    assert_array_equal(got, [[0, 0, 0], [0, 1, 0]])


def test_reference_never_seen_matches_nothing():
    """A reference need not occur."""
    assert not MatchBinarizer(reference=[9, 9, 9]).fit_transform(CODES).any()


@pytest.mark.parametrize("reference", [[2, 0], [2, 0, 4, 1], [[2, 0, 4]], []])
def test_reference_of_the_wrong_length(reference):
    """The message says which shape was got and which was expected."""
    shape = str(np.shape(reference)).replace("(", r"\(").replace(")", r"\)")
    match = rf"reference has shape {shape}, expected one code a column, \(3,\)"
    with pytest.raises(ValueError, match=match):
        MatchBinarizer(reference=reference).fit(CODES)


def test_names_pass_through():
    """Those of the columns, or those passed in."""
    binarizer = MatchBinarizer().fit(CODES)
    assert list(binarizer.get_feature_names_out()) == ["x0", "x1", "x2"]
    assert list(binarizer.get_feature_names_out(["a", "b", "c"])) == ["a", "b", "c"]
    frame = pd.DataFrame(CODES, columns=["u", "v", "w"])
    assert list(MatchBinarizer().fit(frame).get_feature_names_out()) == ["u", "v", "w"]


def test_pandas_output_has_names_and_index():
    """After `set_output`."""
    frame = pd.DataFrame(CODES, columns=["u", "v", "w"], index=list("pqrst"))
    binarizer = MatchBinarizer(reference=[2, 0, 4]).set_output(transform="pandas")
    got = binarizer.fit_transform(frame)
    assert list(got.columns) == ["u", "v", "w"]
    assert list(got.index) == list("pqrst")
    expected = MatchBinarizer(reference=[2, 0, 4]).fit_transform(CODES)
    assert_array_equal(got.to_numpy(), expected)


def test_reference_is_kept_as_given():
    """The parameter is neither changed nor shared with the fitted attribute's rows."""
    reference = np.array([2, 0, 4])
    binarizer = MatchBinarizer(reference=reference).fit(CODES)
    assert binarizer.reference is reference
    assert_array_equal(reference, [2, 0, 4])


def test_input_is_not_changed():
    """Also read-only codes are taken."""
    codes = CODES.copy()
    codes.flags.writeable = False
    assert MatchBinarizer().fit_transform(codes).flags.writeable
