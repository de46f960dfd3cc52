"""Columns are what their frame says: every type of pandas and polars comes back."""

import datetime as dt
import importlib.util
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.representation import QuantileDiscretizer, TableScaler

HAS_ARROW = importlib.util.find_spec("pyarrow") is not None
N = 40

quickly = settings(max_examples=8, deadline=None, derandomize=True, database=None)

DAY = dt.datetime(2023, 1, 1)
DATES = st.integers(0, 500).map(lambda n: DAY + dt.timedelta(days=n))
MOMENTS = st.integers(0, 10**9).map(lambda n: DAY + dt.timedelta(milliseconds=n))
LENGTHS = st.integers(-(10**6), 10**6).map(lambda n: dt.timedelta(seconds=n))
CLOCKS = st.integers(0, 86_399).map(
    lambda n: (dt.datetime.min + dt.timedelta(seconds=n)).time()
)
MONEY = st.integers(-10_000, 10_000).map(lambda n: Decimal(n).scaleb(-2))
GAPPY_CODES = st.sampled_from([1, 3, 7, 20, 21, 40, 60])
HALVES = st.sampled_from([0.5, 1.5, 2.25])
FLOATS = st.floats(-100, 100, width=32, allow_subnormal=False)
WORDS = st.sampled_from(["red", "green", "blue", "no <b>one</b>"])


def as_dtype(dtype):
    return lambda values: pd.Series(values, dtype=dtype)


def pandas_category(ordered=False):
    def make(values):
        known = [v for v in dict.fromkeys(values) if v is not None]
        known = sorted([*known, *{0, 99} - set(known)] if known[0] == 3 else known)
        return pd.Series(pd.Categorical(values, known[::-1], ordered=ordered))

    return make


# Name: (values, how a frame holds them, whether they are categories).
PANDAS = {
    "category of codes": (GAPPY_CODES, pandas_category(), True),
    "ordered category of codes": (GAPPY_CODES, pandas_category(True), True),
    "category of floats": (HALVES, pandas_category(), True),
    "category of booleans": (st.booleans(), pandas_category(), True),
    "category of words": (WORDS, pandas_category(True), True),
    "category of dates": (
        st.sampled_from([DAY, DAY + dt.timedelta(3)]),
        lambda v: pd.Series(pd.Categorical(pd.to_datetime(v))),
        True,
    ),
    "words": (WORDS, pd.Series, True),
    "booleans": (st.booleans(), as_dtype(bool), True),
    "nullable booleans": (st.booleans(), as_dtype("boolean"), True),
    "integers": (GAPPY_CODES, as_dtype("int16"), False),
    "unsigned": (GAPPY_CODES, as_dtype("uint8"), False),
    "nullable integers": (GAPPY_CODES, as_dtype("Int32"), False),
    "floats": (FLOATS, as_dtype("float32"), False),
    "nullable floats": (FLOATS, as_dtype("Float64"), False),
    "sparse": (HALVES, as_dtype(pd.SparseDtype(float, 0.5)), False),
    "sparse booleans": (st.booleans(), as_dtype(pd.SparseDtype(bool, False)), True),
    "dates": (DATES, as_dtype("datetime64[ns]"), False),
    "moments": (MOMENTS, as_dtype("datetime64[ns]"), False),
    "zoned": (
        MOMENTS,
        lambda v: pd.Series(pd.DatetimeIndex(v).tz_localize("UTC")).dt.tz_convert(
            "Europe/Berlin"
        ),
        False,
    ),
    "durations": (LENGTHS, as_dtype("timedelta64[ns]"), False),
    "date objects": (DATES.map(dt.datetime.date), as_dtype(object), False),
    "time objects": (CLOCKS, as_dtype(object), False),
    "duration objects": (LENGTHS, as_dtype(object), False),
    "decimals": (MONEY, as_dtype(object), False),
    "periods": (
        DATES,
        lambda v: pd.Series(pd.PeriodIndex(pd.DatetimeIndex(v), freq="M")),
        True,
    ),
}
POLARS = {
    "words": (WORDS, pl.String, True),
    "categorical": (WORDS, pl.Categorical, True),
    "enum": (WORDS, pl.Enum(["no <b>one</b>", "red", "green", "blue"]), True),
    "boolean": (st.booleans(), pl.Boolean, True),
    "int8": (GAPPY_CODES, pl.Int8, False),
    "uint64": (GAPPY_CODES, pl.UInt64, False),
    "float32": (FLOATS, pl.Float32, False),
    "date": (DATES.map(dt.datetime.date), pl.Date, False),
    "datetime": (MOMENTS, pl.Datetime("ms"), False),
    "zoned": (
        MOMENTS.map(lambda v: v.replace(tzinfo=dt.UTC)),
        pl.Datetime("us", "Europe/Berlin"),
        False,
    ),
    "duration": (LENGTHS, pl.Duration("us"), False),
    "time": (CLOCKS, pl.Time, False),
    "decimal": (MONEY, pl.Decimal(12, 2), False),
}


def lists_of(values):
    return st.lists(values, min_size=N, max_size=N).filter(
        lambda found: len(set(found)) > 1
    )


def check_comes_back(table, row, is_category):
    """All values are those of the type, row 0 is the instance, codes stay codes."""
    for made in (QuantileDiscretizer(random_state=0), TableScaler()):
        fitted = made.fit(table)
        assert fitted.is_categorical_[0] or not is_category
        assert (fitted.categories_[0] is not None) == is_category
        codes = fitted.transform(table)
        back = fitted.inverse_transform(codes)
        assert list(back.dtypes) == list(table.dtypes)
        again = fitted.transform(back)
        np.testing.assert_allclose(again, codes, rtol=0, atol=1e-6)
        seeds = set()
        for x in row:
            here = fitted.at(x)
            seeds.add(here.seed_)
            first = here.inverse_transform(codes)[:1]
            assert list(first.dtypes) == list(table.dtypes)
            if isinstance(table, pd.DataFrame):
                expected = table.iloc[[3]].reset_index(drop=True)
                assert_frame_equal(first, expected, check_freq=False)
                assert not here.inverse_transform(codes)["c"].isna().any()
            else:
                assert first.equals(table[3])
        assert len(seeds) == 1


def ways_of(table):
    """The fourth row as Series, dict, frame and tuple."""
    if isinstance(table, pd.DataFrame):
        x = table.iloc[3]
        record = {name: table[name].iloc[3] for name in table}
        return x, record, table.iloc[[3]], tuple(record.values())
    record = table.row(3, named=True)
    return record, table[3], tuple(record.values())


@pytest.mark.parametrize("kind", PANDAS)
def test_columns_of_pandas_come_back_as_they_were(kind):
    values, hold, is_category = PANDAS[kind]

    @quickly
    @given(lists_of(values))
    def check(found):
        table = pd.DataFrame({"c": hold(found), "a": np.linspace(0.0, 1.0, N)})
        check_comes_back(table, ways_of(table), is_category)

    check()


@pytest.mark.parametrize("kind", POLARS)
def test_columns_of_polars_come_back_as_they_were(kind):
    values, dtype, is_category = POLARS[kind]

    @quickly
    @given(lists_of(values))
    def check(found):
        column = pl.Series("c", found, dtype=dtype)
        table = pl.DataFrame([column, pl.Series("a", np.linspace(0.0, 1.0, N))])
        check_comes_back(table, ways_of(table), is_category)

    check()


@pytest.mark.skipif(not HAS_ARROW, reason="pyarrow is not installed")
@pytest.mark.parametrize(
    "kind", ["timestamp", "date32", "duration", "time64", "decimal", "int64", "string"]
)
def test_arrow_columns_of_pandas_come_back_as_they_were(kind):
    import pyarrow as pa

    values, dtype = {
        "timestamp": (MOMENTS, pa.timestamp("ms")),
        "date32": (DATES.map(dt.datetime.date), pa.date32()),
        "duration": (LENGTHS, pa.duration("us")),
        "time64": (CLOCKS, pa.time64("us")),
        "decimal": (MONEY, pa.decimal128(10, 2)),
        "int64": (GAPPY_CODES, pa.int64()),
        "string": (WORDS, pa.string()),
    }[kind]

    @quickly
    @given(lists_of(values))
    def check(found):
        column = pd.Series(found, dtype=pd.ArrowDtype(dtype))
        table = pd.DataFrame({"c": column, "a": np.linspace(0.0, 1.0, N)})
        check_comes_back(table, ways_of(table), kind == "string")

    check()


@pytest.mark.parametrize("dtype", ["datetime64[ns]", "timedelta64[ns]"])
def test_missing_times_have_a_bin_of_their_own(dtype):
    values = pd.Series(np.arange(20) * 10**13).astype(dtype)
    values[[2, 5]] = pd.NaT
    table = pd.DataFrame({"c": values, "a": np.arange(20.0)})
    fitted = QuantileDiscretizer(random_state=0).fit(table)
    here = fitted.at(table.iloc[5])
    assert here.get_feature_names_out()[0] == "c is missing"
    back = here.inverse_transform(fitted.transform(table))
    assert back["c"].isna().tolist()[1:] == table["c"].isna().tolist()[1:]


RNG = np.random.default_rng(0)


@pytest.mark.parametrize("sampler", ["bins", "gaussian"])
def test_a_category_of_codes_with_gaps_is_one(sampler):
    """The effect of zip 2050 is 5: no zip between is made, none is missing."""
    zips = RNG.choice([1001, 1002, 2050, 3307, 4000, 5110, 6020, 7900], 500)
    table = pd.DataFrame({"zip": pd.Categorical(zips), "a": RNG.normal(size=500)})

    def model(rows):
        assert not rows["zip"].isna().any()
        return (rows["zip"] == 2050).to_numpy() * 5.0 + rows["a"].to_numpy()

    explainer = make_tabular_explainer(model, sampler=sampler, random_state=0)
    explainer.fit(table)
    explanation = explainer.explain_instance(table[table.zip == 2050].iloc[0])
    name, weight = explanation.as_list()[0]
    assert name == "zip=2050"
    assert abs(weight - 5) < 0.2


@pytest.mark.parametrize("unit", ["ns", "us", "s"])
def test_a_date_is_an_ordered_quantity(unit):
    """1 after July 1: the last quarter less the mean 1/3 of the others."""
    days = pd.date_range("2023-01-01", "2023-12-31", periods=365)
    table = pd.DataFrame({"day": days.astype(f"datetime64[{unit}]")})
    table["a"] = RNG.normal(size=365)

    def model(rows):
        return (rows["day"] >= pd.Timestamp("2023-07-01")).to_numpy() * 1.0

    explainer = make_tabular_explainer(model, random_state=0).fit(table)
    for x in (table.iloc[360], table.iloc[[360]], table.iloc[360].to_dict()):
        explanation = explainer.explain_instance(x)
        name, weight = explanation.as_list()[0]
        assert name == "day > 2023-10-01"
        # The bins' laws are truncated normals: the third has its edge at July 2.
        assert abs(weight - 2 / 3) < 0.03


def test_dates_and_durations_read_as_such():
    days = pd.date_range("2023-01-01", periods=101)
    table = pd.DataFrame({"day": days, "wait": pd.to_timedelta(np.arange(101), "h")})
    names = QuantileDiscretizer().fit(table).at(table.iloc[0]).get_feature_names_out()
    assert names.tolist() == ["day <= 2023-01-26", "wait <= 1 day 1:00:00"]
    names = TableScaler().fit(table).at(table.iloc[0]).get_feature_names_out()
    assert names.tolist() == ["day (per 29.2 days)", "wait (per 1.21 days)"]


REFUSED = {
    "list": (pd.DataFrame({"c": [[1, 2]] * 5}), "has a list in a cell"),
    "polars list": (pl.DataFrame({"c": [[1, 2]] * 5}), "several values|in a cell"),
    "lazy": (pl.LazyFrame({"c": [1.0]}), r"polars LazyFrame.*X\.collect\(\)"),
    "structured": (
        np.array([(1.0, "a")], dtype=[("x", float), ("c", "U3")]),
        r"fields \['x', 'c'\].*pandas.DataFrame\(X\)",
    ),
    "series": (pd.Series([1.0, 2.0]), r"pandas Series.*to_frame"),
    "complex": (pd.DataFrame({"c": [1 + 1j]}), "complex numbers, expected real"),
    "mixed zones": (
        pd.DataFrame({"c": [DAY, DAY.replace(tzinfo=dt.UTC)]}, dtype=object),
        "with and without a time zone",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_of_values_is_refused_with_the_remedy(kind):
    table, message = REFUSED[kind]
    with pytest.raises((TypeError, ValueError), match=message):
        make_tabular_explainer(lambda rows: np.zeros(len(rows))).fit(table)


def test_a_complex_instance_is_refused():
    X = RNG.normal(size=(50, 2))
    explainer = make_tabular_explainer(lambda rows: rows[:, 0]).fit(X)
    with pytest.raises(TypeError, match="complex numbers"):
        explainer.explain_instance(X[0] + 1j)


@pytest.mark.parametrize("x", [{"day": "2023-05-01", "a": 0.0}, {"day": 5, "a": 0.0}])
def test_what_is_no_date_is_refused_where_dates_were(x):
    table = pd.DataFrame({"day": pd.date_range("2023-01-01", periods=50)})
    table["a"] = np.arange(50.0)
    fitted = QuantileDiscretizer().fit(table)
    with pytest.raises(ValueError, match=r"'day' has .*, expected dates"):
        fitted.at(x)


def test_many_periods_are_a_quantity_and_few_are_categories():
    days = pd.period_range("2023-01-01", periods=101, freq="D")
    months = pd.PeriodIndex(days.asfreq("M"))
    table = pd.DataFrame({"day": days, "month": months})
    fitted = QuantileDiscretizer(random_state=0).fit(table)
    assert fitted.is_categorical_.all() and fitted.categories_[0] is None
    for x in (table.iloc[3], table.iloc[[3]], table.iloc[3].to_dict()):
        here = fitted.at(x)
        names = here.get_feature_names_out().tolist()
        assert names == ["day <= 2023-01-26", "month=2023-01"]
        back = here.inverse_transform(fitted.transform(table))
        assert list(back.dtypes) == list(table.dtypes)
        assert_frame_equal(back[:1], table.iloc[[3]].reset_index(drop=True))
        np.testing.assert_array_equal(fitted.transform(back)[1:], codes_of(table)[1:])
    names = TableScaler().fit(table).at(table.iloc[0]).get_feature_names_out()
    assert names[0] == "day (per 29.2 periods)"
    with pytest.raises(ValueError, match="expected periods of the frequency"):
        fitted.at({"day": pd.Period("2023-01", "M"), "month": months[0]})


def codes_of(table):
    return QuantileDiscretizer().fit_transform(table)


def test_statistics_of_dates_are_refused():
    table = pd.DataFrame({"day": pd.date_range("2023-01-01", periods=50)})
    with pytest.raises(TypeError, match="'day' holds dates"):
        QuantileDiscretizer().fit(table).to_statistics()
