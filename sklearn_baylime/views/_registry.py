"""The kinds of instances that are known, each with the class that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

V = TypeVar("V", bound=type)

# In the order of registration, which is that of error messages.
_VIEWS: dict[str, Any] = {}

_EXAMPLES = {
    "kind": "kind = 'graph'",
    "pictures": "pictures = {}, or {'graph': GraphDisplay}",
    "to_dict": "def to_dict(self): return {'kind': self.kind, ...}",
    "from_dict": "@classmethod def from_dict(cls, content): return cls(...)",
    "add_to_page": (
        "def add_to_page(self, section, explanation, target, records, level): ..."
    ),
}


def register_view(view: V) -> V:
    """Make a kind of instance known, so that explanations carry and show it.

    Its instances then work in ``Explanation(instance=...)``, in JSON, pages, `plot` and
    `save`; what a representation describes as ``{"kind": view.kind, ...}`` is read by
    its `from_dict`.

    Parameters
    ----------
    view : type
        With the words of `View`.

    Returns
    -------
    view : type
        The same: `register_view` is a class decorator.

    Raises
    ------
    TypeError
        If a word of `View` is missing.
    ValueError
        If another class has registered the kind. The same class may be defined again,
        as when a cell of a notebook is run again.

    Notes
    -----
    All that a kind takes::

        @register_view
        class Melody:
            kind, pictures = "melody", {}

            def __init__(self, notes):
                self.notes, self.n_features = list(notes), len(notes)

            def to_dict(self):
                return {"kind": self.kind, "notes": self.notes}

            @classmethod
            def from_dict(cls, content):
                return cls(content["notes"])

            def add_to_page(self, section, explanation, target, records, level):
                ElementTree.SubElement(section, "p").text = " ".join(self.notes)

    Examples
    --------
    >>> from sklearn_baylime.views import TextInstance, known_kinds, register_view
    >>> register_view(TextInstance) is TextInstance
    True
    >>> "text" in known_kinds()
    True
    """
    _check_words(view)
    _keep(view)
    return view


def _keep(view: Any) -> None:
    known = _VIEWS.get(view.kind)
    if known is not None and _name_of(known) != _name_of(view):
        raise ValueError(
            f"The kind {view.kind!r} of {view.__name__} is that of {_name_of(known)}, "
            f"expected a name of its own: {view.__name__}.kind = 'my_{view.kind}'."
        )
    _VIEWS[view.kind] = view


def known_kinds() -> list[str]:
    """Return the kinds of instances that explanations can carry.

    Returns
    -------
    kinds : list of str
        In alphabetical order.
    """
    return sorted(_VIEWS)


def is_known_kind(kind: Any) -> bool:
    """Tell whether explanations can carry instances of a kind.

    Parameters
    ----------
    kind : object
        Such as the ``"kind"`` of what a representation describes.

    Returns
    -------
    known : bool
    """
    return isinstance(kind, str) and kind in _VIEWS


def check_description(description: Any) -> None:
    """Check that what a representation describes can be carried and shown.

    It looks at the kind alone, and so is cheap enough to be asked before the black box
    is; the content is checked when the explanation is made.

    Parameters
    ----------
    description : dict, View or None
        What `describe` returned; None, where there is nothing to show, is right.

    Raises
    ------
    ValueError
        If the kind of a dictionary is not registered.
    TypeError
        If it is neither a dictionary nor an instance of a registered view.

    Examples
    --------
    >>> from sklearn_baylime.views import check_description
    >>> check_description({"kind": "text", "text": "good", "spans": [[[0, 4]]]})
    >>> check_description({"kind": "smell"})
    Traceback (most recent call last):
        ...
    ValueError: The instance is of kind 'smell', expected one of [...]...
    """
    if isinstance(description, dict):
        kind = description.get("kind")
        if not is_known_kind(kind):
            raise ValueError(
                f"The instance is of kind {kind!r}, expected one of {known_kinds()}; "
                "others are made known by sklearn_baylime.views.register_view."
            )
    elif description is not None and type(description) not in _VIEWS.values():
        known = ", ".join(view.__name__ for view in _VIEWS.values())
        raise TypeError(
            f"The instance is a {type(description).__name__}, expected {known}, its "
            "dictionary or None; others are made known by "
            "sklearn_baylime.views.register_view."
        )


def read_instance(instance: Any, n_features: int) -> Any:
    """Return an instance of a known kind, from itself or its dictionary, or None."""
    check_description(instance)
    if instance is None:
        return None
    if isinstance(instance, dict):
        instance = _from_dict(_VIEWS[instance["kind"]], instance)
    # Views may set it when they are made, where register_view cannot look for it.
    n_places = getattr(instance, "n_features", None)
    if n_places != n_features:
        raise ValueError(
            f"The instance, {noun_of(instance)}, tells where {n_places} features are, "
            f"expected {n_features}: its n_features is the number of features it has "
            "a place for, also of those that do not occur."
        )
    return instance


def require_view(explanation: Any, kind: str, wish: str) -> Any:
    """Return the instance of an explanation, or say that `wish` needs one of a kind."""
    instance = explanation.instance
    if instance is None or instance.kind != kind:
        got = "a table" if instance is None else noun_of(instance)
        view = _VIEWS[kind]
        raise ValueError(
            f"{wish} needs the explanation of {noun_of(view)}, got one of {got}: "
            f"expected Explanation.instance to be of type {view.__name__}."
        )
    return instance


def find_pictures(instance: Any = None) -> dict[str, tuple[str, type]]:
    """Return kind and display of each picture by name; those of the instance first."""
    views = [*_VIEWS.values()]
    if instance is not None:
        views.insert(0, type(instance))
    found: dict[str, tuple[str, type]] = {}
    for view in views:
        for name, display in view.pictures.items():
            found.setdefault(name, (view.kind, display))
    return found


def default_picture(instance: Any) -> str:
    """Return the name of the picture that is drawn by itself."""
    return getattr(instance, "default_picture", None) or "bars"


def noun_of(view: Any) -> str:
    """Return what errors call a view or its instances."""
    article = "an" if view.kind[:1] in "aeiou" else "a"
    return getattr(view, "noun", f"{article} {view.kind}")


def noun_of_kind(kind: str) -> str:
    """Return what errors call instances of a registered kind."""
    return noun_of(_VIEWS[kind])


def _from_dict(view: Any, content: Any) -> Any:
    try:
        return view.from_dict(content)
    except KeyError as error:
        raise ValueError(
            f"The description of kind {view.kind!r} has the keys {sorted(content)} and "
            f"lacks {error.args[0]!r}, expected what {view.__name__}.to_dict returns."
        ) from error


def _check_words(view: Any) -> None:
    if not callable(view) or not hasattr(view, "__qualname__"):
        raise TypeError(f"register_view got {view!r}, expected a class.")
    _check_each_word(view)
    default, pictures = default_picture(view), sorted(view.pictures)
    if default not in ("bars", *pictures):
        raise TypeError(
            f"The view {view.__name__} has default_picture = {default!r}, expected "
            f"None for bars or one of its pictures, {pictures}."
        )


def _check_each_word(view: Any) -> None:
    is_right: dict[str, Callable[[Any], bool]] = {
        "kind": lambda word: isinstance(word, str) and word != "",
        "pictures": _is_pictures,
    }
    for word, example in _EXAMPLES.items():
        found = getattr(view, word, None)
        if not is_right.get(word, callable)(found):
            got = f"has {word} = {found!r}" if hasattr(view, word) else f"has no {word}"
            raise TypeError(
                f"The view {view.__name__} {got}, expected the words of "
                f"sklearn_baylime.views.View; write: {example}"
            )


def _is_pictures(pictures: Any) -> bool:
    """Tell whether it is displays by name; bars are drawn of every explanation."""
    return (
        hasattr(pictures, "items")
        and "bars" not in pictures
        and all(hasattr(display, "from_explanation") for display in pictures.values())
    )


def _name_of(view: Any) -> str:
    return f"{view.__module__}.{view.__qualname__}"
