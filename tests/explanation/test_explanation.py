"""The questions an explanation answers, and the ways it shows itself."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from scipy.stats import norm

from sklearn_baylime import Explanation
from sklearn_baylime.explanation import ExplanationDisplay


def make_explanation(**changes):
    rng = np.random.RandomState(0)
    factor = rng.normal(size=(2, 4, 4))
    content = {
        "feature_names": ["a <= 1", "b > 2", "c=red", "d"],
        "targets": [0, 2],
        "target_names": ["cat", "dog"],
        "coef": [[0.5, -2.0, 0.1, 0.0], [1.0, 2.0, -3.0, 0.5]],
        "selected_covariance": 0.01 * factor @ factor.transpose(0, 2, 1),
        "intercept": [0.2, 0.3],
        "prediction": [0.9, 0.1],
        "local_prediction": [0.8, 0.2],
        "score": [0.7, 0.6],
        "loo_score": [0.68, 0.59],
        "n_queries": 100,
        "n_rows": 100,
        "effective_sample_size": 80.0,
        "prior_share": np.full((2, 4), 0.1),
        "conflict": [np.nan, np.nan],
        "selected": np.ones((2, 4), dtype=bool),
        "kernel": {"name": "ExponentialKernel", "metric": "euclidean", "width": 1.5},
        "warnings": ["Take care."],
    }
    return Explanation(**{**content, **changes})


@pytest.fixture
def explanation():
    return make_explanation()


def test_arrays_are_read_only(explanation):
    with pytest.raises(ValueError, match="read-only"):
        explanation.coef[0, 0] = 1.0
    with pytest.raises(AttributeError, match="cannot assign"):
        explanation.coef = 1


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_intervals_hold_their_probability(explanation, level):
    low, high = explanation.interval(level)
    law = norm(explanation.coef, explanation.std)
    np.testing.assert_allclose(law.cdf(high) - law.cdf(low), level)
    np.testing.assert_allclose(low + high, 2 * explanation.coef)


def test_sign_probability_is_that_of_the_posterior(explanation):
    expected = norm(np.abs(explanation.coef), explanation.std).sf(0)
    np.testing.assert_allclose(explanation.sign_probability(), expected)


def test_certain_weights_have_certain_signs():
    certain = make_explanation(selected_covariance=np.zeros((2, 4, 4)))
    np.testing.assert_array_equal(certain.sign_probability()[0], [1, 1, 1, 0.5])


def test_top_k_probabilities_sum_to_k(explanation):
    probability = explanation.top_k_probability(2)
    np.testing.assert_allclose(probability.sum(axis=1), 2)
    assert probability[0, 1] > 0.99
    np.testing.assert_array_equal(probability, explanation.top_k_probability(2))


def test_queries_needed_follow_the_square_root_law(explanation):
    now = norm.ppf(0.975) * explanation.std[0, 0]
    assert explanation.queries_needed(now)[0, 0] in (100, 101)
    assert explanation.queries_needed(now / 2)[0, 0] in (400, 401)


def test_lists_and_maps_are_sorted_by_size(explanation):
    assert explanation.as_list()[0] == ("b > 2", -2.0)
    assert explanation.as_list("dog")[0] == explanation.as_list(2)[0] == ("c=red", -3.0)
    assert list(explanation.as_map()) == [0, 2]
    assert explanation.as_map()[2][0] == (2, -3.0)
    json.dumps(explanation.as_map())


def test_unselected_features_are_left_out():
    selected = np.array([[True, False, True, False], [True] * 4])
    explanation = make_explanation(selected=selected)
    assert [name for name, _ in explanation.as_list()] == ["a <= 1", "c=red"]
    assert len(explanation.to_frame()) == 6


def test_frame_has_a_row_for_each_target_and_feature(explanation):
    frame = explanation.to_frame(level=0.9)
    assert frame.shape == (8, 8)
    assert (frame["low"] < frame["coef"]).all()
    assert frame["target"].unique().tolist() == ["cat", "dog"]


def test_weights_become_a_prior_whose_trust_is_learned(explanation):
    """How sure they are says nothing of how alike two instances are."""
    prior = explanation.as_prior("dog")
    np.testing.assert_array_equal(prior.mean, explanation.coef[1])
    assert prior.precision is None and prior.hypotheses() == "open"
    bare = make_explanation(selected_covariance=np.full((2, 4, 4), np.nan))
    np.testing.assert_array_equal(bare.as_prior().mean, bare.coef[0])


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda e: e.as_list("bird"), KeyError, "'bird' was not explained, expected"),
        (lambda e: e.as_list(1), KeyError, "Target 1 was not explained"),
        (lambda e: e.interval(1.0), ValueError, "level is 1.0, expected a number"),
        (lambda e: e.interval(95), ValueError, "level is 95, expected"),
        (lambda e: e.top_k_probability(0), ValueError, "k is 0, expected an integer"),
        (lambda e: e.queries_needed(0), ValueError, "half_width is 0, expected"),
        (lambda e: e.save("why.docx"), ValueError, r"ends in '.docx', expected .html"),
    ],
)
def test_bad_questions(explanation, ask, error, message):
    with pytest.raises(error, match=message):
        ask(explanation)


# ---------------------------------------------------------------- text, data, files


def test_text_has_weights_intervals_and_fit(explanation):
    text = str(explanation)
    assert "cat: the model answers 0.900" in text
    assert "95 % interval" in text and "P(sign)" in text
    assert "intercept 0.200, local model 0.800, R2 0.680 on rows left out, " in text
    assert "left out, 100 rows worth 80" in text
    assert "Note: Take care." in text
    assert repr(explanation) == "<Explanation of cat, dog by 4 features, 100 rows>"


def test_json_comes_back(explanation, tmp_path):
    path = explanation.save(tmp_path / "why.json")
    again = Explanation.from_dict(json.loads(path.read_text()))
    np.testing.assert_array_equal(again.coef, explanation.coef)
    np.testing.assert_array_equal(again.covariance, explanation.covariance)
    assert again.feature_names == explanation.feature_names


@pytest.mark.parametrize("name", ["why.png", "why.svg", "why.html"])
def test_files_are_written(explanation, tmp_path, name):
    assert explanation.save(tmp_path / name).stat().st_size > 1000


# ---------------------------------------------------------------- pictures


def test_display_keeps_its_artists(explanation):
    display = explanation.plot("dog", max_features=3)
    assert isinstance(display, ExplanationDisplay)
    assert len(display.bars_) == 3
    assert display.ax_.figure is display.figure_
    labels = [t.get_text() for t in display.ax_.get_yticklabels()]
    assert labels == ["c=red", "b > 2", "a <= 1"]
    assert "1 weaker feature not shown" in display.ax_.get_xlabel()


def test_display_draws_on_given_axes(explanation):
    plt = pytest.importorskip("matplotlib.pyplot")
    _, ax = plt.subplots()
    assert explanation.plot(ax=ax).ax_ is ax


def test_no_interval_is_drawn_where_there_is_none():
    bare = make_explanation(selected_covariance=np.full((2, 4, 4), np.nan))
    assert bare.plot().intervals_ is None


def test_saving_leaves_no_open_figure(explanation, tmp_path):
    plt = pytest.importorskip("matplotlib.pyplot")
    explanation.save(tmp_path / "why.png")
    assert not plt.get_fignums()


def test_long_names_are_not_cut(explanation):
    long = make_explanation(feature_names=["a very long name of a column " * 4, *"bcd"])
    display = long.plot()
    display.figure_.canvas.draw()
    left = min(t.get_window_extent().x0 for t in display.ax_.get_yticklabels())
    assert left >= 0


# ---------------------------------------------------------------- pages


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


def test_page_is_self_contained_and_small(explanation):
    page = explanation.to_html()
    reader = read(page)
    assert page.startswith("<!DOCTYPE html>")
    assert len(page) < 60_000
    assert "script" not in [tag for tag, _ in reader.tags]
    assert not any("src" in attrs or "href" in attrs for _, attrs in reader.tags)
    assert "@import" not in page and "url(" not in page
    assert "prefers-color-scheme: dark" in page


def test_page_shows_intervals_intercept_and_fit(explanation):
    text = " ".join(read(explanation.to_html(level=0.9)).text)
    assert "90 % interval" in text
    assert re.search(r"0\.200 is its intercept, and explains 68 %", text)
    assert "Take care." in text
    assert "Why" in text and "dog" in text


@pytest.mark.parametrize("evil", ["</style><script>alert(1)</script>", "a & <b> \"c'"])
def test_page_escapes_everything(evil):
    explanation = make_explanation(
        feature_names=[evil, "b", "c", "d"], target_names=[evil, "x"], warnings=[evil]
    )
    for page in (explanation.to_html(), explanation._repr_html_()):
        reader = read(page)
        assert "script" not in [tag for tag, _ in reader.tags]
        assert evil in "".join(reader.text)


def test_notebook_fragment_styles_only_itself(explanation):
    page = explanation._repr_html_()
    assert page.startswith("<div><style>") and "<body" not in page


def test_numbers_have_sensible_digits():
    tiny = make_explanation(
        coef=np.array([[4.2e-7, -1e-7, 0, 0], [1, 1, 1, 1]]),
        selected_covariance=np.stack([np.eye(4) * 1e-16, np.eye(4) * 100.0]),
    )
    text = str(tiny)
    assert "+0.000000420" in text
    assert "+1 " in text
