"""A small model, asked freely, as prior knowledge of a costly one."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.pipeline._chain import split_steps
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.priors import Prior


def prior_from_model(
    model: Any,
    explainer: ExplainerPipeline,
    x: Any,
    *,
    target: Any = None,
    n_samples: int | None = None,
    random_state: int | np.random.RandomState | None = None,
) -> Prior:
    """Explain a cheap model at an instance, as the prior mean for a costly one.

    The cheap model may be a distilled or an earlier one, a linear model of the same
    data, or one that was fitted to the costly one's answers. How far it tells anything
    of the costly one, and at which scale, is learned from the costly one's answers; the
    explanation's `prior_odds`, `prior_scale` and `prior_share` say what it was worth.

    Parameters
    ----------
    model : callable or estimator
        The cheap model, which takes what the costly one takes.
    explainer : ExplainerPipeline
        Explainer of the costly model, fitted if it needs that; nothing of it changes,
        and its own model is not asked.
    x : object
        The instance.
    target : int, str or None, default=None
        Output of the cheap model; its largest for the instance if None. Say it where
        the costly model may predict another class.
    n_samples : int or None, default=None
        Number of rows to ask the cheap model about; as many as the explainer's own, and
        at least 5000, if None.
    random_state : int, RandomState or None, default=None
        Seed of these rows.

    Returns
    -------
    prior : Prior
        For ``explainer.explain_instance(x, prior=prior)``: all features' weights in
        their order there.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn_baylime import make_tabular_explainer, prior_from_model
    >>> X = np.random.RandomState(0).normal(size=(300, 5))
    >>> y = X @ [3.0, -2.0, 1.0, 0.0, 0.0]
    >>> costly = RandomForestRegressor(n_estimators=10, random_state=0).fit(X, y)
    >>> explainer = make_tabular_explainer(
    ...     costly, discretizer=None, n_samples=30, random_state=0).fit(X)
    >>> prior = prior_from_model(Ridge().fit(X, y), explainer, X[0], random_state=1)
    >>> explanation = explainer.explain_instance(X[0], prior=prior)
    >>> bool(explanation.prior_odds["nothing"][0] < 0.1)
    True
    """
    cheap = _with_model(explainer, model)
    name, sampler = split_steps(cheap.steps).sampler
    size = max(sampler.n_samples, 5000) if n_samples is None else n_samples
    cheap.set_params(random_state=random_state, **{f"{name}__n_samples": size})
    targets = "predicted" if target is None else [target]
    explanation = cheap.explain_instance(x, targets=targets)
    return explanation.all_features.as_prior()


def _with_model(explainer: ExplainerPipeline, model: Any) -> ExplainerPipeline:
    """Return a copy that asks another model, of which nothing is remembered."""
    other = copy(explainer)
    # Rows that instances of the costly model share would count twice.
    other.rows = "own"
    other.black_box, other.memory, other.stopping = model, None, None
    if isinstance(model, BlackBox):
        other.batch_size = None
    # Their parameters are set here alone.
    other.steps = [(name, copy(step)) for name, step in explainer.steps]
    return other
