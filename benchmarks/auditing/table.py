"""The files of results: numbers as CSV, and a page with the goals beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from auditing import goals
from auditing.goals import Goal
from auditing.statistics import Measure


@dataclass(frozen=True)
class Record:
    """One measured number of one cell, as a line of the file.

    Parameters
    ----------
    cell : str
        Name of the cell.
    measure : str
        What was measured.
    value, error : float
        The number and its standard error.
    low, high : float
        The goal; infinite where there is none.
    met : str
        "yes", "near", "no", or nothing without a goal.
    count : int
        Cases behind the number, where they are not the repeats.
    repeats : int
        Repeats of the cell.
    seconds : float
        Of the processor, for the whole cell.
    version : str
        Of the library.
    """

    cell: str
    measure: str
    value: float
    error: float
    low: float
    high: float
    met: str
    count: int
    repeats: int
    seconds: float
    version: str

    @property
    def family(self) -> str:
        """First part of the cell's name."""
        return self.cell.split("/")[0]

    @property
    def goal(self) -> Goal:
        """What was wanted."""
        return Goal(self.low, self.high)


def records_of(
    cell: str, measures: Iterable[Measure], repeats: int, seconds: float, version: str
) -> list[Record]:
    """Return the lines of a cell.

    Parameters
    ----------
    cell : str
        Name of the cell.
    measures : iterable of Measure
        What was measured.
    repeats : int
        Number of repeats.
    seconds : float
        Of the processor.
    version : str
        Of the library.

    Returns
    -------
    records : list of Record
    """
    return [
        Record(
            cell,
            m.name,
            float(m.value),
            float(m.error),
            m.goal.low,
            m.goal.high,
            m.goal.judge(m.value, m.error),
            m.count,
            repeats,
            round(seconds, 2),
            version,
        )
        for m in measures
    ]


def read_records(path: Path) -> list[Record]:
    """Read the lines of a file; none if there is no such file."""
    if not path.exists():
        return []
    kinds = {"count": int, "repeats": int, "cell": str, "measure": str}
    kinds |= {"met": str, "version": str}
    with path.open(newline="") as file:
        return [
            Record(**{name: kinds.get(name, float)(v) for name, v in line.items()})
            for line in csv.DictReader(file)
        ]


def append_records(path: Path, records: list[Record]) -> None:
    """Append the lines of a cell, which are written together or not at all."""
    names = [field.name for field in fields(Record)]
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerows(_rounded(asdict(record)) for record in records)


def _rounded(line):
    return {
        key: f"{value:.5g}" if isinstance(value, float) else value
        for key, value in line.items()
    }


def write_page(path: Path, records: list[Record]) -> None:
    """Write the page: all goals, then one table for each family of cells.

    Parameters
    ----------
    path : Path
        The Markdown file.
    records : list of Record
        All lines.
    """
    path.write_text("\n".join(_page(records)) + "\n")


def _page(records: list[Record]) -> Iterator[str]:
    repeats = sorted({record.repeats for record in records})
    versions = sorted({record.version for record in records})
    cells = {record.cell for record in records}
    yield "# Stated numbers against exact truth"
    yield ""
    yield (
        f"{len(cells)} cells, {' or '.join(map(str, repeats))} explanations each, by "
        f"version {', '.join(versions)}; `python benchmarks/audit.py` repeats it. "
        "Truths are exact sums and integrals, not large samples. Errors are root mean "
        "squares. A goal counts as missed if it is missed by more than two standard "
        "errors, and as near if by less."
    )
    yield from _goals(records)
    for family in dict.fromkeys(record.family for record in records):
        yield from _family([r for r in records if r.family == family], family)


def _goals(records: list[Record]) -> Iterator[str]:
    """Yield one line for each goal of each family: the mean, and the worst cell."""
    yield from ("", "## Goals", "")
    yield "| family | number | goal | cells | met | near | missed | mean | worst |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for record in records:
        if record.met:
            name = _column(record.measure)
            groups.setdefault((record.family, name, str(record.goal)), []).append(
                record
            )
    for (family, name, goal), group in groups.items():
        counts = [sum(r.met == m for r in group) for m in ("yes", "near", "no")]
        values = [record.value for record in group]
        worst = max(group, key=_miss)
        place = worst.cell.removeprefix(f"{family}/")
        line = [family, name, goal, len(group), *counts, f"{np.mean(values):.3f}"]
        yield _line([*line, f"{worst.value:.3f} ({place})"])
    yield from _pooled(records)


def _miss(record: Record) -> float:
    """Return by how much a goal is missed; below 0 if it is met."""
    return max(record.low - record.value, record.value - record.high)


def _column(measure: str) -> str:
    """Return a measure's name without the column that it is about."""
    return "each column: coverage" if measure.startswith("column") else measure


def _pooled(records: list[Record]) -> Iterator[str]:
    """Yield goals of all cells of a family together."""
    for family in dict.fromkeys(record.family for record in records):
        here = [r for r in records if r.family == family]
        covered = [
            r.value
            for r in here
            if r.measure == "coverage of 95 %" and np.isfinite(r.value)
        ]
        if covered:
            mean = float(np.mean(covered))
            yield _pooled_line(
                family, "coverage of 95 %, mean of cells", goals.MEAN_COVERAGE, mean
            )
        bins: dict[str, list[Record]] = {}
        for r in here:
            if r.measure.startswith("P(") and r.count:
                bins.setdefault(r.measure, []).append(r)
        for name in sorted(bins):
            counts = np.array([r.count for r in bins[name]], dtype=float)
            shares = counts / counts.sum()
            excess = float(shares @ [r.value for r in bins[name]])
            errors = np.nan_to_num([r.error for r in bins[name]])
            error = float(np.sqrt(shares**2 @ errors**2))
            label = f"{name} ({int(counts.sum())} cases)"
            yield _pooled_line(family, label, goals.CALIBRATION, excess, error)


def _pooled_line(family, name, goal, value, error=0.0) -> str:
    verdict = goal.judge(value, error)
    counts = [int(verdict == m) for m in ("yes", "near", "no")]
    return _line([family, name, goal, "all", *counts, f"{value:.3f}", ""])


def _family(records: list[Record], family: str) -> Iterator[str]:
    """Yield one line for each cell, or for each number where a cell has many."""
    yield from ("", f"## {family.capitalize()}", "")
    shown = [
        r for r in records if not r.measure.startswith("P(") and np.isfinite(r.value)
    ]
    names = list(dict.fromkeys(record.measure for record in shown))
    yield "Numbers that miss their goal are bold."
    yield ""
    if len(names) > 20:
        yield from _numbers(shown, family)
    else:
        yield from _cells(shown, names, family)


def _numbers(records: list[Record], family: str) -> Iterator[str]:
    yield "| cell | number | goal | measured |"
    yield "| --- | --- | --- | --- |"
    for r in records:
        yield _line([r.cell.removeprefix(f"{family}/"), r.measure, r.goal, _value(r)])


def _cells(records: list[Record], names: list[str], family: str) -> Iterator[str]:
    """Yield a line a cell; goals that are not the same for all stand at the numbers."""
    goals = {n: {str(r.goal) for r in records if r.measure == n} for n in names}
    common = {n: min(g) for n, g in goals.items() if len(g) == 1 and min(g)}
    yield _line(["cell", *(f"{n} [{common[n]}]" if n in common else n for n in names)])
    yield _line(["---"] * (len(names) + 1))
    for cell in dict.fromkeys(record.cell for record in records):
        found = {r.measure: r for r in records if r.cell == cell}
        line = [cell.removeprefix(f"{family}/")]
        for name in names:
            number = _value(found[name]) if name in found else ""
            if name in found and name not in common and found[name].met:
                number += f" [{found[name].goal}]"
            line.append(number)
        yield _line(line)


def _value(record: Record) -> str:
    number = f"{record.value:.3g}" if abs(record.value) >= 10 else f"{record.value:.3f}"
    return f"**{number}**" if record.met == "no" else number


def _line(values) -> str:
    return f"| {' | '.join(map(str, values))} |"
