"""Discretizers made of statistics alone, ours and LIME's."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from lime.lime_tabular import LimeTabularExplainer
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_baylime.representation import (
    FixedDiscretizer,
    QuantileDiscretizer,
    StatisticsDiscretizer,
)


def through_json(discretizer, **settings):
    text = json.dumps(discretizer.to_statistics())
    return StatisticsDiscretizer(json.loads(text), random_state=0, **settings)


def assert_twins(known, twin, table, tools):
    codes = known.transform(table)
    assert_array_equal(twin.transform(table), codes)
    pair = [(d, d.at(tools.instance(table, 1))) for d in (known, twin)]
    for mine, theirs in zip(*pair, strict=True):
        rows = mine.inverse_transform(codes)
        tools.assert_same_table(theirs.inverse_transform(codes), rows)
        names = mine.get_feature_names_out()
        assert_array_equal(theirs.get_feature_names_out(), names)
    for j, border in enumerate(known.borders_):
        assert_allclose(twin.frequencies_[j], known.frequencies_[j], rtol=1e-12)
        if border is not None:
            values = np.r_[-1e9, border, border + 0.3, 1e9]
            assert_array_equal(twin.bin_cdf(j, values), known.bin_cdf(j, values))


def test_one_row_and_statistics_do_as_well_as_the_data(fitted, table, tools):
    assert_twins(fitted, through_json(fitted).fit(table[:1]), table, tools)


@pytest.mark.parametrize("categorical", [[], [1]])
def test_arrays_of_numbers_need_no_row(categorical, tools):
    X = np.random.default_rng(0).normal(3, 2, size=(60, 3))
    X[:, 1:] = np.round(X[:, 1:])
    known = QuantileDiscretizer(categorical_features=categorical, random_state=0).fit(X)
    assert_twins(known, through_json(known).fit(), X, tools)
    known = FixedDiscretizer([[-9, 2.5, 99], [], [1]], random_state=0).fit(X)
    assert_twins(known, through_json(known).fit(), X, tools)


@pytest.mark.parametrize("kind", ["array", "pandas", "polars"])
def test_missing_values_come_back(kind, tools):
    """Whether or not the one row has them."""
    numbers = np.random.default_rng(0).normal(size=(60, 2))
    numbers[1::4, 0] = numbers[::5, 1] = np.nan
    words = ["a", None, "b"] * 20
    frame = (
        pd.DataFrame(numbers, columns=["u", "v"]).assign(w=words).fillna({"w": np.nan})
    )
    frame["v"] = frame["v"].round().astype("Int64")
    polars = pl.DataFrame({"u": numbers[:, 0].tolist(), "w": words}).fill_nan(None)
    table = {"array": numbers, "pandas": frame, "polars": polars}[kind]
    known = QuantileDiscretizer(random_state=0).fit(table)
    for row in (table[:1], table[1:2]):
        assert_twins(known, through_json(known).fit(row), table, tools)


def lime_statistics(X, categorical=()):
    theirs = LimeTabularExplainer(X, categorical_features=list(categorical))
    bins = theirs.discretizer
    found = {key: getattr(bins, key) for key in ("means", "stds", "mins", "maxs")}
    found["bins"] = {j: ends[:-1] for j, ends in bins.maxs.items()}
    for key in ("feature_values", "feature_frequencies"):
        found[key] = getattr(theirs, key)
    return found


@pytest.fixture
def rows():
    """Numbers, a column with an empty bin, codes, and a constant column."""
    rng = np.random.default_rng(0)
    halves = np.repeat([0.5, 10.25], 40)
    return np.c_[rng.lognormal(size=80), halves, rng.integers(0, 3, 80), [0.7] * 80]


def test_statistics_of_lime(rows):
    """Same bins and shares; values where there are some, and none at 0 (bug 1)."""
    ours = StatisticsDiscretizer(lime_statistics(rows, [2]), random_state=0).fit()
    known = QuantileDiscretizer(categorical_features=[2]).fit(rows)
    codes = known.transform(rows)
    assert_array_equal(ours.transform(rows), codes)
    drawn = ours.inverse_transform(codes)
    assert_array_equal(ours.transform(drawn), codes)
    assert_array_equal(drawn[:, 3], 0.7)
    for j, share in enumerate(known.frequencies_):
        assert_allclose(ours.frequencies_[j], share)
        pair = [d.bin_mean(j)[share > 0] for d in (ours, known)]
        assert_allclose(*pair, rtol=1e-8)


@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame])
def test_integers_stay_integers_with_statistics_of_lime(container):
    """LIME's do not say which columns are whole (bug 14): the row's type does."""
    X = np.random.default_rng(0).integers(0, 40, (90, 2))
    ours = StatisticsDiscretizer(lime_statistics(X)).fit(container(X[:1]))
    known = QuantileDiscretizer().fit(X)
    drawn = np.asarray(ours.inverse_transform(known.transform(X)))
    assert drawn.dtype == X.dtype
    assert_array_equal(known.transform(drawn), known.transform(X))
    assert_allclose(ours.bin_mean(0), known.bin_mean(0), rtol=1e-8)


@pytest.mark.parametrize(
    ("key", "column", "value", "message"),
    [
        # Bug 10: LIME shifts all later borders, or cuts nothing.
        ("bins", 0, None, "'bins' have none for column 'x0'"),
        ("bins", None, None, "have no 'bins'"),
        ("means", None, None, "'means' have 0 numbers for column 'x0', expected"),
        ("mins", 0, [1.0], "'mins' have 1 numbers for column 'x0', exp"),
        ("maxs", 0, [1, 2, 3, np.nan], "'maxs' have .* finite numbers"),
        ("bins", 0, ["a"], "borders of column 'x0' are"),
        ("bins", 7, [1], "'bins' name the column 7, which is not one"),
        ("bins", "0", [1], "'bins' have two entries"),
        ("feature_frequencies", 2, [1], "'feature_frequencies' have .* 'x2'"),
        ("feature_frequencies", 0, [0] * 4, "have .* 'x0', expected 4"),
        ("feature_values", 1, [0, 9], "have .* 'x1', expected 4"),
    ],
)
def test_wrong_statistics_are_refused(rows, key, column, value, message):
    spoilt = {k: dict(v) for k, v in lime_statistics(rows, [2]).items()}
    spoilt[key][column] = value
    if value is None:
        (spoilt if column is None else spoilt[key]).pop(key if column is None else 0)
    with pytest.raises(ValueError, match=message):
        StatisticsDiscretizer(spoilt).fit()


def test_columns_are_told_apart_by_name(rows):
    """A name goes before an index, and columns in another order are refused."""
    names = ["1", "0", "c", "d"]
    known = QuantileDiscretizer(feature_names=names).fit(rows)
    frame = pd.DataFrame(rows, columns=names)
    renamed = through_json(known, feature_names=np.array(list("stuv"))).fit()
    for twin in (through_json(known).fit(), through_json(known).fit(frame), renamed):
        assert_array_equal(twin._encode(rows), known.transform(rows))
    assert renamed.at(rows[0]).get_feature_names_out()[3].startswith("v ")
    with pytest.raises(ValueError, match="frame's columns are"):
        through_json(known).fit(frame[["0", "1", "c", "d"]])
    with pytest.raises(ValueError, match="of 4 columns, but X has 3"):
        through_json(known).fit(rows[:1, :3])
