"""Residuals of rows that are left out, and the scores they make of groups of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

from sklearn_baylime.linear_model._moments import Rows
from sklearn_baylime.linear_model._posterior import ROUNDING

# Numbers of the rows taken at once: few enough to stay in the cache, no second copy of
# all of them; and the least rows.
_NUMBERS, _PART = 15_000, 256

# Larger groups are not left out as a whole; their scores are summed all the same.
_LARGEST_GROUP = 16

# Directions of a group of which leverages leave less than this share are rounding.
_ROUNDING_SHARE = 1e-12

# Up to as many groups their sum of outer products is a covariance about their mean.
FEW_GROUPS = 30


@dataclass(frozen=True)
class Groups:
    """Rows in the order of their groups.

    Attributes
    ----------
    order : ndarray of shape (n_samples,) or None
        Rows sorted by group; None if they are.
    starts : ndarray of shape (n_groups,)
        First row of each group in that order.
    count : int
        Groups that have any weight.
    worth : float
        Groups of equal weight that they are worth.
    are_small : bool
        Whether each is left out as a whole.
    """

    order: np.ndarray | None
    starts: np.ndarray
    count: int
    worth: float
    are_small: bool

    @property
    def are_few(self) -> bool:
        """Whether the number of groups limits what is known of the noise."""
        return self.count <= FEW_GROUPS

    def parts(self, n_samples: int, size: int) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield slices of rows that end with a group, and its groups' first rows."""
        ends = np.append(self.starts[1:], n_samples)
        first = 0
        while first < len(self.starts):
            start = self.starts[first]
            last = max(np.searchsorted(ends, start + size, side="right"), first + 1)
            yield slice(start, ends[last - 1]), self.starts[first:last] - start
            first = last


def check_groups(groups: Any, sample_weight: np.ndarray) -> Groups | None:
    """Return the rows' groups, or None where each row is on its own."""
    if groups is None:
        return None
    labels = np.asarray(groups)
    if labels.shape != sample_weight.shape:
        raise ValueError(
            f"groups has shape {labels.shape}, expected one label a row, "
            f"{sample_weight.shape}."
        )
    order = None
    if (labels[1:] < labels[:-1]).any():
        order = np.argsort(labels, kind="stable")
        labels, sample_weight = labels[order], sample_weight[order]
    starts = np.flatnonzero(np.append(True, labels[1:] != labels[:-1]))
    n_weighted = np.add.reduceat(sample_weight > 0, starts, dtype=int)
    if n_weighted.max() <= 1:
        return None
    weights = np.add.reduceat(sample_weight, starts)
    worth = float(weights.sum() ** 2 / (weights**2).sum())
    sizes = np.diff(np.append(starts, len(sample_weight)))
    is_small = bool(sizes.max() <= _LARGEST_GROUP)
    return Groups(order, starts, int((n_weighted > 0).sum()), worth, is_small)


def in_order(rows: Rows, groups: Groups | None) -> Rows:
    """Return the rows sorted by group."""
    if groups is None or groups.order is None:
        return rows
    order = groups.order
    return replace(
        rows,
        dense=None if rows.dense is None else rows.dense[order],
        raw=None if rows.raw is None else rows.raw[order],
        y=rows.y[order],
        root_weight=rows.root_weight[order],
    )


def leave_one_out(
    rows: Rows, fits: Any, targets: Any = None, groups: Groups | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Sum up the leave-one-out residuals at fixed precisions, in parts of the rows.

    The residual is ``sqrt(s) * r / (1 - h)`` with the row's leverage ``h``, intercept
    counted. Both ``r`` and ``1 - h`` are summed from what shrinkage leaves of each
    component, so that their ratio stays right where the model nearly interpolates.
    Rows of a group of up to 16 are left out together: ``inv(I - H) @ r``. Their misfit
    is that of ``(I - H)^(-1/2) @ r`` [1]_: with few pairs for each feature the former
    would make intervals twice as wide as is right.

    Parameters
    ----------
    rows : Rows
        Sorted by group, if there are groups.
    fits : list of n_fits Posterior or TailNode
        Fits that share one spectrum.
    targets : list of n_fits int, default=None
        Target of each fit; by default one fit a target, in order.
    groups : Groups or None
        Rows whose scores are summed before the outer product.

    Returns
    -------
    misfits : ndarray of shape (n_fits, rank, rank)
        Sums of the outer products of rows' scores times residuals, summed by group.
    left_out : ndarray of shape (n_samples, n_fits)
        The residuals.

    References
    ----------
    .. [1] R. M. Bell, D. F. McCaffrey (2002). Bias Reduction in Standard Errors for
       Linear Regression with Multi-Stage Samples. Survey Methodology 28(2).
    """
    spectrum = fits[0].spectrum
    targets = range(len(fits)) if targets is None else targets
    rank = len(spectrum.eigenvalues)
    inverse = 1.0 / spectrum.eigenvalues
    unshrunk = spectrum.cross * inverse[:, None]
    misfits = np.zeros((len(fits), rank, rank))
    totals = np.zeros((len(fits), rank))
    left_out = np.empty((len(rows.y), len(fits)))
    roots: Any = [] if groups is None else [fit.root() for fit in fits]
    for part, starts in _parts(len(rows.y), groups, rank):
        scores = rows.dot(spectrum.components, part)
        squares = scores**2
        beyond = 1.0 - squares @ inverse
        if rows.centered:
            beyond -= rows.root_weight[part, 0] ** 2 / rows.weight
        spanned = beyond < ROUNDING * (1 + rank)
        unexplained = rows.y[part] - scores @ unshrunk
        beyond[spanned] = unexplained[spanned] = 0.0
        for i, (fit, t) in enumerate(zip(fits, targets, strict=True)):
            residual, kept = fit.left_over(
                scores, squares, beyond, unexplained[:, t], spectrum.cross[:, t]
            )
            left = residual / np.where(kept > 0, kept, np.inf)
            left_out[part, i] = left
            if starts is not None:
                lever = scores @ roots[i]
                if rows.centered:
                    mean = rows.root_weight[part] / np.sqrt(rows.weight)
                    lever = np.concatenate([lever, mean], axis=1)
                own = (residual, kept, lever)
                left = _leave_groups_out(left, *own, starts, left_out[part, i])
            scaled = scores * left[:, None]
            if starts is not None:
                scaled = _sum_by_group(scaled, starts)
                totals[i] += scaled.sum(axis=0)
            # The product of a matrix with itself costs half of one with another.
            misfits[i] += scaled.T @ scaled
    if groups is not None and groups.are_few and groups.count > 1:
        count = groups.count
        misfits -= totals[:, :, None] * totals[:, None, :] / count
        misfits *= count / (count - 1)
    return misfits, left_out


def _leave_groups_out(
    left: np.ndarray,
    residual: np.ndarray,
    kept: np.ndarray,
    lever: np.ndarray,
    starts: np.ndarray,
    out: np.ndarray,
) -> np.ndarray:
    """Put into `out` the residuals of small groups that are left out as a whole.

    Parameters
    ----------
    left, residual, kept : ndarray of shape (n_samples,)
        Leave-one-out residuals, residuals, and what leverages leave of 1.
    lever : ndarray of shape (n_samples, k)
        Roots of the leverages: their inner products are those of two rows.
    starts : ndarray of shape (n_groups,)
    out : ndarray of shape (n_samples,)

    Returns
    -------
    scaled : ndarray of shape (n_samples,)
        Residuals whose variance is that of the noise: for rows of a group
        ``(I - H)^(-1/2) @ r``; of others as in `left`.
    """
    sizes, scaled = np.diff(np.append(starts, len(left))), left.copy()
    for size in np.unique(sizes):
        if not 1 < size <= _LARGEST_GROUP:
            continue
        index = starts[sizes == size][:, None] + np.arange(size)
        own = lever[index]
        matrix = -own @ own.transpose(0, 2, 1)
        matrix.reshape(len(index), -1)[:, :: size + 1] = kept[index]
        values, vectors = np.linalg.eigh(matrix)
        least = _ROUNDING_SHARE * kept[index].max(axis=1, keepdims=True)
        values = np.where(values > least, values, np.inf)
        along = np.einsum("gij,gi->gj", vectors, residual[index])
        out[index] = np.einsum("gij,gj->gi", vectors, along / values)
        scaled[index] = np.einsum("gij,gj->gi", vectors, along / np.sqrt(values))
    return scaled


def _sum_by_group(scaled: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Sum rows from one start to the next; pairs by slices, which is far cheaper."""
    if len(scaled) == 2 * len(starts) and (starts[1:] - starts[:-1] == 2).all():
        return scaled[0::2] + scaled[1::2]
    return np.add.reduceat(scaled, starts, axis=0)


def _parts(
    n_samples: int, groups: Groups | None, rank: int
) -> Iterator[tuple[slice, Any]]:
    size = max(_PART, _NUMBERS // max(rank, 1))
    if groups is not None:
        yield from groups.parts(n_samples, size)
    else:
        for part in gen_batches(n_samples, size):
            yield part, None
