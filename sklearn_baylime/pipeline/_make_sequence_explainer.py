"""The usual chains for sequences, in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.base._pointers import pointing
from sklearn_baylime.pipeline._assembly import (
    assemble,
    local_width_of,
    make_discretizer,
    make_sampler,
    with_one_law,
)
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.pipeline._shared_docs import with_shared_docs
from sklearn_baylime.representation import (
    SequenceDiscretizer,
    SequenceFlattener,
    TableScaler,
)
from sklearn_baylime.surrogate import MatchBinarizer


@with_shared_docs(
    features="features",
    rows="sequences",
    distance="the Euclidean distance between matches, or between standardized rows",
    width="0.75 times the root of the number of columns",
    kernel='``ExponentialKernel(1.0, metric="manhattan")``',
    batch="about 8 MiB of them",
)
@pointing
def make_sequence_explainer(
    black_box: Any,
    *,
    n_segments: int | None = None,
    discretizer: Any = "quartile",
    design: str = "random",
    local: bool = False,
    categorical_features: ArrayLike | None = None,
    feature_names: Sequence[str] | np.ndarray | None = None,
    padding: Any = None,
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
    """Make an explainer of models of sequences (n_samples, n_timesteps, n_features).

    Parameters
    ----------
    black_box : callable, fitted estimator or BlackBox
        The model to explain, of arrays of three dimensions.

    n_segments : int or None, default=None
        Number of segments of time. A feature in a segment is explained as one, and
        replaced by that segment of another background sequence. None explains each
        timestep alone, as LIME's explainer for recurrent networks does.

    discretizer : "quartile", "decile", "entropy", None or estimator, \
            default="quartile"
        How numbers are cut into bins. Segments are cut by their means into bins of
        equal frequency: "quartile" or "decile". None, for single timesteps, leaves
        them numbers: weights are per standard deviation of the background.

    design : "random", "lhs" or "sobol", default="random"
        Whether rows are drawn at random, by a Latin hypercube or by Sobol points.

    local : bool, default=False
        Whether rows are drawn where the kernel looks, by law times kernel, so that no
        query is wasted on rows of little weight; see `BinSampler`.

    categorical_features : array-like of int or str, default=None
        Features that are categories, at every timestep.

    feature_names : array-like of str or None, default=None
        Names of the features of a timestep.

    padding : number, str or None, default=None
        What fills timesteps that are there only to make lengths equal, such as 0 or
        NaN: it is told and not perturbed. Lists of sequences of several lengths are
        padded in front; the model is asked about padded ones. Each timestep, or segment
        of time, is then replaced by that of a background sequence.

    n_samples : int, default=5000
        Sequences asked around each instance, the instance counted.

    {shared}

    Returns
    -------
    explainer : ExplainerPipeline
        With the steps flatten, discretize or scale, or segment; sample, binarize,
        kernel, [select,] regressor.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime import make_sequence_explainer
    >>> rng = np.random.RandomState(0)
    >>> X = rng.normal(size=(100, 8, 1))
    >>> explainer = make_sequence_explainer(
    ...     lambda sequences: sequences[:, -2:, 0].mean(axis=1),
    ...     n_segments=4, feature_names=["load"], random_state=0).fit(X)
    >>> explanation = explainer.explain_instance(X[0])
    >>> explanation.as_list()[0][0]
    '0.119 < mean of load[t-1..t-0] <= 0.493'
    """
    width = local and local_width_of(kernel, kernel_width, "euclidean")
    made = [("sample", make_sampler("bins", n_samples, design, width))]
    sample: tuple[str, Any] = with_one_law(made, rows)[0]
    names: dict[str, Any] = {
        "categorical_features": categorical_features,
        "feature_names": feature_names,
    }
    if n_segments is None and padding is None:
        flatten = ("flatten", SequenceFlattener(**names))
        if discretizer is None:
            sample = ("sample", make_sampler("gaussian", n_samples, design, width))
            left = [flatten, ("scale", TableScaler()), sample]
        else:
            left = [flatten, ("discretize", make_discretizer(discretizer)), sample]
    elif discretizer in ("quartile", "decile"):
        n_bins = 4 if discretizer == "quartile" else 10
        segment = SequenceDiscretizer(n_segments, n_bins, padding=padding, **names)
        left = [("segment", segment), sample]
    else:
        raise ValueError(
            f"discretizer is {discretizer!r} beside n_segments or padding, expected "
            "'quartile' or 'decile'."
        )
    return assemble(
        [*left, ("binarize", MatchBinarizer())],
        black_box,
        n_features=n_features,
        feature_selection=feature_selection,
        kernel_width=kernel_width,
        kernel=kernel,
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
