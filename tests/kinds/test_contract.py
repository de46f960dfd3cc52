"""scikit-learn's contract, for every public class that the other tests leave out."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_baylime import ExplainerPipeline, make_tabular_explainer
from sklearn_baylime.representation import (
    SequenceDiscretizer,
    SequenceFlattener,
    SparseScaler,
)
from sklearn_baylime.sampling import (
    BallSampler,
    BinSampler,
    ConditionalSampler,
    GaussianSampler,
    MaskSampler,
    MixupSampler,
    SubsetSampler,
)


def model(rows):
    return np.nan_to_num(np.asarray(rows, dtype=np.float64)[:, 0])


EXPLAINER = make_tabular_explainer(
    model, n_samples=10, regressor=Ridge(), random_state=0
)
# Sequences and sparse tables, which scikit-learn's checks have none of, are tested by
# our own: tests/base/test_own_parts.py.
CLASSES = [
    BallSampler(),
    BinSampler(),
    ConditionalSampler(),
    ConditionalSampler(method="copula"),
    GaussianSampler(),
    MaskSampler(),
    MixupSampler(),
    SubsetSampler(),
    EXPLAINER,
]

# Before 1.8 scikit-learn passes a generator, which pytest 9.1 warns of.
names, checks = parametrize_with_checks(CLASSES).args


def tell(argument):
    """Name a check and its class: the explainer itself would be pages long."""
    return (
        getattr(getattr(argument, "func", argument), "__name__", None)
        or type(argument).__name__
    )


@pytest.mark.filterwarnings("ignore:.*looks like")
@pytest.mark.parametrize(names, list(checks), ids=tell)
def test_scikit_learn_check(estimator, check):
    check(estimator)


def test_tags_tell_the_input():
    for sequence in (SequenceDiscretizer(), SequenceFlattener()):
        assert get_tags(sequence).input_tags.three_d_array
        assert not get_tags(sequence).input_tags.two_d_array
    assert get_tags(SparseScaler()).input_tags.sparse
    assert get_tags(MaskSampler()).no_validation
    # An explainer takes what its first step takes.
    assert get_tags(EXPLAINER).input_tags.allow_nan


@pytest.fixture(scope="module")
def frame():
    return pd.DataFrame(
        np.random.default_rng(0).normal(size=(100, 3)), columns=[*"abc"]
    )


def test_transform_and_score_check_columns(frame):
    explainer = make_tabular_explainer(model, n_samples=50, random_state=0).fit(frame)
    for method in (explainer.transform, explainer.score):
        with pytest.raises(ValueError, match="feature names should match"):
            method(frame[:2].rename(columns={"a": "z"}))
    explainer.fit(frame.to_numpy())
    assert not hasattr(explainer, "feature_names_in_")
    for method in (explainer.transform, explainer.score):
        with pytest.raises(ValueError, match=r"2 features, but .* 3 features"):
            method(frame.to_numpy()[:2, :2])
        with pytest.raises(ValueError, match="Reshape your data"):
            method(frame.to_numpy()[0])


def explainers():
    yield make_tabular_explainer(model, n_samples=100, n_features=2, random_state=0)
    yield make_tabular_explainer(
        model, n_samples=100, sampler="gaussian", random_state=0
    )
    plain = make_tabular_explainer(
        model, n_samples=100, sampler="gaussian", discretizer=None, random_state=0
    )
    steps = list(plain.steps)
    at = [name for name, _ in steps].index("kernel")
    steps.insert(at, ("standardize", StandardScaler()))
    yield ExplainerPipeline(steps, black_box=model, random_state=0)


@pytest.mark.parametrize("output", ["pandas", "polars"])
@pytest.mark.parametrize("kind", range(3))
def test_no_global_output_reaches_an_explanation(frame, output, kind):
    expected = list(explainers())[kind].fit(frame).explain_instance(frame.iloc[0])
    with sklearn.config_context(transform_output=output):
        explainer = list(explainers())[kind].fit(frame)
        found = explainer.explain_instance(frame.iloc[0])
        score = explainer.score(frame[:1])
    np.testing.assert_array_equal(found.coef, expected.coef)
    assert np.isfinite(score)
