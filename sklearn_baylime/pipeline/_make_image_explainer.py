"""The usual chain for images, in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sklearn_baylime.base._pointers import pointing
from sklearn_baylime.pipeline._assembly import (
    assemble,
    local_width_of,
    make_mask_sampler,
)
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.pipeline._shared_docs import MASK_KERNEL, with_shared_docs
from sklearn_baylime.representation import SuperpixelSegmenter


@with_shared_docs(
    features="segments", rows="images", batch="about 8 MiB of them", **MASK_KERNEL
)
@pointing
def make_image_explainer(
    black_box: Any,
    *,
    segmenter: SuperpixelSegmenter | None = None,
    design: Any = "orthogonal",
    local: bool = False,
    n_samples: int = 1000,
    n_features: int | None = None,
    feature_selection: str = "auto",
    kernel_width: float | None = None,
    kernel: Any = None,
    regressor: Any = None,
    class_names: Sequence[str] | None = None,
    rows: str = "own",
    proxy: Any = None,
    batch_size: int | None = None,
    stopping: Callable[..., Any] | None = None,
    random_state: int | np.random.RandomState | None = None,
    n_jobs: int | None = None,
    memory: Any = None,
    verbose: bool | Callable[[int, int], object] = False,
) -> ExplainerPipeline:
    """Make LIME's explainer for images, with a Bayesian local model.

    Parameters
    ----------
    black_box : callable, fitted estimator or BlackBox
        The model to explain, of batches of images (n, height, width[, channels]) of
        the dtype and range of the image that is explained.

    segmenter : SuperpixelSegmenter or None, default=None
        How an image is cut, and what a hidden part is replaced by;
        `SuperpixelSegmenter()` if None: LIME's quickshift, filled with each segment's
        mean.

    design : "orthogonal", "balanced", "paired", "random" or sampler, \
            default="orthogonal"
        Which segments are hidden together; see `MaskSampler`. "random" is LIME's law.

    local : bool, default=False
        Whether masks are drawn where the kernel looks, by law times kernel, so that no
        query is wasted on masks of little weight; see `MaskSampler`.

    n_samples : int, default=1000
        Images asked around each instance, the instance counted. All masks are asked
        once where there are not more.

    {shared}

    Returns
    -------
    explainer : ExplainerPipeline
        With the steps segment, sample, kernel, [select,] regressor. It needs no data:
        `explain_instance` can be called at once.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime import make_image_explainer
    >>> from sklearn_baylime.representation import SuperpixelSegmenter
    >>> image = np.zeros((8, 8), dtype=np.uint8)
    >>> image[:4, :4] = 200
    >>> explainer = make_image_explainer(
    ...     lambda images: images[:, :4, :4].mean(axis=(1, 2)),
    ...     segmenter=SuperpixelSegmenter("grid", n_segments=4, fill=0), random_state=0)
    >>> explanation = explainer.explain_instance(image)
    >>> name, weight = explanation.as_list()[0]
    >>> name, round(weight)
    ('segment 0', 200)
    """
    width = local and local_width_of(kernel, kernel_width, "cosine")
    sampler = make_mask_sampler(design, n_samples, width)
    segmenter = SuperpixelSegmenter() if segmenter is None else segmenter
    return assemble(
        [("segment", segmenter), ("sample", sampler)],
        black_box,
        n_features=n_features,
        feature_selection=feature_selection,
        kernel_width=kernel_width,
        kernel=kernel,
        metric="cosine",
        regressor=regressor,
        class_names=class_names,
        rows=rows,
        proxy=proxy,
        batch_size=batch_size,
        memory=memory,
        stopping=stopping,
        random_state=random_state,
        n_jobs=n_jobs,
        verbose=verbose,
    )
