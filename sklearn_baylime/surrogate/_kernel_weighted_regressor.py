"""A regressor whose sample weights come from a kernel."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone
from sklearn.feature_selection import RFE, RFECV, SelectFromModel
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, has_fit_parameter, validate_data

from sklearn_baylime.base._parts import kernel_distance, kernel_facts, log_weights
from sklearn_baylime.base._plain import QuickParameters
from sklearn_baylime.base._regressors import (
    coefficients,
    columns_behind,
    innermost,
    intercept_of,
    states_uncertainty,
    steps_of,
    takes_groups,
    takes_sparse,
)
from sklearn_baylime.base._sklearn import (
    BaseSearchCV,
    HasMethods,
    StrOptions,
    check_sample_weight,
    fit_context,
)
from sklearn_baylime.base._words import tags_of
from sklearn_baylime.surrogate._selected_prior import fit_selected, has_prior

# A row of less log weight, relative to the nearest, does not change a sum of doubles.
_VANISHED = -36.0


def effective_sample_size(weights: Any, sample_weight: Any = None) -> float:
    r"""Return Kish's number of equally weighted rows that are worth as much.

    Parameters
    ----------
    weights : array-like of shape (n_samples,)
        Weights of the rows.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        How often each row counts.

    Returns
    -------
    n_effective : float
        :math:`(\sum_i u_i w_i)^2 / \sum_i u_i w_i^2` with the repetitions :math:`u`.

    Examples
    --------
    >>> from sklearn_baylime.surrogate import effective_sample_size
    >>> effective_sample_size([1.0, 1.0, 0.0])
    2.0
    """
    weights = np.asarray(weights, dtype=np.float64)
    counts = np.ones_like(weights) if sample_weight is None else sample_weight
    return float((counts @ weights) ** 2 / (counts @ weights**2))


class KernelWeightedRegressor(
    QuickParameters, MetaEstimatorMixin, RegressorMixin, BaseEstimator
):
    r"""Regressor that weighs each row by a kernel before it is fitted.

    Parameters
    ----------
    kernel : estimator
        Kernel with `fit` and `score_samples`, which returns log weights.

    regressor : estimator
        Regressor that takes `sample_weight`; or a `Pipeline` of transformers and
        feature selectors that ends in one: the kernel sees the rows before them. Every
        step that takes `sample_weight`, or hands it on to its estimator, gets the
        weights; `RFECV` and `SequentialFeatureSelector` do not. Where `prior_mean` or
        `prior_precision` of the regressor has a value for each column, it gets what
        they say on the selected columns alone.

    rescale : bool or "auto", default="auto"
        Whether the weights are rescaled to sum to the effective sample size
        :math:`(\sum w)^2 / \sum w^2`. That is what a weighted sample is worth when a
        noise precision is to be fitted; with the raw sum, or the number of rows, the
        uncertainty of a narrow kernel comes out wrong by factors. "auto" does so for
        regressors that state an uncertainty (their `predict` takes `return_std`), and
        leaves the weights alone for others, such as `Ridge`, whose penalty is meant
        against the raw weights. Raw weights that are all 0 as floats are divided by the
        largest. Where weights are rescaled, the largest counts no more than the second:
        under a narrow kernel the instance's own row would outweigh all others and be
        met exactly, so that the rows said nothing.

    Attributes
    ----------
    kernel_ : estimator
        Fitted kernel.

    regressor_ : estimator
        Fitted regressor.

    weights_ : ndarray of shape (n_samples,)
        Weights that the regressor was given.

    effective_sample_size_ : float
        Number of equally weighted rows that the weighted rows are worth.

    support_ : ndarray of bool of shape (n_features,)
        Features that reach the regressor. Where a transformer that is no selector
        stands in between, such as `PolynomialFeatures`, they are its columns.

    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients of a linear regressor, 0 for features that were not selected.

    intercept_ : float or ndarray of shape (n_targets,)
        Intercept of a linear regressor.

    n_features_in_ : int
        Number of columns seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn_baylime.surrogate import ExponentialKernel, KernelWeightedRegressor
    >>> X = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    >>> local = KernelWeightedRegressor(ExponentialKernel(), Ridge(alpha=1e-9))
    >>> local.fit(X, [3.0, 1.0, 2.0, 0.0]).coef_.round(6)
    array([1., 2.])
    """

    _parameter_constraints: dict = {
        "kernel": [HasMethods(["fit", "score_samples"])],
        "regressor": [HasMethods(["fit", "predict"])],
        "rescale": ["boolean", StrOptions({"auto"})],
    }

    def __init__(
        self, kernel: Any, regressor: Any, *, rescale: str | bool = "auto"
    ) -> None:
        self.kernel = kernel
        self.regressor = regressor
        self.rescale = rescale

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, log_weight: Any = None
    ) -> Self:
        """Weigh the rows and fit the regressor.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Answers.
        sample_weight : array-like of shape (n_samples,), default=None
            Repetitions of the rows, times which the kernel's weights count.
        log_weight : array-like of shape (n_samples,), default=None
            Added to the kernel's log weights, such as the importance of rows that were
            not drawn by the law that is meant.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            If all kernel weights vanish but that of a single row.
        """
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            multi_output=self.__sklearn_tags__().target_tags.multi_output,
            y_numeric=True,
        )
        if sample_weight is not None:
            sample_weight = check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
        if log_weight is not None:
            log_weight = check_sample_weight(log_weight, X, dtype=np.float64)
        return self.fit_weighted(X, y, self.weigh(X, sample_weight, log_weight))

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Predict by the local model.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        return_std : bool, default=False
            Whether to return the predictive standard deviation, for regressors that
            state one.

        Returns
        -------
        y_mean : ndarray of shape (n_samples,) or (n_samples, n_targets)
        y_std : ndarray of the same shape
            Only with `return_std`.
        """
        check_is_fitted(self)
        X = validate_data(
            self,
            X,
            accept_sparse="csr",
            dtype=[np.float64, np.float32],
            reset=False,
        )
        if return_std:
            *between, _ = steps_of(self.regressor_)
            for step in between:
                X = step.transform(X)
            return innermost(self.regressor_).predict(X, return_std=True)
        return self.regressor_.predict(X)

    def fit_weighted(
        self, X: Any, y: Any, weights: np.ndarray, groups: Any = None
    ) -> Self:
        """Fit the regressor to rows that `weigh` has weighed.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows, checked before.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Answers.
        weights : ndarray of shape (n_samples,)
            What `weigh` returned for the rows.
        groups : ndarray of int of shape (n_samples,) or None, default=None
            Rows that are one observation together, for regressors that ask.

        Returns
        -------
        self : object
            Fitted estimator.
        """
        self.weights_ = weights
        self.n_features_in_ = X.shape[1]
        self.regressor_ = clone(self.regressor, safe=False)
        parameters = _weight_parameters(self.regressor_, weights)
        if groups is not None and takes_groups(self.regressor_):
            parameters |= _named(self.regressor_, "groups", groups)
        if isinstance(self.regressor_, Pipeline) and has_prior(self.regressor_[-1]):
            fit_selected(self.regressor_, X, y, parameters)
        else:
            self.regressor_.fit(X, y, **parameters)
        self._read_coefficients()
        return self

    def weigh(
        self,
        X: Any,
        sample_weight: Any = None,
        log_weight: Any = None,
        *,
        has_instance: bool = False,
        is_exhaustive: bool = False,
    ) -> np.ndarray:
        """Fit the kernel and return the weights that the regressor would be given.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        sample_weight : array-like of shape (n_samples,), default=None
            Repetitions of the rows.
        log_weight : array-like of shape (n_samples,), default=None
            Added to the kernel's log weights, such as the importance of rows that were
            not drawn by the law that is meant.
        has_instance : bool, default=False
            Whether the instance is among the rows. Its weight is 1, and log weights
            above 0 are refused, since they may be weights by mistake.
        is_exhaustive : bool, default=False
            Whether the rows are all there are: the instance's counts as it is then.

        Returns
        -------
        weights : ndarray of shape (n_samples,)

        Raises
        ------
        ValueError
            If all kernel weights vanish but that of a single row.
        """
        self.kernel_ = clone(self.kernel, safe=False)
        self.kernel_.fit(X)
        logs = log_weights(self.kernel_, X, is_relative=not has_instance)
        if log_weight is not None:
            logs = logs + log_weight
        counts = np.ones(len(logs)) if sample_weight is None else sample_weight
        if not counts.any():
            raise ValueError(
                "Sample weights must contain at least one non-zero number."
            )
        relative, far = relative_logs(logs, counts)
        if far.any():
            nearest = int(np.argmax(np.where(far, logs, -np.inf)))
            self._raise_vanished(X[nearest : nearest + 1], relative[nearest])
        if self.is_rescaled:
            shares, self.effective_sample_size_ = rescaled_weights(
                np.exp(relative), counts, is_exhaustive=is_exhaustive
            )
            return counts * shares
        shares = np.exp(relative)
        self.effective_sample_size_ = effective_sample_size(shares, counts)
        weights = counts * np.exp(logs)
        return weights if weights.any() else counts * shares

    @property
    def is_rescaled(self) -> bool:
        """Whether weights are rescaled to sum to the effective sample size."""
        if self.rescale == "auto":
            return states_uncertainty(self.regressor)
        return bool(self.rescale)

    def _raise_vanished(self, nearest: Any, relative: Any) -> None:
        """Say how far the nearest of the rows is whose weights vanish."""
        width = kernel_facts(self.kernel_)["width"]
        distances, distance = kernel_distance(self.kernel_, nearest), ""
        if width is not None and distances is not None:
            distance = (
                f"(at distance {float(distances[0]):.4g} where the kernel's width is "
                f"{width:.4g})"
            )
        raise ValueError(
            "All kernel weights vanish but that of one row: relative to it, the "
            f"nearest other row has log weight {relative:.4g} {distance}, "
            f"expected some above {_VANISHED:g}. Use a wider kernel, scale the "
            "columns, or sample nearer to the instance."
        )

    def _read_coefficients(self) -> None:
        """Set support and coefficients; those of selectors' output are put back."""
        *between, _ = steps_of(self.regressor_)
        last = innermost(self.regressor_)
        coef = coefficients(last)
        n_last = self.n_features_in_ if coef is None else coef.shape[-1]
        self.support_, _ = columns_behind(between, self.n_features_in_, n_last)
        if coef is not None:
            self.coef_ = np.zeros(coef.shape[:-1] + self.support_.shape)
            self.coef_[..., self.support_] = coef
            self.intercept_ = intercept_of(last)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        sparse = takes_sparse(self.regressor) and takes_sparse(self.kernel)
        tags.input_tags.sparse = sparse
        inner = tags_of(self.regressor)
        several = inner is not None and inner.target_tags.multi_output
        tags.target_tags.multi_output = several
        return tags


def relative_logs(
    logs: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return log weights relative to the largest, and which leave one row alone.

    Only the differences matter here, so that far rows can still be compared.

    Parameters
    ----------
    logs : ndarray of shape (n_samples,)
    counts : ndarray of shape (n_samples,)
        How often each row counts; one that is repeated counts as several.

    Returns
    -------
    relative : ndarray of shape (n_samples,)
        Minus infinity for rows that do not count.
    far : ndarray of bool of shape (n_samples,)
        Rows whose weights vanish, if that leaves a single row; else none.
    """
    counted = counts > 0
    relative = np.where(counted, logs - logs[counted].max(), -np.inf)
    far = counted & (relative < _VANISHED)
    is_alone = far.sum() == counted.sum() - 1 and counts[~far].sum() <= 1
    return relative, far & is_alone


def rescaled_weights(
    shares: np.ndarray, counts: np.ndarray, *, is_exhaustive: bool = False
) -> tuple[np.ndarray, float]:
    """Return weights that sum to the effective sample size, and that size.

    Parameters
    ----------
    shares : ndarray of shape (n_samples,)
        Weights up to a factor.
    counts : ndarray of shape (n_samples,)
        How often each row counts; that is not part of the weights returned.
    is_exhaustive : bool, default=False
        Whether the rows are all there are: a single largest one counts as it is then.
    """
    if not is_exhaustive:
        shares = _without_peak(shares, counts)
    n_effective = effective_sample_size(shares, counts)
    return shares * (n_effective / (counts @ shares)), n_effective


def _without_peak(shares: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Cap a single largest weight at the second largest, whichever row has it."""
    counted = shares * (counts > 0)
    first = int(np.argmax(counted))
    if counts[first] != 1 or len(shares) < 2:
        return shares
    second = np.partition(counted, -2)[-2]
    if not 0 < second < shares[first]:
        return shares
    capped = shares.copy()
    capped[first] = second
    return capped


def _weight_parameters(regressor: Any, weights: np.ndarray) -> dict:
    """Name the weights for each step that takes them."""
    if not isinstance(regressor, Pipeline):
        return {"sample_weight": weights}
    return {
        f"{name}__sample_weight": weights
        for name, step in regressor.steps
        if has_fit_parameter(step, "sample_weight") or _hands_weights_on(step)
    }


def _named(regressor: Any, parameter: str, value: Any) -> dict:
    """Name a parameter of the last step's `fit`."""
    if not isinstance(regressor, Pipeline):
        return {parameter: value}
    return {f"{regressor.steps[-1][0]}__{parameter}": value}


def _hands_weights_on(step: Any) -> bool:
    """Tell steps whose `fit` passes to their estimator what it does not name itself.

    Others, such as `RFECV`, take it only by metadata routing.
    """
    passes = isinstance(step, (SelectFromModel, RFE, BaseSearchCV))
    return (
        passes
        and not isinstance(step, RFECV)
        and has_fit_parameter(step.estimator, "sample_weight")
    )
