"""Which features explain weighted answers: LIME's three rules in closed form."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import linalg
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import lars_path_gram

from sklearn_baylime.surrogate._weighted_rows import WeightedRows

# A column of which the chosen ones leave less than this share is a copy of them.
_COLLINEAR = 1e-10

# Shares of the answers' variance below this are rounding.
_NO_GAIN = 1e-20

# Scores that differ by less, relative to the largest, are ties: the sums of equal
# columns differ by rounding, and sparse rows are summed in another order.
_TIE = 1e-10


def forward_order(
    rows: WeightedRows, answers: np.ndarray, n_features: int
) -> np.ndarray:
    r"""Return features in the order of greedy forward selection.

    With :math:`Q` an orthonormal basis of the columns chosen, column :math:`z_j` raises
    :math:`R^2` by :math:`(z_j^T r)^2 / (\|z_j\|^2 - \|Q^T z_j\|^2)` for the residual
    :math:`r`. Both change with each direction of the basis by one product with the
    rows, hence nothing is fitted again.
    """
    cross, squares = rows.transpose_times(answers), rows.squares.copy()
    limit, residual = _COLLINEAR * squares, answers.copy()
    basis = np.zeros((len(residual), 0))
    order: list[int] = []
    while True:
        gains = _gains(cross, squares, limit)
        gains[order] = 0.0
        if not gains.any():
            # Like LIME, which takes the first of what does not help.
            rest = np.setdiff1d(np.arange(len(squares)), order)
            return np.r_[order, rest][:n_features].astype(np.intp)
        order.append(_first_of_largest(gains))
        if len(order) == n_features:
            return np.array(order, dtype=np.intp)
        direction = _direction(rows.column(order[-1]), basis)
        basis = np.column_stack([basis, direction])
        explained = direction @ residual
        residual -= np.outer(direction, explained)
        along = rows.transpose_times(direction[:, None])[:, 0]
        cross -= np.outer(along, explained)
        squares -= along**2


def _gains(cross: np.ndarray, squares: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Return what each column adds to the sum of R^2 over the answers."""
    varies = squares > limit
    gains = np.zeros(len(squares))
    gains[varies] = (cross[varies] ** 2).sum(axis=1) / squares[varies]
    return np.where(gains > _NO_GAIN, gains, 0.0)


def _first_of_largest(scores: np.ndarray) -> int:
    return int(np.argmax(scores >= scores.max() * (1.0 - _TIE)))


def _direction(column: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return the unit vector of what the basis leaves of a column."""
    # Twice is enough for orthogonality to rounding (Kahan; Parlett, 1998).
    for _ in range(2):
        column = column - basis @ (basis.T @ column)
    return column / np.linalg.norm(column)


def ridge_order(
    rows: WeightedRows, answers: np.ndarray, penalty: float, scale: float
) -> np.ndarray:
    """Return all features by falling absolute coefficients of a ridge regression.

    `scale` is the weight that the rows' weights are relative to. The smaller of the
    two systems of equations, in features or in rows, is solved.
    """
    n_samples, n_features = rows.matrix.shape
    if n_features <= n_samples:
        cross = rows.transpose_times(answers)
        coef = _solve_shifted(scale * rows.gram(), penalty, cross)
    else:
        dual = _solve_shifted(scale * rows.outer(), penalty, answers)
        coef = rows.transpose_times(dual)
    return order_by_size(coef)


def order_by_size(coef: np.ndarray) -> np.ndarray:
    """Return features by falling sums of sizes of their coefficients (d, k)."""
    scores = np.abs(coef).sum(axis=1)
    ties = np.round(scores / (scores.max() or 1.0) / _TIE)
    return np.argsort(-ties, kind="stable")


def ridge_order_of_moments(
    gram: np.ndarray, cross: np.ndarray, penalty: float
) -> np.ndarray:
    """Return what `ridge_order` does, from products of rows with all their weight.

    `gram` (d, d) is that of the centered rows, `cross` (d, k) that with answers of unit
    variance, both times any factor that they share with the penalty.
    """
    return order_by_size(_solve_shifted(gram.copy(), penalty, cross))


def forward_order_of_moments(
    gram: np.ndarray, cross: np.ndarray, n_features: int
) -> np.ndarray:
    """Return what `forward_order` does, from products of the rows.

    `gram` (d, d) is that of the centered rows, `cross` (d, k) that with answers whose
    sums of squares are 1. Rows are many, so that products are cheaper than passes.
    """
    squares, cross = np.diag(gram).copy(), cross.copy()
    limit = _COLLINEAR * squares
    basis = np.zeros((0, len(gram)))
    order: list[int] = []
    while True:
        gains = _gains(cross, squares, limit)
        gains[order] = 0.0
        if not gains.any():
            rest = np.setdiff1d(np.arange(len(squares)), order)
            return np.r_[order, rest][:n_features].astype(np.intp)
        chosen = _first_of_largest(gains)
        order.append(chosen)
        if len(order) == n_features:
            return np.array(order, dtype=np.intp)
        # Products of all columns with the next direction of a Gram-Schmidt basis.
        root = np.sqrt(squares[chosen])
        along = (gram[chosen] - basis[:, chosen] @ basis) / root
        cross -= np.outer(along, cross[chosen] / root)
        squares = squares - along**2
        basis = np.vstack([basis, along])


def _solve_shifted(matrix: np.ndarray, penalty: float, right: np.ndarray) -> np.ndarray:
    """Solve with a positive semidefinite matrix plus `penalty` times the identity."""
    matrix.flat[:: len(matrix) + 1] += penalty
    try:
        return linalg.cho_solve(linalg.cho_factor(matrix), right)
    except linalg.LinAlgError:
        # The penalty is less than the rounding of large, collinear columns.
        return linalg.lstsq(matrix, right)[0]


def lasso_order(rows: WeightedRows, answers: np.ndarray, n_features: int) -> np.ndarray:
    """Return the densest support of the lasso path, in the order of entry.

    The penalty is common to all answers; a feature counts if it serves one of them.
    """
    active = _lasso_supports(rows, answers, n_features)
    sizes = active.sum(axis=1)
    entry = np.where(active.any(axis=0), active.argmax(axis=0), len(active))
    order = np.argsort(entry, kind="stable")
    fitting = np.flatnonzero((sizes > 0) & (sizes <= n_features))
    if not len(fitting):
        return order[:n_features]
    return order[active[fitting[-1], order]]


def _lasso_supports(
    rows: WeightedRows, answers: np.ndarray, n_features: int
) -> np.ndarray:
    """Return which features are active at each knot of the path (n_knots, d)."""
    cross, gram = rows.transpose_times(answers), rows.gram()
    copies = _copies(gram)
    gram[copies] = gram[:, copies] = cross[copies] = 0.0
    # lars_path_gram has absolute tolerances: unit answers, unit largest column.
    largest = rows.squares.max(initial=0.0) or 1.0
    paths = [
        _lasso_path(gram / largest, column / np.sqrt(largest), n_features)
        for column in cross.T
    ]
    if len(paths) == 1:
        return paths[0][1].T != 0
    knots = np.unique(np.concatenate([alphas for alphas, _ in paths]))[::-1]
    active = np.zeros((len(knots), len(gram)), dtype=bool)
    for alphas, coefs in paths:
        for j in np.flatnonzero(coefs.any(axis=1)):
            # Coefficients are linear between the knots of their own path.
            active[:, j] |= np.interp(knots, alphas[::-1], coefs[j, ::-1]) != 0
    return active


def _copies(gram: np.ndarray) -> np.ndarray:
    """Tell columns that equal an earlier one, or its opposite.

    lars_path_gram goes astray after a tie of such columns.
    """
    squares = np.diag(gram)
    larger = np.maximum.outer(squares, squares)
    same = np.abs(gram) >= (1.0 - _COLLINEAR) * larger
    return np.triu(same, 1).any(axis=0)


def _lasso_path(
    gram: np.ndarray, cross: np.ndarray, n_features: int
) -> tuple[np.ndarray, np.ndarray]:
    with warnings.catch_warnings():
        # Columns in the span of active ones are left out of the path.
        warnings.simplefilter("ignore", ConvergenceWarning)
        alphas, _, coefs = lars_path_gram(
            cross,
            gram,
            n_samples=1,
            method="lasso",
            max_iter=max(500, 2 * n_features),
        )
    return alphas, coefs
