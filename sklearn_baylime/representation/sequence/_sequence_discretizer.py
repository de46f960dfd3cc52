"""Segments of time, each replaced by the same segment of another sequence."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._seeds import draw_seed, uniform_blocks
from sklearn_baylime.base._sklearn import Interval, fit_context
from sklearn_baylime.base._without import check_kept
from sklearn_baylime.representation.sequence._sequence import (
    BaseSequenceTransformer,
    mean_of_known,
)
from sklearn_baylime.representation.table._quantile_discretizer import (
    QuantileDiscretizer,
)


class SequenceDiscretizer(BaseSequenceTransformer):
    """Discretizer of sequences: bins of the mean of each feature in segments of time.

    The way back takes the segment of a background sequence whose mean lies in the bin,
    whole, so that what the model is asked about moves in time as the data do.

    Parameters
    ----------
    n_segments : int, default=4
        Number of segments of about equal length; at most one a timestep.

    n_bins : int, default=4
        Number of bins of the means. Categorical features have one bin for each
        category, that of the most frequent one in the segment.

    categorical_features : array-like of int or str, default=None
        Features, by index or name, that are categories at every timestep.

    feature_names : array-like of str or None, default=None
        Names of the features of a timestep.

    random_state : int, RandomState instance or None, default=None
        Seed of the sequences drawn within bins.

    Attributes
    ----------
    segments_ : list of slice
        Timesteps of each segment.

    discretizer_ : QuantileDiscretizer
        Bins of the summaries of the segments.

    is_categorical_ : ndarray of bool of shape (n_features * n_segments,)
        Columns of the codes that are categories, not quantities: all of them.

    n_timesteps_ : int
        Length of the sequences.

    n_features_in_ : int
        Number of features of a timestep.

    See Also
    --------
    SequenceFlattener : Single timesteps, as LIME has them.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.representation import SequenceDiscretizer
    >>> X = np.arange(24.0).reshape(4, 6, 1)
    >>> discretizer = SequenceDiscretizer(n_segments=2, n_bins=2).fit(X)
    >>> discretizer.at(X[0]).get_feature_names_out()
    array(['mean of x0[t-5..t-3] <= 10', 'mean of x0[t-2..t-0] <= 13'],
          dtype=object)
    """

    # At each instance the same rows are drawn from codes, by its seed.
    differs_by_seed = True

    _parameter_constraints: dict = {
        "n_segments": [Interval(Integral, 1, None, closed="left")],
        "n_bins": [Interval(Integral, 2, None, closed="left")],
        **BaseSequenceTransformer._parameter_constraints,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_segments: int = 4,
        n_bins: int = 4,
        *,
        categorical_features: ArrayLike | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_segments = n_segments
        self.n_bins = n_bins
        self.categorical_features = categorical_features
        self.feature_names = feature_names
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # a background is needed here
        self, X: Any, y: Any = None
    ) -> Self:
        """Learn the bins, and keep the sequences to draw segments from.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_features)
            Background sequences. Missing values (NaN) do not count in the means; a
            segment without others has a bin of its own. Strings are categories.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted discretizer.
        """
        X = self._check_sequences(X, reset=True)
        n_segments = min(self.n_segments, self.n_timesteps_)
        parts = np.array_split(np.arange(self.n_timesteps_), n_segments)
        self.segments_ = [slice(p[0], p[-1] + 1) for p in parts]
        summaries = self._summarize(X)
        categorical = np.flatnonzero(np.repeat(self._categorical, n_segments))
        self.discretizer_ = QuantileDiscretizer(
            self.n_bins, categorical_features=categorical
        ).fit(summaries)
        codes = self.discretizer_.transform(summaries)
        self._members = [
            [np.flatnonzero(column == code) for code in range(n_bins)]
            for column, n_bins in zip(codes.T, self.discretizer_.n_bins_, strict=True)
        ]
        self._background = X
        self.is_categorical_ = self.discretizer_.is_categorical_
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the bin of each feature in each segment.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps, n_features)
            Sequences.

        Returns
        -------
        codes : ndarray of int of shape (n_samples, n_features * n_segments)
        """
        check_is_fitted(self)
        X = self._check_sequences(X, reset=False)
        return self.discretizer_.transform(self._summarize(X))

    def at(self, x: Any) -> Self:
        """Return a light copy that knows the instance: its names and its first row.

        Parameters
        ----------
        x : array-like of shape (n_timesteps, n_features)
            The instance.

        Returns
        -------
        discretizer : object
            With `reference_`, the code of `x`, and `seed_`.
        """
        return super().at(x)

    def _take(self, x: Any) -> None:
        super()._take(self._check_instance(x))

    def _place(self, x: Any) -> None:
        self.discretizer_ = self.discretizer_.at(self._summarize(self.row_)[0])
        self.reference_ = self.discretizer_.reference_

    def describe(self) -> dict[str, Any] | None:
        """Return the sequence and the segments that features are about.

        Returns
        -------
        description : dict or None
            Of the kind "series"; None where its values are not numbers.
        """
        spans = [(s.start, s.stop) for s in self.segments_]
        return self._describe(spans)

    def inverse_transform(self, X: Any, start: int = 0) -> np.ndarray:
        """Put sequences together from background segments in the codes' bins.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_features * n_segments)
            Codes, as `transform` returns them.
        start : int, default=0
            Position of the first of these rows among all.

        Returns
        -------
        sequences : ndarray of shape (n_samples, n_timesteps, n_features)
            After `at`, row 0 of all rows is the instance.
        """
        check_is_fitted(self)
        codes = np.asarray(X)
        self.discretizer_._check_codes(codes)
        seed = self.seed_ if self._is_at else draw_seed(self.random_state)
        shape = len(codes), self.n_timesteps_, self.n_features_in_
        sequences = np.empty(shape, dtype=self._background.dtype)
        for part, uniform in uniform_blocks(seed, start, *codes.shape):
            self._draw(codes[part], uniform, sequences[part])
        if start == 0 and len(codes) and self._is_at:
            sequences[0] = self.row_[0]
        return sequences

    def without(self, kept: ArrayLike, random_state: Any = None) -> np.ndarray:
        """Return the instance without some segments, which the background replaces.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_features * n_segments)
            Features in segments that stay as they are.
        random_state : int, RandomState instance or None, default=None
            Seed of the others: those of one background sequence each, the same in all
            rows.

        Returns
        -------
        sequences : ndarray of shape (n_rows, n_timesteps, n_features)
        """
        self._check_at()
        kept = check_kept(kept, len(self.reference_))
        rng = check_random_state(random_state)
        drawn = rng.randint(len(self._background), size=kept.shape[1])
        sequences = np.repeat(self.row_, len(kept), axis=0)
        for column, row in enumerate(drawn):
            j, part = divmod(column, len(self.segments_))
            segment, gone = self.segments_[part], ~kept[:, column]
            sequences[gone, segment, j] = self._background[row, segment, j]
        return sequences

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of features in segments, after `at` with their bins.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects
        """
        check_is_fitted(self)
        last = self.n_timesteps_ - 1
        spans = [
            f"t-{last - s.start}"
            + (f"..t-{last - s.stop + 1}" if s.stop - s.start > 1 else "")
            for s in self.segments_
        ]
        names = [
            f"{'most of' if categorical else 'mean of'} {name}[{span}]"
            for name, categorical in zip(self._names, self._categorical, strict=True)
            for span in spans
        ]
        return self.discretizer_.get_feature_names_out(np.array(names, dtype=object))

    def _check_instance(self, x: Any) -> np.ndarray:
        """Return one sequence in the background's type, or say what it loses there."""
        sequence = super()._check_instance(x)
        row = sequence.astype(self._background.dtype)
        if row.dtype.kind not in "fcOUS" and (row != sequence).any():
            lost = sequence[row != sequence].ravel()[0]
            raise ValueError(
                f"The instance has {lost}, which the background's type {row.dtype} "
                "cannot hold; fit on sequences of a type that can hold it."
            )
        return row

    def _summarize(self, X: Any) -> np.ndarray:
        """Return the mean, or the most frequent category, of features in segments."""
        summaries = [
            _most_frequent(X[:, segment, j])
            if categorical
            else _means(X[:, segment, j])
            for j, categorical in enumerate(self._categorical)
            for segment in self.segments_
        ]
        if X.dtype.kind not in "OUS":
            return np.column_stack(summaries).astype(np.float64)
        rows = np.empty((len(X), len(summaries)), dtype=object)
        for column, summary in enumerate(summaries):
            rows[:, column] = summary.tolist()
        return rows

    def _draw(self, codes: Any, uniform: np.ndarray, out: np.ndarray) -> None:
        n_segments = len(self.segments_)
        for column, members in enumerate(self._members):
            j, segment = column // n_segments, self.segments_[column % n_segments]
            for code, rows in enumerate(members):
                drawn = codes[:, column] == code
                if len(rows) == 0:
                    # Only the instance can be here, and it is put in as it is.
                    rows = np.arange(len(self._background))
                chosen = rows[(uniform[drawn, column] * len(rows)).astype(np.intp)]
                out[drawn, segment, j] = self._background[chosen, segment, j]


def _means(values: np.ndarray) -> np.ndarray:
    """Return each row's mean, the same to the last bit however rows lie in memory."""
    # A sum's rounding depends on its order, which follows the strides; a mean that is a
    # border must stay on its side.
    values = np.ascontiguousarray(values, dtype=np.float64)
    return mean_of_known(values, 1) if np.isnan(values).any() else values.mean(axis=1)


def _most_frequent(values: np.ndarray) -> np.ndarray:
    """Return each row's most frequent value, the least of equals."""
    known, codes = np.unique(values, return_inverse=True)
    codes = codes.reshape(values.shape)
    counts = (codes[:, :, None] == np.arange(len(known))).sum(axis=1)
    return known[np.argmax(counts, axis=1)]
