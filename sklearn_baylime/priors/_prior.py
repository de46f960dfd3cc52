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
        Inverse of the prior covariance, where it is known; None learns one trust from
        the data.

    scale : float or "fit", default=1.0
        Factor on `mean`; "fit" learns it, for means without units such as heat maps.

    odds : None, "open" or dict of str to float, default=None
        How far to believe that the mean is right as ``"stated"``, that its
        ``"direction"`` is right at an unknown scale, and that it says ``"nothing"``:
        relative numbers, such as ``{"stated": 1, "nothing": 1}``. "open" is 1, 1 and 2.
        None is "open" where the trust is learned, and takes a mean whose precision is
        stated as it is. Regressors that do not weigh hypotheses take every mean so.

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
    odds: Any = None

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

    def hypotheses(self) -> Any:
        """Return the odds of what the mean may be: `odds`, or what follows from it.

        Returns
        -------
        odds : "open", dict or None
            None takes the mean as stated.
        """
        if self.odds is not None:
            return self.odds
        return "open" if self.precision is None else None


def as_prior(prior: Any) -> Prior:
    """Return a `Prior`; an array of weights is a mean whose trust is learned."""
    return prior if isinstance(prior, Prior) else Prior(np.asarray(prior, dtype=float))
