"""Weighted, centred moments of the rows and their spectrum in whitened coordinates.

The prior precision is ``lambda * R.T @ R``. In the whitened coordinates ``R @ w`` the
prior is isotropic, so that one eigendecomposition of the whitened Gram matrix serves
every value of the two precisions and every target.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import linalg, sparse

from sklearn_baylime.linear_model._whitening import Whitening

# Below this ratio of eigenvalues the Gram matrix, which squares the condition number,
# has lost the small directions, and the singular values of the rows are taken instead.
_GRAM_LIMIT = 1e-8

# Largest inner product of vectors that count as orthogonal.
_ORTHOGONAL = 1e-11

# A difference is taken for exact where so many roundings are a smaller share of it.
_ROUNDINGS, _LEAST_DIGITS = 50.0, 1e-11

# A column whose spread is less than this share of its mean varies by rounding alone.
_ROUNDING = 1e-14


@dataclass(frozen=True)
class Moments:
    """Sums over the rows that are additive over batches.

    Attributes
    ----------
    weight : float
        Sum of the sample weights.
    x_mean : ndarray of shape (n_features,)
    y_mean : ndarray of shape (n_targets,)
        Weighted means; zeros where no intercept is fitted.
    squares : ndarray of shape (n_features, n_features) or (n_features, rank)
        Weighted second moments of the features, or where rows are fewer than features
        a root of them, as `is_root` says: a matrix of features by features would be
        the largest thing there is, and few ask for it.
    cross : ndarray of shape (n_features, n_targets)
    y_square : ndarray of shape (n_targets,)
        Weighted second moments about the means.
    is_root : bool, default=False
    """

    weight: float
    x_mean: np.ndarray
    y_mean: np.ndarray
    squares: np.ndarray
    cross: np.ndarray
    y_square: np.ndarray
    is_root: bool = False

    @property
    def gram(self) -> np.ndarray:
        """Weighted second moments of the features, (n_features, n_features)."""
        return self.squares @ self.squares.T if self.is_root else self.squares


@dataclass(frozen=True)
class Rows:
    """Rows centred at their weighted mean and scaled by the roots of their weights.

    Attributes
    ----------
    weight : float
        Sum of the sample weights.
    x_mean, y_mean : ndarray
        Weighted means; zeros where no intercept is fitted.
    dense : ndarray of shape (n_samples, n_features) or None
        The rows themselves; None for sparse input, which is never centred in memory.
    y : ndarray of shape (n_samples, n_targets)
        The centred, scaled answers.
    root_weight : ndarray of shape (n_samples, 1)
        Square roots of the sample weights.
    centered : bool
        Whether the means were subtracted.
    raw : sparse matrix or None
        The uncentred rows of sparse input.
    """

    weight: float
    x_mean: np.ndarray
    y_mean: np.ndarray
    dense: np.ndarray | None
    y: np.ndarray
    root_weight: np.ndarray
    centered: bool
    raw: Any = None

    def dot(self, matrix: np.ndarray, part: slice = slice(None)) -> np.ndarray:
        """Multiply a part of the centred, scaled rows by a matrix (n_features, k)."""
        if self.dense is not None:
            return self.dense[part] @ matrix
        centred = self.raw[part] @ matrix - self.x_mean @ matrix
        return self.root_weight[part] * centred


@dataclass(frozen=True)
class Spectrum:
    """Eigendecomposition of the whitened Gram matrix, directions of no weight left out.

    Attributes
    ----------
    components : ndarray of shape (n_features, rank)
        ``inv(R) @ V``: eigenvectors ``V``, mapped to coefficients.
    duals : ndarray of shape (n_features, rank)
        ``R.T @ V``, so that ``duals.T @ components`` is the identity.
    eigenvalues : ndarray of shape (rank,)
    cross : ndarray of shape (rank, n_targets)
        ``V.T @ A.T @ c`` of the whitened rows ``A`` and the answers ``c``.
    residual : ndarray of shape (n_targets,)
        Weighted sum of squares that no coefficients can explain.
    """

    components: np.ndarray
    duals: np.ndarray
    eigenvalues: np.ndarray
    cross: np.ndarray
    residual: np.ndarray


def center_rows(
    X: Any, y: np.ndarray, sample_weight: np.ndarray, fit_intercept: bool, copy: bool
) -> Rows:
    """Center `X` (n, d) and `y` (n, k) by weighted means and scale by root weights."""
    n_features = X.shape[1]
    weight = float(sample_weight.sum())
    root_weight = np.sqrt(sample_weight)[:, None]
    x_mean, y_mean = np.zeros(n_features), np.zeros(y.shape[1])
    if fit_intercept:
        x_mean = np.asarray(X.T @ sample_weight).ravel() / weight
        y_mean = sample_weight @ y / weight
    is_weighted = bool((sample_weight != 1).any())
    y = y - y_mean
    if is_weighted:
        y *= root_weight
    y[:, _is_constant(_squares(y), y_mean, weight)] = 0.0
    means = (weight, x_mean, y_mean)
    if sparse.issparse(X):
        return Rows(*means, None, y, root_weight, fit_intercept, raw=X.tocsr())
    dense = np.subtract(X, x_mean, out=None if copy else X)
    if is_weighted:
        dense *= root_weight
    return Rows(*means, dense, y, root_weight, fit_intercept)


def moments_of_rows(rows: Rows) -> Moments:
    """Sum up the second moments of the centred rows."""
    if rows.dense is not None:
        gram = rows.dense.T @ rows.dense
        cross = rows.dense.T @ rows.y
    else:
        scaled = rows.raw.multiply(rows.root_weight).tocsr()
        # y is centred, so the mean of X drops out of the cross moments.
        gram = (scaled.T @ scaled).toarray()
        gram -= rows.weight * np.outer(rows.x_mean, rows.x_mean)
        cross = scaled.T @ rows.y
    constant = _is_constant(np.diag(gram), rows.x_mean, rows.weight, rows.dense is None)
    if constant.any():
        gram[constant] = gram[:, constant] = cross[constant] = 0.0
        if rows.dense is not None:
            rows.dense[:, constant] = 0.0
    y_square = _squares(rows.y)
    return Moments(rows.weight, rows.x_mean, rows.y_mean, gram, cross, y_square)


def _squares(values: np.ndarray) -> np.ndarray:
    """Return the sum of squares of each column, (n_columns,)."""
    return np.einsum("ij,ij->j", values, values)


def _is_constant(
    squares: np.ndarray, means: np.ndarray, weight: Any, uncentered: Any = False
) -> np.ndarray:
    """Tell which columns vary by rounding alone, given their sums of squares.

    Subtracting the means' squares from sums of squares loses half of the digits.
    """
    share = np.sqrt(_ROUNDING) if uncentered else _ROUNDING
    return squares <= weight * (share * means) ** 2


def merge_moments(a: Moments, b: Moments) -> Moments:
    """Add two batches exactly (Chan, Golub and LeVeque, 1983)."""
    weight = a.weight + b.weight
    share = b.weight / weight
    x_shift, y_shift = b.x_mean - a.x_mean, b.y_mean - a.y_mean
    between = a.weight * share
    y_mean = a.y_mean + share * y_shift
    cross = a.cross + b.cross + between * np.outer(x_shift, y_shift)
    y_square = a.y_square + b.y_square + between * y_shift**2
    # The batches' means of a constant target differ by rounding.
    constant = _is_constant(y_square, y_mean, weight)
    cross[:, constant] = y_square[constant] = 0.0
    return Moments(
        weight,
        a.x_mean + share * x_shift,
        y_mean,
        a.gram + b.gram + between * np.outer(x_shift, x_shift),
        cross,
        y_square,
    )


def moments_of_spectrum(spectrum: Spectrum, rows: Rows) -> Moments:
    """Return the second moments where only the rows were decomposed."""
    duals, eigenvalues = spectrum.duals, spectrum.eigenvalues[:, None]
    explained = (spectrum.cross**2 / eigenvalues).sum(axis=0)
    return Moments(
        rows.weight,
        rows.x_mean,
        rows.y_mean,
        duals * np.sqrt(eigenvalues.T),
        duals @ spectrum.cross,
        spectrum.residual + explained,
        is_root=True,
    )


def decompose(rows: Rows, whitening: Whitening) -> tuple[Spectrum, Moments]:
    """Take the cheaper decomposition of the rows that is accurate."""
    n_samples, n_features = len(rows.y), len(rows.x_mean)
    if n_samples >= n_features or rows.dense is None:
        moments = moments_of_rows(rows)
        spectrum = spectrum_of_moments(moments, whitening)
        if rows.dense is None:
            return with_row_residual(spectrum, rows), moments
        if is_accurate(spectrum, moments):
            if not has_accurate_residual(spectrum, moments):
                spectrum = with_row_residual(spectrum, rows)
            return spectrum, moments
    else:
        squares = (rows.dense**2).sum(axis=0)
        rows.dense[:, _is_constant(squares, rows.x_mean, rows.weight)] = 0.0
    spectrum = spectrum_of_rows(rows, whitening)
    return spectrum, moments_of_spectrum(spectrum, rows)


def spectrum_of_moments(moments: Moments, whitening: Whitening) -> Spectrum:
    """Decompose the whitened Gram matrix."""
    gram = whitening.whiten_rows(whitening.whiten_rows(moments.gram).T)
    eigenvalues, vectors = np.linalg.eigh(gram)
    cross = vectors.T @ whitening.whiten_rows(moments.cross.T).T
    spectrum = _spectrum(eigenvalues, vectors, cross, whitening, noise=len(gram))
    explained = (spectrum.cross**2 / spectrum.eigenvalues[:, None]).sum(axis=0)
    residual = np.maximum(moments.y_square - explained, 0.0)
    return replace(spectrum, residual=residual)


def spectrum_of_rows(rows: Rows, whitening: Whitening) -> Spectrum:
    """Decompose the whitened rows by singular values: slower, no squared condition."""
    assert rows.dense is not None
    dense = whitening.whiten_rows(rows.dense)
    found = _decompose_wide(rows, dense)
    if found is None:
        found = linalg.svd(dense, full_matrices=False, check_finite=False)
        left, singular, right = found
        cross = singular[:, None] * (left.T @ rows.y)
    else:
        singular, right, cross = found
    noise = max(rows.dense.shape) ** 2 * np.finfo(float).eps
    spectrum = _spectrum(singular**2, right.T, cross, whitening, noise=noise)
    return with_row_residual(spectrum, rows)


def _decompose_wide(
    rows: Rows, dense: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Decompose few rows of many features by their Cholesky factor, if accurate.

    Its errors are relative to each row [1]_, so that rows of small weight, which would
    drown in those of their Gram matrix, keep their digits.

    Returns
    -------
    singular : ndarray of shape (rank,)
    right : ndarray of shape (rank, n_features)
    cross : ndarray of shape (rank, n_targets)
        None instead of the three where the vectors came out less than orthogonal.

    References
    ----------
    .. [1] J. Demmel, K. Veselic (1992). Jacobi's Method is More Accurate than QR. SIAM
       Journal on Matrix Analysis and Applications 13(4).
    """
    root = rows.root_weight[:, 0]
    weighted = np.flatnonzero(root)
    if not 0 < len(weighted) <= dense.shape[1] // 2:
        return None
    dense, y = dense[weighted], rows.y[weighted]
    if rows.centered:
        dense, y = _reflect(root[weighted], dense), _reflect(root[weighted], y)
    try:
        factor = np.linalg.cholesky(dense @ dense.T)
    except np.linalg.LinAlgError:
        return None
    # Of numpy, since older scipy refuses a factor of no rows.
    left, singular, _ = np.linalg.svd(factor)
    right = (left.T @ dense) / singular[:, None]
    error = right @ right.T - np.eye(len(singular))
    if not np.abs(error).max(initial=0.0) < _ORTHOGONAL:
        return None
    return singular, right, singular[:, None] * (left.T @ y)


def _reflect(root: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return centred, scaled values (n, k) as n - 1 that have the same inner products.

    A Householder reflection of the roots of the weights, to which centred values are
    orthogonal, onto the row of the largest, which is left out.
    """
    last = int(np.argmax(root))
    mirror = root / np.linalg.norm(root)
    mirror[last] += 1.0
    mirror /= np.sqrt(mirror[last])
    reflected = values - np.outer(mirror, mirror @ values)
    return np.delete(reflected, last, axis=0)


def with_row_residual(spectrum: Spectrum, rows: Rows) -> Spectrum:
    """Take the unexplained sum of squares from the rows, free of cancellation."""
    scores = spectrum.cross / spectrum.eigenvalues[:, None]
    error = rows.dot(spectrum.components @ scores)
    np.subtract(rows.y, error, out=error)
    return replace(spectrum, residual=_squares(error))


def has_accurate_residual(spectrum: Spectrum, moments: Moments) -> bool:
    """Tell whether moments alone tell what is not explained.

    It is a difference whose rounding is relative to what is explained, and to the
    scores that tell it.
    """
    e, square = spectrum.eigenvalues, moments.y_square
    scores = np.linalg.norm(spectrum.cross / e[:, None], axis=0)
    size = square + np.sqrt(e.max(initial=0.0) * square) * scores
    rounding = _ROUNDINGS * np.finfo(float).eps * size
    return bool((rounding <= _LEAST_DIGITS * spectrum.residual).all())


def is_accurate(spectrum: Spectrum, moments: Moments) -> bool:
    """Tell whether the Gram matrix still resolves its small directions.

    Columns without any spread are exact zeros of the Gram matrix and do no harm.
    """
    eigenvalues = spectrum.eigenvalues
    n_varying = int((np.diag(moments.gram) > 0).sum())
    if len(eigenvalues) < n_varying:
        return False
    return not n_varying or eigenvalues.min() > _GRAM_LIMIT * eigenvalues.max()


def _spectrum(
    eigenvalues: np.ndarray,
    vectors: np.ndarray,
    cross: np.ndarray,
    whitening: Whitening,
    noise: Any,
) -> Spectrum:
    limit = noise * np.finfo(float).eps * max(eigenvalues.max(initial=0.0), 0.0)
    keep = eigenvalues > limit
    if not keep.all():
        vectors, eigenvalues = vectors[:, keep], eigenvalues[keep]
        cross = cross[keep]
    return Spectrum(
        components=whitening.unwhiten(vectors),
        duals=whitening.transpose_times(vectors),
        eigenvalues=eigenvalues,
        cross=cross,
        residual=np.zeros(cross.shape[1]),
    )
