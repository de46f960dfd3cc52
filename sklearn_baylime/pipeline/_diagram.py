"""The chain as scikit-learn's diagram of estimators, which notebooks show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn_baylime.base._sklearn import VisualBlock
from sklearn_baylime.pipeline._chain import split_steps

Step = tuple[str, Any]


def draw_chain(
    steps: Sequence[Step], fitted: dict[str, Any], model: Any
) -> VisualBlock:
    """Return the boxes of a chain: sampled rows go to the model and to the right side.

    Parameters
    ----------
    steps : sequence of (str, estimator)
        As the user gave them.
    fitted : dict of str to estimator
        Those of the steps that were fitted, by name; they know their features.
    model : object
        The model itself.

    Returns
    -------
    block : scikit-learn's description of boxes
    """
    parts = split_steps(steps)
    known = [(name, fitted.get(name, step)) for name, step in steps]
    chosen = [(name, step) for name, step in known if step not in (None, "passthrough")]
    left, right = len(parts.left) + 1, len(parts.right)
    behind = chosen[left + right :]
    asked = ("the model", _box_of(model))
    between = [asked]
    if right:
        beside = _serial(chosen[left : left + right])
        # Short, since they stand side by side above their boxes.
        names = ["asked about", "transformed"]
        rows = VisualBlock("parallel", [asked[1], beside], names=names)
        between = [("the rows", rows)]
    return _serial([*chosen[:left], *between, *behind], {"the model": type(model)})


def _serial(steps: Sequence[Step], kinds: dict[str, type] | None = None) -> VisualBlock:
    kinds = kinds or {}
    return VisualBlock(
        "serial",
        [step for _, step in steps],
        names=[_say(name, step, kinds.get(name)) for name, step in steps],
        name_details=[str(step) for _, step in steps],
        dash_wrapped=False,
    )


def _say(name: str, step: Any, kind: type | None = None) -> str | None:
    if isinstance(step, VisualBlock) and kind is None:
        # A box of boxes needs no name.
        return None
    return f"{name}: {(kind or type(step)).__name__}"


def _box_of(model: Any) -> Any:
    """Return a model that has a box of its own, or a box around a function."""
    if hasattr(model, "get_params"):
        return model
    name = getattr(model, "__qualname__", type(model).__name__)
    return VisualBlock("single", model, names=f"the model: {name}", name_details="")
