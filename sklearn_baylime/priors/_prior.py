"""What is known of the weights before the black box is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Prior:
    """Prior mean of the weights, and how far to trust it.

    Parameters
    ----------
    mean : float or array-like of shape (n_features,) or (n_targets, n_features)
        Expected weights, in units of the answer per unit of the feature.

    precision : None, float or array-like of shape (n_features,) or \
            (n_features, n_features), default=None
        Inverse of the prior covariance; None learns one trust from the data, and takes
        it as known, which makes intervals a little too short.

    scale : float or "fit", default=1.0
        Factor on `mean`; "fit" learns it, for means without units such as heat maps.

    Notes
    -----
    A prior must come from other data than the rows it is combined with, or they count
    twice. Explanations of other instances, and of other seeds, have rows of their own.

    Examples
    --------
    >>> from sklearn_baylime.priors import Prior
    >>> Prior([0.5, 0.0], precision=100.0).parameters()["prior_precision"]
    100.0
    """

    mean: Any
    precision: Any = None
    scale: Any = 1.0

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of `InformativeBayesianRidge` that state this prior.

        Returns
        -------
        parameters : dict
        """
        return {
            "prior_mean": self.mean,
            "prior_precision": self.precision,
            "prior_scale": self.scale,
        }


def as_prior(prior) -> Prior:
    """Return a `Prior`; an array of weights is a mean whose trust is learned."""
    return prior if isinstance(prior, Prior) else Prior(np.asarray(prior, dtype=float))
