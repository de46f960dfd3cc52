"""What a reader should know before relying on the weights, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sklearn_baylime.local._local_fit import LocalFit
from sklearn_baylime.local._local_problem import Columns

# Below these the explanation says so in words.
_LOW_SCORE = 0.3
_LOW_ROWS_PER_FEATURE = 10.0
# Share of the rows from which on the kernel is not what makes them few.
_NEARLY_ALL = 0.9
_CONFLICT = 0.01
_MOSTLY_PRIOR = 0.9
# Two-sided 95 %, in standard deviations of what the rows alone say.
_BEYOND = 1.96
_MOST_NAMED = 3
# Parts up to which there is hardly anything to explain, what they are called, and what
# to do.
_PARTS = {
    "image": (
        2,
        "segment",
        "cut it finer, by SuperpixelSegmenter('slic', n_segments=50) or a smaller "
        "kernel_size and max_dist of quickshift",
    ),
    "text": (
        1,
        "component",
        "take smaller ones, by TextSegmenter(unit='character') or a tokenizer, which "
        "scripts without spaces need",
    ),
}
# Effective rows with the instance's own value from which its weight can be told.
_FEW_MATCHES = 30.0


def warnings_of(
    fit: LocalFit,
    names: Sequence[str],
    columns: Columns,
    description: dict[str, Any] | None = None,
) -> tuple[str, ...]:
    """Return the warnings about a fit, those about all targets first.

    Those about single columns come last. `columns` are those of the rows that the last
    step was given, `description` what the representation tells of its instance.
    """
    description = description or {}
    said = list(_about_parts(fit, str(description.get("kind"))))
    said = said or list(_about_rows(fit))
    few = [] if said else list(_about_matches(fit, columns))
    for t, name in enumerate(names):
        said += _about_fit(fit.answers[:, t], fit.score[t], name)
        said += _about_untouched(fit.answers[:, t], description)
        said += _about_prior(fit, t, name)
        said += _about_shrinkage(fit, t, name)
    return (*said, *few)


def _about_parts(fit: LocalFit, kind: str) -> Iterator[str]:
    """Say that an instance has too few parts to tell anything apart."""
    n = len(fit.names)
    few, part, advice = _PARTS.get(kind, (0, "", ""))
    if n > few:
        return
    yield (
        f"The {kind} has {n} {part}{'' if n == 1 else 's'} only, and more rows cannot "
        f"tell more: {advice}."
    )


def _about_untouched(answers: np.ndarray, description: dict[str, Any]) -> Iterator[str]:
    """Name the parts of a text that are never removed, where no other has an effect."""
    if np.ptp(answers) != 0 or description.get("kind") != "text":
        return
    text = list(description["text"])
    for spans in description["spans"]:
        for start, end in spans:
            text[start:end] = " " * (end - start)
    kept = list(dict.fromkeys("".join(text).split()))
    if kept:
        yield (
            f"{', '.join(map(repr, kept[:_MOST_NAMED]))} and the like are no "
            "components and were never removed, so that their effect is not known: "
            r"tokenizer=r'\w+|[^\w\s]+' takes them in, or unit='character'."
        )


def _about_rows(fit: LocalFit) -> Iterator[str]:
    n_effective, n_features = fit.effective_sample_size, len(fit.names)
    if fit.is_exact:
        return
    if n_effective < _LOW_ROWS_PER_FEATURE * n_features:
        # A wider kernel gives no more where it takes nothing away.
        all_count = n_effective > _NEARLY_ALL * len(fit.weights)
        kernel = "coarser features" if all_count else "a wider kernel"
        yield (
            f"The kernel leaves {n_effective:.1f} effective rows for {n_features} "
            f"features: take more rows or {kernel} before relying on the weights."
        )


def _about_matches(fit: LocalFit, columns: Columns) -> Iterator[str]:
    """Name the columns whose own value hardly occurs among the weighted rows."""
    effective = fit.n_matches
    if fit.is_exact or effective is None:
        return
    few = np.flatnonzero(effective < _FEW_MATCHES)
    if not len(few):
        return
    fewest = few[np.argsort(effective[few], kind="stable")][:_MOST_NAMED]
    told = ", ".join(f"{columns.names[j]!r} ({effective[j]:.1f})" for j in fewest)
    more = f" and {len(few) - len(fewest)} more" if len(few) > len(fewest) else ""
    yield (
        f"Seen fewer than {_FEW_MATCHES:.0f} effective times: {told}{more}. Weights of "
        "these rest on few rows: take more, or merge rare "
        "categories and bins."
    )


def _about_fit(answers: np.ndarray, score: float, name: str) -> Iterator[str]:
    if np.ptp(answers) == 0:
        yield (
            f"The model gave the same answer for {name} to every row: no feature "
            "has an effect around this instance."
        )
    elif score < _LOW_SCORE:
        yield (
            f"The local model explains {100 * max(score, 0):.0f} % of the variation of "
            f"{name}: weights are averages over effects that it cannot follow."
        )


def _about_prior(fit: LocalFit, t: int, name: str) -> Iterator[str]:
    if np.median(np.nan_to_num(fit.prior_share[t])) > _MOSTLY_PRIOR:
        yield f"The weights of {name} are nearly all prior: these rows added little."
    if fit.conflict[t] < _CONFLICT:
        yield f"Prior and data disagree on {name} (p = {fit.conflict[t]:.2g})."


def _about_shrinkage(fit: LocalFit, t: int, name: str) -> Iterator[str]:
    """Say what the rows alone say of weights that shrinkage took out of their reach."""
    flat, half = fit.flat_coef[t], _BEYOND * fit.flat_std[t]
    # Of weights that rows tell to the last digit the digits differ.
    rounding = 1e-9 * np.abs(fit.coef[t]).max(initial=0.0)
    with np.errstate(invalid="ignore"):
        beyond = np.abs(flat - fit.coef[t]) > np.maximum(half, rounding)
    found = np.flatnonzero(beyond & fit.selected[t])
    if fit.is_exact or not len(found):
        return
    strongest = found[np.argsort(-np.abs(flat[found]), kind="stable")][:_MOST_NAMED]
    told = "; ".join(
        f"{fit.names[j]} {flat[j]:+.3g} ({flat[j] - half[j]:+.3g} to "
        f"{flat[j] + half[j]:+.3g})"
        for j in strongest
    )
    more = len(found) - len(strongest)
    yield (
        f"Shrinkage decides on {len(found)} weight(s) of {name}: the rows alone say "
        f"{told}{f', and {more} more' if more else ''}. More rows settle it."
    )
