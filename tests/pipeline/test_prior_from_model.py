"""A cheap model as prior knowledge of a costly one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_baylime import BlackBox, make_tabular_explainer, make_text_explainer
from sklearn_baylime import prior_from_model as from_model

WEIGHTS = np.array([3.0, -2.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0])
X = np.random.RandomState(0).normal(size=(200, 8))


def costly(rows):
    return np.tanh(rows @ WEIGHTS) + 0.3 * rows[:, 6] * rows[:, 7]


def cheap(rows):
    return 10 * (rows @ WEIGHTS)


def make(model=costly, n_samples=12, **params):
    params = {"discretizer": None, "random_state": 0, **params}
    return make_tabular_explainer(model, n_samples=n_samples, **params).fit(X)


def truth():
    return make(n_samples=20000).explain_instance(X[0]).coef[0]


def test_few_answers_suffice_where_a_cheap_model_points_the_way():
    weights, errors = truth(), {"none": [], "prior": []}
    for seed in range(20):
        explainer = make(random_state=seed)
        prior = from_model(cheap, explainer, X[0], random_state=seed)
        for name, used in (("none", None), ("prior", prior)):
            found = explainer.explain_instance(X[0], prior=used)
            assert found.n_queries == 12
            errors[name].append(((found.coef[0] - weights) ** 2).mean())
    assert np.mean(errors["prior"]) < 0.5 * np.mean(errors["none"])


def test_a_wrong_cheap_model_costs_little():
    weights, errors = truth(), {"none": [], "prior": []}
    for seed in range(40):
        explainer = make(random_state=seed, n_samples=24)
        prior = from_model(
            lambda rows: rows @ WEIGHTS[::-1], explainer, X[0], random_state=seed
        )
        for name, used in (("none", None), ("prior", prior)):
            coef = explainer.explain_instance(X[0], prior=used).coef[0]
            errors[name].append(((coef - weights) ** 2).mean())
    # Of the root mean square, 6 % from three rows a feature on.
    assert np.sqrt(np.mean(errors["prior"]) / np.mean(errors["none"])) < 1.06


def test_the_costly_model_is_not_asked_and_nothing_changes():
    box = BlackBox(costly)
    explainer = make(box)
    before = explainer.get_params()
    prior = from_model(cheap, explainer, X[0], n_samples=300, random_state=1)
    assert box.n_queries_ == 0
    assert explainer.get_params() == before
    assert explainer.explain_instance(X[0], prior=prior).n_rows == 12


def test_the_cheap_model_is_asked_as_often_as_said():
    small = BlackBox(cheap)
    from_model(small, make(batch_size=7), X[0], n_samples=300, random_state=1)
    assert small.n_queries_ == 300


def test_all_features_are_told_where_the_explainer_selects():
    explainer = make(n_features=2, n_samples=200)
    prior = from_model(cheap, explainer, X[0], random_state=1)
    assert np.count_nonzero(np.abs(prior.mean) > 0.1) >= 4
    explainer.explain_instance(X[0], prior=prior)


def test_one_output_of_several():
    def two(rows):
        return np.column_stack([cheap(rows), -cheap(rows)])

    means = [
        from_model(two, make(), X[0], target=t, n_samples=500, random_state=1).mean
        for t in (0, 1)
    ]
    assert_allclose(means[0], -means[1])


def test_words_of_texts():
    def small(texts):
        return [1.0 * ("good" in text) for text in texts]

    explainer = make_text_explainer(
        lambda texts: [("good" in t) - 0.5 * ("bad" in t) for t in texts],
        n_samples=10,
        random_state=0,
    )
    text = "a good film with a bad end"
    prior = from_model(small, explainer, text, random_state=1)
    names = explainer.explain_instance(text, prior=prior).feature_names
    assert_allclose(prior.mean, [name == "good" for name in names], atol=0.01)


def test_what_the_cheap_model_cannot_do_is_its_own_error():
    with pytest.raises(ValueError, match="answered 3 rows to 5000"):
        from_model(lambda rows: rows[:3, 0], make(), X[0])
