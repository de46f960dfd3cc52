"""Images carried by explanations: validation, how they are shown, JSON, pickle, PNG."""

import io
import json
import pickle

import numpy as np
import pytest
from skimage import data

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import ImageInstance
from sklearn_baylime.views.image._marks import trace
from sklearn_baylime.views.image._png import encode_png

HALVES = np.array([[0, 0, 1], [0, 1, 1]])


def shown(values, **options):
    image = np.asarray(values)
    segments = np.zeros(image.shape[:2], int)
    return ImageInstance(image, segments, **options).display_image()


@pytest.mark.parametrize(
    ("image", "segments", "value_range", "error", "message"),
    [
        (np.array([["a"]]), [[0]], None, TypeError, "array of <U1, expected boole"),
        (np.zeros(3), [0, 0, 0], None, ValueError, r"shape \(3,\), expected \(height"),
        (np.zeros((0, 2)), np.zeros((0, 2), int), None, ValueError, "none of them 0"),
        (np.zeros((2, 2)), [[0, 0]], None, ValueError, r"\(1, 2\), expected \(2, 2\)"),
        (np.zeros((1, 2)), [[0.0, 1]], None, TypeError, "float64, expected integers"),
        (np.zeros((1, 2)), [[1, 2]], None, ValueError, "labels from 1 to 2, expected"),
        (np.zeros((1, 2)), [[0, 2]], None, ValueError, "expected each of 0 to 1: nump"),
        (np.zeros((1, 2)), [[-1, 0]], None, ValueError, "from -1 to 0"),
        (np.zeros((1, 2)), [[0, 1]], (1, 1), ValueError, "two finite numbers"),
        (np.zeros((1, 2)), [[0, 1]], (0, np.nan), ValueError, "two finite numbers"),
        (np.zeros((1, 2)), [[0, 1]], 255, ValueError, "value_range is 255"),
    ],
)
def test_bad_images(image, segments, value_range, error, message):
    with pytest.raises(error, match=message):
        ImageInstance(image, segments, value_range)


def test_arrays_are_copies_that_nobody_writes_to():
    image = np.zeros((2, 3))
    instance = ImageInstance(image, HALVES)
    image[0, 0] = 1
    assert instance.image[0, 0] == 0 and instance.n_features == 2
    with pytest.raises(ValueError, match="read-only"):
        instance.image[0, 0] = 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[0.0, 0.5, 1.0]], [0, 128, 255]),
        ([[0.0, 51.0, 204.0]], [0, 51, 204]),
        ([[-1.0, 0.0, 1.0]], [0, 128, 255]),
        ([[0.0, 4.0, 16.0]], [0, 64, 255]),
        ([[False, True]], [0, 255]),
        (np.array([[3, 70, 120]], np.uint8), [3, 70, 120]),
        (np.array([[0, 65535]], np.uint16), [0, 255]),
        ([[np.nan, np.inf, -np.inf, 1.0]], [0, 255, 0, 255]),
        ([[-3.0, -3.0]], [0, 0]),
        ([[np.nan]], [0]),
    ],
)
def test_ranges(values, expected):
    assert shown(values)[0, :, 0].tolist() == expected


def test_a_given_range_is_taken():
    picture = shown([[-3.0, 1.0, 2.0, 9.0]], value_range=(0, 4))
    assert picture[0, :, 0].tolist() == [0, 64, 128, 255]


def test_channels():
    rng = np.random.RandomState(0)
    for n in (1, 2, 5, 7):
        image = rng.randint(0, 256, (4, 3, n)).astype(np.uint8)
        picture = shown(image)
        assert picture.shape == (4, 3, 3) and picture.dtype == np.uint8
        mean = np.rint(image.astype(float).mean(axis=2))
        assert np.abs(picture - mean[..., None]).max() <= 1
    grey = rng.randint(0, 256, (4, 3)).astype(np.uint8)
    assert np.array_equal(shown(grey), np.stack([grey] * 3, axis=-1))
    rgb = rng.randint(0, 256, (4, 3, 3)).astype(np.uint8)
    assert np.array_equal(shown(rgb), rgb)
    opacity = np.full((4, 3, 1), 255, np.uint8)
    assert np.array_equal(shown(np.dstack([rgb, opacity])), rgb)
    assert (shown(np.dstack([rgb, 0 * opacity])) == 255).all()


@pytest.mark.parametrize("dtype", ["|u1", "=i2", "<f4", ">f8", "=f2", "|b1"])
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 5)])
def test_json_and_pickle_come_back(dtype, shape):
    image = np.random.RandomState(0).normal(2, 3, shape).astype(dtype)
    for value_range in (None, (-1.5, 7)):
        instance = ImageInstance(image, HALVES, value_range)
        again = ImageInstance.from_dict(json.loads(json.dumps(instance.to_dict())))
        assert again == instance == pickle.loads(pickle.dumps(instance))
        assert again.image.dtype.newbyteorder(dtype[0]) == image.dtype
        assert np.array_equal(again.image, image) and hash(again) == hash(instance)


def test_equality():
    one = ImageInstance(np.array([[np.nan, 1.0, 2.0]] * 2), HALVES)
    assert one == ImageInstance(one.image, one.segments)
    assert one != ImageInstance(one.image, 1 - HALVES)
    assert one != ImageInstance(one.image.astype("f4"), HALVES)
    assert one != ImageInstance(one.image, HALVES, (0, 1))
    assert one != "image"


def test_explanations_come_back(explain_image, tmp_path):
    explanation = explain_image()
    path = explanation.save(tmp_path / "why.json")
    again = Explanation.from_dict(json.loads(path.read_text()))
    assert again.instance == explanation.instance
    assert np.array_equal(again.mask(), explanation.mask())
    assert path.stat().st_size < 8000


def test_there_is_a_segment_for_each_feature(explain_image):
    with pytest.raises(ValueError, match="where 2 features are, expected 4"):
        explain_image(instance=ImageInstance(np.zeros((2, 3)), HALVES))


# ---------------------------------------------------------------- PNG


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (301, 3), (64, 64)])
def test_png_has_the_pixels(shape):
    from skimage import io as image_io

    image = np.random.RandomState(0).randint(0, 256, (*shape, 3)).astype(np.uint8)
    file = io.BytesIO(encode_png(image))
    assert np.array_equal(image_io.imread(file), image)


def test_png_of_photographs_is_small():
    cat = data.chelsea()
    assert len(encode_png(cat)) < 0.7 * cat.nbytes
    assert len(encode_png(np.zeros_like(cat))) < 2000


# ---------------------------------------------------------------- outlines


def test_outlines_go_around_segments():
    assert trace(np.zeros((2, 3), int), 1) == []
    (square,) = trace(np.zeros((2, 3), int), 0)
    assert sorted(map(tuple, square.tolist())) == [(0, 0), (0, 2), (3, 0), (3, 2)]
    ring = np.pad([[1]], 1)
    assert sorted(len(outline) for outline in trace(ring, 0)) == [4, 4]


@pytest.mark.parametrize("seed", range(5))
def test_outlines_hold_the_area(seed):
    segments = np.random.RandomState(seed).randint(0, 3, (13, 9))
    for label in range(3):
        area = 0.0
        for x, y in (outline.T for outline in trace(segments, label)):
            area += 0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
        assert abs(area) == (segments == label).sum()
