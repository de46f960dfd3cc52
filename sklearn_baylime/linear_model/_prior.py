"""Checks of the prior's parameters, with errors that say what was expected."""

from __future__ import annotations

import numpy as np
from scipy import linalg
from sklearn.utils import check_array


def times_precision(precision: np.ndarray | None, vectors: np.ndarray) -> np.ndarray:
    """Return ``precision @ vectors``; None stands for the identity."""
    if precision is None:
        return vectors
    if precision.ndim == 1:
        return precision[:, None] * vectors
    return precision @ vectors


def check_prior_mean(prior_mean, n_features, n_targets):
    """Return the prior mean as an array of shape (n_features, n_targets)."""
    mean = (
        check_array(
            prior_mean,
            dtype=np.float64,
            ensure_2d=False,
            ensure_min_samples=0,
            input_name="prior_mean",
        )
        if np.ndim(prior_mean)
        else np.array(float(prior_mean))
    )
    expected = {(), (n_features,), (n_targets, n_features)}
    if mean.shape not in expected:
        raise ValueError(
            f"prior_mean has shape {mean.shape}, expected a number, one value a "
            f"feature {(n_features,)} or one row a target {(n_targets, n_features)}."
        )
    if not np.isfinite(mean).all():
        raise ValueError(f"prior_mean is {prior_mean}, expected a finite number.")
    return np.broadcast_to(mean, (n_targets, n_features)).T


def check_prior_precision(prior_precision, n_features):
    """Return the precision without its common factor, and its upper root.

    None stands for the identity, whose factor lambda is fitted or the given number.
    """
    if prior_precision is None or np.ndim(prior_precision) == 0:
        return None, None
    precision = check_array(
        prior_precision,
        dtype=np.float64,
        ensure_2d=False,
        ensure_min_samples=0,
        input_name="prior_precision",
    )
    if precision.shape == (n_features,):
        if (precision <= 0).any():
            first = int(np.argmax(precision <= 0))
            raise ValueError(
                f"prior_precision is {precision[first]:g} for feature {first}, "
                "expected positive numbers; a nearly flat prior is a small one, such as 1e-6."
            )
        return precision, np.sqrt(precision)
    if precision.shape != (n_features, n_features):
        raise ValueError(
            f"prior_precision has shape {precision.shape}, expected a number, one "
            f"value a feature {(n_features,)} or a matrix {(n_features, n_features)}."
        )
    if not np.allclose(precision, precision.T, rtol=1e-10, atol=0):
        raise ValueError("prior_precision is a matrix that is not symmetric.")
    try:
        return precision, linalg.cholesky(precision)
    except linalg.LinAlgError:
        smallest = linalg.eigvalsh(precision)[0]
        raise ValueError(
            "prior_precision is a matrix that is not positive definite: its smallest "
            f"eigenvalue is {smallest:.3g}, expected more than 0."
        ) from None
