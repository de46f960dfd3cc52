"""Several sources of knowledge as one."""

from __future__ import annotations

import numpy as np

from sklearn_baylime.priors._prior import Prior, names_of


def combine_priors(*priors: Prior) -> Prior:
    r"""Combine independent sources of knowledge of the same weights.

    Parameters
    ----------
    *priors : Prior
        Each with a stated precision and ``scale=1.0``, feature by feature in the same
        order.

    Returns
    -------
    prior : Prior
        Precisions add, :math:`\Lambda = \sum_i \Lambda_i`, and the mean is theirs,
        :math:`\mu = \Lambda^{-1} \sum_i \Lambda_i \mu_i`.

    Raises
    ------
    ValueError
        If there is no prior, a precision is not stated, a scale is free, or lengths
        differ.

    Notes
    -----
    Sources that know of each other count twice: discount them by `Prior.discounted`.

    Examples
    --------
    >>> from sklearn_baylime.priors import Prior, combine_priors
    >>> expert = Prior([1.0, 0.0], precision=30.0)
    >>> before = Prior([0.0, 0.0], precision=[10.0, 50.0])
    >>> both = combine_priors(expert, before)
    >>> both.mean, both.precision
    (array([0.75, 0.  ]), array([40., 80.]))
    """
    lengths = {np.shape(prior.mean)[-1] for prior in priors if np.ndim(prior.mean)}
    usable = [prior.precision is not None and prior.scale == 1.0 for prior in priors]
    if len(lengths) != 1 or not all(usable):
        raise ValueError(
            f"{len(priors)} priors have means of lengths {sorted(lengths)}, of which "
            f"{sum(usable)} state a precision at scale 1; expected one length, and all "
            "to state it: trust that is learned cannot be added up beforehand."
        )
    (d,) = lengths
    # The rows of any of them are no new data to all of them.
    drawn = tuple(dict.fromkeys(n for prior in priors for n in names_of(prior.drawn)))
    means = [np.asarray(prior.mean, dtype=float) + np.zeros(d) for prior in priors]
    precisions = [np.asarray(prior.precision, dtype=float) for prior in priors]
    if all(precision.ndim < 2 for precision in precisions):
        total = sum(precisions) + np.zeros(d)
        shifted = sum(p * m for p, m in zip(precisions, means, strict=True))
        return Prior(shifted / total, total, drawn=drawn)
    full = [p if p.ndim == 2 else np.diag(p + np.zeros(d)) for p in precisions]
    shifted = sum(m @ p for p, m in zip(full, means, strict=True))
    mean = np.linalg.solve(sum(full), shifted.T).T
    return Prior(mean, sum(full), drawn=drawn)
