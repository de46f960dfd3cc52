"""Bayesian ridge regression with prior means, prior precisions and learned trust."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.base._plain import (
    QuickParameters,
    is_plain_weights,
    validate_plain,
)
from sklearn_baylime.base._sklearn import (
    Interval,
    Options,
    StrOptions,
    check_sample_weight,
    fit_context,
)
from sklearn_baylime.linear_model._evidence import (
    EvidenceProblem,
    Terms,
    fit_precisions,
    log_evidence,
    terms_at,
)
from sklearn_baylime.linear_model._flat import flat_fit, flat_robust_std
from sklearn_baylime.linear_model._hypotheses import check_prior_odds
from sklearn_baylime.linear_model._leave_one_out import (
    check_groups,
    in_order,
    leave_one_out,
)
from sklearn_baylime.linear_model._moments import (
    Rows,
    Spectrum,
    center_rows,
    decompose,
    merge_moments,
    moments_of_rows,
    spectrum_of_moments,
)
from sklearn_baylime.linear_model._posterior import (
    Posterior,
    conflict_p_value,
    open_conflict,
)
from sklearn_baylime.linear_model._prior import (
    check_prior_mean,
    check_prior_precision,
    check_prior_scale,
    check_sizes,
)
from sklearn_baylime.linear_model._student_mixture import StudentMixture
from sklearn_baylime.linear_model._trust_fit import (
    TrustProblem,
    add_misfit,
    fit_trust,
)
from sklearn_baylime.linear_model._whitening import Whitening

# Precisions of answers that are met exactly are stated as this.
_LARGEST = 1e100


def _streams(estimator: Any) -> bool:
    """Tell whether moments suffice; named in the AttributeError where they do not."""
    if estimator.covariance == "robust":
        raise AttributeError(
            "partial_fit is not available with covariance='robust', which needs the "
            "residuals of all rows at once; use covariance='posterior', or fit."
        )
    return True


class InformativeBayesianRidge(
    QuickParameters, MultiOutputMixin, RegressorMixin, BaseEstimator
):
    r"""Bayesian ridge regression that can be told what is known beforehand.

    The model is :math:`y \mid X, w \sim N(Xw + b, (\alpha\,\mathrm{diag}(s))^{-1})`
    with coefficients :math:`w \sim N(\mu_0, \Lambda_0^{-1})`, a flat prior on the
    intercept :math:`b` and sample weights :math:`s`. Each of the two precisions is
    either given or learned from the data, by maximising the evidence or by integrating
    over them (`trust`), which makes five modes:

    ================  ================  ==============================================
    prior_precision   noise_precision   mode
    ================  ================  ==============================================
    None              None              all from the data, as `BayesianRidge` does
    None              None              with a `prior_mean`: its trust is learned
    given             None              partial information: the prior is known
    given             given             full information: one closed form
    ``1.0``           ``1.0``           `Ridge(alpha=1)`; unit noise is assumed
    ================  ================  ==============================================

    Parameters
    ----------
    prior_mean : float, (n_features,) or (n_targets, n_features), default=0.0
        Mean :math:`\mu_0` of the coefficients before the data are seen, in units of
        answer per unit of feature.

    prior_precision : None, float, (n_features,) or (n_features, n_features)
        Precision :math:`\Lambda_0`, the inverse of the prior covariance. None fits one
        number :math:`\lambda`, :math:`\Lambda_0 = \lambda I`, by the evidence. A float
        is that :math:`\lambda`; a vector is the diagonal, one trust a feature; a matrix
        must be symmetric and positive definite.

    prior_scale : float or "fit", default=1.0
        Factor on `prior_mean`. A heat map has no units: with "fit" only the direction
        of `prior_mean` counts, its scale gets a flat prior and is integrated out, as
        the intercept is. Where the rows say nothing about the scale it is 0.

    noise_precision : None or float, default=None
        Precision :math:`\alpha` of the answers, 1 / variance of one row of weight 1.
        None fits it by the evidence.

    trust : {"maximum", "integrate"}, default="maximum"
        What becomes of precisions that are not given. "maximum" takes their most
        probable values for known, as `BayesianRidge` does. "integrate" averages over
        all their values, as described in the notes: intervals then hold with few rows
        too, and neither unlimited nor no trust at all comes out of good luck. No
        hyperpriors are used then; results follow the answers' unit and offset exactly.

    prior_odds : None, "open" or dict, default=None
        How `prior_mean` is to be read. None takes it as stated. Else up to three
        hypotheses are weighed by the data, from these prior odds: "stated" is the mean
        as stated, "direction" its direction at an unknown scale, "nothing" a mean of
        zero. "open" is ``{"stated": 1, "nothing": 2, "direction": 1}``. A
        `prior_precision` belongs to what is stated; the other hypotheses learn theirs.
        With ``prior_scale="fit"`` the direction is what is stated. Where the mean is 0
        for all features "nothing" is all there is (beside "stated", if its precision is
        given). Needs ``trust="integrate"``.

    prior_dof : {inf, 1.0, "mixed"}, default=inf
        Tails of the prior. inf is Gaussian. 1.0 is the Cauchy distribution: a trust of
        its own for each coefficient, so that a few large coefficients are not shrunk by
        many small ones. "mixed" weighs both by their evidence, from odds of 10 for the
        Cauchy distribution, under which it doubts the shrinkage of each coefficient
        with probability 0.1. A given `prior_precision` is not doubted, and is that of
        the local normal distributions, a number or one a feature. With a matrix, or
        with more than 200 features, the Gaussian prior alone is used. Needs
        ``trust="integrate"``.

    covariance : {"posterior", "robust"}, default="posterior"
        What `sigma_` states. "posterior" is right where the noise is independent with
        variance :math:`1/(\alpha s_i)`. "robust" is a sandwich of leave-one-out
        residuals that includes the prior; it is right too where what looks like noise
        is misfit, whose size varies with the rows and their weights.

    tie_targets : bool, default=False
        Whether all targets share one ratio :math:`\lambda/\alpha` of fitted precisions.
        Coefficients are then a linear function of the answers: where the answers of
        the targets sum to a constant, as the probabilities of all classes do, their
        coefficients sum to zero (without a `prior_mean`). No effect where both
        precisions are given. With ``trust="integrate"`` they share the weights of all
        ratios and hypotheses, and local precisions.

    alpha_1, alpha_2 : float, default=1e-6
        Shape and rate of the Gamma hyperprior of :math:`\alpha`, used if it is fitted.

    lambda_1, lambda_2 : float, default=1e-6
        Shape and rate of the Gamma hyperprior of :math:`\lambda`, used if it is fitted.

    max_iter : int, default=300
        Most steps of the search for the precisions; a handful suffice.

    tol : float, default=1e-6
        The search stops when the log of the ratio of the precisions is known to this.

    fit_intercept : bool, default=True
        Whether to fit an intercept. It is not shrunk.

    copy_X : bool, default=True
        If False, a float64 array `X` may be overwritten.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Posterior mean of the coefficients; that of the mixture with
        ``trust="integrate"``.

    intercept_ : float or ndarray of shape (n_targets,)
        Posterior mean of the intercept.

    sigma_ : ndarray of shape (n_features, n_features) or \
            (n_targets, n_features, n_features)
        Covariance of the coefficients as `covariance` says; made when it is asked for.
        With ``trust="integrate"`` that within the mixture's components, Student's t,
        and that of their means. Where t has an infinite variance (three rows or fewer,
        or groups) it is stated as at 2.5 degrees of freedom.

    covariances_ : list of n_targets ndarray or FactoredCovariance
        `sigma_` of each target. Of more than 200 features with at most half as many
        rows that say something it is in factors, which take the memory of the rows;
        `numpy.asarray` makes the matrix.

    marginals_ : list of n_targets StudentMixture
        Distribution of each coefficient: intervals, probabilities of signs. With
        ``trust="maximum"`` one normal component of variance `sigma_`.

    flat_coef_, flat_std_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Least-squares coefficients, without any prior, and their standard deviations as
        `covariance` says: with "robust" HC3, or by groups. To be seen beside intervals
        that shrinkage decides. NaN where the rows do not determine them.

    alpha_ : float or ndarray of shape (n_targets,)
        Precision of the noise, fitted or as given. With ``trust="integrate"``, 1 over
        the posterior mean of the variance.

    lambda_ : float, ndarray of shape (n_targets,) or array as given
        Precision of the prior: fitted, or `prior_precision`. With
        ``trust="integrate"``, 1 over the posterior mean of the prior's variance.

    prior_odds_ : dict of str to float or ndarray of shape (n_targets,)
        Posterior probability of each hypothesis about `prior_mean`; "nothing" has all
        of it where the mean is 0.

    prior_scale_ : float or ndarray of shape (n_targets,)
        Factor on `prior_mean`, fitted or as given. With ``trust="integrate"`` the
        posterior mean under the hypothesis "direction", if that is among `prior_odds`.

    prior_share_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Posterior variance over prior variance: how much of each coefficient comes from
        the prior, from 0 (all data) to 1 (all prior). For a diagonal prior precision
        the diagonal of :math:`\Sigma\Lambda_0`. With ``trust="integrate"`` the mean
        over hypotheses and precisions, where "nothing" counts 0.

    conflict_ : float or ndarray of shape (n_targets,)
        Tail probability of the data under the prior (Box's prior predictive p-value, at
        the precisions used). Small values say that prior and data disagree. A trust
        that is learned adapts to the disagreement, and leaves little of it to see here:
        compare `log_evidence_` with that of another prior then. With
        ``trust="integrate"`` it is averaged over the noise that the rows alone tell of
        (an F test where the prior is certain) if `prior_precision` is given, and NaN
        if not: `prior_odds_` says more then.

    log_evidence_ : float or ndarray of shape (n_targets,)
        Log density of the centred answers with the coefficients integrated out. With
        ``prior_scale="fit"`` the scale is integrated out too, under a density of 1 per
        unit length of the prior mean, and the value compares with its like only. With
        ``trust="integrate"`` precisions and hypotheses are integrated out too, under
        the density ``1 / alpha`` of the noise, and the intercept counts; tied targets
        have that of all together.

    loo_score_ : float or ndarray of shape (n_targets,)
        Weighted :math:`R^2` of the leave-one-out predictions at the precisions used,
        against the mean answer (against 0 without intercept); only with
        ``covariance="robust"``. With ``trust="integrate"`` at the mean log ratio of
        each hypothesis, predictions averaged.

    n_iter_ : int
        Steps that the search for the precisions took.

    n_features_in_ : int
        Number of features seen during fit.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, where `X` has string names.

    See Also
    --------
    sklearn.linear_model.BayesianRidge : Without prior mean, one target.
    sklearn.linear_model.Ridge : The posterior mean at fixed precisions.

    Notes
    -----
    With the weighted, centred rows :math:`A` and answers :math:`c`,

    .. math:: \Sigma = (\Lambda_0 + \alpha A^T A)^{-1}, \qquad
              w = \Sigma (\Lambda_0 \mu_0 + \alpha A^T c).

    In the coordinates that whiten the prior one eigendecomposition serves all
    precisions and all targets. The evidence is then maximised along the ratio
    :math:`\lambda/\alpha`, at O(rank) a step and target; its stationary points are
    those of MacKay's updates [1]_, which can turn negative where the weights sum to
    less than the number of coefficients, and of EM, which can take thousands of steps.
    A precision that is fitted is then taken as known, so that intervals are a little
    too short where it is uncertain. In particular the trust in a prior mean that a few
    rows agree with may come out nearly unlimited; `prior_share_` is then close to 1.

    Where the evidence has several tops, as it may with about as many rows as features
    or fewer, the highest is taken; `BayesianRidge` takes one near its start.

    Sample weights count as repetitions: weight 2 is the row twice, weight 0 no row.

    The robust covariance is
    :math:`\Sigma(\alpha^2\sum_i s_i^2 r_i^2/(1-h_i)^2 x_i x_i^T + \Lambda_0)\Sigma`
    with residuals :math:`r` and leverages :math:`h`: HC3 [2]_ with the prior included
    (with ``prior_scale="fit"`` without its part along the prior mean). It and
    `loo_score_` leave out a row with all its weight, so there 2 is not the row twice.
    With small `groups` `loo_score_` leaves out a group, whose residuals are
    :math:`(I-H)^{-1}r`; the covariance takes :math:`(I-H)^{-1/2}r`, and with
    ``trust="integrate"`` the degrees of freedom are those of the groups less the
    number of fitted coefficients (at least half of them).

    With ``trust="integrate"`` the ratio is
    :math:`\lambda/\alpha = e^{-\theta}\,\mathrm{tr}(A^TA) / n`, where :math:`\theta` is
    the log odds of the share :math:`R^2` of variance that the coefficients are expected
    to explain. It has a Beta(1/2, 1/2) distribution; :math:`\alpha` has the density
    :math:`1/\alpha` and the intercept costs one of the :math:`n=\sum_i s_i` degrees of
    freedom :math:`\nu`. With prior mean :math:`\mu_0` and eigenvalues :math:`e` of
    :math:`A^TA`, the evidence of a ratio :math:`\rho` is

    .. math:: \prod_i (1 + e_i/\rho)^{-1/2}\,
              \Gamma(\nu/2)\,(\pi S)^{-\nu/2}, \qquad
              S = \min_w \lVert c - Aw\rVert^2 + \rho\lVert w - \mu_0\rVert^2,

    and the posterior at it Student's t of :math:`\nu` degrees of freedom, at least 1.
    The scale of a direction has a normal prior worth one observation. Where
    `prior_precision` is given and the noise is not, the noise is integrated on a grid
    of its own; a given `noise_precision` makes the components normal; with both given
    what is stated is one closed form. Each hypothesis has the robust covariance of its
    own residuals. Answers that do not vary, a single one too, say zero plus or minus
    zero if nothing else is stated.

    With ``prior_dof="mixed"`` each coefficient's marginal under the Cauchy prior has a
    further component of weight 0.1 to which its own prior says nothing: there the
    strongest coefficients, whom any shrinkage wrongs, are as rows and the other
    coefficients tell them.

    Under the Cauchy prior [4]_ coefficients that can stand in for each other are not
    averaged over all ways to do so: one of them may get what they share.

    References
    ----------
    .. [1] D. J. C. MacKay (1992). Bayesian Interpolation. Neural Computation 4(3).
    .. [2] J. G. MacKinnon, H. White (1985). Some heteroskedasticity-consistent
       covariance matrix estimators. Journal of Econometrics 29(3).
    .. [3] X. Zhao, W. Huang, X. Huang, V. Robu, D. Flynn (2021). BayLIME: Bayesian
       Local Interpretable Model-Agnostic Explanations. UAI, PMLR 161.
    .. [4] T. P. Minka (2001). Expectation Propagation for Approximate Bayesian
       Inference. UAI.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime.linear_model import InformativeBayesianRidge
    >>> rng = np.random.RandomState(0)
    >>> X = rng.normal(size=(8, 3))
    >>> y = X @ [2.0, 0.0, -1.0] + 0.1 * rng.normal(size=8)
    >>> expert = InformativeBayesianRidge(
    ...     prior_mean=[2.0, 0.0, 0.0], prior_precision=[25.0, 100.0, 0.01])
    >>> expert.fit(X, y).coef_.round(2)
    array([ 1.97, -0.01, -0.96])
    >>> np.sqrt(np.diag(expert.sigma_)).round(2)
    array([0.07, 0.05, 0.04])
    >>> expert.prior_share_.round(2)
    array([0.11, 0.24, 0.  ])

    A mean whose worth the data are asked for:

    >>> open_minded = InformativeBayesianRidge(
    ...     prior_mean=[2.0, 0.0, -1.1], trust="integrate", prior_odds="open")
    >>> odds = open_minded.fit(X, y).prior_odds_
    >>> max(odds, key=odds.get)
    'stated'
    >>> (open_minded.marginals_[0].sign_probability() > 0.99).tolist()
    [True, False, True]
    """

    _parameter_constraints: dict = {
        "prior_mean": [Real, "array-like"],
        "prior_precision": [
            None,
            Interval(Real, 0, None, closed="neither"),
            "array-like",
        ],
        "prior_scale": [Real, StrOptions({"fit"})],
        "noise_precision": [None, Interval(Real, 0, None, closed="neither")],
        "trust": [StrOptions({"maximum", "integrate"})],
        "prior_odds": [None, StrOptions({"open"}), dict],
        "prior_dof": [Options(Real, {1.0, np.inf}), StrOptions({"mixed"})],
        "covariance": [StrOptions({"posterior", "robust"})],
        "tie_targets": ["boolean"],
        "alpha_1": [Interval(Real, 0, None, closed="left")],
        "alpha_2": [Interval(Real, 0, None, closed="left")],
        "lambda_1": [Interval(Real, 0, None, closed="left")],
        "lambda_2": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "fit_intercept": ["boolean"],
        "copy_X": ["boolean"],
    }

    coef_: np.ndarray
    flat_coef_: np.ndarray
    flat_std_: np.ndarray
    _marginals: list[StudentMixture] | None
    _few: int | None

    def __init__(
        self,
        *,
        prior_mean: Any = 0.0,
        prior_precision: Any = None,
        prior_scale: Any = 1.0,
        noise_precision: float | None = None,
        trust: str = "maximum",
        prior_odds: Any = None,
        prior_dof: float | str = np.inf,
        covariance: str = "posterior",
        tie_targets: bool = False,
        alpha_1: float = 1e-6,
        alpha_2: float = 1e-6,
        lambda_1: float = 1e-6,
        lambda_2: float = 1e-6,
        max_iter: int = 300,
        tol: float = 1e-6,
        fit_intercept: bool = True,
        copy_X: bool = True,
    ) -> None:
        self.prior_mean = prior_mean
        self.prior_precision = prior_precision
        self.prior_scale = prior_scale
        self.noise_precision = noise_precision
        self.trust = trust
        self.prior_odds = prior_odds
        self.prior_dof = prior_dof
        self.covariance = covariance
        self.tie_targets = tie_targets
        self.alpha_1 = alpha_1
        self.alpha_2 = alpha_2
        self.lambda_1 = lambda_1
        self.lambda_2 = lambda_2
        self.max_iter = max_iter
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.copy_X = copy_X

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None
    ) -> Self:
        """Fit the posterior of the coefficients.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Answers. Several targets share one decomposition.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights that count as repetitions of the row.
        groups : array-like of shape (n_samples,), default=None
            Labels of rows that were drawn together, such as a mask and its complement.
            The robust covariance sums the scores of a group before it squares them;
            groups of up to 16 rows are left out as a whole.
            With up to 30 groups these count about their mean, and intervals have one
            degree of freedom less than groups. No effect with
            ``covariance="posterior"``, nor where each row is a group.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            If all weights are zero, a prior does not fit the features, or numbers are
            larger than 1e100, or precisions less than 1e-100.
        """
        rows = self._read_rows(X, y, sample_weight, reset=True)
        groups = check_groups(groups, rows.root_weight[:, 0])
        mean, whitening = self._read_prior(rows)
        spectrum, self._moments = decompose(rows, whitening)
        posteriors = self._solve(spectrum, mean, whitening, rows)
        self._n_seen = int((rows.root_weight > 0).sum())
        self._state_flat(spectrum, self._n_seen)
        if self.covariance != "robust":
            self._posteriors = posteriors
            return self
        rows = in_order(rows, groups)
        if self.trust == "integrate":
            self._posteriors, squares = add_misfit(rows, posteriors, groups)
            self._set_mixture()
        else:
            misfits, left_out = leave_one_out(rows, posteriors, groups=groups)
            self._posteriors = [
                replace(posterior, misfit=misfit)
                for posterior, misfit in zip(posteriors, misfits, strict=True)
            ]
            squares = (left_out**2).sum(axis=0)
        if np.isfinite(self.flat_coef_).all():
            away = np.abs(self.flat_coef_ - self.coef_)
            with np.errstate(divide="ignore", invalid="ignore"):
                shift = np.atleast_2d(away / self.flat_std_)
            std = flat_robust_std(rows, spectrum, self._posteriors, groups, shift)
            self.flat_std_ = self._one_or_all(std)
        if groups is not None and groups.are_few:
            self._few = groups.count
        total = self._moments.y_square
        score = 1.0 - squares / np.where(total > 0, total, 1.0)
        self.loo_score_ = self._per_target(score)
        return self

    @available_if(_streams)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Update the posterior by further rows, exactly as if all had come at once.

        Precisions that are not given are fitted anew to all rows so far. After `fit`,
        the rows given there count as the first batch.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Answers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights that count as repetitions of the row.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        AttributeError
            If ``covariance="robust"``, which needs the residuals of all rows at once.
        ValueError
            If the number of features or targets changed.
        """
        first = not hasattr(self, "_moments")
        rows = self._read_rows(X, y, sample_weight, reset=first)
        mean, whitening = self._read_prior(rows)
        moments = moments_of_rows(rows)
        if not first:
            moments = merge_moments(self._moments, moments)
        self._moments = moments
        spectrum = spectrum_of_moments(moments, whitening)
        self._posteriors = self._solve(spectrum, mean, whitening)
        n_samples = int((rows.root_weight > 0).sum())
        self._n_seen = n_samples if first else self._n_seen + n_samples
        self._state_flat(spectrum, self._n_seen)
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Predict the mean, and the standard deviation of one new answer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        return_std : bool, default=False
            Whether to return the standard deviation too.

        Returns
        -------
        y_mean : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Predictive mean.
        y_std : ndarray of shape (n_samples,) or (n_samples, n_targets)
            Predictive standard deviation in units of the answers, with the noise of a
            row of weight 1, the coefficients' covariance and the intercept's own
            variance ``1 / (alpha * sum(s))``; only with `return_std`.
        """
        check_is_fitted(self)
        X = validate_plain(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        mean = np.asarray(X @ self.coef_.T) + self.intercept_
        if not return_std:
            return mean
        variances = [self._predictive_variance(X, p) for p in self._posteriors]
        std = np.sqrt(np.stack(variances, axis=1))
        return mean, std if mean.ndim == 2 else std[:, 0]

    def sample_coef(
        self, n: int = 1, random_state: int | np.random.RandomState | None = None
    ) -> np.ndarray:
        """Draw coefficients from their joint posterior, with covariance `sigma_`.

        With ``trust="integrate"`` a draw chooses hypothesis and ratio of precisions
        first. Where draws are Student's t of two degrees of freedom or fewer, they
        have no covariance.

        Parameters
        ----------
        n : int, default=1
            Number of draws.
        random_state : int, RandomState instance or None, default=None
            Seed of the draws.

        Returns
        -------
        coef : ndarray of shape (n, n_features) or (n, n_targets, n_features)
            The draws.
        """
        check_is_fitted(self)
        rng = check_random_state(random_state)
        draws = [
            posterior.sample(coef, n, rng)
            for coef, posterior in zip(
                np.atleast_2d(self.coef_), self._posteriors, strict=True
            )
        ]
        return np.stack(draws, axis=1) if self.coef_.ndim == 2 else draws[0]

    @property
    def marginals_(self) -> list[StudentMixture]:
        """Marginal distributions of the coefficients, one `StudentMixture` a target."""
        check_is_fitted(self)
        if self._marginals is None:
            dof = np.inf if self._few is None else max(self._few - 1.0, 1.0)
            self._marginals = [
                posterior.marginals(coef, dof)
                for coef, posterior in zip(
                    np.atleast_2d(self.coef_), self._posteriors, strict=True
                )
            ]
        return self._marginals

    @property
    def sigma_(self) -> np.ndarray:
        """Covariance of the coefficients, made when it is asked for."""
        check_is_fitted(self)
        covariances = [p.covariance() for p in self._posteriors]
        return np.stack(covariances) if self.coef_.ndim == 2 else covariances[0]

    @property
    def covariances_(self) -> list[Any]:
        """Covariance of the coefficients, one a target, in factors where it is large.

        Each is an ndarray or a `FactoredCovariance`.
        """
        check_is_fitted(self)
        return [p.covariance_in_factors() for p in self._posteriors]

    @property
    def prior_share_(self) -> np.ndarray:
        """How much of each coefficient comes from the prior."""
        check_is_fitted(self)
        shares = np.stack([p.prior_share() for p in self._posteriors])
        return shares[0] if self._one_target else shares

    def _read_prior(self, rows: Rows) -> tuple[np.ndarray, Whitening]:
        """Check the parameters of the prior; return its mean and its whitening."""
        n_features, n_targets = len(rows.x_mean), rows.y.shape[1]
        mean = check_prior_mean(self.prior_mean, n_features, n_targets)
        check_prior_scale(self.prior_scale)
        check_prior_odds(self.prior_odds)
        alone = self.prior_odds is None and self.prior_dof == np.inf
        if self.trust == "maximum" and not alone:
            raise ValueError(
                f"prior_odds={self.prior_odds!r} and prior_dof={self.prior_dof!r} need "
                "trust='integrate', expected None and inf with trust='maximum'."
            )
        return mean, check_prior_precision(self.prior_precision, n_features)

    def _read_rows(self, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> Rows:
        """Validate the input, then center and scale it."""
        given = X
        self.__dict__.pop("loo_score_", None)
        self._marginals = self._few = None
        if sparse.issparse(y):
            raise TypeError("y is sparse, expected a dense array; use y.toarray().")
        X, y = validate_plain(
            self,
            X,
            y,
            accept_sparse=("csr", "csc"),
            dtype=np.float64,
            multi_output=getattr(y, "ndim", 2) > 1,
            y_numeric=True,
            reset=reset,
        )
        sample_weight = _check_weights(sample_weight, X)
        if not reset:
            self._check_targets(y)
        self._one_target = y.ndim == 1
        y = np.asarray(y, dtype=np.float64).reshape(len(y), -1)
        if self.noise_precision is not None:
            check_sizes(self.noise_precision, "noise_precision", 1 / _LARGEST)
        check_sizes(sample_weight, "sample_weight")
        check_sizes(y, "y")
        check_sizes(X.data if sparse.issparse(X) else X, "X")
        own = isinstance(X, np.ndarray) and not np.may_share_memory(X, given)
        copy = not own and (self.copy_X or not _is_writeable(X))
        return center_rows(X, y, sample_weight, self.fit_intercept, copy)

    def _check_targets(self, y: np.ndarray) -> None:
        if y.ndim != self.coef_.ndim:
            raise ValueError(
                f"y has {y.ndim} dimension(s), expected {self.coef_.ndim} as in the "
                "rows seen before."
            )
        if y.ndim == 2 and y.shape[1] != len(self.coef_):
            raise ValueError(
                f"y has {y.shape[1]} targets, expected {len(self.coef_)} as in the "
                "rows seen before."
            )

    def _solve(
        self,
        spectrum: Spectrum,
        mean: np.ndarray,
        whitening: Whitening,
        rows: Any = None,
    ) -> list[Any]:
        """Set the fitted attributes from the spectrum; return the posteriors."""
        if self.trust == "integrate":
            return self._integrate(spectrum, mean, whitening, rows)
        free = isinstance(self.prior_scale, str)
        size = np.ones(mean.shape[1])
        if free:
            length = np.sqrt((whitening.times_root(mean) ** 2).sum(axis=0))
            size = np.where(length > 0, length, 1.0)
        mean = mean / size if free else mean * self.prior_scale
        problem = self._evidence_problem(spectrum, mean, free)
        alpha, lambda_, terms, self.n_iter_ = fit_precisions(
            problem, max_iter=self.max_iter, tol=self.tol
        )
        ratio = lambda_ / alpha
        scale = terms.scale if free else np.ones_like(ratio)
        eigenvalues = spectrum.eigenvalues[:, None]
        direction = spectrum.duals.T @ mean
        rest = spectrum.cross - eigenvalues * direction * scale
        coef = mean * scale + spectrum.components @ (rest / (eigenvalues + ratio))
        posteriors = [
            Posterior(spectrum, whitening, alpha[t], lambda_[t], rest[:, t])
            for t in range(len(alpha))
        ]
        if free:
            shrunk = direction * eigenvalues / (eigenvalues + ratio)
            columns = mean - spectrum.components @ shrunk
            variances = terms.n_scale / (alpha * terms.scale_information)
            posteriors = [
                replace(p, scale_column=columns[:, t], scale_variance=variances[t])
                for t, p in enumerate(posteriors)
            ]
        self._set_results(coef, alpha, lambda_)
        scale = scale / size if free else scale * self.prior_scale
        evidence = log_evidence(problem, ratio, terms, alpha)
        conflict = conflict_p_value(terms, alpha, len(eigenvalues))
        self.prior_scale_ = self._per_target(scale)
        self.log_evidence_ = self._per_target(evidence)
        self.conflict_ = self._per_target(conflict)
        odds = _odds_of_means(mean)
        self.prior_odds_ = {name: self._per_target(p) for name, p in odds.items()}
        return posteriors

    def _integrate(
        self, spectrum: Spectrum, mean: np.ndarray, whitening: Whitening, rows: Any
    ) -> list[Any]:
        """Set the fitted attributes by integrating the trust; return the posteriors."""
        free = isinstance(self.prior_scale, str)
        mean = mean if free else mean * self.prior_scale
        size = np.abs(mean).max(axis=0) if free else np.ones(mean.shape[1])
        known = self._known_lambda()
        problem = TrustProblem(
            self._moments,
            spectrum,
            whitening,
            self._plain_spectrum(spectrum, whitening, rows),
            mean / np.where(size > 0, size, 1.0),
            known if known is None or np.ndim(known) == 0 else 1.0,
            self.noise_precision,
            check_prior_odds(self.prior_odds),
            free,
            self.tie_targets,
            self.fit_intercept,
            self.prior_dof,
        )
        self._posteriors, odds, evidence = fit_trust(problem)
        self.prior_odds_ = {name: self._per_target(p) for name, p in odds.items()}
        self.log_evidence_ = self._per_target(evidence)
        self.n_iter_ = 1
        given = np.nan if free else self.prior_scale
        scale = np.array([p.mean_scale() for p in self._posteriors])
        scale = scale / np.where(size > 0, size, 1.0) if free else scale * given
        self.prior_scale_ = self._per_target(np.where(np.isnan(scale), given, scale))
        self._state_conflict(spectrum, problem)
        if self.covariance == "posterior":
            self._set_mixture()
        return self._posteriors

    def _state_conflict(self, spectrum: Spectrum, problem: TrustProblem) -> None:
        """Set the tail probability of the data under a prior that is given."""
        conflict = np.full(problem.mean.shape[1], np.nan)
        if problem.lambda_ is not None:
            evidence = self._evidence_problem(
                spectrum, problem.mean, problem.free_scale
            )
            given, rank = self.noise_precision, len(spectrum.eigenvalues)

            def terms_of(alpha: np.ndarray) -> Terms:
                return terms_at(evidence, problem.lambda_ / alpha)

            if given is not None:
                alpha = np.full((1, len(conflict)), given)
                conflict = conflict_p_value(terms_of(alpha), alpha, rank)[0]
            else:
                fitted = [p.precisions(_LARGEST)[0] for p in self._posteriors]
                conflict = open_conflict(
                    terms_of, rank, spectrum.residual, problem.dof, np.array(fitted)
                )
        self.conflict_ = self._per_target(conflict)

    def _plain_spectrum(
        self, spectrum: Spectrum, whitening: Whitening, rows: Rows | None
    ) -> Spectrum:
        """Return the spectrum in the features' own coordinates."""
        if whitening.root is None:
            return spectrum
        if rows is None:
            return spectrum_of_moments(self._moments, Whitening())
        return decompose(rows, Whitening())[0]

    def _set_mixture(self) -> None:
        """Set the attributes that are averages over the mixtures."""
        coef = np.stack([p.mean() for p in self._posteriors], axis=1)
        precisions = [p.precisions(_LARGEST) for p in self._posteriors]
        alpha, lambda_ = np.array(precisions).T
        self._set_results(coef, alpha, lambda_)

    def _evidence_problem(
        self, spectrum: Spectrum, mean: np.ndarray, free: bool
    ) -> EvidenceProblem:
        eigenvalues = spectrum.eigenvalues[:, None]
        direction = spectrum.duals.T @ mean
        known = self._known_lambda()
        return EvidenceProblem(
            eigenvalues,
            spectrum.cross if free else spectrum.cross - eigenvalues * direction,
            direction if free else None,
            spectrum.residual,
            self._moments.weight,
            alpha=self.noise_precision,
            lambda_=known if known is None or np.ndim(known) == 0 else 1.0,
            alpha_1=self.alpha_1,
            alpha_2=self.alpha_2,
            lambda_1=self.lambda_1,
            lambda_2=self.lambda_2,
            tied=self.tie_targets,
        )

    def _set_results(
        self, coef: np.ndarray, alpha: np.ndarray, lambda_: np.ndarray
    ) -> None:
        moments, known = self._moments, self._known_lambda()
        self.coef_ = self._one_or_all(coef)
        self.intercept_ = self._per_target(moments.y_mean - moments.x_mean @ coef)
        self.alpha_ = self._per_target(alpha)
        self.lambda_ = known if np.ndim(known) else self._per_target(lambda_)

    def _state_flat(self, spectrum: Spectrum, n_samples: int) -> None:
        """Set the least-squares estimate; `n_samples` rows have a weight."""
        dof = self._moments.weight - self.fit_intercept
        flat = flat_fit(spectrum, n_samples, self.fit_intercept, dof)
        self.flat_coef_, self.flat_std_ = map(self._one_or_all, flat)

    def _one_or_all(self, values: np.ndarray) -> np.ndarray:
        """Turn (n_features, n_targets) into the shape of `coef_`."""
        return values.T[0] if self._one_target else values.T

    def _known_lambda(self) -> Any:
        """Return the given prior precision as a float or an array, or None."""
        if self.prior_precision is None:
            return None
        known = np.array(self.prior_precision, dtype=np.float64)
        return known if known.ndim else float(known)

    def _per_target(self, values: Any) -> Any:
        return float(values[0]) if self._one_target else values

    def _predictive_variance(self, X: Any, posterior: Any) -> np.ndarray:
        X = X.toarray() if sparse.issparse(X) else X
        variance = posterior.variance_along(X - self._moments.x_mean)
        noise = posterior.noise_variance()
        variance += noise
        if self.fit_intercept:
            variance += noise / self._moments.weight
        return variance

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _check_weights(sample_weight: Any, X: Any) -> np.ndarray:
    if sample_weight is None:
        return np.ones(X.shape[0])
    weights = sample_weight
    if not is_plain_weights(sample_weight, X.shape[0]):
        weights = check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
    if not weights.any():
        raise ValueError(
            "Sample weights must contain at least one non-zero number, got only zeros."
        )
    return weights


def _odds_of_means(mean: Any) -> dict[str, np.ndarray]:
    """Return for each target whether it has a prior mean, as probabilities."""
    says = mean.any(axis=0)
    odds = {"stated": says * 1.0, "nothing": ~says * 1.0}
    return {name: p for name, p in odds.items() if p.any()}


def _is_writeable(X: Any) -> bool:
    return isinstance(X, np.ndarray) and X.flags.writeable
