"""The animals of a zoo, nearly all of whose features are yes or no."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Any

import numpy as np
from sklearn.utils import Bunch

_TYPES = ("mammal", "bird", "reptile", "fish", "amphibian", "insect", "invertebrate")


def load_zoo(
    *, return_X_y: bool = False, as_frame: bool = False
) -> Bunch | tuple[Any, Any]:
    """Load the zoo table: 101 animals, 16 features, 7 types.

    Fifteen features are 0 or 1, such as hair, milk and venomous; legs is the number of
    legs: 0, 2, 4, 5, 6 or 8. The table is UCI's Zoo [1]_, licensed under CC BY 4.0,
    with its known oddities: there are two frogs, and a girl is among the animals.

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` rather than a Bunch.

    as_frame : bool, default=False
        Whether data is a pandas frame and target a series, both with the animals as
        their index. "frog" is there twice.

    Returns
    -------
    data : sklearn.utils.Bunch or tuple (data, target) if `return_X_y`
        data : {ndarray, DataFrame} of int64 of shape (101, 16)
            Features.
        target : {ndarray, Series} of int64 of shape (101,)
            Position of the animal's type in `target_names`.
        feature_names : list of str
            Names of the 16 columns.
        target_names : ndarray of str of shape (7,)
            Types: mammal, bird, reptile, fish, amphibian, insect, invertebrate.
        animal_names : ndarray of str of shape (101,)
            Names of the rows.
        frame : DataFrame of shape (101, 17) or None
            Data and target, if `as_frame`.
        DESCR : str
            Description, source and license.
        filename, data_module : str
            The file, and where `importlib.resources` finds it.

    Raises
    ------
    ImportError
        If `as_frame`, and pandas is not installed.

    References
    ----------
    .. [1] R. Forsyth (1990). Zoo. UCI Machine Learning Repository.
       https://doi.org/10.24432/C5R59V

    Examples
    --------
    >>> from sklearn_baylime.datasets import load_zoo
    >>> zoo = load_zoo()
    >>> squirrel = list(zoo.animal_names).index("squirrel")
    >>> str(zoo.target_names[zoo.target[squirrel]])
    'mammal'
    >>> X, y = load_zoo(return_X_y=True, as_frame=True)
    >>> X.loc["squirrel", ["hair", "milk", "legs"]].tolist()
    [1, 1, 2]
    """
    folder = files("sklearn_baylime.datasets") / "data"
    lines = (folder / "zoo.csv").read_text(encoding="utf-8").splitlines()
    (_, *feature_names, _), *rows = csv.reader(lines)
    animal_names = np.array([row[0] for row in rows])
    numbers = np.array([row[1:] for row in rows]).astype(np.int64)
    data, target, frame = numbers[:, :-1].copy(), numbers[:, -1] - 1, None
    if as_frame:
        frame = _to_frame(numbers, feature_names, animal_names)
        data, target = frame[feature_names], frame["target"]
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=feature_names,
        target_names=np.array(_TYPES),
        animal_names=animal_names,
        DESCR=(folder / "README.md").read_text(encoding="utf-8"),
        filename="zoo.csv",
        data_module="sklearn_baylime.datasets.data",
    )


def _to_frame(
    numbers: np.ndarray, feature_names: list[str], animal_names: np.ndarray
) -> Any:
    """Return features and target as a frame of animals."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError(
            "as_frame=True needs pandas, which is not installed: "
            'python -m pip install "sklearn-baylime[frames]".'
        ) from None
    index = pd.Index(animal_names, name="animal")
    frame = pd.DataFrame(numbers, columns=[*feature_names, "target"], index=index)
    return frame.assign(target=frame["target"] - 1)
