"""The prior that explanations of several similar instances make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sklearn_baylime.priors._by_name import NamedPrior

# What the spread of all features together counts for beside one feature's own, in
# instances: a few weights can be alike by chance.
POOLED = 4.0
# Least standard deviation, as a share of the largest mean weight: weights that are all
# the same, up to rounding, are trusted so far and no further.
LEAST = 1e-6


def spread_of(weights: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Return mean and variance of the weights that one more instance may have.

    Parameters
    ----------
    weights : ndarray of shape (n_instances, n_features)
        Weights; NaN where an instance does not have the feature.
    errors : ndarray of shape (n_instances, n_features)
        Their standard deviations.

    Returns
    -------
    mean : ndarray of shape (n_features,)
        Of those that have the feature.
    variance : ndarray of shape (n_features,)
        :math:`\tau_j^2 + S_j^2 / k_j`: how far instances differ, and how well their
        mean is known.

    Notes ----- The variance :math:`s_j^2` of :math:`k_j` weights is pulled towards the
    mean :math:`\bar{s}^2` of all features' as if there were :math:`\nu = 4` more
    degrees of freedom of it, and is widened to that of a Student t, since it is an
    estimate: :math:`S_j^2 = ((k_j - 1) s_j^2 + \nu \bar{s}^2) / (k_j - 1 + \nu - 2)`.
    It has the instances' own differences and the errors of explaining them. With the
    mean square :math:`e_j^2` of the latter, :math:`\tau_j^2 = \max(S_j^2 - e_j^2, 0)`,
    as the moment estimate of a random effect is [1]_.

    References
    ----------
    .. [1] R. DerSimonian, N. Laird (1986). Meta-analysis in clinical trials. Controlled
       Clinical Trials 7.
    """
    known = ~np.isnan(weights)
    count = known.sum(axis=0)
    mean = np.where(known, weights, 0.0).sum(axis=0) / count
    apart = np.where(known, weights - mean, 0.0)
    squares = (apart**2).sum(axis=0)
    pooled = squares.sum() / np.maximum((count - 1).sum(), 1)
    total = (squares + POOLED * pooled) / (count - 1 + POOLED - 2)
    own = np.where(known, errors**2, 0.0).sum(axis=0) / count
    return mean, np.maximum(total - own, 0.0) + total / count


def prior_from_explanations(
    explanations: Sequence[Any], *, target: Any = None, odds: Any = None
) -> NamedPrior:
    r"""Make a prior from explanations of several similar instances.

    Each feature's mean weight is expected, and trusted as far as the instances agree on
    it: where their weights differ no more than their own errors, much; where they
    contradict each other, hardly. Features are matched by name; who has a feature that
    few of the others have, has little to go by.

    Parameters
    ----------
    explanations : sequence of Explanation
        At least two, of instances like the one that is to be explained, such as its
        nearest neighbors; none of them of this instance itself, and each of rows of its
        own.
    target : int, str or None, default=None
        Which target's weights to take, by its column in the answers or its name; the
        first if None, which then must be the same in all.
    odds : None, "open" or dict of str to float, default=None
        How far to believe in this; see `Prior`. None takes it as stated: the instance
        is one of this kind. ``{"stated": 1, "nothing": 1}`` lets its answers tell
        whether it is.

    Returns
    -------
    prior : NamedPrior
        For ``explainer.explain_instance(x, prior=prior)``. Refused where the rows are
        those of one of the explanations.

    Raises
    ------
    ValueError
        If there are fewer than two, of other targets, of the same rows, or all weights
        are 0.

    See Also
    --------
    prior_from_explanation : One similar instance; how far it is believed is learned.
    combine_priors : Sources that are independent of each other.

    Notes
    -----
    The paper's partial mode takes the mean of similar instances' weights too, and their
    number as the precision of all, whatever the unit of the answer and however far they
    differ. Here the variance is that of one more instance, feature by feature: with
    :math:`k` instances of total variance :math:`S^2`, of which :math:`e^2` is their
    explanations' error, :math:`\max(S^2 - e^2, 0) + S^2 / k`.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from sklearn_baylime import make_tabular_explainer
    >>> from sklearn_baylime.priors import prior_from_explanations
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = RandomForestRegressor(20, random_state=0).fit(X, y)
    >>> explainer = make_tabular_explainer(
    ...     model, discretizer=None, n_samples=300, random_state=0).fit(X)
    >>> prior = prior_from_explanations(explainer.explain(X[1:9]))
    >>> why = explainer.explain_instance(X.iloc[0], prior=prior, targets=0)
    >>> why.as_list()[0][0].partition(" (per")[0]
    'bmi'
    """
    explanations = list(explanations)
    if len(explanations) < 2:
        raise ValueError(
            f"There are {len(explanations)} explanations, expected at least two, whose "
            "differences say how far to trust their mean; use prior_from_explanation "
            "for one."
        )
    drawn = _refuse_same_rows(explanations)
    places = [explanation.position(target) for explanation in explanations]
    _refuse_other_targets(explanations, places)
    names, weights, errors = _align(explanations, places)
    mean, variance = spread_of(weights, errors)
    largest = np.abs(mean).max(initial=0.0)
    if largest == 0:
        raise ValueError(
            f"All weights of the {len(names)} features are 0, expected explanations of "
            "a model that answers to something here."
        )
    precision = 1.0 / np.maximum(variance, (LEAST * largest) ** 2)
    return NamedPrior(
        dict(zip(names, mean.tolist(), strict=True)),
        dict(zip(names, precision.tolist(), strict=True)),
        odds=odds,
        drawn=drawn,
    )


def _refuse_same_rows(explanations: list[Any]) -> tuple[str, ...]:
    """Return the names of the explanations' rows; none may be there twice."""
    drawn = [e.drawn for e in explanations if e.drawn is not None]
    if len(set(drawn)) < len(drawn):
        raise ValueError(
            f"{len(drawn)} explanations have {len(set(drawn))} sets of rows, expected "
            "each to have its own: errors in common would not be seen in how far they "
            "differ. Explain them with rows='own', and none of them twice."
        )
    return tuple(drawn)


def _refuse_other_targets(explanations: list[Any], places: list[int]) -> None:
    """Raise unless all weights are of one target."""
    pairs = zip(explanations, places, strict=True)
    targets = sorted({str(e.target_names[place]) for e, place in pairs})
    if len(targets) > 1:
        raise ValueError(
            f"The explanations are of the targets {targets}, expected one: choose it "
            "by target=, and explain all instances with it among targets=."
        )


def _align(
    explanations: list[Any], places: list[int]
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return all names, and weights and their errors with NaN where there is none."""
    names = list(dict.fromkeys(str(n) for e in explanations for n in e.feature_names))
    at = {name: j for j, name in enumerate(names)}
    weights = np.full((len(explanations), len(names)), np.nan)
    errors = weights.copy()
    for i, (e, place) in enumerate(zip(explanations, places, strict=True)):
        columns = [at[str(name)] for name in e.feature_names]
        weights[i, columns] = e.coef[place]
        errors[i, columns] = e.std[place]
    return names, weights, errors
