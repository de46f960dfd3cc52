"""Bars of progress where notebooks have no widgets."""

import sys
import types

import pytest

from sklearn_baylime.black_box import _progress


@pytest.fixture
def notebook(monkeypatch):
    for name in ("ipykernel", "IPython"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))


def run():
    with _progress.progress(True, 4) as report:
        report(4)


def test_a_notebook_without_widgets_shows_text(notebook, monkeypatch, capsys):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(_progress, "find_spec", lambda name: None)
    # Warnings are errors here: tqdm's own of missing widgets would be raised.
    run()
    out, err = capsys.readouterr()
    assert "asking the model: 100%" in out and not err


def test_elsewhere_bars_are_no_output(capsys):
    pytest.importorskip("tqdm")
    run()
    out, err = capsys.readouterr()
    assert "asking the model: 100%" in err and not out
