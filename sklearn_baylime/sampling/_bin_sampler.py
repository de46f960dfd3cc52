"""Bins drawn by their frequency."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._sklearn import Interval, fit_context
from sklearn_baylime.base._tilt import tilt_shares
from sklearn_baylime.base._widths import lime_width
from sklearn_baylime.sampling._base import LOCAL, local_width
from sklearn_baylime.sampling._base_design_sampler import BaseDesignSampler
from sklearn_baylime.sampling._frequencies import (
    count_codes,
    draw_by_frequency,
    inner_sums,
    places_within,
    raise_share,
    values_at,
)


def are_shares(shares: np.ndarray) -> bool:
    """Tell whether an array holds numbers in proportion to probabilities."""
    if shares.ndim != 1 or shares.dtype.kind not in "iuf" or not shares.any():
        return False
    return bool(np.isfinite(shares).all() and shares.min() >= 0)


def check_frequencies(
    frequencies: Sequence[ArrayLike], n_columns: int | None
) -> list[np.ndarray]:
    """Return the given shares of each column, scaled to sum 1.

    Raises
    ------
    ValueError
        If a column's are no shares, or there are not `n_columns` of them.
    """
    if len(frequencies) == 0 or n_columns not in (None, len(frequencies)):
        expected = "at least 1" if n_columns is None else f"{n_columns} as X has"
        raise ValueError(
            f"frequencies has {len(frequencies)} columns, expected {expected}; give "
            "one array of shares a column."
        )
    columns = []
    for j, given in enumerate(frequencies):
        shares = np.asarray(given)
        if not are_shares(shares):
            raise ValueError(
                f"frequencies[{j}] is {given!r}, expected an array of finite numbers "
                ">= 0 that are not all 0; give the share of each code 0, 1, 2, ... in "
                f"column {j}."
            )
        columns.append(shares / shares.sum())
    return columns


class BinSampler(BaseDesignSampler):
    r"""Sampler of each column's codes by their frequency in the background.

    Columns are drawn independently of each other and, but for `min_share`, of the
    instance: LIME's law for tables.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of rows, the instance counted.

    design : {"auto", "random", "lhs", "sobol"}, default="random"
        How the rows fill the space of codes: drawn independently, as Latin hypercubes
        or as scrambled Sobol sequences. The last two keep closer to the frequencies of
        each column, Sobol's also to those of several columns together. "auto" is
        "sobol" where rows are many enough for that, otherwise "random", and "lhs" where
        columns are too many for Sobol's.

    frequencies : list of array-like or None, default=None
        For each column the shares of the codes 0, 1, 2, ..., scaled to sum 1. They
        replace the background, and `fit` needs none: its statistics suffice where the
        data must not be passed on. None counts the background.

    min_share : float, default=0.0
        Least share of the instance's own code in each column where it occurs at all;
        the others keep their proportions. A weight is the mean answer with the own code
        less that with the others, which does not depend on how often it is drawn, but
        a code that hardly ever is cannot be told from noise; the explainers' factories
        take 0.1. 0 is LIME's law.

    local : bool or float, default=False
        Whether rows are drawn where the kernel looks, by law times kernel, so that all
        weigh the same: a number is the width of an `ExponentialKernel` of the
        Euclidean distance between matches, True is LIME's, 0.75 times the root of
        the number of columns.
        See the notes.

    Attributes
    ----------
    values_ : list of ndarray
        Codes of each column: those of the background, or 0, 1, 2, ... where
        `frequencies` is given.

    frequencies_ : list of ndarray
        Their shares, which sum to 1.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    See Also
    --------
    sklearn_baylime.representation.QuantileDiscretizer : Makes the codes.

    Notes
    -----
    A uniform number :math:`u` becomes the first code whose share, added to those of the
    codes before it, exceeds :math:`u`.

    A design is made of 8 to 23 scrambles, one behind the other: first the instance,
    then equal numbers of rows, powers of two, but for the last scramble. They are
    independent, so that the variance between them tells that of the explanation, and
    `groups` numbers them. Below 16 rows all are independent. Sobol scrambles that had
    less than 16 points a column are parts of a single one instead, which is what keeps
    its points even; the variance between these is on the safe side. What is left of a
    coordinate within the share of its code says where within a bin a value lies (see
    `sample_places`), so that values are as even as bins. With 4 rows or more a column
    Sobol's points [2]_ make the errors of weights smaller, the more the more of them
    there are and the smoother the model is. A Latin hypercube balances each column
    alone: means come out nearer, but weights hardly do, as their errors come from what
    columns do together.

    Under a narrow kernel most rows of LIME's law weigh nothing. With `local`, columns
    are drawn by their law times the kernel's factor: other codes than the instance's
    are :math:`\exp(-1 / (2 \nu^2))` times as likely. `log_weights` tells what that
    factor was, and an explainer adds it to the kernel's: at the width :math:`\nu` rows
    weigh the same, at another by the ratio of both kernels, so that one set of rows
    serves several widths. Averages are those of the kernel's weights at any of them
    [3]_; the instance itself counts as one of the rows.

    References
    ----------
    .. [1] M. T. Ribeiro, S. Singh, C. Guestrin (2016). "Why Should I Trust You?":
       Explaining the Predictions of Any Classifier. KDD.
    .. [2] A. B. Owen (1998). Scrambling Sobol' and Niederreiter-Xing Points. Journal of
       Complexity 14.
    .. [3] Z. Tan, Y. Tian, J. Li (2023). GLIME: General, Stable and Local LIME
       Explanation. NeurIPS.

    Examples
    --------
    >>> from sklearn_baylime.sampling import BinSampler
    >>> sampler = BinSampler(n_samples=4).fit([[0, 7], [1, 7], [1, 7], [1, 7]])
    >>> sampler.frequencies_[0]
    array([0.25, 0.75])
    >>> sampler.sample([0, 7], random_state=0)
    array([[0, 7],
           [1, 7],
           [1, 7],
           [1, 7]])

    Statistics instead of data:

    >>> sampler = BinSampler(frequencies=[[1, 3], [0.2, 0.3, 0.5]]).fit()
    >>> sampler.frequencies_[0]
    array([0.25, 0.75])
    """

    _parameter_constraints: dict = {
        **BaseDesignSampler._parameter_constraints,
        "frequencies": [None, "array-like"],
        "min_share": [Interval(Real, 0, 1, closed="left")],
        "local": LOCAL,
    }

    def __init__(
        self,
        n_samples: int = 5000,
        *,
        design: str = "random",
        frequencies: Sequence[ArrayLike] | None = None,
        min_share: float = 0.0,
        local: bool | float = False,
    ) -> None:
        self.n_samples = n_samples
        self.design = design
        self.frequencies = frequencies
        self.min_share = min_share
        self.local = local

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Count the codes of the background, or take the given frequencies.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features) or None, default=None
            Codes of the background. None if `frequencies` is given.
        y : ignored
            Present for consistency.

        Returns
        -------
        self : object
            Fitted sampler.

        Raises
        ------
        ValueError
            If `frequencies` are no shares or do not fit X, or both are None.
        """
        if X is not None:
            return super().fit(X, y)
        if self.frequencies is None:
            raise ValueError(
                "X and frequencies are None, expected one of them; fit with the codes "
                "of a background or give the frequencies of the codes."
            )
        self._learn(None, y)
        self.n_features_in_ = len(self.values_)
        self.__dict__.pop("feature_names_in_", None)
        return self

    def sample_places(
        self, reference: Any, n_samples: int | None = None, random_state: Any = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Draw rows, and where within their bins the values are to lie.

        Parameters
        ----------
        reference : array-like of shape (n_features,)
            Code of the instance.
        n_samples : int or None, default=None
            Number of rows, the instance counted; the sampler's own if None.
        random_state : int, RandomState instance or None, default=None
            Seed: the rows are those of `sample`.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features)
            The first row is the instance.
        places : ndarray of float32 of shape (n_samples, n_features) or None
            Uniform numbers: of the points of a design, what is left of a coordinate
            within the share of its code, so that values are as even as codes. None if
            rows are independent: any numbers will do.
        """
        check_is_fitted(self)
        reference, n_samples, rng = self._prepare(reference, n_samples, random_state)
        rows, places = self._draw_places(reference, n_samples, rng)
        rows[0] = reference
        return rows, places

    def frequencies_at(self, reference: ArrayLike) -> list[np.ndarray]:
        """Return the shares of each column's codes by the law meant at an instance.

        With `local`, rows are drawn by these times the kernel.

        Parameters
        ----------
        reference : array-like of shape (n_features,)
            Code of the instance.

        Returns
        -------
        frequencies : list of ndarray
            Those of `frequencies_`, but for rare codes of the instance: see
            `min_share`.
        """
        check_is_fitted(self)
        triples = zip(self.values_, self.frequencies_, np.ravel(reference), strict=True)
        return [raise_share(f, v == own, self.min_share) for v, f, own in triples]

    def has_one_law(self, reference: Any) -> bool:
        """Tell whether rows are the same at any instance, for one random state.

        Parameters
        ----------
        reference : array-like of shape (n_features,)
            Code of the instance.

        Returns
        -------
        has_one_law : bool
            True but for instances with rare codes, whose share `min_share` raises;
            False with `local`.
        """
        if self._width() is not None:
            return False
        if not self.min_share:
            return True
        pairs = zip(self.frequencies_at(reference), self.frequencies_, strict=True)
        return all(at is shares for at, shares in pairs)

    def log_weights(self, codes: Any, reference: Any = None) -> np.ndarray | None:
        r"""Return the importance of rows that were drawn by law times kernel.

        Parameters
        ----------
        codes : ndarray of shape (n_samples, n_features)
            Rows.
        reference : array-like of shape (n_features,), default=None
            Code of the instance; the first of the rows if None.

        Returns
        -------
        log_weights : ndarray of shape (n_samples,) or None
            :math:`m / (2 \nu^2)` for rows with m codes that are not the instance's,
            plus the log of the kernel's mean, so that weights are as large as the
            kernel's on average; None without `local`.
        """
        width = self._width()
        if width is None:
            return None
        codes = np.asarray(codes)
        reference = codes[0] if reference is None else np.asarray(reference)
        tilted = self._tilted(reference, self.frequencies_at(reference))
        n_others = (codes != reference).sum(axis=1)
        logs = 0.5 * n_others / width / width
        return logs + sum(log_mean for _, log_mean in tilted)

    def _width(self) -> float | None:
        return local_width(self.local, lime_width(self.n_features_in_))

    def _tilted(
        self, reference: Any, frequencies: list[np.ndarray]
    ) -> list[tuple[np.ndarray, float]]:
        """Return each column's law times kernel, and the log of the kernel's mean."""
        width = self._width()
        assert width is not None
        triples = zip(self.values_, frequencies, np.ravel(reference), strict=True)
        return [tilt_shares(shares, v == own, width) for v, shares, own in triples]

    def _learn(self, codes: Any, y: Any) -> None:
        if self.frequencies is None:
            counted = [count_codes(column) for column in codes.T]
            self.values_ = [values for values, _ in counted]
            self.frequencies_ = [shares for _, shares in counted]
        else:
            n_columns = None if codes is None else codes.shape[1]
            self.frequencies_ = check_frequencies(self.frequencies, n_columns)
            self.values_ = [np.arange(len(shares)) for shares in self.frequencies_]
        self._inner_shares = [inner_sums(shares) for shares in self.frequencies_]

    def _draw(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        return self._draw_places(reference, n_samples, rng)[0]

    def _draw_places(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray | None]:
        # Without points, random numbers are drawn part by part, which saves memory.
        points = self._draw_points(n_samples, len(self.values_), rng)
        drawn = self.frequencies_at(reference)
        if self._width() is not None:
            drawn = [shares for shares, _ in self._tilted(reference, drawn)]
        sums = [
            known if at is shares else inner_sums(at)
            for known, at, shares in zip(
                self._inner_shares, drawn, self.frequencies_, strict=True
            )
        ]
        positions = draw_by_frequency(sums, n_samples, rng, points)
        dtype = np.result_type(reference, *self.values_)
        places = None if points is None else places_within(sums, positions, points)
        return values_at(self.values_, positions, dtype), places
