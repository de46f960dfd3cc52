"""What is known of the weights before the black box is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
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

    drawn : str, tuple of str or None, default=None
        Name of the random numbers that an explanation's rows were made of, where the
        mean comes from one, or of several. Rows of the same name are refused as data.

    Notes
    -----
    A prior must come from other data than the rows it is combined with, or they count
    twice. Explanations of other instances, and of other seeds, have rows of their own,
    unless they were told to share them.

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
    drawn: str | tuple[str, ...] | None = None

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

    def discounted(self, share: float) -> Prior:
        r"""Return the power prior: the same knowledge, counted as a share of itself.

        Parameters
        ----------
        share : float
            From 0 (excluded), nothing, to 1, all: the power :math:`a_0` to which the
            prior's density is raised, which multiplies its precision.

        Returns
        -------
        prior : Prior

        Raises
        ------
        ValueError
            If the precision is not stated, since learned trust needs no discount, or
            the share is not between 0 and 1.

        References
        ----------
        .. [1] J. Ibrahim, M.-H. Chen (2000). Power prior distributions for regression
           models. Statistical Science 15.

        Examples
        --------
        >>> from sklearn_baylime.priors import Prior
        >>> Prior([0.5, 0.0], precision=100.0).discounted(0.25).precision
        25.0
        """
        if self.precision is None or not 0 < share <= 1:
            raise ValueError(
                f"The precision is {self.precision} and share {share}, expected a "
                "stated precision and a share above 0 and up to 1; trust that is "
                "learned is discounted by the answers."
            )
        precision = np.asarray(self.precision, dtype=float) * share
        return replace(
            self, precision=precision if precision.ndim else float(precision)
        )

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
    if isinstance(prior, Prior):
        return prior
    try:
        return Prior(np.asarray(prior, dtype=float))
    except (TypeError, ValueError):
        raise TypeError(
            f"The prior is {prior!r:.80}, expected numbers, one a feature, or a Prior."
        ) from None


def names_of(drawn: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the names of the rows that a prior was made of, none if not known."""
    if drawn is None:
        return ()
    return (drawn,) if isinstance(drawn, str) else drawn
