"""Subsets of components removed, of every size alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_baylime.base._tilt import log_subset_sizes, tilt_sizes
from sklearn_baylime.base._widths import MASK_WIDTH
from sklearn_baylime.sampling._base import LOCAL, local_width
from sklearn_baylime.sampling._base_mask_sampler import BaseMaskSampler


def remove_subsets(
    n_samples: int,
    n_components: int,
    rng: np.random.Generator,
    shares: np.ndarray | None = None,
) -> np.ndarray:
    """Draw masks with a random number of zeros, at uniformly random places.

    Parameters
    ----------
    n_samples : int
        Number of masks; the first is spare.
    n_components : int
        Length of a mask, at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    shares : ndarray of shape (n_components + 1,) or None, default=None
        Probabilities of 0, 1, ... ones, that of all ones 0. None: the number of zeros
        is uniform on 1, 2, ..., n_components.

    Returns
    -------
    masks : ndarray of int8 of shape (n_samples, n_components)
        No mask is all ones.
    """
    # The smaller the integers, the faster they are drawn.
    dtype = np.uint16 if n_components < 2**16 else np.uint32
    if shares is None:
        to_remove = rng.integers(1, n_components + 1, size=n_samples, dtype=dtype)
    else:
        n_kept = rng.choice(n_components + 1, size=n_samples, p=shares)
        to_remove = (n_components - n_kept).astype(dtype)
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

    local : bool or float, default=False
        Whether masks are drawn where the kernel looks, by law times kernel, so that all
        weigh the same: a number is the width of an `ExponentialKernel` of the cosine
        distance, True is LIME's, 0.25. See the notes of
        `MaskSampler`.

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

    _parameter_constraints: dict = {
        **BaseMaskSampler._parameter_constraints,
        "local": LOCAL,
    }

    def __init__(self, n_samples: int = 5000, *, local: bool | float = False) -> None:
        self.n_samples = n_samples
        self.local = local

    def log_weights(self, codes: Any, reference: Any = None) -> np.ndarray | None:
        """Return the importance of masks that were drawn by law times kernel.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_components)
            Masks.
        reference : array-like of shape (n_components,), default=None
            Present for consistency.

        Returns
        -------
        log_weights : ndarray of shape (n_samples,) or None
            What the kernel's factor was, so that weights are as large as the kernel's
            on average; None without `local`.
        """
        tilted = self._tilted(np.shape(codes)[1])
        if tilted is None:
            return None
        return tilted[1][np.asarray(codes).sum(axis=1, dtype=np.int64)]

    def _tilted(self, n_components: int) -> tuple[np.ndarray, np.ndarray] | None:
        width = local_width(self.local, MASK_WIDTH)
        if width is None:
            return None
        return tilt_sizes(log_subset_sizes(n_components), n_components, width)

    def _draw(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        tilted = self._tilted(len(reference))
        shares = None if tilted is None else tilted[0]
        return remove_subsets(n_samples, len(reference), rng, shares)
