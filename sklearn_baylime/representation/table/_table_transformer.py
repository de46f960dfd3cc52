"""What all representations of tables share: checks, the instance, rows of its kind."""

from __future__ import annotations

import datetime as dt
import zlib
from abc import ABCMeta, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_baylime.base._plain import QuickParameters
from sklearn_baylime.base._representation import RepresentationMixin
from sklearn_baylime.base._sklearn import check_feature_names_in
from sklearn_baylime.base._without import check_kept
from sklearn_baylime.representation.table._columns import (
    kind_of,
    refuse_other_tables,
)
from sklearn_baylime.representation.table._one_row import as_one_row
from sklearn_baylime.representation.table._read_layout import read_layout
from sklearn_baylime.representation.table._table import Table


class BaseTableTransformer(
    QuickParameters,
    RepresentationMixin,
    TransformerMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Invertible transformer of tables; subclasses say how numbers become codes.

    A subclass has the parameters `categorical_features`, `categorical_names` and
    `feature_names`, and the methods `_encode(values)`, from the layout's matrix to
    codes, `_draw_background(rng)`, one row of that matrix by the law of the background,
    and `_name(j, name, code)`, what a column's code means at the instance.
    """

    # At each instance the same rows are drawn from codes, by its seed.
    differs_by_seed = True

    _parameter_constraints: dict = {
        "categorical_features": [None, "array-like"],
        "categorical_names": [None, dict],
        "feature_names": [None, "array-like"],
    }

    _layout: Table

    @abstractmethod
    def _encode(self, values: Any) -> np.ndarray:
        """Return the codes of the layout's matrix of numbers."""

    def _read(self, X: Any) -> np.ndarray:
        """Learn the layout of a table and return its matrix of numbers."""
        X = self._check_table(X, reset=True)
        self._layout = read_layout(X, self.categorical_features, self.feature_names)
        self._take_categories()
        return self._layout.encode(X)

    def _take_categories(self) -> None:
        """Take over the categories of the layout, and what they are called."""
        self.categories_: list = self._layout.categories
        # None for a numeric column, whose codes have no names.
        self._category_texts: list[Any] = [
            None if c is None else [text_of(v) for v in c.tolist()]
            for c in self.categories_
        ]
        for column, names in (self.categorical_names or {}).items():
            self._rename(self._layout.position(column, "categorical_names"), names)

    def _rename(self, j: int, names: Any) -> None:
        """Put the names of a column's categories, by value or by position."""
        categories, name = self.categories_[j], self._layout.names[j]
        if categories is None:
            raise ValueError(
                f"categorical_names has names for column {name!r}, which is numeric: "
                "name it in categorical_features too."
            )
        known = names if hasattr(names, "keys") else dict(enumerate(names))
        absent = [v for v in categories.tolist() if v not in known]
        if absent:
            raise ValueError(
                f"categorical_names has no name for {absent[0]!r} in column {name!r}, "
                f"expected a list by the values 0, 1, ... or a dict that has them all."
            )
        self._category_texts[j] = [str(known[v]) for v in categories.tolist()]

    def transform(self, X: Any) -> np.ndarray:
        """Return the codes of rows.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Rows as seen in fit.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return self._encode(self._layout.encode(self._check_table(X, reset=False)))

    def at(self, x: Any) -> Self:
        """Return a light copy that knows the instance: its names and its first row.

        Parameters
        ----------
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.

        Returns
        -------
        transformer : object
            Shares what was learned; `reference_` is the code of `x`, `row_` the
            instance as a table, which `inverse_transform` gives back as the first row,
            and `seed_`, mixed from `random_state` and the values of `x`, seeds the
            others.
        """
        return super().at(x)

    def _take(self, x: Any) -> None:
        self.row_, values = as_one_row(x, self._layout)
        self.reference_ = self._encode(values)[0]
        # The same for a row, a record and a frame of these values.
        self.seed_ = self._mix_seed(zlib.crc32(values.tobytes()))

    @abstractmethod
    def _draw_background(self, rng: np.random.RandomState) -> np.ndarray:
        """Return numbers of the layout's matrix by the law of the background, (d,)."""

    def without(self, kept: ArrayLike, random_state: Any = None) -> Any:
        """Return the instance without some columns, which the background replaces.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_features)
            Columns that keep the instance's value.
        random_state : int, RandomState instance or None, default=None
            Seed of the values of the others: one draw by the law of the background,
            column by column, that all rows share.

        Returns
        -------
        rows : ndarray or frame of shape (n_rows, n_features)
            Rows of the type seen in fit.
        """
        self._check_at()
        kept = check_kept(kept, self.n_features_in_)
        drawn = self._draw_background(check_random_state(random_state))
        values = np.where(kept, self._layout.encode(self.row_), drawn)
        return self._layout.decode(values)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the columns' names, or after `at` what they mean at the instance.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns; those seen in fit by default.

        Returns
        -------
        names : ndarray of str objects of shape (n_features,)
            Such as ``"1 < width <= 2"`` or ``"colour=red"``.
        """
        check_is_fitted(self)
        if input_features is None:
            names = np.array(self._layout.names, dtype=object)
        else:
            names = check_feature_names_in(self, input_features)
        if not self._is_at:
            return names
        told = [
            self._name(j, str(names[j]), code) for j, code in enumerate(self.reference_)
        ]
        return np.array(told, dtype=object)

    @abstractmethod
    def _name(self, j: int, name: str, code: Any) -> str:
        """Return what a column's code means at the instance."""

    def _category_name(self, j: int, name: str, code: Any) -> str:
        texts = self._category_texts[j]
        missing = code == len(texts)
        return f"{name} is missing" if missing else f"{name}={texts[int(code)]}"

    def _restore(self, values: Any, start: int) -> Any:
        """Return numbers as a table of the kind seen in fit, the instance first."""
        begins = start == 0 and len(values) > 0 and self._is_at
        return self._layout.decode(values, self.row_ if begins else None)

    def _check_table(self, X: Any, *, reset: bool) -> Any:
        """Validate a frame as it is, anything else as an array."""
        if kind_of(X) != "array":
            self._check_names(X, reset=reset)
            if len(X) == 0:
                raise ValueError("Found a table with 0 sample(s), expected at least 1.")
            return X
        refuse_other_tables(X)
        if X is None:
            raise ValueError(
                "X is None, expected background data (n_samples, n_features), such as "
                "the model's training data."
            )
        array = validate_data(self, X, dtype=None, ensure_all_finite=False, reset=reset)
        if np.iscomplexobj(array):
            raise ValueError(f"Complex data not supported\n{array}\n")
        return array

    def _check_names(self, X: Any, *, reset: bool) -> None:
        """Check the names of frames that scikit-learn does not know as such."""
        names = list(X.columns)
        repeated = sorted({str(name) for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(
                f"The table has more than one column named {repeated[0]!r}, expected "
                "names that differ."
            )
        if kind_of(X) == "pandas":
            if reset:
                # Labels that are no strings leave the names of an earlier fit.
                self.__dict__.pop("feature_names_in_", None)
            validate_data(self, X, reset=reset, skip_check_array=True)
        elif reset:
            # Not every version of scikit-learn reads the names of polars' frames.
            self.n_features_in_ = len(names)
            self.feature_names_in_ = np.array(names, dtype=object)
        elif len(names) != self.n_features_in_ or (
            self._layout.kind != "array" and names != self._layout.labels
        ):
            raise ValueError(
                f"The table has the columns {names[:8]}, expected the "
                f"{self.n_features_in_} feature names seen in fit, in their order: "
                f"{self._layout.labels[:8]}."
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return self.is_categorical_ is not None


def text_of(category: Any) -> str:
    """Return a category as text; a float that is whole reads as an integer.

    A date reads without the midnight behind it.
    """
    if isinstance(category, dt.datetime):
        return str(category).removesuffix(" 00:00:00")
    if isinstance(category, float) and category.is_integer() and abs(category) < 1e15:
        return str(int(category))
    return str(category)
