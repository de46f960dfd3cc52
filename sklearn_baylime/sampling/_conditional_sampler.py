"""Rows that keep to the background: some columns kept, the others to match."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from sklearn_baylime.base._columns import column_mask
from sklearn_baylime.base._sklearn import Interval, StrOptions
from sklearn_baylime.sampling._base import BaseSampler
from sklearn_baylime.sampling._columns import moments_of

# Share of the identity in a copula's correlations: columns that are equal, or fewer
# rows than columns, leave them singular.
SHRINKAGE = 1e-3
# Numbers held at a time while rows are drawn: 8 MiB of them.
_BLOCK = 2**20


def nearest_of(
    candidates: np.ndarray,
    reference: np.ndarray,
    kept: np.ndarray,
    scale: np.ndarray,
    is_category: np.ndarray,
) -> np.ndarray:
    r"""Return which candidate of each row is nearest to the instance where it matters.

    The squared distance is :math:`\sum_{j \in S} ((c_j - x_j) / \sigma_j)^2`, where a
    category adds 0 if it is the instance's and 2 otherwise: the mean of two standard
    normals' squared difference.

    Parameters
    ----------
    candidates : ndarray of shape (n_rows, n_candidates, n_features)
        Rows of the background.
    reference : ndarray of shape (n_features,)
        The instance.
    kept : ndarray of bool of shape (n_rows, n_features)
        The columns :math:`S` that count.
    scale : ndarray of shape (n_features,)
        Standard deviations :math:`\sigma_j`; columns with 0 do not count.
    is_category : ndarray of bool of shape (n_features,)
        Which columns are categories.

    Returns
    -------
    nearest : ndarray of int of shape (n_rows,)
        The first of the nearest.
    """
    weight = np.divide(1.0, scale**2, out=np.zeros_like(scale), where=scale > 0)
    apart = candidates - reference
    squares = np.where(is_category, 2.0 * (apart != 0), apart**2 * weight)
    return np.einsum("nkj,nj->nk", squares, kept.astype(np.float64)).argmin(axis=1)


def normal_scores(codes: np.ndarray) -> np.ndarray:
    r"""Return the normal score of each value: :math:`\Phi^{-1}` of its middle rank.

    Parameters
    ----------
    codes : ndarray of shape (n_rows, n_features)
        Equal values share the mean of their ranks.

    Returns
    -------
    scores : ndarray of shape (n_rows, n_features)
        Finite numbers; all 0 in constant columns.
    """
    n_rows = len(codes)
    middles = np.empty(codes.shape)
    for j, column in enumerate(codes.T):
        ordered = np.sort(column)
        below = np.searchsorted(ordered, column, "left")
        upto = np.searchsorted(ordered, column, "right")
        middles[:, j] = (below + upto) / (2 * n_rows)
    return ndtri(middles)


def copula_correlation(codes: np.ndarray) -> np.ndarray:
    """Return the correlations of a background's normal scores, never singular.

    Parameters
    ----------
    codes : ndarray of shape (n_rows, n_features)
        The background.

    Returns
    -------
    correlation : ndarray of shape (n_features, n_features)
        Ones on the diagonal, positive definite; constant columns have zeros.
    """
    scores = normal_scores(codes)
    scores -= scores.mean(axis=0)
    norms = np.sqrt((scores**2).sum(axis=0))
    # A constant column's scores are zeros up to rounding.
    varies = np.ptp(codes, axis=0) > 0
    scores *= np.divide(1.0, norms, out=np.zeros_like(norms), where=varies)
    correlation = (1 - SHRINKAGE) * scores.T @ scores
    np.fill_diagonal(correlation, 1.0)
    return correlation


def condition(
    drawn: np.ndarray, known: np.ndarray, kept: np.ndarray, correlation: np.ndarray
) -> np.ndarray:
    r"""Move draws of a normal distribution to where some columns are known.

    With :math:`z \sim N(0, R)` and the kept columns :math:`S`,
    :math:`z + R_{\cdot S} R_{SS}^{-1} (x_S - z_S)` is a draw of
    :math:`N(0, R)` given :math:`z_S = x_S` (conditioning by kriging [1]_).

    Parameters
    ----------
    drawn : ndarray of shape (n_rows, n_features)
        Draws :math:`z`.
    known : ndarray of shape (n_rows, n_features)
        The values :math:`x`; read where they are kept.
    kept : ndarray of bool of shape (n_rows, n_features)
        The columns :math:`S`, row by row.
    correlation : ndarray of shape (n_features, n_features)
        :math:`R`, positive definite.

    Returns
    -------
    conditioned : ndarray of shape (n_rows, n_features)
        Equal to `known` where kept, up to rounding.

    References
    ----------
    .. [1] A. G. Journel, C. J. Huijbregts (1978). Mining Geostatistics. Academic Press.
    """
    n_features = drawn.shape[1]
    rows_at_once = max(1, _BLOCK // n_features**2)
    moved = drawn.copy()
    diagonal = np.arange(n_features)
    for start in range(0, len(drawn), rows_at_once):
        part = slice(start, start + rows_at_once)
        own = kept[part].astype(np.float64)
        # Columns that are free have a 1 on the diagonal: every system has one size.
        systems = own[:, :, None] * correlation * own[:, None, :]
        systems[:, diagonal, diagonal] = 1.0
        missing = own * (known[part] - drawn[part])
        moved[part] += np.linalg.solve(systems, missing[:, :, None])[:, :, 0] @ (
            correlation
        )
    return moved


class ConditionalSampler(BaseSampler):
    r"""Sampler of rows that are like the instance in some columns, and look real.

    Each row has a random set :math:`S` of columns that stay at the instance's values,
    or near them. The others go with these as they do in the background. Other samplers
    draw columns on their own, and so rows that do not exist; a model that notices such
    rows can answer them as it likes, and hide from their explanations what it does on
    real ones [1]_.

    Parameters
    ----------
    n_samples : int, default=5000
        Number of rows, the instance counted.

    method : {"nearest", "copula"}, default="nearest"
        "nearest" takes real rows: of `n_candidates` that are drawn from the background,
        the one that is nearest to the instance in the kept columns. "copula" keeps the
        instance's values exactly and draws the others from a Gaussian copula [2]_ given
        them, among the values that the background has.

    keep : float, default=0.5
        Probability with which each column is kept, 0 < keep < 1.

    n_candidates : int, default=50
        Rows of the background that each row is the nearest of; read by "nearest" only.
        More are nearer, and fewer of them differ.

    categorical_features : array-like of bool or int or None, default=None
        Mask (n_features,) or indices of columns whose codes are categories, which match
        or do not. A copula needs an order: it takes that of the codes, which for more
        than two categories means something for those in an order only.

    Attributes
    ----------
    background_ : ndarray of shape (n_rows, n_features)
        The background.

    scale_ : ndarray of shape (n_features,)
        Standard deviation of each column, which divides by the number of rows.

    correlation_ : ndarray of shape (n_features, n_features)
        Correlations of the copula; exists for ``method="copula"``.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where `X` has string names.

    See Also
    --------
    MixupSampler : Rows between the instance and others of the background.
    GaussianSampler : Columns on their own.

    Notes
    -----
    The weights answer another question than those of independent columns: two columns
    that go together share what either does, and a column that the model never reads can
    have a weight if it foretells one that is read. The weights of a linear local model
    separate them as far as the rows do.

    The copula has ranks' correlations: with :math:`F_j` the background's distribution
    of column :math:`j`, :math:`z_j = \Phi^{-1}(F_j(x_j))` are taken to be jointly
    normal. Values that occur more than once have an interval of :math:`z_j`, in which a
    place is drawn for each row. It costs one linear system of `n_features` unknowns a
    row.

    References
    ----------
    .. [1] D. Slack, S. Hilgard, E. Jia, S. Singh, H. Lakkaraju (2020). Fooling LIME and
       SHAP: Adversarial Attacks on Post hoc Explanation Methods. AIES.
    .. [2] K. Aas, M. Jullum, A. Løland (2021). Explaining individual predictions when
       features are dependent: More accurate approximations to Shapley values.
       Artificial Intelligence 298.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.sampling import ConditionalSampler
    >>> tens = np.arange(100)
    >>> sampler = ConditionalSampler(n_samples=200).fit(np.c_[tens, 10 * tens])
    >>> rows = sampler.sample([50, 500], random_state=0)
    >>> bool((rows[:, 1] == 10 * rows[:, 0]).all())
    True
    """

    _input: dict = {"dtype": np.float64}

    _parameter_constraints: dict = {
        **BaseSampler._parameter_constraints,
        "method": [StrOptions({"nearest", "copula"})],
        "keep": [Interval(Real, 0, 1, closed="neither")],
        "n_candidates": [Interval(Integral, 1, None, closed="left")],
        "categorical_features": [None, "array-like"],
    }

    def __init__(
        self,
        n_samples: int = 5000,
        *,
        method: str = "nearest",
        keep: float = 0.5,
        n_candidates: int = 50,
        categorical_features: ArrayLike | None = None,
    ) -> None:
        self.n_samples = n_samples
        self.method = method
        self.keep = keep
        self.n_candidates = n_candidates
        self.categorical_features = categorical_features

    def _learn(self, codes: Any, y: Any) -> None:
        self.background_ = codes.copy()
        self.scale_ = moments_of(codes).scale
        self._is_category = column_mask(self.categorical_features, codes.shape[1])
        if self.method == "copula":
            self.correlation_ = copula_correlation(codes)
            self._ordered = np.sort(codes, axis=0)
        elif hasattr(self, "correlation_"):
            del self.correlation_, self._ordered

    def _draw(
        self, reference: Any, n_samples: int, rng: np.random.Generator
    ) -> np.ndarray:
        kept = rng.random((n_samples, len(reference))) < self.keep
        if self.method == "copula":
            return self._draw_copula(reference, kept, rng)
        return self._draw_nearest(reference, kept, rng)

    def _draw_nearest(
        self, reference: np.ndarray, kept: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        n_rows, n_features = kept.shape
        among = len(self.background_)
        rows = np.empty((n_rows, n_features))
        rows_at_once = max(1, _BLOCK // (self.n_candidates * n_features))
        for start in range(0, n_rows, rows_at_once):
            own = kept[start : start + rows_at_once]
            drawn = rng.integers(among, size=(len(own), self.n_candidates))
            best = nearest_of(
                self.background_[drawn], reference, own, self.scale_, self._is_category
            )
            chosen = drawn[np.arange(len(own)), best]
            rows[start : start + len(own)] = self.background_[chosen]
        return rows

    def _draw_copula(
        self, reference: np.ndarray, kept: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        n_rows, n_features = kept.shape
        n_known = len(self._ordered)
        drawn = rng.standard_normal((n_rows, n_features))
        drawn = drawn @ np.linalg.cholesky(self.correlation_).T
        known = ndtri(self._places(reference, kept.shape, rng))
        places = ndtr(condition(drawn, known, kept, self.correlation_))
        at = np.minimum((places * n_known).astype(np.intp), n_known - 1)
        values = np.take_along_axis(self._ordered, at, axis=0)
        return np.where(kept, reference, values)

    def _places(
        self, reference: np.ndarray, shape: tuple[int, int], rng: np.random.Generator
    ) -> np.ndarray:
        """Draw a place of the instance in each column's distribution, inside (0, 1)."""
        n_known = len(self._ordered)
        ends = np.empty((2, len(reference)))
        for j, (ordered, own) in enumerate(
            zip(self._ordered.T, reference, strict=True)
        ):
            ends[0, j] = np.searchsorted(ordered, own, "left")
            ends[1, j] = np.searchsorted(ordered, own, "right")
        # A value between two that occur, or beyond them, has the middle of the gap.
        alone = ends[0] == ends[1]
        low = np.where(alone, np.maximum(ends[0] - 0.5, 0), ends[0])
        high = np.where(alone, np.minimum(ends[1] + 0.5, n_known), ends[1])
        places = (low + (high - low) * rng.random(shape)) / n_known
        return np.clip(places, 0.25 / n_known, 1 - 0.25 / n_known)
