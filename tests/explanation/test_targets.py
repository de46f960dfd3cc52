"""Sums, combinations and contrasts: found however they are written, kept, taken out."""

import json
import pickle

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from sklearn_baylime import Explanation, make_tabular_explainer
from sklearn_baylime.explanation._keys import (
    find_target,
    read_contrast,
    read_factors,
    read_key,
)

TARGETS = [
    "cat",
    "dog",
    {"cat": 1, "dog": -1},
    ("cat", "dog"),
    {"a - b": -2, "dog": 0.5},
]


@pytest.fixture(scope="module")
def explainer():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, y)
    return make_tabular_explainer(
        model,
        class_names=["cat", "dog", "a - b"],
        n_samples=200,
        n_features=2,
        random_state=0,
    ).fit(X)


@pytest.fixture(scope="module")
def x():
    return load_iris().data[0]


@pytest.fixture(scope="module")
def explanation(explainer, x):
    return explainer.explain_instance(x, targets=TARGETS)


@pytest.mark.parametrize(
    ("target", "position"),
    [
        (None, 0),
        ("dog", 1),
        (1, 1),
        (np.int64(1), 1),
        ({"cat": 1, "dog": -1}, 2),
        ({"dog": -1.0, "cat": 1}, 2),
        ({1: -1, 0: 1}, 2),
        ({1: -1, "cat": 1}, 2),
        ([[0, 1.0], [1, -1.0]], 2),
        (((0, 1.0), (1, -1.0)), 2),
        ("cat - dog", 2),
        ((0, 1), 3),
        ([1, 0], 3),
        (["dog", "cat"], 3),
        ({"cat": 1, 1: 1}, 3),
        ({"a - b": -2, "dog": 0.5}, 4),
        ({"dog": 0.5, "a - b": -2}, 4),
        ({2: -2, "dog": 0.5}, 4),
        ({"a - b": -2, 1: 0.5}, 4),
    ],
)
def test_a_target_is_found_as_it_was_asked_for(explanation, target, position):
    assert explanation.position(target) == position
    again = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    assert again.position(target) == position


@pytest.mark.parametrize(
    "target",
    [
        *({"cat": 1, "dog": 1.5}, {"cat": -1, "dog": 1}, {"cat": 1, "a - b": -1}),
        *(["cat", "a - b"], (0, 1, 2), "bird", 7, {}, [], {"dog": 1, "a": -2, "b": 1}),
    ],
)
def test_other_targets_are_not_found(explanation, target):
    with pytest.raises(KeyError, match="was not explained, expected one of"):
        explanation.position(target)


def test_targets_come_back_from_json(explanation):
    again = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    assert again.targets == explanation.targets
    assert again.targets[2] == ((0, 1.0), (1, -1.0))
    assert again.as_map() == explanation.as_map()
    assert str(again) == str(explanation)


def test_a_contrast_is_taken_out(explanation, explainer, x):
    contrast = explanation.contrast("cat", "dog")
    alone = explainer.explain_instance(x, targets=[{"cat": 1, "dog": -1}])
    assert contrast.targets == alone.targets == (((0, 1.0), (1, -1.0)),)
    assert contrast.target_names == ("cat - dog",)
    np.testing.assert_array_equal(contrast.coef, explanation.coef[[2]])
    np.testing.assert_array_equal(contrast.interval(), explanation.interval()[:, [2]])
    np.testing.assert_array_equal(contrast.std, explanation.std[[2]])
    np.testing.assert_array_equal(
        contrast.all_features.coef, explanation.all_features.coef[[2]]
    )
    assert contrast.n_rows == explanation.n_rows
    again = Explanation.from_dict(json.loads(json.dumps(contrast.to_dict())))
    assert again.to_dict() == contrast.to_dict()


@pytest.mark.parametrize(("one", "other"), [(0, 1), ("cat", 1), (0, "dog")])
def test_contrasts_are_named_by_column_or_name(explanation, one, other):
    assert explanation.contrast(one, other).target_names == ("cat - dog",)


def test_contrasts_of_combinations(explanation):
    found = explanation.contrast({"dog": 0.5}, {"a - b": 2})
    assert found.target_names == explanation.target_names[4:]
    # What both have cancels.
    found = explanation.contrast(("cat", "dog"), {"dog": 2})
    assert found.target_names == ("cat - dog",)


def test_a_contrast_is_pickled_before_all_features_are_asked_for(explainer, x):
    whole = explainer.explain_instance(x, targets=TARGETS)
    contrast = pickle.loads(pickle.dumps(whole.contrast(0, 1)))
    expected = whole.all_features.coef[[2]]
    np.testing.assert_allclose(contrast.all_features.coef, expected)


def test_a_contrast_of_everything_there_is(explain):
    odds = {"stated": [0.2, 0.7, 0.1], "nothing": [0.8, 0.3, 0.9]}
    whole = explain(
        "",
        [[1.0, 2.0], [3.0, 5.0], [2.0, 3.0]],
        targets=[0, 1, {1: 1, 0: -1}],
        prior_odds=odds,
        is_open=[True, True, False],
        local_std=[0.1, 0.2, 0.3],
        instance=None,
    )
    contrast = whole.contrast(1, 0)
    assert contrast.prior_odds["stated"].tolist() == [0.1]
    assert contrast.local_std.tolist() == [0.3] and not contrast.is_open.any()
    assert contrast.full is None and contrast.marginals is None


def test_what_to_ask_for_is_said(explanation):
    ask = r"explain_instance\(x, targets=\[\{'cat': 1, 'a - b': -1\}\]\)"
    with pytest.raises(ValueError, match=f"was not explained, .* ask for it, {ask}"):
        explanation.contrast("cat", "a - b")
    with pytest.raises(ValueError, match=r"opposite .* expected contrast\('cat', 'd"):
        explanation.contrast("dog", "cat")
    with pytest.raises(ValueError, match="the same target, expected two"):
        explanation.contrast(0, 0)


def test_the_way_it_says_works(explainer, x):
    explained = explainer.explain_instance(x, targets=[{"cat": 1, "a - b": -1}])
    assert explained.contrast("cat", "a - b").target_names == ("cat - a - b",)


def test_keys():
    assert read_key([[0, 1.0], [1, [2]]]) == ((0, 1.0), (1, (2,)))
    assert read_factors(("cat", "dog")) == {"cat": 1, "dog": 1}
    assert read_contrast((0, 1), 1) == {0: 1}
    # Names that begin with others are told apart.
    names = ["a - a - b", "-b + a"]
    targets = [((0, 1.0), (1, -1.0)), ((2, -1.0), (0, 1.0))]
    assert find_target({"a": 1, "a - b": -1}, targets, names) == 0
    assert find_target({"a - a": 1, "b": -1}, targets, names) == 0
    assert find_target({"a": 1, "b": -1}, targets, names) == 1
