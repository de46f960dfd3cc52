"""Sequences as rows of a table, and in segments of time."""

import numpy as np
import pytest
from lime.lime_tabular import RecurrentTabularExplainer
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_baylime.representation import SequenceDiscretizer, SequenceFlattener


@pytest.fixture
def X():
    """Give 41 sequences of 10 timesteps: a walk, a category, small numbers."""
    rng = np.random.default_rng(0)
    walk = rng.normal(size=(41, 10)).cumsum(axis=1)
    kinds = rng.choice([0.0, 2.0, 5.0], (41, 10))
    return np.stack([walk, kinds, rng.normal(size=(41, 10)) / 1e3], axis=2)


def test_columns_are_limes_but_for_categories(X):
    """Feature by feature; a category is one at each timestep (bug 9)."""
    names = ["walk", "kind", "small"]
    theirs = RecurrentTabularExplainer(
        X, feature_names=names, discretize_continuous=False
    )
    ours = SequenceFlattener(feature_names=names, categorical_features=["kind"]).fit(X)
    assert ours.get_feature_names_out().tolist() == theirs.feature_names
    assert theirs.feature_names[0] == "walk_t-9"
    rows = ours.transform(X)
    assert_allclose(rows.mean(axis=0), theirs.scaler.mean_, atol=1e-12)
    assert_array_equal(np.flatnonzero(ours.is_categorical_), np.arange(10, 20))
    assert_array_equal(ours.inverse_transform(rows), X)
    assert_array_equal(ours.transform(X[0]), rows[:1])


@pytest.mark.parametrize("cls", [SequenceFlattener, SequenceDiscretizer])
def test_wrong_sequences_are_refused(cls, X):
    fitted = cls().fit(X)
    for call, message in [
        (lambda: cls().fit(X[0]), r"shape \(10, 3\), expected \(n_samples, n_times"),
        (lambda: fitted.transform(X[:, :4]), "4 timesteps of 3 features, expected 10"),
        (lambda: cls(feature_names=["a"]).fit(X), "has 1 names, expected one for each"),
        (lambda: cls(categorical_features=[3]).fit(X), "has 3, expected an index from"),
        (lambda: cls(categorical_features=["b"]).fit(X), "has 'b', expected an index"),
        (lambda: fitted.inverse_transform([[0, 1]]), r"\(1, 2\), expected \(n, "),
    ]:
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize("n_segments", [1, 3, 10, 99])
def test_segments_cover_time(n_segments, X):
    fitted = SequenceDiscretizer(n_segments, feature_names=["a", "b", "c"]).fit(X)
    steps = [list(range(10))[segment] for segment in fitted.segments_]
    assert np.concatenate(steps).tolist() == list(range(10))
    assert len(steps) == min(n_segments, 10)
    assert np.ptp([len(s) for s in steps]) <= 1
    names = fitted.get_feature_names_out()
    assert len(names) == 3 * len(steps) == fitted.transform(X).shape[1]
    span = {1: "t-9..t-0", 3: "t-9..t-6"}.get(n_segments, "t-9")
    assert names[0] == f"mean of a[{span}]"


@pytest.mark.parametrize("n_segments", [1, 3, 10])
@pytest.mark.parametrize("lay", [np.ascontiguousarray, np.asfortranarray])
def test_drawn_sequences_have_the_codes_they_were_drawn_for(n_segments, lay, X):
    """However the background lies in memory: means on a border stay on their side."""
    known = SequenceDiscretizer(n_segments, categorical_features=[1], random_state=0)
    known.fit(lay(X.repeat(7, axis=1)))
    codes = known.transform(X.repeat(7, axis=1))
    mixed = np.stack([np.random.default_rng(0).permutation(c) for c in codes.T], axis=1)
    drawn = known.inverse_transform(mixed)
    assert_array_equal(known.transform(drawn), mixed)
    assert_array_equal(np.concatenate([known.transform(s) for s in drawn]), mixed)
    summary = known.at(drawn[0]).get_feature_names_out()[n_segments]
    assert summary.startswith("most of x1[t-69..t-")


def test_instance_and_parts(X):
    """The first row is the instance; parts of the rows are those of all at once."""
    here = SequenceDiscretizer(4, random_state=0).fit(X).at(X[3] + 50)
    codes = here.transform(X)[np.arange(2100) % 41]
    rows = here.inverse_transform(codes)
    assert_array_equal(rows[0], X[3] + 50)
    parts = np.split(codes, [1, 900, 1500])
    starts = [0, 1, 900, 1500]
    again = [
        here.inverse_transform(c, start=s) for c, s in zip(parts, starts, strict=True)
    ]
    assert_array_equal(np.concatenate(again), rows)
    assert_array_equal(here.transform(rows[1:]), codes[1:])


def test_integers_stay_and_codes_are_checked(X):
    whole = np.round(X * 9).astype(np.int32)
    fitted = SequenceDiscretizer(2, random_state=0).fit(whole)
    codes = fitted.transform(whole)
    rows = fitted.at(whole[2]).inverse_transform(codes)
    assert rows.dtype == np.int32
    assert_array_equal(rows[0], whole[2])
    for x, message in [(X[2], "cannot hold"), (whole[:2], "is 2 sequences")]:
        with pytest.raises(ValueError, match=message):
            fitted.at(x)
    for bad in (codes + 4, codes - 1, codes / 1.0):
        with pytest.raises(ValueError, match="expected integers from 0"):
            fitted.inverse_transform(bad)
