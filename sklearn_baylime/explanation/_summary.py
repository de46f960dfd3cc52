"""What matters on average over many explanations, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtrit

from sklearn_baylime.explanation._explanation import Explanation
from sklearn_baylime.explanation._submodular_pick import target_rows
from sklearn_baylime.views._summary_bars import SummaryDisplay, render_summary

_ARRAYS = ("mean_abs", "std_error", "low", "high", "mean", "noise")


@dataclass(frozen=True, eq=False, repr=False)
class Summary:
    r"""Mean absolute weights over instances, with their uncertainty.

    `summarize` makes it. Arrays are read-only; ``d`` columns.

    Parameters
    ----------
    names : tuple of str
        The ``d`` columns.

    mean_abs : ndarray of shape (d,)
        Mean absolute weights, in units of the answer per unit of the feature.

    std_error : ndarray of shape (d,)
        Standard errors of `mean_abs`; NaN for a single explanation.

    low, high : ndarray of shape (d,)
        Ends of the intervals of `mean_abs`; NaN for a single explanation.

    mean : ndarray of shape (d,)
        Mean weights, with their sign.

    noise : ndarray of shape (d,)
        How much of `mean_abs` the uncertainty of the single weights accounts for.

    n_explanations : int
        Number of explanations.

    level : float
        Probability of the intervals.

    Examples
    --------
    >>> from sklearn_baylime.explanation import Summary
    >>> summary = Summary(["age", "sex"], [1, 2], [0.1, 0.2], [0.8, 1.6], [1.2, 2.4],
    ...                   [-0.5, 2], [0, 0.1], n_explanations=50, level=0.95)
    >>> summary.as_list()
    [('sex', 2.0), ('age', 1.0)]
    """

    names: tuple[str, ...]
    mean_abs: np.ndarray
    std_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    noise: np.ndarray
    n_explanations: int
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        object.__setattr__(self, "names", tuple(self.names))

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the numbers of each column, the strongest first.

        Yields
        ------
        record : dict
            With the keys that `to_frame` has as columns.
        """
        for j in np.argsort(-self.mean_abs, kind="stable"):
            numbers = {name: float(getattr(self, name)[j]) for name in _ARRAYS}
            yield {"column": self.names[j], **numbers}

    def as_list(self) -> list[tuple[str, float]]:
        """Return the columns and their mean absolute weights, the strongest first.

        Returns
        -------
        weights : list of (str, float)
        """
        return [(r["column"], r["mean_abs"]) for r in self.records()]

    def to_frame(self) -> Any:
        """Return all numbers as a pandas frame, one row a column, strongest first.

        Returns
        -------
        frame : pandas.DataFrame
            Columns column, mean_abs, std_error, low, high, mean, noise.
        """
        import pandas as pd

        return pd.DataFrame(list(self.records()), columns=["column", *_ARRAYS])

    def plot(self, ax: Any = None, max_features: int = 20) -> SummaryDisplay:
        """Draw the mean absolute weights as bars with their intervals.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; new ones if None.
        max_features : int, default=20
            Most columns shown.

        Returns
        -------
        display : SummaryDisplay
        """
        return SummaryDisplay.from_summary(self, max_features=max_features).plot(ax=ax)

    def __repr__(self) -> str:
        plural = "" if self.n_explanations == 1 else "s"
        return (
            f"<Summary of {self.n_explanations} explanation{plural} by "
            f"{len(self.names)} columns>"
        )

    def __str__(self) -> str:
        return render_summary(self)


def summarize(
    explanations: Iterable[Explanation], *, target: Any = None, level: float = 0.95
) -> Summary:
    r"""Average the absolute weights of many explanations, column by column.

    Parameters
    ----------
    explanations : iterable of Explanation
        Of the same columns, as ``explainer.explain(X)`` returns them. Features that are
        not selected have weight 0.
    target : int, str or None, default=None
        A target, by its column in the answers or its name; the first of each if None,
        which for a classifier may be another class in each.
    level : float, default=0.95
        Probability of the intervals, between 0 and 1.

    Returns
    -------
    summary : Summary

    Raises
    ------
    ValueError
        If there are no explanations, their columns differ, or `level` is not between
        0 and 1.
    KeyError
        If an explanation does not explain the target.

    Notes
    -----
    With weights :math:`w_1, \dots, w_n` of a column, their standard deviations
    :math:`s_i`, and m the mean and S the standard deviation of the :math:`|w_i|`, the
    interval is :math:`m \pm t_{n-1} S / \sqrt{n}`, cut off at 0. It says what other
    instances would change, and takes instances to be drawn independently.

    A mean of absolute values counts noise as importance: a weight that is 0 up to an
    error of standard deviation s has :math:`E|w| = 0.8 s`. `noise` estimates that part,

    .. math:: \frac{1}{n} \sum_i \left( E|N(w_i, s_i^2)| - |w_i| \right)
        = \frac{1}{n} \sum_i 2 s_i \left( \varphi(z_i) - z_i \Phi(-z_i) \right),
        \quad z_i = |w_i| / s_i,

    0 where no uncertainty is stated. It finds :math:`\sqrt 2 - 1`, that is 41 %, of
    `mean_abs` where a column's weights are nothing but such errors; more samples for
    each instance reduce it, more instances do not.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn_baylime import make_tabular_explainer
    >>> from sklearn_baylime.explanation import summarize
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> X = X[["age", "bmi"]]
    >>> model = LinearRegression().fit(X, y)
    >>> explainer = make_tabular_explainer(model, n_samples=200, random_state=0).fit(X)
    >>> summary = summarize(explainer.explain(X[:10]))
    >>> summary
    <Summary of 10 explanations by 2 columns>
    >>> [name for name, _ in summary.as_list()]
    ['bmi', 'age']
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}, expected a number between 0 and 1.")
    explanations = list(explanations)
    rows = target_rows(explanations, target)
    names = _common_columns(explanations)
    found = list(zip(explanations, rows, strict=True))
    weights = np.array([np.where(e.selected[t], e.coef[t], 0.0) for e, t in found])
    stds = np.array([np.where(e.selected[t], e.std[t], 0.0) for e, t in found])
    sizes = np.abs(weights)
    mean_abs, std_error = sizes.mean(axis=0), _standard_error(sizes)
    half = stdtrit(max(len(sizes) - 1, 1), 0.5 + 0.5 * level) * std_error
    return Summary(
        names,
        mean_abs,
        std_error,
        np.maximum(mean_abs - half, 0.0),
        mean_abs + half,
        weights.mean(axis=0),
        _folding_gain(sizes, np.nan_to_num(stds)).mean(axis=0),
        n_explanations=len(explanations),
        level=level,
    )


def _common_columns(explanations):
    """Return the columns of all, or say where which explanation differs."""
    first, *others = (e.columns or e.feature_names for e in explanations)
    for i, names in enumerate(others, start=1):
        for j, (name, wanted) in enumerate(zip_longest(names, first)):
            if name != wanted:
                raise ValueError(
                    f"Column {j} of explanation {i} is {name!r} and that of "
                    f"explanation 0 is {wanted!r}, expected the same columns in all: "
                    "explanations by one explainer."
                )
    return first


def _standard_error(values):
    if len(values) == 1:
        return np.full(values.shape[1], np.nan)
    return values.std(axis=0, ddof=1) / np.sqrt(len(values))


def _folding_gain(sizes, stds):
    """Return E|N(w, s)| - |w|, from absolute weights and standard deviations."""
    with np.errstate(over="ignore"):
        z = np.divide(sizes, stds, out=np.zeros_like(sizes), where=stds > 0)
    # Nothing is left of the gain at 40, and squares of certain weights' z overflow.
    z = np.minimum(z, 40.0)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    # Far out the difference of two tiny numbers may round below 0.
    return 2 * stds * np.maximum(density - z * ndtr(-z), 0.0)
