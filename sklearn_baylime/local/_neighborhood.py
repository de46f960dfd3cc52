"""What was asked around one instance, and what was answered."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse

from sklearn_baylime.base._rows import with_first_row
from sklearn_baylime.black_box._rows import take

# Answers that tell one model from another.
_FIRST = 64


@dataclass(eq=False, repr=False)
class Neighborhood:
    """Rows around one instance with the black box's answers.

    `ExplainerPipeline.sample` makes it. It fits `ExplainerPipeline.local_pipeline`.

    Parameters
    ----------
    codes : ndarray or sparse matrix of shape (n_rows, n_features)
        Sampled rows; the first is the instance.

    answers : ndarray of shape (n_answered, n_outputs)
        The black box's answers to the first rows; all of them unless it raised.

    reference : ndarray of shape (n_features,) or sparse matrix of shape (1, n_features)
        Code of the instance.

    names : list of str
        Names of the features at the instance.

    representation : list of transformers
        The fitted steps left of the sampler, at this instance: their
        `inverse_transform`, applied backwards, makes model inputs of codes.

    n_queries : int
        Rows the model was asked about; fewer than the answers where a memory knew some.

    row : array, frame or list of length 1, default=None
        The instance itself. It is what the model is asked about as the first row,
        whatever the representation would make of its code.

    groups : ndarray of int of shape (n_rows,) or None, default=None
        Rows that were drawn together, such as a mask and its complement: one
        observation as far as noise goes. None where each row is alone.

    is_exhaustive : bool, default=False
        Whether the rows are all there are, each once: then there is nothing to infer.

    drawn : str or None, default=None
        Name of the draw: rows of one name were made of the same random numbers.

    places : ndarray of shape (n_placed, n_features) or None, default=None
        Where within their codes the values of the first rows lie; None where the step
        left of the sampler says it.

    spare : dict of int to ndarray of shape (n_outputs,), default={}
        Answers to rows behind one that is open, by the row's number: the model's answer
        to that one was bad, these are kept until it is answered.
    """

    # Position of the first row that is this neighbourhood's, for errors.
    offset = 0

    codes: Any
    answers: np.ndarray
    reference: Any
    names: list[str]
    representation: list[Any]
    n_queries: int = 0
    row: Any = None
    groups: np.ndarray | None = None
    is_exhaustive: bool = False
    drawn: str | None = None
    places: np.ndarray | None = None
    spare: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Number of rows, answered or not."""
        return self.codes.shape[0]

    @property
    def n_open(self) -> int:
        """Number of rows that are not answered yet."""
        return self.n_rows - self.n_answered

    @property
    def n_answered(self) -> int:
        """Number of rows that are answered."""
        return len(self.answers)

    @property
    def first_answer(self) -> np.ndarray:
        """The answer to the instance."""
        return self.answers[0]

    @property
    def is_complete(self) -> bool:
        """Whether every row is answered."""
        return self.n_open == 0

    @property
    def n_own_open(self) -> int:
        """Number of rows that are this neighbourhood's alone and are not answered."""
        return self.n_open

    @property
    def surveys(self) -> list[Any]:
        """What is to be asked beside the own rows: nothing, unless rows are shared."""
        return []

    def resume(self, known: Neighborhood) -> Neighborhood:
        """Return what is known of this instance already.

        Parameters
        ----------
        known : Neighborhood
            Of the same instance, asked about before.

        Returns
        -------
        neighborhood : Neighborhood
        """
        return known

    def alone(self) -> Neighborhood:
        """Return a neighbourhood that holds all its rows itself.

        Returns
        -------
        neighborhood : Neighborhood
            This one, unless it shares rows with others.
        """
        return self

    def example(self) -> Any:
        """Return one model input, to judge how much memory a row takes.

        Returns
        -------
        rows : array, frame or list of length 1
        """
        return self.inputs(slice(0, 1)) if self.row is None else self.row

    def inputs(self, part: slice = slice(None)) -> Any:
        """Return the model inputs of a part of the rows.

        Parameters
        ----------
        part : slice, default=slice(None)
            Rows wanted, without a step.

        Returns
        -------
        rows : array, frame or list
            As the model is asked about them; row 0 is the instance itself.
        """
        first, last, _ = part.indices(self.n_rows)
        codes = self.codes[first:last]
        rows = inputs_of(codes, self.representation, first, self.places)
        if first == 0 and last > 0 and self.row is not None:
            # A lossy representation would explain the prediction of another instance.
            return with_first_row(rows, self.row)
        return rows

    def answer(self, answers: np.ndarray, n_asked: int, first: int = 0) -> None:
        """Put in the answers to the next rows, of which some may cost no query.

        Parameters
        ----------
        answers : ndarray of shape (n, n_outputs)
            Answers to the first `n` rows that had none.
        n_asked : int
            Rows the model was asked about.
        first : int, default=0
            Ignored: rows that are this neighbourhood's alone are answered in order.
        """
        kept = self.answers if len(self.answers) else answers[:0]
        self.answers = np.concatenate([kept, answers])
        self.n_queries += n_asked

    def extend(self, codes: Any, groups: np.ndarray | None = None) -> Neighborhood:
        """Return a neighbourhood with further rows, which are not answered yet.

        Parameters
        ----------
        codes : ndarray or sparse matrix of shape (n_more, n_features)
            Further rows by the same law, without the instance.
        groups : ndarray of int of shape (n_more,) or None, default=None
            Which of them were drawn together.

        Returns
        -------
        neighborhood : Neighborhood
        """
        return replace(
            self.alone(),
            codes=stack(self.codes, codes),
            groups=_join_groups(self, groups, codes.shape[0]),
            is_exhaustive=False,
        )

    def merge(self, other: Neighborhood) -> Neighborhood:
        """Return the answered rows of two neighbourhoods of one instance together.

        Parameters
        ----------
        other : Neighborhood
            Of the same instance, with rows of its own; its first row is left out, since
            the instance stands here already.

        Returns
        -------
        neighborhood : Neighborhood

        Raises
        ------
        ValueError
            If the other is of another instance, or rows of either are open.
        """
        if not (self.is_complete and other.is_complete):
            raise ValueError(
                f"{self.n_open + other.n_open} rows are not answered, expected two "
                "neighbourhoods whose rows all are; pass them to sample(x, resume=...)."
            )
        if not _same(self.reference, other.reference) or not _same(self.row, other.row):
            raise ValueError(
                "The neighbourhoods are of two instances, expected the same one."
            )
        groups = None if other.groups is None else other.groups[1:]
        merged = self.extend(other.codes[1:], groups)
        merged.answer(other.answers[1:], other.n_queries)
        return merged

    def is_of(self, row: Any) -> bool:
        """Tell whether this is the neighbourhood of an instance.

        Parameters
        ----------
        row : array, frame or list of length 1
            The instance.

        Returns
        -------
        is_of : bool
        """
        return self.row is None or _same(self.row, row)

    def __repr__(self) -> str:
        n_rows, n_features = self.codes.shape
        return (
            f"<Neighborhood of {n_rows} rows, {n_features} features, "
            f"{len(self.answers)} answered>"
        )


def inputs_of(
    rows: Any, representation: list[Any], start: int, places: np.ndarray | None
) -> Any:
    """Return the model inputs of rows of codes, the first of which is row `start`."""
    for step in reversed(representation):
        if places is not None and step is representation[-1]:
            step = step.with_places(places)
        rows = step.inverse_transform(rows, start=start)
    return rows


def name_of_rows(hood: Neighborhood) -> str | None:
    """Return the name of the rows as data: of own rows with what was answered.

    So rows that another model was asked about have another name, while rows that
    instances share have one name for all.
    """
    if hood.drawn is None or hood.drawn.startswith("shared"):
        return hood.drawn
    first = np.ascontiguousarray(hood.answers[:_FIRST])
    return f"{hood.drawn} {zlib.crc32(first.tobytes()):x}"


def stack(codes: Any, more: Any) -> Any:
    """Return rows of codes, and further ones behind them."""
    if sparse.issparse(codes):
        return sparse.vstack([codes, more], format="csr")
    return np.concatenate([codes, more])


def _join_groups(hood: Neighborhood, more: Any, n_more: int) -> np.ndarray | None:
    """Return the groups of all rows, further ones numbered behind the first."""
    if hood.groups is None and more is None:
        return None
    first = np.arange(hood.n_rows) if hood.groups is None else hood.groups
    more = np.arange(n_more) if more is None else more
    return np.concatenate([first, more - more.min(initial=0) + first.max() + 1])


def _same(one: Any, other: Any) -> bool:
    """Tell whether two batches of one row hold the same."""
    if type(one) is not type(other):
        return False
    if sparse.issparse(one):
        return one.shape == other.shape and (one != other).nnz == 0
    if isinstance(one, list):
        return len(one) == len(other) and all(
            _same(a, b) if isinstance(a, np.ndarray) else a is b or a == b
            for a, b in zip(one, other, strict=True)
        )
    if hasattr(one, "equals"):
        return bool(take(one, slice(0, 1)).equals(take(other, slice(0, 1))))
    one, other = np.asarray(one), np.asarray(other)
    is_number = one.dtype.kind in "fc" and other.dtype.kind in "fc"
    return np.array_equal(one, other, equal_nan=is_number)
