"""Answers of the black box as numbers, or what is wrong with them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from sklearn_baylime.black_box._kept import KeptAnswers, attach_answers

_LARGEST = 1e100


@dataclass(frozen=True)
class Answers:
    """Answers as numbers, with what their container says of the columns.

    Attributes
    ----------
    numbers : ndarray of float of shape (n_rows, n_outputs)
    names : list of str or None
        Names of the columns, of frames, series, dictionaries and labelled scores.
    groups : tuple of int or None
        How many columns each output has, where there are several outputs.
    """

    numbers: Any
    names: list[str] | None = None
    groups: tuple[int, ...] | None = None


def read_answers(
    answers: Any,
    positions: np.ndarray,
    labels: Any = None,
    *,
    or_numbers: bool = False,
) -> Answers:
    """Return the answers as numbers, with names, or say what is wrong.

    Parameters
    ----------
    answers : object
        Array, tensor, sparse matrix, frame, series, dictionary of columns, list of one
        array for each output, or list of labels with scores.
    positions : ndarray of int of shape (n_rows,)
        The rows' numbers in the neighbourhood, for the message.
    labels : sequence or None, default=None
        What the answers are, if they are labels.
    or_numbers : bool, default=False
        Whether numbers that are no labels are taken as they are.
    """
    read = unpack(answers, len(positions))
    are_scores = or_numbers and _are_scores(read.numbers, labels)
    if labels is not None and not are_scores:
        return _read_labels(read.numbers, labels, positions)
    numbers = check_answers(read.numbers, positions)
    return Answers(numbers, read.names, read.groups)


def unpack(answers: Any, n_rows: int) -> Answers:
    """Take values and names out of what holds them; values are not checked yet."""
    if hasattr(answers, "detach"):
        return Answers(_of_tensor(answers))
    if sparse.issparse(answers):
        return Answers(answers.toarray())
    if isinstance(answers, np.ma.MaskedArray):
        return Answers(_of_masked(answers))
    if isinstance(answers, Mapping) and len(answers):
        return _of_columns(dict(answers), n_rows)
    if hasattr(answers, "columns") and hasattr(answers, "shape"):
        return Answers(np.asarray(answers), _names_of(list(answers.columns)))
    if isinstance(answers, np.ndarray) and answers.dtype.names:
        return _of_columns({n: answers[n] for n in answers.dtype.names}, n_rows)
    if isinstance(answers, list | tuple) and len(answers):
        return _of_list(list(answers), n_rows)
    name = getattr(answers, "name", None) if hasattr(answers, "to_numpy") else None
    # numpy's own answer about lists of arrays of different shapes is an error.
    values = answers if np.ndim(answers) else np.asarray(answers, dtype=object)
    is_named = isinstance(name, str) and name
    return Answers(values, [str(name)] if is_named else None)


def _are_scores(values: Any, labels: Any) -> bool:
    """Tell whether values are numbers that are no labels."""
    array = np.asarray(values)
    return array.dtype.kind == "f" and not np.isin(array, np.asarray(labels)).all()


def _of_tensor(tensor: Any) -> np.ndarray:
    tensor = tensor.detach().cpu()
    try:
        return tensor.numpy()
    except TypeError:
        # numpy has no counterpart of the shortest floats.
        return tensor.float().numpy()


def _of_masked(array: Any) -> Any:
    """Return a masked array's numbers, NaN where it holds none."""
    return array.astype(np.float64).filled(np.nan) if array.mask.any() else array.data


def _of_columns(columns: Mapping[Any, Any], n_rows: int) -> Answers:
    """Read a mapping from names to columns of shape (n_rows,) or (n_rows, k)."""
    parts = {name: np.asarray(unpack(p, n_rows).numbers) for name, p in columns.items()}
    if any(p.ndim == 0 or p.ndim > 2 or len(p) != n_rows for p in parts.values()):
        raise TypeError(
            f"The model answered a dictionary of {len(parts)} entries, "
            f"{[str(name) for name in parts][:5]}, which are no columns of as many "
            f"numbers as rows ({n_rows}): give a function that returns one number a "
            "row, or a row of them."
        )
    wide = {name: part.reshape(n_rows, -1) for name, part in parts.items()}
    if len(wide) == 1 and next(iter(wide.values())).shape[1] > 1:
        return Answers(next(iter(wide.values())))
    names = [
        str(name) if part.shape[1] == 1 else f"{name} {j}"
        for name, part in wide.items()
        for j in range(part.shape[1])
    ]
    sizes = tuple(part.shape[1] for part in wide.values())
    several = sizes if max(sizes) > 1 else None
    return Answers(np.concatenate(list(wide.values()), axis=1), names, several)


def _of_list(answers: list[Any], n_rows: int) -> Answers:
    """Read one array for each output, one answer for each row, or labelled scores."""
    if isinstance(answers[0], Mapping) or _is_list_of_dicts(answers[0]):
        return _of_scores(answers)
    parts = [_of_tensor(p) if hasattr(p, "detach") else p for p in answers]
    shapes = [np.shape(part) if hasattr(part, "shape") else () for part in parts]
    if all(len(shape) == 2 and shape[0] == n_rows for shape in shapes):
        # Of several outputs, scikit-learn gives the probabilities of each.
        sizes = tuple(shape[1] for shape in shapes)
        return Answers(
            np.concatenate(parts, axis=1),
            groups=sizes if len(sizes) > 1 else None,
        )
    return Answers(parts)


def _is_list_of_dicts(part: Any) -> bool:
    return isinstance(part, list) and len(part) > 0 and isinstance(part[0], Mapping)


def _of_scores(answers: list[Any]) -> Answers:
    """Read what text classifiers answer: a label and its score, for each label."""
    rows = [[row] if isinstance(row, Mapping) else row for row in answers]
    try:
        scores = [{str(s["label"]): s["score"] for s in row} for row in rows]
    except (KeyError, TypeError):
        raise ValueError(
            f"The model answered {answers[0]!r} to the first row, expected numbers; "
            "give a function that takes the numbers out."
        ) from None
    names = sorted(scores[0])
    if any(set(row) != set(names) for row in scores) or len(names) == 1:
        raise ValueError(
            f"The model answered the scores of {names} alone to the first row, "
            "expected those of all labels for every row: lambda rows: "
            "model(list(rows), top_k=None)."
        )
    return Answers(np.array([[row[name] for name in names] for row in scores]), names)


def _names_of(columns: list[Any]) -> list[str] | None:
    """Return the names of a frame's columns, None where it has but numbers of them."""
    return None if columns == list(range(len(columns))) else [str(c) for c in columns]


def _read_labels(answers: Any, labels: Any, positions: np.ndarray) -> Answers:
    """Return 1 where a row has the label of the column, else 0."""
    several = isinstance(labels, list | tuple) and all(np.ndim(own) for own in labels)
    if not several:
        return Answers(one_hot(answers, labels, positions))
    given = np.asarray(answers)
    if given.shape != (len(positions), len(labels)):
        raise ValueError(
            f"The model answered an array of shape {given.shape} to {len(positions)} "
            f"rows, expected {len(labels)} labels a row."
        )
    parts = [one_hot(given[:, i], own, positions) for i, own in enumerate(labels)]
    sizes = tuple(len(own) for own in labels)
    return Answers(np.concatenate(parts, axis=1), groups=sizes)


def one_hot(answers: Any, labels: Any, positions: np.ndarray) -> np.ndarray:
    """Return 1 where a row has the label of the column, else 0: (n_rows, n_labels)."""
    given, known = np.asarray(answers), np.asarray(labels)
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
    array = _as_array(answers, n_rows)
    if array.ndim == 0 and array.dtype == object:
        _refuse_type(array.item(), n_rows)
    if array.ndim == 0 or len(array) != n_rows:
        got = f"{len(array)} rows" if array.ndim else "a single value"
        raise ValueError(
            f"The model answered {got} to {n_rows} rows, expected one answer a row."
        )
    if array.ndim > 2 or array.size == 0:
        raise ValueError(
            f"The model answered an array of shape {array.shape}, expected (n_rows,) "
            "or (n_rows, n_outputs)."
        )
    array = _as_numbers(array, positions).reshape(n_rows, -1)
    with np.errstate(invalid="ignore"):
        bad = np.logical_not((np.abs(array) <= _LARGEST).all(axis=1))
    if bad.any():
        row = int(np.argmax(bad))
        finite = bool(np.isfinite(array[row]).all())
        limit = f" of at most {_LARGEST:g}, whose squares a float holds"
        error = ValueError(
            f"The model answered {array[row].tolist()} to row {positions[row]}, "
            f"expected finite numbers{limit if finite else ''}."
        )
        kept = np.where(bad[:, None], np.nan, array)
        attach_answers(error, KeptAnswers(kept, n_rows))
        raise error
    return array


def _as_array(answers: Any, n_rows: int) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            # Before 1.24 numpy only warned of lists that are no array.
            warnings.simplefilter("error")
            return np.asarray(answers)
    except (TypeError, ValueError, Warning) as error:
        raise ValueError(
            f"The model answered a {type(answers).__name__} to {n_rows} rows that is "
            f"no array of numbers ({error}), expected one answer a row."
        ) from error


def _refuse_type(value: Any, n_rows: int) -> None:
    """Say what came instead of answers, unless it is a mere number or text."""
    if not isinstance(value, int | float | str | complex):
        raise TypeError(
            f"The model answered a {type(value).__name__} to {n_rows} rows, expected "
            "an array, a list or a frame with one number a row, or a row of them."
        )


def _as_numbers(array: np.ndarray, positions: np.ndarray) -> np.ndarray:
    try:
        if array.dtype.kind in "USMmc":
            raise ValueError
        return array.astype(np.float64)
    except (TypeError, ValueError):
        value = array.ravel()[0]
        raise ValueError(
            f"The model answered {value!r} of type {type(value).__name__} to row "
            f"{positions[0]}, expected numbers; give a function that returns "
            "probabilities or scores, such as model.predict_proba, or "
            "BlackBox(model, labels=[...]) for one that returns labels."
        ) from None
