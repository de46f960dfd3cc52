"""One explanation of an image beside lime's, segmentation left out."""

import numpy as np
import pytest
from lime.lime_image import LimeImageExplainer
from skimage.data import astronaut
from skimage.segmentation import quickshift
from skimage.transform import resize

from sklearn_baylime import make_image_explainer
from sklearn_baylime.representation import SuperpixelSegmenter

IMAGE = resize(astronaut(), (224, 224), preserve_range=True).astype(np.uint8)
LABELS = quickshift(IMAGE, kernel_size=4, max_dist=200, ratio=0.2, rng=42)


def probabilities(images):
    """Cost next to nothing."""
    p = images[:, 100, 100, 0] / 255
    return np.column_stack([1 - p, p])


def thousand_classes(images):
    return np.tile(images[:, ::7, 100, 0][:, :32] / 255, 32)[:, :1000]


@pytest.mark.benchmark(group="image 224x224x3, 1000")
class TestImage:
    def test_ours(self, benchmark):
        explainer = make_image_explainer(
            probabilities, segmenter=SuperpixelSegmenter(LABELS), random_state=0
        )
        benchmark.pedantic(
            explainer.explain_instance,
            (IMAGE,),
            {"targets": 1},
            rounds=9,
            warmup_rounds=1,
        )

    def test_lime(self, benchmark):
        benchmark.pedantic(
            LimeImageExplainer(random_state=0).explain_instance,
            (IMAGE, probabilities),
            {
                "labels": (1,),
                "top_labels": None,
                "segmentation_fn": lambda image: LABELS,
                "random_seed": 0,
            },
            rounds=2,
        )


@pytest.mark.benchmark(group="image, 1000 classes")
class TestClasses:
    @pytest.mark.parametrize("targets", [0, "all"], ids=["one", "all"])
    def test_targets(self, benchmark, targets):
        explainer = make_image_explainer(
            thousand_classes, segmenter=SuperpixelSegmenter(LABELS), random_state=0
        )
        benchmark.pedantic(
            explainer.explain_instance, (IMAGE,), {"targets": targets}, rounds=5
        )
