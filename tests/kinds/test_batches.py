"""Batches never mix instances of other shapes or types."""

import numpy as np
import pandas as pd
import pytest

from sklearn_baylime import (
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.local._asking import ask_all


def one_by_one(explainer, instances):
    together = explainer.explain(instances)
    alone = [explainer.explain_instance(x) for x in instances]
    for ours, theirs in zip(together, alone, strict=True):
        np.testing.assert_array_equal(ours.coef, theirs.coef)
        np.testing.assert_array_equal(ours.prediction, theirs.prediction)
    return together


def mean_of_quarter(images):
    h, w = images.shape[1] // 2, images.shape[2] // 2
    return images[:, :h, :w].reshape(len(images), -1).mean(axis=1, dtype=np.float64)


@pytest.mark.parametrize("channels", [(), (3,)])
def test_images_of_several_sizes(channels):
    rng = np.random.default_rng(0)
    images = [rng.random((*size, *channels)) for size in [(32, 32), (24, 40), (32, 32)]]
    seen = set()

    def model(batch):
        seen.add(batch.shape[1:])
        return mean_of_quarter(batch)

    explainer = make_image_explainer(model, n_samples=50, random_state=0)
    one_by_one(explainer, images)
    assert seen == {image.shape for image in images}


def test_images_of_several_types():
    rng = np.random.default_rng(0)
    first = rng.random((32, 32, 3))
    images = [first, (255 * first).astype(np.uint8), first.astype(np.float32)]
    seen = []

    def model(batch):
        seen.append(batch.dtype)
        return mean_of_quarter(batch)

    explainer = make_image_explainer(model, n_samples=50, random_state=0)
    one_by_one(explainer, images)
    assert set(seen) == {np.dtype(t) for t in ("f8", "u1", "f4")}


def test_frames_of_other_categories():
    frame = pd.DataFrame({"a": np.arange(40.0), "b": pd.Categorical(list("xy") * 20)})

    def model(rows):
        return rows["a"] * 0.1 + rows["b"].cat.codes

    explainer = make_tabular_explainer(model, n_samples=60, random_state=0).fit(frame)
    one_by_one(explainer, [frame.iloc[[0]], frame.iloc[[7]]])


def test_texts_in_a_tuple():
    explainer = make_text_explainer(
        lambda texts: np.array([t.count("a") for t in texts]), n_samples=40
    )
    assert len(explainer.explain(("a b", "c d a"))) == 2


def test_the_batch_is_as_large_as_its_own_images_allow():
    sizes = [(32, 32), (64, 64)]
    images = [np.random.default_rng(0).random(size) for size in sizes]
    seen = []

    def model(batch):
        seen.append((batch.shape[1], len(batch)))
        return mean_of_quarter(batch)

    explainer = make_image_explainer(model, n_samples=10, random_state=0)
    box, chain = explainer.black_box_, explainer._chain()
    hoods = [chain.place(image, 0) for image in images]
    box.rows_per_batch = lambda rows: 4 if rows.shape[1] == 32 else 2
    ask_all(box, hoods, lambda n_rows: None)
    assert max(n for side, n in seen if side == 32) <= 4
    assert max(n for side, n in seen if side == 64) <= 2
