"""What is measured: problems, designs, numbers of rows, noise.

A cell has a name such as ``masks/few/30/r2=0.2/n=150/paired/noise=1``, by which it is
chosen on the command line, seeded, and known again in the file of results.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from auditing import goals
from auditing.goals import NONE, Goal
from auditing.problems import forest, mixed_masks, numbers, score_masks


@dataclass(frozen=True)
class Cell:
    """One row of the results.

    Parameters
    ----------
    name : str
        Unique; its first part is the family.
    kind : {"intervals", "priors", "queries", "summary"}
        What is measured.
    problem : callable
        Returns the problem.
    n : int
        Rows asked around the instance.
    design : str, default="random"
        Design of the rows.
    noise : float, default=0.0
        Standard deviation of the noise of answers, in units of their spread.
    coverage : dict of float to Goal, default=COVERAGE
        Goals of the intervals, by their level.
    strongest : Goal, default=NONE
        Goal of the interval of the strongest weight.
    against_previous : Goal, default=NONE
        Goal of the error, as a share of the previous default's.
    per_feature : int, default=0
        Rows for each feature, which goals of priors depend on; 0 if of no matter.
    """

    name: str
    kind: str
    problem: Callable
    n: int
    design: str = "random"
    noise: float = 0.0
    coverage: dict[float, Goal] | None = None
    strongest: Goal = NONE
    against_previous: Goal = NONE
    per_feature: int = 0

    @property
    def family(self) -> str:
        """First part of the name."""
        return self.name.split("/")[0]

    def seed(self, repeat: int) -> int:
        """Return the seed of a repeat."""
        return (zlib.crc32(self.name.encode()) + repeat) % 2**31

    def goal_of_coverage(self, level: float) -> Goal:
        """Return the goal of the intervals of a level."""
        coverage = goals.COVERAGE if self.coverage is None else self.coverage
        return coverage.get(level, NONE)


R2 = (0.03, 0.1, 0.2, 0.5, 0.8)
DESIGNS = ("random", "paired", "orthogonal")


def all_cells() -> dict[str, Cell]:
    """Return all cells by name."""
    families = (
        _masks,
        _scores,
        _forests,
        _numbers,
        _narrow,
        _sobol,
        _priors,
        _queries,
        _summary,
    )
    return {cell.name: cell for family in families for cell in family()}


def _masks() -> Iterator[Cell]:
    """Interactions beside a trend: few weights or all, with noise for few."""
    for kind in ("few", "alike"):
        for d in (12, 30):
            for r2 in R2:
                for n in (2 * d, 5 * d, 20 * d):
                    for design in DESIGNS:
                        for noise in (0, 1, 3) if kind == "few" else (0,):
                            yield _mask_cell(kind, d, r2, n, design, noise)


def _mask_cell(kind, d, r2, n, design, noise) -> Cell:
    wanted = NONE
    if kind == "alike":
        wanted = goals.AGAINST_PREVIOUS["alike"]
    elif d == 30 and noise == 0 and n >= 5 * d and r2 >= 0.2:
        # With less to see there is nothing that tells the few from the others.
        wanted = goals.AGAINST_PREVIOUS["few of 30"]
    return Cell(
        f"masks/{kind}/{d}/r2={r2}/n={n}/{design}/noise={noise}",
        "intervals",
        partial(mixed_masks, kind, d, r2),
        n,
        design,
        noise,
        against_previous=wanted,
    )


def _scores() -> Iterator[Cell]:
    """Saturation is odd misfit, which pairs double; a conjunction is mostly even."""
    for kind in ("mild", "steep", "box"):
        for d in (12, 30):
            for n in (3 * d, 10 * d, 1000):
                for design in (*DESIGNS, "subsets"):
                    yield _score_cell("scores", kind, d, n, design)


def _score_cell(family, kind, d, n, design, factor=1.0, coverage=None) -> Cell:
    law = "subsets" if design == "subsets" else "coins"
    width = f"/width={factor:.2g}" if factor != 1 else ""
    return Cell(
        f"{family}/{kind}/{d}/n={n}/{design}{width}",
        "intervals",
        partial(score_masks, kind, d, 0.25 * factor, law),
        n,
        design,
        coverage=coverage,
    )


def _forests() -> Iterator[Cell]:
    for d in (10, 12, 30):
        for per_feature in (3, 10, 30):
            wanted = goals.AGAINST_PREVIOUS["forest"] if per_feature > 3 else NONE
            yield Cell(
                f"forests/{d}/n={per_feature * d}",
                "intervals",
                partial(forest, d),
                per_feature * d,
                strongest=goals.STRONGEST_OF_FORESTS[per_feature],
                against_previous=wanted,
            )


def _numbers() -> Iterator[Cell]:
    for kind in ("probit", "step", "sine"):
        for d in (12, 30):
            for n in (3 * d, 10 * d, 30 * d):
                yield Cell(
                    f"numbers/{kind}/{d}/n={n}",
                    "intervals",
                    partial(numbers, kind, d),
                    n,
                )


def _narrow() -> Iterator[Cell]:
    """Kernels of half and a third of the default's width."""
    wanted = {0.95: goals.NARROW_COVERAGE}
    for factor in (1 / 2, 1 / 3):
        for d in (12, 30):
            for n in (10 * d, 100 * d):
                for kind in ("forest", "step", "sine"):
                    make = forest if kind == "forest" else partial(numbers, kind)
                    yield Cell(
                        f"narrow/{kind}/{d}/n={n}/width={factor:.2g}",
                        "intervals",
                        partial(make, d, factor),
                        n,
                        coverage=wanted,
                    )
                yield _score_cell("narrow", "steep", d, n, "random", factor, wanted)


def _sobol() -> Iterator[Cell]:
    wanted = goals.COVERAGE | {0.95: goals.SOBOL_COVERAGE}
    for d in (12, 30):
        for n in (20 * d, 100 * d):
            for kind in ("forest", "probit", "step"):
                make = forest if kind == "forest" else partial(numbers, kind)
                yield Cell(
                    f"sobol/{kind}/{d}/n={n}",
                    "intervals",
                    partial(make, d),
                    n,
                    "sobol",
                    coverage=wanted,
                )


def _priors() -> Iterator[Cell]:
    for name, d, make in (
        ("steep", 12, partial(score_masks, "steep", 12, 0.25, "coins")),
        ("few", 30, partial(mixed_masks, "few", 30, 0.5)),
        ("forest", 10, partial(forest, 10)),
        ("forest", 12, partial(forest, 12)),
    ):
        for per_feature in (1, 3, 10):
            n = per_feature * d
            yield Cell(
                f"priors/{name}/{d}/n={n}", "priors", make, n, per_feature=per_feature
            )


def _queries() -> Iterator[Cell]:
    for name, d, make in (
        ("few", 12, partial(mixed_masks, "few", 12, 0.5)),
        ("few", 30, partial(mixed_masks, "few", 30, 0.5)),
        ("forest", 12, partial(forest, 12)),
        ("forest", 30, partial(forest, 30)),
    ):
        for design in ("random", "orthogonal" if name == "few" else "sobol"):
            for n in (3 * d, 10 * d):
                yield Cell(
                    f"queries/{name}/{d}/n={n}/{design}", "queries", make, n, design
                )


def _summary() -> Iterator[Cell]:
    for n in (300, 1000, 5000):
        yield Cell(f"summary/forest/12/n={n}", "summary", partial(forest, 12), n)
