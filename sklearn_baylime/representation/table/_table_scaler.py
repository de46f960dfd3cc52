"""Tables in units of their own spread, categories as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._sklearn import fit_context
from sklearn_baylime.representation.table._table_transformer import BaseTableTransformer

# Values that tell the law of a column, and rows beyond which more would not move them.
_LAW = 128
_MOST_ROWS = 10_000

# Numbers whose squares a float holds, even the sum of many.
_LARGEST = 1e150


class TableScaler(BaseTableTransformer):
    """Scaler of tables of mixed types, for explanations without bins.

    Numeric columns are centered and divided by their standard deviation; categorical
    columns become positions of categories. The way back restores types and containers;
    columns of whole numbers are rounded.

    Parameters
    ----------
    with_mean : bool, default=True
        Whether to center numeric columns at their means.

    with_std : bool, default=True
        Whether to divide them by their standard deviations.

    categorical_features : array-like of int or str, default=None
        Indices or names of columns to treat as categories. Columns of strings,
        booleans and frame categories are categories without being named.

    categorical_names : dict or None, default=None
        Names of the categories of columns, by index or name: a list for the values 0,
        1, ..., or a dict from values to names.

    feature_names : array-like of str or None, default=None
        Names of the columns of an array; frames bring their own.

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (n_features,)
        What is subtracted and divided by; 0 and 1 for categorical columns, and 1 for
        constant ones.

    categories_ : list of (ndarray or None)
        Values of each categorical column, None for a numeric one.

    is_categorical_ : ndarray of bool of shape (n_features,)
        Columns of the codes that are categories, not quantities.

    n_features_in_ : int
        Number of columns seen during fit.

    See Also
    --------
    sklearn_baylime.sampling.GaussianSampler : Samples around these codes.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import TableScaler
    >>> scaler = TableScaler().fit([[0.0, 1.0], [4.0, 3.0]])
    >>> scaler.transform([[4.0, 2.0]])
    array([[1., 0.]])
    >>> scaler.at([4.0, 2.0]).get_feature_names_out()
    array(['x0 (per 2)', 'x1 (per 1)'], dtype=object)
    """

    _parameter_constraints: dict = {
        "with_mean": ["boolean"],
        "with_std": ["boolean"],
        **BaseTableTransformer._parameter_constraints,
    }

    def __init__(
        self,
        *,
        with_mean: bool = True,
        with_std: bool = True,
        categorical_features: ArrayLike | None = None,
        categorical_names: Mapping[Any, Any] | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
    ) -> None:
        self.with_mean = with_mean
        self.with_std = with_std
        self.categorical_features = categorical_features
        self.categorical_names = categorical_names
        self.feature_names = feature_names

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # a background is needed here
        self, X: Any, y: Any = None
    ) -> Self:
        """Learn means and standard deviations.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Background data, mixed types allowed.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted scaler.

        Raises
        ------
        ValueError
            If a number is missing, infinite, or larger than 1e150.
        """
        values = self._read(X)
        gaps = np.isnan(values).any(axis=0)
        if gaps.any():
            raise ValueError(
                f"Column {self._layout.names[int(np.argmax(gaps))]!r} contains NaN or "
                "other missing values, which have no place on a scale, expected "
                "numbers: impute them, or use a discretizer and draw its bins "
                "(sampler='bins'), where they have one of their own."
            )
        sizes = np.abs(values).max(axis=0)
        if sizes.max(initial=0.0) > _LARGEST:
            j = int(np.argmax(sizes))
            raise ValueError(
                f"Column {self._layout.names[j]!r} has numbers as large as "
                f"{sizes[j]:.3g}, expected at most {_LARGEST:g} where they are put on "
                "a scale: no float holds the squares of larger ones; give the column "
                "in another unit, or draw bins (sampler='bins')."
            )
        numeric = np.array([c is None for c in self.categories_])
        std = np.array([_std(column) for column in values.T])
        center, scale = numeric & self.with_mean, numeric & self.with_std & (std > 0)
        self.mean_ = np.where(center, values.mean(axis=0), 0.0)
        self.scale_ = np.where(scale, std, 1.0)
        self.is_categorical_ = ~numeric
        self._limits = self._find_limits()
        self._law = _learn_law(values)
        self._scale_texts = [
            self._layout.spread_text(j, s) for j, s in enumerate(self.scale_)
        ]
        return self

    @property
    def units_(self) -> np.ndarray:
        """Units of the columns in one unit of a code; NaN of categories."""
        return np.where(self.is_categorical_, np.nan, self.scale_)

    def inverse_transform(self, X: Any, start: int = 0) -> Any:
        """Return model inputs.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Codes.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        rows : ndarray or frame of shape (n_samples, n_features)
            Rows of the type seen in fit; integers stay within what their type can hold.
            After `at`, row 0 of all rows is the instance.
        """
        check_is_fitted(self)
        return self._restore(self._unscale(np.asarray(X, dtype=np.float64)), start)

    def snap(self, X: Any) -> np.ndarray:
        """Return the codes of the model inputs that codes stand for.

        They differ where columns hold whole numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Codes.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        if not self._layout.whole.any():
            return X
        codes = self._encode(self._unscale(np.asarray(X, dtype=np.float64)))
        return np.where(self._layout.whole, codes, X)

    def _find_limits(self) -> np.ndarray | None:
        """Return the least and largest number of integer columns, (2, n_features)."""
        limits = np.tile([[-np.inf], [np.inf]], len(self.mean_))
        for j, categorical in enumerate(self.is_categorical_):
            dtype = self._layout.integer_type(j)
            if j in self._layout.scales:
                limits[:, j] = self._layout.scales[j].limits
            if dtype is not None and not categorical:
                info = np.iinfo(dtype)
                top = float(info.max)
                limits[:, j] = (
                    info.min,
                    top if top <= info.max else np.nextafter(top, 0),
                )
        return limits if np.isfinite(limits).any() else None

    def _unscale(self, codes: np.ndarray) -> np.ndarray:
        if codes.ndim != 2 or codes.shape[1] != len(self.mean_):
            raise ValueError(
                f"Codes have shape {codes.shape}, expected (n, {len(self.mean_)})."
            )
        values = codes * self.scale_
        values += self.mean_
        rounded = self._layout.whole | self.is_categorical_
        if rounded.any():
            values[:, rounded] = np.round(values[:, rounded])
        if self._limits is not None:
            # Beyond its limits a number of an integer type would come out at the other
            # end: -1 as 255.
            np.clip(values, *self._limits, out=values)
        return values

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = False
        return tags

    def _draw_background(self, rng: Any) -> np.ndarray:
        rows = rng.randint(len(self._law), size=self._law.shape[1])
        return self._law[rows, np.arange(self._law.shape[1])]

    def _encode(self, values: Any) -> np.ndarray:
        return (values - self.mean_) / self.scale_

    def _name(self, j: int, name: str, code: Any) -> str:
        if self.is_categorical_[j]:
            return self._category_name(j, name, code)
        if self.with_std:
            return f"{name} (per {self._scale_texts[j]})"
        scale = self._layout.scales.get(j)
        told = None if scale is None else scale.origin_text
        return name if told is None else f"{name} ({told})"


def _learn_law(values: np.ndarray) -> np.ndarray:
    """Return values (n, n_features) of which each stands for as much of its column.

    Few enough that copies and pickles stay small: those of the background if these are
    few, else its quantiles, which are values that occur.
    """
    if len(values) <= _LAW:
        return values.copy()
    some = values[:: -(-len(values) // _MOST_ROWS)]
    shares = (np.arange(_LAW) + 0.5) / _LAW
    return np.quantile(some, shares, axis=0, method="inverted_cdf")


def _std(column: np.ndarray) -> float:
    """Return the standard deviation; that of equal values is exactly 0."""
    return float(column.std()) if np.ptp(column) > 0 else 0.0
