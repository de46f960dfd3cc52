"""The usual chain for texts, in one call."""

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
from sklearn_baylime.representation import TextSegmenter
from sklearn_baylime.sampling import SubsetSampler


@with_shared_docs(features="words", rows="texts", batch="1000", **MASK_KERNEL)
@pointing
def make_text_explainer(
    black_box: Any,
    *,
    segmenter: TextSegmenter | None = None,
    design: Any = "paired",
    local: bool = False,
    n_samples: int = 5000,
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
    """Make LIME's explainer for texts, with a Bayesian local model.

    Parameters
    ----------
    black_box : callable, fitted estimator or BlackBox
        The model to explain, of lists of strings; such as a `Pipeline` of a vectorizer
        and a classifier.

    segmenter : TextSegmenter or None, default=None
        What a text is made of; `TextSegmenter()` if None: words, all occurrences of
        one together, removed with their surroundings left as they are.

    design : "paired", "orthogonal", "balanced", "random", "subsets" or sampler, \
            default="paired"
        Which words are removed. The first four are the designs of `MaskSampler`, which
        keep every word with probability 1/2; where all masks are not more than
        `n_samples`, all are asked once. "subsets" is LIME's law: the number of words
        removed is drawn first, each equally likely; it needs more texts to find the
        same words.

    local : bool, default=False
        Whether masks are drawn where the kernel looks, by law times kernel, so that no
        query is wasted on masks of little weight; see `MaskSampler`.

    n_samples : int, default=5000
        Texts asked around each instance, the instance counted.

    {shared}

    Returns
    -------
    explainer : ExplainerPipeline
        With the steps segment, sample, kernel, [select,] regressor. It needs no data:
        `explain_instance` can be called at once.

    Examples
    --------
    >>> from sklearn_baylime import make_text_explainer
    >>> def praise(texts):
    ...     return [t.split().count("good") - 0.5 * ("not" in t) for t in texts]
    >>> explainer = make_text_explainer(praise, n_samples=200, random_state=0)
    >>> explanation = explainer.explain_instance("A good, really good film.")
    >>> explanation.as_list()[0][0]
    'good'
    """
    width = local and local_width_of(kernel, kernel_width, "cosine")
    if isinstance(design, str) and design == "subsets":
        sampler: Any = SubsetSampler(n_samples, local=width)
    else:
        sampler = make_mask_sampler(design, n_samples, width)
    segmenter = TextSegmenter() if segmenter is None else segmenter
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
