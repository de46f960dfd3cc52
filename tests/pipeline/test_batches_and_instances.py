"""Rows of one kind share batches, and one instance is never taken for several."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_baylime import (
    BlackBox,
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)

RNG = np.random.RandomState(0)


def brightness(images):
    return np.array([np.asarray(image, float).mean() for image in images])


def images_of_all_kinds():
    color, wide = (
        RNG.randint(0, 255, s).astype(np.uint8) for s in [(40, 40, 3), (30, 50, 3)]
    )
    return [color, wide, color[..., 0], color / 255.0, wide[..., :1], color]


@pytest.mark.parametrize("batch_size", [None, 7])
def test_one_at_a_time_equals_all_at_once(batch_size):
    seen = []

    def model(images):
        seen.append((images.shape[1:], images.dtype))
        return brightness(images)

    explainer = make_image_explainer(
        model, n_samples=20, batch_size=batch_size, random_state=0
    )
    images = images_of_all_kinds()
    together = explainer.explain(images)
    assert {s for s, _ in seen} == {image.shape for image in images}
    for image, explanation in zip(images, together, strict=True):
        alone = explainer.explain_instance(image)
        assert_array_equal(alone.coef, explanation.coef)
        assert alone.prediction == brightness([image])


def test_images_of_one_kind_share_a_batch():
    box = BlackBox(brightness)
    images = [RNG.uniform(size=(20, 20)) for _ in range(4)]
    make_image_explainer(box, n_samples=20, random_state=0).explain(images)
    assert box.n_calls_ == 1


def test_one_image_is_one_instance():
    image = RNG.uniform(size=(24, 32, 3))
    explainer = make_image_explainer(brightness, n_samples=20, random_state=0)
    (found,) = explainer.explain(image)
    assert_array_equal(found.coef, explainer.explain_instance(image).coef)
    assert len(explainer.explain(np.stack([image, image]))) == 2


def test_one_text_is_one_instance():
    explainer = make_text_explainer(
        lambda texts: [len(t) for t in texts], n_samples=20, random_state=0
    )
    (found,) = explainer.explain("a good film")
    assert found.feature_names == ("a", "good", "film")
    for texts in (["a b", "c d"], np.array(["a b", "c d"]), pd.Series(["a b", "c d"])):
        assert len(explainer.explain(texts)) == 2


@pytest.mark.parametrize("x", [{"a": 1.0, "b": 2.0}, "a", 3.0], ids=str)
def test_one_record_is_refused(x):
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.0, 1.0, 1.0]})
    box = BlackBox(lambda rows: rows["a"])
    explainer = make_tabular_explainer(box, n_samples=20, random_state=0).fit(frame)
    with pytest.raises(
        ValueError, match=r"explain_instance\(x\), or give a list, \[x\]"
    ):
        explainer.explain(x)
    assert box.n_queries_ == 0


@pytest.mark.parametrize("mode", ["P", "PA", "1", "L", "RGB", "RGBA"])
def test_pictures_of_pil_reach_the_model_in_colors(mode):
    pil = pytest.importorskip("PIL.Image", reason="needs pillow")
    color = RNG.randint(0, 255, (32, 32, 3)).astype(np.uint8)
    picture = pil.fromarray(color)
    if mode == "PA":
        picture = picture.convert("P").convert("PA")
        expected = np.asarray(picture.convert("RGBA"))
    else:
        picture = picture.convert(mode)
        expected = np.asarray(picture.convert("RGB") if mode == "P" else picture)
    explanation = make_image_explainer(
        brightness, n_samples=20, random_state=0
    ).explain_instance(picture)
    assert_allclose(explanation.prediction, expected.astype(float).mean())


@pytest.mark.parametrize("mode", ["CMYK", "HSV", "YCbCr", "LAB"])
def test_pictures_in_inks_are_refused(mode):
    pil = pytest.importorskip("PIL.Image", reason="needs pillow")
    picture = pil.fromarray(RNG.randint(0, 255, (32, 32, 3)).astype(np.uint8))
    box = BlackBox(brightness)
    if mode == "LAB":
        picture = pil.new("LAB", (32, 32))
    else:
        picture = picture.convert(mode)
    with pytest.raises(ValueError, match=rf"mode {mode}, .*image.convert\('RGB'\)"):
        make_image_explainer(box, n_samples=20).explain_instance(picture)
    assert box.n_queries_ == 0
