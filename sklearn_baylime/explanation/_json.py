"""Explanations as plain lists and numbers, and back."""

from __future__ import annotations

from dataclasses import MISSING, fields
from importlib import import_module
from numbers import Integral, Real
from typing import Any

import numpy as np

from sklearn_baylime.linear_model import FactoredCovariance

# Fields of objects that lists and numbers cannot hold.
_OBJECTS = {"representation", "influence"}


# Types of fields that no array holds.
_TYPES: dict[str, tuple[Any, str]] = {
    **dict.fromkeys(
        ("feature_names", "targets", "target_names", "selected_covariance"),
        ((list, tuple), "a list"),
    ),
    **dict.fromkeys(("warnings", "columns"), ((list, tuple), "a list")),
    **dict.fromkeys(("n_queries", "n_rows"), (Integral, "a whole number")),
    "effective_sample_size": (Real, "a number"),
    "kernel": (dict, "a dictionary"),
    "full": ((dict, type(None)), "a dictionary"),
    "marginals": ((list, tuple, type(None)), "a list"),
    "row": ((list, tuple, type(None)), "a list"),
    "outputs": ((dict, type(None)), "a dictionary"),
}


def write_content(explanation: Any) -> dict[str, Any]:
    """Return lists, numbers and texts that strict JSON has."""
    names = [f.name for f in fields(explanation) if f.name not in _OBJECTS]
    content = {name: getattr(explanation, name) for name in names}
    if explanation.full is not None:
        content["full"] = write_content(explanation.all_features)
    if explanation.instance is not None:
        content["instance"] = explanation.instance.to_dict()
    content["selected_covariance"] = [
        block.to_dict() if isinstance(block, FactoredCovariance) else block
        for block in explanation.selected_covariance
    ]
    if explanation.marginals is not None:
        content["marginals"] = [m.to_dict() for m in explanation.marginals]
    return {name: to_plain(value) for name, value in content.items()}


def read_content(cls: type, content: Any) -> dict[str, Any]:
    """Return the fields of an explanation that `write_content` wrote.

    Words that are not known, as of later versions, are passed over.
    """
    if not isinstance(content, dict):
        raise TypeError(
            f"The content is a {type(content).__name__}, expected a dictionary as "
            "Explanation.to_dict returns it."
        )
    known = {f.name: f for f in fields(cls) if f.name not in _OBJECTS}
    missing = [
        name
        for name, f in known.items()
        if name not in content and f.default is MISSING and f.default_factory is MISSING
    ]
    if missing:
        raise ValueError(
            f"The content lacks {', '.join(missing)}, expected all that "
            "Explanation.to_dict returns."
        )
    content = {name: content[name] for name in known if name in content}
    if content["effective_sample_size"] is None:
        content["effective_sample_size"] = np.inf
    for name, (kind, what) in _TYPES.items():
        if name in content and not isinstance(content[name], kind):
            raise TypeError(
                f"The content's {name} is a {type(content[name]).__name__}, expected "
                f"{what}, as Explanation.to_dict returns it."
            )
    # A number that no float holds is found here, not where it is printed.
    content["effective_sample_size"] = float(content["effective_sample_size"])
    if content.get("full") is not None:
        if content["full"].get("full") is not None:
            raise ValueError(
                "The content has an explanation of all features within that of all "
                "features, expected one at most."
            )
        content["full"] = cls(**read_content(cls, content["full"]))
    content["selected_covariance"] = [
        FactoredCovariance.from_dict(block) if isinstance(block, dict) else block
        for block in content["selected_covariance"]
    ]
    if content.get("marginals") is not None:
        content["marginals"] = [_read_marginal(m) for m in content["marginals"]]
    return content


def to_plain(value: Any) -> Any:
    """Return lists and numbers that strict JSON has: None for what is not finite."""
    if isinstance(value, (np.ndarray, np.generic)):
        return to_plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _read_marginal(content: Any) -> Any:
    """Return a distribution as it is, or from its dictionary."""
    if not isinstance(content, dict):
        return content
    # Taken when needed: explanations without marginals do without the class.
    linear_model = import_module("sklearn_baylime.linear_model")
    mixture = getattr(linear_model, "StudentMixture", None)
    if mixture is None:
        raise ValueError(
            "The content has marginals, which this version of sklearn_baylime cannot "
            "read: expected sklearn_baylime.linear_model.StudentMixture."
        )
    return mixture.from_dict(content)
