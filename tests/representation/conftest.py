"""Tables of every kind, and what their bins should be by plain numpy."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_baylime.representation import QuantileDiscretizer

# Chance of a false alarm in a statistical test: two-sided, 5 standard deviations.
FIVE_SIGMA = 5.7e-7

CITIES = np.array(["Bern", "Genf", "Zug"])


def mixed_columns(n=60, seed=0):
    """Columns of all basic types; the categorical ones have few values."""
    rng = np.random.default_rng(seed)
    return {
        "age": rng.integers(18, 90, n),
        "income": rng.lognormal(8, 1, n),
        "city": CITIES[rng.integers(0, 3, n)].tolist(),
        "owner": rng.random(n) < 0.4,
        "grade": np.array(["a", "b", "c"])[rng.integers(0, 3, n)].tolist(),
        "height": rng.normal(1.7, 0.1, n).astype(np.float32),
    }


def mixed_frame(kind, n=60, seed=0):
    """Pandas or polars frame of `mixed_columns`; grade is an ordered category."""
    columns = mixed_columns(n, seed)
    if kind == "polars":
        levels = pl.Enum(["c", "b", "a", "never"])
        return pl.DataFrame(
            columns, schema_overrides={"grade": levels, "age": pl.Int32}
        )
    frame = pd.DataFrame(columns)
    levels = pd.CategoricalDtype(["c", "b", "a", "never"], ordered=True)
    frame["grade"] = frame["grade"].astype(levels)
    frame["age"] = frame["age"].astype("int32")
    return frame


def row_of(table, i):
    """Return row `i` of any table as a list of values."""
    if isinstance(table, pd.DataFrame):
        return [table[name].iloc[i] for name in table.columns]
    if isinstance(table, pl.DataFrame):
        return list(table.row(i))
    return table[i].tolist()


def instance(table, i):
    """Return row `i` as the kind of table itself has rows."""
    return table.iloc[[i]] if isinstance(table, pd.DataFrame) else table[i]


def stack(tables):
    """Put tables of one kind on top of each other."""
    if isinstance(tables[0], pd.DataFrame):
        return pd.concat(tables, ignore_index=True)
    if isinstance(tables[0], pl.DataFrame):
        return pl.concat(tables)
    return np.concatenate(tables)


def assert_same_table(got, expected):
    """Compare types, names, dtypes and values exactly."""
    assert type(got) is type(expected)
    if isinstance(got, pd.DataFrame):
        pd.testing.assert_frame_equal(got, expected)
    elif isinstance(got, pl.DataFrame):
        assert got.schema == expected.schema
        assert got.rows() == expected.rows()
    else:
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)


def bin_ends(column, n_bins=4):
    """Lower and upper ends of each bin by `np.quantile`."""
    shares = np.arange(1, n_bins) / n_bins
    borders = np.unique(np.quantile(np.asarray(column, dtype=float), shares))
    return np.r_[column.min(), borders], np.r_[borders, column.max()]


@pytest.fixture(scope="session")
def tools():
    """Give the functions of this file, as test files cannot import each other."""
    return SimpleNamespace(
        FIVE_SIGMA=FIVE_SIGMA,
        mixed_frame=mixed_frame,
        row_of=row_of,
        instance=instance,
        stack=stack,
        assert_same_table=assert_same_table,
        bin_ends=bin_ends,
    )


TABLES = {
    "array": lambda: np.random.default_rng(0).normal(size=(60, 3)),
    "float32 array": lambda: (
        np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    ),
    "integer array": lambda: np.random.default_rng(0).integers(-40, 40, (60, 3)),
    "object array": lambda: mixed_frame("pandas").to_numpy(dtype=object),
    "pandas": lambda: mixed_frame("pandas"),
    "polars": lambda: mixed_frame("polars"),
}


@pytest.fixture(params=TABLES)
def table(request):
    """Give a table of each kind, 60 rows."""
    return TABLES[request.param]()


@pytest.fixture
def fitted(table):
    """Give a discretizer of quartiles fitted on `table`."""
    return QuantileDiscretizer(random_state=0).fit(table)


@pytest.fixture(params=["pandas", "polars"])
def frame(request):
    """Give a frame of mixed columns, 60 rows."""
    return mixed_frame(request.param)
