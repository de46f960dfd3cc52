"""Files that the command line reads and writes."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib

from sklearn_baylime.explanation import Explanation
from sklearn_baylime.priors import NamedPrior, prior_from_explanation
from sklearn_baylime.views._style import import_matplotlib

_ENDINGS = (".html", ".png", ".svg", ".pdf", ".json")
_PICTURES = (".png", ".svg", ".pdf")
_SEPARATORS = {".csv": ",", ".tsv": "\t"}


def read_model(name: str, *, trust: bool = False) -> Any:
    """Return a model from a file, or by the name that it is imported by.

    Parameters
    ----------
    name : str
        Path of a file of joblib, pickle or skops, or ``"module:name"``.
    trust : bool, default=False
        Whether every type in a file of skops is trusted.

    Returns
    -------
    model : object

    Raises
    ------
    FileNotFoundError
        If there is neither such a file nor a colon in the name.
    ImportError
        If there is no such module or name, or skops is not installed.
    ValueError
        If a file of skops holds types that are not trusted.
    """
    path = Path(name)
    if path.suffix == ".skops":
        return _read_skops(path, trust)
    if path.exists():
        return joblib.load(path)
    module, _, attribute = name.partition(":")
    if not attribute:
        raise FileNotFoundError(
            f"There is no file {name!r}: expected one of joblib, pickle or skops, or "
            "the name of something to import, such as module:function."
        )
    # As `python -m` does and a console script does not.
    sys.path.insert(0, "")
    found = importlib.import_module(module)
    if attribute not in vars(found):
        raise ImportError(f"The module {module!r} has no {attribute!r}.")
    return vars(found)[attribute]


def _read_skops(path: Path, trust: bool) -> Any:
    try:
        from skops import io
    except ImportError as error:
        raise ImportError(
            "Reading .skops files needs skops: python -m pip install skops"
        ) from error
    types = io.get_untrusted_types(file=path)
    if types and not trust:
        raise ValueError(
            f"The file {str(path)!r} holds types that skops does not trust: "
            f"{', '.join(types)}. If you do, give --trust."
        )
    return io.load(path, trusted=types)


def read_table(name: str) -> Any:
    """Return a table as a pandas frame.

    Raises
    ------
    ImportError
        If pandas is not installed.
    ValueError
        If the file's ending is another than .csv or .tsv.
    """
    path = Path(name)
    if path.suffix.lower() not in _SEPARATORS:
        raise ValueError(
            f"The table {name!r} ends in {path.suffix!r}, expected .csv or .tsv."
        )
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            'Reading tables needs pandas: python -m pip install "sklearn-baylime'
            '[frames]"'
        ) from error
    return pd.read_csv(path, sep=_SEPARATORS[path.suffix.lower()])


def read_prior(name: str | None) -> Any:
    """Return a prior from a file; None without a name.

    A file of `Explanation.save` is the prior of another instance, and a mapping from
    names to numbers the weights that are expected.

    Raises
    ------
    ValueError
        If the file is neither.
    """
    if name is None:
        return None
    content = json.loads(Path(name).read_text(encoding="utf-8"))
    if isinstance(content, dict) and "feature_names" in content:
        return prior_from_explanation(Explanation.from_dict(content))
    numbers = content.values() if isinstance(content, dict) else [None]
    if not all(isinstance(number, (int, float)) for number in numbers):
        raise ValueError(
            f"The prior {name!r} is neither an explanation that -o has written nor an "
            'object of names and numbers, such as {"age": 0.5}.'
        )
    return NamedPrior(content, scale="fit")


def check_outputs(names: Sequence[str], force: bool) -> list[Path]:
    """Return paths to write to, before any work is done in vain.

    Raises
    ------
    FileExistsError
        If one is there, and `force` is False.
    FileNotFoundError
        If there is no such folder.
    ImportError
        If one is a picture, and matplotlib is not installed.
    ValueError
        If an ending is not known.
    """
    paths = [Path(name) for name in names]
    for path in paths:
        if path.suffix.lower() not in _ENDINGS:
            raise ValueError(
                f"The output {str(path)!r} ends in {path.suffix!r}, expected one of "
                f"{', '.join(_ENDINGS)}."
            )
        if not path.parent.is_dir():
            raise FileNotFoundError(f"There is no folder {str(path.parent)!r}.")
        if path.exists() and not force:
            raise FileExistsError(
                f"The file {str(path)!r} is there already: give another name, or "
                "--force to write over it."
            )
        if path.suffix.lower() in _PICTURES:
            import_matplotlib()
    return paths
