"""What is said of an explanation in words: the same on paper, in pages, in pictures."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np

from sklearn_baylime.views._numbers import (
    count_weaker,
    decimals_for,
    format_number,
    format_share,
    format_short,
)
from sklearn_baylime.views._style import say_certainty

_MOST_RANKED, _KNOWN = 200, 0.95

# What the one output of a model is called that tells no name of it.
_UNNAMED = "prediction"

# Letters on a line below a picture.
_CAPTION = 60

_OPEN = (
    "The intervals of {name} are open: too few rows carry weight to state any. More "
    "rows, a wider kernel or a prior whose trust is stated would help."
)


def say_answer(explanation: Any, t: int) -> str:
    """Return the title of a picture of one target."""
    return (
        f"{''.join(say_question(explanation, t))} The model answers "
        f"{format_short(explanation.prediction[t])}"
    )


def say_name(explanation: Any, t: int) -> str:
    """Return what readers call a target: a class by its number is a class."""
    name = explanation.target_names[t]
    return f"class {name}" if name.isdecimal() else name


def say_question(explanation: Any, t: int) -> tuple[str, str, str]:
    """Return what a target's explanation answers: before its name, the name, behind.

    Why, or why not: of classes that share a probability of 1 but one are not answered.
    """
    if explanation.target_names[t] == _UNNAMED:
        return "Why this ", _UNNAMED, "?"
    is_other = _is_other(explanation, t)
    return f"Why {'not ' if is_other else ''}", say_name(explanation, t), "?"


def _is_other(explanation: Any, t: int) -> bool:
    """Tell whether the model is known to answer another class than a target."""
    answers = explanation.outputs or {}
    shares = np.array(list(answers.values()))
    own = answers.get(explanation.target_names[t])
    # Of several labels, or several outputs, more than one may be answered.
    is_share = len(shares) > 1 and shares.min() >= 0 and shares.sum() < 1 + 1e-6
    return own is not None and is_share and bool(own < shares.max())


def find_score(explanation: Any, t: int) -> tuple[float, str]:
    """Return the score that is shown first, and of which rows it is.

    The score on rows left out says what the local model is worth; that on its own rows
    grows with every feature.
    """
    left_out = float(explanation.loo_score[t])
    if np.isfinite(left_out):
        return left_out, " on rows left out"
    return float(explanation.score[t]), ""


def say_sure(explanation: Any, t: int) -> str:
    """Say of how many signs one is sure, and whether the strongest is known.

    Nothing where no probabilities are stated, or where nothing is left to chance.
    """
    chosen = explanation.selected[t]
    known = explanation.sign_probability()[t][chosen]
    if explanation.exact or explanation.n_rows == 0 or not len(known):
        return ""
    if np.isnan(known).any() or explanation.is_open[t]:
        return ""
    n, sure = len(known), sum(say_certainty(p) == "certain" for p in known)
    if n == 1:
        return f"The sign of the weight is {'certain' if sure else 'open'}."
    said = f"Sure of the sign of {sure or 'none'} of {n} weights"
    return f"{said}{_say_strongest(explanation, t, chosen)}."


def _say_strongest(explanation: Any, t: int, chosen: Any) -> str:
    # Draws of very many weights would take longer than the page.
    if chosen.sum() > _MOST_RANKED:
        return ""
    likeliest = float(np.nanmax(explanation.top_k_probability(1)[t]))
    if np.isnan(likeliest):
        return ""
    state = "known" if likeliest >= _KNOWN else "open"
    return f"; which one is the strongest is {state} ({format_share(likeliest)})"


def say_exact(explanation: Any) -> str:
    """Say why the weights have no uncertainty, "" where they have."""
    if explanation.n_rows == 0:
        return "exact weights"
    if explanation.exact:
        return f"exact: all {explanation.n_rows} masks were asked"
    return ""


def say_fit(explanation: Any, t: int, *, n_hidden: int = 0, verb: str = "shown") -> str:
    """Return the caption of a picture: how well it fits, and what is hidden."""
    score, where = find_score(explanation, t)
    fit = f"local fit R² {score:.2f}{where}"
    if explanation.n_rows == 0:
        fit = say_exact(explanation)
    elif explanation.exact:
        fit = f"{say_exact(explanation)}\n{fit}"
    sure = say_sure(explanation, t)
    fit += f"\n{sure.removesuffix('.')}".replace("; ", "\n") if sure else ""
    fit += "".join(f"\n{wrap_note(note)}" for note in list_notes(explanation))
    more = f"\n{count_weaker(n_hidden)} not {verb}" if n_hidden > 0 else ""
    return f"{fit}{more}"


def wrap_note(note: str) -> str:
    """Return a note as lines below a picture."""
    return textwrap.fill(f"Note: {note}", _CAPTION)


def say_prior(explanation: Any, t: int) -> str:
    """Say what became of the prior's hypotheses, "" where none are told."""
    if explanation.prior_odds is None:
        return ""
    odds = {name: float(p[t]) for name, p in explanation.prior_odds.items()}
    known = {name: p for name, p in odds.items() if np.isfinite(p)}
    if not known:
        return ""
    likeliest = max(known, key=lambda name: known[name])
    share = f"({100 * known[likeliest]:.0f} %)"
    if likeliest == "stated":
        return f"The prior was of use {share}."
    if likeliest == "nothing":
        return f"The prior was ignored {share}."
    if likeliest != "direction":
        return f"The prior's likeliest hypothesis is {likeliest!r} {share}."
    return f"Of the prior its direction was used {share}{_say_scale(explanation, t)}."


def _say_scale(explanation: Any, t: int) -> str:
    scale = float(explanation.prior_scale[t])
    if not np.isfinite(scale):
        return ""
    opposite = ", with the opposite sign" if scale < 0 else ""
    return f", at {abs(scale):.2g} of its size{opposite}"


def say_open(explanation: Any, t: int) -> str:
    """Say what would help where the intervals are open, "" where they are not."""
    if not explanation.is_open[t]:
        return ""
    return _OPEN.format(name=explanation.target_names[t])


def say_local(explanation: Any, t: int) -> str:
    """Return the local model's answer, with its standard deviation if it is known."""
    answer = float(explanation.local_prediction[t])
    std = float(explanation.local_std[t])
    if not np.isfinite(std):
        return format_short(answer)
    decimals = decimals_for([answer], [std])
    return f"{format_number(answer, decimals)} ± {format_number(std, decimals)}"


def say_picture(what: str, name: str, records: list[dict[str, Any]]) -> str:
    """Return what a picture of colored segments shows, for those who hear it."""
    if not records:
        return f"{what}: no segment has a weight for {name}"
    decimals = decimals_for(*([r[k] for r in records] for k in ("coef", "std")))
    parts = [
        f"{r['feature']} ({format_number(r['coef'], decimals, sign=True)})"
        for r in records[:5]
    ]
    more = f" and {len(records) - 5} more" if len(records) > 5 else ""
    return (
        f"{what}, segments that raise the answer for {name} in blue, those that lower "
        f"it in orange; the strongest: {', '.join(parts)}{more}"
    )


def say_locality(explanation: Any) -> str:
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


def list_notes(explanation: Any) -> Iterator[str]:
    """Yield what readers should know before they rely on the weights."""
    yield from explanation.warnings
    for t in range(len(explanation.targets)):
        if said := say_open(explanation, t):
            yield said
