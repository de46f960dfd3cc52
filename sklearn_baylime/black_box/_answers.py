"""Answers of the black box as numbers, or what is wrong with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse


def read_answers(answers: Any) -> tuple[np.ndarray, list[str] | None]:
    """Return answers as an array, and the names of its columns if it has some.

    Raises
    ------
    TypeError
        If they are nothing that holds a number for each row.
    """
    if isinstance(answers, dict):
        columns = [np.asarray(read_answers(part)[0]) for part in answers.values()]
        return _in_columns(columns, answers), [str(key) for key in answers]
    if sparse.issparse(answers):
        return answers.toarray(), None
    if isinstance(answers, list) and answers and all(np.ndim(p) == 2 for p in answers):
        # Of several outputs, scikit-learn gives the probabilities of each.
        return np.concatenate([read_answers(p)[0] for p in answers], axis=1), None
    if _is_scored(answers):
        return _by_label(answers)
    names = _names_of(answers)
    for step in ("detach", "cpu", "numpy"):
        # Tensors, whatever they are part of and wherever they are.
        answers = getattr(answers, step)() if hasattr(answers, step) else answers
    return _as_array(answers), names


def _is_scored(answers: Any) -> bool:
    """Tell whether each row is a list of labels with scores, as of transformers."""
    first = answers[0] if isinstance(answers, list) and answers else None
    return isinstance(first, list) and all(
        isinstance(part, dict) and {"label", "score"} <= set(part) for part in first
    )


def _by_label(answers: list[list[dict]]) -> tuple[np.ndarray, list[str]]:
    """Return a column a label, in alphabetical order: rows have orders of their own."""
    names = sorted(str(part["label"]) for part in answers[0])
    rows = [{str(p["label"]): float(p["score"]) for p in row} for row in answers]
    return np.array([[row.get(name, np.nan) for name in names] for row in rows]), names


def _in_columns(columns: list[np.ndarray], answers: dict) -> np.ndarray:
    lengths = {column.shape[:1] for column in columns}
    if len(lengths) != 1 or () in lengths:
        raise TypeError(
            f"The model answered a dictionary of {len(answers)} entries, "
            f"{[str(key) for key in answers][:5]}, which are no columns of as many "
            "numbers as rows: give a function that returns one number a row, or a row "
            "of them."
        )
    return np.column_stack(columns)


def _names_of(answers: Any) -> list[str] | None:
    """Return the names of a frame's columns, or of a series; None for mere numbers."""
    columns = getattr(answers, "columns", None)
    if columns is None:
        name = getattr(answers, "name", None)
        return [str(name)] if name and hasattr(answers, "dtype") else None
    # pandas numbers columns that nobody has named.
    return None if type(columns).__name__ == "RangeIndex" else [str(c) for c in columns]


def _as_array(answers: Any) -> np.ndarray:
    array = np.asarray(answers)
    is_object = array.ndim == 0 and array.dtype == object
    if answers is None or is_object:
        raise TypeError(
            f"The model answered a {type(answers).__name__}, expected an array, a list "
            "or a frame with one number a row, or a row of them."
        )
    return array


def one_hot(answers: np.ndarray, labels: Any, positions: np.ndarray) -> np.ndarray:
    """Return 1 where a row has the label of the column, else 0: (n_rows, n_labels).

    Several outputs, whose labels are a list of arrays, stand side by side.
    """
    several = isinstance(labels, list) and all(np.ndim(own) == 1 for own in labels)
    if several and labels:
        shape = (len(positions), len(labels))
        if answers.shape != shape:
            raise ValueError(
                f"The model answered an array of shape {answers.shape}, expected "
                f"{shape}: one label a row and output."
            )
        parts = zip(answers.T, labels, strict=True)
        return np.hstack([one_hot(part, own, positions) for part, own in parts])
    given, known = answers, np.asarray(labels)
    if given.shape == (len(positions), 1):
        given = given[:, 0]
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
