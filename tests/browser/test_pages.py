"""Pages in a browser: light, dark, on a phone, printed, in greyscale."""

import io
import re

import numpy as np
import pytest

SCHEMES = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_texts_and_marks_stand_out(browser, page, contrasts, scheme):
    found = contrasts(browser.show(page, scheme=scheme))
    assert len(found["texts"]) > 8 and found["marks"]
    assert not [one for one in found["texts"] if one[0] < 4.5]
    assert not [one for one in found["marks"] if one[0] < 3]
    assert not browser.messages()


@pytest.mark.parametrize("width", [400, 960])
def test_nothing_leaves_the_page(browser, page, width):
    browser.show(page, width=width)
    assert browser.ask("document.documentElement.scrollWidth <= innerWidth")
    # Nor the frame that would scroll.
    outside = (
        "[...document.querySelectorAll('.baylime .scroll')]"
        ".filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).length"
    )
    assert browser.ask(outside) == 0


@pytest.mark.parametrize("width", [400, 960])
@pytest.mark.parametrize("kind", ["table", "long", "ten"])
def test_bars_are_there(browser, page_of, kind, width):
    browser.show(page_of(kind), width=width)
    widths = browser.ask(
        "[...document.querySelectorAll('.baylime .bar')]"
        ".filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().width)"
    )
    assert widths and min(widths) > (50 if width == 400 else 90)


def test_printed_pages_leave_nothing_out(browser, page_of):
    browser.show(page_of("ten"), width=720, media="print")
    seen = browser.ask("document.body.innerText")
    assert len(re.findall("Why", seen)) == 10
    hidden = (
        "[...document.querySelectorAll('section table')]"
        ".filter(e => e.getBoundingClientRect().height < 100).length"
    )
    assert browser.ask(hidden) == 0
    assert len(browser.printed()) > 10_000
    browser.show(page_of("long"), width=720, media="print")
    assert browser.ask("document.documentElement.scrollWidth <= innerWidth")


def test_links_of_contents_unfold_their_class(browser, page_of):
    browser.show(page_of("ten"))
    opened = "document.querySelectorAll('details[open]').length"
    assert browser.ask(opened) == 0
    browser.ask("document.querySelectorAll('nav a')[4].click()")
    browser.ask("new Promise(done => setTimeout(done, 100))")
    assert browser.ask(opened) == 1


def test_long_names_are_told_apart_and_whole_in_titles(browser, page_of):
    browser.show(page_of("long"))
    heads = browser.ask(
        "[...document.querySelectorAll('tbody th')].map(e => [e.innerText, e.title])"
    )
    shown = [text for text, _ in heads]
    assert len(set(shown)) == len(shown) == 20 and max(map(len, shown)) < 90
    assert any(title == "x" * 300 for _, title in heads)
    assert all(len(title) > len(text) for text, title in heads)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_signs_differ_in_greyscale(browser, page_of, scheme):
    """Of bars by the side of zero, of words by the side of a legend, and by greys."""
    image = pytest.importorskip("PIL.Image")
    browser.show(page_of("table"), scheme=scheme)
    browser.call("Emulation.setEmulatedVisionDeficiency", type="achromatopsia")
    picture = image.open(io.BytesIO(browser.picture())).convert("RGB")
    boxes = browser.ask(
        "[...document.querySelectorAll('.baylime .bar rect')].slice(0, 2).map(e => {"
        "const r = e.getBoundingClientRect();"
        "return [r.left + 6, r.top + 3].map(Math.round)})"
    )
    browser.call("Emulation.setEmulatedVisionDeficiency", type="none")
    one, other = (np.array(picture.getpixel(tuple(box)), float) for box in boxes)
    assert np.ptp(one) < 3 and np.ptp(other) < 3
    assert abs(one.mean() - other.mean()) > 12


def test_pages_of_tables_are_small_and_still(page_of):
    for kind, most in (("table", 60_000), ("long", 60_000), ("ten", 150_000)):
        page = page_of(kind).read_text()
        assert len(page.encode()) <= most, kind
        assert "<script" not in page and "http" not in page.replace("http-equiv", "")
