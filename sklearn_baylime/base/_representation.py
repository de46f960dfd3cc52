"""What whoever writes a representation can inherit."""

from __future__ import annotations

from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._links import LinkedMixin
from sklearn_baylime.base._parts import check_own_parameters
from sklearn_baylime.base._place import batch_of_one, reference_of
from sklearn_baylime.base._protocols import Codes, Rows
from sklearn_baylime.base._rows import with_first_row
from sklearn_baylime.base._seeds import draw_seed, mix_seeds, seed_of_content
from sklearn_baylime.base._without import mask_out
from sklearn_baylime.base._words import names_seen


class RepresentationMixin(LinkedMixin):
    """Mixin for representations: `at`, and every word of the contract but the codes.

    A subclass, which inherits `sklearn.base.BaseEstimator` behind it, writes

    * ``codes_before_at = False`` if codes exist at an instance only, as the parts of a
      text, an image or a graph do;
    * ``_place(self, x)``, which sets what the instance decides on ``self``, a copy; in
      any case ``self.reference_``, its code, where codes exist at an instance only;
    * ``inverse_transform(self, X, start=0)``, from codes to model inputs. What it draws
      at random belongs to rows' positions: take `uniform_blocks` with ``self.seed_``.
      Where its first row is not the instance by itself, it ends with
      ``return self._with_instance(rows, start)``;
    * ``transform(self, X)``, from model inputs to codes; not needed where codes exist
      at an instance only;
    * ``get_feature_names_out(self, input_features=None)``, unless numbers will do;
    * ``without(self, kept, random_state=None)``, unless codes are masks, so that
      deletion curves know what stands in place of a column;
    * ``fit``, if it learns anything from the background.

    `check_representation` tells what is still missing.

    Attributes
    ----------
    reference_ : ndarray of shape (n_columns,) or csr matrix of shape (1, n_columns)
        Code of the instance; this and what follows exist after `at`.
    row_ : array-like, frame or list of length 1
        The instance as a batch of one.
    seed_ : int
        Hash of the instance's content, mixed with `random_state`.

    See Also
    --------
    check_representation : Checks a representation.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_baylime.base import RepresentationMixin
    >>> class Letters(RepresentationMixin, BaseEstimator):
    ...     codes_before_at = False
    ...
    ...     def _place(self, x):
    ...         self.reference_ = np.ones(len(x), dtype=np.int8)
    ...         self.letters_ = np.array(list(x), dtype=object)
    ...
    ...     def inverse_transform(self, X, start=0):
    ...         return ["".join(self.letters_[code == 1]) for code in np.asarray(X)]
    >>> Letters().at("abc").inverse_transform([[1, 1, 1], [0, 1, 1]])
    ['abc', 'bc']
    """

    codes_before_at: bool = True
    is_categorical_: Any = None
    units_: Any = None
    differs_by_seed: bool = False

    # What an instance is called in errors.
    _kind: str = "instance"

    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Learn nothing.

        Parameters
        ----------
        X : ignored
            Present for consistency.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            The representation itself.
        """
        check_own_parameters(self)
        return self

    def at(self, x: Any) -> Self:
        """Return a light copy that knows the instance.

        Parameters
        ----------
        x : object
            The instance.

        Returns
        -------
        representation : object
            Shares what was learned, and has `reference_`, `row_` and `seed_`.

        Raises
        ------
        NotFittedError
            If there is something to learn, and `fit` was not called.
        """
        if self.codes_before_at:
            check_is_fitted(self)
        else:
            # Nobody need have called `fit`, which checks them otherwise.
            check_own_parameters(self)
        here = copy(self)
        # What is at an instance already moves to the other.
        vars(here).pop("reference_", None)
        here._take(x)
        here._place(x)
        here._settle_reference()
        return here

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the columns at the instance.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names before this step; taken over if they are as many.

        Returns
        -------
        names : ndarray of str objects of shape (n_columns,)
            Otherwise the class and a number; before `at` the names seen in fit.
        """
        if self.codes_before_at and not self._is_at:
            names = names_seen(self) if input_features is None else input_features
            return np.array([str(name) for name in names], dtype=object)
        self._check_at()
        n_columns = self.reference_.shape[-1]
        if input_features is not None and len(input_features) == n_columns:
            return np.array([str(name) for name in input_features], dtype=object)
        name = type(self).__name__.lower()
        return np.array([f"{name}{i}" for i in range(n_columns)], dtype=object)

    def snap(self, X: Codes) -> Codes:
        """Return the codes of the model inputs that codes stand for: themselves.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Codes.

        Returns
        -------
        codes : ndarray or csr matrix of shape (n_rows, n_columns)
        """
        return X

    def without(self, kept: ArrayLike) -> Rows:
        """Return the instance without some columns, as model inputs.

        Of masks, those whose code is 0 there. Representations of other codes override
        it, and take `random_state` where they draw what stands in their place.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_columns)
            Columns that stay as they are in the instance.

        Returns
        -------
        rows : array-like, frame or list of length n_rows

        Raises
        ------
        ValueError
            If codes are no masks: known at an instance only, and all ones there.
        """
        self._check_at()
        return mask_out(self, self, kept)

    def describe(self) -> dict[str, Any] | None:
        """Return what an explanation needs to show its instance: nothing.

        Returns
        -------
        description : dict or None
        """
        return None

    def _take(self, x: Any) -> None:
        """Set `row_` and `seed_`; where `x` needs to be checked first, override it."""
        self.row_ = batch_of_one(x)
        self.seed_ = self._mix_seed(seed_of_content(x))

    def _place(self, x: Any) -> None:
        """Set what the instance decides, on a copy that has `row_` and `seed_`."""

    def _mix_seed(self, content: int) -> int:
        return mix_seeds(draw_seed(getattr(self, "random_state", 0)), content)

    def _settle_reference(self) -> None:
        if "reference_" not in vars(self) and not self.codes_before_at:
            raise TypeError(
                f"{type(self).__name__}._place set no reference_, expected the code of "
                "the instance: write self.reference_ = np.ones(n_columns) or the like."
            )
        self.reference_ = reference_of(self, self.row_)

    def _with_instance(self, rows: Rows, start: int) -> Rows:
        """Return rows whose first is the instance, if they are the first of all."""
        placed = start == 0 and "row_" in vars(self)
        return with_first_row(rows, self.row_) if placed else rows

    @property
    def _is_at(self) -> bool:
        return "reference_" in vars(self)

    def _check_at(self) -> None:
        """Raise if columns are asked for before they exist."""
        if not self._is_at:
            raise NotFittedError(self._tell_not_at())

    def _tell_not_at(self) -> str:
        return (
            f"This {type(self).__name__} is at no {self._kind} yet, and what its "
            f"columns are is known at one alone; call at({self._kind}) first."
        )

    def __getattr__(self, name: str) -> Any:
        # Only reached where an attribute lacks. That NotFittedError is an
        # AttributeError as well keeps hasattr and getattr what they are.
        settled = name.endswith("_") and not name.startswith("_")
        if settled and not self.codes_before_at and not self._is_at:
            raise NotFittedError(f"There is no {name}: {self._tell_not_at()}")
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        learns = type(self).fit is not RepresentationMixin.fit
        tags.requires_fit = self.codes_before_at and learns
        return tags
