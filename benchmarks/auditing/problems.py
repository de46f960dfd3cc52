"""Black boxes whose local weights are known, behind the library's public explainers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor

from auditing.truths import (
    Line,
    Ridge1D,
    SignProducts,
    conjunction,
    line_of_normals,
    line_of_products,
    line_of_scores,
    linear,
    mask_kernel,
    weights_by_count,
)
from sklearn_baylime import (
    explain_exactly,
    make_image_explainer,
    make_tabular_explainer,
)
from sklearn_baylime.representation import SuperpixelSegmenter
from sklearn_baylime.sampling import SubsetSampler

# Width of the default kernel of masks.
MASK_WIDTH = 0.25

# Rows around which the line explains 15 and 12 % of the forest's variance.
_INSTANCE = {12: 3, 30: 3}


class Asked:
    """A model as it is asked: with noise that depends on the repeat, if any.

    Parameters
    ----------
    function : callable
        From rows to answers.
    """

    def __init__(self, function: Callable):
        self.function = function
        self.noise = 0.0
        self.rng = np.random.default_rng(0)

    def __call__(self, rows) -> np.ndarray:
        """Return the answers, with noise."""
        answers = self.function(rows)
        if self.noise == 0:
            return answers
        return answers + self.noise * self.rng.standard_normal(len(answers))


@dataclass(frozen=True, eq=False)
class Problem:
    """A model, an instance, and the weights that its explanation converges to.

    Parameters
    ----------
    name : str
        What it is called in tables.
    line : Line
        The exact local model.
    x : ndarray
        The instance.
    model : Asked
        The model that explainers ask.
    make : callable
        From (n_samples, design, regressor) to a fitted explainer.
    matches : callable
        From a neighborhood to the rows (n, d) of the local model.
    kernel : callable
        From rows to their kernel weights.
    """

    name: str
    line: Line
    x: Any
    model: Asked
    make: Callable
    matches: Callable
    kernel: Callable

    @property
    def truth(self) -> np.ndarray:
        """The exact weights (d,)."""
        return self.line.slopes

    @property
    def n_features(self) -> int:
        """Number of weights."""
        return len(self.line.slopes)

    def weights(self, rows) -> np.ndarray:
        """Return kernel weights, where the instance's own row weighs no more than any.

        It is not drawn by the law, and alone would have all the weight of a narrow
        kernel.
        """
        weights = self.kernel(rows)
        weights[0] = min(weights[0], weights[1:].max())
        return weights


def _mask_problem(name, function, line, width) -> Problem:
    """Return a problem of masks; a component is one pixel of an image of ones."""
    d = len(line.slopes)
    model = Asked(lambda images: function(np.reshape(images, (len(images), d))))

    def make(n_samples, design, regressor=None):
        # Its law is that of texts.
        sampler = SubsetSampler(n_samples) if design == "subsets" else design
        return make_image_explainer(
            model,
            segmenter=SuperpixelSegmenter(np.arange(d)[None], fill=0.0),
            design=sampler,
            n_samples=n_samples,
            kernel_width=width,
            regressor=regressor,
        )

    return Problem(
        name,
        line,
        np.ones((1, d)),
        model,
        make,
        matches=lambda hood: np.asarray(hood.codes, dtype=float),
        kernel=lambda rows: mask_kernel(rows.sum(axis=1), d, width),
    )


def _table_problem(name, function, line, X, x, width, **settings) -> Problem:
    """Return a problem of a table, binned unless the settings say otherwise."""
    model = Asked(function)

    def make(n_samples, design, regressor=None):
        return make_tabular_explainer(
            model,
            n_samples=n_samples,
            design=design,
            kernel_width=width,
            regressor=regressor,
            **settings,
        ).fit(X)

    def matches(hood):
        if settings:
            return np.asarray(hood.codes, dtype=float)
        return (hood.codes == hood.reference).astype(float)

    def kernel(rows):
        instance = x if settings else 1.0
        return np.exp(-0.5 * ((rows - instance) ** 2).sum(axis=1) / width**2)

    return Problem(name, line, x, model, make, matches, kernel)


@cache
def mixed_masks(kind: str, d: int, r2: float) -> Problem:
    """Return masks whose line explains a share `r2` of the variance.

    The rest are interactions of two and of three components, half of it each, freed of
    their own lines, so that the weights are those of the linear part.

    Parameters
    ----------
    kind : {"few", "alike"}
        Whether four components matter, or all about alike.
    d : int
        Number of components.
    r2 : float
        Share of the variance, between 0 and 1.
    """
    law = weights_by_count(d, MASK_WIDTH)
    rng = np.random.default_rng([d, kind == "few"])
    slopes = np.zeros(d)
    if kind == "few":
        slopes[:4] = [1.0, -0.8, 0.6, 0.4]
    else:
        slopes = rng.choice([-1.0, 1.0], d) * rng.uniform(0.5, 1.5, d)
    trend = linear(slopes)
    explained = line_of_products(trend, law).spread ** 2
    rest = SignProducts(d, {})
    for order in (2, 3):
        part = _without_line(_interactions(d, order, rng), law)
        rest = rest.plus(part, 1 / line_of_products(part, law).spread)
    size = np.sqrt(explained * (1 - r2) / r2) / line_of_products(rest, law).spread
    function = trend.plus(rest, size)
    name = f"{kind} of {d} masks"
    return _mask_problem(name, function, line_of_products(function, law), MASK_WIDTH)


def _interactions(d, order, rng) -> SignProducts:
    """Return d products of `order` signs each, with coefficients of either sign."""
    terms: dict[frozenset[int], float] = {}
    while len(terms) < d:
        joined = frozenset(rng.choice(d, order, replace=False).tolist())
        terms[joined] = float(rng.choice([-1.0, 1.0]))
    return SignProducts(d, terms)


def _without_line(function: SignProducts, law) -> SignProducts:
    line = line_of_products(function, law)
    return function.plus(linear(line.slopes, line.intercept), -1.0)


@cache
def score_masks(kind: str, d: int, width: float, law: str) -> Problem:
    """Return masks of saturating or joined components.

    Parameters
    ----------
    kind : {"mild", "steep", "box"}
        A sigmoid of a sum of scores (R2 of the line about 0.98 and 0.80), or a
        conjunction of three components and a small linear effect.
    d : int
        Number of components.
    width : float
        Width of the kernel.
    law : {"coins", "subsets"}
        Law of the masks.
    """
    weights = weights_by_count(d, width, law)
    name = f"{kind} of {d} masks"
    if kind == "box":
        function = conjunction(d, range(3)).plus(linear(np.eye(d)[3]), 0.2)
        return _mask_problem(name, function, line_of_products(function, weights), width)
    scores = np.random.default_rng(d).choice([-3, -2, -1, 0, 0, 1, 2, 3], size=d)
    scores[:3] = [6, -5, 4]
    spread = np.sqrt((scores**2).sum()) / 2
    slope, shift = (1.2, 0.0) if kind == "mild" else (6.0, 1.0)

    def curve(score):
        return expit(slope / spread * (score - scores.sum() / 2 - shift))

    line = line_of_scores(curve, scores.tolist(), weights)
    return _mask_problem(name, lambda masks: curve(masks @ scores), line, width)


@cache
def forest(d: int, factor: float = 1.0) -> Problem:
    """Return a small forest on binned columns, of which few matter.

    Parameters
    ----------
    d : int
        Number of columns, or 10 for the table of diabetes.
    factor : float, default=1.0
        Width of the kernel, in units of the default's.
    """
    X, y, x = (_diabetes if d == 10 else _synthetic)(d)
    model = fitted_forest(X, y, deep=d == 10)
    width = 0.75 * np.sqrt(d) * factor
    exact = explain_exactly(make_tabular_explainer(model, kernel_width=width).fit(X), x)
    name = "forest of diabetes" if d == 10 else f"forest of {d} columns"
    line = Line(exact.coef[0], float(exact.intercept[0]), np.nan, np.nan)
    known = _table_problem(name, answers_of(model), line, X, x, width)
    return _with_spread(known)


def fitted_forest(X, y, deep: bool = False) -> RandomForestRegressor:
    """Return a fitted forest, deep or of trees of six levels."""
    depth, n_trees = (None, 20) if deep else (6, 10)
    return RandomForestRegressor(n_trees, max_depth=depth, random_state=0).fit(X, y)


def answers_of(model: RandomForestRegressor) -> Callable:
    """Return the forest's `predict`, without its checks, which cost more than it."""
    trees = [tree.tree_ for tree in model.estimators_]

    def predict(rows):
        rows = np.asarray(rows, dtype=np.float32)
        return sum(tree.predict(rows)[:, 0] for tree in trees) / len(trees)

    return predict


def _synthetic(d):
    X, y = trend_and_step(d)
    return X, y, X[_INSTANCE[d]]


def trend_and_step(d: int, n_rows: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Draw a table, and answers of a trend and a step.

    Parameters
    ----------
    d : int
        Number of columns.
    n_rows : int, default=600
        Number of rows.

    Returns
    -------
    X : ndarray of shape (n_rows, d)
        Table.
    y : ndarray of shape (n_rows,)
        Answers.
    """
    rng = np.random.RandomState(d)
    X = draw_rows(d, n_rows, rng)
    slopes = rng.normal(size=d) * 0.3
    slopes[:3] = [1, -2, 0.8]
    return X, X @ slopes + 2 * (X[:, 2] > 0) * X[:, 1]


def draw_rows(d: int, n_rows: int, rng) -> np.ndarray:
    """Draw rows of normal columns, of which the first is skewed."""
    X = rng.normal(size=(n_rows, d))
    X[:, 0] = np.exp(X[:, 0])
    return X


def _diabetes(_):
    X, y = load_diabetes(return_X_y=True)
    return X, y, X[0]


def _with_spread(problem: Problem) -> Problem:
    """Fill in R2 and spread, from rows: nothing but the tables' columns needs them."""
    explainer = problem.make(20_000, "random").set_params(random_state=0)
    hood = explainer.sample(problem.x)
    rows, answers = problem.matches(hood)[1:], hood.answers[1:, 0]
    shares = problem.kernel(rows)
    shares /= shares.sum()
    errors = answers - rows @ problem.truth
    variance, unexplained = (shares @ (v - shares @ v) ** 2 for v in (answers, errors))
    line = Line(
        problem.truth,
        problem.line.intercept,
        float(1 - unexplained / variance),
        float(np.sqrt(variance)),
    )
    parts = vars(problem) | {"line": line}
    return Problem(**parts)


@cache
def numbers(kind: str, d: int, factor: float = 1.0) -> Problem:
    """Return a function of one direction of standardized Gaussian columns.

    Parameters
    ----------
    kind : {"probit", "step", "sine"}
        Shape along the direction.
    d : int
        Number of columns.
    factor : float, default=1.0
        Width of the kernel, in units of the default's.
    """
    rng = np.random.RandomState(d)
    x = rng.normal(size=d) * 0.7
    direction = rng.normal(size=d)
    direction[:3] = [2.0, -1.5, 1.0]
    direction *= (2.0 if kind == "sine" else 1.0) / np.linalg.norm(direction)
    X = rng.normal(size=(400, d))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    width = 0.75 * np.sqrt(d) * factor
    function = Ridge1D(kind, direction)
    line = line_of_normals(function, x, width)
    name = f"{kind} of {d} numbers"
    return _table_problem(name, function, line, X, x, width, discretizer=None)
