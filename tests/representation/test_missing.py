"""Missing values: a bin of their own, in every kind of table."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_baylime.representation import QuantileDiscretizer

COLUMNS = {
    "array": np.array([0.5, np.nan, 2.5, 3.5] * 5),
    "float": pd.Series([0.5, None, 2.5, 3.5] * 5),
    "object numbers": pd.Series([1, None, 2, 3] * 5, dtype=object),
    "object None": pd.Series(["u", None, "v", "w"] * 5, dtype=object),
    "object nan": pd.Series(["u", np.nan, "v", "w"] * 5, dtype=object),
    "default str": pd.Series(["u", None, "v", "w"] * 5),
    "string": pd.Series(["u", None, "v", "w"] * 5, dtype="string"),
    "category": pd.Series(["u", None, "v", "w"] * 5, dtype="category"),
    "boolean": pd.Series([True, None, False, True] * 5, dtype="boolean"),
    "Int64": pd.Series([1, None, 2, 3] * 5, dtype="Int64"),
    "Float64": pd.Series([0.5, None, 2.5, 3.5] * 5, dtype="Float64"),
    "polars Float64": pl.Series([0.5, None, 2.5, 3.5] * 5),
    "polars nan": pl.Series([0.5, np.nan, 2.5, 3.5] * 5),
    "polars String": pl.Series(["u", None, "v", "w"] * 5),
    "polars Categorical": pl.Series(["u", None, "v", "w"] * 5, dtype=pl.Categorical),
    "polars Boolean": pl.Series([True, None, False, True] * 5),
    "polars Int64": pl.Series([1, None, 2, 3] * 5),
}


def as_table(column):
    full = np.arange(20.0)
    if isinstance(column, np.ndarray):
        return np.column_stack([full, column])
    library = pl if isinstance(column, pl.Series) else pd
    return library.DataFrame({"x0": full, "x1": column})


def missing_of(table):
    if isinstance(table, pl.DataFrame):
        column = table["x1"]
        nan = column.is_nan() if column.dtype == pl.Float64 else column.is_null()
        return (column.is_null() | nan.fill_null(True)).to_numpy()
    return pd.isna(pd.DataFrame(table).iloc[:, 1]).to_numpy()


@pytest.fixture(params=COLUMNS)
def table(request):
    return as_table(COLUMNS[request.param])


def test_missing_values_have_the_last_code(table):
    discretizer = QuantileDiscretizer().fit(table)
    codes = discretizer.transform(table)[:, 1]
    last = discretizer.n_bins_[1] - 1
    assert (codes[1::4] == last).all()
    assert (np.delete(codes, np.s_[1::4]) < last).all()
    assert discretizer.frequencies_[1][-1] == 0.25


def test_codes_come_back_as_missing_values(table):
    """And as nothing else: of the same type, missing exactly where the code says so."""
    discretizer = pickle.loads(pickle.dumps(QuantileDiscretizer(random_state=0)))
    discretizer = pickle.loads(pickle.dumps(discretizer.fit(table)))
    codes = discretizer.transform(table)
    rows = discretizer.inverse_transform(codes)
    assert type(rows) is type(table)
    np.testing.assert_array_equal(missing_of(rows), missing_of(table))
    np.testing.assert_array_equal(discretizer.transform(rows), codes)
    if not isinstance(table, np.ndarray):
        assert list(rows.dtypes) == list(table.dtypes)


@pytest.mark.parametrize("row", [0, 1])
def test_an_instance_with_a_missing_value(table, row):
    """Its names say so, and the first row is the instance itself."""
    discretizer = QuantileDiscretizer(random_state=0).fit(table)
    x = table[row : row + 1]
    here = discretizer.at(x)
    name = here.get_feature_names_out()[1]
    assert (name == "x1 is missing") == (row == 1)
    rows = here.inverse_transform(np.tile(here.reference_, (3, 1)))
    assert missing_of(rows).tolist() == [row == 1] * 3
    if row == 0 and isinstance(table, np.ndarray):
        np.testing.assert_array_equal(rows[0], x[0])


def test_a_column_of_one_value_and_gaps():
    """Two conditions, and what is drawn is the one value, or none."""
    X = np.array([[7.0], [np.nan], [7.0]])
    discretizer = QuantileDiscretizer().fit(X)
    assert discretizer.at([7.0]).get_feature_names_out() == ["x0 <= 7"]
    assert discretizer.at([np.nan]).get_feature_names_out() == ["x0 is missing"]
    codes = discretizer.transform(X)
    np.testing.assert_array_equal(discretizer.inverse_transform(codes), X)


def test_null_in_polars_stays_null_around_an_instance():
    """NaN is a number there, which models may treat otherwise."""
    table = pl.DataFrame({"a": [1.5, None, 2.5, 4.0], "b": [1.0, 2.0, 3.0, 4.5]})
    here = QuantileDiscretizer(random_state=0).fit(table).at(table[1])
    rows = here.inverse_transform(here.transform(table)[[1, 1, 0]])
    assert rows["a"].is_null().to_list() == [True, True, False]
    assert rows.row(0) == table.row(1)
