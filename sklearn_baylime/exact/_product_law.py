r"""The law of LIME's rows around an instance, and the weights it gives.

Columns are sampled independently, and the kernel is a product over columns, since the
squared distance is the number of columns whose code is not the instance's. Under the
kernel's weights, columns stay independent, and column :math:`k` has the instance's code
with probability

.. math:: r_k = \frac{q_k}{q_k + (1 - q_k) \epsilon}, \quad
          \epsilon = \exp\left(-\frac{1}{2 \nu^2}\right),

where :math:`q_k` is the code's frequency and :math:`\nu` the kernel's width. The
weighted least squares have the slope :math:`\beta_j = E[f | z_j = 1] - E[f | z_j = 0]`
and the intercept :math:`E[f] - \sum_j r_j \beta_j` [1]_.

References
----------
.. [1] D. Garreau, U. von Luxburg (2020). Looking Deeper into Tabular LIME.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sklearn_baylime.base._tilt import tilt_shares
from sklearn_baylime.base._widths import lime_width


@dataclass(frozen=True)
class ColumnLaws:
    """Laws of the columns' codes around one instance.

    Attributes
    ----------
    codes : list of ndarray of shape (2, n_bins)
        Law of each column's code for z = 1 and for z = 0.
    kept : ndarray of shape (n_columns,)
        Share of z = 1 under the kernel.
    untold : ndarray of bool of shape (n_columns,)
        Columns where only one of z = 1 and z = 0 is sampled.
    """

    codes: list[np.ndarray]
    kept: np.ndarray
    untold: np.ndarray


def column_laws(
    shares: list[np.ndarray], own: np.ndarray, width: float | None
) -> ColumnLaws:
    """Return the laws for the codes' frequencies and the instance's codes `own`.

    `width` None is LIME's, 0.75 times the root of the number of columns.
    """
    width = lime_width(len(own)) if width is None else float(width)
    pairs = list(zip(shares, own, strict=True))
    codes = [own_and_other(share, code) for share, code in pairs]
    return ColumnLaws(
        codes=codes,
        kept=np.array([tilted_share(*pair, width) for pair in pairs]),
        untold=np.array([np.array_equal(one, zero) for one, zero in codes]),
    )


def own_and_other(frequencies: np.ndarray, own: int) -> np.ndarray:
    """Return the law of a column's codes for z = 1 and for z = 0, (2, n_bins).

    Where one of the two is never sampled, the data do not tell them apart: both get the
    law of what is sampled, so that the column's weight is 0.
    """
    one, rest = np.zeros((2, len(frequencies)))
    one[own] = 1.0
    rest[:] = frequencies
    rest[own] = 0.0
    if rest.sum() == 0:
        return np.stack([one, one])
    rest /= rest.sum()
    return np.stack([one if frequencies[own] > 0 else rest, rest])


def tilted_share(frequencies: np.ndarray, own: int, width: float) -> float:
    """Return the kernel's share of the rows that have the instance's code."""
    is_own = np.arange(len(frequencies)) == own
    return float(tilt_shares(frequencies, is_own, width)[0][own])


def products_without_one(factors: np.ndarray) -> np.ndarray:
    """Return the products along the last axis that leave out one factor each.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.exact._product_law import products_without_one
    >>> products_without_one(np.array([2.0, 0.0, 3.0]))
    array([0., 6., 0.])
    """
    # From both ends instead of dividing the whole product: factors may be 0.
    before, after = np.ones((2, *factors.shape))
    before[..., 1:] = np.cumprod(factors[..., :-1], axis=-1)
    after[..., :-1] = np.cumprod(factors[..., :0:-1], axis=-1)[..., ::-1]
    return before * after


def box_weights(
    inside: np.ndarray, values: np.ndarray, kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return slopes and mean of a function that is constant on boxes.

    A box with the value :math:`v` adds :math:`v (p_{j1} - p_{j0}) \prod_{k \neq j}
    (r_k p_{k1} + (1 - r_k) p_{k0})` to the slope of column :math:`j`.

    Parameters
    ----------
    inside : ndarray of shape (2, n_boxes, n_columns)
        Probability of the box's range in each column for z = 1 and for z = 0.
    values : ndarray of shape (n_boxes, n_targets)
        The function on the boxes.
    kept : ndarray of shape (n_columns,)
        Tilted shares of z = 1.

    Returns
    -------
    slopes : ndarray of shape (n_targets, n_columns)
    mean : ndarray of shape (n_targets,)
        The function's mean under the kernel.
    """
    own, other = inside
    mixed = kept * own + (1.0 - kept) * other
    slopes = values.T @ ((own - other) * products_without_one(mixed))
    return slopes, values.T @ mixed.prod(axis=1)


def line_weights(
    slopes: np.ndarray, means: np.ndarray, kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes and mean of linear functions, as `box_weights` does.

    `slopes` are (n_targets, n_columns), `means` the columns' means (2, n_columns) for
    z = 1 and for z = 0.
    """
    own, other = means
    return slopes * (own - other), slopes @ (kept * own + (1.0 - kept) * other)
