"""A step at an instance, with all the words of the contract."""

from __future__ import annotations

import warnings
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sklearn_baylime.base._protocols import Codes, Placed, Rows
from sklearn_baylime.base._rows import with_first_row
from sklearn_baylime.base._seeds import mix_seeds, seed_of_content
from sklearn_baylime.base._units import find_units
from sklearn_baylime.base._without import (
    ask_without,
    mask_out,
    takes_random_state,
)
from sklearn_baylime.base._words import (
    categories_of,
    is_representation,
    names_behind,
    takes_start,
    tell,
)


def place(step: Any, x: Any, seed: int) -> Placed:
    """Return a fitted step at an instance, with all the words of `Placed`.

    Parameters
    ----------
    step : object
        Fitted step; it stays as it is.
    x : object
        The instance, or its code behind the step before.
    seed : int
        Seed of what is random: `random_state` where the step has one that is None.

    Returns
    -------
    placed : Placed
        What the step's `at` returned if it lacks nothing, otherwise an adapter.

    Raises
    ------
    TypeError
        If `at` returns nothing that leads codes back to the model.
    """
    here = tell(copy(step), random_state=seed)
    is_plain = not is_representation(step)
    if not is_plain:
        here = here.at(x)
        if not hasattr(here, "inverse_transform"):
            raise TypeError(
                f"{type(step).__name__}.at returned a {type(here).__name__}, expected "
                "an object with inverse_transform: return a copy of self that knows "
                "the instance."
            )
    if _lacks_nothing(here):
        return here
    placed = PlacedStep(here, x, seed)
    # A step that knows nothing of instances does the same at each.
    placed.differs_by_seed = getattr(here, "differs_by_seed", is_plain)
    return placed


def differs_by_seed(here: Placed) -> bool:
    """Tell whether a placed step makes the same rows at each instance, by its seed."""
    return bool(getattr(here, "differs_by_seed", False))


def with_seed(here: Placed, seed: int) -> Placed:
    """Return a copy of a placed step that draws by a seed which instances share."""
    here = copy(here)
    if isinstance(here, PlacedStep):
        here.step = copy(here.step)
        if hasattr(here.step, "seed_"):
            here.step.seed_ = seed
    here.seed_ = seed
    return here


# What the pipeline reads on a step at an instance; see `Placed`.
_WORDS = (
    "row_",
    "seed_",
    "reference_",
    "is_categorical_",
    "units_",
    "get_feature_names_out",
    "snap",
    "describe",
    "without",
)


def _lacks_nothing(here: Any) -> bool:
    if not all(hasattr(here, word) for word in _WORDS) or not takes_start(here):
        return False
    return sparse.issparse(here.reference_) or isinstance(here.reference_, np.ndarray)


class PlacedStep:
    """A step at one instance, completed to the protocol `Placed`.

    It serves the steps that know nothing of instances, such as scikit-learn's scalers,
    and whatever lacks some of the words. What else the step has, it has too.

    A step that draws random values and takes no `start` starts them anew in each batch:
    `check_representation` tells, nothing here can mend it.

    Parameters
    ----------
    step : object
        Fitted step, with `inverse_transform`.
    x : object
        The instance.
    seed : int
        What the hash of the instance is mixed with.

    Attributes
    ----------
    reference_, row_, seed_, is_categorical_ : object
        As the step has them, otherwise by default; see `Placed`.
    """

    reference_: Codes
    row_: Rows
    seed_: int
    is_categorical_: NDArray[np.bool_] | None
    differs_by_seed: bool = False

    def __init__(self, step: Any, x: Any, seed: int) -> None:
        self.step = step
        self.row_ = getattr(step, "row_", None)
        if self.row_ is None:
            self.row_ = batch_of_one(x)
        self.reference_ = reference_of(step, self.row_)
        own = getattr(step, "seed_", None)
        self.seed_ = mix_seeds(seed, seed_of_content(x)) if own is None else own
        self.is_categorical_ = categories_of(step)

    @property
    def units_(self) -> NDArray[np.float64] | None:
        """Units of the columns left of the step in one unit of a code, if any."""
        own = getattr(self.step, "units_", None)
        return find_units(self.step, self.reference_) if own is None else own

    def transform(self, X: Any) -> Any:
        """Return the codes of model inputs."""
        return self.step.transform(X)

    def inverse_transform(self, X: Any, start: int = 0) -> Any:
        """Return the model inputs of codes; row 0 of all rows is the instance."""
        # Known by its signature, for a stranger's TypeError may come from within.
        known = {"start": start} if takes_start(self.step) else {}
        rows = self.step.inverse_transform(X, **known)
        return with_first_row(rows, self.row_) if start == 0 else rows

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns."""
        names = names_behind(self.step, input_features, self.reference_.shape[-1])
        return np.array(names, dtype=object)

    def snap(self, X: Any) -> Any:
        """Return the codes of the model inputs that codes stand for."""
        return self.step.snap(X) if hasattr(self.step, "snap") else X

    def without(self, kept: Any, random_state: Any = None) -> Any:
        """Return the instance without some columns, as model inputs."""
        if not hasattr(self.step, "without"):
            return mask_out(self.step, self, kept)
        return ask_without(self.step, kept, random_state)

    @property
    def draws_without(self) -> bool:
        """Whether the step draws what stands in place of removed columns."""
        return takes_random_state(self.step)

    def describe(self) -> dict[str, Any] | None:
        """Return what an explanation needs to show its instance, if anything."""
        return self.step.describe() if hasattr(self.step, "describe") else None

    def __getattr__(self, name: str) -> Any:
        # What is asked while a pickle or a copy is made is not the step's.
        if name.startswith("__") or name == "step":
            raise AttributeError(name)
        return getattr(self.step, name)

    def __repr__(self) -> str:
        return f"PlacedStep({self.step!r})"


def reference_of(step: Any, row: Any) -> Any:
    """Return the code of an instance: (n_columns,), or csr of shape (1, n_columns).

    Raises
    ------
    TypeError
        If the step has neither `reference_` nor `transform`.
    ValueError
        If the code has another shape.
    """
    codes = getattr(step, "reference_", None)
    source = "reference_"
    if codes is None:
        if not hasattr(step, "transform"):
            raise TypeError(
                f"{type(step).__name__} has neither reference_ nor transform at an "
                "instance, expected one of them: set self.reference_, the code of the "
                "instance, in at."
            )
        codes, source = step.transform(row), "transform of one row"
    if sparse.issparse(codes):
        codes = codes.tocsr()
    else:
        codes = np.asarray(codes)
        codes = codes[None] if codes.ndim == 1 and source == "reference_" else codes
    if codes.ndim != 2 or codes.shape[0] != 1:
        raise ValueError(
            f"{type(step).__name__}: {source} has shape {codes.shape}, expected one "
            "row of codes, (1, n_columns)."
        )
    return codes if sparse.issparse(codes) else codes[0]


def batch_of_one(x: Any) -> Any:
    """Return an instance as the batch that holds it alone.

    Frames and sparse matrices of one row are such a batch, and stay what they are. A
    record of pandas becomes a frame, so that its names are kept; arrays and lists of
    numbers become arrays; any other object is alone in a list.

    Raises
    ------
    ValueError
        If a frame or a sparse matrix has not one row.
    """
    if sparse.issparse(x) or hasattr(x, "columns"):
        if x.shape[0] != 1:
            raise ValueError(
                f"The instance has {x.shape[0]} rows, expected one; give "
                "one row, such as X[:1]."
            )
        return x
    if hasattr(x, "to_frame") and hasattr(x, "index"):
        return x.to_frame().T.infer_objects()
    if isinstance(x, np.ndarray):
        return x[None]
    numbers = isinstance(x, list | tuple) and _is_numbers(x)
    return np.asarray(x)[None] if numbers else [x]


def _is_numbers(values: Any) -> bool:
    """Tell a list of numbers from a list of anything else, such as tokens."""
    with warnings.catch_warnings():
        # Of parts that differ in length some versions of numpy warn, others raise.
        warnings.simplefilter("error")
        try:
            return np.asarray(values).dtype.kind in "biuf"
        except (ValueError, Warning):
            return False
