"""Priors of several sources, of experts and of other methods."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime import InformativeBayesianRidge, make_tabular_explainer
from sklearn_baylime.priors import (
    NamedPrior,
    Prior,
    combine_priors,
    prior_from_attributions,
    prior_from_signs,
)


@pytest.mark.parametrize("matrices", [False, True], ids=["vectors", "matrices"])
def test_two_sources_are_two_batches_of_rows(matrices):
    # The posterior of both priors at once is that of one prior and then the other.
    rng = np.random.RandomState(0)
    roots = rng.normal(size=(2, 3, 5))
    blocks = [root.T @ root + np.eye(5) for root in roots]
    precisions = blocks if matrices else [np.diag(b) for b in blocks]
    means = rng.normal(size=(2, 5))
    both = combine_priors(*map(Prior, means, precisions))
    full = [p if matrices else np.diag(p) for p in precisions]
    total = full[0] + full[1]
    expected = np.linalg.solve(total, full[0] @ means[0] + full[1] @ means[1])
    assert_allclose(both.mean, expected)
    assert_allclose(both.precision if matrices else np.diag(both.precision), total)


def test_numbers_vectors_and_matrices_mix():
    both = combine_priors(
        Prior([1.0, 2.0], precision=2.0), Prior(0.0, precision=np.eye(2) * 6.0)
    )
    assert_allclose(both.mean, [0.25, 0.5])
    assert_allclose(both.precision, 8 * np.eye(2))


def test_one_source_is_itself_and_half_of_it_twice():
    prior = Prior([1.0, 2.0], precision=[3.0, 4.0])
    half = prior.discounted(0.5)
    again = combine_priors(half, half)
    assert_allclose(again.mean, prior.mean)
    assert_allclose(again.precision, prior.precision)


def test_power_prior_is_the_posterior_of_part_of_the_rows():
    # A prior from n rows, discounted to a half, weighs as n / 2 rows do.
    rng = np.random.RandomState(0)
    X = rng.normal(size=(40, 3))
    y = X @ [1.0, -1.0, 0.0] + rng.normal(size=40)
    known = {"noise_precision": 1.0, "fit_intercept": False}
    old = Prior(np.linalg.solve(X.T @ X, X.T @ y), precision=X.T @ X)
    new = rng.normal(size=(20, 3))
    fit = InformativeBayesianRidge(**old.discounted(0.5).parameters(), **known)
    fit.fit(new, new[:, 0])
    whole = np.vstack([X, new])
    weights = np.r_[np.full(40, 0.5), np.ones(20)]
    gram = (whole.T * weights) @ whole
    expected = np.linalg.solve(gram, (whole.T * weights) @ np.r_[y, new[:, 0]])
    assert_allclose(fit.coef_, expected)


def explain(prior, n_samples=25):
    rng = np.random.RandomState(0)
    X = rng.normal(size=(200, 6))
    weights = np.array([3.0, -2.0, 0.0, 0.0, 0.0, 0.0])
    return (
        make_tabular_explainer(
            lambda rows: rows @ weights + 2 * np.sin(3 * rows).sum(axis=1),
            discretizer=None,
            n_samples=n_samples,
            random_state=0,
        )
        .fit(X)
        .explain_instance(X[0], prior=prior)
    )


def test_signs_of_columns_serve_scaled_numbers():
    right = explain(prior_from_signs({"x0": "+", "x1": "-"}))
    wrong = explain(prior_from_signs({"x4": "+", "x5": "-"}))
    assert set(right.prior_odds) == {"direction", "nothing"}
    assert right.prior_odds["nothing"][0] < 0.2 < wrong.prior_odds["nothing"][0]
    assert right.prior_scale[0] > 0


def test_attributions_of_shap_bring_their_names():
    shap_like = SimpleNamespace(values=np.array([0.5, -0.25]), feature_names=["b", "a"])
    prior = prior_from_attributions(shap_like)
    assert_allclose(prior(["a", "b", "c"]).mean, [-0.25, 0.5, 0.0])


def test_precision_by_name():
    prior = NamedPrior({"a": 1.0, "b": 2.0}, {"a": 10.0, "b": 5.0})(["b", "c", "a"])
    assert_allclose(prior.precision, [5.0, 5.0, 10.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: combine_priors(Prior([1.0])), "0 of which|of which 0 state"),
        (lambda: combine_priors(), "0 priors have means of lengths"),
        (
            lambda: combine_priors(Prior([1.0], 1.0), Prior([1.0, 2.0], 1.0)),
            r"lengths \[1, 2\]",
        ),
        (lambda: Prior([1.0]).discounted(0.5), "precision is None"),
        (lambda: Prior([1.0], 1.0).discounted(1.5), "share 1.5, expected"),
        (lambda: prior_from_signs({"a": "up"}), r"signs has \['up'\]"),
        (lambda: prior_from_signs({"a": "+"}, sure=2), "sure is 2"),
        (lambda: prior_from_attributions(np.zeros((2, 3))), r"shape \(2, 3\)"),
        (lambda: prior_from_attributions([1.0], ["a", "b"]), "1 attributions and 2"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
