"""Answers that an exception carries: what was paid for is never lost."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

import numpy as np


class KeptAnswers(NamedTuple):
    """Answers of a batch in which something went wrong.

    Attributes
    ----------
    answers : ndarray of shape (n_rows, n_outputs)
        NaN in rows that have no answer.
    n_asked : int
        Rows that the model was asked about.
    """

    answers: np.ndarray
    n_asked: int

    @property
    def is_answered(self) -> np.ndarray:
        """Which rows have an answer, (n_rows,)."""
        return np.isfinite(self.answers).all(axis=1)


def attach_answers(error: BaseException, kept: KeptAnswers) -> None:
    """Let an exception carry the answers of its batch."""
    with suppress(AttributeError):
        error.kept_answers = kept  # type: ignore[attr-defined]


def attached_answers(error: BaseException) -> KeptAnswers | None:
    """Return the answers that an exception carries."""
    return getattr(error, "kept_answers", None)
