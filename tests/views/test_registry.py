"""Kinds of instances of anybody's: registered, carried, shown, refused with words."""

import json
from xml.etree import ElementTree as ET

import pytest

from sklearn_baylime import Explanation
from sklearn_baylime.views import (
    TextInstance,
    check_description,
    is_known_kind,
    known_kinds,
    register_view,
)
from sklearn_baylime.views._registry import _VIEWS


class MelodyDisplay:
    """A third party's display, which knows no more than it has to."""

    def __init__(self, notes, kind):
        self.notes, self.kind = notes, kind

    @classmethod
    def from_explanation(cls, explanation, target=None, *, kind, max_features):
        return cls(explanation.instance.notes[:max_features], kind)

    def plot(self, ax=None):
        self.ax_ = ax
        return self

    def save(self, path):
        path.write_text(" ".join(self.notes))


class Melody:
    """A third party's kind of instance."""

    kind = "melody"
    pictures = {"score": MelodyDisplay, "roll": MelodyDisplay}
    default_picture = "score"

    def __init__(self, notes):
        self.notes, self.n_features = list(notes), len(notes)

    def to_dict(self):
        return {"kind": self.kind, "notes": self.notes}

    @classmethod
    def from_dict(cls, content):
        return cls(content["notes"])

    def add_to_page(self, section, explanation, target, records, level):
        told = f"{len(records)} of {' '.join(self.notes)} at {level}"
        ET.SubElement(section, "p", {"class": "melody"}).text = told


@pytest.fixture
def melody():
    """Make melodies known for one test."""
    register_view(Melody)
    yield Melody(["<c>", "e", "g"])
    del _VIEWS["melody"]


@pytest.fixture
def explanation(explain, melody):
    return explain("", [[0.5, -0.2, 0.1]], instance=melody)


def test_instances_of_third_parties_are_carried(explanation, explain, melody):
    assert explanation.instance is melody
    given = explain("", [[1, 2, 3]], instance=melody.to_dict())
    assert given.instance.notes == melody.notes
    read = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
    assert isinstance(read.instance, Melody) and read.instance.notes == melody.notes


def test_pages_show_them(explanation):
    page = explanation.to_html(max_features=2, level=0.9)
    assert '<p class="melody">2 of &lt;c&gt; e g at 0.9</p>' in page
    assert page.index("Why ") < page.index("melody") < page.index("<table>")


def test_pictures_get_the_options_they_name(explanation, tmp_path):
    display = explanation.plot(max_features=2, ax="there")
    assert display.kind == "score" and display.ax_ == "there"
    assert display.notes == ["<c>", "e"]
    assert explanation.plot(kind="roll").kind == "roll"
    path = explanation.save(tmp_path / "why.png")
    assert path.read_text() == "<c> e g"
    assert len(explanation.plot(kind="bars").bars_) == 3


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("pie", "kind is 'pie', expected 'bars', 'score' or 'roll' for a melody, 'tex"),
        (
            "text",
            "kind 'text' needs the explanation of a document, got one of a mel",
        ),
    ],
)
def test_other_pictures_are_refused(explanation, kind, message):
    with pytest.raises(ValueError, match=message):
        explanation.plot(kind=kind)


def test_several_targets_need_a_display_that_compares(explanation):
    said = "several are drawn by kind 'targets', and of an image, by kind"
    with pytest.raises(ValueError, match=said):
        explanation.plot([0])


def test_pictures_of_theirs_are_not_for_others(explain, melody):
    with pytest.raises(ValueError, match="needs the explanation of a melody, got one"):
        explain().plot(kind="score")


def test_known_kinds(melody):
    assert known_kinds() == ["image", "melody", "series", "text"]
    assert is_known_kind("melody") and not is_known_kind("smell")
    assert not is_known_kind(["melody"])


def test_descriptions_are_checked_before_anything_is_asked(melody):
    for right in (None, {"kind": "text"}, {"kind": "melody"}, melody):
        assert check_description(right) is None
    for wrong in ({"kind": "smell"}, {}, {"kind": ["text"]}):
        with pytest.raises(ValueError, match=r"expected one of \['image', 'melody', "):
            check_description(wrong)
    with pytest.raises(TypeError, match=r"is a str, expected .*register_view"):
        check_description("melody")


def test_a_kind_is_registered_by_one_class(melody):
    class Other(Melody):
        pass

    with pytest.raises(ValueError, match=r"Other is that of .*Melody, expected a name"):
        register_view(Other)
    # A cell of a notebook that is run again defines the same class anew.
    again = type("Melody", (Melody,), {"__module__": Melody.__module__})
    again.__qualname__ = Melody.__qualname__
    assert register_view(again) is again
    assert _VIEWS["melody"] is again


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": None}, "has kind = None, expected the words of .*kind = 'graph'"),
        ({"kind": ""}, "has kind = ''"),
        ({"pictures": [MelodyDisplay]}, r"write: pictures = \{\}, or"),
        ({"pictures": {"score": object}}, "has pictures = "),
        ({"pictures": {"bars": MelodyDisplay}}, "has pictures = "),
        ({"to_dict": None}, "has to_dict = None, .*write: def to_dict"),
        ({"from_dict": 1}, "has from_dict = 1"),
        ({"add_to_page": None}, "write: def add_to_page"),
        ({"default_picture": "pie"}, "default_picture = 'pie', expected None for bars"),
    ],
)
def test_missing_words_are_told(changes, message):
    with pytest.raises(TypeError, match=message):
        register_view(type("Broken", (Melody,), changes))
    assert "melody" not in known_kinds()


def test_no_word_at_all():
    with pytest.raises(TypeError, match="The view Empty has no kind, expected"):
        register_view(type("Empty", (), {}))
    with pytest.raises(TypeError, match="register_view got 'text', expected a class"):
        register_view("text")


def test_features_and_places_must_agree(explain, melody):
    with pytest.raises(ValueError, match="a melody, tells where 3 features are, expec"):
        explain("", [[1.0, 2.0]], instance=melody)


def test_instances_have_to_count_their_features(explain, melody):
    del melody.n_features
    with pytest.raises(ValueError, match=r"where None features are, .*: its n_feat"):
        explain("", [[1.0, 2.0]], instance=melody)


@pytest.mark.parametrize("kind", ["text", "image", "series"])
def test_descriptions_that_lack_a_word(explain, kind):
    with pytest.raises(ValueError, match=rf"of kind '{kind}' .*lacks '\w+', expected"):
        explain(instance={"kind": kind, "smell": 1})


def test_only_registered_classes_are_carried(explain):
    class Mine(TextInstance):
        pass

    with pytest.raises(TypeError, match=r"is a Mine, expected TextInstance.*register"):
        explain(instance=Mine("a", [[(0, 1)]]))
