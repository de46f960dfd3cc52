"""Parts by strangers, which only inherit BaseEstimator, and rows that are lossy."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import LassoCV, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    PolynomialFeatures,
    StandardScaler,
)
from sklearn.tree import DecisionTreeRegressor

from sklearn_baylime import BlackBox, ExplainerPipeline, make_tabular_explainer
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.representation import QuantileDiscretizer, TableScaler
from sklearn_baylime.sampling import BinSampler, GaussianSampler
from sklearn_baylime.surrogate import ExponentialKernel, MatchBinarizer


class LeastSquares(BaseEstimator):
    """A hand-written regressor, without any of scikit-learn's mixins."""

    def fit(self, X, y, sample_weight=None):
        weights = np.ones(len(X)) if sample_weight is None else sample_weight
        design = np.column_stack([np.ones(len(X)), X])
        root = np.sqrt(weights)[:, None]
        found = np.linalg.lstsq(design * root, y * root[:, 0], rcond=None)[0]
        self.intercept_, self.coef_ = found[0], found[1:]
        return self

    def predict(self, X):
        return X @ self.coef_ + self.intercept_


class ColumnLeastSquares(LeastSquares):
    """Coefficients as a column, as some hand-written models have them."""

    def fit(self, X, y, sample_weight=None):
        super().fit(X, y, sample_weight)
        self.coef_ = self.coef_[:, None]

    def predict(self, X):
        return (X @ self.coef_)[:, 0] + self.intercept_


class LaplaceKernel(BaseEstimator):
    """A kernel whose `fit` returns nothing."""

    def __init__(self, width=1.0, reference=None):
        self.width = width
        self.reference = reference

    def fit(self, X):
        self.reference_ = np.ones(X.shape[1])
        if self.reference is not None:
            self.reference_ = np.asarray(self.reference)

    def score_samples(self, X):
        return -np.abs(X - self.reference_).sum(axis=1) / self.width


class PlainKernel:
    """A kernel that inherits nothing at all."""

    def fit(self, X):
        return self

    def score_samples(self, X):
        return -np.abs(X - 1.0).sum(axis=1)


class Cap(TransformerMixin, BaseEstimator):
    """A transformer right of the sampler."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.minimum(X, 0.5)


class Loose(BaseEstimator):
    """A representation that gives another row back than it was given."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.asarray(X)

    def inverse_transform(self, X):
        return np.asarray(X) + 1.0


def first_column(rows):
    return np.asarray(rows)[:, 0]


def make(table, left=None, black_box=first_column, n_samples=200, **steps):
    """Return a fitted explainer of numbers."""
    chosen = {
        "left": StandardScaler() if left is None else left,
        "sample": GaussianSampler(n_samples),
        "kernel": ExponentialKernel(),
        "regressor": InformativeBayesianRidge(),
    } | steps
    order = ["left", "sample", "right", "kernel", "behind", "regressor"]
    named = [(name, chosen[name]) for name in order if name in chosen]
    return ExplainerPipeline(named, black_box=black_box, random_state=0).fit(table)


# ------------------------------------------------------------- parts by strangers


@pytest.mark.parametrize("regressor", [LeastSquares(), ColumnLeastSquares()])
def test_a_hand_written_regressor(table, regressor):
    explanation = make(table, regressor=regressor).explain_instance(table[0])
    assert explanation.coef.shape == (1, 4)
    scale = table[:, 0].std()
    np.testing.assert_allclose(explanation.coef, [[scale, 0, 0, 0]], atol=1e-9)
    assert np.isnan(explanation.std).all()
    assert np.isfinite(explanation.score).all()


def test_a_hand_written_regressor_of_two_targets(table):
    explainer = make(table, black_box=lambda r: r[:, :2], regressor=LeastSquares())
    coef = explainer.explain_instance(table[0], targets="all").coef
    expected = np.diag(table.std(axis=0))[:2]
    np.testing.assert_allclose(coef, expected, atol=1e-9)


@pytest.mark.parametrize("kernel", [LaplaceKernel(), PlainKernel()])
def test_a_kernel_of_another_base_class(table, kernel):
    explainer = make_tabular_explainer(
        first_column, kernel=kernel, n_samples=300, random_state=0
    ).fit(table)
    explanation = explainer.explain_instance(table[0])
    matches = MatchBinarizer(explainer.sample(table[0]).reference)
    rows = matches.fit_transform(explainer.sample(table[0]).codes)
    weights = np.exp(-np.abs(rows - 1.0).sum(axis=1))
    assert explanation.effective_sample_size == pytest.approx(
        weights.sum() ** 2 / (weights**2).sum()
    )
    assert explanation.kernel["name"] == type(kernel).__name__


def test_xgboost(table):
    xgboost = pytest.importorskip("xgboost", reason="needs xgboost")
    regressor = xgboost.XGBRegressor(booster="gblinear", n_estimators=200)
    explanation = make(table, regressor=regressor).explain_instance(table[0])
    assert np.argmax(np.abs(explanation.coef[0])) == 0


def test_a_transformer_right_of_the_sampler(table):
    explainer = make(table, right=Cap())
    assert explainer.explain_instance(table[0]).coef.shape == (1, 4)


def test_a_selector_by_a_stranger(table):
    def model(rows):
        return rows[:, 0] + 0.1 * rows[:, 1] ** 2

    explainer = make(table, black_box=model, behind=SelectKBest(f_regression, k=1))
    explanation = explainer.explain_instance(table[0])
    assert explanation.selected.tolist() == [[True, False, False, False]]


def test_a_plain_sampler(table):
    class Few:
        n_samples = 30

        def fit(self, X, y=None):
            self.spread = X.std(axis=0)

        def sample(self, reference, n_samples=None, random_state=None):
            noise = np.random.RandomState(random_state).normal(size=(n_samples, 4))
            return (reference + noise * self.spread).tolist()

    explanation = make(table, sample=Few()).explain_instance(table[0])
    assert explanation.n_rows == 30
    assert explanation.prediction[0] == pytest.approx(table[0, 0], abs=1e-12)


def test_a_plain_regressor_refuses_a_prior_with_words(table):
    class Plain:
        fit, predict = LeastSquares.fit, LeastSquares.predict

    explainer = make(table, regressor=Plain())
    np.testing.assert_allclose(
        explainer.explain_instance(table[0]).coef[0, 1:], 0, atol=1e-9
    )
    with pytest.raises(TypeError, match="regressor Plain takes no prior"):
        explainer.explain_instance(table[0], prior=np.ones(4))


# ------------------------------------------------------------- row 0 is the instance


@pytest.mark.parametrize(
    "left",
    [
        PCA(2),
        KBinsDiscretizer(4, encode="ordinal", strategy="uniform"),
        Loose(),
        StandardScaler(),
    ],
)
@pytest.mark.parametrize("batch_size", [None, 1, 7])
def test_the_prediction_is_the_models_answer_to_the_instance(table, left, batch_size):
    sampler = BinSampler(50) if isinstance(left, KBinsDiscretizer) else None
    steps = {"sample": sampler} if sampler else {}
    explainer = make(table, left, n_samples=50, **steps)
    explainer.set_params(batch_size=batch_size)
    for x in table[:3]:
        assert explainer.explain_instance(x).prediction[0] == x[0]


@pytest.mark.filterwarnings("ignore:Bins whose width are too small")
def test_the_first_row_of_a_frame_is_the_instance(table):
    frame = pd.DataFrame(table, columns=list("abcd"))

    class Frames(BaseEstimator):
        def fit(self, X, y=None):
            self.scaler_ = PCA(2).fit(X)
            return self

        def transform(self, X):
            return self.scaler_.transform(X)

        def inverse_transform(self, X):
            back = self.scaler_.inverse_transform(X)
            return pd.DataFrame(back, columns=list("abcd"))

    seen = []

    def model(rows):
        seen.append(rows)
        return rows["a"].to_numpy()

    explainer = make(frame, Frames(), model)
    x = frame.iloc[[3]]
    assert explainer.explain_instance(x).prediction[0] == frame["a"].iloc[3]
    assert isinstance(seen[0], pd.DataFrame)
    assert seen[0].iloc[0].tolist() == frame.iloc[3].tolist()


def test_the_first_row_of_sparse_rows_is_the_instance():
    X = sparse.random(40, 6, density=0.5, random_state=0, format="csr")
    explainer = make_tabular_explainer(
        lambda rows: np.asarray(rows.sum(axis=1)).ravel(), sparse=True, random_state=0
    ).fit(X)
    assert explainer.explain_instance(X[2]).prediction[0] == pytest.approx(X[2].sum())


# ------------------------------------------------------------- roles


@pytest.mark.parametrize("step", [PCA(3), FactorAnalysis(2)])
def test_what_transforms_is_no_kernel(table, step):
    explainer = make(table, right=step)
    explanation = explainer.explain_instance(table[0])
    assert explanation.coef.shape == (1, step.n_components)


def test_a_function_and_its_inverse_stand_left(table):
    positive = np.exp(table)
    explainer = make(positive, FunctionTransformer(np.log, np.exp, check_inverse=False))
    explanation = explainer.explain_instance(positive[0])
    assert explanation.prediction[0] == positive[0, 0]
    assert np.argmax(np.abs(explanation.coef[0])) == 0


# ------------------------------------------------------------- behind the kernel


def pairs_explainer(table, *behind, black_box=None, regressor=None):
    def product(rows):
        return ((rows[:, 0] > 0) & (rows[:, 1] > 0)).astype(float)

    return ExplainerPipeline(
        [
            ("discretize", QuantileDiscretizer(2)),
            ("sample", BinSampler(2000)),
            ("binarize", MatchBinarizer()),
            ("kernel", ExponentialKernel(2.0)),
            *behind,
            ("regressor", regressor or InformativeBayesianRidge(covariance="robust")),
        ],
        black_box=black_box or product,
        random_state=0,
    ).fit(table)


def test_pairs_stand_between_kernel_and_regressor(table):
    poly = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    plain = pairs_explainer(table).explain_instance(table[0])
    paired = pairs_explainer(table, ("pairs", poly)).explain_instance(table[0])
    # The kernel is where it was.
    assert paired.effective_sample_size == plain.effective_sample_size
    assert len(paired.feature_names) == len(paired.columns) == 10
    names = plain.feature_names
    assert paired.feature_names[:4] == names
    assert paired.feature_names[4] == f"{names[0]} & {names[1]}"
    assert paired.columns[4] == "x0 & x1"
    strongest = paired.as_list()[0][0]
    assert strongest == f"{names[0]} & {names[1]}"
    assert paired.score[0] > plain.score[0] + 0.05


def test_squares_read_as_squares(table):
    explainer = make(table, behind=PolynomialFeatures(2, include_bias=False))
    names = explainer.explain_instance(table[0]).feature_names
    assert "x0²" in names and "x0 & x1" in names


def test_selection_among_pairs_keeps_their_places(table):
    poly = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    explainer = pairs_explainer(
        table, ("pairs", poly), ("best", SelectKBest(f_regression, k=3))
    )
    explanation = explainer.explain_instance(table[0])
    assert explanation.selected.sum() == 3 and explanation.coef.shape == (1, 10)
    assert explanation.all_features.selected.all()
    assert explanation.all_features.coef.shape == (1, 10)


def test_a_prior_on_pairs(table):
    poly = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    explainer = pairs_explainer(table, ("pairs", poly))
    mean = np.zeros(10)
    mean[4] = 1.0
    explanation = explainer.explain_instance(table[0], prior=mean)
    assert explanation.coef.shape == (1, 10)
    with pytest.raises(ValueError, match="prior_mean has shape"):
        explainer.explain_instance(table[0], prior=mean[:4])


def test_before_the_kernel_pairs_are_rows(table):
    poly = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    explainer = make(table, right=poly)
    assert explainer.explain_instance(table[0]).coef.shape == (1, 10)


# ------------------------------------------------------------- before the first query


class Counting:
    """A model that counts the rows it was asked about."""

    def __init__(self, n_outputs=1):
        self.n_rows, self.n_outputs = 0, n_outputs

    def __call__(self, rows):
        self.n_rows += len(rows)
        return np.asarray(rows)[:, : self.n_outputs]


class WrongKernel(BaseEstimator):
    def __init__(self, value=0.0):
        self.value = value

    def fit(self, X, y=None):
        return self

    def score_samples(self, X):
        return np.r_[0.0, np.full(len(X) - 1, self.value)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, "WrongKernel.score_samples returned nan for row 1"),
        (np.inf, "returned inf"),
        (-np.inf, "returned -inf"),
        (0.7, "returned 0.7, expected the logs of weights"),
    ],
)
def test_wrong_kernels_cost_no_query(table, value, message):
    model = Counting()
    explainer = make(table, black_box=model, kernel=WrongKernel(value))
    with pytest.raises(ValueError, match=message):
        explainer.explain_instance(table[0])
    assert model.n_rows == 0


@pytest.mark.parametrize(
    ("regressor", "message"),
    [
        (DecisionTreeRegressor(), "has no coef_"),
        (KNeighborsRegressor(), "expected fit.X, y, sample_weight=None"),
        (GridSearchCV(DecisionTreeRegressor(), {"max_depth": [1]}), "has no coef_"),
    ],
)
def test_regressors_that_cannot_serve_cost_no_query(table, regressor, message):
    model = Counting()
    with pytest.raises(TypeError, match=message):
        make(table, black_box=model, regressor=regressor).explain_instance(table[0])
    assert model.n_rows == 0


@pytest.mark.parametrize(
    "regressor",
    [
        Ridge(),
        LassoCV(cv=3),
        GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}),
        Pipeline([("scale", StandardScaler()), ("ridge", Ridge())]),
    ],
)
def test_regressors_that_can_serve_are_not_refused(table, regressor):
    explanation = make(table, regressor=regressor).explain_instance(table[0])
    assert np.argmax(np.abs(explanation.coef[0])) == 0


@pytest.mark.parametrize("targets", ["yes", 5, "top=0", "top=9", [], [0, 7], [(0, 0)]])
def test_targets_of_a_function_cost_one_query(table, targets):
    model = Counting(2)
    explainer = make(table, black_box=model)
    with pytest.raises(ValueError, match="targets"):
        explainer.explain_instance(table[0], targets=targets)
    assert model.n_rows == 1


@pytest.mark.parametrize("targets", ["yes", 5, "top=0", "top=9", [0, 7]])
def test_targets_of_a_classifier_cost_no_query(iris, targets):
    X, model = iris
    box = BlackBox(model)
    explainer = make_tabular_explainer(box, n_samples=50, random_state=0).fit(X)
    with pytest.raises(ValueError, match=r"targets (has|is)"):
        explainer.explain_instance(X[0], targets=targets)
    assert box.n_queries_ == 0


def test_names_of_outputs_that_do_not_fit_cost_one_query(table):
    model = Counting(2)
    explainer = make(table, black_box=BlackBox(model, output_names=["a"]))
    with pytest.raises(ValueError, match=r"answered 2 column\(s\), but there are 1"):
        explainer.explain_instance(table[0])
    assert model.n_rows == 1


def test_priors_for_other_targets_cost_one_query(table):
    model = Counting(2)
    explainer = make(table, black_box=model)
    with pytest.raises(ValueError, match="prior_mean has 3 rows, expected one for"):
        explainer.explain_instance(table[0], targets="all", prior=np.ones((3, 4)))
    assert model.n_rows == 1


def test_the_one_query_is_not_asked_twice(table):
    model = Counting(2)
    explainer = make(table, black_box=model, n_samples=40)
    explanation = explainer.explain_instance(table[0], targets=[1])
    assert model.n_rows == explanation.n_queries == 40
    # The number of outputs is known from now on.
    with pytest.raises(ValueError, match="targets has 2"):
        explainer.explain_instance(table[0], targets=2)
    assert model.n_rows == 40


def test_an_unknown_kind_of_instance_costs_no_query(table):
    class Shown(StandardScaler):
        def describe(self):
            return {"kind": "hologram"}

    model = Counting()
    with pytest.raises(ValueError, match="hologram"):
        make(table, Shown(), model).explain_instance(table[0])
    assert model.n_rows == 0


class FailsLate(LeastSquares):
    """Raises when it sees more rows than a trial has."""

    def fit(self, X, y, sample_weight=None):
        if len(X) > 100:
            raise RuntimeError("late")
        return super().fit(X, y, sample_weight)


def test_whatever_is_raised_after_asking_carries_the_answers(table):
    model = Counting()
    explainer = make(table, black_box=model, regressor=FailsLate())
    with pytest.raises(RuntimeError, match="late") as caught:
        explainer.explain_instance(table[0])
    hood = caught.value.neighborhood
    assert hood.is_complete and model.n_rows == 200
    explainer.set_params(regressor=Ridge())
    explanation = explainer.explain_instance(table[0], neighborhood=hood)
    assert model.n_rows == 200 and explanation.n_rows == 200


def test_what_many_instances_raise_carries_all_answers(table):
    explainer = make(table, regressor=FailsLate())
    with pytest.raises(RuntimeError, match="late") as caught:
        explainer.explain(table[:3])
    assert len(caught.value.neighborhoods) == 3
    assert all(hood.is_complete for hood in caught.value.neighborhoods)


# ------------------------------------------------------------- parameters


def test_parameters_of_a_text_explainer_always_take_effect():
    from sklearn_baylime import make_text_explainer

    def length(texts):
        return np.array([float(len(text)) for text in texts])

    explainer = make_text_explainer(length, n_samples=100, random_state=0)
    assert explainer.explain_instance("a good film").feature_names[0] == "a"
    explainer.set_params(segment__unit="character")
    assert "g" in explainer.explain_instance("a good film").feature_names
    explainer = make_text_explainer(
        length, design="random", n_samples=100, random_state=0
    )
    text = " ".join(f"w{i}" for i in range(30))
    assert explainer.sample(text).codes[1:].mean() == pytest.approx(0.5, abs=0.05)
    explainer.set_params(sample__p=0.9)
    assert explainer.sample(text).codes[1:].mean() == pytest.approx(0.9, abs=0.05)
    explainer.set_params(sample__n_samples=33)
    assert explainer.sample(text).n_rows == 33


def test_what_was_learned_by_other_parameters_is_not_used(table):
    from sklearn.exceptions import NotFittedError

    explainer = make_tabular_explainer(first_column, random_state=0).fit(table)
    explainer.set_params(kernel__width=1.0, sample__n_samples=60)
    assert explainer.explain_instance(table[0]).n_rows == 60
    explainer.set_params(discretize__n_bins=2)
    with pytest.raises(NotFittedError, match="not fitted yet, or its steps were chang"):
        explainer.explain_instance(table[0])
    explanation = explainer.fit(table).explain_instance(table[0])
    assert "<= " in explanation.feature_names[0] or ">" in explanation.feature_names[0]


# ------------------------------------------------------------- one meaning each


def test_a_neighborhood_of_another_instance_is_refused(table):
    model = Counting()
    explainer = make(table, black_box=model)
    hood = explainer.sample(table[0])
    asked = model.n_rows
    with pytest.raises(ValueError, match="neighborhood is of another instance"):
        explainer.explain_instance(table[1], neighborhood=hood)
    with pytest.raises(ValueError, match="neighborhood is of another instance"):
        explainer.sample(table[1], resume=hood)
    assert model.n_rows == asked
    explainer.explain_instance(table[0], neighborhood=hood)


def test_a_list_of_numbers_is_no_prior_of_many_instances(table):
    explainer = make(table)
    with pytest.raises(ValueError, match="prior is a list of 4 numbers"):
        explainer.explain(table[:4], prior=[1.0, 0.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="prior is a list of 3 numbers"):
        explainer.explain(table[:3], prior=[1.0, 0.0, 0.0])
    mean = np.array([1.0, 0.0, 0.0, 0.0])
    assert len(explainer.explain(table[:3], prior=mean)) == 3
    assert len(explainer.explain(table[:3], prior=[mean, None, mean])) == 3


# ------------------------------------------------------------- Pipeline's contract


def test_names_of_steps_are_as_a_pipeline_has_them(table):
    explainer = make(table)
    steps = explainer.steps
    for wrong, message in [
        ([("left", steps[0][1]), *steps], "Names provided are not unique"),
        ([("a__b", steps[0][1]), *steps[1:]], "must not contain __"),
        ([("steps", steps[0][1]), *steps[1:]], "conflict with constructor"),
    ]:
        with pytest.raises(ValueError, match=message):
            ExplainerPipeline(wrong, black_box=first_column).fit(table)


def test_steps_are_found_as_in_a_pipeline(table):
    explainer = make(table)
    assert len(explainer) == 4
    assert explainer["kernel"] is explainer[2] is explainer.named_steps.kernel
    assert explainer[-1] is explainer.named_steps["regressor"]
    part = explainer[1:3]
    assert isinstance(part, ExplainerPipeline)
    assert [name for name, _ in part.steps] == ["sample", "kernel"]
    assert part.black_box is explainer.black_box


def test_names_of_attributions_are_known_before_transform(table):
    explainer = make(table)
    names = explainer.get_feature_names_out()
    assert names.tolist() == ["x0", "x1", "x2", "x3"]
    two = make(table, black_box=Counting(2))
    names = two.get_feature_names_out()
    assert names[0] == "output 0: x0" and len(names) == 8
    assert two.transform(table[:2]).shape == (2, 8)
    poly = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    explainer = pairs_explainer(table, ("pairs", poly))
    assert explainer.get_feature_names_out()[4] == "x0 & x1"
    assert explainer.transform(table[:1]).shape == (1, 10)


# ------------------------------------------------------------- contrasts


def test_a_contrast_has_the_uncertainty_of_the_difference(iris):
    X, model = iris
    explainer = make_tabular_explainer(
        model, n_samples=400, regressor=LeastSquares(), random_state=0
    ).fit(X)
    wanted = [0, 1, {0: 1, 1: -1}, (0, 1)]
    found = explainer.explain_instance(X[0], targets=wanted)
    np.testing.assert_allclose(found.coef[2], found.coef[0] - found.coef[1], atol=1e-12)
    np.testing.assert_allclose(found.coef[3], found.coef[0] + found.coef[1], atol=1e-12)
    robust = InformativeBayesianRidge(covariance="robust")
    explainer.set_params(regressor=robust)
    names = explainer.black_box_.names(3)
    contrast = explainer.explain_instance(X[0], targets=[{names[0]: 1, names[1]: -1}])
    assert contrast.target_names == (f"{names[0]} - {names[1]}",)
    # By hand: the difference of the answers is an answer like any other.
    hood = explainer.sample(X[0])
    local = explainer.local_pipeline(X[0])
    local.fit(hood.codes, hood.answers[:, 0] - hood.answers[:, 1])
    np.testing.assert_allclose(contrast.coef[0], local[-1].coef_, rtol=1e-9)
    sigma = local[-1].regressor_.sigma_
    np.testing.assert_allclose(contrast.std[0], np.sqrt(np.diag(sigma)), rtol=1e-9)


@pytest.mark.parametrize("wrong", [{}, {0: 0.0}, {0: np.nan}, {"x": 1}, {0: 1, -3: 2}])
def test_wrong_contrasts(iris, wrong):
    X, model = iris
    explainer = make_tabular_explainer(model, n_samples=50, random_state=0).fit(X)
    with pytest.raises(ValueError, match="targets has"):
        explainer.explain_instance(X[0], targets=[wrong])


def test_neighborhoods_extend_and_merge(table):
    explainer = make(table, n_samples=60)
    hood = explainer.sample(table[0])
    other = explainer.set_params(random_state=1).sample(table[0])
    both = hood.merge(other)
    assert both.n_rows == 119 and both.is_complete
    assert both.n_queries == hood.n_queries + other.n_queries
    explanation = explainer.explain_instance(table[0], neighborhood=both)
    assert explanation.n_rows == 119
    with pytest.raises(ValueError, match="two instances"):
        hood.merge(explainer.sample(table[1]))
    open_ = hood.extend(other.codes[1:])
    assert open_.n_open == 59
    done = explainer.sample(table[0], resume=open_)
    np.testing.assert_array_equal(done.answers[60:], other.answers[1:])


def test_scaled_numbers_round_trip_exactly(table):
    explainer = make(table, TableScaler())
    assert explainer.explain_instance(table[0]).prediction[0] == table[0, 0]
