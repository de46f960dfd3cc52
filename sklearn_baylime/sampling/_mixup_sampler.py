"""Mixtures of the instance with rows of the background."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length
from sklearn.utils.multiclass import type_of_target

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._sklearn import Interval
from sklearn_baylime.sampling._base import BaseSampler


def find_strata(y: Any, n_rows: int) -> np.ndarray:
    """Give each row the number of its class.

    There is one class where y is None or continuous.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_outputs) or None
        Class labels; with several outputs, each combination is a class.
    n_rows : int
        Number of rows.

    Returns
    -------
    strata : ndarray of int of shape (n_rows,)
        From 0 to the number of classes less 1.
    """
    if y is None:
        return np.zeros(n_rows, dtype=np.intp)
    with warnings.catch_warnings():
        # Many classes, of which it warns, do no harm here.
        warnings.simplefilter("ignore")
        if type_of_target(y, input_name="y").startswith("continuous"):
            return np.zeros(n_rows, dtype=np.intp)
    labels = np.asarray(y).reshape(n_rows, -1)
    numbers = [np.unique(output, return_inverse=True)[1] for output in labels.T]
    combined = np.stack(numbers, axis=1)
    return np.unique(combined, axis=0, return_inverse=True)[1].ravel()


def draw_strata(n_strata: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw strata (n_draws,) in random order, whose counts differ by 1 at most."""
    even = rng.permutation(n_strata)[np.arange(n_draws) % n_strata]
    return rng.permutation(even)


class MixupSampler(BaseSampler):
    r"""Sampler of mixtures of the instance with rows of the background.

    A row is :math:`\lambda x + (1 - \lambda) b` with the instance :math:`x`, a random
    row :math:`b` of the background and :math:`\lambda \sim \text{Beta}(\alpha, \beta)`,
    drawn anew for each row. Rows keep what columns have in common, as independent
    columns do not.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of rows, the instance counted.

    alpha : float, default=2.0
        First parameter :math:`\alpha > 0` of the beta distribution.

    beta : float, default=5.0
        Second parameter :math:`\beta > 0`. The instance's mean share is
        :math:`\alpha / (\alpha + \beta)`.

    categorical_features : array-like of bool or int or None, default=None
        Mask (n_features,) or indices of columns whose codes are categories. Each of
        them takes the instance's value with probability :math:`\lambda`, otherwise that
        of :math:`b`.

    Attributes
    ----------
    background_ : ndarray of shape (n_rows, n_features)
        The background.

    strata_ : ndarray of int of shape (n_rows,)
        Class of each of its rows, numbered from 0; all 0 without classes.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    See Also
    --------
    GaussianSampler : Needs statistics of the background only.

    Notes
    -----
    If `fit` is given class labels `y`, the classes have equal shares among the rows
    :math:`b`, up to 1 row, so that rare ones are represented too. A continuous `y` is
    ignored, as `sklearn.utils.multiclass.type_of_target` tells it.

    FAT Forensics [2]_ has the same default Beta(2, 5), which puts rows nearer to the
    other rows than to the instance: the mean of :math:`\lambda` is 2/7. Its rule for
    categorical columns is inverted, with the instance's value where
    :math:`\lambda \le 1/2`; here they follow :math:`\lambda` as numeric columns do.
    Its strata keep the shares that the classes have in the background.

    References
    ----------
    .. [1] H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz (2018). mixup: Beyond
       Empirical Risk Minimization. ICLR.
    .. [2] K. Sokol, A. Hepburn, R. Poyiadzi, M. Clifford, R. Santos-Rodriguez, P. Flach
       (2020). FAT Forensics: A Python Toolbox for Implementing and Deploying Fairness,
       Accountability and Transparency Algorithms in Predictive Systems. JOSS 5.

    Examples
    --------
    >>> from sklearn_baylime.sampling import MixupSampler
    >>> sampler = MixupSampler(n_samples=4, categorical_features=[1])
    >>> sampler = sampler.fit([[0, 7], [0, 7], [0, 7]])
    >>> rows = sampler.sample([1, 7], random_state=0)
    >>> bool(((rows >= 0) & (rows <= [1, 7])).all())
    True
    """

    _input: dict = {"dtype": np.float64}

    _parameter_constraints: dict = {
        **BaseSampler._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "beta": [Interval(Real, 0, None, closed="neither")],
        "categorical_features": [None, "array-like"],
    }

    def __init__(
        self,
        n_samples: int = 5000,
        *,
        alpha: float = 2.0,
        beta: float = 5.0,
        categorical_features: ArrayLike | None = None,
    ) -> None:
        self.n_samples = n_samples
        self.alpha = alpha
        self.beta = beta
        self.categorical_features = categorical_features

    def _learn(self, codes: Any, y: Any) -> None:
        if y is not None:
            check_consistent_length(codes, y)
        self.background_ = codes.copy()
        self.strata_ = find_strata(y, len(codes))
        self._is_category = column_mask(self.categorical_features, codes.shape[1])
        order = np.argsort(self.strata_, kind="stable")
        self._members = np.split(order, np.cumsum(np.bincount(self.strata_))[:-1])

    def _draw(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        rows = self.background_[self._draw_members(n_samples, rng)]
        share = rng.beta(self.alpha, self.beta, size=(n_samples, 1))
        chosen = self._is_category
        taken = rng.random((n_samples, np.count_nonzero(chosen))) < share
        codes = np.where(taken, reference[chosen], rows[:, chosen])
        # In this form a value that instance and row share stays exact.
        rows += share * (reference - rows)
        rows[:, chosen] = codes
        return rows

    def _draw_members(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        """Draw rows of the background; the first, the instance's place, is spare."""
        members = np.zeros(n_samples, dtype=np.intp)
        drawn = draw_strata(len(self._members), n_samples - 1, rng)
        for stratum, rows in enumerate(self._members):
            places = 1 + np.flatnonzero(drawn == stratum)
            members[places] = rng.choice(rows, size=len(places))
        return members
