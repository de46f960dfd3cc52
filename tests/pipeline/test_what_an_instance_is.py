"""What an image, a text or a row is, and advice that fits the cause."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge

from sklearn_baylime import (
    make_image_explainer,
    make_tabular_explainer,
    make_text_explainer,
)

RNG = np.random.default_rng(0)
RGB = RNG.integers(0, 256, (64, 64, 3)).astype(np.uint8)


def brightness(images):
    return np.reshape(images, (len(images), -1)).mean(axis=1)


def explain_image(image, **settings):
    settings = {"n_samples": 60, "random_state": 0, **settings}
    return make_image_explainer(brightness, **settings).explain_instance(image)


# --- images --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "advice"),
    [
        ("CMYK", "RGB"),
        ("YCbCr", "RGB"),
        ("HSV", "RGB"),
        ("LA", "L"),
    ],
)
@pytest.mark.parametrize("how", ["explain", "explain_instance"])
def test_modes_that_are_no_colors_are_refused_with_the_conversion(mode, advice, how):
    image = pytest.importorskip("PIL.Image").fromarray(RGB)
    image = image.convert(mode)
    asked = []
    explainer = make_image_explainer(asked.append)
    with pytest.raises(ValueError, match=rf"mode {mode},.*convert\('{advice}'\)"):
        getattr(explainer, how)(image)
    assert asked == []


def test_a_palette_becomes_colors_in_explain_as_well():
    image = pytest.importorskip("PIL.Image").fromarray(RGB).convert("P")
    explainer = make_image_explainer(brightness, n_samples=40, random_state=0)
    (explanation,) = explainer.explain(image)
    mean = np.asarray(image.convert("RGB"), dtype=float).mean()
    np.testing.assert_allclose(explanation.prediction, mean)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1", "F", "I"])
def test_modes_of_grey_and_colors_are_what_their_arrays_are(mode):
    image = pytest.importorskip("PIL.Image").fromarray(RGB).convert(mode)
    one, other = explain_image(image), explain_image(np.asarray(image))
    np.testing.assert_array_equal(one.coef, other.coef)


@pytest.mark.parametrize(
    "shape",
    [(3, 96, 96), (3, 8, 8), (1, 28, 28), (13, 48, 80), (2, 64, 64), (30, 64, 64)],
)
def test_channels_and_slices_first_are_refused_with_the_conversion(shape):
    with pytest.raises(ValueError, match=r"channels.* first.*np\.moveaxis"):
        explain_image(RNG.random(shape))


@pytest.mark.parametrize("shape", [(12, 12, 13), (40, 40, 40), (6, 9, 5), (20, 30, 1)])
def test_channels_last_are_taken_whatever_their_number(shape):
    assert len(explain_image(RNG.random(shape)).feature_names) >= 1


@pytest.mark.parametrize("shape", [(24, 32, 3), (24, 32), (24, 32, 1)])
def test_one_image_is_one_explanation(shape):
    image = RNG.random(shape)
    explainer = make_image_explainer(brightness, n_samples=40, random_state=0)
    found = explainer.explain(image)
    assert len(found) == 1
    alone = explainer.explain_instance(image)
    np.testing.assert_array_equal(found[0].coef, alone.coef)
    assert len(explainer.explain(RNG.random((2, *shape)))) == 2


def test_small_images_are_cut_finely_enough():
    digit = np.kron(load_digits().images[3], np.ones((4, 4)))[:28, :28] / 16
    explanation = explain_image(digit, n_samples=200)
    assert len(explanation.feature_names) >= 20
    assert len(explain_image(load_digits().images[3] / 16).feature_names) >= 4


def test_an_image_of_one_color_is_one_segment_and_says_so():
    explanation = explain_image(np.full((28, 28), 0.5))
    assert explanation.feature_names == ("segment 0",)
    assert "1 segment only" in explanation.warnings[0]
    assert "n_segments=50" in explanation.warnings[0]
    assert not any("more rows or a wider" in w for w in explanation.warnings)


# --- texts ---------------------------------------------------------------------------


def count(sign):
    return lambda texts: np.array([float(text.count(sign)) for text in texts])


def explain_text(text, sign):
    explainer = make_text_explainer(count(sign), n_samples=200, random_state=0)
    return explainer.explain_instance(text)


@pytest.mark.parametrize(
    ("text", "sign", "weight"),
    [
        ("great film 👍 thanks", "👍", 1),
        ("👍👍 👍", "👍", 3),
        ("这部电影很好看我喜欢", "好", 1),
    ],
)
def test_emoji_and_scripts_without_spaces_are_components(text, sign, weight):
    name, found = explain_text(text, sign).as_list()[0]
    assert name == sign
    np.testing.assert_allclose(found, weight, atol=0.05)


def test_marks_that_are_never_removed_are_named():
    explanation = explain_text("so good!!!", "!")
    assert any("'!!!'" in w and "never removed" in w for w in explanation.warnings)


def test_a_text_of_one_component_says_so():
    explanation = explain_text("great", "g")
    assert "1 component only" in explanation.warnings[0]


def test_texts_come_in_any_list():
    explainer = make_text_explainer(count("a"), n_samples=30, random_state=0)
    assert len(explainer.explain("one text")) == 1
    assert len(explainer.explain(("a b", "c d a"))) == 2
    assert len(explainer.explain(pd.Series(["a b", "c d a"]))) == 2


def test_features_of_their_own_are_told_before_any_query():
    asked = []
    with pytest.raises(ValueError, match=r"make no common columns: use explain"):
        make_text_explainer(asked.append).transform(["a b", "c d e"])
    assert asked == []


# --- tables --------------------------------------------------------------------------


X = RNG.normal(size=(200, 3))


def first(rows):
    return np.asarray(rows)[:, 0].astype(float)


@pytest.mark.parametrize("kind", [np.array, pd.Series, lambda x: dict(enumerate(x))])
def test_one_row_is_refused_by_explain(kind):
    explainer = make_tabular_explainer(first, n_samples=50, random_state=0).fit(X)
    with pytest.raises(ValueError, match="explain_instance"):
        explainer.explain(kind(X[0]))


def test_no_rows_have_no_score():
    explainer = make_tabular_explainer(first, n_samples=50, random_state=0).fit(X)
    with pytest.raises(ValueError, match="no rows"):
        explainer.score(X[:0])


def test_no_background_is_told():
    with pytest.raises(ValueError, match="background data"):
        make_tabular_explainer(first).fit()


def test_sparse_rows_of_any_format():
    M = sparse.random(100, 6, 0.5, random_state=0, format="csr")

    def total(rows):
        return np.asarray(rows.sum(axis=1)).ravel()

    explainer = make_tabular_explainer(
        total, sparse=True, n_samples=60, random_state=0
    ).fit(M.tocoo())
    expected = explainer.explain(M[:2])
    for form in (M[:2].tocoo(), M[:2].todia(), sparse.csr_array(M[:2])):
        for one, other in zip(explainer.explain(form), expected, strict=True):
            np.testing.assert_array_equal(one.coef, other.coef)
    try:
        row = sparse.csr_array(M)[0]
    except NotImplementedError:
        pytest.skip("this scipy has no rows of one axis")
    one = explainer.explain_instance(row)
    np.testing.assert_array_equal(one.coef, expected[0].coef)


# --- settings and names --------------------------------------------------------------


def test_a_class_in_place_of_an_instance_is_told():
    explainer = make_tabular_explainer(first, regressor=Ridge)
    with pytest.raises(TypeError, match=r"regressor is the class Ridge.*Ridge\(\)"):
        explainer.fit(X)


def test_names_of_an_earlier_fit_do_not_stay():
    explainer = make_tabular_explainer(first, n_samples=50, random_state=0)
    explainer.fit(pd.DataFrame(X, columns=list("abc")))
    assert explainer.feature_names_in_.tolist() == ["a", "b", "c"]
    assert not hasattr(explainer.fit(X), "feature_names_in_")
    odd = explainer.fit(pd.DataFrame(X, columns=list("abc"))).fit(pd.DataFrame(X))
    assert not hasattr(odd, "feature_names_in_")


@pytest.mark.parametrize("sampler", ["gaussian", "ball"])
def test_missing_values_beside_other_samplers_name_the_one_that_takes_them(sampler):
    gappy = X.copy()
    gappy[0, 0] = np.nan
    with pytest.raises(ValueError, match="sampler='bins'"):
        make_tabular_explainer(first, sampler=sampler).fit(gappy)
    make_tabular_explainer(first, sampler="bins").fit(gappy)


def test_control_characters_in_names_are_written_out():
    names = ["a\x00b", "c\nd", "e\u202ef\x1b[31m"]
    explainer = make_tabular_explainer(
        first, n_samples=50, random_state=0, feature_names=names
    ).fit(X)
    shown = str(explainer.explain_instance(X[0]))
    assert r"a\x00b" in shown and r"c\nd" in shown and r"\u202ef\x1b[31m" in shown
    assert all(c == "\n" or c.isprintable() for c in shown)


def test_a_wider_kernel_is_not_advised_where_it_takes_nothing():
    explainer = make_tabular_explainer(
        first, n_samples=20, kernel_width=1e6, random_state=0
    ).fit(X)
    said = explainer.explain_instance(X[0]).warnings[0]
    assert "coarser features" in said and "wider kernel" not in said
    explainer.set_params(kernel__width=0.3, sample__n_samples=100)
    assert "wider kernel" in explainer.explain_instance(X[0]).warnings[0]
