"""Curves of the answer while features leave or come back, the most important first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from sklearn_baylime.explanation import Explanation
from sklearn_baylime.metrics._curve import Curve
from sklearn_baylime.metrics._explanation_curve import explanation_curve
from sklearn_baylime.metrics._image_curve import image_curve


def deletion_curve(
    explanation: Explanation | Callable[..., Any] | None = None,
    model: Any = None,
    order: str | ArrayLike = "weight",
    segments: ArrayLike | None = None,
    *,
    image: ArrayLike | None = None,
    target: Any = None,
    n_steps: int | None = None,
    n_draws: int = 10,
    background: Any = None,
    fill: str | ArrayLike | None = None,
    batch_size: int | None = None,
    random_state: int | np.random.RandomState | None = None,
) -> Curve:
    r"""Ask about an instance while its features leave, the most important first.

    ``deletion_curve(explanation, model)`` serves every kind of instance: features leave
    through the explanation's own representation. ``deletion_curve(model, image, order,
    segments)`` serves an image with an order from elsewhere, such as a heat map.

    Parameters
    ----------
    explanation : Explanation, or callable
        An explanation, fresh or from a pickle; or, before an image, the model, which
        takes images of shape (n_images, \*image.shape), in the image's type, and
        returns answers of shape (n_images,) or (n_images, n_targets).

    model : BlackBox, callable, estimator, or image (height, width[, n_channels])
        The model that was explained, as explainers take it: a classifier is asked for
        probabilities. Behind a model, the image.

    order : {"weight", "absolute", "random"} or array-like, default="weight"
        Which features leave first. Of an explanation: those with the largest weight for
        the target, so that negative ones come behind all positive ones; the largest in
        size; a random order, to compare with; or their positions. Features that were
        not selected, or that positions leave out, are the last, as they come. Of an
        image: labels of all superpixels; without `segments` a heat map (height, width)
        that orders single pixels, the largest first; or "random".

    segments : array-like of int of shape (height, width) or None, default=None
        Superpixels of an image; an explanation has its own.

    image : array-like or None, default=None
        The image by its name.

    target : int, str or None, default=None
        Target of the explanation, by its column in the answers or its name; its first
        if None. Of an image: column of the answers, the largest one for the whole image
        if None.

    n_steps : int or None, default=None
        Number of steps of equally many features; None takes one a step, or 100 steps of
        single pixels.

    n_draws : int, default=10
        Number of draws of what stands in place of features, where it is drawn. Each
        holds through all steps, so that these differ by the features alone.

    background : array-like, frame, list or None, default=None
        Model inputs that removed features are taken from, a whole row a draw, for
        representations that do not say what stands in place of a feature, or instead of
        that. They are mixed as codes: a bin that is kept is not the value. None takes
        what the representation says; see Notes.

    fill : "mean", "blur", float or array-like, default=None
        What deleted pixels of an image become: the whole image's mean color, as None
        takes it (not each superpixel's own), the image blurred by a Gaussian of 10
        pixels within each channel, or values that broadcast to the image, such as a
        color or another image. An explanation's segmenter has its own.

    batch_size : int or None, default=None
        Number of rows per call of the model; None as the `BlackBox` has it, 64 for an
        image with an order.

    random_state : int, RandomState instance or None, default=None
        Seed of the draws and of a random order. Equal seeds draw the same in place of
        features, whatever the order.

    Returns
    -------
    curve : Curve
        Its `auc` is small if the first features carry the answer.

    Raises
    ------
    ValueError
        If the explanation does not know its representation, as one from JSON, or that
        does not say what stands in place of a feature.

    Notes
    -----
    What stands in place of a feature: of texts, images and whatever else has masks,
    what the representation makes of a 0, such as nothing, or a superpixel's fill. There
    is no "off" in numbers: in tables it is a value drawn by the law of the background
    in its column, bins by their frequency; of sequences in segments, that segment of a
    background sequence; of single timesteps their mean; of sparse tables 0. All other
    features keep the instance's very values, not just its bins. A representation of
    your own says it by `without`, see `sklearn_baylime.base.Placed`. The score is the
    mean over the draws, an estimate of :math:`E[f(x_S, X_{\bar S})]` for the features S
    that are left and all others by the background, independent of each other.

    The model is asked about ``1 + n_steps`` rows, and where values are drawn about
    ``1 + n_draws * n_steps``, since the instance itself is asked once.

    The fraction is that of pixels for images, so that superpixels of any size and heat
    maps share one axis, and that of features for all others. BayLIME's code leaves out
    the fully changed image, counts superpixels, not pixels, and blurs across the
    channels, so that colors turn gray.

    References
    ----------
    .. [1] V. Petsiuk, A. Das, K. Saenko (2018). RISE. BMVC.
    .. [2] X. Zhao et al. (2021). BayLIME. UAI, PMLR 161.

    Examples
    --------
    Of a text:

    >>> from sklearn_baylime import make_text_explainer
    >>> from sklearn_baylime.metrics import deletion_curve
    >>> score = lambda texts: [2.0 * ("good" in t) + ("fun" in t) for t in texts]
    >>> explanation = make_text_explainer(score, random_state=0).explain_instance(
    ...     "such good clean fun")
    >>> curve = deletion_curve(explanation, score)
    >>> curve.fraction, curve.score
    (array([0.  , 0.25, 0.5 , 0.75, 1.  ]), array([3., 1., 0., 0., 0.]))
    >>> curve.auc
    0.625

    Of a table, against a random order:

    >>> import numpy as np
    >>> from sklearn_baylime import make_tabular_explainer
    >>> X = np.random.RandomState(0).normal(size=(200, 4))
    >>> model = lambda rows: rows @ [1.0, 0.0, 3.0, 0.0]
    >>> explainer = make_tabular_explainer(model, random_state=0).fit(X)
    >>> explanation = explainer.explain_instance([1.0, 1.0, 1.0, 1.0])
    >>> areas = [
    ...     deletion_curve(explanation, model, order, random_state=0).auc
    ...     for order in ("weight", "random")]
    >>> areas[0] < areas[1]
    True

    Of an image, with an order from elsewhere:

    >>> model = lambda images: images.sum(axis=(1, 2))
    >>> curve = deletion_curve(
    ...     model, [[3.0, 1.0], [0.0, 0.0]], [5, 7, 6], [[5, 7], [6, 6]], fill=0)
    >>> curve.fraction, curve.score
    (array([0.  , 0.25, 0.5 , 1.  ]), array([4., 1., 0., 0.]))
    >>> curve.auc
    0.75
    """
    return _curve(
        *(explanation, model, order, segments, image),
        fill=fill,
        drawn={"n_draws": n_draws, "background": background},
        n_steps=n_steps,
        batch_size=batch_size,
        target=target,
        rng=check_random_state(random_state),
        insert=False,
    )


def insertion_curve(
    explanation: Explanation | Callable[..., Any] | None = None,
    model: Any = None,
    order: str | ArrayLike = "weight",
    segments: ArrayLike | None = None,
    *,
    image: ArrayLike | None = None,
    target: Any = None,
    n_steps: int | None = None,
    n_draws: int = 10,
    background: Any = None,
    fill: str | ArrayLike | None = None,
    batch_size: int | None = None,
    random_state: int | np.random.RandomState | None = None,
) -> Curve:
    r"""Ask about an instance while its features come back, the most important first.

    ``insertion_curve(explanation, model)`` serves every kind of instance,
    ``insertion_curve(model, image, order, segments)`` an image with an order from
    elsewhere.

    Parameters
    ----------
    explanation, model, order, segments, image : object
        As in `deletion_curve`; the first features of the order come back first.

    target : int, str or None, default=None
        As in `deletion_curve`.

    n_steps : int or None, default=None
        As in `deletion_curve`.

    n_draws : int, default=10
        As in `deletion_curve`.

    background : array-like, frame, list or None, default=None
        As in `deletion_curve`.

    fill : "mean", "blur", float or array-like, default=None
        Image to start from, as in `deletion_curve`; None takes the blurred one, which
        has no edges that the model could take for a thing.

    batch_size : int or None, default=None
        As in `deletion_curve`.

    random_state : int, RandomState instance or None, default=None
        As in `deletion_curve`.

    Returns
    -------
    curve : Curve
        Its `auc` is large if the first features carry the answer.

    Examples
    --------
    >>> from sklearn_baylime import make_text_explainer
    >>> from sklearn_baylime.metrics import insertion_curve
    >>> score = lambda texts: [2.0 * ("good" in t) + ("fun" in t) for t in texts]
    >>> explanation = make_text_explainer(score, random_state=0).explain_instance(
    ...     "such good clean fun")
    >>> insertion_curve(explanation, score).score
    array([0., 2., 3., 3., 3.])
    >>> model = lambda images: images.sum(axis=(1, 2))
    >>> insertion_curve(model, [[3.0, 1.0]], [[2, 1]], fill=0).score
    array([0., 3., 4.])
    """
    return _curve(
        *(explanation, model, order, segments, image),
        fill=fill,
        drawn={"n_draws": n_draws, "background": background},
        n_steps=n_steps,
        batch_size=batch_size,
        target=target,
        rng=check_random_state(random_state),
        insert=True,
    )


def _curve(
    explanation: Any,
    model: Any,
    order: Any,
    segments: Any,
    image: Any,
    *,
    fill: Any,
    drawn: dict[str, Any],
    **how: Any,
) -> Curve:
    """Return the curve of an explanation, or of an image where a model comes first."""
    if isinstance(explanation, Explanation):
        _refuse_image(fill, segments, image)
        return explanation_curve(explanation, model, order, **drawn, **how)
    model, image = _model_and_image(explanation, model, image, drawn["background"])
    if fill is None:
        fill = "blur" if how["insert"] else "mean"
    return image_curve(model, image, order, segments, fill=fill, **how)


def _refuse_image(fill: Any, segments: Any, image: Any) -> None:
    """Refuse what an explanation's representation has settled."""
    if fill is not None or segments is not None or image is not None:
        raise ValueError(
            "fill, segments or image was given beside an explanation, which has its "
            "own: set them where the instance is explained, "
            "SuperpixelSegmenter(segmentation, fill=...), or give model, image, order "
            "and segments instead of the explanation."
        )


def _model_and_image(
    first: Any, second: Any, image: Any, background: Any
) -> tuple[Any, Any]:
    """Return the model and the image, by position or by name."""
    if isinstance(second, Explanation):
        raise TypeError("The explanation comes first: explanation, model.")
    model, image = (second, image) if first is None else (first, _one(second, image))
    if model is None or image is None:
        raise TypeError(
            "Expected an explanation and its model, or a model, an image and an order."
        )
    if background is not None:
        raise ValueError("background is for explanations, expected fill for an image.")
    return model, image


def _one(second: Any, image: Any) -> Any:
    return second if image is None else image
