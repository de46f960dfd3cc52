"""What the samplers of masks share: they need no background."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from sklearn_baylime.base._sklearn import fit_context
from sklearn_baylime.sampling._base import BaseSampler, refuse_sparse


def check_ones(reference: Any) -> np.ndarray:
    """Return the instance's mask as int8, which must keep every component."""
    mask = np.asarray(reference)
    if mask.ndim != 1 or len(mask) == 0 or mask.dtype.kind not in "biuf":
        raise ValueError(
            f"The reference has shape {mask.shape} and type {mask.dtype}, expected "
            "numbers of shape (n_components,); give a one for each component."
        )
    if not (mask == 1).all():
        at = int(np.argmax(mask != 1))
        raise ValueError(
            f"The reference is {mask[at]} at component {at}, expected ones only, since "
            "the instance keeps every component; give np.ones(n_components)."
        )
    return np.ones(len(mask), dtype=np.int8)


class BaseMaskSampler(BaseSampler):
    """Sampler of masks: 1 keeps a component as in the instance, 0 removes it.

    A subclass has the parameter `n_samples`, which it takes in ``__init__``, and the
    method ``_draw(self, reference, n_samples, rng)``, which returns zeros and ones of
    shape (n_samples, n_components), drawn with `rng`, a numpy Generator; the first row
    is overwritten by the ones of `reference`. No background is needed.

    See Also
    --------
    BaseSampler : What else a sampler may say.
    sklearn_baylime.base.check_sampler : Checks a sampler.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.sampling import BaseMaskSampler
    >>> class OneRemoved(BaseMaskSampler):
    ...     def __init__(self, n_samples=1000):
    ...         self.n_samples = n_samples
    ...
    ...     def _draw(self, reference, n_samples, rng):
    ...         return np.resize(1 - np.eye(len(reference), dtype=np.int8),
    ...                          (n_samples, len(reference)))
    >>> OneRemoved().sample([1, 1, 1], n_samples=3)
    array([[1, 1, 1],
           [1, 0, 1],
           [1, 1, 0]], dtype=int8)
    """

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Learn nothing, only check the parameters.

        Parameters
        ----------
        X : ignored
            Present for consistency.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            The sampler itself.
        """
        return self

    def sample(
        self, reference: Any, n_samples: int | None = None, random_state: Any = None
    ) -> Any:
        """Draw masks.

        Parameters
        ----------
        reference : array-like of shape (n_components,)
            Mask of the instance: ones only, as many as it has components.
        n_samples : int or None, default=None
            Number of masks, the instance counted; the sampler's own if None.
        random_state : int, RandomState instance or None, default=None
            Seed: equal seeds give equal masks.

        Returns
        -------
        masks : ndarray of int8 of shape (n_samples, n_components)
            The first one is the instance's. Fewer where the class says so.

        Raises
        ------
        ValueError
            If `reference` is not all ones, n_samples < 1, or a parameter of the sampler
            is not valid.
        """
        # Nobody need have called `fit`, which checks them otherwise.
        self._validate_params()
        return super().sample(reference, n_samples, random_state)

    def _check_reference(self, reference: Any) -> np.ndarray:
        refuse_sparse(reference, self)
        return check_ones(reference)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        # The background is not looked at.
        tags.no_validation = True
        tags.input_tags.sparse = True
        return tags
