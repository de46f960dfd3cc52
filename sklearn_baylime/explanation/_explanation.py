"""The result: arrays, the questions users ask of them, and the ways to show them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri
from sklearn.utils import check_random_state

from sklearn_baylime.priors import Prior
from sklearn_baylime.views._page import render_fragment, render_page
from sklearn_baylime.views._pictures import draw, make_display
from sklearn_baylime.views._plain import render_text
from sklearn_baylime.views._view import (
    read_instance,
    require_image,
    require_text,
)
from sklearn_baylime.views.image._instance import ImageInstance
from sklearn_baylime.views.image._maps import choose_segments, make_mask, spread
from sklearn_baylime.views.text._instance import TextInstance

_ARRAYS = (
    "coef",
    "intercept",
    "prediction",
    "local_prediction",
    "score",
    "loo_score",
    "prior_share",
    "conflict",
)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    r"""Weights of the features around one instance, with their uncertainty.

    Explainers make it. Arrays are read-only; ``T`` targets, ``d`` features.

    Parameters
    ----------
    feature_names : tuple of str
        Names of the ``d`` features, such as ``"1 < width <= 2"``.

    targets : tuple of int or tuple
        The explained columns of the black box's answers; a tuple of columns is their
        sum.

    target_names : tuple of str
        Their names, such as classes.

    coef : ndarray of shape (T, d)
        Weights, in units of the answer per unit of the feature: for matches and masks
        the change of the answer when the feature is as in the instance.

    selected_covariance : sequence of T ndarray of shape (k, k) or (d, d)
        Covariance of the weights of each target's k selected features; NaN where the
        regressor states none. Of many features few are selected, and all would not fit
        into memory.

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

    instance : TextInstance, ImageInstance, dict or None
        The explained document or image, and where each feature is in it; None for
        tables.

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
    selected_covariance: Sequence[np.ndarray]
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
    instance: TextInstance | ImageInstance | None = None

    def __post_init__(self):
        for name in (*_ARRAYS, "selected"):
            dtype = bool if name == "selected" else np.float64
            array = np.array(getattr(self, name), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        for name in ("feature_names", "target_names", "warnings", "columns"):
            object.__setattr__(self, name, tuple(str(v) for v in getattr(self, name)))
        targets = (tuple(t) if isinstance(t, list) else t for t in self.targets)
        object.__setattr__(self, "targets", tuple(targets))
        pairs = zip(self.selected_covariance, self.selected, strict=True)
        blocks = tuple(_block(block, selected) for block, selected in pairs)
        object.__setattr__(self, "selected_covariance", blocks)
        instance = read_instance(self.instance, len(self.feature_names))
        object.__setattr__(self, "instance", instance)

    @property
    def all_features(self) -> Explanation:
        """The explanation by all features, from the same rows.

        Where features were selected it shows what was left out, and intervals that know
        nothing of the selection. It may be made only when it is first asked for.
        """
        if callable(self.full):
            object.__setattr__(self, "full", self.full())
        return self if self.full is None else self.full

    @property
    def covariance(self) -> np.ndarray:
        """Covariances of all weights, (T, d, d); NaN for features not selected."""
        n_targets, n_features = self.coef.shape
        full = np.full((n_targets, n_features, n_features), np.nan)
        for t, block in enumerate(self.selected_covariance):
            full[t][np.ix_(self.selected[t], self.selected[t])] = block
        return full

    @property
    def std(self) -> np.ndarray:
        """Standard deviations of the weights, (T, d); NaN for features not selected."""
        std = np.full(self.coef.shape, np.nan)
        for t, block in enumerate(self.selected_covariance):
            std[t, self.selected[t]] = np.sqrt(np.diagonal(block))
        return std

    def interval(self, level=0.95) -> np.ndarray:
        """Return the interval that holds each weight with the given probability.

        Parameters
        ----------
        level : float, default=0.95
            Probability, between 0 and 1.

        Returns
        -------
        interval : ndarray of shape (2, T, d)
            Lower and upper ends: ``low, high = explanation.interval()``.
        """
        half = _normal_quantile(level) * self.std
        return np.stack([self.coef - half, self.coef + half])

    def sign_probability(self) -> np.ndarray:
        """Return the probability that each weight has the sign it shows.

        Returns
        -------
        probability : ndarray of shape (T, d)
            From 0.5, open, to 1.
        """
        return ndtr(np.abs(self._z_scores()))

    def top_k_probability(self, k, *, n_draws=4000, random_state=0) -> np.ndarray:
        """Return the probability that each feature is among the `k` strongest.

        Parameters
        ----------
        k : int
            Number of features, by absolute weight.
        n_draws : int, default=4000
            Joint draws of the weights the probability is counted from.
        random_state : int, RandomState instance or None, default=0
            Seed of the draws.

        Returns
        -------
        probability : ndarray of shape (T, d)
        """
        rng = check_random_state(random_state)
        n_features = self.coef.shape[1]
        if not 1 <= k <= n_features:
            raise ValueError(f"k is {k!r}, expected an integer from 1 to {n_features}.")
        counts = np.zeros(self.coef.shape)
        for t, block in enumerate(self.selected_covariance):
            chosen = np.flatnonzero(self.selected[t])
            values, vectors = np.linalg.eigh(np.nan_to_num(block))
            spread = vectors * np.sqrt(np.maximum(values, 0.0))
            draws = self.coef[t, chosen]
            draws = draws + rng.standard_normal((n_draws, len(chosen))) @ spread.T
            most = min(k, len(chosen))
            strongest = np.argpartition(-np.abs(draws), most - 1, axis=1)[:, :most]
            counts[t, chosen] = np.bincount(strongest.ravel(), minlength=len(chosen))
        return counts / n_draws

    def queries_needed(self, half_width, level=0.95) -> np.ndarray:
        """Return how many rows would bring each interval to a half width.

        Parameters
        ----------
        half_width : float
            Wanted half width of the interval, in units of the weights.
        level : float, default=0.95
            Probability of the interval.

        Returns
        -------
        n_rows : ndarray of float of shape (T, d)
            Rows in all, by the square-root law from the uncertainty so far.
        """
        if not half_width > 0:
            raise ValueError(f"half_width is {half_width!r}, expected more than 0.")
        ratio = _normal_quantile(level) * self.std / half_width
        return np.ceil(self.n_rows * ratio**2)

    def as_list(self, target=None, *, positions=False) -> list[tuple[Any, ...]]:
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
        order, names = self._order(t), self.feature_names
        if not positions:
            return [(names[j], float(self.coef[t, j])) for j in order]
        spans = require_text(self, "positions=True").spans
        return [(names[j], float(self.coef[t, j]), spans[j]) for j in order]

    def as_map(self) -> dict[int, list[tuple[int, float]]]:
        """Return each target's features by index with their weights, strongest first.

        Returns
        -------
        weights : dict of int to list of (int, float)
        """
        return {
            target: [(int(j), float(self.coef[t, j])) for j in self._order(t)]
            for t, target in enumerate(self.targets)
        }

    def to_frame(self, level=0.95):
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

    def records(self, level=0.95, target=None) -> Iterator[dict[str, Any]]:
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
        low, high = self.interval(level)
        columns = {
            "coef": self.coef,
            "std": self.std,
            "low": low,
            "high": high,
            "sign_probability": self.sign_probability(),
            "prior_share": self.prior_share,
        }
        every = range(len(self.targets))
        for t in every if target is None else [self.position(target)]:
            for j in self._order(t):
                names = (self.target_names[t], self.feature_names[j])
                numbers = {name: float(v[t, j]) for name, v in columns.items()}
                yield {"target": names[0], "feature": names[1], **numbers}

    def as_prior(self, target=None) -> Prior:
        """Return the posterior as the prior of another explanation.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        prior : Prior
            Its mean is the weights, its precision the inverse of their covariance.
        """
        t = self.position(target)
        block = self.selected_covariance[t]
        if not (self.selected[t].all() and np.isfinite(block).all()):
            raise ValueError(
                "The explanation has no covariance of all weights, expected one by a "
                "Bayesian regressor on all features, such as InformativeBayesianRidge."
            )
        return Prior(self.coef[t], precision=np.linalg.pinv(block))

    def mask(self, k=5, *, sign="positive", target=None, certain=None) -> np.ndarray:
        """Return which pixels of an image belong to the strongest segments.

        Parameters
        ----------
        k : int, default=5
            Most segments.
        sign : {"positive", "negative", "both"}, default="positive"
            Sign of their weights.
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.
        certain : float or None, default=None
            Least probability of the sign, such as 0.95; any if None.

        Returns
        -------
        mask : ndarray of int8 of shape (H, W)
            1 where a segment raises the answer, -1 where one lowers it, 0 elsewhere.

        Raises
        ------
        ValueError
            If the explanation is not of an image, or states no probabilities.
        """
        segments = require_image(self, "A mask").segments
        t = self.position(target)
        coef = np.where(self.selected[t], self.coef[t], 0.0)
        chosen = choose_segments(coef, self.sign_probability()[t], k, sign, certain)
        return make_mask(segments, coef, chosen)

    def heatmap(self, target=None) -> np.ndarray:
        """Return for each pixel of an image the weight of its segment.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        weights : ndarray of shape (H, W)
        """
        segments = require_image(self, "A heatmap").segments
        return spread(segments, self.coef[self.position(target)])

    def std_map(self, target=None) -> np.ndarray:
        """Return for each pixel the standard deviation of its segment's weight.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        std : ndarray of shape (H, W)
            NaN in segments that are not selected.
        """
        segments = require_image(self, "A map of standard deviations").segments
        return spread(segments, self.std[self.position(target)])

    def plot(self, target=None, *, kind=None, max_features=10, level=0.95, ax=None):
        """Draw the weights: as bars, in the text or over the image.

        Parameters
        ----------
        target : int, str, list or None, default=None
            A target, by its column in the answers or its name; the first if None. A
            list draws several of an image side by side, with the same colors.
        kind : {"bars", "text", "image", "heatmap", "std"} or None, default=None
            Bars with intervals; a document with its words marked; an image with its
            strongest segments colored, all weights without the image, or their standard
            deviations. None draws images as "image" and others as bars.
        max_features : int, default=10
            Most features shown; maps show all.
        level : float, default=0.95
            Probability of the intervals of bars.
        ax : matplotlib Axes or None, default=None
            Axes to draw on, for a list of targets a list; new ones if None.

        Returns
        -------
        display : ExplanationDisplay, TextDisplay, ImageDisplay or list of ImageDisplay

        Raises
        ------
        ValueError
            If the kind is another, or one that the instance does not have.
        """
        return draw(self, target, kind, max_features, level, ax)

    def to_html(self, *, max_features=20, level=0.95) -> str:
        """Return a self-contained page without scripts.

        Parameters
        ----------
        max_features : int, default=20
            Most features shown for each target.
        level : float, default=0.95
            Probability of the intervals.

        Returns
        -------
        html : str
        """
        return render_page(self, max_features, level)

    def save(self, path) -> Path:
        """Write the explanation as a page, a picture or data.

        Parameters
        ----------
        path : str or Path
            Ends in .html, .png, .svg or .json.

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
            # Halves of surrogate pairs, as of cut texts, have no bytes of their own.
            content = self.to_html().encode("utf-8", "xmlcharrefreplace")
            path.write_bytes(content)
        elif kind == ".json":
            path.write_text(
                json.dumps(self.to_dict(), allow_nan=False), encoding="utf-8"
            )
        elif kind in (".png", ".svg"):
            make_display(self).save(path)
        else:
            raise ValueError(
                f"The path {str(path)!r} ends in {kind!r}, expected .html, .png, .svg "
                "or .json."
            )
        return path

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers that `from_dict` reads, for JSON.

        Returns
        -------
        content : dict
        """
        content = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.full is not None:
            content["full"] = self.all_features.to_dict()
        if self.instance is not None:
            content["instance"] = self.instance.to_dict()
        return {name: _to_plain(value) for name, value in content.items()}

    @classmethod
    def from_dict(cls, content) -> Explanation:
        """Build the explanation that `to_dict` wrote.

        Parameters
        ----------
        content : dict

        Returns
        -------
        explanation : Explanation
        """
        content = {f.name: content[f.name] for f in fields(cls) if f.name in content}
        if content["effective_sample_size"] is None:
            content["effective_sample_size"] = np.inf
        if content.get("full") is not None:
            content["full"] = cls.from_dict(content["full"])
        return cls(**content)

    def position(self, target=None) -> int:
        """Return the row of a target in the arrays.

        Parameters
        ----------
        target : int, str or None, default=None
            A target, by its column in the answers or its name; the first if None.

        Returns
        -------
        position : int

        Raises
        ------
        KeyError
            If that target was not explained.
        """
        if target is None:
            return 0
        for known in (self.targets, self.target_names):
            if target in known:
                return known.index(target)
        raise KeyError(
            f"Target {target!r} was not explained, expected one of {self.targets} or "
            f"{self.target_names}; ask for it with explain_instance(x, targets=...)."
        )

    def __repr__(self):
        return (
            f"<Explanation of {', '.join(self.target_names)} by "
            f"{len(self.feature_names)} features, {self.n_rows} rows>"
        )

    def __str__(self):
        return render_text(self)

    def _repr_html_(self):
        return render_fragment(self, max_features=20, level=0.95)

    def _order(self, t):
        order = np.argsort(-np.abs(self.coef[t]), kind="stable")
        return order[self.selected[t][order]]

    def _z_scores(self):
        std = self.std
        safe = np.where(std > 0, std, 1.0)
        certain = np.where(self.coef == 0, 0.0, np.inf) * np.sign(self.coef)
        z = np.where(std > 0, self.coef / safe, np.nan_to_num(certain, posinf=np.inf))
        return np.where(np.isnan(std), np.nan, z)


def _block(covariance, selected) -> np.ndarray:
    """Return the read-only covariance of the selected features."""
    block = np.array(covariance, dtype=np.float64)
    n_selected = int(selected.sum())
    if block.shape != (n_selected, n_selected):
        block = block[np.ix_(selected, selected)]
    block.flags.writeable = False
    return block


def _to_plain(value):
    """Return lists and numbers that strict JSON has: None for what is not finite."""
    if isinstance(value, np.ndarray):
        return _to_plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _to_plain(item) for key, item in value.items()}
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _normal_quantile(level):
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}, expected a number between 0 and 1.")
    return float(ndtri(0.5 + 0.5 * level))
