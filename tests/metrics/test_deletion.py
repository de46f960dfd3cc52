"""Deletion and insertion, where the model is linear in the pixels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.ndimage import gaussian_filter

from sklearn_baylime.metrics import Curve, deletion_curve, insertion_curve

RNG = np.random.RandomState(0)
IMAGE, WEIGHTS = RNG.rand(6, 8, 3), RNG.normal(size=(6, 8, 3))
# Superpixels of 24, 12, 6 and 6 pixels.
SEGMENTS = np.repeat([[7] * 8, [4] * 4 + [2] * 2 + [9] * 2], 3, axis=0)
ORDER = [2, 9, 7, 4]
CURVES = [deletion_curve, insertion_curve]


def linear(images):
    return (images * WEIGHTS).sum(axis=(1, 2, 3))


class Recorder:
    """Model with two targets that keeps what it was asked."""

    def __init__(self):
        self.batches = []

    def __call__(self, images):
        self.batches.append(images)
        return np.outer(linear(images), [1, -1])


def expected(start, end):
    """Answers while each superpixel changes what it contributes."""
    change = ((end - start) * WEIGHTS).sum(axis=-1)
    return linear(start[None]) + np.cumsum(
        [0] + [change[SEGMENTS == label].sum() for label in ORDER]
    )


@pytest.mark.parametrize(
    ("fill", "filled"),
    [
        (0.25, np.full(IMAGE.shape, 0.25)),
        ([0.1, 0.2, 0.3], np.broadcast_to([0.1, 0.2, 0.3], IMAGE.shape)),
        (IMAGE[::-1], IMAGE[::-1]),
        ("mean", np.broadcast_to(IMAGE.mean(axis=(0, 1)), IMAGE.shape)),
        # Each channel on its own: BayLIME's blur turned colors into gray.
        ("blur", np.dstack([gaussian_filter(c, 10) for c in np.moveaxis(IMAGE, 2, 0)])),
    ],
)
def test_linear_models_have_known_curves(fill, filled):
    away = deletion_curve(linear, IMAGE, ORDER, SEGMENTS, fill=fill)
    assert_allclose(away.fraction, [0, 1 / 8, 2 / 8, 6 / 8, 1])
    assert_allclose(away.score, expected(IMAGE, filled), atol=1e-12)
    back = insertion_curve(linear, IMAGE, ORDER, SEGMENTS, fill=fill)
    assert_allclose(back.score, expected(filled, IMAGE), atol=1e-12)
    # Deleting from the front is inserting from the back, read backwards.
    back = insertion_curve(linear, IMAGE, ORDER[::-1], SEGMENTS, fill=fill)
    assert_allclose(away.auc, back.auc)
    for make, default in zip(CURVES, ["mean", "blur"], strict=True):
        same = make(linear, IMAGE, ORDER, SEGMENTS, fill=default).score
        assert_array_equal(make(linear, IMAGE, ORDER, SEGMENTS).score, same)


def test_area_by_hand():
    curve = Curve(np.array([0.0, 0.25, 0.5, 1.0]), np.array([4.0, 2.0, 1.0, 0.0]))
    assert curve.auc == 0.25 * 3 + 0.25 * 1.5 + 0.5 * 0.5


@pytest.mark.parametrize("make", CURVES)
@pytest.mark.parametrize(
    ("batch_size", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (64, [5])]
)
def test_batches_do_not_matter_and_target_is_the_predicted(make, batch_size, sizes):
    model, whole = Recorder(), linear(IMAGE[None])[0]
    how = {"order": ORDER, "segments": SEGMENTS, "fill": -IMAGE}  # another prediction
    curve = make(model, IMAGE, **how, batch_size=batch_size)
    assert [len(batch) for batch in model.batches] == sizes
    reference = make(linear, IMAGE, **how).score
    assert_allclose(curve.score, np.sign(whole) * reference, rtol=1e-12)
    other = make(Recorder(), IMAGE, **how, target=int(whole > 0))
    assert_allclose(other.score, -curve.score, rtol=1e-12)


@pytest.mark.parametrize("image", [IMAGE[..., 0], IMAGE])
def test_heat_maps_order_pixels_by_sign(image):
    heat, left = np.arange(48.0).reshape(6, 8) - 24, np.array([48, 38, 29, 19, 10, 0])
    asked = []
    curve = deletion_curve(
        lambda images: asked.extend(images) or np.zeros(len(images)),
        *(image, heat),
        **{"fill": -1, "n_steps": 5},
    )
    for step, n_left in enumerate(left):
        kept = heat < n_left - 24
        assert_array_equal(asked[step].T, np.where(kept.T, image.T, -1))
    assert_allclose(curve.fraction, 1 - left / 48)


def test_default_numbers_of_steps():
    pixels = np.zeros((20, 20))
    assert len(deletion_curve(lambda x: x.sum((1, 2)), pixels, pixels).score) == 101
    assert len(deletion_curve(linear, IMAGE, IMAGE[..., 0]).score) == 49
    curve = deletion_curve(linear, IMAGE, ORDER, SEGMENTS, n_steps=2)
    assert_allclose(curve.fraction, [0, 2 / 8, 1])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_model_gets_the_type_of_the_image(dtype):
    model, image = Recorder(), (255 * IMAGE).astype(dtype)
    deletion_curve(model, image, ORDER, SEGMENTS, fill=1.75)
    assert model.batches[0].dtype == dtype
    assert (model.batches[0][-1] == (2 if dtype is np.uint8 else 1.75)).all()


@pytest.mark.parametrize("make", CURVES)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"order": [2, 9, 7]}, r"misses labels such as \[4\]"),
        ({"order": [2, 9, 7, 7, 4]}, r"shape \(5,\)"),
        ({"order": [2, 9, 7, 5]}, r"unknown ones such as \[5\]"),
        ({"order": IMAGE[..., 0]}, r"shape \(6, 8\), .* each of the 4 labels"),
        ({"segments": None}, r"shape \(4,\) .* labels of superpixels need segments"),
        ({"segments": None, "order": np.full((6, 8), np.nan)}, "48 values NaN"),
        ({"segments": SEGMENTS.T}, r"shape \(8, 6\), expected the image's, \(6, 8\)"),
        ({"image": IMAGE[None]}, r"shape \(1, 6, 8, 3\)"),
        ({"image": IMAGE > 0.5}, "type bool, expected numbers"),
        ({"image": np.uint8(IMAGE), "fill": -1}, "from -1 .* uint8 cannot hold"),
        ({"image": np.uint8(IMAGE), "fill": np.nan}, "uint8 cannot hold"),
        ({"fill": "black"}, "fill is 'black', expected 'mean'"),
        ({"fill": [1, 2]}, "broadcast"),
        ({"n_steps": 5}, "n_steps is 5 .* 1 to 4 steps"),
        ({"n_steps": 0}, "n_steps is 0"),
        ({"batch_size": 0}, "batch_size 0, .* at least 1 image"),
    ],
)
def test_errors_come_before_the_first_query(make, changes, message):
    model = Recorder()
    with pytest.raises(ValueError, match=message):
        make(model, **{"image": IMAGE, "order": ORDER, "segments": SEGMENTS, **changes})
    assert not model.batches


@pytest.mark.parametrize(
    ("model", "target", "message"),
    [
        (linear, 1, "target is 1, but the model has 1 targets"),
        (lambda images: 1.0, 0, r"for 5 images has shape \(\)"),
        (lambda images: [1.0], 0, r"for 5 images has shape \(1,\)"),
    ],
)
def test_answers_are_checked(model, target, message):
    with pytest.raises(ValueError, match=message):
        deletion_curve(model, IMAGE, ORDER, SEGMENTS, target=target)
