"""Bad input: what was got, what was expected, before the first query."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge

from sklearn_baylime import BlackBox, ExplainerPipeline, Prior, make_tabular_explainer
from sklearn_baylime.surrogate import ExponentialKernel


@pytest.fixture
def explainer(table, score):
    return make_tabular_explainer(score, n_samples=50, random_state=0).fit(table)


def x_with(table, value):
    x = table[0].copy()
    x[1] = value
    return x


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[:3], "instance has shape (1, 3), expected one row of 4 columns"),
        (lambda x: np.stack([x, x]), "instance has shape (2, 4), expected one row"),
        (lambda x: np.r_[x[:1], np.nan, x[2:]], "has a missing value"),
        (lambda x: np.r_[x[:1], np.inf, x[2:]], "contains infinity"),
        (lambda x: {"x0": 1.0, "x1": 2.0}, "lacks the column(s) ['x2', 'x3']"),
        (lambda x: ["a", "b", "c", "d"], "values that are not numbers, such as 'a'"),
    ],
)
def test_bad_instances(explainer, table, score, change, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        explainer.explain_instance(change(table[0]))
    assert score.n_rows == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"targets": 5}, "targets has 5, but the black box answers 1 column(s)"),
        ({"targets": "cat"}, "targets has 'cat', but the black box answers"),
        ({"targets": [0, 3]}, "targets has 3, but"),
    ],
)
def test_unknown_targets(explainer, table, call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        explainer.explain_instance(table[0], **call)


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (Prior([1.0, 2.0]), "prior_mean has shape (2,), expected"),
        (Prior([1.0, np.nan, 0, 0]), "prior_mean contains NaN"),
        (Prior(0.0, precision=-1.0), "prior_precision"),
        (Prior(0.0, precision=[1.0, 1.0]), "prior_precision has shape (2,), expected"),
        (
            Prior(0.0, precision=[1.0, -1.0, 1, 1]),
            "prior_precision is -1 for feature 1",
        ),
        (Prior(0.0, scale="learn"), "prior_scale"),
    ],
)
def test_bad_priors_cost_no_query(explainer, table, score, prior, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        explainer.explain_instance(table[0], prior=prior)
    assert score.n_rows == 0


def test_a_regressor_without_prior_says_so(explainer, table, score):
    explainer.set_params(regressor=Ridge())
    with pytest.raises(TypeError, match="regressor Ridge takes no prior, expected one"):
        explainer.explain_instance(table[0], prior=[1, 2, 3, 4])
    assert score.n_rows == 0


def test_the_number_of_priors_must_fit(explainer, table):
    with pytest.raises(
        ValueError, match="prior has 1 entries, expected one for each of"
    ):
        explainer.explain(table[:2], prior=[Prior(0.0)])


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("kernel__width", 0.0, "'width' parameter of ExponentialKernel"),
        ("kernel__width", -1.0, "'width' parameter of ExponentialKernel"),
        (
            "regressor__noise_precision",
            -1.0,
            "'noise_precision' parameter of Informative",
        ),
    ],
)
def test_bad_parameters_cost_no_query(
    explainer, table, score, parameter, value, message
):
    explainer.set_params(**{parameter: value})
    with pytest.raises(ValueError, match=message):
        explainer.explain_instance(table[0])
    assert score.n_rows == 0


@pytest.mark.parametrize("n_samples", [0, -3])
def test_too_few_samples(table, score, n_samples):
    with pytest.raises(ValueError, match="'n_samples' parameter of BinSampler"):
        make_tabular_explainer(score, n_samples=n_samples).fit(table)


def test_vanished_weights_name_the_distance(explainer, table, score):
    explainer.set_params(kernel__width=0.01, sample__n_samples=20).fit(table)
    message = r"All kernel weights vanish .*at distance [\d.]+ where .* is 0.01"
    with pytest.raises(ValueError, match=message):
        explainer.explain_instance(table[0])
    assert score.n_rows == 0


def test_few_effective_rows_are_a_warning(explainer, table):
    explanation = explainer.set_params(kernel__width=0.3).explain_instance(table[0])
    assert "effective rows" in explanation.warnings[0]


@pytest.mark.parametrize(
    ("drop", "message"),
    [
        (["sample"], "No step has sample, expected one sampler"),
        (["kernel"], "has score_samples, expected one kernel"),
        (["regressor"], "expected a regressor with fit and predict"),
    ],
)
def test_missing_steps(table, score, drop, message):
    steps = [s for s in make_tabular_explainer(score).steps if s[0] not in drop]
    with pytest.raises(ValueError, match=message):
        ExplainerPipeline(steps, black_box=score).fit(table)


def test_steps_left_of_the_sampler_must_be_invertible(table, score):
    class OneWay:
        def fit(self, X, y=None):
            return self

        def transform(self, X):
            return X

    steps = [("wrong", OneWay()), *make_tabular_explainer(score).steps]
    with pytest.raises(
        ValueError, match="stands left of the sampler, where its inverse"
    ):
        ExplainerPipeline(steps, black_box=score).fit(table)


def test_not_fitted(table, score):
    with pytest.raises(NotFittedError):
        make_tabular_explainer(score).explain_instance(table[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"discretizer": "octile"}, "discretizer is 'octile', expected one of"),
        ({"class_names": ["a"]}, "class_names were given beside a BlackBox"),
    ],
)
def test_bad_arguments(score, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_tabular_explainer(BlackBox(score), **arguments)


def test_settings_belong_into_the_box(table, score):
    explainer = make_tabular_explainer(BlackBox(score), batch_size=3)
    with pytest.raises(ValueError, match="given beside a BlackBox"):
        explainer.fit(table).explain_instance(table[0])


def test_unknown_category_and_wrong_names(score):
    frame = pd.DataFrame({"a": ["x", "y"] * 5, "b": np.arange(10.0)})
    explainer = make_tabular_explainer(
        lambda rows: np.ones(len(rows)), n_samples=10
    ).fit(frame)
    with pytest.raises(ValueError, match=r"unknown category 'z', expected one of"):
        explainer.explain_instance({"a": "z", "b": 1.0})
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['b'\]"):
        explainer.explain_instance(frame[["a"]].iloc[0])


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_kernels_may_be_chosen(explainer, table, metric):
    explainer.set_params(kernel=ExponentialKernel(metric=metric))
    assert explainer.explain_instance(table[0]).kernel["metric"] == metric
