"""Explanations of the same rows are correlated, and know it."""

import numpy as np
import pytest

from sklearn_baylime import Explanation, make_tabular_explainer
from sklearn_baylime.explanation import contrast, summarize
from sklearn_baylime.local._influence import influence_of_rows

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(300, 3))
PLACES = np.array([[0.5, 0.5, 0.0], [-0.5, 0.6, 1.0]])


def model(rows):
    """Answer with an interaction and a bend, so that weights differ by instance."""
    return np.sin(2 * rows[:, 0]) + rows[:, 0] * rows[:, 1] + 0.5 * rows[:, 2]


def make(seed=0, n_samples=300, **params):
    params = {
        "discretizer": None,
        "sampler": "gaussian",
        "rows": "shared",
        "kernel_width": 0.9,
        **params,
    }
    explainer = make_tabular_explainer(
        model, n_samples=n_samples, random_state=seed, **params
    )
    return explainer.fit(TABLE)


def test_influence_sums_to_hc3():
    rng = np.random.default_rng(1)
    rows, y, s = rng.normal(size=(50, 3)), rng.normal(size=50), rng.random(50)
    found = influence_of_rows(rows, y, s)
    design = np.c_[np.ones(50), rows] * np.sqrt(s)[:, None]
    inverse = np.linalg.inv(design.T @ design)
    left = y * np.sqrt(s) - design @ inverse @ design.T @ (y * np.sqrt(s))
    left = left / (1 - np.einsum("ij,jk,ik->i", design, inverse, design))
    hc3 = inverse @ (design.T * left**2) @ design @ inverse
    np.testing.assert_allclose(found.T @ found, hc3[1:, 1:], rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"design": "sobol", "n_samples": 600},
        {"discretizer": "quartile", "sampler": "bins"},
    ],
    ids=["random", "sobol", "bins"],
)
def test_intervals_of_a_contrast_hold_the_truth(params):
    """By simulation: the truth is the mean of what far more rows say.

    Sobol rows are so many that their scrambles are independent of each other.
    """
    params = {"n_samples": 300, **params}
    if "discretizer" in params:
        params["kernel_width"] = None
    truth = true_contrast(params)
    held, widths, apart = [], [], []
    for seed in range(60):
        one, other = make(seed, **params).explain(PLACES)
        difference = contrast(one, other)
        np.testing.assert_allclose(difference.coef, one.coef - other.coef)
        low, high = difference.interval(0.95)
        held.append((low <= truth) & (truth <= high))
        widths.append(difference.std)
        apart.append(difference.coef - truth)
    # 180 intervals, three of one draw at a time.
    assert 0.88 <= np.mean(held) <= 1.0
    ratio = np.mean(widths, axis=0) / np.sqrt(np.mean(np.square(apart), axis=0))
    assert (ratio > 0.75).all()
    assert (ratio < 1.8).all()


@pytest.mark.slow
def test_a_contrast_on_one_sobol_sequence_is_on_the_safe_side():
    """Parts of one sequence are too even to tell how exact the whole is."""
    params = {"design": "sobol"}
    truth, held = true_contrast(params), []
    for seed in range(60):
        low, high = contrast(*make(seed, **params).explain(PLACES)).interval(0.95)
        held.append((low <= truth) & (truth <= high))
    assert np.mean(held) >= 0.95


def true_contrast(params):
    one, other = make(seed=999, **{**params, "n_samples": 20_000}).explain(PLACES)
    return one.coef - other.coef


def test_errors_of_neighbors_cancel():
    near = PLACES[0] + [0.02, 0.0, 0.0]
    one, other = make().explain([PLACES[0], near])
    difference = contrast(one, other)
    assert (difference.std < 0.2 * np.hypot(one.std, other.std)).all()
    same = contrast(one, one)
    np.testing.assert_allclose(same.std, 0.0, atol=1e-12)
    assert contrast(other, one).coef == pytest.approx(-difference.coef)


def test_a_contrast_can_be_asked_everything():
    frames = make(discretizer="quartile", sampler="bins", n_features=2)
    one, other = frames.explain(PLACES)
    difference = contrast(one, other)
    assert " against " in "".join(difference.feature_names)
    assert "against" in str(difference)
    assert "against" in difference.to_html()
    assert difference.selected.sum() == (one.selected | other.selected).sum()
    assert Explanation.from_dict(difference.to_dict()).interval().shape == (2, 1, 3)
    whole = contrast(one.all_features, other.all_features)
    assert whole.selected.all()


def test_what_cannot_be_compared_is_refused():
    one, other = make().explain(PLACES)
    elsewhere = make(seed=1).explain(PLACES)[1]
    with pytest.raises(ValueError, match="not of the same rows"):
        contrast(one, elsewhere)
    alone = make(rows="own").explain(PLACES)
    with pytest.raises(ValueError, match="rows='shared'"):
        contrast(*alone)
    read = Explanation.from_dict(other.to_dict())
    with pytest.raises(ValueError, match="not from JSON"):
        contrast(one, read)
    with pytest.raises(ValueError, match="rows='own'"):
        summarize([one, read])
    around = make(sampler="around_instance").explain(PLACES)
    with pytest.raises(ValueError, match="rows='own'"):
        summarize(around)


@pytest.mark.slow
def test_a_mean_over_instances_knows_what_all_have_in_common():
    """Its interval holds as with own rows; without the common part it does not."""
    X = np.random.default_rng(5).normal(size=(16, 3))

    def ask(rows):
        return rows[:, 0] * rows[:, 1]

    held, spread, stated = [], [], []
    for seed in range(24):
        explainer = make_tabular_explainer(
            ask,
            discretizer=None,
            sampler="gaussian",
            n_samples=60,
            kernel_width=3.0,
            rows="shared",
            random_state=seed,
        ).fit(TABLE)
        summary = summarize(explainer.explain(X))
        # By symmetry the mean over all instances is 0 in the third column.
        held.append(summary.mean_low[2] <= 0 <= summary.mean_high[2])
        spread.append(summary.mean[2])
        stated.append(summary.mean_high[2] - summary.mean[2])
    assert np.mean(held) >= 0.83
    assert 1.2 < np.mean(stated) / np.std(spread) < 5


@pytest.mark.parametrize("rows", ["own", "shared"])
def test_a_prior_of_the_same_rows_is_refused(rows):
    explainer = make(rows=rows)
    first = explainer.explain_instance(PLACES[0])
    with pytest.raises(ValueError, match="same rows"):
        explainer.explain_instance(PLACES[0], prior=first.as_prior())
    # Of other rows it is welcome: of another seed, or another instance's own.
    make(seed=1, rows=rows).explain_instance(PLACES[0], prior=first.as_prior())
    if rows == "own":
        explainer.explain_instance(PLACES[1], prior=first.as_prior())


def test_a_prior_of_shared_rows_is_refused_at_another_instance_before_a_query():
    explainer = make()
    first = explainer.explain_instance(PLACES[0])
    before = explainer.black_box_.n_queries_
    for prior in (first.as_prior(), lambda names: first.as_prior()):
        with pytest.raises(ValueError, match="count twice"):
            explainer.explain_instance(PLACES[1], prior=prior)
    assert explainer.black_box_.n_queries_ == before
