"""Metrics of attributions against theory and plain loops."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from sklearn_baylime.metrics import (
    faithfulness_correlation,
    infidelity,
    local_lipschitz,
    max_sensitivity,
    pairwise_rank_agreement,
    prediction_gap,
    rank_correlation,
    top_k_agreement,
)

X0 = np.array([1.0, -2.0, 0.5, 3.0, 0.0])


def linear(rows):
    return rows @ np.array([2.0, -1.0, 0.5, 0.0, 4.0])


def test_what_linear_models_weights_say_is_what_happens():
    gap = (X0 - 1.5) * [2.0, -1.0, 0.5, 0.0, 4.0]
    for size in (1, 2, 4):
        found = faithfulness_correlation(
            gap, X0, linear, baseline=1.5, subset_size=size, random_state=0
        )
        assert_allclose(found, 1.0)
    assert_allclose(
        faithfulness_correlation(-gap, X0, linear, baseline=1.5, random_state=0), -1.0
    )


def test_subsets_have_the_asked_size_and_all_columns_are_drawn_alike():
    asked = []

    def model(rows):
        asked.append(np.array(rows))
        return rows.sum(axis=1)

    faithfulness_correlation(
        np.arange(5.0), np.ones(5), model, subset_size=2, n_draws=4000, random_state=0
    )
    removed = asked[0][1:] == 0
    assert (removed.sum(axis=1) == 2).all()
    # Four standard errors of a share of 2/5.
    assert_allclose(removed.mean(axis=0), 0.4, atol=4 * np.sqrt(0.24 / 4000))


def test_attributions_that_say_nothing_have_no_correlation():
    assert np.isnan(faithfulness_correlation(np.zeros(5), X0, linear, random_state=0))
    assert np.isnan(
        faithfulness_correlation(
            np.arange(5.0), X0, lambda rows: rows[:, 0] * 0, random_state=0
        )
    )


def test_infidelity_of_the_tangent_of_a_parabola():
    # (2 x I - (x^2 - (x - I)^2))^2 = I^4, with mean 3 and variance 96 for sd 1.
    std, n_draws = 0.1, 20000
    found = infidelity(
        [4.0], [2.0], lambda r: r[:, 0] ** 2, std=std, n_draws=n_draws, random_state=0
    )
    assert_allclose(found, 3 * std**4, atol=4 * std**4 * np.sqrt(96 / n_draws))


def test_a_factor_of_its_own_repairs_attributions_in_another_unit():
    weights = np.array([2.0, -1.0, 0.5, 0.0, 4.0])
    assert infidelity(7 * weights, X0, linear, random_state=0) > 0.1
    assert_allclose(
        infidelity(7 * weights, X0, linear, scale=True, random_state=0), 0, atol=1e-20
    )
    zero = infidelity(np.zeros(5), X0, linear, scale=True, random_state=0)
    assert zero > 0.1


def test_prediction_gaps_of_a_linear_model():
    # |w| sd sqrt(2 / pi), of one column; standard error by a half-normal variable.
    n_draws, std = 20000, 0.3
    kwargs = {"std": std, "n_draws": n_draws, "random_state": 0, "k": 1}
    attribution = [2.0, -1.0, 0.5, 0.0, 4.0]
    found = prediction_gap(attribution, X0, linear, **kwargs)
    error = 4 * 4 * std * np.sqrt((1 - 2 / np.pi) / n_draws)
    assert_allclose(found, 4 * std * np.sqrt(2 / np.pi), atol=error)
    rest = prediction_gap(attribution, X0, linear, important=False, **kwargs)
    size = np.sqrt(2.0**2 + 1 + 0.5**2)
    assert_allclose(rest, size * std * np.sqrt(2 / np.pi), atol=error)


def test_classifiers_are_asked_for_the_class_of_the_instance():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(80, 2))
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    x = np.array([-2.0, 0.0])
    by_default = prediction_gap([1.0, 0.0], x, model, 1, random_state=0)
    assert by_default == prediction_gap(
        [1.0, 0.0], x, model, 1, target=0, random_state=0
    )
    both = infidelity([0.0, 0.0], x, model, target=1, random_state=0)
    assert_allclose(both, infidelity([0.0, 0.0], x, model, random_state=0))


def test_sensitivity_by_a_plain_loop():
    def explain(rows):
        return np.stack([rows[:, 0] ** 2, rows[:, 1] * rows[:, 2]], axis=1)

    x, radius = np.array([1.0, 2.0, -1.0]), np.array([0.1, 0.2, 0.0])
    found = max_sensitivity(explain, x, radius=radius, n_draws=20, random_state=3)
    rng, worst = np.random.RandomState(3), 0.0
    for step in rng.uniform(-1, 1, (20, 3)):
        change = explain((x + radius * step)[None]) - explain(x[None])
        worst = max(worst, np.linalg.norm(change) / np.linalg.norm(explain(x[None])))
    assert_allclose(found, worst)
    # Without weights there is no relative change.
    assert max_sensitivity(lambda X: X - x, x, radius=0.1, random_state=0) > 0


def test_lipschitz_estimates_are_below_the_constant():
    A = np.random.RandomState(0).normal(size=(4, 5))
    constant = np.linalg.norm(A, 2)
    found = local_lipschitz(lambda X: X @ A.T, X0, n_draws=2000, random_state=0)
    assert 0.7 * constant < found <= constant * (1 + 1e-12)


def test_agreement_by_kind():
    known, found = [5.0, -4.0, 3.0, 2.0, 0.1], [5.0, 4.0, 2.0, 3.0, 0.0]
    for kind, expected in zip(
        ("feature", "rank", "sign", "signed_rank"),
        (1, 2 / 4, 3 / 4, 1 / 4),
        strict=True,
    ):
        assert_allclose(top_k_agreement(found, known, 4, kind=kind), expected)
    assert_allclose(pairwise_rank_agreement(found, known), 9 / 10)
    assert_allclose(rank_correlation(known, known), 1.0)
    assert np.isnan(rank_correlation([1.0, 1.0], [1.0, 2.0]))


def test_equal_sizes_share_a_rank():
    assert_allclose(rank_correlation([1.0, -1.0, 2.0], [3.0, 3.0, 5.0]), 1.0)
    assert_allclose(pairwise_rank_agreement([1.0, -1.0, 2.0], [3.0, 3.0, 5.0]), 1.0)
    assert_allclose(pairwise_rank_agreement([1.0, 2.0, 3.0], [1.0, 1.0, 2.0]), 2 / 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: faithfulness_correlation([1.0], X0, linear),
            r"shapes \(1,\) and \(5,",
        ),
        (lambda: infidelity(X0 * np.nan, X0, linear), "expected finite numbers"),
        (lambda: faithfulness_correlation(X0, X0, linear, subset_size=6), "1 to 5 col"),
        (lambda: prediction_gap(X0, X0, linear, 9), "k is 9, expected 1 to 5"),
        (
            lambda: prediction_gap(X0, X0, linear, 1, target=3),
            "target is 3, expected a",
        ),
        (
            lambda: max_sensitivity(lambda X: X[:2], X0),
            "returned 2 explanations for 11",
        ),
        (lambda: local_lipschitz(lambda X: X, X0[None]), r"shape \(1, 5\)"),
        (lambda: top_k_agreement(X0, X0, 2, kind="sex"), "'sex', expected 1 to 5"),
        (lambda: rank_correlation([1.0], [1.0]), "at least 2 features"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_captum_measures_the_same():
    torch = pytest.importorskip("torch", reason="captum runs on torch")
    captum = pytest.importorskip("captum.metrics")
    x = torch.tensor(X0)[None]
    a = torch.tensor([2.0, -1.0, 0.4, 0.3, 3.0], dtype=torch.float64)[None]

    def model(rows):
        return np.tanh(rows).sum(axis=1) + rows[:, 0] * rows[:, 3]

    steps = 0.3 * np.random.RandomState(0).standard_normal((50, 5))
    for scale in (False, True):
        theirs = captum.infidelity(
            lambda rows: torch.tensor(model(rows.numpy())),
            lambda rows: (torch.tensor(steps), rows - torch.tensor(steps)),
            x,
            a,
            n_perturb_samples=50,
            normalize=scale,
        )
        ours = infidelity(
            a[0].numpy(), X0, model, std=0.3, n_draws=50, scale=scale, random_state=0
        )
        assert_allclose(ours, theirs.item())

    box = 0.2 * np.random.RandomState(0).uniform(-1, 1, (10, 5))
    theirs = captum.sensitivity_max(
        lambda rows: (rows[0] ** 2,),
        x,
        lambda rows, radius: (rows[0] + torch.tensor(box),),
    )
    ours = max_sensitivity(lambda rows: rows**2, X0, radius=0.2, random_state=0)
    assert_allclose(ours, theirs.item())
