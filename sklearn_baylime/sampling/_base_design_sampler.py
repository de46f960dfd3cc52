"""What the samplers share whose rows are made of uniform numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._sklearn import StrOptions
from sklearn_baylime.sampling._base import BaseSampler, check_count
from sklearn_baylime.sampling._designs import (
    DESIGNS,
    draw_scrambles,
    is_one_net,
    resolve_design,
    scramble_sizes,
)


class BaseDesignSampler(BaseSampler):
    """Sampler whose rows can be spread evenly, by independent scrambles of a design.

    A subclass has the parameters `n_samples` and `design`, and draws its rows from
    `_draw_points`.
    """

    _parameter_constraints: dict = {
        **BaseSampler._parameter_constraints,
        "design": [StrOptions({"auto", *DESIGNS})],
    }

    def groups(self, n_rows: int, reference: Any = None) -> np.ndarray | None:
        r"""Tell which rows were drawn together: those of one scramble.

        Parameters
        ----------
        n_rows : int
            Number of rows that were drawn, the instance counted. If only the first of
            them were answered, take the first of the groups: with fewer rows, scrambles
            would have been smaller.
        reference : array-like of shape (n_features,), default=None
            Present for consistency.

        Returns
        -------
        groups : ndarray of int of shape (n_rows,) or None
            0 for the instance, then the number of the scramble, without gaps and in
            order. None if rows are independent.

        Notes
        -----
        Points of one scramble avoid each other, so their errors compensate, and the
        variance of an average is not the sum of the rows' variances: for Sobol points
        that is far too large, as a rule. Scrambles are independent of each other. With
        the sums :math:`g_c` of a quantity over each of K scrambles,
        :math:`\sum_c (g_c - \bar g)^2 K / (K - 1)` is unbiased for the variance of its
        sum over all rows, where scrambles are equally large. Sobol scrambles that had
        less than 16 points for each dimension are parts of a single one instead: their
        errors compensate, the sum is more exact than that, and the variance is stated
        on the safe side.
        """
        check_is_fitted(self)
        n_rows = check_count(n_rows, "n_rows")
        n_dimensions = self._n_dimensions()
        if resolve_design(self.design, n_rows, n_dimensions) == "random":
            return None
        sizes = scramble_sizes(n_rows, n_dimensions)
        return np.repeat(np.arange(len(sizes) + 1), np.append(1, sizes))

    def _n_dimensions(self) -> int:
        """Return how many uniform numbers a row is made of, whatever the instance."""
        return self.n_features_in_

    def _draw_points(
        self, n_samples: int, n_columns: int, rng: np.random.Generator
    ) -> np.ndarray | None:
        """Return points (n_samples, n_columns), the first one spare.

        None if rows are independent: their numbers may be drawn in any way.
        """
        n_dimensions = self._n_dimensions()
        design = resolve_design(self.design, n_samples, n_dimensions)
        if design == "random":
            return None
        sizes = scramble_sizes(n_samples, n_dimensions)
        is_one = is_one_net(design, n_samples, n_dimensions)
        return draw_scrambles(sizes, n_columns, design, rng, is_one=is_one)
