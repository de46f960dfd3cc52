"""What a user writes, for mypy to check: see test_types. Nothing runs it."""

from typing import assert_type

import numpy as np

from sklearn_baylime import (
    BlackBox,
    ExplainerPipeline,
    Explanation,
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.exact import exact_weights
from sklearn_baylime.explanation import ExplanationList
from sklearn_baylime.linear_model import InformativeBayesianRidge, StudentMixture
from sklearn_baylime.metrics import kendall_w
from sklearn_baylime.priors import NamedPrior, Prior, prior_from_lexicon
from sklearn_baylime.representation import QuantileDiscretizer, SuperpixelSegmenter
from sklearn_baylime.sampling import BinSampler, MaskSampler
from sklearn_baylime.surrogate import ExponentialKernel, KernelWeightedRegressor


def total(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows.sum(axis=1))


def script() -> None:
    X = np.zeros((20, 2))

    box = BlackBox(total, batch_size=10)
    assert_type(box(X), np.ndarray)
    assert_type(box.names(1), list[str])

    # An explainer of each kind, and what it says.
    explainer = make_tabular_explainer(
        box, feature_names=["age", "dose"], n_features=2, random_state=0, n_jobs=None
    )
    assert_type(explainer, ExplainerPipeline)
    assert_type(make_text_explainer(total, verbose=True), ExplainerPipeline)
    images = make_image_explainer(
        total, segmenter=SuperpixelSegmenter("grid", n_segments=4)
    )
    assert_type(images, ExplainerPipeline)
    assert_type(explainer.explain_instance(X[0]), Explanation)
    assert_type(explainer.explain(X), ExplanationList)

    # Parts, whose `fit` gives back their own class.
    discretizer = QuantileDiscretizer(4, feature_names=["age", "dose"]).fit(X)
    assert_type(discretizer, QuantileDiscretizer)
    assert_type(discretizer.at(X[0]), QuantileDiscretizer)
    assert_type(discretizer.transform(X), np.ndarray)
    sampler = BinSampler(100, design="sobol").fit(discretizer.transform(X))
    assert_type(sampler, BinSampler)
    assert_type(MaskSampler(10).groups(10), np.ndarray | None)
    kernel = ExponentialKernel(1.0).fit(X)
    assert_type(kernel, ExponentialKernel)
    assert_type(kernel.score_samples(X), np.ndarray)
    assert_type(
        KernelWeightedRegressor(kernel, None).fit(X, X[:, 0]), KernelWeightedRegressor
    )

    weights = exact_weights(None, discretizer, X[0], frequencies=sampler.frequencies_)
    assert_type(weights, tuple[np.ndarray, np.ndarray])

    # What is known beforehand, and what comes out.
    known = prior_from_lexicon({"good": 1.0}, scale=1.0)
    assert_type(known, NamedPrior)
    assert_type(known(["good", "film"]), Prior)
    ridge = InformativeBayesianRidge(prior_mean=[0.5, 0.0], prior_dof=1.0)
    assert_type(ridge.fit(X, X[:, 0]), InformativeBayesianRidge)
    assert_type(ridge.marginals_, list[StudentMixture])
    assert_type(ridge.marginals_[0].interval(0.9), np.ndarray)
    assert_type(kendall_w(X), float)
