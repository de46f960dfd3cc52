"""Whatever table is explained: numbers that hold together, or an error in our words.

`python -m pytest tests/long -k driver -m long` runs 20,000 examples of each driver;
the environment variable `DRIVER_EXAMPLES` says how many instead.
"""

import datetime as dt
import math
import zlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import strategies as st
from sklearn.linear_model import BayesianRidge, LinearRegression, Ridge

from sklearn_baylime import (
    InformativeBayesianRidge,
    Prior,
    make_tabular_explainer,
)
from sklearn_baylime.surrogate import ExponentialKernel

N_ROWS = 40

START = dt.datetime(2024, 1, 1)

# Columns as lists, which any frame takes; "numbered" becomes categories in pandas.
COLUMNS = {
    "float": lambda r, n: r.normal(size=n),
    "single": lambda r, n: r.normal(size=n).astype(np.float32),
    "tiny": lambda r, n: 1e-9 * r.normal(size=n),
    "huge": lambda r, n: 1e120 * r.normal(size=n),
    "far": lambda r, n: 1e6 + r.normal(size=n),
    "heavy": lambda r, n: np.exp(8 * r.normal(size=n)),
    "integer": lambda r, n: r.integers(0, 9, n),
    "byte": lambda r, n: r.integers(0, 256, n).astype(np.uint8),
    "boolean": lambda r, n: r.random(n) < 0.4,
    "constant": lambda r, n: np.full(n, 3.0),
    "zeros": lambda r, n: np.where(r.random(n) < 0.9, 0.0, r.normal(size=n)),
    "gaps": lambda r, n: np.where(r.random(n) < 0.2, np.nan, r.normal(size=n)),
    "text": lambda r, n: r.choice(["u", "v", "w"], n).tolist(),
    "texts with gaps": lambda r, n: r.choice(
        np.array(["u", "v", None], dtype=object), n
    ).tolist(),
    "numbered": lambda r, n: r.choice([3, 7, 40], n),
    "date": lambda r, n: [
        START + dt.timedelta(days=int(d)) for d in r.integers(0, 300, n)
    ],
    "day": lambda r, n: [
        (START + dt.timedelta(days=int(d))).date() for d in r.integers(0, 300, n)
    ],
    "duration": lambda r, n: [dt.timedelta(hours=int(h)) for h in r.integers(0, 99, n)],
}
NUMBERS = [
    *("float", "single", "tiny", "huge", "far", "heavy", "integer", "byte"),
    *("constant", "zeros", "gaps"),
]


def number(value):
    """Return any cell as a number between -1 and 1."""
    if isinstance(value, bool | int | float | np.number | np.bool_):
        value = float(value)
        return 0.0 if math.isnan(value) else value / (1 + abs(value))
    return zlib.crc32(str(value).encode()) % 5 / 5.0


def numbers(rows):
    """Return the rows of any table as numbers, each cell by itself."""
    if isinstance(rows, np.ndarray):
        columns = rows.T
    elif isinstance(rows, pl.DataFrame):
        columns = [rows[name].to_list() for name in rows.columns]
    else:
        columns = [rows[name].tolist() for name in rows.columns]
    return np.array([[number(v) for v in column] for column in columns]).T


def score(rows):
    table = numbers(rows)
    return table[:, 0] + 0.5 * table[:, -1] ** 2 + 0.3 * table.prod(axis=1)


def shares(rows):
    p = 1 / (1 + np.exp(-score(rows)))
    return np.column_stack([1 - p, p])


class Stranger:
    classes_ = np.array([1, 2])

    def predict_proba(self, rows):
        return shares(rows)


class Tagless:
    def predict(self, rows):
        return score(rows)[:, None]


MODELS = {
    "score": score,
    "shares": shares,
    "stranger": Stranger(),
    "tagless": Tagless(),
    "named": lambda rows: pd.DataFrame({"a": score(rows), "b": -score(rows)}),
    "polars": lambda rows: pl.DataFrame({"a": score(rows), "b": -score(rows)}),
    "list": lambda rows: score(rows).tolist(),
    "constant": lambda rows: np.zeros(len(rows)),
    "steps": lambda rows: (score(rows) > 0.3).astype(int),
    "offset": lambda rows: 1e6 + score(rows),
    "rare": lambda rows: 1e-12 * score(rows),
}
SMOOTH = ("score", "list")
TARGETS = ["predicted", "all", 0, 1, [2], "top=1", "b", "c"]
PRIORS = {
    "none": None,
    "zero": 0.0,
    "mean": Prior(0.5),
    "scaled": Prior(1.0, scale="fit"),
    "precise": Prior(0.0, precision=10.0),
    "large": Prior(1e8),
    "each": [0.1, 0.2],
    "named": lambda names: Prior(np.linspace(-1, 1, len(names))),
    "next to none": Prior(1.0, precision=1e-60),
    "nothing but": Prior(1.0, precision=1e12),
}
KERNELS = {
    "usual": {},
    "narrow": {"kernel_width": 0.3},
    "wide": {"kernel_width": 20.0},
    "manhattan": {"kernel": ExponentialKernel(1.0, metric="manhattan")},
    "cosine": {"kernel": ExponentialKernel(metric="cosine")},
}
# How rows are made and read; "masks" are columns of the row or of a usual one.
LAWS = {
    "bins": {},
    "decile": {"discretizer": "decile"},
    "sobol": {"design": "sobol"},
    "lhs": {"design": "lhs"},
    "numbers": {"discretizer": None},
    "around": {"discretizer": None, "sampler": "around_instance"},
    "ball": {"discretizer": None, "sampler": "ball"},
    "mixup": {"sampler": "mixup"},
    "gaussian": {"sampler": "gaussian"},
    "truncated": {"discretizer": None, "sampler": "truncated"},
    "masks": {"baseline": "median"},
    "shared": {"rows": "shared"},
    "local": {"sampler": "local"},
    "few": {"n_features": 2},
    "lasso": {"n_features": 1, "feature_selection": "lasso_path"},
}
REGRESSORS = {
    "usual": None,
    "bayesian": BayesianRidge(),
    "ridge": Ridge(),
    "least squares": LinearRegression(),
    "informative": InformativeBayesianRidge(),
    "robust": InformativeBayesianRidge(covariance="robust"),
    "student": InformativeBayesianRidge(trust="integrate"),
}
PLAIN = ("ridge", "least squares")

EXAMPLES = st.fixed_dictionaries(
    {
        "columns": st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4),
        "kind": st.sampled_from(["pandas", "pandas", "polars", "array"]),
        "model": st.sampled_from(sorted(MODELS)),
        "target": st.one_of(st.just("predicted"), st.sampled_from(TARGETS)),
        "prior": st.one_of(st.just("none"), st.sampled_from(sorted(PRIORS))),
        "kernel": st.sampled_from(sorted(KERNELS)),
        "law": st.sampled_from(sorted(LAWS)),
        "regressor": st.one_of(st.just("usual"), st.sampled_from(sorted(REGRESSORS))),
        "n": st.sampled_from([1, 2, 5, 30, 150]),
        "row": st.integers(0, N_ROWS - 1),
        "form": st.sampled_from(["row", "table", "dict"]),
        "seed": st.integers(0, 10),
    }
)


def make_table(case, columns=None):
    """Return a table of the case's columns, in a container of its kind."""
    kinds = case["columns"] if columns is None else columns
    if case["kind"] == "array":
        kinds = [k if k in NUMBERS else "float" for k in kinds]
    rng = np.random.default_rng(case["seed"])
    made = {f"{k}{j}": COLUMNS[k](rng, N_ROWS) for j, k in enumerate(kinds)}
    if case["kind"] == "array":
        return np.column_stack(list(made.values()))
    if case["kind"] == "polars":
        return pl.DataFrame(made)
    frame = pd.DataFrame(made)
    for name in made:
        if name.startswith("numbered"):
            frame[name] = frame[name].astype("category")
    return frame


def pick(table, case):
    """Return an instance, in the form that the case says."""
    i, form = case["row"], case["form"]
    if isinstance(table, pl.DataFrame):
        return table.row(i, named=True) if form == "dict" else table[i]
    if isinstance(table, np.ndarray):
        return table[[i]] if form == "table" else table[i]
    if form == "dict":
        return {name: table[name].iloc[i] for name in table.columns}
    return table.iloc[[i]] if form == "table" else table.iloc[i]


def make_explainer(case, model=None):
    return make_tabular_explainer(
        MODELS[case["model"]] if model is None else model,
        n_samples=case["n"],
        regressor=REGRESSORS[case["regressor"]],
        random_state=case["seed"],
        **KERNELS[case["kernel"]],
        **LAWS[case["law"]],
    )


def explain(case, table, model=None, x=None):
    explainer = make_explainer(case, model).fit(table)
    x = pick(table, case) if x is None else x
    prior = PRIORS[case["prior"]]
    return explainer.explain_instance(x, targets=case["target"], prior=prior)


def assert_same_table(found, expected):
    if isinstance(found, np.ndarray):
        np.testing.assert_array_equal(found, expected)
    elif isinstance(found, pl.DataFrame):
        assert found.equals(expected)
    else:
        pd.testing.assert_frame_equal(found, expected)


def close(found, expected, tolerance=1e-6):
    size = np.nan_to_num(np.abs(expected)).max()
    np.testing.assert_allclose(found, expected, atol=tolerance * size, rtol=0)


def assert_no_unit(case, table, found):
    """Answers in other units: coefficients in those."""
    unit, model = 2.0**-20, MODELS[case["model"]]
    other = explain(case, table, lambda rows: unit * np.asarray(model(rows)))
    close(other.coef / unit, found.coef)
    # Rounding of the weights is all the error that exact ones have.
    rounding = 1e-9 * np.nan_to_num(np.abs(found.coef)).max()
    size = 1e-5 * np.nan_to_num(found.std).max() + rounding
    np.testing.assert_allclose(other.std / unit, found.std, atol=size, rtol=0)


def assert_no_order_of_rows(case, table, found):
    """The background is a set."""
    order = np.random.default_rng(1).permutation(N_ROWS)
    shuffled = table.iloc[order] if isinstance(table, pd.DataFrame) else table[order]
    other = explain(case, shuffled, x=pick(table, case))
    close(other.coef, found.coef)


def assert_no_order_of_columns(case, table, found):
    """Of masks that are all asked, no column comes first."""
    order = np.random.default_rng(2).permutation(len(case["columns"]))
    model = MODELS[case["model"]]
    back = np.argsort(order)
    if isinstance(table, np.ndarray):
        turned, undo = table[:, order], lambda rows: rows[:, back]
    else:
        names = list(table.columns)
        turned, undo = table[[names[j] for j in order]], lambda rows: rows[names]
    other = explain(case, turned, lambda rows: model(undo(rows)))
    close(other.coef[:, back], found.coef)


def check(case, driver):
    table = make_table(case)
    before = table.copy() if isinstance(table, np.ndarray) else make_table(case)
    try:
        with driver.refusals():
            found = explain(case, table)
    except driver.RefusedError:
        assert_same_table(table, before)
        return
    driver.assert_sound(found, case["regressor"] not in PLAIN)
    assert_same_table(table, before)
    np.testing.assert_array_equal(explain(case, table).coef, found.coef)
    if case["prior"] != "none" or case["regressor"] != "usual":
        return
    if case["model"] in (*SMOOTH, "steps"):
        assert_no_unit(case, table, found)
    if case["model"] in SMOOTH and case["law"] in ("bins", "masks", "decile"):
        assert_no_order_of_rows(case, table, found)
    if case["model"] in SMOOTH and case["law"] == "masks" and case["n"] >= 30:
        assert_no_order_of_columns(case, table, found)


IGNORED = pytest.mark.filterwarnings(
    "ignore:.*(looks like|distinct values|too seldom|moves numbers only)"
)


@IGNORED
@pytest.mark.parametrize("n", [60, pytest.param(None, marks=pytest.mark.long)])
def test_any_table(n, driver):
    driver.drive(EXAMPLES, lambda case: check(case, driver), n or driver.N_LONG)
