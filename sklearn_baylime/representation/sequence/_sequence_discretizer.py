"""Segments of time, each replaced by the same segment of another sequence."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._seeds import draw_seed, uniform_blocks
from sklearn_baylime.base._sklearn import Interval, fit_context
from sklearn_baylime.base._without import check_kept
from sklearn_baylime.representation.sequence._padding import padded_steps
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
    n_segments : int or None, default=4
        Number of segments of about equal length; at most one a timestep. None is one a
        timestep.

    n_bins : int, default=4
        Number of bins of the means. Categorical features have one bin for each
        category, that of the most frequent one in the segment.

    categorical_features : array-like of int or str, default=None
        Features, by index or name, that are categories at every timestep.

    feature_names : array-like of str or None, default=None
        Names of the features of a timestep.

    padding : number, str or None, default=None
        What fills timesteps that are there only to make lengths equal, such as 0 or
        NaN. Timesteps at the ends all of whose features are that do not count in the
        means; those of the instance stay as they are, and no others become so. Lists of
        sequences of several lengths are padded in front.

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

    _parameter_constraints: dict = {
        "n_segments": [Interval(Integral, 1, None, closed="left"), None],
        "n_bins": [Interval(Integral, 2, None, closed="left")],
        "padding": [None, Real, str],
        **BaseSequenceTransformer._parameter_constraints,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_segments: int | None = 4,
        n_bins: int = 4,
        *,
        categorical_features: ArrayLike | None = None,
        feature_names: Sequence[str] | np.ndarray | None = None,
        padding: Any = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_segments = n_segments
        self.n_bins = n_bins
        self.categorical_features = categorical_features
        self.feature_names = feature_names
        self.padding = padding
        self.random_state = random_state

    @property
    def differs_by_seed(self) -> bool:  # type: ignore[override]
        """Whether at each instance the same rows are drawn from codes, by its seed.

        Not where an instance's padding stays.
        """
        return self.padding is None

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
        n_segments = min(self.n_segments or self.n_timesteps_, self.n_timesteps_)
        parts = np.array_split(np.arange(self.n_timesteps_), n_segments)
        self.segments_ = [slice(p[0], p[-1] + 1) for p in parts]
        summaries = self._summarize(X)
        categorical = np.flatnonzero(np.repeat(self._categorical, n_segments))
        self.discretizer_ = QuantileDiscretizer(
            self.n_bins, categorical_features=categorical
        ).fit(summaries)
        # Of each column something that is neither padding nor missing.
        known = summaries == summaries
        self._present = summaries[known.argmax(axis=0), np.arange(known.shape[1])]
        codes = self.discretizer_.transform(summaries)
        # Kept beside those that fit an instance, whose padding stays.
        self._all_members = self._members = [
            [np.flatnonzero(column == code) for code in range(n_bins)]
            for column, n_bins in zip(codes.T, self.discretizer_.n_bins_, strict=True)
        ]
        self._background = X
        self._background_padding = padded_steps(X, self.padding)
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
        steps = padded_steps(self.row_, self.padding)[0]
        if steps.all():
            raise ValueError(
                "The instance is padding alone, expected at least one timestep of "
                f"something else than {self.padding!r}."
            )
        self._steps = steps
        n_features, parts = self.n_features_in_, self.segments_
        self._is_padding = np.tile([steps[part].all() for part in parts], n_features)
        summary = self._summarize(self.row_)[0]
        # What stays as it is needs no bin, and the background may have none for it.
        for column in np.flatnonzero(self._is_padding).tolist():
            if not self._has_bin(column, summary[column]):
                summary[column] = self._present[column]
        self.discretizer_ = self.discretizer_.at(summary)
        self.reference_ = self.discretizer_.reference_
        if self.padding is not None:
            self._members = [
                [rows[self._fits(column, rows)] for rows in members]
                for column, members in enumerate(self._all_members)
            ]

    def _has_bin(self, column: int, value: Any) -> bool:
        """Tell whether the background has a bin for what a padded segment is."""
        layout = self.discretizer_._layout
        categories = layout.categories[column]
        if categories is None or value != value:
            return bool(layout.has_missing[column])
        return value in categories.tolist()

    def _fits(self, column: int, rows: np.ndarray) -> np.ndarray:
        """Tell background rows without padding where the instance has none."""
        part = self.segments_[column % len(self.segments_)]
        padding = self._background_padding[rows][:, part]
        return ~(padding & ~self._steps[part]).any(axis=1)

    def snap(self, X: Any) -> np.ndarray:
        """Return the codes of the sequences that codes stand for.

        Padding stays, and what would become padding stays as the instance has it.

        Parameters
        ----------
        X : array-like of int of shape (n_samples, n_features * n_segments)
            Codes.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_features * n_segments)
        """
        codes = np.asarray(X)
        if self.padding is None or not self._is_at:
            return codes
        codes = codes.copy()
        codes[:, self._is_padding] = self.reference_[self._is_padding]
        for column, members in enumerate(self._members):
            none = [code for code, rows in enumerate(members) if not len(rows)]
            codes[np.isin(codes[:, column], none), column] = self.reference_[column]
        return codes

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
        if self._is_at and self._steps.any():
            sequences[:, self._steps] = self.row_[0, self._steps]
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
        n = len(self._background)
        drawn = rng.randint(n, size=kept.shape[1])
        sequences = np.repeat(self.row_, len(kept), axis=0)
        for column, row in enumerate(drawn):
            j, part = divmod(column, len(self.segments_))
            segment, gone = self.segments_[part], ~kept[:, column]
            if self.padding is not None:
                fitting = np.flatnonzero(self._fits(column, np.arange(n)))
                if self._is_padding[column] or not len(fitting):
                    continue
                row = fitting[row % len(fitting)]
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
        told = self.discretizer_.get_feature_names_out(np.array(names, dtype=object))
        if self._is_at:
            for column in np.flatnonzero(self._is_padding):
                told[column] = f"{names[column]} is padding"
        return told

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
        padding = padded_steps(X, self.padding)
        summaries = [
            _most_frequent(X[:, segment, j], padding[:, segment])
            if categorical
            else _means(X[:, segment, j], padding[:, segment])
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
                if len(rows) == 0 and self.padding is not None and self._is_at:
                    out[drawn, segment, j] = self.row_[0, segment, j]
                    continue
                if len(rows) == 0:
                    # Only the instance can be here, and it is put in as it is.
                    rows = np.arange(len(self._background))
                chosen = rows[(uniform[drawn, column] * len(rows)).astype(np.intp)]
                out[drawn, segment, j] = self._background[chosen, segment, j]


def _means(values: np.ndarray, padding: np.ndarray) -> np.ndarray:
    """Return each row's mean without padding.

    It is the same to the last bit however rows lie in memory.
    """
    # A sum's rounding depends on its order, which follows the strides; a mean that is a
    # border must stay on its side.
    values = np.ascontiguousarray(values, dtype=np.float64)
    if padding.any():
        values = np.where(padding, np.nan, values)
    return mean_of_known(values, 1) if np.isnan(values).any() else values.mean(axis=1)


def _most_frequent(values: np.ndarray, padding: np.ndarray) -> np.ndarray:
    """Return each row's most frequent value, the least of equals.

    Padding counts where there is nothing else.
    """
    known, codes = np.unique(values, return_inverse=True)
    codes = codes.reshape(values.shape)
    counts = codes[:, :, None] == np.arange(len(known))
    counted = ~padding | padding.all(axis=1, keepdims=True)
    counts = (counts & counted[:, :, None]).sum(axis=1)
    return known[np.argmax(counts, axis=1)]
