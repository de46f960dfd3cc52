"""Checks of the prior's parameters, with errors that say what was expected."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from sklearn_baylime.linear_model._whitening import Whitening

# Numbers whose squares and their sums a float holds.
LARGEST = 1e100


def check_prior_mean(prior_mean: Any, n_features: int, n_targets: int) -> np.ndarray:
    """Return the prior mean as an array of shape (n_features, n_targets)."""
    mean = _finite_array(prior_mean, "prior_mean")
    expected = {(), (n_features,), (n_targets, n_features)}
    if mean.shape not in expected:
        raise ValueError(
            f"prior_mean has shape {mean.shape}, expected a number, one value a "
            f"feature {(n_features,)} or one row a target {(n_targets, n_features)}."
        )
    check_sizes(mean, "prior_mean")
    return np.broadcast_to(mean, (n_targets, n_features)).T


def check_prior_scale(prior_scale: Any) -> None:
    """Refuse a factor that is not finite."""
    if isinstance(prior_scale, str):
        return
    if not np.isfinite(prior_scale):
        raise ValueError(f"prior_scale is {prior_scale}, expected a finite number.")
    check_sizes(prior_scale, "prior_scale")


def check_sizes(values: Any, name: str, least: float = 0.0) -> None:
    """Refuse numbers that cannot be squared, and positive ones as small as that.

    Raises
    ------
    ValueError
        With the largest, or least, of them.
    """
    array = np.asarray(values, dtype=np.float64)
    most = max(array.max(initial=0.0), -array.min(initial=0.0))
    if most > LARGEST:
        raise ValueError(
            f"{name} is as large as {most:.3g}, expected at most {LARGEST:g}: no float "
            "holds the squares of much larger numbers; give it in another unit."
        )
    low = array[array > 0].min(initial=np.inf) if least else np.inf
    if low < least:
        raise ValueError(
            f"{name} is as small as {low:.3g}, expected at least {least:g}, which "
            "stands for none; give it in another unit."
        )


def check_prior_precision(prior_precision: Any, n_features: int) -> Whitening:
    """Return the root of the precision without its common factor.

    That is the identity where the factor lambda is fitted or the given number.
    """
    if prior_precision is None:
        return Whitening()
    precision = _finite_array(prior_precision, "prior_precision")
    check_sizes(precision, "prior_precision")
    own = precision.diagonal() if precision.ndim == 2 else precision
    check_sizes(own, "prior_precision", 1 / LARGEST)
    if precision.ndim == 0:
        _check_diagonal(precision[None])
        return Whitening()
    if precision.shape == (n_features,):
        return Whitening(_check_diagonal(precision))
    if precision.shape == (n_features, n_features):
        return Whitening(_check_matrix(precision))
    raise ValueError(
        f"prior_precision has shape {precision.shape}, expected a number, one value a "
        f"feature {(n_features,)} or a matrix {(n_features, n_features)}."
    )


def _finite_array(values: Any, name: str) -> np.ndarray:
    if np.iscomplexobj(values):
        raise TypeError(f"{name} holds complex numbers, expected real ones.")
    # scikit-learn's own check may be switched off by assume_finite.
    array = np.asarray(values, dtype=np.float64)
    bad = ~np.isfinite(array)
    if bad.any():
        raise ValueError(
            f"{name} contains NaN or infinity ({array[bad][0]} at position "
            f"{int(np.argmax(bad))}), expected finite numbers."
        )
    return array


def _check_diagonal(precision: np.ndarray) -> np.ndarray:
    if (precision <= 0).any():
        first = int(np.argmax(precision <= 0))
        raise ValueError(
            f"prior_precision is {precision[first]:g} for feature {first}, expected "
            "positive numbers; a nearly flat prior is a small one, such as 1e-6."
        )
    return np.sqrt(precision)


def _check_matrix(precision: np.ndarray) -> np.ndarray:
    rounding = 1e-8 * np.abs(precision).max()
    if not np.allclose(precision, precision.T, rtol=0, atol=rounding):
        raise ValueError(
            "prior_precision is a matrix that is not symmetric, expected a symmetric "
            "one; (matrix + matrix.T) / 2 is."
        )
    precision = 0.5 * (precision + precision.T)
    try:
        return linalg.cholesky(precision)
    except linalg.LinAlgError:
        smallest = linalg.eigvalsh(precision)[0]
        raise ValueError(
            "prior_precision is a matrix that is not positive definite: its smallest "
            f"eigenvalue is {smallest:.3g}, expected more than 0."
        ) from None
