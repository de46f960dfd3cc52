"""The public face: names, docstrings, imports without extras, the command."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from numpydoc.validate import validate
from sklearn.base import BaseEstimator

import sklearn_baylime

PACKAGES = ["sklearn_baylime"] + [
    f"sklearn_baylime.{module.name}"
    for module in pkgutil.iter_modules(sklearn_baylime.__path__)
    if module.ispkg
]


def public_objects():
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            if not isinstance(thing, str):
                yield f"{package}.{name}"


def public_methods():
    for path in public_objects():
        package, name = path.rsplit(".", 1)
        thing = getattr(importlib.import_module(package), name)
        if inspect.isclass(thing):
            for method, function in vars(thing).items():
                if not method.startswith("_") and inspect.isfunction(function):
                    yield f"{path}.{method}"


# Left out: extended summaries, See Also and Examples everywhere, the wording of
# summaries, and descriptions of return values whose type says all.
IGNORED = {
    *("ES01", "SA01", "SA04", "EX01", "GL01", "GL02", "GL03", "GL08", "RT03", "SS06"),
    *("PR07", "PR08", "PR09", "RT02", "RT04", "RT05", "YD01", "SS05"),
}


def is_protocol(path):
    package, name = path.rsplit(".", 1)
    thing = getattr(sys.modules.get(package), name, None)
    return getattr(thing, "_is_protocol", False)


@pytest.mark.parametrize("path", [*public_objects(), *public_methods()])
def test_docstrings_follow_numpydoc(path):
    errors = [e for e in validate(path)["errors"] if e[0] not in IGNORED]
    if is_protocol(path):
        # Nobody makes one: what its __init__ takes says nothing.
        errors = [e for e in errors if e[0] != "PR01"]
    assert not errors


@pytest.mark.parametrize("path", [*public_objects(), *public_methods()])
def test_every_public_thing_is_documented(path):
    assert validate(path)["docstring"].strip()


@pytest.mark.parametrize("package", PACKAGES)
def test_names_are_sorted_and_there(package):
    module = importlib.import_module(package)
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name)


@pytest.mark.parametrize("package", PACKAGES[1:])
def test_every_estimator_is_on_the_face(package):
    """No public class of a package may be missing from its __all__."""
    module = importlib.import_module(package)
    for _, thing in inspect.getmembers(module, inspect.isclass):
        if issubclass(thing, BaseEstimator) and thing.__module__.startswith(package):
            assert thing.__name__ in module.__all__


_GROUND = {"base", "black_box", "linear_model", "priors", "views"}
_PARTS = {"representation", "sampling", "surrogate", "exact", "explanation"}

# What each package may import of ours, besides `base` and itself.
LAYERS = {
    "base": set(),
    "black_box": set(),
    "linear_model": set(),
    "priors": set(),
    "views": set(),
    "representation": set(),
    "sampling": set(),
    "surrogate": set(),
    "exact": set(),
    "datasets": set(),
    "explanation": {"linear_model", "priors", "views"},
    "local": _GROUND | _PARTS,
    "pipeline": _GROUND | _PARTS | {"local"},
    "metrics": _GROUND | _PARTS | {"local"},
    "command": _GROUND | _PARTS | {"pipeline", "_version"},
}


@pytest.mark.parametrize("package", LAYERS)
def test_imports_run_one_way(package):
    folder = importlib.import_module(f"sklearn_baylime.{package}").__path__[0]
    allowed = LAYERS[package] | {package} | ({"base"} - {package})
    for path in Path(folder).rglob("*.py"):
        for line in path.read_text().splitlines():
            line = line.strip()
            if line.startswith(("from sklearn_baylime.", "import sklearn_baylime.")):
                other = line.split(".")[1].split()[0]
                assert other in allowed, f"{path.name}: {line}"


def test_every_package_has_its_layer():
    assert {package.split(".")[-1] for package in PACKAGES[1:]} == set(LAYERS)


def private_imports(path):
    """List what a file imports from scikit-learn by a name with an underscore."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            if first == "sklearn" and any(part.startswith("_") for part in rest):
                yield name


def test_one_module_knows_the_private_side_of_scikit_learn():
    root = Path(sklearn_baylime.__path__[0])
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if any(private_imports(path))
    }
    assert found == {"base/_sklearn.py"}


def test_works_without_the_extras():
    """Core packages suffice to explain, to print and to write the page."""
    code = """
import sys
class Missing:
    extras = {"matplotlib", "pandas", "polars", "tqdm", "lime"}
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.extras:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
import numpy as np
from sklearn_baylime import make_tabular_explainer
X = np.random.RandomState(0).normal(size=(30, 2))
explainer = make_tabular_explainer(
    lambda rows: rows[:, 0], n_samples=50, random_state=0, verbose=True).fit(X)
explanation = explainer.explain_instance(X[0])
print(explanation)
assert "<table>" in explanation.to_html()
try:
    explanation.plot()
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "sklearn-baylime[plot]" in done.stdout
    assert "50 of 50 rows (100 %)" in done.stderr


@pytest.mark.slow
def test_the_command_explains_a_patient(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "sklearn_baylime"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={
            "PYTHONPATH": str(sklearn_baylime.__path__[0]) + "/..",
            "MPLBACKEND": "Agg",
        },
    )
    assert done.returncode == 0, done.stderr
    assert "95 % interval" in done.stdout and "P(sign)" in done.stdout
    assert "5000" in done.stderr
    for name in ("baylime_explanation.html", "baylime_explanation.png"):
        assert f"{tmp_path / name}" in done.stdout
        assert (tmp_path / name).stat().st_size > 1000


def test_the_demonstration_leaves_files_alone(tmp_path, monkeypatch, capsys):
    from sklearn_baylime.command._demo import _write

    monkeypatch.chdir(tmp_path)
    Path("why.html").write_text("mine")
    _write(None, Path("why.html"), False)
    assert "demo --force" in capsys.readouterr().out
    assert Path("why.html").read_text() == "mine"


@pytest.mark.parametrize("package", ["local", "pipeline", "surrogate", "sampling"])
def test_only_base_asks_what_a_part_can_do(package):
    """What a part has is asked in `base` alone; here only of what is no part."""
    others = {
        # The model, a frame, an exception, oneself and a metric are no parts.
        *("box.model", "model, ", "one, ", "error, ", "self, ", "self.metric"),
    }
    folder = Path(importlib.import_module(f"sklearn_baylime.{package}").__path__[0])
    for path in folder.rglob("*.py"):
        for call in re.findall(r"(?:hasattr|getattr)\(([^)]*)", path.read_text()):
            assert call.startswith(tuple(others)), f"{path.name}: {call}"
