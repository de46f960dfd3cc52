"""The documentation: every public name and every warning has its place."""

import ast
import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest

import sklearn_baylime
from sklearn_baylime.explanation import _showing
from sklearn_baylime.local import _warnings

DOC = Path(__file__).resolve().parents[1] / "doc"
PAGES = sorted(DOC.glob("*.md"))


@pytest.fixture
def doc(monkeypatch):
    monkeypatch.syspath_prepend(str(DOC))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return importlib.import_module


def test_every_public_name_has_a_page(doc, tmp_path):
    api = doc("_api")
    names, pages = api.public_names(), tmp_path / "api"
    api.write_pages(pages)
    index = (pages / "index.rst").read_text()
    documented = set()
    for package, found in names.items():
        module = importlib.import_module(package)
        if found:
            assert f"   {package}\n" in index
            page = (pages / f"{package}.rst").read_text()
            assert all(f"   {name}\n" in page for name in found)
        documented |= {id(getattr(module, name)) for name in found}
    for package in api.packages():
        module = importlib.import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            assert isinstance(thing, str) or id(thing) in documented, name


def texts_of(function):
    """Return the strings, with … for what is put in, that a function makes."""
    words_of = importlib.import_module("_errors").words_of
    tree = ast.parse(inspect.getsource(function).lstrip())
    for node in ast.walk(tree):
        if isinstance(node, (ast.Yield, ast.Return)) and node.value is not None:
            yield words_of(node.value)


def squeezed(text):
    return re.sub(r"[\s*`]+", " ", text)


def test_every_warning_is_explained(doc):
    page = squeezed((DOC / "messages.md").read_text(encoding="utf-8"))
    doc("_errors")
    found = [
        text
        for name, function in inspect.getmembers(_warnings, inspect.isfunction)
        if name.startswith("_about")
        for text in texts_of(function)
    ]
    found += [text for text in texts_of(_showing.say_choice) if text]
    found = [text for text in found if text]
    assert len(found) >= 10
    for text in found:
        parts = squeezed(text).split("…")
        longest = max(parts, key=len).strip(" .,:")
        # Some go on with what to do, which the page has in its own words.
        assert longest.partition(":")[0] in page, text


def test_every_error_is_listed(doc, tmp_path):
    errors = doc("_errors")
    path = tmp_path / "errors.rst"
    errors.write_errors(path)
    listed = path.read_text(encoding="utf-8")
    assert "* **ValueError**: level is …, expected" in listed
    root = Path(sklearn_baylime.__path__[0])
    kinds = sum(1 for file in root.rglob("*.py") for _ in errors.messages(file))
    assert kinds > 200


LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")


@pytest.mark.parametrize(
    "page", [*PAGES, DOC.parent / "README.md"], ids=lambda page: page.name
)
def test_links_lead_somewhere(page):
    """Links within the repository; what the site generates is checked by its build."""
    content = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for path, anchor in LINK.findall(content):
        if path.startswith(("http", "api/", "gallery/")):
            continue
        file = page.parent / path if path else page
        assert file.exists(), path
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{path}#{anchor}"


def anchors(file):
    """Return what headings are called in links."""
    for heading in re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_llms_txt_names_pages_that_are_there():
    content = (DOC / "llms.txt").read_text(encoding="utf-8")
    pages = re.findall(r"\(([a-z_]+)\.html\)", content)
    assert len(pages) > 8
    assert all((DOC / f"{page}.md").exists() for page in pages)
