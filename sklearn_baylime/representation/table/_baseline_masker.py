"""Columns of a table that stay, or become those of another row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._sklearn import fit_context
from sklearn_baylime.base._without import check_kept
from sklearn_baylime.representation.table._groups import read_groups
from sklearn_baylime.representation.table._names import format_numbers
from sklearn_baylime.representation.table._one_row import as_one_row
from sklearn_baylime.representation.table._table_transformer import (
    BaseTableTransformer,
)


class BaselineMasker(BaseTableTransformer):
    """Masks of a row: columns keep its values, or take those of a baseline.

    Explanations by masks answer "why this applicant and not that one, or the usual
    one?": a weight is what the instance's value changes against the baseline's. They
    are in the units of SHAP values and of occlusion.

    Parameters
    ----------
    baseline : "median", array-like of shape (n_features,), frame of one row, or \
            record, default="median"
        What stands in place of columns that are masked. "median" takes medians of
        numbers that the background has, and the most frequent categories.

    groups : None, mapping of str to columns, or sequence of columns, default=None
        Columns that are masked together, by index or name; all others are alone. A
        mapping names the groups.

    categorical_features, categorical_names, feature_names : optional
        As `TableScaler` has them.

    Attributes
    ----------
    baseline_ : frame or ndarray of one row
        What stands in place of masked columns.
    groups_ : list of ndarray of int
        Columns of each component.
    reference_ : ndarray of int8 of shape (n_groups,)
        All ones; this and what follows exist after `at`.
    row_ : frame or ndarray of one row
        The instance.

    See Also
    --------
    sklearn_baylime.sampling.MaskSampler : Draws the masks.

    Examples
    --------
    >>> from sklearn_baylime.representation import BaselineMasker
    >>> X = [[20, 1], [30, 2], [40, 3]]
    >>> masker = BaselineMasker(feature_names=["age", "rooms"]).fit(X).at([50, 5])
    >>> list(masker.get_feature_names_out())
    ['age=50, not 30', 'rooms=5, not 2']
    >>> masker.inverse_transform([[1, 1], [0, 1]])
    array([[50,  5],
           [30,  5]])
    """

    _parameter_constraints: dict = {
        **BaseTableTransformer._parameter_constraints,
        "baseline": "no_validation",
        "groups": [None, Mapping, "array-like"],
    }

    # What a mask means is known at an instance only.
    codes_before_at = False

    def __init__(
        self,
        baseline: Any = "median",
        *,
        groups: Any = None,
        categorical_features: ArrayLike | None = None,
        categorical_names: Mapping[Any, Any] | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
    ) -> None:
        self.baseline = baseline
        self.groups = groups
        self.categorical_features = categorical_features
        self.categorical_names = categorical_names
        self.feature_names = feature_names

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # a background is needed here
        self, X: Any, y: Any = None
    ) -> Self:
        """Learn the columns, and the baseline where it is not given.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Background.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted masker.
        """
        values = self._read(X)
        if isinstance(self.baseline, str) and self.baseline == "median":
            usual = [
                _middle(c, k) for c, k in zip(values.T, self.categories_, strict=True)
            ]
            self._stand_in = np.array(usual)
            self.baseline_ = self._layout.decode(self._stand_in[None])
        else:
            self.baseline_, given = as_one_row(self.baseline, self._layout)
            self._stand_in = given[0]
        self.groups_, self._titles = read_groups(self.groups, self._layout)
        self._group_of = np.empty(len(self._layout.names), dtype=int)
        for g, columns in enumerate(self.groups_):
            self._group_of[columns] = g
        self.is_categorical_ = np.ones(len(self.groups_), dtype=bool)
        return self

    def _take(self, x: Any) -> None:
        check_is_fitted(self)
        super()._take(x)
        self._values = self._layout.encode(self.row_)[0]

    def _encode(self, values: Any) -> np.ndarray:
        """Return 1 where all columns of a component are as in the instance."""
        own = getattr(self, "_values", values[0])
        same = (values == own) | (np.isnan(values) & np.isnan(own))
        parts = [same[:, columns].all(axis=1) for columns in self.groups_]
        return np.column_stack(parts).astype(np.int8)

    def transform(self, X: Any) -> np.ndarray:
        """Return masks: 1 where all columns of a component are as in the instance.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Rows as seen in fit.

        Returns
        -------
        codes : ndarray of int8 of shape (n_samples, n_groups)
        """
        self._check_at()
        return super().transform(X)

    def inverse_transform(self, X: Any, start: int = 0) -> Any:
        """Return the rows of masks.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_groups)
            Masks: 1 keeps the instance's values, 0 takes the baseline's.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        rows : ndarray or frame of shape (n_samples, n_features)
            Rows of the type seen in fit; row 0 of all rows is the instance.
        """
        self._check_at()
        kept = check_kept(X, len(self.groups_))[:, self._group_of]
        return self._restore(np.where(kept, self._values, self._stand_in), start)

    def snap(self, X: Any) -> np.ndarray:
        """Return masks as the rows show them: a component like the baseline's stays.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_groups)
            Masks.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_groups)
        """
        self._check_at()
        return np.where(self._encode(self._stand_in[None])[0] == 1, 1, np.asarray(X))

    def without(self, kept: ArrayLike, random_state: Any = None) -> Any:
        """Return the instance without some components, which the baseline replaces.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_groups)
            Components that keep the instance's values.
        random_state : ignored
            Nothing is drawn.

        Returns
        -------
        rows : ndarray or frame of shape (n_rows, n_features)
        """
        # Any other row than the first is made from its mask.
        return self.inverse_transform(kept, start=1)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return what the components are at the instance.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects of shape (n_groups,)
            Such as ``"age=50, not 30"``; of groups their names.
        """
        check_is_fitted(self)
        if not self._is_at:
            return np.array(self._layout.names, dtype=object)
        names = [self._name_of(g) for g in range(len(self.groups_))]
        return np.array(names, dtype=object)

    def _name_of(self, g: int) -> str:
        if self._titles[g] is not None:
            return str(self._titles[g])
        names = [
            self._name(j, self._layout.names[j], self._values[j])
            for j in self.groups_[g]
        ]
        return " & ".join(names)

    def _name(self, j: int, name: str, code: Any) -> str:
        now, usual = self._text(j, code), self._text(j, self._stand_in[j])
        return f"{name}={now}" if now == usual else f"{name}={now}, not {usual}"

    def _text(self, j: int, code: Any) -> str:
        texts = self._category_texts[j]
        if texts is not None:
            return "missing" if code == len(texts) else texts[int(code)]
        if np.isnan(code):
            return "missing"
        scale = self._layout.scales.get(j)
        return (format_numbers if scale is None else scale.texts)([code])[0]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # Though masks exist at an instance only, columns and baseline are learned.
        tags.requires_fit = True
        return tags

    def _draw_background(self, rng: np.random.RandomState) -> np.ndarray:
        return self._stand_in


def _middle(column: np.ndarray, categories: Any) -> float:
    """Return the most frequent category, or the lower median of what is not missing."""
    if categories is not None:
        return float(np.bincount(column.astype(int)).argmax())
    known = column[~np.isnan(column)]
    return float(np.quantile(known, 0.5, method="lower")) if len(known) else np.nan
