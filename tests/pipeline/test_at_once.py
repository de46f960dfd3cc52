"""Instances on shared rows are fitted at once, with the numbers of one at a time."""

import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import BayesianRidge

from sklearn_baylime import BlackBox, make_tabular_explainer
from sklearn_baylime.linear_model import InformativeBayesianRidge
from sklearn_baylime.local._batch import MatchBatch
from sklearn_baylime.pipeline import _shared

N_FEATURES = 6
ARRAYS = (
    "coef intercept prediction local_prediction score loo_score prior_share conflict "
    "selected prior_scale is_open local_std values units effective_sample_size"
).split()
PLAIN = "feature_names columns targets target_names warnings n_rows row drawn exact"


@pytest.fixture
def table():
    return np.random.default_rng(0).normal(size=(200, N_FEATURES))


def ask_one(rows):
    return np.tanh(rows[:, 0] - rows[:, 1]) + 0.3 * rows[:, 2] * rows[:, 3]


def ask_classes(rows):
    scores = np.stack([rows[:, 0], rows[:, 1] * rows[:, 2], -rows[:, 4]], axis=1)
    odds = np.exp(scores)
    return odds / odds.sum(axis=1, keepdims=True)


def make(model, table, **settings):
    settings = {"n_samples": 1200, "random_state": 0} | settings
    explainer = make_tabular_explainer(BlackBox(model), rows="shared", **settings)
    return explainer.fit(table)


def one_by_one(monkeypatch, explainer, X, **asked):
    with monkeypatch.context() as patch:
        patch.setattr(MatchBatch, "of", classmethod(lambda cls, template: None))
        return explainer.explain(X, **asked)


def assert_near(found, expected, tolerance=1e-10):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    scale = np.abs(np.nan_to_num(expected)).max(initial=0.0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * scale)


def assert_same(found, expected):
    for name in ARRAYS:
        assert_near(getattr(found, name), getattr(expected, name))
    for name in PLAIN.split():
        assert getattr(found, name) == getattr(expected, name)
    pairs = zip(found.selected_covariance, expected.selected_covariance, strict=True)
    for own, other in pairs:
        assert_near(own, other)
    # Marginals are kept in single precision.
    assert_near(found.interval(0.9), expected.interval(0.9), 1e-6)
    for name, value in expected.kernel.items():
        if isinstance(value, float):
            assert_near(found.kernel[name], value)
        else:
            assert found.kernel[name] == value


class TestSameNumbers:
    @pytest.mark.parametrize("n_features", [None, 5, 3])
    @pytest.mark.parametrize("model", [ask_one, ask_classes])
    @pytest.mark.parametrize("targets", ["predicted", "all"])
    def test_as_one_by_one(self, table, monkeypatch, n_features, model, targets):
        explainer = make(model, table, n_features=n_features)
        together = explainer.explain(table[:20], targets=targets)
        alone = one_by_one(monkeypatch, explainer, table[:20], targets=targets)
        for found, expected in zip(together, alone, strict=True):
            assert_same(found, expected)

    @pytest.mark.parametrize("selection", ["highest", "forward"])
    @pytest.mark.parametrize("width", [None, 0.7])
    def test_selectors_and_widths(self, table, monkeypatch, selection, width):
        explainer = make(
            ask_one,
            table,
            n_features=4,
            feature_selection=selection,
            kernel_width=width,
        )
        together = explainer.explain(table[:10])
        alone = one_by_one(monkeypatch, explainer, table[:10])
        for found, expected in zip(together, alone, strict=True):
            assert_same(found, expected)

    @pytest.mark.parametrize("prior_dof", [1.0, np.inf])
    def test_tails(self, table, monkeypatch, prior_dof):
        regressor = InformativeBayesianRidge(
            covariance="robust", trust="integrate", prior_dof=prior_dof
        )
        explainer = make(ask_one, table, regressor=regressor)
        together = explainer.explain(table[:5])
        alone = one_by_one(monkeypatch, explainer, table[:5])
        for found, expected in zip(together, alone, strict=True):
            assert_same(found, expected)

    def test_all_features_and_what_rows_do(self, table, monkeypatch):
        explainer = make(ask_one, table, n_features=3)
        together = pickle.loads(pickle.dumps(explainer.explain(table[:2])))
        alone = one_by_one(monkeypatch, explainer, table[:2])
        for found, expected in zip(together, alone, strict=True):
            assert_same(found.all_features, expected.all_features)
            selected, std = found.selected[0], np.ones(N_FEATURES)
            found, expected = found.influence, expected.influence
            assert_near(found(0, selected, std), expected(0, selected, std))

    def test_answers_that_do_not_vary(self, table, monkeypatch):
        explainer = make(lambda rows: np.ones(len(rows)), table, n_features=3)
        together = explainer.explain(table[:3])
        alone = one_by_one(monkeypatch, explainer, table[:3])
        for found, expected in zip(together, alone, strict=True):
            assert_same(found, expected)
            assert "the same answer" in found.warnings[0]

    def test_priors_go_the_ordinary_way(self, table):
        explainer = make(ask_one, table)
        priors = [None, np.full(N_FEATURES, 0.1), None]
        explanations = explainer.explain(table[:3], prior=priors)
        assert [e.prior_odds is None for e in explanations] == [True, False, True]


class CountingKernel(BaseEstimator):
    """A kernel of a stranger's."""

    def fit(self, X, y=None):
        return self

    def score_samples(self, X):
        return -0.1 * (X == 0).sum(axis=1)


class TestWhoIsNotKnown:
    @pytest.mark.parametrize(
        "settings",
        [
            {"kernel": CountingKernel()},
            {"regressor": BayesianRidge()},
            {"regressor": InformativeBayesianRidge(prior_precision=1.0)},
            {"regressor": InformativeBayesianRidge(covariance="robust")},
        ],
    )
    def test_goes_the_ordinary_way(self, table, settings):
        explainer = make(ask_one, table, **settings)
        template = explainer._chain()
        problem = template.problem(template.place(table[0], explainer._draw_seed()))
        assert MatchBatch.of(problem) is None
        together, single = explainer.explain(table[:2]), explainer.explain_instance
        for found, x in zip(together, table[:2], strict=True):
            assert_near(found.coef, single(x).coef)

    def test_the_usual_chain_is_known(self, table):
        explainer = make(ask_one, table, n_features=3)
        chain = explainer._chain()
        problem = chain.problem(chain.place(table[0], explainer._draw_seed()))
        assert MatchBatch.of(problem) is not None


class TestInterruption:
    def test_what_is_explained_is_kept(self, table, monkeypatch):
        explainer, explain = make(ask_one, table), MatchBatch.explain
        groups = []

        def interrupted(self, hoods, targets):
            groups.append(len(hoods))
            if len(groups) == 3:
                raise KeyboardInterrupt
            return explain(self, hoods, targets)

        monkeypatch.setattr(MatchBatch, "explain", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            explainer.explain(table)
        error, n = caught.value, 2 * _shared._GROUP
        assert error.positions == list(range(n)) and len(error.explanations) == n
        assert_near(error.explanations[5].prediction, ask_one(table[5:6]))
        monkeypatch.undo()
        asked = explainer.black_box_.n_queries_
        explainer.explain(table[n:], neighborhoods=error.neighborhoods)
        assert explainer.black_box_.n_queries_ == asked

    @pytest.mark.parametrize("n_jobs", [None, 2])
    def test_answers_come_back_to_another_explainer(self, table, n_jobs):
        calls = []

        def fragile(rows):
            calls.append(len(rows))
            if len(calls) == 6:
                raise KeyboardInterrupt
            return ask_one(rows)

        settings = {"batch_size": 100, "n_samples": 400, "random_state": 0}
        box = BlackBox(fragile, batch_size=settings.pop("batch_size"), name="fragile")
        explainer = make_tabular_explainer(
            box, rows="shared", n_jobs=n_jobs, **settings
        ).fit(table)
        with pytest.raises(KeyboardInterrupt) as caught:
            explainer.explain(table[:150])
        known = caught.value.neighborhoods
        assert sum(calls[:-1]) == 500
        again = clone(explainer).fit(table)
        before = box.n_queries_
        found = again.explain(table[:150], neighborhoods=known[::-1])
        assert box.n_queries_ - before == 150 + 399 - 500
        expected = make(ask_one, table, n_samples=400).explain(table[:150])
        for one, other in zip(found, expected, strict=True):
            assert_near(one.coef, other.coef)

    def test_rows_of_its_own_stay_an_instances_own(self, table):
        own = make_tabular_explainer(ask_one, n_samples=300, random_state=1).fit(table)
        hood = own.sample(table[1])
        explainer = make(ask_one, table, n_samples=400)
        found = explainer.explain(table[:3], neighborhoods=[hood])
        assert [e.n_rows for e in found] == [400, 300, 400]
        assert_near(found[1].coef, own.explain_instance(table[1]).coef)


def test_progress_of_explaining_is_shown(table, capsys):
    pytest.importorskip("tqdm")
    make(ask_one, table, n_samples=100, verbose=True).explain(table[:40])
    shown = capsys.readouterr().err
    assert "asking the model" in shown and "explaining" in shown
    assert "40/40" in shown


def test_a_callable_counts_rows_alone(table):
    told = []
    explainer = make(ask_one, table, n_samples=100, verbose=lambda *n: told.append(n))
    explainer.explain(table[:40])
    assert told[-1] == (139, 139)
