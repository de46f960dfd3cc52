"""The factories share names, order, defaults and docs of their common parameters."""

import inspect
import re
import subprocess
import sys

import pytest
from numpydoc.docscrape import FunctionDoc

import sklearn_baylime
from sklearn_baylime.pipeline._shared_docs import SHARED, fill, with_shared_docs

FACTORIES = [
    getattr(sklearn_baylime, f"make_{kind}_explainer")
    for kind in ("tabular", "text", "image", "sequence")
]
NAMES = re.findall(r"^(\w+) : ", SHARED, flags=re.MULTILINE)


def shared_parameters(factory):
    """Return name, kind, default and annotation of each."""
    parameters = inspect.signature(factory).parameters.values()
    return list(parameters)[-len(NAMES) :]


@pytest.mark.parametrize("factory", FACTORIES)
def test_shared_parameters_are_the_same_everywhere(factory):
    shared = shared_parameters(factory)
    assert [parameter.name for parameter in shared] == NAMES
    assert shared == shared_parameters(FACTORIES[0])


@pytest.mark.parametrize("factory", FACTORIES)
def test_all_defaults_are_documented(factory):
    documented = {p.name: p.type for p in FunctionDoc(factory)["Parameters"]}
    for name, parameter in inspect.signature(factory).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            default = re.search("default=(.*)", documented[name])[1]
            assert default == repr(parameter.default).replace("'", '"')


@pytest.mark.parametrize("factory", FACTORIES)
def test_docs_are_complete_and_fit_the_screen(factory):
    assert "{" not in factory.__doc__
    assert all(f"{name} : " in factory.__doc__ for name in NAMES)
    for line in factory.__doc__.splitlines():
        assert len(line) <= 88 or "feature_selection" in line or "default=" in line


def test_docs_say_what_kind_of_rows():
    words = dict.fromkeys(("features", "distance", "width", "kernel", "batch"), "it")

    @with_shared_docs(rows="songs", **words)
    def make():
        """Make.

        {shared}
        """

    assert "        batch_size : int or None, default=None\n" in make.__doc__
    assert (
        "            Most songs in one call of the model; it if None." in make.__doc__
    )


def test_lines_are_broken_anew():
    filled = fill("a : int\n    " + "word " * 20 + "\n    end\n\nb : int\n    Last.")
    assert filled.count("\n") == 5 and filled.endswith("b : int\n    Last.")
    assert max(map(len, filled.splitlines())) <= 80


def test_works_without_docstrings():
    code = "import sklearn_baylime as b; print(b.make_tabular_explainer.__doc__)"
    done = subprocess.run(
        [sys.executable, "-OO", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "None\n", done.stderr
