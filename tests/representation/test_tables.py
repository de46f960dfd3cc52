"""Tables of any kind come back as they came, categorical columns among them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from sklearn_baylime.representation import QuantileDiscretizer

LETTERS = ["b", "a", "c", "a", "b", "a"]
FLAGS = [True, False, True, True, False, False]
NUMBERS = [3, 1, 2, 1, 3, 1]

PANDAS = {
    "int8": pd.Series(NUMBERS, dtype="int8"),
    "uint16": pd.Series(NUMBERS, dtype="uint16"),
    "int64": pd.Series(NUMBERS, dtype="int64"),
    "float32": pd.Series(NUMBERS, dtype="float32"),
    "float64": pd.Series(NUMBERS, dtype="float64"),
    "Int64": pd.Series(NUMBERS, dtype="Int64"),
    "Float64": pd.Series(NUMBERS, dtype="Float64"),
    "bool": pd.Series(FLAGS, dtype="bool"),
    "boolean": pd.Series(FLAGS, dtype="boolean"),
    "default str": pd.Series(LETTERS),
    "object": pd.Series(LETTERS, dtype=object),
    "string": pd.Series(LETTERS, dtype="string"),
    "category": pd.Series(LETTERS, dtype="category"),
    "ordered": pd.Series(
        LETTERS, dtype=pd.CategoricalDtype(["c", "a", "b", "never"], ordered=True)
    ),
    "number category": pd.Series(NUMBERS, dtype="category"),
}
POLARS = {
    "Int8": pl.Series(NUMBERS, dtype=pl.Int8),
    "UInt16": pl.Series(NUMBERS, dtype=pl.UInt16),
    "Int64": pl.Series(NUMBERS, dtype=pl.Int64),
    "Float32": pl.Series(NUMBERS, dtype=pl.Float32),
    "Float64": pl.Series(NUMBERS, dtype=pl.Float64),
    "Boolean": pl.Series(FLAGS),
    "String": pl.Series(LETTERS),
    "Categorical": pl.Series(LETTERS, dtype=pl.Categorical),
    "Enum": pl.Series(LETTERS, dtype=pl.Enum(["c", "a", "b", "never"])),
}
NUMERIC = {"i", "u", "f"}


def frame_of(column, *, last=None):
    """One column between or after numeric ones, in the column's own library."""
    module = pl if isinstance(column, pl.Series) else pd
    columns = {"first": np.linspace(0, 1, 6), "column": column}
    if last is not None:
        columns["last"] = last
    return module.DataFrame(columns)


COLUMNS = [
    pytest.param(column, id=f"{library}-{name}")
    for library, columns in {"pandas": PANDAS, "polars": POLARS}.items()
    for name, column in columns.items()
]
CATEGORICAL = [
    pytest.param(column, id=f"{library}-{name}")
    for library, columns in {"pandas": PANDAS, "polars": POLARS}.items()
    for name, column in columns.items()
    if column.to_list()[0] in ("b", True) and column.to_list() != NUMBERS
]


def drawn(frame, **params):
    """Fit, and draw rows for the codes of the frame itself."""
    fitted = QuantileDiscretizer(random_state=0, **params).fit(frame)
    return fitted, fitted.inverse_transform(fitted.transform(frame))


@pytest.mark.parametrize("column", COLUMNS)
def test_every_dtype_comes_back(column):
    """A frame of the same library, columns, order and dtypes."""
    frame = frame_of(column, last=np.linspace(1, 2, 6))
    _, rows = drawn(frame)
    assert type(rows) is type(frame)
    assert list(rows.columns) == list(frame.columns)
    assert list(rows.dtypes) == list(frame.dtypes)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_dtype_comes_back_at_an_instance(column):
    """Also where the first row is put in place of a drawn one."""
    frame = frame_of(column, last=np.linspace(1, 2, 6))
    fitted = QuantileDiscretizer(random_state=0).fit(frame)
    x = frame.iloc[2] if isinstance(frame, pd.DataFrame) else frame.row(2, named=True)
    rows = fitted.at(x).inverse_transform(fitted.transform(frame)[[2, 1, 0]])
    assert list(rows.dtypes) == list(frame.dtypes)
    assert rows["column"].to_list()[0] == column.to_list()[2]


@pytest.mark.parametrize("column", CATEGORICAL)
@pytest.mark.parametrize("last", [np.linspace(1, 2, 6), None])
def test_strings_booleans_and_categories_are_categorical(column, last):
    """By dtype alone; their values come back as they were, wherever they stand."""
    frame = frame_of(column, last=last)
    fitted, rows = drawn(frame)
    assert fitted.borders_[1] is None
    assert set(fitted.categories_[1]) == set(column.to_list())
    assert rows["column"].to_list() == column.to_list()


@pytest.mark.parametrize("column", CATEGORICAL)
def test_table_of_one_categorical_column(column):
    """No numeric column is needed."""
    frame = (
        frame_of(column).drop(columns="first")
        if isinstance(column, pd.Series)
        else frame_of(column).drop("first")
    )
    _, rows = drawn(frame)
    assert rows["column"].to_list() == column.to_list()


@pytest.mark.parametrize("n_bins", [2, 4, 10])
@pytest.mark.parametrize("position", [0, 1])
def test_more_categories_than_bins(n_bins, position):
    """The number of categories is not bounded by the number of bins."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    X[:, position] = rng.permutation(40) % 20
    _, rows = drawn(X, n_bins=n_bins, categorical_features=[position])
    assert_array_equal(rows[:, position], X[:, position])


@pytest.mark.parametrize(
    "chosen", [[1], [-2], ["code"], np.array([1]), np.array(["code"]), ("code",)]
)
@pytest.mark.parametrize("library", [pd, pl])
def test_categorical_columns_of_a_frame_by_index_or_name(chosen, library):
    """A column of numbers is categorical if it is named."""
    frame = library.DataFrame(
        {"a": np.linspace(0, 1, 30), "code": [10, 20, 70] * 10, "b": np.arange(30.0)}
    )
    fitted, rows = drawn(frame, categorical_features=chosen)
    assert_array_equal(fitted.categories_[1], [10, 20, 70])
    assert [border is None for border in fitted.borders_] == [False, True, False]
    assert rows["code"].to_list() == frame["code"].to_list()
    assert list(rows.dtypes) == list(frame.dtypes)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, object])
@pytest.mark.parametrize("chosen", [[1], [-2], ["x1"]])
def test_categorical_columns_of_an_array_by_index_or_name(chosen, dtype):
    """Numbers that are categories come back as such numbers."""
    X = np.c_[np.arange(30), [10, 20, 70] * 10, np.arange(30)].astype(dtype)
    fitted, rows = drawn(X, categorical_features=chosen)
    assert_array_equal(fitted.categories_[1].astype(int), [10, 20, 70])
    assert_array_equal(rows[:, 1], X[:, 1])
    assert rows.dtype == dtype


def test_array_of_strings_is_all_categorical():
    """Also where the strings look like numbers."""
    X = np.array([["a", "1"], ["b", "2"], ["a", "30"]])
    fitted, rows = drawn(X)
    assert fitted.borders_ == [None, None]
    assert_array_equal(rows, X)


def test_object_column_of_numbers_is_numeric():
    """Objects are judged by their values."""
    X = np.array([[1, "a"], [2.5, "b"], [4, "a"]], dtype=object)
    fitted = QuantileDiscretizer().fit(X)
    assert fitted.categories_[0] is None
    assert fitted.borders_[1] is None


def test_frame_rows_follow_the_law_of_array_rows(tools):
    """The container changes nothing about the numbers."""
    X = np.random.default_rng(0).normal(size=(40, 3))
    names = ["a", "b", "c"]
    tables = [X, pd.DataFrame(X, columns=names), pl.DataFrame(X, schema=names)]
    rows = [drawn(table)[1] for table in tables]
    for other in rows[1:]:
        assert_array_equal(other.to_numpy(), rows[0])


@pytest.mark.parametrize("index", [list("uvwxyz"), [7, 7, 7, 0, 1, 2], range(9, 3, -1)])
def test_index_of_a_frame_does_not_matter(index, tools):
    """Rows are taken by position, never by label."""
    plain = frame_of(PANDAS["category"], last=np.arange(6))
    labelled = plain.set_axis(index, axis=0)
    fitted, rows = drawn(labelled)
    codes = fitted.transform(plain)
    assert_array_equal(fitted.transform(labelled), codes)
    tools.assert_same_table(rows, drawn(plain)[1])
    for x in (labelled.iloc[4], labelled.iloc[[4]]):
        first = fitted.at(x).inverse_transform(codes).iloc[0]
        assert first.tolist() == plain.iloc[4].tolist()


def test_frame_whose_column_names_are_numbers():
    """`pd.DataFrame(array)` has such names, and models fitted on it expect them."""
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 3)))
    fitted, rows = drawn(frame)
    assert list(rows.columns) == list(frame.columns)
    for x in (frame.iloc[4], frame.iloc[[4]], frame.iloc[4].to_dict()):
        here = fitted.at(x)
        assert_array_equal(here.reference_, fitted.transform(frame)[4])


# As scikit-learn warns where names are known on one side only.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("library", [pd, pl])
def test_frame_and_array_stand_in_for_each_other(library):
    """Columns are then taken by position."""
    X = np.random.default_rng(0).normal(size=(30, 3))
    frame = library.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]})
    codes = QuantileDiscretizer().fit_transform(X)
    for fitted in (QuantileDiscretizer().fit(X), QuantileDiscretizer().fit(frame)):
        for table in (X, frame, X.tolist()):
            assert_array_equal(fitted.transform(table), codes)


def test_float32_array_comes_back_as_float32():
    """Rows and the instance, bit by bit."""
    X = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    fitted, rows = drawn(X)
    assert rows.dtype == np.float32
    first = fitted.at(X[5]).inverse_transform(fitted.transform(X))
    assert first.dtype == np.float32
    assert_array_equal(first[0], X[5])


def test_read_only_arrays_are_taken(table, tools):
    """In fit, transform, inverse_transform and at; nothing is written to."""
    if isinstance(table, np.ndarray):
        table.flags.writeable = False
    fitted, _ = drawn(table)
    codes = fitted.transform(table)
    codes.flags.writeable = False
    before = codes.copy()
    x = tools.instance(table, 3)
    here = fitted.at(x)
    rows = here.inverse_transform(codes)
    assert_array_equal(codes, before)
    assert tools.row_of(rows, 0) == tools.row_of(table, 3)


def test_inputs_are_not_changed(table, tools):
    """Neither the table nor the codes are written to."""
    before = table.clone() if isinstance(table, pl.DataFrame) else table.copy()
    fitted = QuantileDiscretizer(random_state=0).fit(table)
    codes = fitted.transform(table)
    kept = codes.copy()
    fitted.at(tools.instance(table, 0)).inverse_transform(codes)
    tools.assert_same_table(table, before)
    assert_array_equal(codes, kept)


def test_fortran_order_does_not_matter():
    """Nor do strides."""
    X = np.random.default_rng(0).normal(size=(60, 6))
    for other in (np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2]):
        assert_array_equal(drawn(other)[1], drawn(X)[1])
