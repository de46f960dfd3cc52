"""What a kernel must do, check by check."""

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
    check_kernel_signature,
    clone_part,
    fit_part,
    kernel_distance,
    kernel_facts,
    log_weights,
    tell,
)


class KernelCase:
    """A kernel with rows to check it at.

    Parameters
    ----------
    part : object
        The kernel; it is cloned, and told the first row as its `reference`.
    rows : ndarray or csr matrix of shape (n_rows, n_columns), default=None
        Rows, the instance's first; zeros and ones if None.
    """

    def __init__(self, part: Any, rows: Any = None) -> None:
        self.part, self.name = part, type(part).__name__
        if rows is None:
            rows = np.random.default_rng(0).integers(0, 2, (40, 4)).astype(np.float64)
            rows[0] = 1.0
        self.rows = rows

    def fit(self, rows: Any) -> Any:
        """Return a clone that is told the instance and fitted to rows."""
        reference = rows[:1].toarray()[0] if sparse.issparse(rows) else rows[0]
        return fit_part(tell(clone_part(self.part), reference=reference), rows)

    @cached_property
    def fitted(self) -> Any:
        """A fitted clone."""
        return self.fit(self.rows)


def has_the_methods(case: KernelCase) -> None:
    """Check that methods are there, and take what they are given."""
    check_kernel_signature(case.part)


def has_clones(case: KernelCase) -> None:
    """Check that a clone has the parameters alone."""
    clones_well(case.part)


def weights_are_logs(case: KernelCase) -> None:
    """Check that there is one finite number a row, at most 0."""
    log_weights(case.fitted, case.rows)


def instance_weighs_most(case: KernelCase) -> None:
    """Check that the explanation is local around the instance."""
    logs = log_weights(case.fitted, case.rows)
    require(
        logs[0] >= logs.max() - 1e-9,
        f"{case.name}.score_samples returned {logs[0]:.6g} for the instance and "
        f"{logs.max():.6g} for another row, expected the largest at the instance: "
        "measure from the parameter reference, which is set to the instance's row.",
    )


def rows_weigh_alone(case: KernelCase) -> None:
    """Check that a row's weight does not depend on the rows asked along with it."""
    logs = log_weights(case.fitted, case.rows)
    alone = log_weights(case.fitted, case.rows[3:5])
    require(
        np.allclose(alone, logs[3:5]),
        f"{case.name}.score_samples returned {alone} for two rows alone and "
        f"{logs[3:5]} among others, expected the same: settle in fit what depends on "
        "all rows.",
    )


def input_is_left_alone(case: KernelCase) -> None:
    """Check that rows are not written to."""
    rows, loose = read_only(case.rows), case.rows.copy()
    with nothing_written(case.name):
        case.fit(rows).score_samples(rows)
        case.fit(loose).score_samples(loose)
    require(is_same(loose, case.rows), f"{case.name} changes the rows: work on a copy.")


def can_be_pickled(case: KernelCase) -> None:
    """Check that grid searches and processes can hand kernels to each other."""
    twin = pickled(case.fitted)
    logs = log_weights(case.fitted, case.rows)
    require(
        np.array_equal(log_weights(twin, case.rows), logs),
        f"{case.name} has other weights after a pickle: keep what it has learned among "
        "its attributes.",
    )


def facts_can_be_shown(case: KernelCase) -> None:
    """Check name, metric and width, which explanations say of the kernel."""
    kernel = case.fitted
    try:
        kernel_facts(kernel)
    except (TypeError, ValueError) as error:
        raise AssertionError(
            f"{case.name}.facts cannot be read, {error}: expected a dict with name "
            "(str), metric (str) and width (float or None)."
        ) from error
    distances, shape = kernel_distance(kernel, case.rows), (case.rows.shape[0],)
    require(
        distances is None or distances.shape == shape,
        f"{case.name}.distances returned another shape than {shape}, expected the "
        "distance of each row.",
    )


CHECKS = [
    has_the_methods,
    has_clones,
    # Before the others, which would see what was written.
    input_is_left_alone,
    weights_are_logs,
    instance_weighs_most,
    rows_weigh_alone,
    can_be_pickled,
    facts_can_be_shown,
]
