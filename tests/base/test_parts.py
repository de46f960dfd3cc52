"""What the pipeline asks of parts, whoever wrote them."""

import pickle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    PolynomialFeatures,
    QuantileTransformer,
    StandardScaler,
)

from sklearn_baylime.base import Placed, RepresentationMixin
from sklearn_baylime.base import _parts as parts
from sklearn_baylime.base._place import PlacedStep
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.representation import QuantileDiscretizer, TextSegmenter
from sklearn_baylime.sampling import GaussianSampler, MaskSampler
from sklearn_baylime.surrogate import ExponentialKernel, MatchBinarizer

X = np.random.default_rng(0).lognormal(size=(40, 3))
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])
BINS = KBinsDiscretizer(
    4, encode="ordinal", quantile_method="averaged_inverted_cdf", random_state=0
)


# --- roles ---------------------------------------------------------------------------


@pytest.mark.parametrize("step", [PCA(2), FactorAnalysis(2), BINS, StandardScaler()])
def test_transformers_are_no_kernels(step):
    """Although some score samples."""
    assert not parts.is_kernel(step) and not parts.is_sampler(step)
    assert parts.is_invertible(step) or isinstance(step, FactorAnalysis)


def test_roles_of_own_parts():
    assert parts.is_sampler(MaskSampler()) and not parts.is_kernel(MaskSampler())
    assert parts.is_kernel(ExponentialKernel())
    assert not parts.is_invertible(ExponentialKernel())
    assert parts.is_representation(TextSegmenter())
    assert parts.is_invertible(TextSegmenter())
    assert not parts.is_invertible(PolynomialFeatures())
    assert not parts.is_sampler(LinearRegression())
    # It draws and scores alike: its place in the chain decides.
    assert parts.is_sampler(GaussianMixture()) and parts.is_kernel(GaussianMixture())


def test_steps_are_invertible_as_they_are_set():
    """Scikit-learn's pipelines have the methods of their steps."""
    assert parts.is_invertible(make_pipeline(StandardScaler(), PCA()))
    assert not parts.is_invertible(make_pipeline(PolynomialFeatures()))


def test_what_steps_say_of_themselves():
    assert parts.needs_fit(StandardScaler()) and parts.needs_fit(object())
    assert parts.needs_fit(TransformerMixin())
    assert not parts.needs_fit(FunctionTransformer()) and not parts.needs_fit(
        MaskSampler()
    )
    assert parts.has_codes_before_at(FunctionTransformer())
    assert not parts.has_codes_before_at(TextSegmenter())
    assert not parts.needs_fit(TextSegmenter())
    assert parts.needs_fit(QuantileDiscretizer())
    assert parts.takes_start(TextSegmenter()) and not parts.takes_start(PCA())


def test_support_and_categories():
    selector = SelectKBest(k=2).fit(X, np.arange(40) % 2)
    assert parts.support_of(selector).sum() == 2
    assert parts.support_of(PCA()) is None
    fitted = QuantileDiscretizer().fit(X)
    assert_array_equal(parts.categories_of(fitted), [True] * 3)
    assert parts.categories_of(QuantileDiscretizer()) is None
    assert parts.categories_of(PCA()) is None


# --- names ---------------------------------------------------------------------------


def test_names_behind_a_step():
    scaler = StandardScaler().fit(X)
    assert parts.names_behind(scaler, None) == ["x0", "x1", "x2"]
    assert parts.names_behind(scaler, ["a", "b", "c"], 3) == ["a", "b", "c"]
    assert parts.names_behind(StandardScaler().fit(FRAME), None) == ["a", "b", "c"]
    assert parts.names_behind(PCA(2).fit(X), ["a", "b", "c"], 2) == ["pca0", "pca1"]


def test_names_behind_a_step_that_has_none():
    """Those before it if they are as many, else numbers."""
    logs = FunctionTransformer(np.log, np.exp).fit(X)
    assert parts.names_behind(logs, None, 3) == ["x0", "x1", "x2"]
    assert parts.names_behind(logs, ["a", "b", "c"], 3) == ["a", "b", "c"]
    assert parts.names_behind(SimpleNamespace(), ["a", "b", "c"], 2) == [
        "simplenamespace0",
        "simplenamespace1",
    ]


def test_names_from_a_method_that_takes_nothing():
    step = SimpleNamespace(get_feature_names_out=lambda: ["p", "q"])
    assert parts.names_behind(step, ["a", "b", "c"], 2) == ["p", "q"]
    with pytest.raises(ValueError, match=r"returned 2 names, expected.*3 columns"):
        parts.names_behind(step, None, 3)


# --- place ---------------------------------------------------------------------------

STOCK = {
    "scaler": StandardScaler(),
    "projection": PCA(2),
    "bins": BINS,
    "function": FunctionTransformer(np.log, np.exp),
    "quantiles": QuantileTransformer(n_quantiles=10),
    "chain": make_pipeline(FunctionTransformer(np.log, np.exp), PCA(2)),
}


@pytest.fixture(params=STOCK)
def step(request):
    return parts.clone_part(STOCK[request.param]).fit(X)


def test_stock_steps_have_all_words_at_an_instance(step):
    here = parts.place(step, X[0], 3)
    assert isinstance(here, Placed) and isinstance(here, PlacedStep)
    assert_array_equal(here.row_, X[:1])
    assert_allclose(here.reference_, step.transform(X[:1])[0])
    assert here.snap(X) is X and here.describe() is None
    assert here.is_categorical_ is None
    assert len(here.get_feature_names_out()) == len(here.reference_)
    assert_allclose(here.transform(X), step.transform(X))


def test_the_instance_is_row_0_of_stock_steps(step):
    """Exactly, and where codes lose what they stand for; of all rows, not of each."""
    here, codes = parts.place(step, X[7], 0), step.transform(X)
    rows = here.inverse_transform(codes)
    assert_array_equal(rows[0], X[7])
    assert_array_equal(rows[1:], step.inverse_transform(codes)[1:])
    assert_array_equal(
        here.inverse_transform(codes[5:], start=5), step.inverse_transform(codes[5:])
    )


def test_stock_steps_stay_as_they_are(step):
    """What else they have, they have at the instance, too; and after a pickle."""
    before = set(vars(step))
    here = parts.place(step, X[0], 0)
    assert set(vars(step)) == before
    twin = pickle.loads(pickle.dumps(here))
    assert twin.seed_ == here.seed_
    assert repr(twin).startswith(f"PlacedStep({type(step).__name__}(")
    with pytest.raises(AttributeError, match="nothing_"):
        _ = twin.nothing_
    for name in ("mean_", "components_", "n_bins_", "quantiles_"):
        if hasattr(step, name):
            assert_array_equal(getattr(twin, name), getattr(step, name))


def test_own_parts_come_as_they_are():
    here = parts.place(TextSegmenter(), "good film", 0)
    assert isinstance(here, TextSegmenter) and here.tokens_ == ["good", "film"]
    here = parts.place(QuantileDiscretizer().fit(X), X[0], 5)
    assert isinstance(here, QuantileDiscretizer) and here.random_state == 5


def test_seeds_are_set_where_none_is():
    assert parts.place(QuantileDiscretizer(random_state=1).fit(X), X[0], 5)
    fitted = QuantileDiscretizer(random_state=1).fit(X)
    assert parts.place(fitted, X[0], 5).random_state == 1
    here = parts.place(QuantileTransformer(n_quantiles=9).fit(X), X[0], 5)
    assert here.step.random_state == 5


def test_frames_stay_frames():
    scaler = StandardScaler().set_output(transform="pandas").fit(FRAME)
    here = parts.place(scaler, FRAME[:1], 0)
    assert here.row_ is not None and list(here.row_.columns) == ["a", "b", "c"]
    assert_allclose(here.reference_, scaler.transform(FRAME).to_numpy()[0])
    # A record of pandas has names, too, and a step that saw them warns where they lack.
    record = parts.place(scaler, FRAME.iloc[0], 0)
    pd.testing.assert_frame_equal(record.row_, here.row_)
    back = FunctionTransformer(inverse_func=lambda f: f * 2).fit(FRAME)
    rows = parts.place(back, FRAME[:1], 0).inverse_transform(FRAME)
    pd.testing.assert_frame_equal(rows[:1], FRAME[:1])
    pd.testing.assert_frame_equal(rows[1:], FRAME[1:] * 2)


def test_one_row_of_a_frame_alone():
    """Nothing is put behind it."""
    back = FunctionTransformer(inverse_func=lambda f: f * 2).fit(FRAME)
    rows = parts.place(back, FRAME[:1], 0).inverse_transform(FRAME[1:2])
    assert_allclose(rows.to_numpy(), X[:1])


@pytest.mark.parametrize(
    "x, row",
    [
        ([1, 2.5], np.array([[1, 2.5]])),
        ((1, 2), np.array([[1, 2]])),
        (["a", "b"], [["a", "b"]]),
        ([1, "a"], [[1, "a"]]),
        ([[1], [2, 3]], [[[1], [2, 3]]]),
        ({"a": 1}, [{"a": 1}]),
        ("text", ["text"]),
        (np.ones((2, 3)), np.ones((1, 2, 3))),
    ],
)
def test_batches_of_one(x, row):
    """Numbers make an array; everything else stays as it is, in a list."""
    got = parts.place(Returning(), x, 0).row_
    assert type(got) is type(row)
    assert_array_equal(got, row) if isinstance(row, np.ndarray) else None
    assert isinstance(row, np.ndarray) or got == row


def test_polars_frames_stay_frames():
    frame = pl.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    back = FunctionTransformer(inverse_func=lambda f: f * 2).fit(frame)
    rows = parts.place(back, frame[:1], 0).inverse_transform(frame)
    assert rows.rows() == [(1.0, 3.0), (4.0, 8.0)]
    assert parts.place(back, frame[:1], 0).reference_.tolist() == [1.0, 3.0]


def test_sparse_rows_stay_sparse():
    rows = sparse.random(9, 4, 0.5, format="csr", random_state=0)
    scaler = MaxAbsScaler().fit(rows)
    here = parts.place(scaler, rows[:1], 0)
    assert sparse.issparse(here.reference_) and here.reference_.shape == (1, 4)
    back = here.inverse_transform(scaler.transform(rows))
    assert sparse.issparse(back) and (back[:1] != rows[:1]).nnz == 0
    with pytest.raises(ValueError, match="has 2 rows, expected one"):
        parts.place(scaler, rows[:2], 0)


class Halves(BaseEstimator):
    """A stranger's representation of lists of two objects, with the least words."""

    def fit(self, X=None):
        """Return nothing, as a stranger may."""

    def at(self, x):
        here = Halves()
        here.reference_, here.x = [1, 1], x
        return here

    def inverse_transform(self, X):
        return [tuple(np.where(code == 1, self.x, None)) for code in np.asarray(X)]


def test_strangers_are_completed():
    here = parts.place(Halves(), ("p", "q"), 0)
    assert isinstance(here, Placed)
    assert_array_equal(here.reference_, [1, 1])
    assert list(here.get_feature_names_out()) == ["halves0", "halves1"]
    assert here.x == ("p", "q")
    rows = here.inverse_transform([[1, 1], [0, 1]], start=5)
    assert rows == [("p", "q"), (None, "q")]


def test_what_at_returns_must_lead_back():
    class Returns(BaseEstimator):
        def __init__(self, made=None):
            self.made = made

        def at(self, x):
            return self.made

    with pytest.raises(TypeError, match=r"Returns\.at returned a NoneType, expected"):
        parts.place(Returns(), X[0], 0)
    loose = SimpleNamespace(inverse_transform=lambda codes: codes)
    with pytest.raises(TypeError, match="neither reference_ nor transform"):
        parts.place(Returns(loose), X[0], 0)
    loose.reference_ = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"reference_ has shape \(2, 3\), expected on"):
        parts.place(Returns(loose), X[0], 0)


# --- seeds ---------------------------------------------------------------------------


def graph(n=4):
    networkx = pytest.importorskip("networkx")
    return networkx.path_graph(n)


class Thing:
    def __init__(self, value):
        self.value = value


@pytest.mark.parametrize(
    "make",
    [
        lambda i: X[i],
        lambda i: X[i].tolist(),
        lambda i: FRAME[i : i + 1],
        lambda i: pl.DataFrame({"a": [i], "b": ["x"]}),
        lambda i: sparse.csr_matrix(X[i : i + 1]),
        lambda i: "ab"[i],
        lambda i: "ab"[i].encode(),
        lambda i: np.array([i, "x", None], dtype=object),
        lambda i: {"a": i},
        lambda i: Thing(i),
        lambda i: graph(i + 3),
    ],
)
def test_seeds_come_from_what_an_instance_holds(make):
    seed = parts.place(Returning(), make(0), 0).seed_
    assert seed == parts.place(Returning(), make(0), 0).seed_
    assert seed != parts.place(Returning(), make(1), 0).seed_
    assert seed != parts.place(Returning(), make(0), 1).seed_


class Returning(BaseEstimator):
    reference_ = np.ones(2)

    def at(self, x):
        return self

    def inverse_transform(self, X):
        return X


def test_views_of_a_graph_are_not_its_content():
    """Networkx keeps them among the attributes once they were looked at."""
    g = graph()
    before = parts.place(Returning(), g, 0).seed_
    assert g.adj and g.nodes and g.edges and g.degree
    assert parts.place(Returning(), g, 0).seed_ == before
    g.add_edge(0, 3)
    assert parts.place(Returning(), g, 0).seed_ != before


def test_instances_without_content_are_refused():
    with pytest.raises(TypeError, match=r"cannot be pickled.*give it a seed_ in at"):
        parts.place(Returning(), (i for i in range(3)), 0)


# --- tell, fit, clone ----------------------------------------------------------------


def test_steps_are_told_what_they_ask_for():
    binarizer = parts.tell(MatchBinarizer(), reference=[1, 2], categorical_features=[0])
    assert binarizer.reference == [1, 2] and binarizer.categorical_features == [0]
    kept = parts.tell(ExponentialKernel(reference=[1.0]), reference=[2.0])
    assert kept.reference == [1.0]
    silent = parts.tell(StandardScaler(), reference=[1], categorical_features=[0])
    assert not hasattr(silent, "reference")
    assert parts.tell(MatchBinarizer(), reference=None).reference is None


def test_fit_need_not_take_targets_nor_return_anything():
    seen = []
    stranger = SimpleNamespace(fit=lambda X: seen.append(X))
    assert parts.fit_part(stranger, X, [1]) is stranger and seen[0] is X
    assert parts.fit_part(StandardScaler(), X).n_features_in_ == 3


def test_plain_objects_are_cloned_too():
    thing = Thing([1])
    twin = parts.clone_part(thing)
    assert twin is not thing and twin.value == [1] and twin.value is not thing.value


# --- samplers ------------------------------------------------------------------------


def sampler(rows, **words):
    return SimpleNamespace(sample=lambda reference, n, seed: rows, n_samples=3, **words)


def test_draw_puts_the_instance_first():
    """In a copy, whatever the sampler returned."""
    rows = np.zeros((3, 2), dtype=np.int8)
    rows.flags.writeable = False
    drawn = parts.draw(sampler(rows), np.ones(2), 3, 0)
    assert_array_equal(drawn, [[1, 1], [0, 0], [0, 0]])
    assert drawn.dtype == np.int8 and not rows.any()
    assert_array_equal(parts.draw(sampler([[1, 0], [0, 0]]), np.ones(2), 3, 0)[0], 1)
    kept = np.ones((3, 2))
    assert parts.draw(sampler(kept), np.ones(2), 3, 0) is kept


def test_draw_takes_sparse_rows():
    rows = sparse.csr_matrix(np.eye(3))
    reference = sparse.csr_matrix([[0.0, 2.0, 0.0]])
    drawn = parts.draw(sampler(rows), reference, 3, 0)
    assert_array_equal(drawn.toarray(), [[0, 2, 0], [0, 1, 0], [0, 0, 1]])
    assert rows[0, 0] == 1.0
    same = parts.draw(sampler(rows), rows[:1], 3, 0)
    assert (same != rows).nnz == 0


@pytest.mark.parametrize("rows", [np.ones((3, 1)), np.ones(2), np.ones((0, 2)), [[]]])
def test_draw_refuses_other_shapes(rows):
    with pytest.raises(
        ValueError, match=r"sample returned rows of shape .*\(n_rows, 2"
    ):
        parts.draw(sampler(rows), np.ones(2), 3, 0)


def test_draw_refuses_rows_that_cannot_hold_the_instance():
    rows = np.zeros((3, 2), dtype=int)
    with pytest.raises(ValueError, match="rows of type int64 cannot hold"):
        parts.draw(sampler(rows), np.array([0.5, 1.0]), 3, 0)


def test_number_of_rows():
    assert parts.n_samples_of(MaskSampler(7)) == 7
    with pytest.raises(TypeError, match=r"has no n_samples.*n_samples=1000"):
        parts.n_samples_of(StandardScaler())
    for bad in (0, 2.5, None):
        with pytest.raises(ValueError, match=f"n_samples is {bad}, expected an int"):
            parts.n_samples_of(SimpleNamespace(n_samples=bad))


def test_groups_and_log_weights():
    assert parts.groups_of(MaskSampler(design="random"), 3) is None
    assert parts.groups_of(sampler([], groups=lambda n: None), 3) is None
    assert_array_equal(parts.groups_of(sampler([], groups=lambda n: [0, 1, 1]), 3), [
        0, 1, 1,
    ])  # fmt: skip
    with pytest.raises(ValueError, match=r"groups returned shape \(2,\)"):
        parts.groups_of(sampler([], groups=lambda n: [0, 1]), 3)
    with pytest.raises(ValueError, match="of type float64, expected one integer"):
        parts.groups_of(sampler([], groups=lambda n: [0.0] * n), 3)
    assert parts.log_weights_of(GaussianSampler(), X) is None
    assert_allclose(
        parts.log_weights_of(sampler([], log_weights=lambda c: c[:, 0]), X), X[:, 0]
    )
    shifted = sampler([], log_weights=lambda c, reference=None: c[:, 0] - reference[0])
    assert_allclose(parts.log_weights_of(shifted, X, X[0]), X[:, 0] - X[0, 0])
    with pytest.raises(ValueError, match="log_weights returned nan for row 0"):
        parts.log_weights_of(
            sampler([], log_weights=lambda c: np.full(len(c), np.nan)), X
        )


# --- kernels -------------------------------------------------------------------------


def test_log_weights_are_refused_unless_they_are():
    """Each of them gives a wrong number or an unrelated error later on."""
    rows = np.ones((3, 2))
    kernel = ExponentialKernel().fit(rows)
    assert_array_equal(parts.log_weights(kernel, rows), [0, 0, 0])
    for logs, message in [
        ([0.0, -1.0], r"shape \(2,\) of type float64, expected the log .*\(3,\)"),
        ([0.0, np.nan, 0.0], "returned nan for row 1, expected finite logs"),
        ([0.0, -1.0, -np.inf], "-inf for row 2.*negative number such as -1e300"),
        ([np.inf, 0.0, 0.0], "returned inf for row 0"),
        ([1.0, 0.5, 0.1], r"returned 1, expected the logs.*return np\.log\(weights\)"),
        (["a", "b", "c"], "of type <U1"),
    ]:
        odd = SimpleNamespace(score_samples=lambda rows, logs=logs: logs)
        with pytest.raises(ValueError, match=f"SimpleNamespace.score_.*{message}"):
            parts.log_weights(odd, rows)
    rounded = SimpleNamespace(score_samples=lambda rows: [1e-12, -1, -1e300])
    assert parts.log_weights(rounded, rows).dtype == np.float64


def test_kernel_facts():
    kernel = ExponentialKernel(metric="cosine").fit(np.ones((3, 2)))
    facts = {"name": "ExponentialKernel", "metric": "cosine", "width": 0.25}
    assert parts.kernel_facts(kernel) == facts
    named = ExponentialKernel(metric=np.dot, width=2).fit(np.ones((3, 2)))
    assert parts.kernel_facts(named)["metric"] == "dot"
    stranger = SimpleNamespace(width=3)
    assert parts.kernel_facts(stranger) == {
        "name": "SimpleNamespace",
        "metric": "",
        "width": 3.0,
    }
    told = SimpleNamespace(facts=lambda: {"name": "mine", "degree": 2})
    assert parts.kernel_facts(told) == {
        "name": "mine",
        "metric": "",
        "width": None,
        "degree": 2,
    }


def test_kernel_distance():
    rows = np.array([[1.0, 1.0], [0.0, 1.0]])
    kernel = ExponentialKernel().fit(rows)
    assert_array_equal(parts.kernel_distance(kernel, rows), [0, 1])
    assert parts.kernel_distance(GaussianMixture(), rows) is None


# --- before the first query ----------------------------------------------------------


def test_own_parameters_are_checked_where_they_are_declared():
    parts.check_own_parameters(SimpleNamespace())
    parts.check_own_parameters(Halves())
    with pytest.raises(ValueError, match="'width' parameter of ExponentialKernel"):
        parts.check_own_parameters(ExponentialKernel(width=-1))


def test_signatures_of_good_parts():
    parts.check_sampler_signature(MaskSampler())
    parts.check_kernel_signature(ExponentialKernel())
    search = GridSearchCV(Ridge(), {"alpha": [1.0]})
    for regressor in (Ridge(), InformativeBayesianRidge(), search):
        parts.check_regressor_signature(regressor)
    for step in (PCA(), TextSegmenter(), make_pipeline(PCA()), Halves()):
        parts.check_representation_signature(step)


@pytest.mark.parametrize(
    "check, part, message",
    [
        (
            parts.check_sampler_signature,
            SimpleNamespace(fit=lambda X: 0, sample=lambda reference: 0, n_samples=3),
            r"sample takes \(reference\), expected sample\(reference, n_samples=None, ",
        ),
        (
            parts.check_sampler_signature,
            SimpleNamespace(sample=lambda r, n, s: 0, n_samples=3),
            r"SimpleNamespace has no fit, expected fit\(X, y=None\)",
        ),
        (
            parts.check_sampler_signature,
            SimpleNamespace(sample=lambda r, n, s: 0, fit=lambda X: 0),
            "has no n_samples",
        ),
        (
            parts.check_kernel_signature,
            SimpleNamespace(score_samples=lambda X: 0),
            r"has no fit, expected fit\(X\)",
        ),
        (
            parts.check_regressor_signature,
            KNeighborsRegressor(),
            r"fit takes \(X, y\), expected fit\(X, y, sample_weight=None\)",
        ),
        (
            parts.check_regressor_signature,
            GridSearchCV(KNeighborsRegressor(), {"n_neighbors": [3]}),
            r"KNeighborsRegressor\.fit takes \(X, y\)",
        ),
        (
            parts.check_representation_signature,
            PolynomialFeatures(),
            "PolynomialFeatures has no inverse_transform",
        ),
    ],
)
def test_signatures_say_what_to_write(check, part, message):
    with pytest.raises(TypeError, match=message):
        check(part)


# --- the mixin -----------------------------------------------------------------------


class Parts(RepresentationMixin, BaseEstimator):
    codes_before_at = False

    def _place(self, x):
        self.reference_ = np.ones(len(x), dtype=np.int8)

    def inverse_transform(self, X, start=0):
        return [self.row_ for _ in X]

    def transform(self, X):
        return np.tile(self.reference_, (len(X), 1))


def test_columns_exist_at_an_instance_only():
    """Every way to ask for them before says what to do."""
    step = Parts()
    for ask in (
        lambda: step.transform([1]),
        lambda: step.inverse_transform([[1]]),
        lambda: step.get_feature_names_out(),
        lambda: step.reference_,
    ):
        with pytest.raises(
            ValueError, match=r"at no instance yet.*call at\(instance\)"
        ):
            ask()
    assert not hasattr(step, "reference_")
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        _ = step.other


def test_what_the_mixin_gives():
    step = Parts().fit()
    here = step.at((3, 4))
    assert vars(step) == {} and isinstance(here, Placed)
    assert here.describe() is None and here.is_categorical_ is None
    assert list(here.get_feature_names_out()) == ["parts0", "parts1"]
    assert list(here.get_feature_names_out(["p", "q"])) == ["p", "q"]
    assert parts.place(step, (3, 4), 0).seed_ == here.seed_
    moved = here.at((5, 6, 7))
    assert len(moved.reference_) == 3 and len(here.reference_) == 2
    assert not parts.needs_fit(step)


def test_a_reference_must_be_set():
    class Forgets(Parts):
        def _place(self, x):
            pass

    with pytest.raises(TypeError, match=r"_place set no reference_.*np\.ones"):
        Forgets().at([1]).at([2])


def test_the_reference_of_tables_is_found():
    class Doubled(RepresentationMixin, BaseEstimator):
        def transform(self, X):
            return 2.0 * np.asarray(X)

        def inverse_transform(self, X, start=0):
            return self._with_instance(np.asarray(X) / 2.0, start)

    here = Doubled().at(X[0])
    assert list(Doubled().get_feature_names_out(["p"])) == ["p"]
    assert list(Doubled().get_feature_names_out()) == []
    assert not parts.needs_fit(Doubled())
    assert_array_equal(here.reference_, 2 * X[0])
    assert_array_equal(here.inverse_transform(X)[0], X[0])
    assert_array_equal(here.inverse_transform(X, start=1), X / 2)
