"""Content that nobody's `to_dict` wrote is refused in words."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_baylime import Explanation, make_tabular_explainer

X = np.random.RandomState(0).normal(size=(60, 3))
CONTENT = json.loads(
    json.dumps(
        make_tabular_explainer(lambda r: r[:, 0], n_samples=60, n_features=2)
        .fit(X)
        .explain_instance(X[0])
        .to_dict()
    )
)
WORDS = ("expected", "needs", "must")


def refused(content):
    """Read, or be told in words what is wrong; anything else is raised."""
    try:
        explanation = Explanation.from_dict(content)
    except (TypeError, ValueError) as error:
        assert any(word in str(error) for word in WORDS), error
        return True
    # What was read can be shown.
    str(explanation)
    explanation.interval()
    return False


def test_what_was_written_is_read():
    assert not refused(CONTENT)


@pytest.mark.parametrize("name", sorted(CONTENT))
@pytest.mark.parametrize(
    "value",
    [None, 3, -1.5, "text", [], [None], {}, {"a": 1}, [[[1.0]]], 10**400],
    ids=repr,
)
def test_one_field_of_another_kind(name, value):
    refused({**CONTENT, name: value})


@pytest.mark.parametrize(
    "name", ["feature_names", "targets", "kernel", "n_rows", "full"]
)
def test_fields_without_a_shape_have_a_type(name):
    with pytest.raises(TypeError, match=f"content's {name} is a .*, expected"):
        Explanation.from_dict({**CONTENT, name: 1.5})


def test_explanations_are_not_nested_without_end():
    content = {**CONTENT, "full": None}
    for _ in range(3000):
        content = {**CONTENT, "full": content}
    with pytest.raises(ValueError, match="expected one at most"):
        Explanation.from_dict(content)


LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.integers()


@given(
    name=st.sampled_from(sorted(CONTENT)),
    value=st.recursive(
        LEAVES,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=6,
    ),
)
@settings(max_examples=150, deadline=None)
def test_any_value_anywhere(name, value):
    refused({**CONTENT, name: value})
