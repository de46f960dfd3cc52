"""Golden values of the paper, and the scorer."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime import InformativeBayesianRidge, make_tabular_explainer
from sklearn_baylime.metrics import inconsistency, kendall_w, make_fidelity_scorer
from sklearn_baylime.surrogate import ExponentialKernel

# Table 5 of the paper: three explanations of four features.
TABLE_5 = [
    [0.20, -0.15, 0.011, 0.009],
    [0.18, -0.17, 0.009, 0.011],
    [0.19, -0.15, 0.009, 0.010],
]


def test_kendall_w_of_the_paper():
    assert_allclose(kendall_w(TABLE_5), 0.911111, atol=1e-6)


@pytest.mark.parametrize(("ddof", "expected"), [(1, 0.0051281), (0, 0.0034188)])
def test_inconsistency_of_the_paper(ddof, expected):
    assert_allclose(inconsistency(TABLE_5, ddof=ddof), expected, atol=1e-7)


def test_kendall_w_lies_between_0_and_1():
    rng = np.random.RandomState(0)
    for _ in range(20):
        assert 0 <= kendall_w(rng.normal(size=(5, 6))) <= 1
    assert kendall_w(np.tile(rng.normal(size=6), (4, 1))) == 1


@pytest.mark.parametrize("measure", [kendall_w, inconsistency])
def test_one_run_is_refused(measure):
    with pytest.raises(ValueError, match=r"shape \(1, 3\), expected \(n_runs, n_feat"):
        measure([[1.0, 2.0, 3.0]])


def explain_repeatedly(n_rows, precision, rng, n_runs=40, n_features=12, spread=1.0):
    """Draw designs of coin flips around one truth; prior right, noise known."""
    truth = 1 + spread * np.linspace(0, 1, n_features)
    coef = []
    for _ in range(n_runs):
        X = rng.randint(0, 2, size=(n_rows, n_features)).astype(float)
        y = X @ truth + rng.normal(size=n_rows)
        model = InformativeBayesianRidge(
            prior_mean=truth, prior_precision=precision, noise_precision=1.0
        )
        coef.append(model.fit(X, y).coef_)
    return np.array(coef)


def test_a_stronger_prior_varies_less_and_agrees_more():
    """T21: over resampled neighbourhoods variance falls and W rises with lambda."""
    runs = [
        explain_repeatedly(60, precision, np.random.RandomState(0))
        for precision in (1.0, 20.0, 200.0)
    ]
    variances = [coef.var(axis=0).sum() for coef in runs]
    agreements = [kendall_w(coef) for coef in runs]
    assert variances == sorted(variances, reverse=True)
    assert agreements == sorted(agreements)


def test_agreement_is_perfect_without_rows_and_has_no_dip_at_few():
    """T23: W starts at 1 with few rows, falls, and the null space keeps the prior.

    BayLIME's thin decomposition makes W dip where there are fewer rows than features.
    """
    agreement = {
        n: kendall_w(explain_repeatedly(n, 200.0, np.random.RandomState(1), spread=0.2))
        for n in (2, 6, 12, 200, 50_000)
    }
    assert agreement[2] > 0.95
    assert agreement[2] > agreement[6] > agreement[12] > agreement[200]
    assert agreement[50_000] > agreement[200]


def test_fidelity_scorer_is_the_score_under_its_kernel():
    X = np.random.RandomState(0).normal(size=(30, 3))
    explainer = make_tabular_explainer(
        lambda rows: rows[:, 0] * rows[:, 1], n_samples=200, random_state=0
    ).fit(X)
    kernel = ExponentialKernel(width=0.5)
    scorer = pickle.loads(pickle.dumps(make_fidelity_scorer(kernel)))
    assert scorer(explainer, X[:2]) == explainer.score(X[:2], kernel=kernel)
    assert make_fidelity_scorer()(explainer, X[:2]) == explainer.score(X[:2])
