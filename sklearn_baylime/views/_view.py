"""What an explanation may carry of its instance, by the `kind` that JSON names."""

from __future__ import annotations

from typing import Any

from sklearn_baylime.views.image._instance import ImageInstance
from sklearn_baylime.views.text._instance import TextInstance

# A kind has `kind`, `n_features`, `to_dict` and `from_dict`.
_KINDS: dict[str, Any] = {kind.kind: kind for kind in (TextInstance, ImageInstance)}


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
            f"The instance tells where {instance.n_features} features are, expected "
            f"{n_features}: the spans of each feature of a document, empty where it "
            "does not occur, or one segment of an image for each."
        )
    return instance


def check_description(description) -> None:
    """Raise if a description is of a kind that is not known."""
    if isinstance(description, dict) and description.get("kind") not in _KINDS:
        raise ValueError(
            f"The instance is of kind {description.get('kind')!r}, expected one of "
            f"{sorted(_KINDS)}."
        )


def is_image(explanation) -> bool:
    """Tell whether the explanation is of an image."""
    return isinstance(explanation.instance, ImageInstance)


def require_text(explanation, wish: str) -> TextInstance:
    """Return the document of an explanation, or say that `wish` needs one."""
    if not isinstance(explanation.instance, TextInstance):
        raise ValueError(
            f"{wish} needs the explanation of a document, got one without a text: "
            "expected Explanation.instance to be a TextInstance."
        )
    return explanation.instance


def require_image(explanation, wish: str) -> ImageInstance:
    """Return the image of an explanation, or say that `wish` needs one."""
    if not isinstance(explanation.instance, ImageInstance):
        raise ValueError(
            f"{wish} needs the explanation of an image, got one without an image: "
            "expected Explanation.instance to be an ImageInstance."
        )
    return explanation.instance
