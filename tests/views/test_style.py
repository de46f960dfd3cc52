"""One look: colors stand once, pictures and pages take them from there."""

import re
from importlib import resources

import numpy as np
import pytest

from sklearn_baylime.views import _style
from sklearn_baylime.views._html_parts import page_style
from sklearn_baylime.views.image._marks import mix_of

COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b")


def sources():
    for package in ("views", "explanation"):
        folder = resources.files(f"sklearn_baylime.{package}")
        for path in folder.rglob("*"):
            if path.suffix in (".py", ".css"):
                yield path


def test_colors_stand_in_one_file():
    found = {path.name for path in sources() if COLOR.search(path.read_text())}
    assert found == {"_style.py"}


def test_no_color_stands_twice_in_a_scheme():
    for scheme in (_style.LIGHT, _style.DARK):
        assert len(set(scheme.values())) == len(scheme)
        assert all(re.fullmatch(r"#[0-9a-f]{6}", color) for color in scheme.values())
    assert _style.LIGHT.keys() == _style.DARK.keys()


def test_numbers_stand_nowhere_either():
    """The two colors are not written as red, green and blue."""
    for sign in _style.SIGNS:
        for scheme in (_style.LIGHT, _style.DARK):
            numbers = r",\s*".join(map(str, _style.to_rgb(scheme[sign])))
            assert not [p.name for p in sources() if re.search(numbers, p.read_text())]


def test_pages_have_the_same_colors_as_pictures():
    light, dark = page_style().split("prefers-color-scheme: dark")
    for scheme, part in ((_style.LIGHT, light), (_style.DARK, dark)):
        for name, color in scheme.items():
            assert f" --{name}: {color};" in part
        for sign in _style.SIGNS:
            fill = ", ".join(map(str, _style.to_rgb(scheme[sign])))
            assert f"--{sign}-fill: {fill};" in part


def test_every_property_that_is_used_is_filled():
    style = page_style()
    used = set(re.findall(r"var\(--([\w-]+)", style)) - {"alpha"}
    assert used <= set(re.findall(r"--([\w-]+):", style))


@pytest.mark.parametrize("sign", _style.SIGNS)
def test_images_are_tinted_in_the_same_colors(sign):
    weight = 1.0 if sign == "positive" else -1.0
    assert mix_of(weight, 1.0)[0] == _style.to_rgb(_style.LIGHT[sign])
    assert _style.SIGN_COLORS[sign] == _style.LIGHT[sign]


def test_looks_are_said_once_and_in_order():
    looks = _style.list_looks([0.5, -0.1, 0.2], [0.99, 0.7, np.nan], [0, 1, 2])
    assert looks == ["positive", "negative", "certain", "open"]
    assert _style.list_looks([0.5, -0.1], [np.nan] * 2, [1]) == ["negative"]
    assert _style.list_looks([], [], []) == []


def test_displays_say_what_they_lack():
    with pytest.raises(NotImplementedError, match="DisplayMixin has no _draw_on"):
        _style.DisplayMixin().plot()
