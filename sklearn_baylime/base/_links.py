"""Where the page of an estimator stands, for scikit-learn's diagrams."""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

_ROOT = "sklearn_baylime"

# Folder of the API pages, with a slash at its end; None is that of the address which
# the installed package states as its documentation. The site's own build sets it.
folder: str | None = None


class LinkedMixin:
    """Mixin of the library's estimators: their diagrams link to the library's pages.

    By itself scikit-learn links its own estimators only. Estimators of others that
    inherit it from ours have no link, as they have no page here.
    """

    def _get_doc_link(self) -> str:
        return find_page(type(self))


def find_page(kind: type) -> str:
    """Return the address of a class's page, "" where it has none.

    Parameters
    ----------
    kind : type
        A class.

    Returns
    -------
    address : str
    """
    where = kind.__module__.split(".")
    start = _find_folder()
    if where[0] != _ROOT or not start:
        return ""
    # Each public name has one page, that of the first package with the name.
    for package in (_ROOT, ".".join(where[:2])):
        if kind.__name__ in getattr(importlib.import_module(package), "__all__", ()):
            return f"{start}{package}.{kind.__name__}.html"
    return ""


def _find_folder() -> str:
    if folder is not None:
        return folder
    try:
        stated: Any = metadata("sklearn-baylime").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    for entry in stated:
        label, _, address = entry.partition(", ")
        if label.lower() == "documentation":
            return f"{address.rstrip('/')}/api/generated/"
    return ""
