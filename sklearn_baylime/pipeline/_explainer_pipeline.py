"""The chain of steps that makes an explanation of an instance."""

from __future__ import annotations

import os
from contextlib import suppress
from copy import copy
from itertools import chain, takewhile
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from scipy import sparse
from sklearn import config_context
from sklearn.base import TransformerMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted

from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.black_box._progress import progress
from sklearn_baylime.black_box._rows import split_instances
from sklearn_baylime.explanation import Explanation
from sklearn_baylime.local._asking import ask_all
from sklearn_baylime.local._neighborhood import Neighborhood
from sklearn_baylime.local._targets import Target, resolve_targets
from sklearn_baylime.pipeline._explaining import explain
from sklearn_baylime.pipeline._instances import (
    at_instance,
    code_and_names,
    seed_of_rows,
)
from sklearn_baylime.pipeline._local_model import Prepared, fidelity, fit_local
from sklearn_baylime.pipeline._steps import (
    Code,
    Compiled,
    Parts,
    check_parameters,
    check_prior,
    compile_local,
    split_steps,
    tell,
    with_prior,
)
from sklearn_baylime.priors._prior import as_prior


class ExplainerPipeline(TransformerMixin, _BaseComposition):
    """Explainer made of scikit-learn steps, after bLIMEy.

    Left of the sampler, steps are invertible: their `inverse_transform` leads sampled
    rows to the black box. Right of it, steps `transform` rows towards the regressor.

    Parameters
    ----------
    steps : list of (str, estimator)
        In this order: representations (any number, such as a discretizer), one sampler
        (has `sample`), transformers (any number, such as a binarizer), one kernel (has
        `score_samples`), feature selectors (any number), one regressor. A step right of
        the sampler with a parameter `reference` is given the instance's code there, and
        any step with a parameter `categorical_features` the columns that the steps
        before it hold to be categories, unless they are set. A representation (has
        `at`) right behind the sampler learns from the background too: sample first,
        discretize then.

    black_box : BlackBox, callable or fitted estimator, default=None
        The model to explain. A `BlackBox` also says batches, memory and names.

    batch_size : int or None, default=None
        Most rows in one call of the model; see `BlackBox`.

    stopping : callable or None, default=None
        Asked after each batch with the `Explanation` so far; when it returns True, the
        rest of the instance's rows is not asked. Looking often makes intervals a little
        too short.

    random_state : int, RandomState instance or None, default=None
        Seed. The rows around an instance depend on the seed and the instance alone:
        with an int, every call gives the same explanation, one instance at a time or
        many at once, while different instances have independent rows.

    n_jobs : int or None, default=None
        Groups of instances explained in parallel, by the joblib backend in force.

    memory : None, True, str, mapping or joblib.Memory, default=None
        Where answers are kept, so that no row is asked about twice; see `BlackBox`.

    verbose : bool or callable, default=False
        True shows progress; a callable is told (n_answered, n_rows) instead.

    Attributes
    ----------
    representation_ : list of estimator
        Fitted steps left of the sampler.

    sampler_ : estimator
        Fitted sampler.

    right_ : dict of str to estimator
        Fitted representations right behind the sampler, by name.

    black_box_ : BlackBox
        The wrapped model, with its counts.

    named_steps : dict
        The steps by name.

    See Also
    --------
    make_tabular_explainer : The usual chain for tables.

    Notes
    -----
    The right side becomes a stock `sklearn.pipeline.Pipeline` over rows, whose last
    step "local" is a `KernelWeightedRegressor`; `local_pipeline` gives it unfitted, for
    a grid search over the rows of one neighbourhood.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn_baylime import BlackBox, ExplainerPipeline
    >>> from sklearn_baylime.linear_model import InformativeBayesianRidge
    >>> from sklearn_baylime.representation import QuantileDiscretizer
    >>> from sklearn_baylime.sampling import BinSampler
    >>> from sklearn_baylime.surrogate import ExponentialKernel, MatchBinarizer
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = LinearRegression().fit(X, y)
    >>> explainer = ExplainerPipeline([
    ...     ("discretize", QuantileDiscretizer()),
    ...     ("sample", BinSampler(n_samples=2000)),
    ...     ("binarize", MatchBinarizer()),
    ...     ("kernel", ExponentialKernel()),
    ...     ("regressor", InformativeBayesianRidge(covariance="robust")),
    ... ], black_box=BlackBox(model), random_state=0)
    >>> explanation = explainer.fit(X).explain_instance(X.iloc[0])
    >>> explanation.as_list()[0][0]
    's1 <= -0.0342'
    """

    def __init__(
        self,
        steps,
        *,
        black_box=None,
        batch_size=None,
        stopping=None,
        random_state=None,
        n_jobs=None,
        memory=None,
        verbose=False,
    ):
        self.steps = steps
        self.black_box = black_box
        self.batch_size = batch_size
        self.stopping = stopping
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.memory = memory
        self.verbose = verbose

    def fit(self, X=None, y=None):
        """Learn representation and sampler from background data; asks nothing.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features), default=None
            Background data. Texts and images need none, nor this call.
        y : array-like of shape (n_samples,), default=None
            Given to the representations, for those that use it.

        Returns
        -------
        self : object
            Fitted explainer.
        """
        parts = self._parts()
        codes, self.representation_, categorical = X, [], None
        for _, step in parts.left:
            fitted = tell(clone(step), categorical).fit(codes, y)
            # What learns nothing has codes only at an instance, such as a text's words.
            learns = get_tags(fitted).requires_fit
            codes = fitted.transform(codes) if learns and codes is not None else None
            categorical = getattr(fitted, "is_categorical_", None)
            self.representation_.append(fitted)
        self.sampler_ = tell(clone(parts.sampler), categorical).fit(codes, y)
        # Representations that follow the sampler learn from the background as well.
        self.right_: dict[str, Any] = {}
        for name, step in takewhile(lambda pair: hasattr(pair[1], "at"), parts.right):
            fitted = tell(clone(step), categorical).fit(codes, y)
            codes = fitted.transform(codes)
            categorical = getattr(fitted, "is_categorical_", None)
            self.right_[name] = fitted
        first = self.representation_[0] if parts.left else self.sampler_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(first, name):
                setattr(self, name, getattr(first, name))
        return self

    def explain(self, X, *, targets="predicted", prior=None) -> list[Explanation]:
        """Explain several instances; their rows share calls of the model.

        Parameters
        ----------
        X : array-like or frame of shape (n_instances, n_features)
            Instances.
        targets : "predicted", "all", "top=k", int, str or list, default="predicted"
            Outputs to explain: the largest of a classifier and every one otherwise,
            all, the `k` largest, or some by column or name. A tuple in the list is the
            sum of its outputs: ``[("cat", "dog"), "car"]``.
        prior : Prior, array-like, callable, list of these or None, default=None
            Prior of the weights, instead of the regressor's own; an array is a prior
            mean whose trust is learned, a callable is given the features' names and
            returns a prior, a list has one entry for each instance.

        Returns
        -------
        explanations : list of Explanation

        Raises
        ------
        ValueError
            If an instance, target or prior does not fit, or the model's answers are not
            finite numbers.
        Exception
            Whatever the model raises. Its attribute `explanations` has those that were
            finished, and `neighborhoods` the rows that were answered since.
        """
        self._ensure_fitted()
        instances = split_instances(X)
        priors = prior if isinstance(prior, list) else [prior] * len(instances)
        if len(priors) != len(instances):
            raise ValueError(
                f"prior has {len(priors)} entries, expected one for each of the "
                f"{len(instances)} instances."
            )
        seed = self._draw_seed()
        groups = self._group(X, list(zip(instances, priors, strict=True)))
        total = len(instances) * self._n_samples
        with progress(self.verbose, total) as report:
            if effective_n_jobs(self.n_jobs) == 1:
                return self._explain_one_by_one(groups, targets, seed, report)
            return self._explain_in_parallel(groups, targets, seed, report)

    def explain_instance(
        self, x, *, targets="predicted", prior=None, neighborhood=None
    ) -> Explanation:
        """Explain one instance.

        Parameters
        ----------
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.
        targets : "predicted", "all", "top=k", int, str or list, default="predicted"
            Outputs to explain; see `explain`.
        prior : Prior, array-like or None, default=None
            Prior of the weights; see `explain`.
        neighborhood : Neighborhood or None, default=None
            Rows asked before, by `sample` or kept by an exception: only those that are
            not answered yet are asked.

        Returns
        -------
        explanation : Explanation
        """
        self._ensure_fitted()
        hood = neighborhood
        if hood is None:
            hood = self._place(x, self._draw_seed())
        with progress(self.verbose, hood.n_open) as report:
            return self._ask_and_explain([hood], [prior], targets, report)[0]

    def sample(self, x, *, resume=None) -> Neighborhood:
        """Draw rows around an instance and ask the model about them.

        Parameters
        ----------
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.
        resume : Neighborhood or None, default=None
            Partly answered rows, as an exception keeps them.

        Returns
        -------
        neighborhood : Neighborhood
            Its `codes` and a column of its `answers` fit `local_pipeline`.
        """
        self._ensure_fitted()
        hood = self._place(x, self._draw_seed()) if resume is None else resume
        with progress(self.verbose, hood.n_open) as report:
            ask_all(self.black_box_, [hood], report)
        return hood

    def local_pipeline(self, x) -> Pipeline:
        """Return the right side for an instance, unfitted; asks nothing.

        Parameters
        ----------
        x : array-like of shape (n_features,), frame of one row, or record
            The instance.

        Returns
        -------
        pipeline : sklearn.pipeline.Pipeline
            Its last step "local" is a `KernelWeightedRegressor`. Grid search it on a
            `Neighborhood`: ``GridSearchCV(pipeline, {"local__kernel__width": [1, 2]})
            .fit(hood.codes, hood.answers[:, target])``.
        """
        self._ensure_fitted()
        hood = self._place(x, self._draw_seed())
        return clone(self._compile(self._parts(), hood).pipeline)

    def transform(self, X) -> np.ndarray:
        """Return attributions as features.

        Parameters
        ----------
        X : array-like or frame of shape (n_instances, n_features)
            Instances.

        Returns
        -------
        weights : ndarray of shape (n_instances, n_outputs * n_features)
            Weights for every output; of two classes for the second alone.
        """
        explanations = self.explain(X, targets="all")
        if not explanations:
            raise ValueError("X has no rows, expected at least one instance.")
        outputs = explanations[0].target_names
        if len(outputs) == 2 and self.black_box_.is_classifier:
            outputs = outputs[1:]
        names = self._raw_names(explanations[0].coef.shape[1])
        self._names_out = [
            name if len(outputs) == 1 else f"{output}: {name}"
            for output in outputs
            for name in names
        ]
        return np.stack([e.coef[-len(outputs) :].ravel() for e in explanations])

    def get_feature_names_out(self, input_features=None) -> np.ndarray:
        """Return the names of the attributions, known after `transform`.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects
        """
        check_is_fitted(self, "_names_out")
        return np.array(self._names_out, dtype=object)

    def score(self, X, y=None, *, kernel=None) -> float:
        """Return the mean local fidelity on fresh rows.

        Parameters
        ----------
        X : array-like or frame of shape (n_instances, n_features)
            Instances.
        y : ignored
            Present for consistency.
        kernel : estimator or None, default=None
            Kernel that weighs the fresh rows; each local model's own if None. Searches
            over the kernel's width need a fixed one here, since every width is best by
            its own weights: see `sklearn_baylime.metrics.make_fidelity_scorer`.

        Returns
        -------
        score : float
            Weighted R2 of the local models for the predicted output, on rows drawn
            anew, mean over instances.
        """
        self._ensure_fitted()
        seed = self._draw_seed()
        scores = []
        for x in split_instances(X):
            hood, fresh = self._place(x, seed), self._place(x, seed, fresh=True)
            prepared = self._prepare(hood)
            ask_all(self.black_box_, [hood, fresh], _report_nothing)
            chosen, _ = self._targets(hood, "predicted")
            with _checked():
                fit = fit_local(prepared, chosen)
            importance = self._importance(fresh)
            scores.append(fidelity(fit, fresh, chosen, kernel, importance))
        return float(np.mean(scores))

    @property
    def black_box_(self) -> BlackBox:
        """The wrapped model, with its counts."""
        if isinstance(self.black_box, BlackBox):
            if self.batch_size is not None or self.memory is not None:
                raise ValueError(
                    "batch_size or memory was given beside a BlackBox, expected them "
                    "in the BlackBox itself."
                )
            return self.black_box
        key = (id(self.black_box), self.batch_size, id(self.memory))
        if getattr(self, "_wrapped", (None, None))[0] != key:
            box = BlackBox(
                self.black_box, batch_size=self.batch_size, memory=self.memory
            )
            self._wrapped = key, box
        return self._wrapped[1]

    @property
    def named_steps(self) -> dict:
        """The steps by name."""
        return dict(self.steps)

    def get_params(self, deep=True) -> dict:
        """Return the parameters, those of the steps as ``step__parameter``.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include those of the steps.

        Returns
        -------
        params : dict
        """
        params = self._get_params("steps", deep=deep)
        # The model is a thing to ask, not a component to tune.
        return {k: v for k, v in params.items() if not k.startswith("black_box__")}

    def set_params(self, **params):
        """Set parameters, those of the steps as ``step__parameter``.

        Parameters
        ----------
        **params : dict
            Parameters.

        Returns
        -------
        self : object
        """
        return self._set_params("steps", **params)

    def __sklearn_clone__(self):
        """Clone the steps; the model and its memory are shared, not copied."""
        params = self.get_params(deep=False)
        params["steps"] = [(name, clone(s, safe=False)) for name, s in self.steps]
        new = type(self)(**params)
        if self.black_box is not None and not isinstance(self.black_box, BlackBox):
            _ = self.black_box_
            new._wrapped = self._wrapped
        return new

    def __sklearn_is_fitted__(self):
        return hasattr(self, "sampler_")

    def _ensure_fitted(self) -> None:
        """Fit a chain that learns nothing from data; of others ask for `fit`."""
        if not hasattr(self, "sampler_"):
            parts = self._parts()
            steps = [*(step for _, step in parts.left), parts.sampler]
            if not any(get_tags(step).requires_fit for step in steps):
                self.fit()
        check_is_fitted(self)

    @property
    def _n_samples(self) -> int:
        """Rows around an instance, as the step says now, fitted or not."""
        return self._parts().sampler.n_samples

    def _draw_seed(self) -> int:
        rng = check_random_state(self.random_state)
        return int(rng.randint(np.iinfo(np.int32).max))

    def _group(self, X, jobs) -> list[list]:
        """Cut instances into groups whose rows fill about one batch."""
        size = self.black_box_.rows_per_batch(X) // self._n_samples
        share = -(-len(jobs) // effective_n_jobs(self.n_jobs))
        size = max(min(size, share), 1)
        return [jobs[first : first + size] for first in range(0, len(jobs), size)]

    def _explain_one_by_one(self, groups, targets, seed, report) -> list[Explanation]:
        """Explain groups; an exception carries what was explained before."""
        explanations: list[Explanation] = []
        try:
            for group in groups:
                explanations += _explain_group(self, group, targets, seed, report)[0]
        except BaseException as error:
            with suppress(AttributeError):
                error.explanations = explanations  # type: ignore[attr-defined]
            raise
        return explanations

    def _explain_in_parallel(self, groups, targets, seed, report) -> list[Explanation]:
        """Explain groups by joblib; count here what other processes asked."""
        worker = copy(self)
        worker.n_jobs, worker.verbose = None, False
        # As a list: not every backend can hand over results one by one.
        done = Parallel(n_jobs=self.n_jobs)(
            delayed(_explain_group)(worker, group, targets, seed, _report_nothing)
            for group in groups
        )
        for explanations, n_queries, n_calls, process in done:
            report(len(explanations) * self._n_samples)
            if process != os.getpid():
                self.black_box_.count(n_queries, n_calls)
        return list(chain.from_iterable(explanations for explanations, *_ in done))

    def _place(self, x, seed, *, fresh=False) -> Neighborhood:
        """Draw the rows around an instance; asks nothing."""
        rng = np.random.RandomState([seed, int(fresh)])
        seeds = rng.randint(np.iinfo(np.int32).max, size=2)
        here: list = []
        code, names = x, None
        for fitted in self.representation_:
            step = at_instance(fitted, code, int(seeds[0]))
            code, names = code_and_names(step, code, names)
            here.append(step)
        reference = code if sparse.issparse(code) else np.asarray(code)
        if names is None:
            names = self._raw_names(reference.shape[-1])
        row_seed = seed_of_rows(int(seeds[1]), here[-1] if here else None, reference)
        codes = self.sampler_.sample(reference, self._n_samples, row_seed)
        if here and hasattr(here[-1], "snap"):
            codes = here[-1].snap(codes)
        return Neighborhood(codes, np.empty((0, 1)), reference, names, here)

    def _raw_names(self, n_features) -> list[str]:
        """Name the columns of the codes, whatever the instance."""
        names = None
        for step in self.representation_:
            if hasattr(step, "get_feature_names_out") and get_tags(step).requires_fit:
                names = step.get_feature_names_out(names)
        if names is None or len(names) != n_features:
            return [f"x{j}" for j in range(n_features)]
        return [str(name) for name in names]

    def _parts(self, prior=None) -> Parts:
        parts = split_steps(self.steps)
        return parts if prior is None else with_prior(parts, as_prior(prior))

    def _prepare(self, hood, prior=None) -> Prepared:
        """Compile the right side; raise what can be raised before a query."""
        if callable(prior):
            prior = prior(hood.names)
        parts = self._parts(prior)
        check_parameters(parts)
        with config_context(assume_finite=True):
            local, rows, code = self._compile(parts, hood)
            check_prior(parts.regressor[1], rows)
            importance = self._importance(hood)
            weights = local[-1].weigh(rows, log_weight=importance)
            return Prepared(hood, local, rows, weights, code, importance)

    def _importance(self, hood):
        """Return log weights of rows that were not drawn by the law that is meant."""
        if not hasattr(self.sampler_, "log_weights"):
            return None
        return self.sampler_.log_weights(hood.codes)

    def _compile(self, parts, hood) -> Compiled:
        """Compile the right side at the instance of a neighbourhood."""
        n_features = hood.codes.shape[1]
        last = self.representation_[-1] if self.representation_ else None
        categorical = getattr(last, "is_categorical_", None)
        learns = all(get_tags(step).requires_fit for step in self.representation_)
        columns = self._raw_names(n_features) if learns else list(hood.names)
        code = Code(hood.reference, list(hood.names), columns, categorical)
        return compile_local(parts, self.right_, code, hood.codes)

    def _targets(self, hood, targets) -> tuple[list[Target], list[str]]:
        """Return the columns of the targets, and the names of all columns."""
        box, answers = self.black_box_, hood.answers
        names = box.names(answers.shape[1])
        classify = len(names) > 1 and (box.is_classifier or not box.is_known)
        return resolve_targets(targets, answers[0], names, classify), names

    def _explain(self, prepared, targets) -> Explanation:
        with _checked():
            return explain(prepared, *self._targets(prepared.hood, targets))

    def _ask_and_explain(self, hoods, priors, targets, report) -> list[Explanation]:
        ready = [self._prepare(h, p) for h, p in zip(hoods, priors, strict=True)]
        if self.stopping is None:
            ask_all(self.black_box_, hoods, report)
            return [self._explain(prepared, targets) for prepared in ready]
        return [self._ask_until_enough(p, targets, report) for p in ready]

    def _ask_until_enough(self, prepared, targets, report) -> Explanation:
        so_far: list[Explanation] = []

        def enough():
            so_far[:] = [self._explain(prepared, targets)]
            return self.stopping(so_far[0])

        ask_all(self.black_box_, [prepared.hood], report, enough)
        return so_far[0] if so_far else self._explain(prepared, targets)


def _checked():
    """Spare checks: parameters and rows when prepared, answers on arrival, were."""
    return config_context(assume_finite=True, skip_parameter_validation=True)


def _report_nothing(n_rows):
    """Be told of rows that were answered, and keep silent."""


def _explain_group(explainer, group, targets, seed, report):
    """Explain a group of instances, perhaps in another process."""
    box = explainer.black_box_
    before = box.n_queries_, box.n_calls_
    hoods = [explainer._place(x, seed) for x, _ in group]
    # Where all masks are fewer than the rows that were announced.
    n_fewer = len(hoods) * explainer._n_samples - sum(hood.n_rows for hood in hoods)
    if n_fewer:
        report(n_fewer)
    priors = [prior for _, prior in group]
    explanations = explainer._ask_and_explain(hoods, priors, targets, report)
    n_queries, n_calls = box.n_queries_ - before[0], box.n_calls_ - before[1]
    return explanations, n_queries, n_calls, os.getpid()
