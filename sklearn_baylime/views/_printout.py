"""Any explanation as plain text, as print shows it: a table for each target."""

from __future__ import annotations

import unicodedata
from typing import Any

from sklearn_baylime.views._numbers import (
    count_weaker,
    decimals_for,
    format_interval,
    format_number,
    format_short,
    format_sign,
    shorten_middle,
)
from sklearn_baylime.views._sentences import (
    find_score,
    list_notes,
    say_exact,
    say_local,
    say_locality,
    say_prior,
    say_sure,
)
from sklearn_baylime.views._values import shown_records

# Longer names would break the lines of a terminal.
_LONGEST = 60


def render_text(explanation: Any, max_features: int = 10, level: float = 0.95) -> str:
    """Return a table for each target: feature, weight, interval, P(sign); the fit."""
    parts = []
    for t, target in enumerate(explanation.targets):
        mine = list(shown_records(explanation, level, target))
        parts.append(_headline(explanation, t))
        parts += [said for said in [say_sure(explanation, t)] if said]
        parts.append(_table(mine[:max_features], level))
        if len(mine) > max_features:
            parts.append(f"... and {count_weaker(len(mine) - max_features)}")
        parts.append(_fit(explanation, t))
        parts += [said for said in [say_prior(explanation, t)] if said]
    notes = (*list_notes(explanation), say_locality(explanation))
    parts += [f"Note: {on_one_line(note)}" for note in notes if note]
    return "\n".join(parts)


def on_one_line(text: str) -> str:
    r"""Return text whose control characters are written out.

    Names come from data: a line feed would break the table, an escape would move a
    terminal's cursor, and a mark of direction would turn what follows.

    Examples
    --------
    >>> print(on_one_line("a\nb"))
    a\nb
    """
    return "".join(map(_written_out, text))


def _written_out(character: str) -> str:
    turns = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    if turns or unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs"):
        return character.encode("unicode_escape").decode()
    return character


def _headline(explanation: Any, t: int) -> str:
    return (
        f"{on_one_line(explanation.target_names[t])}: the model answers "
        f"{format_short(explanation.prediction[t])}"
    )


def _table(records: list[dict[str, Any]], level: float) -> str:
    decimals = decimals_for([r["coef"] for r in records], [r["std"] for r in records])
    rows = [("feature", "weight", f"{100 * level:g} % interval", "P(sign)")]
    for r in records:
        rows.append(
            (
                shorten_middle(on_one_line(r["feature"]), _LONGEST),
                format_number(r["coef"], decimals, sign=True),
                format_interval(r, decimals),
                format_sign(r),
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {weight:>{widths[1]}}  {span:>{widths[2]}}  "
        f"{sure:>{widths[3]}}"
        for name, weight, span, sure in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _fit(explanation: Any, t: int) -> str:
    model = (
        f"intercept {format_short(explanation.intercept[t])}, local model "
        f"{say_local(explanation, t)}"
    )
    if explanation.n_rows == 0:
        return f"{model}; exact, without sampling"
    score, where = find_score(explanation, t)
    fit = f"{model}, R2 {format_short(score)}{where}"
    if explanation.exact:
        return f"{fit}; {say_exact(explanation)}"
    return (
        f"{fit}, {explanation.n_rows} rows worth "
        f"{explanation.effective_sample_size:.0f}"
    )
