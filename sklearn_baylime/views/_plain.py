"""The explanation as a table of text."""

from __future__ import annotations

from sklearn_baylime.views._numbers import (
    count_weaker,
    decimals_for,
    format_number,
    format_probability,
    format_short,
)


def render_text(explanation, max_features=10, level=0.95) -> str:
    """Return a table for each target: feature, weight, interval, P(sign); the fit."""
    parts = []
    for t, target in enumerate(explanation.targets):
        mine = list(explanation.records(level, target))
        parts.append(_headline(explanation, t))
        parts.append(_table(mine[:max_features], level))
        if len(mine) > max_features:
            parts.append(f"... and {count_weaker(len(mine) - max_features)}")
        parts.append(_fit(explanation, t))
    notes = (*explanation.warnings, tell_locality(explanation))
    parts += [f"Note: {note}" for note in notes if note]
    return "\n".join(parts)


def _headline(explanation, t):
    return (
        f"{explanation.target_names[t]}: the model answers "
        f"{format_short(explanation.prediction[t])}"
    )


def _table(records, level):
    decimals = decimals_for([r["coef"] for r in records], [r["std"] for r in records])
    rows = [("feature", "weight", f"{100 * level:g} % interval", "P(sign)")]
    for r in records:
        low, high = (format_number(r[k], decimals, sign=True) for k in ("low", "high"))
        rows.append(
            (
                r["feature"],
                format_number(r["coef"], decimals, sign=True),
                f"{low} to {high}",
                format_probability(r["sign_probability"]),
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {weight:>{widths[1]}}  {span:>{widths[2]}}  "
        f"{sure:>{widths[3]}}"
        for name, weight, span, sure in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _fit(explanation, t):
    model = (
        f"intercept {format_short(explanation.intercept[t])}, local model "
        f"{format_short(explanation.local_prediction[t])}"
    )
    if explanation.n_rows == 0:
        return f"{model}; exact, without sampling"
    return (
        f"{model}, R2 {format_short(explanation.score[t])}, {explanation.n_rows} rows "
        f"worth {explanation.effective_sample_size:.0f}"
    )


def tell_locality(explanation) -> str:
    """Say over which region the weights of numbers average, "" where there are none."""
    facts = explanation.kernel
    if "spread_share" not in facts:
        return ""
    region = f"{100 * facts['spread_share']:.0f} % of the rows' spread"
    if not facts["center_share"]:
        return f"Weights average effects over {region} around the instance."
    return (
        f"Weights average effects over {region}, around a point "
        f"{100 * facts['center_share']:.0f} % of the way from the instance to the mean "
        "of the rows: a narrower kernel, or rows drawn around the instance, are more "
        "local."
    )
