"""Answers of the black box as numbers, or what is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np


def one_hot(answers: Any, labels: Any, positions: np.ndarray) -> np.ndarray:
    """Return 1 where a row has the label of the column, else 0: (n_rows, n_labels)."""
    given, known = np.asarray(answers), np.asarray(labels)
    if given.shape != (len(positions),):
        raise ValueError(
            f"The model answered an array of shape {given.shape} to {len(positions)} "
            "rows, expected one label a row."
        )
    matches = given[:, None] == known
    if not matches.any(axis=1).all():
        row = int(np.argmin(matches.any(axis=1)))
        raise ValueError(
            f"The model answered the label {given[row]!r} to row {positions[row]}, "
            f"expected one of {known.tolist()}; give all of them as labels."
        )
    return matches.astype(np.float64)


def check_answers(answers: Any, positions: np.ndarray) -> np.ndarray:
    """Return the answers as numbers (n_rows, n_outputs), or say what is wrong.

    `positions` are the rows' numbers in the neighbourhood, for the message.
    """
    n_rows = len(positions)
    array = np.asarray(answers)
    if array.ndim == 0 or len(array) != n_rows:
        n_got = "a single value" if array.ndim == 0 else f"{len(array)} rows"
        raise ValueError(
            f"The model answered {n_got} to {n_rows} rows, expected one answer a row."
        )
    if array.ndim > 2:
        raise ValueError(
            f"The model answered an array of shape {array.shape}, expected (n_rows,) "
            "or (n_rows, n_outputs)."
        )
    if array.dtype.kind not in "biuf":
        try:
            if array.dtype.kind in "USM":
                raise ValueError
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            raise ValueError(
                f"The model answered {array.ravel()[0]!r} to row {positions[0]}, "
                "expected numbers; give a function that returns probabilities or "
                "scores, such as model.predict_proba, or BlackBox(model, labels=[...]) "
                "for one that returns labels."
            ) from None
    array = array.astype(np.float64).reshape(n_rows, -1)
    bad = ~np.isfinite(array).all(axis=1)
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"The model answered {array[row].tolist()} to row {positions[row]}, "
            "expected finite numbers."
        )
    return array
