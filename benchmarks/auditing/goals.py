"""What is wanted of each measured number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Goal:
    """A range that a number should lie in.

    Parameters
    ----------
    low, high : float
        Its ends, which count as inside.
    """

    low: float = -np.inf
    high: float = np.inf

    def judge(self, value: float, error: float = 0.0) -> str:
        """Return whether a measured number meets the goal.

        Parameters
        ----------
        value : float
            The number.
        error : float, default=0.0
            Its standard error.

        Returns
        -------
        verdict : {"yes", "near", "no", ""}
            "near" if it misses by less than two standard errors; "" if there is no
            goal or no number.
        """
        if (np.isinf(self.low) and np.isinf(self.high)) or np.isnan(value):
            return ""
        miss = max(self.low - value, value - self.high)
        if miss <= 0:
            return "yes"
        return "near" if miss < 2 * np.nan_to_num(error) else "no"

    def __str__(self):
        if np.isinf(self.low):
            return "" if np.isinf(self.high) else f"at most {self.high:g}"
        if np.isinf(self.high):
            return f"at least {self.low:g}"
        return f"{self.low:g} to {self.high:g}"


NONE = Goal()
COVERAGE = {0.95: Goal(0.92, 0.98), 0.8: Goal(0.76, 0.84), 0.5: Goal(0.46, 0.54)}
MEAN_COVERAGE = Goal(0.94, 0.96)
NARROW_COVERAGE = Goal(0.92)
SOBOL_COVERAGE = Goal(0.93, 0.98)
WORST_RUN = Goal(0.75)
STRONGEST_OF_FORESTS = {3: Goal(0.80), 10: Goal(0.90), 30: Goal(0.93)}
AGAINST_PREVIOUS = {
    "forest": Goal(high=0.75),
    "few of 30": Goal(high=0.6),
    "alike": Goal(high=1.05),
}
AGAINST_BETTER = Goal(high=1.1)
SOBOL_WIDTH = Goal(high=0.7)
CALIBRATION = Goal(-0.04, 0.04)
SUMMARY_COVERAGE = Goal(0.90)
QUERIES = Goal(0.9, 1.15)
GOOD_AGAINST_ORACLE = {1: Goal(high=1.7), 3: Goal(high=1.3), 10: Goal(high=1.15)}
PRIOR_COVERAGE = Goal(0.93)
WRONG_AGAINST_NONE = {1: Goal(high=1.25), 3: Goal(high=1.06), 10: Goal(high=1.06)}
# "Well below 1".
TURNED_AGAINST_NONE = Goal(high=0.8)
NOTHING_OF_SHUFFLED = Goal(0.5)
NOTHING_OF_GOOD = Goal(high=0.05)
