"""The chain of an explainer's steps: their roles, and its left side fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn import config_context

from sklearn_baylime.base._parts import (
    categories_of,
    check_kernel_signature,
    check_own_parameters,
    check_regressor_signature,
    check_representation_signature,
    check_sampler_signature,
    clone_part,
    differs_by_seed,
    draw_places,
    fit_part,
    groups_of,
    has_codes_before_at,
    has_one_law,
    is_exhaustive_draw,
    is_invertible,
    is_kernel,
    is_representation,
    is_sampler,
    log_weights_of,
    n_samples_of,
    names_behind,
    needs_fit,
    tell,
    with_seed,
)
from sklearn_baylime.base._place import place
from sklearn_baylime.base._regressors import can_predict
from sklearn_baylime.base._seeds import draw_seeds, mix_seeds, seed_of_content
from sklearn_baylime.base._words import instances_of
from sklearn_baylime.black_box._rows import split_instances
from sklearn_baylime.local import Neighborhood
from sklearn_baylime.local._local_problem import (
    Columns,
    LocalProblem,
    RightSide,
    make_problem,
)
from sklearn_baylime.local._proxy import Proxy, check_proxy
from sklearn_baylime.local._survey import SharedNeighborhood, Survey
from sklearn_baylime.local._trial import check_prior, refuse_own_prior, with_prior
from sklearn_baylime.pipeline._room import check_room
from sklearn_baylime.priors import Prior


class Parts(NamedTuple):
    """The steps by their roles; lists of (name, step) where there may be several."""

    left: list[tuple[str, Any]]
    sampler: tuple[str, Any]
    right: list[tuple[str, Any]]
    kernel: Any
    behind: list[tuple[str, Any]]
    regressor: tuple[str, Any]

    @property
    def needs_background(self) -> bool:
        """Whether `fit` must be given data before anything can be explained.

        Where codes exist at an instance only, there is nothing that the sampler could
        learn from.
        """
        if any(not has_codes_before_at(step) for _, step in self.left):
            return False
        steps = [*(step for _, step in self.left), self.sampler[1]]
        return any(needs_fit(step) for step in steps)


# Sets the seed of free rows apart.
_SEED_OF_MORE = 271_828_183


def split_steps(steps: Sequence[tuple[str, Any]]) -> Parts:
    """Find the role of each step by what it can do, and check their order.

    Raises
    ------
    ValueError
        If sampler, kernel or regressor are missing or out of order.
    """
    steps = [(name, step) for name, step in steps if step not in (None, "passthrough")]
    if not steps:
        raise ValueError(
            "steps is empty, expected a sampler, a kernel and a regressor."
        )
    for name, step in steps:
        if isinstance(step, type):
            raise TypeError(
                f"The step {name} is the class {step.__name__}, expected an instance: "
                f"{step.__name__}()."
            )
    names = [f"{name} ({type(step).__name__})" for name, step in steps]
    at = _first(steps, is_sampler, 0)
    if at is None:
        raise ValueError(f"No step has sample, expected one sampler; got {names}.")
    kernel = _first(steps, is_kernel, at + 1)
    if kernel is None:
        raise ValueError(
            "No step right of the sampler has score_samples, expected one kernel; got "
            f"{names}."
        )
    if len(steps) - 1 == kernel or not can_predict(steps[-1][1]):
        raise ValueError(
            f"The last step is {names[-1]}, expected a regressor with fit and predict "
            "right of the kernel."
        )
    for name, step in steps[:at]:
        if not is_invertible(step):
            raise ValueError(
                f"The step {name} ({type(step).__name__}) stands left of the "
                "sampler, where its inverse_transform must lead sampled rows back to "
                "the model; put it right of the sampler."
            )
    return Parts(
        left=steps[:at],
        sampler=steps[at],
        right=steps[at + 1 : kernel],
        kernel=steps[kernel][1],
        behind=steps[kernel + 1 : -1],
        regressor=steps[-1],
    )


def _first(
    steps: Sequence[tuple[str, Any]], has_role: Callable[[Any], bool], start: int
) -> int | None:
    for i in range(start, len(steps)):
        if has_role(steps[i][1]):
            return i
    return None


@dataclass(frozen=True)
class Chain:
    """The steps by their roles, those left of the kernel fitted to the background.

    It is built once a call, and leads an instance to its rows and to its problem.

    Attributes
    ----------
    parts : Parts
        The steps as the user gave them.
    left : list of estimator
        Fitted steps left of the sampler.
    sampler : estimator
        Fitted.
    right : dict of str to estimator
        Fitted representations right behind the sampler, by name.
    surveys : dict of tuple to Survey, or None
        Rows that instances share, as far as they were drawn: one set of rows where
        their law is that of every instance, else one seed of draws. None where each
        instance has rows of its own.
    proxy : "auto", estimator or None
        What stands in for the model on free rows.
    """

    parts: Parts
    left: list[Any]
    sampler: Any
    right: dict[str, Any]
    surveys: dict[tuple, Survey] | None = None
    proxy: Any = None

    @classmethod
    @config_context(transform_output="default")
    def fit(cls, parts: Parts, X: Any = None, y: Any = None) -> Chain:
        """Learn representation and sampler from background data; asks nothing."""
        codes, left, categorical = X, [], None
        for _, step in parts.left:
            check_representation_signature(step)
            fitted = _fit(step, categorical, codes, y)
            # A text's words, say, have no codes before there is an instance.
            known = has_codes_before_at(fitted) and codes is not None
            codes = fitted.transform(codes) if known else None
            categorical = categories_of(fitted)
            left.append(fitted)
        check_own_parameters(parts.sampler[1])
        check_sampler_signature(parts.sampler[1])
        sampler = _fit(parts.sampler[1], categorical, codes, y)
        # Representations that follow the sampler learn from the background as well.
        right: dict[str, Any] = {}
        for name, step in takewhile(
            lambda pair: is_representation(pair[1]), parts.right
        ):
            fitted = right[name] = _fit(step, categorical, codes, y)
            codes = fitted.transform(codes)
            categorical = categories_of(fitted)
        return cls(parts, left, sampler, right)

    def instances(self, X: Any) -> list[Any]:
        """Return the instances of what a user gave, one by one."""
        found = instances_of(self.left[0], X) if self.left else None
        return split_instances(X) if found is None else found

    @property
    def n_samples(self) -> int:
        """Rows around an instance, as the step says now, fitted or not."""
        return n_samples_of(self.parts.sampler[1])

    @config_context(transform_output="default")
    def place(
        self,
        x: Any,
        seed: int,
        *,
        known: Neighborhood | None = None,
        fresh: bool = False,
    ) -> Neighborhood:
        """Draw the rows around an instance; asks nothing.

        The rows depend on the seed and the instance alone. `fresh` gives others. A
        neighbourhood that is `known` is returned, if it is this instance's.
        """
        here, seed_of_sampler = self._placed(x, seed, fresh)
        if known is not None:
            if here and not known.is_of(here[0].row_):
                raise ValueError(
                    "The neighborhood is of another instance than x, expected one that "
                    "sample(x), or an exception about x, has given."
                )
            return known
        reference = here[-1].reference_ if here else x
        if not sparse.issparse(reference):
            reference = np.asarray(reference)
        check_room(self.n_samples, reference)
        names = self._names(reference.shape[-1], here)
        row_seed = self._seed_of_rows(here, reference, seed_of_sampler)
        facts: dict[str, Any] = {
            "names": names,
            "representation": here,
            "row": here[0].row_ if here else reference.reshape(1, -1),
        }
        if self._shares_rows(here, reference):
            key = seed, fresh, self.n_samples
            survey = self._survey(key, here, reference, row_seed)
            hood: Neighborhood = SharedNeighborhood(survey, reference, **facts)
        else:
            codes, facts["places"] = self._draw(here, reference, row_seed)
            hood = Neighborhood(codes, np.empty((0, 1)), reference, **facts)
        hood.drawn = f"{'own' if self.surveys is None else 'shared'} {row_seed:x}"
        hood.groups = groups_of(self.sampler, hood.n_rows, reference)
        hood.is_exhaustive = is_exhaustive_draw(self.sampler, reference, self.n_samples)
        return hood

    def _seed_of_rows(self, here: list[Any], reference: Any, seed: int) -> int:
        """Return the sampler's seed at an instance.

        Instances have rows of their own, so that their explanations are independent,
        unless they share the draws.
        """
        if self.surveys is not None:
            return seed
        content = here[-1].seed_ if here else seed_of_content(reference)
        return mix_seeds(seed, content) >> 1

    def _shares_rows(self, here: list[Any], reference: Any) -> bool:
        """Tell whether rows, and the model inputs they stand for, serve any instance.

        Where they do not, instances can only share the random numbers.
        """
        return (
            self.surveys is not None
            and self.n_samples > 1
            and all(differs_by_seed(step) for step in here)
            and has_one_law(self.sampler, reference)
        )

    def _draw(
        self, here: list[Any], reference: Any, seed: int, n_rows: int | None = None
    ) -> tuple[Any, np.ndarray | None]:
        """Return rows, and where within their codes the values lie, if that is told."""
        last = here[-1] if here else None
        n_rows = n_rows or self.n_samples
        drawn = draw_places(self.sampler, reference, n_rows, seed, last)
        codes, places = drawn
        return codes if last is None else last.snap(codes), places

    def _survey(self, key: tuple, here: list[Any], reference: Any, seed: int) -> Survey:
        """Return the rows that all instances share, drawn when first needed."""
        assert self.surveys is not None
        if key not in self.surveys:
            seed_of_draw, _, n_samples = key
            for known in list(self.surveys):
                # Kept are those for explaining and for scoring by one seed.
                if known[0] != seed_of_draw or known[2] != n_samples:
                    del self.surveys[known]
            codes, places = self._draw(here, reference, seed)
            self.surveys[key] = Survey(codes[1:], here, places)
        return self.surveys[key]

    @property
    def has_common_features(self) -> bool:
        """Whether features are the same for all instances."""
        return all(has_codes_before_at(step) for step in self.left)

    def _placed(self, x: Any, seed: int, fresh: bool) -> tuple[list[Any], int]:
        """Return the left side at an instance, and the sampler's seed."""
        # Both seeds whatever is asked for: rows do not depend on which steps draw.
        seeds = draw_seeds(seed, int(fresh), n=2)
        here: list[Any] = []
        code = x
        for fitted in self.left:
            placed = place(fitted, code, seeds[0])
            if self.surveys is not None:
                placed = with_seed(placed, seeds[0])
            here.append(placed)
            code = here[-1].reference_
        return here, seeds[1]

    def _names(self, n_features: int, here: list[Any]) -> list[str]:
        """Name the columns of the codes at an instance."""
        names = None
        for step in here:
            names = list(step.get_feature_names_out(names))
        return self.inputs(n_features) if names is None else [str(n) for n in names]

    def inputs(self, n_features: int) -> list[str]:
        """Name the columns of the codes, whatever the instance."""
        names: list[str] | None = None
        for step in self.left:
            if has_codes_before_at(step):
                names = names_behind(step, names)
        if names is None or len(names) != n_features:
            return [f"x{j}" for j in range(n_features)]
        return names

    @config_context(transform_output="default")
    def problem(self, hood: Neighborhood, prior: Any = None) -> LocalProblem:
        """Compile the right side; raise what can be raised before a query.

        A prior that is a callable is given the features' names.
        """
        self.check()
        parts = self.parts
        prior = prior(list(hood.names)) if callable(prior) else prior
        drawn = prior.drawn if isinstance(prior, Prior) else None
        refuse_own_prior(drawn, hood)
        regressor = with_prior(parts.regressor, prior, hood.names)
        check_own_parameters(regressor[1])
        right = RightSide(
            parts.right, self.right, parts.kernel, parts.behind, regressor
        )
        with config_context(assume_finite=True):
            columns, importance = self._columns(hood), self.importance(hood)
            problem = make_problem(hood, right, columns, importance)
            problem = replace(problem, prior_drawn=drawn)
            if self.proxy is not None:
                check_proxy(self.proxy, problem.description)
                proxy = Proxy(self.proxy, self.more_rows, self.importance)
                problem = replace(problem, proxy=proxy)
            check_prior(problem)
        return problem

    @config_context(transform_output="default")
    def more_rows(self, hood: Neighborhood, n_rows: int) -> Neighborhood:
        """Return a neighbourhood with more rows by the same law, drawn independently.

        Of masks that are fewer than was asked for, all are given.
        """
        drawn = hood.drawn and int(hood.drawn.split()[-1], 16)
        seed = mix_seeds(drawn or seed_of_content(hood.reference), _SEED_OF_MORE) >> 1
        here = hood.representation
        codes, _ = self._draw(here, hood.reference, seed, n_rows + 1)
        return hood.extend(codes[1:] if codes.shape[0] > n_rows else codes)

    def importance(self, hood: Neighborhood) -> np.ndarray | None:
        """Return log weights of rows that were not drawn by the law that is meant."""
        return log_weights_of(self.sampler, hood.codes, hood.reference)

    def check(self) -> None:
        """Raise what fitting the right side would raise about its parameters."""
        parts = self.parts
        check_kernel_signature(parts.kernel)
        check_regressor_signature(parts.regressor[1])
        # The regressor is checked where it has its prior: in `problem`.
        steps = [step for _, step in (*parts.right, *parts.behind)]
        for step in (parts.kernel, *steps):
            check_own_parameters(step)

    def _columns(self, hood: Neighborhood) -> Columns:
        """Return what is known of the codes' columns at an instance."""
        n_features = hood.codes.shape[1]
        last = self.left[-1] if self.left else None
        categorical = None if last is None else categories_of(last)
        known = all(has_codes_before_at(step) for step in self.left)
        inputs = self.inputs(n_features) if known else list(hood.names)
        return Columns(hood.reference, list(hood.names), inputs, categorical)


def _fit(step: Any, categorical: Any, codes: Any, y: Any) -> Any:
    told = None if categorical is None else np.flatnonzero(categorical)
    return fit_part(tell(clone_part(step), categorical_features=told), codes, y)
