"""Each check fails at a class that breaks its promise, and says what to write."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.tree import DecisionTreeRegressor

from sklearn_baylime.base import (
    RepresentationMixin,
    _check_kernel,
    _check_regressor,
    _check_representation,
    _check_sampler,
    check_kernel,
    check_regressor,
    check_representation,
    check_sampler,
    parametrize_with_checks,
    uniform_blocks,
)
from sklearn_baylime.sampling import BaseSampler

SHARED = {}


class Letters(RepresentationMixin, BaseEstimator):
    """Letters of a text, kept or dropped; keeps every promise."""

    codes_before_at = False

    def _place(self, x):
        self.reference_ = np.ones(len(x), dtype=np.int8)
        self.text_ = x

    def transform(self, X):
        return np.array([[int(t != ".") for t in text] for text in X])

    def inverse_transform(self, X, start=0):
        pairs = [zip(self.text_, code, strict=True) for code in np.asarray(X)]
        return ["".join(t if kept else "." for t, kept in pair) for pair in pairs]


class Noise(RepresentationMixin, BaseEstimator):
    """Numbers that are kept or noise; keeps every promise, too."""

    codes_before_at = False

    def _place(self, x):
        self.reference_ = np.ones(len(x))

    def inverse_transform(self, X, start=0):
        codes = np.asarray(X)
        rows = np.empty(codes.shape)
        for part, uniform in uniform_blocks(self.seed_, start, *codes.shape):
            rows[part] = np.where(codes[part] == 1, self.row_, uniform)
        return self._with_instance(rows, start)


TEXTS = ["abc", "xyzw"]
TABLE = np.random.default_rng(0).normal(size=(5, 4))


def test_careful_classes_pass():
    check_representation(Letters(), TEXTS)
    check_representation(Letters(), TEXTS, "xyzw")
    check_representation(Noise(), TABLE)


class NoWayBack(RepresentationMixin, BaseEstimator):
    pass


class NoWayIn(BaseEstimator):
    def fit(self, X, y=None):
        return self

    def inverse_transform(self, X):
        return X


class ForgetsCloning(Letters):
    def __init__(self):
        self.letters_ = []


class OtherReference(Letters):
    def _place(self, x):
        super()._place(x)
        self.reference_ = np.zeros(len(x), dtype=np.int8)


class StringCodes(RepresentationMixin, BaseEstimator):
    def transform(self, X):
        return np.asarray(X).astype(str)

    def inverse_transform(self, X, start=0):
        return np.asarray(X).astype(float)


class FirstRowMoved(Letters):
    def inverse_transform(self, X, start=0):
        return [text + "!" for text in super().inverse_transform(X)]


class NoiseAnewInEachBatch(Noise):
    def inverse_transform(self, X, start=0):
        return self._with_instance(super().inverse_transform(X, start=7), start)


class InstanceInEachBatch(Noise):
    def inverse_transform(self, X, start=0):
        return self._with_instance(super().inverse_transform(X, start), 0)


class OneRowShort(Letters):
    def inverse_transform(self, X, start=0):
        rows = super().inverse_transform(X)
        return rows[: len(rows) - (start == 1 and len(rows) == 1)]


class TwoTypes(Noise):
    def inverse_transform(self, X, start=0):
        rows = super().inverse_transform(X, start)
        return rows if start else rows.astype(np.longdouble)


class Unseeded(Noise):
    def _place(self, x):
        super()._place(x)
        self.seed_ = np.random.SeedSequence().generate_state(1)[0]


class OneSeedForAll(Noise):
    def _place(self, x):
        super()._place(x)
        self.seed_ = 1


class SharesState(Letters):
    def _place(self, x):
        super()._place(x)
        SHARED["x"] = x

    def inverse_transform(self, X, start=0):
        pairs = [zip(SHARED["x"], code, strict=False) for code in np.asarray(X)]
        return ["".join(t if kept else "." for t, kept in pair) for pair in pairs]


class CodesDoNotComeBack(Letters):
    def transform(self, X):
        codes = super().transform(X)
        codes[1:] = 1
        return codes


class RoundsWithoutSnap(RepresentationMixin, TransformerMixin, BaseEstimator):
    def transform(self, X):
        return np.asarray(X)

    def inverse_transform(self, X, start=0):
        return self._with_instance(np.round(X), start)


class SnapsOnAndOn(RoundsWithoutSnap):
    def inverse_transform(self, X, start=0):
        return self._with_instance(np.asarray(X) + 1.0, start)

    def snap(self, X):
        return np.r_[X[:1], X[1:] + 1.0]


class TooFewNames(Letters):
    def get_feature_names_out(self, input_features=None):
        return np.array(["a"], dtype=object)


class NumbersForNames(Letters):
    def get_feature_names_out(self, input_features=None):
        return np.arange(len(self.reference_))


class ForgetsInPickle(Noise):
    def __getstate__(self):
        return {**vars(self), "seed_": 1}


class KeepsGenerator(Letters):
    def _place(self, x):
        super()._place(x)
        self.letters = (letter for letter in x)


class WritesToCodes(Noise):
    def inverse_transform(self, X, start=0):
        X[:, 0] = 1
        return super().inverse_transform(X, start)


class WritesToLooseCodes(Noise):
    def inverse_transform(self, X, start=0):
        rows = super().inverse_transform(X, start)
        if X.flags.writeable:
            X[-1] = 1
        return rows


class RemovesAnew(Letters):
    def without(self, kept, random_state=None):
        self.n_asked_ = getattr(self, "n_asked_", 0) + 1
        return [self.text_ * self.n_asked_] * len(kept)


class RemovesByPlace(Letters):
    def without(self, kept, random_state=None):
        return [f"{self.text_}{i}" for i in range(len(kept))]


class LosesARow(Letters):
    def without(self, kept):
        return [self.text_] * (len(kept) - 1)


REPRESENTATIONS = [
    (NoWayBack, TABLE, TypeError, "has no inverse_transform, expected inverse_tr"),
    (NoWayIn, TABLE, TypeError, r"has no transform, expected transform\(X\)"),
    (ForgetsCloning, TEXTS, AssertionError, r"__init__ sets \['letters_'\]"),
    (OtherReference, TEXTS, AssertionError, "expected its reference_"),
    (StringCodes, TABLE, AssertionError, "codes of type <U.*, expected numbers"),
    (FirstRowMoved, TEXTS, AssertionError, "as its first row, expected the instance"),
    (NoiseAnewInEachBatch, TABLE, AssertionError, "take start, and draw.*uniform_bl"),
    (InstanceInEachBatch, TABLE, AssertionError, "other rows for codes 1..4 alone"),
    (OneRowShort, TEXTS, AssertionError, "returned 0 rows for 1 codes"),
    (TwoTypes, TABLE, AssertionError, "expected one type: convert them all"),
    (Unseeded, TABLE, AssertionError, "draw with self.seed_"),
    (OneSeedForAll, TABLE, AssertionError, "has the seed_ 1 at two instances"),
    (SharesState, ["abc", "xyz"], AssertionError, "changed when it was asked for ano"),
    (CodesDoNotComeBack, TEXTS, AssertionError, "expected this code: where"),
    (RoundsWithoutSnap, TABLE, AssertionError, r"say with snap\(X\) which code"),
    (SnapsOnAndOn, TABLE, AssertionError, "snap returned .* expected codes that stand"),
    (TooFewNames, TEXTS, AssertionError, "expected 3 strings, one a column"),
    (NumbersForNames, TEXTS, AssertionError, "expected 3 strings, one a column"),
    (ForgetsInPickle, TABLE, AssertionError, "other rows after a pickle: keep"),
    (RemovesAnew, TEXTS, AssertionError, "other rows for one seed.*draw what stands"),
    (RemovesByPlace, TEXTS, AssertionError, "for one seed, or for a row alone"),
    (LosesARow, TEXTS, ValueError, "returned 8 rows for 9 rows of kept"),
    (KeepsGenerator, TEXTS, AssertionError, "cannot be pickled .*keep no generators"),
    (WritesToCodes, TABLE, AssertionError, "writes to what it is given"),
    (WritesToLooseCodes, TABLE, AssertionError, "changes what it is given"),
]


@pytest.mark.parametrize("sloppy, X, error, message", REPRESENTATIONS)
def test_sloppy_representation(sloppy, X, error, message):
    with pytest.raises(error, match=f"{sloppy.__name__}.*{message}"):
        check_representation(sloppy(), X)


def test_noise_without_start_is_seen():
    """The adapter fills in nearly all, but cannot seed what others draw."""

    class Jitter(TransformerMixin, BaseEstimator):
        def fit(self, X, y=None):
            self.n_features_in_ = X.shape[1]
            return self

        def transform(self, X):
            return np.asarray(X)

        def inverse_transform(self, X):
            rng = np.random.default_rng(0)
            return X + 1e-9 * rng.normal(size=X.shape)

    with pytest.raises(AssertionError, match=r"Jitter.*take start"):
        check_representation(Jitter())


def test_instances_are_asked_for():
    """Where none can be guessed, and where there is one only."""
    with pytest.raises(ValueError, match="give X, a list of two or more"):
        check_representation(Letters())
    with pytest.raises(ValueError, match="X has one instance only"):
        check_representation(Letters(), ["abc"])


class Coins(BaseEstimator):
    """Keeps every promise, and inherits nothing of ours."""

    def __init__(self, n_samples=10):
        self.n_samples = n_samples

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def sample(self, reference, n_samples=None, random_state=None):
        n_samples = self.n_samples if n_samples is None else n_samples
        rng = np.random.RandomState(self._seed(random_state))
        rows = rng.randint(0, 2, (n_samples, len(reference)))
        rows[0] = reference
        return rows

    def _seed(self, random_state):
        state = random_state
        return state.randint(99) if isinstance(state, np.random.RandomState) else state


class NoSamples(Coins):
    def __init__(self):
        pass

    n_samples = property()


class NoNumber(BaseEstimator):
    def fit(self, X):
        return self

    def sample(self, reference, n_samples=None, random_state=None):
        return [reference]


class ReferenceOnly(Coins):
    def sample(self, reference):
        return [reference]


class NoFit(Coins):
    fit = property()


class NoClone(Coins):
    def __init__(self, n_samples=10):
        self.n_samples, self.rows_ = n_samples, None


class TooNarrow(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        return super().sample(reference, n_samples, random_state)[:, 1:]


class NotFinite(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        rows = super().sample(reference, n_samples, random_state) * 1.0
        rows[1:] = np.nan
        return rows


class NoInstance(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        return super().sample(reference, n_samples, random_state) + 1


class OneMore(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        n_samples = self.n_samples if n_samples is None else n_samples
        return super().sample(reference, n_samples + 1, random_state)


class KeepsTheNumber(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        self.n_samples = n_samples or self.n_samples
        return super().sample(reference, n_samples, random_state)


class LeansToTheInstance(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        rows = super().sample(reference, n_samples, random_state)
        rows[1:] = (rows[1:] + reference) % 2
        return rows

    def has_one_law(self, reference):
        return True


class NoSeed(Coins):
    def _seed(self, random_state):
        return None


class NoRandomState(Coins):
    def _seed(self, random_state):
        return random_state if isinstance(random_state, int) else None


class KeepsRows(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        if not hasattr(self, "_rows"):
            self._rows = super().sample(reference, 99, 0)
        n_samples = self.n_samples if n_samples is None else n_samples
        return self._rows[:n_samples]


class WritesToReference(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        reference[0] += 0
        return super().sample(reference, n_samples, random_state)


class WritesToLooseReference(Coins):
    def sample(self, reference, n_samples=None, random_state=None):
        rows = super().sample(reference, n_samples, random_state)
        if reference.flags.writeable:
            reference[0] += 1
        return rows


class ForgetsLaw(Coins):
    def fit(self, X, y=None):
        self._low = 0
        return super().fit(X)

    def __getstate__(self):
        return {**vars(self), "_low": 1}

    def sample(self, reference, n_samples=None, random_state=None):
        rows = super().sample(reference, n_samples, random_state)
        rows[1:] += self._low
        return rows


class BadGroups(Coins):
    def groups(self, n_rows):
        return np.zeros(n_rows + 1, dtype=int)


class BadLogWeights(Coins):
    def log_weights(self, codes):
        return np.full(len(codes), np.inf)


SAMPLERS = [
    (NoNumber, TypeError, "has no n_samples, expected.*def __init__"),
    (ReferenceOnly, TypeError, r"sample takes \(reference\), expected sample\(refere"),
    (NoFit, TypeError, r"has no fit, expected fit\(X, y=None\)"),
    (NoClone, AssertionError, r"__init__ sets \['rows_'\]"),
    (TooNarrow, AssertionError, r"shape \(20, 5\).*expected numbers of shape"),
    (NotFinite, AssertionError, "not finite, expected codes"),
    (NoInstance, AssertionError, r"write rows\[0\] = reference"),
    (OneMore, AssertionError, "returned 2 rows for n_samples=1, expected 1"),
    (KeepsTheNumber, AssertionError, "changes n_samples"),
    (NoSeed, AssertionError, "draw with check_random_state"),
    (NoRandomState, AssertionError, "draw with check_random_state"),
    (KeepsRows, AssertionError, "returns rows that it keeps"),
    (WritesToReference, AssertionError, "writes to what it is given"),
    (WritesToLooseReference, AssertionError, "changes the reference"),
    (ForgetsLaw, AssertionError, "draws other rows after a pickle"),
    (BadGroups, ValueError, r"groups returned shape \(2,\).*expected one integer"),
    (BadLogWeights, ValueError, "log_weights returned inf for row 0"),
    (LeansToTheInstance, AssertionError, "leave has_one_law out"),
]


@pytest.mark.parametrize("sloppy, error, message", SAMPLERS)
def test_sloppy_sampler(sloppy, error, message):
    check_sampler(Coins())
    with pytest.raises(error, match=f"{sloppy.__name__}.*{message}"):
        check_sampler(sloppy())


def test_samplers_cannot_be_made_without_a_law():
    class Typo(BaseSampler):
        def __init__(self, n_samples=10):
            self.n_samples = n_samples

        def _drwa(self, reference, n_samples, rng):
            return None

    with pytest.raises(TypeError, match=r"abstract class Typo.*_draw"):
        Typo()


class Laplace(BaseEstimator):
    """Keeps every promise."""

    def __init__(self, width=1.0, *, reference=None):
        self.width = width
        self.reference = reference

    def fit(self, X):
        self.width_ = self.width

    def distances(self, X):
        return np.abs(X - self.reference).sum(axis=1)

    def score_samples(self, X):
        return -self.distances(X) / self.width_


class NoKernelFit(Laplace):
    fit = property()


class TakesTwo(Laplace):
    def score_samples(self, X, y):
        return y


class NoKernelClone(Laplace):
    def __init__(self, width=1.0, *, reference=None):
        super().__init__(width, reference=reference)
        self.width_ = width


class Weights(Laplace):
    def score_samples(self, X):
        return np.exp(super().score_samples(X))


class Column(Laplace):
    def score_samples(self, X):
        return super().score_samples(X)[:, None]


class Vanishing(Laplace):
    def score_samples(self, X):
        with np.errstate(divide="ignore"):
            return np.log(1.0 * (self.distances(X) == 0))


class Undefined(Laplace):
    def score_samples(self, X):
        return np.where(self.distances(X) > 0, np.nan, 0.0)


class FromZero(Laplace):
    def distances(self, X):
        return np.abs(X).sum(axis=1)


class ByRank(Laplace):
    def score_samples(self, X):
        return super().score_samples(X) - len(X) + 1


class WritesToRows(Laplace):
    def score_samples(self, X):
        X -= self.reference
        return -np.abs(X).sum(axis=1)


class WritesToLooseRows(Laplace):
    def fit(self, X):
        super().fit(X)
        if X.flags.writeable:
            X[-1] = 0.5


class ForgetsWidth(Laplace):
    def __getstate__(self):
        return {**vars(self), "width_": 2.0}


class OddFacts(Laplace):
    def facts(self):
        return {"width": "wide"}


class OddDistances(Laplace):
    def distances(self, X):
        return np.abs(X - self.reference)

    def score_samples(self, X):
        return -self.distances(X).sum(axis=1)


KERNELS = [
    (NoKernelFit, TypeError, r"has no fit, expected fit\(X\)"),
    (TakesTwo, TypeError, r"score_samples takes \(X, y\), expected score_samples\(X\)"),
    (NoKernelClone, AssertionError, r"__init__ sets \['width_'\]"),
    (Weights, ValueError, r"returned 1, expected the logs.*return np.log\(weights\)"),
    (Column, ValueError, r"shape \(40, 1\).*expected the log of the weight of each"),
    (Vanishing, ValueError, "returned -inf for row .*such as -1e300"),
    (Undefined, ValueError, "returned nan for row .*expected finite logs"),
    (FromZero, AssertionError, "expected the largest at the instance.*reference"),
    (ByRank, AssertionError, "for two rows alone and .* among others"),
    (WritesToRows, AssertionError, "writes to what it is given"),
    (WritesToLooseRows, AssertionError, "changes the rows"),
    (ForgetsWidth, AssertionError, "other weights after a pickle"),
    (OddFacts, AssertionError, r"facts cannot be read.*expected a dict"),
    (OddDistances, AssertionError, r"distances returned another shape than \(40,\)"),
]


@pytest.mark.parametrize("sloppy, error, message", KERNELS)
def test_sloppy_kernel(sloppy, error, message):
    check_kernel(Laplace())
    with pytest.raises(error, match=f"{sloppy.__name__}.*{message}"):
        check_kernel(sloppy())


class NoWeights(BaseEstimator):
    def fit(self, X, y):
        return self

    def predict(self, X):
        return X


class NoRegressorClone(Ridge):
    def __init__(self):
        super().__init__()
        self.coef_ = 0.0


class CoefColumn(Ridge):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.coef_ = np.reshape(self.coef_, (-1, 1))
        return self


class OneForAll(Ridge):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y if y.ndim == 1 else y[:, 0], sample_weight)
        return self


class InterceptColumn(Ridge):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.intercept_ = np.full((2, 2), self.intercept_)
        return self


class NoIntercept(Ridge):
    def predict(self, X):
        return X @ self.coef_


class Unweighted(Ridge):
    def fit(self, X, y, sample_weight=None):
        return super().fit(X, y)


class CentersInPlace(Ridge):
    def fit(self, X, y, sample_weight=None):
        X -= 0.0
        return super().fit(X, y, sample_weight)


class ForgetsRow(Ridge):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        if X.flags.writeable:
            X[0] = 0.0
        return self


class ForgetsIntercept(Ridge):
    def __getstate__(self):
        return {**super().__getstate__(), "intercept_": 0.0}


class Variances(Ridge):
    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.sigma_ = np.ones(X.shape[1])
        return self


REGRESSORS = [
    (NoWeights, TypeError, r"fit takes \(X, y\), expected fit\(X, y, sample_weight"),
    (NoRegressorClone, AssertionError, r"__init__ sets \['coef_'\]"),
    (DecisionTreeRegressor, AssertionError, "has no coef_ after fit, expected the we"),
    (CoefColumn, AssertionError, r"coef_ has shape \(3, 1\), expected \(3,\): write"),
    (OneForAll, AssertionError, r"coef_ has shape \(3,\), expected \(2, 3\)"),
    (InterceptColumn, AssertionError, r"intercept_ has shape \(2, 2\), expected one"),
    (NoIntercept, AssertionError, r"something else than X @ coef_ \+ intercept_"),
    (Unweighted, AssertionError, "by rows of weight 0.*use sample_weight"),
    (CentersInPlace, AssertionError, "writes to what it is given"),
    (ForgetsRow, AssertionError, "changes what it is given"),
    (ForgetsIntercept, AssertionError, "something else after a pickle"),
    (Variances, AssertionError, r"sigma_ has shape \(3,\), expected .*\(3, 3\)"),
]


@pytest.mark.parametrize("sloppy, error, message", REGRESSORS)
def test_sloppy_regressor(sloppy, error, message):
    with pytest.raises(error, match=f"{sloppy.__name__}.*{message}"):
        check_regressor(sloppy())


def first_failing(checks, make, part, *data):
    for check in checks:
        try:
            check(make(part, *data))
        except (AssertionError, TypeError, ValueError):
            return check.__name__
    return None


@pytest.mark.parametrize(
    "role, make, cases",
    [
        (
            _check_representation,
            _check_representation.RepresentationCase,
            [(sloppy, X) for sloppy, X, *_ in REPRESENTATIONS],
        ),
        (_check_sampler, _check_sampler.SamplerCase, [(s,) for s, *_ in SAMPLERS]),
        (_check_kernel, _check_kernel.KernelCase, [(s,) for s, *_ in KERNELS]),
        (
            _check_regressor,
            _check_regressor.RegressorCase,
            [(s,) for s, *_ in REGRESSORS],
        ),
    ],
    ids=["representation", "sampler", "kernel", "regressor"],
)
def test_every_check_is_seen_failing(role, make, cases):
    seen = {first_failing(role.CHECKS, make, s(), *data) for s, *data in cases}
    assert seen == {check.__name__ for check in role.CHECKS}


def test_one_test_for_each_part_and_check():
    """The role is seen from what the part can do; a tuple brings its data."""
    mark = parametrize_with_checks(
        [(Letters(), TEXTS), Coins(), Laplace(), LinearRegression()]
    )
    assert mark.args[0] == ("part", "check")
    ids = [case.id for case in mark.args[1]]
    assert len(ids) == len(set(ids)) == 16 - 1 + 12 + 8 + 8
    for case in mark.args[1]:
        part, check = case.values
        check(part)


def test_checks_leave_the_part_alone():
    part = Letters()
    check_representation(part, TEXTS)
    assert vars(part) == {}
    rows = np.ones((3, 2))
    check_kernel(Laplace(), rows)
    assert_array_equal(rows, 1.0)


def test_stock_steps_need_not_be_of_tables():
    """Instances of any kind will do, such as sets and dictionaries."""
    check_representation(MultiLabelBinarizer(), [{"a", "b"}, {"b"}, {"c"}])
    records = [{"a": 1.0, "b": 2.0}, {"a": 0.5}, {"b": 3.0}]
    check_representation(DictVectorizer(sparse=False), records)
    check_representation(DictVectorizer(), records)
