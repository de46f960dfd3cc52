"""What was asked around one instance, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


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
    """

    codes: Any
    answers: np.ndarray
    reference: Any
    names: list[str]
    representation: list[Any]
    n_queries: int = 0

    @property
    def n_rows(self) -> int:
        """Number of rows, answered or not."""
        return self.codes.shape[0]

    @property
    def n_open(self) -> int:
        """Number of rows that are not answered yet."""
        return self.n_rows - len(self.answers)

    @property
    def is_complete(self) -> bool:
        """Whether every row is answered."""
        return self.n_open == 0

    def example(self):
        """Return one model input, to judge how much memory a row takes.

        Returns
        -------
        rows : array, frame or list of length 1
        """
        first = self.representation[0] if self.representation else None
        row = getattr(first, "row_", None)
        return self.inputs(slice(0, 1)) if row is None else row

    def inputs(self, part: slice = slice(None)):
        """Return the model inputs of a part of the rows.

        Parameters
        ----------
        part : slice, default=slice(None)
            Rows wanted, without a step.

        Returns
        -------
        rows : array, frame or list
            As the model is asked about them.
        """
        first, last, _ = part.indices(self.n_rows)
        rows = self.codes[first:last]
        for step in reversed(self.representation):
            rows = _invert(step, rows, first)
        return rows

    def __repr__(self):
        n_rows, n_features = self.codes.shape
        return (
            f"<Neighborhood of {n_rows} rows, {n_features} features, "
            f"{len(self.answers)} answered>"
        )


def _invert(step, rows, first):
    """Give the rows' position to steps that draw values at random."""
    if getattr(step, "takes_start", False):
        return step.inverse_transform(rows, start=first)
    return step.inverse_transform(rows)
