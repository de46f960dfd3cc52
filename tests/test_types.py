"""Types of the public face: all there, and seen by type checkers."""

import importlib
import importlib.util
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_baylime

PACKAGES = ["sklearn_baylime"] + [
    f"sklearn_baylime.{module.name}"
    for module in pkgutil.iter_modules(sklearn_baylime.__path__)
    if module.ispkg
]


def function_of(thing):
    """Return the function behind a member of a class, None if it is none."""
    if isinstance(thing, property):
        thing = thing.fget
    thing = getattr(thing, "__func__", thing)
    return inspect.unwrap(thing) if inspect.isfunction(thing) else None


def methods_of(cls):
    """Yield public methods, `__init__` and `__call__`, also of ancestors of ours."""
    for owner in cls.__mro__:
        for name, member in vars(owner).items():
            is_public = not name.startswith("_") or name in ("__init__", "__call__")
            function = function_of(member) if is_public else None
            # What a protocol or a dataclass writes itself is none of ours.
            if function and "sklearn_baylime" in function.__code__.co_filename:
                yield f"{owner.__name__}.{name}", function


def public_functions():
    found = {}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing):
                found |= {function: path for path, function in methods_of(thing)}
            elif inspect.isfunction(thing):
                found[inspect.unwrap(thing)] = name
    return {
        f"{function.__module__}:{path}": function for function, path in found.items()
    }


FUNCTIONS = public_functions()


def missing(function):
    """List the parameters without annotation, and "return"."""
    first, *rest = [*inspect.signature(function).parameters, "return"]
    names = rest if first in ("self", "cls") else [first, *rest]
    return [name for name in names if name not in function.__annotations__]


@pytest.mark.parametrize("path", FUNCTIONS)
def test_public_functions_are_annotated(path):
    assert missing(FUNCTIONS[path]) == []


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("mypy") is None, reason="mypy is in the extra 'lint' alone"
)
def test_a_users_script_sees_the_types():
    """Every `assert_type` of the script holds, in mypy's strictest mode."""
    root = Path(sklearn_baylime.__path__[0]).parent
    script = Path(__file__).parent / "typed_script.py"
    options = ["--strict", "--config-file=", "--follow-imports=silent"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(script)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
