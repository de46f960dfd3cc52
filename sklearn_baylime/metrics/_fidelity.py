"""Local fidelity as a scorer for searches over explainers."""

from __future__ import annotations


class make_fidelity_scorer:  # noqa: N801 - used like sklearn.metrics.make_scorer
    """Make a scorer of explainers: mean local fidelity under one fixed kernel.

    Fidelity under each candidate's own kernel cannot compare kernels, since every
    kernel is best by its own weights; a fixed reference kernel can, and prefers widths
    near its own. So it says how near "local" is meant to be.

    Parameters
    ----------
    kernel : estimator or None, default=None
        Kernel that weighs the fresh rows, such as ``ExponentialKernel(width=1.0)``;
        each candidate's own if None.

    Examples
    --------
    >>> from sklearn_baylime.metrics import make_fidelity_scorer
    >>> from sklearn_baylime.surrogate import ExponentialKernel
    >>> make_fidelity_scorer(ExponentialKernel(width=1.0))
    make_fidelity_scorer(ExponentialKernel(width=1.0))
    """

    def __init__(self, kernel=None):
        self.kernel = kernel

    def __call__(self, estimator, X, y=None) -> float:
        """Return the score of a fitted explainer on instances.

        Parameters
        ----------
        estimator : ExplainerPipeline
            Fitted explainer.
        X : array-like or frame of shape (n_instances, n_features)
            Instances.
        y : ignored
            Present for consistency.

        Returns
        -------
        score : float
            Weighted R2 on fresh rows, mean over instances.
        """
        return estimator.score(X, kernel=self.kernel)

    def __repr__(self):
        return f"make_fidelity_scorer({self.kernel!r})"
