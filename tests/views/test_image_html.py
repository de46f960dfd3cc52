"""Images in pages: one picture of each target, described, with outlines and legend."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from skimage import data
from skimage import io as image_io

from sklearn_baylime.explanation import ImageInstance
from sklearn_baylime.views.image._marks import mix_of, tint

COEF = [[0.5, -0.9, 0.01, 0.0], [-1.0, 0.2, 0.3, 0.4]]


class Reader(HTMLParser):
    """Collects tags with their attributes and the texts inside of them."""

    def __init__(self):
        super().__init__()
        self.found, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))

    def handle_data(self, data):
        if self.found:
            self.found[-1][2].append(data)


def find(page, tag, kind=None):
    reader = Reader()
    reader.feed(page.split("</style>")[1])
    reader.close()
    return [
        (attrs, "".join(texts).strip())
        for found, attrs, texts in reader.found
        if found == tag and (kind is None or kind in attrs.get("class", "").split())
    ]


def decode(attrs):
    head, content = attrs["src"].split(",")
    assert head == "data:image/png;base64"
    return image_io.imread(io.BytesIO(base64.b64decode(content)))


def test_targets_have_a_picture_beside_the_original(explain_image):
    explanation = explain_image(COEF)
    for page in (explanation.to_html(), explanation._repr_html_()):
        images = [attrs for attrs, _ in find(page, "img")]
        assert len(images) == 4
        original = explanation.instance.display_image()
        segments = explanation.instance.segments
        for t, (over, beside) in enumerate(zip(images[::2], images[1::2], strict=True)):
            assert np.array_equal(decode(beside), original)
            coef = np.array(COEF[t])
            limit = np.abs(coef).max()
            certain = explanation.sign_probability()[t]
            expected = tint(original, segments, coef, range(4), limit, certain)
            assert np.array_equal(decode(over), expected)
            assert f"the answer for class {t} in blue" in over["alt"]
            assert beside["alt"] == "The image that is explained"
        assert "segment 1 (−0.90), segment 0 (+0.50), segment 2" in images[0]["alt"]
        assert len(find(page, "table")) == 2
        assert not find(page, "script") and "http" not in page.split("</style>")[1]


def test_tints_grow_with_the_weight():
    opacity = [mix_of(weight, 1.0)[1] for weight in (0, 1e-9, 0.3, -0.6, 1.0)]
    assert opacity[0] == 0 and (np.diff(opacity) > 0).all() and opacity[-1] < 0.8
    image = np.full((1, 3, 3), 128, np.uint8)
    blue, orange, grey = tint(image, [[0, 1, 2]], [1, -1, 5], [0, 1], 1)[0].astype(int)
    assert blue[2] > blue[0] + 50 and orange[0] > orange[2] + 50
    assert np.ptp(grey) == 0


def test_outlines_tell_sign_certainty_and_weight(explain_image):
    page = explain_image(COEF).to_html()
    looks = [attrs["class"] for attrs, _ in find(page, "g")]
    assert looks[:3] == ["positive open", "positive certain", "negative certain"]
    titles = [text for _, text in find(page, "title")]
    assert titles[2] == (
        "segment 1: lowers the answer: weight −0.90, 95 % interval −1.10 to −0.70, "
        "sign certain"
    )
    assert [text for _, text in find(page, "text")][:3] == ["2", "0", "1"]
    paths = [attrs["d"] for attrs, _ in find(page, "path")]
    assert paths[0] == paths[1] and len(paths) == 14
    numbers = set(map(int, re.findall(r"\d+", paths[0])))
    assert numbers == {0, 4, 6, 8}


def test_only_the_strongest_are_marked(explain_image):
    page = explain_image(COEF[:1]).to_html(max_features=1)
    assert len(find(page, "g")) == 1
    picture = decode(find(page, "img")[0][0]).astype(int)
    colored = np.ptp(picture, axis=2) > 0
    assert colored[:4, 6:].all() and not colored[4:].any() and not colored[:, :6].any()


def test_legend_explains_what_is_there(explain_image):
    keys = [text for _, text in find(explain_image(COEF).to_html(), "span", "key")]
    assert keys[:4] == [
        *("raises the answer", "lowers the answer"),
        *("sign certain (P ≥ 97.5 %)", "sign open"),
    ]
    keys = find(explain_image(COEF[:1], std=np.nan).to_html(), "span", "key")
    assert [text for _, text in keys] == ["raises the answer", "lowers the answer"]


def test_no_weights_are_a_grey_picture(explain_image):
    page = explain_image([[0.0] * 4]).to_html()
    over = find(page, "img")[0][0]
    assert over["alt"] == "The image in grey: no segment has a weight for class 0"
    assert not find(page, "g") and not find(page, "span", "key")


def test_names_are_escaped_and_long_ones_not_drawn(explain_image):
    names = ["<b>&", 'a "quoted" name', "sky", "eye"]
    page = explain_image(COEF[:1], feature_names=names, target_names=["<i>"]).to_html()
    assert "<i>" not in page and "<b>" not in page
    assert sorted(text for _, text in find(page, "text")) == ["", "<b>&", "sky"]


def test_tiny_images_are_squares(explain_image):
    attrs = find(explain_image().to_html(), "img")[0][0]
    assert attrs["class"] == "tiny"
    assert (attrs["width"], attrs["height"]) == ("12", "8")
    image = data.camera()
    segments = np.arange(512) // 128 + np.zeros((512, 1), int)
    page = explain_image(instance=ImageInstance(image, segments)).to_html()
    assert "class" not in find(page, "img")[0][0]


@pytest.mark.parametrize("shape", [(1, 2000), (1100, 700, 3), (1300, 40, 6)])
def test_large_images_are_thinned_out(explain_image, shape):
    image = np.random.RandomState(0).rand(*shape)
    segments = np.zeros(shape[:2], int)
    segments[0, :3] = [1, 2, 3][: shape[1]]
    page = explain_image(instance=ImageInstance(image, segments)).to_html()
    sides = [decode(attrs).shape for attrs, _ in find(page, "img")]
    assert all(256 <= max(side[:2]) <= 512 for side in sides)
    # Segments between the pixels that are left have no outline.
    assert 1 <= len(find(page, "g")) < 4
