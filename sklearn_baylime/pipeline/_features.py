"""Attributions as features: their names, without an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.local._local_fit import columns_of_weights
from sklearn_baylime.pipeline._chain import Chain


def shown_outputs(names: Sequence[str], box: BlackBox) -> Sequence[str]:
    """Return the outputs whose attributions are features: of two classes the second.

    Those of the first are the same numbers with the other sign.
    """
    return names[1:] if len(names) == 2 and box.is_classifier else names


def attribution_names(chain: Chain, box: BlackBox, example: Any) -> np.ndarray:
    """Name the attributions of a chain, output by output.

    Parameters
    ----------
    chain : Chain
    box : BlackBox
        Asked about `example` where nothing is known of its outputs.
    example : rows or None
        One row of the background.

    Returns
    -------
    names : ndarray of str objects

    Raises
    ------
    NotFittedError
        If there is no row to tell the columns.
    """
    if example is None:
        raise NotFittedError(
            "The names of attributions are not known yet: call fit with background "
            "data first. Texts and images have other columns for each instance."
        )
    problem = chain.problem(chain.place(chain.instances(example)[0], seed=0))
    if box.known_names is None:
        box(problem.hood.row)
    outputs = shown_outputs(box.known_names or [], box)
    columns = columns_of_weights(problem)
    names = [
        column if len(outputs) == 1 else f"{output}: {column}"
        for output in outputs
        for column in columns
    ]
    return np.array(names, dtype=object)
