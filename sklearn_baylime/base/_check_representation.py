"""What a representation must do at an instance, check by check."""

from __future__ import annotations

import warnings
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from sklearn_baylime.base._comparing import (
    clones_well,
    is_same,
    n_rows_of,
    nothing_written,
    pickled,
    read_only,
    require,
)
from sklearn_baylime.base._parts import (
    check_representation_signature,
    clone_part,
    draws_without,
    fit_part,
    has_codes_before_at,
    is_representation,
    needs_fit,
    needs_target,
    place,
    tell,
    without,
)
from sklearn_baylime.base._place import batch_of_one
from sklearn_baylime.base._seeds import seed_of_content
from sklearn_baylime.base._without import NothingRemovedError

_N_ROWS = 9


class RepresentationCase:
    """A representation with two instances to check it at.

    Parameters
    ----------
    part : object
        The representation; it is cloned.
    X : array-like, frame, sparse matrix or list, default=None
        Background, or a list of instances; a table of normal numbers if None.
    x : object, default=None
        Instance; the first of `X` if None.
    """

    def __init__(self, part: Any, X: Any = None, x: Any = None) -> None:
        self.part, self.name = part, type(part).__name__
        if X is None:
            X = self._default_background(x)
        self.X = X
        self.x = self._instance(0) if x is None else x
        self.other = self._find_other()

    def _default_background(self, x: Any) -> Any:
        if not has_codes_before_at(self.part):
            raise ValueError(
                f"{self.name} has codes at an instance only, expected instances to "
                "check it at: give X, a list of two or more of them."
            )
        return np.random.default_rng(0).normal(size=(30, 3))

    def _instance(self, i: int) -> Any:
        is_table = sparse.issparse(self.X) or hasattr(self.X, "columns")
        return self.X[i : i + 1] if is_table else self.X[i]

    def _find_other(self) -> Any:
        seed = seed_of_content(self.x)
        for i in range(n_rows_of(self.X)):
            other = self._instance(i)
            if seed_of_content(other) != seed:
                return other
        raise ValueError("X has one instance only, expected two that differ.")

    @cached_property
    def fitted(self) -> Any:
        """A fitted clone."""
        learns = has_codes_before_at(self.part) or needs_fit(self.part)
        X = self.X if learns else None
        y = np.arange(n_rows_of(self.X)) % 2 if needs_target(self.part) else None
        return fit_part(clone_part(self.part), X, y)

    def placed(self, x: Any = None) -> Any:
        """Return the representation at an instance, as the pipeline has it."""
        return place(self.fitted, self.x if x is None else x, 0)

    def unmended(self) -> Any:
        """Return the representation at the instance, without what is filled in."""
        if not is_representation(self.fitted):
            return self.placed()
        return tell(copy(self.fitted), random_state=0).at(self.x)

    def codes(self, here: Any) -> Any:
        """Return some codes that may be sampled, that of the instance first."""
        reference = here.reference_
        if not has_codes_before_at(self.part):
            kept = np.random.default_rng(0).random((_N_ROWS, reference.shape[-1])) < 0.5
            kept[0] = True
            return np.where(kept, reference, np.zeros_like(reference))
        codes = here.transform(self.X[:_N_ROWS])
        if sparse.issparse(codes):
            return sparse.vstack([here.reference_, codes.tocsr()], format="csr")
        return np.concatenate([reference[None], np.asarray(codes)])


def has_the_methods(case: RepresentationCase) -> None:
    """Check that methods are there, and take what they are given."""
    check_representation_signature(case.part)


def has_clones(case: RepresentationCase) -> None:
    """Check that a clone has the parameters alone."""
    clones_well(case.part)


def reference_is_the_code(case: RepresentationCase) -> None:
    """Check that the reference is what `transform` makes of the instance."""
    here, reference = case.placed(), case.placed().reference_
    if hasattr(case.fitted, "transform"):
        code = here.transform(here.row_)
        row = reference if sparse.issparse(reference) else reference[None]
        require(
            is_same(code, row),
            f"{case.name}.transform makes {code!r} of the instance, expected its "
            f"reference_, {reference!r}: set self.reference_ to the instance's code.",
        )


def codes_are_numbers(case: RepresentationCase) -> None:
    """Check that samplers, kernels and regressors can reckon with codes."""
    here = case.placed()
    codes = here.reference_
    require(
        codes.dtype.kind in "biuf",
        f"{case.name} has codes of type {codes.dtype}, expected numbers or booleans.",
    )


def first_row_is_the_instance(case: RepresentationCase) -> None:
    """Check it exactly: the answer to it is the prediction that is explained."""
    here = case.placed()
    rows = case.unmended().inverse_transform(case.codes(here))
    require(
        is_same(rows[:1], here.row_),
        f"{case.name}.inverse_transform returned {rows[:1]!r} as its first row, "
        f"expected the instance, {here.row_!r}: end with return "
        "self._with_instance(rows, start) of RepresentationMixin.",
    )


def parts_equal_the_whole(case: RepresentationCase) -> None:
    """Check that the size of batches does not change what the model is asked."""
    here = case.placed()
    codes = case.codes(here)
    whole = here.inverse_transform(codes)
    n_rows = n_rows_of(codes)
    middle = (1 + n_rows) // 2
    for first, last in ((0, 1), (1, middle), (middle, n_rows)):
        part = here.inverse_transform(codes[first:last], start=first)
        require(
            is_same(part, whole[first:last]),
            f"{case.name}.inverse_transform returned other rows for codes "
            f"{first}..{last - 1} alone than for all: take start, and draw what is "
            "random by the rows' positions, with uniform_blocks(self.seed_, start, "
            "*X.shape).",
        )


def rows_are_of_one_kind(case: RepresentationCase) -> None:
    """Check that there is a row for each code, of one type in every batch."""
    here = case.placed()
    codes = case.codes(here)
    first, rest = here.inverse_transform(codes[:1]), codes[1:]
    for n_rows in (1, n_rows_of(rest)):
        rows = here.inverse_transform(rest[:n_rows], start=1)
        require(
            n_rows_of(rows) == n_rows,
            f"{case.name}.inverse_transform returned {n_rows_of(rows)} rows for "
            f"{n_rows} codes, expected one for each.",
        )
        kinds = [
            (type(r).__name__, str(getattr(r, "dtype", ""))) for r in (first, rows)
        ]
        require(
            kinds[0] == kinds[1],
            f"{case.name}.inverse_transform returned {kinds[0]} for the instance and "
            f"{kinds[1]} for other rows, expected one type: convert them all.",
        )


def equal_seeds_give_equal_rows(case: RepresentationCase) -> None:
    """Check that rows are the same, however often it is at one instance."""
    first, second = case.placed(), case.placed()
    codes = case.codes(first)
    rows, again = first.inverse_transform(codes), second.inverse_transform(codes)
    require(
        first.seed_ == second.seed_ and is_same(rows, again),
        f"{case.name} gives other rows each time it is at one instance, with one "
        "random_state: draw with self.seed_, or with the parameter random_state.",
    )


def instances_have_their_own_seeds(case: RepresentationCase) -> None:
    """Check that the explanations of two instances are independent."""
    seeds = [case.placed(x).seed_ for x in (case.x, case.other)]
    require(
        seeds[0] != seeds[1],
        f"{case.name} has the seed_ {seeds[0]} at two instances, expected a hash of "
        "the instance: leave seed_ out, or mix it from what the instance holds.",
    )


def instances_stay_apart(case: RepresentationCase) -> None:
    """Check that being at one instance changes nothing at another."""
    here = case.placed()
    codes = case.codes(here)
    before, names = here.inverse_transform(codes), list(here.get_feature_names_out())
    case.placed(case.other)
    same_names = list(here.get_feature_names_out()) == names
    require(
        same_names and is_same(here.inverse_transform(codes), before),
        f"{case.name} at one instance changed when it was asked for another: return a "
        "copy of self in at, and change nothing that copies share.",
    )


def codes_come_back(case: RepresentationCase) -> None:
    """Check that a row is the code of its model input, as far as `snap` says."""
    here = case.placed()
    if not hasattr(case.fitted, "transform"):
        return
    codes = case.codes(here)
    snapped = here.snap(codes)
    with warnings.catch_warnings():
        # Scalers that have seen a frame give arrays back.
        warnings.filterwarnings("ignore", "X does not have valid feature names")
        back = here.transform(here.inverse_transform(codes))
    got, expected = _first_that_differ(back, snapped)
    require(
        got is None,
        f"{case.name}.transform returned {got} for the model input of {expected}, "
        "expected this code: where a model input cannot hold a code, say with snap(X) "
        "which code it stands for.",
    )
    got, expected = _first_that_differ(here.snap(snapped), snapped)
    require(
        got is None,
        f"{case.name}.snap returned {got} for {expected}, which it returned itself, "
        "expected codes that stand for model inputs to stay as they are.",
    )


def _first_that_differ(codes: Any, others: Any) -> tuple[list | None, list | None]:
    """Return the first rows of codes that are not the same but for rounding."""
    codes, others = (
        np.asarray(c.toarray() if sparse.issparse(c) else c, dtype=float)
        for c in (codes, others)
    )
    if codes.shape != others.shape:
        return list(codes.shape), list(others.shape)
    same = np.isclose(codes, others, equal_nan=True).all(axis=1)
    i = int(np.argmin(same))
    return (None, None) if same.all() else (codes[i].tolist(), others[i].tolist())


def names_are_strings(case: RepresentationCase) -> None:
    """Check that there is one name a column."""
    here = case.placed()
    n_columns, names = here.reference_.shape[-1], case.unmended()
    if not hasattr(names, "get_feature_names_out"):
        return
    told = list(names.get_feature_names_out())
    require(
        len(told) == n_columns and all(isinstance(name, str) for name in told),
        f"{case.name}.get_feature_names_out returned {told!r}, expected {n_columns} "
        "strings, one a column.",
    )


def can_be_pickled(case: RepresentationCase) -> None:
    """Check it at an instance, too: processes hand it to each other."""
    here = case.placed()
    codes, twin = case.codes(here), pickled(here)
    rows = here.inverse_transform(codes)
    same = twin.seed_ == here.seed_ and is_same(twin.inverse_transform(codes), rows)
    require(
        same,
        f"{case.name} gives other rows after a pickle: keep what it draws with, such "
        "as self.seed_, among its attributes.",
    )


def columns_can_be_removed(case: RepresentationCase) -> None:
    """Check that equal seeds remove columns in one way, if it says how."""
    here = case.placed()
    kept = np.random.default_rng(0).random((_N_ROWS, here.reference_.shape[-1])) < 0.5
    try:
        rows, again = without(here, kept, 0), without(here, kept, 0)
    except NothingRemovedError:
        # A word that may lack.
        return
    # What a way back from masks draws belongs to rows' positions.
    last = slice(-1, None) if draws_without(here) else slice(None)
    part = without(here, kept[last], 0)
    require(
        is_same(rows, again) and is_same(part, rows[last]),
        f"{case.name}.without returned other rows for one seed, or for a row alone: "
        "draw what stands in place of each column once, by random_state, for all rows.",
    )


def input_is_left_alone(case: RepresentationCase) -> None:
    """Check that neither the instance nor codes are written to."""
    x = read_only(case.x)
    with nothing_written(case.name):
        here = case.placed(x)
        codes = case.codes(here)
        kept = read_only(codes)
        here.inverse_transform(kept)
        loose = read_only(codes)
        if isinstance(loose, np.ndarray):
            loose.flags.writeable = True
        here.inverse_transform(loose)
    require(
        is_same(batch_of_one(x), batch_of_one(case.x)) and is_same(loose, codes),
        f"{case.name} changes what it is given: work on a copy.",
    )


CHECKS = [
    has_the_methods,
    has_clones,
    # Before the others, which would see what was written.
    input_is_left_alone,
    reference_is_the_code,
    codes_are_numbers,
    first_row_is_the_instance,
    parts_equal_the_whole,
    rows_are_of_one_kind,
    equal_seeds_give_equal_rows,
    instances_have_their_own_seeds,
    instances_stay_apart,
    codes_come_back,
    names_are_strings,
    columns_can_be_removed,
    can_be_pickled,
]
