"""Marginals, exact and open weights, the prior's hypotheses: asked, kept, told."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from numpydoc.validate import validate
from scipy.stats import norm
from scipy.stats import t as student

import sklearn_baylime.linear_model
from sklearn_baylime import Explanation, make_text_explainer

COEF = [[1.0, -0.5, 0.1]]


@dataclass
class Marginal:
    """Student distributions, as a mixture of one component."""

    mean: list
    scale: list
    dof: float = 3.0

    def law(self):
        return student(self.dof, self.mean, self.scale)

    def interval(self, level=0.95):
        return np.stack(self.law().interval(level))

    def quantile(self, p):
        return self.law().ppf(np.asarray(p)[:, None])

    def sign_probability(self):
        return np.where(np.array(self.mean) < 0, self.law().cdf(0), self.law().sf(0))

    def probability_below(self, x):
        return self.law().cdf(x) - self.law().cdf(-np.asarray(x))

    def to_dict(self):
        return {"mean": self.mean, "scale": self.scale, "dof": self.dof}

    @classmethod
    def from_dict(cls, content):
        return cls(**content)


class Bare(Marginal):
    """Without quantiles."""

    quantile = property()


def make_marginal(kind=Marginal):
    return kind(COEF[0], [0.3, 0.2, 0.1])


@pytest.fixture
def marginal():
    return make_marginal()


# ---------------------------------------------------------------- marginals


def test_questions_are_answered_from_the_marginals(explain, marginal):
    explanation = explain("", COEF, marginals=[marginal])
    low, high = explanation.interval(0.9)
    np.testing.assert_array_equal([low[0], high[0]], marginal.interval(0.9))
    probability = explanation.sign_probability()[0]
    np.testing.assert_array_equal(probability, marginal.sign_probability())
    within = explanation.practically_zero(0.2)[0]
    np.testing.assert_array_equal(within, marginal.probability_below(0.2))
    records = list(explanation.records(0.9))
    assert records[0]["low"] == low[0, 0] and records[0]["std"] == pytest.approx(0.1)
    half = (high - low) / 2
    needed = explanation.queries_needed(0.1, level=0.9)
    np.testing.assert_array_equal(needed, np.ceil(100 * (half / 0.1) ** 2))


def test_marginals_are_of_the_selected_features(explain):
    selected = [[True, False, True]]
    few = Marginal([1.0, 0.1], [0.3, 0.1])
    explanation = explain("", COEF, marginals=[few], selected=selected)
    interval = explanation.interval()[:, 0]
    assert np.isnan(interval[:, 1]).all()
    # Two of three were chosen.
    np.testing.assert_allclose(interval[:, [0, 2]], few.interval(1 - 0.05 * 2 / 3))
    with pytest.raises(ValueError, match=r"shape \(3,\), expected \(2,\): of the f"):
        explain("", COEF, marginals=[make_marginal()], selected=selected)


def test_draws_have_the_marginals(explain):
    """Independent ones: P(|a| > |b|) of two Student distributions by counting."""
    wide = Marginal([1.0, 1.5], [0.3, 0.02], dof=1.5)
    given = {"selected_covariance": [np.diag([0.09, 0.0004])]}
    explanation = explain("", [[1.0, 1.5]], marginals=[wide], **given)
    found = explanation.top_k_probability(1, n_draws=40_000)[0, 0]
    rng = np.random.RandomState(1)
    draws = wide.law().rvs((400_000, 2), random_state=rng)
    expected = (np.abs(draws[:, 0]) > np.abs(draws[:, 1])).mean()
    assert found == pytest.approx(expected, abs=0.01)
    # Normal marginals of that covariance say something else.
    normal = explain("", [[1.0, 1.5]], **given).top_k_probability(1, n_draws=40_000)
    assert abs(normal[0, 0] - expected) > 0.015


def test_draws_of_marginals_are_correlated(explain):
    together = Marginal([1.1, 1.0], [0.5, 0.5])
    covariance = [np.full((2, 2), 0.75)]
    given = {"marginals": [together], "selected_covariance": covariance}
    explanation = explain("", [[1.1, 1.0]], **given)
    # Both are their centers plus the same deviate: |a| > |b| where it is above -2.1.
    expected = student(3.0).sf(-1.05 / 0.5)
    found = explanation.top_k_probability(1, n_draws=40_000)[0, 0]
    assert found == pytest.approx(expected, abs=0.01)


def test_marginals_without_quantiles_are_drawn_as_normal(explain):
    explanation = explain("", COEF, marginals=[make_marginal(Bare)])
    expected = explain("", COEF).top_k_probability(2)
    np.testing.assert_array_equal(explanation.top_k_probability(2), expected)


def test_marginals_come_back_from_json(explain, marginal, monkeypatch):
    explanation = explain("", COEF, marginals=[marginal])
    text = json.dumps(explanation.to_dict(), allow_nan=False)
    monkeypatch.setattr(
        sklearn_baylime.linear_model, "StudentMixture", Marginal, raising=False
    )
    again = Explanation.from_dict(json.loads(text))
    assert again.marginals == (marginal,)
    np.testing.assert_array_equal(again.interval(), explanation.interval())


def test_marginals_that_nobody_can_read(explain, marginal, monkeypatch):
    content = explain("", COEF, marginals=[marginal]).to_dict()
    monkeypatch.setattr(
        sklearn_baylime.linear_model, "StudentMixture", None, raising=False
    )
    with pytest.raises(ValueError, match="this version of sklearn_baylime cannot read"):
        Explanation.from_dict(content)


# ---------------------------------------------------------------- after a choice


@pytest.fixture
def chosen(explain):
    """Two of ten features, by normal and by Student marginals."""
    selected = [[True, True] + [False] * 8]
    given = {"selected": selected, "instance": None}
    given["selected_covariance"] = [np.diag([0.01, 0.25])]
    coef = [[0.3, -0.5] + [0.0] * 8]
    few = Marginal([0.3, -0.5], [0.1, 0.5])
    return [explain("", coef, **given, marginals=m) for m in (None, [few])]


def laws():
    return norm([0.3, -0.5], [0.1, 0.5]), student(3.0, [0.3, -0.5], [0.1, 0.5])


def test_intervals_pay_for_the_choice(chosen):
    for explanation, law in zip(chosen, laws(), strict=True):
        low, high = explanation.interval(0.9)[:, 0, :2]
        np.testing.assert_allclose([law.cdf(low), law.sf(high)], 0.05 * 2 / 10)
        record = next(explanation.records(0.9))
        assert (record["low"], record["high"]) == (low[1], high[1])
        needed = explanation.queries_needed(0.1, level=0.9)[0, :2]
        expected = np.ceil(100 * ((high - low) / 2 / 0.1) ** 2)
        np.testing.assert_array_equal(needed, expected)


def test_signs_pay_for_the_choice(chosen):
    for explanation, law in zip(chosen, laws(), strict=True):
        wrong = np.array([law.cdf(0)[0], law.sf(0)[1]])
        found = explanation.sign_probability()[0, :2]
        np.testing.assert_allclose(found, np.maximum(1 - 5 * wrong, 0.5))
        assert found[1] == 0.5 and found[0] > 0.8


def test_small_weights_pay_for_the_choice(chosen):
    for explanation, law in zip(chosen, laws(), strict=True):
        within = law.cdf(0.05) - law.cdf(-0.05)
        found = explanation.practically_zero(0.05)[0, :2]
        np.testing.assert_allclose(found, np.minimum(5 * within, 0.5))
        # What is likelier than even odds already stays as it is.
        wide = explanation.practically_zero(1.0)[0, :2]
        np.testing.assert_allclose(wide, law.cdf(1) - law.cdf(-1))


def test_each_target_pays_for_its_own_choice(explain):
    selected = [[True, True, True], [True, False, False]]
    explanation = explain("", COEF * 2, selected=selected)
    low, high = explanation.interval()
    half = (high - low)[:, 0] / 2
    np.testing.assert_allclose(half, 0.1 * norm.isf([0.025, 0.025 / 3]))


def test_nothing_is_paid_without_a_choice(explain):
    for changes in ({}, {"exact": True, "selected": [[True, False, True]]}):
        explanation = explain("", COEF, **changes)
        low, high = explanation.interval()
        half = norm.isf(0.025) * explanation.std
        np.testing.assert_allclose((high - low) / 2, half)
        assert "pay for the choice" not in str(explanation)


def test_the_choice_is_told(chosen, explain):
    told = "Intervals and P(sign) pay for the choice of 2 among 10 features."
    assert f"Note: {told}" in str(chosen[0])
    assert told in chosen[0].to_html()
    assert told in chosen[0]._repr_html_()
    # It is no warning: those are kept and come back.
    assert chosen[0].warnings == () and str(chosen[0]).count(told) == 1
    selected = [[True, True, False], [True, False, False]]
    both = explain("", COEF * 2, selected=selected)
    assert "choice of 1 or 2 among 3 features" in str(both)


# ---------------------------------------------------------------- exact, open


@pytest.fixture
def exact(explain, marginal):
    return explain("", COEF, exact=True, n_rows=8, marginals=[marginal])


def test_exact_weights_have_no_uncertainty(exact):
    assert not exact.std.any() and exact.marginals is None
    np.testing.assert_array_equal(exact.interval(), [COEF, COEF])
    np.testing.assert_array_equal(exact.sign_probability(), [[1, 1, 1]])
    np.testing.assert_array_equal(exact.queries_needed(1e-6), [[8, 8, 8]])
    np.testing.assert_array_equal(exact.top_k_probability(1), [[1, 0, 0]])


def test_exact_weights_are_a_prior_of_learned_trust(exact):
    prior = exact.as_prior()
    np.testing.assert_array_equal(prior.mean, COEF[0])
    assert prior.precision is None and prior.hypotheses() == "open"


def test_exact_weights_say_so(exact):
    assert "R2 0.500 on rows left out; exact: all 8 masks were asked" in str(exact)
    assert "Exact: all 8 masks were asked." in exact.to_html()
    assert "equally weighted" not in exact.to_html()
    caption = exact.plot().ax_.get_xlabel()
    assert "exact: all 8 masks were asked\nlocal fit R² 0.50" in caption


def test_unselected_weights_of_exact_ones_stay_unknown(explain):
    selected = [[True, False, True]]
    exact = explain("", COEF, exact=True, n_rows=8, selected=selected)
    np.testing.assert_array_equal(exact.std, [[0, np.nan, 0]])
    np.testing.assert_array_equal(exact.queries_needed(0.1), [[8, np.nan, 8]])


@pytest.fixture
def half_open(explain):
    return explain("", COEF * 2, is_open=[False, True])


def test_open_intervals_have_no_ends(half_open):
    low, high = half_open.interval()
    assert np.isfinite(low[0]).all() and (low[1] == -np.inf).all()
    assert (high[1] == np.inf).all()
    np.testing.assert_array_equal(half_open.sign_probability()[1], 0.5)
    for answer in (
        half_open.top_k_probability(1),
        half_open.practically_zero(0.1),
        half_open.queries_needed(0.1),
    ):
        assert np.isfinite(answer[0]).all() and np.isnan(answer[1]).all()


def test_open_intervals_are_shown_as_such(half_open):
    text = str(half_open)
    first, second = text.split("class 1: the model")
    assert " open " not in first and second.count(" open ") >= 3
    assert "The intervals of class 1 are open" in second and "would help" in second
    page = half_open.to_html()
    assert page.count("<td>open</td><td>–</td>") == 3
    assert "The intervals of class 1 are open" in page
    assert page.count('class="interval open"') == 3
    display = half_open.plot(1)
    assert display.intervals_ is None
    assert "whose intervals are open" in display.ax_.get_xlabel()


def test_unselected_features_are_not_open(explain):
    given = {"is_open": True, "selected": [[True, False, True]]}
    explanation = explain("", COEF, **given)
    assert np.isnan(explanation.interval()[:, 0, 1]).all()


# ---------------------------------------------------------------- prior, fit


@pytest.mark.parametrize(
    ("odds", "scale", "expected"),
    [
        ((0.93, 0.05, 0.02), np.nan, "The prior was of use (93 %)."),
        ((0.1, 0.1, 0.8), np.nan, "The prior was ignored (80 %)."),
        ((0.1, 0.8, 0.1), np.nan, "Of the prior its direction was used (80 %)."),
        ((0.1, 0.8, 0.1), 0.5, "direction was used (80 %), at 0.5 of its size."),
        (
            (0.1, 0.8, 0.1),
            -0.0301,
            "direction was used (80 %), at 0.03 of its size, with the opposite sign.",
        ),
    ],
)
def test_what_became_of_the_prior_is_told(explain, odds, scale, expected):
    names = ("stated", "direction", "nothing")
    prior_odds = {name: [p] for name, p in zip(names, odds, strict=True)}
    explanation = explain("", COEF, prior_odds=prior_odds, prior_scale=scale)
    assert expected in str(explanation)
    assert expected in explanation.to_html()
    read = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    assert expected in str(read)
    assert read.prior_odds["stated"].tolist() == [odds[0]]


def test_nothing_is_told_of_no_prior(explain):
    assert "prior" not in str(explain("", COEF)).lower()
    unknown = {"stated": [np.nan], "nothing": [np.nan]}
    assert "prior" not in str(explain("", COEF, prior_odds=unknown)).lower()
    other = explain("", COEF, prior_odds={"twice": [1.0]})
    assert "likeliest hypothesis is 'twice' (100 %)" in str(other)


def test_the_local_answer_has_its_deviation(explain):
    explanation = explain("", COEF, local_prediction=[0.8123], local_std=[0.0123])
    assert "local model 0.812 ± 0.012, R2" in str(explanation)
    assert "answers 0.812 ± 0.012, of which" in explanation.to_html()
    assert "±" not in str(explain("", COEF))


@pytest.mark.parametrize(
    ("loo", "text", "page", "caption"),
    [
        (0.4, "R2 0.400 on rows left out,", "40 % of the variation", "R² 0.40 on rows"),
        (np.nan, "R2 0.900, 100 rows", "90 % of the variation", "R² 0.90"),
        (-0.2, "R2 −0.200 on rows left", "0 % of the variation", "R² -0.20 on rows"),
    ],
)
def test_the_score_on_rows_left_out_comes_first(explain, loo, text, page, caption):
    explanation = explain("good film", [[1.0, 0.5]], score=[0.9], loo_score=[loo])
    assert text in str(explanation)
    assert page in explanation.to_html()
    assert ("on rows left out" in explanation.to_html()) == np.isfinite(loo)
    for kind in ("bars", "text"):
        assert caption in explanation.plot(kind=kind).ax_.get_xlabel()


def test_new_fields_come_back(explain, exact):
    given = {"local_std": [0.1], "prior_scale": [-2.0], "is_open": [True]}
    for explanation in (explain("", COEF, **given), exact):
        read = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
        assert read.to_dict() == explanation.to_dict()
    assert exact.exact is True and read.exact is True


@pytest.mark.parametrize("delta", [0, -1, np.nan])
def test_sizes_that_matter_are_positive(explain, delta):
    with pytest.raises(ValueError, match=r"delta is .*, expected more than 0"):
        explain().practically_zero(delta)


IGNORED = {
    *("ES01", "SA01", "SA04", "EX01", "GL01", "GL02", "GL03", "GL08", "RT03", "SS06"),
    *("PR07", "PR08", "PR09", "RT02", "RT04", "RT05", "YD01", "SS05"),
}


@pytest.mark.parametrize("name", [n for n in dir(Explanation) if n[0] != "_"])
def test_inherited_questions_are_documented(name):
    if callable(getattr(Explanation, name)):
        path = f"sklearn_baylime.explanation.Explanation.{name}"
        found = validate(path)
        assert found["docstring"].strip()
        assert not [e for e in found["errors"] if e[0] not in IGNORED]


@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("unit", [1.0, 1e-9])
def test_weights_of_rounding_size_have_no_sign(unit, offset):
    """A model that is linear indeed leaves deviations as small as the roundings."""
    text = "one two three four five six seven eight nine ten eleven"

    def model(texts):
        return [unit * (offset + ("two" in t) - 0.3 * ("nine" in t)) for t in texts]

    explanation = make_text_explainer(
        model, n_samples=300, random_state=0
    ).explain_instance(text)
    assert not explanation.exact
    effects = np.array([name in ("two", "nine") for name in text.split()])
    probability = explanation.sign_probability()[0]
    assert (probability[effects] > 0.99).all()
    assert (probability[~effects] == 0.5).all()
    assert not any("Shrinkage decides" in line for line in explanation.warnings)
