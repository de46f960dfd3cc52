"""Which picture of an explanation is drawn, by its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from sklearn_baylime.views._bars import ExplanationDisplay
from sklearn_baylime.views._registry import (
    default_picture,
    find_pictures,
    noun_of_kind,
    require_view,
)
from sklearn_baylime.views.charts._answers import AnswersDisplay
from sklearn_baylime.views.charts._dots import TargetsDisplay
from sklearn_baylime.views.charts._ranks import RanksDisplay
from sklearn_baylime.views.charts._waterfall import WaterfallDisplay

# Pictures of explanations of any kind of instance.
_CHARTS: dict[str, Any] = {
    "bars": ExplanationDisplay,
    "waterfall": WaterfallDisplay,
    "targets": TargetsDisplay,
    "ranks": RanksDisplay,
    "answers": AnswersDisplay,
}


def make_display(
    explanation: Any,
    target: Any = None,
    kind: str | None = None,
    max_features: int = 10,
    level: float = 0.95,
) -> Any:
    """Return the display of a name; if None, that of the instance's view, or bars."""
    name, display = _find_display(explanation.instance, kind)
    _check_instance(explanation, name)
    options = {"kind": name, "max_features": max_features, "level": level}
    taken = _options_of(display.from_explanation, options)
    if "target" not in inspect.signature(display.from_explanation).parameters:
        # What shows all targets has none of its own.
        return display.from_explanation(explanation, **taken)
    return display.from_explanation(explanation, target, **taken)


def draw(
    explanation: Any,
    target: Any,
    kind: str | None,
    max_features: int,
    level: float,
    ax: Any,
    look: dict[str, Any],
) -> Any:
    """Draw one target, or a list of targets on one axis or side by side.

    `look` is what displays' `plot` takes beside the axes, and was given.
    """
    if isinstance(target, list) and kind is None:
        # Bars of several targets hide each other.
        name, _ = _find_display(explanation.instance, None)
        kind = "targets" if name == "bars" else name
    if not isinstance(target, list) or (target and kind == "targets"):
        display = make_display(explanation, target, kind, max_features, level)
        return display.plot(ax=ax, **look)
    name, display = _find_display(explanation.instance, kind)
    compare = getattr(display, "compare", None)
    if not target or compare is None:
        raise ValueError(
            f"target is {target!r}, expected one target; several are drawn by kind "
            f"'targets', and of {_list_comparable()}."
        )
    _check_instance(explanation, name)
    if look:
        raise ValueError(
            f"{', '.join(look)} is given for several pictures, expected it for one: "
            "plot(target, ...) for each target."
        )
    options = {"kind": name, "max_features": max_features, "level": level}
    return compare(explanation, target, axes=ax, **_options_of(compare, options))


def _find_display(instance: Any, kind: str | None) -> tuple[str, Any]:
    name = default_picture(instance) if kind is None else kind
    if name in _CHARTS:
        return name, _CHARTS[name]
    pictures = find_pictures(instance)
    if name not in pictures:
        raise ValueError(
            f"kind is {name!r}, expected 'bars', {_list_pictures(pictures)}; or of any "
            f"explanation {_join([repr(chart) for chart in _CHARTS])}."
        )
    return name, pictures[name][1]


def _check_instance(explanation: Any, name: str) -> None:
    """Refuse pictures of other kinds of instances before their displays stumble."""
    if name not in _CHARTS:
        kind = find_pictures(explanation.instance)[name][0]
        require_view(explanation, kind, f"A picture of kind {name!r}")


def _options_of(
    function: Callable[..., Any], options: dict[str, Any]
) -> dict[str, Any]:
    """Return the options that a function's signature names."""
    known = inspect.signature(function).parameters
    if any(p.kind is p.VAR_KEYWORD for p in known.values()):
        return options
    return {name: value for name, value in options.items() if name in known}


def _list_pictures(pictures: Any) -> str:
    """Return names of pictures by what they are of: "'text' for a document"."""
    return ", ".join(
        f"{_join(names)} for {noun}" for noun, names in _by_noun(pictures).items()
    )


def _list_comparable() -> str:
    found = find_pictures()
    able = {n: entry for n, entry in found.items() if hasattr(entry[1], "compare")}
    return "; ".join(
        f"{noun}, by kind {_join(names)}" for noun, names in _by_noun(able).items()
    )


def _by_noun(pictures: Any) -> dict[str, list[str]]:
    names_of: dict[str, list[str]] = {}
    for name, (kind, _) in pictures.items():
        names_of.setdefault(noun_of_kind(kind), []).append(repr(name))
    return names_of


def _join(names: Any) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
