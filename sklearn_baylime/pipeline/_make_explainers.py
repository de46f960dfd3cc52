"""The usual chains, in one call."""

from __future__ import annotations

from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import Ridge

from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.pipeline._black_box import BlackBox
from sklearn_baylime.pipeline._explainer_pipeline import ExplainerPipeline
from sklearn_baylime.representation import QuantileDiscretizer
from sklearn_baylime.sampling import BinSampler
from sklearn_baylime.surrogate import ExponentialKernel, MatchBinarizer

_BINS = {"quartile": 4, "decile": 10}


def make_tabular_explainer(
    black_box,
    *,
    discretizer="quartile",
    categorical_features=None,
    feature_names=None,
    n_samples=5000,
    n_features=None,
    kernel_width=None,
    regressor=None,
    class_names=None,
    batch_size=None,
    stopping=None,
    random_state=None,
    n_jobs=None,
    memory=None,
    verbose=False,
):
    """Make LIME's explainer for tables, with a Bayesian local model.

    Parameters
    ----------
    black_box : callable, fitted estimator or BlackBox
        The model to explain. Of a classifier, the probabilities are asked.

    discretizer : "quartile", "decile" or estimator, default="quartile"
        How numeric columns are cut into bins.

    categorical_features : array-like of int or str, default=None
        Columns to treat as categories; strings, booleans and frame categories are so
        without being named.

    feature_names : array-like of str or None, default=None
        Names of the columns of arrays; frames bring their own.

    n_samples : int, default=5000
        Rows asked around each instance, the instance counted.

    n_features : int or None, default=None
        Number of features in the explanation, those with the largest weights; all if
        None.

    kernel_width : float or None, default=None
        Width of the kernel, in units of the Euclidean distance between matches; 0.75
        times the root of the number of columns if None.

    regressor : estimator or None, default=None
        Local model; `InformativeBayesianRidge(covariance="robust")` if None.
        `sklearn.linear_model.Ridge(alpha=1)` gives LIME's weights.

    class_names : sequence of str or None, default=None
        Names of the outputs; the model's classes if None.

    batch_size : int or None, default=None
        Most rows in one call of the model; see `BlackBox`.

    stopping : callable or None, default=None
        When to stop asking; see `ExplainerPipeline`.

    random_state : int, RandomState instance or None, default=None
        Seed; with an int every call gives the same explanation.

    n_jobs : int or None, default=None
        Groups of instances explained in parallel.

    memory : None, True, str, mapping or joblib.Memory, default=None
        Where answers are kept; see `BlackBox`.

    verbose : bool or callable, default=False
        Whether to show progress; see `ExplainerPipeline`.

    Returns
    -------
    explainer : ExplainerPipeline
        With the steps discretize, sample, binarize, kernel, [select,] regressor. Fit it
        to background data, such as the model's training data.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_baylime import make_tabular_explainer
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = LogisticRegression(max_iter=1000).fit(X, y)
    >>> explainer = make_tabular_explainer(model, random_state=0).fit(X)
    >>> explanation = explainer.explain_instance(X.iloc[0])
    >>> explanation.as_list()[0][0]
    'petal length (cm) <= 1.6'
    """
    steps = [
        (
            "discretize",
            _make_discretizer(discretizer, categorical_features, feature_names),
        ),
        ("sample", BinSampler(n_samples=n_samples)),
        ("binarize", MatchBinarizer()),
        ("kernel", ExponentialKernel(width=kernel_width)),
        *_make_selection(n_features),
        ("regressor", _make_regressor(regressor)),
    ]
    if not isinstance(black_box, BlackBox):
        black_box = BlackBox(
            black_box, batch_size=batch_size, output_names=class_names, memory=memory
        )
        batch_size = memory = None
    elif class_names is not None:
        raise ValueError(
            "class_names were given beside a BlackBox, expected them as its "
            "output_names."
        )
    return ExplainerPipeline(
        steps,
        black_box=black_box,
        batch_size=batch_size,
        stopping=stopping,
        random_state=random_state,
        n_jobs=n_jobs,
        memory=memory,
        verbose=verbose,
    )


def _make_discretizer(discretizer, categorical_features, feature_names):
    if isinstance(discretizer, str):
        if discretizer not in _BINS:
            raise ValueError(
                f"discretizer is {discretizer!r}, expected one of {sorted(_BINS)} or a "
                "discretizer."
            )
        return QuantileDiscretizer(
            _BINS[discretizer],
            categorical_features=categorical_features,
            feature_names=feature_names,
        )
    if categorical_features is not None or feature_names is not None:
        raise ValueError(
            "categorical_features or feature_names were given beside a discretizer, "
            "expected them in the discretizer itself."
        )
    return discretizer


def _make_selection(n_features):
    """LIME's highest weights: the largest of a ridge on all features."""
    if n_features is None:
        return []
    ridge = Ridge(alpha=0.01)
    return [
        (
            "select",
            SelectFromModel(ridge, threshold=float("-inf"), max_features=n_features),
        )
    ]


def _make_regressor(regressor):
    if regressor is None:
        return InformativeBayesianRidge(covariance="robust")
    return regressor
