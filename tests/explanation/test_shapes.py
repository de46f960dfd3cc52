"""Arrays that do not fit each other are refused: what was got, what is expected."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sklearn_baylime import Explanation

NAN = np.nan


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"coef": [[1.0, 2.0, 3.0]]},
            r"coef has the shape \(1, 3\), expected \(1, 2\)",
        ),
        (
            {"coef": [1.0, 2.0]},
            r"coef has the shape \(2,\), expected \(1, 2\) of 1 ",
        ),
        ({"prior_share": np.zeros((1, 3))}, r"prior_share has the shape \(1, 3\), exp"),
        ({"selected": [[True]]}, r"selected has the shape \(1, 1\), expected \(1, 2\)"),
        ({"intercept": 0.5}, r"intercept has the shape \(\), expected \(1,\)"),
        (
            {"score": [0.5, 0.5]},
            r"score has the shape \(2,\), expected \(1,\) of 1 tar",
        ),
        ({"target_names": ["a", "b"]}, "targets has 1 targets, expected 2, one a targ"),
        ({"targets": [0, 1]}, "targets has 2 targets, expected 1"),
        ({"selected_covariance": []}, "selected_covariance has 0 blocks, expected 1"),
        (
            {"selected_covariance": [np.eye(3)]},
            r"selected_covariance\[0\] has the shape \(3, 3\), expected \(2, 2\), of",
        ),
        (
            {"selected_covariance": [np.eye(3)], "selected": [[True, False]]},
            r"expected \(1, 1\), of the features selected .*, or \(2, 2\), of all",
        ),
        (
            {"selected_covariance": [[0.1, 0.2]]},
            r"has the shape \(2,\), expected \(2",
        ),
        ({"local_std": [0.1, 0.2]}, r"local_std has the shape \(2,\), expected \(1,\)"),
        ({"is_open": [[True]]}, r"is_open has the shape \(1, 1\), expected \(1,\)"),
        (
            {"prior_odds": {"stated": [0.5, 0.5]}},
            r"prior_odds\['stated'\] has the shape",
        ),
        ({"marginals": []}, "marginals has 0 distributions, expected 1, one a target"),
    ],
)
def test_shapes_that_do_not_fit(explain, changes, message):
    with pytest.raises(ValueError, match=message):
        replace(explain("", [[0.5, 0.2]]), **changes)
    content = explain("", [[0.5, 0.2]]).to_dict() | {"instance": None}
    plain = {k: np.array(v).tolist() if k == "coef" else v for k, v in changes.items()}
    with pytest.raises(ValueError, match=message):
        Explanation.from_dict({**content, **plain})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"coef": [["a", "b"]]},
            r"coef is \[\['a', 'b'\]\], expected an array of",
        ),
        ({"coef": [[1.0], [1.0, 2.0]]}, "coef is .*, expected an array of numbers"),
        ({"prior_odds": [0.5]}, "prior_odds is a list, expected a dictionary of prob"),
    ],
)
def test_what_is_no_array(explain, changes, message):
    with pytest.raises(TypeError, match=message):
        replace(explain("", [[0.5, 0.2]]), **changes)
    with pytest.raises(TypeError, match=message):
        Explanation.from_dict(explain("", [[0.5, 0.2]]).to_dict() | changes)


def test_names_and_weights_of_different_number(explain):
    with pytest.raises(ValueError, match="of 1 target names and 2 feature names"):
        explain("", [[1.0, 2.0, 3.0]], feature_names=["a", "b"])


def test_blocks_of_selected_features_and_of_all_are_the_same(explain):
    selected = [[True, False, True]]
    whole = np.diag([1.0, 2.0, 3.0])
    one = explain("", [[1, 2, 3]], selected=selected, selected_covariance=[whole])
    few = [np.diag([1.0, 3.0])]
    other = explain("", [[1, 2, 3]], selected=selected, selected_covariance=few)
    np.testing.assert_array_equal(one.covariance, other.covariance)


def test_content_that_lacks_something(explain):
    content = explain().to_dict()
    del content["coef"], content["score"]
    with pytest.raises(ValueError, match="content lacks coef, score, expected all"):
        Explanation.from_dict(content)
    with pytest.raises(TypeError, match="content is a str, expected a dictionary"):
        Explanation.from_dict(json.dumps(content))


def test_later_words_are_passed_over_and_old_files_are_read(explain):
    content = explain().to_dict() | {"smell": "sweet"}
    for name in ("marginals", "prior_odds", "prior_scale", "exact", "is_open"):
        del content[name]
    del content["local_std"]
    again = Explanation.from_dict(content)
    assert not again.exact and not again.is_open.any()
    assert np.isnan(again.local_std).all() and again.local_std.shape == (1,)


def test_arrays_are_copies_that_nobody_writes_to(explain):
    given = np.array([[0.5, 0.2]])
    explanation = explain("", given)
    given[0, 0] = 9
    assert explanation.coef[0, 0] == 0.5
    for name in ("coef", "selected", "is_open", "local_std", "prior_scale"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(explanation, name)[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        explanation.selected_covariance[0][0, 0] = 1
    assert replace(explanation).coef.tolist() == [[0.5, 0.2]]


def test_rows_are_of_plain_values(explain):
    with pytest.raises(TypeError, match=r"row has \[\] at position 1, expected a text"):
        explain("a b", [[1, 2]], columns=["a", "b"], row=[None, []])
