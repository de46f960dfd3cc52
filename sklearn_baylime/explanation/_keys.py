"""How targets are called: columns, their sums, combinations of columns with factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any


def read_key(target: Any) -> Any:
    """Return a target as explanations keep it, whatever JSON or users make of it.

    Lists are read as tuples, at any depth, and mappings as tuples of pairs.

    >>> read_key([[0, 1.0], [1, -1.0]])
    ((0, 1.0), (1, -1.0))
    >>> read_key({0: 1, 1: -1})
    ((0, 1), (1, -1))
    """
    if isinstance(target, Mapping):
        target = tuple(target.items())
    if isinstance(target, (list, tuple)):
        return tuple(read_key(part) for part in target)
    return target


def read_factors(key: Any) -> dict[Any, float]:
    """Return what each output of a target, by column or name, counts in it.

    >>> read_factors(2)
    {2: 1.0}
    >>> read_factors((0, 2))
    {0: 1.0, 2: 1.0}
    >>> read_factors(((0, 2.0), (1, -1.0)))
    {0: 2.0, 1: -1.0}
    """
    key = read_key(key)
    if not isinstance(key, tuple):
        return {key: 1.0}
    if key and all(_is_term(part) for part in key):
        return {output: float(factor) for output, factor in key}
    return dict.fromkeys(key, 1.0)


def _is_term(part: Any) -> bool:
    return isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], Real)


def read_contrast(one: Any, other: Any) -> dict[Any, float]:
    """Return the factors of the difference of two targets."""
    factors = read_factors(one)
    for output, factor in read_factors(other).items():
        factors[output] = factors.get(output, 0.0) - factor
    return {output: factor for output, factor in factors.items() if factor}


def find_target(
    wanted: Any, targets: Sequence[Any], names: Sequence[str]
) -> int | None:
    """Return the row of a target in the arrays, None if it was not explained.

    Parameters
    ----------
    wanted : int, str, tuple, list or mapping
        A column or a name; a tuple or list for their sum; a mapping, or pairs, for a
        combination of them, in any order.
    targets : sequence of int or tuple
        Keys of the explained targets.
    names : sequence of str
        Their names.

    Returns
    -------
    position : int or None
    """
    wanted = read_key(wanted)
    for known in (targets, names):
        if wanted in known:
            return list(known).index(wanted)
    pairs = list(zip(targets, names, strict=True))
    name_of = {key: name for key, name in pairs if not isinstance(key, tuple)}
    column_of = {name: key for key, name in name_of.items()}
    factors = read_factors(wanted)
    by_column = {column_of.get(output, output): f for output, f in factors.items()}
    by_name = {name_of.get(output, output): f for output, f in factors.items()}
    for t, (key, name) in enumerate(pairs):
        if by_column == read_factors(key) or _is_called(name, by_name):
            return t
    return None


def _is_called(name: str, factors: dict[Any, float]) -> bool:
    """Tell whether a name, such as ``"cat - dog"``, is that of factors of names."""
    terms = []
    for output, factor in factors.items():
        size = "" if abs(factor) == 1 else f"{abs(factor):g} "
        terms.append(f"{' - ' if factor < 0 else ' + '}{size}{output}")
    return _is_made_of(name, terms) or _is_made_of(f" + {name}", terms)


def _is_made_of(text: str, terms: list[str]) -> bool:
    """Tell whether a text is the terms in some order, one behind the other.

    The first sign may be a minus without spaces.
    """
    if not terms:
        return not text
    if text.startswith("-"):
        text = f" - {text[1:]}"
    return any(
        text.startswith(term)
        and _is_made_of(text.removeprefix(term), [*terms[:i], *terms[i + 1 :]])
        for i, term in enumerate(terms)
    )
