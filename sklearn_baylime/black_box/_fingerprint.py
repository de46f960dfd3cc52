"""What a model is, as a digest: its data, its code, and all they refer to."""

from __future__ import annotations

import functools
import inspect
import sys
import sysconfig
import types
from typing import Any

from joblib.hashing import NumpyHasher

# Values of a class that say how its instances answer.
_CONSTANTS = (int, float, complex, str, bytes, tuple, frozenset, type(None))


def fingerprint(model: Any) -> str:
    """Return a digest that changes when the model does.

    Of objects it is that of what a pickle holds. Of functions and classes that belong
    to no installed package it is that of their code, with what they refer to: cells,
    defaults and global names. What is installed is known by its name, and by its
    package's version.

    Parameters
    ----------
    model : object

    Returns
    -------
    digest : str

    Raises
    ------
    Exception
        Whatever a part of the model raises that cannot be pickled.
    """
    owner = getattr(model, "__self__", model)
    return str(_ModelHasher("md5").hash((model, _version(type(owner).__module__))))


class _ModelHasher(NumpyHasher):
    """Hasher of joblib that looks into functions and classes."""

    def __init__(self, hash_name: str) -> None:
        super().__init__(hash_name=hash_name, coerce_mmap=True)
        self._seen: dict[int, Any] = {}

    def reducer_override(self, part: Any) -> Any:
        """Return what a function, a class or a module is made of."""
        if isinstance(part, types.ModuleType):
            return _Made, ("module", part.__name__, _version(part.__name__))
        if isinstance(part, functools.partial):
            return _Made, ("partial", part.func, part.args, part.keywords)
        is_code = isinstance(part, types.FunctionType | type)
        if not is_code:
            return NotImplemented
        # Lambdas and inner functions are found by no name, wherever they are from.
        is_named = "<" not in part.__qualname__
        if is_named and _is_installed(part.__module__):
            return NotImplemented
        name = "code", part.__module__, part.__qualname__
        if id(part) in self._seen:
            # A function that calls itself.
            return _Made, name
        self._seen[id(part)] = part
        made = _of_class(part) if isinstance(part, type) else _of_function(part)
        return _Made, (*name, made)


class _Made:
    """Stands for a part of a model in what is hashed."""


def _of_function(function: types.FunctionType) -> tuple[Any, ...]:
    cells = []
    for cell in function.__closure__ or ():
        try:
            cells.append(cell.cell_contents)
        except ValueError:
            # Not bound yet, or no longer.
            cells.append("empty")
    defaults = function.__defaults__, function.__kwdefaults__
    code = function.__code__
    return _of_code(code), cells, defaults, _globals_of(code, function.__globals__)


def _of_code(code: types.CodeType) -> tuple[Any, ...]:
    """Return what code does, without its place in a file."""
    constants = [
        _of_code(c) if isinstance(c, types.CodeType) else (type(c).__name__, repr(c))
        for c in code.co_consts
    ]
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def _globals_of(code: types.CodeType, known: dict[str, Any]) -> list[Any]:
    """Return what global names stand for, and attributes of the user's own modules."""
    found: list[Any] = []
    for name in sorted(_names_in(code) & set(known)):
        value = known[name]
        found.append((name, value))
        if isinstance(value, types.ModuleType) and not _is_installed(value.__name__):
            inside = sorted(_names_in(code) & set(vars(value)))
            found += [(name, own, vars(value)[own]) for own in inside]
    return found


def _names_in(code: types.CodeType) -> set[str]:
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*map(_names_in, inner))


def _of_class(kind: type) -> list[Any]:
    """Return the functions and constants of a class, and its ancestors."""
    parts: list[Any] = [kind.__bases__]
    for name, value in sorted(vars(kind).items()):
        if isinstance(value, classmethod | staticmethod):
            value = value.__func__
        if isinstance(value, property):
            parts.append((name, value.fget))
        elif inspect.isfunction(value):
            parts.append((name, value))
        elif isinstance(value, _CONSTANTS) and not name.startswith("__"):
            parts.append((name, repr(value)))
    return parts


@functools.cache
def _is_installed(module: str) -> bool:
    """Tell whether a module is of the interpreter or of an installed package."""
    if module == "__main__":
        return False
    if module.partition(".")[0] == __name__.partition(".")[0]:
        return True
    path = getattr(sys.modules.get(module), "__file__", None)
    if path is None:
        # Made by hand, as in a notebook's cells, or a part of the interpreter.
        return module.partition(".")[0] in sys.stdlib_module_names
    paths = sysconfig.get_paths()
    return any(path.startswith(paths[k]) for k in ("stdlib", "purelib", "platlib"))


def _version(module: str) -> str:
    package = sys.modules.get(module.partition(".")[0])
    return str(getattr(package, "__version__", ""))
