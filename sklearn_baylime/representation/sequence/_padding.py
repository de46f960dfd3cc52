"""Padding of sequences: timesteps that are there only to make lengths equal."""

from __future__ import annotations

from typing import Any

import numpy as np


def padded_steps(X: np.ndarray, padding: Any) -> np.ndarray:
    """Tell the timesteps at both ends whose features all are the padding.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_timesteps, n_features)
    padding : object
        Number, NaN or string; None pads nothing.

    Returns
    -------
    is_padding : ndarray of bool of shape (n_samples, n_timesteps)

    Examples
    --------
    >>> padded_steps(np.array([[[0], [0], [3], [0], [4], [0]]]), 0)
    array([[ True,  True, False, False, False,  True]])
    """
    if padding is None:
        return np.zeros(X.shape[:2], dtype=bool)
    same = np.asarray(X != X if padding != padding else X == padding, dtype=bool)
    steps: np.ndarray = np.all(same, axis=2)
    before = np.logical_and.accumulate(steps, axis=1)
    after = np.logical_and.accumulate(steps[:, ::-1], axis=1)[:, ::-1]
    return before | after


def pad_in_front(sequences: Any, n_timesteps: int | None, padding: Any) -> Any:
    """Return sequences of several lengths as an array, padded before their first step.

    Parameters
    ----------
    sequences : list of array-like of shape (length, n_features)
    n_timesteps : int or None
        Length of all; that of the longest if None.
    padding : object

    Returns
    -------
    array : ndarray of shape (n_samples, n_timesteps, n_features)

    Raises
    ------
    ValueError
        If one is longer, or has other features.
    """
    parts = [np.asarray(sequence) for sequence in sequences]
    shapes = {part.shape[1:] for part in parts}
    if len(shapes) > 1 or any(part.ndim != 2 for part in parts):
        raise ValueError(
            f"The sequences have features of shapes {sorted(map(str, shapes))}, "
            "expected each of shape (n_timesteps, n_features), with the same features."
        )
    longest = max(len(part) for part in parts)
    n_timesteps = longest if n_timesteps is None else n_timesteps
    if longest > n_timesteps:
        raise ValueError(
            f"A sequence has {longest} timesteps, expected at most {n_timesteps}, as "
            "in fit: cut it, or fit on sequences as long."
        )
    kind = np.result_type(*parts, np.asarray(padding))
    if kind.kind in "US":
        kind = np.dtype(object)
    array = np.full((len(parts), n_timesteps, *parts[0].shape[1:]), padding, kind)
    for row, part in zip(array, parts, strict=True):
        row[n_timesteps - len(part) :] = part
    return array
