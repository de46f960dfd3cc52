"""Explanations without sampling, for models whose answers can be integrated."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._widths import lime_width
from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.exact import exact_weights
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._targets import resolve_targets
from sklearn_baylime.pipeline._chain import split_steps
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.representation.table._discretizer import BaseDiscretizer
from sklearn_baylime.representation.table._row_values import read_row
from sklearn_baylime.sampling import BinSampler
from sklearn_baylime.surrogate import ExponentialKernel, MatchBinarizer


def explain_exactly(
    explainer: ExplainerPipeline, x: Any, *, targets: Any = "predicted"
) -> Explanation:
    """Explain one instance as infinitely many rows would, without asking about any.

    Parameters
    ----------
    explainer : ExplainerPipeline
        Fitted chain of discretizer, `BinSampler`, `MatchBinarizer` and
        `ExponentialKernel` with the Euclidean metric, as `make_tabular_explainer` makes
        it by default. Its model is a decision tree, a forest, gradient boosting or
        linear: see `exact_weights`. Its regressor is not used: with infinitely many
        rows no prior has a say.
    x : array-like of shape (n_features,), frame of one row, or record
        The instance.
    targets : "predicted", "all", "top=k", int, str or list, default="predicted"
        Outputs to explain; see `ExplainerPipeline.explain`.

    Returns
    -------
    explanation : Explanation
        Weights with no uncertainty. Of boosted and linear classifiers the scores
        (`decision_function`) are explained, since probabilities are no sums.

    Raises
    ------
    TypeError
        If the model is of another kind.
    ValueError
        If the chain is another.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn_baylime import explain_exactly, make_tabular_explainer
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(n_estimators=20, random_state=0).fit(X, y)
    >>> explainer = make_tabular_explainer(forest).fit(X)
    >>> explain_exactly(explainer, X[0]).as_list()[0][0]
    'x3 <= 0.3'
    """
    check_is_fitted(explainer)
    discretizer, width = _read_chain(explainer)
    box = explainer.black_box_
    model = box.model if hasattr(box.model, "predict") else None
    if model is None:
        raise TypeError(
            f"The model is {box.model!r}, expected an estimator such as a forest: a "
            "function has to be sampled, by explain_instance."
        )
    here = discretizer.at(x)
    sampler, n_bins = explainer.sampler_, discretizer.n_bins_
    frequencies = _sampled_shares(sampler, here.reference_, n_bins)
    coef, intercept = exact_weights(
        model, discretizer, x, frequencies=frequencies, width=width
    )
    row = here.inverse_transform(here.reference_[None])
    answer, names = _answer(box, model, row)
    chosen = resolve_targets(
        targets,
        names,
        box.is_classifier,
        answer[0],
        classes=box.class_numbers(len(names)),
    )
    assert chosen is not None
    coef, intercept = chosen.of(coef.T).T, chosen.of(intercept[None])
    n_targets, n_features = coef.shape
    return Explanation(
        feature_names=here.get_feature_names_out(),
        columns=discretizer.get_feature_names_out(),
        targets=chosen.keys,
        target_names=chosen.names,
        coef=coef,
        selected_covariance=[np.zeros((n_features, n_features))] * n_targets,
        intercept=intercept[0],
        prediction=chosen.of(answer)[0],
        local_prediction=intercept[0] + coef.sum(axis=1),
        score=np.full(n_targets, np.nan),
        loo_score=np.full(n_targets, np.nan),
        n_queries=0,
        n_rows=0,
        effective_sample_size=np.inf,
        prior_share=np.zeros(coef.shape),
        conflict=np.full(n_targets, np.nan),
        selected=np.ones(coef.shape, dtype=bool),
        kernel={"name": "ExponentialKernel", "metric": "euclidean", "width": width},
        representation=[here],
        row=read_row(here.row_, discretizer.get_feature_names_out()),
    )


def _read_chain(explainer: ExplainerPipeline) -> tuple[Any, float]:
    """Return the discretizer and the kernel's width, or say what has no closed form."""
    parts = split_steps(explainer.steps)
    fits = (
        len(explainer.representation_) == 1
        and isinstance(explainer.representation_[0], BaseDiscretizer)
        and isinstance(explainer.sampler_, BinSampler)
        and [type(step) for _, step in parts.right] == [MatchBinarizer]
        and isinstance(parts.kernel, ExponentialKernel)
        and parts.kernel.metric == "euclidean"
    )
    if not fits:
        names = [f"{name} ({type(step).__name__})" for name, step in explainer.steps]
        raise ValueError(
            f"The steps are {names}, expected a discretizer, BinSampler, "
            "MatchBinarizer and ExponentialKernel with the Euclidean metric, for which "
            "there is a closed form; use explain_instance."
        )
    discretizer = explainer.representation_[0]
    width = parts.kernel.width
    if width is None:
        width = lime_width(len(discretizer.n_bins_))
    return discretizer, float(width)


def _sampled_shares(
    sampler: BinSampler, reference: np.ndarray, n_bins: Any
) -> list[np.ndarray]:
    """Return the probability of each code, 0 for those never sampled."""
    shares = []
    pairs = zip(sampler.values_, sampler.frequencies_at(reference), n_bins, strict=True)
    for values, frequencies, n in pairs:
        full = np.zeros(n)
        full[values] = frequencies
        shares.append(full)
    return shares


def _answer(box: BlackBox, model: Any, row: Any) -> tuple[np.ndarray, list[str]]:
    """Return the model's answer (1, n_outputs) on the scale that is explained."""
    if box.is_classifier and hasattr(model, "decision_function"):
        answer = np.asarray(model.decision_function(row)).reshape(1, -1)
        names = [f"score of {name}" for name in box.names(answer.shape[1])]
        return answer, names
    method = model.predict_proba if box.is_classifier else model.predict
    answer = np.asarray(method(row)).reshape(1, -1)
    return answer, box.names(answer.shape[1])
