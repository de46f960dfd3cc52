"""What a local regressor must do, check by check."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_baylime.base._comparing import (
    clones_well,
    is_same,
    nothing_written,
    pickled,
    read_only,
    require,
)
from sklearn_baylime.base._parts import check_regressor_signature, clone_part
from sklearn_baylime.base._regressors import takes_several_targets

# Regressors that iterate stop a little before the end.
_RTOL, _ATOL = 1e-3, 1e-4


class RegressorCase:
    """A regressor with answers to fit.

    Parameters
    ----------
    part : object
        The regressor; it is cloned.
    rows : ndarray of shape (n_rows, n_columns), default=None
        Rows; normal numbers if None.
    """

    answers: np.ndarray

    def __init__(self, part: Any, rows: Any = None) -> None:
        self.part, self.name = part, type(part).__name__
        rng = np.random.default_rng(0)
        self.rows = rng.normal(size=(60, 3)) if rows is None else np.asarray(rows)
        n_rows, n_columns = self.rows.shape
        effects = rng.normal(size=(n_columns, 2))
        self.answers = self.rows @ effects + 1.0 + 0.1 * rng.normal(size=(n_rows, 2))
        self.weights = rng.uniform(0.5, 1.0, n_rows)

    @property
    def several(self) -> bool:
        """Whether it says that it takes several targets at once."""
        return takes_several_targets(self.part)

    def fit(self, rows: Any, y: Any, weights: Any) -> Any:
        """Return a fitted clone."""
        regressor = clone_part(self.part)
        regressor.fit(rows, y, sample_weight=weights)
        return regressor

    def fit_one(self) -> Any:
        """Return a clone fitted to one target."""
        return self.fit(self.rows, self.answers[:, 0], self.weights)


def _linear(fitted: Any) -> Any:
    """Return the model that has the weights, which may be a search's best."""
    return getattr(fitted, "best_estimator_", fitted)


def has_the_methods(case: RegressorCase) -> None:
    """Check that methods are there, and take what they are given."""
    check_regressor_signature(case.part)


def has_clones(case: RegressorCase) -> None:
    """Check that a clone has the parameters alone."""
    clones_well(case.part)


def coef_is_one_weight_a_column(case: RegressorCase) -> None:
    """Check the shape: (n_columns,) for one target, one row each for several."""
    n_columns = case.rows.shape[1]
    _check_coef(case, case.fit_one(), (n_columns,), ((), (1,)))
    if case.several:
        fitted = case.fit(case.rows, case.answers, case.weights)
        _check_coef(case, fitted, (2, n_columns), ((), (2,)))


def _check_coef(case: Any, fitted: Any, expected: Any, intercepts: Any) -> None:
    model = _linear(fitted)
    require(
        hasattr(model, "coef_"),
        f"{case.name} has no coef_ after fit, expected the weights of the columns, "
        f"{expected}: only linear models say what each column does.",
    )
    shape = np.shape(model.coef_)
    require(
        shape == expected,
        f"{case.name}.coef_ has shape {shape}, expected {expected}: write self.coef_ "
        "= coef.T for weights in columns, or coef.ravel() for one target.",
    )
    shape = np.shape(getattr(model, "intercept_", 0.0))
    require(
        shape in intercepts,
        f"{case.name}.intercept_ has shape {shape}, expected one of {intercepts}.",
    )


def predicts_by_its_weights(case: RegressorCase) -> None:
    """Check that fidelity is that of the weights which are shown."""
    fitted = case.fit_one()
    model = _linear(fitted)
    shown = case.rows @ model.coef_ + getattr(model, "intercept_", 0.0)
    predicted = np.asarray(fitted.predict(case.rows))
    require(
        predicted.shape == shown.shape
        and np.allclose(predicted, shown, rtol=_RTOL, atol=_ATOL),
        f"{case.name}.predict returned something else than X @ coef_ + intercept_, "
        "expected the linear model that an explanation shows.",
    )


def rows_of_weight_zero_do_not_matter(case: RegressorCase) -> None:
    """Check that what the kernel leaves out has no effect."""
    far = np.concatenate([case.rows, 3.0 * case.rows[:9]])
    y = np.concatenate([case.answers[:, 0], np.full(9, 50.0)])
    weights = np.concatenate([case.weights, np.zeros(9)])
    coef = _linear(case.fit_one()).coef_
    other = _linear(case.fit(far, y, weights)).coef_
    require(
        np.allclose(coef, other, rtol=_RTOL, atol=_ATOL),
        f"{case.name}.coef_ changes from {coef} to {other} by rows of weight 0, "
        "expected no change: use sample_weight in all sums.",
    )


def input_is_left_alone(case: RegressorCase) -> None:
    """Check that rows, answers and weights are not written to."""
    given: list[Any] = [case.rows, case.answers[:, 0].copy(), case.weights]
    loose = [array.copy() for array in given]
    with nothing_written(case.name):
        case.fit(*map(read_only, given))
        case.fit(*loose)
    same = all(map(is_same, loose, given))
    require(same, f"{case.name}.fit changes what it is given: work on a copy.")


def can_be_pickled(case: RegressorCase) -> None:
    """Check that searches and processes can hand regressors to each other."""
    fitted = case.fit_one()
    twin = pickled(fitted)
    require(
        np.array_equal(twin.predict(case.rows), fitted.predict(case.rows)),
        f"{case.name} predicts something else after a pickle: keep what it has learned "
        "among its attributes.",
    )


def sigma_fits_the_weights(case: RegressorCase) -> None:
    """Check that a covariance, where there is one, is that of the columns."""
    sigma: Any = getattr(_linear(case.fit_one()), "sigma_", None)
    n_columns = case.rows.shape[1]
    require(
        sigma is None or np.shape(sigma) == (n_columns, n_columns),
        f"{case.name}.sigma_ has shape {np.shape(sigma)}, expected that of the "
        f"covariance of the weights, {(n_columns, n_columns)}.",
    )


CHECKS = [
    has_the_methods,
    has_clones,
    # Before the others, which would see what was written.
    input_is_left_alone,
    coef_is_one_weight_a_column,
    predicts_by_its_weights,
    rows_of_weight_zero_do_not_matter,
    can_be_pickled,
    sigma_fits_the_weights,
]
