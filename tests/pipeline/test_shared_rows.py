"""One set of rows, or of draws, for all instances."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge

from sklearn_baylime import (
    BlackBox,
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)
from sklearn_baylime.sampling import BinSampler

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(200, 4))
N = 120


def model(rows):
    """Answer with an interaction, so that rows matter."""
    rows = np.asarray(rows)
    return np.tanh(rows[:, 0] * 2 + rows[:, 1]) + rows[:, 2] * rows[:, 3]


def make(ask=model, X=TABLE, **params):
    params = {"n_samples": N, "random_state": 0, "rows": "shared", **params}
    return make_tabular_explainer(ask, **params).fit(X)


class Log:
    """A model that notes what it was asked, and may break down."""

    def __init__(self, most=None):
        self.rows, self.most = [], most

    def __call__(self, rows):
        if self.most is not None and self.n + len(rows) > self.most:
            raise OSError("the line is down")
        self.rows.append(np.asarray(rows))
        return model(rows)

    @property
    def n(self):
        return sum(map(len, self.rows))


ONE_LAW = {
    "bins": {},
    "bins, Sobol": {"design": "sobol"},
    "normal around the mean": {"discretizer": None, "sampler": "gaussian"},
    "truncated": {"discretizer": None, "sampler": "truncated"},
}
FOLLOWING = {
    "around the instance": {"discretizer": None, "sampler": "around_instance"},
    "ball": {"discretizer": None, "sampler": "ball"},
    "mixup": {"discretizer": None, "sampler": "mixup"},
    "conditional": {"discretizer": None, "sampler": "conditional"},
}


# -------------------------------------------------------------------- what is asked


@pytest.mark.parametrize("params", ONE_LAW.values(), ids=ONE_LAW)
def test_one_law_costs_n_rows_and_one_for_each_instance(params):
    log = Log()
    box = BlackBox(log)
    explainer = make(box, **params)
    explanations = explainer.explain(TABLE[:20])
    assert log.n == box.n_queries_ == N - 1 + 20
    assert sum(e.n_queries for e in explanations) == N - 1 + 20
    assert {e.n_rows for e in explanations} == {N}
    # Further instances cost themselves alone, and see the same rows.
    later = explainer.explain(TABLE[20:30])
    assert log.n == N - 1 + 30
    assert [e.n_queries for e in later] == [1] * 10
    np.testing.assert_array_equal(log.rows[-1], TABLE[20:30])
    both = make(**params).explain(TABLE[:30])
    for one, other in zip([*explanations, *later], both, strict=True):
        np.testing.assert_allclose(one.coef, other.coef, rtol=1e-12)
        np.testing.assert_allclose(one.std, other.std, rtol=1e-12)


@pytest.mark.parametrize("params", ONE_LAW.values(), ids=ONE_LAW)
def test_rows_are_those_the_model_was_asked_about(params):
    """Fit by hand: the inputs of shared rows are the same seen from any instance."""
    explainer = make(**params)
    one, other = explainer.sample(TABLE[0]), explainer.sample(TABLE[1])
    assert one.surveys[0] is other.surveys[0]
    for hood, x in ((one, TABLE[0]), (other, TABLE[1])):
        np.testing.assert_array_equal(hood.inputs()[0], x)
        np.testing.assert_array_equal(hood.inputs()[1:], one.inputs()[1:])
        np.testing.assert_allclose(hood.answers[:, 0], model(hood.inputs()))
        np.testing.assert_array_equal(hood.inputs(slice(5, 9)), hood.inputs()[5:9])


@pytest.mark.parametrize("params", FOLLOWING.values(), ids=FOLLOWING)
def test_laws_that_follow_the_instance_share_the_draws(params):
    log = Log()
    explainer = make(log, **params)
    one, other = explainer.sample(TABLE[0]), explainer.sample(TABLE[1])
    assert log.n == 2 * N
    moved = one.codes - one.reference, other.codes - other.reference
    if "mixup" in params.values():
        # Mixtures with the same rows in the same shares.
        ratio = (one.codes - other.codes)[1:] / (one.reference - other.reference)
        np.testing.assert_allclose(ratio, ratio[:, :1] * np.ones(4), rtol=1e-6)
    elif "conditional" in params.values():
        # The nearest of the same candidates: the same one where no column counts.
        same = (one.codes == other.codes).all(axis=1)
        assert same.mean() > 0.5**4 / 2
    else:
        np.testing.assert_allclose(moved[0], moved[1], atol=1e-12)


def test_neighbors_do_not_jump():
    """Of own rows an explanation moves by their noise, of shared draws hardly."""
    X = TABLE[:5]
    moved = {}
    for rows in ("own", "shared"):
        explainer = make(rows=rows, discretizer=None, sampler="around_instance")
        here = explainer.explain(X)
        near = explainer.explain(X + 0.02 * TABLE.std(axis=0))
        moved[rows] = sum(
            np.linalg.norm(a.coef - b.coef) for a, b in zip(here, near, strict=True)
        )
    assert moved["shared"] < 0.15 * moved["own"]


def test_own_rows_are_the_default_and_stay_as_they_were():
    assert make_tabular_explainer(model).rows == "own"
    log = Log()
    make(log, rows="own").explain(TABLE[:3])
    assert log.n == 3 * N


@pytest.mark.parametrize("rows", ["mine", None, True])
def test_other_words_are_refused_before_a_query(rows):
    log = Log()
    with pytest.raises(ValueError, match="expected 'own' or 'shared'"):
        make(log, rows=rows).explain(TABLE[:2])
    assert log.n == 0


def test_rare_codes_follow_the_law_of_all():
    """Of own rows the share of an instance's rare code is raised: not of shared."""
    X = np.c_[TABLE, np.arange(200) < 4].astype(float)
    log = Log()
    explainer = make(log, X, categorical_features=[4])
    explainer.explain(X[:10])
    assert log.n == N - 1 + 10
    # Where the user asks for more of it, the four instances have rows of their own.
    log = Log()
    explainer = make(log, X, categorical_features=[4]).set_params(sample__min_share=0.1)
    explanations = explainer.fit(X).explain(X[:10])
    assert log.n == N - 1 + 6 + 4 * N
    assert sum(e.n_queries for e in explanations) == log.n


# ------------------------------------------------------------------- every verb


def test_every_verb_asks_about_the_same_rows():
    log = Log()
    explainer = make(log)
    hood = explainer.sample(TABLE[0])
    assert log.n == hood.n_queries == N
    explanation = explainer.explain_instance(TABLE[0])
    assert log.n == N + 1
    listed = explainer.explain(TABLE[:1])[0]
    np.testing.assert_allclose(explanation.coef, listed.coef, rtol=1e-12)
    local = explainer.local_pipeline(TABLE[0]).fit(hood.codes, hood.answers[:, 0])
    np.testing.assert_allclose(local[-1].coef_, explanation.coef[0], rtol=1e-9)
    n = log.n
    weights = explainer.transform(TABLE[:5])
    assert log.n == n + 5
    np.testing.assert_allclose(weights[0], explanation.coef.ravel(), rtol=1e-12)
    # A score needs other rows: shared ones again.
    score = explainer.score(TABLE[:5])
    assert log.n == n + 5 + 5 + (N - 1) + 5
    assert explainer.score(TABLE[:5]) == pytest.approx(score)
    assert log.n == n + 5 + 5 + (N - 1) + 5 + 10


def test_instances_before_and_behind_each_other_make_no_difference():
    together = make().explain(TABLE[:6])
    for x, e in zip(TABLE[:6], together, strict=True):
        np.testing.assert_allclose(make().explain_instance(x).coef, e.coef, rtol=1e-12)


@pytest.mark.parametrize("seed", [None, np.random.RandomState(3)])
def test_rows_are_kept_also_without_a_fixed_seed(seed):
    log = Log()
    explainer = make(log, random_state=seed)
    first = explainer.explain(TABLE[:2])
    second = explainer.explain(TABLE[:2])
    assert log.n == N - 1 + 4
    np.testing.assert_allclose(first[0].coef, second[0].coef)
    # Another fit draws anew.
    explainer.fit(TABLE).explain(TABLE[:2])
    assert log.n == 2 * (N - 1) + 6


def test_what_changes_the_rows_draws_them_anew():
    log = Log()
    explainer = make(log)
    explainer.explain(TABLE[:1])
    explainer.set_params(sample__n_samples=50).explain(TABLE[:1])
    assert log.n == N + 50
    explainer.set_params(random_state=1).explain(TABLE[:1])
    assert log.n == N + 100
    other = Log()
    explainer.set_params(black_box=other).explain(TABLE[:1])
    assert (log.n, other.n) == (N + 100, 50)
    explainer.set_params(kernel__width=0.5).explain(TABLE[:1])
    assert other.n == 51


def test_a_memory_knows_shared_rows_of_clones():
    log = Log()
    # A model that notes its calls is never the same again, and needs a name.
    explainer = make(BlackBox(log, memory=True, name="log"))
    explainer.explain(TABLE[:3])
    again = clone(explainer).fit(TABLE).explain(TABLE[:4])
    assert log.n == N - 1 + 4
    assert sum(e.n_queries for e in again) == 1


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_workers_explain_what_was_asked_here(backend):
    from joblib import parallel_backend

    box = BlackBox(model)
    with parallel_backend(backend):
        explanations = make(box, n_jobs=2).explain(TABLE[:7])
    assert box.n_queries_ == N - 1 + 7
    for one, other in zip(explanations, make().explain(TABLE[:7]), strict=True):
        np.testing.assert_allclose(one.coef, other.coef, rtol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 7, 50, 10_000])
def test_batches_of_any_size_give_the_same(batch_size):
    log = Log()
    explanations = make(log, batch_size=batch_size).explain(TABLE[:9])
    assert log.n == N - 1 + 9
    assert max(map(len, log.rows)) <= batch_size
    for one, other in zip(explanations, make().explain(TABLE[:9]), strict=True):
        np.testing.assert_allclose(one.coef, other.coef, rtol=1e-12)


def test_frames_and_selected_features():
    frame = pd.DataFrame(TABLE, columns=list("abcd"))

    def ask(rows):
        assert list(rows.columns) == list("abcd")
        return model(rows.to_numpy())

    explainer = make(ask, frame, n_features=2)
    explanations = explainer.explain(frame.iloc[:3])
    assert [len(e.as_list()) for e in explanations] == [2, 2, 2]
    assert explanations[1].all_features.selected.all()


def test_progress_says_what_is_saved(capsys, monkeypatch):
    told = []
    make(verbose=lambda n, total: told.append((n, total))).explain(TABLE[:10])
    assert told[-1] == (N - 1 + 10, N - 1 + 10)
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    make(verbose=True).explain(TABLE[:10])
    text = capsys.readouterr().err
    assert "129 shared rows instead of 1,200" in text


def test_stopping_asks_about_no_more_rows_than_the_longest_needs():
    log = Log()
    explainer = make(log, batch_size=20, stopping=lambda e: e.n_rows >= 60)
    explanations = explainer.explain(TABLE[:5])
    assert log.n <= 60 + 5
    assert sum(e.n_queries for e in explanations) == log.n


# ----------------------------------------------------------- nothing answered is lost


def test_a_model_that_fails_is_asked_for_the_rest_alone():
    log = Log(most=60)
    explainer = make(log, batch_size=20)
    with pytest.raises(OSError, match="line is down") as caught:
        explainer.explain(TABLE[:10])
    assert log.n == 60
    partial = caught.value.neighborhoods[0]
    assert len(partial.answers) == 1 + 50
    log.most = None
    explanation = explainer.explain_instance(TABLE[0], neighborhood=partial)
    assert log.n == N - 1 + 10
    explanations = explainer.explain(TABLE[:10])
    assert log.n == N - 1 + 20
    np.testing.assert_allclose(explanation.coef, explanations[0].coef, rtol=1e-12)
    np.testing.assert_allclose(
        explanation.coef, make().explain_instance(TABLE[0]).coef, rtol=1e-12
    )


def test_what_is_interrupted_keeps_what_was_explained(monkeypatch):
    log = Log()
    explainer = make(log)
    count = []

    def break_off(self, rows, y, **kwargs):
        count.append(1)
        if len(count) == 4:
            raise KeyboardInterrupt
        return Ridge.fit(self, rows, y, **kwargs)

    patient = type("Patient", (Ridge,), {"fit": break_off})
    explainer.set_params(regressor=patient())
    with pytest.raises(KeyboardInterrupt) as caught:
        explainer.explain(TABLE[:10])
    assert len(caught.value.explanations) in (3, 4)
    assert log.n == N - 1 + 10


def test_an_explainer_and_its_rows_can_be_pickled():
    explainer = make()
    first = explainer.explain(TABLE[:2])
    twin = pickle.loads(pickle.dumps(explainer))
    again = twin.explain(TABLE[:2])
    assert [e.n_queries for e in again] == [1, 1]
    np.testing.assert_allclose(first[0].coef, again[0].coef)


def test_a_prior_that_does_not_fit_is_refused_before_a_query():
    log = Log()
    with pytest.raises(ValueError, match="prior_mean"):
        make(log).explain(TABLE[:3], prior=[np.zeros(4), np.zeros(4), np.zeros(5)])
    assert log.n == 0


# --------------------------------------------------------------------- masks, strangers


def test_texts_and_images_share_the_masks():
    texts = make_text_explainer(
        lambda ts: [float("good" in t) for t in ts], n_samples=60, rows="shared"
    )
    one, other = texts.sample("a good film here"), texts.sample("no bad film there")
    np.testing.assert_array_equal(one.codes, other.codes)
    labels = np.repeat(np.arange(16).reshape(4, 4), 4, axis=0).repeat(4, axis=1)
    images = make_image_explainer(
        lambda xs: np.asarray(xs).mean(axis=(1, 2, 3)),
        segmenter=None,
        n_samples=40,
        rows="shared",
        random_state=0,
    ).set_params(segment__segmentation=labels)
    a, b = (RNG.random((16, 16, 3)) for _ in range(2))
    np.testing.assert_array_equal(images.sample(a).codes, images.sample(b).codes)


def test_a_stranger_that_says_nothing_shares_draws_alone():
    class Quiet(BinSampler):
        def has_one_law(self, reference):
            return False

    log = Log()
    explainer = make(log, sampler=Quiet(N))
    one, other = explainer.sample(TABLE[0]), explainer.sample(TABLE[1])
    assert log.n == 2 * N
    np.testing.assert_array_equal(one.codes[1:], other.codes[1:])


def test_a_model_that_is_fitted_again_is_asked_again():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(60, 3))
    model = LinearRegression().fit(X, X[:, 0])
    explainer = make_tabular_explainer(
        model, discretizer=None, n_samples=100, rows="shared", random_state=0
    ).fit(X)
    explainer.explain(X[:2])
    model.fit(X, X[:, 1])
    for explanation in explainer.explain(X[:2]):
        assert np.argmax(np.abs(explanation.coef[0])) == 1
        error = explanation.local_prediction - explanation.prediction
        assert np.abs(error).max() < 1e-6
