"""Subsets of components removed, of every size alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_baylime.sampling._base_mask_sampler import BaseMaskSampler


def remove_subsets(
    n_samples: int, n_components: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw masks with a uniform number of zeros, at uniformly random places.

    Parameters
    ----------
    n_samples : int
        Number of masks; the first is spare.
    n_components : int
        Length of a mask, at least 1. The number of zeros is uniform on 1, 2, ...,
        n_components.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    masks : ndarray of int8 of shape (n_samples, n_components)
        No mask is all ones.
    """
    # The smaller the integers, the faster they are drawn.
    dtype = np.uint16 if n_components < 2**16 else np.uint32
    to_remove = rng.integers(1, n_components + 1, size=n_samples, dtype=dtype)
    kept = np.empty((n_components, n_samples), dtype=bool)
    # Selection sampling (Knuth, 3.4.2 S): of what is left, each is as likely to go.
    for j in range(n_components):
        place = rng.integers(n_components - j, size=n_samples, dtype=dtype)
        np.greater_equal(place, to_remove, out=kept[j])
        to_remove -= ~kept[j]
    return np.ascontiguousarray(kept.T).view(np.int8)


class SubsetSampler(BaseMaskSampler):
    r"""Sampler of masks that remove every number of components equally often.

    LIME's law for text. Of :math:`d` components, the number :math:`s` of those removed
    is uniform on :math:`1, \dots, d`, and each set of :math:`s` components is as likely
    as any other.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of masks, the instance counted.

    See Also
    --------
    MaskSampler : Removes each component independently of the others.

    Notes
    -----
    A mask with :math:`s \ge 1` zeros has probability :math:`1 / (d \binom{d}{s})`. A
    component is kept with probability :math:`(d - 1) / (2d)`, two components both with
    :math:`(d - 2) / (3d)` [2]_: for :math:`d > 3` more often than if they were
    independent. Only the first mask keeps all.

    Codes are int8: 1 keeps a component as in the instance, 0 removes it. Nothing is
    learned, so `sample` needs no `fit` before.

    References
    ----------
    .. [1] M. T. Ribeiro, S. Singh, C. Guestrin (2016). "Why Should I Trust You?":
       Explaining the Predictions of Any Classifier. KDD.
    .. [2] D. Mardaoui, D. Garreau (2021). An Analysis of LIME for Text Data. AISTATS.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.sampling import SubsetSampler
    >>> masks = SubsetSampler(n_samples=3001).sample(np.ones(3), random_state=0)
    >>> masks[0]
    array([1, 1, 1], dtype=int8)
    >>> removed = (masks[1:] == 0).sum(axis=1)
    >>> (np.bincount(removed) / 3000).round(1)
    array([0. , 0.3, 0.3, 0.3])
    """

    def __init__(self, n_samples: int = 5000) -> None:
        self.n_samples = n_samples

    def _draw(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        return remove_subsets(n_samples, len(reference), rng)
