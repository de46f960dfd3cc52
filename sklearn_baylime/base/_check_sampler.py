"""What a sampler must do, check by check."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from sklearn_baylime.base._comparing import (
    clones_well,
    is_same,
    nothing_written,
    pickled,
    read_only,
    require,
)
from sklearn_baylime.base._parts import (
    check_sampler_signature,
    clone_part,
    fit_part,
    groups_of,
    has_one_law,
    log_weights_of,
    needs_fit,
)

_N_ROWS = 20


class SamplerCase:
    """A sampler with codes to check it at.

    Parameters
    ----------
    part : object
        The sampler; it is cloned.
    codes : ndarray or csr matrix of shape (n_rows, n_columns), default=None
        Background; numbers 0..3 if None.
    reference : ndarray or csr matrix, default=None
        Code of the instance; the first of the background if None, and ones where no
        background is needed.
    """

    def __init__(self, part: Any, codes: Any = None, reference: Any = None) -> None:
        self.part, self.name = part, type(part).__name__
        if codes is None and needs_fit(part):
            codes = np.random.default_rng(0).integers(0, 4, (40, 6))
        self.codes = codes
        if reference is None and codes is None:
            reference = np.ones(6, dtype=np.int8)
        elif reference is None:
            reference = codes[:1] if sparse.issparse(codes) else np.asarray(codes)[0]
        self.reference = reference

    @cached_property
    def fitted(self) -> Any:
        """A fitted clone."""
        return fit_part(clone_part(self.part), self.codes)

    def sample(self, n_samples: int | None = _N_ROWS, seed: Any = 0) -> Any:
        """Return rows as the pipeline asks for them, of any container."""
        rows = self.fitted.sample(self.reference, n_samples, seed)
        return rows if sparse.issparse(rows) else np.asarray(rows)


def has_the_methods(case: SamplerCase) -> None:
    """Check that methods are there, and take what they are given."""
    check_sampler_signature(case.part)


def has_clones(case: SamplerCase) -> None:
    """Check that a clone has the parameters alone."""
    clones_well(case.part)


def rows_are_codes(case: SamplerCase) -> None:
    """Check that rows are finite numbers, one a column of the reference."""
    rows = case.sample()
    n_columns = case.reference.shape[-1]
    require(
        rows.ndim == 2 and rows.shape[1] == n_columns and rows.dtype.kind in "biuf",
        f"{case.name}.sample returned shape {rows.shape} of type {rows.dtype}, "
        f"expected numbers of shape (n_samples, {n_columns}).",
    )
    values = rows.data if sparse.issparse(rows) else rows
    require(
        np.isfinite(values).all(),
        f"{case.name}.sample returned values that are not finite, expected codes.",
    )


def first_row_is_the_reference(case: SamplerCase) -> None:
    """Check that the instance's own row leads."""
    rows = case.sample()
    row = case.reference if sparse.issparse(case.reference) else case.reference[None]
    require(
        is_same(rows[:1], row),
        f"{case.name}.sample returned {rows[:1]!r} as its first row, expected the "
        f"reference, {case.reference!r}: write rows[0] = reference.",
    )


def draws_as_many_as_asked(case: SamplerCase) -> None:
    """Check the number of rows, the instance counted; its own if none is given."""
    own = case.fitted.n_samples
    for n_samples in (1, 2, 7, None):
        n_rows = case.sample(n_samples).shape[0]
        expected = own if n_samples is None else n_samples
        # All masks of a few components can be fewer than the rows that were asked.
        require(
            1 <= n_rows <= expected,
            f"{case.name}.sample returned {n_rows} rows for n_samples={n_samples}, "
            f"expected {expected}, the instance counted.",
        )
    require(
        case.fitted.n_samples == own,
        f"{case.name}.sample changes n_samples, expected the parameter as it is.",
    )


def equal_seeds_give_equal_rows(case: SamplerCase) -> None:
    """Check it for seeds that are an int, and a RandomState."""
    for make in (int, np.random.RandomState):
        first, second = case.sample(seed=make(3)), case.sample(seed=make(3))
        require(
            is_same(first, second),
            f"{case.name}.sample returned other rows for one random_state, expected "
            "the same: draw with check_random_state(random_state) of sklearn.utils.",
        )


def rows_are_its_own(case: SamplerCase) -> None:
    """Check that whoever writes to rows changes no later ones."""
    first = case.sample()
    kept = first.copy()
    values = first.data if sparse.issparse(first) else first
    if values.flags.writeable:
        values[:] = 0
    require(
        is_same(case.sample(), kept),
        f"{case.name}.sample returns rows that it keeps, expected new ones: return a "
        "copy.",
    )


def input_is_left_alone(case: SamplerCase) -> None:
    """Check that neither background nor reference are written to."""
    codes, reference = read_only(case.codes), read_only(case.reference)
    with nothing_written(case.name):
        sampler = fit_part(clone_part(case.part), codes)
        sampler.sample(reference, _N_ROWS, 0)
        loose = case.reference.copy()
        sampler.sample(loose, _N_ROWS, 0)
    same = (loose != case.reference).sum() == 0
    require(same, f"{case.name}.sample changes the reference: work on a copy.")


def can_be_pickled(case: SamplerCase) -> None:
    """Check that a pickle keeps the law."""
    twin = pickled(case.fitted)
    require(
        is_same(twin.sample(case.reference, _N_ROWS, 0), case.sample()),
        f"{case.name} draws other rows after a pickle: keep what it has learned among "
        "its attributes.",
    )


def groups_fit_the_rows(case: SamplerCase) -> None:
    """Check that there is one number a row, or none at all."""
    for n_samples in (1, 7, _N_ROWS):
        groups_of(case.fitted, case.sample(n_samples).shape[0])


def log_weights_fit_the_rows(case: SamplerCase) -> None:
    """Check that there is one finite number a row, or none at all."""
    for n_samples in (1, _N_ROWS):
        log_weights_of(case.fitted, case.sample(n_samples), case.reference)


def one_law_gives_the_same_rows(case: SamplerCase) -> None:
    """Check that rows which are said not to depend on the instance do not."""
    if case.codes is None or not has_one_law(case.fitted, case.reference):
        return
    rows = case.sample()
    other = rows[-1:] if sparse.issparse(rows) else rows[-1].copy()
    if sparse.issparse(case.reference) or not has_one_law(case.fitted, other):
        return
    again = np.asarray(case.fitted.sample(other, _N_ROWS, 0))
    require(
        np.array_equal(again[1:], rows[1:]),
        f"{case.name}.has_one_law is True, but rows around another instance differ, "
        "expected the same for one random_state: leave has_one_law out.",
    )


CHECKS = [
    has_the_methods,
    has_clones,
    # Before the others, which would see what was written.
    input_is_left_alone,
    rows_are_codes,
    first_row_is_the_reference,
    draws_as_many_as_asked,
    equal_seeds_give_equal_rows,
    rows_are_its_own,
    can_be_pickled,
    groups_fit_the_rows,
    log_weights_fit_the_rows,
    one_law_gives_the_same_rows,
]
