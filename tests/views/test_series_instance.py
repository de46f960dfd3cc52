"""Series carried by explanations: validation, JSON, pickle, geometry."""

import json
import pickle

import numpy as np
import pytest

from sklearn_baylime import Explanation
from sklearn_baylime.views import SeriesInstance
from sklearn_baylime.views.series._spans import (
    choose_channels,
    find_ticks,
    line_within,
    place_times,
    span_of,
    thin,
    tint_opacities,
)

VALUES = np.array([[1.0, 10.0], [2.0, np.nan], [4.0, 30.0], [3.0, 40.0]])
SEGMENTS = [(0, 2, 0), (2, 4, 0), (1, 3, 1)]


def test_segments_are_plain_numbers():
    series = SeriesInstance(VALUES, np.array(SEGMENTS), ["a", "b"], np.arange(4))
    assert series.segments == tuple(SEGMENTS)
    assert type(series.segments[0][0]) is int
    assert (series.n_features, series.n_timesteps, series.n_channels) == (3, 4, 2)
    assert series.values_of(1).tolist() == [[4.0], [3.0]]
    shared = SeriesInstance(VALUES, [(0, 1), (1, 4, None)])
    assert shared.segments == ((0, 1, None), (1, 4, None))
    assert shared.values_of(0).tolist() == [[1.0, 10.0]]
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 0


@pytest.mark.parametrize(
    ("values", "segments", "options", "error", "message"),
    [
        (["a"], [], {}, TypeError, "are no numbers, expected an array of shape"),
        (np.zeros((2, 2, 2)), [], {}, ValueError, r"shape \(2, 2, 2\), expected \(n_t"),
        ([], [], {}, ValueError, r"shape \(0,\), expected"),
        ([1, np.inf], [], {}, ValueError, "infinite values, expected finite ones, or"),
        ([1, 2], [3], {}, TypeError, "Segment 0 is 3, expected two integers"),
        ([1, 2], [(0, 0.5)], {}, TypeError, r"Segment 0 is \(0, 0.5\), expected two"),
        ([1, 2], [(0, 1, 0, 0)], {}, TypeError, "expected two integers"),
        ([1, 2], [(0, 3)], {}, ValueError, "from 0 to 3, expected .* <= 2, the number"),
        ([1, 2], [(1, 1)], {}, ValueError, "expected 0 <= start < stop"),
        ([1, 2], [(-1, 1)], {}, ValueError, "from -1 to 1"),
        ([1, 2], [(0, 1, 1)], {}, ValueError, "channel 1, expected one from 0 to 0"),
        (
            [1, 2],
            [(0, 2), (1, 2)],
            {},
            ValueError,
            r"1 \(1 to 2\) overlap in chann",
        ),
        (VALUES, [(0, 2, 1), (1, 3)], {}, ValueError, "overlap in channel 1"),
        (
            [1, 2],
            [],
            {"names": ["a", "b"]},
            ValueError,
            "2 names, expected 1, one a",
        ),
        ([1, 2], [], {"times": [1]}, ValueError, r"shape \(1,\), expected \(2,\)"),
        ([1, 2], [], {"times": [2, 2]}, ValueError, "do not grow, expected"),
        ([1, 2], [], {"times": [0, np.nan]}, ValueError, "do not grow"),
    ],
)
def test_bad_series(values, segments, options, error, message):
    with pytest.raises(error, match=message):
        SeriesInstance(values, segments, **options)


def test_channels_may_have_segments_at_the_same_time():
    assert SeriesInstance(VALUES, [(0, 4, 0), (0, 4, 1)]).n_features == 2


@pytest.mark.parametrize("times", [None, [0.5, 1, 2, 4], list("abcd")])
@pytest.mark.parametrize("values", [VALUES, VALUES[:, 0], VALUES[:, 1]])
def test_json_and_pickle_come_back(values, times):
    series = SeriesInstance(values, [(0, 2), (2, 4)], times=times)
    text = json.dumps(series.to_dict(), allow_nan=False)
    for again in (
        SeriesInstance.from_dict(json.loads(text)),
        pickle.loads(pickle.dumps(series)),
    ):
        assert again == series and hash(again) == hash(series)
        np.testing.assert_array_equal(again.values, values)


def test_dates_are_labels():
    days = np.datetime64("2024-02-28") + np.arange(4)
    series = SeriesInstance(VALUES, [], times=days)
    assert series.times[1] == "2024-02-29"


def test_equality():
    one = SeriesInstance(VALUES, SEGMENTS)
    assert one == SeriesInstance(VALUES, SEGMENTS)
    assert one != SeriesInstance(VALUES, SEGMENTS, names=["a", "b"])
    assert one != SeriesInstance(VALUES + 1, SEGMENTS)
    assert one != "series"


def test_what_representations_describe_is_carried(explain):
    described = {"kind": "series", "values": VALUES, "segments": SEGMENTS}
    explanation = explain("", [[0.5, -0.1, 0.2]], instance=described)
    assert explanation.instance == SeriesInstance(VALUES, SEGMENTS)
    read = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    assert read.instance == explanation.instance


def test_there_is_a_segment_for_each_feature(explain):
    with pytest.raises(ValueError, match="a series, tells where 3 features are, expec"):
        explain("", [[1.0]], instance=SeriesInstance(VALUES, SEGMENTS))


# ---------------------------------------------------------------- geometry


def test_edges_lie_half_way():
    at, edges = place_times([0.0, 1.0, 3.0], 3)
    assert at.tolist() == [0, 1, 3] and edges.tolist() == [-0.5, 0.5, 2, 4]
    assert place_times(None, 1)[1].tolist() == [-0.5, 0.5]
    assert place_times(("a", "b"), 2)[1].tolist() == [-0.5, 0.5, 1.5]


def test_tints_are_weight_times_certainty():
    faintest, strongest = 0.08, 0.5
    tints = tint_opacities([1.0, -1.0, 0.5, 1.0, 0.0], [1.0, 0.75, np.nan, 0.5, 0.5])
    shares = (tints[:4] - faintest) / (strongest - faintest)
    np.testing.assert_allclose(shares, [1, 0.5, 0.5, 0], atol=1e-12)
    assert tints[4] == 0
    assert tint_opacities([], []).shape == (0,)


def test_thinned_lines_keep_peaks_and_gaps():
    values = np.zeros(5000)
    values[1234], values[4000], values[2000:2500] = 9, -9, np.nan
    kept = thin(values, 300)
    assert len(kept) < 420 and {0, 1234, 4000, 4999} <= set(kept.tolist())
    assert np.isnan(values[kept]).any()
    assert (np.diff(kept) > 0).all()
    assert thin(values[:10], 300).tolist() == list(range(10))
    assert len(thin(np.full(1000, np.nan), 30))


def test_parts_of_a_line_reach_half_way_to_their_neighbors():
    at, values = np.arange(4.0), np.array([0.0, 2.0, 4.0, 0.0])
    x, y = line_within(at, values, np.arange(4), 1, 3)
    assert x.tolist() == [0.5, 1, 2, 2.5] and y.tolist() == [1, 2, 4, 2]
    x, _ = line_within(at, values, np.arange(4), 0, 4)
    assert x.tolist() == [0, 1, 2, 3]


def test_channels_of_the_strongest_segments_are_drawn():
    assert choose_channels([(0, 1, 5)], 3) == [0, 1, 2]
    assert choose_channels([(0, 1, 9), (0, 1, None), (0, 1, 7)], 10, 3) == [0, 7, 9]


@pytest.mark.parametrize("values", [[3.0, 3.0], [0.0], [np.nan], [-1e-9, 1e12]])
def test_axes_have_an_extent(values):
    low, high = span_of(np.array(values))
    assert low < high
    ticks, decimals = find_ticks(low, high, 5)
    assert 1 <= len(ticks) <= 7 and decimals >= 0
    assert low <= ticks[0] and ticks[-1] <= high
