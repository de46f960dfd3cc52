"""What all samplers share."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import assert_all_finite, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_baylime.base._plain import QuickParameters
from sklearn_baylime.base._sklearn import Interval, fit_context


def check_dense(reference: Any, n_columns: int, dtype: Any) -> np.ndarray:
    """Return the instance's code as an array; floats must be finite."""
    reference = np.asarray(reference, dtype=dtype)
    if reference.shape != (n_columns,):
        raise ValueError(
            f"The reference has shape {reference.shape}, expected one code a "
            f"column, ({n_columns},)."
        )
    if dtype is not None:
        assert_all_finite(reference, input_name="reference")
    return reference


def refuse_sparse(reference: Any, sampler: Any) -> None:
    """Raise if the instance's code is sparse."""
    if sparse.issparse(reference):
        raise ValueError(
            f"The reference is a sparse {type(reference).__name__}, expected a "
            f"dense code for {type(sampler).__name__}; pass reference.toarray()[0]."
        )


def check_sparse(reference: Any, n_columns: int, dtype: Any) -> Any:
    """Return the instance's code as a csr row that stores no zeros."""
    if reference.shape != (1, n_columns):
        raise ValueError(
            f"The sparse reference has shape {reference.shape}, expected one row with "
            f"one code a column, (1, {n_columns})."
        )
    # A copy, since the next lines work in place.
    reference = reference.tocsr(copy=True).astype(dtype)
    reference.sum_duplicates()
    reference.eliminate_zeros()
    assert_all_finite(reference.data, input_name="reference")
    return reference


def rows_with_pattern(reference: Any, drawn: np.ndarray) -> Any:
    """Return values drawn at the reference's stored columns as sparse rows.

    `reference` is a csr row of shape (1, n_features), `drawn` of shape
    (n_samples, nnz).
    """
    n_rows, n_stored = drawn.shape
    indices = np.tile(reference.indices, n_rows)
    starts = np.arange(n_rows + 1) * n_stored
    shape = (n_rows, reference.shape[1])
    return type(reference)((drawn.ravel(), indices, starts), shape=shape)


def check_count(n_rows: Any, name: str) -> int:
    """Return a number of rows as an int; it must be at least 1."""
    if not isinstance(n_rows, Integral) or n_rows < 1:
        raise ValueError(f"{name} is {n_rows!r}, expected an integer >= 1.")
    return int(n_rows)


# What the parameter `local` of a sampler may be.
LOCAL = ["boolean", Interval(Real, 0, None, closed="neither")]


def local_width(local: bool | float, default: float) -> float | None:
    """Return the width of the kernel that rows are drawn by; None if by none.

    `local` True stands for `default`, the kernel's own.
    """
    if isinstance(local, bool | np.bool_):
        return default if local else None
    return float(local)


class BaseSampler(QuickParameters, BaseEstimator, metaclass=ABCMeta):
    """Sampler of rows around an instance; subclasses draw, this class checks.

    A subclass has

    * the parameter `n_samples`, which it takes in ``__init__``;
    * ``_draw(self, reference, n_samples, rng)``, which returns rows of shape
      (n_samples, n_features), drawn with `rng`, a numpy Generator; the first of them is
      overwritten by the reference. For a sparse reference, rows of its own pattern;
    * ``_learn(self, codes, y)``, if it learns anything from the background;
    * ``_input``, how `sklearn.utils.validation.validate_data` takes the background, and
      thereby which references it takes;
    * ``log_weights(self, codes, reference=None)``, if rows have another law than the
      one that is meant;
    * ``groups(self, n_rows)``, if rows are drawn together.

    One that needs no background has its own `fit` and `_check_reference`; for masks see
    `BaseMaskSampler`.

    See Also
    --------
    sklearn_baylime.base.Sampler : What a sampler is asked for, whatever its class.
    sklearn_baylime.base.check_sampler : Checks a sampler.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.sampling import BaseSampler
    >>> class NeighborSampler(BaseSampler):
    ...     def __init__(self, n_samples=1000):
    ...         self.n_samples = n_samples
    ...
    ...     def _learn(self, codes, y):
    ...         self.codes_ = codes
    ...
    ...     def _draw(self, reference, n_samples, rng):
    ...         return rng.choice(self.codes_, n_samples)
    >>> sampler = NeighborSampler().fit(np.arange(12).reshape(4, 3))
    >>> sampler.sample([7, 7, 7], n_samples=3, random_state=0)
    array([[7, 7, 7],
           [3, 4, 5],
           [0, 1, 2]])
    """

    n_samples: int

    _input: dict = {"dtype": None}

    _parameter_constraints: dict = {
        "n_samples": [Interval(Integral, 1, None, closed="left")]
    }

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn from the codes of the background.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            Codes of the background; also a sparse matrix where the class says so.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs), default=None
            Targets of the background; ignored unless the class says otherwise.

        Returns
        -------
        self : object
            Fitted sampler.
        """
        self._learn(validate_data(self, X, **self._input), y)
        return self

    def sample(
        self, reference: Any, n_samples: int | None = None, random_state: Any = None
    ) -> Any:
        """Draw rows around the instance.

        Parameters
        ----------
        reference : array-like of shape (n_features,)
            Code of the instance; also a sparse row (1, n_features) where the class says
            so.
        n_samples : int or None, default=None
            Number of rows, the instance counted; the sampler's own if None.
        random_state : int, RandomState instance or None, default=None
            Seed: equal seeds give equal rows.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features)
            The first row is the instance. Sparse if the reference is.

        Raises
        ------
        ValueError
            If `reference` has another length than the codes, or n_samples < 1.
        """
        check_is_fitted(self)
        reference, n_samples, rng = self._prepare(reference, n_samples, random_state)
        rows = self._draw(reference, n_samples, rng)
        if sparse.issparse(rows):
            rows.data[: reference.nnz] = reference.data
        else:
            rows[0] = reference
        return rows

    def groups(self, n_rows: int, reference: Any = None) -> np.ndarray | None:
        """Tell which rows of a sample were drawn together.

        Rows of one group depend on each other, those of different groups do not: for
        the noise, a group is one observation. An estimate of variance that takes its
        rows for several is wrong in either direction.

        Parameters
        ----------
        n_rows : int
            Number of rows that were drawn, the instance counted. If only the first of
            them were answered, take the first of the groups.
        reference : array-like of shape (n_features,), default=None
            Code of the instance, for samplers whose rows can be exhaustive.

        Returns
        -------
        groups : ndarray of int of shape (n_rows,) or None
            Number of each row's group; the first row, the instance, is alone in group
            0. Here None: rows are independent.

        Notes
        -----
        Only parameters, what was learned, and the arguments decide, never the random
        state: the groups of rows that were drawn before can be asked for at any time.
        """
        check_count(n_rows, "n_rows")
        return None

    def is_exhaustive(self, reference: Any, n_samples: int | None = None) -> bool:
        """Tell whether a sample holds every row that there can be, each once.

        Averages over such rows have no sampling error, and more rows would tell
        nothing new.

        Parameters
        ----------
        reference : array-like of shape (n_features,)
            Code of the instance.
        n_samples : int or None, default=None
            Number of rows that is asked for; the sampler's own if None.

        Returns
        -------
        is_exhaustive : bool
            Here False.
        """
        return False

    def has_one_law(self, reference: Any) -> bool:
        """Tell whether rows are the same at any instance, for one random state.

        Parameters
        ----------
        reference : array-like of shape (n_features,)
            Code of the instance.

        Returns
        -------
        has_one_law : bool
            Here False: rows follow the instance.
        """
        return False

    def _prepare(
        self, reference: Any, n_samples: int | None, random_state: Any
    ) -> tuple[Any, int, np.random.Generator]:
        """Return what `_draw` is given for the arguments of `sample`."""
        reference = self._check_reference(reference)
        n_samples = self.n_samples if n_samples is None else n_samples
        n_samples = check_count(n_samples, "n_samples")
        seed = check_random_state(random_state).randint(np.iinfo(np.int32).max)
        return reference, n_samples, np.random.default_rng(seed)

    def _check_reference(self, reference: Any) -> Any:
        """Return the reference as the background was taken: type, sparse or dense."""
        dtype = self._input["dtype"]
        if sparse.issparse(reference) and self._input.get("accept_sparse"):
            return check_sparse(reference, self.n_features_in_, dtype)
        refuse_sparse(reference, self)
        return check_dense(reference, self.n_features_in_, dtype)

    def _learn(self, codes: Any, y: Any) -> None:
        """Learn nothing, unless a subclass says what."""

    @abstractmethod
    def _draw(self, reference: Any, n_samples: int, rng: np.random.Generator) -> Any:
        """Return rows (n_samples, n_features), whose first one is overwritten.

        An ndarray, or for a sparse reference a csr whose rows all have its pattern.
        """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = bool(self._input.get("accept_sparse"))
        return tags
