"""The usual chains for tables, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sklearn_baylime.base._pointers import pointing
from sklearn_baylime.pipeline._assembly import (
    BINS,
    assemble,
    local_width_of,
    make_discretizer,
    make_sampler,
    steps_from_statistics,
    with_one_law,
)
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.pipeline._shared_docs import with_shared_docs
from sklearn_baylime.representation import (
    BaselineMasker,
    GroupDiscretizer,
    SparseScaler,
    TableScaler,
)
from sklearn_baylime.sampling import BinSampler, MaskSampler
from sklearn_baylime.surrogate import MatchBinarizer, NonzeroSelector


@with_shared_docs(
    features="features",
    rows="rows",
    distance="the Euclidean distance between matches, or between standardized rows",
    width="0.75 times the root of the number of columns",
    kernel='``ExponentialKernel(1.0, metric="manhattan")``',
    batch="about 8 MiB of them",
)
@pointing
def make_tabular_explainer(
    black_box: Any,
    *,
    discretizer: Any = "quartile",
    sampler: Any = None,
    design: str = "random",
    statistics: dict[str, Any] | None = None,
    sparse: bool = False,
    baseline: Any = None,
    groups: Any = None,
    categorical_features: ArrayLike | None = None,
    categorical_names: Mapping[Any, Any] | None = None,
    feature_names: Sequence[str] | np.ndarray | None = None,
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
    """Make LIME's explainer for tables, with a Bayesian local model.

    Parameters
    ----------
    black_box : callable, fitted estimator or BlackBox
        The model to explain. Of a classifier, the probabilities are asked.

    discretizer : "quartile", "decile", "entropy", None or estimator, \
            default="quartile"
        How numeric columns are cut into bins. "entropy" needs classes in `fit`. None
        leaves them numbers: weights are per standard deviation of the background.

    sampler : None, "bins", "gaussian", "around_instance", "truncated", "mixup", \
            "conditional", "ball", "local" or estimator, default=None
        How rows are drawn. None draws bins by their frequency, or, without a
        discretizer, from a Gaussian around the background's mean. "local" draws the
        same, or a baseline's masks, where the kernel looks: by their law times the
        kernel, so that no row is wasted whatever the width. Beside a discretizer, any
        but "bins" and "local" samples first and discretizes then, as bLIMEy advises:
        the model is asked about the very values that the local model sees in bins.
        "conditional" takes real rows that are like the instance in some columns: a
        model cannot tell them from those it meets in use, and behave in an explanation
        only.

    design : "random", "lhs" or "sobol", default="random"
        Whether rows are drawn at random, by a Latin hypercube or by Sobol points.

    statistics : dict or None, default=None
        Statistics of the background, such as `to_statistics` of a discretizer returns,
        or LIME's `training_data_stats`; `fit` needs no data then.

    sparse : bool, default=False
        Whether tables are scipy sparse matrices. Their columns stay numbers, and only
        those in which an instance is not zero are perturbed, around the instance.

    baseline : None, "median", array-like of shape (n_features,), frame of one row or \
            record, default=None
        Masks instead of bins: columns keep the instance's values or take those of this
        row, such as another applicant or, with "median", the usual one. Weights then
        are what the difference of the two values changes. Masks are orthogonal, the
        kernel is LIME's for images and texts, and there is no discretizer or sampler.

    groups : mapping of str to columns or sequence of columns, default=None
        Columns that are one feature and are perturbed together, such as the lags of a
        series: a baseline replaces them all; without one, all are taken from a
        background row whose mean of them lies in the bin that was drawn. That needs
        numbers, and the discretizer "quartile" or "decile".

    categorical_features : array-like of int or str, default=None
        Columns to treat as categories; strings, booleans and frame categories, whatever
        their values, are so without being named. Dates, times, durations and decimals
        are quantities.

    categorical_names : dict or None, default=None
        Names of the categories of columns, by index or name: a list for the values 0,
        1, ..., or a dict from values to names.

    feature_names : array-like of str or None, default=None
        Names of the columns of arrays; frames bring their own.

    n_samples : int, default=5000
        Rows asked around each instance, the instance counted. A sampler that is given
        has its own number.

    {shared}

    Returns
    -------
    explainer : ExplainerPipeline
        With the steps discretize, sample, binarize, kernel, [select,] regressor; scale,
        sample, ... without a discretizer; scale, sample, discretize, ... where rows are
        sampled first. Fit it to background data, such as the model's training data.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_baylime import make_tabular_explainer
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = LogisticRegression(max_iter=1000).fit(X, y)
    >>> explainer = make_tabular_explainer(model, random_state=0).fit(X)
    >>> explanation = explainer.explain_instance(X.iloc[0])
    >>> explanation.as_list()[0][0]
    'petal length (cm) <= 1.6'
    """
    names: dict[str, Any] = {
        "categorical_names": categorical_names,
        "feature_names": feature_names,
    }
    metric = "euclidean" if baseline is None else "cosine"
    local: bool | float = False
    if isinstance(sampler, str) and sampler == "local":
        local, sampler = local_width_of(kernel, kernel_width, metric), None
    if statistics is not None:
        _refuse(discretizer != "quartile", "a discretizer")
        _refuse(sampler not in (None, "bins"), "a sampler")
        _refuse(categorical_features is not None, "categorical_features")
        _refuse(groups is not None, "groups")
        left = steps_from_statistics(statistics, n_samples, design, local, **names)
    elif sparse:
        _refuse(categorical_features is not None, "categorical_features", "sparse")
        _refuse(categorical_names is not None, "categorical_names", "sparse")
        _refuse(discretizer not in (None, "quartile"), "a discretizer", "sparse")
        _refuse(groups is not None, "groups", "sparse")
        left = _sparse_steps(sampler, n_samples, design, local, feature_names)
    elif baseline is not None:
        _refuse(discretizer != "quartile", "a discretizer", "a baseline")
        _refuse(sampler is not None, "a sampler", "a baseline")
        names["categorical_features"] = categorical_features
        left = [
            ("mask", BaselineMasker(baseline, groups=groups, **names)),
            ("sample", MaskSampler(n_samples, local=local)),
        ]
    else:
        names["categorical_features"] = categorical_features
        if groups is not None:
            discretizer = _of_groups(groups, discretizer, sampler, names)
            names = {}
        left = _left_steps(discretizer, sampler, n_samples, design, local, names)
    if sampler is None or isinstance(sampler, str):
        left = with_one_law(left, rows)
    if baseline is None:
        left.append(("binarize", MatchBinarizer()))
    return assemble(
        left,
        black_box,
        metric=metric,
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


def _left_steps(
    discretizer: Any,
    sampler: Any,
    n_samples: int,
    design: str,
    local: bool | float,
    names: Any,
) -> list[tuple[str, Any]]:
    """Return representation, sampler and, where it follows, the discretizer."""
    if sampler is None:
        sampler = "gaussian" if discretizer is None else "bins"
    sample = ("sample", make_sampler(sampler, n_samples, design, local))
    draws_bins = isinstance(sample[1], BinSampler)
    if discretizer is None:
        if draws_bins:
            raise ValueError(
                "sampler draws bins, but discretizer is None: there are none; choose a "
                "discretizer or another sampler."
            )
        return [("scale", TableScaler(**names)), sample]
    if draws_bins:
        return [("discretize", make_discretizer(discretizer, **names)), sample]
    # Types and categories are the table's; the bins are cut in its own units.
    keep = TableScaler(with_mean=False, with_std=False, **names)
    return [("encode", keep), sample, ("discretize", make_discretizer(discretizer))]


def _of_groups(groups: Any, discretizer: Any, sampler: Any, names: Any) -> Any:
    """Return the discretizer of columns that are perturbed together."""
    n_bins = BINS.get(discretizer) if isinstance(discretizer, str) else None
    draws_bins = sampler in (None, "bins") or isinstance(sampler, BinSampler)
    if n_bins is None or not draws_bins:
        raise ValueError(
            f"groups were given beside discretizer={discretizer!r} and "
            f"sampler={sampler!r}, expected the discretizer 'quartile' or 'decile', "
            "whose bins are drawn (sampler='bins'), or a baseline."
        )
    return GroupDiscretizer(groups, n_bins, **names)


def _sparse_steps(
    sampler: Any,
    n_samples: int,
    design: str,
    local: bool | float,
    feature_names: Sequence[str] | np.ndarray | None,
) -> list[tuple[str, Any]]:
    """Return the steps of sparse tables up to the dense rows of an instance."""
    # Around the mean, a rare word's value would lie too far away to count.
    sampler = make_sampler(sampler or "around_instance", n_samples, design, local)
    return [
        ("scale", SparseScaler(feature_names=feature_names)),
        ("sample", sampler),
        ("nonzero", NonzeroSelector()),
    ]


def _refuse(given: bool, what: str, beside: str = "statistics") -> None:
    if given:
        raise ValueError(
            f"{what} cannot be given beside {beside}: give one or the other."
        )
