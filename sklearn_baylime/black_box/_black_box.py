"""The model to explain, asked in batches, counted and checked."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any, Self

import numpy as np
from scipy import sparse

from sklearn_baylime.base._sklearn import InvalidParameterError, num_samples
from sklearn_baylime.black_box._answers import read_answers
from sklearn_baylime.black_box._asked import (
    flat_classes,
    has_several,
    numbers_of,
    resolve,
)
from sklearn_baylime.black_box._kept import (
    KeptAnswers,
    attach_answers,
    attached_answers,
)
from sklearn_baylime.black_box._memory import (
    BorrowedStore,
    MappingStore,
    open_store,
)
from sklearn_baylime.black_box._patience import Patience
from sklearn_baylime.black_box._remembered import (
    ask_unknown,
    check_unchanged,
    model_key,
)
from sklearn_baylime.black_box._rows import take

# One batch holds about as much as this unless told otherwise: larger arrays are given
# back to the system each time, and cost more to write to.
_BATCH_BYTES = 8 * 2**20
_TEXT_BATCH = 1000
# What probabilities may lack of 1, in short floats of many classes.
_ROUNDING = 1e-3


class BlackBox:
    """Wrapper around the model to explain: counts rows, cuts batches, checks answers.

    Parameters
    ----------
    model : callable or fitted estimator
        A callable that maps rows to answers of shape (n_rows,), (n_rows, n_outputs); or
        anything with `predict_proba` or `predict`, whatever library it is of. Of
        scikit-learn's, a classifier is asked for `predict_proba`, else
        `decision_function`, else `predict`; a mixture for its probabilities and a
        clusterer for its labels, one output a cluster; an outlier detector for its
        `decision_function`, and a density for its `score_samples`. Networks of torch
        are given tensors. Answers are arrays, tensors, sparse matrices, frames or
        dictionaries of columns, whose names are kept, or a list with the
        probabilities of each of several outputs.

    batch_size : int or None, default=None
        Most rows in one call of the model. None takes about 8 MiB of rows, or 1000
        texts.

    output_names : sequence of str or None, default=None
        Names of the columns of the answers; the model's classes if None.

    labels : sequence or None, default=None
        Labels that the model answers instead of numbers. Each becomes an output, 1 for
        rows that get this label and else 0. A classifier's `predict` needs none: its
        `classes_` are taken.

    memory : None, True, str, Path, mapping or joblib.Memory, default=None
        Where answers are kept, so that no row is asked about twice: None nowhere, True
        in memory, a path in a SQLite file of that folder (of a `joblib.Memory` in its
        own, where its `clear` finds it), for any number of processes and threads, or
        any mutable mapping from bytes to arrays. Answers are found again by row and
        model. Nothing is ever thrown away, and files hold plain numbers: reading one
        runs nothing.

    name : str or None, default=None
        What the memory knows the model by; another one whenever the model changes. If
        None, by a fingerprint of its pickle and of its own code, taken at each
        explanation, with the method that is asked and the labels: a model that was
        fitted again is another one. Needed where there is none, such as of open
        connections.

    timeout : float or None, default=None
        Seconds that one call may take before it counts as failed with `TimeoutError`.
        It is not interrupted, but left to itself.

    retries : int, default=0
        How often a call that raised is made again before the error is passed on.

    backoff : float, default=1.0
        Seconds before the first retry; each further one waits twice as long.

    max_concurrent : int or None, default=None
        Most calls at once in one process, such as of several threads; None is no limit.

    Attributes
    ----------
    n_queries_ : int
        Rows the model has answered.

    n_calls_ : int
        Calls of the model that were answered.

    Notes
    -----
    `sklearn.base.clone` and `copy.deepcopy` return the same object: a clone neither
    drops the model's fit nor copies its weights, and shares counts and memory. A pickle
    holds the model, and leaves counts and answers in memory behind.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_baylime import BlackBox
    >>> box = BlackBox(lambda rows: rows.sum(axis=1), batch_size=2)
    >>> box(np.ones((3, 2)))
    array([[2.],
           [2.],
           [2.]])
    >>> box.n_queries_, box.n_calls_
    (3, 2)
    """

    def __init__(
        self,
        model: Any,
        *,
        batch_size: int | None = None,
        output_names: Sequence[str] | None = None,
        labels: Any = None,
        memory: Any = None,
        name: str | None = None,
        timeout: float | None = None,
        retries: int = 0,
        backoff: float = 1.0,
        max_concurrent: int | None = None,
    ) -> None:
        self.model = model
        self.output_names = output_names
        self.batch_size = batch_size
        self.labels = labels
        self.memory = memory
        self._asked = resolve(model)
        self._labels = self._asked.labels if labels is None else labels
        self.name = name
        self.timeout, self.retries, self.backoff = timeout, retries, backoff
        self.max_concurrent = max_concurrent
        self._patience = Patience(timeout, retries, backoff, max_concurrent)
        self._store = open_store(memory)
        self._model_key: bytes | None = None
        self._is_steady = False
        if batch_size is not None and not (
            isinstance(batch_size, (int, np.integer)) and batch_size >= 1
        ):
            raise InvalidParameterError(
                f"batch_size is {batch_size!r}, expected None or an integer >= 1."
            )
        self._lock = Lock()
        self._n_outputs: int | None = None
        # What frames and lists of several outputs say of their columns.
        self._answered_names: list[str] | None = None
        self._answered_groups: tuple[int, ...] | None = None
        self.reset()

    @property
    def known_names(self) -> list[str] | None:
        """Names of the outputs, or None as long as their number is not known.

        A classifier's probabilities are as many as its classes; of others the first
        answer tells.
        """
        n_outputs = self._n_outputs
        if n_outputs is None:
            named = self.labels if self.labels is not None else self._labels
            if named is None and self._asked.is_normed:
                named = self._asked.classes
            # The last step of a chain of classifiers answers one column an output.
            is_open = named is None or (self._labels is None and has_several(named))
            is_open = is_open or (self.labels is None and self._asked.or_numbers)
            n_outputs = None if is_open else len(flat_classes(named) or [])
        return None if n_outputs is None else self.names(n_outputs)

    def reset(self) -> None:
        """Set the counts to zero; the memory stays."""
        self.n_queries_ = 0
        self.n_calls_ = 0

    def count(self, n_queries: int, n_calls: int) -> None:
        """Add to the counts, such as what another process has asked.

        Parameters
        ----------
        n_queries : int
            Rows answered.
        n_calls : int
            Calls answered.
        """
        with self._lock:
            self.n_queries_ += n_queries
            self.n_calls_ += n_calls

    def lent(self) -> BlackBox:
        """Return a box of the same model and memory for another process.

        It counts for itself, and keeps what it learns in `news`, unless its memory is
        one that processes share.

        Returns
        -------
        box : BlackBox
        """
        new = object.__new__(type(self))
        vars(new).update(vars(self), _lock=Lock())
        if isinstance(self._store, MappingStore):
            known = self._store.answers
            if isinstance(known, dict) and not isinstance(self._store, BorrowedStore):
                # Not as it grows: other threads may write.
                known = dict(known)
            new.memory = new._store = BorrowedStore(known)
        new.reset()
        return new

    @property
    def news(self) -> dict[bytes, np.ndarray]:
        """Answers that were learned since the box was lent."""
        return dict(self._store.news) if isinstance(self._store, MappingStore) else {}

    def learn(self, answers: dict[bytes, np.ndarray]) -> None:
        """Remember answers that another process has paid for.

        Parameters
        ----------
        answers : dict
            The `news` of a box that was lent.
        """
        if self._store is not None and answers:
            self._store.write(answers)

    def __call__(self, rows: Any) -> np.ndarray:
        """Ask about rows, in batches.

        Parameters
        ----------
        rows : array, frame or list of n_rows
            Model inputs.

        Returns
        -------
        answers : ndarray of float of shape (n_rows, n_outputs)

        Raises
        ------
        ValueError
            If the model's answers are not one finite number, or a row of them, a row.
        """
        self.identify()
        size, n_rows = self.rows_per_batch(rows), num_samples(rows)
        parts = []
        for first in range(0, n_rows, size):
            positions = np.arange(first, min(first + size, n_rows))
            part = take(rows, slice(first, first + size))
            parts.append(self.ask_and_count(part, positions)[0])
        return np.concatenate(parts)

    def identify(self) -> None:
        """Look at the model anew: it may have been fitted again.

        Its remembered answers are those that it gave as it is now. Without a memory
        this does nothing.

        Raises
        ------
        ValueError
            If the model has neither a name nor a fingerprint.
        """
        if self._store is not None:
            self._model_key, self._is_steady = self._key_of_model(), False

    def state(self) -> bytes | None:
        """Return what tells an estimator from itself after another fit.

        Returns
        -------
        state : bytes or None
            None for functions, and models without a fingerprint: they are taken for the
            same as long as they are the same object.
        """
        if not self.is_known:
            return None
        try:
            return self._key_of_model()
        except InvalidParameterError:
            return None

    def ask(self, rows: Any, first: int = 0) -> np.ndarray:
        """Ask about one batch of rows.

        Parameters
        ----------
        rows : array, frame or list of n_rows
            Model inputs.
        first : int, default=0
            Position of the first row, for the error about a bad answer.

        Returns
        -------
        answers : ndarray of float of shape (n_rows, n_outputs)
        """
        self.identify()
        return self.ask_and_count(rows, np.arange(first, first + num_samples(rows)))[0]

    def ask_and_count(self, rows: Any, positions: np.ndarray) -> tuple[np.ndarray, int]:
        """Ask about one batch of rows; tell how many the memory did not know.

        Parameters
        ----------
        rows : array, frame or list of n_rows
            Model inputs.
        positions : ndarray of int of shape (n_rows,)
            Position of each row in its neighbourhood, for the error about a bad answer.

        Returns
        -------
        answers : ndarray of float of shape (n_rows, n_outputs)
        n_asked : int
            Rows the model was asked about.
        """
        if self._store is None:
            return self._ask_model(rows, positions), len(positions)
        if self._model_key is None:
            self.identify()
        key = self._model_key
        assert key is not None
        names = self.known_names
        n_outputs = None if names is None else len(names)
        answers, n_asked = ask_unknown(
            self._store, key, rows, positions, n_outputs, self._ask_model
        )
        if n_asked and not self._is_steady:
            self._check_steady(key, KeptAnswers(answers, n_asked))
        return answers, n_asked

    def _check_steady(self, key: bytes, kept: KeptAnswers) -> None:
        """Raise if asking changes the model, once: nothing would be found again."""
        self._is_steady = True
        try:
            check_unchanged(key, self._key_of_model())
        except InvalidParameterError as error:
            attach_answers(error, kept)
            raise

    def _key_of_model(self) -> bytes:
        labels = None if self.labels is None else list(self.labels)
        ask = self._asked.ask
        method = getattr(ask, "__name__", type(ask).__name__)
        # Two methods of a model that has one name are two questions.
        facts = method if hasattr(ask, "__self__") else "", repr(labels)
        return model_key(ask, self.name, facts)

    def rows_per_batch(self, rows: Any) -> int:
        """Return the most rows of this kind that go into one call.

        Parameters
        ----------
        rows : array, frame or list
            Model inputs, of which the first is looked at.

        Returns
        -------
        n_rows : int
        """
        if self.batch_size is not None:
            return int(self.batch_size)
        if isinstance(rows, list | tuple) or num_samples(rows) == 0:
            return _TEXT_BATCH
        first = take(rows, slice(0, 1))
        n_bytes = getattr(first, "nbytes", None)
        if sparse.issparse(first):
            n_bytes = first.data.nbytes + first.indices.nbytes
        elif n_bytes is None:
            n_bytes = 64 * first.shape[1]
        return max(1, _BATCH_BYTES // max(1, int(n_bytes)))

    def names(self, n_outputs: int) -> list[str]:
        """Return a name for each column of the answers.

        Parameters
        ----------
        n_outputs : int
            Number of columns.

        Returns
        -------
        names : list of str

        Raises
        ------
        ValueError
            If `output_names` are not as many as the model's answers have columns.
        """
        names: Any = self.output_names
        if names is None:
            names = self._answered_names
        if names is None:
            names = self._classes_of(n_outputs)
        if names is None:
            return self._numbered(n_outputs)
        if len(names) != n_outputs:
            raise ValueError(
                f"The model answered {n_outputs} column(s), but there are {len(names)} "
                f"names of outputs: {list(names)}."
            )
        return [str(name) for name in names]

    def class_numbers(self, n_outputs: int) -> list[float] | None:
        """Return the classes of the columns where they are numbers that name them.

        Parameters
        ----------
        n_outputs : int
            Number of columns.

        Returns
        -------
        numbers : list of int or float, or None
            None where columns are counted from 0: classes are no numbers, or are
            0 ... k - 1 themselves.
        """
        classes = self._classes_of(n_outputs)
        if classes is None:
            classes = list(self.output_names or self._answered_names or [])
        return numbers_of(classes)

    def groups(self, n_outputs: int) -> tuple[int, ...] | None:
        """Return how many columns each of several outputs has, None where there is one.

        Parameters
        ----------
        n_outputs : int
            Number of columns.

        Returns
        -------
        sizes : tuple of int or None
        """
        if self._answered_groups is not None:
            return self._answered_groups
        classes = self._labels if self.labels is None else self.labels
        classes = self._asked.classes if classes is None else classes
        if not has_several(classes):
            return None
        sizes = tuple(len(own) for own in classes)
        return sizes if sum(sizes) == n_outputs else (1,) * n_outputs

    def competes(self, answer: Any = None) -> bool:
        """Tell whether the largest column is the one that is predicted.

        Parameters
        ----------
        answer : ndarray of shape (n_outputs,) or None, default=None
            The model's answer to the instance. Probabilities that do not add up to 1
            are those of several labels, and named columns that do not are several
            quantities.

        Returns
        -------
        competes : bool
        """
        is_share = answer is None or _add_up_to_one(answer)
        if self.labels is not None or (self._labels is not None):
            return True
        if self._asked.competes is None:
            return is_share or self._answered_names is None
        return self._asked.competes and (is_share or not self._asked.is_normed)

    @property
    def classes(self) -> list[Any] | None:
        """Classes of the model's answers, where it tells them."""
        return flat_classes(self._asked.classes)

    @property
    def is_classifier(self) -> bool:
        """Whether the model is known to be a classifier."""
        return bool(self._asked.competes) or self.labels is not None

    @property
    def is_known(self) -> bool:
        """Whether it is known if the model's answers compete with each other."""
        return self._asked.competes is not None

    def _classes_of(self, n_outputs: int) -> list[Any] | None:
        """Return the class of each column, None where nothing is said of them."""
        classes = self.labels if self.labels is not None else self._asked.classes
        if has_several(classes) and len(classes) == n_outputs:
            # Of each output the probability of its second class.
            return [f"{i}: {own[-1]}" for i, own in enumerate(classes)]
        if classes is not None and n_outputs == 1:
            # Two classes by one decision function: the column speaks for the second.
            return flat_classes(classes)[-1:]  # type: ignore[index]
        return flat_classes(classes)

    def _numbered(self, n_outputs: int) -> list[str]:
        word = self._asked.word
        if n_outputs == 1:
            return [self._asked.name or "prediction"]
        labels = range(n_outputs) if self._labels is None else self._labels
        return [f"{word} {i}" for i in labels]

    def _ask_model(self, rows: Any, positions: np.ndarray) -> np.ndarray:
        answered = self._patience.call(self._asked.ask, rows)
        or_numbers = self.labels is None and self._asked.or_numbers
        try:
            read = read_answers(
                answered, positions, self._labels, or_numbers=or_numbers
            )
        except ValueError as error:
            kept = attached_answers(error)
            if kept is not None:
                # Paid for, all but the bad ones.
                self.count(len(positions), 1)
                self._n_outputs = kept.answers.shape[1]
            raise
        answers, classes = read.numbers, self.classes
        if classes is not None and answers.shape[1] == 1 and len(classes) > 2:
            raise ValueError(
                f"The model answered one column for {len(classes)} classes, "
                "expected one column a class, as predict_proba returns them."
            )
        self.count(len(positions), 1)
        self._n_outputs = answers.shape[1]
        self._answered_names, self._answered_groups = read.names, read.groups
        return answers

    def __sklearn_clone__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "batch_size": self.batch_size,
            "output_names": self.output_names,
            "labels": self.labels,
            "memory": self.memory
            if self._store is None or self.memory is True
            else self._store,
            "name": self.name,
            "timeout": self.timeout,
            "retries": self.retries,
            "backoff": self.backoff,
            "max_concurrent": self.max_concurrent,
            "_model_key": None if self.memory is True else self._model_key,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        key = state.get("_model_key")
        self.__init__(  # type: ignore[misc]
            **{name: value for name, value in state.items() if name != "_model_key"}
        )
        # As the process knows it that has fitted the model.
        self._model_key, self._is_steady = key, key is not None

    def __repr__(self) -> str:
        return f"BlackBox({self.model!r})"


def _add_up_to_one(answer: Any) -> bool:
    answer = np.asarray(answer)
    return bool((answer >= 0).all() and abs(answer.sum() - 1) < _ROUNDING)
