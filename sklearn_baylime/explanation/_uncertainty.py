"""The questions users ask of weights and their uncertainty, each in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from sklearn_baylime.explanation._weights import (
    count_ranks,
    count_strongest,
    deviations,
    draw_weights,
    level_after_choice,
    normal_interval,
    normal_probability_within,
    normal_sign_probability,
    rows_needed,
    share_chosen,
    sign_after_choice,
    sign_of_marginal,
    spread_block,
    spread_selected,
    within_after_choice,
)

# Weights of less than this share of the largest are rounding.
_ROUNDING = 1e-13


class UncertaintyMixin:
    r"""Questions of an explanation's weights, answered from its arrays.

    Notes
    -----
    Where k of d features were selected by the same rows, their weights look larger than
    they are: of intervals of 95 %, fewer hold. So `interval`, and with it
    `queries_needed`, takes the level :math:`1 - (1 - \text{level}) k / d` for a target,
    which keeps the share of chosen weights that are missed at most 1 - level, on
    average [1]_. `sign_probability` and `practically_zero` let the probability of
    error grow by d / k, up to even odds. Nothing is changed where all features are
    used, as in `all_features`, or the weights are exact. `std`, `covariance`,
    `top_k_probability` and `rank_probability` are of the local model as it stands, as
    if its features had been chosen beforehand.

    References
    ----------
    .. [1] Y. Benjamini and D. Yekutieli (2005). False discovery rate-adjusted multiple
       confidence intervals for selected parameters. Journal of the American
       Statistical Association, 100, 71-81.
    """

    if TYPE_CHECKING:
        coef: np.ndarray
        intercept: np.ndarray
        selected: np.ndarray
        selected_covariance: Any
        marginals: Any
        is_open: np.ndarray
        exact: bool
        n_rows: int

    @property
    def covariance(self) -> np.ndarray:
        """Covariances of all weights, (T, d, d); NaN for features not selected."""
        pairs = zip(self.selected_covariance, self.selected, strict=True)
        return np.array([spread_block(block, selected) for block, selected in pairs])

    @property
    def std(self) -> np.ndarray:
        """Standard deviations of the weights, (T, d); NaN for features not selected."""
        return deviations(self.selected_covariance, self.selected)

    def interval(self, level: float = 0.95) -> np.ndarray:
        """Return the interval that holds each weight with the given probability.

        Parameters
        ----------
        level : float, default=0.95
            Probability, between 0 and 1.

        Returns
        -------
        interval : ndarray of shape (2, T, d)
            Lower and upper ends: ``low, high = explanation.interval()``. Of the
            marginals where these are given, else of normal distributions; infinite for
            targets that are open. Where features were selected they are wider, to pay
            for the choice: `level` then is the share of chosen weights that they hold.
            The weight itself is within: of a marginal so skewed that its mean is
            beyond the quantiles, one end is the mean.
        """
        rows = [self._interval_of(t, level) for t in range(len(self.coef))]
        low, high = np.stack(rows, axis=1)
        # NaN of features that were not selected stays.
        low, high = np.minimum(low, self.coef), np.maximum(high, self.coef)
        return np.stack([low, high])

    def sign_probability(self, delta: float = 0.0) -> np.ndarray:
        """Return the probability that each weight has the sign it shows.

        Parameters
        ----------
        delta : float, default=0.0
            The least size that matters, in units of the weights. More than 0 sets apart
            what is practically zero: the probability is that of a weight that matters,
            ``P(w > delta) / P(|w| > delta)`` for a positive one. Where most weights are
            nearly 0, their signs are open, and those of the others surer than they all
            are together.

        Returns
        -------
        probability : ndarray of shape (T, d)
            From 0.5, nothing known, to 1; of the marginals where these are given. A
            skewed marginal may give less than 0.5. Pays for the choice where features
            were selected.
        """
        if not delta >= 0:
            raise ValueError(f"delta is {delta!r}, expected 0 or more.")
        n_targets = len(self.coef)
        return np.stack([self._sign_probability_of(t, delta) for t in range(n_targets)])

    def practically_zero(self, delta: float) -> np.ndarray:
        """Return the probability that each weight is too small to matter.

        Parameters
        ----------
        delta : float
            The least size that matters, in units of the weights.

        Returns
        -------
        probability : ndarray of shape (T, d)
            That the absolute weight is below `delta`; NaN where no uncertainty is
            stated. 1 minus this is the probability that a feature matters. Pays for the
            choice where features were selected.
        """
        if not delta > 0:
            raise ValueError(f"delta is {delta!r}, expected more than 0.")
        rows = [self._probability_within_of(t, delta) for t in range(len(self.coef))]
        return np.stack(rows)

    def top_k_probability(
        self, k: int, *, n_draws: int = 4000, random_state: Any = 0
    ) -> np.ndarray:
        """Return the probability that each feature is among the `k` strongest.

        Parameters
        ----------
        k : int
            Number of features, by absolute weight.
        n_draws : int, default=4000
            Joint draws of the weights the probability is counted from.
        random_state : int, RandomState instance or None, default=0
            Seed of the draws.

        Returns
        -------
        probability : ndarray of shape (T, d)
            0 for features that are not selected, which are taken as known to be weaker;
            NaN for targets without a covariance. Ask `all_features` where that matters.
        """
        n_features = self.coef.shape[1]
        if not 1 <= k <= n_features:
            raise ValueError(f"k is {k!r}, expected an integer from 1 to {n_features}.")
        probability = np.full(self.coef.shape, np.nan)
        for t, draws in self._joint_draws(n_draws, random_state):
            probability[t] = 0.0
            probability[t, self.selected[t]] = count_strongest(draws, k) / n_draws
        return probability

    def rank_probability(
        self, *, n_draws: int = 4000, random_state: Any = 0
    ) -> np.ndarray:
        """Return the probability of each feature to have each rank by absolute weight.

        Parameters
        ----------
        n_draws : int, default=4000
            Joint draws of the weights the probability is counted from.
        random_state : int, RandomState instance or None, default=0
            Seed of the draws.

        Returns
        -------
        probability : ndarray of shape (T, d, d)
            Of target t and feature j to have rank r, the strongest being rank 0, at
            ``[t, j, r]``. Features that are not selected have none: 0. NaN for targets
            without a covariance.
        """
        d = self.coef.shape[1]
        probability = np.full((*self.coef.shape, d), np.nan)
        for t, draws in self._joint_draws(n_draws, random_state):
            probability[t] = 0.0
            chosen = np.flatnonzero(self.selected[t])
            place = np.ix_(chosen, np.arange(len(chosen)))
            probability[t][place] = count_ranks(draws) / n_draws
        return probability

    def queries_needed(self, half_width: float, level: float = 0.95) -> np.ndarray:
        """Return how many rows would bring each interval to a half width.

        Parameters
        ----------
        half_width : float
            Wanted half width of the interval, in units of the weights.
        level : float, default=0.95
            Probability of the interval.

        Returns
        -------
        n_rows : ndarray of float of shape (T, d)
            Rows in all, by the square-root law from the uncertainty so far; the rows
            there are if all masks were asked; NaN where nothing is known.
        """
        if not half_width > 0:
            raise ValueError(f"half_width is {half_width!r}, expected more than 0.")
        if self.exact:
            return np.where(self.selected, float(self.n_rows), np.nan)
        low, high = self.interval(level)
        needed = rows_needed(self.n_rows, (high - low) / 2, half_width)
        return np.where(np.isinf(needed), np.nan, needed)

    # One target at a time: quantiles of mixtures cost, and pages ask target by target.

    def _share_of(self, t: int) -> float:
        """Return which share of the features was chosen by the rows of a target."""
        return 1.0 if self.exact else share_chosen(self.selected[t])

    def _interval_of(self, t: int, level: float) -> np.ndarray:
        level = level_after_choice(level, self._share_of(t))
        normal = normal_interval(self.coef[t], self._std_of(t), level)
        ends = self._ask_marginal(t, lambda m: m.interval(level), normal)
        is_open = self.is_open[t] & self.selected[t]
        return np.where(is_open, [[-np.inf], [np.inf]], ends)

    def _sign_probability_of(self, t: int, delta: float = 0.0) -> np.ndarray:
        normal = normal_sign_probability(self.coef[t], self._std_of(t), delta)
        coef = self.coef[t, self.selected[t]]
        probability = self._ask_marginal(
            t,
            lambda m: (
                sign_of_marginal(m, coef, delta) if delta else m.sign_probability()
            ),
            normal,
        )
        probability = sign_after_choice(probability, self._share_of(t))
        is_stated = self.selected[t] & ~np.isnan(probability)
        has_no_sign = (
            is_stated & self._is_rounding(t) | self.is_open[t] & self.selected[t]
        )
        return np.where(has_no_sign, 0.5, probability)

    def _is_rounding(self, t: int) -> np.ndarray:
        """Return which weights are 0 but for the rounding of answers and arithmetic.

        Where a model is linear indeed, deviations are of the same size, and their ratio
        would tell the sign of nothing.
        """
        size = np.abs(self.coef[t])
        of_answers = 4 * np.finfo(float).eps * abs(self.intercept[t])
        return size <= max(_ROUNDING * size.max(initial=0.0), of_answers)

    def _probability_within_of(self, t: int, delta: float) -> np.ndarray:
        normal = normal_probability_within(self.coef[t], self._std_of(t), delta)
        within = self._ask_marginal(t, lambda m: m.probability_below(delta), normal)
        within = within_after_choice(within, self._share_of(t))
        return np.full_like(within, np.nan) if self.is_open[t] else within

    def _std_of(self, t: int) -> np.ndarray:
        return deviations(self.selected_covariance[t : t + 1], self.selected[[t]])[0]

    def _ask_marginal(
        self, t: int, ask: Callable[[Any], np.ndarray], normal: np.ndarray
    ) -> np.ndarray:
        """Return what the target's marginal says, else what is right for normals."""
        if self.marginals is None:
            return normal
        return spread_selected(ask(self.marginals[t]), self.selected[t])

    def _joint_draws(
        self, n_draws: Any, random_state: Any
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the targets that state a covariance, with draws of their weights."""
        rng = check_random_state(random_state)
        marginals = self.marginals or [None] * len(self.coef)
        for t, block in enumerate(self.selected_covariance):
            if not np.isfinite(block.diagonal()).all() or self.is_open[t]:
                continue
            coef = self.coef[t, self.selected[t]]
            yield t, draw_weights(coef, block, n_draws, rng, marginals[t])
