"""The instance of an explanation without some of its features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sklearn_baylime.base._parts import draws_without, without
from sklearn_baylime.base._sklearn import num_samples
from sklearn_baylime.black_box._rows import concatenate
from sklearn_baylime.explanation import Explanation

_SEEDS = np.iinfo(np.int32).max


class Removal:
    """What stands in place of features that are removed.

    Parameters
    ----------
    explanation : Explanation
        One that knows its representation.
    background : array-like, frame, list or None
        Model inputs to draw from, whole rows; by default the representation tells.
    n_draws : int
        Number of draws, where anything is drawn.
    random_state : RandomState instance
        Their seed.

    Attributes
    ----------
    row : array-like, frame or list of length 1
        The instance.
    columns : ndarray of int of shape (n_features,)
        The column of the codes that each feature is.
    n_draws : int
        1 where nothing is drawn.
    is_random : bool
        Whether anything is.
    """

    def __init__(
        self, explanation: Explanation, background: Any, n_draws: int, random_state: Any
    ) -> None:
        self.steps = _steps_of(explanation)
        self.row = self.steps[0].row_
        self.columns = _find_columns(explanation, self.steps)
        self._background = background
        self._codes = None if background is None else _codes_of(background, self.steps)
        self.is_random = background is not None or draws_without(self.steps[-1])
        self.n_draws = n_draws if self.is_random else 1
        most = _SEEDS if self._codes is None else self._codes.shape[0]
        self._seeds = random_state.randint(most, size=self.n_draws)

    def rows(self, kept: NDArray[np.bool_], draw: int) -> Any:
        """Return model inputs with some features, by one draw of all others.

        Parameters
        ----------
        kept : ndarray of bool of shape (n_rows, n_features)
            Features that stay. Columns of the codes that are no features stay, too.
        draw : int
            Number of the draw.

        Returns
        -------
        rows : array-like, frame or list of length n_rows
        """
        last, seed = self.steps[-1], int(self._seeds[draw])
        stays = np.ones((len(kept), last.reference_.shape[-1]), dtype=bool)
        stays[:, self.columns] = kept
        if self._codes is None:
            rows, before = without(last, stays, seed), self.steps[:-1]
        else:
            rows, before = _mix(last.reference_, self._codes[seed], stays), self.steps
        for step in reversed(before):
            # Row 0 of all rows would be the instance, whatever its code.
            rows = step.inverse_transform(rows, start=1)
        return rows

    def rows_between(self, masks: NDArray[np.bool_], first: int, last: int) -> Any:
        """Return a part of the rows of all draws one after the other."""
        n, parts = len(masks), []
        for draw in range(first // n, -(-last // n)):
            inside = slice(max(first - draw * n, 0), min(last - draw * n, n))
            parts.append(self.rows(masks[inside], draw))
        return concatenate(parts)


def _steps_of(explanation: Explanation) -> Sequence[Any]:
    if not explanation.representation:
        raise ValueError(
            "The explanation does not know its representation, expected one fresh from "
            "an explainer, or from a pickle: JSON does not keep it, and features that "
            "steps behind the kernel combine are no columns of it. Explain the "
            "instance again, or put the representation of another explanation of it "
            "in, dataclasses.replace(explanation, representation=other.representation)."
        )
    return explanation.representation


def _find_columns(explanation: Explanation, steps: Sequence[Any]) -> Any:
    """Return the column of the codes that each feature is; some may be no feature."""
    names, n_columns = None, steps[-1].reference_.shape[-1]
    if len(explanation.feature_names) == n_columns:
        return np.arange(n_columns)
    for step in steps:
        names = [str(name) for name in step.get_feature_names_out(names)]
    assert names is not None
    places = {name: j for j, name in enumerate(names)}
    lost = [name for name in explanation.feature_names if name not in places]
    if lost or len(places) < len(names):
        raise ValueError(
            f"The explanation has the feature {(lost or names)[0]!r}, which is not to "
            f"be found once among its representation's {n_columns} columns: expected "
            "features that are columns, with names that differ."
        )
    return np.array([places[name] for name in explanation.feature_names])


def _codes_of(background: Any, steps: Sequence[Any]) -> Any:
    codes = background
    for step in steps:
        codes = step.transform(codes)
    codes = codes.tocsr() if sparse.issparse(codes) else np.asarray(codes)
    if num_samples(codes) < 1 or codes.ndim != 2:
        raise ValueError(
            f"background has codes of shape {codes.shape}, expected at least one row."
        )
    return codes


def _mix(reference: Any, other: Any, stays: NDArray[np.bool_]) -> Any:
    """Return the code of the instance with another's columns where it does not stay."""
    if not sparse.issparse(other):
        return np.where(stays, reference, other)
    kept, gone = sparse.csr_matrix(stays), sparse.csr_matrix(~stays)
    return sparse.csr_matrix(kept.multiply(reference) + gone.multiply(other))
