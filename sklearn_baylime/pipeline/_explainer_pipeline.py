"""The chain of steps that makes an explanation of an instance."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
from sklearn.base import TransformerMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_baylime.base._links import LinkedMixin
from sklearn_baylime.base._pointers import (
    PAGE,
    PointingMixin,
    point_to_steps,
    pointing,
)
from sklearn_baylime.base._sklearn import BaseComposition
from sklearn_baylime.base._words import tags_of
from sklearn_baylime.black_box import BlackBox
from sklearn_baylime.black_box._progress import explaining_progress, progress
from sklearn_baylime.black_box._rows import shape_of, take
from sklearn_baylime.explanation import Explanation, ExplanationList
from sklearn_baylime.local import Neighborhood
from sklearn_baylime.local._asking import ask_all, kept_on_error
from sklearn_baylime.local._question import Question, report_nothing
from sklearn_baylime.local._trial import one_prior_each
from sklearn_baylime.pipeline._chain import Chain, split_steps
from sklearn_baylime.pipeline._diagram import draw_chain
from sklearn_baylime.pipeline._features import attribution_names, shown_outputs
from sklearn_baylime.pipeline._many import announce, explain_many, mean_fidelity


class ExplainerPipeline(PointingMixin, LinkedMixin, TransformerMixin, BaseComposition):
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

    rows : "own" or "shared", default="own"
        Whether each instance has rows of its own, or all share them. Where the law of
        the rows does not depend on the instance, as that of bins and of normals around
        the mean, "shared" asks about one set of rows once, and about each instance: n +
        N queries for N instances instead of n N, and later instances cost one query
        each. Where it does depend, as around the instance and for masks, instances
        share the random numbers, moved to each. Either way explanations of neighbours
        do not jump, and their errors are correlated: averages over instances do not
        average them out. See the user guide.

    proxy : None, "auto" or regressor, default=None
        A cheap model that learns the model's answers, to say on many free rows what it
        knows: what is left of the answers is less noisy, so that fewer queries do.
        "auto" is gradient boosting on the rows as numbers; an estimator of yours is
        given the model's inputs. It pays where a query takes longer than about 0.1 ms,
        and is refused for masks of images. Weights have the same expectation, scores
        are those of the model's answers. See the user guide.

    batch_size : int or None, default=None
        Most rows in one call of the model; see `BlackBox`.

    stopping : callable or None, default=None
        Asked after each batch with the `Explanation` so far; when it returns True, the
        rest of the instance's rows is not asked. Looking often makes intervals a little
        too short.

    random_state : int, RandomState instance or None, default=None
        Seed. The rows around an instance depend on the seed and the instance alone:
        with an int, every call gives the same explanation, one instance at a time or
        many at once, while different instances have independent rows unless these are
        shared. Shared rows keep their seed, also if this is None, until the next `fit`.

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
        steps: Any,
        *,
        black_box: Any = None,
        rows: str = "own",
        proxy: Any = None,
        batch_size: int | None = None,
        stopping: Callable[..., Any] | None = None,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
        memory: Any = None,
        verbose: bool | Callable[[int, int], object] = False,
    ) -> None:
        self.steps = steps
        self.black_box = black_box
        self.rows = rows
        self.proxy = proxy
        self.batch_size = batch_size
        self.stopping = stopping
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.memory = memory
        self.verbose = verbose

    def fit(self, X: Any = None, y: Any = None) -> Self:
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
        chain = Chain.fit(split_steps(self._named()), X, y)
        self._keep(chain)
        self._shared_seed: tuple[Any, int] | None = None
        self._example = None if X is None else take(X, slice(0, 1))
        first = chain.left[0] if chain.left else chain.sampler
        for name in ("n_features_in_", "feature_names_in_"):
            # Those of an earlier background may be others.
            self.__dict__.pop(name, None)
            if name in vars(first):
                setattr(self, name, vars(first)[name])
        return self

    @pointing
    def explain(
        self,
        X: Any,
        *,
        targets: Any = "predicted",
        prior: Any = None,
        neighborhoods: list[Neighborhood] | None = None,
    ) -> ExplanationList:
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
        neighborhoods : list of Neighborhood or None, default=None
            Rows asked before, as an exception keeps them, in any order: of their
            instances only the rows that are not answered yet are asked about.

        Returns
        -------
        explanations : ExplanationList
            A list of Explanation, which a notebook shows as a table.

        Raises
        ------
        ValueError
            If an instance, target or prior does not fit, or the model's answers are not
            finite numbers.
        Exception, KeyboardInterrupt
            Whatever the model raises. Its attribute `explanations` has those that were
            finished, `positions` the numbers of their instances, and `neighborhoods`
            the rows that were answered for others, to be handed back. With `n_jobs`
            groups that were begun are finished, and those of a worker that died are
            done again.
        """
        chain = self._chain()
        instances = chain.instances(X)
        priors, seed = one_prior_each(prior, len(instances)), self._draw_seed()
        group = list(zip(instances, priors, strict=True))
        n_rows, saved = announce(chain, instances, seed)
        with progress(self.verbose, n_rows, saved) as report:
            question = self._ask(targets, report)
            explaining = partial(explaining_progress, self.verbose)
            found = explain_many(
                chain, question, group, seed, self.n_jobs, neighborhoods, explaining
            )
        return ExplanationList(found)

    @pointing
    def explain_instance(
        self,
        x: Any,
        *,
        targets: Any = "predicted",
        prior: Any = None,
        neighborhood: Neighborhood | None = None,
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
        chain = self._chain()
        hood = chain.place(x, self._draw_seed(), known=neighborhood)
        problem = chain.problem(hood, prior)
        with progress(self.verbose, hood.n_open) as report:
            return self._ask(targets, report).explain([problem])[0]

    def sample(self, x: Any, *, resume: Neighborhood | None = None) -> Neighborhood:
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
        chain = self._chain()
        hood = chain.place(x, self._draw_seed(), known=resume)
        self.black_box_.identify()
        with progress(self.verbose, hood.n_open) as report, kept_on_error([hood]):
            ask_all(self.black_box_, [hood], report)
        return hood

    def local_pipeline(self, x: Any) -> Pipeline:
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
            .fit(hood.codes, hood.answers[:, target])``. Rows of another law than the
            one that is meant, such as those of a sampler with `local`, carry weights of
            their own, which `fit` is given as ``local__log_weight=
            explainer.sampler_.log_weights(hood.codes, hood.reference)``.
        """
        chain = self._chain()
        return clone(chain.problem(chain.place(x, self._draw_seed())).pipeline)

    def transform(self, X: Any) -> np.ndarray:
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
        chain = self._chain()
        self._check_columns(X)
        instances = chain.instances(X)
        if not instances:
            raise ValueError("X has no rows, expected at least one instance.")
        if not chain.has_common_features and len(instances) > 1:
            raise ValueError(
                "The features of these instances are their own, such as words or "
                "segments, and make no common columns: use explain(X)."
            )
        explanations = self.explain(X, targets="all")
        outputs = shown_outputs(explanations[0].target_names, self.black_box_)
        return np.stack([e.coef[-len(outputs) :].ravel() for e in explanations])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the attributions.

        Where nothing is known of the model's outputs, it is asked about one row of the
        background.

        Parameters
        ----------
        input_features : ignored
            Present for consistency.

        Returns
        -------
        names : ndarray of str objects
        """
        return attribution_names(self._chain(), self.black_box_, self._example)

    def score(self, X: Any, y: Any = None, *, kernel: Any = None) -> float:
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
        chain, seed = self._chain(), self._draw_seed()
        self._check_columns(X)
        question = self._ask("predicted", report_nothing)
        instances = chain.instances(X)
        if not instances:
            raise ValueError("X has no rows, expected at least one instance.")
        return mean_fidelity(chain, question, instances, seed, kernel)

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
        # By identity, since models need not compare. The box holds both objects, so
        # that no other can have their ids while it is kept.
        key = (id(self.black_box), self.batch_size, id(self.memory))
        if getattr(self, "_wrapped", (None, None))[0] != key:
            box = BlackBox(
                self.black_box, batch_size=self.batch_size, memory=self.memory
            )
            self._wrapped = key, box
        return self._wrapped[1]

    @property
    def named_steps(self) -> Bunch:
        """The steps by name."""
        return Bunch(**dict(self.steps))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Say what it is called here; elsewhere explainers are functions."""
        raise TypeError(
            "An explainer is no function: call explain(X) for several instances or "
            f"explain_instance(x) for one ({PAGE})."
        )

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, which: Any) -> Any:
        """Return a step by place or name, or an explainer of a slice of the steps."""
        if isinstance(which, str):
            return self.named_steps[which]
        found = self.steps[which]
        if isinstance(which, slice):
            return type(self)(**(self.get_params(deep=False) | {"steps": found}))
        return found[1]

    def get_params(self, deep: bool = True) -> dict:
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

    def set_params(self, **params: Any) -> Self:
        """Set parameters, those of the steps as ``step__parameter``.

        Parameters
        ----------
        **params : dict
            Parameters.

        Returns
        -------
        self : object
        """
        if any(self._is_learned_from(name) for name in params):
            # What was learned by other settings is never used under these.
            for name in ("representation_", "sampler_", "right_"):
                self.__dict__.pop(name, None)
        try:
            return self._set_params("steps", **params)
        except ValueError:
            if said := point_to_steps(params, self.get_params()):
                raise ValueError(said) from None
            raise

    def _sk_visual_block_(self) -> Any:
        steps, fitted = self._named(), {}
        if hasattr(self, "sampler_"):
            parts = split_steps(steps)
            names = [name for name, _ in (*parts.left, parts.sampler)]
            learned = (*self.representation_, self.sampler_)
            fitted = dict(zip(names, learned, strict=True)) | self.right_
        return draw_chain(steps, fitted, self.black_box_.model)

    def __sklearn_clone__(self) -> Self:
        """Clone the steps; the model and its memory are shared, not copied."""
        params = self.get_params(deep=False)
        params["steps"] = [(name, clone(s, safe=False)) for name, s in self.steps]
        new = type(self)(**params)
        if self.black_box is not None and not isinstance(self.black_box, BlackBox):
            # Wrapped now, if not before: counts and memory are those of one box.
            _ = self.black_box_
            new._wrapped = self._wrapped
        return new

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "sampler_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        own = tags_of(self.steps[0][1]) if len(self.steps) else None
        if own is not None:
            # Instances go through the first step.
            tags.input_tags = own.input_tags
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _check_columns(self, X: Any) -> None:
        """Refuse another number of columns than in `fit`, or other names."""
        shape = shape_of(X)
        first = tags_of(self.steps[0][1])
        is_table = first is None or not first.input_tags.three_d_array
        if not hasattr(self, "n_features_in_") or shape is None or not is_table:
            return
        if len(shape) == 1:
            raise ValueError(
                f"X has the shape {shape}, expected (n_instances, n_features). "
                "Reshape your data: X.reshape(1, -1) is one instance."
            )
        validate_data(self, X, reset=False, skip_check_array=True)

    def _named(self) -> list[tuple[str, Any]]:
        """Return the steps, whose names must be as a Pipeline has them."""
        self._validate_names([name for name, _ in self.steps])
        return self.steps

    def _keep(self, chain: Chain) -> None:
        self.representation_, self.sampler_ = chain.left, chain.sampler
        self.right_ = chain.right
        # Rows are those of what was learned.
        self._surveys: tuple[Any, Any, dict] = (None, None, {})

    def _chain(self) -> Chain:
        """Return the chain as it is now; one that learns nothing is made anew."""
        parts = split_steps(self._named())
        learned = hasattr(self, "sampler_") and self._example is not None
        # Where there is nothing to learn, nobody need have called `fit`. Made anew for
        # each call, since the steps' parameters may have changed.
        if not parts.needs_background and not learned:
            self._keep(Chain.fit(parts))
            self._example = None
        check_is_fitted(
            self,
            msg="This %(name)s is not fitted yet, or its steps were changed since: "
            "call 'fit' with background data.",
        )
        learned_parts = self.representation_, self.sampler_, self.right_
        return Chain(parts, *learned_parts, self._shared_rows(), self.proxy)

    def _shared_rows(self) -> dict | None:
        """Return the rows that instances share, with the model's answers so far."""
        if self.rows not in ("own", "shared"):
            raise ValueError(f"rows is {self.rows!r}, expected 'own' or 'shared'.")
        if self.rows == "own":
            return None
        box, state = self.black_box_, self.black_box_.state()
        # Answers of a model before it was fitted again are none of this one's.
        if self._surveys[0] is not box or self._surveys[1] != state:
            self._surveys = box, state, {}
        return self._surveys[2]

    def _is_learned_from(self, parameter: str) -> bool:
        """Tell whether what was learned from the background depends on a parameter."""
        if not hasattr(self, "sampler_"):
            return False
        name, _, own = parameter.partition("__")
        parts = split_steps(self.steps)
        learned = {step for step, _ in (*parts.left, parts.sampler)} | set(self.right_)
        return name == "steps" or (name in learned and own != "n_samples")

    def _ask(self, targets: Any, report: Callable[[int], object]) -> Question:
        box = self.black_box_
        box.identify()
        return Question(box, targets, self.stopping, report)

    def _draw_seed(self) -> int:
        kept = getattr(self, "_shared_seed", None)
        is_kept = kept is not None and kept[0] is self.random_state
        if self.rows == "shared" and is_kept and kept is not None:
            return kept[1]
        rng = check_random_state(self.random_state)
        seed = int(rng.randint(np.iinfo(np.int32).max))
        if self.rows == "shared":
            self._shared_seed = self.random_state, seed
        return seed
