"""What an explanation says in words, before anybody relies on its weights."""

import numpy as np
import pytest

from sklearn_baylime import make_tabular_explainer


def few_rows_said(n_features, n_samples):
    """Effective rows, and whether the explanation calls them few."""
    background = np.random.default_rng(0).normal(size=(100, n_features))
    explainer = make_tabular_explainer(
        lambda rows: np.asarray(rows).sum(axis=1),
        design="random",
        n_samples=n_samples,
        # So wide that all rows weigh the same.
        kernel_width=1e6,
        random_state=0,
    ).fit(background)
    explanation = explainer.explain_instance(background[0])
    said = [text for text in explanation.warnings if "effective rows" in text]
    return explanation.effective_sample_size, bool(said)


@pytest.mark.parametrize(
    ("n_features", "n_samples", "expected"),
    [(5, 100, False), (12, 100, True), (12, 200, False), (5, 30, True)],
)
def test_few_effective_rows_are_few_for_the_features(n_features, n_samples, expected):
    """Ten a feature are asked for: a hundred are enough for five, not for twelve."""
    n_effective, said = few_rows_said(n_features, n_samples)
    np.testing.assert_allclose(n_effective, n_samples, rtol=1e-6)
    assert said == expected
