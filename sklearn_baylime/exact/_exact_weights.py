"""Weights of tabular LIME in the limit of infinitely many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.exact._boxes import Boxes, collect_cuts, leaf_boxes
from sklearn_baylime.exact._ensembles import Ensemble, read_ensemble, read_lines
from sklearn_baylime.exact._product_law import (
    ColumnLaws,
    box_weights,
    column_laws,
    line_weights,
)


def exact_weights(
    model: Any,
    discretizer: Any,
    x: Any,
    *,
    frequencies: Sequence[ArrayLike],
    width: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the weights that LIME's sampling for tables converges to.

    Columns are sampled independently and the kernel is a product over columns, so that
    the weights of trees and linear functions have a closed form, leaf by leaf. Nothing
    is sampled, and there is no random error.

    Parameters
    ----------
    model : estimator
        Fitted model of one of these kinds. Its answer is what is named here.

        * Decision and extra trees, random forests, extra-trees and bags of trees:
          `predict` of regressors, of one or more outputs; `predict_proba` of
          classifiers.
        * Gradient boosting, by histograms or not: `predict` of regressors whose link is
          the identity, `decision_function` of classifiers.
        * Models that are linear with `coef_` and `intercept_`: `predict` of regressors,
          `decision_function` of classifiers.
    discretizer : BaseDiscretizer
        Fitted discretizer of the model's columns, such as a `QuantileDiscretizer`.
    x : array-like of shape (n_features,), frame of one row, or record
        The instance, in the model's units.
    frequencies : list of array-like of shape (n_bins_[j],)
        Probability that column j is sampled with each code. Zeros are allowed.
    width : float or None, default=None
        Width :math:`\nu` of the kernel in units of the root of the number of columns
        that differ. None takes LIME's, 0.75 times the root of the number of columns.

    Returns
    -------
    coef : ndarray of shape (n_targets, n_features)
        Weight of each column, in units of the answer. It is 0 where the instance's code
        is all that is sampled, or never is: no rows could tell.
    intercept : ndarray of shape (n_targets,)
        The local model's answer where every column differs from the instance. A column
        whose own code is never sampled counts with its mean over the other codes.

    Raises
    ------
    TypeError
        If the model's answer is none of those above.
    ValueError
        If the columns, the frequencies or the width do not fit, or a linear model would
        be asked about missing values.

    See Also
    --------
    sklearn_baylime.make_tabular_explainer : Explains any model, by sampling.

    Notes
    -----
    Let :math:`z_j = 1` where column j has the instance's code, which has frequency
    :math:`q_j`. The kernel tilts it to :math:`r_j = q_j / (q_j + (1 - q_j) \epsilon)`
    with :math:`\epsilon = \exp(-1 / (2 \nu^2))`, and

    .. math::

        \beta_j = E[f | z_j = 1] - E[f | z_j = 0], \quad
        \beta_0 = E[f] - \sum_j r_j \beta_j

    under the tilted law. A leaf with the value :math:`v` and the probabilities
    :math:`p_{k1}, p_{k0}` of its range in column k for :math:`z_k = 1, 0` adds
    :math:`v (p_{j1} - p_{j0}) \prod_{k \neq j} (r_k p_{k1} + (1 - r_k) p_{k0})`.

    References
    ----------
    .. [1] D. Garreau, U. von Luxburg (2020). Looking Deeper into Tabular LIME.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn_baylime.exact import exact_weights
    >>> from sklearn_baylime.representation import QuantileDiscretizer
    >>> X = np.array([[0.0, 5.0], [1.0, 5.0], [0.0, 7.0], [1.0, 7.0]])
    >>> model = LinearRegression().fit(X, 3 * X[:, 0] + X[:, 1])
    >>> discretizer = QuantileDiscretizer(categorical_features=[0, 1]).fit(X)
    >>> coef, intercept = exact_weights(
    ...     model, discretizer, X[0], frequencies=[[0.5, 0.5], [0.5, 0.5]])
    >>> coef.round(6), intercept.round(6)
    (array([[-3., -2.]]), array([10.]))
    """
    _check_model(model, len(discretizer.n_bins_))
    shares = _check_frequencies(frequencies, discretizer.n_bins_)
    if width is not None and not width > 0:
        raise ValueError(f"width is {width!r}, expected None or a number above 0.")
    laws = column_laws(shares, np.asarray(discretizer.at(x).reference_), width)
    if (ensemble := read_ensemble(model)) is not None:
        coef, mean = _weights_of_trees(ensemble, discretizer, laws)
    elif (lines := read_lines(model)) is not None:
        coef, mean = _weights_of_lines(*lines, discretizer, laws)
    else:
        raise TypeError(_unsupported(model))
    # Equal laws must not differ by the rounding of sums.
    coef[:, laws.untold] = 0.0
    return coef, mean - coef @ laws.kept


def _weights_of_trees(
    ensemble: Ensemble, discretizer: Any, laws: ColumnLaws
) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes and mean, summed over all leaves of all trees."""
    n_columns = len(laws.codes)
    coef = np.zeros((len(ensemble.constant), n_columns))
    mean = ensemble.constant.astype(float)
    cuts, positions = collect_cuts([term.tree for term in ensemble.terms], n_columns)
    used = {int(j) for term in ensemble.terms for j in term.tree.used()}
    n_sets = ensemble.terms[0].tree.left_set.shape[1]
    below, masses = np.zeros((2, len(cuts.values))), np.zeros((2, n_columns, n_sets))
    for j in used:
        here, law = slice(cuts.ends[j], cuts.ends[j + 1]), laws.codes[j]
        if j in ensemble.categories:
            points = _points(discretizer, j, ensemble.categories[j])
            masses[:, j, : points.shape[1] - 1] = law @ points[:, :-1]
        else:
            points = _below(discretizer, j, cuts.values[here])
            below[:, here] = law @ points[:, :-1]
        masses[:, j, -1] = law @ points[:, -1]
    for term, position in zip(ensemble.terms, positions, strict=True):
        boxes = leaf_boxes(term.tree, position, cuts.ends)
        inside = _inside(boxes, below, masses)
        slopes, part = box_weights(inside, boxes.values, laws.kept[boxes.columns])
        coef[term.targets[:, None], boxes.columns] += term.scale * slopes
        mean[term.targets] += term.scale * part
    return coef, mean


def _below(discretizer: Any, j: int, cuts: np.ndarray) -> np.ndarray:
    """Return P(value <= cut) in each bin, and in a last place P(missing)."""
    # The first value only shows which bin is that of missing values.
    cdf = discretizer.bin_cdf(j, np.r_[0.0, cuts[1:-1]])
    missing = np.isnan(cdf[:, 0])
    cdf = np.where(missing[:, None], 0.0, cdf)
    return np.column_stack([np.zeros(len(cdf)), cdf[:, 1:], ~missing, missing])


def _points(discretizer: Any, j: int, categories: np.ndarray) -> np.ndarray:
    """Return P(value = category) in each bin, and in a last place that of no such."""
    upper = discretizer.bin_cdf(j, categories)
    lower = discretizer.bin_cdf(j, np.nextafter(categories, -np.inf))
    points = np.nan_to_num(upper - lower, nan=0.0)
    return np.column_stack([points, 1.0 - points.sum(axis=1)])


def _inside(boxes: Boxes, below: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Return the probability of each box in each column, (2, n_leaves, n_used)."""
    ranges = below[:, boxes.high] - below[:, boxes.low]
    return ranges + np.einsum("lca,kca->klc", boxes.allowed, masses[:, boxes.columns])


def _weights_of_lines(
    slopes: np.ndarray, intercept: np.ndarray, discretizer: Any, laws: ColumnLaws
) -> tuple[np.ndarray, np.ndarray]:
    means = np.zeros((2, len(laws.codes)))
    for j, law in enumerate(laws.codes):
        mean = discretizer.bin_mean(j)
        sampled = law.any(axis=0)
        if np.isnan(mean[sampled]).any():
            raise ValueError(
                f"Column {j} has missing values, which a linear model cannot take; "
                "impute them in a pipeline and use sampling instead."
            )
        means[:, j] = law[:, sampled] @ mean[sampled]
    coef, mean = line_weights(slopes, means, laws.kept)
    return coef, mean + intercept


def _check_model(model: Any, n_columns: int) -> None:
    if not hasattr(model, "fit"):
        raise TypeError(_unsupported(model))
    check_is_fitted(model)
    n_expected = getattr(model, "n_features_in_", n_columns)
    if n_expected != n_columns:
        raise ValueError(
            f"The model was fitted on {n_expected} columns, but the discretizer has "
            f"{n_columns}; expected the same table for both."
        )


def _check_frequencies(
    frequencies: Sequence[ArrayLike], n_bins: Any
) -> list[np.ndarray]:
    shares = [np.asarray(share, dtype=float) for share in frequencies]
    expected = [(int(n),) for n in n_bins]
    shapes = [share.shape for share in shares]
    if shapes != expected:
        raise ValueError(
            f"frequencies have the shapes {shapes}, expected one number for each code "
            f"of each column, {expected}."
        )
    for j, share in enumerate(shares):
        if not (share >= 0).all() or not abs(share.sum() - 1) < 1e-6:
            raise ValueError(
                f"The frequencies of column {j} are {share}, expected probabilities "
                "that sum to 1."
            )
    return [share / share.sum() for share in shares]


def _unsupported(model: Any) -> str:
    return (
        f"There is no closed form for {type(model).__name__}. Expected decision trees, "
        "random forests, extra-trees, bags of trees, gradient boosting (by histograms "
        "or not) or a linear model with coef_ and intercept_; use sampling instead, as "
        "make_tabular_explainer does."
    )
