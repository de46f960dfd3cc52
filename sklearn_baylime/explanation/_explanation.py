"""The result: arrays, the questions users ask of them, and the ways to show them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import Any

import numpy as np

from sklearn_baylime.base._pointers import PointingMixin, pointing
from sklearn_baylime.explanation._contrast import OneTarget, ask_for_contrast
from sklearn_baylime.explanation._json import read_content, write_content
from sklearn_baylime.explanation._keys import find_target, read_contrast, read_key
from sklearn_baylime.explanation._shapes import (
    check_count,
    check_marginals,
    is_storable,
    read_arrays,
    read_blocks,
    read_odds,
    read_outputs,
    read_row,
)
from sklearn_baylime.explanation._showing import ShowingMixin
from sklearn_baylime.explanation._uncertainty import UncertaintyMixin
from sklearn_baylime.explanation._units import rescale, to_shap
from sklearn_baylime.explanation._weights import order_by_size
from sklearn_baylime.priors import Prior
from sklearn_baylime.views import View
from sklearn_baylime.views._registry import read_instance
from sklearn_baylime.views.text._instance import find_positions


def _unknown() -> Any:
    return np.array(np.nan)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(UncertaintyMixin, ShowingMixin, PointingMixin):
    r"""Weights of the features around one instance, with their uncertainty.

    Explainers make it. Arrays are read-only; ``T`` targets, ``d`` features. Shapes that
    do not fit each other are refused.

    Parameters
    ----------
    feature_names : tuple of str
        Names of the ``d`` features, such as ``"1 < width <= 2"``.

    targets : tuple of int or tuple
        The explained columns of the black box's answers; a tuple of columns is their
        sum, one of pairs ``(column, factor)`` any combination, such as a contrast.

    target_names : tuple of str
        Their names, such as classes.

    coef : ndarray of shape (T, d)
        Weights, in units of the answer per unit of the feature: for matches and masks
        the change of the answer when the feature is as in the instance.

    selected_covariance : sequence of T ndarray of shape (k, k) or (d, d)
        Covariance of the weights of each target's k selected features; NaN where the
        regressor states none. Of many features few are selected, and all would not fit
        into memory; where all are used, a `FactoredCovariance` stands for the matrix.

    intercept : ndarray of shape (T,)
        Answer of the local model where all features are 0.

    prediction : ndarray of shape (T,)
        The black box's answer for the instance.

    local_prediction : ndarray of shape (T,)
        The local model's answer for the instance.

    score : ndarray of shape (T,)
        Weighted :math:`R^2` of the local model on the neighbourhood.

    loo_score : ndarray of shape (T,)
        The same for leave-one-out predictions; NaN where not known.

    n_queries : int
        Rows the black box was asked about.

    n_rows : int
        Rows in the neighbourhood, which may come from a cache.

    effective_sample_size : float
        Number of equally weighted rows that the neighbourhood is worth.

    prior_share : ndarray of shape (T, d)
        How much of each weight comes from the prior, 0 to 1; NaN where not known.

    conflict : ndarray of shape (T,)
        Tail probability of the data under the prior; NaN without a prior mean. Says
        little where the trust in the mean was learned, since that adapts.

    selected : ndarray of bool of shape (T, d)
        Features the local model uses.

    kernel : dict
        Facts on the kernel, such as its width and the median weight.

    warnings : tuple of str
        What a reader should know before relying on the weights.

    columns : tuple of str
        The input column that each feature is about, whatever the instance.

    full : Explanation, callable that returns one, or None
        The explanation by all features where some were selected; `all_features` gives
        it.

    instance : View, dict or None
        What was explained, and where in it each feature is, such as a `TextInstance`,
        an `ImageInstance`, a `SeriesInstance`, any registered by
        `sklearn_baylime.views.register_view`, or its dictionary; None for tables.

    marginals : sequence of T objects or None
        Distributions of each target's selected weights, such as a
        `~sklearn_baylime.linear_model.StudentMixture`, with ``interval(level)`` of
        shape (2, k), ``sign_probability()``, ``probability_below(delta)`` of the
        weights' sizes, ``to_dict()``, and perhaps ``quantile(p)``; intervals and
        probabilities come from them. None: normal distributions.

    prior_odds : dict of str to ndarray of shape (T,), or None
        Posterior probabilities of what may be true of a prior mean: ``"stated"``, it is
        right as it stands; ``"direction"``, only up to a factor; ``"nothing"``.

    prior_scale : ndarray of shape (T,)
        That factor, negative for the opposite sign; NaN where not known.

    exact : bool
        Whether all masks there are were asked. Then the weights have no uncertainty:
        the covariance is 0, and `marginals` are not kept.

    is_open : ndarray of bool of shape (T,)
        Targets for whose weights no interval can be stated.

    local_std : ndarray of shape (T,)
        Standard deviation of `local_prediction`; NaN where not known.

    representation : sequence of `~sklearn_baylime.base.Placed`, or None
        The steps left of the sampler at the instance, which lead masks of features back
        to the model: `sklearn_baylime.metrics.deletion_curve` asks them. Not in JSON,
        and in pickles unless they hold what cannot be pickled. None where not known, or
        where features are no columns of their codes.
        ``dataclasses.replace(explanation, representation=None)`` is lighter.

    drawn : str or None
        Name of the random numbers that the rows are made of: a prior from rows of this
        name is refused, and explanations of one name are known to be correlated.

    influence : callable or None
        What the rows do to the weights, where other explanations are of the same ones:
        `contrast` of two instances and `summarize` ask it. Not in JSON.

    values : ndarray of shape (d,)
        The instance's features as the local model sees them: 1 for matches and masks,
        deviations from the mean in standard deviations for scaled numbers; NaN where
        not known.

    units : ndarray of shape (d,)
        Units of the column in one unit of the feature, such as a standard deviation;
        NaN for features without a unit, as matches and masks are.

    row : sequence of length d, or None
        The value that each feature's column has in the explained row of a table, None
        where it is missing: texts, numbers and truth values. Pages and pictures show
        it, such as ``radius = 25.4 (> 18.8)``. None where the features are about no
        columns of a table.

    outputs : dict of str to float, or None
        The black box's answers to the instance by the outputs' names, those that are
        not explained as well; of more than 20 the largest. None where not known.

    Raises
    ------
    TypeError
        If an array is not of numbers, or the instance of no registered view.
    ValueError
        If shapes do not fit.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn_baylime import make_tabular_explainer
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(n_estimators=20, random_state=0).fit(X, y)
    >>> explainer = make_tabular_explainer(forest, n_samples=1000, random_state=0)
    >>> explanation = explainer.fit(X).explain_instance(X[0])
    >>> explanation.as_list()[0][0]
    'x3 <= 0.3'
    >>> low, high = explanation.interval(0.95)
    >>> bool((low < explanation.coef).all())
    True
    """

    feature_names: tuple[str, ...]
    targets: tuple[Any, ...]
    target_names: tuple[str, ...]
    coef: np.ndarray
    selected_covariance: Sequence[Any]
    intercept: np.ndarray
    prediction: np.ndarray
    local_prediction: np.ndarray
    score: np.ndarray
    loo_score: np.ndarray
    n_queries: int
    n_rows: int
    effective_sample_size: float
    prior_share: np.ndarray
    conflict: np.ndarray
    selected: np.ndarray
    kernel: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    full: Any = None
    instance: View | dict[str, Any] | None = None
    marginals: Sequence[Any] | None = None
    prior_odds: dict[str, np.ndarray] | None = None
    prior_scale: np.ndarray = field(default_factory=_unknown)
    exact: bool = False
    is_open: np.ndarray = field(default_factory=lambda: np.array(False))
    local_std: np.ndarray = field(default_factory=_unknown)
    representation: Sequence[Any] | None = None
    drawn: str | None = None
    influence: Any = None
    values: np.ndarray = field(default_factory=_unknown)
    units: np.ndarray = field(default_factory=_unknown)
    row: Sequence[Any] | None = None
    outputs: dict[str, float] | None = None

    def __post_init__(self) -> None:
        names = ("feature_names", "target_names", "warnings", "columns")
        # Many explanations name the same bins: their texts are kept once.
        read: dict[str, Any] = {
            n: tuple(intern(str(text)) for text in getattr(self, n)) for n in names
        }
        read["targets"] = tuple(read_key(target) for target in self.targets)
        n_targets, n_features = len(read["target_names"]), len(read["feature_names"])
        check_count("targets", read["targets"], n_targets, "targets")
        read |= read_arrays(vars(self), n_targets, n_features)
        is_exact, selected = bool(self.exact), read["selected"]
        marginals = None if is_exact else self.marginals
        read |= {
            "exact": is_exact,
            "selected_covariance": read_blocks(
                self.selected_covariance, selected, is_exact=is_exact
            ),
            "marginals": check_marginals(marginals, selected),
            "prior_odds": read_odds(self.prior_odds, n_targets),
            "instance": read_instance(self.instance, n_features),
            "row": read_row(self.row, read["columns"]),
            "outputs": read_outputs(self.outputs),
        }
        for name, value in read.items():
            # The way into a frozen dataclass.
            object.__setattr__(self, name, value)

    def __getstate__(self) -> dict[str, Any]:
        # A segmenter by a lambda must not keep an explanation from being saved.
        kept = self.representation if is_storable(self.representation) else None
        known = self.influence if is_storable([self.influence]) else None
        return {**vars(self), "representation": kept, "influence": known}

    @property
    def all_features(self) -> Explanation:
        """The explanation by all features, from the same rows.

        Where features were selected it shows what was left out, and intervals that know
        nothing of the selection. It may be made only when it is first asked for.
        """
        if callable(self.full):
            object.__setattr__(self, "full", self.full())
        return self if self.full is None else self.full

    @pointing
    def as_list(
        self, target: Any = None, *, positions: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return the selected features and their weights, the strongest first.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.
        positions : bool, default=False
            Whether to tell where in the document each feature stands, too.

        Returns
        -------
        weights : list of (str, float) or (str, float, spans)
            Spans are pairs of start and end, in characters.

        Raises
        ------
        ValueError
            If positions are asked of an explanation that is not of a document.
        """
        t = self.position(target)
        ranked = self._rank(t)
        found = [(self.feature_names[j], weight) for j, weight in ranked]
        if not positions:
            return found
        spans = find_positions(self, ranked)
        return [(*one, where) for one, where in zip(found, spans, strict=True)]

    def as_map(self) -> dict[Any, list[tuple[int, float]]]:
        """Return each target's features by index with their weights, strongest first.

        Returns
        -------
        weights : dict of int to list of (int, float)
        """
        return {target: self._rank(t) for t, target in enumerate(self.targets)}

    def to_frame(self, level: float = 0.95) -> Any:
        """Return all numbers as a pandas frame, one row a target and feature.

        Parameters
        ----------
        level : float, default=0.95
            Probability of the interval in the columns low and high.

        Returns
        -------
        frame : pandas.DataFrame
            Columns target, feature, coef, std, low, high, sign_probability,
            prior_share.
        """
        import pandas as pd

        return pd.DataFrame(list(self.records(level)))

    def records(
        self, level: float = 0.95, target: Any = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the numbers of each target and feature, the strongest first.

        Parameters
        ----------
        level : float, default=0.95
            Probability of the interval.
        target : int, str or None, default=None
            One target, by its column in the answers or its name; all if None.

        Yields
        ------
        record : dict
            With the keys that `to_frame` has as columns.
        """
        every = range(len(self.targets))
        for t in every if target is None else [self.position(target)]:
            columns = self._columns_of(t, level)
            for j, _ in self._rank(t):
                names = (self.target_names[t], self.feature_names[j])
                numbers = {name: float(v[j]) for name, v in columns.items()}
                yield {"target": names[0], "feature": names[1], **numbers}

    def _columns_of(self, t: int, level: float) -> dict[str, np.ndarray]:
        low, high = self._interval_of(t, level)
        return {
            "coef": self.coef[t],
            "std": self._std_of(t),
            "low": low,
            "high": high,
            "sign_probability": self._sign_probability_of(t),
            "prior_share": self.prior_share[t],
        }

    def contrast(self, one: Any, other: Any) -> Explanation:
        """Return the explanation of why one target and not another.

        Parameters
        ----------
        one, other : int, str, tuple or mapping
            Targets, by their columns in the answers or their names.

        Returns
        -------
        explanation : Explanation
            Of one target: the answer to `one` less that to `other`.

        Raises
        ------
        ValueError
            If that difference was not explained.

        Notes
        -----
        The weights of a contrast are the differences of its targets' weights, but its
        uncertainty does not follow from theirs: answers to the same rows vary together.
        So the contrast needs a fit of its own.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.linear_model import LogisticRegression
        >>> from sklearn_baylime import make_tabular_explainer
        >>> X, y = load_iris(return_X_y=True)
        >>> model = LogisticRegression(max_iter=500).fit(X, y)
        >>> explainer = make_tabular_explainer(model, random_state=0).fit(X)
        >>> explanation = explainer.explain_instance(X[0], targets=[{0: 1, 1: -1}])
        >>> explanation.contrast(0, 1)
        <Explanation of 0 - 1 by 4 features, 5000 rows>
        """
        wanted = read_contrast(one, other)
        t = find_target(wanted, self.targets, self.target_names) if wanted else None
        if t is None:
            raise ValueError(ask_for_contrast(self, wanted, one, other))
        return OneTarget(self, t)()

    def as_prior(self, target: Any = None) -> Prior:
        """Return the weights as the prior mean of another instance's explanation.

        How far the instances agree is not known, so the trust in the mean is learned
        from the other's answers: as it stands, in its direction alone, or not at all.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        prior : Prior
            Its mean is the weights, 0 for features not selected; feature by feature in
            their order here. `~sklearn_baylime.priors.prior_from_explanation` matches
            them by name.

        Notes
        -----
        The covariance here says how well these weights are known, not how alike the
        weights of two instances are: as a prior precision it would hold the other's
        weights to this one's.

        More rows of the *same* instance need no prior.
        `~sklearn_baylime.pipeline.Neighborhood.merge` puts them together, and one fit
        to all of them loses nothing; a posterior that is the next prior does, since
        trust and noise are fitted to few rows at a time.

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import LinearRegression
        >>> from sklearn_baylime import make_tabular_explainer
        >>> X, y = load_diabetes(return_X_y=True)
        >>> model = LinearRegression().fit(X, y)
        >>> explainer = make_tabular_explainer(
        ...     model, discretizer=None, n_samples=50, random_state=0).fit(X)
        >>> prior = explainer.explain_instance(X[0]).as_prior()
        >>> explanation = explainer.explain_instance(X[1], prior=prior)
        >>> bool(explanation.prior_odds["nothing"][0] < 0.01)
        True
        """
        return Prior(self.coef[self.position(target)], drawn=self.drawn)

    def contributions(self) -> np.ndarray:
        r"""Return what each feature adds to the local model's answer.

        Returns
        -------
        contributions : ndarray of shape (T, d)
            :math:`w_j z_j` with the instance's features :math:`z`, in units of the
            answer; with the intercept they add up to `local_prediction`.

        Raises
        ------
        ValueError
            If the instance's features are not known, as of an explanation of an
            earlier version.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_baylime import make_text_explainer
        >>> explainer = make_text_explainer(
        ...     lambda texts: [t.count("good") for t in texts], random_state=0)
        >>> explanation = explainer.explain_instance("a good day")
        >>> total = explanation.intercept + explanation.contributions().sum(axis=1)
        >>> bool(np.allclose(total, explanation.local_prediction))
        True
        """
        if np.isnan(self.values).any():
            raise ValueError(
                "The values of the instance's features are not known, so there is "
                "nothing to multiply the weights with: explain it again."
            )
        return self.coef * self.values

    def per_unit(self) -> Explanation:
        """Return the explanation by columns in their own units.

        Weights of numbers are those of a standard deviation, or of whatever a scaler
        has made the unit. These are of one year, one dollar: comparable with a linear
        model's coefficients, and with gradients.

        Returns
        -------
        explanation : Explanation
            With weights, intervals and names in units of the columns. Features without
            a unit, such as matches of categories, stay as they are.

        Raises
        ------
        ValueError
            If no feature has a unit.

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import LinearRegression
        >>> from sklearn_baylime import make_tabular_explainer
        >>> X, y = load_diabetes(return_X_y=True, scaled=False)
        >>> model = LinearRegression().fit(X, y)
        >>> explainer = make_tabular_explainer(
        ...     model, discretizer=None, n_samples=200, random_state=0).fit(X)
        >>> explanation = explainer.explain_instance(X[0]).per_unit()
        >>> bool(abs(explanation.coef[0] / model.coef_ - 1).max() < 1e-6)
        True
        """
        return rescale(self)

    def to_shap(self, target: Any = None) -> Any:
        """Return the contributions as a `shap.Explanation`, for shap's pictures.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        explanation : shap.Explanation
            Of one instance: `contributions` as values, the intercept as base value, the
            instance's features as data, and standard deviations as `error_std`.

        Raises
        ------
        ValueError
            If the instance's features are not known.
        """
        return to_shap(self, self.position(target))

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers that `from_dict` reads, for JSON.

        Returns
        -------
        content : dict
        """
        return write_content(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Explanation:
        """Build the explanation that `to_dict` wrote.

        Parameters
        ----------
        content : dict

        Returns
        -------
        explanation : Explanation

        Raises
        ------
        TypeError
            If the content is no dictionary, or an array in it is not of numbers.
        ValueError
            If something is missing, or does not fit.
        """
        try:
            return cls(**read_content(cls, content))
        except (AttributeError, IndexError, KeyError, OverflowError) as error:
            # Of what no part of the content should be; each has words of its own.
            raise ValueError(
                f"The content is none of an explanation ({error}), expected what "
                "Explanation.to_dict returns."
            ) from error

    @classmethod
    def load(cls, path: str | Path) -> Explanation:
        """Read the explanation that `save` wrote as .json.

        Parameters
        ----------
        path : str or Path
            Of a file that ends in .json: pages and pictures are not read back.

        Returns
        -------
        explanation : Explanation

        Raises
        ------
        ValueError
            If the path has another ending, or the file holds no explanation.
        """
        path = Path(path)
        if path.suffix.lower() != ".json":
            raise ValueError(
                f"The path {str(path)!r} ends in {path.suffix!r}, expected .json, as "
                "save('why.json') writes it: pages and pictures are not read back."
            )
        return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))

    def position(self, target: Any = None) -> int:
        """Return the row of a target in the arrays.

        Parameters
        ----------
        target : int, str, mapping, tuple, list or None, default=None
            A target, by its column in the answers or its name; the first if None. A
            tuple or list of columns or names is their sum, a mapping from them to
            factors a combination, as in ``explain_instance(x, targets=...)``.

        Returns
        -------
        position : int

        Raises
        ------
        KeyError
            If that target was not explained.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.linear_model import LogisticRegression
        >>> from sklearn_baylime import make_tabular_explainer
        >>> X, y = load_iris(return_X_y=True)
        >>> model = LogisticRegression(max_iter=500).fit(X, y)
        >>> explainer = make_tabular_explainer(model, random_state=0).fit(X)
        >>> explanation = explainer.explain_instance(X[0], targets=[2, {0: 1, 1: -1}])
        >>> explanation.position({1: -1, 0: 1})
        1
        """
        if target is None:
            return 0
        position = find_target(target, self.targets, self.target_names)
        if position is not None:
            return position
        raise KeyError(
            f"Target {target!r} was not explained, expected one of {self.targets} or "
            f"{self.target_names}; ask for it with explain_instance(x, targets=...)."
        )

    def __repr__(self) -> str:
        return (
            f"<Explanation of {', '.join(self.target_names)} by "
            f"{len(self.feature_names)} features, {self.n_rows} rows>"
        )

    def _rank(self, t: int) -> list[tuple[int, float]]:
        """Return the selected features with their weights, the strongest first."""
        order = order_by_size(self.coef[t], self.selected[t])
        return [(int(j), float(self.coef[t, j])) for j in order]
