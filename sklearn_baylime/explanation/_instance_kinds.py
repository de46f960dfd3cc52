"""What an explanation may carry of its instance, by the `kind` that JSON names."""

from __future__ import annotations

from typing import Any

from sklearn_baylime.explanation._text_instance import TextInstance

# A kind has `kind`, `n_features`, `to_dict` and `from_dict`.
_KINDS: dict[str, Any] = {kind.kind: kind for kind in (TextInstance,)}


def read_instance(instance, n_features: int):
    """Return an instance of a known kind, from itself or its dictionary, or None."""
    if instance is None:
        return None
    if isinstance(instance, dict):
        kind = instance.get("kind")
        if kind not in _KINDS:
            raise ValueError(
                f"The instance is of kind {kind!r}, expected one of {sorted(_KINDS)}."
            )
        instance = _KINDS[kind].from_dict(instance)
    if type(instance) not in _KINDS.values():
        known = ", ".join(kind.__name__ for kind in _KINDS.values())
        raise TypeError(
            f"The instance is a {type(instance).__name__}, expected {known}, its "
            "dictionary or None."
        )
    if instance.n_features != n_features:
        raise ValueError(
            f"The instance tells spans of {instance.n_features} features, expected "
            f"{n_features}: one entry for each feature, empty where it does not occur."
        )
    return instance


def require_text(explanation, wish: str) -> TextInstance:
    """Return the document of an explanation, or say that `wish` needs one."""
    if not isinstance(explanation.instance, TextInstance):
        raise ValueError(
            f"{wish} needs the explanation of a document, got one without a text: "
            "expected Explanation.instance to be a TextInstance."
        )
    return explanation.instance
