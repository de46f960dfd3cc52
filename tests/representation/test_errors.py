"""Bad input gives errors that say what was got and what was expected."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_baylime.representation import QuantileDiscretizer

X = np.random.default_rng(0).normal(size=(20, 3))
NAMES = ["a", "b", "s"]


def letters_frame(library, **columns):
    """Two numeric columns and one of letters."""
    start = {"a": X[:, 0], "b": X[:, 1], "s": ["u", "v"] * 10}
    return library.DataFrame({**start, **columns})


def fit(table, **params):
    return QuantileDiscretizer(random_state=0, **params).fit(table)


def with_value(value):
    table = X.copy()
    table[4, 1] = value
    return table


def as_frame(table, library):
    return library.DataFrame({f"x{j}": column for j, column in enumerate(table.T)})


TABLES = {
    "array": lambda table: table,
    "object array": lambda table: table.astype(object),
    "pandas": lambda table: as_frame(table, pd),
    "polars": lambda table: as_frame(table, pl),
}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_numbers(kind, value):
    """In fit, transform and at; the message names column and row."""
    bad = TABLES[kind](with_value(value))
    match = r"'x1' contains infinity \(first in row 4"
    with pytest.raises(ValueError, match=match):
        fit(bad)
    fitted = fit(TABLES[kind](X))
    with pytest.raises(ValueError, match=match):
        fitted.transform(bad)
    with pytest.raises(ValueError, match="'x1' contains infinity"):
        fitted.at([0.0, value, 0.0])


@pytest.mark.parametrize("kind", TABLES)
def test_missing_numbers_where_none_were(kind):
    """Nothing is known of a bin of missing values; the message names column and row."""
    fitted = fit(TABLES[kind](X))
    match = r"'x1' has a missing value \(first in row 4\), but none was missing in fit"
    with pytest.raises(ValueError, match=match):
        fitted.transform(TABLES[kind](with_value(np.nan)))
    with pytest.raises(ValueError, match="'x1' has a missing value"):
        fitted.at([0.0, np.nan, 0.0])


@pytest.mark.parametrize("value", [np.nan, None, pd.NA])
def test_a_column_of_missing_values_only(value):
    """There is nothing to draw from."""
    table = X.astype(object)
    table[:, 1] = value
    with pytest.raises(ValueError, match="'x1' has missing values only"):
        fit(table)


UNKNOWN = {
    "pandas str": (pd, None),
    "pandas object": (pd, object),
    "pandas category": (pd, "category"),
    "polars String": (pl, pl.String),
    "polars Categorical": (pl, pl.Categorical),
    "polars Enum": (pl, pl.Enum(["u", "v"])),
}


@pytest.mark.parametrize("library, dtype", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_category_of_an_instance(library, dtype):
    """The message names the value, the column and what is known."""
    column = library.Series(["u", "v"] * 10)
    column = (
        library.Series(column.to_list(), dtype=dtype)
        if library is pd
        else column.cast(dtype)
    )
    fitted = fit(letters_frame(library, s=column))
    match = r"'s' has the unknown category 'w', expected one of \['u', 'v'\]"
    for x in ({"a": 0.0, "b": 0.0, "s": "w"}, [0.0, 0.0, "w"]):
        with pytest.raises(ValueError, match=match):
            fitted.at(x)


@pytest.mark.parametrize("library", [pd, pl])
def test_unknown_category_of_a_row(library):
    """Also in a frame of many rows."""
    fitted = fit(letters_frame(library))
    with pytest.raises(ValueError, match="'s' has the unknown category 'w'"):
        fitted.transform(letters_frame(library, s=["u", "w"] * 10))


def test_unknown_category_of_a_numeric_code():
    """Numbers that are categories are looked up as well."""
    fitted = fit(np.c_[X, np.arange(20) % 3], categorical_features=[3])
    with pytest.raises(ValueError, match=r"'x3' has the unknown category 7"):
        fitted.at([0.0, 0.0, 0.0, 7.0])


@pytest.mark.parametrize("width", [2, 4])
def test_wrong_number_of_columns(width):
    """As scikit-learn says it."""
    with pytest.raises(ValueError, match=f"X has {width} features, but"):
        fit(X).transform(np.zeros((5, width)))


CHANGES = {
    "other name": lambda frame: frame[["a", "b"]].assign(z=frame["s"]),
    "other order": lambda frame: frame[["b", "a", "s"]],
    "fewer": lambda frame: frame[["a", "s"]],
    "more": lambda frame: frame.assign(z=1.0),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("library", [pd, pl])
def test_wrong_columns_of_a_frame(change, library):
    """Other names, another order, too few, too many."""
    changed = CHANGES[change](letters_frame(pd))
    if library is pl:
        changed = pl.DataFrame({name: changed[name].to_list() for name in changed})
    with pytest.raises(ValueError, match=r"feature names|features|column"):
        fit(letters_frame(library)).transform(changed)


def test_numeric_columns_in_another_order_are_not_taken():
    """Nothing but the names tells that the numbers are swapped."""
    frame = pl.DataFrame({"a": X[:, 0], "b": X[:, 1]})
    with pytest.raises(ValueError, match=r"feature names|order|column"):
        fit(frame).transform(frame.select("b", "a"))


@pytest.mark.parametrize(
    "codes, match",
    [
        ([[0, 0, 4]], "bin numbers"),
        ([[0, -1, 0]], "bin numbers"),
        ([[0.0, 1.0, 2.0]], "float64 hold something else"),
        ([["0", "1", "2"]], "something else than bin numbers"),
        ([[True, False, True]], "bool hold something else"),
        ([[0, 0]], r"shape \(1, 2\), expected \(n, 3\)"),
        ([[0, 0, 0, 0]], r"shape \(1, 4\), expected \(n, 3\)"),
        ([0, 0, 0], r"shape \(3,\), expected \(n, 3\)"),
    ],
)
def test_codes_that_are_none(codes, match):
    """Out of range, floats, of the wrong width."""
    with pytest.raises(ValueError, match=match):
        fit(X).inverse_transform(codes)


def test_code_beyond_the_categories():
    """A category's code has its own range."""
    fitted = fit(letters_frame(pd))
    with pytest.raises(ValueError, match="bin numbers"):
        fitted.inverse_transform([[0, 0, 2]])


@pytest.mark.parametrize("chosen", [["z"], [3], [-4], [1.5], [None], ["a", "z"]])
@pytest.mark.parametrize("library", [pd, pl])
def test_categorical_features_that_name_no_column(chosen, library):
    """The message repeats what was named and lists the columns."""
    match = r"categorical_features has .*, expected an index .*\['a', 'b', 's'\]"
    with pytest.raises(ValueError, match=match):
        fit(letters_frame(library), categorical_features=chosen)


@pytest.mark.parametrize("kind", ["pandas", "polars", "array"])
def test_strings_in_a_numeric_column_of_later_rows(kind):
    """The message says to name the column as categorical."""
    words = np.array([["low", "high", "low"]] * 4)
    match = "'x0' has values that are not numbers, such as 'low'"
    with pytest.raises(ValueError, match=match):
        fit(TABLES[kind](X)).transform(TABLES[kind](words))


@pytest.mark.parametrize("kind", ["pandas", "array"])
def test_strings_among_the_numbers_of_a_column(kind):
    """Such a column is neither numeric nor categorical; the message names it."""
    column = np.array([1.5, "low"] * 10, dtype=object)
    table = np.c_[column, X].astype(object)
    if kind == "pandas":
        table = letters_frame(pd, x0=column)[["x0", "a"]]
    with pytest.raises(ValueError, match="'x0'"):
        fit(table)


@pytest.mark.parametrize(
    "x", [[0.0], [0.0] * 4, [[0.0] * 3] * 2, [], 0.0, [[[0.0] * 3]]]
)
@pytest.mark.parametrize("kind", ["array", "pandas", "polars"])
def test_instance_of_the_wrong_shape(x, kind):
    """The message says which shapes are taken."""
    with pytest.raises(ValueError, match=r"expected one row of 3 columns"):
        fit(TABLES[kind](X)).at(x)


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize("n_rows", [0, 2])
def test_instance_as_a_frame_of_not_one_row(library, n_rows):
    """One instance at a time."""
    frame = letters_frame(library)
    with pytest.raises(ValueError, match=rf"shape \({n_rows}, 3\), expected one row"):
        fit(frame).at(frame[:n_rows])


@pytest.mark.parametrize("kind", ["dict", "series", "pandas", "polars"])
def test_instance_that_lacks_a_column(kind):
    """The message names the column that is missing."""
    record = {"a": 0.0, "z": 0.0, "s": "u"}
    x = {
        "dict": lambda: record,
        "series": lambda: pd.Series(record),
        "pandas": lambda: pd.DataFrame([record]),
        "polars": lambda: pl.DataFrame([record]),
    }[kind]()
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['b'\]"):
        fit(letters_frame(pd)).at(x)


@pytest.mark.parametrize("table", [X[:0], as_frame(X[:0], pd), as_frame(X[:0], pl)])
def test_table_without_rows(table):
    """There is nothing to learn from, and nothing to encode."""
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        fit(table)
    fitted = fit(
        X if isinstance(table, np.ndarray) else as_frame(X, type_module(table))
    )
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        fitted.transform(table)


def type_module(frame):
    return pd if isinstance(frame, pd.DataFrame) else pl


@pytest.mark.parametrize("n_bins", [1, 0, -3, 2.5, "4", None])
def test_number_of_bins(n_bins):
    """At least two."""
    with pytest.raises(ValueError, match="'n_bins' parameter"):
        fit(X, n_bins=n_bins)
