"""The discretizer at an instance: a light copy whose first row is the instance."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from sklearn_baylime.representation import QuantileDiscretizer

FORMS_OF_ROW = {
    "list": list,
    "tuple": tuple,
    "1-D array": lambda row: np.array(row, dtype=object),
    "(1, d) array": lambda row: np.array([row], dtype=object),
    "list of one list": lambda row: [row],
}
FORMS_OF_FRAME = {
    "row": lambda frame, i: frame.iloc[i] if is_pandas(frame) else frame.row(i),
    "one-row frame": lambda frame, i: frame.iloc[[i]] if is_pandas(frame) else frame[i],
    "dict": lambda frame, i: (
        frame.iloc[i].to_dict() if is_pandas(frame) else frame.row(i, named=True)
    ),
    "dict in another order": lambda frame, i: dict(
        reversed(FORMS_OF_FRAME["dict"](frame, i).items())
    ),
}


def is_pandas(frame):
    return isinstance(frame, pd.DataFrame)


def assert_first_row_is(fitted, table, i, x, tools):
    """The instance comes back exactly, whatever its code is drawn for."""
    here = fitted.at(x)
    codes = fitted.transform(table)
    assert_array_equal(here.reference_, codes[i])
    rows = here.inverse_transform(codes[[i, *range(len(codes))]])
    assert tools.row_of(rows, 0) == tools.row_of(table, i)
    assert len(rows) == len(codes) + 1


@pytest.mark.parametrize("form", FORMS_OF_ROW)
@pytest.mark.parametrize("i", [0, 17, 59])
def test_first_row_is_the_instance_given_as_a_row(fitted, table, form, i, tools):
    """For every kind of table."""
    x = FORMS_OF_ROW[form](tools.row_of(table, i))
    assert_first_row_is(fitted, table, i, x, tools)


@pytest.mark.parametrize("form", FORMS_OF_FRAME)
@pytest.mark.parametrize("i", [0, 17, 59])
def test_first_row_is_the_instance_given_as_a_record(frame, form, i, tools):
    """For frames of mixed types; the order in a record does not matter."""
    fitted = QuantileDiscretizer(random_state=0).fit(frame)
    x = FORMS_OF_FRAME[form](frame, i)
    assert_first_row_is(fitted, frame, i, x, tools)


@pytest.mark.parametrize("form", ["dict", "series", "pandas row", "polars row"])
def test_records_name_an_arrays_columns_x0_and_so_on(form, tools):
    """Arrays may be met by records too."""
    X = np.random.default_rng(0).normal(size=(30, 2))
    record = {"x0": X[4, 0], "x1": X[4, 1]}
    x = {
        "dict": lambda: record,
        "series": lambda: pd.Series(record),
        "pandas row": lambda: pd.DataFrame([record]),
        "polars row": lambda: pl.DataFrame([record]),
    }[form]()
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    assert_first_row_is(fitted, X, 4, x, tools)


def test_instance_beyond_the_training_data_comes_back_too(tools):
    """Its code is the outer bin, its value its own."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    here = fitted.at([1e9, -1e9, X[0, 2]])
    assert_array_equal(here.reference_[:2], [3, 0])
    rows = here.inverse_transform([here.reference_] * 3)
    assert_array_equal(rows[0], [1e9, -1e9, X[0, 2]])
    assert (np.abs(rows[1:]) < 10).all()


def test_only_row_0_of_all_rows_is_the_instance(fitted, table, tools):
    """A later part starts with a drawn row, row 1 of a part is drawn."""
    here = fitted.at(tools.instance(table, 3))
    codes = fitted.transform(table)[[3] * 6]
    parts = [
        tools.row_of(here.inverse_transform(codes), 1),
        tools.row_of(here.inverse_transform(codes, start=1), 0),
    ]
    assert parts[0] == parts[1] != tools.row_of(table, 3)


def test_at_is_light_and_leaves_the_fitted_one_alone(fitted, table, tools):
    """All that was fitted is shared, nothing is added to the original."""
    before = dict(vars(fitted))
    codes, names = fitted.transform(table), fitted.get_feature_names_out()
    rows = fitted.inverse_transform(codes)
    here = fitted.at(tools.instance(table, 3))
    assert here is not fitted
    assert all(vars(here)[name] is value for name, value in before.items())
    assert vars(fitted) == before
    assert not hasattr(fitted, "reference_")
    tools.assert_same_table(fitted.inverse_transform(codes), rows)
    assert_array_equal(fitted.get_feature_names_out(), names)


def test_at_another_instance_forgets_the_first(fitted, table, tools):
    """`at` may be asked of a copy as of the original."""
    codes = fitted.transform(table)
    here = fitted.at(tools.instance(table, 3)).at(tools.instance(table, 8))
    assert_array_equal(here.reference_, codes[8])
    rows = here.inverse_transform(codes[[8, 8]])
    assert tools.row_of(rows, 0) == tools.row_of(table, 8)


def test_instance_is_copied(tools):
    """Changing the instance afterwards changes nothing."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    x = X[3].copy()
    here = QuantileDiscretizer(random_state=0).fit(X).at(x)
    x[:] = 0.0
    assert_array_equal(here.inverse_transform([here.reference_])[0], X[3])


def test_returned_rows_are_not_shared():
    """Changing the rows changes no later rows."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    here = QuantileDiscretizer(random_state=0).fit(X).at(X[3])
    here.inverse_transform([here.reference_])[:] = 0.0
    assert_array_equal(here.inverse_transform([here.reference_])[0], X[3])


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_at_works_when_codes_come_as_frames(output):
    """`set_output` changes what transform returns, not what `at` knows."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    expected = fitted.at(X[3]).reference_
    assert_array_equal(
        fitted.set_output(transform=output).at(X[3]).reference_, expected
    )


@pytest.mark.parametrize("kind", ["array", "pandas"])
@pytest.mark.parametrize("value", [2.5, 300])
def test_instance_that_a_column_cannot_hold_is_refused(kind, value):
    """Its first row could not be the instance, exactly."""
    X = np.random.default_rng(0).integers(0, 100, size=(60, 2)).astype(np.int8)
    X = X if kind == "array" else pd.DataFrame(X, columns=["a", "b"])
    fitted = QuantileDiscretizer(random_state=0).fit(X)
    with pytest.raises(ValueError, match=r"integer|int8|hold"):
        fitted.at([value, 5])
