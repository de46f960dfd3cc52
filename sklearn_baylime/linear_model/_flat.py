"""The estimate without any prior, to be shown where shrinkage decides."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_baylime.linear_model._branch import Branch
from sklearn_baylime.linear_model._leave_one_out import Groups, leave_one_out
from sklearn_baylime.linear_model._moments import Rows, Spectrum
from sklearn_baylime.linear_model._posterior import Posterior
from sklearn_baylime.linear_model._whitening import Whitening

# A misfit serves the flat estimate too where no component is shrunk by more.
_SHRUNK = 0.02
# Nor where shrinkage changes the residuals' mean square by a smaller share, of rows
# that are so many that another pass over them would take time.
_CHANGED = 5e-3
_MANY = 1000

# Ratio of precisions that stands for no prior, relative to the least eigenvalue.
NONE = 1e-12


def flat_fit(
    spectrum: Spectrum, n_samples: int, centered: bool, dof: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return least-squares coefficients and plain standard deviations.

    Parameters
    ----------
    spectrum : Spectrum
        In any coordinates.
    n_samples : int
        Rows that have a weight.
    centered : bool
    dof : float
        Observations that tell the noise.

    Returns
    -------
    coef, std : ndarray of shape (n_features, n_targets)
        NaN where the rows do not determine them.
    """
    n_features, rank = spectrum.components.shape
    shape = n_features, spectrum.cross.shape[1]
    if rank < n_features or n_samples <= rank + centered:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    e = spectrum.eigenvalues[:, None]
    left = dof - rank
    noise = spectrum.residual / left if left > 0 else spectrum.residual * np.nan
    variance = (spectrum.components**2 @ (1.0 / e)) * noise
    return spectrum.components @ (spectrum.cross / e), np.sqrt(variance)


def flat_robust_std(
    rows: Rows,
    spectrum: Spectrum,
    posteriors: Any,
    groups: Groups | None,
    shift: np.ndarray,
) -> np.ndarray:
    """Return robust standard deviations, (n_features, n_targets), by HC3 or by group.

    Where a posterior hardly shrinks, its misfit is taken; else the rows are left out
    once more. `shift` (n_targets, n_features) is how far its coefficients are from the
    flat ones, in standard deviations.
    """
    n_targets = spectrum.cross.shape[1]
    changed = change_of_squares(shift, len(rows.y))
    pairs = zip(posteriors, changed, strict=True)
    misfits = [_lent(spectrum, posterior, s) for posterior, s in pairs]
    missing = [t for t in range(n_targets) if misfits[t] is None]
    if missing:
        ratio = NONE * spectrum.eigenvalues.min()
        fits = [
            Posterior(spectrum, Whitening(), 1.0, ratio, spectrum.cross[:, t])
            for t in missing
        ]
        for t, misfit in zip(
            missing, leave_one_out(rows, fits, missing, groups)[0], strict=True
        ):
            misfits[t] = misfit
    factor = spectrum.components / spectrum.eigenvalues
    variances = [((factor @ m) * factor).sum(axis=1) for m in misfits]
    return np.sqrt(np.maximum(np.stack(variances, axis=1), 0.0))


def change_of_squares(shift: np.ndarray, n_rows: int) -> np.ndarray:
    """Return by what share of itself shrinkage changes the residuals' mean square.

    Infinity for few rows. `shift` (n_targets, n_features) is that of the coefficients,
    in standard deviations.
    """
    changed = (shift**2).sum(axis=1) / n_rows
    return changed if n_rows >= _MANY else np.full(len(shift), np.inf)


def is_flat(changed: float, ratio: float, least: float) -> bool:
    """Tell whether a misfit serves the flat estimate too.

    `ratio` is that of the precisions, infinite under heavy tails, `least` the least
    eigenvalue.
    """
    return bool(changed <= _CHANGED or ratio <= _SHRUNK * least)


def _lent(spectrum: Spectrum, posterior: Any, changed: float) -> Any:
    """Return the misfit of the likeliest branch if that hardly shrinks, else None."""
    if isinstance(posterior, Posterior):
        own, misfit = posterior.spectrum, posterior.misfit
        ratio = posterior.lambda_ / posterior.alpha
    else:
        branch = max(posterior.branches, key=lambda b: b.weight.sum())
        if not isinstance(branch, Branch):
            own, misfit, ratio = branch.hypothesis.spectrum, branch.misfit, np.inf
        else:
            own, misfit = branch.hypothesis.spectrum, branch.misfit
            ratio = np.exp(branch.middle)
    lends = own is spectrum and is_flat(changed, ratio, spectrum.eigenvalues.min())
    return misfit if lends else None
