"""Whatever is explained: finite numbers that hold together, or an error in our words.

`python -m pytest tests/long/test_driver.py -m long` runs 20,000 examples.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sklearn_baylime import Prior, make_tabular_explainer

N_LONG = 20_000

COLUMNS = {
    "float": lambda r, n: r.normal(size=n),
    "tiny": lambda r, n: 1e-9 * r.normal(size=n),
    "far": lambda r, n: 1e6 + r.normal(size=n),
    "integer": lambda r, n: r.integers(0, 9, n),
    "boolean": lambda r, n: r.random(n) < 0.4,
    "constant": lambda r, n: np.full(n, 3.0),
    "gaps": lambda r, n: np.where(r.random(n) < 0.2, np.nan, r.normal(size=n)),
    "text": lambda r, n: r.choice(["u", "v", "w"], n),
    "numbered": lambda r, n: pd.Categorical(r.choice([3, 7, 40], n)),
    "date": lambda r, n: (
        pd.to_datetime("2024-01-01") + pd.to_timedelta(r.integers(0, 300, n), unit="D")
    ),
}


def numbers(rows):
    """Return a frame as numbers, whatever its columns hold."""
    columns = []
    for name in rows.columns:
        column = rows[name]
        if column.dtype.kind in "biuf":
            columns.append(np.nan_to_num(np.asarray(column, dtype=float)))
        else:
            codes = pd.util.hash_array(np.asarray(column.astype(str), dtype=object))
            columns.append(codes % 5 / 5.0)
    table = np.column_stack(columns)
    return table / (1 + np.abs(table).max(axis=0))


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


MODELS = {
    "score": score,
    "shares": shares,
    "stranger": Stranger(),
    "named": lambda rows: pd.DataFrame({"a": score(rows), "b": -score(rows)}),
    "constant": lambda rows: np.zeros(len(rows)),
    "steps": lambda rows: (score(rows) > 0.3).astype(int),
}
TARGETS = ["predicted", "all", 1, [2], "top=1", "b"]
PRIORS = [None, 0.0, Prior(0.5), Prior(1.0, scale="fit"), Prior(0.0, precision=10.0)]

EXAMPLES = st.fixed_dictionaries(
    {
        "columns": st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4),
        "model": st.sampled_from(sorted(MODELS)),
        "target": st.sampled_from(TARGETS),
        "prior": st.sampled_from(PRIORS),
        "width": st.sampled_from([None, 0.3, 2.0]),
        "n": st.sampled_from([1, 2, 5, 30, 150]),
        "row": st.integers(0, 39),
        "as_frame": st.booleans(),
        "seed": st.integers(0, 10),
    }
)


def explain(case, frame, factor=1.0):
    model = MODELS[case["model"]]
    asked = model
    if factor != 1.0:
        asked = lambda rows: factor * model(rows)  # noqa: E731
    explainer = make_tabular_explainer(
        asked,
        n_samples=case["n"],
        kernel_width=case["width"],
        random_state=case["seed"],
    ).fit(frame)
    x = frame.iloc[[case["row"]]] if case["as_frame"] else frame.iloc[case["row"]]
    return explainer.explain_instance(x, targets=case["target"], prior=case["prior"])


def check(case):
    rng = np.random.default_rng(case["seed"])
    made = [COLUMNS[kind](rng, 40) for kind in case["columns"]]
    frame = pd.DataFrame(
        {
            f"{k}{j}": c
            for j, (k, c) in enumerate(zip(case["columns"], made, strict=True))
        }
    )
    before = frame.copy(deep=True)
    try:
        found = explain(case, frame)
    except (TypeError, ValueError) as error:
        assert "expected" in str(error), error
        return
    for name in ("coef", "intercept", "prediction", "local_prediction", "std"):
        assert np.isfinite(getattr(found, name)).all(), name
    low, high = found.interval()
    assert ((low <= found.coef) & (found.coef <= high))[found.selected].all()
    signs = found.sign_probability()
    assert ((signs >= 0) & (signs <= 1)).all()
    pd.testing.assert_frame_equal(frame, before)
    again = explain(case, frame)
    np.testing.assert_array_equal(again.coef, found.coef)
    if case["prior"] is None and case["model"] in ("score", "steps"):
        other = explain(case, frame, factor=1e-6)
        size = np.abs(found.coef).max()
        np.testing.assert_allclose(other.coef * 1e6, found.coef, atol=1e-6 * size)


IGNORED = pytest.mark.filterwarnings("ignore:.*(looks like|distinct values|too seldom)")


@IGNORED
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(EXAMPLES)
def test_any_table(case):
    check(case)


@IGNORED
@pytest.mark.long
@settings(max_examples=N_LONG, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXAMPLES)
def test_any_table_at_length(case):
    check(case)
