"""Tables in units of their own spread."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from sklearn_baylime.representation import TableScaler


@pytest.mark.parametrize("with_mean", [True, False])
@pytest.mark.parametrize("with_std", [True, False])
def test_codes_of_numbers_are_scikit_learns(with_mean, with_std):
    X = np.random.default_rng(0).normal(5, 3, size=(60, 3))
    X[:, 2] = 0.1
    setting = {"with_mean": with_mean, "with_std": with_std}
    ours, theirs = (s(**setting).fit(X) for s in (TableScaler, StandardScaler))
    assert_allclose(ours.transform(X), theirs.transform(X), atol=1e-12)
    assert_allclose(ours.inverse_transform(ours.transform(X)), X, rtol=1e-13)


def test_tables_come_back_as_they_were(table, tools):
    """Words, booleans, categories and whole numbers exactly; the instance too."""
    scaler = TableScaler().fit(table)
    codes = scaler.transform(table)
    here = scaler.at(tools.instance(table, 3))
    assert_array_equal(here.reference_, codes[3])
    rows = here.inverse_transform(codes[[5, *range(60)]])
    assert tools.row_of(rows, 0) == tools.row_of(table, 3)
    assert_array_equal(scaler.transform(rows[4:5]), codes[3:4])
    if not isinstance(table, np.ndarray):
        assert list(rows.dtypes) == list(table.dtypes)
    for i in range(60):
        pairs = zip(tools.row_of(rows, i + 1), tools.row_of(table, i), strict=True)
        for got, known in pairs:
            assert type(got) is type(known)
            assert got == known or abs(got - known) <= 1e-6 * abs(known)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    X=arrays(float, (7, 2), elements=st.floats(-1e9, 1e9, allow_subnormal=False)),
    whole=st.booleans(),
)
def test_codes_lead_back(X, whole):
    X = np.round(X) if whole else X
    scaler = TableScaler().fit(X)
    rows = scaler.inverse_transform(scaler.transform(X))
    atol = 0 if whole else 1e-14 * np.abs(X).max()
    assert_allclose(rows, X, rtol=0, atol=atol)


def test_snapped_codes_are_those_of_the_rows(frame):
    scaler = TableScaler().fit(frame)
    codes = scaler.transform(frame)
    codes[:, ~scaler.is_categorical_] += np.random.default_rng(0).normal(size=(60, 3))
    seen = scaler.transform(scaler.inverse_transform(codes))
    assert_allclose(scaler.snap(codes), seen, atol=1e-5)
    assert np.abs(codes - seen)[:, 0].max() > 0.01


@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint64", "int64"])
def test_integers_do_not_wrap_around(dtype, container):
    """Codes far out, as a normal law has them, give the type's last numbers."""
    scaler = TableScaler().fit(container(np.arange(4, dtype=dtype)[:, None]))
    codes = np.array([[-1e30], [0.0], [1e30]])
    rows = np.asarray(scaler.inverse_transform(codes))[:, 0]
    info = np.iinfo(dtype)
    assert rows.dtype == dtype
    assert rows[0] == info.min and rows[1] == 2
    assert info.max - 2**11 < rows[2] <= info.max
    assert_array_equal(scaler.snap(codes), scaler.transform(rows[:, None]))


def test_names_have_units():
    X = pd.DataFrame({"load": [0.0, 3.0], "flat": 7.0, "kind": ["a", "b"]})
    here = TableScaler().fit(X).at(X.iloc[1])
    assert here.get_feature_names_out().tolist() == [
        "load (per 1.5)",
        "flat (per 1)",
        "kind=b",
    ]
    plain = TableScaler(with_std=False).fit(X).at(X.iloc[1])
    assert plain.get_feature_names_out()[0] == "load"


def test_missing_numbers_are_refused_with_advice():
    with pytest.raises(ValueError, match=r"'x1' contains NaN.*impute.*discretizer"):
        TableScaler().fit([[1.0, 2.0], [2.0, np.nan]])
    scaler = TableScaler().fit([[1.0, 2.0]])
    with pytest.raises(ValueError, match="missing value"):
        scaler.transform([[1.0, np.nan]])
    with pytest.raises(ValueError, match=r"shape \(1, 3\), expected \(n, 2\)"):
        scaler.inverse_transform([[1, 2, 3]])
