"""Documents in pages: the text to the character, marks that mean their weights."""

import re
from html.parser import HTMLParser
from importlib import resources

import numpy as np
import pytest

from sklearn_baylime.views._html_parts import page_style

TEXTS = {
    "markup": "<script>alert(1)</script> & &amp; \"quoted\" 'too' </div><mark>x</mark>",
    "Cyrillic": "Фильм хороший, но скучный… Хороший!",
    "Chinese": "这部电影很精彩,但是结尾有点无聊。",
    "Arabic": "هذا الفيلم رائع، لكن New York في 2019",
    "emoji": "great 👍🏽👩‍👩‍👧 film 😀",
    "combining": "e\u0301toile a\u0308 \u200b",
    "breaks": "\n\none\r\ntwo\rthree  \t four\u2028five\xa0six \n",
    "empty": "",
    "none": "...",
}


class Reader(HTMLParser):
    """Collects the texts of documents, their marks and all tags."""

    def __init__(self):
        super().__init__()
        self.texts, self.marks, self.tags, self.legend = [], [], [], []
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if attrs.get("class") in ("document", "legend"):
            self.inside = attrs["class"]
            if self.inside == "document":
                self.texts.append("")
        if tag == "mark":
            self.marks.append([attrs, ""])

    def handle_endtag(self, tag):
        if tag in ("div", "p"):
            self.inside = ""
        if tag == "mark":
            self.marks[-1].append("closed")

    def handle_data(self, data):
        if self.inside == "document":
            self.texts[-1] += data
            if self.marks and len(self.marks[-1]) == 2:
                self.marks[-1][1] += data
        elif self.inside == "legend":
            self.legend.append(data)


def read(page):
    reader = Reader()
    reader.feed(page.split("</style>")[1])
    reader.close()
    return reader


def marks(page):
    return [(text, attrs) for attrs, text, _ in read(page).marks]


def alpha(attrs):
    return float(re.fullmatch(r"--alpha:([\d.]+)", attrs["style"]).group(1))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_text_is_the_original(explain, text):
    explanation = explain(text, coef=[np.linspace(-1, 2, 8), np.ones(8)])
    for page in (explanation.to_html(), explanation._repr_html_()):
        reader = read(page)
        assert reader.texts == [text, text]
        assert "script" not in [tag for tag, _ in reader.tags]


def test_files_keep_line_breaks(explain, tmp_path):
    path = explain(TEXTS["breaks"]).save(tmp_path / "why.html")
    assert read(path.read_bytes().decode()).texts == [TEXTS["breaks"]]


def test_files_take_broken_characters(explain, tmp_path):
    path = explain("a\ud83d b").save(tmp_path / "why.html")
    assert b"&#55357;" in path.read_bytes()


def test_all_occurrences_are_marked(explain):
    explanation = explain("good, very good: odd", coef=[[1, -0.5, 0.2]])
    assert [text for text, _ in marks(explanation.to_html())] == [
        *("good", "very", "good", "odd")
    ]


def test_only_shown_features_with_a_weight_are_marked(explain):
    text, coef = "one two three four", [[1.0, 2.0, 0.0, 3.0]]
    selected = [[True, True, True, False]]
    page = explain(text, coef, selected=selected).to_html()
    assert [text for text, _ in marks(page)] == ["one", "two"]
    page = explain(text, coef, selected=selected).to_html(max_features=1)
    assert [text for text, _ in marks(page)] == ["two"]


def test_colors_are_signs_and_underlines_certainties(explain):
    page = explain("a b c d", [[0.5, -0.5, 0.05, -0.05]]).to_html()
    assert [attrs["class"] for _, attrs in marks(page)] == [
        *("positive certain", "negative certain", "positive open", "negative open")
    ]


def test_certainty_begins_at_97_5_percent(explain):
    page = explain("a b", [[0.1961, 0.1959]]).to_html()
    assert [attrs["class"].split()[1] for _, attrs in marks(page)] == [
        *("certain", "open")
    ]


def test_targets_have_sections_of_their_own(explain):
    page = explain("a b", [[1, -1], [-1, 1]]).to_html()
    signs = [attrs["class"].split()[0] for _, attrs in marks(page)]
    assert signs == ["positive", "negative", "negative", "positive"]


def test_strength_grows_with_the_weight(explain):
    coef = np.random.RandomState(0).normal(size=12)
    text = " ".join("abcdefghijkl")
    found = [alpha(attrs) for _, attrs in marks(explain(text, [coef]).to_html())]
    in_order = np.take(found, np.argsort(np.abs(coef)))
    assert (np.diff(in_order) >= 0).all() and in_order[0] < in_order[-1]
    assert in_order[-1] == 0.5
    tiny = marks(explain(text, [1e-9 * coef], std=1e-10).to_html())
    assert found == [alpha(attrs) for _, attrs in tiny]


def test_titles_tell_weight_and_interval(explain):
    page = explain("a b", [[0.5, -0.1]]).to_html(level=0.9)
    first, second = (attrs["title"] for _, attrs in marks(page))
    assert first == (
        "raises the answer: weight +0.50, 90 % interval +0.34 to +0.66, sign certain"
    )
    assert second.startswith("lowers the answer: weight −0.10, 90 % interval −0.26")


def test_without_uncertainty_nothing_is_said_of_it(explain):
    page = explain("a b", [[0.5, -0.1]], std=np.nan).to_html()
    assert [attrs["class"] for _, attrs in marks(page)] == ["positive", "negative"]
    assert marks(page)[0][1]["title"] == "raises the answer: weight +0.500"
    assert not any("sign" in told for told in read(page).legend)


def test_legend_explains_what_is_there(explain):
    told = read(explain("a b", [[0.5, -0.01]]).to_html()).legend
    assert told[:4] == [
        *("raises the answer", "lowers the answer"),
        *("sign certain (P ≥ 97.5 %)", "sign open"),
    ]
    told = read(explain("a b", [[0.5, 0.4]]).to_html()).legend
    assert told[:2] == ["raises the answer", "sign certain (P ≥ 97.5 %)"]
    assert not read(explain("...").to_html()).legend


def test_language_and_direction_are_the_texts(explain):
    tags = read(explain(TEXTS["Arabic"]).to_html()).tags
    (box,) = [attrs for _, attrs in tags if attrs.get("class") == "document"]
    assert box["dir"] == "auto" and box["lang"] == "" and box["tabindex"] == "0"


def test_long_documents_stay_small(explain):
    text = " ".join(f"word{i % 700}" for i in range(5000))
    page = explain(text, [np.linspace(0, 1, 700)]).to_html()
    assert read(page).texts == [text]
    assert len(page) < 100_000


# ---------------------------------------------------------------- style


def luminance(color):
    color = np.asarray(color) / 255
    linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sign", ["positive", "negative"])
def test_text_is_readable_on_the_strongest_marks(scheme, sign):
    style = page_style()
    light, dark = style.split("prefers-color-scheme: dark")
    part = light if scheme == "light" else dark
    fill, *_ = re.findall(rf"--{sign}-fill: (\d+), (\d+), (\d+)", part)
    ink, paper, solid = (
        [int(found[i : i + 2], 16) for i in (0, 2, 4)]
        for name in ("ink", "paper", sign)
        for found in [re.search(rf"--{name}: #(\w{{6}})", part).group(1)]
    )
    fill = [int(value) for value in fill]
    assert fill == solid
    mixed = 0.5 * np.array(fill) + 0.5 * np.array(paper)
    assert contrast(ink, mixed) >= 4.5
    assert contrast(solid, paper) >= 3


def test_style_keeps_white_space_and_tells_signs_to_screen_readers():
    style = (resources.files("sklearn_baylime.views") / "page.css").read_text()
    (rule,) = re.findall(r"\.baylime \.document \{(.*?)\}", style, re.S)[:1]
    assert "white-space: pre-wrap" in rule and "overflow-wrap: anywhere" in rule
    assert 'mark.positive::before { content: " [raises] "' in style
    assert 'mark.negative::before { content: " [lowers] "' in style
