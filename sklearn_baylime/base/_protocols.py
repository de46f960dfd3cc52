"""What the parts of an explainer promise each other, word by word.

Every word that one part reads on another stands here, with who reads it and what its
absence means. A part need not inherit anything: `_parts` fills what may lack.
"""

from __future__ import annotations

from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Anything that holds model inputs row by row: an array, a frame, a list, a csr matrix.
Rows = Any
# An ndarray, or a csr matrix.
Codes = Any


@runtime_checkable
class Placed(Protocol):
    """A representation at one instance.

    `Representation.at` returns it. Whatever it lacks of these is filled in, except for
    `inverse_transform`, and for one of `reference_` and `transform`.

    Attributes
    ----------
    reference_ : ndarray of shape (n_columns,) or csr matrix of shape (1, n_columns)
        Code of the instance. Read by the sampler, the kernel and every step with a
        parameter `reference`. Absent: the first row of ``transform(row_)``.
    row_ : array-like, frame or list of length 1
        The instance as a batch of one: the pipeline asks the model about it as row 0.
        Absent: the instance itself in an array or a list.
    seed_ : int
        Hash of the instance's content, which seeds the sampler so that instances have
        independent rows. Absent: a hash of the array, text, frame or pickle.
    is_categorical_ : ndarray of bool of shape (n_columns,) or None
        Columns of categories; told to steps with a parameter `categorical_features`.
        Absent or None: not known.
    differs_by_seed : bool
        Whether `seed_` is all that sets the model inputs of sampled rows apart from
        those at another instance: where rows are shared the pipeline sets `seed_` to
        one number for all, and asks about them once. Absent: False, but True for a step
        without `at`; each instance is asked about rows of its own, made of the same
        random numbers.
    """

    reference_: Codes
    row_: Rows
    seed_: int
    is_categorical_: NDArray[np.bool_] | None
    differs_by_seed: bool

    @property
    def units_(self) -> NDArray[np.float64] | None:
        """Units of the column left of the step in one unit of each column of codes.

        Of shape (n_columns,), NaN for categories. Read for weights in the columns' own
        units. Absent or None: codes are not numbers of that kind; of steps that inherit
        nothing from here, such as scikit-learn's scalers, they are found by trying.
        """

    def transform(self, X: Rows) -> Codes:
        """Return the codes of model inputs.

        Read where `reference_` lacks. Absent: `reference_` is needed.

        Parameters
        ----------
        X : array-like, frame or list of length n_rows
            Model inputs.

        Returns
        -------
        codes : ndarray or csr matrix of shape (n_rows, n_columns)
        """

    def inverse_transform(self, X: Codes, start: int = 0) -> Rows:
        """Return the model inputs that codes stand for.

        The pipeline asks the model about them, in batches. Never absent.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Codes.
        start : int, default=0
            Position of the first of these rows among all: what is random in a row must
            depend on its position alone. Absent: nothing is random.

        Returns
        -------
        rows : array-like, frame or list of length n_rows
            Row 0 of all rows, where `start` is 0, is the instance.
        """

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return what the columns mean at the instance.

        Explanations name their features by it. Absent: the names left of the step if
        they are as many, else the class and a number.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names left of the step.

        Returns
        -------
        names : ndarray of str objects of shape (n_columns,)
        """

    def snap(self, X: Codes) -> Codes:
        """Return the codes of the model inputs that codes stand for.

        The pipeline snaps sampled rows, so that the regressor sees what the model was
        asked about. Absent: codes come back as they are.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Codes.

        Returns
        -------
        codes : ndarray or csr matrix of shape (n_rows, n_columns)
        """

    def without(self, kept: ArrayLike, random_state: Any = None) -> Rows:
        """Return the instance without some columns, as model inputs.

        Read for the last step by `sklearn_baylime.metrics.deletion_curve` and
        `insertion_curve`. Absent: where codes are masks (known at an instance only, and
        all ones there) the model inputs of these masks; otherwise columns cannot be
        removed, and an error says so.

        Parameters
        ----------
        kept : array-like of bool of shape (n_rows, n_columns)
            Columns that stay as they are in the instance. What the background has
            stands in place of the others.
        random_state : int, RandomState instance or None, default=None
            Seed of one draw, which all rows share: a column that is removed has the
            same in each. Absent: nothing is drawn, and one answer a row will do.

        Returns
        -------
        rows : array-like, frame or list of length n_rows
            None of them is the instance but where all columns are kept.
        """

    def describe(self) -> dict[str, Any] | None:
        """Return what an explanation needs to show its instance.

        Read for the first step. Absent or None: bars alone are shown.

        Returns
        -------
        description : dict or None
            Its "kind" names a `View`.
        """


class TakesPlaces(Protocol):
    """A representation at one instance whose random values can be told."""

    def with_places(self, places: NDArray[np.float32]) -> Placed:
        """Return a copy whose values lie where they are told within codes.

        Read where the sampler has `sample_places`. Absent: what is random in a row is
        the step's own.

        Parameters
        ----------
        places : ndarray of shape (n_rows, n_columns)
            Uniform numbers for the first n_rows of all rows.

        Returns
        -------
        placed : Placed
        """


@runtime_checkable
class Representation(Protocol):
    """A step left of the sampler that is asked for a copy at each instance.

    A step with `transform` and `inverse_transform` and without `at`, such as
    scikit-learn's scalers, serves as well.

    Attributes
    ----------
    codes_before_at : bool
        Whether `transform` gives codes of the background before any instance is known.
        False for texts, images and graphs, whose columns exist at an instance only: the
        background is not led on to the sampler then. Absent: True.
    """

    codes_before_at: bool

    def fit(self, X: Rows = None, y: ArrayLike | None = None) -> Self:
        """Learn from the background.

        Called once by `ExplainerPipeline.fit`. Never absent.

        Parameters
        ----------
        X : array-like, frame, list or None, default=None
            Background.
        y : array-like or None, default=None
            Its targets.

        Returns
        -------
        self : object
        """

    def instances(self, X: Any) -> list[Any]:
        """Return the instances of what `ExplainerPipeline.explain` was given.

        Read on the first step. Absent: the rows of a table or an array, the entries of
        a list.

        Parameters
        ----------
        X : object
            Several instances, or a single one that could be taken for several, such as
            an image.

        Returns
        -------
        instances : list
        """

    def at(self, x: Any) -> Placed:
        """Return the representation of one instance, and leave this one as it is.

        Called on a copy, whose `random_state` is seeded where it has one that is None.
        Absent: the step itself serves every instance.

        Parameters
        ----------
        x : object
            The instance.

        Returns
        -------
        placed : Placed
        """


@runtime_checkable
class Sampler(Protocol):
    """The step that draws rows around an instance; it has `sample`, no `transform`.

    Attributes
    ----------
    n_samples : int
        Number of rows, the instance counted. Read by the pipeline; never absent.
    """

    n_samples: int

    def fit(self, X: Codes = None, y: ArrayLike | None = None) -> Self:
        """Learn from the codes of the background.

        Called once by `ExplainerPipeline.fit`. Never absent; what it returns is not
        read.

        Parameters
        ----------
        X : ndarray, csr matrix or None, default=None
            Codes of the background; None where codes exist at an instance only.
        y : array-like or None, default=None
            Targets of the background. Absent: it is not given.

        Returns
        -------
        self : object
        """

    def sample(
        self, reference: Codes, n_samples: int | None = None, random_state: Any = None
    ) -> Codes:
        """Return rows around the instance.

        Called for each instance with all three, by position. Never absent.

        Parameters
        ----------
        reference : ndarray of shape (n_columns,) or csr matrix of shape (1, n_columns)
            Code of the instance; not to be changed.
        n_samples : int or None, default=None
            Number of rows; the sampler's own if None.
        random_state : int, RandomState instance or None, default=None
            Equal seeds give equal rows.

        Returns
        -------
        rows : ndarray or csr matrix of shape (n_rows, n_columns)
            The first is the reference; the pipeline puts it there.
        """

    def sample_places(
        self, reference: Codes, n_samples: int | None = None, random_state: Any = None
    ) -> tuple[Codes, NDArray[np.float32] | None]:
        """Return the rows of `sample`, and where within their codes values shall lie.

        Called in its place where the step before has `with_places`. Absent: `sample` is
        called.

        Parameters
        ----------
        reference : ndarray of shape (n_columns,) or csr matrix of shape (1, n_columns)
            Code of the instance; not to be changed.
        n_samples : int or None, default=None
            Number of rows; the sampler's own if None.
        random_state : int, RandomState instance or None, default=None
            Equal seeds give equal rows.

        Returns
        -------
        rows : ndarray or csr matrix of shape (n_rows, n_columns)
            The first is the reference.
        places : ndarray of shape (n_rows, n_columns) or None
            Uniform numbers; None if any will do.
        """

    def log_weights(
        self, X: Codes, reference: Codes = None
    ) -> NDArray[np.float64] | None:
        """Return the logs of the rows' importance under the law that is meant.

        Added to the kernel's log weights. Absent or None: rows are drawn by that law.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Rows, as `sample` returned them.
        reference : ndarray of shape (n_columns,) or csr matrix, default=None
            Code of the instance, around which they were drawn. Absent: it is not given.

        Returns
        -------
        log_weights : ndarray of shape (n_rows,) or None
        """

    def is_exhaustive(self, reference: Codes, n_samples: int | None = None) -> bool:
        """Tell whether a draw holds every row that there can be, each once.

        Then averages over the rows are exact, and there is nothing to infer. Absent:
        False.

        Parameters
        ----------
        reference : ndarray of shape (n_columns,) or csr matrix of shape (1, n_columns)
            Code of the instance.
        n_samples : int or None, default=None
            Number of rows.

        Returns
        -------
        is_exhaustive : bool
        """

    def has_one_law(self, reference: Codes) -> bool:
        """Tell whether rows have the same law, and come out the same, at any instance.

        Where rows are shared by instances, they are drawn and asked about once then.
        Absent: False, so that each instance has rows of its own, drawn with the same
        seed: the same random numbers, moved to the instance.

        Parameters
        ----------
        reference : ndarray of shape (n_columns,) or csr matrix of shape (1, n_columns)
            Code of the instance.

        Returns
        -------
        has_one_law : bool
            For one `random_state`, all rows but the first are the same then, whatever
            the reference.
        """

    def groups(self, n_rows: int, reference: Codes = None) -> NDArray[np.intp] | None:
        """Return which rows were drawn together.

        Such as a mask and its complement, or the points of one scramble: errors within
        a group depend on each other, and robust covariances count groups, not rows.
        Absent or None: each row alone.

        Parameters
        ----------
        n_rows : int
            Number of rows that `sample` returned.
        reference : ndarray of shape (n_columns,) or csr matrix, default=None
            Code of the instance, on which it may depend whether all rows were drawn.
            Absent: it is not given.

        Returns
        -------
        groups : ndarray of int of shape (n_rows,) or None
            Rows of the same number belong together.
        """


@runtime_checkable
class Kernel(Protocol):
    """The step that weighs rows; it has `score_samples` and no `transform`."""

    def fit(self, X: Any) -> Self:
        """Settle what depends on the rows, such as a width for their number of columns.

        Called on a clone for each instance. Never absent; what it returns is not read.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Rows as the regressor is given them.

        Returns
        -------
        self : object
        """

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return the logs of the rows' weights.

        Read before the model is asked. Never absent.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Rows.

        Returns
        -------
        log_weights : ndarray of shape (n_rows,)
            Finite, at most 0, and largest at the instance.
        """

    def facts(self) -> dict[str, Any]:
        """Return what explanations and errors say of the kernel.

        Absent: the class, and the attributes `metric` and `width_` if there are any.

        Returns
        -------
        facts : dict
            "name" (str), "metric" (str), "width" (float or None).
        """

    def distances(self, X: Any) -> NDArray[np.float64]:
        """Return the rows' distances from the instance.

        Read by the error that says that all weights vanish. Absent: it names none.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Rows.

        Returns
        -------
        distances : ndarray of shape (n_rows,)
            In units of the metric.
        """


@runtime_checkable
class LocalRegressor(Protocol):
    """The last step: a linear model of the answers.

    Attributes
    ----------
    coef_ : ndarray of shape (n_columns,) or (n_targets, n_columns)
        Weights of the columns: what an explanation shows. Never absent; a search may
        have it at its `best_estimator_`.
    intercept_ : float or ndarray of shape (n_targets,)
        Absent: 0.
    """

    coef_: NDArray[np.float64]
    intercept_: float | NDArray[np.float64]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the rows' answers.

        Called once an instance, or once a target where the tag `multi_output` is not
        set. Never absent; what it returns is not read.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Rows.
        y : ndarray of shape (n_rows,) or (n_rows, n_targets)
            Answers.
        sample_weight : ndarray of shape (n_rows,) or None, default=None
            Weights of the rows, given by this name.

        Returns
        -------
        self : object
        """

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the local model's answers.

        Read for fidelity. Never absent.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Rows.

        Returns
        -------
        answers : ndarray of shape (n_rows,) or (n_rows, n_targets)
        """


@runtime_checkable
class BayesianRegressor(LocalRegressor, Protocol):
    """A linear model that states its uncertainty and takes a prior.

    Each of these words may lack: what it would say is then shown as not known.

    Attributes
    ----------
    sigma_ : ndarray of shape (n_columns, n_columns) or (n_targets, ...)
        Covariance of the weights: draws, contrasts of weights, and intervals where no
        marginals are stated. Absent: not known.
    covariances_ : list of n_targets objects
        The same of each target, where a matrix of many columns would be too large:
        arrays, or objects as `linear_model.FactoredCovariance`. Absent: `sigma_` is
        read.
    marginals_ : list of n_targets objects
        Laws of the single weights, such as `linear_model.StudentMixture`, for intervals
        and signs. Absent: they are normal.
    prior_mean, prior_precision, prior_scale : object
        Parameters that state a prior; set on a clone where one is given beside the
        instance, and cut to the columns that selectors leave. Absent: a prior is
        refused.
    noise_precision : float or None
        Parameter; with `prior_precision` it says that penalty and noise are meant as
        they are. Absent: they are not.
    trust : str
        Parameter; "integrate" says that the prior is doubted as far as the data do, and
        that there is a parameter `prior_odds`. Absent: it is taken as it is.
    prior_odds_ : dict of str to float or ndarray of shape (n_targets,)
        Probabilities of the hypotheses about the prior mean. Absent: there are none.
    prior_scale_ : float or ndarray of shape (n_targets,)
        Factor on the prior mean. Absent: not known.
    prior_share_ : ndarray of shape (n_columns,) or (n_targets, n_columns)
        Share of the prior in each weight. Absent: not known.
    conflict_ : float or ndarray of shape (n_targets,)
        p-value of the prior against the data. Absent: not known.
    loo_score_ : float or ndarray of shape (n_targets,)
        R2 of the answers left out one by one. Absent: not known.
    flat_coef_, flat_std_ : ndarray of shape (n_columns,) or (n_targets, n_columns)
        What the rows alone say of the weights, for a word where shrinkage decides.
        Absent: no word.
    """

    sigma_: NDArray[np.float64]
    covariances_: list[Any]
    flat_coef_: NDArray[np.float64]
    flat_std_: NDArray[np.float64]
    marginals_: list[Any]
    prior_mean: ArrayLike
    prior_precision: ArrayLike | None
    prior_scale: Any
    noise_precision: float | None
    trust: str
    prior_odds_: dict[str, Any]
    prior_scale_: float | NDArray[np.float64]
    prior_share_: NDArray[np.float64]
    conflict_: float | NDArray[np.float64]
    loo_score_: float | NDArray[np.float64]

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the local model's answers, and how sure they are.

        That it takes `return_std` says that the regressor states an uncertainty, for
        which kernel weights are rescaled to the effective sample size. Absent: weights
        are given as they are.

        Parameters
        ----------
        X : ndarray or csr matrix of shape (n_rows, n_columns)
            Rows.
        return_std : bool, default=False
            Whether to return the standard deviations too.

        Returns
        -------
        answers : ndarray of shape (n_rows,) or (n_rows, n_targets), or a pair of these
        """
