"""Pages of all that is public, written from the packages' `__all__`."""

import importlib
import pkgutil
from pathlib import Path

import sklearn_baylime


def packages():
    """Return the names of the public packages, the face first."""
    inner = [m.name for m in pkgutil.iter_modules(sklearn_baylime.__path__) if m.ispkg]
    return ["sklearn_baylime", *(f"sklearn_baylime.{name}" for name in inner)]


def public_names():
    """Return for each package the names that stand in no package before it."""
    seen, found = set(), {}
    for package in packages():
        module = importlib.import_module(package)
        things = {name: getattr(module, name) for name in module.__all__}
        # Values, such as the version, have no page.
        things = {n: t for n, t in things.items() if callable(t)}
        found[package] = [n for n, t in things.items() if id(t) not in seen]
        seen |= {id(thing) for thing in things.values()}
    return found


def write_pages(folder: Path):
    """Write the index and a page for each package; autosummary writes the rest."""
    folder.mkdir(exist_ok=True)
    names = {package: found for package, found in public_names().items() if found}
    for package, found in names.items():
        _write(folder / f"{package}.rst", _page(package, found))
    listed = "\n".join(f"   {package}" for package in names)
    heading = "API reference\n=============\n\nAll public names, by package.\n\n"
    _write(
        folder / "index.rst",
        f"{heading}.. toctree::\n   :maxdepth: 2\n\n{listed}\n   errors\n",
    )


def _page(package, found):
    summary = importlib.import_module(package).__doc__.splitlines()[0]
    listed = "\n".join(f"   {name}" for name in found)
    return (
        f"{package}\n{'=' * len(package)}\n\n{summary}\n\n"
        f".. currentmodule:: {package}\n\n"
        f".. autosummary::\n   :toctree: generated\n   :nosignatures:\n\n{listed}\n"
    )


def _write(path, content):
    """Write where something changed, lest everything be built anew."""
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        path.write_text(content, encoding="utf-8")
