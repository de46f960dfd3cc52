"""Columns of a table that are perturbed together, without a baseline."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_baylime import make_tabular_explainer
from sklearn_baylime.base import check_representation
from sklearn_baylime.metrics import deletion_curve
from sklearn_baylime.representation import GroupDiscretizer

N = 400
LAGS = [f"y_lag_{k}" for k in (1, 2, 3)]


def lag_frame(gaps=False):
    """A random walk's lags, in which neighbors are much alike, and two columns."""
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(size=N + 3))
    frame = pd.DataFrame({name: walk[3 - k : N + 3 - k] for k, name in enumerate(LAGS)})
    frame.insert(1, "price", rng.normal(size=N))
    frame["day"] = rng.choice(["mo", "tu", "we"], N)
    if gaps:
        frame.loc[::9, "y_lag_2"] = np.nan
        frame.loc[::17, LAGS] = np.nan
    return frame


FRAME = lag_frame()


def model(rows):
    return rows["y_lag_1"] + rows["y_lag_2"] + 2.0 * (rows["price"] > 0)


def explain(f=model, frame=FRAME, groups=None, **settings):
    explainer = make_tabular_explainer(
        f,
        groups={"lags": LAGS} if groups is None else groups,
        random_state=0,
        **settings,
    ).fit(frame)
    return explainer, explainer.explain_instance(frame.iloc[5])


@pytest.mark.parametrize("gaps", [False, True])
def test_the_contract(gaps):
    groups = GroupDiscretizer({"lags": LAGS})
    check_representation(groups, lag_frame(gaps))
    check_representation(groups, pl.DataFrame(lag_frame(gaps).to_dict("list")))
    numbers = np.random.default_rng(0).normal(size=(60, 5))
    check_representation(GroupDiscretizer([[4, 0], [1, 2]], 3), numbers)
    check_representation(GroupDiscretizer(), numbers)


def test_lags_are_one_feature_and_stay_a_series():
    seen = []

    def f(rows):
        seen.append(rows)
        return model(rows)

    _, found = explain(f, n_samples=1000)
    names = list(found.feature_names)
    assert len(names) == 3 and "mean of lags" in names[0]
    assert "price" in names[1] and names[2] == f"day={FRAME['day'][5]}"
    rows = pd.concat(seen)[LAGS].to_numpy()
    known = {tuple(row) for row in FRAME[LAGS].to_numpy()}
    assert {tuple(row) for row in rows} <= known
    # Apart, neighbors differ by as much as the walk goes; together, by one step.
    together = np.abs(np.diff(rows, axis=1)).max()
    assert together <= np.abs(np.diff(FRAME[LAGS].to_numpy(), axis=1)).max()
    alone = make_tabular_explainer(model, n_samples=1000, random_state=0).fit(FRAME)
    apart = alone.sample(FRAME.iloc[5]).inputs()[LAGS].to_numpy()
    assert np.abs(np.diff(apart, axis=1)).max() > 3 * together


def test_the_weight_is_what_the_bin_changes():
    """Kernel weights factorize over columns that are drawn apart from each other."""
    _, found = explain(n_samples=20_000)
    mean = FRAME[LAGS].mean(axis=1)
    bins = np.searchsorted(np.quantile(mean, [0.25, 0.5, 0.75]), mean, side="left")
    answer = FRAME["y_lag_1"] + FRAME["y_lag_2"]
    own = bins == bins[5]
    # The other bins are drawn by their frequencies, a row within one by chance.
    right = answer[own].mean() - answer[~own].mean()
    low, high = found.interval()[:, 0, 0]
    assert_allclose(found.coef[0, 0], right, atol=3 * (high - low))
    assert abs(found.coef[0, 2]) < 0.1


def test_what_is_missing_has_a_bin_of_its_own():
    frame = lag_frame(gaps=True)

    def f(rows):
        return rows[LAGS].isna().all(axis=1) * 3.0

    _, found = explain(f, frame, n_samples=3000)
    assert found.feature_names[0] != "mean of lags is missing"
    gone = make_tabular_explainer(
        f, groups={"lags": LAGS}, n_samples=3000, random_state=0
    ).fit(frame)
    found = gone.explain_instance(frame.iloc[17])
    assert found.feature_names[0] == "mean of lags is missing"
    assert_allclose(found.coef[0, 0], 3.0, atol=0.05)


@pytest.mark.parametrize("kind", ["pandas", "polars", "array"])
@pytest.mark.parametrize("rows", ["own", "shared"])
def test_any_container_gives_the_same(kind, rows):
    numbers = FRAME.drop(columns="day")
    tables = {
        "pandas": numbers,
        "polars": pl.DataFrame(numbers.to_dict("list")),
        "array": numbers.to_numpy(),
    }

    def f(table):
        table = table if isinstance(table, np.ndarray) else table.to_numpy()
        return table[:, 0] + table[:, 2]

    found = []
    for name, groups in (("pandas", {"l": LAGS}), (kind, {"l": [0, 2, 3]})):
        explainer = make_tabular_explainer(
            f, groups=groups, rows=rows, n_samples=300, random_state=0
        ).fit(tables[name])
        x = tables[name].iloc[5] if name == "pandas" else tables[name][5]
        found.append(explainer.explain_instance(x).coef)
    assert_allclose(found[1], found[0], rtol=1e-9)


def test_deletion_takes_a_group_away_as_a_whole():
    _, found = explain(n_samples=500)
    curve = deletion_curve(found, model, random_state=0)
    assert len(curve.score) == 4
    assert_allclose(curve.score[0], model(FRAME.iloc[[5]]).iloc[0])


def test_names_of_groups_without_a_name():
    fit = GroupDiscretizer([LAGS, ["price"]]).fit(FRAME)
    assert_array_equal(
        fit.get_feature_names_out(), ["y_lag_1 & y_lag_2 & y_lag_3", "price", "day"]
    )
    wide = GroupDiscretizer([[0, 1, 2, 3]]).fit(
        np.zeros((5, 4)) + np.arange(5)[:, None]
    )
    assert wide.get_feature_names_out().tolist() == ["x0 ... x3"]


@pytest.mark.parametrize(
    ("groups", "settings", "words"),
    [
        ([["y_lag_1", "day"]], {}, "groups has column 'day', which holds categories"),
        ([["y_lag_1", "no"]], {}, "groups .*'no'"),
        ([["y_lag_1"], ["y_lag_1"]], {}, "each column once"),
        ([[]], {}, "at least one column"),
        ([LAGS], {"discretizer": None}, "groups were given beside discretizer=None"),
        ([LAGS], {"discretizer": "entropy"}, "groups were given beside"),
        ([LAGS], {"sampler": "gaussian"}, "sampler='gaussian', expected"),
        ([LAGS], {"sparse": True}, "groups cannot be given beside sparse"),
        ([LAGS], {"statistics": {}}, "groups cannot be given beside statistics"),
    ],
)
def test_groups_that_cannot_be_are_refused(groups, settings, words):
    with pytest.raises(ValueError, match=words):
        explain(groups=groups, **settings)


def test_dates_have_no_mean_with_others():
    frame = FRAME.assign(when=pd.date_range("2024-01-01", periods=N))
    with pytest.raises(ValueError, match=r"'when', which holds .*times"):
        GroupDiscretizer([["when", "y_lag_1"]]).fit(frame)
    alone = GroupDiscretizer([LAGS]).fit(frame).at(frame.iloc[3])
    assert alone.get_feature_names_out()[-1].startswith("when <= 2024-04")
