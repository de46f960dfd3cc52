"""What matters on average over many explanations, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from sklearn_baylime.explanation._deconvolution import FoldedMean
from sklearn_baylime.explanation._explanation import Explanation
from sklearn_baylime.explanation._shared_errors import (
    common_variance,
    have_draws_in_common,
)
from sklearn_baylime.explanation._submodular_pick import target_rows
from sklearn_baylime.explanation._weights import least_shrunk, spread_selected
from sklearn_baylime.views._summary_bars import SummaryDisplay, render_summary
from sklearn_baylime.views._summary_page import (
    render_summary_fragment,
    render_summary_page,
)

_ARRAYS: tuple[str, ...] = ("mean_abs", "std_error", "low", "high", "mean", "noise")
_ARRAYS += ("mean_low", "mean_high")


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
        What the uncertainty of the single weights has added to the plain mean of their
        absolute values, and was taken off.

    n_explanations : int
        Number of explanations.

    level : float
        Probability of the intervals.

    mean_low, mean_high : ndarray of shape (d,)
        Ends of the intervals of `mean`; NaN where not known.

    warnings : tuple of str
        What a reader should know before relying on the numbers.

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
    mean_low: np.ndarray = field(default_factory=lambda: np.array(np.nan))
    mean_high: np.ndarray = field(default_factory=lambda: np.array(np.nan))
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            array = np.array(getattr(self, name), dtype=np.float64)
            if array.ndim == 0:
                array = np.full(len(self.names), array)
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
            Columns column, mean_abs, std_error, low, high, mean, noise, mean_low,
            mean_high.
        """
        import pandas as pd

        return pd.DataFrame(list(self.records()), columns=["column", *_ARRAYS])

    def plot(
        self,
        ax: Any = None,
        max_features: int = 20,
        *,
        figsize: tuple[float, float] | None = None,
        title: str | None = None,
        colors: Any = None,
    ) -> SummaryDisplay:
        """Draw the mean absolute weights as bars with their intervals.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; new ones if None.
        max_features : int, default=20
            Most columns shown.
        figsize : (float, float) or None, default=None
            Width and height of a new figure, in inches; fitting ones if None.
        title : str or None, default=None
            Title instead of the picture's own.
        colors : dict or None, default=None
            Color of the bars, as ``{"positive": "teal"}``.

        Returns
        -------
        display : SummaryDisplay
        """
        display = SummaryDisplay.from_summary(self, max_features=max_features)
        return display.plot(ax=ax, figsize=figsize, title=title, colors=colors)

    def to_html(self) -> str:
        """Return a self-contained page without scripts.

        Returns
        -------
        html : str
        """
        return render_summary_page(self)

    def save(self, path: str | Path) -> Path:
        """Write the summary as a page or a picture.

        Parameters
        ----------
        path : str or Path
            Ends in .html, .png, .svg or .pdf.

        Returns
        -------
        path : Path

        Raises
        ------
        ValueError
            If the ending is another.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind == ".html":
            path.write_bytes(self.to_html().encode("utf-8", "xmlcharrefreplace"))
        elif kind in (".png", ".svg", ".pdf"):
            SummaryDisplay.from_summary(self).save(path)
        else:
            raise ValueError(
                f"The path {str(path)!r} ends in {kind!r}, expected .html, .png, .svg "
                "or .pdf; to_frame() has the numbers."
            )
        return path

    def _repr_html_(self) -> str:
        return render_summary_fragment(self)

    def __repr__(self) -> str:
        plural = "" if self.n_explanations == 1 else "s"
        return (
            f"<Summary of {self.n_explanations} explanation{plural} by "
            f"{len(self.names)} columns>"
        )

    def __str__(self) -> str:
        return "\n".join([render_summary(self), *(f"Note: {w}" for w in self.warnings)])


def summarize(
    explanations: Iterable[Explanation], *, target: Any = None, level: float = 0.95
) -> Summary:
    r"""Average the absolute weights of many explanations, column by column.

    What noise adds to them and shrinkage takes is corrected for, so that columns that
    do not matter come out near 0, with intervals that say so.

    Parameters
    ----------
    explanations : iterable of Explanation
        Of the same columns, as ``explainer.explain(X)`` returns them. Features that are
        not selected have weight 0; ``[e.all_features for e in explanations]`` has none
        of these.
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
    Weights of single explanations are known up to noise, and shrunk towards 0. A mean
    of absolute values counts noise as importance: one that is 0 up to an error of
    standard deviation s has :math:`E|w| = 0.8 s`, however many instances there are. And
    shrinkage takes from the strong. Here neither is left, column by column:

    1. Estimates :math:`x_i` and standard deviations :math:`s_i` of the n weights are
       taken from their marginals with the least shrinkage: for a
       `~sklearn_baylime.linear_model.StudentMixture` the component that is farthest
       from 0, which is the least squares estimate where the trust in a mean of 0 was
       integrated. Without marginals, or with a prior mean, they are `coef` and `std`.
    2. The distribution of the true weights behind :math:`x_i \sim N(v_i, s_i^2)` is
       estimated by maximum likelihood, without a parametric form [1]_ [2]_, and scaled
       to :math:`E|v| = 1`. This shape :math:`\hat g` is then given a size m, so that

       .. math:: \varphi(m) = \frac{1}{n} \sum_i
           \int E|N(m v, s_i^2)| \, d\hat g(v)

       is what the mean of the :math:`|x_i|` is expected to be, from the noise alone at
       :math:`m = 0` to m itself where it is large.
    3. `mean_abs` is :math:`\varphi^{-1}(\bar a)` with the mean :math:`\bar a` of the
       :math:`|x_i|`, and 0 below :math:`\varphi(0)`; `noise` is the difference.
       With the standard deviation S of the :math:`|x_i|`, the interval is
       :math:`\varphi^{-1}(\bar a \pm t_{n-1} S / \sqrt{n})`, cut off at 0; its upper
       end is never less than from :math:`\bar a = \varphi(0)`. `std_error` is half the
       way from one standard error below to one above.

    `mean` and its interval are the plain mean of the :math:`x_i` and
    :math:`\pm t_{n-1} S / \sqrt{n}` with their own S: signed means have no such bias.

    Intervals are for the mean over all instances that could have been drawn, if they
    are drawn independently, and hold the noise of the explanations too. Where no
    standard deviation is stated, as by `~sklearn.linear_model.Ridge`, the means are
    plain ones, noise and shrinkage included; `warnings` says so.

    Explanations from the same rows (``rows="shared"``) have errors in common, which no
    average over instances reduces: the mean covariance of two of them, from the rows'
    influence on the weights, is added to :math:`S^2 / n`. Where it cannot be known, as
    of laws that follow the instance or after JSON, they are refused.

    References
    ----------
    .. [1] J. Kiefer and J. Wolfowitz (1956). Consistency of the maximum likelihood
       estimator in the presence of infinitely many incidental parameters. Annals of
       Mathematical Statistics, 27, 887-906.
    .. [2] B. Efron (2016). Empirical Bayes deconvolution estimates. Biometrika, 103,
       1-20.

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
    pairs = zip(explanations, rows, strict=True)
    estimates = np.array([_unshrunk(e, t) for e, t in pairs])
    values, stds = estimates[:, 0], estimates[:, 1]
    common = np.zeros((2, values.shape[1]))
    if have_draws_in_common(explanations):
        signs = (np.ones_like(values), np.sign(values))
        common = np.stack([common_variance(explanations, rows, s) for s in signs])
    columns = [
        _mean_size(*column, level)
        for column in zip(values.T, stds.T, common[1], strict=True)
    ]
    mean_abs, std_error, low, high, noise = np.transpose(columns)
    mean = values.mean(axis=0)
    error = np.sqrt(_standard_error(values) ** 2 + common[0])
    half = _quantile(len(values), level) * error
    return Summary(
        names,
        mean_abs,
        std_error,
        low,
        high,
        mean,
        noise,
        n_explanations=len(explanations),
        level=level,
        mean_low=mean - half,
        mean_high=mean + half,
        warnings=_warn_of_noise(np.isnan(stds).any(axis=0)),
    )


def _unshrunk(explanation: Explanation, t: int) -> np.ndarray:
    """Return estimates and standard deviations of all weights of a target, (2, d)."""
    selected = explanation.selected[t]
    found = np.stack([explanation.coef[t], explanation.std[t]])
    has_prior_mean = explanation.prior_odds is not None
    if explanation.marginals is not None and not has_prior_mean:
        least = least_shrunk(explanation.marginals[t])
        found = found if least is None else spread_selected(least, selected)
    return np.where(selected, found, 0.0)


def _mean_size(
    values: np.ndarray, stds: np.ndarray, common: float, level: float
) -> tuple[float, float, float, float, float]:
    """Return a column's mean size, standard error, interval, and what noise added."""
    known = np.isfinite(stds).all()
    column = FoldedMean(values, stds if known else np.zeros(len(stds)))
    sizes = np.abs(values)[:, None]
    plain, error = float(sizes.mean()), float(_standard_error(sizes)[0])
    # What all have in common no average over instances reduces.
    error = float(np.sqrt(error**2 + common))
    size = max(column.debias(plain), 0.0)
    if np.isnan(error):
        return size, np.nan, np.nan, np.nan, plain - size
    half = _quantile(len(sizes), level) * error
    below, above = (column.debias(plain + way) for way in (-error, error))
    low = column.debias(plain - half)
    high = column.debias(max(plain, column.expect(0.0)) + half, alike=True)
    return size, (above - below) / 2, max(low, 0.0), high, plain - size


def _warn_of_noise(unknown: np.ndarray) -> tuple[str, ...]:
    """Say of how many columns the noise is not known."""
    if not unknown.any():
        return ()
    which = "all" if unknown.all() else f"{unknown.sum()} of the {len(unknown)}"
    return (
        f"For {which} columns some weights come without standard deviations: what "
        "their noise adds to the mean absolute weight could not be taken off, and the "
        "intervals are over instances only.",
    )


def _common_columns(explanations: Any) -> Any:
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


def _standard_error(values: np.ndarray) -> np.ndarray:
    if len(values) == 1:
        return np.full(values.shape[1], np.nan)
    return values.std(axis=0, ddof=1) / np.sqrt(len(values))


def _quantile(n: int, level: float) -> float:
    return float(stdtrit(max(n - 1, 1), 0.5 + 0.5 * level))
